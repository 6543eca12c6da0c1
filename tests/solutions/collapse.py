"""What learners hand in for collapse(W2, W1)."""

import math

import numpy as np


def right_1(W2, W1):
    return [[sum(W2[i][k] * W1[k][j] for k in range(len(W1))) for j in range(len(W1[0]))] for i in range(len(W2))]


def right_2(W2, W1):
    return np.array(W2) @ np.array(W1)


def right_3(W2, W1):
    return [[math.fsum(a * b for a, b in zip(row, col, strict=True)) for col in zip(*W1)] for row in W2]


def right_4(W2, W1):
    W = [[0.0] * len(W1[0]) for _ in W2]
    for i in range(len(W2)):
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                W[i][j] += W2[i][k] * W1[k][j]
    return W


def right_5(W2, W1):
    def combine(row):
        total = [0.0] * len(W1[0])
        for weight, base in zip(row, W1):
            total = [t + weight * b for t, b in zip(total, base)]
        return tuple(total)

    return tuple(map(combine, W2))


def right_6(W2, W1):
    def apply(W, x):
        return [sum(w * v for w, v in zip(row, x)) for row in W]

    n = len(W1[0])
    columns = [apply(W2, apply(W1, [float(i == j) for i in range(n)])) for j in range(n)]
    return [list(row) for row in zip(*columns)]


def wrong_1(W2, W1):
    """The order is swapped: W1 @ W2."""
    return right_1(W1, W2)


def wrong_2(W2, W1):
    """Element by element."""
    return [[a * b for a, b in zip(r, s)] for r, s in zip(W2, W1)]


def wrong_3(W2, W1):
    """The matrices are added."""
    return [[a + b for a, b in zip(r, s)] for r, s in zip(W2, W1)]


def wrong_4(W2, W1):
    """Rows by rows: W1 is used transposed."""
    return [[sum(a * b for a, b in zip(r, s)) for s in W1] for r in W2]


def wrong_5(W2, W1):
    """The result is transposed."""
    return [list(c) for c in zip(*right_1(W2, W1))]


def wrong_6(W2, W1):
    """= for +=: the last product alone."""
    W = [[0.0] * len(W1[0]) for _ in W2]
    for i in range(len(W2)):
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                W[i][j] = W2[i][k] * W1[k][j]
    return W


def wrong_7(W2, W1):
    """[[0] * n] * m: the rows are one and the same list."""
    W = [[0.0] * len(W1[0])] * len(W2)
    for i in range(len(W2)):
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                W[i][j] += W2[i][k] * W1[k][j]
    return W


def wrong_8(W2, W1):
    """total is not reset for each entry."""
    total, W = 0.0, []
    for row in W2:
        W.append([])
        for col in zip(*W1):
            for a, b in zip(row, col):
                total += a * b
            W[-1].append(total)
    return W


def wrong_9(W2, W1):
    """A relu is kept between the layers."""
    return right_1(W2, [[max(0.0, w) for w in row] for row in W1])


def wrong_10(W2, W1):
    """The pair of matrices is returned."""
    return W2, W1


def wrong_11(W2, W1):
    """A flat list of all entries."""
    return [w for row in right_1(W2, W1) for w in row]


def wrong_12(W2, W1):
    """k stops one early: the last product is missing."""
    n = len(W1)
    return [[sum(W2[i][k] * W1[k][j] for k in range(n - 1)) for j in range(len(W1[0]))] for i in range(len(W2))]
