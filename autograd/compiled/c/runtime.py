"""The C interpreter, loaded: memory for bytecode, and calls into it. The structs match interpreter.c.in."""

from __future__ import annotations

import math
from array import array
from collections.abc import Container, Iterable, Sequence
from contextvars import Context
from functools import cache
from itertools import chain, groupby
from typing import Any

from ...errors import ToolError
from ...formula import add_up
from ...functions import dot, logsumexp, total
from ...native.build import build, ctypes, load, tried_once
from ...native.memory import Struct, address, aligned, zeros
from ...ops import BUILTIN, OPS, Op
from ...slow_path import real
from ...updates import Update, run
from ...value import NOT_REACHED, Value
from ..program import PICK, Program
from .bytecode import Bytecode
from .template import interpreter_source, rows_of, update_source

__all__ = ["Batch", "Interpreter", "LoadedProgram", "NotFloatError", "Schedule", "Training", "interpreter"]
__all__ += ["update_function"]

CLOSE = 1 << 18  # the maximum size in bytes of the rows computed at once: that of a processor's nearby cache
MOST_VECTORS = 64  # the maximum number of vectors of rows computed at once
WIDEST = 8  # rows are computed in multiples of this: how many numbers the widest vector holds

# What the interpreter needs from Python (see interpreter.c.in): functions of its API, two slots of a type by their
# numbers in the stable ABI, and objects.
_FUNCTIONS = (
    "PyEval_SaveThread", "PyEval_RestoreThread", "PyErr_CheckSignals", "PyFloat_FromDouble", "PyFloat_AsDouble",
    "PyObject_Type", "Py_DecRef",
)  # fmt: skip
_SLOTS = 54, 55  # tp_descr_get, tp_descr_set
_OBJECTS = vars(Value)["data"], vars(Value)["grad"], Value, None, NOT_REACHED, float


@cache
def _python() -> Struct:
    slot_of = ctypes.pythonapi.PyType_GetSlot
    slot_of.restype, slot_of.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_int)
    functions = (ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value for name in _FUNCTIONS)
    slots = (slot_of(type(vars(Value)["data"]), number) for number in _SLOTS)
    return Struct(*functions, *slots, *map(id, _OBJECTS))


class Interpreter:
    """The library for some operations. Short calls hold Python's lock, and long ones release it."""

    def __init__(self, ops: Sequence[Op]) -> None:
        """Build and load it. Raises ToolError if that fails, or if it disagrees with Python."""
        rows = rows_of(ops)
        self.numbers = {(id(row.op), row.absent): (number, row.kept) for number, row in enumerate(rows)}
        library = load(build(interpreter_source(rows)), "train", "computes")
        self.train = library.train
        self.computes = ctypes.c_void_p.in_dll(library, "computes").value or 0
        self.train.restype = ctypes.c_ssize_t
        self.train.argtypes = [ctypes.c_void_p, *[ctypes.c_ssize_t] * 3, *[ctypes.c_void_p] * 3]
        Context().run(self._prove)  # no mode is on in this context

    def _prove(self) -> None:
        """Run a known program, for one row and for many, and compare the numbers with Python's.

        Sums of terms that nearly cancel, over a list and over rows, reveal a compiler that adds them in another order.
        """
        half = [math.sin(7.0 * k) for k in range(30)]
        rest = [1e-9 * math.cos(k) - x for k, x in enumerate(half)]
        numbers = [*half, *rest, *(math.sin(3.0 * k) for k in range(99))]
        turned = [[math.sin(5.0 * i + k) for k in range(8)] for i in range(5)]
        turned += [[1e-9 * math.cos(i + k) - x for k, x in enumerate(xs)] for i, xs in enumerate(turned)]
        rows = [[*(math.cos(3.0 * k + i) for k in range(21)), *turned[i % 10]] for i in range(11)]

        def loss(xs: Sequence[Value], w: Sequence[Value]) -> Value:
            h = [dot(w[60 + 20 * j : 80 + 20 * j], xs[:20], w[140 + j]) for j in range(4)]
            parts = [h[0].tanh(), h[1].exp(), (h[2] ** 2 + 1).log(), 1 / (h[3] * h[3] + xs[20]), logsumexp(h)]
            return dot([*parts, total(w[:60]), dot(xs[21:], w[144:152])], w[152:])

        for some, exact in ((rows[:1], {0, *range(153, 160)}), (rows, {*range(145, 153)})):
            w, own = [*map(Value, numbers)], [*map(Value, numbers)]
            leaves = [[*map(Value, xs)] for xs in some]
            results = [loss(xs, w) for xs in leaves]
            for result in results:
                result.backward(1.0 / len(some))
            program = Program(results[0], w, leaves[0])
            loaded = LoadedProgram(self, Bytecode(program, w, self.numbers, rows=len(some) > 1))
            try:
                batch = Batch([*chain.from_iterable(some)], len(some), bytearray(b"\1" * len(w)))
                found = Schedule([[(loaded, batch)]]).run(Training(own))
            except ArithmeticError:
                found = math.nan
            wanted = [add_up([result.data for result in results]) / len(some), *(p.grad for p in w)]
            _trust([found, *(p.grad for p in own)], wanted, exact)


