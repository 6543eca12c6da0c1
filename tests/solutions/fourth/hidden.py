"""What learners hand in for hidden; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1(upstream, W, slopes):
    return (np.array(W).T @ np.array(upstream)) * np.array(slopes)


def right_2(upstream, W, slopes):
    back = [0.0] * len(slopes)
    for g, row in zip(upstream, W):
        for j, weight in enumerate(row):
            back[j] += g * weight
    for j in range(len(slopes)):
        back[j] *= slopes[j]
    return back


def wrong_1(upstream, W, slopes):
    """The slopes are left out."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) for j in range(len(slopes))]  # slip: slope


def wrong_2(upstream, W, slopes):
    """Rows in place of columns."""
    out = []
    for j in range(len(slopes)):
        total = 0
        for k in range(len(upstream)):
            total += upstream[k] * W[j][k]  # slip: W[k][j], row, column, transpos, index, swap
        out.append(total * slopes[j])
    return out


def wrong_3(upstream, W, slopes):
    """The first output only."""
    return [upstream[0] * W[0][j] * slopes[j] for j in range(len(slopes))]  # slip: every, all, each, other, sum, first


def wrong_4(upstream, W, slopes):
    """total goes on from unit to unit, and the slopes are added."""
    out, total = [], 0.0  # slip: each unit, reset, anew, start, inside, total
    for j, s in enumerate(slopes):
        for k, u in enumerate(upstream):
            total += u * W[k][j]
        out.append(total + s)  # slip: multipl, add, +, times
    return out


def wrong_5(upstream, W, slopes):
    """The upstream gradients do not count."""
    return [s * sum(row[j] for row in W) for j, s in enumerate(slopes)]  # slip: upstream, without the gradients
