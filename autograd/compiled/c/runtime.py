"""The C interpreter, loaded: memory for tapes, and calls into it. The structs are those of interpreter.c.in."""

from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Iterable, Sequence
from contextvars import Context
from ctypes import Structure, c_double, c_int, c_long, c_void_p
from itertools import chain
from pathlib import Path
from typing import Any

from ...errors import ToolError
from ...functions import dot, logsumexp
from ...ops import BUILTIN, OPS, Op
from ...value import NOT_REACHED, Value
from ..program import PICK, Program
from .build import build, load
from .bytecode import Bytecode
from .template import interpreter_source, rows_of

__all__ = [
    "Batch",
    "BatchPlan",
    "Interpreter",
    "LoadedProgram",
    "Schedule",
    "Training",
    "interpreter",
    "want_floats",
    "zeros",
]

CLOSE = 1 << 18  # bytes of the rows that are computed at once: what a processor keeps close to it
LINE = 64  # bytes of a line of its cache
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
        ("edges", c_long),
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
        ("values", c_void_p), ("data", c_void_p), ("grad", c_void_p), ("known", c_void_p), ("reached", c_void_p), ("optimised", c_void_p),
        ("all_optimised", c_long), ("groups", c_void_p), ("count", c_long), ("group_count", c_long),
    )  # fmt: skip


class _Portion(Structure):
    _fields_ = (("program", c_void_p), ("rows", c_void_p), ("weight", c_double))


class _BatchPlan(Structure):
    _fields_ = (("portions", c_void_p), ("count", c_long))


# --- The library -------------------------------------------------------------------------------------------


# What the interpreter needs of Python (see interpreter.c.in): functions of its API, two slots of a type by the numbers that
# they have in its stable ABI, and objects.
_FUNCTIONS = (
    "PyEval_SaveThread", "PyEval_RestoreThread", "PyErr_CheckSignals", "PyFloat_FromDouble", "PyFloat_AsDouble",
    "PyObject_Type", "Py_DecRef",
)  # fmt: skip
_SLOTS = {"tp_descr_get": 54, "tp_descr_set": 55}
_OBJECTS = {
    "data": vars(Value)["data"],
    "grad": vars(Value)["grad"],
    "type": Value,
    "none": None,
    "zero": NOT_REACHED,
    "float": float,
}


class _Python(Structure):
    _fields_ = tuple((name, c_void_p) for name in (*_FUNCTIONS, *_SLOTS, *_OBJECTS))


def _python() -> _Python:
    slot_of = ctypes.pythonapi.PyType_GetSlot
    slot_of.restype, slot_of.argtypes = c_void_p, (ctypes.py_object, c_int)
    functions = (ctypes.cast(getattr(ctypes.pythonapi, name), c_void_p) for name in _FUNCTIONS)
    slots = (slot_of(type(vars(Value)["data"]), number) for number in _SLOTS.values())
    return _Python(*functions, *slots, *map(id, _OBJECTS.values()))


def _near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-12 * max(1.0, abs(wanted))


_api: list[_Python] = []  # one for all libraries, which keep its address


class Interpreter:
    """The library for some operations. Its functions hold Python's lock where they are short, and let go of it else."""

    def __init__(self, ops: Sequence[Op]) -> None:
        rows = rows_of(ops)
        self.numbers = {(id(row.op), row.absent): number for number, row in enumerate(rows)}
        self.load(build(interpreter_source(rows)))

    def load(self, path: Path) -> None:
        """Raises ToolError for a library that is none, is another one, or computes something else than Python."""
        library = load(path, "run", "train", "attach", "computes")
        self.run, self.train = library.run, library.train
        self.computes = c_void_p.in_dll(library, "computes").value
        library.attach.argtypes = (c_void_p,)
        self.run.restype = c_double
        self.run.argtypes = (c_void_p, c_void_p)
        self.train.restype = c_long
        self.train.argtypes = (c_void_p, c_long, c_long, c_long, c_void_p, c_void_p)
        if not _api:
            _api.append(_python())
        library.attach(ctypes.addressof(_api[0]))
        Context().run(self._prove)  # where no mode is on

    def _prove(self) -> None:
        """Compute a known program, one sample and a batch, whose numbers Python has too."""
        weights = [Value(math.sin(7.0 * k)) for k in range(90)]
        xs = [Value(math.cos(3.0 * k)) for k in range(21)]
        hidden = [dot(weights[20 * j : 20 * j + 20], xs[:20], weights[80 + j]) for j in range(4)]
        parts = [
            hidden[0].tanh(),
            hidden[1].exp(),
            (hidden[2] ** 2 + 1).log(),
            1 / (hidden[3] * hidden[3] + xs[20]),
            logsumexp(hidden),
        ]
        loss = dot(parts, weights[85:90])
        loss.backward()
        program = Program(loss, weights, xs)
        numbers = array("d", [x.data for x in xs])
        for rows in (1, 11):
            loaded = LoadedProgram(self, Bytecode(program, weights, self.numbers, rows > 1), weights, rows)
            loaded.data[: len(weights)] = array("d", [w.data for w in weights])
            batch = Batch(numbers * rows, range(len(xs)), [len(xs)] * len(xs), rows, b"\1" * len(weights))
            found = self.run(loaded.address, batch.address)
            exact = found == loss.data or rows > 1
            if not exact or not all(map(_near, [found, *loaded.grad], [loss.data, *(w.grad for w in weights)])):
                raise ToolError(
                    f"the C compiler made a library that computes {found!r} where Python computes {loss.data!r}: "
                    "its flags, or the compiler itself, are not to be trusted"
                )


