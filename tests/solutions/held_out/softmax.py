"""What learners hand in for softmax; `# slip:` says what a verdict has to name."""

import math


def wrong_1(scores):
    """The mean is subtracted, and large differences overflow: no, the exponent is divided."""
    top = max(scores)
    e = [math.exp((s - top) / len(scores)) for s in scores]  # slip: divid, len, exponent
    return [v / sum(e) for v in e]


def wrong_2(scores):
    """Two slips: the sum is of the scores, and 1 is added."""
    top = max(scores)
    e = [math.exp(s - top) + 1 for s in scores]  # slip: 1, add
    return [v / sum(scores) for v in e]  # slip: sum, exp


def right_1(scores):
    biggest = sorted(scores)[-1]
    shifted = map(lambda s: math.exp(s - biggest), scores)
    shifted = list(shifted)
    return [e / math.fsum(shifted) for e in shifted]
