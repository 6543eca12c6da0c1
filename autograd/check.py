"""Gradients against central differences: two answers that share no code.

>>> from autograd import Value, gradcheck
>>> gradcheck(lambda a, b: (a * b).tanh() / b, [Value(0.5), Value(2.0)])
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from .careful import real
from .derivatives import grad
from .errors import GradcheckError
from .formula import IEEE
from .graph import Edge, Graph, numbers
from .modes import ieee
from .value import Value

__all__ = ["central_difference", "edge_difference", "gradcheck", "operation_at"]


def central_difference(f: Callable[[float], float], x: float, eps: float = 1e-6) -> float:
    """(f(x + h) - f(x - h)) / 2h, with h = eps * max(1, abs(x)).

    Where f is nan on one side, h is eps * abs(x), since the domain may end close to a small x; and where it
    is nan still, the other side counts alone.

    Its error is about h**2 * f'''(x) / 6, plus rounding of about 1e-16 * f(x) / h.

    >>> round(central_difference(lambda x: x**3, 2.0), 6)
    12.0
    """
    h = eps * max(1.0, abs(x))
    above, below = f(x + h), f(x - h)
    if x and (above != above or below != below):
        h = eps * abs(x)
        above, below = f(x + h), f(x - h)
    if above != above:
        return (f(x) - below) / h
    if below != below:
        return (above - f(x)) / h
    return (above - below) / (2 * h)


def edge_difference(edge: Edge, eps: float = 1e-6) -> float:
    """The slope of one operation in one operand, from its value alone: what the edge's partial should be."""
    operand = edge.operand
    return central_difference(operation_at(edge), operand.data, eps)


def operation_at(edge: Edge) -> Callable[[float], float]:
    """One operation as a function of one operand, the others held."""
    op, k = edge.node.op, edge.k
    given = numbers(edge.node)
    formula = op.formula(len(given))

    def at(x: float) -> float:
        return formula.evaluate(op.bind([*given[:k], x, *given[k + 1 :]]), IEEE)

    return at


def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-5,
    raise_exception: bool = True,
) -> bool:
    """Whether the gradient of ``f(*inputs)`` in every input agrees with central differences.

    f: returns a Value, or nested lists of Values, each of which is checked. inputs: a Value, or a list of
    Values, numbers and nested lists of them. They agree within ``atol + rtol * abs(difference)``; no grad is
    touched. Raises GradcheckError, which names the edge whose partial is wrong if there is one;
    with raise_exception=False returns False instead.

    >>> from autograd import op
    >>> wrong_cube = op("wrong_cube", "cube", "a * a * a", "2 * a ** 2")
    >>> gradcheck(wrong_cube, Value(2.0, label="x"))
    Traceback (most recent call last):
        ...
    autograd.errors.GradcheckError: d(output)/dx is 8.0, central differences say 12: the partial of wrong_cube in a, ...
    """
    given = [inputs] if isinstance(inputs, (Value, int, float)) else list(inputs)
    given = [_as_values(x) for x in given]
    leaves = list(dict.fromkeys(leaf for x in given for leaf in _flat(x)))
    for i in range(len(list(_flat(f(*given))))):
        problem = _check_output(f, given, leaves, i, eps, atol, rtol)
        if problem:
            if raise_exception:
                raise GradcheckError(problem)
            return False
    return True


def _check_output(
    f: Callable[..., Any], given: list[Any], leaves: list[Value], i: int, eps: float, atol: float, rtol: float
) -> str:
    """What is wrong with the gradient of the i-th output, or nothing."""
    output = list(_flat(f(*given)))[i]
    found = grad(output, leaves, allow_unused=True)
    for leaf, gradient in zip(leaves, found):
        numeric = _difference(f, given, leaf, i, eps)
        if not agree(gradient.data, numeric, atol, rtol):
            name = leaf.label or f"input {leaves.index(leaf) + 1}"
            said = f"d(output)/d{name} is {gradient.data!r}, central differences say {numeric:.9g}"
            return f"{said}: {_cause(output, leaf, eps, atol, rtol)}"
    return ""


def _difference(f: Callable[..., Any], given: list[Any], leaf: Value, i: int, eps: float) -> float:
    before = leaf.data

    def value(x: float) -> float:
        leaf.data = x
        with ieee():  # beyond the edge of a domain there is nan, which a difference can pass over
            return list(_flat(f(*given)))[i].data

    try:
        return central_difference(value, before, eps)
    finally:
        leaf.data = before


def _cause(output: Value, leaf: Value, eps: float, atol: float, rtol: float) -> str:
    graph = Graph(output)
    for edge in graph.edges():
        slope = edge_difference(edge, eps)
        if not agree(float(edge.partial), slope, atol, rtol):
            name, index = edge.node.op.place(edge.k, len(edge.node.operands))
            formula, _ = edge.node.op.partial(edge.k, len(edge.node.operands))
            which = name if index is None else f"{name}[{index}]"
            return (
                f"the partial of {edge.node.op.name} in {which}, {formula.source!r}, gives {float(edge.partial)!r} "
                f"on the edge {graph.name(edge.node)} -> {graph.name(edge.operand)} where its value has the slope "
                f"{slope:.9g}. At a kink, such as relu's 0, the two may differ: move the input a little"
            )
    if leaf not in graph:
        return "the output does not depend on it: was something made from .data on the way?"
    return "every edge agrees, so a path is missing: was something made from .data, or is f random?"


def agree(a: float, b: float, atol: float, rtol: float) -> bool:
    """Whether a slope is what the difference `b` says: two nans agree, and infinity only with itself."""
    return a == b or (math.isfinite(b) and abs(a - b) <= atol + rtol * abs(b)) or (a != a and b != b)


def _as_values(x: Any) -> Any:
    if isinstance(x, Value):
        return x
    if isinstance(x, (list, tuple)):
        items: list[Any] = list(x)
        return [_as_values(item) for item in items]
    return Value(real(x, "a Value, a number or a list of them as an input"))


def _flat(x: Any) -> Iterator[Value]:
    if isinstance(x, (list, tuple)):
        items: list[Any] = list(x)
        for item in items:
            yield from _flat(item)
    elif isinstance(x, Value):
        yield x
    else:
        raise GradcheckError(f"want f to return a Value or lists of Values, got {type(x).__name__}")
