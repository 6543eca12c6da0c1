"""Models made at random from a seed, with lists of values that are drawn from top to bottom: neurons, inputs, heads, samples."""

from __future__ import annotations

import random

import nn
import nn.functional as F
from autograd import Value, dot, mean, total


def values(rng, count, label):
    return [Value(rng.uniform(-1, 1), label=f"{label}{i}") for i in range(count)]


def mlp(rng):
    """Return the outputs of every layer, and the inputs."""
    sizes = [rng.randint(1, 5) for _ in range(rng.randint(1, 3))]
    xs = values(rng, rng.randint(1, 4), "x")
    model, h, rows = nn.MLP(len(xs), sizes, rng.choice(["tanh", "relu"]), seed=rng.randrange(1000)), xs, [xs]
    for layer in model.layers:
        h = layer(h)
        rows.append(h)
    return total([(y - 1.0) ** 2 for y in h]), rows


def atomic_mlp(rng):
    """Without modules, one multiplication and addition at a time."""
    h, rows = values(rng, rng.randint(1, 3), "x"), []
    for layer in range(rng.randint(1, 3)):
        weights = [values(rng, len(h), f"w{layer}{k}_") for k in range(rng.randint(1, 4))]
        h = [sum((w * x for w, x in zip(row, h)), Value(0.1)).tanh() for row in weights]
        rows.append(h)
    return sum(h, Value(0.0)), rows


def attention(rng):
    keys, width = rng.randint(2, 4), rng.randint(1, 3)
    q = values(rng, width, "q")
    k, v = ([values(rng, width, f"{name}{i}_") for i in range(keys)] for name in "kv")
    scores = [dot(q, row) * width**-0.5 for row in k]
    weights = F.softmax(scores)
    out = [dot(weights, [row[i] for row in v]) for i in range(width)]
    return total(out), [q, scores, weights, out]


def samples(rng):
    model = nn.MLP(2, [rng.randint(1, 4), 1], seed=rng.randrange(1000))
    outputs = [model([rng.uniform(-1, 1) for _ in "xy"])[0] for _ in range(rng.randint(2, 12))]
    return mean([(y - 1.0) ** 2 for y in outputs]), [outputs]


def recurrent(rng):
    units = rng.randint(1, 2)
    wx, wh = ([values(rng, units, f"{name}{k}_") for k in range(units)] for name in ("wx", "wh"))
    h = [0.0] * units
    for t in range(rng.randint(2, 9)):
        x = values(rng, units, f"x{t}_")
        h = [(dot(wx[k], x) + dot(wh[k], h)).tanh() for k in range(units)]
    return total(h), [h]


def chain(rng):
    y = Value(0.5, label="x")
    for _ in range(rng.randint(1, 120)):
        y = rng.choice([lambda y: y * 1.5, lambda y: y + 0.25, lambda y: y.tanh(), lambda y: -y])(y)
    return y, []


def residual(rng):
    h, rows = values(rng, 2, "x"), []
    for _ in range(rng.randint(1, 3)):
        block = nn.MLP(2, [rng.randint(1, 3), 2], "tanh", seed=rng.randrange(1000))
        h = [a + b for a, b in zip(h, block(h))]
        rows.append(h)
    return total(h), rows


# --- Models of thousands of values ---


def many_samples(rng):
    model = nn.MLP(count := rng.randint(1, 4), [rng.randint(2, 8), rng.randint(2, 6), 1], seed=rng.randrange(1000))
    return mean([(model([rng.random() for _ in range(count)])[0] - 1.0) ** 2 for _ in range(120)])


def wide_layers(rng):
    width = rng.randint(52, 60)
    return total(nn.MLP(width, [width, rng.randint(2, 8)], "tanh", seed=1)(values(rng, width, "x")))


def long_loop(rng):
    units = rng.randint(1, 4)
    wx, wh = values(rng, units, "wx"), [values(rng, units, f"wh{k}_") for k in range(units)]
    h = [0.0] * units
    for t in range(300):
        x = Value(rng.random(), label=f"x{t}")
        h = [(wx[k] * x + dot(wh[k], h)).tanh() for k in range(units)]
    return total(h)


def long_chain(rng):
    y = Value(0.5, label="x")
    for _ in range(2_000):
        y = rng.choice([lambda y: y * 1.0001, lambda y: y + 0.001, lambda y: y.tanh(), lambda y: -y])(y)
    return y


def many_blocks(rng):
    h = values(rng, width := rng.randint(2, 4), "x")
    for _ in range(200):
        h = [a + b for a, b in zip(h, nn.MLP(width, [width], "tanh", seed=rng.randrange(1000))(h))]
    return total(h)


def two_towers(rng):
    towers = [nn.MLP(3, [rng.randint(2, 8), 1], "tanh", seed=k) for k in range(2)]
    xs = [[rng.random() for _ in "xyz"] for _ in range(100)]
    loss = mean([(towers[0](x)[0] * towers[1](x)[0] - 0.5) ** 2 for x in xs])
    return loss + 0.01 * total([p * p for p in towers[0].parameters()])


# --- Graphs that no fold fits on a page ---


def tangled(rng, size=1_600, back=40):
    """Return a graph in which nothing repeats except by chance."""
    xs = values(rng, 30, "x")
    for _ in range(size):
        a, b = rng.choice(xs[-back:]), rng.choice(xs[-back:])
        xs.append(rng.choice([a * b, a + b, (a - b).sin(), a * 0.5, b.tanh()]))
    return total(xs[-back:])


def uneven_loop(rng):
    """Return what a program computes that does something else in every iteration."""
    a, b, w = values(rng, 3, "x")
    for _ in range(1_200):
        steps = [((a * w + b).tanh(), a), (a + b * 0.1, b), (a, (b * w).sin()), (b, a * b), ((a - b).sigmoid(), b)]
        a, b = rng.choice(steps)
    return a + b


def uneven_layers(rng):
    h = values(rng, 12, "x")
    for _ in range(60):
        rows = [[rng.choice(h) for _ in range(rng.randint(1, 4))] for _ in h]
        h = [rng.choice([dot(row, row), total(row), mean(row)]).tanh() for row in rows]
    return total(h)


def many_models(rng):
    outs = values(rng, 6, "x")
    for _ in range(60):
        count = rng.randint(2, 5)
        net = nn.MLP(count, [rng.randint(2, 5), 1], "tanh", seed=rng.randrange(1000))
        outs.append(net([rng.choice(outs) for _ in range(count)])[0])
    return total(outs[-8:])


TANGLED = [tangled, uneven_loop, uneven_layers, many_models]
HARD = {make.__name__: make for make in TANGLED}
LARGE = [many_samples, wide_layers, long_loop, long_chain, many_blocks, two_towers]
KINDS = {make.__name__: make for make in (mlp, atomic_mlp, attention, samples, recurrent, chain, residual)}


def model(kind: str, seed: int):
    """Return the result of a random model of some kind, with its gradients, and what has to be in order."""
    made = {**KINDS, **HARD}[kind](random.Random(f"{kind} {seed}"))
    root, rows = made if kind in KINDS else (made, [])
    root.backward()
    return root, rows
