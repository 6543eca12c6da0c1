"""Tracers: a traced function gets them in place of numbers. They record operations, and have no number to show.

    >>> x, w = tracer(2.0, "x"), Value(3.0)
    >>> y = x * 2 + 1  # plain numbers still: no node of a graph
    >>> type(y).__name__, type(y * w).__name__
    ('ArgTracer', 'Tracer')

Anything that would look at a number (an `if` on one, float(), .data) raises TraceError, since the answer would be fixed
for all later calls.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from numbers import Integral
from typing import Any

from ..errors import ArgumentError, TraceError
from ..explain.naming import one_line
from ..explain.source import said_line
from ..frames import users_frame
from ..methods import OPERATORS
from ..modes import is_on, shared
from ..node import writing
from ..ops import MUL, OPS, Op
from ..recording import record_checked
from ..slow_path import real
from ..value import Value
from .guards import is_library
from .program import PICK

__all__ = ["ArgTracer", "ParamTracer", "TraceContext", "Tracer", "as_tracers", "running", "tracer"]


class TraceContext:
    """One pass through the function: the tracers of its arguments, and the first refusal."""

    def __init__(self) -> None:
        self.inputs: list[ArgTracer] = []
        self.refused: TraceError | None = None


running: dict[int, TraceContext] = {}  # by thread: for other threads, a parameter is still a Value


# --- What is refused ---------------------------------------------------------------------------------------

_FIXES = {
    "data": "Use it in arithmetic as it is, without .data or .item()",
    "grad": "Gradients are there once the step has returned",
    "compare": "An `if` would be decided once for all calls: use relu, maximum or abs, or decide outside "
    "and pass the decision as a bool or a str, each of which makes its own program",
    "identity": "Which one was picked is known only at run time: decide outside, and pass a bool or a str",
    "convert": "float(), int() and math's functions cut the graph: use v.exp(), v.log(), v.sqrt() ..., which are recorded",
    "index": "An int argument picks a row only by embedding(i, rows), pick(rows, i) or cross_entropy(scores, i)",
    "method": "Operations are methods of Values: write Value(x).exp()",
    "number": "This needs a number, and would be computed once for all calls: do it outside, and pass the result",
    "print": "Print what the step returns",
    "write": "Change parameters between calls, and the next call sees it",
    "backward": "Return the loss: the step takes its gradients",
    "partials": "Partials exist when an operation runs, not while it is traced",
    "arithmetic": "This is not a row of the table of operations: add one with autograd.op(), or compute it outside",
}  # fmt: skip


def _refusal(node: Value, why: str) -> TraceError:
    """Return the error for looking at a number that a tracer does not have; it names the user's line."""
    if _asked_by_engine():  # the engine leaves the operation to us when this fails
        return TraceError("no number yet")
    what = one_line(node.label) or (f"the result of {node.op.name}" if node.op else "a parameter")
    plain = why in ("method", "number") and getattr(node, "plain", False)
    reason = "is a plain number" if plain else "has no number yet: compile() traces the function once, for all of them"
    frame = users_frame()
    while frame.f_back and is_library(frame.f_globals.get("__name__")):  # a library may ask, such as statistics.mean()
        frame = frame.f_back
    error = TraceError(f"{said_line((frame.f_code.co_filename, frame.f_lineno))}\n{what} {reason}. {_FIXES[why]}")
    context = running.get(get_ident())
    if context and not context.refused:
        context.refused = error
    return error


def _asked_by_engine() -> bool:
    """Return whether a compiled method read .data."""
    frame: Any = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    while frame.f_code.co_filename == _asked_by_engine.__code__.co_filename:
        frame = frame.f_back
    reader = frame.f_code.co_filename
    return reader.startswith("<autograd ")


def _refuse(why: str) -> Callable[..., Any]:
    def method(self: Any, *_: Any, **__: Any) -> Any:
        raise _refusal(self, why)

    return method


def _unreadable(name: str) -> Any:
    """A property in place of a slot: the tracing thread may not read it; for others, it is a parameter's slot."""
    slot: Any = Value.__dict__[name]

    def get(self: Value) -> float:
        if get_ident() in running or _is_tracer(self):
            raise _refusal(self, name)
        return slot.__get__(self) if type(self) is ParamTracer else getattr(self, name)

    def put(self: Value, number: float) -> None:
        if get_ident() in running or _is_tracer(self):
            raise _refusal(self, "write")
        if type(self) is ParamTracer:
            slot.__set__(self, number)
        else:
            setattr(self, name, number)

    return property(get, put)


def _is_tracer(value: Value) -> bool:
    """Return whether a node has no number in any thread. A parameter may become a Value again during the question."""
    kind = type(value)
    return issubclass(kind, Tracer) and kind is not ParamTracer


