"""What a compiled step is called with: its structure, by which programs are kept, and the numbers in it.

>>> numbers = []
>>> signature(([0.5, 2.0], 1, True), numbers), numbers
(((<class 'list'>, 2), 0, (<class 'bool'>, True)), [0.5, 2.0, 1])
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from numbers import Integral, Real
from typing import Any

from ..errors import ArgumentError
from ..slow_path import real

__all__ = ["Signature", "filled", "signature"]

Signature = tuple[Any, ...]
_PLAIN = {float, int}


def signature(arguments: Iterable[Any], numbers: list[float]) -> Signature:
    """What `arguments` are but for their numbers, as a key; the numbers go to the end of `numbers`, in order.

    Numbers may stand in lists and tuples, however nested. A bool, a str and None are part of the structure,
    and so is a Value. Raises ArgumentError for anything else.
    """
    key: list[Any] = []
    for argument in arguments:
        kind = type(argument)
        if kind is float or kind is int:
            numbers.append(argument)
            key.append(0)
        elif kind is list or kind is tuple:
            if _PLAIN.issuperset(map(type, argument)):  # a row of numbers, nearly always
                numbers += argument
                key.append((kind, len(argument)))
            else:
                key.append((kind, signature(argument, numbers)))
        else:
            key.append(_other(argument, numbers))
    return tuple(key)


def _other(argument: Any, numbers: list[float]) -> Any:
    if argument is None or isinstance(argument, (bool, str)):
        return type(argument), argument
    if hasattr(type(argument), "partials"):  # a Value: compile() sees to it that it is a parameter
        return "value", argument
    if isinstance(argument, Real):
        numbers.append(int(argument) if isinstance(argument, Integral) else real(argument))
        return 0
    if isinstance(argument, (list, tuple)):
        return type(argument), signature(argument, numbers)
    fix = ": give its .tolist()" if hasattr(argument, "tolist") else ""
    raise ArgumentError(
        "want numbers, lists of them, bools and strs as arguments of a compiled step, "
        f"got a {type(argument).__name__}{fix}"
    )


def filled(arguments: Iterable[Any], numbers: Iterator[float]) -> list[Any]:
    """Arguments of the same structure as these, with other numbers in them.

    >>> filled(([0.5, 2.0], 1, True), iter([1.5, 3.0, 4]))
    [[1.5, 3.0], 4, True]
    """
    found: list[Any] = []
    for argument in arguments:
        if isinstance(argument, (list, tuple)):
            items = filled(argument, numbers)
            make = getattr(argument, "_make", type(argument))  # of a namedtuple
            found.append(items if isinstance(argument, list) else make(items))
        elif argument is None or isinstance(argument, (bool, str)) or hasattr(type(argument), "partials"):
            found.append(argument)
        else:
            found.append(next(numbers))
    return found
