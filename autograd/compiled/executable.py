"""A program made to run: as emitted Python functions, and as bytecode for the C interpreter."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import Any

from ..errors import OutOfRangeError, WrongKindError
from ..formula import FUNCTIONS, larger
from ..value import Value
from .batches import Rows
from .c.bytecode import Bytecode
from .c.runtime import Batch, Interpreter, LoadedProgram, interpreter
from .emit import python_function, python_loop
from .program import PICK, Program
from .reach import Reach

__all__ = ["Executable", "Part"]

MANY_ROWS = 4  # rows of a batch that are worth computing side by side
SIZES = 8  # of batches for which memory is kept
MOST_CHOICES = 64  # ways to pick that get programs of their own where that changes the order of backward()

_NAMESPACE: dict[str, Any] = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}
_NAMESPACE.update(abs=abs, larger=larger, inf=math.inf, nan=math.nan)


class Executable:
    """What was traced for one structure of arguments, and what has been made of it so far.

    parameters: all those of the compiled step. inputs: the numbers it was traced with. edges: how much work it is.
    choices: of the inputs that pick, by place, how many there are to pick from. leading: those of them by which the
    order of backward() depends on what is picked, if the ways are few; chosen: then a program for each way.
    kinds: int or float, of the inputs it served last; known: all that it has been found to serve, by place.
    """

    def __init__(self, program: Program, parameters: Sequence[Value], inputs: Sequence[float]) -> None:
        self.program = program
        self.inputs = inputs
        self.parameters = parameters
        self.edges = sum(len(node.operands) for node in program.order)
        self.choices: dict[int, int] = {}
        place = {node: i for i, node in enumerate(program.inputs)}
        for node in program.picks:
            i, count = place[node.operands[0]], len(node.operands) - 1
            self.choices[i] = min(self.choices.get(i, count), count)
        self.leading = tuple(dict.fromkeys(place[node.operands[0]] for node in program.leading))
        if math.prod(self.choices[i] for i in self.leading) > MOST_CHOICES:
            self.leading = ()
        self.chosen: dict[tuple[float, ...], Executable] = {}
        self.kinds: list[type] = [*map(type, inputs)]
        self.known = [{kind} for kind in self.kinds]
        self._reach: Reach | None = None
        self._machine: Interpreter | None = None
        self._bytecodes: dict[bool, Bytecode] = {}
        self._loaded: dict[int, LoadedProgram] = {}

    def check(self, inputs: Sequence[Any]) -> None:
        """Raise the error of an index that picks nothing."""
        for i, count in self.choices.items():
            index: Any = inputs[i]
            name = self.program.name(self.program.inputs[i])
            if type(index) is not int and not isinstance(index, Integral):
                raise WrongKindError(f"{name}: want a whole number to pick one of {count}, got {index!r}")
            if not 0 <= int(index) < count:
                raise OutOfRangeError(f"{name}: want an index from 0 to {count - 1}, got {index}")

    def check_rows(self, rows: Rows) -> None:
        """The same for every row."""
        if not self.choices:
            return
        columns = rows.columns
        for i, count in self.choices.items():
            if set(map(type, columns[i])) != {int} or min(columns[i]) < 0 or max(columns[i]) >= count:
                for row in rows.rows:
                    self.check(row)

    @property
    def reach(self) -> Reach:
        if self._reach is None:
            self._reach = Reach(self.program, self.parameters)
        return self._reach

    # --- in Python

    def one(self, inputs: Sequence[float]) -> float:
        """The result for one row of inputs; adds its gradients to those of the parameters."""
        function = self._function(python_function(self.program, bound=True))

        def where_it_comes(inputs: Sequence[float]) -> float:
            with self._only_reached([inputs]):
                return float(function(inputs))  # an int may have been picked

        chooses = self.program.root.op is PICK or (self.program.picks and self.reach.deep)
        self.one = where_it_comes if chooses else function
        return self.one(inputs)

    def many(self, rows: Sequence[Sequence[float]], seed: float) -> float:
        """The sum of the results for many rows; adds `seed` times their gradients to those of the parameters."""
        function = self._function(python_loop(self.program, bound=True))

        def where_it_comes(rows: Sequence[Sequence[float]], seed: float) -> float:
            with self._only_reached(rows):
                return function(rows, seed)

        self.many = where_it_comes if self.program.picks and self.reach.deep else function
        return self.many(rows, seed)

    @contextmanager
    def _only_reached(self, rows: Sequence[Sequence[float]]) -> Generator[None, None, None]:
        """Afterwards, a 0 that was added where nothing had been picked is taken back: it is no gradient."""
        kept = [(p, p.grad) for p, reached in zip(self.parameters, self.reach.of(rows)) if not reached]
        yield
        for p, grad in kept:
            p.grad = grad

    def _function(self, text: str) -> Callable[..., Any]:
        values = enumerate([*self.program.parameters, *self.program.frozen])
        namespace = {**_NAMESPACE, **{f"value__{i}": value for i, value in values}}
        exec(builtins.compile(text, "<autograd compiled step>", "exec"), namespace)
        return namespace["step"]

    # --- in C

    @property
    def machine(self) -> Interpreter:
        """The interpreter for this program. Raises CompileError if it cannot be built."""
        if self._machine is None:
            self._machine = interpreter(self.program)
        return self._machine

    def can_run_in_c(self) -> bool:
        """Whether a gradient flows at all. Raises CompileError if there is no interpreter."""
        if self.program.root not in self.program.moving:
            return False
        self.machine  # noqa: B018 - is built now, if it can be
        return True

    def loaded(self, rows: int) -> LoadedProgram:
        """The program in the interpreter's memory, for batches of that many rows."""
        if rows < MANY_ROWS or self.program.root not in self.program.varying:
            rows = 1
        if rows not in self._loaded:
            machine = self.machine
            if (by_rows := rows > 1) not in self._bytecodes:
                self._bytecodes[by_rows] = Bytecode(self.program, self.parameters, machine.numbers, by_rows)
            if len(self._loaded) >= SIZES:
                self._loaded.clear()
            self._loaded[rows] = LoadedProgram(machine, self._bytecodes[by_rows], self.parameters, rows)
        return self._loaded[rows]


class Part:
    """Rows of a batch that have one structure."""

    def __init__(self, executable: Executable, rows: Rows) -> None:
        self.executable = executable
        self.rows = rows
        self._batch: Batch | None = None

    @property
    def loaded(self) -> LoadedProgram:
        return self.executable.loaded(self.rows.count)

    @property
    def batch(self) -> Batch:
        """The rows as C takes them."""
        if self._batch is None:
            reached = self.executable.reach.of(self.rows.rows if self.executable.reach.varies else ())
            self._batch = Batch(*self.rows.packed(), self.rows.count, reached)
        return self._batch
