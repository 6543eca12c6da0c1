"""Tracing: run a function once with Values that have no numbers, to learn what it computes.

    >>> w = Value(3.0, label="w")
    >>> program = trace(lambda x: (w * x[0] + x[1]).tanh(), ([1.0, 2.0],), [w])
    >>> [(program.name(node), node.op) for node in program.order]
    [('v1', mul), ('v2', add), ('v3', tanh)]

While a function is traced, its numbers are stand-ins: an argument is a Number, a parameter a Value that
cannot be read, and every operation on them is recorded, never computed. What would look at a number (an `if`
on one, float(), .data) raises TraceError, since its answer would be kept for all later calls.

A function is traced twice. Constants that differ were read from a clock, or counted; results that are the same
object were computed before the function ran; a generator in another state has drawn random numbers (chance.py). All
of these would be wrong in later calls, and are refused.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any

from ..careful import real
from ..errors import NotANumberError, TraceError
from ..graph import walk
from ..methods import OPERATORS
from ..modes import is_on, shared
from ..naming import names_for
from ..ops import OPS, Op
from ..source import record_source, remember, said_line, source_of, users_line
from ..value import Value
from .chance import line_that_draws, states
from .program import PICK, Program
from .watching import Watch, unwrapped

__all__ = ["trace"]


class _Run:
    """One pass through the function: the stand-ins for its arguments, and what was refused first."""

    def __init__(self) -> None:
        self.inputs: list[Number] = []
        self.refused: TraceError | None = None


_running: dict[int, _Run] = {}  # by thread: others go on reading parameters


# --- What is refused ---------------------------------------------------------------------------------------

_FIXES = {
    "data": "Use it in arithmetic as it is, without .data or .item()",
    "grad": "Gradients are there when the step has returned",
    "compare": "An `if` would be decided once for all calls: use relu, maximum or abs, or decide outside "
    "and pass the decision as a bool or a str, which make a program of their own",
    "convert": "float(), int() and math's functions cut the graph: use v.exp(), v.log(), v.sqrt() ..., which are recorded",
    "index": "An int argument picks a row only by nn.functional.embedding(i, rows) or cross_entropy(scores, i)",
    "method": "Operations are methods of Values: write Value(x).exp()",
    "print": "Print what the step returns",
    "write": "Change parameters between calls, and the next call sees it",
    "backward": "Return the loss: the step takes its gradients",
    "arithmetic": "This is no row in the table of operations: add one with autograd.op(), or compute it outside",
}  # fmt: skip


_OUTSIDE = (
    "what is drawn at random, read from a clock, counted or left over from the call before would be kept for all calls. "
    "Do that outside, and pass it as an argument"
)


def _refusal(node: Value, why: str) -> TraceError:
    """The error for looking at a number that is not there, naming the user's line."""
    run = _running.get(get_ident())
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
    reader = sys._getframe(3).f_code.co_filename  # pyright: ignore[reportPrivateUsage]
    return reader.startswith("<autograd ") or reader.endswith("compiled_methods.py")


def _refuse(why: str) -> Callable[..., Any]:
    def method(self: Any, *_: Any) -> Any:
        raise _refusal(self, why)

    return method


def _unreadable(name: str) -> Any:
    """A property in place of a slot: the thread that traces may not look; to others it is the slot of a parameter."""
    slot: Any = Value.__dict__[name]

    def get(self: Value) -> float:
        if get_ident() in _running or type(self) is not Parameter:
            raise _refusal(self, name)
        return slot.__get__(self)

    def put(self: Value, number: float) -> None:
        if get_ident() in _running or type(self) is not Parameter:
            raise _refusal(self, "write")
        slot.__set__(self, number)

    return property(get, put)


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
    """A leaf of the user's, while the function that uses it is traced."""

    __slots__ = ()


