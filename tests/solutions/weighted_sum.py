"""What learners hand in for weighted_sum(w, b, x)."""

import functools
import math
import operator


def right_1(w, b, x):
    total = b
    for i in range(len(w)):
        total += w[i] * x[i]
    return total


def right_2(w, b, x):
    return sum(a * c for a, c in zip(w, x, strict=True)) + b


def right_3(w, b, x):
    return sum(map(operator.mul, w, x), b)


def right_4(w, b, x):
    return functools.reduce(lambda s, p: s + p[0] * p[1], zip(w, x), b)


def right_5(w, b, x):
    return b if not w else w[0] * x[0] + right_5(w[1:], b, x[1:])


def right_6(w, b, x):
    products = (wi * xi for wi, xi in zip(w, x))
    total = next(products)
    for p in products:
        total = total + p
    return total + b


def wrong_1(w, b, x):
    """b is forgotten."""
    return sum(a * c for a, c in zip(w, x))


def wrong_2(w, b, x):
    """b is added once for each weight."""
    return sum(a * c + b for a, c in zip(w, x))


def wrong_3(w, b, x):
    """= for +=: the last product alone."""
    total = 0.0
    for a, c in zip(w, x):
        total = a * c
    return total + b


def wrong_4(w, b, x):
    """Weights and inputs are added, not multiplied."""
    return sum(a + c for a, c in zip(w, x)) + b


def wrong_5(w, b, x):
    """The product of the sums."""
    return sum(w) * sum(x) + b


def wrong_6(w, b, x):
    """b is subtracted."""
    return sum(a * c for a, c in zip(w, x)) - b


def wrong_7(w, b, x):
    """range(1, n): the first weight is skipped."""
    total = b
    for i in range(1, len(w)):
        total += w[i] * x[i]
    return total


def wrong_8(w, b, x):
    """The activation is applied too."""
    return math.tanh(sum(a * c for a, c in zip(w, x)) + b)


def wrong_9(w, b, x):
    """The products are returned as a list."""
    return [a * c + b for a, c in zip(w, x)]


def wrong_10(w, b, x):
    """b multiplies the sum."""
    return sum(a * c for a, c in zip(w, x)) * b


def wrong_11(w, b, x):
    """return in the loop: after the first product."""
    total = b
    for a, c in zip(w, x):
        total += a * c
        return total


def wrong_12(w, b, x):
    """x is read in the reverse order."""
    return sum(a * c for a, c in zip(w, reversed(x))) + b
