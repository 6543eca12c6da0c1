"""Gradients against central differences: two answers that share no code.

>>> from autograd import Value, gradcheck
>>> gradcheck(lambda a, b: (a * b).tanh() / b, [Value(0.5), Value(2.0)])
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .errors import GradcheckError
from .explain.naming import one_line
from .formula import IEEE
from .graph import Edge, Graph, numbers
from .higher_order import grad
from .modes import ieee
from .slow_path import real
from .value import Value

__all__ = ["Slope", "agree", "gradcheck", "operation_at", "slope_at"]


class Slope(NamedTuple):
    """What differences say of a function at a point.

    value: its slope. left, right: those of its two sides, nan where it has no values. error: how far off they may be.
    kind: "" where it is smooth; "kink", where the sides differ; "symmetric kink", where they differ by the sign alone,
    so that central differences say 0; "pole", where values or slopes grow beyond bounds; "gap", where nothing settles.
    """

    value: float
    left: float
    right: float
    error: float
    kind: str

    @property
    def said(self) -> str:
        """What there is instead of a slope, in words; nothing where it is smooth."""
        if self.kind in ("kink", "symmetric kink"):
            return f"a {self.kind}, with the slope {self.left:.6g} on its left and {self.right:.6g} on its right"
        return {
            "pole": "a pole: the nearer, the larger is the value or the slope",
            "gap": "no slope that differences could tell: they do not settle, however small the step",
        }.get(self.kind, "")


def slope_at(f: Callable[[float], float], x: float, eps: float = 1e-6, atol: float = 1e-6, rtol: float = 1e-5) -> Slope:
    """The slope of `f` at `x` from central differences, of the first step that settles it.

    Steps are `eps` times the size of x, then `eps` itself and others down to the digits of x, then larger ones. A step
    is compared with half of it: the difference of the two, and the rounding of f's values, are the error. Richardson's
    extrapolation of both is the slope. Where f has no value on one side, the other counts alone.

    >>> f"{slope_at(lambda x: 1 / x, 1e-7).value:.6g}"
    '-1e+14'
    >>> slope_at(abs, 0.0).kind, slope_at(lambda x: max(x, 0.0), 0.0).kind, slope_at(lambda x: x and 1 / x, 0.0).kind
    ('symmetric kink', 'kink', 'pole')
    """
    here = f(x)
    if not math.isfinite(here):
        return Slope(math.nan, math.nan, math.nan, math.inf, "pole" if here == here else "gap")
    tried: list[_Step] = []
    for h in _steps(x, eps):
        step = _Step(f, x, here, h)
        if step.error <= 0.01 * (atol + rtol * abs(step.value)) and not step.kink(atol, rtol):
            return step.slope("")
        tried.append(step)
    best = min(tried, key=lambda step: step.error)
    told = [step for step in tried if step.told]
    if told and all(step.grows for step in told):
        return best.slope("pole")
    return best.slope(best.kink(atol, rtol) if best.error <= 10 * (atol + rtol * abs(best.value)) else "gap")


def _steps(x: float, eps: float) -> Iterator[float]:
    sizes = [eps * max(1.0, abs(x)), eps, eps * abs(x), *(eps * 100.0**-k for k in range(1, 7))]
    sizes += [1024 * math.ulp(x), *(100.0**k * eps * max(1.0, abs(x)) for k in (1, 2))]
    return (h for h in dict.fromkeys(sizes) if h and x + h / 2 != x != x - h / 2)


class _Step:
    """Differences of one step h and of half of it, on both sides."""

    def __init__(self, f: Callable[[float], float], x: float, here: float, h: float) -> None:
        values: list[float] = [here]
        slopes: list[float] = []
        for step in (h, h / 2, -h, -h / 2):
            values.append(f(x + step))
            slopes.append((values[-1] - here) / ((x + step) - x))
        self.sides = [slopes[:2], slopes[2:]]
        self.left, self.right = (2 * half - whole for whole, half in self.sides[::-1])
        self.rounding = 2 * math.ulp(max(map(abs, values))) / h
        known = [side for side in self.sides if side[0] == side[0] and side[1] == side[1]]
        if not known:
            self.value, self.error = math.nan, math.inf
            return
        whole, half = (known[0][k] / 2 + known[-1][k] / 2 for k in (0, 1))
        self.value = (4 * half - whole) / 3 if len(known) == 2 else 2 * half - whole
        error = abs(half - whole) + self.rounding
        if not math.isfinite(error):
            self.value, error = math.nan, math.inf
        self.error = error

    def kink(self, atol: float, rtol: float) -> str:
        """Whether the two sides have slopes of their own."""
        larger = max(abs(self.left), abs(self.right))
        near = 2 * (atol + rtol * larger) + 16 * self.rounding
        if not abs(self.left - self.right) > near:  # also if one is nan
            return ""
        return "symmetric kink" if abs(self.left + self.right) <= near else "kink"

    @property
    def told(self) -> bool:
        """Whether there is more to the slopes than rounding."""
        return any(math.inf > abs(half) > 100 * self.rounding for _, half in self.sides)

    @property
    def grows(self) -> bool:
        """Whether the slope of a side is larger, the smaller the step, as next to what is vertical."""
        return any(abs(half) > 1.02 * abs(whole) for whole, half in self.sides)

    def slope(self, kind: str) -> Slope:
        return Slope(self.value, self.left, self.right, self.error, kind)


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
    Values, numbers and nested lists of them. eps: the step of the differences for numbers near 1; where it does not
    settle them, others are tried. They agree within ``atol + rtol * abs(difference)``; no grad is touched.
    Raises GradcheckError, which names the edge whose partial is wrong if there is one, and so at a kink or a pole,
    where no gradient is right; with raise_exception=False returns False instead.

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
        with ieee():  # beyond the edge of a domain there is nan, which a difference can pass over
            return list(_flat(f(*given)))[i].data

    try:
        return slope_at(value, before, eps, atol, rtol)
    finally:
        leaf.data = before


def _cause(output: Value, leaf: Value, found: Slope, eps: float, atol: float, rtol: float) -> str:
    """The edge at which it lies: one that is not smooth if `found` is not, else one whose partial is wrong."""
    graph = Graph(output)
    for edge in graph.edges():
        slope = slope_at(operation_at(edge), edge.operand.data, eps, atol, rtol)
        if slope.kind if found.kind else not agree(float(edge.partial), slope.value, atol, rtol):
            name, index = edge.node.op.place(edge.k, len(edge.node.operands))
            formula, _ = edge.node.op.partial(edge.k, len(edge.node.operands))
            which = name if index is None else f"{name}[{index}]"
            where = f"on the edge {graph.name(edge.node)} -> {graph.name(edge.operand)}"
            if found.kind:
                return f"it is that of {edge.node.op.name} in {which}, {where}. Move the input a little"
            return (
                f"the partial of {edge.node.op.name} in {which}, {formula.source!r}, gives {float(edge.partial)!r} "
                f"{where} where its value has the slope {slope.value:.9g}"
            )
    if found.kind:
        return "no gradient is right there. Move the input a little"
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
