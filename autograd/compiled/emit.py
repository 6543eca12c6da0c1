"""A program as source: forward and backward, line by line, in Python, C or JavaScript.

    >>> from autograd import Value
    >>> w, x = Value(3.0, label="w"), Value(2.0, label="x")
    >>> print(python_function(Program((w * x).tanh(), [w], [x])))
    def step(inputs, parameters, gradients):
        (x,) = inputs
        (w,) = parameters
        (d_w,) = gradients
    <BLANKLINE>
        # forward: operands before what is computed from them
        v2 = w * x
        v3 = tanh(v2)
    <BLANKLINE>
        # backward: over each edge goes its slope times the gradient at its upper end
        d_v3 = 1.0
        d_v2 = (1.0 - v3 * v3) * d_v3
        d_w = d_w + x * d_v2
    <BLANKLINE>
        return v3, (d_w,)

``d_v2`` is d(result)/d(v2). What arrives at a value is added up as `backward()` adds it up, so that Python's
page gives the same bits. Names are those of drawings and of the stepper, as far as the languages allow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from ..errors import CompileError
from ..formula import FUNCTIONS, PYTHON, Formula
from ..formula.languages import LANGUAGES, RESERVED, WIDTH, Language, helpers, remark
from ..naming import ModuleNames
from .program import PICK, Program

__all__ = ["identifiers", "page", "python_function", "python_loop"]

TERMS = 40  # of a sum in one statement: parsers recurse over it
MOST = 100_000  # operations on a page: Python needs some 5 s to compile it, and time grows faster than size
INDENT = "    "


def identifiers(program: Program) -> dict[Any, str]:
    """A name for every node that all languages take. So is ``d_`` and the name, which is its gradient.

    None has two underscores in a row: those are in names that a writer makes up itself.

    >>> from autograd import Value
    >>> a = Value(1.0, label="x[0]")
    >>> list(identifiers(Program(a * Value(2.0, label="lambda"), [a])).values())
    ['x_0', 'lambda_', 'v2']
    """
    names: dict[Any, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for node in dict.fromkeys([*program.inputs, *program.nodes, *program.order]):
        name = re.sub(r"[\W_]+", "_", program.name(node), flags=re.ASCII).strip("_")[: WIDTH // 2] or "value"
        name = f"n{name}" if name[0].isdigit() else f"{name}_" if name in RESERVED else name
        unique = name
        while taken & {unique, f"d_{unique}"}:
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name}_{counts[name]}"
        taken |= {unique, f"d_{unique}"}
        names[node] = unique
    return names


class _Lines:
    """The statements of a program, in the order they are written."""

    def __init__(self, program: Program, language: Language) -> None:
        if len(program.order) > MOST:
            raise CompileError(
                f"{len(program.order):,} operations are too many for a page of source: the limit is {MOST:,}. "
                'Compile the loss of one sample and use step.batch, or take backend="c", which has no such limit'
            )
        self.program = program
        self.language = language
        self.names = identifiers(program)
        self.lines: list[str] = []
        self.indent = INDENT
        self.pending: dict[Any, list[str]] = {}  # what was handed to a value whose turn has not come
        self.running: set[Any] = set()  # values whose gradient is a variable from the beginning
        self.tables: dict[tuple[Any, ...], str] = {}  # what picks choose from, once it is written
        self.lists: dict[str, list[Any]] = {}  # values whose gradients stand in a list, since a pick may reach them
        self.place: dict[Any, tuple[str, int]] = {}
        self.known: dict[tuple[int, int], list[tuple[str, int | None]]] = {}  # of each row the names of its operands
        self._group_picked()

    # --- lines

    def write(self, *lines: str) -> None:
        self.lines += [self.indent + line if line else "" for line in lines]

    def remark(self, text: str) -> None:
        self.write(f"{self.language.remark} {remark(text)}")

    def heading(self, text: str) -> None:
        self.write("")
        self.remark(text)

    def statement(self, template: str, name: str, text: str) -> None:
        """One statement; a long one is broken into lines, in Python inside of parentheses."""
        room = WIDTH - len(self.indent)
        line = template.format(name, text)
        if len(line) <= room:
            self.write(line)
            return
        if self.language.dialect is PYTHON and template == self.language.let and not text.isidentifier():
            line = template.format(name, f"({text})")
        self.write(*_broken(line, room))

    def add_up(self, template: str, name: str, terms: Sequence[str]) -> None:
        """A statement for the sum of terms from left to right, and more of them if they are many."""
        spell = self.language
        if len(terms) > TERMS and template == spell.let:
            template = spell.var
        self.statement(template, name, " + ".join(terms[:TERMS]))
        for at in range(TERMS, len(terms), TERMS):
            self.statement(spell.change, name, " + ".join([name, *terms[at : at + TERMS]]))

    # --- forward

    def text(self, operand: Any) -> str:
        return self.language.number(operand) if isinstance(operand, float) else self.names[operand]

    def gradient(self, node: Any) -> str:
        return f"d_{self.names[node]}"

    def spelled(self, node: Any) -> dict[str, Any]:
        """What the names in the formulas of a node's row are called here."""
        return {**node.op.bind([self.text(operand) for operand in node.operands]), "out": self.names[node]}

    def forward(self, nodes: Iterable[Any]) -> None:
        scope: Any = None
        modules = ModuleNames()
        for node in nodes:
            if node.scope is not scope and node.op is not PICK:
                scope = node.scope
                if scope is not None and scope.module is not None:
                    self.remark(modules.title(scope))
            if node.op is None:  # Value(x) of an argument x
                self.statement(self.language.let, self.names[node], self.text(node.operands[0]))
            elif node.op is PICK:
                self.statement(self.language.let, self.names[node], self.choose(node))
            else:
                self.value(node)

    def value(self, node: Any) -> None:
        spelled = self.spelled(node)
        formula = _with_numbers(node.op.formula(len(node.operands)), node)
        if len(node.operands) > TERMS:
            formula = formula.hoisted()
        self.intermediates(formula, spelled, self.names[node])
        self.statement(self.language.let, self.names[node], formula.last(self.language.dialect, spelled))

    def intermediates(self, formula: Formula, spelled: dict[str, Any], suffix: str) -> None:
        """A formula's named intermediates, as names of this node's own; puts those into `spelled`."""
        spelled.update({let: f"{let}__{suffix}" for let, _ in formula.lets})
        for let, reduction, texts in formula.pieces(self.language.dialect, spelled):
            if reduction == "max":
                self.statement(self.language.var, spelled[let], texts[0])
                for text in texts[1:]:
                    self.statement(self.language.change, spelled[let], f"larger({spelled[let]}, {text})")
            else:
                self.add_up(self.language.let, spelled[let], texts)

    # --- picks

    def _group_picked(self) -> None:
        """One list of gradients for all that the same pick may reach; picks that share a value share the list."""
        numbers = count()
        for node in self.program.picks:
            members = dict.fromkeys(c for c in node.operands[1:] if not isinstance(c, float))
            shared = {self.place[c][0]: None for c in members if c in self.place}
            if len(shared) == 1 and all(c in self.place for c in members):
                continue
            for name in shared:
                members = {**dict.fromkeys(self.lists.pop(name)), **members}
            name = f"d_picked__{next(numbers)}"
            self.lists[name] = list(members)
            self.place.update({c: (name, i) for i, c in enumerate(members)})

    def choose(self, node: Any) -> str:
        """What a pick chooses: an item of the list of its candidates."""
        candidates = node.operands[1:]
        if candidates not in self.tables:
            self.tables[candidates] = f"picked__{len(self.tables)}"
            self.statement(self.language.table, self.tables[candidates], ", ".join(map(self.text, candidates)))
        return f"{self.tables[candidates]}[{self.index(node)}]"

    def index(self, node: Any) -> str:
        return self.language.index.format(self.text(node.operands[0]))

    def slot(self, node: Any) -> str:
        """Where the gradient of a value that may be picked is added up."""
        return "{}[{}]".format(*self.place[node])

    def chosen_slot(self, node: Any) -> str:
        """Where the gradient of what a pick has chosen is added up."""
        candidates, index = node.operands[1:], self.index(node)
        name = next(self.place[c][0] for c in candidates if c in self.place)
        places = tuple(self.place[c][1] if c in self.place else len(self.lists[name]) for c in candidates)
        if places == tuple(range(len(places))):
            return f"{name}[{index}]"
        if (name, places) not in self.tables:
            self.tables[name, places] = f"places__{len(self.tables)}"
            self.statement(self.language.table, self.tables[name, places], ", ".join(map(str, places)))
        return f"{name}[{self.language.index.format(f'{self.tables[name, places]}[{index}]')}]"

    def open_lists(self) -> None:
        """The lists of gradients, each with a place more for what flows to constants."""
        zero = self.language.number(0.0)
        parameters = set(self.program.parameters)
        for name, members in self.lists.items():
            start = [self.gradient(m) if m in parameters else zero for m in members]
            self.statement(self.language.list, name, ", ".join([*start, zero]))

    def close_lists(self) -> None:
        for node in self.program.parameters:
            if node in self.place:
                self.statement(self.language.change, self.gradient(node), self.slot(node))

    # --- backward

    def hand(self, operand: Any, text: str) -> None:
        """Add to an operand's gradient: now if it stands in a list, else when its turn comes."""
        if operand in self.place:
            self.statement(self.language.add, self.slot(operand), text)
        elif operand.op is PICK:
            self.statement(self.language.add, self.chosen_slot(operand), text)
        else:
            self.pending.setdefault(operand, []).append(text)

    def backward(self, nodes: Sequence[Any], seed: str = "") -> None:
        """The turns of the nodes, results first: their gradient is complete, and goes on to their operands."""
        root = self.program.root
        if seed:
            self.hand(root, seed)
        for node in reversed(nodes):
            if node in self.program.moving and node.op is not PICK:
                self.complete(node)
                self.hand_on(node)
            elif node.op is PICK and node in self.place:  # which another one may pick
                self.statement(self.language.add, self.chosen_slot(node), self.slot(node))

    def complete(self, node: Any) -> None:
        name = self.gradient(node)
        if node in self.place:
            self.statement(self.language.let, name, self.slot(node))
        elif node in self.running:
            self.settle([node])
        else:
            self.add_up(self.language.let, name, self.pending.pop(node))

    def settle(self, nodes: Iterable[Any]) -> None:
        """Add what has arrived to gradients that are variables already."""
        for node in nodes:
            if terms := self.pending.pop(node, []):
                self.add_up(self.language.change, self.gradient(node), [self.gradient(node), *terms])

    def operand_names(self, node: Any) -> list[tuple[str, int | None]]:
        """For each operand its name in the formulas, and its index if it stands in a list."""
        key = id(node.op), len(node.operands)
        if key not in self.known:
            self.known[key] = names = []
            for name, bound in node.op.bind(range(len(node.operands))).items():
                names += [(name, i) for i in range(len(bound))] if isinstance(bound, list) else [(name, None)]
        return self.known[key]

    def hand_on(self, node: Any) -> None:
        spelled = self.spelled(node)
        slopes: dict[str, Formula] = {}
        for operand, (name, index) in zip(node.operands, self.operand_names(node)):
            if operand in self.program.moving:
                if name not in slopes:
                    slope = _with_numbers(node.op.partials[node.op.operands.index(name)], node)
                    slopes[name] = slope.hoisted() if node.op.wide else slope
                    self.intermediates(slopes[name], spelled, f"{name}__{self.names[node]}")
                self.hand(operand, slopes[name].times(self.gradient(node), self.language.dialect, spelled, index))


