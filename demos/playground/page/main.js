// The page: its documents, what the buttons do, and what the header says about Python.

import { asked, keep, keeps, read, recall, save, toNotebook, toPython } from "./files.js";
import { Output, element, frameOfPage } from "./output.js";
import { Python } from "./python.js";
import { Sheet } from "./sheet.js";
import { say, speak } from "./words.js";

const $ = (id) => document.getElementById(id);
const DATA = JSON.parse($("data").textContent);
const LOADED = "loaded"; // the name of the document that was loaded from a file or from the address

// --- The parts of Python, in this file or next to it ---

const opened = async (stream) => new Uint8Array(await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
const bytesOf = (text) => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function load(name) {
  const inside = $(`part-${name}`);
  if (inside) {
    const bytes = bytesOf(inside.textContent);
    inside.remove(); // to avoid a second copy of its megabytes
    return opened(new Blob([bytes]).stream());
  }
  const answer = await fetch(DATA.parts[name]);
  if (!answer.ok) throw new Error(say("{file} is not there", { file: DATA.parts[name] }));
  return opened(answer.body);
}

const WORDS = { loading: () => say("Python is starting"), ready: () => say("Python is ready"), busy: () => say("Python is at work") };
const python = new Python(load, ({ state, share = 1, reason }) => {
  performance.mark(state);
  $("state").textContent = WORDS[state]?.() ?? reason;
  document.documentElement.dataset.python = state;
  document.documentElement.dataset.memory = python?.memory ?? 0; // bytes that Python holds: it never gives any back
  $("bar").hidden = state !== "loading";
  $("bar").value = share;
  $("stop").disabled = state !== "busy";
});

// --- Documents ---

const texts = recall("texts", {}); // the code typed into each document: a list of [index of its own cell, code]
let documents, name, sheet, changed = false;

const progress = new Map(Object.entries(recall("progress", {})));
const count = ({ todo }) => todo.filter((each) => progress.has(each)).length;

function showProgress() {
  for (const link of $("documents").querySelectorAll("a")) {
    const one = documents.get(link.dataset.name);
    link.querySelector(".done").textContent = one.name === "quiz" && progress.has("quiz") ? say("{right} of {asked}", progress.get("quiz")) : one.todo.length ? `${count(one)}/${one.todo.length}` : "";
  }
}

function open(wanted) {
  name = documents.has(wanted) ? wanted : "bench";
  const { title, cells } = documents.get(name);
  $("title").textContent = title;
  tell("");
  let own = 0;
  const numbered = cells.map((cell) => (cell.code === undefined ? cell : { ...cell, own: own++ }));
  sheet = new Sheet($("sheet"), texts[name] ? merged(numbered, texts[name]) : numbered, {
    python,
    changed: () => { changed = true; remember(); },
    solved: (what, score = true) => { progress.set(what, score); keep("progress", Object.fromEntries(progress)); showProgress(); },
    isSolved: (what) => progress.has(what),
  });
  for (const link of $("documents").querySelectorAll("a")) link.toggleAttribute("aria-current", link.dataset.name === name);
  $("start").hidden = name !== "bench";
  performance.mark(`open ${name}`);
  document.title = `${title} · playground`;
}

// A document's own cells with the code that was typed into them, each followed by the cells that were added after it.
function merged(cells, typed) {
  return cells.flatMap((cell) => {
    if (cell.code === undefined) return [cell];
    const at = typed.findIndex(([own]) => own === cell.own);
    if (at < 0) return []; // removed
    const next = typed.findIndex(([own], k) => k > at && own !== null);
    return typed.slice(at, next < 0 ? undefined : next).map(([own, code]) => (own === null ? { code } : { ...cell, code }));
  });
}

let later;
function remember() {
  texts[name] = sheet.runnable.map((cell) => [cell.own ?? null, cell.editor.code]);
  clearTimeout(later);
  later = setTimeout(() => keep("texts", texts), 400);
}

function openLoaded(title, cells) {
  delete texts[LOADED];
  documents.set(LOADED, { name: LOADED, title, todo: [], cells: cells.some(({ code }) => code !== undefined) ? cells : [...cells, { code: "" }] });
  open(LOADED);
}

function followAddress() {
  const { lesson, text } = asked(location.hash);
  if (text !== undefined) openLoaded(say("From the address: read it before you run it"), read("text.py", text));
  else open(lesson ? [...documents.values()].find((each) => each.lesson === lesson || each.name === lesson)?.name : "bench");
}

function makeList() {
  $("documents").replaceChildren(...[...documents.values()].map(({ name, title, lesson }) => element("li", {},
    element("a", { href: `#lesson=${lesson || name}`, "data-name": name }, lesson ? `${lesson}  ${title}` : title, element("span", { class: "done" })))));
  showProgress();
}

// --- Buttons ---

const fileName = (ending) => `${name === LOADED ? "playground" : name}.${ending}`;

async function copyAddress() {
  const address = `${location.href.split("#")[0]}#text=${encodeURIComponent(toPython(sheet.content))}`;
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    tell(say("The address is copied. Anyone who opens it sees this text, and nothing runs until they run it."));
  } catch { // not allowed for a page that is a file
    tell(say("The address of this page now holds the text: copy it from there."));
  }
}

