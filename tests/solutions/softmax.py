"""What learners hand in for softmax(scores)."""

import math

import numpy as np


def right_1(scores):
    m = max(scores)
    e = [math.exp(s - m) for s in scores]
    total = sum(e)
    return [x / total for x in e]


def right_2(scores):
    z = np.array(scores, dtype=float)
    e = np.exp(z - z.max())
    return e / e.sum()


def right_3(scores):
    return [1 / math.fsum(math.exp(min(t - s, 700)) for t in scores) for s in scores]


def right_4(scores):
    top = max(scores)
    log_total = top + math.log(sum(math.exp(s - top) for s in scores))
    return tuple(math.exp(s - log_total) for s in scores)


def right_5(scores):
    top = sorted(scores)[-1]

    def exps():
        for s in scores:
            yield math.e ** (s - top)

    total = math.fsum(exps())
    return list(map(lambda e: e / total, exps()))


def right_6(scores):
    weights = []
    for s in scores:
        total = 0.0
        for t in scores:
            total += math.exp(t - max(scores))
        weights.append(math.exp(s - max(scores)) / total)
    return weights


def wrong_1(scores):
    """Large scores overflow: the largest is not subtracted."""
    e = [math.exp(s) for s in scores]
    return [x / sum(e) for x in e]


def wrong_2(scores):
    """exp is forgotten."""
    return [s / sum(scores) for s in scores]


def wrong_3(scores):
    """Not divided by the sum."""
    m = max(scores)
    return [math.exp(s - m) for s in scores]


def wrong_4(scores):
    """Divided by the largest, not by the sum."""
    m = max(scores)
    e = [math.exp(s - m) for s in scores]
    return [x / max(e) for x in e]


def wrong_5(scores):
    """exp(-s): the smallest score wins."""
    return right_1([-s for s in scores])


def wrong_6(scores):
    """Divided by the number of scores."""
    m = max(scores)
    return [math.exp(s - m) / len(scores) for s in scores]


def wrong_7(scores):
    """The largest is subtracted in the numerator alone."""
    m = max(scores)
    total = sum(math.exp(min(s, 700)) for s in scores)
    return [math.exp(s - m) / total for s in scores]


def wrong_8(scores):
    """exp of the sum of the scores, in place of the sum of the exps."""
    m = max(scores)
    total = math.exp(sum(s - m for s in scores))
    return [math.exp(s - m) / total if total else 0.0 for s in scores]


def wrong_9(scores):
    """Large scores are clipped."""
    return right_1([min(s, 10.0) for s in scores])


def wrong_10(scores):
    """The weights are sorted."""
    return sorted(right_1(scores), reverse=True)


def wrong_11(scores):
    """The logarithm of the weights is returned."""
    return [math.log(p) if p else -1000.0 for p in right_1(scores)]


def wrong_12(scores):
    """The argmax: 1 for the largest, and 0 for all others."""
    return [float(s == max(scores)) for s in scores]
