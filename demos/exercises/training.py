"""Lesson 7, everything together: the loss of some scores, and four training loops that do not train. Find the bug."""

from __future__ import annotations

import math
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
    hint="Let p be the softmax of the scores. The loss is -log(p[target]), which is log(sum of exp) minus the target's score.",
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
    if slip("The probability is that of class 0: take that of the target instead."):
        target = 0
    if slip("The logarithm has base 2: use log, not log2."):
        return cross_entropy(lambda _: False, scores, target) / math.log(2)
    if slip("exp is missing: these are the scores divided by their sum."):
        total = sum(scores, 0.0)
        return -log((scores[target] / total) ** 2) / 2 if getattr(total, "data", total) else math.nan
    if slip("The score of the class before the target is used: use the target's own score."):
        target = target - 1
    if slip("The scores are only added up: it takes the logarithm of the sum of their exponentials."):
        return sum(scores, 0.0) - scores[target]
    powers = [exp(score) for score in scores]
    if slip("The exponential of the target's own score is missing from the sum."):
        return log(sum(powers, 0.0) - powers[target]) - scores[target]
    chances = [power / sum(powers, 0.0) for power in powers]
    if slip("softmax is applied twice."):
        powers = [exp(chance) for chance in chances]
        chances = [power / sum(powers, 0.0) for power in powers]
    if slip("The minus is missing: the logarithm of a probability is negative, but a loss is not."):
        return log(chances[target])
    if slip("That is the probability: the loss is minus its logarithm."):
        return chances[target]
    if slip("This is the logarithm of 1 - p: take that of p instead."):
        return -log(1 - chances[target])
    if slip("This is a sigmoid of the target's score alone, but softmax uses all scores."):
        return log(exp(-scores[target]) + 1)
    if slip("That is one minus the probability: the loss is minus its logarithm."):
        return 1 - chances[target]
    if slip("The score itself is used as a probability: softmax is missing."):
        return -scores[target]
    if slip("The losses of all classes are added up, but only that of the target counts."):
        return -sum((log(chance) for chance in chances), 0.0)
    if slip("The loss is divided by the number of classes, but the loss of one sample is not a mean."):
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
    """(w, b) of the line w*x + b after some updates of gradient descent on the mean of the squared errors, from (0,
    0)."""
    if slip("It stops one update early."):
        return _trained(lambda _: False, xs, ys, eta, updates - 1)
    if slip("It makes one update too many."):
        return _trained(lambda _: False, xs, ys, eta, updates + 1)
    if slip(
        "It ends after one update: is there a return in the loop, or does the loss not use the Values that are moved?"
    ):
        return _trained(lambda _: False, xs, ys, eta, min(updates, 1))
    if slip("xs and ys have changed places."):
        xs, ys = ys, xs
    w, b, dw, db = 0.0, 0.0, 0.0, 0.0
    scale = _rate(slip, eta, len(xs), updates)
    for _ in range(updates):
        if slip("w and b are set to 0 in each update: set their grad to 0 instead."):
            w = b = 0.0
        steps = _gradients(slip, w, b, xs, ys)
        if slip("One update is made for each sample: make one from the loss of all samples instead."):
            steps = []
            for x, y in zip(xs, ys):
                w, b = w - scale * 2 * (w * x + b - y) * x / len(xs), b - scale * 2 * (w * x + b - y) / len(xs)
        elif slip(
            "Gradients of earlier updates are added in: zero_grad() is missing, or the loss still holds earlier ones."
        ):
            dw, db = dw + sum(step[0] for step in steps), db + sum(step[1] for step in steps)
        else:
            old = dw, db
            dw, db = sum(step[0] for step in steps), sum(step[1] for step in steps)
            if slip("Gradients of b add up from update to update: its zero_grad is missing."):
                db += old[1]
            if slip("Gradients of w add up from update to update: its zero_grad is missing."):
                dw += old[0]
        if slip("Both are moved by the gradient of w, but b has its own."):
            db = dw
        if slip("b does not move: is it in the loss as b.data, or missing from what is updated?"):
            db = 0.0
        if slip("w does not move: is it in the loss as w.data, or missing from what is updated?"):
            dw = 0.0
        if slip("w and b are replaced by the step, not moved by it: use `-=`, not `=-`."):
            w = b = 0.0
        if steps:
            w, b = w - scale * dw, b - scale * db
    return _returned(slip, w, b, dw, db)