def _trust(found: Iterable[float], wanted: Iterable[float], exact: Container[int]) -> None:
    """Raise ToolError unless a new library computed what Python computes; at some positions, to the last bit."""
    for k, (got, right) in enumerate(zip(found, wanted)):
        if repr(got) != repr(right) and (k in exact or not abs(got - right) <= 1e-12 * max(1.0, abs(right))):
            raise ToolError(
                f"the C compiler made a library that computes {got!r} where Python computes {right!r}: "
                "its flags, or the compiler itself, cannot be trusted"
            )


def interpreter(program: Program) -> Interpreter:
    """Return the interpreter for a program: one for all, except for programs with the user's own operations.

    Raises ToolError if it cannot be built. It is tried only once.
    """
    builtin = [OPS[name] for name in BUILTIN]
    known = {id(op) for op in (*builtin, PICK)}
    used = {id(node.op): node.op for node in program.order if node.op is not None}
    own = sorted((op for key, op in used.items() if key not in known), key=lambda op: (op, id(op)))
    key = tuple(map(id, own))  # a redefined operation has the same name as the old one
    return tried_once(key, lambda: Interpreter([*builtin, *own]))


class NotFloatError(ArithmeticError):
    """A data or grad is not a float: Executable.made_floats turns it into one, or says why it cannot."""


class Batch(Struct):
    """The numbers of some rows of inputs, one row after the other, in the form that the interpreter takes.

    reached: for each parameter, whether a gradient reaches it.
    """

    def __init__(self, numbers: Sequence[float], rows: int, reached: bytearray) -> None:
        self.rows = rows
        try:
            given = array("d", numbers)
        except OverflowError:  # an int is too large for a float: real() raises the error
            given = array("d", map(real, numbers))
        super().__init__(given or zeros(1), rows, array("B", reached or b"\0"))


class Schedule(Struct):
    """Batches in a cycle: each is a list of programs, one for each signature in it, with their rows."""

    def __init__(self, batches: Sequence[Sequence[tuple[LoadedProgram, Batch]]]) -> None:
        self.loaded = list(dict.fromkeys(loaded for batch in batches for loaded, _ in batch))
        self.count = len(batches)
        super().__init__(*(Struct(len(b), sum(rows.rows for _, rows in b), *chain.from_iterable(b)) for b in batches))

    def run(self, training: Training) -> float:
        """Return the mean loss of the first batch, and add its gradients to the Values'. `training` has no groups.

        Raises ArithmeticError if Python has an error to raise, and NotFloatError if a number is not a float.
        """
        for loss in self.train(0, 1, training):
            return loss
        raise ArithmeticError("Python has an error to raise")

    def train(self, start: int, count: int, training: Training) -> list[float]:
        """Make `count` updates on the batches from position `start` on, or fewer if Python must make the next one.

        Returns the losses. Raises NotFloatError if a number is not a float.
        """
        for loaded in self.loaded:
            loaded.read_constants()
        losses = zeros(count)
        memory = address(training), address(losses), address(_python())
        done = self.loaded[0].machine.train(address(self), self.count, start, count, *memory)
        if done < 0:
            raise NotFloatError
        return [*losses[:done]]


