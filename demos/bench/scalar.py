"""Code that runs on any scalar engine with operators, relu() and backward()."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .works import KEPT, KEPT_LENGTH, chain_factors

__all__ = ["chain", "chained", "expression", "expression_of", "many", "mixed"]


def expression(a: Any, b: Any) -> Any:
    """Return the expression that micrograd's README differentiates: it is 24.7041 at -4 and 2, with slopes 138.8338
    and 645.5773."""
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + (b + a).relu())
    d = d + (3 * d + (b - a).relu())
    f = (c - d) ** 2
    g = f / 2.0
    return g + 10.0 / f


def expression_of(scalar: Callable[[float], Any]) -> Callable[[], list[float]]:
    """Record and differentiate the expression; returns its value and both slopes."""

    def run() -> list[float]:
        a, b = scalar(-4.0), scalar(2.0)
        g = expression(a, b)
        g.backward()
        return [float(number) for number in (g.data, a.grad, b.grad)]

    return run


def chain(scalar: Callable[[float], Any], length: int) -> list[float]:
    """Record `length` operations one after the other, and differentiate them; they are freed on return."""
    x = scalar(1.0)
    y = chained(x, length)
    y.backward()
    return [float(y.data), float(x.grad)]


def chained(x: Any, length: int) -> Any:
    """Return x after `length` multiplications and additions in all."""
    factor, shift = chain_factors()
    for _ in range(length // 2):
        x = x * factor + shift
    return x


def mixed(x: Any) -> Any:
    """Return a short chain of different operations."""
    y = x
    for _ in range(KEPT_LENGTH // 4):
        y = ((y * x).relu() + x) * 0.5
    return y


def many(scalar: Callable[[float], Any], compute: Callable[[Any], Any]) -> list[Any]:
    """Return a list of differentiated results, with everything that they were computed from."""
    kept = [compute(scalar(0.5)) for _ in range(KEPT // KEPT_LENGTH)]
    for result in kept:
        result.backward()
    return kept
