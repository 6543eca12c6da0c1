"""What learners hand in for over_paths(paths)."""

import functools
import math
import operator

import numpy as np


def right_1(paths):
    total = 0.0
    for path in paths:
        share = 1.0
        for p in path:
            share *= p
        total += share
    return total


def right_2(paths):
    return sum(math.prod(path) for path in paths)


def right_3(paths):
    return math.fsum(functools.reduce(operator.mul, path, 1.0) for path in paths)


def right_4(paths):
    return sum([np.prod(np.array(path)) for path in paths])


def right_5(paths):
    if not paths:
        return 0.0
    first, *rest = paths
    return math.prod(first) + right_5(rest)


def right_6(paths):
    def shares():
        for path in paths:
            yield math.prod(path)

    return sum(shares(), 0.0)


def wrong_1(paths):
    """The shares of the paths are multiplied."""
    return math.prod(math.prod(path) for path in paths)


def wrong_2(paths):
    """Along a path the partials are added."""
    return sum(sum(path) for path in paths)


def wrong_3(paths):
    """Sum and product are swapped."""
    return math.prod(sum(path) for path in paths)


def wrong_4(paths):
    """= for +=: the last path alone."""
    total = 0.0
    for path in paths:
        total = math.prod(path)
    return total


def wrong_5(paths):
    """return in the loop: the first path alone."""
    for path in paths:
        return math.prod(path)
    return 0.0


def wrong_6(paths):
    """share is not reset to 1 for each path."""
    total, share = 0.0, 1.0
    for path in paths:
        for p in path:
            share *= p
        total += share
    return total


def wrong_7(paths):
    """The mean over the paths."""
    return sum(math.prod(path) for path in paths) / len(paths)


def wrong_8(paths):
    """A list of the shares is returned, not their sum."""
    return [math.prod(path) for path in paths]


def wrong_9(paths):
    """The largest share alone."""
    return max(math.prod(path) for path in paths)


def wrong_10(paths):
    """share starts at 0, so that every product is 0."""
    total = 0.0
    for path in paths:
        share = 0.0
        for p in path:
            share *= p
        total += share
    return total


def wrong_11(paths):
    """total += share is inside the inner loop: part products are added too."""
    total = 0.0
    for path in paths:
        share = 1.0
        for p in path:
            share *= p
            total += share
    return total


def wrong_12(paths):
    """The sum starts from 1."""
    total = 1.0
    for path in paths:
        total += math.prod(path)
    return total
