"""What learners hand in for softmax; `# slip:` says what a verdict has to name."""

import math

import numpy as np


def right_1(scores):
    z = np.array(scores, dtype=float)
    e = np.exp(z - z.max())
    return e / e.sum()


def right_2(scores):
    return [1 / sum(math.exp(min(other - s, 700.0)) for other in scores) for s in scores]


def right_3(scores):
    m, *_ = sorted(scores, reverse=True)
    log_sum = m + math.log(sum(math.exp(s - m) for s in scores))
    return [math.exp(s - log_sum) for s in scores]


def wrong_1(scores):
    """Overflows at 1000."""
    e = [math.exp(s) for s in scores]  # slip: largest, overflow, large, 1000, subtract
    return [v / sum(e) for v in e]


def wrong_2(scores):
    """No exp."""
    total = sum(scores)
    return [s / total for s in scores]  # slip: exp


def wrong_3(scores):
    """Divided by the largest."""
    m = max(scores)
    e = [math.exp(s - m) for s in scores]
    return [v / max(e) for v in e]  # slip: sum, max, largest


def wrong_4(scores):
    """Two slips: the smallest wins, and the sum lacks the last."""
    m = min(scores)
    e = [math.exp(m - s) for s in scores]  # slip: sign, minus, smallest, largest, negat
    return [v / sum(e[:-1]) for v in e]  # slip: last, sum, all, [:-1]


def wrong_5(scores):
    """2 to the power."""
    m = max(scores)
    p = [2 ** (s - m) for s in scores]  # slip: exp, 2, base, e
    return [v / sum(p) for v in p]
