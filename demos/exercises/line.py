"""Lesson 53: the gradient of the loss of a line, factor by factor."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from .exercise import Case, exercise
from .inputs import number, vector


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
    if slip("b is missing in the guess: it is w*x + b."):
        guess = w * x
    error = guess - y
    if slip("The error has the wrong sign: it is w*x + b - y."):
        error = -error
    if slip("The error is w*x + b - y; y is added."):
        error = guess + y
    if slip("The error is the guess minus y; y is forgotten."):
        error = guess
    two = 1.0 if slip("The 2 of the square is missing.") else 2.0
    if slip("The square is differentiated as error**2; its slope is 2 * error."):
        error, two = error * error, 1.0
    dw, db = two * error * x, two * error
    if slip("The last factor of dL/dw is missing: w is multiplied by x."):
        dw = two * error
    if slip("The last factor of dL/dw is x, which w is multiplied by, and not w."):
        dw = two * error * w
    if slip("dL/dw is divided by x; the chain rule multiplies."):
        dw = two * error / x
    if slip("dL/db has a factor too many: b is only added, so its factor is 1."):
        db = two * error * x
    if slip("dL/db has the factor b; b is only added, so its factor is 1."):
        db = two * error * b
    if slip("The 2 is missing in dL/db alone."):
        db = db / 2
    if slip("The 2 is missing in dL/dw alone."):
        dw = dw / 2
    if slip("The 2 is there twice."):
        dw, db = 2 * dw, 2 * db
    if slip("They come in the wrong order: dL/dw first."):
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
    """chain(partials) -> the gradients along a chain, from dL/dL = 1 down; partials[k] is the slope of its k-th edge."""
    grads: list[Any] = [0.0] if slip("The seed is missing: dL/dL is 1, not 0.") else [1.0]
    for partial in partials:
        if slip("The partials are added; the chain rule multiplies them."):
            grads.append(grads[-1] + partial)
        elif slip("Each gradient is only its own edge's partial: multiply it by the gradient above."):
            grads.append(partial)
        else:
            grads.append(grads[-1] * partial)
    if slip("The chain begins with dL/dL = 1, which is missing."):
        grads = grads[1:]
    if slip("Only the last gradient is returned: keep each one on the way."):
        return grads[-1]
    return grads


def _updates(rng: Random) -> Iterator[Case]:
    yield 1.0, 0.5, 2.0, 5.0, 0.05
    for _ in range(8):
        yield (*vector(rng, 4), abs(number(rng)) / 10)


@exercise(
    "53", "usual", 8,
    hint="First both gradients, from the old w and b. Then go against them: subtract eta times each.",
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
    if slip("The error has the wrong sign, so the loss grows: it is w*x + b - y."):
        error = -error
    two = 1.0 if slip("The 2 of the square is missing.") else 2.0
    if slip("The learning rate is missing: multiply the gradient by eta."):
        eta = 1.0
    sign = 1 if slip("It goes up the slope: subtract eta times the gradient.") else -1
    new = w + sign * eta * two * error * x
    if slip("w's gradient lacks its last factor x."):
        new = w + sign * eta * two * error
    if slip("b's gradient uses the w that is already changed: compute both gradients first."):
        error = new * x + b - y
    low = b + sign * eta * two * error
    if slip("b's gradient has a factor too many: b is only added."):
        low = b + sign * eta * two * error * x
    if slip("b stays where it was: it has a gradient too."):
        low = b
    if slip("These are the changes alone: add them to w and b."):
        new, low = new - w, low - b
    if slip("The gradient is divided by eta; multiply."):
        new, low = w + (new - w) / eta / eta, b + (low - b) / eta / eta
    return new, low
