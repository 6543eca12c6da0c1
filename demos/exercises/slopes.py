"""Lessons 0 and 55: slopes by nudging, what they predict, and how an error spreads back through a layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any

from ..languages import tr
from .exercise import Case, exercise
from .inputs import Function, dot, matrix, number, vector


def _curves(rng: Random) -> Iterator[Case]:
    yield Function("x**2", lambda x: x * x), 3.0
    yield Function("x**3 - x", lambda x: x**3 - x), 1.0
    for _ in range(4):
        k = number(rng)
        yield Function(f"sin({k:g}*x) + x**2", lambda x, k=k: math.sin(k * x) + x * x), number(rng)


def _derivative(f: Any, x: float, h: float = 1e-5) -> float:
    return (f.compute(x + h) - f.compute(x - h)) / (2 * h)


def _two_sided(case: Case, right: bool) -> str:
    f, x = case
    if right or not f.calls:
        return "" if f.calls else tr("the function is never called: the slope has to come from f itself")
    if all(at == x for at in f.calls):
        return tr(
            "the function is called only at x itself: is the nudge lost in rounding, or never added? 1e-5 is a "
            "good size"
        )
    if min(abs(at - x) for at in f.calls) > 0.5:
        return tr("the function is called at {place}, which is not near x = {x}", place=f"{f.calls[0]:g}", x=f"{x:g}")
    if x in f.calls:
        return tr(
            "the function is called at x itself, so the nudge goes one way only. Nudge x in both directions: the bend then cancels out"
        )
    widest = max(abs(at - x) for at in f.calls)
    return (
        tr("the nudge is {h}: take 1e-5, which is small, but not so small that rounding shows", h=f"{widest:g}")
        if not 1e-8 < widest < 2e-3
        else ""
    )


@exercise(
    "0", "easy", 6,
    hint="Call f a little to the right of x and a little to the left. Divide the rise by the distance between the two points.",
    solution="""
def slope(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)
""",
    cases=_curves, watch=_two_sided,
)  # fmt: skip
def slope(slip: Any, f: Any, x: float) -> float:
    """slope(f, x) -> how fast f(x) grows with x, accurate to 1e-6, measured by calling f near x."""
    found = _derivative(f, x)
    if slip("The two points are 2*h apart: divide by 2*h."):
        found = 2 * found
    if slip("The rise is taken backwards: f(x + h) comes first."):
        found = -found
    if slip("The rise is not divided by the distance."):
        found = found * 2e-5
    if slip("Without parentheses, `/ 2 * h` multiplies by h: divide by (2 * h)."):
        found = found * 1e-5 * 1e-5
    if slip("f(x) is not subtracted: divide the change in f, not f itself."):
        found = f.compute(x + 1e-5) / 1e-5
    if slip("This is the value of f, not its slope."):
        found = f.compute(x)
    if slip("f(x) is divided by x: that is the slope of a line from the origin, not the slope of f at x."):
        found = f.compute(x) / x
    return found


def _tangents(rng: Random) -> Iterator[Case]:
    yield 6.25, -10.0, 0.1
    yield 6.25, -10.0, 1.0
    for _ in range(8):
        yield tuple(vector(rng, 3))


@exercise(
    "0", "easy", 3,
    hint="A slope says how much y changes for each unit of x. How much does it change for dx?",
    solution="""
def predicted(y, slope, dx):
    return y + slope * dx
