"""The part of a line or an area inside a rectangle. This way no picture needs a clip path, whose name could clash with
that of another picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

__all__ = ["Box", "inside", "pieces"]

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle, in points from the upper left corner of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        return (
            self.left - margin <= point[0] <= self.right + margin
            and self.top - margin <= point[1] <= self.bottom + margin
        )


def pieces(points: Sequence[Point], box: Box) -> list[list[Point]]:
    """Return the stretches of a line inside a box (Liang and Barsky, 1984); a nan or an inf interrupts the line.

    >>> pieces([(-1.0, 1.0), (3.0, 1.0), (3.0, 5.0)], Box(0.0, 0.0, 4.0, 4.0))
    [[(0.0, 1.0), (3.0, 1.0), (3.0, 4.0)]]
    """
    found: list[list[Point]] = []
    for start, end in zip(points, points[1:]):
        cut = _cut(start, end, box)
        if cut is None:
            continue
        if found and found[-1][-1] == cut[0]:
            found[-1].append(cut[1])
        else:
            found.append([*cut])
    return found


def _cut(start: Point, end: Point, box: Box) -> tuple[Point, Point] | None:
    """Return the part of a segment that is in a box."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    if not all(-1e300 < number < 1e300 for number in (x, y, dx, dy)):
        return None
    first, last = 0.0, 1.0
    for step, room in ((-dx, x - box.left), (dx, box.right - x), (-dy, y - box.top), (dy, box.bottom - y)):
        if step == 0 and room < 0:
            return None
        if step < 0:
            first = max(first, room / step)
        elif step > 0:
            last = min(last, room / step)
    if first > last:
        return None
    return start if first == 0 else (x + first * dx, y + first * dy), end if last == 1 else (
        x + last * dx,
        y + last * dy,
    )


def inside(outline: Sequence[Point], box: Box) -> list[Point]:
    """Return the part of an area that is in a box, as an outline (Sutherland and Hodgman, 1974).

    >>> inside([(-1.0, 1.0), (1.0, 1.0), (1.0, 3.0), (-1.0, 3.0)], Box(0.0, 0.0, 4.0, 2.0))
    [(0.0, 2.0), (0.0, 1.0), (1.0, 1.0), (1.0, 2.0)]
    """
    sides: tuple[Callable[[Point], float], ...] = (
        lambda at: at[0] - box.left, lambda at: box.right - at[0], lambda at: at[1] - box.top, lambda at: box.bottom - at[1],
    )  # fmt: skip
    kept = list(outline)
    for side in sides:
        kept = list(_kept(kept, side))
    return kept


def _kept(outline: Sequence[Point], side: Callable[[Point], float]) -> Iterator[Point]:
    for before, at in zip([*outline[-1:], *outline[:-1]], outline):
        was, now = side(before), side(at)
        if (was < 0) != (now < 0):
            share = was / (was - now)
            yield before[0] + share * (at[0] - before[0]), before[1] + share * (at[1] - before[1])
        if now >= 0:
            yield at
