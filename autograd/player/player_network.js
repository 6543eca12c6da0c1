// --- The network: a dot for each neuron, a line for each weight ---

const NETWORK = DATA.network || null; // from network_data() in network.py

function drawNetwork() {
  const { size: [width, height], wide, titles, dots, lines } = NETWORK;
  view = { size: [width, height], closed: START(), boxes: [], arrows: [], clusters: [] };
  const drawing = $("drawing"), radius = wide / 2;
  drawing.setAttribute("viewBox", `-8 -8 ${width + 16} ${height + 16}`);
  const nodeBox = new Map(), lineOf = new Map();
  const drawnLines = lines.map(([from, to, weight]) => {
    const d = `M${dots[from].at.join(" ")}L${dots[to].at.join(" ")}`;
    const path = svg("path", { d, class: "weight" }), hit = svg("path", { d, class: "hit" }), words = svg("title");
    const group = svg("g", { class: "line" }, path, hit, words);
    const line = { path, words, weight, arrow: { d } };
    if (weight === null) path.setAttribute("class", "weight onwards");
    else if (weight >= 0) hit.addEventListener("click", () => choose(weight));
    for (const operand of [weight, dots[from].node]) if (operand >= 0) lineOf.set(`${dots[to].sum} ${operand}`, line);
    return { ...line, group };
  });
  const drawnDots = dots.map((dot) => {
    const [x, y] = dot.at;
    if (dot.more) return { dot, group: svg("text", { x, y: y + 4, class: "more" }, told(`${dot.more} more`)) };
    const circle = svg("circle", { cx: x, cy: y, r: radius }), tint = svg("circle", { class: "tint", cx: x, cy: y, r: radius });
    const number = svg("text", { x, y: y + 4 }), words = svg("title");
    const group = svg("g", { class: `dot ${dot.sum >= 0 ? "neuron" : dot.node === model.root ? "result" : "input"}` }, circle, tint, number, words);
    if (dot.name) group.append(svg("text", { class: dot.left ? "name left" : "name", x: dot.left ? x - radius - 5 : x + radius + 5, y: y + 4 }, dot.name));
    if (dot.bias >= 0) group.append(dot.square = svg("rect", { class: "bias", x: x - radius, y: y + 0.55 * radius, width: 9, height: 9 }));
    const chosen = dot.sum >= 0 ? dot.sum : dot.node;
    if (chosen >= 0) group.addEventListener("click", () => choose(chosen));
    for (const node of [dot.node, dot.sum]) if (node >= 0) nodeBox.set(node, { box: { at: [x - radius, y - radius, wide, wide] } });
    return { dot, group, tint, number, words };
  });
  const flow = svg("path", { class: "flow" });
  drawing.replaceChildren(...drawnLines.map(({ group }) => group), flow,
    ...titles.map(([x, y, text]) => svg("text", { class: "column", x, y }, told(text))), ...drawnDots.map(({ group }) => group));
  drawn = { nodeBox, flow, lineOf, lines: drawnLines, dots: drawnDots };
  $("views").replaceChildren();
  fit();
}

function sumInWords({ sum, node, terms, bias }) {
  // what a neuron computes, with its numbers
  const spelled = terms.slice(0, 6).map(([x, weight]) => `${short(valueOf(weight))} * ${short(valueOf(x))}`);
  if (terms.length > 6) spelled.push(`... (${told(`${terms.length - 6} more`)})`);
  if (bias !== undefined) spelled.push(short(valueOf(bias)));
  const total = spelled.join(" + ").replace(/\+ -/g, "- ");
  return `${sum === node ? total : `${model.ops[model.op[node]].split(" ")[0]}(${total})`} = ${short(model.data[node])}`;
}

// A position in the listing, or ["constant", number].
const valueOf = (of) => (Array.isArray(of) ? of[1] : model.data[of]);
const brief = (number) => {
  const two = short(Number(number.toPrecision(2)));
  return two.length <= 6 ? two : number.toExponential(0).replace("e+", "e");
};

function coloured(element, number, most, least) {
  const share = number && most && number === number ? Math.min(1, Math.abs(number) / most) : 0;
  element.style.stroke = share ? `var(--${number > 0 ? "positive" : "negative"})` : "";
  element.style.strokeOpacity = share ? (least + (1 - least) * share ** CURVE).toFixed(3) : "";
  return share;
}

function showNetwork() {
  const forward = state.at <= 0, edge = current(), grads = model.grad, most = largest(model.gradients());
  const strength = (weight) => (weight === null ? 0 : !forward ? (weight >= 0 && model.reached(weight) ? grads[weight] : 0)
    : Array.isArray(weight) ? weight[1] : model.data[weight]);
  const widest = largest(drawn.lines.map(({ weight }) => strength(weight)));
  const thick = Math.max(2, 5 * Math.min(1, Math.sqrt(40 / drawn.lines.length)));
  const now = edge && drawn.lineOf.get(`${edge.node} ${edge.operand}`);
  for (const { path, words, weight } of drawn.lines) {
    const number = strength(weight), share = coloured(path, number, widest, 0.25);
    path.style.strokeWidth = (0.5 + thick * share).toFixed(2);
    path.classList.toggle("current", Boolean(now) && now.path === path);
    if (weight === null) write(words, told("through more operations"));
    else write(words, Array.isArray(weight) ? short(weight[1]) : `${model.names[weight]} = ${short(model.data[weight])}, grad ${told(model.gradText(weight))}`);
  }
  for (const { dot, group, tint, number, words } of drawn.dots) {
    if (dot.more) continue;
    const { node } = dot, known = node < 0 || model.isKnown(node);
    write(number, !known ? "?" : brief(node < 0 ? dot.number : model.data[node]));
    write(words, node < 0 ? short(dot.number) : !known ? told("not computed yet") : `${dot.sum >= 0 ? sumInWords(dot) : `${model.names[node]} = ${short(model.data[node])}`}${state.at < 0 ? "" : `, grad ${told(model.gradText(node))}`}`);
    tinted(tint, node >= 0 && !forward && model.reached(node) ? grads[node] : 0, most);
    group.classList.toggle("arrived", Boolean(edge) && [node, dot.sum].includes(edge.operand));
    group.classList.toggle("chosen", state.chosen >= 0 && [node, dot.sum].includes(state.chosen));
    if (dot.square) {
      const bias = strength(dot.bias), share = widest && bias ? Math.min(1, Math.abs(bias) / widest) : 0;
      dot.square.style.fill = share ? `var(--${bias > 0 ? "positive" : "negative"})` : "";
      dot.square.style.fillOpacity = share ? (0.25 + 0.75 * share ** CURVE).toFixed(3) : "";
    }
  }
  drawn.flow.setAttribute("d", now ? now.arrow.d : "");
  $("drawing").setAttribute("aria-label", told(`The network of ${model.names[model.root]}: ${counted(NETWORK.dots.length, "dot")}. ${said()[0]}. The list has all numbers.`));
  write($("legend"), told((forward ? "line: weight; number in a dot: its output; square at a dot: its bias"
    : "line: gradient of a weight, once it is reached; colour of a dot: its gradient") + ". Orange: above 0, blue: below 0; point at a dot for its arithmetic, or click it"));
}

function setNetwork(on) {
  state.network = Boolean(NETWORK) && on;
  $("neurons").setAttribute("aria-pressed", state.network);
  draw();
}
