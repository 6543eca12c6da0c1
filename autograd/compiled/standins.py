"""Stand-ins: what a traced function is given in place of numbers. They record operations, and have no number to show.

    >>> x, w = stand_in(2.0, "x"), Value(3.0)
    >>> y = x * 2 + 1  # plain numbers still: no node of a graph
    >>> type(y).__name__, type(y * w).__name__
    ('Number', 'Traced')

What would look at a number (an `if` on one, float(), .data) raises TraceError, since its answer would be kept for all
later calls.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import Any

from ..careful import real
from ..errors import NotANumberError, TraceError
from ..methods import OPERATORS
from ..modes import is_on, shared
from ..ops import MUL, OPS, Op
from ..source import remember, said_line, users_line
from ..value import Value
from .program import PICK

__all__ = ["Number", "Parameter", "Run", "Traced", "hidden", "running", "stand_in"]


class Run:
    """One pass through the function: the stand-ins for its arguments, and what was refused first.

    chosen: what ints pick that are not to be left open, by their place among the inputs.
    """

    def __init__(self, chosen: Mapping[int, int]) -> None:
        self.chosen = chosen
        self.inputs: list[Number] = []
        self.refused: TraceError | None = None


running: dict[int, Run] = {}  # by thread: to others a parameter is what it was


# --- What is refused ---------------------------------------------------------------------------------------

_FIXES = {
    "data": "Use it in arithmetic as it is, without .data or .item()",
    "grad": "Gradients are there when the step has returned",
    "compare": "An `if` would be decided once for all calls: use relu, maximum or abs, or decide outside "
    "and pass the decision as a bool or a str, which make a program of their own",
    "convert": "float(), int() and math's functions cut the graph: use v.exp(), v.log(), v.sqrt() ..., which are recorded",
    "index": "An int argument picks a row only by embedding(i, rows), pick(rows, i) or cross_entropy(scores, i) of nn.functional",
    "method": "Operations are methods of Values: write Value(x).exp()",
    "print": "Print what the step returns",
    "write": "Change parameters between calls, and the next call sees it",
    "backward": "Return the loss: the step takes its gradients",
    "arithmetic": "This is no row in the table of operations: add one with autograd.op(), or compute it outside",
}  # fmt: skip


def _refusal(node: Value, why: str) -> TraceError:
    """The error for looking at a number that is not there, naming the user's line."""
    run = running.get(get_ident())
    what = node.label or (f"the result of {node.op.name}" if node.op else "a parameter")
    reason = (
        "is a plain number"
        if why == "method"
        else "has no number yet: compile() traces the function once, for all of them"
    )
    error = TraceError(f"{said_line(users_line())}\n{what} {reason}. {_FIXES[why]}")
    if run and not run.refused and not _asked_by_engine():
        run.refused = error
    return error


def _asked_by_engine() -> bool:
    """Whether a compiled method read .data: it tries to, and leaves the operation to us when that fails."""
    frame: Any = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]
    while frame.f_code.co_filename == _asked_by_engine.__code__.co_filename:
        frame = frame.f_back
    reader = frame.f_code.co_filename
    return reader.startswith("<autograd ") or reader.endswith("compiled_methods.py")


def _refuse(why: str) -> Callable[..., Any]:
    def method(self: Any, *_: Any, **__: Any) -> Any:
        raise _refusal(self, why)

    return method


def _unreadable(name: str) -> Any:
    """A property in place of a slot: the thread that traces may not look; to others it is the slot of a parameter."""
    slot: Any = Value.__dict__[name]

    def get(self: Value) -> float:
        if get_ident() in running or _is_stand_in(self):
            raise _refusal(self, name)
        return slot.__get__(self) if type(self) is Parameter else getattr(self, name)

    def put(self: Value, number: float) -> None:
        if get_ident() in running or _is_stand_in(self):
            raise _refusal(self, "write")
        if type(self) is Parameter:
            slot.__set__(self, number)
        else:
            setattr(self, name, number)

    return property(get, put)


def _is_stand_in(value: Value) -> bool:
    """Whether it has no number anywhere. A parameter may have become a Value again while another thread asked for it."""
    kind = type(value)
    return issubclass(kind, Traced) and kind is not Parameter


# --- Stand-ins ---------------------------------------------------------------------------------------------


class Traced(Value):
    """A Value in a traced function: it has operands, and no number."""

    __slots__ = ()
    plain = False  # whether it would be a plain number if the function were called as it is

    data = _unreadable("data")
    grad = _unreadable("grad")

    def record(self, op: Op, operands: Sequence[Any]) -> Traced:
        """The node of an operation; the engine asks for it where an operand is traced."""
        return _node(Traced, op, tuple(operands))

    def __format__(self, spec: str) -> str:
        if spec:
            raise _refusal(self, "print")
        return repr(self)

    def __repr__(self) -> str:
        name = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}({self.op.name if self.op else 'no number yet'}{name})"


