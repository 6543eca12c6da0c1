// A document as a file: .py with cells, like a lesson, or a notebook. Or one in the address, as text that is only shown.

import { say } from "./words.js";

const BREAK = /^# %%(.*)$/;
const prose = (text) => text.split("\n").map((line) => (line ? `# ${line}` : "#")).join("\n");

export function toPython(cells) {
  return cells.map(({ text, code }) => (code === undefined ? `# %% [markdown]\n${prose(text)}` : `# %%\n${code.trim()}`)).join("\n\n") + "\n";
}

export function fromPython(source) {
  const cells = [];
  let lines = null, is = "code";
  const finish = () => {
    const text = (lines ?? []).join("\n").trim();
    if (text) cells.push(is === "prose" ? { text: text.replace(/^# ?/gm, "") } : { code: text });
  };
  for (const line of source.replace(/\r\n?/g, "\n").split("\n")) {
    const found = BREAK.exec(line);
    if (found || !lines) {
      finish();
      lines = found ? [] : [line];
      is = found?.[1].includes("[markdown]") ? "prose" : "code";
    } else {
      lines.push(line);
    }
  }
  finish();
  return cells;
}

// nbformat 4.5, as Jupyter writes it.
export function toNotebook(cells) {
  const lines = (text) => text.trim().split("\n").map((line, k, all) => (k < all.length - 1 ? `${line}\n` : line));
  const made = cells.map(({ text, code }, k) => (code === undefined
    ? { cell_type: "markdown", id: `cell-${k}`, metadata: {}, source: lines(text) }
    : { cell_type: "code", execution_count: null, id: `cell-${k}`, metadata: {}, outputs: [], source: lines(code) }));
  const metadata = { kernelspec: { display_name: "Python 3", language: "python", name: "python3" }, language_info: { name: "python" } };
  return `${JSON.stringify({ cells: made, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

export function fromNotebook(source) {
  const cells = JSON.parse(source).cells;
  const text = (source) => [source].flat().join("");
  return cells.map(({ cell_type, source }) => (cell_type === "code" ? { code: text(source) } : { text: text(source) }));
}

// The cells of a file. Throws an Error with a sentence for any other file.
export function read(name, source) {
  if (!name.endsWith(".ipynb")) return fromPython(source);
  try {
    return fromNotebook(source);
  } catch {
    throw new Error(say("{name} is not a notebook: want a file that Jupyter or this page has saved", { name }));
  }
}

export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// What the address asks for: {lesson: "53"}, {text: "..."}, or nothing.
export function asked(hash) {
  const [, what, value] = /^#(lesson|text)=(.*)$/s.exec(hash) ?? [];
  try {
    return what ? { [what]: decodeURIComponent(value) } : {};
  } catch { // not an address that this page has made
    return {};
  }
}

// --- What is kept ---

const KEY = "scalar-autograd.playground";
export const keeps = location.protocol === "https:" || location.protocol === "http:"; // files on a disk share one storage

const kept = (() => {
  try {
    return keeps ? JSON.parse(localStorage.getItem(KEY)) ?? {} : {};
  } catch { // there is no storage, or it holds something else
    return {};
  }
})();

export const recall = (name, otherwise) => kept[name] ?? otherwise;

export function keep(name, value) {
  kept[name] = value;
  try {
    if (keeps) localStorage.setItem(KEY, JSON.stringify(kept));
  } catch { // storage is full or forbidden: the text is kept in memory anyway
  }
}
