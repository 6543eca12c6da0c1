"""Attention: each row of a sequence looks at the rows of a sequence and takes most from those that match."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, overload

from autograd import Value, mean
from autograd.errors import ArgumentError
from autograd.frames import public
from autograd.modes import named_scope

from .. import functional as F
from .. import init
from ..init import Seed
from ..shapes import Matrix, want_matrix
from .linear import Linear
from .module import Module

__all__ = ["MultiheadAttention", "SelfAttention"]

Rows: TypeAlias = "list[list[Value]]"
Mask: TypeAlias = "Sequence[Sequence[Value | float]] | None"


class SelfAttention(Module):
    """One head of self-attention: queries, keys and values are linear maps of the same rows.

    forward: (T, embed_dim) to (T, embed_dim). With need_weights it also returns the weights, (T, T), where row i
    belongs to query i. With is_causal, row i sees only the rows 0 to i. attn_mask: (T, T), True where row i may not
    look at row j, as in torch.nn.MultiheadAttention, or numbers that are added to the scores.
    in_proj_weight: (3 * head_dim, embed_dim), the maps to queries, keys and values stacked on top of each other;
    in_proj_bias: (3 * head_dim,); out_proj: Linear(head_dim, embed_dim). With the default head_dim=embed_dim, these
    are the parameters of torch.nn.MultiheadAttention(embed_dim, 1), with the same initial distribution.
    head_dim and out_proj=False make one of several heads, which returns (T, head_dim): put the rows of the heads side
    by side, and map them back to embed_dim with one Linear. seed: see nn.init.

    >>> attention = SelfAttention(4)
    >>> out, weights = attention([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]], is_causal=True, need_weights=True)
    >>> len(out), len(out[0]), [w.data for w in weights[0]]
    (2, 4, [1.0, 0.0])
    """

    @public
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
        heads = f": MultiheadAttention({embed_dim}, {bias}) has {bias} heads"
        self.in_proj_bias = init.vector(rows, init.constant(0.0)) if init.flag("bias", bias, heads) else None
        self.out_proj = Linear(self.head_dim, embed_dim, bias, seed=rng) if out_proj else None
        if self.out_proj and self.out_proj.bias:
            self.out_proj.bias = init.vector(embed_dim, init.constant(0.0))

    @overload
    def forward(
        self, input: Matrix, *, attn_mask: Mask = None, is_causal: bool = False, need_weights: Literal[False] = False
    ) -> Rows: ...
    @overload
    def forward(
        self, input: Matrix, *, attn_mask: Mask = None, is_causal: bool = False, need_weights: Literal[True]
    ) -> tuple[Rows, Rows]: ...
    def forward(
        self, input: Matrix, *, attn_mask: Mask = None, is_causal: bool = False, need_weights: bool = False
    ) -> Any:
        want_matrix("SelfAttention", "T", input, self.embed_dim)
        q, k, v = (_projected(self, input, part, self.head_dim) for part in range(3))
        weights = F.attention_weights(q, k, _may_look(attn_mask), is_causal=is_causal)
        out = F.mix(weights, v)
        if self.out_proj is not None:
            out = self.out_proj(out)
        if not need_weights:
            return out
        return out, _filled(weights, len(input))

    def extra_repr(self) -> str:
        head = "" if self.head_dim == self.embed_dim else f", head_dim={self.head_dim}"
        return f"embed_dim={self.embed_dim}{head}, bias={self.in_proj_bias is not None}"


class MultiheadAttention(Module):
    """Several heads of attention side by side, each on its part of the features (Vaswani et al., 2017).

    forward: query (T, embed_dim), key and value (S, embed_dim), to (T, embed_dim) and the weights: (T, S), the mean
    over the heads; without average_attn_weights, one such matrix per head; without need_weights, None. For
    self-attention, write attention(x, x, x). attn_mask: (T, S), True where query i may not look at key j, or numbers
    that are added to the scores. key_padding_mask: (S,), True for a key that no query may look at. is_causal: query i
    sees only the keys 0 to i. The parameters are those of torch.nn.MultiheadAttention, with the same initial
    distribution. dropout: only 0. Raises ArgumentError unless num_heads divides embed_dim.

    >>> attention = MultiheadAttention(4, 2)
    >>> x = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]
    >>> out, weights = attention(x, x, x, attn_mask=[[False, True], [False, False]])
    >>> len(out), len(out[0]), [w.data for w in weights[0]]
    (2, 4, [1.0, 0.0])
    """

    @public
    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True, *, seed: Seed = None
    ) -> None:
        self.embed_dim, self.num_heads = init.size("embed_dim", embed_dim), init.size("num_heads", num_heads)
        if embed_dim % num_heads:
            raise ArgumentError(
                f"MultiheadAttention: want num_heads to divide embed_dim, got {num_heads} and {embed_dim}"
            )
        if dropout:
            raise ArgumentError(f"MultiheadAttention: want dropout=0, the only one available here, got {dropout!r}")
        rng = init.generator(seed)
        draw = init.uniform(math.sqrt(6 / (4 * embed_dim)), rng)  # Glorot and Bengio, 2010
        self.in_proj_weight = init.matrix(3 * embed_dim, embed_dim, draw)
        self.in_proj_bias = init.vector(3 * embed_dim, init.constant(0.0)) if init.flag("bias", bias) else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, seed=rng)
        if self.out_proj.bias:
            self.out_proj.bias = init.vector(embed_dim, init.constant(0.0))

    def forward(
        self,
        query: Matrix,
        key: Matrix,
        value: Matrix,
        key_padding_mask: Sequence[bool] | None = None,
        need_weights: bool = True,
        attn_mask: Mask = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> Any:
        for name, rows in (("query", query), ("key", key), ("value", value)):
            want_matrix(f"MultiheadAttention, {name}", "T" if name == "query" else "S", rows, self.embed_dim)
        q, k, v = (_projected(self, rows, part, self.embed_dim) for part, rows in enumerate((query, key, value)))
        mask = _may_look(_padded(attn_mask, key_padding_mask, len(query)))
        parts: list[Any] = []
        weights: list[Any] = []
        for head in range(self.num_heads):
            size = self.embed_dim // self.num_heads
            columns = slice(head * size, (head + 1) * size)
            with named_scope(f"head {head}"):
                seen = F.attention_weights(_cut(q, columns), _cut(k, columns), mask, is_causal=is_causal)
                parts.append(F.mix(seen, _cut(v, columns)))
            weights.append(_filled(seen, len(key)))
        out = self.out_proj([[x for part in rows for x in part] for rows in zip(*parts)])
        if not need_weights:
            return out, None
        return out, _means(weights) if average_attn_weights else weights

    def extra_repr(self) -> str:
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}, bias={self.in_proj_bias is not None}"


_PARTS = ("queries", "q"), ("keys", "k"), ("values", "v")


def _projected(module: Any, input: Matrix, part: int, width: int) -> list[list[Value]]:
    """Map the input by the first, second or third part of in_proj, each of `width` rows."""
    scope, name = _PARTS[part]
    rows = slice(part * width, (part + 1) * width)
    with named_scope(scope):
        projected = F.linear(input, module.in_proj_weight[rows], module.in_proj_bias and module.in_proj_bias[rows])
    F.label(name, projected)
    return projected


def _cut(matrix: list[list[Value]], columns: slice) -> list[list[Value]]:
    return [row[columns] for row in matrix]


def _may_look(mask: Any) -> Any:
    """Return a mask that is True for keys to look at, as F.attention_weights wants it; torch's modules invert it."""
    return mask and [[not m if isinstance(m, bool) else m for m in row] for row in mask]


def _padded(mask: Any, padding: Any, queries: int) -> Any:
    """Add the padding keys to attn_mask as keys to leave out."""
    if padding is None:
        return mask
    rows = mask or [[False] * len(padding)] * queries
    return [[True if pad else m for m, pad in zip(row, padding, strict=True)] for row in rows]


def _filled(weights: list[list[Value]], keys: int) -> list[list[Value]]:
    """Return rows of equal length: keys that a causal row does not look at get the weight 0."""
    return [row + [Value(0.0) for _ in range(keys - len(row))] for row in weights]


def _means(weights: list[list[list[Value]]]) -> list[list[Value]]:
    return [[mean(ws) for ws in zip(*rows)] for rows in zip(*weights)]
