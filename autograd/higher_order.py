"""Gradients as Values that can be differentiated again: of a result, as in PyTorch, and of a function, as in JAX.

>>> grad(lambda x: x**3)(2.0), hessian(lambda x: x**3)(2.0)
(12.0, 12.0)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload
from weakref import WeakSet

from .errors import ArgumentError, GraphError
from .formula import Formula
from .frames import public
from .graph import Graph, unrecorded, walk
from .modes import named_scope
from .ops import CLONE
from .recording import ON_VALUES, record
from .slow_path import real
from .value import Value

__all__ = ["grad", "hessian", "jacobian", "value_and_grad"]

_X = TypeVar("_X")  # the first argument of a function: its gradient is nested in the same way
_Rest = ParamSpec("_Rest")


@overload
def grad(
    output: Value,
    inputs: Value | Sequence[Value],
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Value, ...]: ...
@overload
def grad(
    output: Callable[Concatenate[_X, _Rest], Any], inputs: Literal[0] = 0
) -> Callable[Concatenate[_X, _Rest], _X]: ...
@overload
def grad(output: Callable[..., Any], inputs: int | Sequence[int]) -> Callable[..., Any]: ...
@public
def grad(
    output: Any,
    inputs: Any = None,
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> Any:
    """Return d(output)/d(input) for each of `inputs`, as torch.autograd.grad does: no `.grad` changes.

    For a function f, grad(f) is the function that computes its gradient, as in JAX: grad(f)(3.0) with respect to the
    first argument, grad(f, 1) with respect to the second, and grad(f, (0, 1)) with respect to both. See value_and_grad.

    create_graph: record the gradients too, so that they can be differentiated again. retain_graph changes nothing:
    a graph lasts as long as its result.
    Raises GraphError for an input that output does not depend on; with allow_unused its gradient is 0. It is also 0
    where output was computed from gradients: the slope of a straight line is constant, so its own slope is 0.
    With create_graph, it also raises GraphError where data was changed after it was used, because that slope is lost.
    Raises ArgumentError if output is not a Value, and TraceError inside a function that compile() traces.

    >>> x = Value(2.0, label="x")
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> (curvature,) = grad(slope, x)
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    if callable(output):
        return _of_function("grad", output, 0 if inputs is None else inputs, lambda _, gradient: gradient)
    if not isinstance(output, Value):
        raise ArgumentError(f"grad: want a Value to differentiate, got {output!r}: was it made from .data or .item()?")
    if inputs is None:
        raise ArgumentError("grad: also want the Values to differentiate with respect to: grad(output, [a, b])")
    _ = output.grad  # raises TraceError for a Value that compile() traces
    wanted = [inputs] if isinstance(inputs, Value) else list(inputs)
    alone = wanted[0] if len(wanted) == 1 else None  # how an input was computed does not matter here
    graph = Graph(output, nodes=walk(output, down_to=alone))
    if create_graph:
        with named_scope("backward"):  # a picture frames these, beside the forward pass
            gradients = _propagated(graph, wanted, _seed(output), allow_unused)
        _call_slopes(output, wanted, gradients)
        return gradients
    return _propagated(graph, wanted, 1.0, allow_unused)


def _propagated(graph: Graph, wanted: list[Value], seed: Value | float, allow_unused: bool) -> tuple[Value, ...]:
    """Return the gradients of the wanted values, given that of the result. They are recorded if it is a Value."""
    output = graph.root
    for node in wanted:
        if node not in graph and not allow_unused and _seeds.isdisjoint(graph.nodes):
            raise _no_path(output, node)
    depends: set[Any] = set(wanted)  # the nodes that depend on an input: gradients are needed only there
    for node in graph.nodes:
        if not depends.isdisjoint(node.operands):
            depends.add(node)
    arrived: dict[Any, Any] = {output: seed}
    for node in reversed(graph.nodes):
        upstream = arrived.get(node)
        if upstream is None or not node.operands:
            continue
        slopes = _Slopes(graph, node) if isinstance(seed, Value) else node.partials
        for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
            if partial is not None and operand in depends:
                slope = slopes[k]
                share = slope * upstream
                arrived[operand] = arrived[operand] + share if operand in arrived else share
    gradients = [g if isinstance(g := arrived.get(node, 0.0), Value) else Value(g) for node in wanted]
    if not isinstance(seed, Value):
        unrecorded.update(gradients)  # so that an error can say why these have no operands
    return tuple(gradients)


