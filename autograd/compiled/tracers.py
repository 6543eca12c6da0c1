"""Tracers: a traced function gets them in place of numbers. They record operations, and have no number to show.

    >>> x, w = tracer(2.0, "x"), Value(3.0)
    >>> y = x * 2 + 1  # plain numbers still: no node of a graph
    >>> type(y).__name__, type(y * w).__name__
    ('ArgTracer', 'Tracer')

Anything that looks at a number (`if`, float(), .data) raises TraceError: its answer would be fixed for all later calls.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from numbers import Integral, Real
from typing import Any

from ..errors import TraceError
from ..explain.naming import one_line
from ..explain.source import said_line
from ..frames import is_library, users_frame
from ..methods import OPERATORS
from ..modes import is_on, shared
from ..node import writing
from ..ops import MUL, OPS, Op
from ..recording import record_checked
from ..slow_path import real
from ..value import Value
from .program import PICK

__all__ = ["ArgTracer", "ParamTracer", "Tracer", "as_tracers", "running", "tracer"]

# The refusals of the trace that runs now, by thread: in other threads, a parameter is still a Value.
running: dict[int, list[TraceError]] = {}

_FIXES = {
    "data": "Use it in arithmetic as it is, without .data or .item()",
    "grad": "Gradients are available once the step has returned",
    "compare": "An `if` would be decided once for all calls: use relu, maximum or abs, or pick(rows, i) for an int, or "
    "decide outside and pass the decision as a bool or a str, each of which makes its own program",
    "hash": "A dict, a set or a cache would look it up once for all calls: for an int use a list and pick(rows, i), or "
    "look it up outside and pass the result",
    "identity": "Which one was picked is known only at run time: decide outside, and pass a bool or a str",
    "convert": "float(), int(), round() and math's functions would compute it once for all calls: use it without float(), "
    "use operations of Values, Value(x).exp(), .log(), .sqrt() ..., or compute it outside and pass the result",
    "index": "An int argument, as it was passed, picks a row by embedding(i, rows), pick(rows, i) or cross_entropy(scores, "
    "i). To count by it or to cut a list, pass a list of that length",
    "method": "Operations are methods of Values: write Value(x).exp()",
    "number": "This needs a number, and would be computed once for all calls: do it outside, and pass the result",
    "print": "Its text would be the same for all calls: print what the step returns, or pass the text as an argument",
    "write": "Change parameters between calls, and the next call sees the change",
    "backward": "Return the loss: the step takes its gradients",
    "partials": "Partials are computed when an operation runs, not while it is traced",
    "arithmetic": "This is not a row of the table of operations: add one with autograd.op(), or compute it outside",
}  # fmt: skip


def _refusal(node: Value, why: str) -> TraceError:
    """Return the error for looking at a number that a tracer does not have; it names the user's line."""
    reader: Any = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
    while reader.f_code.co_filename == _refusal.__code__.co_filename:
        reader = reader.f_back
    if reader.f_code.co_filename.startswith("<autograd "):  # a compiled method, which then leaves it to us
        return TraceError("no number yet")
    what = one_line(node.label) or (f"the result of {node.op.name}" if node.op else "a parameter")
    plain = why in ("method", "number") and getattr(node, "plain", False)
    reason = "is a plain number" if plain else "has no number yet: compile() traces the function once, for all numbers"
    frame = users_frame()
    while frame.f_back and is_library(frame.f_globals.get("__name__")):  # a library may ask, as statistics does
        frame = frame.f_back
    error = TraceError(f"{said_line((frame.f_code.co_filename, frame.f_lineno))}\n{what} {reason}. {_FIXES[why]}")
    running.get(get_ident(), []).append(error)
    return error


def _refuse(why: str) -> Callable[..., Any]:
    def method(self: Any, *_: Any, **__: Any) -> Any:
        raise _refusal(self, why)

    return method


class Tracer(Value):
    """A Value in a traced function: it has operands, but no number."""

    __slots__ = ()
    plain = False  # whether this would be a plain number if the function were simply called
    refuses = ""  # why == and hash() are refused, if they are; nodes are compared by identity

    data: Any = property(_refuse("data"), _refuse("write"))
    grad: Any = property(_refuse("grad"), _refuse("write"))
    partials: Any = property(_refuse("partials"))

    def record(self, op: Op, operands: Sequence[Any]) -> Tracer:
        """Return the node of an operation. The engine calls this if an operand is traced."""
        return _node(Tracer, op, tuple(operands))

    @staticmethod
    def recorder(op: Op) -> Callable[..., Any]:
        """Return a wide row's recorder for lists that begin with a tracer; the engine keeps it beside its kernels."""
        listed = [(name in op.lists, op.defaults.get(name, 0.0) is None) for name in op.operands]

        def kernel(*groups: Any) -> Any:
            flat: list[Any] = []
            for group, (is_list, may_miss) in zip(groups, listed):
                flat += group if is_list else () if group is None and may_miss else (group,)
            is_traced = get_ident() in running and _TRACED.issuperset(map(type, flat))
            return _node(Tracer, op, tuple(flat)) if is_traced else record_checked(op, flat)

        return kernel

    def detach(self) -> Any:
        node = _node(Tracer, MUL, (self, 1.0))
        node.da = None
        return node

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}({self.op.name if self.op else 'no number yet'}{name})"

    def __eq__(self, other: object) -> bool:
        never_equal = other is None or isinstance(other, (str, list, tuple))
        asks = not never_equal if self.refuses else isinstance(other, (int, float))
        if asks and get_ident() in running:
            raise _refusal(self, self.refuses or "compare")
        return self is other

    __hash__ = object.__hash__

    def __format__(self, spec: str) -> str:
        if spec or get_ident() in running:
            raise _refusal(self, "print")
        return repr(self)

    def __str__(self) -> str:
        return format(self)


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
    """The Value that an int argument picks: which one this is depends on the number, so nothing can look it up."""

    __slots__ = ()
    refuses = "identity"

    def __hash__(self) -> int:
        if get_ident() in running:
            raise _refusal(self, "hash")
        return object.__hash__(self)


