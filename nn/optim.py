"""Optimisers: how parameters move once their gradients are known.

An optimiser keeps two plain things, as torch's do:
param_groups: a list of dicts, each with "params", a list of Values, and the options for them, such as "lr";
they are read at every update, so changing one takes effect at the next.
state: what it remembers of a parameter, a dict of floats by name, such as {"momentum_buffer": 0.5}.
A parameter that no gradient has reached is left alone, and remembers nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd import Value
from autograd.careful import real
from autograd.errors import OptionError, StateDictError, WrongKindError
from autograd.value import NOT_REACHED

from .elsewhere import names_of_torch
from .shapes import is_list

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]

Params: TypeAlias = Iterable[Value] | Iterable[dict[str, Any]]


class Optimizer:
    """What all optimisers share: their parameters, in groups with options, and what they remember of each."""

    def __init__(self, params: Params, options: dict[str, Any]) -> None:
        self.defaults = options
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Value, dict[str, float]] = {}
        given = self._listed(params)
        if not given:
            raise OptionError(f"{type(self).__name__}: want parameters to update, got none")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def _listed(self, params: Any) -> list[Any]:
        if not hasattr(params, "__iter__"):
            fix = ": give its parameters()" if hasattr(params, "parameters") else ": one is written [w]"
            raise WrongKindError(f"{type(self).__name__}: want a list of parameters, got {_short(params)}{fix}")
        return list(params)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """Take in more parameters: {"params": [...]}, with options of their own where they differ."""
        name = type(self).__name__
        if "params" not in group:
            raise OptionError(f'{name}: want a group as {{"params": [...], "lr": 0.1}}, got one without "params"')
        if unknown := set(group) - {"params", *self.defaults}:
            raise OptionError(f"{name} has no option {min(unknown)!r}: want {', '.join(self.defaults)}")
        params = group["params"]
        options = {**self.defaults, **group, "params": [params] if isinstance(params, Value) else self._listed(params)}
        known = set(self._params())
        for p in options["params"]:
            if not isinstance(p, Value):
                fix = ": give parameters(), without names" if isinstance(p, tuple) else ""
                fix = ": rows of Values are given as one list" if isinstance(p, list) else fix
                raise WrongKindError(f"{name}: want Values as parameters, got {_short(p)}{fix}")
            if p.op is not None:
                raise OptionError(f"{name}: want leaves as parameters, got the result of {p.op}, {p!r}")
            if p in known:
                raise OptionError(f"{name}: want every parameter once, got {p!r} twice")
            known.add(p)
        self.check(options)
        self.param_groups.append(options)

    def check(self, options: Mapping[str, Any]) -> None:
        """Raise OptionError for options that make no sense."""
        for option in ("lr", "momentum", "weight_decay", "eps"):
            if not real(options.get(option, 0.0), f"a real number as {option}") >= 0:
                raise OptionError(f"{type(self).__name__}: want {option} >= 0, got {options[option]!r}")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that a gradient has reached, once.

        closure: computes the loss anew with its gradients, before the update; step then returns that loss.
        """
        if closure is not None:
            loss = closure()
            self.step()
            return loss
        self._update()
        return None

    def _update(self) -> None:
        raise NotImplementedError(f"{type(self).__name__} has no _update: define there how parameters move")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Put back the grad of every parameter to what it was before any backward: not reached.

        set_to_none=False: to 0, which counts as a gradient, so that nothing is left alone at the next update.
        """
        zero = NOT_REACHED if set_to_none else 0.0
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = zero

    def state_dict(self) -> dict[str, Any]:
        """The options and what is remembered, with numbers 0, 1, 2 ... for the parameters: plain data, to be saved."""
        number = {p: i for i, p in enumerate(self._params())}
        return {
            "state": {number[p]: dict(memory) for p, memory in self.state.items()},
            "param_groups": [{**group, "params": [number[p] for p in group["params"]]} for group in self.param_groups],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave. Raises StateDictError if it was of other numbers of parameters."""
        if not (isinstance(state_dict, Mapping) and {"state", "param_groups"} <= set(state_dict)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise StateDictError(
                f"{type(self).__name__}.load_state_dict: want what an optimiser's state_dict() gave, got {_short(state_dict)}"
            )
        wanted = [len(group["params"]) for group in self.param_groups]
        got = [len(group["params"]) for group in state_dict["param_groups"]]
        if wanted != got:
            raise StateDictError(f"{type(self).__name__}.load_state_dict: want {wanted} parameters, got {got}")
        for group, given in zip(self.param_groups, state_dict["param_groups"]):
            group.update({**given, "params": group["params"]})
        params = self._params()
        self.state = {params[int(i)]: dict(memory) for i, memory in state_dict["state"].items()}

    def _params(self) -> list[Value]:
        return [p for group in self.param_groups for p in group["params"]]

    def __repr__(self) -> str:
        groups = (
            ", ".join([f"{len(group['params'])} parameters", *(f"{name}={group[name]}" for name in self.defaults)])
            for group in self.param_groups
        )
        return f"{type(self).__name__}({'; '.join(groups)})"


class SGD(Optimizer):
    """Stochastic gradient descent: w <- w - lr * dL/dw.

    params: Values, or dicts {"params": [...], "lr": 0.1}. lr: the size of an update. momentum: how much of the
    last update goes on (Polyak, 1964); dampening: how much of the new gradient does not join it. nesterov: look ahead by one
    momentum (Sutskever et al., 2013). weight_decay: weight_decay * w is added to the gradient. maximize: go up.
    Raises OptionError for options that make no sense.

    >>> w = Value(3.0)
    >>> optimizer = SGD([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); w.data
    2.4
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**options, "nesterov": nesterov, "maximize": maximize})

    def check(self, options: Mapping[str, Any]) -> None:
        super().check(options)
        if options["nesterov"] and not (options["momentum"] > 0 and options["dampening"] == 0):
            raise OptionError("SGD: nesterov wants a momentum above 0, and no dampening")

    def _update(self) -> None:
        for group in self.param_groups:
            lr, momentum, weight_decay = group["lr"], group["momentum"], group["weight_decay"]
            for p in group["params"]:
                if not p.reached:
                    continue
                slope = -p.grad if group["maximize"] else p.grad
                if weight_decay:
                    slope += weight_decay * p.data
                if momentum:
                    slope = self._with_momentum(p, slope, group)
                p.data -= lr * slope

    def _with_momentum(self, p: Value, slope: float, group: Mapping[str, Any]) -> float:
        momentum = group["momentum"]
        if p in self.state:
            velocity = momentum * self.state[p]["momentum_buffer"] + (1 - group["dampening"]) * slope
        else:
            velocity = slope
        self.state[p] = {"momentum_buffer": velocity}
        return slope + momentum * velocity if group["nesterov"] else velocity


class Adam(Optimizer):
    """Adaptive moments (Kingma and Ba, 2015).

    Every parameter moves by about lr, whatever the size of its gradient: by its mean over the last updates,
    divided by its root mean square. betas: how much of either goes on. eps: added to the divisor.
    weight_decay: weight_decay * w is added to the gradient. maximize: go up.
    Raises OptionError for options that make no sense.

    >>> w = Value(3.0)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).backward(); optimizer.step(); f"{w:.4f}"
    '2.9000'
    """

    decoupled = False  # whether weight decay is an update of its own

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, options)

    def check(self, options: Mapping[str, Any]) -> None:
        super().check(options)
        betas = options["betas"]
        if not (is_list(betas) and len(betas) == 2 and all(0 <= real(beta) < 1 for beta in betas)):
            name = type(self).__name__
            raise OptionError(f"{name}: want two betas from 0 to below 1, such as (0.9, 0.999), got {betas!r}")

    def _update(self) -> None:
        for group in self.param_groups:
            lr, (beta1, beta2), eps = group["lr"], group["betas"], group["eps"]
            shrink, decay = (1 - lr * group["weight_decay"], 0) if self.decoupled else (1, group["weight_decay"])
            for p in group["params"]:
                if not p.reached:
                    continue
                slope = -p.grad if group["maximize"] else p.grad
                if decay:
                    slope += decay * p.data
                memory = self.state.get(p)
                if memory is None:
                    memory = self.state[p] = {"step": 0.0, "exp_avg": 0.0, "exp_avg_sq": 0.0}
                memory["step"] = n = memory["step"] + 1
                memory["exp_avg"] = average = memory["exp_avg"] + (1 - beta1) * (slope - memory["exp_avg"])
                memory["exp_avg_sq"] = square = beta2 * memory["exp_avg_sq"] + (1 - beta2) * slope * slope
                # both averages began at 0: divided by their share of real gradients they are unbiased
                size = math.sqrt(square) / math.sqrt(1 - beta2**n) + eps
                p.data = p.data * shrink - lr / (1 - beta1**n) * (average / size)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    Options are those of Adam, but for weight_decay: each update first shrinks w by lr * weight_decay.

    >>> w = Value(3.0)
    >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).backward(); optimizer.step(); f"{w:.4f}"
    '2.7500'
    """

    decoupled = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, maximize=maximize)


def _short(thing: object) -> str:
    text = repr(thing)
    return text if len(text) <= 60 and "\n" not in text else f"a {type(thing).__name__}"


if not TYPE_CHECKING:
    __getattr__ = names_of_torch(__name__)
