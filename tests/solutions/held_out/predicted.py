"""What learners hand in for predicted; `# slip:` says what a verdict has to name."""


def wrong_1(y, slope, dx):
    """The old y is multiplied by the slope."""
    return y * slope * dx  # slip: add, y is, y itself


def wrong_2(y, slope, dx):
    """Half of the change."""
    change = 0.5 * slope * dx  # slip: half, 0.5, factor
    return y + change
