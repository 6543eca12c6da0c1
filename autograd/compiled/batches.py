"""The arguments of a compiled step: their signature, which is the key of a program, and the numbers in them.

>>> numbers = []
>>> signature(([0.5, 2.0], 1, True), numbers), numbers
(((<class 'list'>, 2), 0, (<class 'bool'>, True)), [0.5, 2.0, 1])

A batch is given as columns, one for each argument of the function, each with an entry for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ShapeError
from ..formula import add_up
from ..functions import mean
from ..node import writing
from ..slow_path import real
from ..value import Value
from .c.runtime import Schedule

if TYPE_CHECKING:
    from .executable import Executable
    from .step import Step

__all__ = ["Prepared", "Sample", "Signature", "is_number", "mapped", "rows_by_signature", "signature"]

Signature = tuple[Any, ...]
Row = Sequence[float]  # the numbers in the arguments, in order
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
        elif isinstance(argument, (list, tuple)):
            if _PLAIN.issuperset(map(type, argument)):  # the argument is nearly always a row of numbers
                numbers += argument
                key.append((kind, len(argument)))
            else:
                key.append((kind, signature(argument, numbers)))
        elif argument is None or isinstance(argument, (bool, str)):
            key.append((kind, argument))
        elif hasattr(kind, "partials"):  # a Value: compile() makes sure that it is a parameter
            key.append(("value", argument))
        elif isinstance(argument, Real):
            numbers.append(int(argument) if isinstance(argument, Integral) else real(argument))
            key.append(0)
        else:
            fix = ": give its .tolist()" if hasattr(argument, "tolist") else ""
            raise ArgumentError(
                f"want numbers, lists of them, bools and strs as arguments of a compiled step, got a {kind.__name__}{fix}"
            )
    return tuple(key)


def mapped(argument: Any, change: Callable[[Any, str], Any], name: str = "") -> Any:
    """Return an argument with everything in its lists replaced by change(thing, its name): ``x[0][1]`` in an x.

    >>> mapped([0.5, (2, True)], lambda thing, name: f"{name} = {thing}", "x")
    ['x[0] = 0.5', ('x[1][0] = 2', 'x[1][1] = True')]
    """
    if not isinstance(argument, (list, tuple)):
        return change(argument, name)
    items = [mapped(item, change, f"{name}[{i}]") for i, item in enumerate(argument)]
    return items if isinstance(argument, list) else getattr(argument, "_make", tuple)(items)  # _make: of a namedtuple


def is_number(thing: Any) -> bool:
    return not isinstance(thing, bool) and isinstance(thing, Real)


class Sample:
    """One row of arguments, and the numbers in them."""

    def __init__(self, numbers: Row, arguments: Any, keywords: Mapping[str, Any]) -> None:
        self.numbers = numbers
        self.arguments = arguments
        self.keywords = keywords

    def like(self, numbers: Row) -> Sample:
        """Return a sample with the same signature and these numbers. It shares no list with this one."""
        left = iter(numbers)
        arguments, keywords = (
            mapped(given, lambda thing, _: next(left) if is_number(thing) else thing)
            for given in ((*self.arguments,), (*self.keywords.values(),))
        )
        return Sample(numbers, arguments, dict(zip(self.keywords, keywords)))

    def call(self, function: Callable[..., Any]) -> Any:
        return function(*self.arguments, **self.keywords)


def rows_by_signature(columns: Sequence[Sequence[Any]]) -> dict[Signature, tuple[list[Row], tuple[Any, ...]]]:
    """Return the rows of a batch by signature: the numbers of each, and the arguments of the first.

    Raises ShapeError for columns of different lengths and for a batch without rows, and ArgumentError for anything but
    lists.
    """
    for column in columns:
        if isinstance(column, (str, Mapping)) or not (hasattr(column, "__len__") and hasattr(column, "__getitem__")):
            raise ArgumentError(f"want a list, with an entry for each row, as each argument of a batch, got {column!r}")
    lengths = [len(column) for column in columns] or [1]
    if len(set(lengths)) > 1 or 0 in lengths:
        raise ShapeError(f"want the same number of rows, at least one, in each argument of a batch, got {lengths}")
    first = tuple(column[0] for column in columns)
    if (rows := _rows_of_one_signature(columns)) is not None:
        return {signature(first, []): (rows, first)}
    found: dict[Signature, tuple[list[Row], tuple[Any, ...]]] = {}
    for row in zip(*columns):
        numbers: list[float] = []
        found.setdefault(signature(row, numbers), ([], row))[0].append(numbers)
    return found


def _rows_of_one_signature(columns: Sequence[Sequence[Any]]) -> list[Row] | None:
    """Return the rows if each column has plain numbers, or lists of them, with equal lengths; None for anything else."""
    flat: list[Any] = []
    for column in columns:
        kinds = set(map(type, column))
        if _PLAIN.issuperset(kinds):
            flat.append(column)
        elif kinds in ({list}, {tuple}) and len(set(map(len, column))) == 1:
            flat += zip(*column)
            if not _PLAIN.issuperset(map(type, chain.from_iterable(column))):
                return None
        else:
            return None
    rows: list[Any] = [*zip(*flat)]
    return rows or [*repeat((), len(columns[0] if columns else "1"))]


class Prepared:
    """A batch that a step's `prepare` has traced and turned into numbers: its columns, and its rows by signature.

    It keeps copies of the numbers: later changes to the lists do not affect it.
    """

    def __init__(
        self, step: Step, columns: Sequence[Sequence[Any]], parts: Sequence[tuple[Executable, Sequence[Row]]],
        keywords: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """parts: for each signature, the program and the rows. keywords: those of a call, which is one row."""
        self.step = step
        self._keywords = keywords or {}
        self.generation = step.programs.generation
        self.columns = columns
        self.parts = parts
        self.count = sum(len(rows) for _, rows in parts)
        self.edges = sum(len(rows) * executable.edges for executable, rows in parts)

    @cached_property
    def portions(self) -> list[Any]:
        """The batch in the form that C takes."""
        return [executable.portion(rows, len(rows)) for executable, rows in self.parts]

    @cached_property
    def _schedule(self) -> Schedule:
        return Schedule([self.portions])

    def made_floats(self) -> bool:
        """See Executable.made_floats."""
        return bool(sum(executable.made_floats() for executable, _ in self.parts))  # of each

    def in_python(self) -> float:
        """Return the mean loss, and add its gradients to the parameters'. After an error, these are unchanged."""
        parameters = self.step.parameters
        put_back = writing(parameters, "grad", [p.grad for p in parameters] if len(self.parts) > 1 else [])
        try:
            sums = [executable.run(rows, 1.0 / self.count) for executable, rows in self.parts]
        except BaseException:
            put_back()
            raise
        return add_up(sums) / self.count

    def in_c(self) -> float:
        """Do the same in C."""
        with self.step.programs.lock:
            return self._schedule.run(self.step.programs.gradients)

    def itself(self, function: Callable[..., Value]) -> Value:
        """Return the mean loss as the function itself computes it."""
        rows = zip(*self.columns) if self.columns else [()]
        losses = [function(*row, **self._keywords) for row in rows]
        return losses[0] if len(losses) == 1 else mean(losses)
