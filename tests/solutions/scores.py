"""What learners hand in for scores(q, K)."""

import math

import numpy as np


def right_1(q, K):
    return [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]


def right_2(q, K):
    return np.array(K) @ np.array(q) / np.sqrt(len(q))


def right_3(q, K):
    out = []
    for key in K:
        dot = 0.0
        for i in range(len(q)):
            dot += q[i] * key[i]
        out.append(dot / len(q) ** 0.5)
    return out


def right_4(q, K):
    scaled = [a / math.sqrt(len(q)) for a in q]
    return tuple(math.fsum(a * b for a, b in zip(scaled, k, strict=True)) for k in K)


def right_5(q, K):
    def dot(u, v):
        return u[0] * v[0] + dot(u[1:], v[1:]) if u else 0.0

    return list(map(lambda k: dot(q, k) * len(q) ** -0.5, K))


def right_6(q, K):
    return [right_1(q, [k])[0] for k in K] if K else []


def wrong_1(q, K):
    """sqrt(d) is forgotten."""
    return [sum(a * b for a, b in zip(q, k)) for k in K]


def wrong_2(q, K):
    """Divided by d, not by its root."""
    return [sum(a * b for a, b in zip(q, k)) / len(q) for k in K]


def wrong_3(q, K):
    """The root of the number of keys."""
    return [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(K)) for k in K]


def wrong_4(q, K):
    """Multiplied by sqrt(d)."""
    return [sum(a * b for a, b in zip(q, k)) * math.sqrt(len(q)) for k in K]


def wrong_5(q, K):
    """Cosine: divided by the lengths of the vectors."""
    return [sum(a * b for a, b in zip(q, k)) / (math.hypot(*q) * math.hypot(*k)) for k in K]


def wrong_6(q, K):
    """The distance in place of the dot product."""
    return [math.dist(q, k) / math.sqrt(len(q)) for k in K]


def wrong_7(q, K):
    """total is not reset for each key."""
    out, total = [], 0.0
    for k in K:
        for a, b in zip(q, k):
            total += a * b
        out.append(total / math.sqrt(len(q)))
    return out


def wrong_8(q, K):
    """= for +=: the last product alone."""
    out = []
    for k in K:
        for a, b in zip(q, k):
            total = a * b
        out.append(total / math.sqrt(len(q)))
    return out


def wrong_9(q, K):
    """K's columns are read as the keys."""
    return [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in zip(*K)]


def wrong_10(q, K):
    """The softmax is applied as well."""
    e = [math.exp(s) for s in right_1(q, K)]
    return [x / sum(e) for x in e]


def wrong_11(q, K):
    """The scores are negative: keys are punished for likeness."""
    return [-s for s in right_1(q, K)]


def wrong_12(q, K):
    """The sum over all keys."""
    return sum(right_1(q, K))
