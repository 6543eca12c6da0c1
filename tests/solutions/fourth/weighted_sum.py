"""What learners hand in for weighted_sum; `# slip:` says what a verdict has to name."""


def right_1(w, b, x):
    for wi, xi in zip(w, x):
        b = b + wi * xi
    return b


def right_2(w, b, x):
    if not w:
        return b
    return w[0] * x[0] + right_2(w[1:], b, x[1:])


def wrong_1(w, b, x):
    """b is added for each input."""
    total = 0
    for wi, xi in zip(w, x):
        total += wi * xi + b  # slip: once, b, each
    return total


def wrong_2(w, b, x):
    """Everything with everything."""
    return sum(w) * sum(x) + b  # slip: sum, own, each, pair, number by number, product


def wrong_3(w, b, x):
    """The last product only, and no b."""
    total = b  # slip: b
    for wi, xi in zip(w, x):
        total = wi * xi  # slip: +=, add, replace, overwrit, last
    return total


def wrong_4(w, b, x):
    """Weights are added to the inputs."""
    return sum(wi + xi for wi, xi in zip(w, x)) + b  # slip: multipl, add, +, times


def wrong_5(w, b, x):
    """The first one is skipped, and b is subtracted."""
    total = -b  # slip: b, sign, minus, subtract
    for k in range(1, len(w)):  # slip: first, 0, skip, missing, leave
        total += w[k] * x[k]
    return total
