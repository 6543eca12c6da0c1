"""One training script, run on ours and on PyTorch from the same weights: the same losses.

`script` knows neither. PyTorch's side supplies only what it lacks (an MLP of Linears, one head of
self-attention by the name of SelfAttention, a hinge loss) and its tensor; ours supplies the identity.
"""

from __future__ import annotations

import random
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

import nn


def script(nn, F, optim, tensor, model, loss, xs, ys, optimizer, state, updates=25):
    """Train, and return every loss and the last parameters."""
    model = model(nn)
    model.load_state_dict({key: tensor(numbers) for key, numbers in state.items()})
    optimizer = optimizer(optim, model.parameters())
    losses = []
    for update in range(updates):
        optimizer.zero_grad()
        value = loss(F, model(tensor(xs[update % len(xs)])), tensor(ys[update % len(ys)]))
        value.backward()
        optimizer.step()
        losses.append(value.item())
    return losses, {
        key: numbers.tolist() if hasattr(numbers, "tolist") else numbers for key, numbers in model.state_dict().items()
    }


OURS = {"nn": nn, "F": nn.functional, "optim": nn.optim, "tensor": lambda numbers: numbers}


@contextmanager
def in_torch(torch):
    """Yield what the script takes from PyTorch, in float64 and on one thread."""

    class MLP(torch.nn.Module):
        def __init__(self, in_features, sizes, activation="relu"):
            super().__init__()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(n, m) for n, m in zip([in_features, *sizes], sizes))
            self.activation = getattr(torch, activation)

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = self.activation(layer(x))
            return self.layers[-1](x)

    class SelfAttention(torch.nn.MultiheadAttention):
        def __init__(self, embed_dim):
            super().__init__(embed_dim, 1)

        def forward(self, x, is_causal=False):
            mask = torch.triu(torch.ones(len(x), len(x), dtype=torch.bool), diagonal=1) if is_causal else None
            return super().forward(x, x, x, attn_mask=mask, is_causal=is_causal, need_weights=False)[0]

    def hinge_loss(input, target):
        return (1 - target * input).relu().mean()

    torch.set_num_threads(1)  # for tensors this small, two are slower
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield {
        "nn": SimpleNamespace(**{**vars(torch.nn), "MLP": MLP, "SelfAttention": SelfAttention}),
        "F": SimpleNamespace(**{**vars(torch.nn.functional), "hinge_loss": hinge_loss}),
        "optim": torch.optim,
        "tensor": torch.tensor,
    }
    torch.set_default_dtype(before)


def reader(nn):
    """Return a small language model's head: what a token is, where it looks, and what comes next."""

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(4, 3)
            self.attention = nn.SelfAttention(3)
            self.norm = nn.RMSNorm(3)
            self.middle = nn.LayerNorm(3)
            self.out = nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 4, bias=False))

        def forward(self, tokens):
            return self.out(self.middle(self.norm(self.attention(self.table(tokens), is_causal=True))))

    return Reader()


def batches(seed, count, *shape):
    rng = random.Random(seed)

    def nested(shape):
        return [nested(shape[1:]) for _ in range(shape[0])] if shape else 2 * rng.random() - 1

    return nested((count, *shape))


SIGNS = [[[1.0], [-1.0], [1.0], [-1.0]], [[-1.0], [-1.0], [1.0], [1.0]]]
MODELS = {
    "layer": (lambda nn: nn.Linear(3, 2), lambda F, y, t: F.mse_loss(y, t), batches(0, 2, 4, 3), batches(1, 2, 4, 2)),
    "classifier": (lambda nn: nn.Linear(3, 4), lambda F, y, t: F.cross_entropy(y, t), batches(2, 2, 3, 3), [[0, 3, 1], [2, 2, 0]]),
    "mlp": (lambda nn: nn.MLP(2, [5, 4, 1]), lambda F, y, t: F.hinge_loss(y, t), batches(3, 2, 4, 2), SIGNS),
    "tanh mlp": (lambda nn: nn.MLP(2, [5, 1], activation="tanh"), lambda F, y, t: F.mse_loss(y, t), batches(4, 2, 4, 2), SIGNS),
    "attention": (lambda nn: nn.SelfAttention(3), lambda F, y, t: F.mse_loss(y, t), batches(5, 2, 4, 3), batches(6, 2, 4, 3)),
    "reader": (reader, lambda F, y, t: F.cross_entropy(y, t), [[0, 1, 2, 3], [3, 2, 1, 0]], [[1, 2, 3, 0], [3, 1, 0, 2]]),
}  # fmt: skip
OPTIMIZERS = {
    "SGD": lambda optim, params: optim.SGD(params, lr=0.1),
    "momentum": lambda optim, params: optim.SGD(params, 0.05, 0.9, 0.1, weight_decay=0.01),
    "nesterov": lambda optim, params: optim.SGD(params, 0.05, 0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda optim, params: optim.Adam(params, 0.02),
    "AdamW": lambda optim, params: optim.AdamW(params, 0.02),
    "AdamW of their own": lambda optim, params: optim.AdamW(params, 0.02, (0.8, 0.95), 1e-6, 0.1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", MODELS)
def test_same_script_same_losses(model, optimizer, torchs):
    make, loss, xs, ys = MODELS[model]
    nn.manual_seed(7)
    settings = {"model": make, "loss": loss, "xs": xs, "ys": ys, "optimizer": OPTIMIZERS[optimizer]}
    state = make(nn).state_dict()
    ours, last = script(**OURS, **settings, state=state)

    def theirs(torch):
        with in_torch(torch) as names:
            return script(**names, **settings, state=state)

    losses_torch, last_torch = torchs(theirs)
    assert min(ours) < ours[0]
    for a, b in zip(ours, losses_torch, strict=True):
        assert abs(a - b) <= 1e-11 * max(1.0, abs(b))
    assert list(last) == list(last_torch)
    for module, weights in ((first := make(nn), last), (second := make(nn), last_torch)):
        module.load_state_dict(weights)
    for p, q in zip(first.parameters(), second.parameters()):
        assert abs(p.data - q.data) <= 1e-9
