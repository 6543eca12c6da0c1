"""Update the parameters, once or many times in a row, inside the C interpreter if it can run the optimiser's rule.

While updates run in C, the numbers of the parameters change there, and the Values keep those from before the call.
They are written back before any other code of the calling thread can run: see Step.train.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice
from operator import index as as_index
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ToolError
from ..explain.source import say_once
from ..explain.untrained import no_gradient
from ..node import setter, write
from ..updates import Update, read, run
from ..value import NOT_REACHED, Value
from .batches import Prepared
from .c.runtime import NotFloatError, Schedule, Training, update_function

if TYPE_CHECKING:
    from .step import Step

__all__ = ["Updates", "train", "updates_by"]

AT_ONCE = 10_000  # the maximum number of updates between two checks of what the function and the optimiser use


def updates_by(optimizer: Any, step: Step) -> Updates:
    if step.updates is None or step.updates.optimizer is not optimizer:
        step.updates = Updates(step, optimizer)
    return step.updates


def train(step: Step, batches: Iterable[Any], optimizer: Any, steps: int) -> list[float]:
    updates = updates_by(optimizer, step)
    try:
        steps = as_index(steps)
    except TypeError:
        raise ArgumentError(f"train: want a whole number of steps, got {steps!r}") from None
    source = iter(batches)
    prepared: list[Prepared] = []
    losses: list[float] = []
    while (turn := len(losses)) < steps:
        at_once = steps if isinstance(batches, (list, tuple)) else turn + 1  # other iterables may run code
        more = [step.prepare(*_columns(columns)) for columns in islice(source, max(0, at_once - len(prepared)))]
        prepared += more
        if not prepared:
            raise ArgumentError("train: want batches to train on, got none")
        with step.programs.lock:  # another thread may train this step, too
            if at_once == steps or not more:
                source = iter(())  # it has ended, or is no longer needed; the function may use something else now
                prepared = [*map(step.prepare, prepared)]
                losses += updates.run(prepared, turn % len(prepared), steps - turn, steps)
            else:
                losses += updates.run([*map(step.prepare, more)], 0, 1, steps)
    return losses


def _columns(batch: Any) -> Sequence[Any]:
    if isinstance(batch, Prepared):
        return [batch]
    if not isinstance(batch, (list, tuple)) or not {float, int, bool}.isdisjoint(map(type, batch)):
        raise ArgumentError(
            f"train: want each batch as a tuple of lists, such as (xs, ys), got {batch!r}. "
            "For a single batch, pass [(xs, ys)]"
        )
    return batch


class Updates:
    """Updates by one optimiser. Raises ArgumentError for something else.

    If the optimiser states its rule, updates follow it, in C or in Python. If not, its own methods are called.
    """

    def __init__(self, step: Step, optimizer: Any) -> None:
        if not (hasattr(optimizer, "zero_grad") and hasattr(optimizer, "step")):
            raise ArgumentError(f"want an optimizer, with zero_grad() and step(), got {optimizer!r}")
        self.step = step
        self.optimizer = optimizer
        self._place: dict[Value, int] = {}  # the position of each of the step's parameters
        self._members: list[list[Value]] = []  # the optimiser's parameters, by group
        self._all: list[Value] = []  # all of them
        self._others: list[Value] = []  # those that the step was not given
        self._rules: list[Update] | None = None  # the rules of the groups that C has now
        self._setters: list[Any] = []  # for the grad and data of all, in Python
        self._batches: list[Prepared] = []
        self._schedule: Any = None  # the Schedule of these batches
        self._is_running = False  # whether C is running, where a signal handler may be called
        self._lender: Any = None  # the optimiser's state, while what it remembers is in C's arrays

    def run(self, batches: list[Prepared], start: int, count: int, times: int) -> list[float]:
        """Make between one and `count` updates on the batches from `start` on, in a cycle; return their losses.

        times: how many there will be altogether.
        """
        programs = self.step.programs
        self._look(batches)
        rules, options = _rules_of(self.optimizer)
        if rules is None:
            self.optimizer.zero_grad()
            loss = self.step.run(batches[start])
            self.optimizer.step()
            return [loss]
        in_c = programs.runs_in_c(*(batch.parts for batch in batches), times=times) and self._ready_for_c(rules)
        coming = [*islice(cycle(batches), start, start + min(count, len(batches)))]
        most = AT_ONCE if getattr(self.optimizer, "has_moved", False) else 1  # the first update must move something
        count = programs.begin(coming, in_c, min(count, most))
        losses = self._in_c(start, count, options) if in_c else []
        if (done := start + len(losses)) < start + count:  # if C cannot do it, Python does it, or says why not
            losses += self._in_python(islice(cycle(batches), done, done + 1 if in_c else done + count), rules, options)
        programs.calls += len(losses) - 1
        if not getattr(self.optimizer, "has_moved", False):  # until now, an update changed nothing
            self.optimizer.has_moved = any(p.reached for p in self._all)
            if not self.optimizer.has_moved:
                raise no_gradient("train", self._all, "Compile with the parameters that the optimizer has")
        return losses

    def _in_python(self, coming: Iterable[Prepared], rules: list[Update], options: list[list[float]]) -> list[float]:
        known, losses = [*self.step.parameters, *self._others], list[float]()
        groups, state = [*zip(rules, self._members, options)], _dict_of(self.optimizer.state)
        set_grad, set_data = self._setters = self._setters or [setter(self._all, name) for name in ("grad", "data")]
        zeros = [NOT_REACHED] * len(self._all)
        for batch in coming:
            before, done = [p.grad for p in known], len(losses)
            try:
                set_grad(zeros)
                run(groups, state, set_data, losses.append, batch.computed(in_c=False))
            except BaseException:  # an interrupt comes between two updates, as in C
                if len(losses) == done:
                    write(known, "grad", before)
                raise
        return losses

    def _look(self, batches: list[Prepared]) -> None:
        members = [[*group["params"]] for group in getattr(self.optimizer, "param_groups", ())]
        if batches != self._batches:
            self._batches, self._schedule = [*batches], None
        if members != self._members or len(self._place) != len(self.step.parameters):
            place = {p: i for i, p in enumerate(self.step.parameters)}
            self._all = [p for params in members for p in params]
            self._others = [p for p in self._all if p not in place]
            self._place, self._members, self._rules, self._setters = place, members, None, []
        for program in (each.program for batch in batches * bool(self._others) for each, _ in batch.parts):
            if strangers := {*self._others}.intersection(program.constants):  # these would never move
                raise ArgumentError(
                    f"the optimizer has {program.name(strangers.pop())}, which the loss uses, but compile() did not get "
                    "it as a parameter, so no gradient reaches it: give it to compile(), too"
                )

    def _ready_for_c(self, rules: list[Update]) -> bool:
        """Give C the optimiser's rules and the batches that it does not have yet; return whether it can run them."""
        if rules != self._rules:
            try:
                functions = [*map(update_function, rules)]
            except ToolError as error:
                say_once(f"{error}. The optimizer is called in Python, which is slower")
                return False
            if self._lender is not None:
                _dict_of(self._lender)  # reads the numbers in the old arrays
            places = ([self._place[p] for p in params if p in self._place] for params in self._members)
            groups = [(own, f, rule.remembered, len(rule.options)) for own, f, rule in zip(places, functions, rules)]
            self._training, self._lender, self._rules = Training(self.step.parameters, groups), None, rules
        if self._schedule is None:
            self._schedule = Schedule([batch.portions for batch in self._batches])
        return True

    def _in_c(self, start: int, count: int, options: Iterable[Iterable[float]]) -> list[float]:
        t, schedule, state = self._training, self._schedule, self.optimizer.state
        if t.memory and state is not self._lender:  # copy what the optimiser remembers, unless it is here already
            try:
                memories = [*map(_dict_of(state).get, self.step.parameters)]
                t.known[: t.count] = array("B", [memory is not None for memory in memories])
                for name, kept in t.memory.items():
                    kept[: t.count] = array(
                        "d", [m[name] if m and name in names else 0.0 for m, names in zip(memories, t.names)]
                    )
            except (TypeError, KeyError):  # the state is not ours: Python raises the error
                return []
            if hasattr(state, "keep_elsewhere"):  # it is written back when it is looked up
                state.keep_elsewhere(self._give_memory)  # first, or an interrupt would leave a lender that is not asked
                self._lender = state
        for kept, now in zip(t.options, options):
            kept[: len(kept)] = array("d", now or [0.0])
        for p in self._others:  # zero_grad() for parameters that C does not have
            p.grad = NOT_REACHED
        self._is_running, self.step.last_backend = True, "c"
        try:
            return schedule.train(start, count, t)
        except NotFloatError:
            return []
        finally:
            self._is_running = False
            if t.memory and state is not self._lender:
                self._give_memory(state)

    def _give_memory(self, state: dict[Value, dict[str, float]]) -> bool:
        """Bring the state up to date; return whether it will change here again."""
        t = self._training
        with self.step.programs.lock:
            for i, p in enumerate(self.step.parameters[: t.count]):  # a trace may have found more since
                if t.known[i]:
                    state.setdefault(p, {}).update({name: t.memory[name][i] for name in t.names[i]})
            self._lender = self._lender if self._is_running else None
            return self._is_running


def _dict_of(state: Any) -> Any:
    return state.current() if hasattr(state, "current") else state


def _rules_of(optimizer: Any) -> tuple[list[Update] | None, list[list[float]]]:
    """Return the rules of an optimiser's groups and their options; None if it does anything beyond these rules."""
    stated: Mapping[str, Any] = getattr(optimizer, "by_rule", {})
    if not stated or [getattr(getattr(optimizer, name), "__func__", None) for name in stated] != [*stated.values()]:
        return None, []
    found = [
        read(optimizer.rule(group, True), optimizer.rule(group, False), optimizer.memory)
        for group in optimizer.param_groups
    ]
    return [rule for rule, _ in found], [options for _, options in found]
