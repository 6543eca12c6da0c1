"""Training with a compiled step or, for comparison, operation by operation. It is timed, and compilation is timed
separately."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import cycle, islice
from time import perf_counter
from typing import Any, NamedTuple

import autograd
from autograd import Recorder, Value, mean, no_grad
from nn import optim

from .progress import Progress

__all__ = ["AT_ONCE", "FRAMES", "Eager", "Run", "train"]

AT_ONCE = 50  # updates between two progress reports
FRAMES = 25  # roughly how many frames a training film has


class Run(NamedTuple):
    """How the training went: the loss before every update, what ran it, how many programs were compiled, and how many
    seconds it took.

    last_backend: "python" or "c", whichever backend was asked for; "eager" if nothing was compiled.
    """

    losses: list[float]
    last_backend: str
    programs: int
    preparing: float
    training: float


class Eager:
    """What compile() gives, but without compiling: the same `train`, one operation after the other."""

    last_backend = "eager"

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
    recorder: Recorder | None = None,
) -> Run:
    """Make one update of the optimiser's parameters with each batch. A batch has one column for each
    argument of `loss`.

    decay: lower the learning rate from its start towards 0. recorder: gets every loss, and a frame at every multiple of
    AT_ONCE updates; its time is not counted. Raises ToolError if the backend is not available.
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    shapes = {_shape(batch): batch for batch in batches}
    started = perf_counter()
    if backend == "eager":
        step: Any = Eager(loss)
    else:
        step = autograd.compile(loss, parameters, backend=backend)
        step.train(list(shapes.values()), optim.SGD(parameters, lr=0.0), len(shapes))  # compiles, but moves nothing
    preparing = perf_counter() - started
    training = 0.0
    rates = [group["lr"] for group in optimizer.param_groups]
    losses: list[float] = []
    for done in range(0, len(batches), AT_ONCE):
        some = batches[done : done + AT_ONCE]
        if decay:
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * (1 - done / len(batches))
        if recorder:  # while the parameters are those that the first of these losses is computed from
            with no_grad():
                first = mean([loss(*row) for row in zip(*some[0])]).data
            recorder.step(first)
        started = perf_counter()
        new = step.train(some, optimizer, len(some))
        training += perf_counter() - started
        if recorder:
            for number in new[1:]:
                recorder.step(number)
        losses += new
        progress(len(losses), loss=losses[-1])
    if recorder:
        recorder.finish()
    return Run(losses, str(step.last_backend), len(shapes), preparing, training)


def _shape(thing: Any) -> Any:
    """Return the lengths of nested lists: arguments of one shape share a compiled program."""
    return tuple(map(_shape, thing)) if isinstance(thing, (list, tuple)) else None
