"""Tracing: run a function once with Values that have no numbers, to learn what it computes.

    >>> w = Value(3.0, label="w")
    >>> program = trace(lambda x: (w * x[0] + x[1]).tanh(), ([1.0, 2.0],), [w])
    >>> [(program.name(node), node.op) for node in program.order]
    [('v1', mul), ('v2', add), ('v3', tanh)]

While a function is traced, stand-ins (tracers.py) take the place of its numbers: every operation on them is
recorded, never computed.

A function is traced twice. Constants that differ were read from a clock, or counted; results that are the same
object were computed before the function ran; a generator in another state has drawn random numbers (chance.py). All
of these would be wrong in later calls, and are refused.
"""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

from ..errors import TraceError
from ..garbage import collecting_nothing
from ..graph import walk
from ..naming import names_for
from ..source import record_source, source_of
from ..value import Value
from .chance import line_that_draws, states
from .locks import of_classes
from .program import Program
from .tracers import Number, Run, hidden, running, stand_in
from .watching import Watch, unwrapped

__all__ = ["trace"]

_OUTSIDE = (
    "what is drawn at random, read from a clock, counted or left over from the call before would be kept for all calls. "
    "Do that outside, and pass it as an argument"
)


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
        inputs.append(stand_in(argument, name))
        return inputs[-1]
    return argument


def _pass(
    function: Callable[..., Any],
    arguments: Mapping[str, Any],
    parameters: Container[Value],
    unreadable: Iterable[Value],
    chosen: Mapping[int, int],
) -> tuple[Any, list[Number]]:
    """Run the function on stand-ins: the loss, and the inputs. `arguments` by name; ``**`` marks keywords."""
    run = Run(chosen)
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for name, argument in arguments.items():
        given = _stand_ins(argument, name.lstrip("*"), run.inputs, parameters)
        if name.startswith("**"):
            keywords[name[2:]] = given
        else:
            positional.append(given)
    thread = get_ident()
    with hidden(unreadable):
        outer = running.get(thread)
        running[thread] = run
        try:
            root = function(*positional, **keywords)
        finally:
            if outer:
                running[thread] = outer
            else:
                del running[thread]
    if run.refused:
        raise run.refused
    if not isinstance(root, Value) or getattr(root, "plain", False):
        got = "a plain number, which depends on no parameter" if isinstance(root, (Value, float, int)) else repr(root)
        raise TraceError(f"want one Value, the loss, as the result of a compiled function, got {got}")
    return root, run.inputs


@collecting_nothing()
def trace(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    parameters: Iterable[Value],
    keywords: Mapping[str, Any] | None = None,
    watch: Watch | None = None,
    chosen: Mapping[int, int] | None = None,
) -> Program:
    """What `function` computes, as a Program whose inputs are the numbers in `arguments`, in order.

    watch: a Watch of the function, if there is one already. chosen: inputs, by place, that shall pick this and
    nothing else; other ints pick when the program runs.
    Raises TraceError, naming the user's line, for what would not be the same in every call.
    """
    with of_classes:
        watch = watch or Watch(function)
        parameters = dict.fromkeys(parameters)
        given = dict(zip(_argument_names(function, len(arguments)), arguments))
        given.update({f"**{name}": argument for name, argument in (keywords or {}).items()})
        unreadable = {**parameters, **watch.values}
        for value in unreadable:
            value.data  # noqa: B018 - whatever holds its number elsewhere gives it back

        def run(unreadable: Iterable[Value]) -> tuple[Any, list[Number]]:
            return _pass(function, given, parameters, unreadable, chosen or {})

        root, inputs = run(unreadable)
        nodes = walk(root)
        frozen = [node for node in nodes if type(node) is Value and not node.operands]
        before = states(watch.generators)
        root, inputs_again = run([*unreadable, *frozen])
        if states(watch.generators) != before:
            line = line_that_draws(lambda: run(unreadable), watch.generators)
            if line is not None:  # else it was another thread
                raise TraceError(f"{line}\na random number was drawn: {_OUTSIDE}".lstrip())
        nodes_again = walk(root)
        if (place := _difference(nodes, nodes_again, dict(zip(inputs, inputs_again)))) is not None:
            with record_source():
                lines = walk(run(unreadable)[0])
            raise TraceError(
                _unsteady(nodes, nodes_again, place, source_of(lines[place]) if place < len(lines) else "")
            )
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
