"""The things to place: boxes with their operations, frames, and the paths of arrows past other columns.

Within a cell, y grows downwards from its axis, the height at which arrows arrive and leave; `up` and `down` say how far
it reaches from there. A frame's axis is its top edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from ...explain.naming import by_name
from ...graph import Graph
from ...modes import PARAMETER
from ..picture import Arrow, Box, Cluster, Picture

__all__ = [
    "BESIDE", "CORNER", "LANE", "BoxCell", "Cell", "FrameCell", "Link", "Pass", "Row", "Sizes", "Step", "cells_of",
]  # fmt: skip

STEM = 12  # the minimum distance from an operation to the box of its result
RISE = 16  # the distance from an operation to what is under it
BESIDE = 5  # the distance from the arrow between these to its number
CLEAR = 4  # the gap between a number and the arrows above and below
LANE = 6  # the distance between lanes of arrows
CORNER = 4  # the distance from a box to the first lane that an arrow from it takes
FAR = 50  # the leaf that orders a box is at most this many operations away

Size = tuple[float, float]


class Sizes(Protocol):
    """The sizes of things, as (width, height) in points."""

    def box(self, box: Box) -> Size: ...
    def operation(self, box: Box) -> Size: ...
    def words(self, arrow: Arrow) -> Size:
        """Return the size of an arrow's text; (0, 0) if it has none."""
        ...

    def title(self, cluster: Cluster) -> Size: ...


class Cell:
    """Something with a position in a column."""

    width = up = down = x = y = 0.0
    left = right = 0.0  # the edges of its column
    room = 0.0  # room before its column, for the numbers of arrows that arrive in it
    rank = 0
    key: tuple[float, ...] = ()  # orders the cells of a column: those that come first in the code are at the top

    def entry(self, link: Link) -> float:
        """Return how far below the axis a link arrives."""
        return 0.0

    def exit(self, link: Link) -> float:
        return 0.0


class Under(NamedTuple):
    """The box under an operation, with the arrow from it."""

    box: Box
    size: Size
    arrow: Arrow
    words: Size


class BoxCell(Cell):
    """A box, after the operation that computes it, with that operation's constant or parameters underneath."""

    def __init__(self, box: Box, sizes: Sizes, key: float) -> None:
        self.box = box
        self.key = (key,)
        self.size = sizes.box(box)
        self.op: Size = sizes.operation(box) if box.symbol else (0.0, 0.0)
        self.under: Under | None = None
        self.lead = self.top = 0.0  # from its edge to the operation; from the axis to the cell below it
        self.links: list[Link] = []  # that arrive
        self.label: Size = (0.0, 0.0)

    def measure(self) -> None:
        """Compute its width, and how far it reaches up and down, from its parts."""
        width, height = zip((0.0, 0.0), *(link.label for link in self.links))
        self.label = max(width), max(height)
        above = self.half + self.label[1] + CLEAR if self.label[0] else 0.0
        self.up = max(self.size[1] / 2, self.op[1] / 2, above)
        self.down = max(self.size[1] / 2, self.op[1] / 2, self.half + CLEAR if self.label[0] else 0.0)
        words = self.under.words[0] if self.under else 0.0
        stem = max(STEM, BESIDE + words + 2 - self.op[0] / 2) if words else STEM
        self.width = (self.op[0] + stem if self.op[0] else 0.0) + self.size[0]
        if self.under is not None:
            width, height = self.under.size
            self.top = self.op[1] / 2 + max(RISE, self.under.words[1] + 8)
            if width > self.op[0] + stem:  # it is too wide to fit beside the box
                self.top = max(self.top, self.size[1] / 2 + 6)
            else:
                self.lead = max(0.0, (width - self.op[0]) / 2)
            self.width = max(self.lead + self.width, width)
            self.down = max(self.down, self.top + height)

    def apart(self, link: Link) -> float:
        """Return the distance between an arriving arrow and the one above it, which leaves room for its number."""
        if self.label[0]:
            return (link.label[1] or CLEAR) + CLEAR
        return min(10.0, 0.75 * self.front[1] / max(1, len(self.links)))

    @property
    def half(self) -> float:
        """Half the distance from the first arriving arrow to the last."""
        distances = [self.apart(link) for link in self.links]
        return (sum(distances) - min(distances, default=0.0)) / 2

    @property
    def gather(self) -> float:
        """The distance from the numbers to the ends of the arrows, in which the arrows come together."""
        steep = self.half > 0.36 * self.front[1]
        return 16.0 if steep else 8.0 if self.label[0] else 4.0

    @property
    def front(self) -> Size:
        """The size of what arrows arrive at: the operation if there is one, otherwise the box."""
        return self.op if self.op[0] else self.size

    @property
    def middle(self) -> float:
        """The x coordinate of the operation's centre."""
        return self.x + self.lead + self.op[0] / 2


