"""The workloads on JAX, in the form that suits it best: float64, a whole update as one jitted function, with its
arguments already on the device and their memory donated to it.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp

from ..models.gpt import HEADS, WIDTH, signs_of
from .scalar import expression as expression_of_two
from .works import BETAS, DECAY, DOCUMENT, RATE, gpt_weights, moons_data, moons_weights

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")


class _Scalar:
    """A traced number that has a relu() method."""

    def __init__(self, number):
        self.number = number

    def relu(self):
        return _Scalar(jnp.maximum(self.number, 0.0))


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "neg"):

    def _method(self, *other, _name=f"__{_name}__"):
        plain = [each.number if isinstance(each, _Scalar) else each for each in other]
        return _Scalar(getattr(self.number, _name)(*plain))

    setattr(_Scalar, f"__{_name}__", _method)


def expression():
    both = jax.jit(jax.value_and_grad(lambda a, b: expression_of_two(_Scalar(a), _Scalar(b)).number, argnums=(0, 1)))
    a, b = jnp.array(-4.0), jnp.array(2.0)

    def run():
        value, slopes = jax.block_until_ready(both(a, b))
        return lambda: [float(number) for number in (value, *slopes)]

    return run


def _updates(update, *state):
    """Return a function that runs one update(*state), which returns the next state, the loss and the gradients."""
    update = jax.jit(update, donate_argnums=tuple(range(len(state))))

    def run():
        nonlocal state
        state, loss, grads = jax.block_until_ready(update(*state))
        return lambda: [float(loss), *(number for grad in grads for number in grad.flatten().tolist())]

    return run


def moons():
    xs, sides = (jnp.array(numbers, dtype=float) for numbers in moons_data())
    layers = [(jnp.array(weight), jnp.array(bias)) for weight, bias in moons_weights()]

    def loss_of(layers):
        x = xs
        for k, (weight, bias) in enumerate(layers):
            x = x @ weight.T + bias
            x = jnp.maximum(x, 0.0) if k < 2 else x
        squares = sum((p * p).sum() for layer in layers for p in layer)
        return jnp.maximum(1 - x[:, 0] * sides, 0.0).mean() + DECAY * squares

    def update(layers):
        loss, grads = jax.value_and_grad(loss_of)(layers)
        layers = jax.tree.map(lambda p, grad: p - RATE * grad, layers, grads)
        return (layers,), loss, jax.tree.leaves(grads)

    return _updates(update, layers)


def gpt():
    w = {name: jnp.array(numbers) for name, numbers in gpt_weights().items()}
    signs = jnp.array(signs_of(DOCUMENT))
    inputs, targets = signs[:-1], signs[1:]
    length, size = len(inputs), WIDTH // HEADS
    causal = jnp.tril(jnp.ones((length, length), dtype=bool))

    def normed(x, weight):
        return x * ((x * x).mean(-1, keepdims=True) + jnp.finfo(float).eps) ** -0.5 * weight

    def loss_of(w):
        x = w["signs.weight"][inputs] + w["places.weight"][:length]
        heads = jnp.stack([w[f"heads.{k}.in_proj_weight"] for k in range(HEADS)])
        projected = (normed(x, w["norm.weight"]) @ heads.reshape(-1, WIDTH).T).reshape(length, HEADS, 3, size)
        q, k, v = projected.transpose(2, 1, 0, 3)
        scores = jnp.where(causal, q @ k.transpose(0, 2, 1) / math.sqrt(size), -jnp.inf)
        found = jax.nn.softmax(scores, axis=-1) @ v
        x = x + found.transpose(1, 0, 2).reshape(length, WIDTH) @ w["join.weight"].T
        y = normed(x, w["mlp_norm.weight"])
        y = jnp.maximum(y @ w["mlp.layers.0.weight"].T + w["mlp.layers.0.bias"], 0.0)
        x = x + y @ w["mlp.layers.1.weight"].T + w["mlp.layers.1.bias"]
        said = jax.nn.log_softmax(x @ w["scores.weight"].T)
        return -said[jnp.arange(length), targets].mean()

    def update(w, first, second, count):
        loss, grads = jax.value_and_grad(loss_of)(w)
        count = count + 1
        first = jax.tree.map(lambda m, grad: BETAS[0] * m + (1 - BETAS[0]) * grad, first, grads)
        second = jax.tree.map(lambda s, grad: BETAS[1] * s + (1 - BETAS[1]) * grad * grad, second, grads)
        shares = [1 - beta**count for beta in BETAS]
        w = jax.tree.map(
            lambda p, m, s: p - 0.01 * (m / shares[0]) / (jnp.sqrt(s / shares[1]) + 1e-8), w, first, second
        )
        return (w, first, second, count), loss, [grads[name] for name in names]

    names = list(w)
    zeros = [{name: jnp.zeros_like(p) for name, p in w.items()} for _ in range(2)]
    return _updates(update, w, *zeros, jnp.array(0.0))
