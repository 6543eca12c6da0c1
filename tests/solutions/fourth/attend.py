"""What learners hand in for attend; `# slip:` says what a verdict has to name."""

import math

from nn import functional as F


def right_1(q, K, V):
    d = len(q)
    s = [sum((a * b for a, b in zip(q, k)), 0.0) / d**0.5 for k in K]
    weights = F.softmax(s)
    return sum((w * v for w, v in zip(weights, V)), 0.0), weights


def right_2(q, K, V):
    s = [sum((a * b for a, b in zip(q, k)), 0.0) * len(q) ** -0.5 for k in K]
    top = max(x.data if hasattr(x, "data") else x for x in s)
    parts = [(x - top).exp() if hasattr(x, "exp") else math.exp(x - top) for x in s]
    total = sum(parts[1:], parts[0])
    weights = [p / total for p in parts]
    out = weights[0] * V[0]
    for w, v in zip(weights[1:], V[1:]):
        out = out + w * v
    return out, weights


def wrong_1(q, K, V):
    """The mean of the values, weighted by nothing."""
    s = [sum((a * b for a, b in zip(q, k)), 0.0) / len(q) ** 0.5 for k in K]
    weights = F.softmax(s)
    return sum(V, 0.0) / len(V), weights  # slip: weight, mean, value, average


def wrong_2(q, K, V):
    """Not scaled, and the weights come first."""
    s = [sum((a * b for a, b in zip(q, k)), 0.0) for k in K]  # slip: scale, sqrt, divide
    weights = F.softmax(s)
    return weights, sum((w * v for w, v in zip(weights, V)), 0.0)  # slip: order, first, swap, (out, weights), out


def wrong_3(q, K, V):
    """The scores, not the weights, multiply the values."""
    s = [sum((a * b for a, b in zip(q, k)), 0.0) / len(q) ** 0.5 for k in K]
    return sum((x * v for x, v in zip(s, V)), 0.0), F.softmax(s)  # slip: score, weight


def wrong_4(q, K, V):
    """Divided by sqrt of the number of keys."""
    s = [sum((a * b for a, b in zip(q, k)), 0.0) / len(K) ** 0.5 for k in K]  # slip: keys, len(q), d
    weights = F.softmax(s)
    return sum((w * v for w, v in zip(weights, V)), 0.0), weights


def wrong_5(q, K, V):
    """Only the output."""
    s = [sum((a * b for a, b in zip(q, k)), 0.0) / len(q) ** 0.5 for k in K]
    weights = F.softmax(s)
    return sum((w * v for w, v in zip(weights, V)), 0.0)  # slip: weights, both, pair, two