def _broken(line: str, room: int) -> list[str]:
    """A long line, broken after a plus or a comma."""
    lines: list[str] = []
    while len(line) > room:
        cut = max(line.rfind(" + ", 0, room) + 2, line.rfind(", ", 0, room) + 1)
        if cut <= len(INDENT):
            break
        lines.append(line[:cut])
        line = f"{INDENT}{line[cut + 1 :]}"
    return [*lines, line]


def _with_numbers(formula: Formula, node: Any) -> Formula:
    """A formula of a scalar operation, where the operands that are numbers are known."""
    if node.op.wide:
        return formula
    known = {name: x for name, x in node.op.bind(node.operands).items() if isinstance(x, float) and math.isfinite(x)}
    return formula.given(known) if known else formula


# --- Functions ---------------------------------------------------------------------------------------------

_FORWARD = "forward: operands before what is computed from them"
_BACKWARD = "backward: over each edge goes its slope times the gradient at its upper end"


class _Names:
    """The names of a program's inputs, parameters and gradients, in the order they are given."""

    def __init__(self, program: Program, names: dict[Any, str]) -> None:
        self.inputs = [names[node] for node in program.inputs]
        self.parameters = [names[node] for node in (*program.parameters, *program.frozen)]
        self.gradients = [f"d_{names[node]}" for node in program.parameters]


