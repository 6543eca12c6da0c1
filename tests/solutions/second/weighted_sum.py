"""What learners hand in for weighted_sum; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(w, b, x):
    s = b
    for i in range(len(w)):
        s = s + w[i] * x[i]
    return s


def right_2(w, b, x):
    return np.dot(w, x) + b


def wrong_1(w, b, x):
    """b inside the loop."""
    s = 0
    for wi, xi in zip(w, x):
        s += wi * xi + b  # slip: b is, once, bias
    return s


def wrong_2(w, b, x):
    """b forgotten."""
    s = 0
    i = 0
    while i < len(x):
        s += w[i] * x[i]
        i += 1
    return s  # slip: b is, bias, + b


def wrong_3(w, b, x):
    """A sum of sums."""
    return sum(wi + xi for wi, xi in zip(w, x)) + b  # slip: multipl, product, add


def wrong_4(w, b, x):
    """The first weight is skipped."""
    total = b
    for i in range(1, len(w)):  # slip: first, range, starts
        total += w[i] * x[i]
    return total


def wrong_5(w, b, x):
    """Only the last product."""
    out = 0
    for i in range(len(w)):
        out = w[i] * x[i]  # slip: +=, last, overwrit
    return out + b


def wrong_6(w, b, x):
    """The sum of the weights times the sum of the inputs."""
    return sum(w) * sum(x) + b  # slip: each, its, product, sums


def wrong_7(w, b, x):
    """Two slips: the mean, and minus b."""
    total = sum(a * c for a, c in zip(w, x)) / len(x)  # slip: mean, divid, average
    return total - b  # slip: sign, b is, bias


def wrong_8(w, b, x):
    """Two slips: the bias multiplies, and the last term is missing."""
    s = 0
    for i in range(len(x) - 1):  # slip: last, range, len
        s += w[i] * x[i]
    return s * b  # slip: b is, bias, added, add
