"""What learners hand in for slope; `# slip:` says what a verdict has to name."""


def wrong_1(f, x):
    """The right side alone, and far."""
    dx = 0.01  # slip: nudge, small, both sides
    y0, y1 = f(x), f(x + dx)
    return (y1 - y0) / dx


def wrong_2(f, x):
    """Two slips: a plus between the values, and no 2."""
    h = 1e-5
    total = f(x + h) + f(x - h)  # slip: subtract, sign, minus, difference
    return total / h  # slip: 2
