"""What learners hand in for weighted_sum; `# slip:` says what a verdict has to name."""


def wrong_1(w, b, x):
    """The weights in reverse."""
    total = b
    for i in range(len(w)):
        total += w[-1 - i] * x[i]  # slip: order, own, w[i], reverse
    return total


def wrong_2(w, b, x):
    """Two slips: product of the sums, no b."""
    return sum(w) * sum(x)  # slip: each, sums, product ; b