class Parameter(Traced):
    """A leaf of the user's, while a thread traces the function that uses it; in other threads it is a Value still."""

    __slots__ = ()

    @property
    def record(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        if get_ident() not in running:
            raise AttributeError("record")  # the engine then computes, as it does with a Value
        return super().record


class Number(Traced):
    """A plain number of the user's: an argument, or what was computed from arguments alone."""

    __slots__ = ()
    plain = True

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What isinstance() is told in the traced function."""
        return (int if type(self) is Index else float) if get_ident() in running else type(self)

    def stand_in(self, value: Value) -> None:
        """What ``Value(x)`` does of a traced x: the new Value is x, under a name of its own."""
        value.__class__ = Traced
        value.operands, value.kinds = (self,), "c"
        value.scope = shared["scope"]

    def chosen_from(self, rows: Sequence[Any]) -> Any:
        """``rows[self]``, chosen when the program runs; where rows are lists, a list."""
        if type(self) is not Index:
            raise _refusal(self, "index")
        run = running[get_ident()]
        for place, at in run.chosen.items():
            if run.inputs[place] is self:
                return rows[at]
        if rows and isinstance(rows[0], (list, tuple)):
            return [self.chosen_from(column) for column in zip(*rows)]
        return _node(Traced, PICK, (self, *(row if isinstance(row, Value) else real(row) for row in rows)))

    # Numbers are compared and looked up by what they are, so a trace refuses both; nodes are told by identity.

    def __eq__(self, other: object) -> bool:
        if get_ident() in running:
            raise _refusal(self, "compare")
        return self is other

    def __hash__(self) -> int:
        if get_ident() in running:
            raise _refusal(self, "compare")
        return object.__hash__(self)


class Index(Number):
    """An int argument: a number in arithmetic; where it picks a row, the choice is made when the program runs."""

    __slots__ = ()


_new: Callable[[type[Any]], Any] = object.__new__


def _node(kind: type[Any], op: Op | None, operands: tuple[Any, ...]) -> Any:
    node = _new(kind)
    node.op = op
    node.operands = operands
    node.partials = ()
    node.kinds = "v" * len(operands)
    node.label = ""
    node.scope = shared["scope"]
    if shared["mode"]:
        if is_on("no_grad") and op is not PICK:  # it is computed in every call, and no gradient goes through it
            node.kinds = "c" * len(operands)
        if is_on("record_source"):
            remember(node)
    return node


def _recorder(op: Op, reflected: bool = False) -> Callable[..., Any]:
    """The method of a row: it records what the compiled method of Value would compute."""
    if len(op.operands) == 1:
        return lambda self: _node(Traced, op, (self,))

    last = op.operands[-1]
    default = op.defaults.get(last)

    def method(self: Any, other: Any = default, **named: Any) -> Any:
        if named:
            other = named.pop(last, other)
            if named:
                raise TypeError(f"{op.name}() got an unexpected keyword argument {next(iter(named))!r}")
        if type(other) is not float and not isinstance(other, Value):
            try:
                other = real(other)
            except NotANumberError:
                return NotImplemented
        return _node(Traced, op, (other, self) if reflected else (self, other))

    return method


def _between_numbers(record: Callable[..., Any]) -> Callable[..., Any]:
    """An operator of plain numbers, whose result is one if all operands are."""

    def method(self: Any, *other: Any) -> Any:
        node = record(self, *other)
        if node is not NotImplemented and all(type(o) is float or getattr(o, "plain", False) for o in node.operands):
            node.__class__ = Number
        return node

    return method


def _detached(self: Any) -> Any:
    """The same number, through which no gradient goes."""
    node = _node(Traced, MUL, (self, 1.0))
    node.kinds = "cc"
    return node


def _set(kind: type[Any], name: str, method: Callable[..., Any]) -> None:
    """Give a stand-in a method, for the thread that traces."""

    def chosen(self: Any, *arguments: Any, **named: Any) -> Any:
        if get_ident() not in running and not _is_stand_in(self):
            return getattr(Value, name)(self, *arguments, **named)
        return method(self, *arguments, **named)

    setattr(kind, name, chosen)


def _equip() -> None:
    """Give the stand-ins a recorder for every method of a row, and a refusal for what looks at a number."""
    for op in OPS.values():
        if not op.wide:
            _set(Traced, op.name, _recorder(op))
            setattr(Number, op.name, _refuse("method"))
            if dunder := OPERATORS.get(op.name):
                operators = {dunder: _recorder(op)}
                if len(op.operands) == 2:
                    operators[dunder.replace("__", "__r", 1)] = _recorder(op, reflected=True)
                for name, record in operators.items():
                    _set(Traced, name, record)
                    setattr(Number, name, _between_numbers(record))
    for kind, why, names in (
        (Traced, "compare", "lt le gt ge"),
        (Traced, "convert", "float int complex trunc floor ceil round"),
        (Number, "compare", "bool"),
        (Number, "index", "index"),
        (Number, "print", "str format"),
        (Number, "arithmetic", "floordiv rfloordiv mod rmod divmod rdivmod"),
    ):
        for name in names.split():
            _set(kind, f"__{name}__", _refuse(why))
    _set(Traced, "detach", _detached)
    _set(Number, "detach", _refuse("method"))
    for name in ("__repr__", "__format__"):
        _set(Traced, name, vars(Traced)[name])
    for why, names in (("data", ["item"]), ("backward", ["backward", "zero_grad"])):
        for name in names:
            _set(Traced, name, _refuse(why))


_equip()


def stand_in(number: Any, name: str) -> Number:
    """What a traced function is given in place of a number, under the name of its argument."""
    node = _node(Index if isinstance(number, Integral) else Number, None, ())
    node.scope, node.label = None, name
    return node


@contextmanager
def hidden(values: Iterable[Value]) -> Generator[None, None, None]:
    """Inside, these Values cannot be read by a thread that traces."""
    kinds = [(value, type(value)) for value in values if type(value) is not Parameter]
    try:
        for value, _ in kinds:
            value.__class__ = Parameter
        yield
    finally:
        for value, kind in kinds:
            value.__class__ = kind
