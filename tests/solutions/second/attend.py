"""What learners hand in for attend; `# slip:` says what a verdict has to name."""

import math

import numpy as np


def right_1(q, K, V):
    s = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return sum(a * b for a, b in zip(w, V)), w


def right_2(q, K, V):
    K = np.asarray(K, dtype=float)
    s = K @ np.asarray(q) / np.sqrt(len(q))
    e = np.exp(s - s.max())
    w = e / e.sum()
    return float(w @ np.asarray(V)), w


def wrong_1(q, K, V):
    """Not scaled."""
    s = [sum(a * b for a, b in zip(q, k)) for k in K]  # slip: sqrt, scale
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return sum(a * b for a, b in zip(w, V)), w


def wrong_2(q, K, V):
    """The scores weigh the values."""
    s = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    out = 0
    for score, v in zip(s, V):
        out += score * v  # slip: weight, score
    return out, w


def wrong_3(q, K, V):
    """The mean of the values."""
    s = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return sum(a * b for a, b in zip(w, V)) / len(V), w  # slip: mean, divid, len


def wrong_4(q, K, V):
    """The values in the wrong order."""
    s = [sum(a * b for a, b in zip(q, k)) / len(q) ** 0.5 for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    t = sum(e)
    w = [v / t for v in e]
    out = 0.0
    for i in range(len(V)):
        out += w[i] * V[-i - 1]  # slip: order, own value, its value, reverse
    return out, w


def wrong_5(q, K, V):
    """Only the last product."""
    s = [sum(a * b for a, b in zip(q, k)) / len(q) ** 0.5 for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    t = sum(e)
    w = [v / t for v in e]
    out = 0.0
    for wi, v in zip(w, V):
        out = wi * v  # slip: +=, last, overwrit
    return out, w


def wrong_6(q, K, V):
    """Two slips: not scaled, and the values are not weighted."""
    s = [sum(a * b for a, b in zip(q, k)) for k in K]  # slip: sqrt, scale
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return sum(V) / len(V), w  # slip: mean, weight


def wrong_7(q, K, V):
    """Two slips: returned in the wrong order, and divided by d."""
    d = len(q)
    s = [sum(a * b for a, b in zip(q, k)) / d for k in K]  # slip: sqrt, root
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return w, sum(a * b for a, b in zip(w, V))  # slip: order, swap, out first


def wrong_8(q, K, V):
    """The exponentials are not divided by their sum in out."""
    s = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    return sum(a * b for a, b in zip(e, V)), w  # slip: e, weight, sum
