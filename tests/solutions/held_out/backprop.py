"""What learners hand in for backprop; `# slip:` says what a verdict has to name."""


def wrong_1(count, edges):
    """The operand's gradient is used for the node's."""
    grads = [0.0] * count
    grads[0] = 1.0
    i = 0
    while i < len(edges):
        node, operand, partial = edges[i]
        grads[operand] += partial * grads[operand]  # slip: node, its own, grads[node], upstream
        i += 1
    return grads


def wrong_2(count, edges):
    """Two slips: the last edge is missing, and the partial is squared."""
    grads = [1.0] + [0.0] * (count - 1)
    for node, operand, partial in edges[:-1]:  # slip: last, edge, [:-1]
        grads[operand] += partial * partial * grads[node]  # slip: square, twice, partial
    return grads
