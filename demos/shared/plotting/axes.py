"""Axes: one panel of a figure, with the methods of matplotlib's Axes that our pages use.

Each method stores what it is given as a mark, and a mark draws itself once the figure knows how large everything is. A
name or an option that is not here raises Python's own error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...languages import told
from .contours import contour_lines, contour_regions
from .marks import Area, Arrow, Bars, Cells, Labels, Line, Mark, Markers, Stroke, Words, dashes_of
from .scales import Linear, Log
from .svg import color_of, mean_color

__all__ = ["COLORMAPS", "CYCLE", "Axes", "Image"]

CYCLE = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9")  # Okabe and Ito (2008)
INK, TICK, FRAME = "#000000", "#444c56", "#8c959f"
FONT, SMALL, LINE = 11.0, 10.0, 2.0  # the font sizes of text and ticks, and the width of lines
COLORMAPS: Mapping[str, tuple[str, ...]] = {  # low to high
    "Blues": ("#f7fbff", "#c9def0", "#79b5d9", "#2e7ebc", "#0b3a78"),
    "Greys": ("#ffffff", "#d0d0d0", "#8a8a8a", "#404040", "#000000"),
    "PuOr_r": ("#43186f", "#7d70ab", "#cfcce2", "#f7f6f5", "#fbd5a0", "#dc8a25", "#98490a"),
}
MARKERS = "os^D*"
ROUND = "o"

Numbers = Sequence[float] | Iterable[float] | float


def _listed(numbers: Numbers) -> list[float]:
    return [float(numbers)] if isinstance(numbers, (int, float)) else [float(number) for number in numbers]


class Image(NamedTuple):
    """What imshow returns: its mapping from numbers to colours."""

    colors: tuple[str, ...]
    vmin: float
    vmax: float

    def color(self, number: float) -> str:
        return mean_color(self.colors, (number - self.vmin) / (self.vmax - self.vmin or 1.0))

    def to_rgba(self, number: float) -> tuple[float, float, float, float]:
        color = self.color(number)
        red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return red, green, blue, 1.0


class Axes:
    """One panel. x, y: its limits, if they were set; otherwise they follow from what is drawn."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.title = self.xlabel = self.ylabel = ""
        self.scale: dict[str, Linear | Log] = {"x": Linear(), "y": Linear()}
        self.limits: dict[str, list[float | None]] = {"x": [None, None], "y": [None, None]}
        self.ticks: dict[str, tuple[list[float], list[str]] | None] = {"x": None, "y": None}
        self.most_ticks = 9
        self.equal = self.upside_down = self.tight = False
        self.framed = self.gridded = True
        self.legend_at: str | None = None
        self.legend_frame = False
        self._drawn = 0

    # --- Lines and points ---

    def plot(
        self, x: Numbers, y: Numbers, fmt: str = "", *, color: str | None = None, linestyle: Any = None,
        linewidth: float = LINE, marker: str | None = None, markersize: float = 6.0, label: str = "", alpha: float = 1.0,
        zorder: float = 2, solid_capstyle: str = "butt",
    ) -> None:  # fmt: skip
        """Draw a line through points. fmt: a marker, a line style, or both, such as "o-"; a marker alone draws no
        line."""
        shape = marker or next((letter for letter in MARKERS if letter in fmt), "")
        style = linestyle if linestyle is not None else fmt.replace(shape, "") if fmt else "-"
        chosen = color_of(color) if color else CYCLE[self._drawn % len(CYCLE)]
        self._drawn += color is None
        stroke = Stroke(chosen, linewidth, dashes_of(style, linewidth), solid_capstyle) if style else None
        self._add(Line(_listed(x), _listed(y), stroke, shape, markersize, chosen, alpha), label, zorder)

    def scatter(
        self, x: Numbers, y: Numbers, s: float = 36.0, *, color: str = CYCLE[0], marker: str = ROUND, edgecolor: str = "none",
        linewidth: float = 1.0, label: str = "", zorder: float = 1,
    ) -> None:  # fmt: skip
        """Draw points. s: the area of one, in square points."""
        xy = list(zip(_listed(x), _listed(y)))
        edge = Stroke(color_of(edgecolor), linewidth)
        self._add(Markers(xy, marker, math.sqrt(s), color_of(color), edge), label, zorder)

    def axhline(
        self, y: float, *, color: str = INK, linestyle: Any = "-", linewidth: float = LINE, label: str = ""
    ) -> None:
        """Draw a line across the whole width or height of the axes."""
        stroke = Stroke(color_of(color), linewidth, dashes_of(linestyle, linewidth))
        self._add(_Across(y, stroke), label, 2)

    # --- Areas ---

    def fill(self, x: Numbers, y: Numbers, *, color: str = CYCLE[0], alpha: float = 1.0) -> None:
        """Fill the area that an outline encloses."""
        self._add(Area([list(zip(_listed(x), _listed(y)))], color_of(color), alpha), "", 1)

    def bar(
        self, x: Sequence[float], height: Sequence[float], width: float = 0.8, *, color: str = CYCLE[0],
        edgecolor: str = "white", hatch: str = "", label: str = "",
    ) -> Bars:  # fmt: skip
        """Draw bars from 0 up, centred at x. hatch: "//" or "..", for readers who cannot see colours."""
        bars = Bars(_listed(x), _listed(height), width, color_of(color), color_of(edgecolor), hatch)
        self._add(bars, label, 1)
        return bars

    def bar_label(self, bars: Bars, *, fontsize: float = FONT) -> None:
        """Write the height of each bar above it."""
        for x, height in zip(bars.places, bars.heights):
            self.annotate(f"{height:g}", (x, height), xytext=(0, 1), textcoords="offset points", ha="center", va="bottom",
                          fontsize=fontsize)  # fmt: skip

    def imshow(
        self,
        rows: Sequence[Sequence[float]],
        *,
        cmap: str = "Blues",
        vmin: float | None = None,
        vmax: float | None = None,
    ) -> Image:
        """Draw a matrix as coloured cells, the first row at the top. vmin, vmax: the numbers at the ends of
        the colours."""
        numbers = [number for row in rows for number in row]
        image = Image(COLORMAPS[cmap], min(numbers) if vmin is None else vmin, max(numbers) if vmax is None else vmax)
        self._add(Cells([[image.color(number) for number in row] for row in rows]), "", 0)
        self.equal = self.upside_down = self.tight = True
        return image

    # --- Heights over a plane ---

    def contour(
        self, x: Sequence[float], y: Sequence[float], z: Sequence[Sequence[float]], *, levels: Sequence[float],
        colors: str = INK, linewidths: float = 1.5,
    ) -> list[tuple[float, list[tuple[float, float]]]]:  # fmt: skip
        """Draw contour lines, along which z is a level; return them with their levels. z: a row for each of y."""
        lines = [(level, line) for level in levels for line in contour_lines(x, y, z, level)]
        stroke = Stroke(color_of(colors), linewidths)
        for _, line in lines:
            self._add(Line(*zip(*line), stroke, "", 0.0, stroke.color, 1.0), "", 1.5)
        self.tight = True
        return lines

    def clabel(
        self, lines: Sequence[tuple[float, Sequence[tuple[float, float]]]], *, fmt: str = "%g", colors: str = INK, fontsize: float = SMALL
    ) -> None:  # fmt: skip
        """Write the level on each of the lines that contour returned."""
        self._add(Labels([(fmt % level, line) for level, line in lines], fontsize, color_of(colors), self), "", 2.5)

    def contourf(
        self, x: Sequence[float], y: Sequence[float], z: Sequence[Sequence[float]], *, levels: Sequence[float], colors: Sequence[str]
    ) -> None:  # fmt: skip
        """Fill the areas where z is between one level and the next, each in its own colour."""
        outlines = [contour_regions(x, y, z, level) if math.isfinite(level) else [] for level in levels]
        for lower, upper, color in zip(outlines, outlines[1:], colors):
            self._add(Area([*lower, *upper], color_of(color)), "", 1)
        self._add(_Room([(x[0], y[0]), (x[-1], y[-1])]), "", 1)
        self.tight = True

    # --- Words ---

    def text(
        self, x: float, y: float, s: str, *, color: str = INK, fontsize: float = FONT, fontweight: str = "normal", ha: str = "left",
        va: str = "baseline", rotation: float = 0.0, bbox: Mapping[str, Any] | None = None, zorder: float = 3, fixed: bool = False,
    ) -> None:  # fmt: skip
        """Write text at a point. bbox: a frame behind them, with fc, ec, pad, alpha, and boxstyle="round" for round
        corners. fixed, which matplotlib does not have: the colour stays the same on a dark page, as on a coloured cell.
        """
        self.annotate(s, (x, y), color=color, fontsize=fontsize, fontweight=fontweight, ha=ha, va=va, rotation=rotation,
                      bbox=bbox, zorder=zorder, fixed=fixed)  # fmt: skip

    def annotate(
        self, text: str, xy: tuple[float, float], xytext: tuple[float, float] | None = None, *, textcoords: str = "data",
        arrowprops: Mapping[str, Any] | None = None, color: str = INK, fontsize: float = FONT, fontweight: str = "normal",
        ha: str = "left", va: str = "baseline", rotation: float = 0.0, bbox: Mapping[str, Any] | None = None, zorder: float = 3,
        fixed: bool = False,
    ) -> None:  # fmt: skip
        """Write text at a point, or at xytext, which is an offset in points with textcoords="offset points". arrowprops
        (color, lw, linestyle) draws an arrow from xytext to xy.
        """
        moved = xytext is not None and textcoords == "offset points"
        at = xy if xytext is None or moved else xytext
        if arrowprops is not None:
            width = arrowprops.get("lw", LINE)
            dashes = dashes_of(arrowprops.get("linestyle", "-"), width)
            self._add(Arrow(at, xy, color_of(arrowprops.get("color", INK)), width, dashes), "", zorder)
        if text:
            frame = bbox and {key: color_of(value) if key in ("fc", "ec") else value for key, value in bbox.items()}
            offset = xytext if moved and xytext else (0.0, 0.0)
            self._add(Words(at, told(text), fontsize, color_of(color), ha=ha, va=va, bold=fontweight == "bold", rotation=rotation,
                            offset=offset, frame=frame, fixed=fixed), "", zorder)  # fmt: skip

    def legend(self, *, loc: str = "best", frameon: bool = False, framealpha: float = 1.0) -> None:
        """Add a legend of everything with a label. loc: "upper left", "center right" ...; "best" covers the least."""
        self.legend_at, self.legend_frame = loc, frameon and framealpha > 0

    # --- The axes themselves ---

    def set(self, **what: Any) -> None:
        """Set several properties at once: set(xlim=(0, 1), title="t") is set_xlim((0, 1)) and set_title("t")."""
        for name, value in what.items():
            getattr(self, f"set_{name}")(value)

    def set_title(self, title: str) -> None:
        self.title = told(title)

    def set_xlabel(self, label: str) -> None:
        self.xlabel = told(label)

    def set_ylabel(self, label: str) -> None:
        self.ylabel = told(label)

    def set_xlim(self, left: Any = None, right: float | None = None) -> None:
        self._set_limits("x", left, right)

    def set_ylim(self, bottom: Any = None, top: float | None = None) -> None:
        self._set_limits("y", bottom, top)

    def _set_limits(self, axis: str, low: Any, high: float | None) -> None:
        low, high = low if isinstance(low, (tuple, list)) else (low, high)
        self.limits[axis] = [new if new is not None else old for new, old in zip((low, high), self.limits[axis])]

    def set_xticks(self, ticks: Iterable[float], labels: Sequence[str] | None = None) -> None:
        self._set_ticks("x", ticks, labels)

    def set_yticks(self, ticks: Iterable[float], labels: Sequence[str] | None = None) -> None:
        self._set_ticks("y", ticks, labels)

    def _set_ticks(self, axis: str, ticks: Iterable[float], labels: Sequence[str] | None) -> None:
        places = [float(tick) for tick in ticks]
        self.ticks[axis] = (
            places,
            list(map(told, labels)) if labels is not None else [f"{place:g}".replace("-", "−") for place in places],
        )

    def set_xscale(self, name: str, *, base: float = 10) -> None:
        self.scale["x"] = Log(base) if name == "log" else Linear()

    def set_yscale(self, name: str, *, base: float = 10) -> None:
        self.scale["y"] = Log(base) if name == "log" else Linear()

    def set_aspect(self, aspect: str) -> None:
        """ "equal": a unit has the same length on both axes; "auto": it need not."""
        self.equal = aspect == "equal"

    def locator_params(self, *, nbins: int) -> None:
        """nbins: the largest number of intervals between ticks."""
        self.most_ticks = nbins + 1

    def grid(self, visible: bool = True) -> None:
        self.gridded = visible

    def axis(self, what: str) -> None:
        """ "off" hides the axes, "on" shows them."""
        self.framed = what != "off"

    # --- For the figure ---

    def _add(self, mark: Mark, label: str, zorder: float) -> None:
        mark.label, mark.zorder = told(label), zorder
        self.marks.append(mark)

    def extent(self, axis: str) -> tuple[float, float]:
        """Return the limits of an axis: those that were set, or those of what is drawn, with some room."""
        scale, (low, high) = self.scale[axis], self.limits[axis]
        if low is not None and high is not None:
            return low, high
        numbers = [point[axis == "y"] for mark in self.marks for point in mark.points()]
        numbers = [number for number in numbers if math.isfinite(scale.along(number))] or [0.0, 1.0]
        lowest, highest = scale.limits(min(numbers), max(numbers), **({"margin": 0.0} if self.tight else {}))
        return lowest if low is None else low, highest if high is None else high


class _Across(Mark):
    """A line across the box."""

    def __init__(self, y: float, stroke: Stroke) -> None:
        self.y, self.stroke = y, stroke

    def draw(self, place: Any, box: Any) -> str:
        _, y = place((0.0, self.y))
        return self._line(y, box) if box.top <= y <= box.bottom else ""

    def handle(self, box: Any) -> str:
        return self._line((box.top + box.bottom) / 2, box)

    def _line(self, y: float, box: Any) -> str:
        return f'<path d="M{box.left:.2f} {y:.2f}H{box.right:.2f}" {self.stroke}/>'


class _Room(Mark):
    """An invisible mark at points that the axes have to leave room for."""

    def __init__(self, xy: list[tuple[float, float]]) -> None:
        self.xy = xy

    def points(self) -> list[tuple[float, float]]:
        return self.xy

    def covered(self, place: Any) -> list[tuple[float, float]]:
        return []

    def draw(self, place: Any, box: Any) -> str:
        return ""
