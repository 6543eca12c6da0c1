"""Attributes that Values have in micrograd: asking for one says what is written here.

>>> class Number:
...     _prev = Elsewhere("_prev", "see .operands")
>>> Number()._prev
Traceback (most recent call last):
    ...
AttributeError: 'Number' object has no attribute '_prev': see .operands
"""

from __future__ import annotations

from typing import NoReturn

__all__ = ["MICROGRAD", "Elsewhere"]

MICROGRAD = {
    "_prev": "what it was computed from stands in .operands, Values and floats in order",
    "_op": "the operation that made it is .op, of a leaf None",
    "_backward": "its slopes stand in .partials, one for each of .operands",
}


class Elsewhere:
    """An attribute that is not there: a descriptor, since __getattr__ would make every attribute slower."""

    def __init__(self, name: str, fix: str) -> None:
        self.name = name
        self.fix = fix

    def __get__(self, thing: object, kind: type) -> NoReturn:
        raise AttributeError(f"{kind.__name__!r} object has no attribute {self.name!r}: {self.fix}")