class ArgTracer(PickTracer):
    """A user's plain number: an argument, a number computed from arguments alone, or one that was picked."""

    __slots__ = ()
    plain = True
    refuses = "compare"

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The class that isinstance() sees in the traced function."""
        return (int if type(self) is IndexTracer else float) if get_ident() in running else type(self)

    def __deepcopy__(self, memo: Any = None) -> ArgTracer:
        return self

    __copy__ = __deepcopy__

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
        """Return ``rows[self]``, chosen when the program runs; if the rows are lists, the result is a list."""
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
    # No partials; None where no gradient flows: a node made in no_grad() is still computed in every call.
    node.da = None if shared["mode"] and is_on("no_grad") and op is not PICK else ()
    node.label = ""
    node.scope = shared["scope"]
    return node


def _recorder(op: Op, general: Callable[..., Any], reflected: bool) -> Callable[..., Any]:
    """Make the method of a row: it records a node at once, or leaves other operands to Value's own, `general`."""
    count = len(op.operands) - 1

    def method(self: Any, *other: Any, **named: Any) -> Any:
        if named or len(other) != count or not _TRACED.issuperset(map(type, other)):
            return general(self, *other, **named)
        return _node(Tracer, op, (*other, self) if reflected else (self, *other))

    return method


def _between_numbers(record: Callable[..., Any]) -> Callable[..., Any]:
    """Make an operator of plain numbers, whose result is a plain number if all operands are."""

    def method(self: Any, *other: Any) -> Any:
        if other[1:]:  # the modulus of pow()
            raise _refusal(self, "arithmetic")
        if not all(isinstance(each, (Real, Value)) for each in other):
            return NotImplemented
        node = record(self, *other)
        if all(type(o) is float or getattr(o, "plain", False) for o in node.operands):
            node.__class__ = ArgTracer
        return node

    return method


def _among_threads(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Any]:
    """Make a method of a parameter, which is a tracer only for the tracing thread: others get `theirs`, the Value's."""

    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        return (ours if get_ident() in running else theirs)(self, *arguments, **named)

    return method


_REFUSED = {  # keyed by tracer and reason
    (Tracer, "compare"): "__lt__ __le__ __gt__ __ge__ __bool__",
    (Tracer, "convert"): "__float__ __int__ __complex__ __trunc__ __floor__ __ceil__ __round__",
    (Tracer, "data"): "item",
    (Tracer, "backward"): "backward zero_grad",
    (ArgTracer, "method"): " ".join(["detach", *(op.name for op in OPS.values() if not op.wide)]),
    (ArgTracer, "index"): "__index__",
    (ArgTracer, "arithmetic"): "__floordiv__ __rfloordiv__ __mod__ __rmod__ __divmod__ __rdivmod__ __and__ __rand__ "
    "__or__ __ror__ __xor__ __rxor__ __lshift__ __rlshift__ __rshift__ __rrshift__ __invert__",
}


def _install_methods() -> None:
    for op in OPS.values():
        operator = OPERATORS.get(op.name, "")
        for name in (op.name, *(operator.replace("__", start, 1) for start in ("__", "__r", "__i"))):
            if name and not op.wide and hasattr(Value, name):
                setattr(Tracer, name, _recorder(op, getattr(Value, name), name.startswith("__r")))
                if name != op.name:
                    setattr(ArgTracer, name, _between_numbers(getattr(Tracer, name)))
    for (kind, why), names in _REFUSED.items():
        for name in names.split():
            setattr(kind, name, _refuse(why))
    for name, method in vars(Tracer).items():
        if callable(method) and name not in ("__hash__", "__eq__", "record", "recorder"):
            setattr(ParamTracer, name, _among_threads(method, getattr(Value, name, method)))
    for name in ("data", "grad", "partials"):
        slot, ours = vars(Value)[name], vars(Tracer)[name]
        get, put = _among_threads(ours.fget, slot.__get__), _among_threads(_refuse("write"), slot.__set__)
        setattr(ParamTracer, name, property(get, put))


_install_methods()


def tracer(number: Any, name: str) -> ArgTracer:
    node = _node(IndexTracer if isinstance(number, Integral) else ArgTracer, None, ())
    node.scope, node.label = None, name
    return node


def as_tracers(values: Iterable[Value]) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return a function that turns these Values into tracers, hidden from a tracing thread, and its inverse.

    Values of a subclass are left alone.
    """
    kept = [value for value in values if type(value) is Value]
    return writing(kept, "__class__", repeat(ParamTracer)), writing(kept, "__class__", repeat(Value))