""",
    cases=_tangents,
)  # fmt: skip
def predicted(slip: Any, y: float, slope: float, dx: float) -> float:
    """predicted(y, slope, dx) -> what the tangent says y will be after x has moved by dx."""
    change = slope * dx
    if slip("The slope is missing: multiply dx by it."):
        change = dx
    if slip("dx is divided by the slope: multiply them instead."):
        change = dx / slope
    if slip("A factor of 1/2 has crept in: the tangent rises by slope * dx."):
        change = change / 2
    if slip("The sign of dx is lost: to the left, the change has the opposite sign."):
        change = slope * abs(dx)
    if slip("dx is squared, but the tangent is a straight line."):
        change = slope * dx * dx
    if slip("y is multiplied by the change: add them instead."):
        return y * change
    if slip("y and the slope are added first, but only the slope is multiplied by dx."):
        return (y + slope) * dx
    if slip("y and slope have changed places: multiply the slope by dx."):
        return slope + y * dx
    if slip("The slope is the change for one whole unit of x: multiply it by dx."):
        change = slope
    if slip("The slope is divided by dx: multiply it by dx instead."):
        change = slope / dx
    if slip("The change is subtracted: add it to y instead."):
        change = -change
    if slip("That is only the change: add it to y."):
        y = 0.0
    return y + change


def _functions(rng: Random) -> Iterator[Case]:
    yield Function("xs[0] * xs[1]", lambda xs: xs[0] * xs[1]), [2.0, 5.0]
    for n in (2, 5, 1):
        factors = vector(rng, n)

        def f(xs: Any, factors: list[float] = factors) -> float:
            return math.prod(xs) + dot([math.sin(3 * x * factor) for x, factor in zip(xs, factors)], [1.0] * len(xs))

        yield (
            Function(tr("a function of {n} number" if n == 1 else "a function of {n} numbers", n=n), f),
            vector(rng, n),
        )


def _passes(case: Case, right: bool) -> str:
    f, xs = case
    n, calls = len(xs), len(f.calls)
    if calls and all(call == xs for call in f.calls):
        return tr("the function is called at xs itself each time: is the same list nudged up and then down again, or is the "
                  "nudge lost in rounding?")  # fmt: skip
    if xs in f.calls and calls <= 2 * n:
        return tr(
            "the function is called at xs itself, so the nudges go one way only. Nudge in both directions: the bend then cancels out"
        )
    if right and calls != 2 * n:
        return tr(
            "f was called {calls} times for {n} number: two calls per number are enough" if n == 1 else
            "f was called {calls} times for {n} numbers: two calls per number are enough", calls=calls, n=n)  # fmt: skip
    if not right and calls == 2 * n:
        off = [abs(x - y) for call in f.calls for x, y in zip(call, xs)]
        moved = [sum(x != y for x, y in zip(call, xs)) for call in f.calls]
        if max(moved) > 1:
            return tr("more than one number is nudged at a time: put each back before the next")
        if max(off) > 2e-4 or max(off) < 1e-7:
            return tr(
                "the nudge is {h}: take 1e-5, which is small, but not so small that rounding shows", h=f"{max(off):g}"
            )
    return ""


@exercise(
    "55", "medium", 12,
    hint="For each k make a copy of xs with xs[k] + h, and one with xs[k] - h. That is two calls to f for each number.",
    solution="""
def nudge_grad(f, xs):
    h, slopes = 1e-5, []
    for k in range(len(xs)):
        above, below = list(xs), list(xs)
        above[k] += h
        below[k] -= h
        slopes.append((f(above) - f(below)) / (2 * h))
    return slopes
