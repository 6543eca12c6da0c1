"""A Figure: panels of equal size in rows and columns under a title, laid out and written as SVG.

>>> figure = Figure("Squares", (4.0, 3.0))
>>> (panel,) = figure.panels
>>> panel.plot([0, 1, 2, 3], [0, 1, 4, 9], label="x * x")
>>> figure.svg().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd.explain.naming import one_line

from ...languages import tr
from .axes import FONT, FRAME, INK, SMALL, TICK, Axes
from .clipping import Box
from .marks import Stroke
from .svg import FONT as FAMILY
from .svg import LONGEST, PAPER, lines_of, number, path, shown, style_sheet, text_element, width_of

__all__ = ["Figure"]

INCH = 72.0
PAD, GAP = 9.0, 12.0  # the space around the figure, and between panels
HEADING, LABEL, TITLE = 14.0, 12.0, 12.0  # sizes of words
TICK_LENGTH, GRID = 3.5, "#e6e9ec"
SWATCH = 22.0  # the width of a line in a legend
LEAST = 0.4  # the fraction of a panel that its axes always get, however long the labels are
CORNERS = ("upper right", "upper left", "lower left", "lower right", "center right", "center left", "lower center",
           "upper center")  # fmt: skip


class Figure:
    """Panels under a title. size: of one panel with its labels, in inches. shared: all panels have the same limits."""

    def __init__(
        self, title: str, size: tuple[float, float], count: int = 1, columns: int = 1, shared: bool = False
    ) -> None:
        self.title = title
        self.size = size
        self.columns = min(columns, count)
        self.shared = shared
        self.panels = [Axes() for _ in range(count)]

    def svg(self) -> str:
        """Return the figure as SVG: the same numbers always give the same bytes."""
        return _Layout(self).svg()

    def savefig(self, file: Any, format: str = "svg") -> None:
        """Write the SVG into an open binary file, as matplotlib's figures do."""
        if format != "svg":
            raise ValueError(f"want format='svg', the only format of a plot, got {format!r}")
        file.write(self.svg().encode())

    def _repr_svg_(self) -> str:
        return self.svg()


