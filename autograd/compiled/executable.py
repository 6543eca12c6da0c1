"""A program in forms that run: as generated Python functions, and as bytecode for the C interpreter."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from numbers import Integral
from types import FunctionType
from typing import Any

from ..errors import ArgumentError, ShapeError
from ..formula import FUNCTIONS, larger
from ..node import writing
from ..slow_path import real
from ..value import NOT_REACHED, Value
from .batches import Row, Sample, Signature
from .c.bytecode import Bytecode
from .c.runtime import Batch, Interpreter, LoadedProgram, NotFloatError, Schedule, Training, interpreter
from .export import python_loop
from .program import Program, Reach

__all__ = ["KINDS", "Executable"]

MANY_ROWS = 4  # the fewest rows of a batch worth computing side by side
SIZES = 8  # the most batch sizes for which memory is kept
KINDS = ("python", "c one", "c many")  # the kinds of code that may run a program; each is checked

_NAMESPACE: dict[str, Any] = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
_NAMESPACE.update(abs=abs, larger=larger, inf=math.inf, nan=math.nan)
_NAMESPACE.update(type__=type, float__=float, not__floats=NotFloatError)


class Executable:
    """The program traced for one signature of arguments, and everything made from it so far.

    parameters: all those of the compiled step. sample: the arguments it was traced with. mode: the mode it was traced
    in, from in_mode(). edges: how much work it is. choices: the number of candidates for each input that picks, by
    place. used, last_check: the number of the last call that ran it, and of the last that checked it. is_quick: whether
    one sample runs in Python, by code that has been checked. last: the rows it ran on, whether in C, and for how many. checks: how often it has been
    checked. checked: which kinds of code have been.
    """

    def __init__(self, program: Program, parameters: Sequence[Value], sample: Sample, mode: Signature = ()) -> None:
        self.program = program
        self.parameters = [*parameters]
        self.values = [*program.parameters, *program.constants]  # their numbers are read
        self.sample = sample.like(sample.numbers)
        self.mode = mode
        self.edges = sum(len(node.operands) for node in program.order)
        self.choices: dict[int, int] = {}
        place = {node: i for i, node in enumerate(program.inputs)}
        for node in program.picks:
            i, count = place[node.operands[0]], len(node.operands) - 1
            self.choices[i] = min(self.choices.get(i, count), count)
        self.checks = self.last_check = self.used = 0
        self.checked: set[str] = set()
        self.is_quick = False
        self.last: tuple[Sequence[Row], bool, int] | None = None
        self._bytecodes: dict[bool, Bytecode] = {}
        self._loaded: dict[int, LoadedProgram] = {}
        self.check([sample.numbers])

    def check(self, rows: Iterable[Row]) -> None:
        """Raise the error for an index outside its candidates."""
        for row in rows if self.choices else ():
            for i, count in self.choices.items():
                index, name = row[i], self.program.name(self.program.inputs[i])
                if not isinstance(index, Integral):
                    raise ArgumentError(f"{name}: want a whole number to pick one of {count}, got {index!r}")
                if not 0 <= int(index) < count:
                    raise ShapeError(f"{name}: want an index from 0 to {count - 1}, got {index}")

    def name(self, parameter: Value) -> str:
        """Return a parameter's name, or its label if the program does not use it."""
        return self.program.name(parameter) if parameter in self.program.index else parameter.label or "a parameter"

    def made_floats(self) -> bool:
        """Turn numbers of other types in data and grad into floats, as the engine does; return whether there were any.

        Raises ArgumentError, naming the Value, for anything that is not a real number.
        """
        return self._made_floats("data") | self._made_floats("grad")

    def _made_floats(self, slot: str) -> bool:
        values = [*self.parameters, *(self.program.constants if slot == "data" else ())]
        found = {v: x for v in values if type(x := getattr(v, slot)) is not float}
        for value, x in found.items():
            cleared = x is None and slot == "grad"
            found[value] = NOT_REACHED if cleared else real(x, f"a real number as {slot} of {self.name(value)}")
        writing(found, slot, found.values())()
        return bool(found)

    @cached_property
    def reach(self) -> Reach:
        return Reach(self.program, self.parameters)

    def kind(self, in_c: bool, count: int) -> str:
        """Return which of KINDS runs a batch of `count` rows."""
        return KINDS[in_c + (in_c and count >= MANY_ROWS)]

    def trial(self, rows: Sequence[Row], in_c: bool, count: int) -> tuple[float, dict[Value, float | None]] | None:
        """Compute the mean loss of some rows and its gradients, without changing any grad; None if arithmetic fails.

        in_c, count: whether to use C, and for how many rows of a batch its code was made.
        """
        self._made_floats("data")
        twins = {value: Value(value.data) for value in (*self.parameters, *self.program.constants)}
        own = [twins[p] for p in self.parameters]
        if in_c:
            run = partial(Schedule([[self.portion(rows, count)]]).run, Training(own))
        else:
            names = {f"value__{i}": twins[value] for i, value in enumerate(self.values)}
            function = FunctionType(self._loop.__code__, {**self._loop.__globals__, **names})
            run = partial(function, rows, 1.0 / len(rows))
        try:
            loss = run() / (1 if in_c else len(rows))
            gradients = [twin.grad for twin in own]
            for twin in own:
                twin.grad = -twin.grad
            run()  # run a second time, to see that gradients accumulate: added to their opposites, they give 0
        except (ArithmeticError, ValueError):
            return None
        found = [g + twin.grad if math.isfinite(g) else g for g, twin in zip(gradients, own)]
        return loss, {p: g if there else None for p, g, there in zip(self.parameters, found, self.reach.of(rows))}

    @cached_property
    def _loop(self) -> Any:
        namespace: dict[str, Any] = {**_NAMESPACE, **{f"value__{i}": value for i, value in enumerate(self.values)}}
        exec(builtins.compile(python_loop(self.program), "<autograd compiled step>", "exec"), namespace)
        return namespace["step"]

    @cached_property
    def run(self) -> Callable[[Sequence[Row], float], float]:
        """The function that returns the sum of the results for rows, and adds a number times their gradients.

        If these depend on a pick, it removes a 0 added where nothing has been picked, since that is not a gradient.
        """

        def run(rows: Sequence[Row], seed: float) -> float:
            kept = [p for p, reached in zip(self.parameters, self.reach.of(rows)) if not reached]
            take_back = writing(kept, "grad", [p.grad for p in kept])
            try:
                return self._loop(rows, seed)
            finally:
                take_back()

        return run if self.reach.varies else self._loop

    @cached_property
    def machine(self) -> Interpreter:
        """The interpreter for this program. Raises ToolError if it cannot be built."""
        return interpreter(self.program)

    def can_run_in_c(self) -> bool:
        """Return whether a gradient flows at all. Raises ToolError if there is no interpreter."""
        return self.program.root in self.program.active and self.machine is not None

    def portion(self, rows: Sequence[Row], count: int) -> tuple[LoadedProgram, Batch]:
        """Return rows in the form that C takes, and the program in the interpreter's memory, for batches of `count`."""
        if count < MANY_ROWS or self.program.root not in self.program.per_row:
            count = 1
        if count not in self._loaded:
            if (by_rows := count > 1) not in self._bytecodes:
                self._bytecodes[by_rows] = Bytecode(self.program, self.parameters, self.machine.numbers, by_rows)
            if len(self._loaded) >= SIZES:
                self._loaded.clear()
            self._loaded[count] = LoadedProgram(self.machine, self._bytecodes[by_rows], count)
        return self._loaded[count], Batch(rows, self.reach.of(rows))
