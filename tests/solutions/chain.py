"""What learners hand in for chain(partials)."""

import functools
import itertools
import math
import operator

import numpy as np


def right_1(partials):
    grads = [1.0]
    for p in partials:
        grads.append(grads[-1] * p)
    return grads


def right_2(partials):
    return list(itertools.accumulate(partials, operator.mul, initial=1.0))


def right_3(partials):
    return [math.prod(partials[:k]) for k in range(len(partials) + 1)]


def right_4(partials):
    return np.cumprod([1.0, *partials])


def right_5(partials):
    if not partials:
        return [1.0]
    return [1.0] + [partials[0] * g for g in right_5(partials[1:])]


def right_6(partials):
    return functools.reduce(lambda gs, p: [*gs, p * gs[-1]], partials, [1])


def wrong_1(partials):
    """The 1 at the loss is missing."""
    grads, g = [], 1.0
    for p in partials:
        g *= p
        grads.append(g)
    return grads


def wrong_2(partials):
    """The partials are added instead of multiplied."""
    grads = [1.0]
    for p in partials:
        grads.append(grads[-1] + p)
    return grads


def wrong_3(partials):
    """Each gradient is the partial alone: what arrived is not multiplied in."""
    return [1.0, *partials]


def wrong_4(partials):
    """The last gradient is missing."""
    grads, g = [], 1.0
    for p in partials:
        grads.append(g)
        g *= p
    return grads


def wrong_5(partials):
    """The chain is walked from the wrong end."""
    grads = [1.0]
    for p in reversed(partials):
        grads.append(grads[-1] * p)
    return grads


def wrong_6(partials):
    """Only the last gradient is returned."""
    return math.prod(partials)


def wrong_7(partials):
    """Starts from 0, so everything is 0."""
    grads = [0.0]
    for p in partials:
        grads.append(grads[-1] * p)
    return grads


def wrong_8(partials):
    """The list is returned in reverse: the leaf first."""
    grads = [1.0]
    for p in partials:
        grads.append(grads[-1] * p)
    return grads[::-1]


def wrong_9(partials):
    """return inside the loop: it ends after one edge."""
    grads = [1.0]
    for p in partials:
        grads.append(grads[-1] * p)
        return grads
    return grads


def wrong_10(partials):
    """Only the neighbouring partials are multiplied."""
    grads = [1.0, partials[0]]
    for k in range(1, len(partials)):
        grads.append(partials[k - 1] * partials[k])
    return grads


def wrong_11(partials):
    """The learner's 1 is put into the caller's list, and stays there."""
    partials.insert(0, 1.0)
    for k in range(1, len(partials)):
        partials[k] *= partials[k - 1]
    return list(partials)


def wrong_12(partials, grads=[1.0]):  # noqa: B006
    """A default list is kept between calls."""
    for p in partials:
        grads.append(grads[-1] * p)
    return list(grads)
