// A document on the page: prose, questions, cells to run with their output next to them, and exercises to check.

import { makeEditor } from "./editor.js";
import { Output, element } from "./output.js";
import predictions from "predictions"; // the script of the lessons' own pages
import { known, say } from "./words.js";

const button = (text, action, attributes = {}) => element("button", { type: "button", onclick: action, ...attributes }, text);

export class Sheet {
  // place: its element. cells: its parts. python: runs them. changed: called when something is typed. solved: called
  // when an exercise or a question is answered.
  constructor(place, cells, { python, changed, solved, isSolved }) {
    Object.assign(this, { place, python, changed, solved, isSolved });
    this.cells = [];
    place.replaceChildren();
    for (const cell of cells) this.add(cell);
    predictions(place, known());
    place.addEventListener("submit", ({ target }) => { // after the form's own listener
      if (target.querySelector("output.right")) solved(target.dataset.name);
    });
  }

  add(cell, after = null) {
    const made = cell.code !== undefined ? new Cell(this, cell) : cell.quiz ? quiz(this) : prose(cell);
    const at = after ? this.cells.indexOf(after) + 1 : this.cells.length;
    this.cells.splice(at, 0, made);
    if (after) after.root.after(made.root);
    else this.place.append(made.root);
    return made;
  }

  get runnable() {
    return this.cells.filter((cell) => cell instanceof Cell);
  }

  // What has to be saved.
  get content() {
    return this.cells.map((cell) => cell.content).filter((content) => content);
  }

  async runAll() {
    for (const cell of this.runnable) {
      if (!cell.exercise && !(await cell.run())) return;
    }
  }

  remove(cell) {
    if (this.runnable.length === 1) cell.editor.code = "";
    else {
      this.cells.splice(this.cells.indexOf(cell), 1);
      cell.root.remove();
    }
    this.changed();
  }
}

// The prose of the lessons is HTML, written when the page was made; anything loaded from elsewhere is text.
function prose({ html, text, name }) {
  const root = element("section", { class: "prose" });
  if (html === undefined) root.append(element("p", { class: "loaded" }, text));
  else root.innerHTML = html; // the page's own HTML
  if (name) root.querySelector("form").dataset.name = name;
  return { root, content: text ? { text } : null };
}

let cells = 0;

class Cell {
  constructor(sheet, { code, folded, exercise, own }) {
    Object.assign(this, { sheet, exercise, own, number: (cells += 1) });
    const place = element("div", { class: "editor" });
    this.result = element("div", { class: "output", role: "group", "aria-label": say("Output of cell {number}", this) });
    this.output = new Output(this.result);
    this.bar = element("div", { class: "bar" }, button(say("Run"), () => this.run(), { class: "run", title: say("Run (Ctrl+Enter)") }));
    const left = element("div", { class: "left" }, place, this.bar);
    if (exercise) left.prepend(this.told(exercise));
    else this.bar.append(button(say("Add a cell"), () => this.next(true), { class: "quiet" }), button(say("Remove"), () => this.sheet.remove(this), { class: "quiet" }));
    const held = folded ? element("details", {}, element("summary", {}, folded), left) : left;
    this.root = element("section", { class: exercise ? "cell exercise" : "cell", "aria-label": say("Cell {number}", this) }, held, this.result);
    this.editor = makeEditor(place, code, {
      label: exercise ? say("Your {name}", exercise) : say("Code of cell {number}", this),
      complete: (text) => this.complete(text),
      run: () => this.run(),
      runOn: () => { this.run(); this.next(); },
      leave: () => this.bar.querySelector("button").focus(),
      change: () => this.sheet.changed(),
    });
  }

  get content() {
    return { code: this.editor.code };
  }

  async complete(text) {
    const { python } = this.sheet;
    return python.worker && !python.finish ? (await python.ask({ do: "complete", text })).names ?? [] : [];
  }

  next(always = false) {
    const cells = this.sheet.runnable;
    const after = cells[cells.indexOf(this) + 1];
    const next = always || !after ? this.sheet.add({ code: "" }, this) : after;
    next.editor.focus();
    next.root.scrollIntoView({ block: "nearest" });
  }

  // Run the cell; returns whether it ran to the end.
  async run() {
    this.output.clear();
    this.editor.markLine(0);
    this.root.classList.add("runs");
    const { line, stopped, computed } = await this.ask({ do: "run", code: this.editor.code, cell: this.number });
    this.root.classList.remove("runs");
    if (stopped) this.output.print(`${stopped}\n`, true);
    if (line) this.editor.markLine(line);
    if (computed?.length) this.output.add(this.steps(computed));
    return computed !== undefined;
  }

  ask(request) {
    return this.sheet.python.ask(request, (told) => this.output.hear(told));
  }

  steps(names) {
    const step = (name) => ({ target }) => {
      target.disabled = true;
      this.ask({ do: "step", name });
    };
    return element("p", { class: "steps" }, ...names.map((name) => button(name === "_" ? say("Step through it") : say("Step through {name}", { name }), step(name))));
  }

  // --- Exercises ---

  told({ name, level, minutes, html }) {
    const help = (solved) => () => this.ask({ do: "help", name, solved });
    this.bar.append(button(say("Check"), () => this.check(), { class: "check" }), button(say("Hint"), help(false)), button(say("Solution"), help(true)));
    this.verdict = element("span", { class: "verdict" }, this.sheet.isSolved(name) ? say("✓ solved") : "");
    this.bar.append(this.verdict);
    const head = element("h3", {}, say("Exercise: {name}", { name }), element("small", {}, ` ${say("{level}, {minutes} minutes", { level, minutes })}`));
    const statement = element("p");
    statement.innerHTML = html; // the page's own HTML
    return element("div", {}, head, statement);
  }

  async check() {
    const { name } = this.exercise;
    if (!(await this.run())) return;
    const { right } = await this.ask({ do: "check", name });
    this.verdict.textContent = right ? say("✓ solved") : say("not yet");
    if (right) this.sheet.solved(name);
  }
}

// --- The quiz ---

const LEVELS = ["chain", "reuse", "order", "products", "activation", "softmax"];

function quiz({ python, solved }) {
  const level = element("select", {}, ...LEVELS.map((name) => element("option", {}, name)));
  const seed = element("input", { type: "number", min: 0, value: 0, size: 6 });
  const question = element("pre", { class: "printed", "aria-live": "polite", tabindex: 0 }, say("Choose a level, and begin."));
  const guess = element("input", { autocomplete: "off", inputmode: "decimal", size: 10, disabled: true });
  const answers = [element("button", {}, say("Answer")), button(say("Skip"), () => tell({ do: "answer", guess: null }))];
  for (const each of answers) each.disabled = true;
  const tell = async (request) => {
    const { text, stopped, right, asked, code } = await python.ask(request);
    question.textContent = stopped ?? `${text}\n\n${say("Your code: {code}", { code })}`;
    for (const each of [guess, ...answers]) each.disabled = !!stopped;
    if (asked) solved("quiz", { right, asked });
    guess.value = "";
    guess.focus();
  };
  const form = element("form", {
    class: "quiz",
    onsubmit: (event) => {
      event.preventDefault();
      if (guess.value.trim()) tell({ do: "answer", guess: guess.value });
    },
  }, element("label", {}, `${say("Level")} `, level), element("label", {}, `${say("Seed")} `, seed),
  button(say("Begin"), () => tell({ do: "ask", level: level.value, seed: Math.max(0, Math.floor(seed.valueAsNumber || 0)) })),
  question, element("label", {}, `${say("Your answer")} `, guess), ...answers);
  return { root: element("section", { class: "prose" }, form), content: null };
}
