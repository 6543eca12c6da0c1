// The numbers of a graph, and what the stepper says about them. Nothing here needs a page, so it can be tested against
// Python. RULES, the rows of the table as JavaScript, is defined before this. Model reads DATA.

// --- Numbers as text ---

function digits(number, count) {
  // toExponential, but a tie goes to the even digit, as in Python
  const text = number.toExponential(count - 1);
  const all = number.toExponential(Math.min(100, count + 40));
  const end = all.indexOf("e");
  const cut = all.slice(0, end).length - (Math.min(100, count + 40) - (count - 1));
  return /^50*$/.test(all.slice(cut, end)) && "02468".includes(all[cut - 1]) ? all.slice(0, cut) + all.slice(end) : text;
}

function general(number, count, keep = false) {
  const [mantissa, power] = digits(number, count).split("e");
  const exponent = Number(power);
  const trimmed = (text) => (text.includes(".") && !keep ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= count) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${trimmed(mantissa)}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  return trimmed(Number(`${mantissa}e${power}`).toFixed(count - 1 - exponent));
}

function short(number) {
  if (number !== number) return "nan";
  const size = Math.abs(number);
  if (size === Infinity) return number > 0 ? "inf" : "-inf";
  if (size === 0) return "0";
  if (size < 1e15 && Number.isInteger(number)) return String(number);
  if (size < 1000 || size >= 1e15) {
    const text = general(number, 4); // trailing zeros say that it is rounded, as in autograd/explain/phrases.py
    return Math.abs(Number(text) - number) <= 1e-13 * size ? text : general(number, 4, true);
  }
  const all = number.toFixed(60), cut = all.indexOf(".") + 2;
  return /^50*$/.test(all.slice(cut)) && "02468".includes(all[cut - 1]) ? all.slice(0, cut) : number.toFixed(1);
}

// numbers for a formula: short, or with more digits where most of a difference cancels, as in
// autograd/explain/phrases.py
const longer = (count) => (x) => (Number.isInteger(x) || Math.abs(x) >= 1000 ? short(x) : general(x, count));
const spellings = [short, longer(6), longer(9), longer(12)];

const wrapped = (text) => (text.startsWith("-") ? `(${text})` : text);

function product(factors) {
  const value = factors.reduce((so_far, factor) => factor * so_far, 1);
  if (factors.length === 1) return short(value);
  const long = factors.length > 8;
  const texts = (long ? [...factors.slice(0, 2), ...factors.slice(-2)] : factors).map(short);
  const said = texts.map((text, i) => (i ? wrapped(text) : text));
  if (long) said.splice(2, 0, "...");
  return `${said.join(" * ")} = ${short(value)}`;
}

const counted = (count, thing) => `${count} ${thing}${count == 1 ? "" : "s"}`; // the count may be a BigInt
const unique = (texts) => [...new Set(texts)];

