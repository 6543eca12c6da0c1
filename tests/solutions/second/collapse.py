"""What learners hand in for collapse; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W2, W1):
    return [[sum(a * b for a, b in zip(row, col)) for col in zip(*W1)] for row in W2]


def right_2(W2, W1):
    rows, inner, cols = len(W2), len(W1), len(W1[0])
    W = [[0.0] * cols for _ in range(rows)]
    for i in range(rows):
        for j in range(cols):
            for k in range(inner):
                W[i][j] += W2[i][k] * W1[k][j]
    return W


def wrong_1(W2, W1):
    """= for +=."""
    rows, inner, cols = len(W2), len(W1), len(W1[0])
    W = [[0.0] * cols for _ in range(rows)]
    for i in range(rows):
        for j in range(cols):
            for k in range(inner):
                W[i][j] = W2[i][k] * W1[k][j]  # slip: +=, last, overwrit
    return W


def wrong_2(W2, W1):
    """The rows are one list."""
    W = [[0.0] * len(W1[0])] * len(W2)  # slip: same list, same row, one list, copies
    for i in range(len(W2)):
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                W[i][j] += W2[i][k] * W1[k][j]
    return W


def wrong_3(W2, W1):
    """The result is transposed."""
    return [[sum(a * b for a, b in zip(row, col)) for row in W2] for col in zip(*W1)]  # slip: transpos, row, column


def wrong_4(W2, W1):
    """Rows with rows."""
    return [[sum(a * b for a, b in zip(r2, r1)) for r1 in W1] for r2 in W2]  # slip: row, column


def wrong_5(W2, W1):
    """The inner sum misses the last."""
    W = []
    for i in range(len(W2)):
        row = []
        for j in range(len(W1[0])):
            s = 0
            for k in range(len(W1) - 1):  # slip: last, range, len
                s += W2[i][k] * W1[k][j]
            row.append(s)
        W.append(row)
    return W


def wrong_6(W2, W1):
    """The sum is not set back to 0."""
    W, s = [], 0.0
    for i in range(len(W2)):
        row = []
        s = 0.0  # slip: reset, set back, each entry, anew, before it
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                s += W2[i][k] * W1[k][j]
            row.append(s)
        W.append(row)
    return W


def wrong_7(W2, W1):
    """Two slips: added in place of multiplied, and one too few."""
    out = []
    for row in W2:
        new = []
        for col in list(zip(*W1))[:-1]:  # slip: last, column, [:-1]
            new.append(sum(a + b for a, b in zip(row, col)))  # slip: multipl, product, add
        out.append(new)
    return out


def wrong_8(W2, W1):
    """The wrong order."""
    A, B = np.array(W2), np.array(W1)
    if A.shape[0] != B.shape[1]:
        return (A @ B).T.tolist()  # slip: transpos
    return (B @ A).tolist()  # slip: order, W2 @ W1, first
