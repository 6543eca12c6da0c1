"""Lesson 7, everything together: a loss of scores, and four training loops that do not train. Find the bug."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from .exercise import Case, exercise
from .inputs import exp, log, number, vector


def _scores(rng: Random) -> Iterator[Case]:
    yield [1.0, 2.0, 3.0], 2
    yield [0.0, 0.0, 0.0, 0.0], 1
    for count in (2, 3, 5):
        yield vector(rng, count), int(rng.random() * count)


@exercise(
    "7", "hard", 10,
    hint="p = softmax of the scores. The loss is -log of p[target], which is log(sum of exp) minus that score.",
    solution="""
def cross_entropy(scores, target):
    largest = max(score.data for score in scores)
    total = sum(((score - largest).exp() for score in scores), 0.0)
    return total.log() - (scores[target] - largest)
""",
    cases=_scores, differentiable="scores", values=True,
)  # fmt: skip
def cross_entropy(slip: Any, scores: Sequence[Any], target: int) -> Any:
    """cross_entropy(scores, target) -> -log of the softmax probability of scores[target]; scores are Values."""
    if slip("The probability is that of class 0; take that of the target."):
        target = 0
    powers = [exp(score) for score in scores]
    chances = [power / sum(powers, 0.0) for power in powers]
    if slip("softmax is applied twice."):
        powers = [exp(chance) for chance in chances]
        chances = [power / sum(powers, 0.0) for power in powers]
    if slip("The minus is missing: the logarithm of a probability is negative, a loss is not."):
        return log(chances[target])
    if slip("That is the probability: the loss is minus its logarithm."):
        return chances[target]
    if slip("That is one minus the probability: the loss is minus its logarithm."):
        return 1 - chances[target]
    if slip("The score itself is taken for a probability: softmax is missing."):
        return -scores[target]
    if slip("The losses of all classes are added up; only the target's counts."):
        return -sum((log(chance) for chance in chances), 0.0)
    if slip("The loss is divided by how many classes there are; it is one sample's, and whole."):
        return -log(chances[target]) / len(scores)
    if slip("The target's own score is not subtracted from log(sum of exp)."):
        return log(sum(powers, 0.0))
    return -log(chances[target])


def _points(rng: Random) -> Iterator[Case]:
    xs = [-2.0, -1.0, 0.0, 1.0, 2.0]
    yield xs, [2 * x + 1 for x in xs], 0.1, 1
    yield xs, [2 * x + 1 for x in xs], 0.1, 3
    for updates in (2, 5):
        yield vector(rng, 4), vector(rng, 4), 0.05 + abs(number(rng)) / 50, updates


def _trained(slip: Any, xs: Sequence[float], ys: Sequence[float], eta: float, updates: int) -> tuple[float, float]:
    """(w, b) of the line w*x + b after updates of gradient descent on the mean of the squared errors, from (0, 0)."""
    w = b = dw = db = 0.0
    fresh = not slip("Gradients of earlier updates are added in: zero_grad is forgotten.")
    stuck = slip("w and b take one step and then no more: does the loss still use the Values that are moved?")
    sign = 1 if slip("It goes up: subtract eta times the gradient.") else -1
    for update in range(1 if stuck and updates else updates):
        if fresh or not update:
            dw = db = 0.0
        for x, y in zip(xs, ys):
            dw += 2 * (w * x + b - y) * x / len(xs)
            db += 2 * (w * x + b - y) / len(xs)
        scale = eta
        if slip("The errors are added up; the loss is their mean."):
            scale = eta * len(xs)
        if slip("eta is missing."):
            scale = 1.0
        w, b = w + sign * scale * dw, b + sign * scale * db
    if slip("b does not move: it has a gradient too."):
        b = 0.0
    if slip("w does not move: it has a gradient too."):
        w = 0.0
    if slip(
        "Nothing moves: no gradient reaches w and b. Is the loss made from their .data, or does the optimiser hold others?"
    ):
        w = b = 0.0
    if slip("It stops one update early."):
        return _trained(lambda _: False, xs, ys, eta, updates - 1)
    if slip("It makes one update too many."):
        return _trained(lambda _: False, xs, ys, eta, updates + 1)
    return w, b


_HINTS = {
    "train_sum": "Print w.grad in each update. Why does it grow, when the line fits better and better?",
    "train_new": "Which Values does the optimiser hold, and which does the loss use? `is` tells whether two are the same one.",
    "train_cut": "Print w.grad after backward(). Where does the way from the loss to w end?",
    "train_one": "Which of the samples are in the loss that backward() starts from?",
}
_RIGHT = """
def {name}(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
"""
_BROKEN = {
    "train_sum": _RIGHT.replace("        w.zero_grad()\n        b.zero_grad()\n", ""),
    "train_new": """
def {name}(xs, ys, eta, updates):
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = (Value(p.data) for p in parameters)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data
""",
    "train_cut": _RIGHT.replace("w * x + b - y", "w.data * x + b.data - y").replace(
        ", 0.0) / len", ", Value(0.0)) / len"
    ),
    "train_one": _RIGHT.replace(
        "        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)\n",
        "        for x, y in zip(xs, ys):\n            loss = (w * x + b - y) ** 2 / len(xs)\n",
    ),
}


def train_sum(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_sum(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0): it runs away. Find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_new(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_new(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0): nothing moves. Find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_cut(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_cut(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0): nothing moves. Find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_one(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_one(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0): it learns little. Find the bug."""
    if slip("Only the last sample is in the loss: `=` in the loop overwrites it, add them up with `+=`."):
        w = b = 0.0
        for _ in range(updates):
            error = w * xs[-1] + b - ys[-1]
            w, b = w - eta * 2 * error * xs[-1] / len(xs), b - eta * 2 * error / len(xs)
        return w, b
    return _trained(slip, xs, ys, eta, updates)


for _minutes, _level, _loop in (
    (5, "easy", train_sum),
    (6, "usual", train_cut),
    (8, "hard", train_new),
    (6, "usual", train_one),
):
    exercise(
        "7", _level, _minutes, hint=_HINTS[_loop.__name__], parts=("w", "b"), cases=_points,
        solution=_RIGHT.format(name=_loop.__name__), starter=_BROKEN[_loop.__name__].format(name=_loop.__name__),
    )(_loop)  # fmt: skip
