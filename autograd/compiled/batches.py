"""What a program runs on, and how: the arguments of a step, rows of them, and the program for one signature.

>>> numbers = []
>>> signature(([0.5, 2.0], 1, True), numbers), numbers
(((<class 'list'>, 2), 0, (<class 'bool'>, True)), [0.5, 2.0, 1])

A batch is given as columns, one for each argument of the function, each with an entry for each row.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property, partial
from itertools import chain, compress
from numbers import Integral, Real
from operator import not_
from types import FunctionType
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, AutogradError, ShapeError
from ..explain.naming import mapped
from ..formula import FUNCTIONS, add_up, larger
from ..frames import does_not_fit
from ..functions import mean
from ..node import write
from ..slow_path import real
from ..value import NOT_REACHED, Value
from .c.bytecode import Bytecode
from .c.runtime import Batch, Interpreter, LoadedProgram, NotFloatError, Schedule, Training, interpreter
from .export import python_loop
from .program import Program, Reach

if TYPE_CHECKING:
    from .step import Step

__all__ = [
    "KINDS", "Executable", "Prepared", "Row", "Rows", "Sample", "Signature", "is_number", "rows_by_signature", "signature",
]  # fmt: skip

Signature = tuple[Any, ...]
Row = Sequence[float]  # the numbers in the arguments, in order
_PLAIN = {float, int}
MANY_ROWS = 4  # the minimum number of rows in a batch worth computing side by side
KINDS = IN_PYTHON, ONE_IN_C, MANY_IN_C = "python", "c one", "c many"  # each kind of code is checked

_NAMESPACE: dict[str, Any] = {
    **{name: getattr(math, name) for name in FUNCTIONS if name != "abs"}, "abs": abs, "larger": larger,
    "inf": math.inf, "nan": math.nan, "type__": type, "float__": float, "not__floats": NotFloatError,
}  # fmt: skip


def signature(arguments: Iterable[Any], numbers: list[float]) -> Signature:
    """Return a key for `arguments` without their numbers; append the numbers to `numbers`, in order.

    Numbers may be in lists and tuples, however nested. A bool, a str, a member of an Enum and None are part of the
    signature, and so is a Value. Raises ArgumentError for anything else.
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
        elif argument is None or isinstance(argument, (bool, str, Enum, Value)):
            key.append((kind, argument))  # a Value is a parameter: traced() makes sure of that
        elif isinstance(argument, Real):
            numbers.append(int(argument) if isinstance(argument, Integral) else real(argument))
            key.append(0)
        else:
            fix = "its .tolist()" if hasattr(kind, "tolist") else "the numbers in it, or let the function read it"
            wanted = "numbers, lists of them, bools, strs and enums as arguments of a compiled step"
            raise ArgumentError(f"want {wanted}, got a {kind.__name__}: give {fix}")
    return tuple(key)


def is_number(thing: Any) -> bool:
    return not isinstance(thing, (bool, Enum)) and isinstance(thing, Real)


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
        try:
            return function(*self.arguments, **self.keywords)
        except TypeError as error:
            raise does_not_fit(function, error, self.arguments) from None


class Rows:
    """The numbers of some rows, one row after the other."""

    def __init__(self, numbers: Sequence[float], count: int = 1) -> None:
        self.numbers = numbers
        self.count = count
        self._length = len(numbers) // count

    def __getitem__(self, i: int) -> Row:
        return self.numbers[i * self._length : (i + 1) * self._length]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._split)

    @cached_property
    def _split(self) -> list[Row]:
        return [self[i] for i in range(self.count)]


def rows_by_signature(columns: Sequence[Sequence[Any]]) -> dict[Signature, tuple[Rows, tuple[Any, ...]]]:
    """Return the rows of a batch by signature: the numbers of each, and the arguments of the first.

    Raises ShapeError for columns of different lengths or without rows, and ArgumentError for anything but lists.
    """
    for column in columns:
        if isinstance(column, (str, Mapping)) or not (hasattr(column, "__len__") and hasattr(column, "__getitem__")):
            raise ArgumentError(f"want a list, with an entry for each row, as each argument of a batch, got {column!r}")
    lengths = [len(column) for column in columns] or [1]
    if len(set(lengths)) > 1 or 0 in lengths:
        raise ShapeError(f"want the same number of rows, at least one, in each argument of a batch, got {lengths}")
    first = tuple(column[0] for column in columns)
    if rows := _rows_of_one_signature(columns, lengths[0]):
        return {signature(first, []): (rows, first)}
    found: dict[Signature, tuple[list[Row], tuple[Any, ...]]] = {}
    for row in zip(*columns):
        numbers: list[float] = []
        found.setdefault(signature(row, numbers), ([], row))[0].append(numbers)
    return {key: (Rows([*chain.from_iterable(rows)], len(rows)), row) for key, (rows, row) in found.items()}


