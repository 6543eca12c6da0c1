"""The text that a stepper returns after a move, with the picture of that move, and the check of a count of moves.

>>> from autograd import Value
>>> bp = (Value(2.0, "a") * Value(3.0, "b")).step_through()
>>> first = bp.step(); first.moved, first.place
(1, 1)
>>> picture = first.draw().source; later = bp.step()
>>> first.draw().source == picture
True
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError
from ..explain.phrases import Report

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..drawing.digraph import Drawing
    from ..drawing.options import DrawingOptions

__all__ = ["Moved", "Pictured", "whole"]


class Moved(Report):
    """The text that a stepper returns after a move.

    moved: how many moves it made; negative if it undid them, 0 if there were none left. stepper: the stepper that
    moved. place: its position after the move, or None if it does not move by edges or operations.
    """

    moved: int
    stepper: Any = None
    place: int | None = None

    def draw(self, **options: Unpack[DrawingOptions]) -> Drawing:
        """Draw the position after this move, with the move as thick lines. Later moves do not change the picture.

        options: those of :func:`autograd.draw`.
        """
        if self.place is None:
            return self.stepper.draw(**options)
        drawing = self.stepper.draw_move(self.place, max(self.moved, 0), **options)
        if drawing.again is not None:
            drawing.again = partial(self.draw, **options)
        return drawing

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the sentence in a notebook, and the picture below it, with the edge of this move highlighted."""
        from ..drawing.output import shown

        return shown(repr(self), self.draw, include, exclude)


class Pictured:
    """An object with a picture, which a notebook shows below its text."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from ..drawing.output import shown

        own: Any = self
        return shown(repr(self), lambda: own.draw(), include, exclude)


def whole(n: int, verb: str, other: str) -> int:
    """Return a count of moves. Raises ArgumentError for anything but a whole number >= 1."""
    if type(n) is not int or n < 1:
        back = f": {other}({-n}) goes the other way" if type(n) is int and n < 0 else ""
        raise ArgumentError(f"{verb}() wants a whole number of moves, at least 1, got {n!r}{back}")
    return n
