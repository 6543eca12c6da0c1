"""What learners hand in for cross_entropy; `# slip:` says what a verdict has to name."""

from autograd import Value, logsumexp
from nn import functional as F


def right_1(scores, target):
    return -F.log_softmax(scores)[target]


def right_2(scores, target):
    total = Value(0.0)
    for s in scores:
        total = total + (s - scores[target]).exp()
    return total.log()


def right_3(scores, target):
    m = max(s.data for s in scores)
    return sum(((s - m).exp() for s in scores), Value(0.0)).log() + m - scores[target]


def wrong_1(scores, target):
    """The sign."""
    return scores[target] - logsumexp(scores)  # slip: sign, minus, negat, -log


def wrong_2(scores, target):
    """The probability, not its logarithm."""
    e = [s.exp() for s in scores]
    return -(e[target] / sum(e[1:], e[0]))  # slip: log


def wrong_3(scores, target):
    """The mean over all classes."""
    total = Value(0.0)
    for s in scores:
        total = total - (s - logsumexp(scores))
    return total / len(scores)  # slip: target, only, mean, all


def wrong_4(scores, target):
    """Two slips: the class next to it, and the sum of the scores for the log of the sum of their exps."""
    total = scores[0]
    for s in scores[1:]:
        total = total + s  # slip: exp, log
    return total - scores[target - 1]  # slip: target, next, - 1


def wrong_5(scores, target):
    """The numbers are taken out: no gradient."""
    import math

    e = [math.exp(s.data) for s in scores]  # slip: .data, graph, gradient, cut, Value
    return Value(-math.log(e[target] / sum(e)))
