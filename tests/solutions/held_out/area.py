"""What learners hand in for area; `# slip:` says what a verdict has to name."""


def wrong_1(W):
    """The trace."""
    return W[0][0] + W[1][1]  # slip: diagonal, multipl, product


def wrong_2(W):
    """Two slips: the sign, and doubled."""
    (a, b), (c, d) = W
    return 2 * (b * c - a * d)  # slip: sign ; 2, twice, double, factor
