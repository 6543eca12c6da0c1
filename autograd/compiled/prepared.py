"""Prepared numbers: rows of one signature, batches of such rows, and the way a batch runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..formula import add_up
from ..functions import mean
from ..node import writing
from ..value import Value
from .batches import Block, Rows, transposed
from .c.runtime import Batch, BatchPlan, LoadedProgram
from .executable import Executable
from .signature import Sample

if TYPE_CHECKING:
    from .step import Step

__all__ = ["Part", "Prepared"]


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
        losses = [function(*row, **self._keywords) for row in transposed(self.columns)]
        return losses[0] if len(losses) == 1 else mean(losses)
