// The page: what is shown of the model, and what a hand, a key or an address does.

const DATA = JSON.parse(document.getElementById("data").textContent);
const model = new Model(DATA.graph, RULES);
const $ = (id) => document.getElementById(id);
const EDGES = model.edges.length, OPERATIONS = model.inner.length;
const CURVE = 0.4; // gradients differ by powers of ten: this root of their size is what colour and width show
const ROWS = 20, PRINTED = 80, SLIDERS = 10; // rows of the list beyond what is seen, and on paper; sliders at once

// Where we are. `at` counts operations from -OPERATIONS up to 0, where all is computed, then edges.
const state = { at: 0, chosen: -1, closed: null, listed: false, predict: false, asking: false, text: 0, update: -1, zoom: 0, whole: false };

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
  return low === high ? short(low) : `${two(low)} to ${two(high)}`;
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
  write($("play"), "Play");
}
function play() {
  if (playing) return pause();
  if (state.at === EDGES) goTo(0);
  playing = setInterval(() => (state.predict ? pause() : stepOn()), 1100);
  write($("play"), "Pause");
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
  const where = forward ? `operation ${model.forward} of ${OPERATIONS}` : `edge ${state.at} of ${EDGES}`;
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
    "Each edge hands partial * upstream to one operand, which adds up what it gets.",
  ];
}