class Number(Traced):
    """A plain number of the user's: an argument, or what was computed from arguments alone."""

    __slots__ = ()
    plain = True

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What isinstance() is told in the traced function."""
        return (int if type(self) is Index else float) if get_ident() in _running else type(self)

    def stand_in(self, value: Value) -> None:
        """What ``Value(x)`` does of a traced x: the new Value is x, under a name of its own."""
        value.__class__ = Traced
        value.operands = (self,)
        value.scope = shared["scope"]

    def chosen_from(self, rows: Sequence[Any]) -> Any:
        """``rows[self]``, chosen when the program runs; where rows are lists, a list."""
        if type(self) is not Index:
            raise _refusal(self, "index")
        if rows and isinstance(rows[0], (list, tuple)):
            return [self.chosen_from(column) for column in zip(*rows)]
        return _node(Traced, PICK, (self, *(row if isinstance(row, Value) else real(row) for row in rows)))

    # Numbers are compared and looked up by what they are, so a trace refuses both; nodes are told by identity.

    def __eq__(self, other: object) -> bool:
        if get_ident() in _running:
            raise _refusal(self, "compare")
        return self is other

    def __hash__(self) -> int:
        if get_ident() in _running:
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
    node.label = ""
    node.scope = shared["scope"]
    if shared["mode"] and is_on("record_source"):
        remember(node)
    return node


def _recorder(op: Op, reflected: bool = False) -> Callable[..., Any]:
    """The method of a row: it records what the compiled method of Value would compute."""
    if len(op.operands) == 1:
        return lambda self: _node(Traced, op, (self,))

    default = op.defaults.get(op.operands[-1])

    def method(self: Any, other: Any = default) -> Any:
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


def _equip() -> None:
    """Give the stand-ins a recorder for every method of a row, and a refusal for what looks at a number."""
    for op in OPS.values():
        if not op.wide:
            setattr(Traced, op.name, _recorder(op))
            setattr(Number, op.name, _refuse("method"))
            if dunder := OPERATORS.get(op.name):
                operators = {dunder: _recorder(op)}
                if len(op.operands) == 2:
                    operators[dunder.replace("__", "__r", 1)] = _recorder(op, reflected=True)
                for name, record in operators.items():
                    setattr(Traced, name, record)
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
            setattr(kind, f"__{name}__", _refuse(why))
    Traced.item = _refuse("data")
    Traced.backward = Traced.zero_grad = _refuse("backward")


_equip()


# --- One pass through the function -------------------------------------------------------------------------


def _stand_ins(argument: Any, name: str, inputs: list[Number], parameters: Container[Value]) -> Any:
    """The argument with a stand-in for every number in it, which also goes to the end of `inputs`."""
    if isinstance(argument, (list, tuple)):
        items = [_stand_ins(item, f"{name}[{i}]", inputs, parameters) for i, item in enumerate(argument)]
        named: Any = getattr(argument, "_make", None)  # of a namedtuple
        return items if isinstance(argument, list) else named(items) if named else tuple(items)
    if isinstance(argument, Value):
        if argument not in parameters:
            raise TraceError(f"{name} is a Value, and not among the parameters: pass {name}.item(), or list it there")
        return argument
    if not isinstance(argument, bool) and isinstance(argument, Real):
        stand_in = _node(Index if isinstance(argument, Integral) else Number, None, ())
        stand_in.scope, stand_in.label = None, name
        inputs.append(stand_in)
        return stand_in
    return argument


@contextmanager
def _hidden(values: Iterable[Value]) -> Generator[None, None, None]:
    """Inside, these Values cannot be read by this thread."""
    kinds = [(value, type(value)) for value in values if type(value) is not Parameter]
    try:
        for value, _ in kinds:
            value.__class__ = Parameter
        yield
    finally:
        for value, kind in kinds:
            value.__class__ = kind


def _pass(
    function: Callable[..., Any], arguments: Mapping[str, Any], parameters: Container[Value], hidden: Iterable[Value]
) -> tuple[Any, list[Number]]:
    """Run the function on stand-ins: the loss, and the inputs. `arguments` by name; ``**`` marks keywords."""
    run = _Run()
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for name, argument in arguments.items():
        given = _stand_ins(argument, name.lstrip("*"), run.inputs, parameters)
        if name.startswith("**"):
            keywords[name[2:]] = given
        else:
            positional.append(given)
    thread = get_ident()
    with _hidden(hidden):
        outer = _running.get(thread)
        _running[thread] = run
        try:
            root = function(*positional, **keywords)
        finally:
            if outer:
                _running[thread] = outer
            else:
                del _running[thread]
    if run.refused:
        raise run.refused
    if not isinstance(root, Value) or type(root) in (Number, Index):
        got = "a plain number, which depends on no parameter" if isinstance(root, (Value, float, int)) else repr(root)
        raise TraceError(f"want one Value, the loss, as the result of a compiled function, got {got}")
    return root, run.inputs


def trace(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    parameters: Iterable[Value],
    keywords: Mapping[str, Any] | None = None,
    watch: Watch | None = None,
) -> Program:
    """What `function` computes, as a Program whose inputs are the numbers in `arguments`, in order.

    watch: a Watch of the function, if there is one already.
    Raises TraceError, naming the user's line, for what would not be the same in every call.
    """
    watch = watch or Watch(function)
    parameters = dict.fromkeys(parameters)
    given = dict(zip(_argument_names(function, len(arguments)), arguments))
    given.update({f"**{name}": argument for name, argument in (keywords or {}).items()})
    hidden = {**parameters, **watch.values}
    for value in hidden:
        value.data  # noqa: B018 - whatever holds its number elsewhere gives it back
    root, inputs = _pass(function, given, parameters, hidden)
    nodes = walk(root)
    frozen = [node for node in nodes if type(node) is Value and not node.operands]
    before = states(watch.generators)
    root, inputs_again = _pass(function, given, parameters, [*hidden, *frozen])
    if states(watch.generators) != before:
        line = line_that_draws(lambda: _pass(function, given, parameters, hidden), watch.generators)
        if line is not None:  # else it was another thread
            raise TraceError(f"{line}\na random number was drawn: {_OUTSIDE}".lstrip())
    nodes_again = walk(root)
    if (place := _difference(nodes, nodes_again, dict(zip(inputs, inputs_again)))) is not None:
        with record_source():
            lines = walk(_pass(function, given, parameters, hidden)[0])
        raise TraceError(_unsteady(nodes, nodes_again, place, source_of(lines[place]) if place < len(lines) else ""))
    names = names_for(root, variables=watch.variables, nodes=nodes_again)
    program = Program(root, parameters, inputs_again, names, nodes_again)
    program.made = set(program.frozen).difference(frozen)
    return program


def _difference(first: list[Any], second: list[Any], twins: dict[Any, Any]) -> int | None:
    """The place where two listings of the same function begin to differ; None if they never do."""
    if len(first) != len(second):
        return min(len(first), len(second))
    for place, (a, b) in enumerate(zip(first, second)):
        if a.operands:
            if a is b or a.op is not b.op or len(a.operands) != len(b.operands):
                return place
            for x, y in zip(a.operands, b.operands):
                if twins.get(x, x) is not y and not (type(x) is type(y) is float and _equal(x, y)):
                    return place
            twins[a] = b
        elif twins.get(a, a) is not b:
            if type(a) is not Value or type(b) is not Value or not _equal(a.data, b.data):
                return place
            twins[a] = b  # a leaf that was made inside
    return None


def _equal(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


def _unsteady(first: list[Any], second: list[Any], place: int, line: str) -> str:
    """The sentence for two listings that differ."""
    what = f"the function computed {len(first)} values, and {len(second)} when it was run again"
    if len(first) == len(second):
        a, b = first[place], second[place]
        if a is b:
            return (
                f"{a!r} was computed before the function ran, from numbers that later calls may change: "
                "compute it inside the function, or pass its .item() as an argument"
            )
        what = f"the function computed {a.op or 'a leaf'}, and something else when it was run again"
        for x, y in zip(a.operands, b.operands):
            if isinstance(x, float) and isinstance(y, float) and x != y:
                what = f"a constant of {a.op} was {x!r}, and {y!r} when the function was run again"
    return f"{line}\n{what}: {_OUTSIDE}".lstrip()


def _argument_names(function: Callable[..., Any], count: int) -> list[str]:
    code = getattr(unwrapped(function), "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code else []
    if names[:1] == ["self"]:
        names = names[1:]
    return [names[i] if i < len(names) else f"argument_{i + 1}" for i in range(count)]