# --- Tracers -----------------------------------------------------------------------------------------------


class Tracer(Value):
    """A Value in a traced function: it has operands, but no number."""

    __slots__ = ()
    plain = False  # whether this would be a plain number if the function were simply called

    data = _unreadable("data")
    grad = _unreadable("grad")

    @property
    def partials(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        if get_ident() in running or _is_tracer(self):
            raise _refusal(self, "partials")
        return ()

    def record(self, op: Op, operands: Sequence[Any]) -> Tracer:
        """Return the node of an operation. The engine calls this if an operand is traced."""
        return _node(Tracer, op, tuple(operands))

    @staticmethod
    def recorder(op: Op) -> Callable[..., Any]:
        """Return a wide row's recorder for lists that begin with a tracer; the engine keeps it beside its kernels."""
        return _wide_recorder(op)

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}({self.op.name if self.op else 'no number yet'}{name})"

    def __eq__(self, other: object) -> bool:
        if get_ident() in running and isinstance(other, (int, float)):
            raise _refusal(self, "compare")
        return self is other

    __hash__ = object.__hash__

    def __str__(self) -> str:
        if get_ident() in running:
            raise _refusal(self, "print")
        return repr(self)

    def __format__(self, spec: str) -> str:
        if spec or get_ident() in running:
            raise _refusal(self, "print")
        return repr(self)


