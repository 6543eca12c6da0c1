"""Place a picture: columns follow the order of computation, and earlier lines of code are further up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import NamedTuple

from ..picture import Arrow, Box, Cluster, Picture
from .cells import BESIDE, LANE, BoxCell, Cell, FrameCell, Link, Pass, Row, Sizes, Step, cells_of
from .columns import ranked, row_of
from .routes import Route, route_of
from .turning import Turn

__all__ = ["Arrangement", "Placement", "Rect", "Route", "Sizes"]

PAD = 10  # the distance between a frame and its contents
BETWEEN_ROWS = 6  # the space below the lanes of one row
MOST_CROSSING, MOST_AT_WORST = 3, 9  # the maximum number of arrows from row to row; the same if nothing else fits


class Rect(NamedTuple):
    """A rectangle: its top left corner, width and height in points, y downwards."""

    x: float
    y: float
    width: float
    height: float


class Placement:
    """Where a picture's boxes, operations, frames and arrows are, in points from its top left corner."""

    def __init__(self) -> None:
        self.width = self.height = 0.0
        self.boxes: dict[Box, Rect] = {}
        self.operations: dict[Box, Rect] = {}
        self.stems: dict[Box, Route] = {}
        self.frames: dict[Cluster, Rect] = {}
        self.arrows: dict[Arrow, Route] = {}


class Arrangement:
    """A picture whose columns and rows are decided. size: its width and height.

    width: the width of the page; longer rows of columns are broken if possible. direction: "LR" from left to right,
    "TB" downwards, "RL" or "BT"; the width is measured along this direction.
    """

    def __init__(self, picture: Picture, sizes: Sizes, width: float | None = None, direction: str = "LR") -> None:
        self._turn = Turn(direction)
        self._whole, steps = cells_of(picture, self._turn.sizes(sizes))
        _lay(self._whole, steps, width, self._turn)
        size = self._whole.width, self._whole.down
        self.size = size[::-1] if self._turn.upright else size

    @cached_property
    def placement(self) -> Placement:
        """Return where to draw everything."""
        _settle_down(self._whole)
        placement = Placement()
        placement.width, placement.height = self._whole.width, self._whole.down
        _write(self._whole, placement, self._turn)
        return self._turn.turned(placement)


# --- Frames --------------------------------------------------------------------------------------------------


def _lay(frame: FrameCell, steps: dict[FrameCell, list[Step]], limit: float | None, turn: Turn) -> None:
    """Place the contents of a frame, relative to its top left corner."""
    pad = PAD if frame.cluster else 0
    inside = limit and limit - 2 * pad
    for cell in frame.cells:
        if isinstance(cell, FrameCell):
            _lay(cell, steps, inside, turn)
    back = ranked(frame.cells, steps[frame])
    row = row_of(frame.cells, steps[frame], back, frame)
    frame.rows = [row]
    if inside and row.end > inside:
        frame.rows = _broken(frame, row, back, inside)
    for row in frame.rows:
        _lead_back(row, back)
    turns = 1 + max((step.link.into for row in frame.rows for step in row.steps if not step.link.returns), default=0)
    side = pad + (PAD + LANE * turns if len(frame.rows) > 1 else 0)
    above, before, after = turn.room_for(frame)
    y = above + pad
    for row in frame.rows:
        for column in row.columns:
            for cell in column:
                cell.x, cell.left, cell.right = (x + side + before for x in (cell.x, cell.left, cell.right))
                cell.y += y - row.top
        row.start += side + before
        row.end += side + before
        row.bottom += y - row.top
        row.top = y
        y = row.bottom + (row.lanes and LANE * (row.lanes + 1)) + (BETWEEN_ROWS if row is not frame.rows[-1] else pad)
    frame.width = max([turn.length_of(frame) + 2 * pad, *(row.end + side + after for row in frame.rows)])
    frame.down = max(y, turn.depth_of(frame) + 2 * pad)
    _open_ports(frame)


def _take_lane(link: Link, row: Row, passed: int) -> None:
    link.lane = row, row.lanes, passed
    link.out = row.lanes
    row.lanes += 1


