"""Lesson 54: gradient descent, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any

from .exercise import Case, exercise
from .inputs import Function, number


def _valleys(rng: Random) -> Iterator[Case]:
    yield Function("(w - 3)**2", lambda w: (w - 3) ** 2), 0.0, 0.1, 3
    for updates in (1, 2, 5):
        low = number(rng)
        f = Function(f"(w - {low:g})**2 + w**2/2", lambda w, low=low: (w - low) ** 2 + w * w / 2)
        yield f, number(rng), round(0.05 + 0.2 * rng.random(), 3), updates


def _slope(f: Function, w: float) -> float:
    from autograd import Value

    at = Value(w)
    f.compute(at).backward()
    return at.grad


@exercise(
    "54", "usual", 12,
    hint="Keep a list that begins with w. For each update: a new Value at the last w, f of it, backward(), then w - eta * grad.",
    solution="""
def descend(f, w, eta, updates):
    ws = [w]
    for _ in range(updates):
        at = Value(ws[-1])
        f(at).backward()
        ws.append(at.data - eta * at.grad)
    return ws
""",
    cases=_valleys,
)  # fmt: skip
def descend(slip: Any, f: Any, w: float, eta: float, updates: int) -> list[float]:
    """descend(f, w, eta, updates) -> every w from the first to the last, as floats; f takes a Value and returns one."""
    ws, grad, first, fast = [w], 0.0, _slope(f, w), 0.0
    if slip("The learning rate is missing: multiply the gradient by eta."):
        eta = 1.0
    if slip("The gradient is divided by eta; multiply."):
        eta = 1 / eta
    sign = 1 if slip("It goes up: w - eta * grad, with a minus.") else -1
    for _ in range(updates):
        old = grad
        grad = _slope(f, ws[-1])
        if slip("Gradients of earlier updates are added in: zero_grad is forgotten."):
            grad += old
        if slip("The gradient is computed once, at the first w: compute it anew in each update."):
            grad = first
        if slip("backward() ran twice, so the gradient is doubled."):
            grad = 2 * _slope(f, ws[-1])
        if slip("Only the sign of the gradient is used: its size counts too."):
            grad = math.copysign(1.0, grad)
        if slip("There is momentum in it: each update takes its own gradient alone."):
            fast = 0.9 * fast + grad
            grad = fast
        ws.append(ws[-1] + sign * eta * grad)
    if slip("All are the last w: it is one Value many times, and its data moves. Keep w.data."):
        return [ws[-1]] * len(ws)
    if slip("Nothing moves: no gradient is computed before w changes, or w is never assigned."):
        return [w] * len(ws)
    if slip("w before the first update is missing: the list begins with it."):
        return ws[1:]
    if slip("The last w is missing: append after the update too."):
        return ws[:-1]
    if slip("Only the last w is returned: return all of them."):
        return ws[-1]  # type: ignore[return-value]
    if slip("Each w is appended before its update: the first comes twice, the last is missing."):
        return [w, *ws[:-1]]
    if slip("These are the gradients: return the values of w."):
        return [_slope(f, at) for at in ws]
    if slip("These are the losses: return the values of w."):
        return [f.compute(at) for at in ws]
    return ws


def _until(rng: Random) -> Iterator[Case]:
    yield Function("2*(w - 3)", lambda w: 2 * (w - 3)), 0.0, 0.1, 0.01
    yield Function("2*(w - 3)", lambda w: 2 * (w - 3)), 3.0, 0.1, 0.01
    for _ in range(4):
        low = number(rng)
        f = Function(f"w - {low:g}", lambda w, low=low: w - low)
        yield f, number(rng), round(0.1 + 0.5 * rng.random(), 3), 0.001


@exercise(
    "54", "usual", 8,
    hint="Ask for the slope first. While its size, abs(slope), is not below `small`, take one update and ask again.",
    solution="""
def settle(slope, w, eta, small):
    updates = 0
    while abs(slope(w)) >= small:
        w = w - eta * slope(w)
        updates += 1
    return w, updates
""",
    cases=_until, parts=("w", "updates"),
)  # fmt: skip
def settle(slip: Any, slope: Any, w: float, eta: float, small: float) -> tuple[float, float]:
    """settle(slope, w, eta, small) -> (w, how many updates it took) once the slope at w is smaller than `small` in size."""
    f, updates = slope.compute, 0
    if slip("One update is made before the first look: where the slope is small already, none is needed."):
        w, updates = w - eta * f(w), 1
    bare = slip("A negative slope counts as small: compare abs(slope).")
    moved = slip("It stops when w moves by less than `small`; the slope itself has to be smaller.")
    while (f(w) if bare else abs(f(w)) * (eta if moved else 1.0)) >= small and updates < 10_000:
        w = w - eta * f(w)
        updates += 1
    if slip("It makes one update too many: look before each update."):
        w, updates = w - eta * f(w), updates + 1
    if slip("w is one update ahead of the count."):
        w = w - eta * f(w)
    if slip("The count is one too many."):
        updates += 1
    if slip("The count is one too few."):
        updates -= 1
    if slip("The loss of count: w alone is returned, not (w, updates)."):
        return w  # type: ignore[return-value]
    if slip("They come in the wrong order: w first, then how many updates."):
        return updates, w
    return w, updates
