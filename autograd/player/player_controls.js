// --- The address ---

// It gives the position as name=value pairs: #edge=3&a=2 is after three edges, with a = 2. A leaf with the same name as
// one of our words is written with a ~ before it.
const WORDS = ["edge", "forward", "update", "value", "closed", "text", "list", "network", "predict", "quiz"];
const spoken = (name) => encodeURIComponent(name).replace(/%5B/g, "[").replace(/%5D/g, "]");
const leafKey = (name) => (WORDS.includes(name) || name.startsWith("~") ? "~" : "") + spoken(name);
const START = () => (DATA.views.length ? DATA.views[0].closed : []);

function fragment() {
  const parts = [state.at < 0 ? `forward=${model.forward}` : `edge=${state.at}`];
  if (FILM && state.update) parts.push(`update=${FILM.frames[state.update].update}`);
  if (state.chosen >= 0) parts.push(`value=${spoken(model.names[state.chosen])}`);
  model.leaves.forEach((leaf, i) => {
    if (!Object.is(model.data[leaf], model.original[i])) parts.push(`${leafKey(model.names[leaf])}=${model.data[leaf]}`);
  });
  if (view && view.closed.join() !== START().join()) parts.push(`closed=${view.closed.map(spoken).join("+")}`);
  if (state.listed && DATA.views.length) parts.push("list");
  if (state.network) parts.push("network");
  if (state.predict) parts.push("predict");
  if (state.quiz) parts.push(`quiz=${state.quiz.seed}`);
  if (state.text) parts.push(`text=${state.text}`);
  return parts.join("&");
}

let written = "", timer = 0;
function remember() {
  write($("address"), `#${fragment()}`);
  clearTimeout(timer);
  timer = setTimeout(() => {
    written = `#${fragment()}`;
    try { history.replaceState(null, "", written); } catch { /* inside a notebook there is no address */ }
  }, 120);
}

function pairs(text) {
  // [name, value] of each part; misspelt parts are left out
  return text.replace(/^#/, "").split("&").flatMap((part) => {
    const [name, ...value] = part.split("=");
    try { return [[name.startsWith("~") ? name : decodeURIComponent(name), value.join("=")]]; } catch { return []; }
  });
}

function decoded(text) {
  try { return decodeURIComponent(text); } catch { return ""; }
}

function restore(text) {
  const nodeOf = new Map(model.names.map((name, node) => [name, node]));
  const told = { at: 0, chosen: -1, closed: null, listed: false, network: false, predict: false, text: 0 };
  const numbers = [];
  let update = 0, seed = null;
  const read = {
    edge: (value) => { told.at = Number(value); },
    forward: (value) => { told.at = Number(value) - OPERATIONS; },
    update: (value) => { if (FILM) update = FILM.frames.findIndex((frame) => frame.update >= Number(value)); },
    value: (value) => { told.chosen = nodeOf.get(decoded(value)) ?? -1; },
    closed: (value) => { told.closed = value.split("+").filter(Boolean).map(decoded); },
    text: (value) => { told.text = Number(value) || 0; },
    list: () => { told.listed = true; },
    network: () => { told.network = Boolean(NETWORK); },
    predict: () => { told.predict = true; },
    quiz: (value) => { seed = seedOf(value); },
  };
  for (const [name, value] of pairs(text)) {
    const leaf = name.startsWith("~") ? decoded(name.slice(1)) : name;
    if (Object.hasOwn(read, name)) read[name](value);
    else if (nodeOf.has(leaf) && value.trim()) numbers.push([nodeOf.get(leaf), Number(value)]);
  }
  update = Math.max(0, update);
  endQuiz();
  Object.assign(state, told);
  stand(told.at); // before anything is shown: the sentences about an edge need the edges before it
  setText(state.text);
  $("predicting").setAttribute("aria-pressed", state.predict);
  $("neurons").setAttribute("aria-pressed", state.network);
  if (FILM) setUpdate(update);
  model.leaves.forEach((leaf, i) => { model.data[leaf] = model.original[i]; });
  for (const [leaf, number] of numbers) if (!model.operands[leaf].length) model.data[leaf] = number;
  model.recompute();
  draw();
  setListed(state.listed);
  makeSliders();
  goTo(state.at);
  if (seed !== null) beginQuiz(seed);
}

// --- Keys and buttons ---

function settle() {
  // everything that depends on the graph shown
  $("slider").min = -OPERATIONS;
  $("slider").max = EDGES;
  hidden($("filter"), model.leaves.length <= SLIDERS);
  write($("note"), told(DATA.note));
}