function columns(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}    ${right}`.trimEnd());
}

function floats(text) {
  // numbers that Python wrote as base64 of little-endian float64
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

// --- The graph ---

const INDENT = "\n      ";
const SMALL = 500; // the maximum number of nodes for remarks that need the whole graph

class Model {
  constructor(graph, rules) {
    Object.assign(this, graph); // names, operands, ops, op, phrases, phrase, operators, longest, sources
    this.count = this.names.length;
    this.root = this.count - 1;
    this.rules = graph.ops.map((name) => rules[name]);
    this.leaves = [];
    this.inner = [];
    this.operands.forEach((operands, node) => (operands.length ? this.inner : this.leaves).push(node));
    this.data = new Float64Array(this.count);
    this.inputs = this.operands.map((operands) => new Float64Array(operands.length)); // the inputs of each operation
    this.partials = this.operands.map((operands) => new Float64Array(operands.length));
    this.edges = [];
    this.arriving = Array.from({ length: this.count }, () => []);
    this.first = new Int32Array(this.count + 1); // the first edge of each node
    for (let node = this.root; node >= 0; node--) {
      this.first[node] = this.edges.length;
      this.operands[node].forEach((operand, k) => {
        if (operand < 0) return;
        this.arriving[operand].push(this.edges.length);
        this.edges.push({ node, k, operand });
      });
    }
    this.due = this.arriving.map((edges) => edges.length);
    this.setNumbers(floats(graph.numbers));
    this.position = 0; // edges processed
    this.forward = this.inner.length; // operations computed
    this.replay();
  }

  // --- Numbers

  setNumbers(numbers) {
    // the leaves' data in the order of the graph, then the constants
    this.original = numbers.slice(0, this.leaves.length);
    this.leaves.forEach((leaf, i) => { this.data[leaf] = numbers[i]; });
    this.constants = numbers.slice(this.leaves.length);
    for (const node of this.inner) {
      this.operands[node].forEach((operand, k) => {
        if (operand < 0) this.inputs[node][k] = this.constants[~operand];
      });
    }
    this.recompute();
  }

  recompute() {
    this.trouble = -1; // the first operation without a value
    for (const node of this.inner) {
      const operands = this.operands[node], given = this.inputs[node], rule = this.rules[this.op[node]];
      for (let k = 0; k < operands.length; k++) if (operands[k] >= 0) given[k] = this.data[operands[k]];
      const out = this.data[node] = rule.value(given);
      if (!Number.isFinite(out) && this.trouble < 0) this.trouble = node;
      for (const [from, to, slope] of rule.slopes) {
        for (let k = from; k < to; k++) if (operands[k] >= 0) this.partials[node][k] = slope(given, out, k - from);
      }
    }
    this.truth = null;
  }

  set(leaf, number) {
    this.data[leaf] = number;
    this.recompute();
    this.replay();
  }

  replay() {
    // the gradients when `position` edges have been processed
    this.grad = new Float64Array(this.count);
    this.grad[this.root] = 1;
    this.left = Int32Array.from(this.due);
    this.before = new Float64Array(this.position);
    for (let i = 0; i < this.position; i++) {
      const { operand } = this.edges[i];
      this.before[i] = this.grad[operand];
      this.grad[operand] += this.share(i, this.grad);
      this.left[operand]--;
    }
  }

  share(i, grad) {
    const { node, k } = this.edges[i];
    const partial = this.partials[node][k];
    return grad[node] === 0 && !Number.isFinite(partial) ? 0 : partial * grad[node];
  }

  goto(position) {
    this.position = position;
    this.replay();
  }

  gradients() {
    if (!this.truth) {
      this.truth = new Float64Array(this.count);
      this.truth[this.root] = 1;
      this.edges.forEach(({ operand }, i) => { this.truth[operand] += this.share(i, this.truth); });
    }
    return this.truth;
  }

  reached(node) {
    return node === this.root || this.left[node] < this.due[node];
  }

  isComplete(node) {
    return !this.left[node];
  }

  isKnown(node) {
    return !this.operands[node].length || this.place(node) < this.forward;
  }

  place(node) {
    // how many operations come before a node's own
    if (!this.places) {
      this.places = new Int32Array(this.count);
      this.inner.forEach((inner, i) => { this.places[inner] = i; });
    }
    return this.places[node];
  }

  // --- Words

  spelling(node, compute) {
    // the fewest digits that reproduce the number within half a percent
    const given = Float64Array.from(this.operands[node], (operand) => (operand < 0 ? this.constants[~operand] : this.data[operand]));
    const out = this.data[node], exact = compute(given, out);
    const read = (spell) => (x) => Number(spell(x));
    const enough = (spell) => Math.abs(compute(given.map(read(spell)), read(spell)(out)) - exact) <= 0.005 * Math.abs(exact);
    return spellings.find(enough) || short;
  }

  filled(text, node, spell = short) {
    const operands = this.operands[node];
    return text.replace(/\{(out|\d+)(#?)(\(?)\}/g, (_, place, number, wrap) => {
      const value = place === "out" ? node : operands[place];
      if (!number) return this.names[value];
      const said = spell(value < 0 ? this.constants[~value] : this.data[value]);
      return wrap ? wrapped(said) : said;
    });
  }

  phrasesOf(node) {
    return this.phrases[this.phrase[node]];
  }

  operation(node) {
    return this.operands[node].length ? this.filled(this.phrasesOf(node)[0], node) : "";
  }

  withNumbers(node) {
    const text = this.phrasesOf(node)[1];
    const name = this.ops[this.op[node]].split(" ")[0];
    if (!this.operators.includes(name)) return this.filled(text, node);
    return this.filled(text, node, this.spelling(node, (given) => this.rules[this.op[node]].value(given)));
  }

  nth(i) {
    // the phrases of an edge
    const { node } = this.edges[i];
    return this.phrasesOf(node)[2 + i - this.first[node]];
  }

  arrow(i) {
    const { node, operand } = this.edges[i];
    const [again] = this.nth(i);
    return `${this.names[node]} -> ${this.names[operand]}${again ? `  (${again})` : ""}`;
  }

  slopeHead(i) {
    const { node, operand } = this.edges[i];
    const name = this.ops[this.op[node]].split(" ")[0];
    const said = this.operation(node);
    const what = this.operators.includes(name) ? `(${said})` : said.length > Math.floor(this.longest / 3) ? ` ${name}(...)` : ` ${said}`;
    return `d${what}/d${this.names[operand]}`;
  }

  slope(i) {
    const { node, k } = this.edges[i];
    const [, ...texts] = this.nth(i);
    const held = this.operands[node].filter((operand) => operand >= 0).length - 1;
    const head = this.slopeHead(i) + (held ? `, other operand${held > 1 ? "s" : ""} held,` : "");
    const [from, , slope] = this.rules[this.op[node]].slopes.find(([from, to]) => from <= k && k < to);
    const spell = this.spelling(node, (given, out) => slope(given, out, k - from));
    const chain = texts.map((text) => this.filled(text, node, spell)).filter((text) => text.length <= this.longest);
    return `${head} = ${unique([...chain, short(this.partials[node][k])]).join(" = ")}`;
  }

  made(i) {
    // the report of an edge that has been processed
    const { node, k, operand } = this.edges[i];
    const upstream = this.grad[node], partial = this.partials[node][k], name = this.names[operand];
    const share = product([partial, upstream]);
    const arrived = this.arriving[operand].indexOf(i) + 1, left = this.due[operand] - arrived;
    const before = this.before[i], after = before + this.share(i, this.grad);
    return [
      `[edge ${i + 1}/${this.edges.length}] ${this.arrow(i)}`,
      ...(this.sources[node] ? [`source    ${this.sources[node]}`] : []),
      `partial   ${this.slope(i)}`,
      `upstream  ${this.names[node]}.grad = ${short(upstream)}`,
      arrived === 1 ? `${name}.grad = ${share}` : `${name}.grad += ${share}      now ${short(after)}   (was ${short(before)})`,
      left ? `${name}.grad is NOT complete: ${left} more to come${this.tooEarly(operand, after)}` : `${name}.grad is complete`,
    ];
  }

  tooEarly(node, grad) {
    const operand = this.operands[node].find((value) => value >= 0);
    if (operand === undefined || this.count > SMALL) return "";
    const slope = this.totals(operand)[node];
    const truth = this.gradients(), right = truth[operand];
    const wrong = [right - (truth[node] - grad) * slope, right + grad * slope];
    const texts = unique(wrong.map(short)).filter((text) => text !== short(right));
    if (!texts.length) return "";
    return `      (moving on to ${this.names[operand]} now would give ${texts.join(" or ")}, not ${short(right)})`;
  }

  computed(i) {
    // the report of an operation of the forward pass
    const node = this.inner[i], name = this.names[node];
    return [
      `[operation ${i + 1}/${this.inner.length}] ${name} = ${this.operation(node)}`,
      ...(this.sources[node] ? [`source    ${this.sources[node]}`] : []),
      unique([`${name}.data`, this.withNumbers(node), short(this.data[node])]).join(" = "),
    ];
  }

  gradText(node) {
    if (node === this.root) return `${short(this.grad[node])} (seed)`;
    if (this.left[node] === this.due[node]) return "not reached";
    return short(this.grad[node]) + (this.left[node] ? `, NOT complete: ${this.left[node]} more to come` : "");
  }

  // --- Paths

  totals(value) {
    // d(node)/d(value) for every node
    const totals = new Float64Array(this.count);
    totals[value] = 1;
    for (let node = value + 1; node < this.count; node++) {
      this.operands[node].forEach((operand, k) => {
        if (operand >= 0 && totals[operand]) totals[node] += this.partials[node][k] * totals[operand];
      });
    }
    return totals;
  }

  why(value) {
    // d(result)/d(value) as lines: the paths with their products, the largest ones if there are many
    const root = this.root, head = `d${this.names[root]}/d${this.names[value]}`;
    if (value === root) return [`${head} = 1: it is the result itself`];
    const counts = new Array(this.count).fill(0n), best = new Float64Array(this.count).fill(-Infinity);
    counts[value] = 1n;
    best[value] = 0;
    const size = (node, k) => Math.log(Math.abs(this.partials[node][k])) + best[this.operands[node][k]];
    const ways = (node) => this.operands[node].flatMap((operand, k) => (operand >= 0 && counts[operand] ? [k] : []));
    for (let node = value + 1; node < this.count; node++) {
      for (const k of ways(node)) {
        counts[node] += counts[this.operands[node][k]];
        best[node] = Math.max(best[node], size(node, k));
      }
    }
    const total = this.totals(value)[root], count = counts[root], few = count <= 12n;
    const paths = few ? this.allPaths(value, ways) : this.largestPaths(value, ways, size, 8);
    const rows = paths.map((path) => [this.pathText(path, paths[0]), product(path.map(([node, k]) => this.partials[node][k]))]);
    if (!few) {
      const rest = paths.reduce((left, path) => left - path.reduce((so_far, [node, k]) => so_far * this.partials[node][k], 1), total);
      rows.push([`the other ${saidCount(count - BigInt(paths.length)).replace("about ", "")}`, `together ${short(rest)}`]);
    }
    const listed = few ? "" : `, the ${paths.length} largest of them:`;
    return [`${head} is a sum over ${saidCount(count)}${listed}`, ...columns(rows), `  total ${short(total)}`];
  }

  allPaths(value, ways) {
    const found = [], pending = [[this.root, []]];
    while (pending.length) {
      const [node, path] = pending.pop();
      if (node === value) found.push(path);
      else for (const k of ways(node).reverse()) pending.push([this.operands[node][k], [...path, [node, k]]]);
    }
    return found;
  }

  largestPaths(value, ways, size, most) {
    // best first: the best way to complete each beginning is known, so none is followed in vain
    const found = [], heap = [{ loss: 0, node: this.root, path: null, length: 0 }];
    while (heap.length && found.length < most) {
      let at = 0;
      heap.forEach((one, i) => { if (one.loss < heap[at].loss || (one.loss === heap[at].loss && one.length > heap[at].length)) at = i; });
      let { loss, node, path, length } = heap.splice(at, 1)[0];
      while (node !== value) { // along the best edges, remembering the turns not taken
        const choices = ways(node).map((k) => ({ k, size: size(node, k) }));
        const best = choices.reduce((a, b) => (b.size > a.size ? b : a));
        for (const { k, size: other } of choices) {
          if (k === best.k) continue;
          const lost = loss + (best.size === other ? 0 : best.size - other);
          heap.push({ loss: lost, node: this.operands[node][k], path: { node, k, before: path }, length: length + 1 });
        }
        path = { node, k: best.k, before: path };
        node = this.operands[node][best.k];
        length++;
        if (heap.length > 4 * most) {
          heap.sort((a, b) => a.loss - b.loss);
          heap.length = most;
        }
      }
      const steps = [];
      for (let step = path; step; step = step.before) steps.unshift([step.node, step.k]);
      found.push(steps);
    }
    return found;
  }

  pathText(path, usual) {
    // a long path is described by its ends, and by where it leaves the usual one
    const last = path.length - 1, known = new Map(usual);
    let told = path.map((_, i) => i);
    if (last >= 8) {
      const turns = told.filter((i) => i > 1 && i < last - 1 && known.get(path[i][0]) !== path[i][1]).slice(0, 3);
      told = unique([0, 1, last - 1, last, ...turns, ...turns.map((i) => i - 1)]).sort((a, b) => a - b);
    }
    const texts = [this.names[path[0][0]]];
    told.forEach((i, at) => {
      const skipped = i - (at ? told[at - 1] : -1) - 1;
      if (skipped) texts.push(`... ${skipped} more ...`);
      const [node, k] = path[i], operand = this.operands[node][k];
      const again = this.operands[node].filter((other) => other === operand).length > 1;
      texts.push(this.names[operand] + (again ? ` (operand ${k + 1})` : ""));
    });
    return texts.join(" -> ");
  }
}

function saidCount(count) {
  if (count <= 10n ** 30n) return counted(count, "path");
  const bits = count.toString(2);
  return `about 2**${Math.round(bits.length - 1 + Math.log2(Number(`0b${bits.slice(0, 52)}`) / 2 ** 51))} paths`;
}

// --- Guesses ---

class Guess {
  // a number as it was typed, or a short sum of products such as 3 * (1 - 0.5)
  constructor(text) {
    this.text = text.trim();
    this.number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(this.text) ? Number(this.text) : calculated(this.text);
    const [mantissa, power] = this.text.toLowerCase().replace(/^[-+]/, "").split("e");
    const [whole, fraction = ""] = mantissa.split(".");
    const plain = /^\d*\.?\d*$/.test(mantissa);
    this.digits = plain ? (whole + fraction).replace(/^0+/, "").length : 9;
    this.last = plain ? Number(power || 0) - fraction.length : -Infinity;
  }

  agrees(truth) {
    return this.within(truth, Math.max(this.digits, 2));
  }

  tooFew(truth) {
    // whether it would be right if one digit were enough
    return this.digits < 2 && this.number !== 0 && this.within(truth, this.digits);
  }

  within(truth, digits) {
    // rounded to the digits given, at least two and at most nine: as in autograd/stepper/guesses.py
    if (this.number === truth) return true;
    if (!this.number || !Number.isFinite(this.number) || !Number.isFinite(truth)) return Math.abs(this.number - truth) <= 1e-12;
    const unit = this.last > -300 ? 10 ** (this.last - (digits - this.digits)) : 0;
    const exact = 10 ** (Math.floor(Math.log10(Math.abs(this.number))) + 1 - 9);
    return Math.abs(this.number - truth) <= 0.5000001 * Math.max(unit, exact);
  }
}

function calculated(text) {
  // + - * / and parentheses; NaN for anything else
  const tokens = text.match(/\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|[-+*/()]/gi) || [];
  if (tokens.join("") !== text.replace(/\s/g, "")) return NaN;
  let at = 0;
  const atom = () => {
    const token = tokens[at++];
    if (token === "-") return -atom();
    if (token !== "(") return token === undefined ? NaN : Number(token);
    const inside = terms();
    return tokens[at++] === ")" ? inside : NaN;
  };
  const factors = () => {
    let result = atom();
    while (tokens[at] === "*" || tokens[at] === "/") result = tokens[at++] === "*" ? result * atom() : result / atom();
    return result;
  };
  const terms = () => {
    let result = factors();
    while (tokens[at] === "+" || tokens[at] === "-") result = tokens[at++] === "+" ? result + factors() : result - factors();
    return result;
  };
  const result = terms();
  return at === tokens.length ? result : NaN;
}
