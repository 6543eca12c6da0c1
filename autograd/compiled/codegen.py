"""Write a program as statements, in any language: forward, and backward by the chain rule.

``d_v2`` is d(result)/d(v2). The names are those of drawings and of the stepper, as far as the languages allow.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from ..errors import ToolError
from ..explain.naming import ModuleNames
from ..formula import SUM, TERM, WHOLE, Formula, Piece, atom
from ..formula.languages import RESERVED, WIDTH, Language, remark
from ..formula.namer import Namer, identifier
from ..ops import DOT
from .program import PICK, Program

__all__ = ["INDENT", "Statements", "identifiers"]

INDENT = "    "
TERMS = 40  # the maximum number of terms in one statement's sum, since parsers recurse over it
_PICKED = "d_picked__"  # the list with the gradients of values that may be picked
MOST = 100_000  # the maximum number of operations to write: Python compiles them in 5 s, but larger sources too slowly


def identifiers(program: Program) -> dict[Any, str]:
    """Give every node a name that all languages accept. They also accept ``d_`` before the name, for the gradient.

    No name has two underscores in a row: those are reserved for names that the writer makes up.

    >>> from autograd import Value
    >>> a = Value(1.0, label="x[0]")
    >>> list(identifiers(Program(a * Value(2.0, label="lambda"), [a])).values())
    ['x_0', 'lambda_', 'v2']
    """
    names, namer = dict[Any, str](), Namer(prefix="d_")
    for node in dict.fromkeys([*program.inputs, *program.nodes, *program.order]):
        name = identifier(program.name(node))[: WIDTH // 2].rstrip("_")
        names[node] = namer.unique(f"{name}_" if name in RESERVED else name)
    return names


class Statements:
    def __init__(self, program: Program, language: Language) -> None:
        if len(program.order) > MOST:
            raise ToolError(
                f"{len(program.order):,} operations are too many to write as source: the limit is {MOST:,}. "
                'Compile the loss of one sample and use step.batch, or use backend="c", which has no such limit'
            )
        self.program = program
        self.language = language
        self.bare = identifiers(program)
        # The language's prefix is for names that come from labels; v2 is a position in the listing.
        self.names = {
            node: name if re.fullmatch(r"v\d+", name) else language.prefix + name for node, name in self.bare.items()
        }
        self.lines: list[str] = []
        self.indent = INDENT
        self.width: float = WIDTH  # the maximum width of a line
        names = ModuleNames()
        self.sections = {scope: names.section(scope) for scope in {node.scope for node in program.order}}
        self.same: dict[Any, str] = {}  # gradients under the name of an equal one, in code that people do not read
        # The names of the numbers that are passed, in order.
        self.inputs = [self.names[node] for node in program.inputs]
        self.values = [self.names[node] for node in (*program.parameters, *program.constants)]
        self.gradients = [self.gradient(node) for node in program.parameters]
        self.pending: dict[Any, list[Piece]] = {}  # the terms of a value's gradient, until it has all of them
        self.kept = dict(zip(program.parameters, self.gradients))  # gradients that exist from the start, to be added to
        self.used_once: set[Any] = set()  # those that one value adds to: it does so at once, if its gradient is not 0
        self.tables: dict[tuple[str, ...], str] = {}  # the lists from which picks choose, once they are written
        picked = (c for node in program.picks for c in node.operands[1:] if not isinstance(c, float))
        self.place = {c: i for i, c in enumerate(dict.fromkeys(picked))}  # where its gradient is in a list

    def write(self, *lines: str) -> None:
        self.lines += [self.indent + line if line else "" for line in lines]

    def heading(self, text: str, *before: str) -> None:
        self.write(*before, f"{self.language.remark} {remark(text)}")

    def statement(self, template: str, name: str, text: str, within: str = "()") -> None:
        """Write one statement. A long one is broken into lines, in parentheses if it has no brackets of its own."""
        line = template.format(name, text)
        if len(line) + len(self.indent) <= self.width:
            self.write(line)
            return
        before, after = template.format(name, "\0").split("\0")
        rows = wrap(text, WIDTH - len(self.indent) - len(INDENT), break_long_words=False, break_on_hyphens=False)
        self.write(before.rstrip() + within[:1], *(INDENT + row for row in rows), within[1:] + after)

    def listing(self, template: str, name: str, items: Iterable[str]) -> None:
        self.statement(template, name, ", ".join(items), within="")

    def add_up(self, template: str, name: str, terms: Sequence[Piece]) -> None:
        """Write a statement for the sum of terms from left to right, or several if there are many terms."""
        if len(terms) > TERMS and template == self.language.let:
            template = self.language.var
        for at in range(0, len(terms), TERMS):
            addends = [*[atom(name)] * (at > 0), *terms[at : at + TERMS]]
            first = SUM if len(addends) > 1 else WHOLE
            texts = [term.within(TERM if i else first) for i, term in enumerate(addends)]
            self.statement(self.language.change if at else template, name, " + ".join(texts).replace(" + -", " - "))

    def text(self, operand: Any) -> str:
        return self.names[operand] if type(operand) is not float else self.language.number(operand)

    def gradient(self, node: Any) -> str:
        return self.same.get(node) or f"d_{self.bare[node]}"

    def spelled(self, node: Any) -> dict[str, Any]:
        return {**node.op.bind([self.text(operand) for operand in node.operands]), "out": self.names[node]}

    def forward(self, nodes: Sequence[Any]) -> None:
        title = None
        for node in nodes:
            title = self.section(node, title)
            name = self.names[node]
            if node.op is None:  # Value(x) for an argument x
                self.statement(self.language.let, name, self.text(node.operands[0]))
            elif node.op is PICK:
                self.statement(self.language.let, name, self.choose(node))
            else:
                formula = _with_numbers(node.op.formula(len(node.operands)), node)
                if node.op.wide and formula.reduces_inside():
                    formula = formula.hoisted()
                names = {**self.spelled(node), **_let_names(formula, name)}
                self.intermediates(formula, names)
                self.add_up(self.language.let, name, formula.addends(self.language.dialect, names))

    def together(self) -> Sequence[Any]:
        """Order the program, operands still first, so that the nodes of a section are neighbours where possible."""
        order = {title: k for k, title in enumerate(dict.fromkeys(self.sections[n.scope] for n in self.program.order))}
        place: dict[Any, tuple[int, int]] = {}  # how many sections lead to a node, and the node's own section
        for node in self.program.order:
            own = order[self.sections[node.scope]]
            before = [place[operand] for operand in node.operands if operand in place]
            place[node] = max([count + (other != own) for count, other in before], default=0), own
        return sorted(place, key=place.__getitem__)

    def section(self, node: Any, before: str | None, backward: bool = False) -> str:
        """Write the title of the module that a node belongs to, if it differs from the last one."""
        title = self.sections[node.scope]
        if title != before and (title or before):
            text = f"{'gradients arriving at ' * backward}{title or 'what is outside all modules'}"
            self.heading(text, *[""] * (before is not None))
        return title

    def intermediates(self, formula: Formula, spelled: dict[str, Any]) -> None:
        for let, reduction, texts in formula.pieces(self.language.dialect, spelled):
            if reduction == "max":
                self.statement(self.language.var, spelled[let], texts[0].within(WHOLE))
                larger = self.language.dialect.spellings["larger"]
                for text in texts[1:]:
                    chosen = larger.of(atom(spelled[let]), text)
                    self.statement(self.language.change, spelled[let], chosen.within(WHOLE))
            else:
                self.add_up(self.language.let, spelled[let], texts)

    def choose(self, node: Any) -> str:
        return f"{self.table('picked', [*map(self.text, node.operands[1:])])}[{self.index(node)}]"

    def table(self, name: str, items: Sequence[str]) -> str:
        key = tuple(items)
        if key not in self.tables:
            self.tables[key] = f"{name}__{len(self.tables)}"
            self.listing(self.language.table, self.tables[key], items)
        return self.tables[key]

    def index(self, node: Any) -> str:
        return self.language.index.format(self.text(node.operands[0]))

    def chosen_slot(self, node: Any) -> str:
        """Return the place where the gradient of a pick's choice is added up. The last entry is for constants."""
        index = self.index(node)
        places = [self.place.get(c, len(self.place)) for c in node.operands[1:]]
        if places == [*range(places[0], places[0] + len(places))]:
            return f"{_PICKED}[{f'{places[0]} + ' * bool(places[0])}{index}]"
        table = self.table("places", [*map(str, places)])
        return f"{_PICKED}[{self.language.index.format(f'{table}[{index}]')}]"

    def open_list(self) -> None:
        if self.place:
            zero = self.language.number(0.0)
            self.listing(self.language.list, _PICKED, [*(self.kept.get(c, zero) for c in self.place), zero])
            self.kept.update((c, f"{_PICKED}[{i}]") for c, i in self.place.items())

    def backward(self, nodes: Sequence[Any], seed: str = "") -> None:
        """Write the nodes, results first: their gradients are complete, and are passed on to their operands."""
        if seed:
            self.pending[self.program.root] = [atom(seed)]
        title = None
        for node in filter(self.program.active.__contains__, reversed(nodes)):
            is_pick, kept = node.op is PICK, self.kept.get(node)
            if not is_pick:
                title = self.section(node, title, backward=True)
            if kept:
                self.settle([node])
            terms = [atom(kept)] if kept else self.pending.pop(node, [])
            if is_pick:
                self.add_up(self.language.add, self.chosen_slot(node), terms)
                continue
            if self.width > WIDTH and len(terms) == 1 and (name := terms[0].within(WHOLE)).isidentifier():
                self.same[node] = name
            elif kept != self.gradient(node):
                self.add_up(self.language.let, self.gradient(node), terms)
            self.hand_on(node)

    def settle(self, nodes: Iterable[Any]) -> None:
        """Add the terms that have arrived to gradients that are kept."""
        for node in nodes:
            if terms := self.pending.pop(node, None):
                self.add_up(self.language.change, self.kept[node], [atom(self.kept[node]), *terms])

    def settle_parameters(self) -> None:
        """Do the same for all parameters, with those of each matrix or vector under its name."""
        for name, group in groupby(self.program.parameters, lambda p: self.program.name(p).partition("[")[0]):
            pending = [p for p in group if p in self.pending]
            if pending and "[" in self.program.name(pending[0]):
                self.heading(f"gradients arriving at {name}", "")
            self.settle(pending)

    def hand_on(self, node: Any) -> None:
        spelled, gradient, active = self.spelled(node), self.gradient(node), self.program.active
        here: list[tuple[Any, Piece]] = []
        for name, bound in node.op.bind(range(len(node.operands))).items():
            is_list = isinstance(bound, list)
            operands = [node.operands[k] for k in (bound if is_list else [bound])]
            if active.isdisjoint(operands):
                continue
            slope = _with_numbers(node.op.partials[node.op.operands.index(name)], node)
            known = {**spelled}
            if node.op.wide:  # the first part of the value's formula is already written
                slope, shared = slope.hoisted().without_those_of(node.op.formula(len(node.operands)))
                known.update({let: f"{let}__{self.names[node]}" for let in shared})
            known.update(_let_names(slope, f"{name}__{self.names[node]}"))
            self.intermediates(slope, known)
            for i, operand in enumerate(operands):
                if operand not in active:
                    continue
                term = slope.times(gradient, self.language.dialect, known, i if is_list else None)
                if operand in self.used_once and node.op is DOT:
                    here.append((operand, term))
                else:
                    self.pending.setdefault(operand, []).append(term)
        if here:  # most gradients behind a relu are 0, and add nothing, unless x - x is nan, as for inf and nan
            self.write("if {0} or {1} - {1}:".format(gradient, self.names[node]))
            self.indent += INDENT
            for operand, term in here:
                self.add_up(self.language.change, self.kept[operand], [atom(self.kept[operand]), term])
            self.indent = self.indent.removesuffix(INDENT)


def _let_names(formula: Formula, suffix: str) -> dict[str, str]:
    return {let: f"{name}__{suffix}" for let, name in Namer().names(let for let, _ in formula.lets).items()}


def _with_numbers(formula: Formula, node: Any) -> Formula:
    """Write a formula of a scalar operation whose numeric operands are known."""
    if node.op.wide:
        return formula
    known = {name: x for name, x in node.op.bind(node.operands).items() if isinstance(x, float) and math.isfinite(x)}
    return formula.given(known) if known else formula