# By the ids of the user's operations, since one that is defined anew has the name of the old one; and those operations.
_interpreters: dict[tuple[int, ...], tuple[Sequence[Op], Interpreter | ToolError]] = {}


def interpreter(program: Program) -> Interpreter:
    """The interpreter for a program: one for all but those with operations of the user's own.

    Raises ToolError if it cannot be built; it is tried once.
    """
    builtin = [OPS[name] for name in BUILTIN]
    known = {id(op) for op in (*builtin, PICK)}
    used = {id(node.op): node.op for node in program.order if node.op is not None}
    own = sorted((op for key, op in used.items() if key not in known), key=lambda op: (op, id(op)))
    key = tuple(map(id, own))
    if key not in _interpreters:
        try:
            _interpreters[key] = own, Interpreter([*builtin, *own])
        except ToolError as error:
            _interpreters[key] = own, error
    _, found = _interpreters[key]
    if isinstance(found, ToolError):
        raise found
    return found


# --- Memory ------------------------------------------------------------------------------------------------


def zeros(count: int, kind: str = "d") -> array[Any]:
    """An array of that many zeros; of one, where there would be none."""
    return array(kind, bytes(array(kind).itemsize * max(count, 1)))


def aligned(count: int) -> Any:
    """As many doubles, which begin where a line of the processor's cache does: vectors are fetched twice as fast."""
    numbers = zeros(count + LINE // 8)
    start = -numbers.buffer_info()[0] % LINE // 8
    return memoryview(numbers)[start : start + max(count, 1)]


def address(numbers: Any) -> int:
    """Where an array, or what aligned() has made, begins."""
    if isinstance(numbers, array):
        return numbers.buffer_info()[0]
    return ctypes.addressof(c_double.from_buffer(numbers))


def want_floats(numbers: Sequence[Any]) -> None:
    """Raise TypeError for a number of another type, which C would take as it comes: see Executable.made_floats."""
    if not {float}.issuperset(map(type, numbers)):
        raise TypeError("not all are floats")


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
        self.struct = _Batch(
            address(numbers), address(self.offsets), address(self.strides), rows, address(self.reached)
        )
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
        self.data, self.grad = aligned(steady.slots), aligned(steady.slots)
        self._rows = [aligned(part.slots * self.width if part.code else 0) for _ in range(2)]
        self._room = aligned(self.bytecode.room(self.width))
        self._columns = zeros(max(steady.columns, part.columns), "Q")
        for constant in self.bytecode.constants:
            self.data[self.bytecode.steady_slot[constant]] = float(constant)
        memory = _Memory(
            address(self.data), address(self.grad), address(self.data), address(self.grad), 1, 1, address(self._room), address(self._columns),
            self.count, 0,
        )  # fmt: skip
        self._struct = _Program(
            _part(steady), _part(part), memory, *map(address, self._rows), self.width, part.slots, steady.slots,
            len(program.inputs), self.bytecode.first_input, sum(len(node.operands) for node in program.order),
            machine.computes, self.bytecode.root,
        )  # fmt: skip
        self.address = ctypes.addressof(self._struct)

    def read_frozen(self) -> None:
        """Take over the data of the leaves that nothing flows to."""
        if frozen := self.bytecode.program.constants:
            numbers, first = [node.data for node in frozen], self.bytecode.first_frozen
            want_floats(numbers)
            self.data[first : first + len(numbers)] = array("d", numbers)

    @property
    def bad(self) -> bool:
        """Whether the last run met arithmetic that Python refuses."""
        return bool(self._struct.memory.bad)


def _part(part: Any) -> _Part:
    return _Part(address(part.code), address(part.operands), len(part.code) // 5)


def _width(slots: int, rows: int) -> int:
    """How many rows to compute at once: as few blocks as fit, all of a size."""
    at_once = max(CLOSE // (16 * slots), WIDEST)
    blocks = -(-rows // at_once)
    return -(-rows // (blocks * WIDEST)) * WIDEST


class Training:
    """What training keeps of each parameter; memory: what the optimiser remembers, by name."""

    def __init__(self, parameters: Sequence[Value], memory: Iterable[str]) -> None:
        self.count = count = len(parameters)
        self._values = array("Q", [*map(id, parameters)] or [0])
        self.data, self.grad = aligned(count), aligned(count)
        self.known, self.reached, self.optimised = zeros(count, "B"), zeros(count, "B"), zeros(count, "B")
        self.memory = {name: aligned(count) for name in memory}
        self._struct = _Training(
            *map(address, (self._values, self.data, self.grad, self.known, self.reached, self.optimised))
        )
        self._struct.count = count
        self.address = ctypes.addressof(self._struct)

    def set_groups(self, groups: Sequence[tuple[Sequence[int], int, Sequence[str], int]]) -> None:
        """For each group the places of its parameters, the address of its rule, what that remembers, and how many options
        it has, which stand in `options` at every update.
        """
        self._runs = [array("l", _runs(places)) for places, *_ in groups]
        self._memory = [array("Q", [address(self.memory[name]) for name in names] or [0]) for _, _, names, _ in groups]
        self.options = [zeros(count) for *_, count in groups]
        self._groups = (_Group * max(len(groups), 1))(*(
            _Group(update, address(runs), len(runs) // 2, address(options), address(memory))
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
