"""What learners hand in for batch; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W, b, X):
    return [[sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)] for x in X]


def right_2(W, b, X):
    return (np.array(X) @ np.array(W).T + np.array(b)).tolist()


def wrong_1(W, b, X):
    """Transposed: a row for each output."""
    return [
        [sum(w * v for w, v in zip(row, x)) + c for x in X] for row, c in zip(W, b)
    ]  # slip: transpos, row for each, sample


def wrong_2(W, b, X):
    """The list of outputs is not emptied for each sample."""
    Y, y = [], []  # slip: each sample, new, anew, reset, same list, set back
    for x in X:
        for row, c in zip(W, b):
            y.append(sum(w * v for w, v in zip(row, x)) + c)
        Y.append(y)
    return Y


def wrong_3(W, b, X):
    """No bias."""
    Y = []
    for x in X:
        Y.append([sum(w * v for w, v in zip(row, x)) for row in W])  # slip: b, bias
    return Y


def wrong_4(W, b, X):
    """The bias of the sample's number."""
    Y = []
    for i, x in enumerate(X):
        Y.append([sum(w * v for w, v in zip(row, x)) + b[i % len(b)] for row in W])  # slip: b[, bias, own
    return Y


def wrong_5(W, b, X):
    """All outputs in one list."""
    Y = []
    for x in X:
        Y.extend([sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)])  # slip: row, extend, append, flat
    return Y


def wrong_6(W, b, X):
    """Two slips: the bias subtracted, and the last sample left out."""
    Y = []
    for x in X[:-1]:  # slip: last, sample, [:-1]
        Y.append([sum(w * v for w, v in zip(row, x)) - c for row, c in zip(W, b)])  # slip: sign, bias, b
    return Y


def wrong_7(W, b, X):
    """Two slips: no bias, and only the last product of each sum."""
    Y = []
    for x in X:
        y = []
        for row in W:
            t = 0
            for w, v in zip(row, x):
                t = w * v  # slip: +=, last, overwrit
            y.append(t)  # slip: b, bias
        Y.append(y)
    return Y


def wrong_8(W, b, X):
    """Only the first sample goes through."""
    Y = []
    for x in X:
        y = []
        for row, c in zip(W, b):
            y.append(sum(w * v for w, v in zip(row, X[0])) + c)  # slip: X[0], first, sample
        Y.append(y)
    return Y
