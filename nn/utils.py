"""Clip gradients between backward() and an update, with torch's names."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd import Value
from autograd.errors import ArgumentError
from autograd.frames import public
from autograd.node import write
from autograd.slow_path import real

from .elsewhere import names_of_torch

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


@public
def clip_grad_norm_(parameters: Value | Iterable[Value], max_norm: float, norm_type: float = 2.0) -> float:
    """Scale all gradients down together until their norm is at most max_norm; return the norm they had before.

    norm_type: 2 for the root of the sum of squares, inf for the largest size. A parameter that no gradient has reached
    does not count (Pascanu et al., 2013). Raises ArgumentError for a max_norm or norm_type that is not a positive
    number.

    >>> a, b = Value(1.0), Value(1.0)
    >>> (3 * a + 4 * b).backward()
    >>> clip_grad_norm_([a, b], 1.0), round(a.grad, 3), round(b.grad, 3)
    (5.0, 0.6, 0.8)
    """
    reached = _reached(parameters)
    limit, kind = _positive("max_norm", max_norm), _positive("norm_type", norm_type)
    sizes = [abs(p.grad) for p in reached]
    norm = max(sizes, default=0.0) if kind == math.inf else _added(x**kind for x in sizes) ** (1 / kind)
    scale = limit / (norm + 1e-6)  # torch's 1e-6, to avoid dividing by 0
    if not scale >= 1:  # a nan spreads to all gradients
        write(reached, "grad", [p.grad * scale for p in reached])
    return norm


@public
def clip_grad_value_(parameters: Value | Iterable[Value], clip_value: float) -> None:
    """Limit every gradient to the range from -clip_value to clip_value."""
    limit = _positive("clip_value", clip_value)
    reached = _reached(parameters)
    write(reached, "grad", [max(-limit, min(limit, p.grad)) for p in reached])


def _reached(parameters: Value | Iterable[Value]) -> list[Value]:
    if not hasattr(parameters, "__iter__") and not isinstance(parameters, Value):
        fix = ": give its parameters()" if hasattr(parameters, "parameters") else ""
        raise ArgumentError(f"want parameters to clip, got {type(parameters).__name__}{fix}")
    given = [parameters] if isinstance(parameters, Value) else list(parameters)
    if (
        not given and hasattr(parameters, "__next__") and not hasattr(parameters, "__len__")
    ):  # an iterator yields its items only once
        from autograd.explain.untrained import used_up

        raise used_up("clip_grad", parameters)
    return [p for p in given if p.reached]


def _positive(name: str, number: float) -> float:
    if not real(number, f"a real number as {name}") > 0:
        raise ArgumentError(f"want {name} > 0, got {number!r}")
    return float(number)


def _added(numbers: Iterable[float]) -> float:
    result = 0.0
    for number in numbers:
        result += number
    return result


names_of_torch(__name__)
