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
The lines of a module stand together, under its name, however the walk through the graph goes to and fro.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import count, groupby
from typing import Any

from ..errors import CompileError
from ..formula import FUNCTIONS, Formula
from ..formula.languages import LANGUAGES, RESERVED, WIDTH, Language, helpers, remark
from ..naming import ModuleNames
from .program import PICK, Program

__all__ = ["identifiers", "page", "python_function", "python_loop"]

TERMS = 40  # of a sum in one statement: parsers recurse over it
MOST = 100_000  # operations on a page: Python needs some 5 s to compile it, and time grows faster than size
LONG = 60  # lines of a function, from which on it is said where its passes begin
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
        self.sections = _Sections()
        self.orders: dict[int, Sequence[Any]] = {}  # in sections, by the id of the list of nodes, which lives on
        self.turns = {node: -i for i, node in enumerate(program.order)}  # backward() takes them from the lowest to 0
        # What was handed to a value whose turn has not come, each with the turn in which backward() hands it on:
        self.pending: dict[Any, list[tuple[int, str]]] = {}
        self.waiting: dict[str, list[tuple[int, str, str]]] = {}  # the same, to the lists of gradients: to which place
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
        """One statement; a long one is broken into lines, inside of parentheses."""
        self.sum(template, name, [text])

    def add_up(self, template: str, name: str, terms: Sequence[str]) -> None:
        """A statement for the sum of terms from left to right, and more of them if they are many."""
        spell = self.language
        if len(terms) > TERMS and template == spell.let:
            template = spell.var
        self.sum(template, name, terms[:TERMS])
        for at in range(TERMS, len(terms), TERMS):
            self.sum(spell.change, name, [name, *terms[at : at + TERMS]])

    def sum(self, template: str, name: str, terms: Sequence[str]) -> None:
        """One statement for a sum; if it is long, with as many terms on each line as fit on all of them."""
        text = " + ".join(terms).replace(" + -", " - ")
        line = template.format(name, text)
        room = WIDTH - len(self.indent)
        if len(line) <= room:
            self.write(line)
            return
        signed = [f"- {t[1:]}" if t[0] == "-" and i else f"+ {t}" if i else t for i, t in enumerate(terms)]
        fits = max(1, (room - len(INDENT)) // (max(map(len, signed)) + 1))
        before, after = template.format(name, "\0").split("\0")
        rows = [" ".join(signed[at : at + fits]) for at in range(0, len(signed), fits)]
        rows = [line for row in rows for line in _broken(row, room - len(INDENT))]
        self.write(f"{before}(", *(INDENT + row for row in rows), f"){after}")

    def listing(self, template: str, name: str, items: Sequence[str]) -> None:
        """A statement about a list of items; if it is long, with each row of a matrix on lines of its own."""
        self.write(*_listed(template, name, items, WIDTH - len(self.indent)))

    # --- forward

    def text(self, operand: Any) -> str:
        return self.names[operand] if type(operand) is not float else self.language.number(operand)

    def gradient(self, node: Any) -> str:
        return f"d_{self.names[node]}"

    def spelled(self, node: Any) -> dict[str, Any]:
        """What the names in the formulas of a node's row are called here."""
        return {**node.op.bind([self.text(operand) for operand in node.operands]), "out": self.names[node]}

    def forward(self, nodes: Sequence[Any]) -> None:
        title = None
        for node in self.grouped(nodes):
            title = self.section(node, title)
            if node.op is None:  # Value(x) of an argument x
                self.statement(self.language.let, self.names[node], self.text(node.operands[0]))
            elif node.op is PICK:
                self.statement(self.language.let, self.names[node], self.choose(node))
            else:
                self.value(node)

    def section(self, node: Any, before: str | None, backward: bool = False) -> str:
        """The title of the module that a node belongs to; written down if it is another one than before."""
        title = self.sections.of(node)
        if title != before and (title or before):
            if before is not None:
                self.write("")
            self.remark(f"{'gradients arriving at ' * backward}{title or 'what is outside of modules'}")
        return title

    def grouped(self, nodes: Sequence[Any]) -> Sequence[Any]:
        """The nodes, operands first still, in an order that leaves a module only when all is done that can be."""
        if id(nodes) not in self.orders:
            self.orders[id(nodes)] = self.grouped_anew(nodes)
        return self.orders[id(nodes)]

    def grouped_anew(self, nodes: Sequence[Any]) -> Sequence[Any]:
        titles = [self.sections.of(node) for node in nodes]
        if len(set(titles)) < 2:
            return nodes
        place = {node: i for i, node in enumerate(nodes)}
        users: dict[Any, list[int]] = {}
        missing = [0] * len(nodes)
        for i, node in enumerate(nodes):
            for operand in node.operands:
                if operand in place:
                    missing[i] += 1
                    users.setdefault(operand, []).append(i)
        ready = [i for i, count in enumerate(missing) if not count]  # ascending, and so a heap
        inside: dict[str, list[int]] = {}  # the same by title
        for i in ready:
            inside.setdefault(titles[i], []).append(i)
        done: dict[int, None] = {}
        while len(done) < len(nodes):
            while ready[0] in done:
                heappop(ready)
            here = inside[titles[ready[0]]]
            while here:
                i = heappop(here)
                done[i] = None
                for user in users.get(nodes[i], ()):
                    missing[user] -= 1
                    if not missing[user]:
                        heappush(ready, user)
                        heappush(inside.setdefault(titles[user], []), user)
        order = [nodes[i] for i in done]
        return order if self.in_time(order) else nodes

    def in_time(self, order: Sequence[Any]) -> bool:
        """Whether all that arrives in a list of gradients has, in this order, before any of it is read.

        A pick may add to any place of a list: only then are the sums of all its places added up as backward() does.
        """
        if not self.place:
            return True
        read: dict[str, int] = {}
        for i, node in enumerate(order):
            if node in self.place:
                read[self.place[node][0]] = i  # backwards, the last one is the first
        if not read:
            return True
        for i, node in enumerate(order):
            if node.op is not PICK or node in self.place:
                for operand in node.operands:
                    members = operand.operands[1:] if getattr(operand, "op", None) is PICK else ()
                    for member in (operand, *members):
                        if member in self.place and i <= read.get(self.place[member][0], -1):
                            return False
        return True

    def value(self, node: Any) -> None:
        name, spelled, dialect = self.names[node], self.spelled(node), self.language.dialect
        formula = _with_numbers(node.op.formula(len(node.operands)), node)
        terms = formula.addends(dialect, {**spelled, **self.let_names(formula, name)})
        if node.op.wide and len(terms) < 3 and max(map(len, terms)) > WIDTH // 2:  # a long sum inside of something
            formula = formula.hoisted()
            terms = []
        self.intermediates(formula, spelled, name)
        self.add_up(self.language.let, name, terms or formula.addends(dialect, spelled))

    def intermediates(self, formula: Formula, spelled: dict[str, Any], suffix: str) -> None:
        """A formula's named intermediates, as names of this node's own; puts those into `spelled`."""
        spelled.update(self.let_names(formula, suffix))
        for let, reduction, texts in formula.pieces(self.language.dialect, spelled):
            if reduction == "max":
                self.statement(self.language.var, spelled[let], texts[0])
                for text in texts[1:]:
                    self.statement(self.language.change, spelled[let], f"larger({spelled[let]}, {text})")
            else:
                self.add_up(self.language.let, spelled[let], texts)

    def let_names(self, formula: Formula, suffix: str) -> dict[str, str]:
        return {let: f"{let}__{suffix}" for let, _ in formula.lets}

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
            self.listing(self.language.table, self.tables[candidates], [*map(self.text, candidates)])
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
            self.listing(self.language.table, self.tables[name, places], [*map(str, places)])
        return f"{name}[{self.language.index.format(f'{self.tables[name, places]}[{index}]')}]"

    def open_lists(self) -> None:
        """The lists of gradients, each with a place more for what flows to constants."""
        zero = self.language.number(0.0)
        parameters = set(self.program.parameters)
        for name, members in self.lists.items():
            start = [self.gradient(m) if m in parameters else zero for m in members]
            self.listing(self.language.list, name, [*start, zero])

    def close_lists(self) -> None:
        for node in self.program.parameters:
            if node in self.place:
                self.arrive(self.place[node][0])
                self.statement(self.language.change, self.gradient(node), self.slot(node))

    # --- backward

    def hand(self, operand: Any, text: str, turn: int) -> None:
        """What goes to an operand's gradient when its turn comes, or the list it stands in is read."""
        if operand in self.place:
            self.waiting.setdefault(self.place[operand][0], []).append((turn, self.slot(operand), text))
        elif operand.op is PICK:
            slot = self.chosen_slot(operand)
            self.waiting.setdefault(slot.partition("[")[0], []).append((turn, slot, text))
        else:
            self.pending.setdefault(operand, []).append((turn, text))

    def arrive(self, name: str) -> None:
        """Add to a list of gradients what was handed to it."""
        for _, slot, text in _by_turn(self.waiting.pop(name, [])):
            self.statement(self.language.add, slot, text)

    def arrived(self, node: Any) -> list[str]:
        return [text for _, text in _by_turn(self.pending.pop(node, []))]

    def backward(self, nodes: Sequence[Any], seed: str = "") -> None:
        """The turns of the nodes, results first: their gradient is complete, and goes on to their operands.

        What arrives at a value is added up in the order of backward(), whatever the order of the lines.
        """
        root = self.program.root
        if seed:
            self.hand(root, seed, min(self.turns.values(), default=0))
        title = None
        for node in reversed(self.grouped(nodes)):
            if node not in self.program.moving:
                continue
            if node.op is not PICK:
                title = self.section(node, title, backward=True)
                self.complete(node)
                self.hand_on(node)
            elif node in self.place:  # which another one may pick
                slot = self.chosen_slot(node)
                self.arrive(self.place[node][0])
                self.waiting.setdefault(slot.partition("[")[0], []).append((self.turns[node], slot, self.slot(node)))
        for name in list(self.waiting):
            self.arrive(name)

    def complete(self, node: Any) -> None:
        name = self.gradient(node)
        if node in self.place:
            self.arrive(self.place[node][0])
            self.statement(self.language.let, name, self.slot(node))
        elif node in self.running:
            self.settle([node])
        else:
            self.add_up(self.language.let, name, self.arrived(node))

    def settle(self, nodes: Iterable[Any]) -> None:
        """Add what has arrived to gradients that are variables already."""
        for node in nodes:
            if terms := self.arrived(node):
                self.add_up(self.language.change, self.gradient(node), [self.gradient(node), *terms])

    def settle_where_any(self, nodes: Iterable[Any]) -> None:
        """The same, but for what a 0 would be added to: behind a relu that is off. Such rows are half of many batches."""
        for turn, group in groupby(nodes, key=self.only_turn):
            together = list(group)
            if turn is None or len(together) == 1:
                self.settle(together)
            else:
                self.write(f"if {self.gradient(self.program.order[-turn])}:")
                self.indent += INDENT
                self.settle(together)
                self.indent = self.indent[: -len(INDENT)]

    def only_turn(self, node: Any) -> int | None:
        """The turn in which something is handed to a node, if there is one such turn."""
        turns = {turn for turn, _ in self.pending.get(node, ())}
        return turns.pop() if len(turns) == 1 else None

    def settle_parameters(self) -> None:
        """The same for all parameters, those of each matrix or vector under its name."""
        before = ""
        for node in self.program.parameters:
            name, listed, _ = self.program.name(node).partition("[")
            if self.pending.get(node) and listed and name != before:
                self.heading(f"gradients arriving at {name}")
                before = name
            self.settle([node])

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
        gradient, turn, moving = self.gradient(node), self.turns[node], self.program.moving
        for operand, (name, index) in zip(node.operands, self.operand_names(node)):
            if operand in moving:
                if name not in slopes:
                    slope = _with_numbers(node.op.partials[node.op.operands.index(name)], node)
                    slopes[name] = slope.hoisted() if node.op.wide else slope
                    self.intermediates(slopes[name], spelled, f"{name}__{self.names[node]}")
                self.hand(operand, slopes[name].times(gradient, self.language.dialect, spelled, index), turn)


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


def _listed(template: str, name: str, items: Sequence[str], room: int) -> list[str]:
    """A statement of a template that has a list in brackets; if it is long, each row of a matrix begins a line."""
    line = template.format(name, ", ".join(items))
    if len(line) <= room:
        return [line]
    before, after = template.format(name, "\0").split("\0")
    return [before, *(INDENT + row for row in _filled(_rows(items, items), room - len(INDENT))), after]


def _rows(items: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    """The items of a listing, row by row of the matrices that their names are of: ``w_3_0``, ``w_3_1`` ..."""
    rows = [[item for item, _ in row] for _, row in groupby(zip(items, names), lambda pair: pair[1].rpartition("_")[0])]
    together: list[list[str]] = []
    single = False
    for row in rows:
        if together and single and len(row) == 1:
            together[-1] += row
        else:
            together.append(row)
        single = len(row) == 1
    return together


def _filled(rows: Iterable[Sequence[str]], room: int) -> list[str]:
    """Lines of items with commas; each row begins a new one."""
    lines: list[str] = []
    for row in rows:
        line = ""
        for item in row:
            if line and len(line) + len(item) + 2 > room:
                lines.append(line)
                line = ""
            line += f"{' ' * bool(line)}{item},"
        lines.append(line)
    return lines


def _by_turn(waiting: list[Any]) -> list[Any]:
    return sorted(waiting, key=lambda item: item[0])


class _Sections:
    """To which part of the user's program a node belongs: the title of the module, with the names of scopes in it."""

    def __init__(self) -> None:
        self._modules = ModuleNames()
        self._titles: dict[int, str] = {}

    def of(self, node: Any) -> str:
        scope = node.scope
        if scope is None or scope.module is None:
            return ""
        if id(scope) not in self._titles:
            self._titles[id(scope)] = self._title(scope)
        return self._titles[id(scope)]

    def _title(self, scope: Any) -> str:
        parts = [self._modules.title(scope)]
        while isinstance(scope.module, str) and scope.parent is not None:
            scope = scope.parent
            parts.append(self._modules.title(scope))
        return ": ".join(reversed(parts))


def _with_numbers(formula: Formula, node: Any) -> Formula:
    """A formula of a scalar operation, where the operands that are numbers are known."""
    if node.op.wide:
        return formula
    known = {name: x for name, x in node.op.bind(node.operands).items() if isinstance(x, float) and math.isfinite(x)}
    return formula.given(known) if known else formula


# --- Functions ---------------------------------------------------------------------------------------------

_FORWARD = "forward: operands before what is computed from them"
_BACKWARD = "backward: over each edge goes its slope times the gradient at its upper end"


_NOT_FINITE = "Where backward() says what is infinite or undefined, this gives inf or nan: 0 * inf is nan, not 0."


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
        lines.settle_parameters()
        lines.close_lists()
    lines.write("")


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _unpack(lines: _Lines, names: Sequence[str], what: str) -> None:
    """``(a, b) = what``"""
    lines.listing(f"({{1}}{',' * (len(names) == 1)}) = {{0}}", what, names)


def _open(lines: _Lines, names: _Names, bound: bool, more: str = "") -> None:
    """Where the numbers come from: the arguments, or the Values themselves, value__0, value__1 ...

    more: what is added to the gradients that no pick decides about.
    """
    if bound:
        lines.write(*(f"{name} = value__{i}.data" for i, name in enumerate(names.parameters)))
        for i, (node, name) in enumerate(zip(lines.program.parameters, names.gradients)):
            steady = node in lines.program.reached and node not in lines.place
            lines.write(f"{name} = value__{i}.grad{more * steady}")
    else:
        for kind, wanted in (("parameters", names.parameters), ("gradients", names.gradients)):
            if wanted:
                _unpack(lines, wanted, kind)


def _close(lines: _Lines, names: _Names, bound: bool, result: str) -> None:
    if bound:
        lines.write(*(f"value__{i}.grad = {name}" for i, name in enumerate(names.gradients)))
    if bound:
        lines.write(f"return {result}")
    else:
        lines.listing(f"return {{0}}, ({{1}}{',' * (len(names.gradients) == 1)})", result, names.gradients)


def python_function(program: Program, bound: bool = False) -> str:
    """``step(inputs, parameters, gradients)``, which returns the result, and the gradients added to those given.

    parameters: the numbers of program.parameters, then those of program.frozen.
    bound: instead ``step(inputs)``, which reads and writes those Values, as value__0, value__1 ..., itself.
    """
    lines = _Lines(program, LANGUAGES["python"])
    names = _Names(program, lines.names)
    if names.inputs:
        _unpack(lines, names.inputs, "inputs")
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
    _open(
        lines, names, bound, more=" + 0.0"
    )  # since a grad that only zeros come to has been reached, and they are left out
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
        lines.settle_where_any([*program.parameters, *between])
        lines.indent = INDENT
        lines.heading("backward through what is the same for every row")
        lines.backward(steady)
        lines.settle_parameters()
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
    lines.listing("const [{1}] = {0};", "inputs", names.inputs)
    lines.listing("const [{1}] = {0};", "parameters", names.parameters)
    lines.listing("let [{1}] = {0};", "gradients", names.gradients)
    _body(lines)
    lines.listing("return [{}, [{}]];", lines.names[program.root], names.gradients)
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
    data = _Data(
        names,
        inputs=[repr(x) if isinstance(x, int) else spell.number(x).strip("()") for x in inputs],
        parameters=[spell.number(node.data).strip("()") for node in (*program.parameters, *program.frozen)],
    )
    operations = len(program.order) - len(program.picks)
    about = [
        f"{spell.remark} {remark(title)}: {_counted(len(program.inputs), 'input')}, "
        f"{_counted(len(program.parameters), 'parameter')}, {_counted(operations, 'operation')}.",
        f"{spell.remark} d_x is d(result)/d(x). Gradients are added to those that are given, as backward() adds them.",
    ]
    if language != "python":  # which raises
        about.append(f"{spell.remark} {_NOT_FINITE}")
    lines = _MAINS[language](text, data)
    if len(text.splitlines()) > LONG:  # say where it begins to be worth reading
        found = [
            f"{word} from line {at + 1} on"
            for word, heading in (("forward", _FORWARD), ("backward", _BACKWARD))
            if (at := _line_of(heading, "\n".join([*about, "", *lines])))
        ]
        about.append(f"{spell.remark} {', '.join(found).capitalize()}.")
    return "\n".join([*about, *lines, ""])


def _line_of(heading: str, text: str) -> int:
    """The index of the line of a heading; 0 if it has none."""
    return next((i for i, line in enumerate(text.splitlines()) if line.endswith(f" {heading}")), 0)


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


class _Data:
    """What a page's main runs the function on: numbers as they are written, and the names of the gradients."""

    def __init__(self, names: _Names, inputs: list[str], parameters: list[str]) -> None:
        self.names = names
        self.inputs = inputs
        self.parameters = parameters

    def listed(self, template: str, remark: str, empty: list[str]) -> list[str]:
        """The statements for inputs and parameters, with the name of each tensor before its numbers.

        empty: what stands in a list of nothing.
        """
        lines: list[str] = []
        for name, items, names in (
            ("inputs", self.inputs, self.names.inputs),
            ("parameters", self.parameters, self.names.parameters),
        ):
            items = items or empty
            line = template.format(name, ", ".join(items))
            if len(line) <= WIDTH - len(INDENT):
                lines.append(line)
                continue
            before, after = template.format(name, "\0").split("\0")
            lines.append(before)
            for stem, row in groupby(zip(items, names), lambda pair: re.sub(r"(_\d+)+$", "", pair[1])):
                items_here, names_here = zip(*row)
                lines.append(f"{INDENT}{remark} {stem}")
                filled = _filled(_rows(items_here, names_here), WIDTH - 2 * len(INDENT))
                lines += [INDENT + line for line in filled]
            lines.append(after)
        return lines

    def blocks(self) -> list[tuple[str, tuple[int, ...]]]:
        """The gradients' names; those of a matrix or a vector as one, with its shape."""
        blocks: list[tuple[str, tuple[int, ...]]] = []
        names = self.names.gradients
        at = 0
        while at < len(names):
            stem, shape = names[at], ()
            if stem.endswith("_0_0") and (columns := _run(names, at, stem[:-1])):
                stem, rows = stem[:-4], 1
                while _run(names, at + rows * columns, f"{stem}_{rows}_") >= columns:
                    rows += 1
                shape = (rows, columns)
            elif stem.endswith("_0"):
                stem, shape = stem[:-2], (_run(names, at, stem[:-1]),)
            if math.prod(shape) < 4:
                stem, shape = names[at], ()
            blocks.append((stem, shape))
            at += math.prod(shape)
        return blocks


def _run(names: Sequence[str], at: int, stem: str) -> int:
    """How many names from there on are ``stem0``, ``stem1`` ..."""
    found = 0
    while at + found < len(names) and names[at + found] == f"{stem}{found}":
        found += 1
    return found


def _python_file(text: str, data: _Data) -> list[str]:
    used = sorted(name for name in (*FUNCTIONS, "inf", "nan") if name != "abs" and re.search(rf"\b{name}\b", text))
    loops = ["", " for i in range({})", " for i in range({}) for j in range({})"]
    spelled = [
        f'*(f"{stem}{"_{i}_{j}"[: 4 * len(shape)]}"{loops[len(shape)].format(*shape)})' if shape else f'"{stem}"'
        for stem, shape in [("loss", ()), *data.blocks()]
    ]
    return [
        *([f"from math import {', '.join(used)}"] if used else []),
        *(line for helper in helpers("python", text) for line in ("", "", helper)),
        "",
        "",
        text,
        "",
        "",
        'if __name__ == "__main__":',
        *(INDENT + line for line in data.listed("{} = [{}]", "#", [])),
        *(INDENT + line for line in _main_list("names = [{}]", spelled)),
        f"    gradients = [0.0] * {len(data.names.gradients)}",
        "    loss, gradients = step(inputs, parameters, gradients)",
        "    for name, number in zip(names, [loss, *gradients]):",
        "        print(name, number)",
    ]


def _main_list(template: str, items: Sequence[str]) -> list[str]:
    line = template.format(", ".join(items))
    if len(line) <= WIDTH - len(INDENT):
        return [line]
    before, after = template.split("{}")
    return [before, *(f"{INDENT}{item}," for item in items), after]


def _c_file(text: str, data: _Data) -> list[str]:
    prints: list[str] = []
    at = 0
    for stem, shape in data.blocks():
        start = f"{at} + " * (at > 0)
        if not shape:
            prints.append(f'printf("{stem} %.17g\\n", gradients[{at}]);')
        elif len(shape) == 1:
            prints.append(f'for (int i = 0; i < {shape[0]}; i++) printf("{stem}_%d %.17g\\n", i, gradients[{start}i]);')
        else:
            rows, columns = shape
            prints += [
                f"for (int i = 0; i < {rows}; i++)",
                f"    for (int j = 0; j < {columns}; j++)",
                f'        printf("{stem}_%d_%d %.17g\\n", i, j, gradients[{start}{columns} * i + j]);',
            ]
        at += math.prod(shape)
    return [
        "#include <math.h>",
        "#include <stdio.h>",
        "",
        *helpers("c", text),
        "",
        text,
        "",
        "int main(void) {",
        *(INDENT + line for line in data.listed("const double {}[] = {{{}}};", "//", ["0.0"])),
        f"    double gradients[{max(1, at)}] = {{0.0}};",
        '    printf("loss %.17g\\n", step(inputs, parameters, gradients));',
        *(INDENT + line for line in prints),
        "    return 0;",
        "}",
    ]


def _javascript_file(text: str, data: _Data) -> list[str]:
    spelled = ['"loss"']
    for stem, shape in data.blocks():
        if not shape:
            spelled.append(f'"{stem}"')
        else:
            place = "${k}" if len(shape) == 1 else f"${{Math.floor(k / {shape[1]})}}_${{k % {shape[1]}}}"
            spelled.append(f"...Array.from({{ length: {math.prod(shape)} }}, (_, k) => `{stem}_{place}`)")
    return [
        '"use strict";',
        "",
        *helpers("javascript", text),
        "",
        text,
        "",
        'if (typeof module !== "undefined") module.exports = { step };',
        'if (typeof require !== "undefined" && require.main === module) {',
        *(INDENT + line for line in data.listed("const {} = [{}];", "//", [])),
        *(INDENT + line for line in _main_list("const names = [{}];", spelled)),
        f"    const gradients = Array({len(data.names.gradients)}).fill(0.0);",
        "    const [loss, slopes] = step(inputs, parameters, gradients);",
        "    [loss, ...slopes].forEach((number, i) => console.log(names[i], number));",
        "}",
    ]


_MAINS = {"python": _python_file, "c": _c_file, "javascript": _javascript_file}