class Pass(Cell):
    """The path of an arrow past a column."""

    up = down = 4.0

    def __init__(self, link: Link) -> None:
        self.link = link


class FrameCell(Cell):
    """A frame around cells, in one row of columns or in several; without a cluster, the whole picture."""

    def __init__(self, cluster: Cluster | None, sizes: Sizes) -> None:
        self.cluster = cluster
        self.title: Size = sizes.title(cluster) if cluster else (0.0, 0.0)
        self.badge: tuple[Box, Size] | None = None  # parameters, shown beside the title
        self.cells: list[Cell] = []
        self.rows: list[Row] = []
        self.entries: dict[Link, float] = {}
        self.exits: dict[Link, float] = {}

    def entry(self, link: Link) -> float:
        return self.entries.get(link, self.down / 2)

    def exit(self, link: Link) -> float:
        return self.exits.get(link, self.down / 2)


class Row:
    """Columns side by side, down from `top` to `bottom`, across from `start` to `end`; lanes for arrows are under them."""

    top = bottom = start = end = 0.0

    def __init__(self, columns: list[list[Cell]], steps: list[Step]) -> None:
        self.columns = columns
        self.steps = steps
        self.lanes = 0  # how many lanes there are for arrows that lead back or to another row


class Link:
    """An arrow between two cells, with the columns that it passes on its way."""

    def __init__(self, arrow: Arrow, tail: BoxCell, head: BoxCell, label: Size) -> None:
        self.arrow = arrow
        self.tail = tail
        self.head = head
        self.label = label
        self.slot = 0.0  # how far below the head's axis the arrow arrives
        self.outward: list[FrameCell] = []  # the frames that it leaves, the innermost first
        self.inward: list[FrameCell] = []  # the frames that it enters, the outermost first
        self.passes: dict[FrameCell | None, list[Pass]] = {}
        self.lane: tuple[Row, int, int] | None = None  # a row, a lane under it, and how many passes come before
        self.out = self.into = 0  # the vertical lanes that it takes from its tail and to its head, from the inside out
        self.returns = self.rises = False  # whether its lane leads back within its row; whether it is under its head
        self.crossing: FrameCell | None = None  # the frame in which tail and head separate


class Step:
    """The part of a link inside a frame, or inside one of its rows: from which cell to which; None is outside."""

    __slots__ = ("head", "link", "tail")

    def __init__(self, link: Link, tail: Cell | None, head: Cell | None) -> None:
        self.link = link
        self.tail = tail
        self.head = head


def cells_of(picture: Picture, sizes: Sizes) -> tuple[FrameCell, dict[FrameCell, list[Step]]]:
    """Return the whole picture as cells within cells, and the steps of its arrows in each frame."""
    whole = FrameCell(None, sizes)
    frames: dict[Any, FrameCell] = {None: whole}
    outer: dict[FrameCell, FrameCell] = {}

    def add(clusters: Iterable[Cluster], around: FrameCell) -> None:
        for cluster in clusters:
            frame = frames[cluster] = FrameCell(cluster, sizes)
            outer[frame] = around
            around.cells.append(frame)
            add(cluster.clusters, frame)

    add(picture.clusters, whole)
    under = _under(picture)
    keys = _keys(picture)
    badges = {box: box.cluster for box in picture.boxes if box.brief > 1 and box.cluster is not None}
    for box, cluster in badges.items():
        frames[cluster].badge = box, sizes.box(box)
    cells = {box: BoxCell(box, sizes, keys[box]) for box in picture.boxes if box not in under and box not in badges}
    steps: dict[FrameCell, list[Step]] = {frame: [] for frame in frames.values()}
    for box, cell in cells.items():
        outer_frame = frames[box.cluster]
        outer_frame.cells.append(cell)
    for arrow in picture.arrows:
        if arrow.tail in badges:
            continue
        if arrow.tail in under:
            cells[arrow.head].under = Under(arrow.tail, sizes.box(arrow.tail), arrow, sizes.words(arrow))
            continue
        link = Link(arrow, cells[arrow.tail], cells[arrow.head], sizes.words(arrow))
        link.head.links.append(link)
        _enter(link, frames[arrow.tail.cluster], frames[arrow.head.cluster], outer, steps)
    for cell in cells.values():
        cell.measure()
    for frame in reversed(list(frames.values())):
        frame.key = min([cell.key for cell in frame.cells], default=(0.0,))
    return whole, steps


