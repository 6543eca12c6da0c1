"""Lessons 53 and 54: the gradient of the loss of a line, gradient descent, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any

from .exercise import Case, exercise
from .inputs import Function, number, vector


def _lines(rng: Random) -> Iterator[Case]:
    yield 1.0, 0.5, 2.0, 5.0  # the lesson's own
    for _ in range(12):
        yield tuple(vector(rng, 4))


@exercise(
    "53", "easy", 8,
    hint="L is a square: its slope with respect to the error is 2 * error. How fast does the error move with w? And with b?",
    solution="""
def gradients(w, b, x, y):
    error = w * x + b - y
    return 2 * error * x, 2 * error
""",
    cases=_lines, parts=("dL/dw", "dL/db"),
)  # fmt: skip
def gradients(slip: Any, w: float, b: float, x: float, y: float) -> tuple[float, float]:
    """gradients(w, b, x, y) -> (dL/dw, dL/db) of L = (w*x + b - y)**2, worked out by hand, with floats."""
    guess = w * x + b
    if slip("b is missing from the prediction: it is w*x + b."):
        guess = w * x
    error = guess - y
    if slip("The error has the wrong sign: it is w*x + b - y."):
        error = -error
    if slip("y is added, but the error is w*x + b - y."):
        error = guess + y
    if slip("y is left out, but the error is the prediction minus y."):
        error = guess
    two = 1.0 if slip("The 2 of the square is missing.") else 2.0
    if slip("The slope of the square is 2 * error, not error**2."):
        error, two = error * error, 1.0
    dw, db = two * error * x, two * error
    if slip("The last factor of dL/dw is missing: w is multiplied by x."):
        dw = two * error
    if slip("The last factor of dL/dw is x, which w is multiplied by, not w itself."):
        dw = two * error * w
    if slip("dL/dw is divided by x, but the chain rule multiplies."):
        dw = two * error / x
    if slip("dL/db has one factor too many: b is only added, so its factor is 1."):
        db = two * error * x
    if slip("dL/db has a factor b, but b is only added, so its factor is 1."):
        db = two * error * b
    if slip("The 2 is missing, but only from dL/db."):
        db = db / 2
    if slip("The 2 is missing, but only from dL/dw."):
        dw = dw / 2
    if slip("The 2 is there twice, or backward() ran twice."):
        dw, db = 2 * dw, 2 * db
    if slip("They are in the wrong order: dL/dw first."):
        dw, db = db, dw
    return dw, db


def _chains(rng: Random) -> Iterator[Case]:
    yield ([-5.0, 1.0, 1.0, 2.0],)
    for length in (1, 2, 3, 5):
        yield (vector(rng, length),)


@exercise(
    "53", "easy", 6,
    hint="Start with 1 at the loss. Each edge multiplies what has arrived so far by its own partial.",
    solution="""
def chain(partials):
    grads = [1.0]
    for partial in partials:
        grads.append(grads[-1] * partial)
    return grads
""",
    cases=_chains,
)  # fmt: skip
def chain(slip: Any, partials: list[Any]) -> list[Any]:
    """chain(partials) -> the gradients along a chain, from dL/dL = 1 down. The k-th edge has the slope partials[k]."""
    if slip("The partials are taken in reverse order: partials[0] belongs to the loss's own edge, and comes first."):
        partials = partials[::-1]
    grads: list[Any] = [0.0] if slip("The seed is missing: dL/dL is 1, not 0.") else [1.0]
    for partial in partials:
        if slip("The partials are added, but the chain rule multiplies them."):
            grads.append(grads[-1] + partial)
        elif slip("Each gradient is only its own edge's partial: multiply it by the gradient above."):
            grads.append(partial)
        else:
            grads.append(grads[-1] * partial)
    if slip("Only two neighbours are multiplied: each gradient is the product of all the partials above it."):
        pairs = zip([1.0, *partials], partials)
        grads = [1.0, *(above * own for above, own in pairs)]
    if slip("The first edge is left out: partials[0] is the first factor."):
        grads = [1.0]
        for partial in partials[1:]:
            grads.append(grads[-1] * partial)
    if slip("The chain begins with dL/dL = 1, which is missing."):
        grads = grads[1:]
    if slip("Only the last gradient is returned: keep every one along the way."):
        return grads[-1]
    return grads


def _updates(rng: Random) -> Iterator[Case]:
    yield 1.0, 0.5, 2.0, 5.0, 0.05
    for _ in range(8):
        yield (*vector(rng, 4), abs(number(rng)) / 10)


@exercise(
    "53", "medium", 8,
    hint="First compute both gradients from the old w and b. Then go against them: subtract eta times each one.",
    solution="""
def update(w, b, x, y, eta):
    error = w * x + b - y
    return w - eta * 2 * error * x, b - eta * 2 * error
