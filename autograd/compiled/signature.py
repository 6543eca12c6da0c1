"""The arguments of a compiled step: their signature, which is the key of a program, and the numbers in them.

>>> numbers = []
>>> signature(([0.5, 2.0], 1, True), numbers), numbers
(((<class 'list'>, 2), 0, (<class 'bool'>, True)), [0.5, 2.0, 1])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from ..errors import ArgumentError
from ..slow_path import real

__all__ = ["Sample", "Signature", "filled", "signature"]

Signature = tuple[Any, ...]
_PLAIN = {float, int}


def signature(arguments: Iterable[Any], numbers: list[float]) -> Signature:
    """Return a key for `arguments` without their numbers; append the numbers to `numbers`, in order.

    Numbers may be in lists and tuples, however nested. A bool, a str and None are part of the signature,
    and so is a Value. Raises ArgumentError for anything else.
    """
    key: list[Any] = []
    for argument in arguments:
        kind = type(argument)
        if kind is float or kind is int:
            numbers.append(argument)
            key.append(0)
        elif kind is list or kind is tuple:
            if _PLAIN.issuperset(map(type, argument)):  # the argument is nearly always a row of numbers
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
    if hasattr(type(argument), "partials"):  # a Value: compile() makes sure that it is a parameter
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


def filled(key: Signature, numbers: Iterator[float]) -> list[Any]:
    """Return arguments with this signature and these numbers.

    >>> filled(signature(([0.5, 2.0], 1, True), []), iter([1.5, 3.0, 4]))
    [[1.5, 3.0], 4, True]
    """
    found: list[Any] = []
    for part in key:
        if part == 0:
            found.append(next(numbers))
            continue
        kind, inside = part
        if isinstance(kind, type) and issubclass(kind, (list, tuple)):
            items = [next(numbers) for _ in range(inside)] if isinstance(inside, int) else filled(inside, numbers)
            inside = items if kind is list else getattr(kind, "_make", kind)(items)  # _make: for a namedtuple
        found.append(inside)
    return found


class Sample:
    """One row of arguments, and the numbers in them."""

    def __init__(self, numbers: Sequence[float], arguments: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        self.numbers = numbers
        self.arguments = arguments
        self.keywords = keywords

    def likes(self) -> Callable[[Sequence[float]], Sample]:
        """Return a maker of samples with the same signature from numbers, since the user's lists may change."""
        names, given = (*self.keywords,), [*self.arguments, *self.keywords.values()]
        key, count = signature(given, []), len(self.arguments)

        def like(numbers: Sequence[float]) -> Sample:
            found = filled(key, iter(numbers))
            return Sample(numbers, found[:count], dict(zip(names, found[count:])))

        return like

    def call(self, function: Callable[..., Any]) -> Any:
        return function(*self.arguments, **self.keywords)
