"""What learners hand in for slope; `# slip:` says what a verdict has to name."""


def right_1(f, x):
    h = 1e-5
    left, right = f(x - h), f(x + h)
    return (right - left) / (2 * h)


def right_2(f, x):
    best, h = None, 1e-3
    while h > 1e-5:
        best = (f(x + h) - f(x - h)) / h / 2
        h /= 10
    return best


def wrong_1(f, x):
    """Divided by h, and not by both nudges."""
    h = 1e-5
    rise = f(x + h) - f(x - h)
    run = h  # slip: twice, 2 * h, both sides, double
    return rise / run


def wrong_2(f, x):
    """Run over rise."""
    h = 1e-4
    a, b = x - h, x + h
    return (b - a) / (f(b) - f(a))  # slip: upside down, rise, reciprocal, turned over


def wrong_3(f, x):
    """The right one is subtracted from the left one."""
    h = 1e-5
    return (f(x - h) - f(x + h)) / (2 * h)  # slip: sign


def wrong_4(f, x):
    """Two slips: not divided by the 2, and the wrong sign."""
    eps = 1e-5
    before = f(x - eps)
    after = f(x + eps)
    diff = before - after  # slip: sign
    return diff / eps  # slip: twice, 2 * , double


def wrong_5(f, x):
    """A nudge far too large."""
    step = 0.5  # slip: nudge, small
    return (f(x + step) - f(x - step)) / (2 * step)


def wrong_6(f, x):
    """The secant from 0."""
    return f(x) / x  # slip: beside, origin, nudge, from 0


def wrong_7(f, x):
    """Divided by 2, then multiplied by h: a precedence slip."""
    h = 1e-5
    return (f(x + h) - f(x - h)) / 2 * h  # slip: divide, h, parenthes


def wrong_8(f, x):
    """Two slips: the same side twice, and only h below."""
    h = 1e-5

    def at(k):
        return f(x + abs(k) * h)  # slip: same, side, abs

    return (at(1) - at(-1)) / h  # slip: twice, 2 *
