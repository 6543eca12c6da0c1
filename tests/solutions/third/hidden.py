"""What learners hand in for hidden; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(upstream, W, slopes):
    return (np.asarray(W).T @ np.asarray(upstream)) * np.asarray(slopes)


def right_2(upstream, W, slopes):
    out = []
    for j, column in enumerate(zip(*W)):
        out.append(slopes[j] * sum(map(lambda u, w: u * w, upstream, column)))
    return out


def right_3(upstream, W, slopes):
    grads = [0.0] * len(slopes)
    for u, row in zip(upstream, W):
        for j, w in enumerate(row):
            grads[j] += u * w * slopes[j]
    return grads


def wrong_1(upstream, W, slopes):
    """The slopes are forgotten."""
    grads = [0.0] * len(slopes)
    for k, u in enumerate(upstream):
        for j in range(len(slopes)):
            grads[j] += u * W[k][j]  # slip: slope
    return grads


def wrong_2(upstream, W, slopes):
    """`=` for `+=`."""
    grads = [0.0] * len(slopes)
    for j in range(len(slopes)):
        for k in range(len(upstream)):
            grads[j] = upstream[k] * W[k][j]  # slip: +=, last, add, overwrit
        grads[j] *= slopes[j]
    return grads


def wrong_3(upstream, W, slopes):
    """The upstream gradients are forgotten."""
    return [s * sum(row[j] for row in W) for j, s in enumerate(slopes)]  # slip: upstream


def wrong_4(upstream, W, slopes):
    """Two slips: the slope is added, and the first output is left out."""
    grads = []
    for j, s in enumerate(slopes):
        back = 0.0
        for k in range(1, len(upstream)):  # slip: first, range, left out, starts
            back += upstream[k] * W[k][j]
        grads.append(back + s)  # slip: slope, multipl, add, +
    return grads


def wrong_5(upstream, W, slopes):
    """The mean over the outputs."""
    back = np.asarray(upstream) @ np.asarray(W) / len(upstream)  # slip: mean, divid, number of outputs, average, /
    return list(back * slopes)
