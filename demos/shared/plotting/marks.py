"""What a plot can hold: lines, markers, areas, cells, text and arrows, each in the coordinates of its axes.

A mark knows the points that the axes have to leave room for. It draws itself as SVG, given the function from axes to
paper (`place`) and the box that it must not leave.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .clipping import Box, inside, pieces
from .svg import PAPER, lines_of, number, path, text_element, width_of

__all__ = ["Area", "Arrow", "Bars", "Cells", "Labels", "Line", "Markers", "Place", "Words", "dashes_of", "marker"]

Point = tuple[float, float]
Place = Callable[[Point], Point]

DASHES = {"--": (3.7, 1.6), "-.": (6.4, 1.6, 1.0, 1.6), ":": (1.0, 1.65)}  # in multiples of the line's width
SHAPES = {  # corners, in halves of a marker's size
    "s": [(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)],
    "D": [(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)],
    "^": [(0.0, -1.1), (1.1, 0.95), (-1.1, 0.95)],
    "*": [(r * math.sin(k * math.pi / 5), -r * math.cos(k * math.pi / 5)) for k in range(10) for r in [(1.1, 0.45)[k % 2]]],
}  # fmt: skip
HEAD, HEAD_WIDTH = 9.0, 3.4  # the length and width of an arrowhead


def dashes_of(style: Any, width: float) -> tuple[float, ...]:
    """The lengths of dashes and gaps for "-", "--", "-.", ":", or matplotlib's (offset, lengths); none for ""."""
    if style in ("-", "", "none"):
        return ()
    lengths = DASHES[style] if isinstance(style, str) else style[1]
    return tuple(length * width for length in lengths)


def marker(shape: str, at: Point, size: float) -> str:
    """Return one marker as a part of a path: "o", "s", "^", "D", "*"."""
    half, (x, y) = size / 2, at
    if shape == "o":
        arc = f"a{number(half)} {number(half)} 0 1 0"
        return f"M{number(x - half)} {number(y)}{arc} {number(size)} 0{arc} {number(-size)} 0Z"
    return path([(x + half * dx, y + half * dy) for dx, dy in SHAPES[shape]], closed=True)


class Stroke(NamedTuple):
    """How a line looks. `color` "none" draws no line."""

    color: str
    width: float = 1.0
    dashes: tuple[float, ...] = ()
    cap: str = "butt"

    def __str__(self) -> str:
        if self.color == "none" or not self.width:
            return 'stroke="none"'
        dashes = f' stroke-dasharray="{" ".join(map(number, self.dashes))}"' if self.dashes else ""
        cap = f' stroke-linecap="{self.cap}"' if self.cap != "butt" else ""
        return f'stroke="{self.color}" stroke-width="{number(self.width)}"{dashes}{cap}'


class Mark:
    """label: its name in a legend. zorder: a mark with a higher one is drawn on top."""

    zorder = 2.0
    label = ""

    def points(self) -> list[Point]:
        """Return the points that the axes leave room for."""
        return []

    def covered(self, place: Place) -> list[Point]:
        """Return what a legend should not cover."""
        return [place(point) for point in self.points()]

    def draw(self, place: Place, box: Box) -> str:
        raise NotImplementedError

    def handle(self, box: Box) -> str:
        """Return the symbol beside its label in the legend."""
        return ""


class Line(Mark):
    """A line through points, and a marker on each if `shape` says which."""

    def __init__(
        self, xs: Sequence[float], ys: Sequence[float], stroke: Stroke | None, shape: str, size: float, color: str, alpha: float
    ) -> None:  # fmt: skip
        self.xy = list(zip(map(float, xs), map(float, ys)))
        self.stroke, self.shape, self.size, self.color, self.alpha = stroke, shape, size, color, alpha

    def points(self) -> list[Point]:
        return self.xy

    def covered(self, place: Place) -> list[Point]:
        placed = [place(point) for point in self.xy]
        between = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(placed, placed[1:])] if self.stroke else []
        return [*placed, *between]

    def draw(self, place: Place, box: Box) -> str:
        placed, parts = [place(point) for point in self.xy], []
        if self.stroke:
            d = "".join(path(piece) for piece in pieces(placed, box))
            parts.append(
                f'<path d="{d}" fill="none" stroke-linejoin="round" {self.stroke}{_faint(self.alpha)}/>' if d else ""
            )
        if self.shape:
            d = "".join(marker(self.shape, at, self.size) for at in placed if box.holds(at, 0.5))
            parts.append(f'<path d="{d}" fill="{self.color}"{_faint(self.alpha)}/>')
        return "".join(parts)

    def handle(self, box: Box) -> str:
        (x0, y), x1 = (box.left, (box.top + box.bottom) / 2), box.right
        line = f'<path d="{path([(x0, y), (x1, y)])}" {self.stroke}/>' if self.stroke else ""
        dot = marker(self.shape, ((x0 + x1) / 2, y), self.size) if self.shape else ""
        return line + (f'<path d="{dot}" fill="{self.color}"/>' if dot else "")