class ParamTracer(Tracer):
    """A user's leaf while a thread traces the function that uses it; for other threads, it is still a Value."""

    __slots__ = ()

    @property
    def record(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        if get_ident() not in running:
            raise AttributeError("record")  # the engine then computes, as it does for a Value
        return super().record

    def __copy__(self) -> Value:
        twin = super().__copy__()
        twin.__class__ = Value
        return twin


class PickTracer(Tracer):
    """The Value that an int argument picks: which one this is depends on the number."""

    __slots__ = ()


class ArgTracer(Tracer):
    """A user's plain number: an argument, a number computed from arguments alone, or one that was picked."""

    __slots__ = ()
    plain = True

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The class that isinstance() sees in the traced function."""
        return (int if type(self) is IndexTracer else float) if get_ident() in running else type(self)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__") and (hasattr(int, name) or hasattr(float, name)):
            raise _refusal(self, "number")
        raise AttributeError(name)

    def stand_in(self, value: Value) -> None:
        """Do what ``Value(x)`` does for a traced x: the new Value is x, under a name of its own."""
        value.__class__ = Tracer
        value.a, value.da = (self,), ()
        value.scope = shared["scope"]

    def chosen_from(self, rows: Sequence[Any]) -> Any:
        """Return ``rows[self]``, chosen when the program runs; if rows are lists, a list."""
        if type(self) is not IndexTracer:
            raise _refusal(self, "index")
        if rows and isinstance(rows[0], (list, tuple)):
            return [self.chosen_from(column) for column in zip(*rows)]
        given = [row if isinstance(row, Value) else real(row) for row in rows]
        plain = all(type(row) is float or getattr(row, "plain", False) for row in given)
        return _node(ArgTracer if plain else PickTracer, PICK, (self, *given))


class IndexTracer(ArgTracer):
    """An int argument: a number in arithmetic; if it picks a row, the choice is made when the program runs."""

    __slots__ = ()


_TRACED = frozenset({Tracer, ParamTracer, PickTracer, ArgTracer, IndexTracer, Value, float})
_new: Callable[[type[Any]], Any] = object.__new__


def _node(kind: type[Any], op: Op | None, operands: tuple[Any, ...]) -> Any:
    node = _new(kind)
    node.op = op
    node.a, node.b, node.db = operands, None, None
    node.da = ()  # no partials; None where no gradient flows
    node.label = ""
    node.scope = shared["scope"]
    if shared["mode"] and is_on("no_grad") and op is not PICK:
        node.da = None  # the node is computed in every call, but no gradient flows through it
    return node


def _recorder(op: Op, reflected: bool = False) -> Callable[..., Any]:
    """Make the method of a row: it records what the compiled method of Value would compute."""
    if len(op.operands) == 1:
        return lambda self: _node(Tracer, op, (self,))

    last = op.operands[-1]
    default = op.defaults.get(last)

    def method(self: Any, other: Any = default, *modulus: Any, **named: Any) -> Any:
        if named:
            other = named.pop(last, other)
            if named:
                raise TypeError(f"{op.name}() got an unexpected keyword argument {next(iter(named))!r}")
        if modulus:  # of pow()
            raise _refusal(self, "arithmetic")
        if type(other) is not float and not isinstance(other, Value):
            try:
                other = real(other)
            except ArgumentError:
                return NotImplemented
        return _node(Tracer, op, (other, self) if reflected else (self, other))

    return method


def _wide_recorder(op: Op) -> Callable[..., Any]:
    """Make a kernel for tracers: the row of a wide operation becomes a single node."""
    listed = [(name in op.lists, op.defaults.get(name, 0.0) is None) for name in op.operands]

    def kernel(*groups: Any) -> Any:
        flat: list[Any] = []
        for group, (is_list, may_miss) in zip(groups, listed):
            if is_list:
                flat += group
            elif group is not None or not may_miss:
                flat.append(group)
        if get_ident() in running and _TRACED.issuperset(map(type, flat)):
            return _node(Tracer, op, tuple(flat))
        return record_checked(op, flat)

    return kernel


def _between_numbers(record: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operator of plain numbers, whose result is a plain number if all operands are."""

    def method(self: Any, *other: Any) -> Any:
        node = record(self, *other)
        if node is not NotImplemented and all(type(o) is float or getattr(o, "plain", False) for o in node.operands):
            node.__class__ = ArgTracer
        return node

    return method


def _detached(self: Any) -> Any:
    """Return the same number, through which no gradient flows."""
    node = _node(Tracer, MUL, (self, 1.0))
    node.da = None
    return node


def _set(kind: type[Any], name: str, method: Callable[..., Any]) -> None:
    """Give a tracer a method. Other threads, for which a parameter is still a Value, get the Value's method."""
    setattr(kind, name, method)
    if kind is not Tracer:
        return

    def chosen(self: Any, *arguments: Any, **named: Any) -> Any:
        if get_ident() not in running and not _is_tracer(self):
            return getattr(Value, name)(self, *arguments, **named)
        return method(self, *arguments, **named)

    setattr(ParamTracer, name, chosen)


def _refuse_identity(kind: type[Any], why: str) -> None:
    """Refuse == and hash() in a trace."""

    def equal(self: Any, other: object) -> bool:
        if get_ident() in running:
            raise _refusal(self, why)
        return self is other

    def hashed(self: Any) -> int:
        if get_ident() in running:
            raise _refusal(self, why)
        return object.__hash__(self)

    for name, method in (("__eq__", equal), ("__hash__", hashed)):
        setattr(kind, name, method)


def _install_methods() -> None:
    """Give the tracers a recorder for every method of a row, and a refusal for everything that looks at a number."""
    for op in OPS.values():
        if not op.wide:
            _set(Tracer, op.name, _recorder(op))
            setattr(ArgTracer, op.name, _refuse("method"))
            if dunder := OPERATORS.get(op.name):
                operators = {dunder: _recorder(op)}
                if len(op.operands) == 2:
                    operators[dunder.replace("__", "__r", 1)] = _recorder(op, reflected=True)
                    operators[dunder.replace("__", "__i", 1)] = operators[dunder]
                for name, record in operators.items():
                    _set(Tracer, name, record)
                    setattr(ArgTracer, name, _between_numbers(record))
    for kind, why, names in (
        (Tracer, "compare", "lt le gt ge bool"),
        (Tracer, "convert", "float int complex trunc floor ceil round"),
        (ArgTracer, "index", "index"),
        (
            ArgTracer,
            "arithmetic",
            "floordiv rfloordiv mod rmod divmod rdivmod and rand or ror xor rxor lshift rlshift rshift rrshift invert",
        ),
    ):
        for name in names.split():
            _set(kind, f"__{name}__", _refuse(why))
    _refuse_identity(PickTracer, "identity")
    _refuse_identity(ArgTracer, "compare")  # numbers are compared and looked up by their value, nodes by identity
    _set(Tracer, "detach", _detached)
    _set(ArgTracer, "detach", _refuse("method"))
    for name in ("__repr__", "__format__"):
        _set(Tracer, name, vars(Tracer)[name])
    for why, names in (("data", ["item"]), ("backward", ["backward", "zero_grad"])):
        for name in names:
            _set(Tracer, name, _refuse(why))


_install_methods()


def tracer(number: Any, name: str) -> ArgTracer:
    """Return the tracer that a traced function gets in place of a number, under the name of its argument."""
    node = _node(IndexTracer if isinstance(number, Integral) else ArgTracer, None, ())
    node.scope, node.label = None, name
    return node


def as_tracers(values: Iterable[Value]) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return a function that turns these Values into tracers, hidden from a tracing thread, and its inverse.

    Values of a subclass are left alone.
    """
    kept = [value for value in values if type(value) is Value]
    return writing(kept, "__class__", repeat(ParamTracer)), writing(kept, "__class__", repeat(Value))
