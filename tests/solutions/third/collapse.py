"""What learners hand in for collapse; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W2, W1):
    return np.einsum("ik,kj->ij", W2, W1)


def right_2(W2, W1):
    columns = []
    for column in zip(*W1):
        columns.append([sum(r * c for r, c in zip(row, column)) for row in W2])
    return [list(row) for row in zip(*columns)]


def right_3(W2, W1):
    W = []
    for row in W2:
        total = [0.0] * len(W1[0])
        for k, scale in enumerate(row):
            total = [t + scale * v for t, v in zip(total, W1[k])]
        W.append(total)
    return W


def wrong_1(W2, W1):
    """The other order."""
    return np.array(W1) @ np.array(W2)  # slip: order, W2 @, W1 W2, swap


def wrong_2(W2, W1):
    """Entry by entry."""
    return [[p * q for p, q in zip(r2, r1)] for r2, r1 in zip(W2, W1)]  # slip: entr, element, dot product, row


def wrong_3(W2, W1):
    """Rows by rows."""
    return [
        [sum(W2[i][k] * W1[j][k] for k in range(2)) for j in range(2)] for i in range(2)
    ]  # slip: column, W1[k][j], transpos


def wrong_4(W2, W1):
    """Two slips: the first term is left out of the sums, and W2 is transposed."""
    n = len(W2)
    W = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(1, n):  # slip: first, range, k, starts, left out
                W[i][j] += W2[k][i] * W1[k][j]  # slip: W2[i][k], transpos, row, column
    return W


def wrong_5(W2, W1):
    """Adds where it should multiply."""
    return [
        [sum(W2[i][k] + W1[k][j] for k in range(len(W1))) for j in range(len(W1[0]))] for i in range(len(W2))
    ]  # slip: multipl, product, add, +
