"""What learners hand in for nudge_grad; `# slip:` says what a verdict has to name."""


def right_1(f, xs):
    h = 1e-5
    grads = []
    for k in range(len(xs)):
        up = list(xs)
        up[k] += h
        down = list(xs)
        down[k] -= h
        grads.append((f(up) - f(down)) / (2 * h))
    return grads


def right_2(f, xs):
    def moved(k, h):
        return [x + h if j == k else x for j, x in enumerate(xs)]

    return [(f(moved(k, 1e-4)) - f(moved(k, -1e-4))) / 2e-4 for k in range(len(xs))]


def wrong_1(f, xs):
    """No copy: the nudges stay."""
    h = 1e-5
    grads = []
    for k in range(len(xs)):
        up, down = xs, xs  # slip: copy, xs, same list
        up[k] += h
        high = f(up)
        down[k] -= h
        low = f(down)
        grads.append((high - low) / (2 * h))
    return grads


def wrong_2(f, xs):
    """All are nudged together."""
    h = 1e-5
    out = []
    for _ in xs:
        out.append((f([x + h for x in xs]) - f([x - h for x in xs])) / (2 * h))  # slip: all, one at a time, together
    return out


def wrong_3(f, xs):
    """Divided by h."""
    h = 1e-6
    out = []
    for k in range(len(xs)):
        p, m = xs[:], xs[:]
        p[k] += h
        m[k] -= h
        out.append((f(p) - f(m)) / h)  # slip: 2, twice, double
    return out


def wrong_4(f, xs):
    """Only the first is nudged."""
    h = 1e-5
    out = []
    for k in range(len(xs)):
        p, m = xs[:], xs[:]
        p[0] += h  # slip: first, [0], k
        m[0] -= h  # slip: first, [0], k
        out.append((f(p) - f(m)) / (2 * h))
    return out


def wrong_5(f, xs):
    """The last one is left out."""
    h, out, k = 1e-5, [], 0
    while k < len(xs) - 1:  # slip: last, len, numbers
        p, m = list(xs), list(xs)
        p[k] += h
        m[k] -= h
        out.append((f(p) - f(m)) / (2 * h))
        k += 1
    return out


def wrong_6(f, xs):
    """Two slips: divided by h, and the wrong sign."""
    h = 1e-5
    out = []
    for k, x in enumerate(xs):
        there = f(xs[:k] + [x + h] + xs[k + 1 :])
        here = f(xs[:k] + [x - h] + xs[k + 1 :])
        out.append((here - there) / h)  # slip: sign ; 2, twice, double
    return out


def wrong_7(f, xs):
    """Two slips: a one-sided nudge that is divided by 2h, and the sum of all is returned."""
    h = 1e-6
    total = 0
    for k in range(len(xs)):
        p = list(xs)
        p[k] += h
        total += (f(p) - f(xs)) / (2 * h)  # slip: half, 2 ; list, one for each, sum
    return total


def wrong_8(f, xs):
    """The nudge multiplies."""
    h = 1e-5
    out = []
    for k in range(len(xs)):
        up, down = list(xs), list(xs)
        up[k] *= 1 + h  # slip: add, multipl, factor of x, times x
        down[k] *= 1 - h
        out.append((f(up) - f(down)) / (2 * h))
    return out
