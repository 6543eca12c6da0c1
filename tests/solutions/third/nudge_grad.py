"""What learners hand in for nudge_grad; `# slip:` says what a verdict has to name."""

import copy

import numpy as np


def right_1(f, xs):
    h, grads = 1e-5, []
    for k in range(len(xs)):
        up, down = copy.copy(xs), copy.copy(xs)
        up[k] += h
        down[k] -= h
        grads.append((f(up) - f(down)) / (up[k] - down[k]))
    return grads


def right_2(f, xs):
    H = 1e-4 * np.eye(len(xs))
    return [(f(list(np.array(xs) + d)) - f(list(np.array(xs) - d))) / 2e-4 for d in H]


def right_3(f, xs, h=2e-5):
    def moved(k, by):
        return [x + by * (i == k) for i, x in enumerate(xs)]

    return tuple((f(moved(k, h)) - f(moved(k, -h))) / (2 * h) for k in range(len(xs)))


def wrong_1(f, xs):
    """Everything is moved at once."""
    h = 1e-5
    grads = []
    for _ in xs:
        up = [x + h for x in xs]  # slip: all, one at a time, only, each, at once
        down = [x - h for x in xs]  # slip: all, one at a time, only, each, at once
        grads.append((f(up) - f(down)) / (2 * h))
    return grads


def wrong_2(f, xs):
    """The copy is no copy."""
    h, grads = 1e-5, []
    for k in range(len(xs)):
        up = xs  # slip: copy, same list, xs
        up[k] += h
        high = f(up)
        up[k] -= 2 * h
        grads.append((high - f(up)) / (2 * h))
    return grads


def wrong_3(f, xs):
    """The distance is h, and not 2 * h."""
    h = 1e-5
    out = []
    for k, x in enumerate(xs):
        up, down = xs[:k] + [x + h] + xs[k + 1 :], xs[:k] + [x - h] + xs[k + 1 :]
        out.append((f(up) - f(down)) / h)  # slip: 2, twice, distance
    return out


def wrong_4(f, xs):
    """Two slips: one-sided, and with a large nudge."""
    h = 0.01  # slip: large, smaller, h, nudge
    base = f(xs)
    return [(f(xs[:k] + [xs[k] + h] + xs[k + 1 :]) - base) / h for k in range(len(xs))]  # slip: side, both, curve


def wrong_5(f, xs):
    """The last one is left out, and the sign is the other one."""
    h = 1e-5
    grads = [0.0] * len(xs)
    for k in range(len(xs) - 1):  # slip: last, range, len
        up, down = xs.copy(), xs.copy()
        up[k] += h
        down[k] -= h
        grads[k] = (f(down) - f(up)) / (2 * h)  # slip: sign, swap, order, minus
    return grads