class _Panel:
    """One of the panels, with the numbers that its layout needs."""

    def __init__(
        self, axes: Axes, extents: dict[str, tuple[float, float]], outer: dict[str, bool], room: tuple[float, float]
    ) -> None:
        self.axes, self.outer = axes, outer
        self.low = {axis: axes.scale[axis].along(extents[axis][0]) for axis in "xy"}
        self.high = {axis: axes.scale[axis].along(extents[axis][1]) for axis in "xy"}
        self.ticks = {axis: self._ticks(axis, extents[axis], length) for axis, length in zip("xy", room)}

    def _ticks(self, axis: str, extent: tuple[float, float], length: float) -> list[tuple[float, str]]:
        axes = self.axes
        if not axes.framed:
            return []
        if (given := axes.ticks[axis]) is not None:
            return [(place, word) for place, word in zip(*given) if min(extent) <= place <= max(extent)]
        most = max(2, min(axes.most_ticks, int(length / (30.0 if axis == "y" else 42.0)) + 1))
        for fewer in range(most, 1, -1):
            places, words = axes.scale[axis].ticks(*extent, fewer)
            wide = max((width_of(word, SMALL) for word in words), default=0.0)
            if axis == "y" or len(words) * (wide + 8) <= length:
                break
        return list(zip(places, words))

    def shown(self, axis: str) -> list[tuple[float, str]]:
        """Return the panel's ticks, if it is the panel of its row or column that writes them."""
        return self.ticks[axis] if self.outer[axis] else []

    def label(self, axis: str) -> str:
        return (self.axes.xlabel if axis == "x" else self.axes.ylabel) if self.outer[axis] and self.axes.framed else ""

    def margins(self) -> tuple[float, float, float, float]:
        """Return the room that the panel's labels take: left, top, right, bottom."""
        words = [width_of(word, SMALL) for _, word in self.shown("y")]
        left = (max(words) + TICK_LENGTH + 4 if words else 2.0) + (LABEL * 1.6 if self.label("y") else 0.0)
        bottom = (SMALL * 1.3 + TICK_LENGTH + 3 if self.shown("x") else 2.0) + (
            LABEL * 1.35 if self.label("x") else 0.0
        )
        title = lines_of(self.axes.title) if self.axes.title else []
        last = width_of(self.shown("x")[-1][1], SMALL) / 2 if self.shown("x") else 0.0
        return left, 4.0 + 1.25 * TITLE * len(title), max(2.0, last - 4.0), bottom

    def area(self, room: tuple[float, float]) -> tuple[float, float]:
        """Return how large the box of its axes is in the given space: all of it, or what an equal scale can use."""
        if not self.axes.equal:
            return room
        across, down = (abs(self.high[axis] - self.low[axis]) for axis in "xy")
        scale = min(room[0] / across, room[1] / down)
        return across * scale, down * scale

    def place(self, box: Box) -> Callable[[tuple[float, float]], tuple[float, float]]:
        """Return a function from the numbers of its axes to places on paper."""
        scales, low, high = self.axes.scale, self.low, self.high
        across, down = (box.right - box.left) / (high["x"] - low["x"]), (box.bottom - box.top) / (high["y"] - low["y"])
        along_x, along_y, upside_down = scales["x"].along, scales["y"].along, self.axes.upside_down

        def placed(point: tuple[float, float]) -> tuple[float, float]:
            up = (along_y(point[1]) - low["y"]) * down
            up = max(-1e6, min(1e6, up))
            return box.left + (along_x(point[0]) - low["x"]) * across, box.top + up if upside_down else box.bottom - up

        return placed

    # --- SVG ---

    def svg(self, box: Box) -> str:
        axes, place = self.axes, self.place(box)
        marks = sorted(axes.marks, key=lambda mark: mark.zorder)
        parts = [self._grid(place, box), *(mark.draw(place, box) for mark in marks), self._frame(place, box)]
        return "".join([*parts, self._words(box), self._legend(place, box) if axes.legend_at else ""])

    def _grid(self, place: Any, box: Box) -> str:
        if not (self.axes.gridded and self.axes.framed):
            return ""
        across = "".join(
            f"M{number(box.left)} {number(place((1.0, y))[1])}H{number(box.right)}" for y, _ in self.ticks["y"]
        )
        up = "".join(
            f"M{number(place((x, 1.0))[0])} {number(box.top)}V{number(box.bottom)}" for x, _ in self.ticks["x"]
        )
        return f'<path d="{across}{up}" {Stroke(GRID, 0.8)}/>' if across or up else ""

    def _frame(self, place: Any, box: Box) -> str:
        if not self.axes.framed:
            return ""
        xs = [(place((x, 1.0))[0], word) for x, word in self.ticks["x"]]
        ys = [(place((1.0, y))[1], word) for y, word in self.ticks["y"]]
        small = "".join(f"M{number(x)} {number(box.bottom)}v{TICK_LENGTH}" for x, _ in xs)
        small += "".join(f"M{number(box.left)} {number(y)}h-{TICK_LENGTH}" for y, _ in ys)
        lines = path([(box.left, box.top), (box.left, box.bottom), (box.right, box.bottom)]) + small
        parts = [f'<path d="{lines}" fill="none" {Stroke(FRAME, 0.8)}/>']
        down, left = box.bottom + TICK_LENGTH + SMALL * 1.05, box.left - TICK_LENGTH - 3
        parts += [text_element(x, down, word, SMALL, TICK, anchor="middle") for x, word in xs if self.outer["x"]]
        parts += [
            text_element(left, y + 0.36 * SMALL, word, SMALL, TICK, anchor="end") for y, word in ys if self.outer["y"]
        ]
        return "".join(parts)

    def _words(self, box: Box) -> str:
        left, _, _, bottom = self.margins()
        middle, parts = (box.left + box.right) / 2, []
        for k, line in enumerate(reversed(lines_of(self.axes.title)) if self.axes.title else ()):
            parts.append(text_element(middle, box.top - 6 - 1.2 * TITLE * k, line, TITLE, INK, anchor="middle"))
        if label := self.label("x"):
            parts.append(text_element(middle, box.bottom + bottom - 3, label, LABEL, INK, anchor="middle"))
        if label := self.label("y"):
            x, y = box.left - left + LABEL, (box.top + box.bottom) / 2
            parts.append(text_element(x, y, label, LABEL, INK, anchor="middle", rotation=90.0))
        return "".join(parts)

    def _legend(self, place: Any, box: Box) -> str:
        entries = [mark for mark in self.axes.marks if mark.label]
        if not entries:
            return ""
        words = [one_line(mark.label, LONGEST) for mark in entries]
        high = 1.45 * FONT
        size = SWATCH + 8 + max(width_of(word, FONT) for word in words) + 12, high * len(entries) + 8
        left, top = self._corner(place, box, size)
        parts = []
        if self.axes.legend_frame:
            parts.append(
                f'<rect x="{number(left)}" y="{number(top)}" width="{number(size[0])}" height="{number(size[1])}" rx="3" '
                f'fill="{PAPER}" {Stroke("#cccccc", 0.8)}/>'
            )
        for k, (mark, word) in enumerate(zip(entries, words)):
            y = top + 4 + high * (k + 0.5)
            parts.append(mark.handle(Box(left + 6, y - FONT / 2, left + 6 + SWATCH, y + FONT / 2)))
            parts.append(text_element(left + SWATCH + 14, y + 0.36 * FONT, word, FONT, INK))
        return "".join(parts)

    def _corner(self, place: Any, box: Box, size: tuple[float, float]) -> tuple[float, float]:
        """Return the position of the legend: where it was put, or where it covers the least."""

        def at(name: str) -> tuple[float, float]:
            left, right = box.left + 6, box.right - 6 - size[0]
            top, bottom = box.top + 6, box.bottom - 6 - size[1]
            x = left if "left" in name else right if "right" in name else (left + right) / 2
            y = top if "upper" in name else bottom if "lower" in name else (top + bottom) / 2
            return x, y

        if self.axes.legend_at != "best":
            return at(str(self.axes.legend_at))
        covered = [point for mark in self.axes.marks for point in mark.covered(place)]

        def hidden(name: str) -> int:
            left, top = at(name)
            spot = Box(left, top, left + size[0], top + size[1])
            return [spot.holds(point, 3.0) for point in covered].count(True)

        return at(min(CORNERS, key=hidden))


