"""MLP: a multi-layer perceptron, linear layers with an activation between them. Neuron and Layer, as in micrograd."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from autograd import Value, dot
from autograd.errors import ArgumentError
from autograd.frames import public

from ..init import Seed, generator, size, uniform, vector
from ..shapes import Matrix, Vector, is_list, want_vector
from .activation import activation_named
from .container import ModuleList
from .linear import Linear
from .module import Module

__all__ = ["MLP", "Layer", "Neuron"]


class Hidden(Linear):
    """A Linear layer whose outputs go through an activation: a module kept under the activation's name."""

    @public
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
    """Linear layers, each fed the output of the one before, with an activation after all but the last.

    forward: (in_features,) to (sizes[-1],), or (N, in_features) to (N, sizes[-1]).
    sizes: the number of outputs of each layer. activation: one of nn.modules.activation.ACTIVATIONS, such as "relu" or "tanh".
    seed: see nn.init. Raises ArgumentError for an unknown activation, and for sizes that are not a list.

    >>> model = MLP(2, [16, 16, 1])
    >>> len(list(model.parameters())), len(model([0.5, -0.5]))
    (337, 1)
    >>> list(model.state_dict())[:2]
    ['layers.0.weight', 'layers.0.bias']
    """

    @public
    def __init__(self, in_features: int, sizes: Sequence[int], activation: str = "relu", *, seed: Seed = None) -> None:
        if not is_list(sizes) or not sizes:
            raise ArgumentError(f"MLP: want the layers' sizes as a list, such as [16, 16, 1], got {sizes!r}")
        activation_named(activation)  # raises an error even if no layer would use it
        rng = generator(seed)
        *hidden, last = zip([in_features, *sizes], sizes)
        layers = [Hidden(n, size, activation=activation, seed=rng) for n, size in hidden]
        self.layers = ModuleList([*layers, Linear(*last, seed=rng)])

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        for layer in self.layers:
            input = layer(input)
        return input


class Neuron(Module):
    """One neuron, as in micrograd: relu(w x + b), or w x + b if nonlin is False.

    forward: (nin,) to a Value. w: (nin,), from -1 to 1 at the start; b: 0 at the start. seed: see nn.init.

    >>> neuron = Neuron(2, seed=0)
    >>> neuron
    ReLUNeuron(2)
    >>> [name for name, _ in neuron.named_parameters()], f"{neuron([1.0, 1.0]):.4f}"
    (['w[0]', 'w[1]', 'b'], '1.2048')
    """

    @public
    def __init__(self, nin: int, nonlin: bool = True, *, seed: Seed = None) -> None:
        self.w = vector(size("nin", nin), uniform(1.0, seed))
        self.b = Value(0.0)
        self.nonlin = nonlin

    def forward(self, x: Vector) -> Value:
        want_vector("Neuron", x, len(self.w))
        score = dot(self.w, x, self.b)
        return score.relu() if self.nonlin else score

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side, as in micrograd, each with its own weights.

    forward: (nin,) to (nout,), or to one Value if nout is 1. neurons: a list of Neuron. nonlin, seed: see Neuron.

    >>> Layer(2, 2)
    Layer of [ReLUNeuron(2), ReLUNeuron(2)]
    """

    @public
    def __init__(self, nin: int, nout: int, nonlin: bool = True, *, seed: Seed = None) -> None:
        rng = generator(seed)
        self.neurons = [Neuron(nin, nonlin, seed=rng) for _ in range(size("nout", nout))]

    def forward(self, x: Vector) -> Any:
        out = [neuron(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"
