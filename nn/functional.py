"""What layers compute, as functions of numbers: ``import nn.functional as F``.

A number is a Value or a float, a vector is a list of numbers, a matrix is a list of rows. Where torch.nn.functional has
the same function, its name, the order of its arguments and its results are the same. A function of a vector also works
on each row of a matrix.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from itertools import repeat
from typing import Any, overload

import autograd
from autograd import Value, dot, mean
from autograd.errors import ArgumentError, ShapeError
from autograd.frames import public
from autograd.modes import named_scope

from .elsewhere import names_of_torch
from .modules.activation import elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, tanh
from .modules.loss import binary_cross_entropy_with_logits, cross_entropy, hinge_loss, l1_loss, mse_loss
from .modules.softmax import log_softmax, softmax
from .shapes import Matrix, T, Vector, described, is_list, is_matrix, of_rows, pick, want_matrix, want_vector

__all__ = [
    "attention_weights", "binary_cross_entropy_with_logits", "cross_entropy", "elu", "embedding", "gelu", "hinge_loss",
    "l1_loss", "layer_norm", "leaky_relu", "linear", "log_softmax", "mix", "mse_loss", "pick", "relu", "rms_norm",
    "scaled_dot_product_attention", "sigmoid", "silu", "softmax", "softplus", "tanh",
]  # fmt: skip

# --- Layers ------------------------------------------------------------------------------------------------


@of_rows
def linear(input: Any, weight: Matrix, bias: Vector | None = None) -> Any:
    """W x + b: output i is row i of `weight` times the input, plus bias i.

    input: (in,) or (N, in). weight: (out, in). bias: (out,). Returns (out,) or (N, out).
    Raises ShapeError if they do not fit.

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
@public
def embedding(input: Any, weight: Sequence[Sequence[Any]]) -> Any:
    """Look up row `input` of a table.

    input: an int, or a list of ints. weight: (rows, d). Returns (d,) or (N, d): the table's own numbers, not copies.
    Raises ShapeError for an index that is negative or too large.

    >>> embedding([1, 0], [[0.1, 0.2], [0.3, 0.4]])
    [[0.3, 0.4], [0.1, 0.2]]
    """
    if is_list(input):
        return [embedding(index, weight) for index in input]
    return list(pick(weight, input, "embedding: "))


@of_rows
def rms_norm(
    input: Any, normalized_shape: Sequence[int], weight: Vector | None = None, eps: float | None = None
) -> Any:
    """x / sqrt(mean(x**2) + eps) * weight: a row scaled to a root mean square of 1 (Zhang and Sennrich, 2019).

    input: (d,) or (N, d). normalized_shape: (d,). weight: (d,). eps: None means a float's epsilon, 2.2e-16, as in
    torch. Returns the input's shape. Raises ShapeError for a row of a different length.

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
    """(x - mean(x)) / sqrt(var(x) + eps) * weight + bias: a row with mean 0 and variance 1 (Ba et al., 2016).

    input: (d,) or (N, d). normalized_shape: (d,). weight, bias: (d,). Returns the input's shape. var is the mean of the
    squared distances from the mean. Raises ShapeError for a row of a different length.

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


# --- Attention ---------------------------------------------------------------------------------------------


@public
def scaled_dot_product_attention(
    query: Matrix,
    key: Matrix,
    value: Matrix,
    attn_mask: Sequence[Sequence[Any]] | None = None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
) -> list[list[Value]]:
    """softmax(Q K^T / sqrt(d)) V: for each query, the mean of the values, weighted by how well their keys match it.

    query: (T, d). key: (S, d). value: (S, e). Returns (T, e) (Vaswani et al., 2017, equation 1).
    is_causal: query i sees only the keys 0 to i. attn_mask: (T, S), True where a query may look at a key, or numbers
    that are added to the scores, such as -inf where it may not. scale: replaces 1/sqrt(d).
    Raises ShapeError if the shapes do not fit, and ArgumentError for a query that may look at nothing.

    >>> out = scaled_dot_product_attention([[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[10.0], [20.0], [30.0]])
    >>> f"{out[0][0]:.4f}"
    '24.3595'
    """
    weights = attention_weights(query, key, attn_mask, is_causal=is_causal, scale=scale)
    want_matrix("attention, value", "S", value)
    if len(value) != len(key):
        raise ShapeError(f"attention: want a value for each of {len(key)} keys, got {described(value)}")
    return mix(weights, value)


@public
def attention_weights(
    query: Matrix,
    key: Matrix,
    attn_mask: Sequence[Sequence[Any]] | None = None,
    *,
    is_causal: bool = False,
    scale: float | None = None,
) -> list[list[Value]]:
    """softmax(Q K^T / sqrt(d)): how much each query attends to each key. The sum of each row is 1.

    query: (T, d). key: (S, d). Returns (T, S); is_causal: row i has only the weights of the keys 0 to i.
    attn_mask: (T, S), see scaled_dot_product_attention.
    scale: replaces 1/sqrt(d), which keeps the scores' variance at 1 (Vaswani et al., 2017, section 3.2.1).

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
    if attn_mask is not None:
        if is_causal:
            raise ArgumentError("attention: want attn_mask or is_causal, got both: put the causal part into the mask")
        with named_scope("mask"):
            scaled = _masked(scaled, attn_mask)
    with named_scope("softmax"):
        weights = [autograd.softmax(row) for row in scaled]
    label("scores", scores)
    label("scaled", scaled)
    label("weights", weights)
    return weights


def _masked(scores: list[list[Value]], mask: Any) -> list[list[Value]]:
    """Add a mask to the scores: True counts as 0 and False as -inf. Zeros are skipped."""
    want_matrix("attention, attn_mask", str(len(scores)), mask, columns=len(scores[0]))
    if len(mask) != len(scores):
        raise ShapeError(f"attention: want a row of attn_mask for each of {len(scores)} queries, got {described(mask)}")
    added = [[(0.0 if m else -math.inf) if isinstance(m, bool) else m for m in row] for row in mask]
    for i, row in enumerate(added):
        if all(isinstance(m, float) and m == -math.inf for m in row):
            raise ArgumentError(f"attention: row {i} of attn_mask leaves out every key, so there is nothing to look at")
    return [
        [x if isinstance(m, (int, float)) and m == 0 else x + m for x, m in zip(*rows)] for rows in zip(scores, added)
    ]


@public
def mix(weights: Sequence[Vector], value: Matrix) -> list[list[Value]]:
    """Return means of the rows of `value`, weighted by each row of `weights`; a shorter row leaves out the last values.

    weights: (T, S), from attention_weights. value: (S, e). Returns (T, e).

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


names_of_torch(__name__)
