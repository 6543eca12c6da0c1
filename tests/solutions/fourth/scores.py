"""What learners hand in for scores; `# slip:` says what a verdict has to name."""

import math

import numpy as np


def right_1(q, K):
    return np.array(K) @ np.array(q) / len(q) ** 0.5


def right_2(q, K):
    q = [c / math.sqrt(len(q)) for c in q]
    return [sum(map(lambda a, b: a * b, q, key)) for key in K]


def wrong_1(q, K):
    """Multiplied by the square root."""
    d = len(q)
    return [sum(a * b for a, b in zip(q, k)) * math.sqrt(d) for k in K]  # slip: divide, multipl, *


def wrong_2(q, K):
    """Divided by d*d, and q is added."""
    d = len(q)
    return [sum(a + b for a, b in zip(q, k)) / d**2 for k in K]  # slip: multipl, product, add, + ; sqrt, square root, d


def wrong_3(q, K):
    """Divided by the lengths: the cosine."""
    norm = lambda v: math.sqrt(sum(c * c for c in v))
    return [sum(a * b for a, b in zip(q, k)) / (norm(q) * norm(k)) for k in K]  # slip: cosine, length, sqrt(d), norm


def wrong_4(q, K):
    """One sum over all keys."""
    total = 0
    for k in K:
        for a, b in zip(q, k):
            total += a * b
    return total / math.sqrt(len(q))  # slip: each key, list, one score, every


def wrong_5(q, K):
    """sqrt of the number of keys, only the last product."""
    out = []
    for k in K:
        for a, b in zip(q, k):
            s = a * b  # slip: add, sum, last, +=, replace
        out.append(s / math.sqrt(len(K)))  # slip: keys, len(q), d, root
    return out