def _no_path(output: Value, node: Value) -> GraphError:
    from .explain.naming import named_graph
    from .explain.paths import outsider

    graph = named_graph(output)
    return GraphError(
        f"{graph.name(output)} does not depend on {outsider(node)} (allow_unused=True gives such an input the gradient 0): "
        f"{graph.how_cut()}"
    )


def _seed(output: Value) -> Value:
    """Return the Value where gradients start with create_graph; it marks Values that were computed from gradients."""
    name = output.label or "f"
    seed = Value(1.0, label=_slope_name(name, name))
    _seeds.add(seed)
    return seed


def _call_slopes(output: Value, inputs: Sequence[Value], gradients: Sequence[Value]) -> None:
    """Label each recorded gradient as a derivative, df/dx, where the input has a label."""
    for node, gradient in zip(inputs, gradients):
        if node.label and not gradient.label:
            gradient.label = _slope_name(output.label or "f", node.label)


SUPERSCRIPTS = "¹²³⁴⁵⁶⁷⁸⁹"


def _slope_name(of: str, by: str) -> str:
    """Return the label of a derivative.

    >>> _slope_name("f", "x"), _slope_name("df/dx", "x"), _slope_name("d²f/dx²", "x"), _slope_name("df/dx", "y")
    ('df/dx', 'd²f/dx²', 'd³f/dx³', 'd(df/dx)/dy')
    >>> _slope_name("df/dx", "df/dx")
    'd(df/dx)/d(df/dx)'
    """
    found = re.fullmatch(rf"d([²-³⁴-⁹]?)([^/]+)/d{re.escape(by)}([²-³⁴-⁹]?)", of)
    if found and found[1] == found[3] != "⁹":
        power = SUPERSCRIPTS[SUPERSCRIPTS.index(found[1] or "¹") + 1]
        return f"d{power}{found[2]}/d{by}{power}"
    above, below = (f"({name})" if "/" in name else name for name in (of, by))
    return f"d{above}/d{below}"


_seeds: WeakSet[Value] = WeakSet()


class _Slopes:
    """Return the partials of a node as graphs of their own: the formulas of its row, computed on Values."""

    def __init__(self, graph: Graph, node: Value) -> None:
        assert node.op is not None
        self.graph, self.node, self.op = graph, node, node.op
        self.names = {**node.op.bind(node.operands), "out": node}
        self.known: dict[Formula, dict[str, Any]] = {}  # a formula's intermediate values are the same for a whole list

    def __getitem__(self, k: int) -> Value | float:
        formula, index = self.op.partial(k, len(self.node.operands))
        if formula not in self.known:
            self.known[formula] = formula.with_intermediates(self.names, ON_VALUES)
        slope = formula.of(self.known[formula], ON_VALUES, index)
        now, then = slope.data if isinstance(slope, Value) else slope, self.node.partials[k]
        if then is not None and abs(now - then) > 1e-9 * max(abs(now), abs(then)):
            name, root = self.graph.name(self.node), self.graph.name(self.graph.root)
            raise GraphError(
                f"grad: the slope of {name} for operand {k + 1} was {then!r} when it was computed, and would be {now!r} "
                f"now: data was changed in between. Compute {root} again before grad(create_graph=True)"
            )
        return slope


# --- Functions -------------------------------------------------------------------------------------------------


@overload
def value_and_grad(
    function: Callable[Concatenate[_X, _Rest], Any], argnums: Literal[0] = 0
) -> Callable[Concatenate[_X, _Rest], tuple[Value | float, _X]]: ...
@overload
def value_and_grad(
    function: Callable[_Rest, Any], argnums: int | Sequence[int]
) -> Callable[_Rest, tuple[Value | float, Any]]: ...
def value_and_grad(function: Any, argnums: int | Sequence[int] = 0) -> Any:
    """Return the function that computes (f(x), gradient), as in JAX.

    argnums: the position of the argument to differentiate with respect to, or several positions for a tuple of
    gradients. An argument may be a number, or numbers in nested lists, tuples and dicts; its gradient is nested in the
    same way. Plain numbers give plain numbers; if an argument is a Value, the results are Values that can be
    differentiated again. Raises ArgumentError if `function` does not return a single number.

    >>> value_and_grad(lambda w, x: (w[0] * x + w[1]) ** 2)([2.0, -1.0], 3.0)
    (25.0, [30.0, 10.0])
    """
    return _of_function("value_and_grad", function, argnums, lambda out, gradient: (out, gradient))


