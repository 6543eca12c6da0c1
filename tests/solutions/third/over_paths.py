"""What learners hand in for over_paths; `# slip:` says what a verdict has to name."""

import functools
import operator

import numpy as np


def right_1(paths):
    return float(sum(np.prod(path) for path in paths))


def right_2(paths):
    if not paths:
        return 0.0
    head, *rest = paths
    return functools.reduce(operator.mul, head, 1.0) + right_2(rest)


def right_3(paths):
    shares = {}
    for k, path in enumerate(paths):
        shares[k] = 1.0
        for p in path:
            shares[k] *= p
    return sum(shares.values())


def wrong_1(paths):
    """Sums along a path, and multiplies the paths."""
    grad = 1.0
    for path in paths:
        grad *= sum(path)  # slip: add, multipl, sum, swap, product
    return grad


def wrong_2(paths):
    """`=` for `+=`."""
    grad = 0.0
    for path in paths:
        share = 1.0
        for p in path:
            share = share * p
        grad = share  # slip: +=, last, overwrit, add
    return grad


def wrong_3(paths):
    """The product is not started afresh for each path."""
    grad, share = 0.0, 1.0  # slip: reset, afresh, each path, before it, start, carried, inside
    for path in paths:
        for p in path:
            share *= p
        grad += share
    return grad


def wrong_4(paths):
    """The mean of the paths."""
    shares = [functools.reduce(operator.mul, path, 1.0) for path in paths]
    return sum(shares) / len(shares)  # slip: mean, average, divid, number of paths


def wrong_5(paths):
    """Equal paths count once."""
    return sum(
        functools.reduce(operator.mul, path, 1.0) for path in {tuple(path) for path in paths}
    )  # slip: once, set, twice, equal, same, again
