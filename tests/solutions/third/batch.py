"""What learners hand in for batch; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W, b, X):
    return np.array(X) @ np.array(W).T + np.array(b)


def right_2(W, b, X):
    return [[sum(map(lambda p, q: p * q, row, x), c) for row, c in zip(W, b)] for x in X]


def right_3(W, b, X):
    Y = [[0.0] * len(W) for _ in X]
    for s, x in enumerate(X):
        for i in range(len(W)):
            Y[s][i] = b[i]
            for j in range(len(x)):
                Y[s][i] += W[i][j] * x[j]
    return Y


def wrong_1(W, b, X):
    """A row of the result for each output."""
    return [
        [sum(w * v for w, v in zip(row, x)) + c for x in X] for row, c in zip(W, b)
    ]  # slip: transpos, row for each, column, sample, swap


def wrong_2(W, b, X):
    """All rows are the same list."""
    Y = [[0.0] * len(W)] * len(X)  # slip: same list, one list, every row, copies
    for s, x in enumerate(X):
        for i, row in enumerate(W):
            Y[s][i] = sum(w * v for w, v in zip(row, x)) + b[i]
    return Y


def wrong_3(W, b, X):
    """The bias of the sample, and not of the output."""
    Y = []
    for s, x in enumerate(X):
        Y.append([sum(w * v for w, v in zip(row, x)) + b[s % len(b)] for row in W])  # slip: b[i], bias, output's own, b
    return Y


def wrong_4(W, b, X):
    """Two slips: no bias, and the last sample is left out."""
    Y = []
    for s in range(len(X) - 1):  # slip: last, range, len, sample, missing, left out
        Y.append([sum(w * v for w, v in zip(row, X[s])) for row in W])  # slip: b, bias
    return Y


def wrong_5(W, b, X):
    """The bias is subtracted."""
    return np.array(X) @ np.array(W).T - np.array(b)  # slip: b, bias, subtract, sign, -
