"""Lesson 52: a layer computes one dot product for each row of its matrix."""

# ruff: noqa: N803, N806 - matrices are written as capitals
from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from ..languages import tr
from .exercise import Case, exercise
from .inputs import dot, matrix, number, vector
from .sandbox import WrongError, called


def _neurons(rng: Random) -> Iterator[Case]:
    yield [2.0, -1.0], 0.5, [3.0, 4.0]
    for n in (1, 3, 4, 2):
        yield vector(rng, n), number(rng), vector(rng, n)


@exercise(
    "52", "easy", 5,
    hint="Multiply each weight by its input, add all products up, and add b once at the end.",
    solution="""
def weighted_sum(w, b, x):
    total = b
    for weight, number in zip(w, x):
        total = total + weight * number
    return total
""",
    cases=_neurons, differentiable="w b x",
)  # fmt: skip
def weighted_sum(slip: Any, w: list[Any], b: Any, x: list[Any]) -> Any:
    """weighted_sum(w, b, x) -> what one neuron computes before its activation: w[0]*x[0] + w[1]*x[1] + ... + b."""
    products = [weight * one for weight, one in zip(w, x)]
    if slip("Weights and inputs are added: multiply each pair instead."):
        products = [weight + one for weight, one in zip(w, x)]
    if slip("The last product overwrites the others: use `+=`, not `=`."):
        products = products[-1:]
    if slip("The first product is left out: start at index 0."):
        products = products[1:]
    if slip("The last product is left out: range(len(w)) ends before len(w)."):
        products = products[:-1]
    if slip("It ends after the first product: is there a return inside the loop?"):
        products = products[:1]
    if slip("One of the two lists is read backwards: w[i] belongs to x[i]."):
        products = [weight * one for weight, one in zip(w, reversed(x))]
    if slip("The weights are squared: use each one only once."):
        products = [weight * weight * one for weight, one in zip(w, x)]
    if slip("The inputs are squared: use each one only once."):
        products = [weight * one * one for weight, one in zip(w, x)]
    total = sum(products, 0.0)
    if slip("This is a list of products: add them up, and add b once."):
        return [product + b for product in products]
    if slip("This is the mean of the products, but a weighted sum is not divided."):
        total = total / len(w)
    if slip("This is sum(w) * sum(x): multiply each weight by its own input first."):
        total = sum(w, 0.0) * sum(x, 0.0)
    if slip("The bias b is not added."):
        b = 0.0
    if slip("The bias b is subtracted: add it instead."):
        b = -b
    if slip("The sum is multiplied by the bias b: add the bias instead."):
        return total * b
    if slip("The bias b is added once for each product: add it once."):
        b = b * len(w)
    return total + b


def _layers(rng: Random) -> Iterator[Case]:
    yield [[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]], [0.5, -0.5], [1.0, 0.0, 2.0]
    for rows, columns in ((1, 1), (2, 3), (3, 2), (3, 3)):
        yield matrix(rng, rows, columns), vector(rng, rows), vector(rng, columns)


def _refuses_other_lengths(solution: Any) -> str:
    W, b, x = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [0.5, -0.5], [1.0, 2.0, 3.0]
    for length in (2, 4):
        try:
            called(solution, W, b, (x * 2)[:length])
        except WrongError as error:
            if not isinstance(error.__cause__, ValueError):
                raise WrongError(
                    tr("with {count} inputs and 3 columns in W, want a ValueError; {why}", count=length, why=error)
                ) from None
        else:
            raise WrongError(tr(
                "it accepts {count} inputs although W has 3 columns. Compare len(x) with len(W[0]), and raise a ValueError",
                count=length))  # fmt: skip
    return ""


