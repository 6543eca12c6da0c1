"""Show what has changed between two graphs of the same structure, such as those of two updates of a training run.

>>> from autograd import Value
>>> def loss(w):
...     w = Value(w, label="w"); f = (w - 3) ** 2; f.label = "loss"; f.backward(); return f
>>> draw_diff(loss(0.0), loss(0.6))
<Drawing of loss: 3 values; .show() opens it, .render('f.svg') writes it>
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import GraphError
from ..explain.naming import named_graph
from ..explain.phrases import short
from ..graph import Graph
from .dot import DotWriter
from .drawing import build_drawing, draw
from .options import Look, options_of
from .picture import UNKNOWN, Arrow, Box, Picture, spread

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..node import Node
    from .digraph import Drawing
    from .options import DrawingOptions

__all__ = ["draw_diff"]


@options_of(draw)
def draw_diff(
    before: Node, after: Node, *, names: Mapping[Any, str] | None = None, **options: Unpack[DrawingOptions]
) -> Drawing:
    """Draw the graph of `after`, with data and grad as they were in `before` and as they are now.

    Colours show how the data moved: orange up, blue down. A parameter is the same Value in both graphs and holds
    its current data: to see it move, keep ``copy.deepcopy(loss)`` from before the update, and pass that as `before`.
    names, options: those of :func:`draw`. Raises GraphError if the graphs differ in more than their numbers.
    """
    graph = named_graph(after) if names is None else Graph(after, names)
    earlier = _matched(Graph(before), graph)
    return build_drawing(graph, partial(_DiffWriter, earlier), **options)


def _matched(before: Graph, after: Graph) -> dict[Node, Node]:
    """Return the value of the earlier graph for each value of the later one."""
    if len(before) != len(after):
        raise GraphError(
            f"want two graphs of the same structure, got {len(before):,} values before and {len(after):,} after"
        )
    for old, new in zip(before.nodes, after.nodes):
        if old.op != new.op or _places(before, old) != _places(after, new):
            raise GraphError(
                f"want two graphs of the same structure, but {after.name(new)} is "
                f"{_described(before, old)} before and {_described(after, new)} after"
            )
    return dict(zip(after.nodes, before.nodes))


def _places(graph: Graph, node: Node) -> list[int | None]:
    return [None if isinstance(operand, float) else graph.index[operand] for operand in node.operands]


def _described(graph: Graph, node: Node) -> str:
    return f"{node.op} of {', '.join(graph.name(o) for o in node.operands[:4])}" if node.operands else "a leaf"


class _DiffWriter(DotWriter):
    """A writer that shows the numbers before and after, where a DotWriter shows only the current ones."""

    HEADS = ("before", "after", "change")

    def __init__(self, earlier: Mapping[Node, Node], picture: Picture, look: Look) -> None:
        self.earlier = earlier
        super().__init__(picture, look)

    def strength(self, node: Node) -> float:
        return node.data - self.earlier[node].data

    def weight(self, arrow: Arrow) -> float:
        return 0.0

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        if box.node is None or box.times > 1:
            rows = [(word, text, "") for word, text in box.facts(self.look.digits)]
            rows.append(("change", *self.change(box.nodes)))
        else:
            new, old = box.node, self.earlier[box.node]
            data = "data", _moved(short(old.data, self.look.digits), short(new.data, self.look.digits)), ""
            rows = [data, ("change", *self.change([new])), ("grad", _moved(self.grad(old), self.grad(new)), "")]
        return [row for row in rows if self.shows(row[0])]

    def shows(self, word: str) -> bool:
        return super().shows("data" if word in self.HEADS else word)

    def grad(self, node: Node) -> str:
        return short(node.grad, self.look.digits) if node.reached else UNKNOWN

    def change(self, nodes: Sequence[Node]) -> tuple[str, str]:
        """Write how far the data of some values moved, and return that text and the colour of the largest move."""
        moves = [self.strength(node) for node in nodes]
        largest = max(moves, key=abs)
        text = spread(moves, self.look.digits)
        return ("+" if len(moves) == 1 and largest > 0 else "") + text, self.tint(largest)

    def columns(self, nodes: Sequence[Node]) -> list[str]:
        if not self.shows("change"):
            return []
        numbers = [self.earlier[node].data for node in nodes], [node.data for node in nodes]
        was, now = (self.right(spread(data, self.look.digits)) for data in numbers)
        return [was, now, self.right(*self.change(nodes))]

    def words(self, arrow: Arrow) -> str:
        said = super().words(arrow)
        if arrow.partial is None or not said:
            return said
        node, k = arrow.partial
        return _moved(short(self.earlier[node].partials[k] or 0.0, self.look.digits), said)

    def notes(self) -> list[str]:
        return ["a -> b: before and after; orange: data went up, blue: down"]


def _moved(old: str, new: str) -> str:
    return new if old == new else f"{old} -> {new}"
