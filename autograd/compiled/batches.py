"""Batches of arguments as numbers: rows of one signature, and batches of them, as Python and C take them.

A batch is given as columns, one for each argument of the function, each with an entry for each row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ShapeError
from ..formula import add_up
from ..functions import mean
from ..node import writing
from ..slow_path import real
from ..value import Value
from .c.runtime import Batch, BatchPlan, LoadedProgram
from .signature import Sample, Signature, signature

if TYPE_CHECKING:
    from .executable import Executable
    from .step import Step

__all__ = ["Block", "Part", "Prepared", "Rows", "rows_of_columns"]


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
    for column in columns:
        if isinstance(column, (str, Mapping)) or not (hasattr(column, "__len__") and hasattr(column, "__getitem__")):
            raise ArgumentError(f"want a list, with an entry for each row, as each argument of a batch, got {column!r}")
    lengths = [len(column) for column in columns]
    if len(set(lengths)) > 1 or 0 in lengths:
        raise ShapeError(f"want the same number of rows, at least one, in each argument of a batch, got {lengths}")
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


# --- What a step prepares -----------------------------------------------------------------------------------


class Part:
    """Rows with one signature. `single`: whether it is one row, not a batch; `in_c`: whether it runs in C."""

    def __init__(self, executable: Executable, rows: Rows, single: bool = False) -> None:
        self.executable = executable
        self.rows = rows
        self.single = single
        self.in_c = False

    @classmethod
    def of_one(cls, executable: Executable, numbers: Sequence[float]) -> Part:
        return cls(executable, Rows([Block(numbers, len(numbers))] if numbers else [], 1), single=True)

    def sample(self, k: int) -> Sample:
        """Return the arguments of the k-th row, starting over at the end."""
        return self.executable.like(self.rows.rows[k % self.rows.count])

    @property
    def code(self) -> tuple[bool, int]:
        """The code that runs it: whether it is C, and the number of rows it is for; 0 means one sample in Python."""
        return self.in_c, self.rows.count if self.in_c or not self.single else 0

    @property
    def loaded(self) -> LoadedProgram:
        return self.executable.loaded(self.rows.count)

    @cached_property
    def batch(self) -> Batch:
        """The rows in the form that C takes."""
        return self.executable.batch(self.rows)


class Prepared:
    """A batch that a step's `prepare` has traced and turned into numbers: its columns, and its rows by signature.

    It keeps copies of the numbers: later changes to the lists do not affect it.
    """

    def __init__(
        self, step: Step, columns: Sequence[Sequence[Any]], parts: list[Part], keywords: Mapping[str, Any] | None = None
    ) -> None:
        self.step = step
        self._keywords = keywords or {}
        self.generation = step.programs.generation
        self.columns = columns
        self.parts = parts
        self.count = sum(part.rows.count for part in parts)
        self.edges = sum(part.rows.count * part.executable.edges for part in parts)

    @cached_property
    def plan(self) -> BatchPlan:
        """The batch in the form that C takes."""
        return BatchPlan([(part.loaded, part.batch) for part in self.parts])

    def made_floats(self) -> bool:
        """See Executable.made_floats."""
        return bool(sum(part.executable.made_floats() for part in self.parts))  # of each

    def in_python(self) -> float:
        """Return the mean loss, and add its gradients to the parameters'. After an error, these are unchanged."""
        parameters = self.step.parameters
        put_back = writing(parameters, "grad", [p.grad for p in parameters] if len(self.parts) > 1 else [])
        try:
            sums = [part.executable.many(part.rows.rows, 1.0 / self.count) for part in self.parts]
        except BaseException:
            put_back()
            raise
        return add_up(sums) / self.count

    def in_c(self) -> float:
        """Do the same in C."""
        with self.step.lock:
            return self.plan.run(self.step.programs.gradients)

    def itself(self, function: Callable[..., Value]) -> Value:
        """Return the mean loss as the function itself computes it."""
        rows = zip(*self.columns) if self.columns else [()]
        losses = [function(*row, **self._keywords) for row in rows]
        return losses[0] if len(losses) == 1 else mean(losses)
