"""What learners hand in for transform; `# slip:` says what a verdict has to name."""


def wrong_1(W, b, points):
    """The off-diagonal numbers are left out."""
    return [[W[0][0] * p + b[0], W[1][1] * q + b[1]] for p, q in points]  # slip: W[0][1], other, q, left out, diagonal


def wrong_2(W, b, points):
    """Two slips: p twice, no shift of the second."""
    moved = []
    for p, q in points:
        x = W[0][0] * p + W[0][1] * p + b[0]  # slip: q, p
        y = W[1][0] * p + W[1][1] * q  # slip: b[1], shift, b
        moved.append((x, y))
    return moved
