"""What learners hand in for nudge_grad; `# slip:` says what a verdict has to name."""


def right_1(f, xs):
    out = []
    for k, x in enumerate(xs):
        h = 1e-5 * max(1.0, abs(x))
        up, down = list(xs), list(xs)
        up[k], down[k] = x + h, x - h
        out.append((f(up) - f(down)) / (2 * h))
    return out


def right_2(f, xs):
    def one(k, h=1e-5):
        def moved(d):
            return f([x + d * (j == k) for j, x in enumerate(xs)])

        return (moved(h) - moved(-h)) / h / 2

    return tuple(map(one, range(len(xs))))


def wrong_1(f, xs):
    """All numbers are nudged together."""
    h = 1e-5
    slope = (f([x + h for x in xs]) - f([x - h for x in xs])) / (2 * h)  # slip: one, together, all, at a time, each
    return [slope] * len(xs)


def wrong_2(f, xs):
    """xs stays nudged after the first."""
    h, out = 1e-5, []
    for k in range(len(xs)):
        low = f(xs)  # slip: one side, both, left, calls, 2n
        xs[k] += h  # slip: back, restore, copy, changed, xs
        out.append((f(xs) - low) / h)
    return out


def wrong_3(f, xs):
    """Divided by h only, and rounded."""
    h, out = 1e-4, []
    for k in range(len(xs)):
        a, b = xs[:], xs[:]
        a[k] += h
        b[k] -= h
        out.append(round((f(a) - f(b)) / h, 4))  # slip: round ; 2, twice, two
    return out


def wrong_4(f, xs):
    """b is the same list as a."""
    h, out = 1e-5, []
    for k in range(len(xs)):
        a = b = list(xs)  # slip: same list, copy, 0, both, one list
        a[k] += h
        b[k] -= h
        out.append((f(a) - f(b)) / (2 * h))
    return out


def wrong_5(f, xs):
    """The last number is left out."""
    h, out = 1e-5, []
    for k in range(len(xs) - 1):  # slip: last, each, every, missing, one slope, numbers
        a, b = xs[:], xs[:]
        a[k] += h
        b[k] -= h
        out.append((f(a) - f(b)) / (2 * h))
    return out
