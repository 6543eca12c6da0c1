"""RMSNorm and LayerNorm: scale the numbers of every row to the same size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from autograd import Value
from autograd.frames import public

from .. import functional as F
from .. import init
from ..shapes import Matrix, Vector, is_list
from .module import Module

__all__ = ["LayerNorm", "RMSNorm"]


def _features(normalized_shape: Any) -> int:
    """Return the length of a row: d, which torch also accepts as [d]."""
    one = is_list(normalized_shape) and len(normalized_shape) == 1
    return init.size("normalized_shape", normalized_shape[0] if one else normalized_shape)


class RMSNorm(Module):
    """Divide a row by its root mean square, then scale each feature (Zhang and Sennrich, 2019).

    forward: (..., d) to (..., d). normalized_shape: d, or [d]. eps: added to the mean square; None means a float's
    epsilon, 2.2e-16. weight: (d,), 1 at the start; None without elementwise_affine.

    >>> [f"{y:.4f}" for y in RMSNorm(2)([3.0, 4.0])]
    ['0.8485', '1.1314']
    """

    @public
    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True
    ) -> None:
        self.normalized_shape = (_features(normalized_shape),)
        self.eps = eps
        self.weight = init.vector(*self.normalized_shape, init.constant(1.0)) if elementwise_affine else None

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.weight is not None}"


class LayerNorm(Module):
    """Subtract a row's mean, divide by its standard deviation, then scale and shift each feature (Ba et al., 2016).

    forward: (..., d) to (..., d). normalized_shape: d, or [d]. eps: added to the variance. weight, bias: (d,), 1 and
    0 at the start; None without elementwise_affine.

    >>> [f"{y:.4f}" for y in LayerNorm(2)([3.0, 4.0])]
    ['-1.0000', '1.0000']
    """

    @public
    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape = (_features(normalized_shape),)
        self.eps = eps
        self.weight = init.vector(*self.normalized_shape, init.constant(1.0)) if elementwise_affine else None
        self.bias = init.vector(*self.normalized_shape, init.constant(0.0)) if elementwise_affine and bias else None

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine, bias = self.weight is not None, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"
