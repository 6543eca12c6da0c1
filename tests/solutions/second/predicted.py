"""What learners hand in for predicted; `# slip:` says what a verdict has to name."""


def right_1(y, slope, dx):
    rise = slope * dx
    return rise + y


def right_2(*args):
    y, slope, dx = args
    return sum((y, slope * dx))


def wrong_1(y, slope, dx):
    """Only the change."""
    return slope * dx  # slip: y is, y itself, change, start


def wrong_2(y, slope, dx):
    """Divided by dx."""
    rise = slope / dx  # slip: multipl, divid, times
    return y + rise


def wrong_3(y, slope, dx):
    """y also multiplies."""
    return (y + slope) * dx  # slip: parenthes, y is, y stays, only the slope


def wrong_4(y, slope, dx):
    """The wrong direction."""
    return y - slope * dx  # slip: sign, subtract, added


def wrong_5(y, slope, dx):
    """dx left out."""
    new_y = y
    new_y += slope  # slip: dx
    return new_y


def wrong_6(y, slope, dx):
    """y is used as the slope, and slope as y."""
    return slope + y * dx  # slip: swap, slope, change places


def wrong_7(y, slope, dx):
    """Two slips: subtracted, and dx squared."""
    return y - slope * dx**2  # slip: sign, subtract ; square, dx**2