function showWords() {
  const lines = said(), words = $("words");
  const [, count, head] = lines[0].match(/^(?:\[(.*?)\] )?(.*)$/);
  const parts = [];
  if (count) parts.push(html("div", { class: "count" }, count));
  parts.push(html("div", { class: "head" }, head));
  for (const line of lines.slice(1)) {
    const labelled = line.match(/^(partial|upstream|source) +(.*)$/);
    const waiting = line.match(/^(.* is (?:NOT )?complete(?:: \d+ more to come)?)(?: +\((.*)\))?$/);
    if (labelled) parts.push(html("div", { class: "line" }, html("span", {}, labelled[1]), html("span", { class: "math" }, labelled[2])));
    else if (waiting) {
      parts.push(html("div", { class: line.includes("NOT") ? "waits" : "ready" }, waiting[1]));
      if (waiting[2]) parts.push(html("div", { class: "aside" }, waiting[2]));
    } else parts.push(html("div", { class: / \+?= /.test(line) ? "sum math" : "aside" }, line.replace(/ {3,}/g, "   ")));
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
  write($("question"), question);
  write($("verdict"), "");
  $("guess").value = "";
  show();
  $("guess").focus();
}

function check() {
  const i = state.at, guess = new Guess($("guess").value);
  const truth = i < 0 ? model.data[model.inner[model.forward]] : model.share(i, model.grad);
  if (guess.number !== guess.number) return write($("verdict"), "Type a number, or something like 3 * (1 - 0.5)");
  if (guess.agrees(truth)) {
    goTo(state.at + 1);
    $("words").prepend(html("div", { class: "ready" }, `${guess.text} is right`));
    return $("on").focus();
  }
  const sign = guess.agrees(-truth) ? ": look at the sign" : guess.digits < 2 && Math.abs(guess.number - truth) < 1 && !Number.isInteger(truth) ? ": give two digits at least" : "";
  write($("verdict"), `not ${guess.text}${sign}`);
}

// --- The drawing ---

let view = null, drawn = null; // the view that is shown, and its elements

function unrolled(runs) {
  // as runs() in layout.py
  const numbers = [];
  for (let i = 0; i < runs.length; i += 2) for (let k = 0; k < runs[i + 1]; k++) numbers.push(runs[i] + k);
  return numbers;
}

for (const { boxes, arrows } of DATA.views) {
  for (const box of boxes) if (box.nodes) box.nodes = unrolled(box.nodes);
  for (const arrow of arrows) if (arrow.edges) arrow.edges = unrolled(arrow.edges);
}

function viewFor(closed) {
  // the view in which these modules are closed, or the one that comes nearest
  const wanted = new Set(closed);
  const differ = ({ closed: has }) => has.filter((name) => !wanted.has(name)).length + [...wanted].filter((name) => !has.includes(name)).length;
  return DATA.views.reduce((best, other) => (differ(other) < differ(best) ? other : best));
}

function toggle(name) {
  const open = !view.closed.includes(name);
  const fits = DATA.views.filter(({ closed }) => closed.includes(name) === open);
  if (!fits.length) return;
  const wanted = open ? [...view.closed, name] : view.closed.filter((other) => other !== name);
  const seen = [...view.closed, ...view.clusters.map(({ title }) => title)]; // what is in a closed one opens later
  const differ = ({ closed }) => closed.reduce((sum, other) => sum + (wanted.includes(other) ? 0 : seen.includes(other) ? 1 : -0.01), 0)
    + wanted.filter((other) => !closed.includes(other)).length;
  state.closed = fits.reduce((best, other) => (differ(other) < differ(best) ? other : best)).closed;
  draw();
  show();
}

const TITLE = 19, LINE = 15, PAD = 7, NUMBER = 66, SPREAD = 108; // as in layout.py

function frame(kind, [x, y, width, height]) {
  const rounded = { input: 1, parameter: 1 }[kind] ? 0 : 6;
  const parts = [svg("rect", { class: "frame", x, y, width, height, rx: rounded })];
  if (kind === "parameter") parts.push(svg("rect", { class: "second", x: x - 3, y: y - 3, width: width + 6, height: height + 6 }));
  return parts;
}

function drawBox(box) {
  const [x, y, width, height] = box.at;
  const group = svg("g", { class: `box ${box.kind}` }, ...frame(box.kind, box.at));
  const cells = [];
  let name = null;
  const text = (kind, dx, dy, words) => {
    const element = svg("text", { class: kind, x: x + dx, y: y + dy }, words);
    group.append(element);
    return element;
  };
  const cell = (right, dy, of) => {
    const room = of.nodes ? SPREAD : NUMBER;
    const tint = svg("rect", { class: "tint", x: x + right - room + 4, y: y + dy - LINE + 3.5, width: room - 1, height: LINE - 1, rx: 4, "fill-opacity": 0 });
    group.append(tint);
    cells.push({ ...of, tint, text: text("number", right, dy, "") });
  };
  const times = box.times ? ` ×${box.times}` : "";
  if (box.kind === "constant") {
    box.numbers.forEach((number, i) => text("word", 6, LINE * (i + 1) - 1, number + (i ? "" : times)));
    if (box.constants > box.numbers.length) text("word", 6, LINE * (box.numbers.length + 1) - 1, `${box.constants - box.numbers.length} more`);
  } else {
    name = svg("tspan", {}, box.name);
    group.append(svg("text", { class: "name", x: x + PAD, y: y + TITLE - 3 }, name, svg("tspan", { class: "times" }, times)));
    let dy = TITLE + LINE - 3;
    if (box.node !== undefined) {
      for (const what of ["data", "grad"]) {
        const word = text("word", PAD, dy, what);
        cell(width - PAD, dy, { what, word });
        dy += LINE;
      }
    } else if (box.rows) {
      text("word", width - PAD - NUMBER - 24, dy, "data");
      text("word", width - PAD - 24, dy, "grad");
      box.rows.forEach((row, i) => {
        dy += LINE;
        const node = box.nodes[i];
        const label = text("word", PAD, dy, row);
        label.dataset.node = node;
        cell(width - PAD - NUMBER, dy, { what: "data", node, label });
        cell(width - PAD, dy, { what: "grad", node });
      });
    } else {
      for (const [word, count] of box.counts || []) {
        text("word", PAD, dy, word);
        text("number", width - PAD, dy, count);
        dy += LINE;
      }
      if (dy < height - LINE) {
        text("word", PAD, dy, "data");
        cell(width - PAD, dy, { what: "datas", nodes: box.nodes });
        dy += LINE;
      }
      text("word", PAD, dy, "grads");
      cell(width - PAD, dy, { what: "grads", nodes: box.nodes });
    }
  }
  const first = box.node ?? (box.rows ? box.nodes[0] : -1);
  group.addEventListener("click", (event) => {
    if (box.kind === "module") toggle(box.name);
    else if (event.target.dataset?.node) choose(Number(event.target.dataset.node));
    else if (first >= 0) choose(shownIn(box));
  });
  group.append(svg("title", {}, box.kind === "module" ? `${box.name}: open this module` : box.name));
  return { box, group, cells, name, nodes: box.nodes || (box.node === undefined ? [] : [box.node]) };
}

function shownIn(box) {
  // which of those that a box stands for is shown: the one at work, the one chosen, else the first
  if (!box.times || !box.nodes) return box.node ?? box.nodes[0];
  const edge = current();
  const wanted = [...(edge ? [edge.operand, edge.node] : state.at < 0 ? [model.inner[model.forward - 1]] : []), state.chosen];
  return wanted.find((node) => box.nodes.includes(node)) ?? box.node;
}

function drawOperation(box) {
  const [x, y, width, height, symbol, stem] = box.op;
  const size = { "·": 24, "*": 19, "+": 17, "-": 17, "/": 15 }[symbol] || 12;
  const drop = { "*": 0.52, "·": 0.33 }[symbol] ?? 0.35;
  return svg("g", { class: "op" },
    svg("path", { class: "stem", d: stem }),
    svg("rect", { class: "operation", x, y, width, height, rx: height / 2 }),
    svg("text", { class: "symbol", x: x + width / 2, y: y + height / 2 + drop * size, "font-size": size }, symbol));
}

function drawArrow(arrow) {
  const group = svg("g", { class: "arrow" });
  const path = svg("path", { d: arrow.d, "marker-end": "url(#head)" });
  group.append(path);
  let label = null;
  if (arrow.label) group.append(label = svg("text", { x: arrow.label[0], y: arrow.label[1] - 1 }));
  return { arrow, group, path, label, edges: arrow.edges || [] };
}

function draw() {
  if (!DATA.views.length) return;
  view = state.closed ? viewFor(state.closed) : DATA.views[0];
  const drawing = $("drawing");
  const [width, height] = view.size;
  drawing.setAttribute("viewBox", `-8 -8 ${width + 16} ${height + 16}`);
  const marker = (id, kind, turn) => svg("marker", { id, viewBox: "0 0 10 10", refX: 9.5, refY: 5, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: turn },
    svg("path", { class: `head ${kind}`, d: "M0 1L10 5L0 9z" }));
  const back = marker("back", "back", "auto-start-reverse");
  back.setAttribute("markerWidth", 13);
  back.setAttribute("markerHeight", 13);
  const clusters = view.clusters.map(({ at: [x, y, w, h], title, times }) => {
    const label = svg("text", { x: x + 8, y: y + 17 }, title + (times > 1 ? ` ×${times}` : ""));
    label.addEventListener("click", () => toggle(title));
    return svg("g", { class: "cluster" }, svg("rect", { x, y, width: w, height: h, rx: 8 }), label);
  });
  const arrows = view.arrows.map(drawArrow), boxes = view.boxes.map(drawBox);
  const flow = svg("path", { class: "flow" });
  drawing.replaceChildren(svg("defs", {}, marker("head", "", "auto"), back), ...clusters, ...arrows.map(({ group }) => group),
    ...view.boxes.filter(({ op }) => op).map(drawOperation), ...boxes.map(({ group }) => group), flow);
  const edgeArrow = new Map(), nodeBox = new Map();
  arrows.forEach((one) => one.edges.forEach((i) => edgeArrow.set(i, one)));
  boxes.forEach((one) => one.nodes.forEach((node) => nodeBox.set(node, one)));
  drawn = { arrows, boxes, edgeArrow, nodeBox, flow };
  const names = [...new Set(DATA.views.flatMap(({ closed }) => closed))];
  $("views").replaceChildren(...names.map((name) => html("button", {
    "aria-expanded": String(!view.closed.includes(name)), title: "Open or close this module", onclick: () => toggle(name),
  }, `${view.closed.includes(name) ? "▸" : "▾"} ${name}`)));
  fit();
}

function scale() {
  const [width, height] = view.size, room = $("scroll");
  const whole = Math.min((room.clientWidth - 8) / (width + 16), (room.clientHeight - 8) / (height + 16), 2.2);
  const readable = parseFloat(getComputedStyle(document.documentElement).fontSize) / (room.clientWidth < 500 ? 20 : 18);
  const base = state.whole || whole > 0.7 * readable ? whole : readable;
  return Math.max(0.05, base * 1.25 ** state.zoom);
}

function fit() {
  if (!view) return;
  const by = scale(), drawing = $("drawing");
  drawing.setAttribute("width", (view.size[0] + 16) * by);
  drawing.setAttribute("height", (view.size[1] + 16) * by);
}

function zoom(by) {
  if (!by) state.whole = true; // and what follows goes on from there
  state.zoom = by ? Math.max(-8, Math.min(8, state.zoom + by)) : 0;
  fit();
  follow();
}

function current() {
  return state.at > 0 ? model.edges[state.at - 1] : null;
}

function follow() {
  // what the step is about stays in sight
  if (!drawn || state.listed) return;
  const edge = current();
  const node = edge ? edge.operand : state.at < 0 ? model.inner[Math.max(0, model.forward - 1)] : model.root;
  const one = drawn.nodeBox.get(node);
  if (!one) return;
  const room = $("scroll"), by = Number($("drawing").getAttribute("width")) / (view.size[0] + 16);
  const from = edge && drawn.nodeBox.get(edge.node), [x, y, width, height] = one.box.at;
  const middle = from ? [(x + width / 2 + from.box.at[0]) / 2, (y + height / 2 + from.box.at[1]) / 2] : [x + width / 2, y + height / 2];
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches && !document.hidden;
  room.scrollTo({ left: middle[0] * by - room.clientWidth / 2, top: middle[1] * by - room.clientHeight / 2, behavior: smooth ? "smooth" : "auto" });
}

function largest(numbers) {
  let most = 0;
  for (const number of numbers) if (Number.isFinite(number)) most = Math.max(most, Math.abs(number));
  return most;
}

function tinted(rect, number, most) {
  const share = number && most && number === number ? Math.min(1, Math.abs(number) / most) : 0;
  rect.setAttribute("fill-opacity", share ? (0.1 + 0.5 * share ** CURVE).toFixed(3) : 0);
  rect.style.fill = share ? `var(--${number > 0 ? "positive" : "negative"})` : "";
}

function showDrawing() {
  if (!drawn) return;
  const grads = model.grad, edge = current(), i = state.at - 1, forward = state.at < 0;
  const truth = model.gradients(), most = largest(truth);
  const fresh = forward && model.forward ? model.inner[model.forward - 1] : -1;
  for (const { box, group, cells, nodes, name } of drawn.boxes) {
    if (box.kind === "constant") continue;
    const shown = box.node === undefined ? undefined : shownIn(box);
    if (box.times && shown !== undefined) write(name, shown === box.node ? box.name : model.names[shown]);
    for (const { what, node = shown, nodes: many, text, tint, word, label } of cells) {
      let words = "", colour = 0, none = false;
      const known = what.endsWith("s") || model.isKnown(node);
      if (what === "data") words = known ? short(model.data[node]) : "?";
      else if (what === "datas") words = spread(many.map((one) => model.data[one]));
      else if (!forward && what === "grad") {
        none = !model.reached(node);
        words = none ? "not reached" : short(grads[node]) + (model.isComplete(node) ? "" : " …");
        colour = none ? 0 : grads[node];
      } else if (!forward) {
        const reached = many.filter((one) => model.reached(one)).map((one) => grads[one]);
        none = !reached.length;
        words = none ? "not reached" : spread(reached);
        colour = reached.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      }
      write(text, words);
      if (word && what === "grad") write(word, forward ? "" : "grad");
      text.classList.toggle("none", none);
      label?.classList.toggle("now", edge ? edge.operand === node : state.chosen === node);
      tinted(tint, colour, most);
    }
    const about = edge ? edge.operand : fresh;
    group.classList.toggle("arrived", about >= 0 && nodes.includes(about));
    group.classList.toggle("complete", about >= 0 && (forward || model.isComplete(about)));
    group.classList.toggle("unknown", shown !== undefined && !model.isKnown(shown));
    group.classList.toggle("chosen", state.chosen >= 0 && nodes.includes(state.chosen));
  }
  let widest = 0;
  for (let k = 0; k < state.at; k++) widest = Math.max(widest, Math.abs(model.share(k, grads)) || 0);
  for (const { arrow, group, path, label, edges } of drawn.arrows) {
    const now = i >= 0 && edges.includes(i);
    const done = edges.filter((k) => k <= i);
    const flows = done.map((k) => model.share(k, grads));
    const flow = flows.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const reach = forward && edges.length && !model.isKnown(model.edges[edges[0]].node);
    const kind = !edges.length ? "constant" : now ? "current" : done.length ? "done" : "pending";
    const sign = kind === "done" && flow ? (flow > 0 ? " above" : " below") : "";
    group.setAttribute("class", `arrow ${forward ? (reach ? "pending" : "done") : kind}${sign}${!forward && edges.includes(i + 1) ? " next" : ""}`);
    const share = widest ? Math.min(1, Math.abs(flow) / widest) : 0;
    path.style.strokeWidth = kind === "done" && share ? (0.9 + 2.2 * share ** CURVE).toFixed(2) : "";
    path.setAttribute("marker-end", now ? "" : "url(#head)");
    path.setAttribute("marker-start", now ? "url(#back)" : "");
    if (label) {
      const shown = now ? i : arrow.edge;
      const unknown = reach || (state.predict && !forward && shown >= state.at);
      const { node, k } = model.edges[shown];
      write(label, unknown ? "" : short(model.partials[node][k]));
    }
  }
  const one = edge && drawn.edgeArrow.get(i);
  drawn.flow.setAttribute("d", one ? one.arrow.d : "");
  const summary = said()[0];
  $("drawing").setAttribute("aria-label", `The graph of ${model.names[model.root]}, ${counted(model.count, "value")}. ${summary}. The list has all numbers.`);
  const alike = view.boxes.some(({ times }) => times) ? ". ×n: n alike, the one at work is shown" : "";
  write($("legend"), (forward ? "grey dashed: not computed yet. Number on an arrow: partial, the slope of that one operation"
    : "number on an arrow: partial, the slope of that one operation. Orange: gradient above 0, blue: below 0; wide: much gradient flows back; dashed: to come; …: more to come") + alike);
}

// --- The list: only the rows in sight are there ---

function rowHeight() {
  return 1.9 * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function row(node) {
  const operation = model.operation(node), known = model.isKnown(node);
  const edge = current();
  const classes = edge ? edge.operand === node : state.at < 0 && model.inner[model.forward - 1] === node;
  return html("tr", { class: classes ? "current" : false, "aria-rowindex": model.count - node + 1 },
    html("td", {}, html("button", { onclick: () => choose(node), "data-node": node }, model.names[node]), operation ? ` = ${operation}` : ""),
    html("td", {}, known ? short(model.data[node]) : "not computed yet"),
    html("td", {}, state.at < 0 ? "" : model.gradText(node)));
}

function showList(all = false) {
  if (!state.listed && !all) return;
  const body = $("list").querySelector("tbody"), height = rowHeight();
  const focused = document.activeElement?.dataset?.node;
  const from = all ? 0 : Math.max(0, Math.floor($("list").scrollTop / height) - ROWS);
  const to = Math.min(model.count, all ? PRINTED : from + Math.ceil($("list").clientHeight / height) + 2 * ROWS);
  const space = (rows) => {
    const cell = html("td", { colspan: 3 });
    cell.style.height = `${rows * height}px`;
    return html("tr", { class: "space", "aria-hidden": "true" }, cell);
  };
  const rows = [];
  for (let i = from; i < to; i++) rows.push(row(model.root - i));
  if (from) rows.unshift(space(from));
  if (to < model.count && !all) rows.push(space(model.count - to));
  body.replaceChildren(...rows);
  body.parentElement.setAttribute("aria-rowcount", model.count + 1);
  if (focused) body.querySelector(`button[data-node="${focused}"]`)?.focus({ preventScroll: true });
}

function listFollows() {
  const edge = current();
  const node = edge ? edge.operand : state.at < 0 ? model.inner[Math.max(0, model.forward - 1)] : model.root;
  const top = (model.root - node) * rowHeight(), list = $("list");
  if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 3 * rowHeight()) list.scrollTop = top - list.clientHeight / 3;
}

function setListed(listed) {
  state.listed = listed || !DATA.views.length;
  hidden($("list"), !state.listed);
  hidden($("scroll"), state.listed);
  hidden($("legend"), state.listed);
  $("listed").setAttribute("aria-pressed", state.listed);
  $("stage").querySelector(".zoom").hidden = state.listed;
  $("views").hidden = state.listed;
  if (state.listed) listFollows();
}

// --- One value ---

function choose(node) {
  state.chosen = node === state.chosen ? -1 : node;
  show();
}

function showChosen() {
  const node = state.chosen, place = $("chosen");
  hidden(place, node < 0);
  if (node < 0) return;
  const name = model.names[node], operation = model.operation(node), forward = state.at < 0;
  const parts = [
    html("button", { class: "close", "aria-label": "Close", onclick: () => choose(node) }, "×"),
    html("h2", {}, "Chosen value"),
    html("h3", {}, name),
    html("p", { class: "math" }, unique([name, ...(operation ? [operation, ...(model.isKnown(node) ? [model.withNumbers(node)] : [])] : []), model.isKnown(node) ? short(model.data[node]) : "not computed yet"]).join(" = ")),
  ];
  if (!forward) {
    const grad = model.gradText(node);
    parts.push(html("p", { class: grad.includes("NOT") ? "waits" : "" }, `grad ${grad}`));
  }
  if (model.sources[node]) parts.push(html("p", { class: "math" }, model.sources[node]));
  const edges = model.operands[node].filter((operand) => operand >= 0).length;
  const first = model.first[node];
  if (edges && model.isKnown(node)) {
    const some = Array.from({ length: Math.min(edges, 12) }, (_, i) => html("p", { class: "math" }, model.slope(first + i)));
    if (edges > 12) some.push(html("p", { class: "aside" }, `and ${edges - 12} more`));
    parts.push(html("h2", {}, "Partials"), ...some);
  }
  if (!forward && !state.predict) {
    parts.push(html("h2", {}, "Paths"), html("pre", { class: "math", tabindex: 0, role: "group", "aria-label": "Paths" }, ...model.why(node).map((line) => html("span", {}, line))));
  }
  place.replaceChildren(...parts);
}

// --- What if ---

const sliderOf = new Map();
let filtered = "";

function bounds(leaf) {
  const at = model.original[model.leaves.indexOf(leaf)];
  const size = Number.isFinite(at) ? Math.max(1, 2 * Math.abs(at)) : 1;
  return [at - size, at + size].map((number) => Number(number.toPrecision(3)));
}

function makeSliders() {
  sliderOf.clear();
  const found = model.leaves.filter((leaf) => model.names[leaf].toLowerCase().includes(filtered.toLowerCase()));
  const first = found.includes(state.chosen) ? [state.chosen] : [];
  const some = [...first, ...found.filter((leaf) => leaf !== state.chosen)].slice(0, SLIDERS);
  const rows = some.map((leaf, i) => {
    const [min, max] = bounds(leaf);
    const change = (event) => { if (event.target.value !== "") change_to(leaf, event.target.valueAsNumber); };
    const range = html("input", { type: "range", min, max, step: "any", "aria-label": `${model.names[leaf]}, slider`, oninput: change });
    const number = html("input", { type: "number", step: "any", id: `leaf${i}`, onchange: change });
    range.addEventListener("keydown", (event) => { // steps of a hundredth, where the browser's would be tiny
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      change_to(leaf, Number((model.data[leaf] + (by * (max - min)) / 100).toPrecision(12)));
    });
    const line = html("div", { class: "what" }, html("label", { for: `leaf${i}`, title: model.names[leaf] }, model.names[leaf]), range, number);
    sliderOf.set(leaf, { line, range, number });
    return line;
  });
  if (found.length > some.length) rows.push(html("p", { class: "aside" }, `${found.length - some.length} more: find one by name, or click it`));
  $("sliders").replaceChildren(...rows);
}

function showSliders() {
  if (state.chosen >= 0 && !model.operands[state.chosen].length && !sliderOf.has(state.chosen)) makeSliders();
  let changed = 0;
  model.leaves.forEach((leaf, i) => {
    const is = !Object.is(model.data[leaf], model.original[i]);
    changed += is;
    const parts = sliderOf.get(leaf);
    if (!parts) return;
    parts.line.classList.toggle("changed", is);
    if (document.activeElement !== parts.range || parts.range.valueAsNumber !== model.data[leaf]) parts.range.value = model.data[leaf];
    if (document.activeElement !== parts.number) parts.number.value = String(Number(model.data[leaf].toPrecision(5)));
  });
  hidden($("reset"), !changed);
  const { trouble } = model;
  write($("trouble"), trouble < 0 ? "" : `${model.names[trouble]} = ${model.operation(trouble)} has no finite value: ${model.withNumbers(trouble)} = ${short(model.data[trouble])}`);
}

function change_to(leaf, number) {
  model.set(leaf, number);
  show();
}

function reset() {
  model.leaves.forEach((leaf, i) => { model.data[leaf] = model.original[i]; });
  model.recompute();
  model.replay();
  show();
}

// --- Training ---

const FILM = DATA.film;

function curvePoints() {
  const finite = FILM.losses.map(Number), most = Math.max(...finite.filter(Number.isFinite)), least = Math.min(0, ...finite.filter(Number.isFinite));
  const last = FILM.updates[FILM.updates.length - 1] || 1, first = FILM.updates[0];
  const x = (update) => 30 + (186 * (update - first)) / (last - first || 1);
  const y = (loss) => 104 - (94 * (Math.min(loss, most) - least)) / (most - least || 1);
  return { x, y, most, least, finite };
}

function drawCurve() {
  const { x, y, most, least, finite } = curvePoints();
  const line = finite.map((loss, i) => (Number.isFinite(loss) ? `${x(FILM.updates[i]).toFixed(1)},${y(loss).toFixed(1)}` : "")).join(" ");
  const text = (at, dy, anchor, words) => svg("text", { x: at, y: dy, "text-anchor": anchor, "font-size": 9.5 }, words);
  const curve = $("curve");
  curve.setAttribute("viewBox", "0 0 220 122");
  curve.replaceChildren(
    svg("path", { d: "M30 10V104H216", fill: "none", stroke: "var(--line)" }),
    svg("polyline", { points: line, fill: "none", stroke: "var(--negative)", "stroke-width": 1.8 }),
    text(26, 14, "end", short(Number(most.toPrecision(2)))), text(26, 107, "end", short(Number(least.toPrecision(2)))),
    text(30, 118, "start", String(FILM.updates[0])), text(216, 118, "end", `update ${FILM.updates[FILM.updates.length - 1]}`),
    svg("line", { id: "mark", y1: 8, y2: 104, stroke: "var(--accent)", "stroke-width": 1.5 }), svg("circle", { id: "dot", r: 4, fill: "var(--accent)" }));
  curve.addEventListener("click", (event) => {
    const box = curve.getBoundingClientRect(), by = Math.min(box.width / 220, box.height / 122);
    const at = (event.clientX - box.left - (box.width - 220 * by) / 2) / by;
    const distance = (i) => Math.abs(x(FILM.frames[i].update) - at);
    setUpdate(FILM.frames.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0));
  });
}

