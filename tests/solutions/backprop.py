"""What learners hand in for backprop(count, edges)."""

import collections

import numpy as np


def right_1(count, edges):
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
    return grads


def right_2(count, edges):
    grads = np.zeros(count)
    grads[0] = 1
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads


def right_3(count, edges):
    grads = collections.defaultdict(float, {0: 1.0})
    for n, o, p in edges:
        grads[o] = grads[o] + grads[n] * p
    return [grads[k] for k in range(count)]


def right_4(count, edges):
    def grad(k):
        return (k == 0) + sum(p * grad(n) for n, o, p in edges if o == k)

    return [float(grad(k)) for k in range(count)]


def right_5(count, edges):
    grads = [1.0] + [0.0 for _ in range(count - 1)]
    while edges:
        (n, o, p), *edges = edges
        grads[o] += p * grads[n]
    return grads


def right_6(count, edges):
    grads = tuple(float(k == 0) for k in range(count))
    for edge in edges:
        grads = tuple(g + edge[2] * grads[edge[0]] if k == edge[1] else g for k, g in enumerate(grads))
    return grads


def wrong_1(count, edges):
    """= for +=: the last share wins."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, p in edges:
        grads[o] = p * grads[n]
    return grads


def wrong_2(count, edges):
    """The seed 1 is forgotten: all 0."""
    grads = [0.0] * count
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads


def wrong_3(count, edges):
    """Every grad starts at 1."""
    grads = [1.0] * count
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads


def wrong_4(count, edges):
    """The edges are walked from the leaves."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, p in reversed(edges):
        grads[o] += p * grads[n]
    return grads


def wrong_5(count, edges):
    """node and operand are swapped."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, p in edges:
        grads[n] += p * grads[o]
    return grads


def wrong_6(count, edges):
    """The grad of the node is not multiplied in."""
    grads = [0.0] * count
    grads[0] = 1.0
    for _, o, p in edges:
        grads[o] += p
    return grads


def wrong_7(count, edges):
    """The partial is not multiplied in."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, _ in edges:
        grads[o] += grads[n]
    return grads


def wrong_8(count, edges):
    """The partial is added to the grad instead of multiplied."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, p in edges:
        grads[o] += p + grads[n]
    return grads


def wrong_9(count, edges):
    """*= for +=."""
    grads = [1.0] * count
    for n, o, p in edges:
        grads[o] *= p * grads[n]
    return grads


def wrong_10(count, edges):
    """The seed is put at the last node."""
    grads = [0.0] * count
    grads[-1] = 1.0
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads


def wrong_11(count, edges):
    """return inside the loop."""
    grads = [0.0] * count
    grads[0] = 1.0
    for n, o, p in edges:
        grads[o] += p * grads[n]
        return grads
    return grads


def wrong_12(count, edges):
    """The last edge is skipped."""
    grads = [0.0] * count
    grads[0] = 1.0
    for k in range(len(edges) - 1):
        n, o, p = edges[k]
        grads[o] += p * grads[n]
    return grads
