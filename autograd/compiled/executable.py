"""A program made to run: as emitted Python functions, and as bytecode for the C interpreter."""

from __future__ import annotations

import builtins
import math
from array import array
from collections.abc import Callable, Sequence
from functools import cached_property
from numbers import Integral
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ShapeError
from ..formula import FUNCTIONS, larger
from ..node import writing
from ..slow_path import real
from ..value import NOT_REACHED, Value
from .batches import Block, Rows
from .c.bytecode import Bytecode
from .c.runtime import Batch, Interpreter, LoadedProgram, NotFloatError, interpreter
from .export import python_function, python_loop
from .program import PICK, Program, Reach
from .signature import Sample, Signature

if TYPE_CHECKING:
    from .prepared import Part

__all__ = ["KINDS", "Executable"]

MANY_ROWS = 4  # the fewest rows of a batch worth computing side by side
SIZES = 8  # the most batch sizes for which memory is kept

_NAMESPACE: dict[str, Any] = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
_NAMESPACE.update(abs=abs, larger=larger, inf=math.inf, nan=math.nan)
_NAMESPACE.update(type__=type, float__=float, not__floats=NotFloatError)


KINDS = ("one", "many", "c one", "c many")  # the kinds of code that may run a program; each is checked


class Executable:
    """What was traced for one signature of arguments, and everything made from it so far.

    parameters: all those of the compiled step. inputs: the numbers it was traced with. like: makes arguments from such
    numbers. mode: the mode it was traced in, from in_mode(). edges: how much work it is. choices: for inputs that pick,
    by place, the number of candidates. used: the number of the last call that ran it; due: the number of the call of
    one sample that is to be checked; part: the rows it ran on. checks: how often it has been checked; checked: which
    kinds of code; last_check: at which call.
    """

    like: Callable[[Sequence[float]], Sample]
    mode: Signature

    def __init__(self, program: Program, parameters: Sequence[Value], inputs: Sequence[float]) -> None:
        self.program = program
        self.inputs = inputs
        self.parameters = [*parameters]
        self.edges = sum(len(node.operands) for node in program.order)
        self.choices: dict[int, int] = {}
        place = {node: i for i, node in enumerate(program.inputs)}
        for node in program.picks:
            i, count = place[node.operands[0]], len(node.operands) - 1
            self.choices[i] = min(self.choices.get(i, count), count)
        self.checks = self.last_check = 0
        self.checked: set[str] = set()
        self.used = 0
        self.due: float = 0
        self.part: Part | None = None
        self._machine: Interpreter | None = None
        self._bytecodes: dict[bool, Bytecode] = {}
        self._loaded: dict[int, LoadedProgram] = {}

    def check(self, inputs: Sequence[Any]) -> None:
        """Raise the error for an index that picks nothing."""
        for i, count in self.choices.items():
            index: Any = inputs[i]
            name = self.program.name(self.program.inputs[i])
            if type(index) is not int and not isinstance(index, Integral):
                raise ArgumentError(f"{name}: want a whole number to pick one of {count}, got {index!r}")
            if not 0 <= int(index) < count:
                raise ShapeError(f"{name}: want an index from 0 to {count - 1}, got {index}")

    def check_rows(self, rows: Rows) -> None:
        """Do the same for every row."""
        if not self.choices:
            return
        columns = rows.columns
        for i, count in self.choices.items():
            if set(map(type, columns[i])) != {int} or min(columns[i]) < 0 or max(columns[i]) >= count:
                for row in rows.rows:
                    self.check(row)

    def name(self, parameter: Value) -> str:
        """Return a parameter's name, or its label if the program does not use it."""
        return self.program.name(parameter) if parameter in self.program.index else parameter.label or "a parameter"

    @property
    def values(self) -> list[Value]:
        """The Values whose numbers the program reads: parameters first."""
        return [*self.program.parameters, *self.program.constants]

    def made_floats(self) -> bool:
        """Turn other numbers in data and grad into floats, as the engine reads them; return whether there were any.

        Raises ArgumentError, naming the Value, for anything that is not a real number.
        """
        return self._made_floats("data") | self._made_floats("grad")

    def _made_floats(self, slot: str) -> bool:
        values = self.parameters if slot == "grad" else [*self.parameters, *self.program.constants]
        found = [(value, getattr(value, slot)) for value in values if type(getattr(value, slot)) is not float]
        numbers = [
            NOT_REACHED
            if slot == "grad" and number is None
            else real(number, f"a real number as {slot} of {self.name(value)}")
            for value, number in found
        ]
        for (value, _), number in zip(found, numbers):
            setattr(value, slot, number)
        return bool(found)

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.program, self.parameters)

    # --- the self-check

    def kind(self, in_c: bool, count: int) -> str:
        """Return which of KINDS runs a batch of `count` rows; 0 means one sample."""
        if in_c:
            return "c many" if count >= MANY_ROWS else "c one"
        return "many" if count else "one"

    def trial(
        self, rows: Sequence[Sequence[float]], code: tuple[bool, int]
    ) -> tuple[float, dict[Value, float | None]] | None:
        """Compute the mean loss of some rows and its gradients, changing no grad; None if arithmetic fails.

        code: whether to use C, and for how many rows of a batch its code was made.
        """
        in_c, count = code
        self._made_floats("data")
        if in_c:
            found = self._trial_in_c(rows, count)
        else:
            try:
                found = self._trial_in_python(rows, bool(count))
            except (ArithmeticError, ValueError):
                return None
        if found is None:
            return None
        loss, gradients = found
        reached = self.reach.of(rows)
        return loss, {p: gradients.get(p, 0.0) if there else None for p, there in zip(self.parameters, reached)}

    def _trial_in_python(self, rows: Sequence[Sequence[float]], many: bool) -> tuple[float, dict[Value, float]]:
        function = self._loop if many else self._single
        twins = [Value(value.data) for value in self.values]
        names = {f"value__{i}": twin for i, twin in enumerate(twins)}
        run = FunctionType(function.__code__, {**function.__globals__, **names})

        def loss() -> float:
            return run(rows, 1.0 / len(rows)) / len(rows) if many else float(run(rows[0]))

        found = loss()
        gradients = [twin.grad for twin in twins]
        for twin in twins:
            twin.grad = -twin.grad
        loss()  # a second time, to see that gradients accumulate: added to their opposites, they leave 0
        return found, {
            p: gradient + twin.grad if math.isfinite(gradient) else gradient
            for p, gradient, twin in zip(self.program.parameters, gradients, twins)
        }

    def _trial_in_c(self, rows: Sequence[Sequence[float]], count: int) -> tuple[float, dict[Value, float]] | None:
        loaded = self.loaded(count)
        loaded.read_constants()
        loaded.data[: len(self.parameters)] = array("d", [p.data for p in self.parameters])
        numbers = [number for row in rows for number in row]
        block = [Block(numbers, len(rows[0]))] if numbers else []
        batch = Batch(*Rows(block, len(rows)).packed(), len(rows), self.reach.of(rows))
        loss = loaded.machine.run(loaded, batch)
        return None if loaded.bad else (loss, dict(zip(self.parameters, loaded.grad)))

    # --- in Python

    @cached_property
    def _single(self) -> Any:
        return self._function(python_function(self.program, bound=True))

    @cached_property
    def _loop(self) -> Any:
        return self._function(python_loop(self.program, bound=True))

    def one(self, inputs: Sequence[float]) -> float:
        """Return the result for one row of inputs, and add its gradients to those of the parameters."""
        function = self._single

        def checked(inputs: Sequence[float]) -> float:
            self.check(inputs)
            return function(inputs)

        def where_it_comes(inputs: Sequence[float]) -> float:
            take_back = self._unreached([inputs])
            try:
                return float(checked(inputs))  # an int may have been picked
            finally:
                take_back()

        deep = self.choices and (self.program.root.op is PICK or self.reach.deep)
        self.one = where_it_comes if deep else checked if self.choices else function
        return self.one(inputs)

    def many(self, rows: Sequence[Sequence[float]], seed: float) -> float:
        """Return the sum of the results for many rows, and add `seed` times their gradients to the parameters'."""
        function = self._loop

        def where_it_comes(rows: Sequence[Sequence[float]], seed: float) -> float:
            take_back = self._unreached(rows)
            try:
                return function(rows, seed)
            finally:
                take_back()

        self.many = where_it_comes if self.program.picks and self.reach.deep else function
        return self.many(rows, seed)

    def _unreached(self, rows: Sequence[Sequence[float]]) -> Callable[[], object]:
        """Return a function that takes back a 0 that was added where nothing had been picked: it is not a gradient."""
        kept = [p for p, reached in zip(self.parameters, self.reach.of(rows)) if not reached]
        return writing(kept, "grad", [p.grad for p in kept])

    def _function(self, text: str) -> Callable[..., Any]:
        namespace: dict[str, Any] = {**_NAMESPACE, **{f"value__{i}": value for i, value in enumerate(self.values)}}
        exec(builtins.compile(text, "<autograd compiled step>", "exec"), namespace)
        return namespace["step"]

    # --- in C

    @property
    def machine(self) -> Interpreter:
        """The interpreter for this program. Raises ToolError if it cannot be built."""
        if self._machine is None:
            self._machine = interpreter(self.program)
        return self._machine

    def can_run_in_c(self) -> bool:
        """Return whether a gradient flows at all. Raises ToolError if there is no interpreter."""
        if self.program.root not in self.program.active:
            return False
        self.machine  # noqa: B018 - is built now, if it can be
        return True

    def loaded(self, rows: int) -> LoadedProgram:
        """Return the program in the interpreter's memory, for batches of that many rows."""
        if rows < MANY_ROWS or self.program.root not in self.program.per_row:
            rows = 1
        if rows not in self._loaded:
            machine = self.machine
            if (by_rows := rows > 1) not in self._bytecodes:
                self._bytecodes[by_rows] = Bytecode(self.program, self.parameters, machine.numbers, by_rows)
            if len(self._loaded) >= SIZES:
                self._loaded.clear()
            self._loaded[rows] = LoadedProgram(machine, self._bytecodes[by_rows], self.parameters, rows)
        return self._loaded[rows]
