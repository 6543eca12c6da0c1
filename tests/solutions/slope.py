"""What learners hand in for slope(f, x)."""

import functools


def right_1(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


def right_2(f, x, h=1e-4):
    rise = f(x + h) - f(x - h)
    run = (x + h) - (x - h)
    return rise / run


def right_3(f, x):
    right, left = (f(x + step) for step in (1e-5, -1e-5))
    return (right - left) / 2e-5


def right_4(f, x):
    def central(h):
        return (f(x + h) - f(x - h)) / (2 * h)

    return (4 * central(1e-3) - central(2e-3)) / 3


def right_5(f, x):
    return functools.reduce(lambda total, s: total + s * f(x + s * 1e-5), (1, -1), 0.0) / 2e-5


def right_6(f, x):
    import numpy as np

    xs = np.array([x - 1e-5, x + 1e-5])
    ys = np.array([f(float(v)) for v in xs])
    return np.diff(ys)[0] / np.diff(xs)[0]


def wrong_1(f, x):
    """The rise is divided by h, though the points are 2h apart."""
    h = 1e-5
    return (f(x + h) - f(x - h)) / h


def wrong_2(f, x):
    """The nudge is far too large."""
    h = 0.1
    return (f(x + h) - f(x)) / h


def wrong_3(f, x):
    """The difference is the wrong way round."""
    h = 1e-5
    return (f(x - h) - f(x + h)) / (2 * h)


def wrong_4(f, x):
    """The rise is not divided by anything."""
    h = 1e-5
    return f(x + h) - f(x - h)


def wrong_5(f, x):
    """f(x) / x is the slope of the line from the origin, not of f at x."""
    return f(x) / x


def wrong_6(f, x):
    """The value of f is returned instead of its slope."""
    return f(x)


def wrong_7(f, x):
    """The nudge is so small that it is lost in rounding."""
    h = 1e-17
    return (f(x + h) - f(x - h)) / (2 * h)


def wrong_8(f, x):
    """Precedence: the last product multiplies by h."""
    h = 1e-5
    return (f(x + h) - f(x - h)) / 2 * h


def wrong_9(f, x):
    """The size of the slope loses its sign."""
    h = 1e-5
    return abs(f(x + h) - f(x - h)) / (2 * h)


def wrong_10(f, x):
    """The slope at 0, whatever x is."""
    h = 1e-5
    return (f(h) - f(-h)) / (2 * h)


def wrong_11(f, x):
    """The result is only printed."""
    h = 1e-5
    print((f(x + h) - f(x - h)) / (2 * h))


def wrong_12(f, x):
    """The slope is inverted: run over rise."""
    h = 1e-5
    return 2 * h / (f(x + h) - f(x - h))