def _body(lines: _Lines) -> None:
    lines.heading(_FORWARD)
    lines.forward(lines.program.order)
    if lines.program.root in lines.program.moving:
        lines.heading(_BACKWARD)
        lines.open_lists()
        lines.backward(lines.program.order, seed=lines.language.number(1.0))
        lines.settle(lines.program.parameters)
        lines.close_lists()
    lines.write("")


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _open(lines: _Lines, names: _Names, bound: bool) -> None:
    """Where the numbers come from: the arguments, or the Values themselves, value__0, value__1 ..."""
    if bound:
        lines.write(*(f"{name} = value__{i}.data" for i, name in enumerate(names.parameters)))
        lines.write(*(f"{name} = value__{i}.grad" for i, name in enumerate(names.gradients)))
    else:
        for kind, wanted in (("parameters", names.parameters), ("gradients", names.gradients)):
            if wanted:
                lines.statement("{} = {}", _tuple(wanted), kind)


def _close(lines: _Lines, names: _Names, bound: bool, result: str) -> None:
    if bound:
        lines.write(*(f"value__{i}.grad = {name}" for i, name in enumerate(names.gradients)))
    lines.write(f"return {result}") if bound else lines.statement("return {}, {}", result, _tuple(names.gradients))


def python_function(program: Program, bound: bool = False) -> str:
    """``step(inputs, parameters, gradients)``, which returns the result, and the gradients added to those given.

    parameters: the numbers of program.parameters, then those of program.frozen.
    bound: instead ``step(inputs)``, which reads and writes those Values, as value__0, value__1 ..., itself.
    """
    lines = _Lines(program, LANGUAGES["python"])
    names = _Names(program, lines.names)
    if names.inputs:
        lines.statement("{} = {}", _tuple(names.inputs), "inputs")
    _open(lines, names, bound)
    _body(lines)
    _close(lines, names, bound, lines.names[program.root])
    return "\n".join([f"def step(inputs{'' if bound else ', parameters, gradients'}):", *lines.lines])