""",
    cases=_updates, parts=("w", "b"),
)  # fmt: skip
def update(slip: Any, w: float, b: float, x: float, y: float, eta: float) -> tuple[float, float]:
    """update(w, b, x, y, eta) -> (w, b) after one update of gradient descent on L = (w*x + b - y)**2."""
    error = w * x + b - y
    if slip("b is missing from the prediction: it is w*x + b."):
        error = w * x - y
    if slip("The error has the wrong sign, so the loss grows: it is w*x + b - y."):
        error = -error
    two = 1.0 if slip("The 2 of the square is missing.") else 2.0
    if slip("The learning rate is missing: multiply the gradient by eta."):
        eta = 1.0
    sign = 1 if slip("It goes up the slope: subtract eta times the gradient.") else -1
    new = w + sign * eta * two * error * x
    if slip("The gradient of w lacks its last factor, x."):
        new = w + sign * eta * two * error
    if slip("The gradient of b is computed from the new w: compute both gradients first."):
        error = new * x + b - y
    low = b + sign * eta * two * error
    if slip("The gradient of b has one factor too many: b is only added."):
        low = b + sign * eta * two * error * x
    if slip("eta is missing, but only from the update of b."):
        low = b + sign * two * error
    if slip("eta is missing, but only from the update of w."):
        new = w + sign * two * error * x
    if slip("b stays where it was: it has a gradient too."):
        low = b
    if slip("These are only the changes: add them to w and b."):
        new, low = new - w, low - b
    if slip("These are the gradients: subtract eta times each from w and b."):
        new, low = two * error * x, two * error
    if slip("The gradient is divided by eta: multiply it by eta instead."):
        new, low = w + (new - w) / eta / eta, b + (low - b) / eta / eta
    return new, low


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
    "54", "medium", 12,
    hint="Keep a list that begins with w. For each update, make a new Value at the last w, compute f of it, call "
        "backward(), and append w - eta * grad.",
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
    """descend(f, w, eta, updates) -> every w from the first to the last, as floats. The function f takes a Value and returns one."""
    ws, grad, first, fast = [w], 0.0, _slope(f, w), 0.0
    stuck = slip("Each update begins at the first w again: continue from the last one.")
    if slip("The learning rate is missing: multiply the gradient by eta."):
        eta = 1.0
    if slip("The gradient is divided by eta: multiply it by eta instead."):
        eta = 1 / eta
    value = slip("The value of f is subtracted, but it is eta times the slope that w moves by.")
    sign = 1 if slip("It goes up the slope: compute w - eta * grad, with a minus.") else -1
    for _ in range(updates):
        old = grad
        grad = _slope(f, ws[-1])
        if value:
            grad = f.compute(ws[-1])
        if slip("Gradients of earlier updates are added in: zero_grad() is missing."):
            grad += old
        if slip("The gradient is computed only once, at the first w: compute it again in each update."):
            grad = first
        if slip("backward() ran twice, so the gradient is doubled."):
            grad = 2 * _slope(f, ws[-1])
        if slip("Only the sign of the gradient is used: its size counts too."):
            grad = math.copysign(1.0, grad)
        if slip("There is momentum in the update, but plain descent uses only the current gradient."):
            fast = 0.9 * fast + grad
            grad = fast
        ws.append(ws[-1] + sign * eta * grad)
        if stuck:
            ws[-1] = w + sign * eta * first
    if slip("Every entry is the last w: the list holds the same Value many times, and its data changes. Keep w.data."):
        return [ws[-1]] * len(ws)
    if slip(
        "Nothing moves: either there is no gradient when w changes (backward() comes later, or zero_grad() comes "
        "in between), or w is never assigned."
    ):
        return [w] * len(ws)
    if slip("The w before the first update is missing: the list begins with it."):
        return ws[1:]
    if slip("The last w is missing: append after the update too."):
        return ws[:-1]
    if slip("Only the last w is returned: return all of them."):
        return ws[-1]  # type: ignore[return-value]
    if slip("Each w is appended before its update: the first one is there twice, and the last one is missing."):
        return [w, *ws[:-1]]
    if slip("These are the gradients: return the values of w."):
        return [_slope(f, at) for at in ws]
    if slip("These are the changes in w: return the values of w."):
        return [after - before for before, after in zip(ws, ws[1:])]
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
    "54", "medium", 8,
    hint="Compute the slope first. While its size, abs(slope), is not below `small`, make one update and compute "
        "it again.",
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
    if slip("One update is made before the first check: if the slope is already small, none is needed."):
        w, updates = w - eta * f(w), 1
    if slip("eta is missing: multiply the slope by it."):
        eta = 1.0
    once = slip("It makes at most one update: use `while`, not `if`.")
    other = slip("w is compared with `small`: compare the slope instead.")
    bare = slip("A negative slope counts as small: compare abs(slope).")
    moved = slip("It stops when w moves by less than `small`, but the slope itself has to be smaller.")
    while updates < (1 if once else 1000):
        if (f(w) if bare else abs(w) if other else abs(f(w)) * (eta if moved else 1.0)) < small:
            break
        w = w - eta * f(w)
        updates += 1
    if slip("It makes one update too many: check before each update."):
        w, updates = w - eta * f(w), updates + 1
    if slip("w is one update ahead of the count."):
        w = w - eta * f(w)
    if slip("The slope at w is returned instead of w."):
        return f(w), updates
    if slip("The count is too large by one."):
        updates += 1
    if slip("The count is too small by one."):
        updates -= 1
    if slip("The count is missing: w alone is returned, not (w, updates)."):
        return w  # type: ignore[return-value]
    if slip("They are in the wrong order: w first, then the number of updates."):
        return updates, w
    return w, updates
