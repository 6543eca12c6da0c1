"""What layers compute, as functions of numbers: ``import nn.functional as F``.

A number is a Value or a float, a vector a list of numbers, a matrix a list of rows. Where torch.nn.functional
has the same function, its name, the order of its arguments and what it computes are the same. What works on
a vector works on each row of a matrix.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from operator import index as as_index
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

import autograd
from autograd import Value, dot, logsumexp, maximum, mean, surprisal, total
from autograd.errors import ArgumentError, ShapeError
from autograd.modes import named_scope

from .activation import gelu, leaky_relu, relu, sigmoid, softplus, tanh
from .elsewhere import names_of_torch
from .shapes import (
    Matrix,
    Vector,
    described,
    flatten,
    is_list,
    is_matrix,
    loss,
    of_rows,
    shape_of,
    want_matrix,
    want_same_shape,
    want_vector,
)

__all__ = [
    "attention_weights", "cross_entropy", "embedding", "gelu", "hinge_loss", "layer_norm", "leaky_relu", "linear",
    "log_softmax", "mix", "mse_loss", "pick", "relu", "rms_norm", "scaled_dot_product_attention", "sigmoid", "softmax",
    "softplus", "tanh",
]  # fmt: skip

T = TypeVar("T")

# --- Layers ------------------------------------------------------------------------------------------------


@of_rows
def linear(input: Any, weight: Matrix, bias: Vector | None = None) -> Any:
    """W x + b: output i is row i of `weight` times the input, plus bias i.

    input: (in,) or (N, in). weight: (out, in). bias: (out,). Returns (out,) or (N, out).
    Raises ShapeError where they do not fit.

    >>> [y.data for y in linear([1.0, 2.0], [[3.0, 4.0], [5.0, 6.0]], [0.5, 0.25])]
    [11.5, 17.25]
    """
    if is_matrix(input):
        return [linear(row, weight, bias) for row in input]
    if not is_matrix(weight):
        want_matrix("linear, weight", "out", weight)
    want_vector("linear", input, len(weight[0]))
    if bias is None:
        return [dot(input, row) for row in weight]
    if len(bias) != len(weight):
        raise ShapeError(f"linear: want a bias for each of {len(weight)} outputs, got {described(bias)}")
    return [dot(input, row, b) for row, b in zip(weight, bias)]


@overload
def embedding(input: int, weight: Sequence[Sequence[T]]) -> list[T]: ...
@overload
def embedding(input: Sequence[int], weight: Sequence[Sequence[T]]) -> list[list[T]]: ...
def embedding(input: Any, weight: Sequence[Sequence[Any]]) -> Any:
    """Row `input` of a table.

    input: an int, or a list of ints. weight: (rows, d). Returns (d,) or (N, d): the numbers of the table themselves.
    Raises ShapeError for an index below 0 or too large.

    >>> embedding([1, 0], [[0.1, 0.2], [0.3, 0.4]])
    [[0.3, 0.4], [0.1, 0.2]]
    """
    if is_list(input):
        return [embedding(index, weight) for index in input]
    return list(pick(weight, input))


def pick(rows: Sequence[T], index: Any) -> T:
    """``rows[index]``: the one place where a whole number that is data, not code, chooses.

    Raises ShapeError for an index below 0 or too large, ArgumentError for what is no int.

    >>> pick(["a", "b", "c"], 2)
    'c'
    """
    if hasattr(index, "chosen_from"):  # an int argument of a function that compile() traces: chosen at run time
        return index.chosen_from(rows)
    try:
        at = as_index(index)
    except TypeError:
        raise ArgumentError(f"want a whole number to pick one of {len(rows)}, got {index!r}") from None
    if not 0 <= at < len(rows):
        raise ShapeError(f"want an index from 0 to {len(rows) - 1}, got {at}")
    return rows[at]


@of_rows
def rms_norm(
    input: Any, normalized_shape: Sequence[int], weight: Vector | None = None, eps: float | None = None
) -> Any:
    """x / sqrt(mean(x**2) + eps) * weight: a row, brought to the root mean square 1 (Zhang and Sennrich, 2019).

    input: (d,) or (N, d). normalized_shape: (d,). weight: (d,). eps: None is a float's epsilon, 2.2e-16, as torch
    has it. Returns the input's shape. Raises ShapeError for a row of another length.

    >>> [f"{y.data:.4f}" for y in rms_norm([Value(3.0), Value(4.0)], (2,))]
    ['0.8485', '1.1314']
    """
    if is_matrix(input):
        return [rms_norm(row, normalized_shape, weight, eps) for row in input]
    want_vector("rms_norm", input, *normalized_shape)
    size = (dot(input, input) / len(input) + (sys.float_info.epsilon if eps is None else eps)) ** -0.5
    return [x * size if w is None else x * size * w for x, w in zip(input, weight or repeat(None))]


@of_rows
def layer_norm(
    input: Any,
    normalized_shape: Sequence[int],
    weight: Vector | None = None,
    bias: Vector | None = None,
    eps: float = 1e-5,
) -> Any:
    """(x - mean(x)) / sqrt(var(x) + eps) * weight + bias: a row, brought to the mean 0 and the variance 1 (Ba et al., 2016).

    input: (d,) or (N, d). normalized_shape: (d,). weight, bias: (d,). Returns the input's shape. var is the mean
    square distance from the mean. Raises ShapeError for a row of another length.

    >>> [f"{y.data:.4f}" for y in layer_norm([Value(3.0), Value(4.0)], (2,))]
    ['-1.0000', '1.0000']
    """
    if is_matrix(input):
        return [layer_norm(row, normalized_shape, weight, bias, eps) for row in input]
    want_vector("layer_norm", input, *normalized_shape)
    middle = mean(input)
    centred = [x - middle for x in input]
    normed = rms_norm(centred, normalized_shape, weight, eps)
    return normed if bias is None else [y + b for y, b in zip(normed, bias)]


# --- Scores and chances ------------------------------------------------------------------------------------


@of_rows
def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(xs)) within each row: positive numbers whose sum is 1.

    input: (C,) or (N, C). dim: the last, which is the only one there is here.

    >>> [f"{p.data:.4f}" for p in softmax([1.0, 2.0, 3.0])]
    ['0.0900', '0.2447', '0.6652']
    """
    return _over_rows("softmax", autograd.softmax, input, dim)


