"""Updates of the parameters: many in a row, or one, inside the C interpreter where it knows the optimiser's rule.

While updates run in C, the numbers of the parameters change there, and the Values keep those from before the call.
They are written back before any code of the calling thread can run: the iterator that batches come from, whatever
handles an exception or an interrupt, the code behind the call.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from operator import index as as_index
from time import perf_counter
from typing import Any

from ..errors import AutogradError, OptionError, WrongKindError
from ..value import NOT_REACHED, Value
from .c.runtime import BatchPlan, Schedule, Training, zeros
from .compiled import Prepared, Step

__all__ = ["Updates", "train", "update"]

PATIENCE = 0.02  # seconds in C after which Python sees whether it was interrupted

_MOMENTS = {"steps": "step", "first": "exp_avg", "second": "exp_avg_sq"}
# What the interpreter knows of an optimiser: its rule, and under which names it remembers what.
_RULES = {
    "nn.optim.SGD": (0, {"first": "momentum_buffer"}),
    "nn.optim.Adam": (1, _MOMENTS),
    "nn.optim.AdamW": (2, _MOMENTS),
}


def train(step: Step, batches: Iterable[Any], optimizer: Any, steps: int) -> list[float]:
    """`steps` updates on the batches, in a cycle; returns their losses."""
    _want_optimizer("train", optimizer)
    try:
        steps = as_index(steps)
    except TypeError:
        raise OptionError(f"train: want a whole number of steps, got {steps!r}") from None
    losses: list[float] = []
    feed = _Feed(step, batches)
    updates = Updates(step, optimizer, steps)
    while len(losses) < steps:
        losses += updates.run(*feed.ready(len(losses), steps))
    return losses


def update(step: Step, optimizer: Any, columns: Sequence[Any]) -> float:
    """One update on a batch; returns its loss."""
    _want_optimizer("update", optimizer)
    updates = step.updates
    if updates is None or updates.optimizer is not optimizer:
        updates = step.updates = Updates(step, optimizer, 1)
    return updates.run([step.prepare(*columns)], 0, 1)[0]


def _want_optimizer(caller: str, optimizer: Any) -> None:
    if not (hasattr(optimizer, "zero_grad") and hasattr(optimizer, "step")):
        raise WrongKindError(f"{caller}: want an optimizer, such as nn.optim.SGD(parameters), got {optimizer!r}")


_NONE, _END = object(), object()


class _Feed:
    """The batches in a cycle. Each is taken from the iterable once, when its turn comes: that may run the user's code."""

    def __init__(self, step: Step, batches: Iterable[Any]) -> None:
        self.step = step
        self.length = len(batches) if isinstance(batches, (list, tuple)) else None  # once it is known
        self._source = iter(batches)
        self._coming: Any = _NONE  # what has been taken from it, and not been prepared yet
        self._prepared: list[Prepared] = []

    def ready(self, turn: int, steps: int) -> tuple[list[Prepared], int, int]:
        """Batches, the place in them of turn `turn`, and how many updates no code of the user's need interrupt."""
        self._prepare(turn)
        i = turn % self.length if self.length else turn
        if self.length and len(self._prepared) < self.length:  # of a list: no code runs to take the next one
            with suppress(AutogradError):  # it is raised when the turn of that batch has come
                for k in range(turn + 1, min(steps, self.length)):
                    self._prepare(k)
        self.step.look_around()
        if len(self._prepared) == self.length:
            self._prepared = [*map(self._fresh, self._prepared)]
            return self._prepared, i, steps - turn
        coming = [*map(self._fresh, self._prepared[i:])]
        return coming, 0, len(coming)

    def _fresh(self, batch: Prepared) -> Prepared:
        return batch if batch.generation == self.step.generation else self.step.prepare(batch)

    def _prepare(self, turn: int) -> None:
        """Take batches from the iterable until that of turn `turn` is there."""
        while len(self._prepared) <= (turn % self.length if self.length else turn):
            if self._coming is _NONE:
                self._coming = next(self._source, _END)
            if self._coming is not _END:
                self._prepared.append(self._first(self._coming))
                self._coming = _NONE
            elif self._prepared:
                self.length = len(self._prepared)
            else:
                raise OptionError("train: want batches to train on, got none")

    def _first(self, columns: Any) -> Prepared:
        if isinstance(columns, Prepared):
            return self.step.prepare(columns)
        if not isinstance(columns, (list, tuple)) or any(isinstance(column, (float, int)) for column in columns):
            raise OptionError(
                f"train: want each batch as a tuple of lists, such as (xs, ys), got {columns!r}. "
                "Where there is one batch, batches is [(xs, ys)]"
            )
        return self.step.prepare(*columns)


