"""Adam and AdamW: every parameter moves at a pace of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError
from autograd.frames import public
from autograd.slow_path import real

from ..shapes import is_list
from .optimizer import Optimizer, Params, slope_of

__all__ = ["Adam", "AdamW"]


@public
class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba, 2015).

    Every parameter moves by about lr, whatever the size of its gradient: the mean of the gradient over recent updates
    is divided by its root mean square. betas: the fraction of each that carries over. eps: added to the divisor.
    weight_decay: weight_decay * w is added to the gradient. amsgrad: divide by the largest root mean square so far
    (Reddi et al., 2018). maximize: go uphill. Raises ArgumentError for options that make no sense.

    >>> from autograd import Value; w = Value(3.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); f"{w:.4f}"
    '2.9000'
    """

    decoupled = False  # whether weight decay is a separate update

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**options, "amsgrad": amsgrad, "maximize": maximize})

    def check(self, options: Mapping[str, Any]) -> None:
        super().check(options)
        betas = options["betas"]
        if not (is_list(betas) and len(betas) == 2 and all(0 <= real(beta) < 1 for beta in betas)):
            name = type(self).__name__
            raise ArgumentError(f"{name}: want two betas from 0 to below 1, such as (0.9, 0.999), got {betas!r}")

    memory = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")

    def rule(self, group: Mapping[str, Any], first: bool) -> dict[str, Any]:
        beta1, beta2 = group["betas"]
        decay = group["weight_decay"]
        squares, largest = "exp_avg_sq", {}
        if group["amsgrad"]:
            squares = "max_exp_avg_sq"
            largest = {squares: f"exp_avg_sq if exp_avg_sq > {squares} else {squares}"}
        return {
            "lr": group["lr"], "eps": group["eps"], "weight_decay": decay, "beta1": beta1, "beta2": beta2,
            "slope": slope_of({**group, "weight_decay": 0 if self.decoupled else decay}),
            "step": "step + 1",
            "exp_avg": "exp_avg + (1 - beta1) * (slope - exp_avg)",
            "exp_avg_sq": "beta2 * exp_avg_sq + (1 - beta2) * slope * slope",
            **largest,
            # both averages began at 0: dividing by the fraction of real gradients in them removes the bias
            "rate": "lr / (1 - beta1 ** step)",
            "scale": "1 / sqrt(1 - beta2 ** step)",
            "shrink": "1 - lr * weight_decay" if self.decoupled else "1",
            "data": f"data * shrink - rate * exp_avg / (sqrt({squares}) * scale + eps)",
        }  # fmt: skip


@public
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    The options are Adam's, except for weight_decay: each update first shrinks w by lr * weight_decay * w.

    >>> from autograd import Value; w = Value(3.0)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).backward(); optimizer.step(); f"{w:.4f}"
    '2.7500'
    """

    decoupled = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)
