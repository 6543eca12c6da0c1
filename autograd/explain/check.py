"""Check gradients against central differences: two computations that share no code.

>>> from autograd import Value, gradcheck
>>> gradcheck(lambda a, b: (a * b).tanh() / b, [Value(0.5), Value(2.0)])
True
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from ..errors import ArgumentError, GradcheckError
from ..formula import IEEE
from ..frames import public
from ..graph import Edge, Graph, numbers
from ..higher_order import grad
from ..modes import ieee
from ..slow_path import real
from ..value import Value
from .differences import Slope, slope_at
from .naming import one_line

__all__ = ["agree", "drawn", "generators_put_back", "gradcheck", "operation_at"]


def operation_at(edge: Edge) -> Callable[[float], float]:
    """Return one operation as a function of one operand, with the others held fixed."""
    op, k = edge.node.op, edge.k
    given = numbers(edge.node)
    formula = op.formula(len(given))

    def at(x: float) -> float:
        return formula.evaluate(op.bind([*given[:k], x, *given[k + 1 :]]), IEEE)

    return at


@public
def gradcheck(
    f: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-5,
    raise_exception: bool = True,
) -> bool:
    """Return whether the gradient of ``f(*inputs)`` with respect to every input agrees with central differences.

    f: returns a Value, or nested lists of Values, each of which is checked. inputs: a Value, or a list of
    Values, numbers and nested lists of them. eps: for numbers near 1, the widest step of the differences is 10,000
    times this; the other steps follow from how coarsely values are rounded. "Agrees" means within
    ``atol + rtol * abs(difference)``. No grad is changed. f may draw numbers from `random` and `numpy.random`: it gets
    the same ones each time, and later code gets them again. Raises GradcheckError, which names the edge with the wrong
    partial if there is one. It also raises this error at a kink or a pole, where no gradient is correct, and where
    rounding hides the slope. With raise_exception=False it returns False instead.

    >>> from autograd import op
    >>> wrong_cube = op("wrong_cube", "cube", "a * a * a", "2 * a ** 2")
    >>> gradcheck(wrong_cube, Value(2.0, label="x"))
    Traceback (most recent call last):
        ...
    autograd.errors.GradcheckError: d(output)/dx is 8.0, central differences say 12: the partial of wrong_cube for a, ...
    """
    if not callable(f):
        raise ArgumentError(
            f"gradcheck: want a function and its inputs, as in gradcheck(lambda a: a * a, [a]), got {f!r}"
        )
    given = [inputs] if isinstance(inputs, (Value, int, float)) else list(inputs)
    given = [_as_values(x) for x in given]
    leaves = list(dict.fromkeys(leaf for x in given for leaf in _flat(x)))
    for i in range(len(_outputs(f, given))):
        problem = _check_output(f, given, leaves, i, eps, atol, rtol)
        if problem:
            if raise_exception:
                raise GradcheckError(problem)
            return False
    return True


def _check_output(
    f: Callable[..., Any], given: list[Any], leaves: list[Value], i: int, eps: float, atol: float, rtol: float
) -> str:
    """Say what is wrong with the gradient of the i-th output; "" if nothing is."""
    output = _outputs(f, given)[i]
    found = grad(output, leaves, allow_unused=True)
    for leaf, gradient in zip(leaves, found):
        slope = _difference(f, given, leaf, i, eps, atol, rtol)
        if slope.kind or not agree(gradient.data, slope.value, atol, rtol):
            name = one_line(leaf.label) or f"input {leaves.index(leaf) + 1}"
            said = f"d(output)/d{name} is {gradient.data!r}, central differences say {slope.value:.9g}"
            if slope.kind:
                said = f"d(output)/d{name} is {gradient.data!r}, but at {name} = {leaf.data!r} there is {slope.said}"
            return f"{said}: {_cause(output, leaf, slope, eps, atol, rtol)}"
    return ""


def _difference(
    f: Callable[..., Any], given: list[Any], leaf: Value, i: int, eps: float, atol: float, rtol: float
) -> Slope:
    before = leaf.data

    def value(x: float) -> float:
        leaf.data = x
        with ieee():  # outside the domain the value is nan, which the differences can leave out
            return _outputs(f, given)[i].data

    try:
        return slope_at(value, before, eps, atol, rtol)
    finally:
        leaf.data = before


def _outputs(f: Callable[..., Any], given: list[Any]) -> list[Value]:
    """List the Values that f returns. A mask drawn by `random` or `numpy.random` is the same every time."""
    with generators_put_back():
        return list(_flat(f(*given)))


def _cause(output: Value, leaf: Value, found: Slope, eps: float, atol: float, rtol: float) -> str:
    """Say which edge is at fault: one that is not smooth if `found` is not smooth, or else one with a wrong partial."""
    graph: Graph = Graph(output)
    for edge in graph.edges():
        slope = slope_at(operation_at(edge), edge.operand.data, eps, atol, rtol)
        if slope.kind if found.kind else not agree(float(edge.partial), slope.value, atol, rtol):
            name, index = edge.node.op.place(edge.k, len(edge.node.operands))
            formula, _ = edge.node.op.partial(edge.k, len(edge.node.operands))
            which = name if index is None else f"{name}[{index}]"
            where = f"on the edge {graph.name(edge.node)} -> {graph.name(edge.operand)}"
            if found.kind == "hidden":
                return f"this happens in {edge.node.op.name}, operand {which}, {where}. Try a smaller input"
            if found.kind:
                return f"it comes from {edge.node.op.name}, operand {which}, {where}. Move the input a little"
            return (
                f"the partial of {edge.node.op.name} for {which}, {formula.source!r}, gives {float(edge.partial)!r} "
                f"{where}, but the slope there is {slope.value:.9g}"
            )
    if found.kind:
        return "no gradient is correct there. Move the input a little"
    if leaf not in graph:
        return "the output does not depend on it: was something made from .data on the way?"
    return "every edge agrees, so a path is missing: was something made from .data, or is f random?"


def agree(a: float, b: float, atol: float, rtol: float) -> bool:
    """Return whether a slope agrees with the difference `b`: nan agrees with nan, and infinity only with itself."""
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


def _states(generators: Iterable[Any]) -> list[tuple[Callable[[Any], object], Any]]:
    """Return a setter and a state for each generator, and for those that `random` and `numpy.random` share."""
    pythons = getattr(sys.modules.get("random"), "_inst", None)
    numpys = getattr(sys.modules.get("numpy.random"), "mtrand", None)
    found: list[tuple[Callable[[Any], object], Any]] = []
    for generator in dict.fromkeys([*generators, pythons, getattr(numpys, "_rand", None)]):
        bits = getattr(generator, "bit_generator", None) or getattr(generator, "_bit_generator", None)
        if bits is not None:
            found.append((partial(setattr, bits, "state"), bits.state))
        elif generator is not None:
            with suppress(NotImplementedError):  # the operating system's generator
                found.append((generator.setstate, generator.getstate()))
    return found


def drawn(generators: Iterable[Any] = ()) -> list[bytes]:
    """Return the states of these generators and the shared ones: they differ once one of them has drawn a number."""
    import pickle

    return [pickle.dumps(state) for _, state in _states(generators)]


@contextmanager
def generators_put_back(generators: Iterable[Any] = ()) -> Generator[None]:
    """Let these generators, and the shared ones, continue afterwards as if nothing had been drawn inside."""
    states = _states(generators)

    def put_back() -> None:
        for put, state in states:
            put(state)

    try:
        yield
    finally:
        try:
            put_back()
        except BaseException:  # an interrupt
            put_back()
            raise