class Updates:
    """Updates by one optimiser, `times` in all: in C where it can do them, else one after the other in Python."""

    def __init__(self, step: Step, optimizer: Any, times: int) -> None:
        self.step = step
        self.optimizer = optimizer
        self.times = times
        self._training = Training(len(step.parameters))
        self._place = {p: i for i, p in enumerate(step.parameters)}
        self._members: list[list[Value]] = []  # the optimiser's parameters, by group
        self._others: list[Value] = []  # those of them that the step was not given
        self._batches: list[Prepared] = []
        self._able: list[bool] = []  # for each of the batches whether C can do it
        self._at_once = 1  # updates in one call of C, so that Ctrl-C is answered soon

    def run(self, batches: list[Prepared], start: int, count: int) -> list[float]:
        """At least one, and at most `count` updates, on the batches from `start` on, in a cycle. Returns their losses."""
        self._look(batches)
        losses: list[float] = []
        if self._able[start]:
            count = min(count, self._at_once)
            if not all(self._able):
                count = next((k for k in range(1, count) if not self._able[(start + k) % len(batches)]), count)
            losses += self._in_c(start, count)
            start += len(losses)
        if len(losses) < count:  # what C cannot do, the function itself does, or says why
            batch = batches[start % len(batches)]
            self.optimizer.zero_grad()
            losses.append(self.step.run(batch))
            self.optimizer.step()
        return losses

    def _look(self, batches: list[Prepared]) -> None:
        """See which batches C can do, and whose parameters the optimiser has, where that is not known."""
        members = [[*group["params"]] for group in getattr(self.optimizer, "param_groups", ())]
        if members == self._members and batches == self._batches:
            return
        self._members, self._batches = members, [*batches]
        self._others = [p for params in members for p in params if p not in self._place]
        self._refuse_strangers()
        known = _rule_of(self.optimizer) is not None
        self._able = [known and self.step.is_for_c(batch, self.times) for batch in batches]
        self._schedule = Schedule([batch.plan if able else BatchPlan([]) for batch, able in zip(batches, self._able)])
        self._training.set_members([[self._place[p] for p in params if p in self._place] for params in members])

    def _refuse_strangers(self) -> None:
        """What the optimiser has and the loss uses would never move: compile() was not told of it."""
        others = set(self._others)
        for part in (part for batch in self._batches for part in batch.parts):
            for node in part.executable.program.frozen:
                if node in others:
                    raise OptionError(
                        f"the optimizer has {part.executable.program.name(node)}, which the loss uses, and which is none of the "
                        "parameters that compile() was given, so that no gradient comes to it: give it there too"
                    )

    def _in_c(self, start: int, count: int) -> list[float]:
        """As many of the updates as C can do."""
        losses = zeros(count)
        done = 0
        with self.step.lock:
            try:
                for loaded in self._schedule.loaded:
                    loaded.read_frozen()
                self._read()
            except TypeError:  # some data or grad is no number, which the function itself says
                return []
            began = perf_counter()
            try:
                done = self._schedule.loaded[0].machine.train(
                    self._schedule.address,
                    self._schedule.count,
                    start,
                    count,
                    self._training.address,
                    losses.buffer_info()[0],
                )
            finally:
                self._write()
        if done:
            self.step.ran_on = "c"
            self._at_once = max(1, int(PATIENCE * done / (perf_counter() - began)))
        return [*losses[:done]]

    def _read(self) -> None:
        """Take over the numbers of the parameters, and what the optimiser remembers of them."""
        t, (rule, names) = self._training, _rule_of(self.optimizer)
        t.data[: t.count] = array("d", [p.data for p in self.step.parameters])
        t.grad[: t.count] = array("d", [p.grad or 0.0 for p in self.step.parameters])
        t.reached[: t.count] = array("B", [p.reached for p in self.step.parameters])
        for i, p in enumerate(self.step.parameters):
            memory: Mapping[str, float] | None = self.optimizer.state.get(p)
            t.steps[i] = memory is not None
            if memory:
                for kept, name in names.items():
                    getattr(t, kept)[i] = memory[name]
        t.set_options(rule, self.optimizer.param_groups)
        for p in self._others:  # zero_grad() of those that C does not know
            p.grad = NOT_REACHED

    def _write(self) -> None:
        """Give them back."""
        t, (_, names) = self._training, _rule_of(self.optimizer)
        for p, data, grad, reached in zip(self.step.parameters, t.data, t.grad, t.reached):
            p.data = data
            p.grad = grad if reached else NOT_REACHED
        state: dict[Value, dict[str, float]] = self.optimizer.state
        for i, p in enumerate(self.step.parameters):
            if t.steps[i]:
                state.setdefault(p, {}).update({name: getattr(t, kept)[i] for kept, name in names.items()})


def _rule_of(optimizer: Any) -> Any:
    """What the interpreter knows of this very class: a subclass, or a step of its own, may do anything."""
    if "step" in vars(optimizer) or "zero_grad" in vars(optimizer):
        return None
    return _RULES.get(f"{type(optimizer).__module__}.{type(optimizer).__qualname__}")
