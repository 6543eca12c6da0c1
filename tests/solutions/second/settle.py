"""What learners hand in for settle; `# slip:` says what a verdict has to name."""


def right_1(slope, w, eta, small):
    n = 0
    s = slope(w)
    while abs(s) >= small:
        w -= eta * s
        n += 1
        s = slope(w)
    return w, n


def right_2(slope, w, eta, small):
    count = 0
    while True:
        s = slope(w)
        if -small < s < small:
            return w, count
        w, count = w - eta * s, count + 1


def wrong_1(slope, w, eta, small):
    """No abs."""
    n = 0
    while slope(w) >= small:  # slip: abs, size, negative
        w -= eta * slope(w)
        n += 1
    return w, n


def wrong_2(slope, w, eta, small):
    """Counts one too many: starts at 1."""
    n = 1  # slip: one too many, start, 0, count
    while abs(slope(w)) >= small:
        w -= eta * slope(w)
        n += 1
    return w, n


def wrong_3(slope, w, eta, small):
    """The step first, then the question."""
    n = 0
    while True:
        s = slope(w)
        w = w - eta * s  # slip: before, first, one update too many, one too many, ask
        n += 1
        if abs(s) < small:
            return w, n


def wrong_4(slope, w, eta, small):
    """Stops when w is small."""
    n = 0
    while abs(w) >= small:  # slip: slope, w is
        w -= eta * slope(w)
        n += 1
    return w, n


def wrong_5(slope, w, eta, small):
    """Uphill."""
    n = 0
    while abs(slope(w)) >= small and n < 10_000:
        w += eta * slope(w)  # slip: sign, uphill, against, minus, subtract
        n += 1
    return w, n


def wrong_6(slope, w, eta, small):
    """The slope is asked once."""
    n, s = 0, slope(w)
    while abs(s) >= small and n < 10_000:
        w -= eta * s  # slip: again, once, anew, first
        n += 1
    return w, n


def wrong_7(slope, w, eta, small):
    """Two slips: counts from 1, and returns them in the wrong order."""
    n = 1  # slip: one too many, start, 0, count
    while abs(slope(w)) >= small:
        w -= eta * slope(w)
        n += 1
    return n, w  # slip: order, swap, places


def wrong_8(slope, w, eta, small):
    """Two slips: the step size is left out of the test ... eta * slope < small, and the slope at the old w."""
    n = 0
    s = slope(w)
    while abs(eta * s) >= small:  # slip: eta, step
        w -= eta * s
        s = slope(w)
        n += 2  # slip: count, 1, one
    return w, n
