"""What learners hand in for chain; `# slip:` says what a verdict has to name."""

import math
from itertools import accumulate
from operator import mul


def right_1(partials):
    return list(accumulate(partials, mul, initial=1.0))


def right_2(partials):
    return [math.prod(partials[:k]) for k in range(len(partials) + 1)]


def wrong_1(partials):
    """The leaf comes first."""
    g, out = 1.0, [1.0]
    for p in partials:
        g *= p
        out.append(g)
    return out[::-1]  # slip: order, revers, backward, other end, first


def wrong_2(partials):
    """Only the last of them."""
    g = 1
    for p in partials:
        g = g * p
    return g  # slip: list, each, all, collect, every, one number


def wrong_3(partials):
    """Each edge only sees its own partial."""
    out = [1]
    for p in partials:
        out.append(1 * p)  # slip: arrived, so far, earlier, before, multipl, product, last
    return out


def wrong_4(partials):
    """The seed is 0, so everything is."""
    out = [0.0]  # slip: seed, 1, start
    for p in partials:
        out.append(out[-1] * p)
    return out


def wrong_5(partials):
    """The seed is left out, and the partials are added."""
    total, out = 1, []  # slip: seed, first, 1
    for p in partials:
        total += p  # slip: multipl, add, sum, +
        out.append(total)
    return out
