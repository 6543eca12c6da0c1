"""Go over a graph forwards and back: a sequence of moves, each made or undone; longer moves consist of them.

The subclass decides what one move is: an edge of backprop, or an operation of the forward pass. Nothing here knows
about gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..explain.naming import named_graph, one_line
from ..explain.paths import find_node, find_part
from ..explain.phrases import Report, counted, name_of
from ..explain.regions import Region, Regions, calls_of
from ..frames import public
from ..graph import Graph, unrecorded
from .moved import Moved, Pictured, whole
from .points import Known, Point, operations, point_at, said_range, tensors, watch_text

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..modes import Scope
    from ..node import Node

__all__ = ["REPORTED", "Moves"]

REPORTED = 8  # up to this many moves made at once are reported one by one; if there are more, only the last three


@public
class Moves(Pictured):
    """A position between two moves over a graph, and the ways to move on from it.

    what, unit: the names of the whole pass and of one move. quantity: the number that it finds for a node, "grad" or
    "data". `_nodes` lists the node at work in each move.

    It is also an iterator, which makes the moves that are left: ``for edge in f.step_through(): print(edge)``.
    """

    what: str
    unit: str
    quantity: str

    def __init__(self, root: Node) -> None:
        if not hasattr(root, "partials"):
            raise ArgumentError(f"want a Value to step through, got {root!r}")
        self.graph: Graph = named_graph(root)
        self.position: int = 0
        self.closed: bool = False
        self.lit: range = range(0)  # the moves to draw as thick lines; if there are none, the move that comes next
        self._nodes: list[Any] = []
        self._breaks: dict[str, Point] = {}
        self._watched: dict[str, Callable[[], str]] = {}

    # --- What one move is: for subclasses ---

    def state(self, node: Node, k: int) -> str:
        """Return the state of the edge from a node to its k-th operand: "thick", "done" or "pending"."""
        raise NotImplementedError

    def _make(self) -> str:
        """Make the next move, and return a sentence about anything that was changed from outside."""
        raise NotImplementedError

    def _take_back(self) -> str:
        """Undo the last move, and return the same sentence."""
        raise NotImplementedError

    def _settle(self, position: int) -> None:
        """Take moves back until `position` of them are left, wherever the last one was interrupted. Can be repeated."""
        raise NotImplementedError

    def _arrival(self, i: int) -> Any:
        """Return the node that the i-th move finds a number for."""
        raise NotImplementedError

    def _parameters(self, made: list[int]) -> list[Any]:
        """Return the leaves that some moves involved."""
        raise NotImplementedError

    def _is_complete(self, node: Any) -> bool:
        """Return whether the number that this pass finds for a node is there."""
        raise NotImplementedError

    def _complete_text(self, node: Any) -> str:
        raise NotImplementedError

    def _next_text(self) -> str:
        """Describe the next move in a few words."""
        raise NotImplementedError

    def _made_text(self, i: int) -> str:
        """Report the i-th move, which has been made."""
        raise NotImplementedError

    def _undone_text(self) -> str:
        """Report the move just undone."""
        raise NotImplementedError

    def _summary(self, made: int) -> list[str]:
        """Return the results of a run, as lines."""
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
    def before(self) -> Node | None:
        """The node that made the last move, None at the start."""
        return self._nodes[self.position - 1] if self.position else None

    @property
    def latest(self) -> Node:
        """The node that the last move found a number for."""
        return self._arrival(self.position - 1)

    def thick(self) -> range:
        """Return the moves to draw as thick lines: those that the picture shows, or the one that comes next."""
        return self.lit or range(self.position, min(self.position + 1, len(self)))

    def at_work(self) -> set[Node]:
        """Return the nodes whose boxes a picture frames: those that the thick moves found, or the next node."""
        return {self._arrival(i) for i in self.lit} if self.lit else {self._nodes[i] for i in self.thick()}

    def met(self, node: Node) -> str:
        """Return the name of a node with a breakpoint, if its moves come next."""
        return self.name(node) if node is self.next_node and node is not self.before else ""

    @property
    def cursor(self) -> Node:
        """The node at work: the next one, or the last one at the end."""
        return self._nodes[min(self.position, len(self) - 1)] if len(self) else self.root

    @cached_property
    def regions(self) -> Regions:
        """The modules, and other parts of the graph that have a name."""
        return Regions(self.graph)

    def part(self, wanted: object) -> Node | Region:
        """Find a node, or a Region: a module, its name, or a prefix of names. Raises GraphError if there is none."""
        found: Any = find_part(self.graph, self.regions, wanted)
        return found if isinstance(found, Region) else self.node(found)

    def node(self, wanted: Node | str) -> Node:
        """Find a node of this graph, given as itself or by its name. Raises GraphError for any other node."""
        node = find_node(self.graph, wanted)
        self.name(node)
        return node

    def name(self, node: Node) -> str:
        """Return a node's name in this graph."""
        return name_of(self.graph, node)

    def headline(self) -> str:
        head = f"{self.what} of {self.name(self.root)}"
        if self.closed:
            return f"{head}: closed, the values are as they were found"
        if not len(self):
            cut = f"; {self.graph.how_cut()}" if self.root in unrecorded else ""
            return f"{head}: it is a leaf, so there is nothing to step through{cut}"
        return f"{head}: {self.unit} {self.position} of {len(self)}, " + (
            f"next {self._next_text()}" if not self.done else "done"
        )

    # --- Longer moves ---

    def _blocked(self, forwards: bool) -> Moved | None:
        """Return the answer when no move is possible."""
        if self.closed:
            return Moved(f"{self.headline()}; step_through() starts again", moved=0)
        if not len(self):
            return Moved(self.headline(), moved=0)
        if forwards and self.done:
            return Moved(
                f"nothing left: all {counted(len(self), self.unit)} processed (undo() goes back, rewind() to the start)",
                moved=0,
            )
        if not forwards and not self.position:
            return Moved(f"nothing to undo: at the start, before {self.unit} 1 of {len(self)}", moved=0)
        return None

    def _moved(self, lines: list[str], notes: Mapping[str, None], moved: int) -> Moved:
        """Put together the text of a move: its lines, the notes, and what is watched."""
        watched = (f"  watch  {said()}" for said in self._watched.values())
        return Moved(
            "\n".join([*lines, *(f"  note   {note}" for note in notes if note), *watched]),
            moved=moved,
            stepper=self,
            place=self.position,
        )

    def _go(self, arrived: Callable[[], bool], told: Callable[[range], list[str]] | None = None) -> Moved:
        """Move on until `arrived` or a breakpoint, and report the moves, or what `told` says about all of them."""
        if blocked := self._blocked(forwards=True):
            return blocked
        return self._safely(self.position, lambda: self._gone(arrived, told or self._told))

    def _gone(self, arrived: Callable[[], bool], told: Callable[[range], list[str]]) -> Moved:
        start, notes, met = self.position, dict[str, None](), ""
        while not self.done:
            notes[self._make()] = None
            if arrived():
                break
            if self._breaks and (met := self._met_break()):
                break
        made = range(start, self.position)
        lines = told(made)
        if met:
            notes[f"stopped at {met}"] = None
        return self._moved(lines, notes, len(made))

    def _safely(self, settled: int, moves: Callable[[], Moved]) -> Moved:
        """Return the result of `moves`. An interrupt restores the state at `settled`; an error keeps the earlier moves."""
        try:
            return moves()
        except Exception:
            self._settle(self.position)
            raise
        except BaseException:
            self._settle(settled)
            raise

    def _told(self, made: range) -> list[str]:
        """Report some moves; if there are many, only the last ones."""
        told = made if len(made) <= REPORTED else made[-3:]
        left_out = [f"... {counted(len(made) - len(told), self.unit)} ..."] * (len(told) < len(made))
        return left_out + [self._made_text(i) for i in told]

    def _met_break(self) -> str:
        return next((met for point in self._breaks.values() if (met := point.met())), "")

    def step(self, n: int = 1) -> Moved:
        """Make the next move, or the next `n`: an edge of backprop, an operation of the forward pass.

        At the end it makes none, and says so. Raises ArgumentError unless `n` is a whole number >= 1.
        """
        target = self.position + whole(n, "step", "undo")
        return self._go(lambda: self.position >= target)

    def next(self) -> Moved:
        """Finish one node: make all its remaining moves."""
        node = self.next_node
        return self._go(lambda: self.next_node is not node)

    def run(self) -> Moved:
        """Make all the moves that are left, or those up to a breakpoint."""
        return self._go(lambda: False, lambda made: self._summary(len(made)) if self.done else self._told(made))

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Moved:
        if self.closed or self.done:
            raise StopIteration
        return self.step()

    def until(self, x: object) -> Moved:
        """Move on until x has its number: x.grad in backprop, x.data in the forward pass.

        x: a node; or a module or a prefix of names, to move on until every one of its nodes has its number.
        """
        part = self.part(x)
        if not isinstance(part, Region):
            if self._is_complete(part) and not self.closed:
                return Moved(f"{self._complete_text(part)} already", moved=0)
            return self._go(lambda: self._is_complete(part))
        target = 1 + max((i for i in range(len(self)) if self._arrival(i) in part.members), default=-1)
        if self.position >= target and not self.closed:
            return Moved(f"{part.title} is complete already", moved=0)
        return self._go(lambda: self.position >= target, lambda made: self._part_text(made, part.title, part.members))

    # --- Modules ---

    def _calls_at(self, i: int) -> list[Scope]:
        """Return the module calls around the i-th move, the innermost first."""
        return calls_of(self._nodes[i].scope) if 0 <= i < len(self) else []

    @cached_property
    def _ends(self) -> dict[Scope, int]:
        """Return the position after the last move of each module call."""
        return {call: i + 1 for i in range(len(self)) for call in self._calls_at(i)}

    def over(self) -> Moved:
        """Make all the moves of the module that comes next, and summarise them; outside any module, finish a node.

        Inside a model, it makes the moves of the next layer, not of the whole model: out() makes the rest of the model.
        """
        inside = self._calls_at(self.position - 1) if self.position else []
        entered = [call for call in self._calls_at(self.position) if call not in inside]
        in_a_model = len(entered) < len(self._calls_at(self.position)) or len(entered) == 1
        return self._through(entered[-1 if in_a_model else -2]) if entered else self.next()

    def out(self) -> Moved:
        """Make all the remaining moves of the current module; outside any module, all that are left."""
        inside = self._calls_at(self.position - 1) if self.position else []
        left = [call for call in self._calls_at(self.position) if call in inside]
        return self._through(left[0]) if left else self.run()

    def _through(self, call: Scope) -> Moved:
        target, part = self._ends[call], self.regions.find(call.module)
        title = one_line(self.regions.title(call)) if part is None else part.title
        members = {node for node in self.graph.nodes if call in calls_of(node.scope)}
        return self._go(lambda: self.position >= target, lambda made: self._part_text(made, title, members))

    def _part_text(self, made: range, title: str, members: Any) -> list[str]:
        """Summarise the moves at some nodes: their count, the range of the numbers found, and the parameters."""
        own = [i for i in made if self._nodes[i] in members or self._arrival(i) in members]
        found = dict.fromkeys(self._arrival(i) for i in own)
        others = f"; {len(made) - len(own)} more on the way" if len(own) < len(made) else ""
        numbers = said_range(self.quantity, [getattr(node, self.quantity) for node in found])
        where = f"{self.unit}{'s' if len(made) > 1 else ''} {made.start + 1}" + (f" to {made.stop}" * (len(made) > 1))
        lines = [f"[{where} of {len(self)}] {title}: {counted(len(own), self.unit)}, {numbers}{others}"]
        leaves = self._parameters(own)
        waiting = sum(not self._is_complete(node) for node in leaves)
        said = tensors(self, leaves) + ([f"{waiting} not complete"] if waiting else [])
        return [*lines, f"      {'; '.join(said) or 'no parameters'}"]

    # --- Back ---

    def undo(self, n: int = 1) -> Moved:
        """Undo the last move, or the last `n`: everything becomes what it was before. At the start, say so."""
        return self._back(self.position - whole(n, "undo", "step"))

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
        return self._safely(max(target, 0), lambda: self._taken_back(max(target, 0)))

    def _taken_back(self, target: int) -> Moved:
        start, notes, texts = self.position, dict[str, None](), list[str]()
        while self.position > target:
            notes[self._take_back()] = None
            if self.position - target < 3 or start - target <= REPORTED:
                texts.append(self._undone_text())
        left_out = start - self.position - len(texts)
        lines = [f"... {counted(left_out, self.unit)} ..."] * bool(left_out) + texts
        return self._moved(lines, notes, self.position - start)

    def goto(self, k: int) -> Moved:
        """Go forwards or back to the position where `k` moves have been made, passing breakpoints."""
        if self.closed:
            return Moved(f"{self.headline()}; step_through() starts again", moved=0)
        if type(k) is not int or not 0 <= k <= len(self):
            return Moved(f"want a position from 0 to {len(self)}, got {k!r}; still at {self.position}", moved=0)
        return self._safely(min(self.position, k), lambda: self._gone_to(k))

    def _gone_to(self, k: int) -> Moved:
        start = self.position
        notes = dict.fromkeys([*(self._make() for _ in range(start, k)), *(self._take_back() for _ in range(k, start))])
        return self._moved([self._made_text(k - 1) if k else self.headline()], notes, k - start)

    # --- Breakpoints and watches ---

    def break_at(self, x: object = None) -> Report:
        """Stop at x, or cancel that if called again; without x, list the places to stop at.

        x: a node, to stop before it makes its moves (in backprop, at a leaf: when it is complete); an operation or its
        symbol, to stop at each of them; a module or a prefix of names, to stop before it is entered; "nan", to
        stop when a number is nan or infinite; a condition on the node whose number a move has found, "if abs(grad) >
        10", or on any other node, "if w.grad < 0"; or a function of the node whose number was found.
        """
        if x is not None:
            point = point_at(self, x)
            if self._breaks.pop(point.text, None):
                return Report(f"no longer stops at {point.text}")
            self._breaks[point.text] = point
        return Report(f"stops at {', '.join(self._breaks)}" if self._breaks else "stops nowhere")

    def watch(self, x: object = None) -> Report:
        """Report x after every move, or cancel that if called again; without x, list what is watched.

        x: a node, a module or a prefix of names, or an expression, such as ``w.grad * 2``.
        """
        if x is not None:
            text, said = watch_text(self, x)
            if self._watched.pop(text, None):
                return Report(f"{text} is no longer watched")
            self._watched[text] = said
        return Report("\n".join(f"  watch  {said()}" for said in self._watched.values()) or "nothing is watched")

    def operations(self) -> list[str]:
        """List the operations that a breakpoint can name."""
        return list(operations(self))

    def numbers(self) -> Known:
        """Return the numbers that are known at this position, by their names in an expression."""
        return Known(self)

    def known(self, node: Node, quantity: str) -> float | None:
        """Return a node's data or grad, if it is known at this position."""
        raise NotImplementedError
