"""What learners hand in for cross_entropy(scores, target)."""

import functools
import math

import nn.functional as F
from autograd import Value


def right_1(scores, target):
    exps = [s.exp() for s in scores]
    return -(exps[target] / sum(exps)).log()


def right_2(scores, target):
    return sum(s.exp() for s in scores).log() - scores[target]


def right_3(scores, target):
    m = max(s.data for s in scores)
    return sum((s - m).exp() for s in scores).log() - (scores[target] - m)


def right_4(scores, target):
    return F.cross_entropy(scores, target)


def right_5(scores, target):
    total = functools.reduce(lambda t, s: t + s.exp(), scores, Value(0.0))
    return -(scores[target].exp() / total).log()


def right_6(scores, target):
    return sum((s - scores[target]).exp() for s in scores).log()


def wrong_1(scores, target):
    """The minus is forgotten."""
    exps = [s.exp() for s in scores]
    return (exps[target] / sum(exps)).log()


def wrong_2(scores, target):
    """The log is forgotten: minus the probability."""
    exps = [s.exp() for s in scores]
    return -(exps[target] / sum(exps))


def wrong_3(scores, target):
    """The probability itself is returned."""
    exps = [s.exp() for s in scores]
    return exps[target] / sum(exps)


def wrong_4(scores, target):
    """A float: the graph is cut by .data."""
    exps = [math.exp(s.data) for s in scores]
    return -math.log(exps[target] / sum(exps))


def wrong_5(scores, target):
    """The total is cut out of the graph by .data."""
    exps = [s.exp() for s in scores]
    return -(exps[target] / sum(exps).data).log()


def wrong_6(scores, target):
    """A Value is made from the right number: no way back to the scores."""
    exps = [math.exp(s.data) for s in scores]
    return Value(-math.log(exps[target] / sum(exps)))


def wrong_7(scores, target):
    """The logs of all probabilities are added up."""
    exps = [s.exp() for s in scores]
    return -sum((e / sum(exps)).log() for e in exps)


def wrong_8(scores, target):
    """The target is ignored: always the first score."""
    exps = [s.exp() for s in scores]
    return -(exps[0] / sum(exps)).log()


def wrong_9(scores, target):
    """exp is forgotten: scores divided by their sum."""
    return -((scores[target] / sum(scores)) ** 2).log() / 2


def wrong_10(scores, target):
    """log2 for log: divided by ln 2."""
    exps = [s.exp() for s in scores]
    return -(exps[target] / sum(exps)).log() / math.log(2)


def wrong_11(scores, target):
    """The target's own exp is left out of the total."""
    return sum(s.exp() for k, s in enumerate(scores) if k != target).log() - scores[target]


def wrong_12(scores, target):
    """The mean over the scores."""
    exps = [s.exp() for s in scores]
    return -(exps[target] / sum(exps)).log() / len(scores)
