"""SGD: descent along the gradient, with momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd.errors import ArgumentError
from autograd.frames import public

from .optimizer import Optimizer, Params, slope_of

__all__ = ["SGD"]


@public
class SGD(Optimizer):
    """Stochastic gradient descent: w <- w - lr * dL/dw.

    params: Values, or dicts {"params": [...], "lr": 0.1}. lr: the size of an update. momentum: the fraction of the last
    update that carries over (Polyak, 1964). dampening: the fraction of the new gradient left out of the momentum.
    nesterov: look ahead by one momentum step (Sutskever et al., 2013). weight_decay: weight_decay * w is added to the
    gradient.
    maximize: go uphill.
    Raises ArgumentError for options that make no sense.

    >>> from autograd import Value; w = Value(3.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); w.data
    2.4
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**options, "nesterov": nesterov, "maximize": maximize})

    def check(self, options: Mapping[str, Any]) -> None:
        super().check(options)
        if options["nesterov"] and not (options["momentum"] > 0 and options["dampening"] == 0):
            raise ArgumentError("SGD: nesterov wants a momentum above 0, and no dampening")

    memory = ("momentum_buffer",)

    def rule(self, group: Mapping[str, Any], first: bool) -> dict[str, Any]:
        rule = {name: group[name] for name in ("lr", "momentum", "dampening", "weight_decay")}
        rule["slope"] = slope_of(group)
        if not group["momentum"]:
            return {**rule, "data": "data - lr * slope"}
        rule["momentum_buffer"] = "slope" if first else "momentum * momentum_buffer + (1 - dampening) * slope"
        move = "(slope + momentum * momentum_buffer)" if group["nesterov"] else "momentum_buffer"
        return {**rule, "data": f"data - lr * {move}"}
