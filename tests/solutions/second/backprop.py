"""What learners hand in for backprop; `# slip:` says what a verdict has to name."""


def right_1(count, edges):
    g = [1.0] + [0.0] * (count - 1)
    for n, o, p in edges:
        g[o] += p * g[n]
    return g


def right_2(count, edges):
    grads = {i: 0.0 for i in range(count)}
    grads[0] = 1.0
    for edge in edges:
        grads[edge[1]] = grads[edge[1]] + edge[2] * grads[edge[0]]
    return list(grads.values())


def wrong_1(count, edges):
    """The assignment."""
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] = partial * grads[node]  # slip: +=, assigned, overwrit, add
    return grads


def wrong_2(count, edges):
    """node and operand exchanged."""
    grads = [0.0] * count
    grads[0] = 1.0
    for operand, node, partial in edges:  # slip: swap, node and operand, order, exchang
        grads[operand] += partial * grads[node]
    return grads


def wrong_3(count, edges):
    """No seed."""
    grads = [0.0 for _ in range(count)]  # slip: seed, 1
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
    return grads


def wrong_4(count, edges):
    """The gradient above is left out."""
    grads = [1.0] + [0.0] * (count - 1)
    for node, operand, partial in edges:
        grads[operand] += partial  # slip: grad of, upstream, gradient, grads[node]
    return grads


def wrong_5(count, edges):
    """Every gradient starts at 1."""
    grads = [1.0] * count  # slip: start, 0, seed, zero
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
    return grads


def wrong_6(count, edges):
    """Two slips: backwards through the edges, and = for +=."""
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in reversed(edges):  # slip: order, reverse
        grads[operand] = partial * grads[node]  # slip: +=, overwrit, add
    return grads


def wrong_7(count, edges):
    """Two slips: sum of partial and gradient, and the seed 0."""
    grads = [0.0] * count  # slip: seed, 1
    for node, operand, partial in edges:
        grads[operand] += partial + grads[node]  # slip: multipl, product, times
    return grads


def wrong_8(count, edges):
    """The loop ends after the first edge."""
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
        return grads  # slip: return, first, indent
