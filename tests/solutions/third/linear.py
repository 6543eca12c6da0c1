"""What learners hand in for linear; `# slip:` says what a verdict has to name."""

import numpy as np


class _Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def __call__(self, x):
        if len(x) != len(self.weights):
            raise ValueError(f"want {len(self.weights)} numbers, got {len(x)}")
        return sum((w * v for w, v in zip(self.weights, x)), self.bias)


def right_1(W, b, x):
    return [_Neuron(row, bias)(x) for row, bias in zip(W, b)]


def right_2(W, b, x):
    if len(x) - len(W[0]):
        raise ValueError(f"x has {len(x)} numbers, and W {len(W[0])} columns")
    y = []
    for i in range(len(W)):
        y.append(b[i])
        for j in range(len(x)):
            y[-1] = y[-1] + W[i][j] * x[j]
    return y


def right_3(W, b, x):
    def dot(row, xs):
        return row[0] * xs[0] + dot(row[1:], xs[1:]) if len(row) > 1 else row[0] * xs[0]

    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    return [dot(row, x) + c for row, c in zip(W, b)]


def wrong_1(W, b, x):
    """No bias."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    return [sum(row[j] * x[j] for j in range(len(x))) for row in W]  # slip: b, bias


def wrong_2(W, b, x):
    """The sum is not started afresh for each row."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    y = []
    total = 0.0  # slip: reset, afresh, each row, start, includes, inside
    for row, c in zip(W, b):
        for w, v in zip(row, x):
            total = total + w * v
        y.append(total + c)
    return y


def wrong_3(W, b, x):
    """Nobody looks at the length."""
    return [
        sum((w * v for w, v in zip(row, x)), c) for row, c in zip(W, b)
    ]  # slip: len, ValueError, raise, short, long


def wrong_4(W, b, x):
    """Two slips: the first bias is added everywhere, and weights are added to inputs."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    y = []
    for row in W:
        s = b[0]  # slip: b[0], own b, bias, b[i]
        for w, v in zip(row, x):
            s = s + (w + v)  # slip: multipl, product, add, +
        y.append(s)
    return y


def wrong_5(W, b, x):
    """The numbers are taken out of the Values."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    data = np.array([[getattr(w, "data", w) for w in row] for row in W])  # slip: .data, cut, graph, gradient, Value
    return list(data @ np.array([getattr(v, "data", v) for v in x]) + np.array([getattr(c, "data", c) for c in b]))
