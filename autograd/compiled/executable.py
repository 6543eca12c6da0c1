"""A program in forms that run: as generated Python functions, and as bytecode for the C interpreter."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from numbers import Integral
from types import FunctionType
from typing import Any

from ..errors import ArgumentError, ShapeError
from ..formula import FUNCTIONS, larger
from ..node import writing
from ..slow_path import real
from ..value import NOT_REACHED, Value
from .batches import Block, Part, Rows
from .c.bytecode import Bytecode
from .c.runtime import Batch, BatchPlan, Interpreter, LoadedProgram, NotFloatError, Training, interpreter
from .export import bound_function, python_loop
from .program import PICK, Program, Reach
from .signature import Sample, Signature

__all__ = ["KINDS", "Executable"]

MANY_ROWS = 4  # the fewest rows of a batch worth computing side by side
SIZES = 8  # the most batch sizes for which memory is kept

_NAMESPACE: dict[str, Any] = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
_NAMESPACE.update(abs=abs, larger=larger, inf=math.inf, nan=math.nan)
_NAMESPACE.update(type__=type, float__=float, not__floats=NotFloatError)


KINDS = ("one", "many", "c one", "c many")  # the kinds of code that may run a program; each is checked


class Executable:
    """The program traced for one signature of arguments, and everything made from it so far.

    parameters: all those of the compiled step. inputs: the numbers it was traced with. like: makes arguments from such
    numbers. mode: the mode it was traced in, from in_mode(). edges: how much work it is. choices: the number of
    candidates for each input that picks, by place. used: the number of the last call that ran it. is_quick: whether one
    sample runs in Python, by code that has been checked. part: the rows it ran on. checks: how often it has been
    checked. checked: which kinds of code have been. last_check: the call of the last check.
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
        self.is_quick = False
        self.part: Part | None = None
        self._machine: Interpreter | None = None
        self._bytecodes: dict[bool, Bytecode] = {}
        self._loaded: dict[int, LoadedProgram] = {}

    def check(self, rows: Iterable[Sequence[Any]]) -> None:
        """Raise the error for an index outside its candidates."""
        for row in rows if self.choices else ():
            for i, count in self.choices.items():
                index = row[i]
                if type(index) is not int and not isinstance(index, Integral):
                    raise ArgumentError(f"{self._input(i)}: want a whole number to pick one of {count}, got {index!r}")
                if not 0 <= int(index) < count:
                    raise ShapeError(f"{self._input(i)}: want an index from 0 to {count - 1}, got {index}")

    def _input(self, i: int) -> str:
        return self.program.name(self.program.inputs[i])

    def name(self, parameter: Value) -> str:
        """Return a parameter's name, or its label if the program does not use it."""
        return self.program.name(parameter) if parameter in self.program.index else parameter.label or "a parameter"

    @property
    def values(self) -> list[Value]:
        """The Values whose numbers the program reads: parameters first."""
        return [*self.program.parameters, *self.program.constants]

    def made_floats(self) -> bool:
        """Turn numbers of other types in data and grad into floats, as the engine does; return whether there were any.

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
        """Compute the mean loss of some rows and its gradients, without changing any grad; None if arithmetic fails.

        code: whether to use C, and for how many rows of a batch its code was made.
        """
        in_c, count = code
        self._made_floats("data")
        twins = {value: Value(value.data) for value in (*self.parameters, *self.program.constants)}
        own = [twins[p] for p in self.parameters]
        if in_c:
            block = [Block([x for row in rows for x in row], len(rows[0]))]
            plan, training = BatchPlan([(self.loaded(count), self.batch(Rows(block, len(rows))))]), Training(own)
            run = partial(plan.run, training)
        else:
            run = self._on_twins(rows, bool(count), twins)
        try:
            loss = run()
            gradients = [twin.grad for twin in own]
            for twin in own:
                twin.grad = -twin.grad
            run()  # run a second time, to see that gradients accumulate: added to their opposites, they give 0
        except (ArithmeticError, ValueError):
            return None
        found = [g + twin.grad if math.isfinite(g) else g for g, twin in zip(gradients, own)]
        return loss, {p: g if there else None for p, g, there in zip(self.parameters, found, self.reach.of(rows))}

    def _on_twins(
        self, rows: Sequence[Sequence[float]], many: bool, twins: Mapping[Value, Value]
    ) -> Callable[[], float]:
        function = self._loop if many else self._single
        names = {f"value__{i}": twins[value] for i, value in enumerate(self.values)}
        run = FunctionType(function.__code__, {**function.__globals__, **names})
        return lambda: run(rows, 1.0 / len(rows)) / len(rows) if many else float(run(rows[0]))

    # --- in Python

    @cached_property
    def _single(self) -> Any:
        return self._function(bound_function(self.program))

    @cached_property
    def _loop(self) -> Any:
        return self._function(python_loop(self.program))

    @cached_property
    def one(self) -> Callable[[Sequence[float]], float]:
        """The function that returns the result for one row of inputs, and adds its gradients to the parameters'."""
        return self._where_it_comes(self._single, lambda inputs: [inputs])

    @cached_property
    def many(self) -> Callable[[Sequence[Sequence[float]], float], float]:
        """The function that returns the sum of the results for many rows, and adds a number times their gradients."""
        return self._where_it_comes(self._loop, lambda rows, _: rows)

    def _where_it_comes(self, function: Any, rows: Callable[..., Sequence[Sequence[float]]]) -> Any:
        """Return a function that removes a 0 added where nothing has been picked, since that is not a gradient."""

        def run(*arguments: Any) -> float:
            kept = [p for p, reached in zip(self.parameters, self.reach.of(rows(*arguments))) if not reached]
            take_back = writing(kept, "grad", [p.grad for p in kept])
            try:
                return function(*arguments)
            finally:
                take_back()

        return run if self.choices and (self.program.root.op is PICK or self.reach.deep) else function

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
            self._loaded[rows] = LoadedProgram(machine, self._bytecodes[by_rows], rows)
        return self._loaded[rows]

    def batch(self, rows: Rows) -> Batch:
        """Return rows in the form that C takes."""
        return Batch(rows.floats, rows.count, self.reach.of(rows.rows if self.reach.varies else ()))
