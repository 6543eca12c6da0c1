"""Activations, each in one place: the function of nested lists for nn.functional, and the module.

A new activation is a function and a class here; ``pytest --refresh`` writes its names where nn and nn.functional export
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, overload

from autograd import Value
from autograd.errors import ArgumentError

from ..shapes import Matrix, Vector, is_list, of_each
from .module import Module

__all__ = [
    "ACTIVATIONS", "ELU", "GELU", "LeakyReLU", "ReLU", "SiLU", "Sigmoid", "Softplus", "Tanh", "activation_named", "elu",
    "gelu", "leaky_relu", "relu", "sigmoid", "silu", "softplus", "tanh",
]  # fmt: skip

ACTIVATIONS: dict[str, type[Module]] = {}  # the names for ``MLP(..., activation="relu")``, in the order below


class Activation(Module):
    """A module that applies a function to every number: a drawing shows it as a part of the model.

    A subclass that names its function, ``class ReLU(Activation, function=relu)``, becomes an activation with that name.
    options: the function's further arguments, which are attributes of the module.
    """

    function: ClassVar[staticmethod[..., Any]]
    options: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, function: Callable[..., Any] | None = None, options: tuple[str, ...] = ()) -> None:
        super().__init_subclass__()
        if function is not None:
            cls.function = staticmethod(function)
            cls.options = options
            ACTIVATIONS[function.__name__] = cls

    @overload
    def forward(self, input: Value | float) -> Value: ...
    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return self.function(input, *(getattr(self, name) for name in self.options))

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={getattr(self, name)}" for name in self.options)


def activation_named(name: str) -> Module:
    """Return the activation with that name. Raises ArgumentError, which lists the names."""
    if name not in ACTIVATIONS:
        raise ArgumentError(f"want one of {', '.join(map(repr, ACTIVATIONS))} as activation, got {name!r}")
    return ACTIVATIONS[name]()


def _each(function: Callable[[Value], Value], input: Any) -> Any:
    """Apply `function` to every number in nested lists."""
    if not is_list(input):
        return function(input if isinstance(input, Value) else Value(input))
    try:
        return list(map(function, input))  # the input is nearly always a row of Values
    except (AttributeError, TypeError):
        return [_each(function, x) for x in input]


@of_each
def relu(input: Any) -> Any:
    """max(x, 0) for every number, in lists nested like the input.

    >>> [y.data for y in relu([-1.0, 2.0])]
    [0.0, 2.0]
    """
    return _each(Value.relu, input)


class ReLU(Activation, function=relu):
    """max(x, 0) for every number. See F.relu."""


@of_each
def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """x where it is positive, and negative_slope * x elsewhere, for every number (Maas et al., 2013).

    >>> leaky_relu(-1.0).data
    -0.01
    """
    return _each(lambda x: x.leaky_relu(negative_slope), input)


class LeakyReLU(Activation, function=leaky_relu, options=("negative_slope",)):
    """x where it is positive, and negative_slope * x elsewhere. See F.leaky_relu."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope


@of_each
def tanh(input: Any) -> Any:
    """tanh(x) for every number: from -1 to 1.

    >>> [f"{y.data:.4f}" for y in tanh([-1.0, 0.0, 10.0])]
    ['-0.7616', '0.0000', '1.0000']
    """
    return _each(Value.tanh, input)


class Tanh(Activation, function=tanh):
    """tanh(x) for every number. See F.tanh."""


@of_each
def sigmoid(input: Any) -> Any:
    """1 / (1 + exp(-x)) for every number: from 0 to 1.

    >>> [f"{y.data:.4f}" for y in sigmoid([-1.0, 0.0, 10.0])]
    ['0.2689', '0.5000', '1.0000']
    """
    return _each(Value.sigmoid, input)


class Sigmoid(Activation, function=sigmoid):
    """1 / (1 + exp(-x)) for every number. See F.sigmoid."""


@of_each
def silu(input: Any) -> Any:
    """x * sigmoid(x) for every number, also called swish (Elfwing et al., 2018).

    >>> [f"{y.data:.4f}" for y in silu([-1.0, 0.0, 1.0])]
    ['-0.2689', '0.0000', '0.7311']
    """
    return _each(Value.silu, input)


class SiLU(Activation, function=silu):
    """x * sigmoid(x) for every number. See F.silu."""


@of_each
def elu(input: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, and alpha * (exp(x) - 1) elsewhere, for every number (Clevert et al., 2016).

    >>> [f"{y.data:.4f}" for y in elu([-1.0, 0.0, 1.0])]
    ['-0.6321', '0.0000', '1.0000']
    """
    return _each(lambda x: x.elu(alpha), input)


class ELU(Activation, function=elu, options=("alpha",)):
    """x where it is positive, and alpha * (exp(x) - 1) elsewhere. See F.elu."""

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha


@of_each
def gelu(input: Any) -> Any:
    """x * P(z <= x) for every number, with z normally distributed (Hendrycks and Gimpel, 2016): exact, by erf.

    >>> [f"{y.data:.4f}" for y in gelu([-1.0, 0.0, 1.0])]
    ['-0.1587', '0.0000', '0.8413']
    """
    return _each(Value.gelu, input)


class GELU(Activation, function=gelu):
    """x times the fraction of a normal distribution that lies below x. See F.gelu."""


@of_each
def softplus(input: Any) -> Any:
    """log(1 + exp(x)) for every number: a smooth relu (Dugas et al., 2001). Above 20 it is x itself, as in torch.

    >>> [f"{y.data:.4f}" for y in softplus([-1.0, 0.0, 30.0])]
    ['0.3133', '0.6931', '30.0000']
    """
    return _each(Value.softplus, input)


class Softplus(Activation, function=softplus):
    """log(1 + exp(x)) for every number. See F.softplus."""
