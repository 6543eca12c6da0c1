"""What learners hand in for transform; `# slip:` says what a verdict has to name."""


def right_1(W, b, points):
    return [(W[0][0] * p + W[0][1] * q + b[0], W[1][0] * p + W[1][1] * q + b[1]) for p, q in points]


def right_2(W, b, points):
    landed = []
    for point in points:
        new = []
        for k in (0, 1):
            y = b[k]
            for j in (0, 1):
                y += W[k][j] * point[j]
            new.append(y)
        landed.append(new)
    return landed


def wrong_1(W, b, points):
    """p has already changed when q uses it."""
    out = []
    for p, q in points:
        p = W[0][0] * p + W[0][1] * q + b[0]  # slip: old, already, before, changed, new, overwrit
        q = W[1][0] * p + W[1][1] * q + b[1]
        out.append((p, q))
    return out


def wrong_2(W, b, points):
    """Shifted first."""
    out = []
    for p, q in points:
        p, q = p + b[0], q + b[1]  # slip: b, shift, after, before, first, end
        out.append((W[0][0] * p + W[0][1] * q, W[1][0] * p + W[1][1] * q))
    return out


def wrong_3(W, b, points):
    """W is transposed, and b is subtracted."""
    out = []
    for p, q in points:
        out.append(
            (W[0][0] * p + W[1][0] * q - b[0], W[0][1] * p + W[1][1] * q - b[1])
        )  # slip: transpos, row, column, W[0][1], swap ; b, sign, minus, -
    return out


def wrong_4(W, b, points):
    """Only the diagonal."""
    return [
        (W[0][0] * p + b[0], W[1][1] * q + b[1]) for p, q in points
    ]  # slip: W[0][1], other, diagonal, both, missing, q


def wrong_5(W, b, points):
    """Both get b[0]."""
    return [[sum(r * v for r, v in zip(row, pt)) + b[0] for row in W] for pt in points]  # slip: b, own
