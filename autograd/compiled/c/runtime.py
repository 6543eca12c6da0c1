"""The C interpreter, loaded: memory for tapes, and calls into it. The structs are those of interpreter.c.in."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterable, Sequence
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
        ("update", c_void_p), ("runs", c_void_p), ("run_count", c_long), ("options", c_void_p), ("memory", c_void_p),
    )  # fmt: skip


class _Training(Structure):
    _fields_ = (
        ("data", c_void_p), ("grad", c_void_p), ("known", c_void_p), ("reached", c_void_p), ("optimised", c_void_p),
        ("all_optimised", c_long), ("groups", c_void_p), ("count", c_long), ("group_count", c_long),
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
    """What training keeps of each parameter; memory: what the optimiser remembers, by name."""

    def __init__(self, count: int, memory: Iterable[str]) -> None:
        self.count = count
        self.data, self.grad = zeros(count), zeros(count)
        self.known, self.reached, self.optimised = zeros(count, "B"), zeros(count, "B"), zeros(count, "B")
        self.memory = {name: zeros(count) for name in memory}
        self._struct = _Training(*map(_at, (self.data, self.grad, self.known, self.reached, self.optimised)))
        self._struct.count = count
        self.address = ctypes.addressof(self._struct)

    def set_groups(self, groups: Sequence[tuple[Sequence[int], int, Sequence[str], int]]) -> None:
        """For each group the places of its parameters, the address of its rule, what that remembers, and how many options
        it has, which stand in `options` at every update.
        """
        self._runs = [array("l", _runs(places)) for places, *_ in groups]
        self._memory = [array("Q", [_at(self.memory[name]) for name in names] or [0]) for _, _, names, _ in groups]
        self.options = [zeros(count) for *_, count in groups]
        self._groups = (_Group * max(len(groups), 1))(*(
            _Group(update, _at(runs), len(runs) // 2, _at(options), _at(memory))
            for (_, update, _, _), runs, options, memory in zip(groups, self._runs, self.options, self._memory)
        ))  # fmt: skip
        self._struct.groups, self._struct.group_count = ctypes.addressof(self._groups), len(groups)
        self.optimised[: self.count] = zeros(self.count, "B")[: self.count]
        for i in chain.from_iterable(places for places, *_ in groups):
            self.optimised[i] = 1
        self._struct.all_optimised = sum(self.optimised) == self.count


def _runs(places: Sequence[int]) -> list[int]:
    """Places next to each other, as the first and the one behind the last: [3, 4, 5, 9] is [3, 6, 9, 10]."""
    runs: list[int] = []
    for place in places:
        if runs and place == runs[-1]:
            runs[-1] += 1
        else:
            runs += [place, place + 1]
    return runs