const tell = (sentence) => { $("said").textContent = sentence; };

const DOES = {
  "run-all": () => sheet.runAll(),
  stop: () => python.stop(),
  "save-py": () => { save(fileName("py"), toPython(sheet.content)); changed = false; },
  "save-ipynb": () => { save(fileName("ipynb"), toNotebook(sheet.content)); changed = false; },
  load: () => $("file").click(),
  address: copyAddress,
  reset: () => { delete texts[name]; keep("texts", texts); open(name); },
};
for (const [id, action] of Object.entries(DOES)) $(id).addEventListener("click", action);

$("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  try {
    openLoaded(file.name, read(file.name, await file.text()));
    tell(say("{name} is open.", file));
  } catch (error) {
    tell(error.message);
  }
});

const expressed = new Output($("expressed"));
$("express").addEventListener("submit", async (event) => {
  event.preventDefault();
  expressed.clear();
  const { stopped } = await python.ask({ do: "express", text: $("expression").value }, (told) => expressed.hear(told));
  if (stopped) expressed.print(stopped, true);
});

addEventListener("hashchange", followAddress);
addEventListener("beforeunload", (event) => { if (changed && !keeps) event.preventDefault(); });
addEventListener("keydown", (event) => {
  const control = event.ctrlKey || event.metaKey;
  const action = control && event.shiftKey && event.key === "Enter" ? DOES["run-all"] : control && event.key === "." ? DOES.stop : null;
  if (!action) return;
  event.preventDefault();
  action();
}, true);

// --- Languages ---

const READ = new Map(); // what has been read so far for each language

async function inLanguage(language) {
  const loaded = documents?.get(LOADED);
  if (!READ.has(language)) READ.set(language, JSON.parse(new TextDecoder().decode(await load(`data-${language}`))));
  const data = READ.get(language);
  documents = new Map([...data.documents, ...(loaded ? [loaded] : [])].map((each) => [each.name, each]));
  speak(language, data.words);
  $("kept").textContent = keeps ? say("What you type is kept in this browser.") : say("What you type is kept until you leave: save it as a file.");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  $("emblem").replaceChildren(frameOfPage(data.emblem, say("Backprop, one edge at a time"), !still));
  makeList();
  if (name) open(name);
  else followAddress();
}

$("language").append(...Object.entries(DATA.languages).map(([code, called]) => element("option", { value: code, lang: code }, called)));
$("language").hidden = $("language").length < 2;
$("language").addEventListener("change", async ({ target }) => {
  keep("language", target.value);
  await inLanguage(target.value);
  python.speak(target.value);
});

async function begin() {
  const language = recall("language", "en") in DATA.languages ? recall("language", "en") : "en";
  $("language").value = language;
  python.language = language;
  await inLanguage(language);
  // The parts of Python are at the end of the page, and are read after everything visible.
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => python.start());
  else python.start();
}

begin();
