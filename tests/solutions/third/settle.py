"""What learners hand in for settle; `# slip:` says what a verdict has to name."""


def right_1(slope, w, eta, small):
    def go(w, k):
        s = slope(w)
        return (w, k) if abs(s) < small else go(w - eta * s, k + 1)

    return go(w, 0)


def right_2(slope, w, eta, small):
    updates = 0
    while True:
        s = slope(w)
        if -small < s < small:
            return w, updates
        w, updates = w - eta * s, updates + 1


def right_3(slope, w, eta, small):
    k = 0
    s = slope(w)
    while not abs(s) < small:
        w -= eta * s
        s = slope(w)
        k += 1
    return [w, k]


def wrong_1(slope, w, eta, small):
    """A negative slope counts as small."""
    k = 0
    while slope(w) >= small:  # slip: abs, size, negative
        w -= eta * slope(w)
        k += 1
    return w, k


def wrong_2(slope, w, eta, small):
    """The slope is computed once, so it goes on for ever."""
    s, k = slope(w), 0
    while abs(s) >= small:  # slip: again, compute, new slope, never, loop, end, once
        w -= eta * s
        k += 1
    return w, k


def wrong_3(slope, w, eta, small):
    """The count begins at 1."""
    k = 1  # slip: count, 0, one too many, more
    while abs(slope(w)) >= small:
        w -= eta * slope(w)
        k += 1
    return w, k


def wrong_4(slope, w, eta, small):
    """Two slips: the step is compared, and the results are swapped."""
    n = 0
    while abs(eta * slope(w)) >= small:  # slip: eta, step, slope itself
        w -= eta * slope(w)
        n += 1
    return n, w  # slip: swap, order, first


def wrong_5(slope, w, eta, small):
    """Stops at slopes that are not small any more."""
    k = 0
    while abs(slope(w)) < small:  # slip: while, <, condition, opposite, until, comparison
        w -= eta * slope(w)
        k += 1
    return w, k
