"""The modules and losses that programs use, for the other engines: written once, in terms of the operations that an
engine has.

Parameters start as those of our module, whose numbers are read; nothing else in it runs.
"""

from __future__ import annotations

import nn
from autograd import Value

# Where torch has a function, the engine decides: it calls the matching one, or spells it out.
FUSED = (
    "cross_entropy",
    "mse_loss",
    "l1_loss",
    "hinge_loss",
    "binary_cross_entropy_with_logits",
    "log_softmax",
    "softmax",
)


def functions(engine):
    """Return the functions of nn.functional that programs use, for vectors."""
    found = {name: getattr(engine, name) for name in FUSED}
    for name in nn.modules.activation.ACTIVATIONS:
        found[name] = lambda xs, name=name: [engine.apply(name, [x]) for x in xs]
    return found


def modules(engine):
    """Return the classes of nn that programs use."""
    kinds = {
        nn.MLP: MLP,
        nn.LayerNorm: LayerNorm,
        nn.RMSNorm: RMSNorm,
        nn.Embedding: Embedding,
        nn.SelfAttention: SelfAttention,
        nn.Linear: Linear,
    }

    def mirrored(thing):
        """Return the same, with leaves of the engine in place of Values."""
        if isinstance(thing, Value):
            return engine.leaf(thing.data)
        if isinstance(thing, (list, tuple, nn.ModuleList)):
            return [mirrored(item) for item in thing]
        kind = next((twin for ours, twin in kinds.items() if isinstance(thing, ours)), None)
        if kind is None:
            return thing
        twin = kind()
        twin.engine = engine
        for name, part in vars(thing).items():
            setattr(twin, name, mirrored(part))
        return twin

    return {kind.__name__: lambda *args, kind=kind, **more: mirrored(kind(*args, **more)) for kind in kinds}


class Module:
    """Parameters in the order of their attributes."""

    def parameters(self):
        found = {}
        for thing in vars(self).values():
            for leaf in _leaves(thing):
                found[id(leaf)] = leaf
        return list(found.values())

    def __call__(self, *inputs):
        return self.forward(*inputs)


def _leaves(thing):
    if isinstance(thing, Module):
        return thing.parameters()
    if isinstance(thing, list):
        return [leaf for item in thing for leaf in _leaves(item)]
    return [thing] if hasattr(thing, "engine") and hasattr(thing, "is_leaf") else []


def _linear(engine, x, weight, bias):
    return [engine.apply("dot", [x, row, b]) for row, b in zip(weight, bias or [None] * len(weight))]


class Linear(Module):
    activation = None

    def forward(self, x):
        out = _linear(self.engine, x, self.weight, self.bias)
        return [self.engine.apply(self.activation, [y]) for y in out] if self.activation else out


class MLP(Module):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class Embedding(Module):
    def forward(self, index):
        return list(self.weight[index])


class RMSNorm(Module):
    def forward(self, x):
        return _normed(self, x)


def _normed(module, x):
    eps = 2.0**-52 if module.eps is None else module.eps
    size = (module.engine.apply("dot", [x, x, None]) / len(x) + eps) ** -0.5
    return [part * size * w for part, w in zip(x, module.weight)]


class LayerNorm(Module):
    def forward(self, x):
        middle = self.engine.apply("mean", [x])
        return [y + b for y, b in zip(_normed(self, [part - middle for part in x]), self.bias)]


class SelfAttention(Module):
    def forward(self, rows):
        engine, d = self.engine, self.head_dim
        q, k, v = ([_linear(engine, row, self.in_proj_weight[p * d : p * d + d], self.in_proj_bias[p * d : p * d + d]) for row in rows]
                   for p in range(3))  # fmt: skip
        out = []
        for query in q:
            weights = engine.softmax([engine.apply("dot", [query, key, None]) * d**-0.5 for key in k])
            mixed = [engine.apply("dot", [weights, [row[j] for row in v], None]) for j in range(d)]
            out.append(self.out_proj(mixed))
        return out
