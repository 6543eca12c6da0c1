"""What learners hand in for slope; `# slip:` says what a verdict has to name."""


def right_1(f, x):
    # four points: the error falls with h**4, so h may be large
    h = 1e-3
    return (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h)


def right_2(f, x):
    d = 2.0**-17
    rise = f(x + d) - f(x - d)
    run = (x + d) - (x - d)
    return rise / run


def wrong_1(f, x):
    """Not divided at all."""
    h = 1e-5
    rise = f(x + h) - f(x - h)
    return rise  # slip: divide, distance, run


def wrong_2(f, x):
    """Turned over: run over rise."""
    h = 1e-5
    rise = f(x + h) - f(x - h)
    return 2 * h / rise  # slip: upside, turned, inverse, reciprocal, swapped, divide


def wrong_3(f, x):
    """A nudge of a tenth, to the right only."""
    h = 0.1
    return (f(x + h) - f(x)) / h  # slip: nudge, large, far, smaller, close, 0.1, one side, both sides, h


def wrong_4(f, x):
    """Not divided by two, and to the left minus to the right."""
    h = 1e-5
    left, right = f(x - h), f(x + h)
    return (left - right) / h  # slip: sign, swapped, minus ; 2, twice, two


def wrong_5(f, x):
    """The value over the place: the slope of the ray from the origin."""
    return f(x) / x  # slip: origin, two points, difference, f(x), rise