@of_rows
def log_softmax(input: Any, dim: int = -1) -> Any:
    """log(softmax(xs)), computed from x - max(xs), so that nothing overflows or vanishes.

    input: (C,) or (N, C). dim: see softmax.

    >>> [y.data for y in log_softmax([0.0, 1000.0])]
    [-1000.0, 0.0]
    """
    return _over_rows("log_softmax", _log_softmax, input, dim)


def _log_softmax(xs: Vector) -> list[Value]:
    shifted, norm = _shifted(xs)
    return [x - norm for x in shifted]


def _shifted(xs: Vector) -> tuple[list[Any], Value]:
    """The scores without the largest, which are exact where it counts, and their logsumexp."""
    top = maximum(xs)
    shifted = [x - top for x in xs]
    return shifted, logsumexp(shifted)


def _over_rows(who: str, function: Callable[[Vector], list[Value]], input: Any, dim: int) -> Any:
    """`function` of a vector, or of each row of a matrix."""
    if dim != -1 and dim != len(shape_of(input)) - 1:
        raise ArgumentError(f"{who}: want the last dimension, dim=-1, got dim={dim} for {described(input)}")
    if is_matrix(input):
        return [_over_rows(who, function, row, -1) for row in input]
    want_vector(who, input)
    return function(input)


# --- Losses ------------------------------------------------------------------------------------------------


# What a loss makes of its terms, under torch's names. "none" leaves them as they are, in nested lists.
REDUCTIONS = ("mean", "sum", "none")


@loss
def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The mean of (x - y)**2 over all numbers; lists of one shape, or two numbers.

    reduction: "mean", "sum", or "none" for the terms themselves, nested as `input` is.
    Raises ShapeError for lists of different shapes.

    >>> mse_loss([1.0, 2.0], [0.0, 4.0]).data
    2.5
    """
    want_same_shape("mse_loss", input, target)
    return _reduced([(x - y) ** 2 for x, y in _pairs(input, target)], reduction, input)


@loss
def hinge_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - y * x): 0 where every score x lies on the side of its target, and beyond 1.

    This is the loss of support vector machines (Cortes and Vapnik, 1995). input: scores. target: -1 or 1 for each, in the same nested lists. reduction: see mse_loss.
    Raises ShapeError for lists of different shapes.

    >>> hinge_loss([2.0, 0.5, -1.0], [1, 1, 1]).data
    0.8333333333333334
    """
    want_same_shape("hinge_loss", input, target)
    return _reduced([(1 - x * y).relu() for x, y in _pairs(input, target)], reduction, input)


def _pairs(input: Any, target: Any) -> list[tuple[Value, Any]]:
    return [(x if isinstance(x, Value) else Value(x), y) for x, y in zip(flatten(input), flatten(target))]


def _reduced(terms: list[Value], reduction: str, like: Any) -> Any:
    """The mean of the terms, their sum, or they themselves, nested as `like` is."""
    if reduction not in REDUCTIONS:
        raise ArgumentError(f"want one of {', '.join(map(repr, REDUCTIONS))} as reduction, got {reduction!r}")
    if reduction == "none":
        return _nested(iter(terms), like)
    if len(terms) == 1:
        return terms[0]
    return mean(terms) if reduction == "mean" else total(terms)


def _nested(terms: Iterator[Value], like: Any) -> Any:
    return [_nested(terms, x) for x in like] if is_list(like) else next(terms)


