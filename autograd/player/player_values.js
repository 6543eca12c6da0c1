// --- The list: only the visible rows exist ---

function rowHeight() {
  return 1.9 * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function row(node) {
  const operation = model.operation(node), known = model.isKnown(node);
  const edge = current();
  const classes = edge ? edge.operand === node : state.at < 0 && model.inner[model.forward - 1] === node;
  return html("tr", { class: classes ? "current" : false, "aria-rowindex": model.count - node + 1 },
    html("td", {}, html("button", { onclick: () => choose(node), "data-node": node }, model.names[node]), operation ? ` = ${operation}` : ""),
    html("td", {}, known ? short(model.data[node]) : told("not computed yet")),
    html("td", {}, state.at < 0 ? "" : told(model.gradText(node))));
}

function showList(all = false) {
  if (!state.listed && !all) return;
  const body = $("values").querySelector("tbody"), height = rowHeight();
  const focused = document.activeElement?.dataset?.node;
  const from = all ? 0 : Math.max(0, Math.floor($("values").scrollTop / height) - ROWS);
  const to = Math.min(model.count, all ? PRINTED : from + Math.ceil($("values").clientHeight / height) + 2 * ROWS);
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
  const top = (model.root - node) * rowHeight(), list = $("values");
  if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 3 * rowHeight()) list.scrollTop = top - list.clientHeight / 3;
}

function setListed(listed) {
  state.listed = listed || !DATA.views.length;
  hidden($("values"), !state.listed);
  hidden($("scroll"), state.listed);
  hidden($("legend"), state.listed);
  $("listed").setAttribute("aria-pressed", state.listed);
  $("stage").querySelector(".zoom").hidden = state.listed;
  $("views").hidden = state.listed;
  if (state.listed) listFollows();
}

// --- One value ---

function choose(node) {
  if (state.quiz) return; // what it shows would answer the question
  state.chosen = node === state.chosen ? -1 : node;
  show();
}

function showChosen() {
  const node = state.chosen, place = $("chosen");
  hidden(place, node < 0 || state.quiz);
  if (place.hidden) return;
  const name = model.names[node], operation = model.operation(node), forward = state.at < 0;
  const parts = [
    html("button", { class: "close", "aria-label": told("Close"), onclick: () => choose(node) }, "×"),
    html("h2", {}, told("Chosen value")),
    html("h3", {}, name),
    html("p", { class: "math" }, unique([name, ...(operation ? [operation, ...(model.isKnown(node) ? [model.withNumbers(node)] : [])] : []), model.isKnown(node) ? short(model.data[node]) : told("not computed yet")]).join(" = ")),
  ];
  if (!forward) {
    const grad = model.gradText(node);
    parts.push(html("p", { class: grad.includes("NOT") ? "waits" : "" }, `grad ${told(grad)}`));
  }
  if (model.sources[node]) parts.push(html("p", { class: "math" }, model.sources[node]));
  const edges = model.operands[node].filter((operand) => operand >= 0).length;
  const first = model.first[node];
  if (edges && model.isKnown(node)) {
    const some = Array.from({ length: Math.min(edges, 12) }, (_, i) => html("p", { class: "math" }, told(model.slope(first + i))));
    if (edges > 12) some.push(html("p", { class: "aside" }, told(`and ${edges - 12} more`)));
    parts.push(html("h2", {}, told("Partials")), ...some);
  }
  if (!forward && !state.predict) {
    parts.push(html("h2", {}, told("Paths")), html("pre", { class: "math", tabindex: 0, role: "group", "aria-label": told("Paths") }, ...model.why(node).map((line) => html("span", {}, told(line)))));
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

function byName(leaves) { // names that differ only in their numbers come in the order of the numbers, as in the drawing
  const alike = new Map(), sorted = [...leaves];
  leaves.forEach((leaf, i) => {
    const name = model.names[leaf].replace(/\d+/g, "#");
    if (!alike.has(name)) alike.set(name, []);
    alike.get(name).push(i);
  });
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  for (const places of alike.values()) {
    const some = places.map((i) => leaves[i]).sort((a, b) => compare(model.names[a], model.names[b]));
    places.forEach((i, k) => { sorted[i] = some[k]; });
  }
  return sorted;
}

function makeSliders() {
  sliderOf.clear();
  const found = byName(model.leaves).filter((leaf) => model.names[leaf].toLowerCase().includes(filtered.toLowerCase()));
  const first = found.includes(state.chosen) ? [state.chosen] : [];
  const some = [...first, ...found.filter((leaf) => leaf !== state.chosen)].slice(0, SLIDERS);
  const rows = some.map((leaf, i) => {
    const [min, max] = bounds(leaf);
    const change = (event) => { if (event.target.value !== "") change_to(leaf, event.target.valueAsNumber); };
    const range = html("input", { type: "range", min, max, step: "any", "aria-label": told(`${model.names[leaf]}, slider`), oninput: change });
    const number = html("input", { type: "number", step: "any", id: `leaf${i}`, onchange: change });
    range.addEventListener("keydown", (event) => { // steps of a hundredth; the browser's own steps would be tiny
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      change_to(leaf, Number((model.data[leaf] + (by * (max - min)) / 100).toPrecision(12)));
    });
    const line = html("div", { class: "what" }, html("label", { for: `leaf${i}`, title: model.names[leaf] }, model.names[leaf]), range, number);
    sliderOf.set(leaf, { line, range, number });
    return line;
  });
  if (found.length > some.length) rows.push(html("p", { class: "aside" }, told(`${found.length - some.length} more: find one by name, or click it`)));
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
  write($("trouble"), trouble < 0 ? "" : told(`${model.names[trouble]} = ${model.operation(trouble)} has no finite value: ${model.withNumbers(trouble)} = ${short(model.data[trouble])}`));
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
