"""How our figures look, defined once: colours that colour-blind readers can tell apart, even in grey; named axes; the
seed in the title."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from .plotting import Figure

__all__ = ["BLACK", "BLUE", "DIVERGING", "GREEN", "GREY", "MARKS", "NEGATIVE", "ORANGE", "POSITIVE", "PURPLE", "RED", "SEQUENTIAL", "SKY",
           "arrow", "curve", "figure", "heat", "regions", "small_heats", "small_regions"]  # fmt: skip

# Okabe and Ito's palette (2008); each colour also has its own marker and dashes.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#000000", "#8c959f"
MARKS = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (RED, "D", ":"))
SEQUENTIAL, DIVERGING = "Blues", "PuOr_r"  # low to high
POSITIVE, NEGATIVE = "#b35806", "#542788"  # the ends of DIVERGING; negative lines are also dashed


def figure(
    draw: Callable[..., None],
    title: str,
    x: str = "",
    y: str = "",
    each: Mapping[str, Any] | None = None,
    size: tuple[float, float] = (7.0, 4.6),
    columns: int = 4,
) -> Figure:
    """Return a Figure made by ``draw(ax)``; with `each`, small multiples by ``draw(ax, item)``, one per item.

    x, y: names of the axes. size: of one panel, in inches. The methods of `ax` are matplotlib's.
    """
    made = Figure(title, size, len(each) if each else 1, columns, shared=bool(each))
    for panel, (name, item) in zip(made.panels, each.items() if each else [("", None)]):
        panel.set(xlabel=x, ylabel=y, title=name)
        draw(panel, item) if each else draw(panel)
    return made


# --- What several demos draw -------------------------------------------------------------------------------


def curve(ax: Any, ys: Sequence[float], mark: int = 0, label: str = "", **options: Any) -> None:
    """Draw a line over 0, 1, 2 ... in the colour and with the dashes of the mark."""
    color, _, dashes = MARKS[mark]
    ax.plot(range(len(ys)), ys, color=color, linestyle=dashes, label=label, **options)


def regions(
    ax: Any,
    scores: Callable[[float, float], Sequence[float]],
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    names: Sequence[str],
    cells: int = 60,
) -> None:
    """Show which class has the highest of the `scores` at each point of a plane, sampled at cells x cells, and the
    labelled points."""
    xs, ys = (_ticks([point[k] for point in points], cells) for k in (0, 1))
    said = [[scores(x, y) for x in xs] for y in ys]
    for k, name in enumerate(names):
        color, marker, _ = MARKS[k]
        lead = [[each[k] - max(each[:k] + each[k + 1 :]) for each in row] for row in said]
        ax.contourf(xs, ys, lead, levels=[0, math.inf], colors=[_tint(color)])
        ax.contour(xs, ys, lead, levels=[0], colors=BLACK, linewidths=1.2)
        mine = [point for point, label in zip(points, classes) if label == k]
        ax.scatter(*zip(*mine), s=28, color=color, marker=marker, edgecolor="white", linewidth=0.6, label=name)
    ax.legend(loc="best", frameon=True)
    ax.grid(False)


def _ticks(numbers: Sequence[float], cells: int) -> list[float]:
    low, high = min(numbers), max(numbers)
    margin = (high - low) * 0.12
    return [low - margin + (high - low + 2 * margin) * k / (cells - 1) for k in range(cells)]


def _tint(color: str) -> str:
    """Return the colour, mixed with three parts of white."""
    return "#" + "".join(f"{(int(color[i : i + 2], 16) + 3 * 255) // 4:02x}" for i in (1, 3, 5))


def heat(ax: Any, rows: Sequence[Sequence[float]], low: float, high: float, digits: int | None = 2) -> None:
    """Draw a matrix as a heat map, with its numbers written in unless digits=None; the colours diverge if `low` is
    negative."""
    image = ax.imshow(rows, cmap=DIVERGING if low < 0 else SEQUENTIAL, vmin=low, vmax=high)
    for i, row in enumerate(rows if digits is not None else ()):
        for j, number in enumerate(row):
            red, green, blue, _ = image.to_rgba(number)
            dark = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.18  # white is easier to see
            shown = f"{round(number, digits) + 0.0:.{digits}f}"  # + 0.0: no "-0"
            ax.text(j, i, shown, ha="center", va="center", color="white" if dark else BLACK, fixed=True)
    ax.grid(False)


def arrow(
    ax: Any,
    x: float,
    y: float,
    color: str,
    label: str = "",
    start: tuple[float, float] = (0, 0),
    dashes: str = "-",
    side: int = 0,
) -> None:
    """Draw an arrow from `start` by (x, y) with a label beyond the head; side: 1 puts it to the left, -1 to the right.

    The axes need equal scales, since the label follows the arrow's direction in data coordinates.
    """
    head = (start[0] + x, start[1] + y)
    look = {"arrowstyle": "-|>", "color": color, "lw": 2, "linestyle": dashes, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head, start, arrowprops=look, zorder=4)
    length = math.hypot(x, y) or 1.0
    along = 0.4 if side else 1.0
    aside = ((along * x - side * y) / length, (along * y + side * x) / length)
    place = {
        "xytext": (8 * aside[0], 8 * aside[1]),
        "ha": "left" if aside[0] > 0.15 else "right" if aside[0] < -0.15 else "center",
        "va": "bottom" if aside[1] > 0.15 else "top" if aside[1] < -0.15 else "center",
    }
    backing = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.75}
    ax.annotate(label, head, textcoords="offset points", fontweight="bold", bbox=backing, zorder=5, **place)


# --- Small pictures next to a training film: SVG text, quickly drawn, since each frame has one -----------------------


_ASKED, _BETWEEN = (15, 11), 4  # how many places are sampled, and how many pixels apart
_SHAPES = {"o": "M1 5a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "s": "M1.5 1.5h7v7h-7z", "^": "M5 .5l4.5 8.5h-9z"}


def small_regions(
    scores: Callable[[float, float], Sequence[float]],
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    ringed: int,
) -> str:
    """Return what `regions` draws, as a small SVG, with a ring around one of the points.

    The scores are sampled at a few places, and interpolated linearly in between.
    """
    xs, ys = (_ticks([point[k] for point in points], asked) for k, asked in zip((0, 1), _ASKED))
    said = [[scores(x, y) for x in xs] for y in reversed(ys)]
    fields: list[list[list[float]]] = []  # the score of each class at every pixel, by columns
    for k in range(len(said[0][0])):
        rows = [_between([each[k] for each in row]) for row in said]
        fields.append([_between(column) for column in zip(*rows)])
    across, down = len(fields[0]), len(fields[0][0])
    best = [[max(range(len(fields)), key=lambda k: fields[k][i][j]) for i in range(across)] for j in range(down)]
    parts = [f'<rect width="{across}" height="{down}" fill="{_tint(MARKS[0][0])}"/>']
    for k in range(1, len(fields)):
        runs = "".join(f"M{start} {j}h{long}" for j, row in enumerate(best) for start, long in _runs(row, k))
        parts.append(
            f'<path d="{runs}" transform="translate(0 .5)" stroke="{_tint(MARKS[k][0])}" stroke-width="1.05"/>'
        )
    places = [
        (0.5 + (x - xs[0]) / (xs[-1] - xs[0]) * (across - 1), 0.5 + (ys[-1] - y) / (ys[-1] - ys[0]) * (down - 1))
        for x, y in points
    ]
    for k in range(len(fields)):
        color, shape, _ = MARKS[k]
        parts.append(
            f'<marker id="m{k}" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="2" markerHeight="2" '
            f'markerUnits="userSpaceOnUse"><path d="{_SHAPES[shape]}" fill="{color}"/></marker>'
        )
        mine = "L".join(f"{x:.1f} {y:.1f}" for (x, y), label in zip(places, classes) if label == k)
        marks = " ".join(f'marker-{where}="url(#m{k})"' for where in ("start", "mid", "end"))
        parts.append(f'<path d="M{mine}" fill="none" {marks}/>')
    x, y = places[ringed]
    for color, width in (("#fff", 1.3), (BLACK, 0.6)):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="none" stroke="{color}" stroke-width="{width}"/>')
    return _small(across, down, parts)


def small_heats(each: Sequence[Sequence[Sequence[float]]], names: Sequence[str], columns: int = 2) -> str:
    """Draw square matrices of numbers from 0 to 1 as a small SVG, from white to blue; `names` are written above and
    beside each."""
    side, gap = 10, 12
    size = side * len(names) + gap
    parts: list[str] = []
    for place, rows in enumerate(each):
        left, top = gap + place % columns * size, gap + place // columns * size
        for i, name in enumerate(names):
            middle = side * i + side / 2
            parts.append(f'<text x="{left + middle:g}" y="{top - 3}">{escape(name)}</text>')
            parts.append(f'<text x="{left - 6}" y="{top + middle + 2.5:g}">{escape(name)}</text>')
            parts += (
                f'<rect x="{left + side * j}" y="{top + side * i}" width="{side}" height="{side}" fill="{BLUE}" '
                f'fill-opacity="{weight:.2f}" stroke="{GREY}" stroke-width=".4"/>'
                for j, weight in enumerate(rows[i])
            )
    text = '<g font-family="Helvetica, Arial, sans-serif" font-size="8" text-anchor="middle">'
    across, down = min(columns, len(each)), math.ceil(len(each) / columns)
    return _small(size * across + 4, size * down + 4, [text, *parts, "</g>"])


def _small(width: int, height: int, parts: Sequence[str]) -> str:
    paper = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{paper}{"".join(parts)}</svg>'


def _between(numbers: Sequence[float]) -> list[float]:
    """Return the numbers, with linearly interpolated numbers in between."""
    shares = [k / _BETWEEN for k in range(_BETWEEN)]
    return [a + (b - a) * share for a, b in zip(numbers, numbers[1:]) for share in shares] + [numbers[-1]]


def _runs(row: Sequence[int], wanted: int) -> Iterator[tuple[int, int]]:
    """Yield the places where runs of the same number start, and how long the runs are."""
    start = 0
    for number, same in groupby(row):
        long = len(list(same))
        if number == wanted:
            yield start, long
        start += long