""",
    cases=_functions, watch=_passes,
)  # fmt: skip
def nudge_grad(slip: Any, f: Any, xs: list[float]) -> list[float]:
    """nudge_grad(f, xs) -> the slope of f with respect to each of xs, accurate to 1e-6. The function f takes a list, and each call costs a pass."""
    h, slopes = 1e-5, []
    for k in range(len(xs)):
        if slip("All numbers are nudged at once: nudge one at a time to see which of them moves f."):
            moved = [f.compute([x + s * h for x in xs]) for s in (1, -1)]
        else:
            moved = [f.compute([x + s * h * (i == k) for i, x in enumerate(xs)]) for s in (1, -1)]
        slopes.append((moved[0] - moved[1]) / (2 * h))
    if slip("The two sides are 2*h apart: divide by 2*h."):
        slopes = [2 * s for s in slopes]
    if slip("The two sides are swapped: f(above) comes first."):
        slopes = [-s for s in slopes]
    if slip("The difference is not divided by the distance."):
        slopes = [s * 2 * h for s in slopes]
    if slip(
        "The nudges are proportional to the numbers, x * (1 + h), so each slope is x times too large: add h instead."
    ):
        slopes = [s * x for s, x in zip(slopes, xs)]
    if slip("f at xs is not subtracted: divide the change in f, not f itself."):
        slopes = [f.compute([x + h * (i == k) for i, x in enumerate(xs)]) / h for k in range(len(xs))]
    if slip("Every slope is half of what it should be: is the sum of both sides divided by 4*h?"):
        slopes = [s / 2 for s in slopes]
    if slip("The slopes are added up into one number: return one for each of xs."):
        slopes = dot(slopes, [1.0] * len(slopes))  # type: ignore[assignment]
    return slopes


def _layers(rng: Random) -> Iterator[Case]:
    yield [1.0, -2.0], [[0.5, 1.0, 0.0], [2.0, -1.0, 3.0]], [1.0, 0.5, 0.0]
    for outputs, units in ((1, 1), (2, 3), (3, 2), (3, 3), (2, 2)):
        yield vector(rng, outputs), matrix(rng, outputs, units), vector(rng, units)


@exercise(
    "55", "hard", 12,
    hint="Unit j feeds every output: add up, over the outputs k, what comes back along each edge. Then multiply "
        "by slopes[j].",
    solution="""
def hidden(upstream, W, slopes):
    grads = []
    for j in range(len(slopes)):
        arrived = 0.0
        for k in range(len(upstream)):
            arrived = arrived + upstream[k] * W[k][j]
        grads.append(arrived * slopes[j])
    return grads
""",
    cases=_layers,
)  # fmt: skip
def hidden(slip: Any, upstream: list[Any], W: list[list[Any]], slopes: list[Any]) -> list[Any]:  # noqa: N803
    """hidden(upstream, W, slopes) -> the gradient at each hidden unit, before its activation.

    Here upstream[k] is the gradient at output k, W[k][j] the weight from unit j to output k, and slopes[j] the slope of unit j's activation.
    """
    columns = list(zip(*W))
    if len(W) == len(slopes) and slip("W is read the wrong way round: W[k][j] goes from unit j to output k."):
        columns = [tuple(row) for row in W]
    grads: list[Any] = []
    kept: Any = 0.0
    going = slip("The sum carries over from one unit to the next: start each unit at 0.")
    for column, own in zip(columns, slopes):
        arrived = dot(upstream, column) + kept
        kept = arrived if going else kept
        if slip("The shares are averaged, but they add up."):
            arrived = arrived / len(upstream)
        if slip("Every unit gets the slope of the first one: unit j has slopes[j]."):
            own = slopes[0]
        if slip("Only the share of the last output is kept: add them up with +=."):
            arrived = upstream[-1] * column[-1]
        if slip("Only the share of the first output is used: every output sends one back."):
            arrived = upstream[0] * column[0]
        if slip("The weights are added up without the gradients that come through them."):
            arrived = dot(column, [1.0] * len(column))
        if slip("The weights are left out: each share is upstream[k] * W[k][j]."):
            arrived = dot(upstream, [1.0] * len(upstream))
        if slip("The slope of the activation is missing: multiply by slopes[j]."):
            own = 1.0
        if slip("The sum is divided by the slope of the activation: multiply by it instead."):
            own = 1 / own if own else math.nan
        if slip("The slope of the activation is added, but the chain rule multiplies."):
            grads.append(arrived + own)
        else:
            grads.append(arrived * own)
    if slip("This is one number for each output: go back through W, and return one for each unit."):
        return [one * dot(row, slopes) for one, row in zip(upstream, W)]
    if slip("The shares of the outputs are not added up: return one number for each unit."):
        return [[one * w * own for w, own in zip(row, slopes)] for one, row in zip(upstream, W)]
    return grads
