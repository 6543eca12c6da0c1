"""The inputs that exercises are tried on, and arithmetic that works for floats and Values alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from autograd import Value

from ..shared.datasets import normal

__all__ = ["Function", "dot", "exp", "log", "matrix", "number", "times", "vector"]


class Function:
    """A function that has a formula to show, and remembers where it was called."""

    def __init__(self, formula: str, compute: Callable[[Any], Any]) -> None:
        self.formula = formula
        self.compute = compute
        self.calls: list[Any] = []

    def __call__(self, x: Any) -> Any:
        self.calls.append(list(x) if isinstance(x, (list, tuple)) else x)
        return self.compute(x)

    def __repr__(self) -> str:
        return self.formula


def number(rng: Random) -> float:
    """Return a nonzero number with two decimals."""
    return round(normal(rng), 2) or 0.5


def vector(rng: Random, count: int) -> list[float]:
    return [number(rng) for _ in range(count)]


def matrix(rng: Random, rows: int, columns: int) -> list[list[float]]:
    return [vector(rng, columns) for _ in range(rows)]


def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    total: Any = 0.0
    for x, y in zip(xs, ys):
        total = total + x * y
    return total


def times(A: Sequence[Sequence[Any]], B: Sequence[Sequence[Any]]) -> list[list[Any]]:  # noqa: N803
    """Return the product of two matrices."""
    return [[dot(row, column) for column in zip(*B)] for row in A]


def exp(x: Any) -> Any:
    return x.exp() if isinstance(x, Value) else math.exp(x)


def log(x: Any) -> Any:
    return x.log() if isinstance(x, Value) else math.log(x)
