"""Going through backprop there and back: edges in a row, each made or taken back; every longer move is made of these.

Making an edge is the chain rule, ``operand.grad += partial * node.grad``, with the old grad kept: taking it back
puts the very same object there again. So after any mix of moves the grads are those of `backward()`, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from ..errors import GraphError, OptionError
from ..graph import Edge, Graph
from ..modes import shared
from ..naming import named_graph
from ..ops import OPS
from ..paths import find_node
from ..wording import Report, counted, name_of, short, which

__all__ = ["Moved", "Moves"]

REPORTED = 8  # moves reported one by one when many are made at once; of more than that the last three


class Moved(Report):
    """What a stepper says after a move. moved: how many edges it went, negative when undone, 0 at either end."""

    moved: int


class Moves:
    """A place between two edges of a graph, and the ways to move it.

    What a move says of an edge is left to the class on top: `_made_text`, `_undone_text` and `_summary`.
    """

    what = "backprop"
    unit = "edge"

    def __init__(self, root: Any, fresh: bool) -> None:
        if not hasattr(root, "partials"):
            raise OptionError(f"want a Value to step through, got {root!r}")
        self.graph: Graph = named_graph(root)
        self.position: int = 0
        self.closed = False
        self._breaks: dict[Any, None] = {}
        self._prepare(fresh)

    def _prepare(self, fresh: bool) -> None:
        graph, nothing = self.graph, shared["NOT_REACHED"]
        self._nodes: list[Any] = []  # the edges in the order of backprop: the node,
        self._ks: list[int] = []  # and which of its operands
        self._left = dict.fromkeys(graph.nodes, 0)  # how many contributions each node still waits for
        for node in reversed(graph.nodes):
            for k, partial in enumerate(node.partials):
                if partial is not None:
                    self._nodes.append(node)
                    self._ks.append(k)
                    self._left[node.operands[k]] += 1
        self._due = self._left.copy()
        self._history: list[tuple[float, int]] = []  # of each edge made: the grad before it, contributions left after
        self._grads_found = {node: node.grad for node in graph.nodes}
        for node in graph.nodes:
            if node.operands or fresh or node.grad is None:
                node.grad = nothing
        self._earlier = {node for node in graph.nodes if node.grad is not nothing}
        graph.root.grad += 1.0
        self._written = {node: node.grad for node in graph.nodes}

    def _made_text(self, i: int) -> str:
        """The report of the i-th edge, which has been made."""
        raise NotImplementedError

    def _undone_text(self) -> str:
        """The report of the edge just taken back."""
        raise NotImplementedError

    def _summary(self, made: int) -> list[str]:
        """What a run has come to, in lines."""
        raise NotImplementedError

    # --- Where it is ---

    def __len__(self) -> int:
        return len(self._nodes)

    @property
    def root(self) -> Any:
        return self.graph.root

    @property
    def done(self) -> bool:
        """Whether everything has been made."""
        return self.position == len(self)

    @property
    def edge(self) -> Edge | None:
        """The edge that comes next, or None at the end."""
        return None if self.done else self._edge(self.position)

    def _edge(self, i: int) -> Edge:
        return Edge(self.graph, self._nodes[i], self._ks[i])

    def _operand(self, i: int) -> Any:
        return self._nodes[i].operands[self._ks[i]]

    @property
    def next_node(self) -> Any:
        """The node that is to pass its gradient on, None at the end."""
        return None if self.done else self._nodes[self.position]

    @property
    def cursor(self) -> Any:
        """The node at work: the next, or at the end the last."""
        return self._nodes[min(self.position, len(self) - 1)] if len(self) else self.root

    def state(self, node: Any, k: int) -> str:
        """How far the edge from a node to its k-th operand is: "done", "next" or "pending"."""
        i = self._places[node, k]
        return "next" if i == self.position else "done" if i < self.position else "pending"

    @cached_property
    def _places(self) -> dict[tuple[Any, int], int]:
        return {place: i for i, place in enumerate(zip(self._nodes, self._ks))}

    def node(self, wanted: Any) -> Any:
        """The node of this graph that is given, or is called so. Raises GraphError for any other."""
        node = find_node(self.graph, wanted)
        self.name(node)
        return node

    def name(self, node: Any) -> str:
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

    def _next_text(self) -> str:
        return self._arrow(self._edge(self.position))

    def _arrow(self, edge: Edge) -> str:
        again = which(edge)
        return f"{self.name(edge.node)} -> {self.name(edge.operand)}" + (f"  ({again})" if again else "")

    # --- One edge more, one edge less ---

    def _make(self) -> str:
        """Make the next edge; returns the sentence on what was changed from outside, if anything was."""
        i = self.position
        node, k = self._nodes[i], self._ks[i]
        operand = node.operands[k]
        note = self._guard(node, operand)
        before = operand.grad
        operand.grad = self._written[operand] = before + node.partials[k] * node.grad
        self._left[operand] -= 1
        self._history.append((before, self._left[operand]))
        self.position = i + 1
        return note

    def _take_back(self) -> str:
        i = self.position - 1
        operand = self._operand(i)
        note = self._guard(self._nodes[i], operand)
        operand.grad = self._written[operand] = self._history.pop()[0]
        self._left[operand] += 1
        self.position = i
        return note

    def _guard(self, *nodes: Any) -> str:
        """Put every grad back if one of these was written by somebody else."""
        for node in nodes:
            if note := self._rewritten_text(node):
                for other, written in self._written.items():
                    other.grad = written
                return f"{note}: put back"
        return ""

    def _rewritten_text(self, node: Any) -> str:
        """The sentence on a grad that somebody else wrote, if one did."""
        grad = node.grad
        ours = self._written.get(node, grad)
        if grad is ours or grad == ours:
            return ""
        return f"{self.name(node)}.grad was changed from outside, from {short(ours)} to {short(grad)}"

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
        """The breakpoint met: a node about to pass its gradient on, or a leaf that is complete now."""
        arrived = self._operand(self.position - 1)
        if not arrived.operands and not self._left[arrived] and arrived in self._breaks:
            return self.name(arrived)
        node = self.next_node
        if node is self._nodes[self.position - 1] or node is None:
            return ""
        return self.name(node) if node in self._breaks or node.op in self._breaks else ""

    def step(self, n: int = 1) -> Moved:
        """Make the next edge, or the next `n`: each hands ``partial * grad`` to one operand.

        At the end it makes none and says so. Raises OptionError unless `n` is a whole number from 1 on.
        """
        target = self.position + _whole(n, "step", "undo")
        return self._go(lambda: self.position >= target)

    def next(self) -> Moved:
        """Finish one node: make all the edges it has left."""
        node = self.next_node
        return self._go(lambda: self.next_node is not node)

    def run(self) -> Moved:
        """Make all that is left, or up to a breakpoint."""
        return self._go(lambda: False, summary=True)

    def until(self, x: Any) -> Moved:
        """Go on until x.grad is complete."""
        node = self.node(x)
        if self._is_complete(node) and not self.closed:
            return Moved(f"{self._complete_text(node)} already", moved=0)
        return self._go(lambda: self._is_complete(node))

    def _is_complete(self, node: Any) -> bool:
        return not self._left[node]

    def _complete_text(self, node: Any) -> str:
        return f"{self.name(node)}.grad = {short(node.grad)} is complete"

    def undo(self, n: int = 1) -> Moved:
        """Take back the last edge, or the last `n`: grads become what they were; at the start it says so."""
        return self._back(self.position - _whole(n, "undo", "step"))

    def undo_node(self) -> Moved:
        """Take back what one node has passed on: the one at work, or the one before it."""
        i = self.position - 1
        while i > 0 and self._nodes[i - 1] is self._nodes[i]:
            i -= 1
        return self._back(i)

    def rewind(self) -> Moved:
        """Take everything back."""
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
        """Go to where `k` edges have been made, forwards or back, past breakpoints."""
        if self.closed:
            return Moved(f"{self.headline()}; step_through() begins anew", moved=0)
        if type(k) is not int or not 0 <= k <= len(self):
            return Moved(f"want a position from 0 to {len(self)}, got {k!r}; still at {self.position}", moved=0)
        start = self.position
        notes = dict.fromkeys([*(self._make() for _ in range(start, k)), *(self._take_back() for _ in range(k, start))])
        lines = [self._made_text(k - 1) if k else self.headline()]
        return Moved("\n".join([*lines, *(f"  note   {note}" for note in notes if note)]), moved=k - start)

    def break_at(self, x: Any = None) -> Report:
        """Stop before node x passes its gradient on (a leaf: when it is complete), or at every x of an operation.

        Said a second time it takes the breakpoint away; without x it lists them.
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
    """A count of moves. Raises OptionError for anything but a whole number from 1 on."""
    if type(n) is not int or n < 1:
        back = f": {other}({-n}) goes the other way" if type(n) is int and n < 0 else ""
        raise OptionError(f"{verb}() wants a whole number of moves from 1 on, got {n!r}{back}")
    return n
