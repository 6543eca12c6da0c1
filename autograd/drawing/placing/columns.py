"""Put cells in columns: find the column of each cell, its position in the column, and all widths."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from .cells import CORNER, LANE, BoxCell, Cell, FrameCell, Link, Pass, Row, Step

__all__ = ["gaps", "ranked", "row_of", "set_columns"]

BETWEEN = 12  # the distance between two stacked cells
BESIDE = 7  # the distance between a cell and an arrow that passes it
CURVE = 16  # the minimum distance for an arrow to change its height
ROUNDS = 8  # of settling


# --- Which column --------------------------------------------------------------------------------------------


def ranked(cells: Sequence[Cell], steps: Sequence[Step]) -> set[Link]:
    """Number the column of each cell, and return the links that lead back, as in a loop."""
    back = _leading_back(cells, steps)
    inner = [s for s in steps if s.tail is not None and s.head is not None and s.link not in back]
    tails: dict[Cell, list[Cell]] = {cell: [] for cell in cells}
    heads: dict[Cell, list[Cell]] = {cell: [] for cell in cells}
    for step in inner:
        assert step.tail is not None and step.head is not None
        tails[step.head].append(step.tail)
        heads[step.tail].append(step.head)
    order = _sorted(cells, tails)
    for cell in order:
        cell.rank = max((tail.rank + 1 for tail in tails[cell]), default=0)
    arriving = {step.head for step in steps if step.tail is None}
    last = max((cell.rank for cell in cells), default=0)
    for cell in reversed(order):  # a cell with few incoming arrows moves to where it is used
        if heads[cell] and len(set(heads[cell])) > len(set(tails[cell])) + (cell in arriving):
            cell.rank = min(head.rank for head in heads[cell]) - 1
        assert cell.rank <= last
    return back


def _leading_back(cells: Sequence[Cell], steps: Sequence[Step]) -> set[Link]:
    back = {step.link for step in steps if step.tail is step.head or step.link.arrow.back}
    heads: dict[Cell, list[Step]] = {cell: [] for cell in cells}
    waiting = dict.fromkeys(cells, 0)
    for step in steps:
        if step.tail is not None and step.head is not None and step.link not in back:
            heads[step.tail].append(step)
            waiting[step.head] += 1
    left = sorted(cells, key=lambda cell: cell.key)
    while left:
        ready = [cell for cell in left if not waiting[cell]]
        if not ready:  # there is a loop: begin it where the code does
            ready = left[:1]
            back.update(step.link for cell in left for step in heads[cell] if step.head is ready[0])
            waiting[ready[0]] = 0
        for cell in ready:
            for step in heads[cell]:
                if step.link not in back and step.head is not None:
                    waiting[step.head] -= 1
        done = set(ready)
        left = [cell for cell in left if cell not in done]
    return back


def _sorted(cells: Sequence[Cell], tails: dict[Cell, list[Cell]]) -> list[Cell]:
    from ..folding.parts import topologically_sorted

    return topologically_sorted(sorted(cells, key=lambda cell: cell.key), tails.__getitem__)


# --- A row of columns ----------------------------------------------------------------------------------------


def row_of(cells: Sequence[Cell], steps: list[Step], back: set[Link], frame: FrameCell) -> Row:
    """Return the row: cells in their columns from top to bottom, with the arrows that pass between them."""
    first = min((cell.rank for cell in cells), default=0)
    count = max((cell.rank for cell in cells), default=0) - first + 1
    columns: list[list[Cell]] = [[] for _ in range(count)]
    for cell in sorted(cells, key=lambda cell: cell.key):
        columns[cell.rank - first].append(cell)
    row = Row(columns, steps)
    ways = [_Way(step, first, count, step.link in back) for step in steps]
    ways = [piece for way in ways for piece in way.pieces()]
    _settle(columns, [(way.tail, way.head, way.link) for way in ways if way.tail and way.head])
    for way in ways:
        way.insert(columns, frame)
    pairs = [pair for way in ways for pair in way.pairs()]
    _settle(columns, pairs)
    row.top = min((cell.y - cell.up for column in columns for cell in column), default=0.0)
    row.bottom = max((cell.y + cell.down for column in columns for cell in column), default=0.0)
    set_columns(row, [step for step in steps if step.link in back and step.tail is not None and step.head is not None])
    return row


class _Way:
    """Add a step within a row, from column to column; a step back leaves the row at its end and enters it again."""

    def __init__(self, step: Step, first: int, count: int, back: bool) -> None:
        self.link, self.tail, self.head = step.link, step.tail, step.head
        self.first, self.count, self.back = first, count, back
        self.passes: list[Pass] = []

    def pieces(self) -> list[_Way]:
        return [] if self.back else [self]

    def insert(self, columns: list[list[Cell]], frame: FrameCell) -> None:
        """Make room in the columns that the step passes through, where a straight line would cross them."""
        start = self.tail.rank - self.first + 1 if self.tail else 0
        end = self.head.rank - self.first if self.head else self.count
        here, there = self.heights()
        for at in range(start, end):
            share = (at + 1 - start) / (end - start + 1)
            passing = Pass(self.link)
            passing.y = here + share * (there - here)
            column = columns[at]
            place = sum(_middle(cell) <= passing.y for cell in column)
            column.insert(place, passing)
            self.passes.append(passing)
        self.link.passes.setdefault(frame, []).extend(self.passes)

    def heights(self) -> tuple[float, float]:
        """Return the heights at which the step begins and ends; from outside, it comes in level."""
        here = self.tail.y + self.tail.exit(self.link) if self.tail else None
        there = self.head.y + self.head.entry(self.link) if self.head else here or 0.0
        return there if here is None else here, there

    def pairs(self) -> list[tuple[Cell, Cell, Link]]:
        stops = [self.tail, *self.passes, self.head]
        return [(a, b, self.link) for a, b in zip(stops, stops[1:]) if a is not None and b is not None]


def _middle(cell: Cell) -> float:
    return cell.y + (cell.down - cell.up) / 2 if isinstance(cell, FrameCell) else cell.y


# --- How high ------------------------------------------------------------------------------------------------


def _settle(columns: list[list[Cell]], pairs: list[tuple[Cell, Cell, Link]]) -> None:
    """Move cells to the height of those that they are linked to, as near as their neighbours allow."""
    before: dict[Cell, list[tuple[Cell, float, float]]] = {cell: [] for column in columns for cell in column}
    after: dict[Cell, list[tuple[Cell, float, float]]] = {cell: [] for cell in before}
    for tail, head, link in pairs:
        weight = 1.0 + 3 * isinstance(tail, Pass) + 3 * isinstance(head, Pass)
        offset = tail.exit(link) - head.entry(link)
        before[head].append((tail, offset, weight))
        after[tail].append((head, -offset, weight))
    for column in columns:
        _stack(column, [cell.y for cell in column], [1.0] * len(column))
    for number in range(ROUNDS):
        both = number >= ROUNDS - 2
        for column in columns if number % 2 == 0 else columns[::-1]:
            wanted: list[float] = []
            weights: list[float] = []
            for cell in column:
                near = before[cell] + after[cell] if both else before[cell] if number % 2 == 0 else after[cell]
                weight = sum(w for _, _, w in near)
                wanted.append(sum((other.y + o) * w for other, o, w in near) / weight if near else cell.y)
                weights.append(weight if near else 0.01)
            _stack(column, wanted, weights)
    for column in columns:  # a cell with one link on each side follows the one before, so that chains are straight
        wanted = [cell.y for cell in column]
        for i, cell in enumerate(column):
            if len(before[cell]) == 1 and len(after[before[cell][0][0]]) == 1:
                wanted[i] = before[cell][0][0].y + before[cell][0][1]
        _stack(column, wanted, [10.0 if y != cell.y else 1.0 for y, cell in zip(wanted, column)])
        for i, cell in enumerate(column):  # and so does an arrow past the column, as far as there is room
            if isinstance(cell, Pass) and before[cell]:
                above, below = column[i - 1] if i else None, column[i + 1] if i + 1 < len(column) else None
                least = above.y + _apart(above, cell) if above else -math.inf
                most = below.y - _apart(cell, below) if below else math.inf
                cell.y = max(least, min(most, before[cell][0][0].y + before[cell][0][1]))


def _stack(column: list[Cell], wanted: list[float], weights: list[float]) -> None:
    """Set the heights of a column's cells as near as possible to those wanted, in order and without overlaps.

    This is isotonic regression of the wanted heights minus the room needed above: neighbours that would be out of order
    are pooled at their mean.
    """
    room: list[float] = []
    for i, cell in enumerate(column):
        room.append(room[-1] + _apart(column[i - 1], cell) if i else 0.0)
    pools: list[tuple[float, float, int]] = []  # the mean, the weight and the number of cells
    for y, weight, offset in zip(wanted, weights, room):
        pools.append((y - offset, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (b, wb, nb), (a, wa, na) = pools.pop(), pools.pop()
            pools.append(((a * wa + b * wb) / (wa + wb), wa + wb, na + nb))
    means = [mean for mean, _, count in pools for _ in range(count)]
    for cell, mean, offset in zip(column, means, room):
        cell.y = mean + offset


def _apart(upper: Cell, lower: Cell) -> float:
    gap = BETWEEN if not isinstance(upper, Pass) and not isinstance(lower, Pass) else BESIDE
    return upper.down + lower.up + (0.0 if isinstance(upper, Pass) and isinstance(lower, Pass) else gap)


# --- How wide ------------------------------------------------------------------------------------------------


def _room(column: list[Cell]) -> float:
    """Return the room before a column, for the numbers of the arriving arrows, and for arrows to come together."""
    heads = [cell for cell in column if isinstance(cell, BoxCell) and cell.links]
    return max((cell.label[0] + cell.gather for cell in heads), default=0.0)


def gaps(columns: list[list[Cell]], pairs: Sequence[tuple[float, float, int]]) -> list[float]:
    """Return the room between columns, for the numbers of the next column, and for arrows to change height."""
    climbs = [0.0] * len(columns)
    counts = [0] * len(columns)
    for here, there, at in pairs:
        climbs[at] = max(climbs[at], abs(there - here))
        counts[at] += abs(there - here) > 2
    rooms = [_room(column) for column in columns[1:]]
    return [CURVE + min(24, 0.1 * climb + 0.4 * n) + room for climb, n, room in zip(climbs, counts, rooms)]


def set_columns(row: Row, back: Sequence[Step] = ()) -> None:
    """Put columns side by side from x = 0, where the room before the first column begins.

    back: steps that leave the row downwards, and enter it again from there: they take vertical lanes between columns.
    """
    columns = row.columns
    place = {cell: i for i, column in enumerate(columns) for cell in column}
    climbs: list[tuple[float, float, int]] = []
    for step in row.steps:
        stops: list[Cell] = [cell for cell in (step.tail, step.head) if cell is not None and cell in place]
        if len(stops) == 2 and place[stops[1]] == place[stops[0]] + 1:
            a, b = stops
            climbs.append((a.y + a.exit(step.link), b.y + b.entry(step.link), place[a]))
    into = _lanes(place[step.head] for step in back if step.head is not None)
    out = _lanes(place[step.tail] for step in back if step.tail is not None)
    x = _room(columns[0]) + into[0]
    between = [gap + out[i] + into[i + 1] for i, gap in enumerate(gaps(columns, climbs))]
    for i, column in enumerate(columns):
        width = max((cell.width for cell in column), default=0.0)
        room = _room(column)
        for cell in column:
            cell.x, cell.left, cell.right, cell.room = x, x, x + width, room
        x += width + (between[i] if i < len(between) else out[i])
    row.end = x


def _lanes(places: Iterable[int]) -> defaultdict[int, float]:
    """Return the room that vertical lanes take beside each column."""
    room: defaultdict[int, float] = defaultdict(float)
    for place in places:
        room[place] += LANE + (0 if place in room else CORNER)
    return room
