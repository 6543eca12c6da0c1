"""The size of a label: the widths of Helvetica's letters, and tables as Graphviz lays them out.

>>> measured("<<B>loss</B>>", 11)
(23.3, 13.2)
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import combining, east_asian_width

from ..formats.letters import is_emoji, spelled

__all__ = ["LINE", "measured", "text_width"]

LINE = 1.2  # the height of a line, as a fraction of its font size
BOLDER = 1.06  # how much wider bold letters are in the fonts that replace a missing Helvetica
LISTED = {"…": 1000, "×": 584, "·": 278}
OTHER, WIDE = 667, 1000  # thousandths of the size: the width of an unlisted character, and of a double-width one

# The widths of the characters from " " to "~" in thousandths of the size, from Adobe's font metrics for Helvetica and
# Helvetica-Bold.
REGULAR = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
)  # fmt: skip
BOLD = (
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611,
    556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389,
    280, 389, 584,
)  # fmt: skip


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line of text in points, with emoji as wide as the names that some formats write instead.

    >>> text_width("data", 10)
    19.5
    """
    letters, widths = spelled(text, is_emoji), BOLD if bold else REGULAR
    return round(sum(_letter(c, widths) for c in letters) * size * (BOLDER if bold else 1) / 1000, 1)


def _letter(letter: str, widths: tuple[int, ...]) -> int:
    if " " <= letter <= "~":
        return widths[ord(letter) - 32]
    if letter in LISTED:
        return LISTED[letter]
    return 0 if combining(letter) else WIDE if east_asian_width(letter) in "WF" else OTHER


@lru_cache(maxsize=4096)
def measured(label: str, size: float) -> tuple[float, float]:
    """Return the width and height in points of a label: plain text, or "<" markup ">" as :mod:`.dot` writes it."""
    if not (label.startswith("<") and label.endswith(">")):
        return text_width(label, size), round(LINE * size, 1)
    inner = label[1:-1]
    return _table(inner, size) if inner.startswith("<TABLE") else _lines(inner, size)


PIECES = re.compile(r"<(/?)(\w+)([^>]*)>|([^<]+)")


def _lines(markup: str, size: float) -> tuple[float, float]:
    """Measure text in <B> and <FONT POINT-SIZE>, with lines that <BR/> ends."""
    sizes, bold, width, tall = [size], False, 0.0, 0.0
    done: list[tuple[float, float]] = []
    for closes, tag, attributes, text in PIECES.findall(markup):
        if text:
            width += text_width(html.unescape(text).replace("\\\\", "\\"), sizes[-1], bold)
            tall = max(tall, sizes[-1])
        elif tag == "B":
            bold = not closes
        elif tag == "FONT" and closes:
            sizes.pop()
        elif tag == "FONT":
            sizes.append(_attribute(attributes, "POINT-SIZE") or sizes[-1])
        elif tag == "BR":
            done.append((width, tall or size))
            width, tall = 0.0, 0.0
    if width or not done:
        done.append((width, tall or size))
    return round(max(w for w, _ in done), 1), round(LINE * sum(h for _, h in done), 1)


def _elements(markup: str, tag: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes and the content of each outermost element with that tag."""
    depth, start = 0, None
    for found in re.finditer(rf"<(/?){tag}\b([^>]*)>", markup):
        if not depth:
            start = found
        depth += -1 if found[1] else 1
        if not depth and start:
            yield start[2], markup[start.end() : found.start()]


def _table(markup: str, size: float) -> tuple[float, float]:
    """Measure the cells of a table, whose columns are as wide as their widest cell."""
    ((attributes, inner),) = _elements(markup, "TABLE")
    padding, border = 2 * _attribute(attributes, "CELLPADDING"), 2 * _attribute(attributes, "BORDER")
    columns: dict[int, float] = {}
    spans: list[tuple[int, int, float]] = []
    height = 0.0
    for _, row in _elements(inner, "TR"):
        tall = 0.0
        for at, span, width, cell_height in _cells(row, size, padding):
            tall = max(tall, cell_height)
            if span == 1:
                columns[at] = max(columns.get(at, 0.0), width)
            else:
                spans.append((at, span, width))
        height += tall
    for at, span, width in spans:
        lacks = width - sum(columns.get(i, 0.0) for i in range(at, at + span))
        if lacks > 0:
            columns[at + span - 1] = columns.get(at + span - 1, 0.0) + lacks
    return (
        round(max(sum(columns.values()) + border, _attribute(attributes, "WIDTH")), 1),
        round(max(height + border, _attribute(attributes, "HEIGHT")), 1),
    )


def _cells(row: str, size: float, padding: float) -> Iterator[tuple[int, int, float, float]]:
    """Yield the first column, span, width and height of each cell in a row."""
    at = 0
    for attributes, content in _elements(row, "TD"):
        span = int(_attribute(attributes, "COLSPAN")) or 1
        measure = _table if content.startswith("<TABLE") else _lines
        width, height = measure(content, size) if content else (0.0, 0.0)
        yield (
            at, span, max(width + padding, _attribute(attributes, "WIDTH")),
            max(height + padding, _attribute(attributes, "HEIGHT")),
        )  # fmt: skip
        at += span


def _attribute(attributes: str, name: str) -> float:
    found = re.search(rf'\b{name}="([\d.]+)"', attributes)
    return float(found[1]) if found else 0.0
