"""A program as statements, in whatever language: forward, and backward by the chain rule.

``d_v2`` is d(result)/d(v2). The names are those of drawings and of the stepper, as far as the
languages allow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from heapq import heappop, heappush
from itertools import count, groupby
from typing import Any

from ..errors import ToolError
from ..explain.naming import ModuleNames
from ..formula import SUM, TERM, WHOLE, Formula, Piece, atom
from ..formula.languages import RESERVED, WIDTH, Language, remark
from ..formula.namer import Namer, identifier
from .program import PICK, Program
from .wrap import INDENT, broken, listed

__all__ = ["Statements", "identifiers"]

SUMS_OF_PRODUCTS = {"+", "-", "*", "neg", "sum", "name", "item", "number"}  # what their formulas consist of
TERMS = 40  # the most terms of a sum in one statement, since parsers recurse over it
MOST = 100_000  # the most operations on a page: Python needs some 5 s to compile it, and time grows faster than size


def identifiers(program: Program) -> dict[Any, str]:
    """Give every node a name that all languages accept. They also accept ``d_`` and the name, for its gradient.

    No name has two underscores in a row: those are for names that a writer makes up itself.

    >>> from autograd import Value
    >>> a = Value(1.0, label="x[0]")
    >>> list(identifiers(Program(a * Value(2.0, label="lambda"), [a])).values())
    ['x_0', 'lambda_', 'v2']
    """
    names: dict[Any, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for node in dict.fromkeys([*program.inputs, *program.nodes, *program.order]):
        name = identifier(program.name(node))[: WIDTH // 2].rstrip("_")
        name = f"{name}_" if name in RESERVED else name
        unique = name
        while taken & {unique, f"d_{unique}"}:
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name}_{counts[name]}"
        taken |= {unique, f"d_{unique}"}
        names[node] = unique
    return names


def prefixed(names: Mapping[Any, str], language: Language) -> dict[Any, str]:
    """The names as the language writes those that come from labels; ``v2`` is a place in the listing."""
    if not language.prefix:
        return dict(names)
    return {node: name if re.fullmatch(r"v\d+", name) else language.prefix + name for node, name in names.items()}


class Sections:
    """Return the part of the user's program that a node belongs to: the module's title, with its scopes."""

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


def together(nodes: Sequence[Any], titles: Sequence[str]) -> Sequence[Any]:
    """Order the nodes, operands still first, so that a section is left only when nothing more can be done in it."""
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
    ready = [i for i, count in enumerate(missing) if not count]  # ascending, and therefore a heap
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
    return [nodes[i] for i in done]


class Statements:
    """The statements of a program, in the order in which they are written."""

    def __init__(self, program: Program, language: Language) -> None:
        if len(program.order) > MOST:
            raise ToolError(
                f"{len(program.order):,} operations are too many for a page of source: the limit is {MOST:,}. "
                'Compile the loss of one sample and use step.batch, or take backend="c", which has no such limit'
            )
        self.program = program
        self.language = language
        self.bare = identifiers(program)
        self.names = prefixed(self.bare, language)
        self.lines: list[str] = []
        self.indent = INDENT
        self.sections = Sections()
        self.orders: dict[int, Sequence[Any]] = {}  # in sections, by the id of the list of nodes, which lives on
        self.pending: dict[Any, list[tuple[Any, Piece]]] = {}  # what goes to a value's gradient, and from which node
        self.running: set[Any] = set()  # values whose gradient is a variable from the start
        self.tables: dict[tuple[Any, ...], str] = {}  # what picks choose from, once it is written
        self.lists: dict[str, list[Any]] = {}  # values whose gradients are in a list, since a pick may reach them
        self.place: dict[Any, tuple[str, int]] = {}
        self.known: dict[tuple[int, int], list[tuple[str, int | None]]] = {}  # the operands' names for each row
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
        """Write one statement; a long one is broken into lines, inside parentheses."""
        self.sum(template, name, [Piece(text, WHOLE)])

    def add_up(self, template: str, name: str, terms: Sequence[Piece]) -> None:
        """Write a statement for the sum of terms from left to right, or several if there are many terms."""
        spell = self.language
        if len(terms) > TERMS and template == spell.let:
            template = spell.var
        self.sum(template, name, terms[:TERMS])
        for at in range(TERMS, len(terms), TERMS):
            self.sum(spell.change, name, [atom(name), *terms[at : at + TERMS]])

    def sum(self, template: str, name: str, addends: Sequence[Piece]) -> None:
        """Write one statement for a sum; if it is long, with equally many terms on each line."""
        first = SUM if len(addends) > 1 else WHOLE
        terms = [term.within(TERM if i else first) for i, term in enumerate(addends)]
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
        rows = [line for row in rows for line in broken(row, room - len(INDENT))]
        self.write(f"{before}(", *(INDENT + row for row in rows), f"){after}")

    def listing(self, template: str, name: str, items: Sequence[str]) -> None:
        """Write a statement about a list of items; if it is long, with each row of a matrix on its own lines."""
        self.write(*listed(template, name, items, WIDTH - len(self.indent)))

    # --- forward

    def text(self, operand: Any) -> str:
        return self.names[operand] if type(operand) is not float else self.language.number(operand)

    def gradient(self, node: Any) -> str:
        return f"d_{self.bare[node]}"

    def spelled(self, node: Any) -> dict[str, Any]:
        """Return what the names in the formulas of a node's row are called in this program."""
        return {**node.op.bind([self.text(operand) for operand in node.operands]), "out": self.names[node]}

    def forward(self, nodes: Sequence[Any]) -> None:
        title = None
        for node in self.grouped(nodes):
            title = self.section(node, title)
            if node.op is None:  # Value(x) for an argument x
                self.statement(self.language.let, self.names[node], self.text(node.operands[0]))
            elif node.op is PICK:
                self.statement(self.language.let, self.names[node], self.choose(node))
            else:
                self.value(node)

    def section(self, node: Any, before: str | None, backward: bool = False) -> str:
        """Write the title of the module that a node belongs to, if it differs from the last one."""
        title = self.sections.of(node)
        if title != before and (title or before):
            if before is not None:
                self.write("")
            self.remark(f"{'gradients arriving at ' * backward}{title or 'what is outside all modules'}")
        return title

    def grouped(self, nodes: Sequence[Any]) -> Sequence[Any]:
        """Order the nodes, operands still first, so that a module is left only when nothing more can be done in it."""
        if id(nodes) not in self.orders:
            self.orders[id(nodes)] = together(nodes, [self.sections.of(node) for node in nodes])
        return self.orders[id(nodes)]

    def value(self, node: Any) -> None:
        name = self.names[node]
        formula = _with_numbers(node.op.formula(len(node.operands)), node)
        if node.op.wide and formula.reduces_inside():
            inside = formula.nests() or max(len(term.text) for term in self.addends(formula, node)) > WIDTH // 2
            formula = formula.hoisted() if inside else formula
        self.intermediates(formula, self.spelled(node), name)
        self.add_up(self.language.let, name, self.addends(formula, node))

    def addends(self, formula: Formula, node: Any) -> list[Piece]:
        spelled = {**self.spelled(node), **self.let_names(formula, self.names[node])}
        return formula.addends(self.language.dialect, spelled)

    def intermediates(self, formula: Formula, spelled: dict[str, Any], suffix: str) -> None:
        """Write a formula's named intermediate values under names of this node's own, and put those into `spelled`."""
        spelled.update(self.let_names(formula, suffix))
        for let, reduction, texts in formula.pieces(self.language.dialect, spelled):
            if reduction == "max":
                self.statement(self.language.var, spelled[let], texts[0].within(WHOLE))
                larger = self.language.dialect.spellings["larger"]
                for text in texts[1:]:
                    chosen = larger.of(atom(spelled[let]), text)
                    self.statement(self.language.change, spelled[let], chosen.within(WHOLE))
            else:
                self.add_up(self.language.let, spelled[let], texts)

    def let_names(self, formula: Formula, suffix: str) -> dict[str, str]:
        return {let: f"{name}__{suffix}" for let, name in Namer().names(let for let, _ in formula.lets).items()}

    # --- picks

    def _group_picked(self) -> None:
        """Make one list of gradients for everything that a pick may reach; picks that share a value share the list."""
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
        """Write what a pick chooses: an item of the list of its candidates."""
        candidates = node.operands[1:]
        if candidates not in self.tables:
            self.tables[candidates] = f"picked__{len(self.tables)}"
            self.listing(self.language.table, self.tables[candidates], [*map(self.text, candidates)])
        return f"{self.tables[candidates]}[{self.index(node)}]"

    def index(self, node: Any) -> str:
        return self.language.index.format(self.text(node.operands[0]))

    def slot(self, node: Any) -> str:
        """Return where the gradient of a value that may be picked is added up."""
        return "{}[{}]".format(*self.place[node])

    def chosen_slot(self, node: Any) -> str:
        """Return where the gradient of a pick's choice is added up."""
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
        """Write the lists of gradients, each with an extra place for what flows to constants."""
        zero = self.language.number(0.0)
        parameters = set(self.program.parameters)
        for name, members in self.lists.items():
            start = [self.gradient(m) if m in parameters else zero for m in members]
            self.listing(self.language.list, name, [*start, zero])

    def close_lists(self) -> None:
        for node in self.program.parameters:
            if node in self.place:
                self.statement(self.language.change, self.gradient(node), self.slot(node))

    # --- backward

    def hand(self, operand: Any, text: Piece, source: Any = None) -> None:
        """Record what goes to an operand's gradient when that is completed; write it at once if it is in a list."""
        if operand in self.place:
            self.sum(self.language.add, self.slot(operand), [text])
        elif operand.op is PICK:
            self.sum(self.language.add, self.chosen_slot(operand), [text])
        else:
            self.pending.setdefault(operand, []).append((source, text))

    def arrived(self, node: Any) -> list[Piece]:
        return [text for _, text in self.pending.pop(node, [])]

    def backward(self, nodes: Sequence[Any], seed: str = "") -> None:
        """Write the nodes, results first: their gradients are complete, and flow on to their operands."""
        if seed:
            self.hand(self.program.root, atom(seed))
        title = None
        for node in reversed(self.grouped(nodes)):
            if node not in self.program.active:
                continue
            if node.op is not PICK:
                title = self.section(node, title, backward=True)
                self.complete(node)
                self.hand_on(node)
            elif node in self.place:  # which another one may pick
                self.statement(self.language.add, self.chosen_slot(node), self.slot(node))

    def complete(self, node: Any) -> None:
        name = self.gradient(node)
        if node in self.place:
            self.statement(self.language.let, name, self.slot(node))
        elif node in self.running:
            self.settle([node])
        else:
            self.add_up(self.language.let, name, self.arrived(node))

    def settle(self, nodes: Iterable[Any]) -> None:
        """Add what has arrived to gradients that are already variables."""
        for node in nodes:
            if terms := self.arrived(node):
                self.add_up(self.language.change, self.gradient(node), [atom(self.gradient(node)), *terms])

    def settle_where_any(self, nodes: Iterable[Any]) -> None:
        """Do the same, but skip additions of 0: behind a relu that is off, as in half the rows of many batches."""
        for source, group in groupby(nodes, key=self.only_source):
            together = list(group)
            if source is None or len(together) == 1 or not _is_sum_of_products(source.op):
                self.settle(together)
            else:  # 0 times inf is nan, and where there is an inf among the operands, name - name is nan
                name = self.names[source]
                self.write(f"if {self.gradient(source)} or {name} - {name}:")
                self.indent += INDENT
                self.settle(together)
                self.indent = self.indent[: -len(INDENT)]

    def only_source(self, node: Any) -> Any:
        """Return the only node that contributes to another one's gradient, if there is one."""
        sources = {source for source, _ in self.pending.get(node, ())}
        return sources.pop() if len(sources) == 1 else None

    def settle_parameters(self) -> None:
        """Do the same for all parameters, those of each matrix or vector under its name."""
        before = ""
        for node in self.program.parameters:
            name, listed, _ = self.program.name(node).partition("[")
            if self.pending.get(node) and listed and name != before:
                self.heading(f"gradients arriving at {name}")
                before = name
            self.settle([node])

    def operand_names(self, node: Any) -> list[tuple[str, int | None]]:
        """Return, for each operand, its name in the formulas, and its index if it is in a list."""
        key = id(node.op), len(node.operands)
        if key not in self.known:
            self.known[key] = names = []
            for name, bound in node.op.bind(range(len(node.operands))).items():
                names += [(name, i) for i in range(len(bound))] if isinstance(bound, list) else [(name, None)]
        return self.known[key]

    def hand_on(self, node: Any) -> None:
        spelled = self.spelled(node)
        slopes: dict[str, tuple[Formula, dict[str, Any]]] = {}  # each with the names in it: two may use the same one
        gradient, moving = self.gradient(node), self.program.active
        for operand, (name, index) in zip(node.operands, self.operand_names(node)):
            if operand in moving:
                if name not in slopes:
                    slope = _with_numbers(node.op.partials[node.op.operands.index(name)], node)
                    known = {**spelled}
                    if node.op.wide:  # the beginning of the value is already written
                        slope, shared = slope.hoisted().without_those_of(node.op.formula(len(node.operands)))
                        known.update({let: f"{let}__{self.names[node]}" for let in shared})
                    slopes[name] = slope, known
                    self.intermediates(slope, known, f"{name}__{self.names[node]}")
                slope, known = slopes[name]
                self.hand(operand, slope.times(gradient, self.language.dialect, known, index), node)


@cache
def _is_sum_of_products(op: Any) -> bool:
    """Return whether the slopes are finite wherever the result is."""
    return {term.head for term in op.value.terms()} <= SUMS_OF_PRODUCTS


def _with_numbers(formula: Formula, node: Any) -> Formula:
    """Write a formula of a scalar operation whose numeric operands are known."""
    if node.op.wide:
        return formula
    known = {name: x for name, x in node.op.bind(node.operands).items() if isinstance(x, float) and math.isfinite(x)}
    return formula.given(known) if known else formula