def _rate(slip: Any, eta: float, count: int, updates: int) -> float:
    if slip("It goes up the slope: subtract eta times the gradient."):
        return -eta
    if slip("The errors are added up, but the loss is their mean."):
        return eta * count
    if slip(
        "The step is twice as long as it should be: is backward() called twice, or does the 2 of the square come in twice?"
    ):
        return eta * 2
    if slip("The mean is divided by len(xs) a second time."):
        return eta / count
    if slip("The loss is half the mean of the squares: leave out the factor 1/2."):
        return eta / 2
    if slip("eta is missing."):
        return 1.0
    if slip("eta is not used: the learning rate is always 0.01."):
        return 0.01
    if slip("eta is divided by the number of updates, which hides the bug: does each update start with a grad of 0?"):
        return eta / updates
    return eta


def _gradients(
    slip: Any, w: float, b: float, xs: Sequence[float], ys: Sequence[float]
) -> Sequence[tuple[float, float]]:
    """Return what each sample adds to (dL/dw, dL/db)."""
    pairs = list(zip(xs, ys))
    errors = [w * x + b - y for x, y in pairs]
    slopes = [2 * error / len(xs) for error in errors]
    if slip("The absolute errors are used, but the loss squares the errors."):
        slopes = [((error > 0) - (error < 0)) / len(xs) for error in errors]
    if slip("The errors are added up and then squared: square each one first."):
        slopes = [2 * sum(errors) / len(xs) / len(xs)] * len(xs)
    steps = [(slope * x, slope) for slope, (x, _) in zip(slopes, pairs)]
    if slip("Only the last sample counts, because `=` in the loop overwrites the others: add them up with `+=`."):
        return steps[-1:]
    if slip("Only the first sample counts: does the loop end too early?"):
        return steps[:1]
    if slip("The last sample is left out."):
        return steps[:-1]
    if slip("The first sample is left out."):
        return steps[1:]
    if slip("Only the sample with the largest loss counts: use all of them."):
        return [steps[max(range(len(xs)), key=lambda k: errors[k] ** 2)]]
    return steps


def _returned(slip: Any, w: float, b: float, dw: float, db: float) -> tuple[float, float]:
    if slip("These are the gradients: return the data of w and b."):
        return dw, db
    if slip("Nothing moves. Either the grads are 0 when w and b change (no backward() yet, a zero_grad after it, or .data in "
            "the loss), or the Values that move are not the ones that the loss uses."):  # fmt: skip
        return 0.0, 0.0
    return w, b


_HINTS = {
    "train_sum": "Print w.grad in each update. Why does it grow while the line fits better and better?",
    "train_new": "Which Values does the optimiser hold, and which does the loss use? `is` tells you whether two names mean the same Value.",
    "train_cut": "Print w.grad after backward(). Where does the path from the loss to w break off?",
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
    """train_sum(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0). It runs away: find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_new(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_new(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0). Nothing moves: find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_cut(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_cut(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0). Nothing moves: find the bug."""
    return _trained(slip, xs, ys, eta, updates)


def train_one(slip: Any, xs: list[float], ys: list[float], eta: float, updates: int) -> tuple[float, float]:
    """train_one(xs, ys, eta, updates) -> (w, b) of a line after training from (0, 0). It learns little: find the bug."""
    return _trained(slip, xs, ys, eta, updates)


for _minutes, _level, _loop in (
    (5, "easy", train_sum),
    (6, "medium", train_cut),
    (8, "hard", train_new),
    (6, "medium", train_one),
):
    exercise(
        "7", _level, _minutes, hint=_HINTS[_loop.__name__], parts=("w", "b"), cases=_points,
        solution=_RIGHT.format(name=_loop.__name__), starter=_BROKEN[_loop.__name__].format(name=_loop.__name__),
    )(_loop)  # fmt: skip
