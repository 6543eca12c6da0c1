"""Embedding: a table with one learned row for each index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from autograd import Value
from autograd.frames import public

from .. import functional as F
from .. import init
from ..init import Seed
from .module import Module

__all__ = ["Embedding"]


class Embedding(Module):
    """A table of learned rows; calling it with an index looks up that row.

    forward: an int to (embedding_dim,), a list of ints to (N, embedding_dim).
    weight: (num_embeddings, embedding_dim), with mean 0 and variance 1 at the start, as in torch.
    seed: see nn.init. Raises ShapeError for an index that is negative or too large.
    A row that was not looked up has no gradient, and optimisers leave it alone. In torch the table is one tensor, so
    momentum and decay still move such a row; here they do so after zero_grad(set_to_none=False).

    >>> table = Embedding(27, 4)
    >>> table(3) == table.weight[3], len(table([0, 3, 26]))
    (True, 3)
    """

    @public
    def __init__(self, num_embeddings: int, embedding_dim: int, *, seed: Seed = None) -> None:
        self.num_embeddings = init.size("num_embeddings", num_embeddings)
        self.embedding_dim = init.size("embedding_dim", embedding_dim)
        self.weight = init.matrix(num_embeddings, embedding_dim, init.normal(seed))

    @overload
    def forward(self, input: int) -> list[Value]: ...
    @overload
    def forward(self, input: Sequence[int]) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        return F.embedding(input, self.weight)

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}"
