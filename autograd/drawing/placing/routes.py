"""Find the path of each arrow: level past the columns, curved between them, and level again under its number.

Therefore no arrow crosses a box, a number, or the arrow into its neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate

from .cells import CORNER, LANE, BoxCell, Cell, FrameCell, Link, Pass

__all__ = ["Route", "route_of"]

TURN = 5  # the radius of a corner
FAR = 1e9  # further away than any box
ABOVE = 2.5  # the distance from an arrow to its number, whose letters may reach below their line
LEVEL = 0.7  # how far from a circle's middle an arrow may arrive level, as a fraction of the radius

Point = tuple[float, float]


class Route:
    """The path of an arrow. points: 3n + 1 points, for n cubic Bezier curves. label: the middle of its number, if any."""

    __slots__ = ("label", "points")

    def __init__(self, points: Sequence[Point], label: Point | None = None) -> None:
        self.points = [(round(x, 1), round(y, 1)) for x, y in points]
        self.label = label and (round(label[0], 1), round(label[1], 1))

    @classmethod
    def straight(cls, start: Point, end: Point, label: Point | None = None) -> Route:
        return cls([start, *_line(start, end)], label)


def _line(start: Point, end: Point) -> list[Point]:
    return [tuple(a + (b - a) * share for a, b in zip(start, end)) for share in (1 / 3, 2 / 3, 1)]  # type: ignore[misc]


def _curve(start: Point, end: Point) -> list[Point]:
    """Return the curve from one level to another."""
    if abs(start[1] - end[1]) < 1.5:
        return _line(start, end)
    reach = (end[0] - start[0]) / 2
    return [(start[0] + reach, start[1]), (end[0] - reach, end[1]), end]


def route_of(head: BoxCell) -> Iterator[tuple[Link, Route]]:
    """Return the paths of all arrows that arrive at a box, from top to bottom."""
    ways = sorted(((_coming(link), i, link) for i, link in enumerate(head.links)), key=lambda way: way[:2])
    steps = [*accumulate((head.apart(link) for _, _, link in ways[1:]), initial=0.0)]
    for step, (_, _, link) in zip(steps, ways):
        link.slot = step - steps[-1] / 2
    for _, _, link in ways:
        yield link, _Walk(link).route()


def _coming(link: Link) -> float:
    """Return the height from which a link comes."""
    if link.lane is not None and not link.inward and _after_lane(link) == 0:
        return FAR - link.into if link.rises else link.into - FAR
    last = [stop.y for stop in _passes(link)]
    return last[-1] if last else link.tail.y


def _after_lane(link: Link) -> int:
    assert link.lane is not None
    return len(link.passes.get(link.crossing, ())) - link.lane[2]


def _passes(link: Link) -> list[Pass]:
    return [stop for frame in (*link.outward, link.crossing, *link.inward) for stop in link.passes.get(frame, ())]


class _Walk:
    """A pen that records the path of one link as it moves."""

    def __init__(self, link: Link) -> None:
        self.link = link
        tail = link.tail
        self.points: list[Point] = [(tail.x + tail.width, tail.y)]

    def level(self, x: float) -> None:
        """Continue to x at the same height."""
        here = self.points[-1]
        if x > here[0] + 0.01:
            self.points += _line(here, (x, here[1]))

    def climb(self, x: float, y: float) -> None:
        self.points += _curve(self.points[-1], (x, y))

    def near(self, stop: Cell, y: float) -> None:
        """Reach the height at which to pass or enter a cell, before the numbers in its column begin."""
        self.climb(max(stop.left - stop.room, self.points[-1][0]), y)

    def past(self, stop: Pass) -> None:
        self.near(stop, stop.y)
        self.level(stop.right)

    def route(self) -> Route:
        link, head = self.link, self.link.head
        self.level(link.tail.right)
        for frame in link.outward:
            for stop in link.passes.get(frame, ()):
                self.past(stop)
            self.level(frame.right)
        stops = link.passes.get(link.crossing, [])
        at = link.lane[2] if link.lane else len(stops)
        for stop in stops[:at]:
            self.past(stop)
        rest: list[FrameCell | Pass] = [*stops[at:]]
        for frame in link.inward:
            rest += [frame, *link.passes.get(frame, [])]
        y = head.y + link.slot
        heights = [stop.y for stop in rest if isinstance(stop, Pass)] + [y]
        if link.lane:
            first = rest[0] if rest else None
            self.detour(first.left - first.room if first is not None else head.left - head.room, heights[0])
        for stop in rest:
            if isinstance(stop, Pass):
                self.past(stop)
                heights.pop(0)
            else:
                self.near(stop, heights[0])
        self.near(head, y)
        label = None
        width, height = link.label
        if head.label[0]:  # an arrow without a number stays below those of its neighbours
            at = head.left - head.gather
            self.level(at)
            label = (at - width / 2, y - height / 2 - ABOVE) if width else None
        self.arrive(y)
        return Route(self.points, label)

    def arrive(self, y: float) -> None:
        """Draw the last part, up to the frame of the operation or the box."""
        head = self.link.head
        width, height = head.front
        x, middle = (head.middle, head.y) if head.op[0] else (head.x + width / 2, head.y)
        slot = y - middle
        if head.op[0] and width == height:
            radius = width / 2
            if abs(slot) > LEVEL * radius:
                angle = math.radians(45 + 30 * (abs(slot) - LEVEL * radius) / max(1.0, head.half))
                angle = math.copysign(angle, slot)
                end = (x - radius * math.cos(angle), middle + radius * math.sin(angle))
                here = self.points[-1]
                self.points += [
                    ((here[0] + end[0]) / 2, here[1]),
                    (end[0] - 5 * math.cos(angle), end[1] + 5 * math.sin(angle)),
                    end,
                ]
                return
            end = (x - math.sqrt(radius**2 - slot**2), y)
        else:
            half = max(0.0, height / 2 - 5)
            end = (x - width / 2, middle + max(-half, min(half, slot)))
        self.climb(*end)

    def detour(self, x: float, y: float) -> None:
        """Go down to a lane under the row, back along it, and to where the path continues."""
        assert self.link.lane is not None
        row, lane, _ = self.link.lane
        under = row.bottom + LANE * (lane + 1)
        out = (self.points[-1][0] if self.link.returns else row.end) + CORNER + LANE * self.link.out
        into = (x if self.link.returns else row.start) - 2 * CORNER - LANE * self.link.into
        corners = [(out, self.points[-1][1]), (out, under), (into, under), (into, y)]
        self.bend(corners, (x, y))

    def bend(self, corners: Sequence[Point], end: Point) -> None:
        """Follow straight lines with rounded corners."""
        stops = [*corners, end]
        for corner, after in zip(stops, stops[1:]):
            here = self.points[-1]
            before = _toward(corner, here)
            self.points += _line(here, before)
            turned = _toward(corner, after)
            self.points += [corner, corner, turned]
        self.points += _line(self.points[-1], end)


def _toward(start: Point, end: Point) -> Point:
    length = math.dist(start, end)
    share = min(TURN, length / 2) / length if length else 0.0
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