class LoadedProgram(Struct):
    """A bytecode in memory, ready to run.

    data, grad: those of the steady slots, parameters first.
    most: how many rows may be computed at once, so that their numbers fit in the cache.
    """

    def __init__(self, machine: Interpreter, bytecode: Bytecode) -> None:
        self.machine = machine
        self.bytecode = bytecode
        program, steady, part = bytecode.program, bytecode.steady, bytecode.rows
        self.most = 1
        if part.code:
            self.most = min(max(CLOSE // (16 * part.slots * WIDEST), 1), MOST_VECTORS) * WIDEST
        self.data, self.grad = aligned(steady.slots), aligned(steady.slots)
        self.data[bytecode.first_literal :][: len(bytecode.literals)] = array("d", bytecode.literals)
        room = aligned(bytecode.room(self.most))
        many = [aligned(part.slots * self.most if part.code else 0) for _ in range(2)]
        one = Struct(self.data, self.grad, self.data, self.grad, 1, 1, room, steady.slots, bytecode.parameters, 0)
        super().__init__(
            *(Struct(each.code, each.described, len(each.code) // 5) for each in (steady, part)),
            one,
            Struct(*many, self.data, self.grad, 1, 1, room, part.slots, 0, 0),
            self.most,
            len(program.inputs),
            0 if part.code else bytecode.first_input,
            sum(map(len, bytecode.operands)),
            bytecode.root,
            machine.computes,
        )

    def read_constants(self) -> None:
        if constants := self.bytecode.program.constants:
            numbers, first = [node.data for node in constants], self.bytecode.first_constant
            if not {float}.issuperset(map(type, numbers)):
                raise NotFloatError
            self.data[first : first + len(numbers)] = array("d", numbers)


class Training(Struct):
    """What training keeps about each parameter; without groups, it only adds up gradients.

    memory: what the optimiser remembers, by name. names: for each parameter, the names that apply to it.
    groups: for each group, the positions of its parameters, the address of its rule, what the rule remembers, and how
    many options it has; `options` holds their values for each update.
    """

    def __init__(
        self, parameters: Sequence[Value], groups: Sequence[tuple[Sequence[int], int, Sequence[str], int]] = ()
    ) -> None:
        self.count = count = len(parameters)
        self.data, self.grad = aligned(count), aligned(count)
        self.known, self.reached = zeros(count, "B"), zeros(count, "B")
        self.memory = {name: aligned(count) for _, _, names, _ in groups for name in names}
        self.names: list[Sequence[str]] = [()] * count
        self.options = [zeros(options) for *_, options in groups]
        runs: list[Struct] = []
        for (places, rule, names, _), options in zip(groups, self.options):
            for place in places:
                self.names[place] = names
            remembered = Struct(*(self.memory[name] for name in names))
            runs += [Struct(rule, *run, options, remembered) for run in _runs(places)]
        values = Struct(*map(id, parameters))
        super().__init__(values, self.data, self.grad, self.known, self.reached, count, len(runs), Struct(*runs))


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Join consecutive positions into pairs, from the first to just after the last: [3, 4, 5, 9] is [[3, 6], [9, 10]]."""
    runs = [[place for _, place in run] for _, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0])]
    return [[run[0], run[-1] + 1] for run in runs]


def update_function(update: Update) -> int:
    """Return the address of update() for a rule. Raises ToolError if it cannot be built; it is tried once."""
    return tried_once(update, lambda: _built(update))


def _built(update: Update) -> int:
    """Build it, make two updates of some parameters, in runs of all lengths, and require the same bits as in Python."""
    function = load(build(update_source(update)), "update").update
    function.argtypes = [ctypes.c_void_p] * 6 + [ctypes.c_ssize_t] * 2
    count, options = 200, [0.3 / (k + 1) for k in range(len(update.options))]
    params = [Value(math.sin(k)) for k in range(count)]
    for k, p in enumerate(params):
        if k % 97 > 2 and k != 20:
            p.grad = math.cos(k)
    data, grad = (array("d", [getattr(p, name) for p in params]) for name in ("data", "grad"))
    reached, known = array("B", [p.reached for p in params]), zeros(count, "B")
    memory = {name: zeros(count) for name in update.remembered}
    given = (data, grad, Struct(*memory.values()), known, reached, array("d", options or [0.0]))
    state: dict[Any, dict[str, float]] = {}
    for _ in range(2):
        run([(update, params, options)], state)
        function(*map(address, given), 0, count)
    kept = [state.get(p, {}).get(name, 0.0) for name in memory for p in params]
    found = [*data, *chain(*memory.values())]
    _trust(found, [*(p.data for p in params), *kept], range(len(found)))
    return ctypes.cast(function, ctypes.c_void_p).value
