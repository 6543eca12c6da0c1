// What a cell has printed and shown. Pictures are images, pages that play have their own frames, and other HTML is in
// frames where no script runs: whatever a label or a learner's display says, it does nothing here.

import { say } from "./words.js";

const LATER = document.getElementById("later").textContent; // runs the script in a frame; the page's policy allows it

export const element = (tag, attributes = {}, ...inside) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside);
  return made;
};

// A page with a script of its own, isolated: it cannot reach anything on this page. plays: it starts playing at once.
export function frameOfPage(page, title, plays = false) {
  const frame = element("iframe", { title, sandbox: "allow-scripts", class: "page" });
  const text = new DOMParser().parseFromString(page, "text/html");
  text.querySelector("meta[http-equiv]")?.remove(); // this page's own policy applies inside it too
  for (const script of text.querySelectorAll("script:not([type])")) script.type = "text/plain";
  if (plays) text.documentElement.dataset.plays = "";
  text.body.append(Object.assign(text.createElement("script"), { textContent: LATER }));
  frame.srcdoc = `<!DOCTYPE html>${text.documentElement.outerHTML}`;
  return frame;
}

function frameOfHtml(html) {
  const playing = new DOMParser().parseFromString(html, "text/html").querySelector("iframe[srcdoc]");
  if (playing) return frameOfPage(playing.getAttribute("srcdoc"), playing.title || say("a page that plays"));
  const frame = element("iframe", { title: say("what this cell shows"), sandbox: "allow-same-origin", class: "html" });
  const style = "<style>:root{color-scheme:light dark}body{margin:0;font:15px/1.5 system-ui,sans-serif}img{background:#fff}</style>";
  frame.srcdoc = `<!DOCTYPE html>${style}${html}`;
  frame.addEventListener("load", () => {
    const { documentElement: root, body } = frame.contentDocument;
    const fit = () => { frame.style.height = `${Math.ceil(Math.max(body.scrollHeight, root.getBoundingClientRect().height))}px`; };
    new ResizeObserver(fit).observe(body);
    body.addEventListener("toggle", fit, true);
    fit();
  });
  return frame;
}

function shown(bundle) {
  if (bundle["text/html"]) return frameOfHtml(bundle["text/html"]);
  const svg = bundle["image/svg+xml"];
  if (svg) {
    const title = new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("title")?.textContent;
    return element("img", { alt: title || say("a picture"), src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
  }
  return element("pre", {}, bundle["text/plain"] ?? "");
}

export class Output {
  constructor(place) {
    this.place = place;
    this.shown = new Map(); // keyed by the number that Python gave each place
  }

  clear() {
    this.place.replaceChildren();
    this.shown.clear();
  }

  // The messages that Python sends while a cell runs.
  hear({ text, error, show, place, again }) {
    if (text !== undefined) this.print(text, error);
    if (show) {
      const made = shown(show);
      if (again && this.shown.has(place)) this.replace(this.shown.get(place), made);
      else this.place.append(made);
      this.shown.set(place, made);
    }
  }

  // A moving picture keeps its place, and keeps its height while the next frame loads.
  replace(before, after) {
    if (before.tagName === "IMG" && after.tagName === "IMG") after.style.minHeight = `${before.clientHeight}px`;
    if (before.tagName === "IFRAME" && after.className === before.className) after.style.height = before.style.height;
    before.replaceWith(after);
  }

  print(text, error = false) {
    let last = this.place.lastElementChild;
    const kind = error ? "printed error" : "printed";
    if (last?.className !== kind) this.place.append(last = element("pre", { class: kind, tabindex: 0 }));
    last.append(text);
  }

  add(...nodes) {
    this.place.append(...nodes);
  }
}
