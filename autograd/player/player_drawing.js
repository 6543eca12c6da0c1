// --- The drawing ---

let view = null, drawn = null; // the view that is shown, and its elements

function unrolled(runs) {
  // like runs() in layout.py
  const numbers = [];
  for (let i = 0; i < runs.length; i += 2) for (let k = 0; k < runs[i + 1]; k++) numbers.push(runs[i] + k);
  return numbers;
}

const layouts = (one) => (one.narrow ? [one, one.narrow] : [one]); // the second is for a narrow window

for (const { boxes, arrows } of (DATA.rounds || [DATA]).flatMap(({ views }) => views).flatMap(layouts)) {
  for (const box of boxes) if (box.nodes) box.nodes = unrolled(box.nodes);
  for (const arrow of arrows) if (arrow.edges) arrow.edges = unrolled(arrow.edges);
}

function viewFor(closed) {
  // the view in which these modules are closed, or the one nearest to it
  const wanted = new Set(closed);
  const differ = ({ closed: has }) => has.filter((name) => !wanted.has(name)).length + [...wanted].filter((name) => !has.includes(name)).length;
  return DATA.views.reduce((best, other) => (differ(other) < differ(best) ? other : best));
}

function toggle(name) {
  const open = !view.closed.includes(name);
  const fits = DATA.views.filter(({ closed }) => closed.includes(name) === open);
  if (!fits.length) return;
  const wanted = open ? [...view.closed, name] : view.closed.filter((other) => other !== name);
  const seen = [...view.closed, ...view.clusters.map(({ title }) => title)]; // these can be opened later
  const differ = ({ closed }) => closed.reduce((sum, other) => sum + (wanted.includes(other) ? 0 : seen.includes(other) ? 1 : -0.01), 0)
    + wanted.filter((other) => !closed.includes(other)).length;
  state.closed = fits.reduce((best, other) => (differ(other) < differ(best) ? other : best)).closed;
  draw();
  show();
}

const ALIKE = "×n"; // as in layout.py

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
    if (box.constants > box.numbers.length) text("word", 6, LINE * (box.numbers.length + 1) - 1, told(`${box.constants - box.numbers.length} more`));
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
        text("word", PAD, dy, told(word));
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
  group.append(svg("title", {}, box.kind === "module" ? told(`${box.name}: open this module`) : box.kind === "constant" ? told(box.name) : box.name));
  return { box, group, cells, name, nodes: box.nodes || (box.node === undefined ? [] : [box.node]) };
}

function shownIn(box) {
  // the value of a box to show: the one at work, the chosen one, or the first
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
  if (arrow.label) group.append(label = svg("text", { x: arrow.label[0], y: arrow.label[1] + 5 }));
  return { arrow, group, path, label, edges: arrow.edges || [] };
}

function draw() {
  if (state.network) return drawNetwork();
  if (!DATA.views.length) return;
  view = roomiest(state.closed ? viewFor(state.closed) : DATA.views[0]);
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
  const closable = new Set(DATA.views.flatMap(({ closed }) => closed));
  const names = [...DATA.graph.modules, ALIKE].filter((name) => closable.has(name));
  $("views").replaceChildren(...names.map((name) => html("button", {
    "aria-expanded": String(!view.closed.includes(name)), onclick: () => toggle(name),
    title: told(name === ALIKE ? "Draw everything, or only as much as can be read" : "Open or close this module"),
  }, `${view.closed.includes(name) ? "▸" : "▾"} ${name}`)));
  fit();
}

function whole({ size: [width, height] }) {
  // the scale at which a whole layout fits the window
  const room = $("scroll");
  return Math.min((room.clientWidth - 8) / (width + 16), (room.clientHeight - 8) / (height + 16), 2.2);
}

function roomiest(one) {
  // the layout of a view that can be drawn larger
  return layouts(one).reduce((best, other) => (whole(other) > 1.1 * whole(best) ? other : best));
}

const READABLE = 12 / 10.5; // the scale at which the smallest text has 12 pixels

function scale() {
  const isPart = window !== window.parent; // of a page, where small text is hard to read: the drawing scrolls
  const least = isPart && !state.fitted ? READABLE : 0.05;
  const text = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // by "Text +"
  return Math.max(0.05, Math.max(least, whole(view)) * text * 1.25 ** state.zoom);
}

function fit() {
  if (!view) return;
  if (!state.network && roomiest(state.closed ? viewFor(state.closed) : DATA.views[0]) !== view) {
    draw();
    showDrawing();
    return;
  }
  const by = scale(), drawing = $("drawing");
  drawing.setAttribute("width", (view.size[0] + 16) * by);
  drawing.setAttribute("height", (view.size[1] + 16) * by);
}

function zoom(by) {
  state.fitted ||= !by;
  state.zoom = by ? Math.max(-8, Math.min(8, state.zoom + by)) : 0;
  fit();
  follow();
}

function current() {
  return state.at > 0 ? model.edges[state.at - 1] : null;
}

function follow() {
  // keep the subject of the step in sight
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
  if (drawn.dots) return showNetwork();
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
        words = none ? told("not reached") : short(grads[node]) + (model.isComplete(node) ? "" : " …");
        colour = none ? 0 : grads[node];
      } else if (!forward) {
        const reached = many.filter((one) => model.reached(one)).map((one) => grads[one]);
        none = !reached.length;
        words = none ? told("not reached") : spread(reached);
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
    group.setAttribute("class", `arrow ${forward ? (reach ? "pending" : "done") : kind}${sign}${!forward && edges.includes(i + 1) && !state.quiz ? " next" : ""}${asksAbout(edges) ? " asked" : ""}`);
    const share = widest ? Math.min(1, Math.abs(flow) / widest) : 0;
    path.style.strokeWidth = kind === "done" && share ? (0.9 + 2.2 * share ** CURVE).toFixed(2) : "";
    path.setAttribute("marker-end", now ? "" : "url(#head)");
    path.setAttribute("marker-start", now ? "url(#back)" : "");
    if (label) {
      const shown = now ? i : arrow.edge;
      const unknown = reach || (state.predict && !forward && shown >= state.at) || asksPartials();
      const { node, k } = model.edges[shown];
      write(label, unknown ? "" : short(model.partials[node][k]));
    }
  }
  const one = edge && drawn.edgeArrow.get(i);
  drawn.flow.setAttribute("d", one ? one.arrow.d : "");
  const summary = said()[0];
  $("drawing").setAttribute("aria-label", told(`The graph of ${model.names[model.root]}, ${counted(model.count, "value")}. ${summary}. The list has all numbers.`));
  const explained = [forward ? "grey dashed: not computed yet. Number on an arrow: partial, the slope of that one operation"
    : "number on an arrow: partial, the slope of that one operation. Orange: gradient above 0, blue: below 0; wide: a large gradient flows back; dashed: to come; …: more to come"];
  if (view.boxes.some(({ times }) => times)) explained.push("×n: n alike, the one at work is shown");
  write($("legend"), [...explained.map(told), ...view.legend.map((line) => line.split("; ").map(told).join("; "))].join(". "));
}
