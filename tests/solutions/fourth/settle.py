"""What learners hand in for settle; `# slip:` says what a verdict has to name."""


def right_1(slope, w, eta, small):
    n = 0
    s = slope(w)
    while not -small < s < small:
        w -= eta * s
        n += 1
        s = slope(w)
    return w, n


def right_2(slope, w, eta, small):
    from itertools import count

    for made in count():
        now = slope(w)
        if abs(now) < small:
            return w, made
        w = w - eta * now


def wrong_1(slope, w, eta, small):
    """Counts the evaluations, not the updates."""
    n = 1  # slip: 0, count, one too many, update, start
    s = slope(w)
    while abs(s) >= small:
        w -= eta * s
        s = slope(w)
        n += 1
    return w, n


def wrong_2(slope, w, eta, small):
    """abs is forgotten, and uphill."""
    n = 0
    while slope(w) >= small:  # slip: abs, size, negative
        w += eta * slope(w)  # slip: sign, uphill, against, subtract, minus, +
        n += 1
    return w, n


def wrong_3(slope, w, eta, small):
    """It looks at how far w has moved."""
    n = 0
    while True:
        step = eta * slope(w)
        w -= step
        n += 1
        if abs(step) < small:  # slip: slope, step, eta
            return w, n


def wrong_4(slope, w, eta, small):
    """It looks at w in place of the slope there."""
    n = 0
    while abs(w) >= small:  # slip: slope, w
        w -= eta * slope(w)
        n += 1
    return w, n


def wrong_5(slope, w, eta, small):
    """Always makes one update first."""
    n = 0
    while True:
        w -= eta * slope(w)  # slip: first, before, already, check, 0
        n += 1
        if abs(slope(w)) < small:
            break
    return w, n