def jacobian(function: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the function that computes the gradient of each number in f(x), nested as f(x) is. See value_and_grad.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] ** 2])([3.0, 5.0])
    [[5.0, 3.0], [6.0, 0.0]]
    """
    return _of_function("jacobian", function, argnums, lambda _, gradient: gradient)


def hessian(function: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return the function that computes f's second derivatives: the Jacobian of its gradient. See value_and_grad.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(_of_function("hessian", function, argnums, lambda _, gradient: gradient), argnums)


def _of_function(who: str, function: Any, argnums: Any, answer: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return the function that gives answer(f(x), gradient). For jacobian, f(x) may be nested; else it is a number."""
    if not callable(function):
        raise ArgumentError(f"{who}: want a function, got {function!r}: for a result, grad(output, inputs)")
    if not all(type(place) is int for place in _flat(argnums)):
        raise ArgumentError(
            f"{who}: want the position of an argument, such as 0, got {argnums!r}: call {who}(f)(x) with x"
        )

    @wraps(function)
    @public
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        call = _Call(who, argnums, args, kwargs)
        out = call.result(function)
        return answer(_each(call.number, out), call.gradients(out))

    return differentiated


class _Call:
    """One call to a function being differentiated, with fresh Values in place of the arguments that matter."""

    def __init__(self, who: str, argnums: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.who, self.kwargs = who, kwargs
        self.args = list(args)
        for place in _flat(argnums):
            if not -len(args) <= place < len(args):
                raise ArgumentError(f"{who}: there is no argument {place}, counted from 0, among the {len(args)} given")
            self.args[place] = _each(_fresh, args[place])
        self.several = isinstance(argnums, (list, tuple))
        self.inputs = tuple(self.args[place] for place in argnums) if self.several else self.args[argnums]
        self.flat = list(_flat(self.inputs))
        self.recorded = any(isinstance(x, Value) for x in _flat([args, kwargs]))

    def result(self, function: Callable[..., Any]) -> Any:
        """Return the function's result."""
        _active.update(self.flat)
        try:
            out = function(*self.args, **self.kwargs)
        finally:
            _active.difference_update(self.flat)
        if self.who != "jacobian" and isinstance(out, (list, tuple, dict)):
            raise ArgumentError(
                f"{self.who}: want one number from the function, got a {type(out).__name__}: see jacobian"
            )
        self.recorded = self.recorded or any(
            not _active.isdisjoint(walk(y)) for y in _flat(out) if isinstance(y, Value)
        )
        return out

    def number(self, x: Any) -> Any:
        """Return x as the caller gets it: a Value only where somebody may want to differentiate it again."""
        return x if self.recorded or not isinstance(x, Value) else x.data

    def gradients(self, out: Any) -> Any:
        """Return the gradient of each result. For several arguments, a list of results gives a tuple of lists."""
        if isinstance(out, tuple):
            return tuple(map(self.gradients, out))
        if not self.several or not isinstance(out, list):
            return _each(self.gradient, out)
        found = {id(y): self.gradient(y) for y in _flat(out)}
        return tuple(_each(lambda y, k=k: found[id(y)][k], out) for k in range(len(self.inputs)))

    def gradient(self, y: Any) -> Any:
        """Return the gradient of a result, nested as the arguments are."""
        result = y if isinstance(y, Value) else Value(real(y, f"a number from the function given to {self.who}"))
        found = iter(grad(result, self.flat, create_graph=self.recorded, allow_unused=True))
        return _each(lambda _: self.number(next(found)), self.inputs)


_active: WeakSet[Value] = WeakSet()  # the arguments of the functions being differentiated now


def _fresh(x: Any) -> Value:
    """Return a fresh Value for an argument, so that other results computed from the same one are not differentiated."""
    return record(CLONE, [x]) if isinstance(x, Value) else Value(x)


def _each(change: Callable[[Any], Any], nested: Any) -> Any:
    """Return nested lists, tuples and dicts with every number changed."""
    if isinstance(nested, dict):
        return {key: _each(change, item) for key, item in nested.items()}
    if isinstance(nested, (list, tuple)):
        items = [_each(change, item) for item in nested]
        return tuple(items) if isinstance(nested, tuple) else items
    return change(nested)


def _flat(nested: Any) -> Iterator[Any]:
    """List the same numbers, one after the other."""
    if isinstance(nested, dict):
        nested = list(nested.values())
    if isinstance(nested, (list, tuple)):
        for item in nested:
            yield from _flat(item)
    else:
        yield nested