def _enter(
    link: Link, tail: FrameCell, head: FrameCell, outer: dict[FrameCell, FrameCell], steps: dict[FrameCell, list[Step]]
) -> None:
    """Tell every frame on a link's path about its step."""
    around_tail, around_head = _chain(tail, outer), _chain(head, outer)
    while len(around_tail) > 1 and len(around_head) > 1 and around_tail[-2] is around_head[-2]:
        around_tail.pop()
        around_head.pop()
    crossing, from_cell, to_cell = around_tail[-1], link.tail, link.head
    link.outward, link.inward, link.crossing = around_tail[:-1], around_head[:-1][::-1], crossing
    cell: Cell = from_cell
    for frame in link.outward:
        steps[frame].append(Step(link, cell, None))
        cell = frame
    target: Cell = to_cell
    for frame in link.inward[::-1]:
        steps[frame].append(Step(link, None, target))
        target = frame
    steps[crossing].append(Step(link, cell, target))


def _chain(frame: FrameCell, outer: dict[FrameCell, FrameCell]) -> list[FrameCell]:
    """Return a frame and the frames around it."""
    chain = [frame]
    while chain[-1] in outer:
        chain.append(outer[chain[-1]])
    return chain


def _under(picture: Picture) -> set[Box]:
    """Return the boxes under an operation: its only constant, or its parameters in a few words."""
    uses: dict[Box, list[Arrow]] = {}
    for arrow in picture.arrows:
        uses.setdefault(arrow.tail, []).append(arrow)
    under: set[Box] = set()
    taken: set[Box] = set()
    for box in picture.boxes:
        arrows = uses.get(box, ())
        is_small = (box.kind == "constant" and len(box.numbers) == 1) or box.brief == 1
        if is_small and len(arrows) == 1 and arrows[0].head.symbol and arrows[0].head not in taken:
            under.add(box)
            taken.add(arrows[0].head)
    return under


def _keys(picture: Picture) -> dict[Box, float]:
    """Return the order of boxes: that of the graph, but names that differ only in numbers are sorted by them.

    A value without a name goes by the name of the leaf that it is computed from, such as its first weight, if no other
    value that the same operation computed has the same.
    """
    index = picture.graph.index
    keys: dict[Box, float] = {box: min((index[node] for node in box.nodes), default=-1) for box in picture.boxes}
    for arrow in picture.arrows:
        if not arrow.tail.nodes and keys[arrow.tail] < 0:
            keys[arrow.tail] = keys[arrow.head] - 0.5
    for name in (_leaf_name, _own_name):
        alike: dict[Any, list[tuple[str, Box]]] = {}
        for box in sorted(picture.boxes, key=keys.__getitem__):
            if text := name(box, picture.graph):
                kind = re.sub("[0-9]+", "#", text), box.kind, box.cluster, box.symbol if name is _leaf_name else ""
                alike.setdefault(kind, []).append((text, box))
        for pairs in alike.values():
            if name is _own_name or len(dict(pairs)) == len(pairs):
                places = sorted(keys[box] for _, box in pairs)
                keys.update(zip((box for _, box in by_name(pairs, itemgetter(0))), places))
    return keys


def _own_name(box: Box, graph: Graph) -> str:
    return "" if box.node is not None and not graph.is_named(box.node) else box.name


def _leaf_name(box: Box, graph: Graph) -> str:
    """Return the name of the first parameter that a value is computed from, or of the only other leaf."""
    node: Any = next(iter(box.nodes), None)
    for _ in range(FAR):
        if node is None or not node.operands:
            break
        operands = [operand for operand in node.operands if not isinstance(operand, float)]
        leaves = [operand for operand in operands if not operand.operands]
        weights = [leaf for leaf in leaves if leaf.scope is PARAMETER][:1]
        node = next((found[0] for found in (weights, leaves, operands) if len(found) == 1), None)
    if node is None or node.operands:  # there is none, or it is too far away
        return ""
    return graph.name(node) if node.scope is PARAMETER or graph.is_named(node) else ""
