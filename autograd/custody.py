"""Parameters whose numbers stand elsewhere for a while: a look at any one of them gives all of them back.

While a step trains in C, the numbers of its parameters are in the interpreter's arrays, and change there. The
Values themselves then belong to a class whose `data` and `grad` are properties, and so does the optimiser,
whose `state` is one: reading or writing any of these ends the custody first. So nobody sees a stale number:
not the generator that batches come from, not another thread, not whoever interrupted the training.
"""

from __future__ import annotations

import os
from _thread import RLock
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .machine import Training
from .value import NOT_REACHED, Value

__all__ = ["Custody", "rule_of"]

# What the interpreter can do of an optimiser: its rule, and the names under which it remembers things.
_RULES = {
    "nn.optim.SGD": (0, {"first": "momentum_buffer"}),
    "nn.optim.AdamW": (1, {"steps": "step", "first": "exp_avg", "second": "exp_avg_sq"}),
}
_custodies: dict[int, Custody] = {}  # by id of the Value or optimiser that is held
_slots: Any = (Value.__dict__["data"], Value.__dict__["grad"])


def _name(optimizer: Any) -> str:
    return f"{type(optimizer).__module__}.{type(optimizer).__qualname__}"


def rule_of(optimizer: Any) -> bool:
    """Whether the interpreter knows this very class of optimiser; a subclass may do anything."""
    return _name(optimizer) in _RULES


def _release(held: Any) -> None:
    if custody := _custodies.get(id(held)):
        custody.end()


def _held_property(slot: Any) -> Any:
    def get(self: Any) -> Any:
        _release(self)
        return slot.__get__(self)

    def put(self: Any, number: Any) -> None:
        _release(self)
        slot.__set__(self, number)

    return property(get, put)


class Held(Value):
    """A parameter in custody."""

    __slots__ = ()
    data, grad = map(_held_property, _slots)


@lru_cache(maxsize=None)
def _held_optimizer(kind: type[Any]) -> type[Any]:
    def get(self: Any) -> Any:
        _release(self)
        return vars(self)["state"]

    def put(self: Any, state: Any) -> None:
        _release(self)
        vars(self)["state"] = state

    return type(kind.__name__, (kind,), {"state": property(get, put), "__module__": kind.__module__})


class Custody:
    """The numbers of `parameters`, and what `optimizer` remembers of them, in the arrays of a Training."""

    def __init__(self, parameters: Sequence[Value], optimizer: Any) -> None:
        self.parameters = parameters
        self.optimizer = optimizer
        self.training = Training(len(parameters))
        self._kind: type[Any] = type(optimizer)
        self._rule, self._names = _RULES[_name(optimizer)]
        self._place = {p: i for i, p in enumerate(parameters)}
        self._members: list[array[int]] = []

    def begin(self) -> None:
        """Take the numbers over, if they are not in custody already."""
        t = self.training
        if t.held[0]:
            return
        t.data[: t.count] = array("d", [p.data for p in self.parameters])
        t.grad[: t.count] = array("d", [p.grad for p in self.parameters])
        for i, p in enumerate(self.parameters):
            t.reached[i] = p.reached
            memory: Mapping[str, float] | None = self.optimizer.state.get(p)
            t.steps[i] = memory is not None
            if memory:
                for array_name, name in self._names.items():
                    getattr(t, array_name)[i] = memory[name]
        groups = [[self._place[p] for p in group["params"] if p in self._place] for group in self.optimizer.param_groups]
        self._members = [array("i", group) for group in groups]
        for i in range(t.count):
            t.optimised[i] = 0
        for group in groups:
            for i in group:
                t.optimised[i] = 1
        _custodies.update(dict.fromkeys([id(self.optimizer), *map(id, self.parameters)], self))
        self.optimizer.__class__ = _held_optimizer(self._kind)
        for p in self.parameters:
            p.__class__ = Held
        t.held[0] = 1
        self.read_options()

    def read_options(self) -> None:
        """The optimiser's options as they are now: a schedule may change them between updates."""
        self.training.set_groups(self._rule, list(zip(self._members, self.optimizer.param_groups)))

    def end(self) -> None:
        """Give everything back. Where it is interrupted half way, the next look goes on with it."""
        t = self.training
        set_data, set_grad = (slot.__set__ for slot in _slots)
        with _lock:
            t.held[0] = 0
            for i, p in enumerate(self.parameters):
                if type(p) is Held:
                    set_data(p, t.data[i])
                    set_grad(p, t.grad[i] if t.reached[i] else NOT_REACHED)
            if type(self.optimizer) is not self._kind:
                state = vars(self.optimizer)["state"]
                for i, p in enumerate(self.parameters):
                    if t.steps[i]:
                        state[p] = {name: getattr(t, kept)[i] for kept, name in self._names.items()}
                self.optimizer.__class__ = self._kind
            for p in self.parameters:
                if type(p) is Held:
                    p.__class__ = Value
            for thing in (self.optimizer, *self.parameters):
                _custodies.pop(id(thing), None)


_lock = RLock()  # two threads that look at once


def _renew_lock() -> None:
    global _lock
    _lock = RLock()


if hasattr(os, "register_at_fork"):  # whoever held it does not live on in the child
    os.register_at_fork(after_in_child=_renew_lock)