def python_loop(program: Program, bound: bool = False) -> str:
    """``step(rows, seed, parameters, gradients)``: the results for all rows of inputs, added up, and the gradients.

    What depends on no input is computed once. seed: the gradient at each row's result, 1/n for a mean.
    """
    lines = _Lines(program, LANGUAGES["python"])
    names = _Names(program, lines.names)
    varying = [node for node in program.order if node in program.varying]
    steady = [node for node in program.order if node not in program.varying]
    used_by_rows = {program.root, *(operand for node in varying for operand in node.operands)}
    between = [node for node in steady if node in program.moving and node in used_by_rows and node not in lines.place]
    lines.running = {*between}
    _open(lines, names, bound)
    lines.heading("what is the same for every row")
    lines.forward(steady)
    for node in program.picks:
        if not any(candidate in program.varying for candidate in node.operands[1:]):
            lines.choose(node)
        if node in program.moving:
            lines.chosen_slot(node)
    lines.open_lists()
    for node in between:
        lines.statement("{} = {}", lines.gradient(node), "0.0")
    lines.write("losses = 0.0", f"for {_tuple(names.inputs)} in rows:")
    lines.indent = 2 * INDENT
    for node in varying:
        if node in lines.place:
            lines.statement("{} = {}", lines.slot(node), "0.0")
    lines.remark(_FORWARD)
    lines.forward(varying)
    lines.statement("losses = {}{}", "losses + ", lines.names[program.root])
    if program.root in program.moving:
        lines.heading(_BACKWARD)
        lines.backward(varying, seed="seed")
        lines.settle([*program.parameters, *between])
        lines.indent = INDENT
        lines.heading("backward through what is the same for every row")
        lines.backward(steady)
        lines.settle(program.parameters)
        lines.close_lists()
    lines.indent = INDENT
    lines.write("")
    _close(lines, names, bound, "losses")
    return "\n".join([f"def step(rows, seed{'' if bound else ', parameters, gradients'}):", *lines.lines])


def _c_function(program: Program) -> str:
    lines = _Lines(program, LANGUAGES["c"])
    names = _Names(program, lines.names)
    for kind, wanted, template in (
        ("inputs", names.inputs, "const double {} = {};"),
        ("parameters", names.parameters, "const double {} = {};"),
        ("gradients", names.gradients, "double {} = {};"),
    ):
        for i, name in enumerate(wanted):
            lines.write(template.format(name, f"{kind}[{i}]"))
    _body(lines)
    for i, name in enumerate(names.gradients):
        lines.write(f"gradients[{i}] = {name};")
    lines.write(f"return {lines.names[program.root]};")
    head = "double step(const double *inputs, const double *parameters, double *gradients) {"
    return "\n".join([head, *lines.lines, "}"])