class Markers(Mark):
    """Points, each with a marker. size: of a marker, in points."""

    zorder = 1.0

    def __init__(self, xy: list[Point], shape: str, size: float, color: str, edge: Stroke) -> None:
        self.xy, self.shape, self.size, self.color, self.edge = xy, shape, size, color, edge

    def points(self) -> list[Point]:
        return self.xy

    def _drawn(self, placed: Sequence[Point]) -> str:
        d = "".join(marker(self.shape, at, self.size) for at in placed)
        return f'<path d="{d}" fill="{self.color}" {self.edge}/>'

    def draw(self, place: Place, box: Box) -> str:
        return self._drawn([at for at in map(place, self.xy) if box.holds(at, 0.5)])

    def handle(self, box: Box) -> str:
        return self._drawn([((box.left + box.right) / 2, (box.top + box.bottom) / 2)])


class Area(Mark):
    """An area between outlines, even-odd: an outline inside another one cuts a hole."""

    zorder = 1.0

    def __init__(self, outlines: Sequence[Sequence[Point]], color: str, alpha: float = 1.0) -> None:
        self.outlines, self.color, self.alpha = outlines, color, alpha

    def points(self) -> list[Point]:
        return [point for outline in self.outlines for point in outline]

    def covered(self, place: Place) -> list[Point]:
        return []

    def draw(self, place: Place, box: Box) -> str:
        clipped = (inside([place(point) for point in outline], box) for outline in self.outlines)
        d = "".join(path(outline, closed=True) for outline in clipped if outline)
        return f'<path d="{d}" fill="{self.color}" fill-rule="evenodd"{_faint(self.alpha)}/>' if d else ""


class Bars(Mark):
    """Bars from 0 up. hatch: "" or lines across ("//") or dots ("..")."""

    zorder = 1.0

    def __init__(
        self, places: Sequence[float], heights: Sequence[float], width: float, color: str, edge: str, hatch: str
    ) -> None:
        self.places, self.heights, self.width, self.color, self.edge, self.hatch = (
            places,
            heights,
            width,
            color,
            edge,
            hatch,
        )

    def points(self) -> list[Point]:
        edges = (
            (x + side * self.width / 2, height) for x, height in zip(self.places, self.heights) for side in (-1, 1)
        )
        return [point for x, height in edges for point in ((x, 0.0), (x, height))]

    def draw(self, place: Place, box: Box) -> str:
        return "".join(self._bar(place, box, x, height) for x, height in zip(self.places, self.heights))

    def _bar(self, place: Place, box: Box, x: float, height: float) -> str:
        (left, top), (right, bottom) = place((x - self.width / 2, height)), place((x + self.width / 2, 0.0))
        top, bottom = sorted((top, bottom))
        shown = Box(max(left, box.left), max(top, box.top), min(right, box.right), min(bottom, box.bottom))
        return self._filled(shown) if shown.left < shown.right and shown.top < shown.bottom else ""

    def _filled(self, bar: Box) -> str:
        corners = [(bar.left, bar.top), (bar.right, bar.top), (bar.right, bar.bottom), (bar.left, bar.bottom)]
        return f'<path d="{path(corners, closed=True)}" fill="{self.color}"/>{self._hatched(bar)}'

    def _hatched(self, bar: Box, gap: float = 7.0) -> str:
        across, down = bar.right - bar.left, bar.bottom - bar.top
        if not self.hatch:
            return ""
        if "." in self.hatch:
            dots = [(bar.left + x, bar.bottom - y) for x, y in _grid(across, down, gap)]
            return f'<path d="{"".join(marker("o", dot, 2.2) for dot in dots)}" fill="{self.edge}"/>'
        starts = [(bar.left - down + k * gap, bar.bottom) for k in range(1, math.ceil((across + down) / gap))]
        lines = [piece for x, y in starts for piece in pieces([(x, y), (x + down, y - down)], bar)]
        return f'<path d="{"".join(map(path, lines))}" fill="none" {Stroke(self.edge, 1.2)}/>'

    def handle(self, box: Box) -> str:
        return self._filled(Box(box.left, box.top + 1, box.right, box.bottom - 1))