@overload
def cross_entropy(input: Matrix, target: Sequence[int] | Matrix, *, reduction: Literal["none"]) -> list[Value]: ...
@overload
def cross_entropy(
    input: Vector | Matrix, target: int | Sequence[int] | Vector | Matrix, *, reduction: Literal["mean", "sum"] = "mean"
) -> Value: ...
def cross_entropy(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """-log(softmax(input)[target]): how surprised the scores are by the right class. The mean over a batch.

    input: scores (logits), (C,) or (N, C). target: the class, an int, or a list of N ints;
    or the probability of each class, in the shape of `input`. reduction: "mean" or "sum" over the batch, or
    "none" for a list of N. Raises ShapeError for a class that there is no score for, ShapeError for lists
    that do not fit.

    >>> cross_entropy([0.0, 0.0], 1).data
    0.6931471805599453
    """
    if is_matrix(input):
        if not is_list(target) or len(target) != len(input):
            raise ShapeError(f"cross_entropy: want {len(input)} targets, one for each row, got {described(target)}")
        if not all(is_list(row) and len(row) == len(input[0]) for row in input):
            raise ShapeError(f"cross_entropy: want as many scores in each row, got {described(input)}")
        terms = [cross_entropy(row, wanted) for row, wanted in zip(input, target)]
        return _reduced(terms, reduction, terms)
    want_vector("cross_entropy", input)
    if not is_list(target):
        return surprisal(input, pick(input, target))
    want_same_shape("cross_entropy", input, target)
    shifted, norm = _shifted(input)
    return dot([norm - x for x in shifted], target)


# --- Attention ---------------------------------------------------------------------------------------------


def scaled_dot_product_attention(
    query: Matrix, key: Matrix, value: Matrix, *, is_causal: bool = False, scale: float | None = None
) -> list[list[Value]]:
    """softmax(Q K^T / sqrt(d)) V: for each query the mean of the values, weighted by how well their keys match it.

    query: (T, d). key: (S, d). value: (S, e). Returns (T, e) (Vaswani et al., 2017, equation 1).
    is_causal: query i sees the keys 0 to i only. scale: in place of 1/sqrt(d). Raises ShapeError where they do not fit.

    >>> out = scaled_dot_product_attention([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[10.0], [20.0], [30.0]])
    >>> f"{out[0][0]:.4f}"
    '24.3595'
    """
    weights = attention_weights(query, key, is_causal=is_causal, scale=scale)
    want_matrix("attention, value", "S", value)
    if len(value) != len(key):
        raise ShapeError(f"attention: want a value for each of {len(key)} keys, got {described(value)}")
    return mix(weights, value)


def attention_weights(
    query: Matrix, key: Matrix, *, is_causal: bool = False, scale: float | None = None
) -> list[list[Value]]:
    """softmax(Q K^T / sqrt(d)): how much each query attends to each key. The sum of each row is 1.

    query: (T, d). key: (S, d). Returns (T, S); is_causal: row i has the weights of the keys 0 to i only.
    scale: in place of 1/sqrt(d), which keeps the scores' variance at 1 (Vaswani et al., 2017, section 3.2.1).

    >>> [[f"{w:.4f}" for w in row] for row in attention_weights([[0.0], [2.0]], [[1.0], [2.0]], is_causal=True)]
    [['1.0000'], ['0.1192', '0.8808']]
    """
    want_matrix("attention, query", "T", query)
    want_matrix("attention, key", "S", key, columns=len(query[0]))
    factor = 1 / math.sqrt(len(query[0])) if scale is None else scale
    with named_scope("scores"):
        scores = [[dot(q, k) for k in (key[: i + 1] if is_causal else key)] for i, q in enumerate(query)]
    with named_scope("scaling"):
        scaled = [[score * factor for score in row] for row in scores]
    with named_scope("softmax"):
        weights = [autograd.softmax(row) for row in scaled]
    label("scores", scores)
    label("scaled", scaled)
    label("weights", weights)
    return weights


def mix(weights: Sequence[Vector], value: Matrix) -> list[list[Value]]:
    """Means of the rows of `value`, weighted by each row of `weights`; a shorter row leaves out the last ones.

    weights: (T, S), of attention_weights. value: (S, e). Returns (T, e).

    >>> [[y.data for y in row] for row in mix([[1.0], [0.5, 0.5]], [[10.0], [20.0]])]
    [[10.0], [15.0]]
    """
    columns = list(zip(*value))
    with named_scope("mix"):
        mixed = [[dot(row, column[: len(row)]) for column in columns] for row in weights]
    label("mix", mixed)
    return mixed


def label(name: str, matrix: Sequence[Sequence[Value]]) -> None:
    """Label the Values of a matrix ``name[0][0]``, ``name[0][1]`` ..., as drawings show them."""
    for i, row in enumerate(matrix):
        for j, value in enumerate(row):
            value.label = f"{name}[{i}][{j}]"


if not TYPE_CHECKING:
    __getattr__ = names_of_torch(__name__)