@exercise(
    "52", "medium", 12,
    hint="For each row of W: a dot product with x, plus that row's own b. Before that, compare len(x) with len(W[0]).",
    solution="""
def linear(W, b, x):
    if len(x) != len(W[0]):
        raise ValueError(f"want {len(W[0])} inputs, got {len(x)}")
    y = []
    for row, bias in zip(W, b):
        total = bias
        for weight, number in zip(row, x):
            total = total + weight * number
        y.append(total)
    return y
""",
    cases=_layers, differentiable="W b x", extra=_refuses_other_lengths,
)  # fmt: skip
def linear(slip: Any, W: list[list[Any]], b: list[Any], x: list[Any]) -> list[Any]:
    """linear(W, b, x) -> the list y with y[i] = W[i][0]*x[0] + W[i][1]*x[1] + ... + b[i]; a wrong len(x) raises ValueError."""
    if len(W) == len(x) and slip("W is transposed: output i comes from row i of W."):
        W = [list(column) for column in zip(*W)]
    y: list[Any] = []
    total: Any = 0.0
    kept = slip("The sum carries over from one row to the next: start each row at 0.")
    last = slip("The last product overwrites the others: use `+=`, not `=`.")
    for row, bias in zip(W, b):
        total = (total if kept else 0.0) + (row[-1] * x[-1] if last else dot(row, x))
        if slip("The bias b is not added."):
            bias = 0.0
        if slip("The bias b is subtracted: add it instead."):
            bias = -bias
        if slip("The bias b is added once for each product: add it once."):
            bias = bias * len(x)
        if slip("Every output gets the first bias: output i has b[i]."):
            bias = b[0]
        if slip("The biases are read backwards: output i has b[i]."):
            bias = b[len(b) - 1 - len(y)]
        if slip("Every output gets the sum of all biases: output i has b[i]."):
            bias = sum(b, 0.0)
        if slip("Each weight is added to its input: multiply them instead."):
            total = sum(row, 0.0) + sum(x, 0.0)
        y.append(total + bias)
    if slip("All outputs are added up into one number: return one for each row."):
        return sum(y, 0.0)  # type: ignore[return-value]
    if slip("Negative outputs have become 0, but a linear layer has no relu."):
        return [value if value > 0 else 0.0 for value in y]
    return y


def _batches(rng: Random) -> Iterator[Case]:
    yield [[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]], [0.5, -0.5, 1.0], [[1.0, 0.0], [2.0, 1.0]]
    for rows, columns, samples in ((1, 2, 3), (2, 2, 2), (3, 2, 1), (3, 3, 3)):
        yield matrix(rng, rows, columns), vector(rng, rows), matrix(rng, samples, columns)


@exercise(
    "52", "medium", 8,
    hint="Each row x of X is one sample, and goes through the layer by itself: y = W x + b. Collect the ys as rows.",
    solution="""
def batch(W, b, X):
    Y = []
    for x in X:
        y = []
        for row, bias in zip(W, b):
            y.append(sum((weight * number for weight, number in zip(row, x)), bias))
        Y.append(y)
    return Y
""",
    cases=_batches,
)  # fmt: skip
def batch(slip: Any, W: list[list[Any]], b: list[Any], X: list[list[Any]]) -> list[list[Any]]:
    """batch(W, b, X) -> Y = X W^T + b, a row of outputs for each row x of X."""
    if len(W) == len(W[0]) and slip("W is transposed: output i comes from row i of W."):
        W = [list(column) for column in zip(*W)]
    if slip("The bias b is not added."):
        b = [0.0] * len(b)
    if slip("The bias b is subtracted: add it instead."):
        b = [-bias for bias in b]
    if slip("Every output gets the first bias: output i has b[i]."):
        b = [b[0]] * len(b)
    if slip("The biases are read backwards: output i has b[i]."):
        b = b[::-1]
    Y = [[dot(row, x) + bias for row, bias in zip(W, b)] for x in X]
    if slip("The sums carry over from one sample to the next: start each row of Y at 0."):
        sums = [[dot(row, x) for row in W] for x in X]
        Y = [[sum(column, 0.0) + bias for column, bias in zip(zip(*sums[: n + 1]), b)] for n in range(len(X))]
    if len(X) == len(b) and slip("Each sample gets one bias, but b[i] belongs to output i, in every sample."):
        Y = [[dot(row, x) + bias for row in W] for x, bias in zip(X, b)]
    if slip("There is one row for each output: return one for each sample."):
        Y = [list(column) for column in zip(*Y)]
    if slip("Every row is the same list, changed again and again: make a new list for each sample."):
        Y = [Y[-1]] * len(Y)
    if slip("Only the last sample is there: append every one."):
        Y = Y[-1:]
    if slip("The samples are added up: keep a row for each."):
        return [sum(column, 0.0) for column in zip(*Y)]
    return Y
