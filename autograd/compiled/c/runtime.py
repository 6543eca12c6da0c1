"""The C interpreter, loaded: memory for tapes, and calls into it. The structs are those of interpreter.c.in."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Mapping, Sequence
from ctypes import Structure, c_double, c_int, c_long, c_void_p
from itertools import chain
from typing import Any

from ...errors import CompileError
from ...ops import BUILTIN, OPS, Op
from ..program import PICK, Program
from .build import build
from .bytecode import Bytecode
from .template import interpreter_source, rows_of

__all__ = ["Batch", "BatchPlan", "Interpreter", "LoadedProgram", "Schedule", "Training", "interpreter", "zeros"]

CLOSE = 1 << 18  # bytes of the rows that are computed at once: what a processor keeps close to it
WIDEST = 8  # rows are computed by multiples of this, the numbers in the widest vector


class _Part(Structure):
    _fields_ = (("instructions", c_void_p), ("operands", c_void_p), ("count", c_long))


class _Memory(Structure):
    _fields_ = (
        ("data", c_void_p), ("grad", c_void_p), ("steady", c_void_p), ("steady_grad", c_void_p), ("width", c_long),
        ("live", c_long), ("room", c_void_p), ("columns", c_void_p), ("parameters", c_long), ("bad", c_int),
    )  # fmt: skip


class _Program(Structure):
    _fields_ = (
        ("steady", _Part), ("rows", _Part), ("memory", _Memory), ("data", c_void_p), ("grad", c_void_p),
        ("width", c_long), ("slots", c_long), ("steady_slots", c_long), ("inputs", c_long), ("first_input", c_long),
        ("run", c_void_p), ("root", c_int),
    )  # fmt: skip


class _Batch(Structure):
    _fields_ = (
        ("numbers", c_void_p),
        ("offsets", c_void_p),
        ("strides", c_void_p),
        ("rows", c_long),
        ("reached", c_void_p),
    )


class _Group(Structure):
    _fields_ = (
        ("runs", c_void_p), ("run_count", c_long), ("rule", c_int), ("nesterov", c_int), ("maximize", c_int),
        ("lr", c_double), ("momentum", c_double), ("dampening", c_double), ("weight_decay", c_double),
        ("beta1", c_double), ("beta2", c_double), ("eps", c_double),
    )  # fmt: skip


_NUMBERS = ("data", "grad", "first", "second", "steps")
_FLAGS = ("reached", "optimised")


class _Training(Structure):
    _fields_ = (
        *((name, c_void_p) for name in _NUMBERS + _FLAGS + ("groups",)),
        ("count", c_long), ("group_count", c_long),
    )  # fmt: skip


class _Portion(Structure):
    _fields_ = (("program", c_void_p), ("rows", c_void_p), ("weight", c_double))


class _BatchPlan(Structure):
    _fields_ = (("portions", c_void_p), ("count", c_long))


# --- The library -------------------------------------------------------------------------------------------


class Interpreter:
    """The library for some operations."""

    def __init__(self, ops: Sequence[Op]) -> None:
        rows = rows_of(ops)
        self.numbers = {(id(row.op), row.absent): number for number, row in enumerate(rows)}
        path = build(interpreter_source(rows))
        try:
            library: Any = ctypes.PyDLL(str(path))
        except OSError as error:
            raise CompileError(f"the C backend was built and cannot be loaded: {error}") from None
        self.run, self.train = library.run, library.train
        self.run.restype = c_double
        self.run.argtypes = (c_void_p, c_void_p)
        self.train.restype = c_long
        self.train.argtypes = (c_void_p, c_long, c_long, c_long, c_void_p, c_void_p)


# By the ids of the user's operations, since one that is defined anew has the name of the old one; and those operations.
_interpreters: dict[tuple[int, ...], tuple[Sequence[Op], Interpreter | CompileError]] = {}


def interpreter(program: Program) -> Interpreter:
    """The interpreter for a program: one for all but those with operations of the user's own.

    Raises CompileError if it cannot be built; it is tried once.
    """
    builtin = [OPS[name] for name in BUILTIN]
    known = {id(op) for op in (*builtin, PICK)}
    used = {id(node.op): node.op for node in program.order if node.op is not None}
    own = sorted((op for key, op in used.items() if key not in known), key=lambda op: (op, id(op)))
    key = tuple(map(id, own))
    if key not in _interpreters:
        try:
            _interpreters[key] = own, Interpreter([*builtin, *own])
        except CompileError as error:
            _interpreters[key] = own, error
    _, found = _interpreters[key]
    if isinstance(found, CompileError):
        raise found
    return found


# --- Memory ------------------------------------------------------------------------------------------------


def zeros(count: int, kind: str = "d") -> array[Any]:
    """An array of that many zeros; of one, where there would be none."""
    return array(kind, bytes(array(kind).itemsize * max(count, 1)))


def _at(numbers: array[Any]) -> int:
    return numbers.buffer_info()[0]


class Batch:
    """Rows of inputs as the interpreter takes them.

    offsets, strides: for each input where in `numbers` that of the first row stands, and how far apart rows are.
    reached: for each parameter whether a gradient comes to it.
    """

    def __init__(
        self, numbers: array[float], offsets: Sequence[int], strides: Sequence[int], rows: int, reached: bytes
    ) -> None:
        self.numbers = numbers
        self.offsets = array("l", offsets)
        self.strides = array("l", strides)
        self.rows = rows
        self.reached = array("B", reached or b"\0")
        self.struct = _Batch(_at(numbers), _at(self.offsets), _at(self.strides), rows, _at(self.reached))
        self.address = ctypes.addressof(self.struct)


class BatchPlan:
    """A batch: for each structure in it the program, its rows, and the weight of their mean."""

    def __init__(self, portions: Sequence[tuple[LoadedProgram, Batch, float]]) -> None:
        self.loaded = [loaded for loaded, _, _ in portions]
        self.portions = portions
        self._portions = (_Portion * len(portions))(
            *((loaded.address, rows.address, weight) for loaded, rows, weight in portions)
        )
        self.struct = _BatchPlan(ctypes.addressof(self._portions), len(portions))
        self.address = ctypes.addressof(self.struct)


class Schedule:
    """Batches in a cycle."""

    def __init__(self, plans: Sequence[BatchPlan]) -> None:
        self.loaded = list(dict.fromkeys(loaded for plan in plans for loaded in plan.loaded))
        self.count = len(plans)
        self._kept = plans
        self._structs = (_BatchPlan * len(plans))(*(plan.struct for plan in plans))
        self.address = ctypes.addressof(self._structs)


class LoadedProgram:
    """A bytecode in memory, ready to run.

    data, grad: of the steady slots, parameters first.
    width: how many rows are computed at once, for batches of `rows`.
    """

    def __init__(self, machine: Interpreter, bytecode: Bytecode, parameters: Sequence[Any], rows: int = 1) -> None:
        self.machine = machine
        self.bytecode = bytecode
        self.count = len(parameters)
        program = bytecode.program
        steady, part = self.bytecode.steady, self.bytecode.rows
        self.width = _width(part.slots, rows) if part.code else 1
        self.data = zeros(steady.slots)
        self.grad = zeros(steady.slots)
        self._rows = [zeros(part.slots * self.width if part.code else 0) for _ in range(2)]
        self._room = zeros(self.bytecode.room(self.width))
        self._columns = zeros(max(steady.columns, part.columns), "Q")
        for constant in self.bytecode.constants:
            self.data[self.bytecode.steady_slot[constant]] = float(constant)
        memory = _Memory(
            _at(self.data), _at(self.grad), _at(self.data), _at(self.grad), 1, 1, _at(self._room), _at(self._columns),
            self.count, 0,
        )  # fmt: skip
        self._struct = _Program(
            _part(steady), _part(part), memory, *map(_at, self._rows), self.width, part.slots, steady.slots,
            len(program.inputs), self.bytecode.first_input, ctypes.cast(machine.run, c_void_p), self.bytecode.root,
        )  # fmt: skip
        self.address = ctypes.addressof(self._struct)

    def read_frozen(self) -> None:
        """Take over the data of the leaves that nothing flows to."""
        for i, node in enumerate(self.bytecode.program.frozen, self.bytecode.first_frozen):
            self.data[i] = node.data

    @property
    def bad(self) -> bool:
        """Whether the last run met arithmetic that Python refuses."""
        return bool(self._struct.memory.bad)


def _part(part: Any) -> _Part:
    return _Part(_at(part.code), _at(part.operands), len(part.code) // 5)


def _width(slots: int, rows: int) -> int:
    """How many rows to compute at once: as few blocks as fit, all of a size."""
    at_once = max(CLOSE // (16 * slots), WIDEST)
    blocks = -(-rows // at_once)
    return -(-rows // (blocks * WIDEST)) * WIDEST


class Training:
    """What training keeps of each parameter, and the options of an optimiser."""

    def __init__(self, count: int) -> None:
        self.data, self.grad, self.first, self.second, self.steps = (zeros(count) for _ in _NUMBERS)
        self.reached, self.optimised = zeros(count, "B"), zeros(count, "B")
        self.count = count
        arrays = (getattr(self, name) for name in _NUMBERS + _FLAGS)
        self._struct = _Training(*map(_at, arrays), None, count)
        self.address = ctypes.addressof(self._struct)

    def set_members(self, groups: Sequence[Sequence[int]]) -> None:
        """The optimiser's parameters, by their places, in groups."""
        self._runs = [array("i", _runs(group)) for group in groups]
        self._groups = (_Group * max(len(groups), 1))()
        for struct, runs in zip(self._groups, self._runs):
            struct.runs, struct.run_count = _at(runs), len(runs) // 2
        self._struct.groups, self._struct.group_count = ctypes.addressof(self._groups), len(groups)
        self.optimised[: self.count] = zeros(self.count, "B")[: self.count]
        for i in chain.from_iterable(groups):
            self.optimised[i] = 1

    def set_options(self, rule: int, groups: Sequence[Mapping[str, Any]]) -> None:
        """The options of each group."""
        for struct, options in zip(self._groups, groups):
            struct.rule = rule
            struct.beta1, struct.beta2 = options.get("betas", (0.0, 0.0))
            for name in ("nesterov", "maximize", "lr", "momentum", "dampening", "weight_decay", "eps"):
                setattr(struct, name, options.get(name, 0))


def _runs(places: Sequence[int]) -> list[int]:
    """Places in a row as the first and how many: [3, 4, 5, 9] is [3, 3, 9, 1]."""
    runs: list[int] = []
    for place in places:
        if runs and place == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [place, 1]
    return runs
