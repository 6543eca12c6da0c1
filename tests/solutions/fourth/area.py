"""What learners hand in for area; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W):
    return np.linalg.det(W)


def right_2(W):
    (a, b), (c, d) = W
    return -(b * c - a * d)


def wrong_1(W):
    """Never negative."""
    (a, b), (c, d) = W
    return abs(a * d - b * c)  # slip: abs, negative, sign, mirror


def wrong_2(W):
    """Added."""
    (a, b), (c, d) = W
    return a * d + b * c  # slip: subtract, minus, add, +


def wrong_3(W):
    """The diagonal alone."""
    return W[0][0] * W[1][1]  # slip: other, diagonal, subtract, second


def wrong_4(W):
    """Rows in place of diagonals, and the wrong way round."""
    (a, b), (c, d) = W
    return c * d - a * b  # slip: diagonal, row, factor, c, d, pair


def wrong_5(W):
    """Half of it, as for a triangle, and the wrong sign."""
    (a, b), (c, d) = W
    return (b * c - a * d) / 2  # slip: half, 2, triangle ; sign, swap, minus