def _grid(across: float, down: float, gap: float) -> list[Point]:
    """Return dots in rows, with every second row shifted by half a gap."""
    rows = range(1, math.ceil(down / gap * 2))
    return [
        (x, row * gap / 2)
        for row in rows
        for k in range(1 + int(across / gap))
        if 1.5 < (x := (k + row % 2 / 2 + 0.25) * gap) < across - 1.5 and row * gap / 2 < down - 1.5
    ]


class Cells(Mark):
    """A matrix as coloured cells, the first row at the top; cell (i, j) has its centre at x = j, y = i."""

    zorder = 0.0

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.rows = rows

    def points(self) -> list[Point]:
        return [(-0.5, -0.5), (len(self.rows[0]) - 0.5, len(self.rows) - 0.5)]

    def covered(self, place: Place) -> list[Point]:
        return []

    def draw(self, place: Place, box: Box) -> str:
        of_color: dict[str, list[str]] = {}
        for i, row in enumerate(self.rows):
            for j, color in enumerate(row):
                (x0, y0), (x1, y1) = place((j - 0.5, i - 0.5)), place((j + 0.5, i + 0.5))
                corners = inside([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], box)
                of_color.setdefault(color, []).append(path(corners, closed=True) if corners else "")
        parts = (f'<path style="fill:{color}" d="{"".join(cells)}"/>' for color, cells in of_color.items())
        return f'<g shape-rendering="crispEdges">{"".join(parts)}</g>'


class Words(Mark):
    """Text at a point, moved by `offset` points right and up. fixed: its colour does not follow the theme."""

    zorder = 3.0

    def __init__(
        self, at: Point, text: str, size: float, color: str, *, ha: str, va: str, bold: bool, rotation: float = 0.0,
        offset: Point = (0.0, 0.0), frame: dict[str, Any] | None = None, fixed: bool = False,
    ) -> None:  # fmt: skip
        self.at, self.lines, self.size, self.color, self.offset = at, lines_of(text), size, color, offset
        self.ha, self.va, self.bold, self.rotation, self.frame, self.fixed = ha, va, bold, rotation, frame, fixed

    def covered(self, place: Place) -> list[Point]:
        x, y = place(self.at)
        wide = max(width_of(line, self.size, self.bold) for line in self.lines)
        left = x + self.offset[0] - {"left": 0.0, "center": wide / 2, "right": wide}[self.ha]
        return [(left + wide * k / 4, y - self.offset[1] - self.size / 3) for k in range(5)]

    def draw(self, place: Place, box: Box) -> str:
        x, y = place(self.at)
        x, y = x + self.offset[0], y - self.offset[1]
        high = 1.2 * self.size * (len(self.lines) - 1)
        first = y + {
            "baseline": -high, "bottom": -0.22 * self.size - high, "center": 0.36 * self.size - high / 2, "top": 0.78 * self.size,
        }[self.va]  # fmt: skip
        anchor = {"left": "start", "center": "middle", "right": "end"}[self.ha]
        lines = "".join(
            text_element(x, first + 1.2 * self.size * k, line, self.size, self.color, anchor=anchor, bold=self.bold,
                         rotation=self.rotation, fixed=self.fixed)
            for k, line in enumerate(self.lines)
        )  # fmt: skip
        return self._frame(x, first, high) + lines if self.frame is not None and any(self.lines) else lines

    def _frame(self, x: float, first: float, high: float) -> str:
        frame: dict[str, Any] = self.frame or {}
        around = "round" in frame.get("boxstyle", "")
        pad = frame.get("pad", 0.35 * self.size if around else 2.0)
        wide = max(width_of(line, self.size, self.bold) for line in self.lines)
        left = x - {"left": 0.0, "center": wide / 2, "right": wide}[self.ha] - pad
        top, tall = first - 0.78 * self.size - pad, self.size + high + 2 * pad
        edge, rounded = Stroke(frame.get("ec", "none"), 1.0), f' rx="{number(pad)}"' if around else ""
        return (
            f'<rect x="{number(left)}" y="{number(top)}" width="{number(wide + 2 * pad)}" height="{number(tall)}"'
            f'{rounded} fill="{frame.get("fc", PAPER)}" {edge}{_faint(frame.get("alpha", 1.0))}/>'
        )