def _rows_of_one_signature(columns: Sequence[Sequence[Any]], count: int) -> Rows | None:
    """Return the rows if each column has plain numbers, or lists of them, with equal lengths; None for anything else."""
    flat: list[Any] = []
    for column in columns:
        if not isinstance(column[0], (list, tuple)):
            flat.append(column)
        elif {type(column[0])}.issuperset(map(type, column)) and {len(column[0])}.issuperset(map(len, column)):
            flat += zip(*column)
        else:
            return None
    numbers = [0.0] * (count * len(flat))
    for i, column in enumerate(flat):
        numbers[i :: len(flat)] = column
    return Rows(numbers, count) if _PLAIN.issuperset(map(type, numbers)) else None


class Executable:
    """The program traced for one signature of arguments, and everything made from it so far.

    parameters: all those of the compiled step. sample: the arguments it was traced with. key: their signature. mode:
    the mode it was traced in, from in_mode(). edges: how much work it is. choices: the number of candidates for each
    input that picks, by position. used, last_check: the number of the last call that ran it, and of the last that
    checked it. quick: `loop`, once nothing is left to ask before it runs one sample. last: the rows it last ran on, and
    the kind of code. checks: how often it has been checked. checked: which kinds of code have been checked.
    """

    def __init__(
        self, program: Program, parameters: Sequence[Value], sample: Sample, key: Signature = (), mode: Signature = ()
    ) -> None:
        self.program = program
        self.parameters = [*parameters]
        self.reach = Reach(program, parameters)
        self.values = [*program.parameters, *program.constants]  # the program reads their numbers
        self.sample = sample.like(sample.numbers)
        self.key = key
        self.mode = mode
        self.edges = sum(len(node.operands) for node in program.order)
        self.choices: dict[int, int] = {}
        place = {node: i for i, node in enumerate(program.inputs)}
        for node in program.picks:
            i, count = place[node.operands[0]], len(node.operands) - 1
            self.choices[i] = min(self.choices.get(i, count), count)
        self.checks = self.last_check = self.used = 0
        self.checked: set[str] = set()
        self.quick: Callable[[Iterable[Row], float], float] | None = None
        self.last: tuple[Rows, str] | None = None
        self._loaded: dict[str, LoadedProgram] = {}
        self.check([sample.numbers])

    def check(self, rows: Iterable[Row]) -> None:
        for row in rows if self.choices else ():
            for i, count in self.choices.items():
                name, index = self.program.inputs[i].label, row[i]
                if not isinstance(index, Integral):
                    raise ArgumentError(f"{name}: want a whole number to pick one of {count}, got {index!r}")
                if not 0 <= int(index) < count:
                    raise ShapeError(f"{name}: want an index from 0 to {count - 1}, got {index}")

    def name(self, parameter: Value) -> str:
        return self.program.name(parameter) if parameter in self.program.index else parameter.label or "a parameter"

    def made_floats(self) -> bool:
        """Turn numbers of other types in data and grad into floats, as the engine does; return whether there were any.

        Raises ArgumentError, naming the Value, for anything that is not a real number.
        """
        others = [("data", v) for v in (*self.parameters, *self.program.constants) if type(v.data) is not float]
        others += [("grad", p) for p in self.parameters if type(p.grad) is not float]
        for name, value in others:
            number, wanted = getattr(value, name), f"a real number as {name} of {self.name(value)}"
            setattr(value, name, NOT_REACHED if number is None and name == "grad" else real(number, wanted))
        return bool(others)

    def kind(self, in_c: bool, count: int) -> str:
        return KINDS[in_c + (in_c and count >= MANY_ROWS and self.program.root in self.program.per_row)]

    def trial(self, rows: Rows, kind: str) -> tuple[float, dict[Value, float | None]] | None:
        """Compute the mean loss of some rows and its gradients, without changing any grad; None if arithmetic fails."""
        self.made_floats()
        rows = rows if self.program.inputs else Rows([])
        twins = {value: Value(value.data) for value in (*self.parameters, *self.program.constants)}
        own = [twins[p] for p in self.parameters]
        if in_c := kind != IN_PYTHON:
            run = partial(Schedule([[self.portion(rows, kind)]]).run, Training(own))
        else:
            names = {f"value__{i}": twins[value] for i, value in enumerate(self.values)}
            function = FunctionType(self.loop.__code__, {**self.loop.__globals__, **names})
            run = partial(function, rows, 1.0 / rows.count)
        try:
            loss = run() / (1 if in_c else rows.count)
            gradients = [twin.grad for twin in own]
            for twin in own:
                twin.grad = -twin.grad
            run()  # run a second time, to see that gradients accumulate: added to their opposites, they give 0
        except (ArithmeticError, ValueError):
            return None
        found = [g + twin.grad if math.isfinite(g) else g for g, twin in zip(gradients, own)]
        return loss, {p: g if there else None for p, g, there in zip(self.parameters, found, self.reach.of(rows))}

    @cached_property
    def loop(self) -> Any:
        namespace: dict[str, Any] = {**_NAMESPACE, **{f"value__{i}": value for i, value in enumerate(self.values)}}
        exec(builtins.compile(python_loop(self.program), "<autograd compiled step>", "exec"), namespace)
        return namespace["step"]

    @cached_property
    def run(self) -> Callable[[Rows, float], float]:
        """The function that returns the sum of the results for rows, and adds a number times their gradients.

        If these depend on a pick, it removes the 0 where nothing was picked, since that is not a gradient.
        """

        def run(rows: Rows, seed: float) -> float:
            kept = [*compress(self.parameters, map(not_, self.reach.of(rows)))]
            before = [p.grad for p in kept]
            try:
                return self.loop(rows, seed)
            finally:
                write(kept, "grad", before)

        if not self.program.inputs:  # all rows are alike
            return lambda rows, seed: rows.count * self.loop((), rows.count * seed)
        return run if self.reach.varies else self.loop

    @cached_property
    def machine(self) -> Interpreter:
        return interpreter(self.program)

    def portion(self, rows: Rows, kind: str) -> tuple[LoadedProgram, Batch]:
        """Return the program in the interpreter's memory, and rows in the form that it takes."""
        if kind not in self._loaded:
            bytecode = Bytecode(self.program, self.parameters, self.machine.numbers, rows=kind == MANY_IN_C)
            self._loaded[kind] = LoadedProgram(self.machine, bytecode)
        return self._loaded[kind], Batch(rows.numbers, rows.count, self.reach.of(rows))


