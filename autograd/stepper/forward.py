"""The forward pass one operation at a time, forwards and back: how the result got its number.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> p = a * b; f = p.tanh()
>>> fp = f.step_through(forward=True)
>>> fp.step()
[operation 1/2] p = a * b
      p.data = 2 * (-3) = -6
>>> fp.predict(f, -0.9999)
not -0.9999: it is not tanh(-6)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..explain.phrases import Report, below, counted, operation, row_formula, short, with_numbers
from ..explain.regions import Region
from ..explain.source import source_of
from ..frames import public
from ..modes import PARAMETER
from .guesses import Guess, Predicted, judge
from .walker import INDENT, WINDOW, Walker

if TYPE_CHECKING:
    from ..node import Node
    from .pictures import ProgressWriter

__all__ = ["ForwardStepper"]

UNKNOWN = "not computed yet"


@public
class ForwardStepper(Walker):
    """The forward pass of a result, paused between two operations: `position` of the ``len(stepper)`` are done.

    The numbers are there from the start, since recording the graph computed them: going forward reveals them. A
    ForwardStepper has the moves of :class:`Stepper`, and `order`, `explain`, `predict`, `what_if`, `set` and pictures
    that show the data revealed so far. It has nothing about gradients: no `edge`, `why`, `check`, `diagnose`, `compare`
    or `anomalies`. It changes no grad.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a"); f = (a * a).tanh()
    >>> with ForwardStepper(f) as fp:
    ...     fp.run()
    2 operations processed, forward pass of f is done
      f = 1.000
    """

    what = "forward pass"
    unit = "operation"
    quantity = "data"
    computed = "the computed numbers"
    constant = "constant"
    page_mark = "forward="
    help_words: ClassVar[Mapping[str, str]] = {
        "rest of a node": "make its operation",
        "moves of a node": "the operation of one node",
        "asked": "x",
        "example": "2 * a",
        "arrived": "computed",
        "where": "each node, and its data once it is computed",
    }

    def __init__(self, root: Node, *, constants: bool = False) -> None:
        super().__init__(root, constants)
        self._nodes = [node for node in self.graph.nodes if node.operands]
        self._known = {node for node in self.graph.nodes if not node.operands}

    def state(self, node: Node, k: int) -> str:
        """Return the state of the operation that an edge leads into: "thick", "done" or "pending"."""
        if any(node is self._nodes[i] for i in self.thick()):
            return "thick"
        return "done" if node in self._known else "pending"

    def facts(self, node: Node, digits: int = 4) -> dict[str, str]:
        """Return the text that a picture shows for a node instead of its data."""
        return {} if node in self._known else {"data": "?"}

    def known(self, node: Node, quantity: str) -> float | None:
        return node.data if quantity == "data" and node in self._known else None

    def _arrival(self, i: int) -> Any:
        return self._nodes[i]

    def _parameters(self, made: list[int]) -> list[Any]:
        used = dict.fromkeys(operand for i in made for operand in below(self._nodes[i]))
        return [node for node in used if node.scope is PARAMETER]

    def _pen(self) -> type[ProgressWriter]:
        from .pictures import ForwardWriter

        return ForwardWriter

    def _place(self, node: Any) -> int:
        return self.graph.index[node]

    def _at_place(self, i: int) -> Any:
        return self.graph.nodes[i]

    def _next_text(self) -> str:
        node = self._nodes[self.position]
        return f"{self.name(node)} = {operation(self.graph, node)}"

    def _row(self, node: Any) -> tuple[str, str]:
        return (short(node.data) if node in self._known else UNKNOWN), ""

    def _order_head(self) -> str:
        return f"each node when everything it is computed from is there, {self.name(self.root)} last:"

    def _order_text(self, node: Any) -> str:
        if not node.operands:
            return "given"
        if node is self.next_node:
            return f"next: computed from {', '.join(map(self.name, below(node)))}"
        if node in self._known:
            return "computed"
        waits = [self.name(operand) for operand in below(node) if operand not in self._known]
        return f"waits for {', '.join(waits)}" if waits else "could be computed"

    def _make(self) -> str:
        self._known.add(self._nodes[self.position])
        self.position += 1
        return ""

    def _take_back(self) -> str:
        self.position -= 1
        self._known.discard(self._nodes[self.position])
        return ""

    def _settle(self, position: int) -> None:
        self._known.difference_update(self._nodes[position:])
        self._known.update(self._nodes[:position])
        self.position = position

    def _summary(self, made: int) -> list[str]:
        root = self.root
        return [
            f"{counted(made, self.unit)} processed, {self.what} of {self.name(root)} is done",
            f"  {self.name(root)} = {short(root.data)}",
        ]

    def _is_complete(self, node: Any) -> bool:
        return node in self._known

    def _complete_text(self, node: Any) -> str:
        return f"{self.name(node)} = {short(node.data)} is computed"

    def _made_text(self, i: int) -> str:
        node = self._nodes[i]
        lines = [f"[operation {i + 1}/{len(self)}] {self.name(node)} = {operation(self.graph, node)}"]
        if source := source_of(node):
            lines.append(f"source    {source}")
        lines.append(
            " = ".join(
                dict.fromkeys([f"{self.name(node)}.data", with_numbers(node, self._data), short(self._data[node])])
            )
        )
        return INDENT.join(lines)

    def _undone_text(self) -> str:
        node = self._nodes[self.position]
        return f"[operation {self.position + 1}/{len(self)} undone] {self.name(node)} is not computed yet"

    def _differences(self, new: Mapping[Any, float]) -> list[str]:
        lines = super()._differences({node: number for node, number in new.items() if node in self._known})
        left = sum(node not in self._known for node in new)
        return lines + [f"  ({counted(left, 'operation')} after it not computed yet)"] * bool(left)

    def explain(self, x: object = None) -> Report:
        """Explain the operation that comes next, or that of node x: its formula, and then the formula with numbers."""
        if x is None:
            if blocked := self._blocked(forwards=True):
                return blocked
            node = self._nodes[self.position]
        else:
            part = self.part(x)
            if isinstance(part, Region):
                return self._explain_region(part)
            node = part
        if node.op is None:
            return Report(f"{self._computed(node)}      (a leaf)")
        lines = [
            f"{self.name(node)} = {operation(self.graph, node)}",
            f"formula   {node.op.name}: {row_formula(self.graph, node)}",
        ]
        if all(operand in self._known for operand in below(node)):
            lines.append(
                f"numbers   {with_numbers(node, self._data)}"
                + (f" = {short(node.data)}" if node in self._known else "")
            )
        for operand in below(node)[:WINDOW]:
            lines.append(
                f"operand   {self.name(operand)} is " + (short(operand.data) if operand in self._known else UNKNOWN)
            )
        if source := source_of(node):
            lines.append(f"source    {source}")
        return Report(INDENT.join(lines))

    def predict(self, x: Node | str, guess: float | str) -> Predicted:
        """Say whether `guess` is what x.data will be, to the digits typed, at least two."""
        node = self.node(x)
        read = Guess(guess, self.graph)
        return judge(read, node.data, self.name(node), lambda: self._slips(node, read))

    def _slips(self, node: Any, read: Guess) -> list[str]:
        if read.agrees(-node.data):
            return ["the sign is wrong"]
        known = node.operands and all(operand in self._known for operand in below(node))
        return [f"it is not {with_numbers(node, self._data)}" if known else "not all of its operands are computed yet"]
