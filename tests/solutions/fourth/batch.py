"""What learners hand in for batch; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W, b, X):
    return np.asarray(X) @ np.asarray(W).T + np.asarray(b)


def right_2(W, b, X):
    def one(x):
        return [c + sum(row[k] * x[k] for k in range(len(x))) for row, c in zip(W, b)]

    return [one(x) for x in X]


def wrong_1(W, b, X):
    """No bias."""
    return [[sum(w * v for w, v in zip(row, x)) for row in W] for x in X]  # slip: b, bias


def wrong_2(W, b, X):
    """All in one flat list."""
    Y = []
    for x in X:
        for row, c in zip(W, b):
            Y.append(sum(w * v for w, v in zip(row, x)) + c)  # slip: row, flat, list, sample, each
    return Y


def wrong_3(W, b, X):
    """A row for each output."""
    return [
        [sum(w * v for w, v in zip(row, x)) + c for x in X] for row, c in zip(W, b)
    ]  # slip: transpos, row, sample, turned


def wrong_4(W, b, X):
    """Only the first sample, and b is doubled."""
    Y = []
    for x in X:
        Y.append([sum((w * v for w, v in zip(row, x)), c) + c for row, c in zip(W, b)])  # slip: b, twice, once
        break  # slip: first, all, every, each, sample, break, rows
    return Y


def wrong_5(W, b, X):
    """The bias belongs to the sample, not to the output."""
    return [
        [sum(w * v for w, v in zip(row, x)) + b[k % len(b)] for row in W] for k, x in enumerate(X)
    ]  # slip: b, own, output, bias
