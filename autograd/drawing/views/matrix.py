"""``draw(f, view="matrix")``: heat maps of numbers that belong together, data and gradient, with arrows between.

Values with names like ``weights[0][1]`` are cells of a matrix; so are the elements of a parameter, and the results of
one operation in one call to a module. Orange is above 0 and blue below, stronger for larger numbers; small matrices
show their numbers.

>>> import nn
>>> from autograd import draw
>>> layer = nn.Linear(2, 3, seed=0)
>>> y = layer([1.0, 2.0])[0]
>>> "1 × 2" in draw(y, view="matrix").source
True
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ...explain.naming import ModuleNames
from ...graph import Graph
from ..dot import DotWriter
from ..folding.alike import Paths
from ..folding.parts import Group, Listing, Part, parts_of
from ..folding.repeats import Nearest
from ..legend import told
from ..options import Look
from ..picture import FOLDED, Arrow, Box, Picture
from ..sheet import Markup
from .tables import NUMBERED, Detail, Grid, grid_of, indexed, map_of, maps_of, matrices, wrapped

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["draw_matrices"]


class _Way(NamedTuple):
    """A way to draw matrices. merged: whether samples are rows of one matrix, and written-out sums are one operation."""

    merged: bool = False
    detail: Detail = Detail()


WAYS = (
    _Way(),
    *(_Way(True, detail) for detail in (Detail(), Detail(4), Detail(0), Detail(0, 24), Detail(0, 12), Detail(0, 6))),
)
MOST = 60  # boxes that are worth trying


def draw_matrices(graph: Graph, look: Look, page: tuple[float, float] | None = None) -> Drawing:
    """Return the drawing. On a page, matrices are merged, without numbers, or cut, until its text can be read.

    If all that is not enough, only the matrices nearest to the result are drawn.
    """
    writers: Iterator[_MatrixWriter] = (
        _written(graph, groups, look, page, way)
        for way in WAYS
        if len(groups := _arrays(graph, way.merged)) <= MOST or page is None
    )
    for writer in writers:
        if writer.fit >= 1:
            return writer.drawing()
    groups = _arrays(graph, merged=True)
    nearest = Nearest(groups, min(MOST, len(groups)))
    few, many = 1, min(MOST, len(groups))
    while many - few > 1:
        keep = (few + many) // 2
        fits = _written(graph, nearest.keep(keep), look, page, WAYS[-1]).fit >= 1
        few, many = (keep, many) if fits else (few, keep)
    kept = [_written(graph, nearest.keep(few), look, page, way) for way in WAYS[1:]]
    return next((writer for writer in kept if writer.fit >= 1), kept[-1]).drawing()


def _written(
    graph: Graph, groups: list[Group], look: Look, page: tuple[float, float] | None, way: _Way
) -> _MatrixWriter:
    picture = Picture(graph, groups, ModuleNames())
    for box in picture.boxes:
        box.times = 1  # all of its values are shown
    writer = _MatrixWriter(picture, look)
    writer.page, writer.detail = page, way.detail
    writer.results = {graph.nodes[part.top] for group in groups for part in group.parts}
    return writer


# --- What belongs together ---------------------------------------------------------------------------------


def _arrays(graph: Graph, merged: bool) -> list[Group]:
    """Group the values of a graph into matrices, operands first. merged: as in a _Way."""
    listing = Listing(graph, graph.nodes)
    parts = parts_of(listing, listing.depth, None, sums=merged, dots=merged)
    path = Paths()
    depth: dict[Part, int] = {}
    together: dict[Any, list[Part]] = {}
    for part in parts:
        depth[part] = max((1 + depth[tail] for tail, _, _ in part.operands if tail is not None), default=0)
        node = graph.nodes[part.top]
        base, index = indexed(graph.name(node))
        scope = path(part.scope) if merged else id(node.scope)
        named = base if index else (scope, node.op) if node.operands else "" if merged else part
        together.setdefault((depth[part] if node.operands else -1, named, part.what, node.op), []).append(part)
    groups = [Group(listing, members[0].what, members) for members in together.values()]
    # A value depends only on shallower ones, so groups by depth never depend on each other in a cycle.
    return sorted(groups, key=lambda group: (depth[group.first], group.first.at))


def _table(rows: list[str]) -> Markup:
    return Markup(f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>')


class _MatrixWriter(DotWriter):
    """A writer that shows a box of several values as heat maps: the data, and the gradient if it has arrived."""

    results: set[Any]  # the values that are cells, not those that are added up in one

    def rows(self, box: Box) -> Any:
        cells = sum(node in self.results for node in box.nodes)
        return super().rows(box) if cells == 1 or box.kind in FOLDED else self.leaves(box)

    def leaves(self, box: Box) -> Any:
        return _table(maps_of(self, [node for node in box.nodes if node in self.results]))

    def grids(self, box: Box) -> list[Grid]:
        nodes = [] if box.kind in FOLDED else [node for node in box.nodes if node in self.results]
        return [grid_of(self.graph, some) for some in matrices(self.graph, nodes).values()]

    def constants(self, box: Box) -> Any:
        if len(box.numbers) <= NUMBERED:
            return super().constants(box)
        heat = map_of(self, wrapped(box.numbers))
        title = f'<TR><TD ALIGN="LEFT">{self.text(told(f"{len(box.numbers)} constants"), faint=True)}</TD></TR>'
        return _table([title, f'<TR><TD ALIGN="LEFT">{heat}</TD></TR>'])

    def words(self, arrow: Arrow) -> str:
        return "" if len(arrow.tail.nodes) > 1 or len(arrow.head.nodes) > 1 else super().words(arrow)

    def notes(self) -> list[str]:
        scales = "a cell is orange above 0 and blue below 0, stronger for larger numbers; each map has its own scale"
        most = self.detail.cells
        is_cut = any(len(grid) > most or len(grid[0]) > most for box in self.picture.boxes for grid in self.grids(box))
        cut = [f"of a larger matrix, the first {most} rows and columns"] * is_cut
        return [scales, *cut, *super().notes()]
