"""The page that a picture is for, and the scale at which the picture fits it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["SLIDE", "Page", "page_size", "scale_on"]

Page: TypeAlias = "tuple[float, float] | str | None"

SLIDE = (960.0, 540.0)  # a 16:9 slide in points, as in Beamer, PowerPoint and Keynote
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
