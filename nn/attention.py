"""SelfAttention: every row of a sequence looks at every row, and takes from each as much as it matches."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias, overload

from autograd import Value
from autograd.modes import named_scope

from . import functional as F
from . import init
from .init import Seed
from .linear import Linear
from .module import Module
from .shapes import Matrix, want_matrix

__all__ = ["SelfAttention"]

Rows: TypeAlias = "list[list[Value]]"


class SelfAttention(Module):
    """One head of self-attention: queries, keys and values are each a linear map of the same rows.

    forward: (T, embed_dim) to the same; with need_weights also the weights, (T, T), row i those of query i;
    with is_causal row i sees rows 0 to i only.
    in_proj_weight: (3 * head_dim, embed_dim), the maps to queries, keys and values on top of each other;
    in_proj_bias: (3 * head_dim,); out_proj: Linear(head_dim, embed_dim). With head_dim left at embed_dim these
    are the parameters of torch.nn.MultiheadAttention(embed_dim, 1), and start as they do there.
    head_dim and out_proj=False make a head of several, which gives (T, head_dim): put the rows of some heads
    side by side, and map them back to embed_dim with one Linear. seed: see nn.init.

    >>> attention = SelfAttention(4)
    >>> out, weights = attention([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]], is_causal=True, need_weights=True)
    >>> len(out), len(out[0]), [w.data for w in weights[0]]
    (2, 4, [1.0, 0.0])
    """

    def __init__(
        self,
        embed_dim: int,
        bias: bool = True,
        *,
        head_dim: int | None = None,
        out_proj: bool = True,
        seed: Seed = None,
    ) -> None:
        self.embed_dim = init.size("embed_dim", embed_dim)
        self.head_dim = embed_dim if head_dim is None else init.size("head_dim", head_dim)
        rng = init.generator(seed)
        rows = 3 * self.head_dim
        draw = init.uniform(math.sqrt(6 / (rows + embed_dim)), rng)  # Glorot and Bengio, 2010
        self.in_proj_weight = init.matrix(rows, embed_dim, draw)
        self.in_proj_bias = init.vector(rows, init.constant(0.0)) if bias else None
        self.out_proj = Linear(self.head_dim, embed_dim, bias, seed=rng) if out_proj else None
        if self.out_proj and self.out_proj.bias:
            self.out_proj.bias = init.vector(embed_dim, init.constant(0.0))

    @overload
    def forward(self, input: Matrix, *, is_causal: bool = False, need_weights: Literal[False] = False) -> Rows: ...
    @overload
    def forward(self, input: Matrix, *, is_causal: bool = False, need_weights: Literal[True]) -> tuple[Rows, Rows]: ...
    def forward(self, input: Matrix, *, is_causal: bool = False, need_weights: bool = False) -> Any:
        want_matrix("SelfAttention", "T", input, self.embed_dim)
        q = self._project(input, 0, "queries", "q")
        k = self._project(input, 1, "keys", "k")
        v = self._project(input, 2, "values", "v")
        weights = F.attention_weights(q, k, is_causal=is_causal)
        out = F.mix(weights, v)
        if self.out_proj is not None:
            out = self.out_proj(out)
        if not need_weights:
            return out
        return out, [row + [Value(0.0) for _ in range(len(input) - len(row))] for row in weights]

    def _project(self, input: Matrix, part: int, scope: str, name: str) -> list[list[Value]]:
        """The input mapped by the first, second or third head_dim rows of in_proj."""
        rows = slice(part * self.head_dim, (part + 1) * self.head_dim)
        with named_scope(scope):
            projected = F.linear(input, self.in_proj_weight[rows], self.in_proj_bias and self.in_proj_bias[rows])
        F.label(name, projected)
        return projected

    def extra_repr(self) -> str:
        head = "" if self.head_dim == self.embed_dim else f", head_dim={self.head_dim}"
        return f"embed_dim={self.embed_dim}{head}, bias={self.in_proj_bias is not None}"
