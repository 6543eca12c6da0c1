"""Softmax as a module: it looks at a whole row, where the activations look at one number."""

from __future__ import annotations

from typing import Any, overload

from autograd import Value

from . import functional as F
from .module import Module
from .shapes import Matrix, Vector

__all__ = ["Softmax"]


class Softmax(Module):
    """exp(x) / sum(exp(xs)) within each row. See F.softmax."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