class Arrow(Mark):
    """An arrow with a filled head, from point to point."""

    zorder = 3.0

    def __init__(self, start: Point, head: Point, color: str, width: float, dashes: tuple[float, ...]) -> None:
        self.start, self.head, self.color, self.width, self.dashes = start, head, color, width, dashes

    def covered(self, place: Place) -> list[Point]:
        (x0, y0), (x1, y1) = place(self.start), place(self.head)
        return [(x0 + (x1 - x0) * k / 8, y0 + (y1 - y0) * k / 8) for k in range(9)]

    def draw(self, place: Place, box: Box) -> str:
        (x0, y0), (x1, y1) = place(self.start), place(self.head)
        length = math.hypot(x1 - x0, y1 - y0)
        if length < 0.01:
            return ""
        right, down = (x1 - x0) / length, (y1 - y0) / length
        long = min(HEAD, 0.7 * length)
        half = HEAD_WIDTH * long / HEAD
        x, y = x1 - long * right, y1 - long * down
        corners = [(x1, y1), (x - half * down, y + half * right), (x + half * down, y - half * right)]
        stroke = Stroke(self.color, min(self.width, 1.2 * half), self.dashes)
        shaft = f'<path d="{path([(x0, y0), (x + 0.3 * right, y + 0.3 * down)])}" {stroke}/>'
        return f'{shaft}<path d="{path(corners, closed=True)}" fill="{self.color}"/>'


class Labels(Mark):
    """The heights of contour lines, written on the lines, far from everything else."""

    zorder = 2.5
    EVERY, APART = 40, 26.0  # places to try on a line; distances from the border and from each other, in points

    def __init__(self, lines: Sequence[tuple[str, Sequence[Point]]], size: float, color: str, axes: Any) -> None:
        self.lines, self.size, self.color, self.axes = lines, size, color, axes

    def draw(self, place: Place, box: Box) -> str:
        taken = [point for mark in self.axes.marks if not isinstance(mark, (Area, Labels)) and mark.zorder != 1.5
                 for point in mark.covered(place)]  # fmt: skip
        parts: list[str] = []
        for text, line in self.lines:
            placed = [place(point) for point in line]
            found = self._best(placed, taken, box)
            if found is not None:
                taken.append(placed[found])
                parts.append(self._written(text, placed, found))
        return "".join(parts)

    def _best(self, placed: Sequence[Point], taken: Sequence[Point], box: Box) -> int | None:
        """Return the place on a line that is farthest from everything else, but not at its ends."""
        tried = range(1, len(placed) - 1, max(1, len(placed) // self.EVERY))
        free = [k for k in tried if box.holds(placed[k], -self.APART)]
        if not free:
            return None

        def room(k: int) -> float:
            nearest = min((math.hypot(placed[k][0] - x, placed[k][1] - y) for x, y in taken), default=0.0)
            return min(nearest, 2 * self.APART) + 1e-3 * (placed[k][0] + placed[k][1])

        return max(free, key=room)

    def _written(self, text: str, placed: Sequence[Point], k: int) -> str:
        (x0, y0), (x1, y1) = placed[max(k - 2, 0)], placed[min(k + 2, len(placed) - 1)]
        if x1 < x0:
            x0, y0, x1, y1 = x1, y1, x0, y0
        angle = math.degrees(math.atan2(y0 - y1, x1 - x0))
        (x, y), wide = placed[k], width_of(text, self.size)
        turned = f'transform="rotate({number(-angle)} {number(x)} {number(y)})"'
        back = (
            f'<rect x="{number(x - wide / 2 - 2)}" y="{number(y - self.size / 2)}" width="{number(wide + 4)}" '
            f'height="{number(self.size)}" fill="{PAPER}" {turned}/>'
        )
        return back + text_element(
            x, y + 0.36 * self.size, text, self.size, self.color, anchor="middle", rotation=angle, pivot=y
        )


def _faint(alpha: float) -> str:
    return f' opacity="{number(alpha)}"' if alpha < 1 else ""