function heatMap(rows) {
  const side = rows.length * rows[0].length > 400 ? 1 : 16, line = side > 1 ? 1 : 0; // a few cells have lines between them
  const canvas = html("canvas", { width: rows[0].length * side, height: rows.length * side, role: "img", "aria-label": `${rows.length} by ${rows[0].length} numbers as colours` });
  const paint = canvas.getContext("2d");
  const colours = getComputedStyle(document.documentElement);
  const most = largest(FILM.pictures.filter(Array.isArray).flat(2)); // of all frames, so that they can be compared
  rows.forEach((row, i) => row.forEach((number, k) => {
    paint.globalAlpha = most ? Math.min(1, Math.abs(number) / most) : 0;
    paint.fillStyle = colours.getPropertyValue(number > 0 ? "--positive" : "--negative");
    paint.fillRect(k * side, i * side, side - line, side - line);
  }));
  return canvas;
}

function setUpdate(i) {
  state.update = Math.max(0, Math.min(FILM.frames.length - 1, i));
  const frame = FILM.frames[state.update];
  const losses = curvePoints(), loss = Number(frame.loss);
  $("mark").setAttribute("x1", losses.x(frame.update));
  $("mark").setAttribute("x2", losses.x(frame.update));
  $("dot").setAttribute("cx", losses.x(frame.update));
  $("dot").setAttribute("cy", Number.isFinite(loss) ? losses.y(loss) : 10);
  $("update").value = state.update;
  const words = `update ${frame.update}: loss ${short(loss)}`;
  write($("updated"), words + (frame.numbers ? "" : " (another graph than this one)"));
  $("update").setAttribute("aria-valuetext", words);
  $("curve").setAttribute("aria-label", `Loss over ${counted(FILM.updates.length, "update")}; ${words}`);
  if (frame.numbers) {
    model.setNumbers(floats(frame.numbers));
    model.replay();
    makeSliders();
  }
  const picture = frame.picture === undefined ? null : FILM.pictures[frame.picture];
  hidden($("beside"), !picture);
  if (picture) {
    $("beside").replaceChildren(typeof picture === "string" ? html("img", { src: picture, alt: `The picture of update ${frame.update}` }) : heatMap(picture));
  }
  show();
}

