"""``draw(f, view="matrix")``: numbers that belong together as heat maps, data and gradient, with arrows between them.

Values with names like ``weights[0][1]`` are cells of a matrix; so are the elements of a parameter, and the results of
one operation in one call of a module. Orange is above 0 and blue below, stronger for larger numbers; small matrices
show their numbers.

>>> import nn
>>> from autograd import draw
>>> layer = nn.Linear(2, 3, seed=0)
>>> y = layer([1.0, 2.0])[0]
>>> "1 × 2" in draw(y, view="matrix").source
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...explain.naming import ModuleNames
from ...graph import Graph
from ..dot import DotWriter
from ..folding.parts import Group, Listing, Part, parts_of
from ..options import Look
from ..picture import Arrow, Box, Picture
from ..sheet import Markup
from .tables import NUMBERED, indexed, map_of, maps_of, wrapped

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["draw_matrices"]


def draw_matrices(graph: Graph, look: Look, page: tuple[float, float] | None = None) -> Drawing:
    """Return the drawing. To fit a page, its row of boxes is broken where that makes it easier to read."""
    picture = Picture(graph, _arrays(graph), ModuleNames())
    for box in picture.boxes:
        box.times = 1  # all of them are shown
    writer = _MatrixWriter(picture, look)
    writer.page = page
    return writer.drawing()


# --- What belongs together ---------------------------------------------------------------------------------


def _arrays(graph: Graph) -> list[Group]:
    """Group the values of a graph into matrices, operands first."""
    listing = Listing(graph, graph.nodes)
    parts = parts_of(listing, listing.depth, None, sums=False)
    depth: dict[Part, int] = {}
    together: dict[Any, list[Part]] = {}
    for part in parts:
        depth[part] = max((1 + depth[tail] for tail, _, _ in part.operands if tail is not None), default=0)
        node = graph.nodes[part.top]
        base, index = indexed(graph.name(node))
        named = base if index else (id(node.scope), node.op) if node.operands else part
        together.setdefault((depth[part] if node.operands else -1, named, node.op), []).append(part)
    groups = [Group(listing, members[0].what, members) for members in together.values()]
    # A value depends only on shallower ones, so groups by depth never depend on each other in a cycle.
    return sorted(groups, key=lambda group: (depth[group.first], group.first.at))


def _table(rows: list[str]) -> Markup:
    return Markup(f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>')


class _MatrixWriter(DotWriter):
    """A writer that shows a box of several values as heat maps: the data, and the gradient if it has arrived."""

    def rows(self, box: Box) -> Any:
        return super().rows(box) if len(box.nodes) == 1 else self.leaves(box)

    def leaves(self, box: Box) -> Any:
        return _table(maps_of(self, box.nodes))

    def constants(self, box: Box) -> Any:
        if len(box.numbers) <= NUMBERED:
            return super().constants(box)
        heat = map_of(self, wrapped(box.numbers))
        title = f'<TR><TD ALIGN="LEFT">{self.text(f"{len(box.numbers)} constants", faint=True)}</TD></TR>'
        return _table([title, f'<TR><TD ALIGN="LEFT">{heat}</TD></TR>'])

    def words(self, arrow: Arrow) -> str:
        return "" if len(arrow.tail.nodes) > 1 or len(arrow.head.nodes) > 1 else super().words(arrow)

    def notes(self) -> list[str]:
        scales = "a cell is orange above 0 and blue below 0, stronger for larger numbers; each map has its own scale"
        return [scales, *super().notes()[:1]]