def _lead_back(row: Row, back: set[Link]) -> None:
    """Give lanes to links within a row, so that they do not cross: those from and to lower cells are inside."""
    out, into = (defaultdict[int, Iterator[int]](count) for _ in "ab")
    steps = [step for step in row.steps if step.link in back and step.link.lane is None]
    for step in sorted(
        steps, key=lambda step: [cell.y if cell else 0.0 for cell in (step.tail, step.head)], reverse=True
    ):
        link = step.link
        _take_lane(link, row, 0)
        link.returns = link.rises = True
        link.out, link.into = (
            next(lanes[cell.rank]) if cell else 0 for cell, lanes in ((step.tail, out), (step.head, into))
        )


def _lead_on(crossing: Mapping[Link, tuple[int, int]]) -> None:
    """Give links between rows vertical lanes beside the rows: those that lead further are outside."""
    taken: defaultdict[int, set[int]] = defaultdict(set)  # for each lane, the rows beside it, and the gaps below these
    for link, (start, end) in crossing.items():
        link.rises = end < start
        beside = {*(range(2 * end, 2 * start + 2) if link.rises else range(2 * start + 1, 2 * end + 1))}
        link.into = next(lane for lane in count() if not taken[lane] & beside)
        taken[link.into] |= beside


def _open_ports(frame: FrameCell) -> None:
    """Return how far below the frame's top edge each link enters and leaves it."""
    for row in frame.rows:
        for step in row.steps:
            link, passes = step.link, step.link.passes.get(frame, [])
            if step.tail is None and step.head is not None and link.crossing is not frame:
                frame.entries[link] = passes[0].y if passes else step.head.y + step.head.entry(link)
            elif step.head is None and step.tail is not None and link.crossing is not frame:
                frame.exits[link] = passes[-1].y if passes else step.tail.y + step.tail.exit(link)


# --- Rows ----------------------------------------------------------------------------------------------------


def _broken(frame: FrameCell, row: Row, back: set[Link], limit: float) -> list[Row]:
    """Break a row that is too long, like text, into several of similar length, where few arrows cross."""
    last = len(row.columns) - 1
    anywhere, spans = False, _crossing(row, back)
    breaks = _breaks(row, spans, limit, anywhere)
    if _longest(row, breaks) > limit:
        anywhere = True
        breaks = _breaks(row, spans, limit, anywhere)
    if not breaks:
        return [row]
    room = PAD + LANE * max(len(spans[at]) for at in breaks)  # this is for arrows from row to row
    if _longest(row, breaks) + room > limit:
        limit -= room
        breaks = _breaks(row, spans, limit, anywhere)
    shortest, longest = row.end / (len(breaks) + 1), limit
    for _ in range(6):
        middle = (shortest + longest) / 2
        enough = len(_breaks(row, spans, middle, anywhere)) <= len(breaks)
        shortest, longest = (shortest, middle) if enough else (middle, longest)
    breaks = [*_breaks(row, spans, longest, anywhere), last]
    line = {rank: sum(end < rank for end in breaks) for rank in range(last + 1)}
    parts: list[list[Step]] = [[] for _ in breaks]
    crossing: dict[Link, tuple[int, int]] = {}
    for step in row.steps:
        step.link.passes.pop(frame, None)
        at = [line[cell.rank] for cell in (step.tail, step.head) if cell is not None]
        if at[0] == at[-1]:
            parts[at[0]].append(step)
        else:
            parts[at[0]].append(Step(step.link, step.tail, None))
            parts[at[1]].append(Step(step.link, None, step.head))
            crossing[step.link] = at[0], at[1]
    return _rows(frame, parts, line, back.difference(crossing), crossing)


def _rows(
    frame: FrameCell,
    parts: list[list[Step]],
    line: dict[int, int],
    back: set[Link],
    crossing: dict[Link, tuple[int, int]],
) -> list[Row]:
    """Return the rows of a frame. line: the row of each column. crossing: links between rows, with their rows."""
    rows: list[Row] = []
    passed: dict[tuple[Link, int], list[Pass]] = {}
    for i, steps in enumerate(parts):
        cells = [cell for cell in frame.cells if line[cell.rank] == i]
        for cell in cells:
            cell.y = 0.0
        rows.append(row_of(cells, steps, back, frame))
        for link, ends in crossing.items():
            if i in ends:
                passed[link, i] = link.passes.pop(frame, [])
    crossing = dict(sorted(crossing.items(), key=lambda pair: abs(pair[1][1] - pair[1][0])))
    for link, (start, end) in crossing.items():
        link.passes[frame] = passed[link, start] + passed[link, end]
        _take_lane(link, rows[start], len(passed[link, start]))
    _lead_on(crossing)
    return rows


