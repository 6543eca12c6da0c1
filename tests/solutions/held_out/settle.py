"""What learners hand in for settle; `# slip:` says what a verdict has to name."""


def wrong_1(slope, w, eta, small):
    """The wrong comparison."""
    n = 0
    while abs(slope(w)) < small:  # slip: while, <, not below, comparison, turned, no update
        w -= eta * slope(w)
        n += 1
    return w, n


def wrong_2(slope, w, eta, small):
    """Two slips: no abs, and w from before the last update."""
    n = 0
    before = w
    while slope(w) > small:  # slip: abs, size, negative
        before = w
        w -= eta * slope(w)
        n += 1
    return before, n  # slip: w, last, before
