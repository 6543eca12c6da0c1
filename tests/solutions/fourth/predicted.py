"""What learners hand in for predicted; `# slip:` says what a verdict has to name."""


def right_1(y, slope, dx):
    y += slope * dx
    return y


def right_2(y, slope, dx):
    change = dx * slope
    return sum((y, change))


def wrong_1(y, slope, dx):
    """The change alone."""
    return slope * dx  # slip: y, change


def wrong_2(y, slope, dx):
    """y is multiplied too."""
    return (y + slope) * dx  # slip: y, parenthes, bracket, only the slope


def wrong_3(y, slope, dx):
    """Divided by dx."""
    return y + slope / dx  # slip: divide, multipl, times, /


def wrong_4(y, slope, dx):
    """Against the slope, and rounded to whole numbers."""
    change = round(slope * dx)  # slip: round
    return y - change  # slip: sign, minus, add, subtract


def wrong_5(y, slope, dx):
    """dx is forgotten."""
    return y + slope  # slip: dx
