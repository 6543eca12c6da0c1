"""RMSprop: descent along the gradient divided by its root mean square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError
from autograd.frames import public
from autograd.slow_path import real

from .optimizer import Optimizer, Params, slope_of

__all__ = ["RMSprop"]


@public
class RMSprop(Optimizer):
    """Descent along the gradient divided by its root mean square over recent updates (Tieleman and Hinton, 2012).

    alpha: the fraction of the mean square carried over. eps: added to the divisor. weight_decay: weight_decay * w is
    added to the gradient. momentum: the fraction of the last update that carries over. centered: divide by the standard
    deviation (Graves, 2013). maximize: go uphill. Raises ArgumentError for options that make no sense.

    >>> from autograd import Value; w = Value(3.0)
    >>> optimizer = RMSprop([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); f"{w:.4f}"
    '2.0000'
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum}
        super().__init__(params, {**options, "centered": centered, "maximize": maximize})

    def check(self, options: Mapping[str, Any]) -> None:
        super().check(options)
        if not real(options["alpha"], "a real number as alpha") >= 0:
            raise ArgumentError(f"{type(self).__name__}: want alpha >= 0, got {options['alpha']!r}")

    memory = ("square_avg", "grad_avg", "momentum_buffer")

    def rule(self, group: Mapping[str, Any], first: bool) -> dict[str, Any]:
        rule = {name: group[name] for name in ("lr", "alpha", "eps", "weight_decay", "momentum")}
        rule |= {"slope": slope_of(group), "square_avg": "alpha * square_avg + (1 - alpha) * slope * slope"}
        if group["centered"]:
            rule["grad_avg"] = "grad_avg + (1 - alpha) * (slope - grad_avg)"
            rule["variance"] = "v = square_avg - grad_avg * grad_avg; v if v > 0 else 0"  # rounding may put it below 0
        else:
            rule["variance"] = "square_avg"
        rule["move"] = "slope / (sqrt(variance) + eps)"
        if group["momentum"]:
            rule["momentum_buffer"] = "momentum * momentum_buffer + move"
            return {**rule, "data": "data - lr * momentum_buffer"}
        return {**rule, "data": "data - lr * move"}
