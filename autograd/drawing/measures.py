"""The sizes of what a DotWriter writes, and the text that tells Graphviz where everything is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .picture import Arrow, Box, Cluster
from .placing import Placement, Rect
from .placing.text import measured

if TYPE_CHECKING:
    from .dot import DotWriter

__all__ = ["OUTER", "TIP", "Measures", "corners", "inches", "path", "placed", "point", "symbol_size", "title_place"]

USUAL = 11  # the size of a number in points; the sizes here assume it
CIRCLE = 24.5  # the diameter in points around a symbol of one letter
MARGIN, NARROW = (15.8, 10.0), (10.0, 5.0)  # the padding of a box, and of a small box, for both sides together
OUTER = 8  # how much a double frame adds
TIP = 6.5  # the length of an arrowhead in points
SYMBOL_SIZES = {"·": 26, "*": 20, "**": 16}  # symbols that look small in their font


class Measures:
    """The sizes of the boxes, symbols and labels that a writer writes."""

    def __init__(self, writer: DotWriter) -> None:
        self.writer = writer

    def box(self, box: Box) -> tuple[float, float]:
        content = measured(self.writer.content(box), self.writer.look.font_size)
        return self._around(
            content, NARROW if box.kind == "constant" or box.brief else MARGIN, OUTER * (box.kind == "parameter")
        )

    def operation(self, box: Box) -> tuple[float, float]:
        words = self.writer.operation_words(box)
        if len(words) == 1:
            across = self.writer.points(CIRCLE)
            return across, across
        size = self.writer.points(symbol_size(words))
        return self._around(measured(f"<{self.writer.text(words, bold=True)}>", size), (13.0, 7.0))

    def words(self, arrow: Arrow) -> tuple[float, float]:
        label = self.writer.label(arrow)
        return measured(label, self.writer.points(10)) if label else (0.0, 0.0)

    def title(self, cluster: Cluster) -> tuple[float, float]:
        return measured(self.writer.cluster_title(cluster), self.writer.look.font_size)

    def _around(self, inner: tuple[float, float], margin: tuple[float, float], more: float = 0) -> tuple[float, float]:
        share = self.writer.look.font_size / USUAL
        return inner[0] + margin[0] * share + more, inner[1] + margin[1] * share + more


def symbol_size(words: str) -> int:
    """Return the points of an operation's symbol, at the usual size."""
    return SYMBOL_SIZES.get(words, 16 if len(words) == 1 else 12)


def point(x: float, y: float) -> str:
    """Write points for Graphviz, where y grows upwards."""
    return f"{x:.4g},{-y + 0.0:.4g}" if abs(x) < 1000 and abs(y) < 1000 else f"{x:.1f},{-y + 0.0:.1f}"


def corners(at: Rect) -> str:
    return f"{point(at.x, at.y + at.height)},{point(at.x + at.width, at.y)}"


def inches(points: float) -> str:
    return f"{points / 72:.4f}"


def placed(at: Rect, outer: float = 0) -> dict[str, str]:
    return {
        "pos": point(at.x + at.width / 2, at.y + at.height / 2),
        "width": inches(at.width - outer), "height": inches(at.height - outer),
    }  # fmt: skip


def path(points: Sequence[tuple[float, float]], tip: float = 0) -> str:
    """Write a curve for Graphviz; an arrowhead, if requested, covers its last points."""
    *most, last = points
    if not tip:
        return " ".join(point(*at) for at in points)
    before = next((at for at in reversed(most) if math.dist(at, last) > 0.1), last)
    share = tip / (math.dist(before, last) or 1.0)
    end = last[0] + (before[0] - last[0]) * share, last[1] + (before[1] - last[1]) * share
    return " ".join([f"e,{point(*last)}", *(point(*at) for at in (*most, end))])


def title_place(placement: Placement, label: str, size: float) -> dict[str, str]:
    """Return the frame of the whole picture, with its title at the top, and the height of what is above it."""
    width, height = measured(label, size)
    at = Rect(0, -height - 8, max(placement.width, width), placement.height + height + 8)
    middle = point(width / 2, -4 - height / 2)
    return {"bb": corners(at), "lp": middle, "lwidth": inches(width), "lheight": inches(height)}
