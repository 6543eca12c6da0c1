"""MLP: a multi-layer perceptron, which is linear layers with an activation between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from autograd import Value
from autograd.errors import ArgumentError

from .activation import activation_named
from .container import ModuleList
from .init import Seed, generator
from .linear import Linear
from .module import Module
from .shapes import Matrix, Vector, is_list

__all__ = ["MLP"]


class Layer(Linear):
    """A Linear whose outputs go through an activation, a module that it holds under the activation's name."""

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, *, activation: str = "relu", seed: Seed = None
    ) -> None:
        super().__init__(in_features, out_features, bias, seed=seed)
        self.activation = activation
        setattr(self, activation, activation_named(activation))

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return getattr(self, self.activation)(super().forward(input))


class MLP(Module):
    """Linear layers, each fed what the one before it gave, with an activation after all but the last.

    forward: (in_features,) to (sizes[-1],), or (N, in_features) to (N, sizes[-1]).
    sizes: the outputs of each layer. activation: one of nn.activation.ACTIVATIONS, such as "relu" or "tanh".
    seed: see nn.init. Raises ArgumentError for an activation it does not know, and for sizes that are no list.

    >>> model = MLP(2, [16, 16, 1])
    >>> len(list(model.parameters())), len(model([0.5, -0.5]))
    (337, 1)
    >>> list(model.state_dict())[:2]
    ['layers.0.weight', 'layers.0.bias']
    """

    def __init__(self, in_features: int, sizes: Sequence[int], activation: str = "relu", *, seed: Seed = None) -> None:
        if not is_list(sizes) or not sizes:
            raise ArgumentError(f"MLP: want the layers' sizes as a list, such as [16, 16, 1], got {sizes!r}")
        rng = generator(seed)
        *hidden, last = zip([in_features, *sizes], sizes)
        layers = [Layer(n, size, activation=activation, seed=rng) for n, size in hidden]
        self.layers = ModuleList([*layers, Linear(*last, seed=rng)])

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        for layer in self.layers:
            input = layer(input)
        return input
