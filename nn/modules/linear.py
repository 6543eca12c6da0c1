"""Linear: y = W x + b. Identity: y = x."""

from __future__ import annotations

import math
from typing import Any, overload

from autograd import Value
from autograd.frames import public

from .. import functional as F
from .. import init
from ..init import Seed
from ..shapes import Matrix, Vector
from .module import Module

__all__ = ["Identity", "Linear"]


class Identity(Module):
    """Return the input unchanged: a placeholder for a module that is left out. Like torch's, it takes any arguments."""

    @public
    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """y = W x + b: every output is a weighted sum of the inputs, plus a bias.

    forward: (in_features,) to (out_features,), or (N, in_features) to (N, out_features).
    weight: (out_features, in_features); row i holds the weights of output i.
    bias: (out_features,), or None. Both start uniformly distributed within 1/sqrt(in_features) of 0, as in torch: for
    weights, this is He et al. (2015) with the gain 1/sqrt(3).
    seed: see nn.init. Raises ShapeError for an input of a different length.

    >>> layer = Linear(2, 3)
    >>> layer.load_state_dict({"weight": [[1, 0], [0, 1], [1, 1]], "bias": [0, 0, 10]})
    >>> [y.data for y in layer([2.0, 5.0])]
    [2.0, 5.0, 17.0]
    """

    @public
    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, seed: Seed = None) -> None:
        self.in_features = init.size("in_features", in_features)
        self.out_features = init.size("out_features", out_features)
        draw = init.uniform(1 / math.sqrt(in_features), seed)
        self.weight = init.matrix(out_features, in_features, draw)
        self.bias = init.vector(out_features, draw) if init.flag("bias", bias) else None

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
