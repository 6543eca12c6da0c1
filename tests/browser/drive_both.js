// Drives one page in a browser, Chromium or Firefox: reads lines of JSON, [what, ...arguments], does each, and prints what
// came of it as {result} or {failed}. Its arguments are the browser's kind, chrome or firefox, and its path.
// Needs puppeteer-core and axe-core where require() finds them. The browser has no network: its proxy does not exist.
const fs = require("fs");
const readline = require("readline");
const puppeteer = require("puppeteer-core");

const [browser, executablePath] = process.argv.slice(2);
const NOWHERE = 9; // a port where nobody listens
const OPTIONS = {
  chrome: { args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    `--proxy-server=127.0.0.1:${NOWHERE}`, "--proxy-bypass-list=127.0.0.1", "--force-prefers-reduced-motion"] },
  firefox: { extraPrefsFirefox: { "network.proxy.type": 1, "network.proxy.http": "127.0.0.1", "network.proxy.http_port": NOWHERE,
    "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": NOWHERE, "network.proxy.no_proxies_on": "127.0.0.1",
    "ui.prefersReducedMotion": 1, "ui.systemUsesDarkTheme": 1 } }, // so that both themes are looked at
};
const seen = { console: [], errors: [], requests: [], dialogs: [] };
const frameOf = async (page, selector) => (await page.waitForSelector(selector)).contentFrame();

const DO = {
  async open(page, url) {
    seen.dialogs.length = 0;
    await page.goto(url, { waitUntil: "domcontentloaded" });
    return seen.dialogs.length; // 1 where the previous page warned that something is not saved
  },
  async key(page, ...keys) {
    for (const key of keys) {
      const parts = key.split("+");
      for (const held of parts.slice(0, -1)) await page.keyboard.down(held);
      await page.keyboard.press(parts.at(-1));
      for (const held of parts.slice(0, -1)) await page.keyboard.up(held);
    }
  },
  type: (page, text) => page.keyboard.type(text),
  click: (page, selector) => page.locator(selector).click(),
  focus: (page, selector) => page.focus(selector),
  see: (page, script) => page.evaluate(script),
  wait: (page, script, seconds = 120) => page.waitForFunction(script, { timeout: seconds * 1000 }).then(() => true),
  frame: async (page, selector, script) => (await frameOf(page, selector)).evaluate(script),
  frameWait: async (page, selector, script) => (await frameOf(page, selector)).waitForFunction(script, { timeout: 120_000 }).then(() => true),
  files: async (page, selector, ...paths) => (await page.$(selector)).uploadFile(...paths),
  size: (page, width, height) => page.setViewport({ width, height }),
  picture: (page, path) => page.screenshot({ path }).then(() => path),
  seen: () => seen,
  async axe(page) {
    await page.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const { violations } = await page.evaluate("axe.run(document, { iframes: false })");
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ").slice(0, 400)}`);
  },
};

(async () => {
  const started = await puppeteer.launch({ browser, executablePath, headless: true, timeout: 120_000, ...OPTIONS[browser] });
  const page = await started.newPage();
  page.setDefaultTimeout(120_000); // the machine may be busy: slow does not mean wrong
  page.on("console", (message) => seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.errors.push(String(error.stack ?? error)));
  page.on("request", (request) => seen.requests.push(request.url().slice(0, 200)));
  page.on("dialog", (dialog) => { seen.dialogs.push(dialog.type()); dialog.accept(); });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [what, ...given] = JSON.parse(line);
    const answer = await Promise.resolve().then(() => DO[what](page, ...given))
      .then((result) => ({ result: result ?? null }), (error) => ({ failed: `${line.slice(0, 200)}: ${error.stack}` }));
    console.log(JSON.stringify(answer));
  }
  await started.close();
})();
