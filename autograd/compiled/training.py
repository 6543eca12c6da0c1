"""Many updates in a row, inside the C interpreter where it knows how: what Step.train does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any

from ..errors import OptionError
from .compiled import Prepared, Step
from .custody import Custody, rule_of
from .machine import BatchList, Loaded, zeros

__all__ = ["train"]

PATIENCE = 0.02  # seconds in C after which Python sees whether it was interrupted


def train(step: Step, batches: Iterable[Sequence[Any]], optimizer: Any, steps: int) -> list[float]:
    """`steps` updates on the batches, in a cycle; returns their losses."""
    feed = _Feed(step, batches)
    losses: list[float] = []
    if steps > 0 and rule_of(optimizer) and step.is_for_c(feed.batch(0), steps):
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
            columns: Any = next(self._source, None)
            if columns is None:
                self.length = len(self._prepared)
                if not self.length:
                    raise OptionError("train: want batches to train on, got none")
                continue
            if not isinstance(columns, (list, tuple)):
                raise OptionError(f"train: want each batch as a tuple of lists, such as (xs, ys), got {columns!r}")
            self._prepared.append(self.step.prepare(columns))
            self.taken += 1
        self.step.look_around()
        if self._prepared[i].generation != self.step.generation:
            self._prepared[i] = self.step.prepare(self._prepared[i].columns)
        return self._prepared[i]

    def whole(self) -> list[Prepared]:
        """The whole cycle, if all of it has been taken; from then on no code of the user's runs between updates."""
        return self._prepared if len(self._prepared) == self.length else []


class _Inside:
    """Training in C: from one stretch of updates to the next, the parameters are in custody."""

    def __init__(self, step: Step, feed: _Feed, optimizer: Any) -> None:
        self.step = step
        self.feed = feed
        self.optimizer = optimizer
        self.custody = Custody(step.parameters, optimizer, feed.batch(0).parts[0].executable.machine)
        self.most = 1  # updates in one stretch
        self.seen = 0.0  # when options were read last
        self.taken = 0
        self.cycle: BatchList | None = None
        self.programs: list[Loaded | None] = []

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
                self.taken, self.seen = self.feed.taken, perf_counter()
            if len(prepared.parts) == 1:
                self._stretch(prepared, losses, steps)
            else:
                self._mixed(prepared, losses)

    def _stretch(self, prepared: Prepared, losses: list[float], steps: int) -> None:
        """Updates by one program, until another one's turn comes."""
        part, turn = prepared.parts[0], len(losses)
        loaded = part.loaded
        loaded.read_frozen()
        count = self._turns(loaded, turn, min(self.most, steps - turn))
        if count and self.cycle:
            address, length = self.cycle.address, len(self.programs)
        else:
            address, length, count = part.batch.address, 1, 1
        found = zeros(count)
        began = perf_counter()
        done = loaded.machine.train(
            loaded.address, address, length, turn % length, count, self.custody.training.address, found.buffer_info()[0]
        )
        losses += found[:done]
        if done:
            self.most = max(1, int(PATIENCE * done / (perf_counter() - began)))
        if done < count and loaded.bad:
            self._in_python(self.feed.batch(len(losses)), losses)

    def _turns(self, loaded: Loaded, turn: int, most: int) -> int:
        """For how many turns the program stays the same one; 0 while the cycle is not known."""
        if self.cycle is None:
            cycle = self.feed.whole()
            if not cycle:
                return 0
            self.programs = [None] * len(cycle)
            self.cycle = BatchList(len(cycle))
            for place, prepared in enumerate(cycle):
                if len(prepared.parts) == 1:
                    self.programs[place] = prepared.parts[0].loaded
                    self.cycle.put(place, prepared.parts[0].batch)
        length = len(self.programs)
        if self.programs.count(loaded) == length:
            return most
        count = 0
        while count < most and self.programs[(turn + count) % length] is loaded:
            count += 1
        return count

    def _mixed(self, prepared: Prepared, losses: list[float]) -> None:
        """One update on rows of several structures."""
        machine, training = prepared.parts[0].executable.machine, self.custody.training
        machine.begin(training.address)
        loss = 0.0
        for part, share in prepared.shares():
            part.loaded.read_frozen()
            loss += machine.gather(part.loaded.address, part.batch.address, share, training.address)
            if part.loaded.bad:
                self._in_python(prepared, losses)
                return
        if machine.update(training.address):
            losses.append(loss)

    def _in_python(self, prepared: Prepared, losses: list[float]) -> None:
        """One update that C cannot do, or must not: the function itself says why."""
        self.custody.end()
        self.optimizer.zero_grad()
        losses.append(self.step.run_eagerly(prepared))
        self.optimizer.step()