def _javascript_function(program: Program) -> str:
    lines = _Lines(program, LANGUAGES["javascript"])
    names = _Names(program, lines.names)
    lines.statement("const [{}] = {};", ", ".join(names.inputs), "inputs")
    lines.statement("const [{}] = {};", ", ".join(names.parameters), "parameters")
    lines.statement("let [{}] = {};", ", ".join(names.gradients), "gradients")
    _body(lines)
    lines.statement("return [{}, [{}]];", lines.names[program.root], ", ".join(names.gradients))
    return "\n".join(["function step(inputs, parameters, gradients) {", *lines.lines, "}"])


# --- Pages -------------------------------------------------------------------------------------------------


def page(program: Program, language: str, title: str, inputs: Sequence[float]) -> str:
    """A whole file: what the function is, the function, and a main that runs it on `inputs` and prints what comes out.

    language: "python", "c" or "javascript". title: what was traced, for the first line.
    Raises CompileError for a program with more operations than anybody reads, or a parser takes.
    """
    spell = LANGUAGES[language]
    names = _Names(program, identifiers(program))
    text = {"python": python_function, "c": _c_function, "javascript": _javascript_function}[language](program)
    numbers = {
        "inputs": [repr(x) if isinstance(x, int) else spell.number(x).strip("()") for x in inputs],
        "parameters": [spell.number(node.data).strip("()") for node in (*program.parameters, *program.frozen)],
        "gradients": [spell.number(0.0) for _ in program.parameters],
        "names": [f'"{name}"' for name in ("loss", *names.gradients)],
    }
    operations = len(program.order) - len(program.picks)
    about = [
        f"{spell.remark} {remark(title)}: {_counted(len(program.inputs), 'input')}, "
        f"{_counted(len(program.parameters), 'parameter')}, {_counted(operations, 'operation')}.",
        f"{spell.remark} d_x is d(result)/d(x). Gradients are added to those that are given, as backward() adds them.",
    ]
    return "\n".join([*about, *_MAINS[language](text, numbers), ""])


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _fold(template: str, name: str, items: Sequence[str]) -> list[str]:
    return _broken(template.format(name, ", ".join(items)), WIDTH)


def _python_file(text: str, numbers: dict[str, list[str]]) -> list[str]:
    used = sorted(name for name in (*FUNCTIONS, "inf", "nan") if name != "abs" and re.search(rf"\b{name}\b", text))
    return [
        *([f"from math import {', '.join(used)}"] if used else []),
        *(line for helper in helpers("python", text) for line in ("", "", helper)),
        "",
        "",
        text,
        "",
        "",
        'if __name__ == "__main__":',
        *(f"    {line}" for name, items in numbers.items() for line in _fold("{} = [{}]", name, items)),
        "    loss, gradients = step(inputs, parameters, gradients)",
        "    for name, number in zip(names, [loss, *gradients]):",
        "        print(name, number)",
    ]


def _c_file(text: str, numbers: dict[str, list[str]]) -> list[str]:
    lists = {name: items or ["0.0"] for name, items in numbers.items()}
    return [
        "#include <math.h>",
        "#include <stdio.h>",
        "",
        *helpers("c", text),
        "",
        text,
        "",
        "int main(void) {",
        *(
            f"    {line}"
            for name in ("inputs", "parameters")
            for line in _fold("const double {}[] = {{{}}};", name, lists[name])
        ),
        *(f"    {line}" for line in _fold("double {}[] = {{{}}};", "gradients", lists["gradients"])),
        *(f"    {line}" for line in _fold("const char *{}[] = {{{}}};", "names", lists["names"])),
        '    printf("%s %.17g\\n", names[0], step(inputs, parameters, gradients));',
        f'    for (int i = 0; i < {len(numbers["gradients"])}; i++) printf("%s %.17g\\n", names[i + 1], gradients[i]);',
        "    return 0;",
        "}",
    ]


def _javascript_file(text: str, numbers: dict[str, list[str]]) -> list[str]:
    return [
        '"use strict";',
        "",
        *helpers("javascript", text),
        "",
        text,
        "",
        'if (typeof module !== "undefined") module.exports = { step };',
        'if (typeof require !== "undefined" && require.main === module) {',
        *(f"    {line}" for name, items in numbers.items() for line in _fold("const {} = [{}];", name, items)),
        "    const [loss, slopes] = step(inputs, parameters, gradients);",
        "    [loss, ...slopes].forEach((number, i) => console.log(names[i], number));",
        "}",
    ]


_MAINS = {"python": _python_file, "c": _c_file, "javascript": _javascript_file}
