"""Activations as modules, for Sequential and MLP: a drawing shows each as a part of the model."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError

from . import functional as F
from .module import Module

__all__ = [
    "ACTIVATIONS", "GELU", "LeakyReLU", "ReLU", "Sigmoid", "Softmax", "Softplus", "Tanh", "activation_named",
]  # fmt: skip


class ReLU(Module):
    """max(x, 0) of every number. See F.relu."""

    def forward(self, input: Any) -> Any:
        return F.relu(input)


class LeakyReLU(Module):
    """x where it is positive, else negative_slope * x. See F.leaky_relu."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, input: Any) -> Any:
        return F.leaky_relu(input, self.negative_slope)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}"


class Tanh(Module):
    """tanh(x) of every number. See F.tanh."""

    def forward(self, input: Any) -> Any:
        return F.tanh(input)


class Sigmoid(Module):
    """1 / (1 + exp(-x)) of every number. See F.sigmoid."""

    def forward(self, input: Any) -> Any:
        return F.sigmoid(input)


class GELU(Module):
    """x times the share of a normal distribution below x. See F.gelu."""

    def forward(self, input: Any) -> Any:
        return F.gelu(input)


class Softplus(Module):
    """log(1 + exp(x)) of every number. See F.softplus."""

    def forward(self, input: Any) -> Any:
        return F.softplus(input)


class Softmax(Module):
    """exp(x) / sum(exp(xs)) within each row. See F.softmax."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


# What ``MLP(..., activation="relu")`` may name.
ACTIVATIONS: dict[str, type[Module]] = {
    "relu": ReLU, "leaky_relu": LeakyReLU, "tanh": Tanh, "sigmoid": Sigmoid, "gelu": GELU, "softplus": Softplus,
}  # fmt: skip


def activation_named(name: str) -> Module:
    """The activation of that name. Raises OptionError, naming those there are."""
    if name not in ACTIVATIONS:
        raise OptionError(f"want one of {', '.join(map(repr, ACTIVATIONS))} as activation, got {name!r}")
    return ACTIVATIONS[name]()
