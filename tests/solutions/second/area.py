"""What learners hand in for area; `# slip:` says what a verdict has to name."""


def right_1(W):
    (a, b), (c, d) = W
    return a * d - b * c


def right_2(W):
    total = 0
    for j in range(2):
        total += (-1) ** j * W[0][j] * W[1][1 - j]
    return total


def wrong_1(W):
    """Plus."""
    return W[0][0] * W[1][1] + W[0][1] * W[1][0]  # slip: sign, subtract, minus


def wrong_2(W):
    """The wrong way."""
    (a, b), (c, d) = W
    return b * c - a * d  # slip: sign


def wrong_3(W):
    """The absolute value."""
    a, b = W[0]
    c, d = W[1]
    det = a * d - b * c
    return abs(det)  # slip: abs, negative, mirror


def wrong_4(W):
    """The rows are multiplied."""
    (a, b), (c, d) = W
    return a * b - c * d  # slip: diagonal, row


def wrong_5(W):
    """Only the main diagonal."""
    out = 1
    for i in range(2):
        out *= W[i][i]
    return out  # slip: other diagonal, diagonal


def wrong_6(W):
    """Two slips: plus, and the absolute value."""
    det = W[0][0] * W[1][1] + W[0][1] * W[1][0]  # slip: sign, subtract, minus
    return abs(det)  # slip: abs, negative, mirror


def wrong_7(W):
    """Two slips: columns multiplied, in the wrong order."""
    (a, b), (c, d) = W
    main = a * c  # slip: diagonal, column
    other = b * d  # slip: diagonal, column
    return other - main


def wrong_8(W):
    """Half of it, as for a triangle."""
    (a, b), (c, d) = W
    return (a * d - b * c) / 2  # slip: half, 2, triangle
