"""What learners hand in for area(W)."""

import functools

import numpy as np


def right_1(W):
    return W[0][0] * W[1][1] - W[0][1] * W[1][0]


def right_2(W):
    (a, b), (c, d) = W
    return a * d - b * c


def right_3(W):
    return np.linalg.det(np.array(W))


def right_4(W):
    return sum((-1) ** j * W[0][j] * W[1][1 - j] for j in range(2))


def right_5(W):
    u, v = zip(*W)
    return u[0] * v[1] - u[1] * v[0]


def right_6(W):
    main, other = (functools.reduce(lambda p, i: p * W[i][abs(i - k)], (0, 1), 1.0) for k in (0, 1))
    return main - other


def wrong_1(W):
    """Plus for minus."""
    return W[0][0] * W[1][1] + W[0][1] * W[1][0]


def wrong_2(W):
    """abs: the sign of a mirror is lost."""
    return abs(right_1(W))


def wrong_3(W):
    """The other way round: the wrong sign."""
    return -right_1(W)


def wrong_4(W):
    """Only the main diagonal."""
    return W[0][0] * W[1][1]


def wrong_5(W):
    """Rows are multiplied, not diagonals."""
    return W[0][0] * W[0][1] - W[1][0] * W[1][1]


def wrong_6(W):
    """Columns are multiplied, not diagonals."""
    return W[0][0] * W[1][0] - W[0][1] * W[1][1]


def wrong_7(W):
    """The trace: the diagonal is added."""
    return W[0][0] + W[1][1]


def wrong_8(W):
    """Half of it: the area of the triangle."""
    return right_1(W) / 2


def wrong_9(W):
    """The sums of the diagonals are subtracted."""
    return (W[0][0] + W[1][1]) - (W[0][1] + W[1][0])


def wrong_10(W):
    """The lengths of the sides are multiplied, as if the angle were a right one."""
    return np.hypot(W[0][0], W[1][0]) * np.hypot(W[0][1], W[1][1])


def wrong_11(W):
    """The sum of all entries."""
    return sum(map(sum, W))


def wrong_12(W):
    """A wrong index: W[1][0] twice."""
    return W[0][0] * W[1][1] - W[1][0] * W[1][0]
