"""What learners hand in for cross_entropy; `# slip:` says what a verdict has to name."""

import math

import autograd
from nn import functional as F


def right_1(scores, target):
    return F.cross_entropy(scores, target)


def right_2(scores, target):
    shift = max(s.data for s in scores)
    parts = [(s - shift).exp() for s in scores]
    return sum(parts, 0.0).log() - (scores[target] - shift)


def wrong_1(scores, target):
    """The minus is missing."""
    parts = [s.exp() for s in scores]
    return (parts[target] / sum(parts, 0.0)).log()  # slip: sign, minus, negative, -


def wrong_2(scores, target):
    """The probability itself, with a minus."""
    parts = [s.exp() for s in scores]
    return -(parts[target] / sum(parts, 0.0))  # slip: log


def wrong_3(scores, target):
    """The target is left out of the sum."""
    rest = sum((s.exp() for k, s in enumerate(scores) if k != target), 0.0)  # slip: target, all, sum, every, left out
    return rest.log() - scores[target]


def wrong_4(scores, target):
    """Computed with plain numbers."""
    numbers = [s.data for s in scores]  # slip: data, cut, graph, grad
    total = sum(math.exp(n) for n in numbers)
    return autograd.Value(math.log(total) - numbers[target])


def wrong_5(scores, target):
    """The first is always the target, and log to the base 2."""
    parts = [s.exp() for s in scores]
    p = parts[0] / sum(parts, 0.0)  # slip: target, first, 0
    return -p.log() / math.log(2)  # slip: log, base, 2, factor
