"""What learners hand in for transform(W, b, points)."""

import numpy as np


def right_1(W, b, points):
    return [[W[0][0] * p + W[0][1] * q + b[0], W[1][0] * p + W[1][1] * q + b[1]] for p, q in points]


def right_2(W, b, points):
    return np.array(points) @ np.array(W).T + b


def right_3(W, b, points):
    out = []
    for point in points:
        moved = []
        for row, c in zip(W, b, strict=True):
            moved.append(row[0] * point[0] + row[1] * point[1] + c)
        out.append(tuple(moved))
    return out


def right_4(W, b, points):
    (a, c), (d, e) = W
    f, g = b

    def move(point):
        p, q = point
        return (a * p + c * q + f, d * p + e * q + g)

    return list(map(move, points))


def right_5(W, b, points):
    return [[sum(w * v for w, v in zip(row, p)) + c for row, c in zip(W, b)] for p in points]


def right_6(W, b, points):
    def moved():
        for p, q in points:
            yield [b[i] + p * W[i][0] + q * W[i][1] for i in (0, 1)]

    return tuple(moved())


def wrong_1(W, b, points):
    """The transposed W: columns for rows."""
    return [[W[0][0] * p + W[1][0] * q + b[0], W[0][1] * p + W[1][1] * q + b[1]] for p, q in points]


def wrong_2(W, b, points):
    """b is forgotten."""
    return [[W[0][0] * p + W[0][1] * q, W[1][0] * p + W[1][1] * q] for p, q in points]


def wrong_3(W, b, points):
    """The point is shifted before W, not after it."""
    return right_1(W, [0, 0], [[p + b[0], q + b[1]] for p, q in points])


def wrong_4(W, b, points):
    """p is overwritten before q is worked out."""
    out = []
    for p, q in points:
        p = W[0][0] * p + W[0][1] * q + b[0]
        q = W[1][0] * p + W[1][1] * q + b[1]
        out.append([p, q])
    return out


def wrong_5(W, b, points):
    """The caller's points are changed."""
    for point in points:
        p, q = point
        point[0] = W[0][0] * p + W[0][1] * q + b[0]
        point[1] = W[1][0] * p + W[1][1] * q + b[1]
    return points


def wrong_6(W, b, points):
    """b[0] is added to both coordinates."""
    return right_1(W, [b[0], b[0]], points)


def wrong_7(W, b, points):
    """x and y come out swapped."""
    return [[y, x] for x, y in right_1(W, b, points)]


def wrong_8(W, b, points):
    """b is subtracted."""
    return right_1(W, [-b[0], -b[1]], points)


def wrong_9(W, b, points):
    """Elementwise: only the diagonal of W is used."""
    return [[W[0][0] * p + b[0], W[1][1] * q + b[1]] for p, q in points]


def wrong_10(W, b, points):
    """Only the first point is moved."""
    return right_1(W, b, points[:1])


def wrong_11(W, b, points):
    """All xs, and then all ys: two lists in the place of points."""
    moved = right_1(W, b, points)
    return [[x for x, _ in moved], [y for _, y in moved]]


def wrong_12(W, b, points):
    """A sign: minus in the first row, as in a determinant."""
    return [[W[0][0] * p - W[0][1] * q + b[0], W[1][0] * p + W[1][1] * q + b[1]] for p, q in points]
