"""Batches of arguments as numbers: rows of one signature, for a loop in Python or for the C interpreter.

A batch is given as columns, one for each argument of the function, each with an entry for each row.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from ..errors import ArgumentError, ShapeError
from ..slow_path import real
from .signature import Signature, signature

__all__ = ["Block", "Rows", "rows_of_columns", "transposed"]


class Block:
    """The numbers of some arguments side by side: `width` for each row, as given and as floats."""

    __slots__ = ("floats", "numbers", "width")

    def __init__(self, numbers: Sequence[Any], width: int) -> None:
        self.numbers = numbers
        self.width = width
        try:
            self.floats = array("d", numbers)
        except OverflowError:  # an int is too large for a float: real() raises the error
            self.floats = array("d", map(real, numbers))


class Rows:
    """`count` rows of numbers, in blocks side by side."""

    def __init__(self, blocks: Sequence[Block], count: int) -> None:
        self.blocks = blocks
        self.count = count

    @cached_property
    def columns(self) -> list[Sequence[Any]]:
        """Return the numbers of each input, one for each row."""
        return self._columns("numbers")

    @cached_property
    def rows(self) -> list[tuple[Any, ...]]:
        """Return the numbers of each row."""
        return list(zip(*self.columns)) if self.blocks else [()] * self.count

    @cached_property
    def floats(self) -> array[float]:
        """Return all numbers, one row after the other."""
        width = sum(block.width for block in self.blocks)
        if self.count == 1 or len(self.blocks) == 1:
            return array("d", chain.from_iterable(block.floats for block in self.blocks)) or array("d", [0.0])
        found, columns = array("d", bytes(8 * width * self.count)), enumerate(self._columns("floats"))
        for k, column in columns:
            found[k::width] = column
        return found

    def _columns(self, kind: str) -> list[Any]:
        return [getattr(block, kind)[k :: block.width] for block in self.blocks for k in range(block.width)]


def rows_of_columns(columns: Sequence[Sequence[Any]]) -> Iterator[tuple[Signature, Rows, tuple[Any, ...]]]:
    """Sort the rows of a batch by signature: the signature, its rows, and the arguments of the first of them.

    Raises ShapeError for columns of different lengths and for a batch without rows, and ArgumentError for anything but
    lists.
    """
    lengths = _lengths(columns)
    first = tuple(column[0] for column in columns)
    blocks = [block for column in columns if (block := _block(column))]
    if len(blocks) == len(columns):
        yield signature(first, []), Rows(blocks, lengths[0] if lengths else 1), first
        return
    found: dict[Signature, tuple[list[Any], list[int], tuple[Any, ...]]] = {}
    for row in zip(*columns):
        numbers: list[Any] = []
        flat, counts, _ = found.setdefault(signature(row, numbers), ([], [], row))
        flat += numbers
        counts.append(len(numbers))
    for key, (flat, counts, row) in found.items():
        yield key, Rows([Block(flat, counts[0])] if flat else [], len(counts)), row


def _lengths(columns: Sequence[Sequence[Any]]) -> list[int]:
    for column in columns:
        if isinstance(column, (str, Mapping)) or not (hasattr(column, "__len__") and hasattr(column, "__getitem__")):
            raise ArgumentError(f"want a list, with an entry for each row, as each argument of a batch, got {column!r}")
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1 or 0 in lengths:
        raise ShapeError(f"want the same number of rows, at least one, in each argument of a batch, got {lengths}")
    return lengths


def transposed(columns: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return the arguments of each row. Raises the same errors as rows_of_columns."""
    _lengths(columns)
    return list(zip(*columns)) if columns else [()]


def _block(column: Sequence[Any]) -> Block | None:
    """Read a column of numbers, or of lists of them with equal lengths; return None for anything else."""
    kind = type(column[0])
    try:
        if kind is float or kind is int:
            return Block(column, 1)
        alike = (kind is list or kind is tuple) and set(map(type, column)) == {kind}
        if alike and column[0] and len(set(map(len, column))) == 1:
            return Block(list(chain.from_iterable(column)), len(column[0]))
    except TypeError:  # the column holds something that is not a number
        pass
    return None
