"""What learners hand in for backprop; `# slip:` says what a verdict has to name."""

from collections import defaultdict


def right_1(count, edges):
    grads = defaultdict(float)
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] += grads[node] * partial
    return [grads[k] for k in range(count)]


def right_2(count, edges):
    seed = [1.0] + (count - 1) * [0.0]

    def go(k):
        if k < len(edges):
            n, o, p = edges[k]
            seed[o] = seed[o] + p * seed[n]
            go(k + 1)
        return seed

    return go(0)


def wrong_1(count, edges):
    """The seed is given to the last node."""
    grads = [0.0] * count
    grads[-1] = 1.0  # slip: seed, node 0, result
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
    return grads


def wrong_2(count, edges):
    """From the operand to the node."""
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[node] += partial * grads[operand]  # slip: direction, swap, operand, wrong way, node
    return grads


def wrong_3(count, edges):
    """A list of the wrong length, and = for +=."""
    grads = [0.0] * (count + 1)  # slip: count, length, one too many, numbers
    grads[0] = 1
    for node, operand, partial in edges:
        grads[operand] = partial * grads[node]  # slip: +=, add, replace, overwrit, =
    return grads


def wrong_4(count, edges):
    """The upstream gradient is left out."""
    grads = [0.0 for _ in range(count)]
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] += partial  # slip: upstream, grad of, multipl, node
    return grads


def wrong_5(count, edges):
    """Every node begins with 1."""
    grads = [1.0] * count  # slip: 0, zero, start, seed, 1
    for n, o, p in edges:
        grads[o] += p * grads[n]
    return grads