// --- The address ---

const spoken = (name) => encodeURIComponent(name).replace(/%5B/g, "[").replace(/%5D/g, "]");
const START = () => (DATA.views.length ? DATA.views[0].closed : []);

function fragment() {
  const parts = [state.at < 0 ? `f${model.forward}` : String(state.at)];
  if (FILM && state.update) parts.push(`update:${FILM.frames[state.update].update}`);
  if (state.chosen >= 0) parts.push(`@${spoken(model.names[state.chosen])}`);
  model.leaves.forEach((leaf, i) => {
    if (!Object.is(model.data[leaf], model.original[i])) parts.push(`${spoken(model.names[leaf])}=${model.data[leaf]}`);
  });
  if (view && view.closed.join() !== START().join()) parts.push(`closed:${view.closed.map(spoken).join("+")}`);
  if (state.listed && DATA.views.length) parts.push("list");
  if (state.predict) parts.push("predict");
  if (state.text) parts.push(`text:${state.text}`);
  return parts.join(",");
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

function restore(text) {
  const nodeOf = new Map(model.names.map((name, node) => [name, node]));
  const told = { at: 0, chosen: -1, closed: null, listed: false, predict: false, text: 0 };
  const numbers = [];
  let update = 0;
  for (const part of text.replace(/^#/, "").split(",")) {
    let [, mark, name] = part.match(/^(@|closed:|update:|text:|f(?=\d+$)|)(.*)$/);
    try { name = mark === "closed:" ? name : decodeURIComponent(name); } catch { continue; }
    const [leaf, number] = part.split("=");
    if (mark === "@") told.chosen = nodeOf.get(name) ?? -1;
    else if (mark === "f") told.at = Number(name) - OPERATIONS;
    else if (mark === "closed:") told.closed = name.split("+").filter(Boolean).map(decodeURIComponent);
    else if (mark === "update:" && FILM) update = Math.max(0, FILM.frames.findIndex((frame) => frame.update >= Number(name)));
    else if (mark === "text:") told.text = Number(name) || 0;
    else if (number !== undefined && nodeOf.has(decodeURIComponent(leaf))) numbers.push([nodeOf.get(decodeURIComponent(leaf)), Number(number)]);
    else if (/^\d+$/.test(name)) told.at = Number(name);
    else if (name === "list") told.listed = true;
    else if (name === "predict") told.predict = true;
  }
  Object.assign(state, told);
  stand(told.at); // before anything is shown: what is said of an edge needs the edges before it
  setText(state.text);
  $("predict").setAttribute("aria-pressed", state.predict);
  if (FILM) setUpdate(update);
  model.leaves.forEach((leaf, i) => { model.data[leaf] = model.original[i]; });
  for (const [leaf, number] of numbers) if (!model.operands[leaf].length) model.data[leaf] = number;
  model.recompute();
  draw();
  setListed(state.listed);
  makeSliders();
  goTo(state.at);
}

// --- Keys and buttons ---

function setText(size) {
  state.text = Math.max(0, Math.min(3, size));
  document.documentElement.style.fontSize = state.text ? `${16 * 1.25 ** state.text}px` : "";
  if (drawn) fit();
}

function setPredict() {
  state.predict = !state.predict;
  state.asking = false;
  $("predict").setAttribute("aria-pressed", state.predict);
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
  "?": setHelp, "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1), 0: () => zoom(0), r: reset,
  ",": () => FILM && setUpdate(state.update - 1), ".": () => FILM && setUpdate(state.update + 1),
  Escape: () => { if (state.asking) { state.asking = false; show(); } else if (state.chosen >= 0) choose(state.chosen); },
};

function another(by) {
  state.chosen = state.chosen < 0 ? model.root : Math.max(0, Math.min(model.root, state.chosen + by));
  show();
}

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = target.matches("input") && target.type !== "range";
  if (typing && event.key !== "Escape") return;
  if (target.type === "range" && target.id !== "slider" && /^(Arrow|Home|End)/.test(event.key)) return;
  if (event.key === " " && target.matches("button")) return;
  if (target.id === "list" && /^Arrow(Up|Down)$/.test(event.key)) return;
  const action = KEYS[event.key];
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
click("predict", setPredict);
click("listed", KEYS.l);
click("bigger", KEYS.b);
click("helped", setHelp);
click("in", () => zoom(1));
click("out", () => zoom(-1));
click("fit", () => zoom(0));
click("reset", reset);
click("reveal", () => { goTo(state.at + 1); $("on").focus(); });
$("asking").addEventListener("submit", (event) => { event.preventDefault(); check(); });
$("slider").addEventListener("input", (event) => goTo(event.target.valueAsNumber));
$("filter").addEventListener("input", (event) => { filtered = event.target.value; makeSliders(); showSliders(); });
$("list").addEventListener("scroll", () => showList());
$("update").addEventListener("input", (event) => setUpdate(event.target.valueAsNumber));
window.addEventListener("resize", () => { fit(); showList(); });
window.addEventListener("hashchange", () => { if (location.hash !== written) restore(location.hash); });
window.addEventListener("beforeprint", () => { hidden($("list"), false); showList(true); });
window.addEventListener("afterprint", () => { setListed(state.listed); showList(); });

$("slider").min = -OPERATIONS;
$("slider").max = EDGES;
hidden($("filter"), model.leaves.length <= SLIDERS);
write($("note"), DATA.note);
if (FILM) {
  hidden($("film"), false);
  state.whole = true; // a film is looked at as a whole
  $("update").max = FILM.frames.length - 1;
  drawCurve();
}
restore(location.hash || DATA.start);
