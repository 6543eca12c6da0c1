"""Many updates in a row, inside the C interpreter where it knows how: what Step.train does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any

from ..errors import OptionError
from .compiled import Prepared, Step
from .custody import Custody, can_have
from .machine import AWAY, Turn, Turns, zeros

__all__ = ["train"]

PATIENCE = 0.02  # seconds in C after which Python sees whether it was interrupted


def train(step: Step, batches: Iterable[Sequence[Any]], optimizer: Any, steps: int) -> list[float]:
    """`steps` updates on the batches, in a cycle; returns their losses."""
    feed = _Feed(step, batches)
    losses: list[float] = []
    if steps > 0 and can_have(optimizer) and step.is_for_c(feed.batch(0), steps):
        inside = _Inside(step, feed, optimizer)
        try:
            while len(losses) < steps:
                inside.go_on(losses, steps)
        finally:
            inside.custody.end()
    while len(losses) < steps:
        prepared = feed.batch(len(losses))
        optimizer.zero_grad()
        losses.append(step.run(prepared))
        optimizer.step()
    return losses


_END = object()


class _Feed:
    """The batches in a cycle. Each is taken from the iterable once, when its turn comes: that may run the user's code."""

    def __init__(self, step: Step, batches: Iterable[Sequence[Any]]) -> None:
        self.step = step
        self.taken = 0
        self.length = len(batches) if isinstance(batches, (list, tuple)) else None  # once it is known
        self._source = iter(batches)
        self._prepared: list[Prepared] = []

    def batch(self, turn: int) -> Prepared:
        """The batch of that turn, prepared for the function as it is now."""
        while len(self._prepared) <= (i := turn % self.length if self.length else turn):
            columns: Any = next(self._source, _END)
            if columns is _END:
                self.length = len(self._prepared)
                if not self.length:
                    raise OptionError("train: want batches to train on, got none")
                continue
            if not isinstance(columns, (list, tuple)):
                raise OptionError(f"train: want each batch as a tuple of lists, such as (xs, ys), got {columns!r}")
            self._prepared.append(self.step.prepare(columns))
            self.taken += 1
            return self._prepared[i]
        self.step.look_around()
        return self._fresh(i)

    def _fresh(self, i: int) -> Prepared:
        if self._prepared[i].generation != self.step.generation:
            self._prepared[i] = self.step.prepare(self._prepared[i].columns)
        return self._prepared[i]

    def whole(self) -> list[Prepared]:
        """The whole cycle, if all of it has been taken; from then on no code of the user's runs between updates."""
        return list(map(self._fresh, range(len(self._prepared)))) if len(self._prepared) == self.length else []


class _Inside:
    """Training in C: from one stretch of updates to the next, the parameters are in custody."""

    def __init__(self, step: Step, feed: _Feed, optimizer: Any) -> None:
        self.step = step
        self.feed = feed
        self.optimizer = optimizer
        self.machine = feed.batch(0).parts[0].executable.machine
        self.custody = Custody(step.parameters, optimizer, self.machine)
        self.most = 1  # updates in one stretch
        self.seen = 0.0  # when options were read last
        self.taken = 0
        self.cycle: Turns | None = None
        self.able: list[bool] = []  # of each batch of the cycle whether C can do it
        self.generation = 0  # of the programs in the cycle

    def go_on(self, losses: list[float], steps: int) -> None:
        """A stretch of updates, of which there are `steps` in all."""
        prepared = self.feed.batch(len(losses))
        if not self.step.is_for_c(prepared, steps):
            self._in_python(prepared, losses)
            return
        with self.step.lock:
            self.custody.begin()
            if self.feed.taken != self.taken or perf_counter() - self.seen > PATIENCE:
                self.custody.read_options()
                self.custody.forget_others()
                self.taken, self.seen = self.feed.taken, perf_counter()
            done = self._stretch(prepared, losses, steps)
            self.custody.show()
        if not done:
            self._in_python(self.feed.batch(len(losses)), losses)

    def _stretch(self, prepared: Prepared, losses: list[float], steps: int) -> bool:
        """As many updates as C can do one after the other; False if Python must do the next one."""
        at, count, length = len(losses), 1, 1
        if turns := self._whole(steps):
            count, length = min(self.most, steps - at), len(self.able)
            if not all(self.able):
                count = next((k for k in range(1, count) if not self.able[(at + k) % length]), count)
        else:
            turns = Turns([prepared.turn])
        for loaded in turns.loaded:
            loaded.read_frozen()
        found = zeros(count)
        began = perf_counter()
        done = self.machine.train(
            turns.address, length, at % length, count, self.custody.training.address, found.buffer_info()[0]
        )
        if done == AWAY:
            return True
        losses += found[:done]
        if done:
            self.step.ran_on = "c"
            self.most = max(1, int(PATIENCE * done / (perf_counter() - began)))
        return done == count

    def _whole(self, steps: int) -> Turns | None:
        """The whole cycle, once all of it has been taken: from then on no code of the user's runs between updates."""
        if (self.cycle is None or self.generation != self.step.generation) and (cycle := self.feed.whole()):
            self.generation = self.step.generation
            self.able = [self.step.is_for_c(prepared, steps) for prepared in cycle]
            self.cycle = Turns([prepared.turn if able else Turn([]) for prepared, able in zip(cycle, self.able)])
        return self.cycle

    def _in_python(self, prepared: Prepared, losses: list[float]) -> None:
        """One update that C cannot do, or must not: the function itself says why."""
        self.custody.end()
        self.optimizer.zero_grad()
        losses.append(self.step.run_eagerly(prepared))
        self.optimizer.step()
