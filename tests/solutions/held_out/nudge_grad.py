"""What learners hand in for nudge_grad; `# slip:` says what a verdict has to name."""


def wrong_1(f, xs):
    """The nudge down is not made."""
    h = 1e-5
    out = []
    for k in range(len(xs)):
        there = list(xs)
        there[k] += h
        here = list(xs)
        out.append((f(there) - f(here)) / (2 * h))  # slip: half, 2, down, both, one side
    return out


def wrong_2(f, xs):
    """Two slips: no division, and back to front."""
    h = 1e-5
    out = []
    for k in range(len(xs)):
        p, m = list(xs), list(xs)
        p[k] += h
        m[k] -= h
        out.insert(0, f(p) - f(m))  # slip: divid, 2 ; order, reverse, front
    return out
