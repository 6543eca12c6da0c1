"""What learners hand in for settle(slope, w, eta, small)."""

import itertools


def right_1(slope, w, eta, small):
    count = 0
    while abs(slope(w)) >= small:
        w -= eta * slope(w)
        count += 1
    return w, count


def right_2(slope, w, eta, small):
    for count in itertools.count():
        g = slope(w)
        if abs(g) < small:
            return w, count
        w = w - eta * g


def right_3(slope, w, eta, small, count=0):
    g = slope(w)
    if -small < g < small:
        return w, count
    return right_3(slope, w - eta * g, eta, small, count + 1)


def right_4(slope, w, eta, small):
    def walk(at):
        while True:
            yield at, slope(at)
            at -= eta * slope(at)

    return next((at, k) for k, (at, g) in enumerate(walk(w)) if abs(g) < small)


def right_5(slope, w, eta, small):
    ws = [w]
    while not abs(slope(ws[-1])) < small:
        ws.append(ws[-1] - eta * slope(ws[-1]))
    return [ws[-1], len(ws) - 1]


def right_6(slope, w, eta, small):
    n = 0
    while (g := slope(w)) ** 2 >= small**2:
        w, n = w - eta * g, n + 1
    return (w, n)


def wrong_1(slope, w, eta, small):
    """abs is forgotten: a negative slope counts as small."""
    count = 0
    while slope(w) >= small:
        w -= eta * slope(w)
        count += 1
    return w, count


def wrong_2(slope, w, eta, small):
    """The count starts at 1."""
    count = 1
    while abs(slope(w)) >= small:
        w -= eta * slope(w)
        count += 1
    return w, count


def wrong_3(slope, w, eta, small):
    """One update is taken before the slope is asked for."""
    count = 0
    while True:
        w -= eta * slope(w)
        count += 1
        if abs(slope(w)) < small:
            return w, count


def wrong_4(slope, w, eta, small):
    """Plus for minus: it never arrives."""
    count = 0
    while abs(slope(w)) >= small:
        w += eta * slope(w)
        count += 1
    return w, count


def wrong_5(slope, w, eta, small):
    """The slope is asked for once: the loop never ends."""
    g, count = slope(w), 0
    while abs(g) >= small:
        w -= eta * g
        count += 1
    return w, count


def wrong_6(slope, w, eta, small):
    """The loop stops when the step, not the slope, is small."""
    count = 0
    while abs(eta * slope(w)) >= small:
        w -= eta * slope(w)
        count += 1
    return w, count


def wrong_7(slope, w, eta, small):
    """The pair is returned the other way round."""
    return right_1(slope, w, eta, small)[::-1]


def wrong_8(slope, w, eta, small):
    """Only w is returned."""
    return right_1(slope, w, eta, small)[0]


def wrong_9(slope, w, eta, small):
    """One update too many, after the slope is small."""
    w, count = right_1(slope, w, eta, small)
    return w - eta * slope(w), count + 1


def wrong_10(slope, w, eta, small):
    """w, not the slope, is compared with small."""
    count = 0
    while abs(w) >= small and count < 1000:
        w -= eta * slope(w)
        count += 1
    return w, count


def wrong_11(slope, w, eta, small):
    """if for while: one update at most."""
    count = 0
    if abs(slope(w)) >= small:
        w -= eta * slope(w)
        count += 1
    return w, count


def wrong_12(slope, w, eta, small):
    """eta is forgotten."""
    count = 0
    while abs(slope(w)) >= small and count < 1000:
        w -= slope(w)
        count += 1
    return w, count
