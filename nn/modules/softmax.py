"""Softmax and its logarithm, which take a whole row where an activation takes one number; and softmax as a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

import autograd
from autograd import Value, logsumexp, maximum
from autograd.errors import ArgumentError
from autograd.frames import public

from ..shapes import Matrix, Vector, described, is_matrix, of_rows, shape_of, want_vector
from .module import Module

__all__ = ["Softmax", "log_softmax", "softmax"]


@of_rows
def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(xs)) within each row: positive numbers whose sum is 1.

    input: (C,) or (N, C). dim: only the last dimension is possible here.

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
    scores, norm = shifted(xs)
    return [x - norm for x in scores]


def shifted(xs: Vector) -> tuple[list[Any], Value]:
    """Return the scores minus the largest one, which is exact where it counts, and their logsumexp."""
    top = maximum(xs)
    scores = [x - top for x in xs]
    return scores, logsumexp(scores)


def _over_rows(who: str, function: Callable[[Vector], list[Value]], input: Any, dim: int) -> Any:
    """Apply `function` to a vector, or to each row of a matrix."""
    if dim != -1 and dim != len(shape_of(input)) - 1:
        raise ArgumentError(f"{who}: want the last dimension, dim=-1, got dim={dim} for {described(input)}")
    if is_matrix(input):
        return [_over_rows(who, function, row, -1) for row in input]
    want_vector(who, input)
    return function(input)


class Softmax(Module):
    """exp(x) / sum(exp(xs)) within each row. See F.softmax."""

    @public
    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
