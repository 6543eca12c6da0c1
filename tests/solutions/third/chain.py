"""What learners hand in for chain; `# slip:` says what a verdict has to name."""

from collections import deque

import numpy as np


class _Running:
    """A product that is carried along."""

    def __init__(self):
        self.now = 1.0

    def times(self, p):
        self.now *= p
        return self.now


def right_1(partials):
    carried = _Running()
    return [carried.now, *map(carried.times, partials)]


def right_2(partials):
    out = np.ones(len(partials) + 1)
    for k, p in enumerate(partials):
        out[k + 1 :] *= p
    return out


def right_3(partials):
    def down(k, g):
        if k == len(partials):
            return [g]
        return [g] + down(k + 1, g * partials[k])

    return down(0, 1.0)


def wrong_1(partials):
    """The products are those from the other end."""
    grads = deque([1.0])
    for p in reversed(partials):  # slip: revers, other end, from the end, back to front, order
        grads.append(grads[-1] * p)
    return list(grads)


def wrong_2(partials):
    """Adds the slopes up."""
    grads = [1.0]
    for p in partials:
        grads.append(grads[-1] + p)  # slip: add, +, multipl
    return grads


def wrong_3(partials):
    """Each gradient has only the last slope as a factor."""
    return [1.0] + [
        1.0 * p for p in partials
    ]  # slip: partial alone, only its own, slopes themselves, multipl, upstream, carried


def wrong_4(partials):
    """Two slips: begins at 0 that it then adds to, and stops one edge early."""
    grads = [1.0]
    for k in range(1, len(partials)):  # slip: first, range, partials[0], starts, begins, left out, skip
        grads.append(grads[k - 1] * -partials[k])  # slip: sign, minus, -
    return grads


def wrong_5(partials):
    """The list lacks dL/dL."""
    g, grads = 1.0, []  # slip: dL/dL, seed, first, begin, start, 1
    for p in partials:
        g *= p
        grads += [g]
    return grads