def _longest(row: Row, breaks: Sequence[int]) -> float:
    starts = [0.0, *(_start(row, at + 1) for at in breaks)]
    ends = [*(row.columns[at][0].right for at in breaks), row.end]
    return max(end - start for start, end in zip(starts, ends))


def _start(row: Row, at: int) -> float:
    """Return where a column begins, including the numbers of the arrows that arrive in it."""
    return row.columns[at][0].left - row.columns[at][0].room


class _Span(NamedTuple):
    """Return the columns between which an arrow runs."""

    tail: int
    head: int
    leads_back: bool
    is_leaf: bool  # whether the tail is a leaf of the operation in the next column


def _crossing(row: Row, back: set[Link]) -> list[list[_Span]]:
    """Count, after each column, the arrows that cross a break there."""
    crossing: list[list[_Span]] = [[] for _ in row.columns]
    for step in row.steps:
        if step.tail is not None and step.head is not None:
            is_leaf = isinstance(step.tail, BoxCell) and not step.tail.links and step.head.rank == step.tail.rank + 1
            span = _Span(step.tail.rank, step.head.rank, step.link in back, is_leaf)
            for at in range(min(span[:2]), max(span[:2])):
                crossing[at].append(span)
    return crossing


def _breaks(row: Row, crossing: list[list[_Span]], limit: float, anywhere: bool) -> list[int]:
    """Return the columns after which to break, so that no row exceeds `limit` if possible.

    anywhere: also break loops, and where many arrows cross, or one that crosses another break.
    """
    breaks: list[int] = []
    start, allowed = 0.0, -1
    for i, column in enumerate(row.columns):
        if column[0].right - start > limit and allowed >= 0:
            breaks.append(allowed)
            start, allowed = _start(row, allowed + 1), -1
        if len(crossing[i]) <= (MOST_AT_WORST if anywhere else MOST_CROSSING) and not any(
            (span.is_leaf and not span.leads_back)
            or (not anywhere and (span.leads_back or (breaks and span.tail <= breaks[-1])))
            for span in crossing[i]
        ):
            allowed = i
    return [at for at in breaks if at < len(row.columns) - 1]


# --- The whole -----------------------------------------------------------------------------------------------


def _settle_down(frame: FrameCell) -> None:
    """Turn positions relative to a frame's corner into positions in the picture."""
    for row in frame.rows:
        row.top, row.bottom = row.top + frame.y, row.bottom + frame.y
        row.start, row.end = row.start + frame.x, row.end + frame.x
        for column in row.columns:
            for cell in column:
                cell.x, cell.left, cell.right = cell.x + frame.x, cell.left + frame.x, cell.right + frame.x
                cell.y += frame.y
                if isinstance(cell, FrameCell):
                    _settle_down(cell)


def _write(whole: FrameCell, placement: Placement, turn: Turn) -> None:
    cells: list[Cell] = [whole]
    for cell in cells:
        if isinstance(cell, FrameCell):
            cells += cell.cells
            if cell.cluster:
                placement.frames[cell.cluster] = Rect(cell.x, cell.y, cell.width, cell.down)
            if cell.badge:
                box, size = cell.badge
                placement.boxes[box] = Rect(*turn.beside(cell), *size)
        elif isinstance(cell, BoxCell):
            _write_box(cell, placement)
    for cell in cells:
        if isinstance(cell, BoxCell):
            for link, route in route_of(cell):
                placement.arrows[link.arrow] = route


def _write_box(cell: BoxCell, placement: Placement) -> None:
    width, height = cell.size
    left = cell.x + cell.width - width
    placement.boxes[cell.box] = Rect(left, cell.y - height / 2, width, height)
    if not cell.op[0]:
        return
    across, tall = cell.op
    middle, y = cell.middle, cell.y + tall / 2
    placement.operations[cell.box] = Rect(middle - across / 2, cell.y - tall / 2, across, tall)
    placement.stems[cell.box] = Route.straight((middle + across / 2, cell.y), (left, cell.y))
    if cell.under is not None:
        box, (w, h), arrow, words = cell.under
        beneath = cell.lead > 0 or w <= across
        top = cell.y + cell.top
        placement.boxes[box] = Rect(middle - w / 2 if beneath else cell.x, top, w, h)
        beside = (middle + BESIDE + words[0] / 2, (top + y) / 2) if words[0] else None
        placement.arrows[arrow] = Route.straight((middle, top), (middle, y), beside)
