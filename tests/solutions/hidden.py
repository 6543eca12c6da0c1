"""What learners hand in for hidden(upstream, W, slopes)."""

import math

import numpy as np


def right_1(upstream, W, slopes):
    out = []
    for j in range(len(slopes)):
        total = 0.0
        for k in range(len(upstream)):
            total += upstream[k] * W[k][j]
        out.append(total * slopes[j])
    return out


def right_2(upstream, W, slopes):
    return [s * sum(u * w for u, w in zip(upstream, column)) for s, column in zip(slopes, zip(*W))]


def right_3(upstream, W, slopes):
    return np.array(W).T @ np.array(upstream) * np.array(slopes)


def right_4(upstream, W, slopes):
    return [math.fsum(u * row[j] * s for u, row in zip(upstream, W, strict=True)) for j, s in enumerate(slopes)]


def right_5(upstream, W, slopes):
    grads = [0.0] * len(slopes)
    for u, row in zip(upstream, W):
        for j, w in enumerate(row):
            grads[j] += u * w * slopes[j]
    return grads


def right_6(upstream, W, slopes):
    def back(u, rows):
        if not rows:
            return [0.0] * len(slopes)
        return [a * u[0] + b for a, b in zip(rows[0], back(u[1:], rows[1:]))]

    return tuple(g * s for g, s in zip(back(upstream, W), slopes))


def wrong_1(upstream, W, slopes):
    """The activation's slope is forgotten."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) for j in range(len(slopes))]


def wrong_2(upstream, W, slopes):
    """The upstream gradient is forgotten."""
    return [sum(row[j] for row in W) * s for j, s in enumerate(slopes)]


def wrong_3(upstream, W, slopes):
    """= for +=: the last output alone."""
    out = []
    for j in range(len(slopes)):
        for k in range(len(upstream)):
            total = upstream[k] * W[k][j]
        out.append(total * slopes[j])
    return out


def wrong_4(upstream, W, slopes):
    """W[j][k] for W[k][j]: the forward direction."""
    return [sum(W[j][k] * upstream[k] for k in range(len(upstream))) * slopes[j] for j in range(len(slopes))]


def wrong_5(upstream, W, slopes):
    """total is not reset for each unit."""
    out, total = [], 0.0
    for j in range(len(slopes)):
        for k in range(len(upstream)):
            total += upstream[k] * W[k][j]
        out.append(total * slopes[j])
    return out


def wrong_6(upstream, W, slopes):
    """W @ slopes: a gradient for each output, not for each hidden unit."""
    return [u * sum(w * s for w, s in zip(row, slopes)) for u, row in zip(upstream, W)]


def wrong_7(upstream, W, slopes):
    """The slope is divided by."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) / slopes[j] for j in range(len(slopes))]


def wrong_8(upstream, W, slopes):
    """The first output alone."""
    return [upstream[0] * W[0][j] * slopes[j] for j in range(len(slopes))]


def wrong_9(upstream, W, slopes):
    """The slope is added."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) + slopes[j] for j in range(len(slopes))]


def wrong_10(upstream, W, slopes):
    """The matrix of all shares is returned, not summed over the outputs."""
    return [[u * w * s for w, s in zip(row, slopes)] for u, row in zip(upstream, W)]


def wrong_11(upstream, W, slopes):
    """The mean over the outputs."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) / len(upstream) * slopes[j] for j in range(len(slopes))]


def wrong_12(upstream, W, slopes):
    """slopes[k] in the place of slopes[j]: the wrong index, for the slope of a unit."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) * slopes[0] for j in range(len(slopes))]
