"""Lesson 51: scores, weights, and the weighted sum of the values."""

# ruff: noqa: N803 - matrices are written as capitals
from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from autograd import Value
from autograd.errors import ArgumentError

from ..languages import tr
from .exercise import Case, exercise
from .inputs import dot, exp, log, matrix, vector
from .sandbox import WrongError, called

_LESSON = [1.0, 2.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def _queries(rng: Random) -> Iterator[Case]:
    yield _LESSON
    for d, count in ((1, 2), (4, 3), (3, 3), (2, 4)):
        yield vector(rng, d), matrix(rng, count, d)


def _scale(slip: Any, q: list[Any], K: list[list[Any]]) -> Any:
    """Return what the scores are divided by."""
    scale: Any = math.sqrt(len(q))
    if slip("The scores are not scaled: divide them by sqrt(d)."):
        scale = 1.0
    if slip("The scores are divided by d, not by its square root."):
        scale = len(q)
    if slip("The scores are multiplied by sqrt(d): divide by it instead."):
        scale = 1 / scale
    if slip("Take the square root of d, which is how many numbers q has, not of the number of keys."):
        scale = math.sqrt(len(K))
    return scale


@exercise(
    "51", "easy", 6,
    hint="One score for each key: multiply the query and that key number by number, add up the products, and "
        "divide by sqrt(d).",
    solution="""
def scores(q, K):
    d = len(q)
    return [sum(a * b for a, b in zip(q, key)) / math.sqrt(d) for key in K]
""",
    cases=_queries, differentiable="q K",
)  # fmt: skip
def scores(slip: Any, q: list[Any], K: list[list[Any]]) -> list[Any]:
    """scores(q, K) -> the scaled score of each key: q . key / sqrt(d), where d is how many numbers q has."""
    scale = _scale(slip, q, K)
    if slip("The numbers are added in pairs, but the score is a sum of products."):
        return [sum([a + b for a, b in zip(q, key)], 0.0) / scale for key in K]
    if slip("The last product overwrites the others: use `+=`, not `=`."):
        return [q[-1] * key[-1] / scale for key in K]
    found = [dot(q, key) / scale for key in K]
    if slip("This is the distance, which is small for similar keys. The score is the dot product."):
        found = [sum([(a - b) ** 2 for a, b in zip(q, key)], 0.0) ** 0.5 / scale for key in K]
    if len(q) == len(K) and slip("The columns of K are used as keys, but each row is a key."):
        found = [dot(q, column) / scale for column in zip(*K)]
    if slip("Softmax is applied too, but the scores come before it."):
        powers = [exp(score) for score in found]
        found = [power / sum(powers, 0.0) for power in powers]
    if slip("Each score is divided by the lengths of both vectors: that is the cosine."):
        found = [dot(q, key) / (dot(q, q) ** 0.5 * dot(key, key) ** 0.5) for key in K]
    if slip("All scores are added up into one: return one for each key."):
        return sum(found, 0.0)  # type: ignore[return-value]
    return found


def _rows(rng: Random) -> Iterator[Case]:
    yield ([1.0, 2.0, 3.0],)
    for count in (1, 2, 4, 5):
        yield (vector(rng, count),)
    yield ([1000.0, 1001.0, 999.0],)


@exercise(
    "51", "medium", 8,
    hint="Divide exp of each score by the sum of all of them. For large scores, subtract the largest first: that changes no weight.",
    solution="""
def softmax(scores):
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    return [power / sum(powers) for power in powers]
""",
    cases=_rows,
)  # fmt: skip
def softmax(slip: Any, scores: list[float]) -> list[float]:
    """softmax(scores) -> exp(s) / (sum of all exp(s)) for each score s, as floats. It also has to work for scores of
    1000."""
    largest = max(scores)
    if slip("The scores are negated: the largest has to get the largest weight."):
        powers = [math.exp(min(scores) - s) for s in scores]
    else:
        powers = [math.exp(s - largest) for s in scores]
    total = dot(powers, [1.0] * len(powers))
    if slip("exp is missing: these are the scores divided by their sum."):
        powers, total = scores, dot(scores, [1.0] * len(scores)) or math.nan
    if slip("The weights are not divided by their sum, so they do not add up to 1."):
        total = 1.0
    if slip("The weights are divided by the largest, not by their sum."):
        total = max(powers)
    if slip("The weights are divided by how many there are, not by their sum."):
        total = len(powers)
    if slip("These are powers of 2: use exp(s), not 2**s."):
        powers = [2 ** (s - largest) for s in scores]
        total = dot(powers, [1.0] * len(powers))
    if slip("The largest score is subtracted only in the numerator: subtract it in the sum too."):
        total = sum(math.exp(min(s, 700.0)) for s in scores)
    if slip("The exponential of a sum is not the sum of the exponentials."):
        total = math.exp(sum(s - largest for s in scores))
    weights = [power / total for power in powers]
    if slip("Each exponential is divided by the sum so far: complete the sum first."):
        return [power / dot(powers[: k + 1], [1.0] * (k + 1)) for k, power in enumerate(powers)]
    if slip("Each score goes through a sigmoid of its own: divide all the weights by one sum instead."):
        return [1 / (1 + math.exp(-s)) if s > -700 else 0.0 for s in scores]
    if slip("The scores are squared: take their exponentials instead."):
        return [s * s / sum(t * t for t in scores) for s in scores]
    if slip("The weights are sorted: leave each one at the place of its score."):
        return sorted(weights, reverse=True)
    if slip("These are the logarithms of the weights."):
        return [log(w) if w else -math.inf for w in weights]
    if slip("The largest score gets all the weight: that is argmax, which has no useful slope."):
        return [float(s == largest) for s in scores]
    if slip("Softmax is applied twice."):
        return softmax(lambda _: False, weights)
    return weights


def _heads(rng: Random) -> Iterator[Case]:
    yield *_LESSON, [10.0, 20.0, 30.0]
    for d, count in ((1, 2), (4, 3), (3, 3), (2, 4)):
        yield vector(rng, d), matrix(rng, count, d), vector(rng, count)


def _large_scores(solution: Any) -> str:
    try:
        _with_either(solution, [[1.0, 1.0], [[1.0, 5000.0], [2.0, 5000.0]], [1.0, 2.0]])
    except WrongError as error:
        if isinstance(error.__cause__, OverflowError):
            raise WrongError(tr(
                "with scores near 3500 {why}. Subtract the largest score from all of them first: that changes no weight",
                why=error)) from None  # fmt: skip
        raise
    return ""


def _with_either(solution: Any, arguments: Sequence[Any]) -> Any:
    """Call it with Values, or with floats if it refuses Values, as math.exp() does."""
    try:
        return called(solution, *_wrapped(arguments))
    except WrongError as error:
        if isinstance(error.__cause__, ArgumentError):
            return called(solution, *arguments)
        raise


def _wrapped(tree: Any) -> Any:
    return [_wrapped(item) for item in tree] if isinstance(tree, list) else Value(tree)


@exercise(
    "51", "hard", 15,
    hint="Compute the scores q . key / sqrt(d) and take their softmax. Then multiply each weight by its value, "
        "and add up the products.",
    solution="""
def attend(q, K, V):
    scores = [sum((a * b for a, b in zip(q, key)), 0.0) / math.sqrt(len(q)) for key in K]
    weights = autograd.softmax(scores)
    out = sum((weight * value for weight, value in zip(weights, V)), 0.0)
    return out, weights
""",
    cases=_heads, differentiable="q K V", values=True, parts=("out", "weights"), extra=_large_scores,
)  # fmt: skip
def attend(slip: Any, q: list[Any], K: list[list[Any]], V: list[Any]) -> list[Any]:
    """attend(q, K, V) -> (out, weights) for one query, some keys, and as many values, each a number. The scores may be large. Leave .data alone: gradients have to come back."""
    late = slip("The weights are divided by sqrt(d) after softmax: divide the scores before softmax instead.")
    scale = 1.0 if late else _scale(slip, q, K)
    found = [dot(q, key) / scale for key in K]
    if slip("The scores are negated: the largest has to get the largest weight."):
        found = [-s for s in found]
    top = max(found, key=float_of)
    powers = [exp(s - float_of(top)) for s in found]
    if slip("The weights do not add up to 1: divide by the sum of the exponentials."):
        weights = [exp(s) for s in found]
    elif slip("exp is missing: these are the scores divided by their sum."):
        weights = [s / sum(found, 0.0) for s in found]
    elif slip("The weights are the scores themselves: softmax is missing."):
        weights = found
    else:
        weights = [p / sum(powers, 0.0) for p in powers]
    if slip("The weights are in the reverse order: weight k belongs to key k."):
        weights = weights[::-1]
    if late:
        weights = [w / math.sqrt(len(q)) for w in weights]
    used = weights
    if slip("out is computed from the scores: use the weights instead."):
        used = found
    if slip("The values are added without their weights."):
        used = [1.0] * len(V)
    if slip("Only the value with the largest weight is used: mix all of them."):
        used = [float(float_of(w) == max(map(float_of, weights))) for w in weights]
    out = dot(used, V)
    if slip("The last value overwrites the others: use `+=`, not `=`."):
        out = used[-1] * V[-1]
    if slip("The values are averaged without their weights."):
        out = sum(V, 0.0) / len(V)
    if slip("The products of weights and values are not added up: out is their sum."):
        return [[w * v for w, v in zip(used, V)], weights]  # type: ignore[list-item]
    if slip("out is divided by the number of values: the weights already add up to 1."):
        out = out / len(V)
    if slip("The order is wrong: out first, then the weights."):
        return [weights, out]
    if slip("The weights are missing: return out and the weight of each key."):
        return out
    if slip("out is missing: return out first, then the weights."):
        return weights
    return [out, weights]


def float_of(x: Any) -> float:
    return getattr(x, "data", x)