class _Layout:
    """Where everything in a figure goes: panels of equal size, as far apart as their labels need."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        columns, count = figure.columns, len(figure.panels)
        self.rows = math.ceil(count / columns)
        room = (INCH * figure.size[0], INCH * figure.size[1])
        extents = self._extents()
        at = [divmod(k, columns) for k in range(count)]
        first = [
            _Panel(axes, extent, self._outer(i, j, k), room)
            for k, ((i, j), axes, extent) in enumerate(zip(at, figure.panels, extents))
        ]
        self.margins = self._margins(first, at)
        (lefts, rights), (tops, bottoms) = self.margins
        taken = _mean(lefts) + _mean(rights), _mean(tops) + _mean(bottoms)
        room = tuple(max(size - labels, LEAST * size) for size, labels in zip(room, taken))
        areas = [panel.area(room) for panel in first]
        self.area = max(area[0] for area in areas), max(area[1] for area in areas)
        self.panels = [
            (at[k], _Panel(axes, extents[k], self._outer(*at[k], k), areas[k]), areas[k])
            for k, axes in enumerate(figure.panels)
        ]

    def _extents(self) -> list[dict[str, tuple[float, float]]]:
        """Return the limits of the axes of every panel; if they are shared, from the smallest to the largest."""
        each = [{axis: axes.extent(axis) for axis in "xy"} for axes in self.figure.panels]
        if not self.figure.shared:
            return each
        same = {axis: (min(one[axis][0] for one in each), max(one[axis][1] for one in each)) for axis in "xy"}
        return [same for _ in each]

    def _outer(self, i: int, j: int, k: int) -> dict[str, bool]:
        """Return whether a panel writes the numbers of its axes: not if the panel below it or to its left writes the
        same ones."""
        below = k + self.figure.columns < len(self.figure.panels)
        return {"x": not (self.figure.shared and below), "y": not (self.figure.shared and j)}

    def _margins(
        self, panels: Sequence[_Panel], at: Sequence[tuple[int, int]]
    ) -> tuple[tuple[list[float], list[float]], tuple[list[float], list[float]]]:
        lefts, rights = [0.0] * self.figure.columns, [0.0] * self.figure.columns
        tops, bottoms = [0.0] * self.rows, [0.0] * self.rows
        for (i, j), panel in zip(at, panels):
            left, top, right, bottom = panel.margins()
            lefts[j], rights[j] = max(lefts[j], left), max(rights[j], right)
            tops[i], bottoms[i] = max(tops[i], top), max(bottoms[i], bottom)
        return (lefts, rights), (tops, bottoms)

    def svg(self) -> str:
        (lefts, rights), (tops, bottoms) = self.margins
        width = 2 * PAD + _total(lefts) + _total(rights) + self.area[0] * len(lefts) + GAP * (len(lefts) - 1)
        heading = _wrapped(self.figure.title, width - 2 * PAD)
        head = 1.3 * HEADING * len(heading) + 4 if heading else 0.0
        height = 2 * PAD + head + _total(tops) + _total(bottoms) + self.area[1] * len(tops) + GAP * (len(tops) - 1)
        parts = [
            text_element(width / 2, PAD + HEADING + 1.3 * HEADING * k, line, HEADING, INK, anchor="middle", bold=True)
            for k, line in enumerate(heading)
        ]
        for (i, j), panel, (across, down) in self.panels:
            left = (
                PAD
                + _total(lefts[: j + 1])
                + _total(rights[:j])
                + (self.area[0] + GAP) * j
                + (self.area[0] - across) / 2
            )
            top = (
                PAD
                + head
                + _total(tops[: i + 1])
                + _total(bottoms[:i])
                + (self.area[1] + GAP) * i
                + (self.area[1] - down) / 2
            )
            parts.append(f"<g>{panel.svg(Box(left, top, left + across, top + down))}</g>")
        paper = f'<rect width="{number(width)}" height="{number(height)}" fill="{PAPER}"/>'
        body = paper + "".join(parts)
        told = self._told()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" width="{number(width)}pt" height="{number(height)}pt" '
            f'viewBox="0 0 {number(width)} {number(height)}" font-family="{FAMILY}">'
            f"<title>{shown(self.figure.title)}</title>{f'<desc>{told}</desc>' if told else ''}"
            f"{style_sheet(body)}{body}</svg>\n"
        )

    def _told(self) -> str:
        """Return the figure in words, for readers who cannot see it: its axes, its panels and its labels."""
        first = self.figure.panels[0]
        axes = [f"{way}: {label}" for way, label in ((tr("across"), first.xlabel), (tr("up"), first.ylabel)) if label]
        panels = [axes.title for axes in self.figure.panels if axes.title]
        labels = list(dict.fromkeys(mark.label for axes in self.figure.panels for mark in axes.marks if mark.label))
        told = [
            *axes,
            *([tr("panels: {names}", names=", ".join(panels))] if panels else []),
            *([tr("shows: {names}", names=", ".join(labels))] if labels else []),
        ]
        return "; ".join(map(shown, told))


def _wrapped(text: str, width: float) -> list[str]:
    """Return a heading on as many lines as it needs."""
    lines: list[str] = []
    for line in lines_of(text) if text else ():
        words = line.split(" ")
        kept = words[0]
        for word in words[1:]:
            if width_of(f"{kept} {word}", HEADING, bold=True) > width:
                lines.append(kept)
                kept = word
            else:
                kept = f"{kept} {word}"
        lines.append(kept)
    return lines


def _total(numbers: Sequence[float]) -> float:
    total = 0.0
    for one in numbers:
        total += one
    return total


def _mean(numbers: Sequence[float]) -> float:
    return _total(numbers) / len(numbers)
