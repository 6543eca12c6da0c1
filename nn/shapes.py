"""Shapes of nested lists, and the messages that say which shape was wanted.

>>> shape_of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), shape_of([1.0, 2.0]), shape_of(1.0)
((2, 3), (2,), ())
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index as as_index
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, overload

from autograd import Value
from autograd.errors import ArgumentError, ShapeError
from autograd.frames import public

__all__ = [
    "Loss", "Matrix", "Numbers", "OfEach", "OfRows", "Vector", "described", "flatten", "has_shape", "is_list", "is_matrix", "loss", "of_each", "of_rows", "pick", "shape_of", "want_matrix",
    "want_same_shape", "want_vector",
]  # fmt: skip

Vector: TypeAlias = "Sequence[Value | float]"  # (n,)
Matrix: TypeAlias = "Sequence[Sequence[Value | float]]"  # (rows, columns): a list of rows
T = TypeVar("T")
Numbers: TypeAlias = "float | list[Numbers]"  # what state_dict() holds

if TYPE_CHECKING:
    from typing import Concatenate, ParamSpec

    Options = ParamSpec("Options")

    class OfEach(Protocol[Options]):
        """A function that gives a number for each number, nested like the input."""

        @overload
        def __call__(self, input: Value | float, *options: Options.args, **named: Options.kwargs) -> Value: ...
        @overload
        def __call__(self, input: Vector, *options: Options.args, **named: Options.kwargs) -> list[Value]: ...
        @overload
        def __call__(self, input: Matrix, *options: Options.args, **named: Options.kwargs) -> list[list[Value]]: ...

    class OfRows(Protocol[Options]):
        """A function that gives a row for each row."""

        @overload
        def __call__(self, input: Vector, *options: Options.args, **named: Options.kwargs) -> list[Value]: ...
        @overload
        def __call__(self, input: Matrix, *options: Options.args, **named: Options.kwargs) -> list[list[Value]]: ...

    class Loss(Protocol):
        """A function that compares two nested lists of the same shape."""

        @overload
        def __call__(self, input: Vector, target: Vector, *, reduction: Literal["none"]) -> list[Value]: ...
        @overload
        def __call__(self, input: Matrix, target: Matrix, *, reduction: Literal["none"]) -> list[list[Value]]: ...
        @overload
        def __call__(
            self,
            input: Value | float | Vector | Matrix,
            target: Value | float | Vector | Matrix,
            *,
            reduction: Literal["mean", "sum"] = "mean",
        ) -> Value: ...

    def of_each(function: Callable[Concatenate[Any, Options], Any]) -> OfEach[Options]: ...
    def of_rows(function: Callable[Concatenate[Any, Options], Any]) -> OfRows[Options]: ...
    def loss(function: Callable[..., Any]) -> Loss: ...

else:  # these tell an editor which input gives which output
    of_each = of_rows = loss = public


def is_list(xs: object) -> bool:
    """Return whether this is a list or a tuple: vectors and matrices are either."""
    return isinstance(xs, (list, tuple))


def is_matrix(xs: Any) -> bool:
    """Return whether this is a list of lists, however deep."""
    return is_list(xs) and len(xs) > 0 and is_list(xs[0])


def shape_of(xs: Any) -> tuple[int, ...]:
    """Return the lengths of nested lists from the outside in; () for anything else.

    Raises ShapeError if the lists at one depth differ in length.
    """
    if not is_list(xs):
        return ()
    if not is_matrix(xs) and not any(issubclass(kind, (list, tuple)) for kind in set(map(type, xs))):
        return (len(xs),)  # the usual case, handled without looking at each number
    shapes = [shape_of(x) for x in xs]
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ShapeError(f"want rows of the same shape, got {shapes[0]} in row 0 and {shape} in row {i}")
    return (len(xs), *shapes[0])


def has_shape(xs: Any, shape: tuple[int, ...]) -> bool:
    """Return whether shape_of(xs) is `shape`; False where it would raise an error."""
    if not shape:
        return not is_list(xs)
    return is_list(xs) and len(xs) == shape[0] and all(has_shape(x, shape[1:]) for x in xs)


def described(xs: Any) -> str:
    """Describe `xs`, for the end of an error message.

    >>> described([1.0, 2.0]), described([[1.0], [2.0, 3.0]]), described("ab")
    ('shape (2,)', 'rows of different shapes: (1,) in row 0 and (2,) in row 1', 'the str')
    """
    if not is_list(xs):
        fix = ", whose .tolist() will do" if hasattr(xs, "tolist") else ""
        return f"the {type(xs).__name__}{fix}"
    row = next((x for x in flatten(xs) if hasattr(x, "tolist") and getattr(x, "shape", ())), None)
    if row is not None:
        return f"a list with {type(row).__name__} in it, whose .tolist() will do"
    try:
        return f"shape {shape_of(xs)}"
    except ShapeError as error:
        return str(error).replace("want rows of the same shape, got", "rows of different shapes:")


def want_vector(who: str, xs: Any, size: int | None = None) -> None:
    """Raise ShapeError unless `xs` is a list of numbers, with `size` of them if that is given."""
    if is_list(xs) and (len(xs) > 0 if size is None else len(xs) == size):
        return
    n = "C" if size is None else size
    fix = ": one number is written [x]" if isinstance(xs, (Value, float, int)) else ""
    raise ShapeError(f"{who}: want a list of numbers or of rows, ({n},) or (N, {n}), got {described(xs)}{fix}")


def want_matrix(who: str, what: str, xs: Any, columns: int | None = None) -> None:
    """Raise ShapeError unless `xs` is a list of rows, with `columns` numbers each if that is given."""
    width = columns or (len(xs[0]) if is_matrix(xs) else 0)
    if is_matrix(xs) and not is_matrix(xs[0]) and all(is_list(row) and len(row) == width for row in xs):
        return
    fix = ""
    if is_matrix(xs):
        fix = ": give one sequence at a time" if is_matrix(xs[0]) else ""
    elif is_list(xs) and xs:
        fix = ": one row is written [row]"
    raise ShapeError(f"{who}: want a list of rows, ({what}, {columns or 'd'}), got {described(xs)}{fix}")


def want_same_shape(who: str, input: Any, target: Any) -> None:
    """Raise ShapeError unless `target` has a number for each number of `input`, in the same nested lists."""
    if has_shape(target, shape_of(input)):
        return
    fix = ""
    if is_matrix(input) and has_shape(input, (len(input), 1)) and has_shape(target, (len(input),)):
        fix = ": take the one number of each row, [row[0] for row in input]"
    raise ShapeError(f"{who}: want a target of the input's {described(input)}, got {described(target)}{fix}")


def flatten(xs: Any) -> list[Any]:
    """Yield the numbers of nested lists, in order.

    >>> flatten([[1.0, 2.0], [3.0]])
    [1.0, 2.0, 3.0]
    """
    if not is_list(xs):
        return [xs]
    return [x for row in xs for x in flatten(row)] if is_matrix(xs) else list(xs)


@public
def pick(rows: Sequence[T], index: Any, who: str = "") -> T:
    """Return ``rows[index]``: the only place where a whole number in the data chooses an item.

    who: how errors begin. Raises ShapeError for an index that is negative or too large, and ArgumentError for one that is
    not an int.

    >>> pick(["a", "b", "c"], 2)
    'c'
    """
    if hasattr(index, "chosen_from"):  # an int argument of a function that compile() traces: it chooses at run time
        return index.chosen_from(rows)
    try:
        at = as_index(index)
    except TypeError:
        raise ArgumentError(f"{who}want a whole number to pick one of {len(rows)}, got {index!r}") from None
    if not 0 <= at < len(rows):
        raise ShapeError(f"{who}want an index from 0 to {len(rows) - 1}, got {at}")
    return rows[at]
