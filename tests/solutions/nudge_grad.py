"""What learners hand in for nudge_grad(f, xs)."""

import numpy as np

H = 1e-5


def right_1(f, xs):
    grads = []
    for k in range(len(xs)):
        up, down = list(xs), list(xs)
        up[k] += H
        down[k] -= H
        grads.append((f(up) - f(down)) / (2 * H))
    return grads


def right_2(f, xs):
    def at(k, h):
        return f([x + h * (i == k) for i, x in enumerate(xs)])

    return [(at(k, H) - at(k, -H)) / (2 * H) for k in range(len(xs))]


def right_3(f, xs):
    out = []
    for k, old in enumerate(xs):
        xs[k] = old + H
        high = f(xs)
        xs[k] = old - H
        low = f(xs)
        xs[k] = old
        out.append((high - low) / 2 / H)
    return out


def right_4(f, xs):
    out = []
    for k in range(len(xs)):
        xs[k] += H
        high = f(xs)
        xs[k] -= 2 * H
        low = f(xs)
        xs[k] += H
        out.append((high - low) / (2 * H))
    return out


def right_5(f, xs):
    x = np.array(xs, dtype=float)
    return np.array([(f(list(x + H * e)) - f(list(x - H * e))) / (2 * H) for e in np.eye(len(x))])


def right_6(f, xs):
    def slopes():
        for k in range(len(xs)):
            yield (f(xs[:k] + [xs[k] + H] + xs[k + 1 :]) - f(xs[:k] + [xs[k] - H] + xs[k + 1 :])) / (2 * H)

    return tuple(slopes())


def wrong_1(f, xs):
    """Divided by h, though the points are 2h apart."""
    return [g * 2 for g in right_1(f, xs)]


def wrong_2(f, xs):
    """All numbers are nudged at once."""
    g = (f([x + H for x in xs]) - f([x - H for x in xs])) / (2 * H)
    return [g] * len(xs)


def wrong_3(f, xs):
    """The nudged number is never put back."""
    out = []
    for k in range(len(xs)):
        old = f(xs)
        xs[k] += H
        out.append((f(xs) - old) / H)
    return out


def wrong_4(f, xs):
    """The nudge is far too large."""
    out = []
    for k in range(len(xs)):
        up = list(xs)
        up[k] += 0.1
        out.append((f(up) - f(xs)) / 0.1)
    return out


def wrong_5(f, xs):
    """up = down = xs: one and the same list is nudged up and down."""
    out = []
    for k in range(len(xs)):
        up = down = list(xs)
        up[k] += H
        down[k] -= H
        out.append((f(up) - f(down)) / (2 * H))
    return out


def wrong_6(f, xs):
    """The difference is the wrong way round."""
    return [-g for g in right_1(f, xs)]


def wrong_7(f, xs):
    """The rise is not divided."""
    return [g * 2 * H for g in right_1(f, xs)]


def wrong_8(f, xs):
    """The last number is forgotten."""
    return right_1(f, xs)[:-1]


def wrong_9(f, xs):
    """return in the loop: only the first slope."""
    for k in range(len(xs)):
        up, down = list(xs), list(xs)
        up[k] += H
        down[k] -= H
        return [(f(up) - f(down)) / (2 * H)]


def wrong_10(f, xs):
    """The slopes are summed up."""
    return sum(right_1(f, xs))


def wrong_11(f, xs):
    """The nudge is multiplied on, so that 0 never moves and the slope is per cent."""
    out = []
    for k in range(len(xs)):
        up, down = list(xs), list(xs)
        up[k] *= 1 + H
        down[k] *= 1 - H
        out.append((f(up) - f(down)) / (2 * H))
    return out


def wrong_12(f, xs):
    """Index 0 is nudged for every k."""
    out = []
    for _ in range(len(xs)):
        up, down = list(xs), list(xs)
        up[0] += H
        down[0] -= H
        out.append((f(up) - f(down)) / (2 * H))
    return out
