"""What learners hand in for batch(W, b, X)."""

import math

import numpy as np


def layer(W, b, x):
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def right_1(W, b, X):
    return [layer(W, b, x) for x in X]


def right_2(W, b, X):
    return np.array(X) @ np.array(W).T + np.array(b)


def right_3(W, b, X):
    Y = []
    for n in range(len(X)):
        Y.append([])
        for i in range(len(W)):
            y = b[i]
            for j in range(len(X[n])):
                y += W[i][j] * X[n][j]
            Y[n].append(y)
    return Y


def right_4(W, b, X):
    return tuple(tuple(math.fsum([c, *(w * v for w, v in zip(r, x, strict=True))]) for r, c in zip(W, b)) for x in X)


def right_5(W, b, X):
    return [] if not X else [layer(W, b, X[0]), *right_5(W, b, X[1:])]


def right_6(W, b, X):
    return list(map(lambda x: list(map(lambda r, c: sum(map(lambda w, v: w * v, r, x)) + c, W, b)), X))


def wrong_1(W, b, X):
    """Columns for rows: the result is transposed."""
    return [list(column) for column in zip(*(layer(W, b, x) for x in X))]


def wrong_2(W, b, X):
    """b is forgotten."""
    return [layer(W, [0.0] * len(b), x) for x in X]


def wrong_3(W, b, X):
    """The bias of the sample's number is added: b[n] for b[i]."""
    return [[y + b[n % len(b)] for y in layer(W, [0.0] * len(b), x)] for n, x in enumerate(X)]


def wrong_4(W, b, X):
    """Only the first sample goes through."""
    return layer(W, b, X[0])


def wrong_5(W, b, X):
    """return in the loop: only the first row."""
    Y = []
    for x in X:
        Y.append(layer(W, b, x))
        return Y


def wrong_6(W, b, X):
    """All rows are one flat list."""
    return [y for x in X for y in layer(W, b, x)]


def wrong_7(W, b, X):
    """[[0] * m] * n: all rows are one and the same list."""
    Y = [[0.0] * len(W)] * len(X)
    for n, x in enumerate(X):
        for i, y in enumerate(layer(W, b, x)):
            Y[n][i] = y
    return Y


def wrong_8(W, b, X):
    """W is used as W[j][i]: the transposed W."""
    m, n = len(W), len(W[0])
    return [[sum(W[j % m][i % n] * x[j] for j in range(n)) + b[i] for i in range(m)] for x in X]


def wrong_9(W, b, X):
    """Y += accumulates over the samples: the row is not begun anew."""
    Y, y = [], list(b)
    for x in X:
        for i, row in enumerate(W):
            y[i] += sum(w * v for w, v in zip(row, x))
        Y.append(list(y))
    return Y


def wrong_10(W, b, X):
    """The samples are summed up."""
    return [sum(column) for column in zip(*(layer(W, b, x) for x in X))]


def wrong_11(W, b, X):
    """The last sample is skipped."""
    return [layer(W, b, X[n]) for n in range(len(X) - 1)]


def wrong_12(W, b, X):
    """Two slips: no bias, and the result is transposed."""
    return [list(column) for column in zip(*(layer(W, [0.0] * len(b), x) for x in X))]