class Prepared:
    """A batch that a step's `prepare` has traced and turned into numbers: for each signature, the program and the rows.

    It keeps copies of the numbers: later changes to the lists do not affect it.
    """

    def __init__(self, step: Step, parts: Sequence[tuple[Executable, Rows]]) -> None:
        self.step = step
        self.generation = step.programs.generation
        self.parts = parts
        self.count = sum(rows.count for _, rows in parts)
        for executable, rows in parts:
            executable.check(rows)

    @cached_property
    def portions(self) -> list[Any]:
        return [executable.portion(rows, executable.kind(True, rows.count)) for executable, rows in self.parts]

    @cached_property
    def _schedule(self) -> Schedule:
        return Schedule([self.portions])

    def in_python(self) -> float:
        """Return the mean loss, and add its gradients to the parameters'. After an error, these are unchanged."""
        if len(self.parts) == 1:  # changes all of them or none
            executable, rows = self.parts[0]
            return executable.run(rows, 1.0 / self.count) / self.count
        before = [p.grad for p in self.step.parameters]
        try:
            return add_up([executable.run(rows, 1.0 / self.count) for executable, rows in self.parts]) / self.count
        except BaseException:
            write(self.step.parameters, "grad", before)
            raise

    def in_c(self) -> float:
        with self.step.programs.lock:  # another thread may have traced again, and found more parameters
            batch = self if self.generation == self.step.programs.generation else self.step.prepare(self)
            return batch._schedule.run(self.step.programs.gradients)

    def itself(self) -> Value:
        samples = (executable.sample.like(row) for executable, rows in self.parts for row in rows)
        return mean([sample.call(self.step.programs.function) for sample in samples])

    def computed(self, in_c: bool) -> float:
        """Do what in_python() or in_c() does. If the program cannot, the function itself does, or raises the error."""
        again, self.step.last_backend = False, "c" if in_c else "python"
        try:
            return self.in_c() if in_c else self.in_python()
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            again = isinstance(error, NotFloatError) and sum(part.made_floats() for part, _ in self.parts)
        if again:
            return self.computed(in_c)
        self.step.last_backend = "eager"
        loss = self.itself()
        loss.backward()
        return loss.data
