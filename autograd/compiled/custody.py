"""Parameters whose numbers stand elsewhere for a while: a look at any one of them gives all of them back.

While a step trains in C, the numbers of its parameters are in the interpreter's arrays, and change there. The
Values themselves then belong to a class whose `data` and `grad` are properties, and the optimiser to one whose
`state` is: reading or writing any of these ends the custody first. Where somebody holds that state already, it is
kept up to date. So nobody sees a stale number: not the generator that batches come from, not another thread, not
whoever interrupted the training.

Custody begins with step.train(), and ends with it. It also begins with the step() of an optimiser whose gradients
came from step.batch() in C, and lasts until somebody looks: a loop that only calls zero_grad(), batch() and step()
stays in C. If somebody looks at every update anyway, it is not tried again for a while.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from operator import gt
from sys import getrefcount
from typing import Any
from weakref import ref

from ..value import NOT_REACHED, Value
from .locks import Lock, of_classes
from .machine import Interpreter, Training

__all__ = ["Custody", "can_have", "take_over", "used_c"]

_MOMENTS = {"steps": "step", "first": "exp_avg", "second": "exp_avg_sq"}
# What the interpreter knows of an optimiser: its rule, and under which names it remembers what.
_RULES = {
    "nn.optim.SGD": (0, {"first": "momentum_buffer"}),
    "nn.optim.Adam": (1, _MOMENTS),
    "nn.optim.AdamW": (2, _MOMENTS),
}
_PATIENCE = 64  # updates, at most, before custody is tried again after a look
_SURVIVED = 8  # updates after which a look is nothing to be expected
_data, _grad, _partials = (Value.__dict__[name] for name in ("data", "grad", "da"))  # the slots themselves


def can_have(optimizer: Any) -> bool:
    """Whether the interpreter knows this very class of optimiser: a subclass, or a step of its own, may do anything."""
    return _rule_of(optimizer) is not None and "step" not in vars(optimizer) and "zero_grad" not in vars(optimizer)


def _rule_of(optimizer: Any) -> Any:
    return _RULES.get(f"{type(optimizer).__module__}.{type(optimizer).__qualname__}")


# --- What is held ------------------------------------------------------------------------------------------


def _held(slot: Any) -> Any:
    """A slot that is right only after the custody has ended."""

    def get(self: Value) -> Any:
        _end(self)
        return slot.__get__(self)

    def put(self: Value, number: float) -> None:
        _end(self)
        slot.__set__(self, number)

    return property(get, put)


def _end(held: Value) -> None:
    custody = _partials.__get__(held)
    if custody:  # else another thread has just ended it
        custody[0].end(looked=True)


class Held(Value):
    """A parameter in custody. A leaf has no partials: in their slot stands who has its numbers."""

    __slots__ = ()
    data, grad = _held(_data), _held(_grad)
    partials = property(lambda _: ())  # type: ignore[assignment]


@cache
def _held_kind(kind: type[Any]) -> type[Any]:
    """The class of an optimiser in custody: it updates in C, and gives everything back for anything else."""

    def custody_of(self: Any) -> Any:
        return getattr(self, "_custody", None)  # None: another thread has just ended it

    def look(self: Any) -> None:
        if custody := custody_of(self):
            custody.end(looked=True)

    def state(self: Any) -> Any:
        look(self)
        return vars(self)["state"]

    def set_state(self: Any, new: Any) -> None:
        look(self)
        vars(self)["state"] = new

    def step(self: Any, closure: Any = None) -> Any:
        custody = custody_of(self)
        if closure is not None or custody is None or not custody.update():
            return kind.step(self, closure)
        return None

    def zero_grad(self: Any, set_to_none: bool = True) -> None:
        custody = custody_of(self)
        if not (set_to_none and custody is not None and custody.clear()):
            kind.zero_grad(self, set_to_none)

    def giving_back(name: str) -> Any:
        def method(self: Any, *arguments: Any) -> Any:
            look(self)
            return getattr(self, name)(*arguments)

        return method

    own = {"state": property(state, set_state), "step": step, "zero_grad": zero_grad, "__module__": kind.__module__}
    return type(
        kind.__name__, (kind,), {**own, **{name: giving_back(name) for name in ("add_param_group", "__reduce_ex__")}}
    )


def _free(optimizer: Any) -> None:
    """End the custody that an optimiser is in, if any."""
    custody: Custody | None = getattr(optimizer, "_custody", None)
    if custody is not None:
        custody.end()


class Custody:
    """The numbers of `parameters`, and what `optimizer` remembers of them, in the arrays of `training`."""

    def __init__(self, parameters: Sequence[Value], optimizer: Any, machine: Interpreter) -> None:
        _free(optimizer)
        self.parameters = parameters
        self.optimizer = optimizer
        self.machine = machine
        self.training = Training(len(parameters))
        self._kind: type[Any] = type(optimizer)
        self._rule, self._names = _rule_of(optimizer)
        self._place = {p: i for i, p in enumerate(parameters)}
        self._members: list[list[Value]] = []  # the optimiser's parameters, by group
        self._others: list[Value] = []  # those of them that are not here
        self._wait = self._patience = self._updates = 0
        self._is_watched = False  # whether others hold the optimiser's state

    @property
    def held(self) -> bool:
        return bool(self.training.held[0])

    def begin(self) -> None:
        """Take the numbers over, if they are not here already."""
        if not self.held:
            with of_classes:
                self._begin()

    def _begin(self) -> None:
        t, optimizer = self.training, self.optimizer
        _free(optimizer)
        self._is_watched = _is_held_by_others(vars(optimizer))
        t.data[: t.count] = array("d", [p.data for p in self.parameters])
        t.grad[: t.count] = array("d", [p.grad or 0.0 for p in self.parameters])
        t.reached[: t.count] = array("B", [p.reached for p in self.parameters])
        for i, p in enumerate(self.parameters):
            memory: Mapping[str, float] | None = optimizer.state.get(p)
            t.steps[i] = memory is not None
            if memory:
                for kept, name in self._names.items():
                    getattr(t, kept)[i] = memory[name]
        self.read_options()
        vars(optimizer)["_custody"] = self
        optimizer.__class__ = _held_kind(self._kind)
        me = (self,)
        for p in self.parameters:
            _partials.__set__(p, me)
            p.__class__ = Held
        t.held[0] = 1

    def read_options(self) -> None:
        """The optimiser's parameters and options as they are now: a schedule may change them between updates."""
        self._read_members()
        self.training.set_options(self._rule, self.optimizer.param_groups)

    def _read_members(self) -> None:
        members = [group["params"] for group in self.optimizer.param_groups]
        if members != self._members:
            self._members = [list(params) for params in members]
            self._others = [p for params in members for p in params if p not in self._place]
            self.training.set_members([[self._place[p] for p in params if p in self._place] for params in members])

    def forget_others(self) -> None:
        """The optimiser's zero_grad(), of those of its parameters that are not here."""
        for p in self._others:
            p.grad = NOT_REACHED

    def clear(self) -> bool:
        """The optimiser's zero_grad(), in C; False if that is not to be."""
        if not self._has_all():
            return False
        self.machine.begin(self.training.address)
        return self.held

    def _has_all(self) -> bool:
        """Whether all of the optimiser's parameters are here."""
        self._read_members()
        if self._others:
            self.end()
        return not self._others

    def update(self) -> bool:
        """The optimiser's step(), in C; False if that is not to be."""
        if not self._has_all():
            return False
        self.training.set_options(self._rule, self.optimizer.param_groups)
        self._updates += 1
        if self._updates == _SURVIVED:
            self._patience = 0
        return bool(self.machine.update(self.training.address))

    def try_update(self) -> bool:
        """The same where the numbers are not here yet; for a while after a look it is not tried."""
        if self._wait:
            self._wait -= 1
            return False
        if not self._has_all() or _is_held_by_others(vars(self.optimizer)):
            return False
        self._updates = 0
        self.begin()
        return self.update()

    def show(self) -> None:
        """Bring the optimiser's state up to date for those who hold it, before code of theirs may run."""
        if self._is_watched and self.held:
            self._give_back(vars(self.optimizer)["state"])

    def end(self, looked: bool = False) -> None:
        """Give everything back. Where it is interrupted half way, the next look goes on with it."""
        t = self.training
        with _lock:
            if looked and t.held[0]:
                self._patience = self._wait = min(2 * self._patience + 1, _PATIENCE)
            t.held[0] = 0
            mine = [
                (i, p) for i, p in enumerate(self.parameters) if type(p) is Held and _partials.__get__(p)[0] is self
            ]
            for i, p in mine:
                _data.__set__(p, t.data[i])
                _grad.__set__(p, t.grad[i] if t.reached[i] else NOT_REACHED)
            if getattr(self.optimizer, "_custody", None) is self:
                self._give_back(vars(self.optimizer)["state"])
                self.optimizer.__class__ = self._kind
                del self.optimizer._custody
            for _, p in mine:
                p.__class__ = Value  # type: ignore[assignment]
                p.da = None

    def _give_back(self, state: dict[Value, dict[str, float]]) -> None:
        """What the optimiser remembers; somebody may hold the dicts that it stood in."""
        for i, p in enumerate(self.parameters):
            if self.training.steps[i]:
                numbers = {name: getattr(self.training, kept)[i] for kept, name in self._names.items()}
                state.setdefault(p, {}).update(numbers)


def _references(attributes: Mapping[str, Any]) -> tuple[int, int]:
    """How often an optimiser's state is referred to, and the most any dict in it is."""
    state = attributes["state"]
    return getrefcount(state), max(map(getrefcount, state.values()), default=0)


_NO_OTHERS = _references({"state": {0: {}}})


def _is_held_by_others(attributes: Mapping[str, Any]) -> bool:
    return any(map(gt, _references(attributes), _NO_OTHERS))


_lock = Lock()  # of two threads that look at once


# --- Loops of the user's own -------------------------------------------------------------------------------

_latest: Any = lambda: None  # noqa: E731 - the Step whose gradients came from C last, if it lives


def used_c(step: Any) -> None:
    """Remember that this Step has just left gradients in C's way."""
    global _latest
    if _latest() is not step:
        _latest = ref(step)


def take_over(optimizer: Any) -> bool:
    """What the step() of an SGD, Adam or AdamW asks first: whether it is done in C, with the numbers left there."""
    step = _latest()
    if step is None or not can_have(optimizer):
        return False
    if step.custody is None or step.custody.optimizer is not optimizer:
        step.custody = Custody(step.parameters, optimizer, step.machine)
    return step.custody.try_update()