function setText(size) {
  state.text = Math.max(0, Math.min(3, size));
  document.documentElement.style.fontSize = state.text ? `${16 * 1.25 ** state.text}px` : "";
  if (drawn) fit();
}

function setPredict() {
  state.predict = !state.predict;
  state.asking = false;
  $("predicting").setAttribute("aria-pressed", state.predict);
  show();
}

function setHelp() {
  hidden($("help"), !$("help").hidden);
  $("helped").setAttribute("aria-expanded", !$("help").hidden);
}

const KEYS = {
  ArrowRight: stepOn, ArrowLeft: () => goTo(state.at - 1), Home: () => goTo(0), End: () => goTo(EDGES), " ": play,
  ArrowUp: () => another(1), ArrowDown: () => another(-1), f: () => goTo(state.at < 0 ? 0 : -OPERATIONS),
  g: setPredict, l: () => { setListed(!state.listed); show(); }, b: () => { setText((state.text + 1) % 4); show(); },
  n: () => { if (NETWORK) { setNetwork(!state.network); show(); } },
  q: toggleQuiz, "?": setHelp, "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), 0: () => zoom(0), r: reset,
  ",": () => goToUpdate(state.update - 1), ".": () => goToUpdate(state.update + 1), p: () => FILM && run(),
  Escape: () => { if (state.quiz) $("quizzed").focus(); else if (state.asking) { state.asking = false; show(); } else if (state.chosen >= 0) choose(state.chosen); },
};

const QUIET = ["l", "n", "b", "?", "+", "=", "-", "0", "q", "Escape"]; // the keys that a quiz does not change

function another(by) {
  state.chosen = state.chosen < 0 ? model.root : Math.max(0, Math.min(model.root, state.chosen + by));
  show();
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = target.matches("input:not([type=range]):not([type=checkbox]), select");
  if (typing && event.key !== "Escape") return;
  if (target.type === "range" && target.id !== "slider" && /^(Arrow|Home|End)/.test(event.key)) return;
  if (event.key === " " && target.matches("button, [type=checkbox]")) return;
  if (target.id === "values" && /^Arrow(Up|Down)$/.test(event.key)) return;
  const action = state.quiz && !QUIET.includes(event.key) ? null : KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const click = (id, action) => $(id).addEventListener("click", action);
click("on", stepOn);
click("back", () => goTo(state.at - 1));
click("start", () => goTo(state.at > 0 ? 0 : -OPERATIONS));
click("end", () => goTo(state.at < 0 ? 0 : EDGES));
click("play", play);
click("predicting", setPredict);
click("listed", KEYS.l);
click("neurons", KEYS.n);
click("bigger", KEYS.b);
click("helped", setHelp);
click("quizzed", toggleQuiz);
click("skip", skipQuestion);
$("quizzing").addEventListener("submit", (event) => { event.preventDefault(); answerQuestion(); });
$("seed").addEventListener("change", (event) => beginQuiz(seedOf(event.target.value)));
click("in", () => zoom(1));
click("out", () => zoom(-1));
click("fit", () => zoom(0));
click("reset", reset);
click("reveal", () => { goTo(state.at + 1); $("on").focus(); });
$("asking").addEventListener("submit", (event) => { event.preventDefault(); check(); });
$("slider").addEventListener("input", (event) => goTo(event.target.valueAsNumber));
$("filter").addEventListener("input", (event) => { filtered = event.target.value; makeSliders(); showSliders(); });
$("values").addEventListener("scroll", () => showList());
$("update").addEventListener("input", (event) => goToUpdate(event.target.valueAsNumber));
click("run", run);
window.addEventListener("resize", () => { fit(); showList(); });
// A frame in a notebook may get its size only when it is scrolled into view, which does not count as resizing the
// window.
if (window.ResizeObserver) new ResizeObserver(() => { fit(); showList(); }).observe($("scroll"));
window.addEventListener("hashchange", () => { if (location.hash !== written) restore(location.hash); });
window.addEventListener("beforeprint", () => { hidden($("values"), false); showList(true); });
window.addEventListener("afterprint", () => { setListed(state.listed); showList(); });

hidden($("neurons"), !NETWORK);
hidden($("quizzed"), !DATA.quiz || Boolean(DATA.rounds));
hidden($("predicting"), Boolean(DATA.rounds));
settle();
if (FILM) {
  hidden($("film"), false);
  $("update").max = FILM.frames.length - 1;
  drawCurve();
}
restore(location.hash || DATA.start);
