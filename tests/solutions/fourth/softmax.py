"""What learners hand in for softmax; `# slip:` says what a verdict has to name."""

import math

import numpy as np


def right_1(scores):
    z = np.array(scores, dtype=float)
    z = np.exp(z - z.max())
    return z / z.sum()


def right_2(scores):
    # each weight directly: 1 / sum of exp of the differences, which only underflow for the largest
    top = sorted(scores)[-1]
    parts = tuple(math.exp(s - top) for s in scores)
    return [p / math.fsum(parts) for p in parts]


def wrong_1(scores):
    """It runs over at 1000."""
    parts = [math.exp(s) for s in scores]  # slip: large, largest, subtract, overflow, 1000
    return [p / sum(parts) for p in parts]


def wrong_2(scores):
    """Divided by the largest part."""
    top = max(scores)
    parts = [math.exp(s - top) for s in scores]
    return [p / max(parts) for p in parts]  # slip: sum, largest, max, divide


def wrong_3(scores):
    """No exp."""
    total = sum(scores)
    return [s / total for s in scores]  # slip: exp


def wrong_4(scores):
    """Subtracts the smallest, and powers of 2."""
    low = min(scores)  # slip: largest, max, large, smallest
    parts = [2 ** (s - low) for s in scores]  # slip: exp, e, 2
    return [p / sum(parts) for p in parts]


def wrong_5(scores):
    """The sign of the scores is turned round."""
    top = max(scores)
    parts = [math.exp(top - s) for s in scores]  # slip: sign, minus, swap, turned, negative
    return [p / sum(parts) for p in parts]
