"""What learners hand in for backprop; `# slip:` says what a verdict has to name."""

from collections import defaultdict

import numpy as np


def right_1(count, edges):
    grads = defaultdict(float, {0: 1.0})
    for node, operand, partial in edges:
        grads[operand] += grads[node] * partial
    return [grads[k] for k in range(count)]


def right_2(count, edges):
    g = np.eye(1, count)[0]
    for n, o, p in edges:
        g[o] += p * g[n]
    return g


def right_3(count, edges):
    def grad(k):
        return (k == 0) + sum(p * grad(n) for n, o, p in edges if o == k)

    return [grad(k) for k in range(count)]


def wrong_1(count, edges):
    """`=` for `+=`."""
    grads = [1.0] + [0.0] * (count - 1)
    for edge in edges:
        n, o, p = edge
        grads[o] = p * grads[n]  # slip: +=, overwrit, add, last
    return grads


def wrong_2(count, edges):
    """No seed."""
    grads = np.zeros(count)  # slip: seed, 1, result, root
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return list(grads)


def wrong_3(count, edges):
    """Every node starts with 1."""
    grads = [1.0] * count  # slip: seed, start, 0, only
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads


def wrong_4(count, edges):
    """Up instead of down."""
    grads = [1.0] + [0.0] * (count - 1)
    for n, o, p in edges:
        grads[n] += p * grads[o]  # slip: operand, swap, direction, node, other way
    return grads


def wrong_5(count, edges):
    """Two slips: the partial is added, and the edges come from the other end."""
    grads = [1.0] + [0.0] * (count - 1)
    for n, o, p in edges[::-1]:  # slip: order, revers, ::-1, last
        grads[o] += p + grads[n]  # slip: multipl, add, product, +
    return grads
