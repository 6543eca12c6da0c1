"""Going over a graph forwards and back: moves in a row, each made or undone; every longer move consists of these.

What one move is, an edge of backprop or an operation of the forward pass, is for the class on top to say: nothing
here knows of gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, GraphError
from ..explain.naming import named_graph
from ..explain.paths import find_node
from ..explain.phrases import Report, counted, name_of
from ..graph import Graph
from ..ops import OPS

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["Moved", "Moves"]

REPORTED = 8  # moves reported one by one when many are made at once; of more than that the last three


class Moved(Report):
    """What a stepper says after a move. moved: how many moves it made, negative when undone, 0 at either end."""

    moved: int


class Moves:
    """A place between two moves over a graph, and the ways to go on from it.

    what, unit: the name of the whole, and of one move. `_nodes` has the node at work in each move.
    """

    what: str
    unit: str

    def __init__(self, root: Node) -> None:
        if not hasattr(root, "partials"):
            raise ArgumentError(f"want a Value to step through, got {root!r}")
        self.graph: Graph = named_graph(root)
        self.position: int = 0
        self.closed: bool = False
        self._nodes: list[Any] = []
        self._breaks: dict[Any, None] = {}

    # --- What one move is: for the class on top ---

    def state(self, node: Node, k: int) -> str:
        """How far the edge from a node to its k-th operand is: "done", "next" or "pending"."""
        raise NotImplementedError

    def _make(self) -> str:
        """Make the next move; returns the sentence on what was changed from outside, if anything was."""
        raise NotImplementedError

    def _take_back(self) -> str:
        """Undo the last move; returns the same sentence."""
        raise NotImplementedError

    def _is_complete(self, node: Any) -> bool:
        """Whether the number that this pass finds for a node is there."""
        raise NotImplementedError

    def _complete_text(self, node: Any) -> str:
        raise NotImplementedError

    def _next_text(self) -> str:
        """The next move in a few words."""
        raise NotImplementedError

    def _made_text(self, i: int) -> str:
        """The report of the i-th move, which has been made."""
        raise NotImplementedError

    def _undone_text(self) -> str:
        """The report of the move just undone."""
        raise NotImplementedError

    def _summary(self, made: int) -> list[str]:
        """What a run has come to, in lines."""
        raise NotImplementedError

    # --- Where it is ---

    def __len__(self) -> int:
        return len(self._nodes)

    @property
    def root(self) -> Node:
        return self.graph.root

    @property
    def done(self) -> bool:
        """Whether every move has been made."""
        return self.position == len(self)

    @property
    def next_node(self) -> Node | None:
        """The node whose move comes next, None at the end."""
        return None if self.done else self._nodes[self.position]

    @property
    def cursor(self) -> Node:
        """The node at work: the next, or at the end the last."""
        return self._nodes[min(self.position, len(self) - 1)] if len(self) else self.root

    def node(self, wanted: Node | str) -> Node:
        """A node of this graph, given as itself or by its name. Raises GraphError for any other."""
        node = find_node(self.graph, wanted)
        self.name(node)
        return node

    def name(self, node: Node) -> str:
        """What a node is called here."""
        return name_of(self.graph, node)

    def headline(self) -> str:
        head = f"{self.what} of {self.name(self.root)}"
        if self.closed:
            return f"{head}: closed, the values are as they were found"
        if not len(self):
            return f"{head}: it is a leaf, there is nothing to step through"
        return f"{head}: {self.unit} {self.position} of {len(self)}, " + (
            f"next {self._next_text()}" if not self.done else "done"
        )

    # --- Moves made of these ---

    def _blocked(self, forwards: bool) -> Moved | None:
        """The answer where no move is possible."""
        if self.closed:
            return Moved(f"{self.headline()}; step_through() begins anew", moved=0)
        if not len(self):
            return Moved(self.headline(), moved=0)
        if forwards and self.done:
            return Moved(
                f"nothing left: all {counted(len(self), self.unit)} made (undo() goes back, rewind() to the start)",
                moved=0,
            )
        if not forwards and not self.position:
            return Moved(f"nothing to undo: at the start, before {self.unit} 1 of {len(self)}", moved=0)
        return None

    def _go(self, arrived: Callable[[], bool], summary: bool = False) -> Moved:
        """Go on until `arrived` or a breakpoint, and report the moves, or only where they led."""
        if blocked := self._blocked(forwards=True):
            return blocked
        start, notes, met = self.position, dict[str, None](), ""
        while not self.done:
            if note := self._make():
                notes[note] = None
            if arrived():
                break
            if self._breaks and (met := self._met_break()):
                break
        made = range(start, self.position)
        if summary and self.done:
            lines = self._summary(len(made))
        else:
            told = made if len(made) <= REPORTED else made[-3:]
            lines = [f"... {counted(len(made) - len(told), self.unit)} ..."] * (len(told) < len(made))
            lines += [self._made_text(i) for i in told]
        if met:
            notes[f"stopped at {met}"] = None
        return Moved("\n".join([*lines, *(f"  note   {note}" for note in notes)]), moved=len(made))

    def _met_break(self) -> str:
        """The breakpoint met: a node whose moves come next."""
        node = self.next_node
        if node is None or node is self._nodes[self.position - 1]:
            return ""
        return self.name(node) if node in self._breaks or node.op in self._breaks else ""

    def step(self, n: int = 1) -> Moved:
        """Make the next move, or the next `n`: an edge of backprop, an operation of the forward pass.

        At the end it makes none and says so. Raises ArgumentError unless `n` is a whole number from 1 on.
        """
        target = self.position + _whole(n, "step", "undo")
        return self._go(lambda: self.position >= target)

    def next(self) -> Moved:
        """Finish one node: make all the moves it has left."""
        node = self.next_node
        return self._go(lambda: self.next_node is not node)

    def run(self) -> Moved:
        """Make all that is left, or up to a breakpoint."""
        return self._go(lambda: False, summary=True)

    def until(self, x: Node | str) -> Moved:
        """Go on until x has its number: in backprop x.grad, in the forward pass x.data."""
        node = self.node(x)
        if self._is_complete(node) and not self.closed:
            return Moved(f"{self._complete_text(node)} already", moved=0)
        return self._go(lambda: self._is_complete(node))

    def undo(self, n: int = 1) -> Moved:
        """Undo the last move, or the last `n`: everything becomes what it was before; at the start it says so."""
        return self._back(self.position - _whole(n, "undo", "step"))

    def undo_node(self) -> Moved:
        """Undo the moves of one node: the one at work, or the one before it."""
        i = self.position - 1
        while i > 0 and self._nodes[i - 1] is self._nodes[i]:
            i -= 1
        return self._back(i)

    def rewind(self) -> Moved:
        """Undo every move."""
        return self._back(0)

    def _back(self, target: int) -> Moved:
        if blocked := self._blocked(forwards=False):
            return blocked
        start, notes, texts = self.position, dict[str, None](), list[str]()
        while self.position > max(target, 0):
            if note := self._take_back():
                notes[note] = None
            if self.position - max(target, 0) < 3 or start - max(target, 0) <= REPORTED:
                texts.append(self._undone_text())
        left_out = start - self.position - len(texts)
        lines = [f"... {counted(left_out, self.unit)} ..."] * bool(left_out) + texts
        return Moved("\n".join([*lines, *(f"  note   {note}" for note in notes)]), moved=self.position - start)

    def goto(self, k: int) -> Moved:
        """Go to where `k` moves have been made, forwards or back, past breakpoints."""
        if self.closed:
            return Moved(f"{self.headline()}; step_through() begins anew", moved=0)
        if type(k) is not int or not 0 <= k <= len(self):
            return Moved(f"want a position from 0 to {len(self)}, got {k!r}; still at {self.position}", moved=0)
        start = self.position
        notes = dict.fromkeys([*(self._make() for _ in range(start, k)), *(self._take_back() for _ in range(k, start))])
        lines = [self._made_text(k - 1) if k else self.headline()]
        return Moved("\n".join([*lines, *(f"  note   {note}" for note in notes if note)]), moved=k - start)

    def break_at(self, x: Node | str | None = None) -> Report:
        """Stop before node x makes its moves (in backprop at a leaf: when it is complete), or at every x of an operation.

        Called again it takes the breakpoint away; without x it lists them.
        """
        if x is not None:
            point = self._break_point(x)
            if point in self._breaks:
                del self._breaks[point]
                return Report(f"no longer stops at {self._point_text(point)}")
            self._breaks[point] = None
        return Report(f"stops at {', '.join(map(self._point_text, self._breaks))}" if self._breaks else "stops nowhere")

    def _break_point(self, x: Any) -> Any:
        """A node, or an operation of this graph."""
        if not isinstance(x, str):
            return self.node(x)
        for node in self.graph.nodes:
            if self.graph.name(node) == x:
                return node
        ops = dict.fromkeys(node.op.name for node in self.graph.nodes if node.op is not None)
        if x not in ops:
            raise GraphError(f"no value and no operation here is called {x!r}: the operations are {', '.join(ops)}")
        return OPS.get(x, x)

    def _point_text(self, point: Any) -> str:
        return f"every {point}" if isinstance(point, str) else self.name(point)


def _whole(n: int, verb: str, other: str) -> int:
    """A count of moves. Raises ArgumentError for anything but a whole number from 1 on."""
    if type(n) is not int or n < 1:
        back = f": {other}({-n}) goes the other way" if type(n) is int and n < 0 else ""
        raise ArgumentError(f"{verb}() wants a whole number of moves from 1 on, got {n!r}{back}")
    return n
