"""The base of all optimisers: how parameters move once their gradients are known.

An optimiser has two plain attributes, as in torch:
param_groups: a list of dicts, each with "params", a list of Values, and the options for them, such as "lr";
options are read at every update, so a change takes effect at the next one.
state: what it remembers about each parameter, a dict of floats by name, such as {"momentum_buffer": 0.5}.
The rule says how a parameter moves, in formulas of data, grad, options and what is remembered (see autograd.updates). They
run as Python or C. A parameter that no gradient has reached is left alone, and remembers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import repeat
from typing import Any, ClassVar, TypeAlias, TypeVar, overload

from autograd import Value, updates
from autograd.errors import ArgumentError, ShapeError
from autograd.frames import public
from autograd.node import at_once, write
from autograd.slow_path import real
from autograd.value import NOT_REACHED

from .state import State

__all__ = ["Optimizer", "Params", "slope_of"]

Params: TypeAlias = Iterable[Value] | Iterable[dict[str, Any]]

T = TypeVar("T")


class Optimizer:
    """The base of all optimisers: their parameters, in groups with options, and what they remember about each."""

    memory: ClassVar[tuple[str, ...]] = ()  # the names of what it remembers about each parameter
    has_schedule: bool = False  # whether an LRScheduler changes its lr
    has_moved: bool = False  # whether there has ever been an update with a gradient
    _was_cleared: bool = False  # by zero_grad()

    @public
    def __init__(self, params: Params, options: dict[str, Any]) -> None:
        self.defaults = options
        self.param_groups: list[dict[str, Any]] = []
        self._state = State()
        if not (given := self._listed(params)):
            fix = ": a parameter is a Value that an attribute of a Module holds" if hasattr(params, "__next__") else ""
            raise ArgumentError(f"{type(self).__name__}: want parameters to update, got none{fix}")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def _listed(self, params: Any) -> list[Any]:
        if not hasattr(params, "__iter__"):
            fix = "call it, parameters()" if hasattr(params, "__self__") else "one is written [w]"
            fix = "give its parameters()" if hasattr(params, "parameters") else fix
            raise ArgumentError(f"{type(self).__name__}: want a list of parameters, got {_short(params)}: {fix}")
        listed = list(params)
        if not listed and hasattr(params, "__next__") and not hasattr(params, "__len__"):  # an iterator
            from autograd.explain.untrained import used_up

            raise used_up(type(self).__name__, params)
        return listed

    def __setattr__(self, name: str, new: Any) -> None:
        if name in vars(self).get("defaults", ()) and type(self).__module__.startswith(f"{__package__}."):
            raise ArgumentError(
                f"{type(self).__name__}.{name} has no effect on updates: write optimizer.param_groups[0][{name!r}] = {new!r}"
            )
        object.__setattr__(self, name, new)

    @public
    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Add more parameters: {"params": [...]}, with their own options where those differ."""
        name = type(self).__name__
        if "params" not in group:
            raise ArgumentError(f'{name}: want a group as {{"params": [...], "lr": 0.1}}, got one without "params"')
        if unknown := set(group) - {"params", *self.defaults}:
            raise ArgumentError(f"{name} has no option {min(unknown)!r}: want {', '.join(self.defaults)}")
        params = group["params"]
        options = {**self.defaults, **group, "params": [params] if isinstance(params, Value) else self._listed(params)}
        known = set(self._params())
        for p in options["params"]:
            if not isinstance(p, Value):
                fix = ": give parameters(), without names" if isinstance(p, tuple) else ""
                fix = ": put the rows of Values into one list" if isinstance(p, list) else fix
                raise ArgumentError(f"{name}: want Values as parameters, got {_short(p)}{fix}")
            if p.op is not None:
                raise ArgumentError(f"{name}: want leaves as parameters, got the result of {p.op}, {p!r}")
            if p in known:
                raise ArgumentError(f"{name}: want every parameter once, got {p!r} twice")
            known.add(p)
        self.check(options)
        self.param_groups.append(options)

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise ArgumentError for options that make no sense."""
        for option in ("lr", "momentum", "weight_decay", "eps"):
            if not real(options.get(option, 0.0), f"a real number as {option}") >= 0:
                raise ArgumentError(f"{type(self).__name__}: want {option} >= 0, got {options[option]!r}")

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], T]) -> T: ...
    @public
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that a gradient has reached, once.

        closure: a function that recomputes the loss and its gradients before the update; step then returns that loss.
        Raises GraphError if no gradient has ever reached any parameter, because training would then change nothing.
        """
        if closure is not None:
            loss = closure()
            self.step()
            return loss
        if not self.has_moved:
            self._want_a_gradient()
        self._update()
        return None

    def _want_a_gradient(self) -> None:
        """Refuse a first update that changes nothing, unless the user only wants to see what a schedule does."""
        params = self._params()
        self.has_moved = any(p.reached for p in params)
        if not self.has_moved and (self._was_cleared or not self.has_schedule):
            from autograd.explain.untrained import no_gradient

            raise no_gradient(f"{type(self).__name__}.step", params)

    def _update(self) -> None:
        rules = [updates.read(self.rule(g, True), self.rule(g, False), self.memory) for g in self.param_groups]
        groups = ((update, group["params"], options) for (update, options), group in zip(rules, self.param_groups))
        updates.run(groups, self.state.current())

    def rule(self, group: Mapping[str, Any], first: bool) -> dict[str, Any]:
        """Return the rule by which a parameter of this group moves. first: whether this is its first update.

        A class that cannot express this in formulas defines `_update` instead.
        """
        raise NotImplementedError(f"{type(self).__name__} has no rule: define one, which says how a parameter moves")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the grad of every parameter to what it was before any backward pass: not reached.

        set_to_none=False: reset it to 0, which counts as a gradient, so that the next update leaves no parameter alone.
        """
        self._was_cleared = True
        write(self._params(), "grad", repeat(NOT_REACHED if set_to_none else 0.0))

    # compile() does the work of these itself if it has the rule; if a class or an object overrides one, compile() calls
    # it.
    by_rule: ClassVar[Mapping[str, Callable[..., Any]]] = {"step": step, "_update": _update, "zero_grad": zero_grad}

    @property
    def state(self) -> State:
        """What is remembered about each parameter, a dict of floats by name, such as {"momentum_buffer": 0.5}."""
        return self._state

    @state.setter
    def state(self, state: Mapping[Value, dict[str, float]]) -> None:
        self._state = State(state)

    def state_dict(self) -> dict[str, Any]:
        """Return the options and what is remembered, with parameters numbered 0, 1, 2 ...: plain data, to save."""
        number = {p: i for i, p in enumerate(self._params())}
        return {
            "state": {number[p]: dict(memory) for p, memory in self.state.items()},
            "param_groups": [{**group, "params": [number[p] for p in group["params"]]} for group in self.param_groups],
        }

    @public
    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from what `state_dict` returned. Raises ShapeError if the numbers of parameters differ."""
        if not (isinstance(state_dict, Mapping) and {"state", "param_groups"} <= set(state_dict)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ShapeError(
                f"{type(self).__name__}.load_state_dict: want an optimiser's state_dict(), got {_short(state_dict)}"
            )
        wanted = [len(group["params"]) for group in self.param_groups]
        got = [len(group["params"]) for group in state_dict["param_groups"]]
        if wanted != got:
            raise ShapeError(f"{type(self).__name__}.load_state_dict: want {wanted} parameters, got {got}")
        params = self._params()
        state = State({params[int(i)]: dict(memory) for i, memory in state_dict["state"].items()})
        pairs = zip(self.param_groups, state_dict["param_groups"])
        options = [partial(group.update, {**given, "params": group["params"]}) for group, given in pairs]
        at_once(*options, partial(setattr, self, "_state", state))

    def _params(self) -> list[Value]:
        return [p for group in self.param_groups for p in group["params"]]

    def __repr__(self) -> str:
        groups = (
            ", ".join([f"{len(group['params'])} parameters", *(f"{name}={group[name]}" for name in self.defaults)])
            for group in self.param_groups
        )
        return f"{type(self).__name__}({'; '.join(groups)})"


def slope_of(group: Mapping[str, Any]) -> str:
    """Return the formula of the gradient in a rule: downhill or uphill, with weight decay."""
    slope = "-grad" if group["maximize"] else "grad"
    return f"{slope} + weight_decay * data" if group["weight_decay"] else slope


def _short(thing: object) -> str:
    return text if len(text := repr(thing)) <= 60 and "\n" not in text else f"a {type(thing).__name__}"
