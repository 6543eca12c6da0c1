// The page: how it shows the model, and what mouse, keys and the address do.

const DATA = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
let model, EDGES, OPERATIONS;
const CURVE = 0.4; // gradients differ by powers of ten, so colour and width show this root of their size
const ROWS = 20, PRINTED = 80, SLIDERS = 10; // rows of the list beyond the visible ones, and rows on paper; sliders shown at once

function load(graph) {
  model = new Model(graph, RULES);
  EDGES = model.edges.length;
  OPERATIONS = model.inner.length;
}
load(DATA.graph);

// Where we are. `at` counts operations from -OPERATIONS up to 0, where everything is computed, then edges.
const state = { at: 0, chosen: -1, closed: null, listed: false, network: false, predict: false, asking: false, text: 0, update: -1, zoom: 0, fitted: false, quiz: null };

// --- Words ---

// In another language, DATA.words has pairs of an English sentence, with {names} to be filled in, and its translation.
// These names are filled with sentences, which are translated too; any other is filled with a name or a number, and
// stays.
const SENTENCES = new Set(["word", "step", "grad", "paths", "place", "rest", "count", "edge", "sum"]);
const OTHER = (DATA.words || []).map(([english, other]) => {
  const parts = english.split(/\{(\w+)\}/), names = parts.filter((_, i) => i % 2);
  const literal = parts.map((part, i) => (i % 2 ? "(.+?)" : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("");
  const length = parts.reduce((sum, part, i) => sum + (i % 2 ? 0 : part.length), 0);
  return { english, other, names, length, whole: new RegExp(`^${literal}$`), within: english.startsWith("(") && new RegExp(literal, "g") };
}).sort((a, b) => b.length - a.length);
const EXACT = new Map(DATA.words || []);

function told(text) {
  if (!OTHER.length) return text;
  if (EXACT.has(text)) return EXACT.get(text);
  const fill = ({ other, names }, held) => other.replace(/\{(\w+)\}/g, (_, name) => {
    const value = held[names.indexOf(name)];
    return SENTENCES.has(name) ? told(value) : value;
  });
  for (const sentence of OTHER) {
    const found = sentence.names.length && !sentence.within && text.match(sentence.whole);
    if (found) return fill(sentence, found.slice(1));
  }
  return OTHER.filter(({ within }) => within).reduce((so_far, sentence) => so_far.replace(sentence.within, (_, ...held) => fill(sentence, held)), text);
}

// --- Elements ---

function html(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside);
  return element;
}

function svg(tag, attributes = {}, ...inside) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const hidden = (element, is) => { element.hidden = is; };
const spread = (numbers) => {
  let low = Infinity, high = -Infinity;
  for (const number of numbers) [low, high] = [Math.min(low, number), Math.max(high, number)];
  const two = (number) => short(Number(number.toPrecision(2)));
  return low === high ? short(low) : told(`${two(low)} to ${two(high)}`);
};

// --- Moving ---

function stand(at) {
  state.at = Math.max(-OPERATIONS, Math.min(EDGES, at || 0));
  model.goto(Math.max(0, state.at));
  model.forward = OPERATIONS + Math.min(0, state.at);
}

function goTo(at) {
  state.asking = false;
  stand(at);
  show();
  follow();
}

function stepOn() {
  if (state.at >= EDGES) return pause();
  if (state.predict && !state.asking) return ask();
  goTo(state.at + 1);
}

let playing = 0;
function pause() {
  clearInterval(playing);
  playing = 0;
  write($("play"), told("Play"));
}
function play() {
  if (playing) return pause();
  if (state.at === EDGES) goTo(0);
  playing = setInterval(() => (state.predict ? pause() : stepOn()), 1100);
  write($("play"), told("Pause"));
}

// --- The report of a step ---

function show() {
  showWords();
  showDrawing();
  showList();
  showChosen();
  showSliders();
  const forward = state.at < 0;
  $("slider").value = state.at;
  const where = told(forward ? `operation ${model.forward} of ${OPERATIONS}` : `edge ${state.at} of ${EDGES}`);
  write($("where"), where);
  $("slider").setAttribute("aria-valuetext", where);
  $("back").disabled = $("start").disabled = state.at === -OPERATIONS;
  $("on").disabled = $("end").disabled = state.at === EDGES;
  remember();
}

function said() {
  const root = model.names[model.root];
  if (state.at > 0) return model.made(state.at - 1);
  if (state.at < 0 && model.forward) return model.computed(model.forward - 1);
  if (state.at < 0) return [`forward pass of ${root}: ${counted(OPERATIONS, "operation")}`, "Each value is computed when all its operands are there."];
  return [
    `backprop of ${root}: ${counted(EDGES, "edge")}`,
    `${root}.data = ${short(model.data[model.root])}`,
    `${root}.grad = 1`,
    "Each edge passes partial * upstream to one operand, which adds up what it receives.",
  ];
}

function showWords() {
  const lines = said(), words = $("words");
  const [, count, head] = lines[0].match(/^(?:\[(.*?)\] )?(.*)$/);
  const parts = [];
  if (count) parts.push(html("div", { class: "count" }, told(count)));
  parts.push(html("div", { class: "head" }, told(head)));
  for (const line of lines.slice(1)) {
    const labelled = line.match(/^(partial|upstream|source) +(.*)$/);
    const waiting = line.match(/^(.* is (?:NOT )?complete(?:: \d+ more to come)?)(?: +\((.*)\))?$/);
    if (labelled) parts.push(html("div", { class: "line" }, html("span", {}, told(labelled[1])), html("span", { class: "math" }, told(labelled[2]))));
    else if (waiting) {
      parts.push(html("div", { class: line.includes("NOT") ? "waits" : "ready" }, told(waiting[1])));
      if (waiting[2]) parts.push(html("div", { class: "aside" }, told(waiting[2])));
    } else parts.push(html("div", { class: / \+?= /.test(line) ? "sum math" : "aside" }, told(line.replace(/ {3,}/g, "   "))));
  }
  words.replaceChildren(...parts);
  hidden($("asking"), !state.asking);
}

function ask() {
  state.asking = true;
  pause();
  const i = state.at;
  const question = i < 0 ? `${model.names[model.inner[model.forward]]} = ${model.operation(model.inner[model.forward])}. What is its data?`
    : `Edge ${i + 1}: ${model.arrow(i)}. What does it add to ${model.names[model.edges[i].operand]}.grad?`;
  write($("question"), told(question));
  write($("verdict"), "");
  $("guess").value = "";
  show();
  $("guess").focus();
}

function check() {
  const i = state.at, guess = new Guess($("guess").value);
  const truth = i < 0 ? model.data[model.inner[model.forward]] : model.share(i, model.grad);
  if (guess.number !== guess.number) return write($("verdict"), told("Type a number, or something like 3 * (1 - 0.5)"));
  if (guess.agrees(truth)) {
    goTo(state.at + 1);
    $("words").prepend(html("div", { class: "ready" }, told(`${guess.text} is right`)));
    return $("on").focus();
  }
  const sign = guess.agrees(-truth) ? ": look at the sign" : guess.tooFew(truth) ? ": give at least two digits" : "";
  write($("verdict"), told(`not ${guess.text}${sign}`));
}
