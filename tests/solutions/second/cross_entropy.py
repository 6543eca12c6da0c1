"""What learners hand in for cross_entropy; `# slip:` says what a verdict has to name."""

import math

from autograd import Value


def right_1(scores, target):
    top = max(s.data for s in scores)
    total = sum(((s - top).exp() for s in scores), Value(0.0))
    return total.log() + top - scores[target]


def right_2(scores, target):
    from nn import functional as F

    return F.cross_entropy(scores, target)


def wrong_1(scores, target):
    """The sign."""
    top = max(s.data for s in scores)
    e = [(s - top).exp() for s in scores]
    p = e[target] / sum(e[1:], e[0])
    return p.log()  # slip: sign, minus


def wrong_2(scores, target):
    """The first one, whatever the target."""
    top = max(s.data for s in scores)
    e = [(s - top).exp() for s in scores]
    p = e[0] / sum(e[1:], e[0])  # slip: target, e[0], first
    return -p.log()


def wrong_3(scores, target):
    """The probability and not its logarithm."""
    top = max(s.data for s in scores)
    e = [(s - top).exp() for s in scores]
    p = e[target] / sum(e[1:], e[0])
    return 1 - p  # slip: log


def wrong_4(scores, target):
    """The data: no gradient."""
    top = max(s.data for s in scores)
    total = sum(math.exp(s.data - top) for s in scores)  # slip: data, graph, gradient, cut
    return math.log(total) + top - scores[target]


def wrong_5(scores, target):
    """The maximum is not added back."""
    top = max(s.data for s in scores)
    total = sum(((s - top).exp() for s in scores), Value(0.0))
    return total.log() - scores[target]  # slip: max, top, back


def wrong_6(scores, target):
    """Two slips: the target is added, and the maximum is not put back."""
    m = max(s.data for s in scores)
    total = Value(0.0)
    for s in scores:
        total = total + (s - m).exp()
    return total.log() + scores[target]  # slip: sign, minus, subtract ; max, back, m


def wrong_7(scores, target):
    """Two slips: the sum leaves out the first, and the sign."""
    m = max(s.data for s in scores)
    e = [(s - m).exp() for s in scores]
    total = Value(0.0)
    for v in e[1:]:  # slip: first, [1:]
        total = total + v
    return (e[target] / total).log()  # slip: sign, minus


def wrong_8(scores, target):
    """The mean over all classes."""
    m = max(s.data for s in scores)
    e = [(s - m).exp() for s in scores]
    total = sum(e[1:], e[0])
    loss = Value(0.0)
    for v in e:
        loss = loss - (v / total).log()  # slip: target, all, every
    return loss / len(scores)
