"""Schedules: how the learning rate changes from update to update, with torch's names.

A schedule multiplies the initial rate of each group of an optimiser. It starts at update 0; call ``scheduler.step()``
after ``optimizer.step()`` to go to the next update.

>>> from autograd import Value
>>> from nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.5)
>>> warm_up = LambdaLR(optimizer, lambda t: min(1.0, (t + 1) / 5))
>>> rates = []
>>> for _ in range(6):
...     rates.append(optimizer.param_groups[0]["lr"])
...     optimizer.step(); warm_up.step()
>>> rates
[0.1, 0.2, 0.3, 0.4, 0.5, 0.5]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd.errors import ArgumentError
from autograd.frames import public
from autograd.slow_path import real

from ..elsewhere import names_of_torch
from ..init import size
from ..shapes import is_list
from .optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts", "LRScheduler", "LambdaLR", "StepLR"]


class LRScheduler:
    """The base of all schedules. A subclass computes the `rate` at update `last_epoch`.

    last_epoch: the number of updates so far, counted by `step`. base_lrs: the initial rate of each group. Raises
    ArgumentError if it gets something other than an optimiser.
    """

    @public
    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
            raise ArgumentError(f"{type(self).__name__}: want an optimiser, got {optimizer!r}")
        self.optimizer = optimizer
        optimizer.has_schedule = True
        self.base_lrs: list[float] = [
            group.setdefault("initial_lr", real(group["lr"], "a real number as lr")) for group in optimizer.param_groups
        ]
        self.last_epoch = 0
        self._go_to(0, self.base_lrs)

    def rate(self, base: float, group: int) -> float:
        """Return the learning rate of a group that began with `base`."""
        raise NotImplementedError(
            f"{type(self).__name__} has no rate: define one, which says what the learning rate is"
        )

    def step(self) -> None:
        """Go to the next update: set the learning rate of every group."""
        self._go_to(self.last_epoch + 1, self.base_lrs)

    def _go_to(self, epoch: int, base_lrs: list[float]) -> None:
        """Go to that update and set its rates or, after an error or an interrupt, stay at the old one."""
        groups, before = self.optimizer.param_groups, (self.last_epoch, self.base_lrs)
        rates = [group["lr"] for group in groups]
        try:
            self.last_epoch, self.base_lrs = epoch, base_lrs
            for k, (group, base) in enumerate(zip(groups, base_lrs)):
                group["lr"] = self.rate(base, k)
        except BaseException:
            self.last_epoch, self.base_lrs = before
            for group, rate in zip(groups, rates):
                group["lr"] = rate
            raise

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of each group."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return the schedule's position: plain data, to save along with the optimiser's state."""
        return {"last_epoch": self.last_epoch, "base_lrs": list(self.base_lrs)}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned."""
        self._go_to(int(state_dict["last_epoch"]), list(state_dict["base_lrs"]))


class LambdaLR(LRScheduler):
    """The initial rate times a function of the number of updates.

    lr_lambda: the function, or one for each group of parameters. Raises ArgumentError for the wrong number of them.
    """

    @public
    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]]
    ) -> None:
        groups = len(getattr(optimizer, "param_groups", ()))
        self.lr_lambdas: list[Any] = list(lr_lambda) if is_list(lr_lambda) else [lr_lambda] * groups  # type: ignore[arg-type]
        if len(self.lr_lambdas) != groups or not all(map(callable, self.lr_lambdas)):
            raise ArgumentError(f"LambdaLR: want a function, or one for each of {groups} groups, got {lr_lambda!r}")
        super().__init__(optimizer)

    def rate(self, base: float, group: int) -> float:
        return base * real(self.lr_lambdas[group](self.last_epoch), "a real number from lr_lambda")


class StepLR(LRScheduler):
    """The initial rate, multiplied by gamma after every step_size updates."""

    @public
    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = size("step_size", step_size), real(gamma, "a real number as gamma")
        super().__init__(optimizer)

    def rate(self, base: float, group: int) -> float:
        return base * self.gamma ** (self.last_epoch // self.step_size)


class CosineAnnealingLR(LRScheduler):
    """Half a cosine from the initial rate down to eta_min in T_max updates, and up again (Loshchilov, Hutter, 2017)."""

    @public
    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:  # noqa: N803 - torch's name
        self.T_max, self.eta_min = size("T_max", T_max), real(eta_min, "a real number as eta_min")
        super().__init__(optimizer)

    def rate(self, base: float, group: int) -> float:
        return _cosine(base, self.eta_min, self.last_epoch / self.T_max)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down to eta_min, then the same again; each cycle is T_mult times as long as the last."""

    @public
    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> None:  # noqa: N803
        self.T_0, self.T_mult = size("T_0", T_0), size("T_mult", T_mult)
        self.eta_min = real(eta_min, "a real number as eta_min")
        super().__init__(optimizer)

    def rate(self, base: float, group: int) -> float:
        at, length = self.last_epoch, self.T_0
        while at >= length:
            at, length = at - length, length * self.T_mult
        return _cosine(base, self.eta_min, at / length)


def _cosine(high: float, low: float, share: float) -> float:
    return low + (high - low) * (1 + math.cos(math.pi * share)) / 2


names_of_torch(__name__)
