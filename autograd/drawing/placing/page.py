"""The page that a picture is for, and the scale at which the picture fits it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["SLIDE", "Page", "most_on", "page_size", "scale_on"]

Page: TypeAlias = "tuple[float, float] | str | None"

SLIDE = (960.0, 540.0)  # a 16:9 slide in points, as in Beamer, PowerPoint and Keynote
SMALLEST_SCALE = 0.905  # where the smallest text, of 10 points, has 9
ACROSS = 127  # the minimum width of an operation and its box
ROW, BETWEEN = 21, 35  # the height of a row of its text, and of the rest
PAPER = {"a4": (451.0, 698.0)}  # the size inside margins of 2 cm


def page_size(page: Any) -> tuple[float, float] | None:
    """Return the width and height of a page in points; None for no page. Raises ArgumentError for anything else.

    >>> page_size("a4")
    (451.0, 698.0)
    """
    if page is None or (isinstance(page, str) and page in PAPER):
        return PAPER[page] if page else None
    try:
        width, height = map(float, page)
    except (TypeError, ValueError):
        width = height = 0.0
    if not (36 <= width < math.inf and 36 <= height < math.inf):
        raise ArgumentError(f'want page=(width, height) in points, "a4" or None, got {page!r}')
    return width, height


def scale_on(page: tuple[float, float], size: tuple[float, float]) -> float:
    """Return the scale at which a picture fits a page: 1 is its own size.

    >>> scale_on((960.0, 540.0), (1920.0, 200.0))
    0.5
    """
    return min(room / needed for room, needed in zip(page, size))


def most_on(page: tuple[float, float], rows: int) -> int:
    """Return how many operations a page has room for at most, each with a box of so many rows of text.

    >>> most_on(SLIDE, 3)
    50
    """
    width, height = (side / SMALLEST_SCALE for side in page)
    return max(1, int(width * height / (ACROSS * (ROW * rows + BETWEEN))))
