"""What learners hand in for softmax; `# slip:` says what a verdict has to name."""

import math


def right_1(scores):
    top = max(scores)
    e = [math.exp(s - top) for s in scores]
    total = sum(e)
    return [v / total for v in e]


def right_2(scores):
    lse = max(scores)
    lse += math.log(sum(math.exp(s - lse) for s in scores))
    return [math.exp(s - lse) for s in scores]


def wrong_1(scores):
    """The maximum is not subtracted."""
    total = 0
    for s in scores:
        total += math.exp(s)  # slip: large, overflow, max, subtract
    return [math.exp(s) / total for s in scores]


def wrong_2(scores):
    """Divided by the largest."""
    m = max(scores)
    e = [math.exp(s - m) for s in scores]
    return [v / max(e) for v in e]  # slip: sum, largest, max


def wrong_3(scores):
    """No exp below."""
    m = max(scores)
    return [math.exp(s - m) / sum(t - m for t in scores) for s in scores]  # slip: exp, sum of


def wrong_4(scores):
    """The sum is of what came so far."""
    m, total, out = max(scores), 0.0, []
    for s in scores:
        total += math.exp(s - m)
        out.append(math.exp(s - m) / total)  # slip: so far, all, before, whole, complete
    return out


def wrong_5(scores):
    """The sign."""
    m = max(scores)
    e = [math.exp(m - s) if m - s < 700 else 0.0 for s in scores]  # slip: sign, smallest, opposite, minus
    return [v / sum(e) for v in e]


def wrong_6(scores):
    """Only the exponentials."""
    top = max(scores)
    return [math.exp(s - top) for s in scores]  # slip: divid, sum


def wrong_7(scores):
    """Two slips: powers of 2, and divided by the number of scores."""
    top = max(scores)
    e = [2 ** (s - top) for s in scores]  # slip: exp, 2
    return [v / len(e) for v in e]  # slip: sum, len, divid


def wrong_8(scores):
    """Two slips: the sum starts at 1, and the last is left out of it."""
    m = max(scores)
    total = 1.0  # slip: start, begin, 0, 1
    for s in scores[:-1]:  # slip: last, [:-1]
        total += math.exp(s - m)
    return [math.exp(s - m) / total for s in scores]
