"""Training by a compiled step or, for comparison, operation by operation; timed, with the compiling apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import cycle, islice
from time import perf_counter
from typing import Any, NamedTuple

import autograd
from autograd import Value, mean
from nn import optim

from .progress import Progress

__all__ = ["Eager", "Run", "train"]

_AT_ONCE = 50  # updates between two looks at the progress


class Run(NamedTuple):
    """How a training went: the loss before every update, what ran it, how many programs were compiled, and seconds.

    ran_on: "python" or "c", whichever backend was asked for; "eager" of what was not compiled.
    """

    losses: list[float]
    ran_on: str
    programs: int
    preparing: float
    training: float


class Eager:
    """What compile() gives, without compiling: the same `train`, one operation after the other."""

    ran_on = "eager"

    def __init__(self, loss: Callable[..., Value]) -> None:
        self.loss = loss

    def train(self, batches: Iterable[Sequence[Any]], optimizer: optim.Optimizer, steps: int) -> list[float]:
        losses: list[float] = []
        for columns in islice(cycle(batches), steps):
            loss = mean([self.loss(*row) for row in zip(*columns)])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.data)
        return losses


def train(
    progress: Progress,
    loss: Callable[..., Value],
    batches: Sequence[Sequence[Any]],
    optimizer: optim.Optimizer,
    backend: str = "auto",
    decay: bool = False,
) -> Run:
    """One update of the optimiser's parameters with each batch, the columns of arguments of `loss` for some rows.

    decay: lower the learning rate from its start towards 0. Raises CompileError for a backend that is not there.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    shapes = {_shape(batch): batch for batch in batches}
    started = perf_counter()
    if backend == "eager":
        step: Any = Eager(loss)
    else:
        step = autograd.compile(loss, parameters, backend=backend)
        step.train(list(shapes.values()), optim.SGD(parameters, lr=0.0), len(shapes))  # compiles, and moves nothing
    prepared = perf_counter()
    rates = [group["lr"] for group in optimizer.param_groups]
    losses: list[float] = []
    for done in range(0, len(batches), _AT_ONCE):
        some = batches[done : done + _AT_ONCE]
        if decay:
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * (1 - done / len(batches))
        losses += step.train(some, optimizer, len(some))
        progress(len(losses), loss=losses[-1])
    return Run(losses, str(step.ran_on), len(shapes), prepared - started, perf_counter() - prepared)


def _shape(thing: Any) -> Any:
    """The lengths of nested lists: arguments of one shape share a compiled program."""
    return tuple(map(_shape, thing)) if isinstance(thing, (list, tuple)) else None
