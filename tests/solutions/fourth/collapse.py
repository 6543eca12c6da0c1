"""What learners hand in for collapse; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(W2, W1):
    return np.dot(W2, W1)


def right_2(W2, W1):
    # where the axes land: through W1, then through W2
    def through(W, v):
        return [sum(w * c for w, c in zip(row, v)) for row in W]

    n = len(W1[0])
    columns = [through(W2, through(W1, [float(j == k) for j in range(n)])) for k in range(n)]
    return [list(row) for row in zip(*columns)]


def wrong_1(W2, W1):
    """The other way round."""
    n, m = len(W1), len(W2[0])
    return [
        [sum(W1[i][k] * W2[k][j] for k in range(m)) for j in range(m)] for i in range(n)
    ]  # slip: order, W1 W2, W2 W1, swap, first, other way


def wrong_2(W2, W1):
    """Rows with rows."""
    return [[sum(a * b for a, b in zip(r2, r1)) for r1 in W1] for r2 in W2]  # slip: column, row, transpos


def wrong_3(W2, W1):
    """Added, not multiplied: entry by entry."""
    return [
        [a + b for a, b in zip(r2, r1)] for r2, r1 in zip(W2, W1)
    ]  # slip: dot, product, add, multipl, entry, row, +


def wrong_4(W2, W1):
    """One row, many times."""
    out = [[0] * len(W1[0])] * len(W2)  # slip: same row, same list, one row, copies, *
    for i in range(len(W2)):
        for j in range(len(W1[0])):
            for k in range(len(W1)):
                out[i][j] += W2[i][k] * W1[k][j]
    return out


def wrong_5(W2, W1):
    """The result is transposed, and its last product is lost."""
    out = []
    for j in range(len(W1[0])):
        out.append(
            [sum(W2[i][k] * W1[k][j] for k in range(len(W1) - 1)) for i in range(len(W2))]
        )  # slip: transpos, turned, row, column ; last, product, missing
    return out
