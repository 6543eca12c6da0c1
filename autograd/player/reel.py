"""A recorded training run as drawings with one layout, for a film: an SVG that plays by itself, or a GIF.

>>> from array import array
>>> from autograd import Value
>>> w = Value(0.0, label="w"); loss = (w - 3.0) ** 2
>>> replay = Replay(Graph(loss))
>>> replay.show(array("d", [1.0, 3.0, 2.0]))  # the leaf, then the constants
>>> replay.graph.root.data, replay.graph.nodes[0].grad
(4.0, -4.0)
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ..drawing import build_drawing
from ..drawing.dot import DotWriter
from ..drawing.measures import Measures
from ..drawing.options import Look, look_of
from ..drawing.picture import Arrow, Box, Picture
from ..drawing.placing import Arrangement
from ..graph import Graph, gradients
from ..graph import numbers as graph_numbers
from ..modes import ieee
from ..node import Node
from ..slow_path import evaluate, evaluate_partial

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..drawing.digraph import Drawing
    from ..drawing.options import DrawingOptions

__all__ = ["Replay", "film_of"]

NUMBER, SPREAD = 56, 112  # the widths in points of any number, and of a range of numbers


class _Still:
    """A node that holds the numbers that another one held at some update."""

    __slots__ = ("data", "grad", "label", "op", "operands", "partials", "scope")

    reached = True

    def __init__(self, node: Node, operands: tuple[Any, ...]) -> None:
        self.label, self.op, self.scope = node.label, node.op, node.scope
        self.data = self.grad = 0.0
        self.operands = operands
        self.partials = node.partials


class Replay:
    """A graph with the structure and the names of another one, and with the numbers of any update."""

    def __init__(self, graph: Graph) -> None:
        made: dict[Any, Any] = {}
        for node in graph.nodes:
            made[node] = _Still(node, tuple([made.get(o, o) for o in node.operands]))
        names = {made[node]: graph.name(node) for node in graph.nodes}
        self.graph = Graph(made[graph.root], names, list(made.values()))

    def show(self, numbers: array[float]) -> None:
        """Compute everything from these numbers: the leaves' data, then the constants, in the order of the graph."""
        nodes: list[Any] = self.graph.nodes
        leaves = sum(not node.operands for node in nodes)
        leaf, constant = iter(numbers[:leaves]), iter(numbers[leaves:])
        with ieee():
            for node in nodes:
                if not node.operands:
                    node.data = next(leaf)
                    continue
                node.operands = tuple([next(constant) if isinstance(o, float) else o for o in node.operands])
                given = graph_numbers(node)
                node.data = evaluate(node.op, node.operands, given)
                node.partials = tuple([
                    None if partial is None else evaluate_partial(node.op, node.operands, given, node.data, k)
                    for k, partial in enumerate(node.partials)
                ])  # fmt: skip
        for node, grad in gradients(self.graph).items():
            node.grad = grad


class _Widest(Measures):
    """The largest sizes, strengths of colours and widths of arrows in any recorded frame."""

    def __init__(self) -> None:
        self.sizes: dict[Any, tuple[float, float]] = {}
        self.strongest = self.widest = 0.0

    def take(self, writer: DotWriter) -> None:
        """Remember the sizes in one frame."""
        own, picture = Measures(writer), writer.picture
        for box in picture.boxes:
            self._take((box, "box"), own.box(box))
            if box.symbol:
                self._take((box, "operation"), own.operation(box))
        for arrow in picture.arrows:
            self._take((arrow, "words"), own.words(arrow))
        self.own = own
        self.strongest, self.widest = max(self.strongest, writer.strongest), max(self.widest, writer.widest)

    def _take(self, key: Any, size: tuple[float, float]) -> None:
        before = self.sizes.get(key, size)
        self.sizes[key] = max(before[0], size[0]), max(before[1], size[1])

    def box(self, box: Box) -> tuple[float, float]:
        return self.sizes[box, "box"]

    def operation(self, box: Box) -> tuple[float, float]:
        return self.sizes[box, "operation"]

    def words(self, arrow: Arrow) -> tuple[float, float]:
        return self.sizes[arrow, "words"]

    def title(self, cluster: Any) -> tuple[float, float]:
        return self.own.title(cluster)


class _FrameWriter(DotWriter):
    """A writer that shows one update, with room for the numbers of all updates."""

    packs = False

    def __init__(self, widest: Mapping[bool, _Widest], note: str, picture: Picture, look: Look) -> None:
        super().__init__(picture, look)
        self.all, self.note = widest, note
        if widest:
            self.strongest, self.widest = widest[False].strongest, widest[False].widest

    def room(self, many: bool) -> float:
        return SPREAD if many else NUMBER

    @cached_property
    def arrangement(self) -> Arrangement:
        return self.arrange(self.all[self.maps] if self.all else Measures(self))

    def notes(self) -> list[str]:
        return [self.note, *super().notes()]


def film_of(
    graph: Graph, frames: Sequence[tuple[array[float], str]], **options: Unpack[DrawingOptions]
) -> Iterator[Drawing]:
    """Make a drawing for each frame, given its numbers and a line about it; all have the same layout."""
    replay, look = Replay(graph), look_of({**options})
    widest = {maps: _Widest() for maps in (False, True)}  # of boxes without heat maps, and with them
    picture: Picture | None = None
    for numbers, note in frames[::-1]:  # the last frame decides what the picture shows
        replay.show(numbers)
        picture = _drawn(replay, picture, partial(_FrameWriter, {}, note), options).picture
        for maps, of_all in widest.items():
            writer = _FrameWriter({}, note, picture, look)
            writer.maps = maps
            of_all.take(writer)
    for numbers, note in frames:
        replay.show(numbers)
        yield _drawn(replay, picture, partial(_FrameWriter, widest, note), options)


def _drawn(
    replay: Replay, picture: Picture | None, write: Callable[[Picture, Look], DotWriter], options: DrawingOptions
) -> Drawing:
    """Draw one frame. The boxes of constants, which hold their own numbers, get the current ones."""
    for arrow in picture.arrows if picture else ():
        if arrow.tail.numbers:
            arrow.tail.numbers = tuple(node.operands[k] for node, k in arrow.edges)
    return build_drawing(replay.graph, write, picture, **options)
