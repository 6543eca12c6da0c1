"""What learners hand in for attend; `# slip:` says what a verdict has to name."""

import math

import numpy as np

from nn import functional as F


def right_1(q, K, V):
    s = np.array(K) @ np.array(q) / np.sqrt(len(q))
    w = np.exp(s - s.max())
    w = w / w.sum()
    return float(w @ np.array(V)), w


def right_2(q, K, V):
    weights = F.softmax([sum(p * r for p, r in zip(q, key)) / len(q) ** 0.5 for key in K])
    return sum(w * v for w, v in zip(weights, V)), weights


def right_3(q, K, V):
    m, total, out, raw = -math.inf, 0.0, 0.0, []
    for key, v in zip(K, V):
        s = sum(p * r for p, r in zip(q, key)) * len(q) ** -0.5
        raw.append(s)
        new = max(m, s)
        total = total * math.exp(m - new) + math.exp(s - new)
        out = out * math.exp(m - new) + v * math.exp(s - new)
        m = new
    return out / total, [math.exp(s - m) / total for s in raw]


def _softmax(s):
    m = max(s)
    e = [math.exp(v - m) for v in s]
    return [v / sum(e) for v in e]


def wrong_1(q, K, V):
    """Scaled by d."""
    scores = [sum(p * r for p, r in zip(q, key)) / len(q) for key in K]  # slip: sqrt, square root, root
    w = _softmax(scores)
    return sum(a * v for a, v in zip(w, V)), w


def wrong_2(q, K, V):
    """The scores are mixed, and not the values."""
    scores = [sum(p * r for p, r in zip(q, key)) / math.sqrt(len(q)) for key in K]
    w = _softmax(scores)
    return sum(a * s for a, s in zip(w, scores)), w  # slip: value, V, scores


def wrong_3(q, K, V):
    """The plain mean of the values."""
    scores = [sum(p * r for p, r in zip(q, key)) / math.sqrt(len(q)) for key in K]
    return sum(V) / len(V), _softmax(scores)  # slip: mean, average, weight


def wrong_4(q, K, V):
    """Two slips: not scaled, and the largest value is taken."""
    scores = [sum(p * r for p, r in zip(q, key)) for key in K]  # slip: sqrt, scal
    w = _softmax(scores)
    return V[w.index(max(w))], w  # slip: largest, weighted, all values, sum, one value


def wrong_5(q, K, V):
    """The weights are scaled after softmax."""
    w = _softmax([sum(p * r for p, r in zip(q, key)) for key in K])
    w = [a / math.sqrt(len(q)) for a in w]  # slip: before, scores, sqrt, sum
    return sum(a * v for a, v in zip(w, V)), w
