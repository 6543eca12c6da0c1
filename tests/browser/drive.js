// Drives pages in a real Chromium, whose path is the argument: reads a session as a line of JSON, does what it says,
// and prints what it saw, until the lines end.
// {url, width, height, dark, steps: [[what, ...arguments]]} -> {results, console, errors, requests}, or {failed}.
// Needs playwright-core and axe-core where require() finds them.
const { chromium } = require("playwright-core");
const fs = require("fs");
const readline = require("readline");

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const DO = {
  key: (page, ...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve()),
  click: (page, selector) => page.click(selector),
  dispatch: (page, selector, event) => page.dispatchEvent(selector, event),
  fill: (page, selector, text) => page.fill(selector, text),
  see: (page, script) => page.evaluate(script),
  hash: (page, hash) => page.evaluate((to) => { location.hash = to; }, hash),
  wait: (page, script) => page.waitForFunction(script, null, { timeout: 5000 }).then(() => true),
  media: (page, options) => page.emulateMedia(options),
  size: (page, width, height) => page.setViewportSize({ width, height }),
  picture: (page, path) => page.screenshot({ path }).then(() => path),
  pdf: (page, path) => page.pdf({ path, printBackground: true }).then(() => path),
  async axe(page) {
    await page.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const { violations } = await page.evaluate(() => axe.run());
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`);
  },
};

async function play(browser, { url, width = 1280, height = 800, dark = false, steps }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  const seen = { results: [], console: [], errors: [], requests: [] };
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error.stack)));
  page.on("request", (request) => seen.requests.push(request.url().slice(0, 300)));
  await page.goto(url);
  for (const [what, ...given] of steps) seen.results.push((await DO[what](page, ...given)) ?? null);
  await context.close();
  return seen;
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.argv[2], args: FLAGS });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const seen = await play(browser, JSON.parse(line)).catch((error) => ({ failed: String(error.stack) }));
    console.log(JSON.stringify(seen));
  }
  await browser.close();
})();
