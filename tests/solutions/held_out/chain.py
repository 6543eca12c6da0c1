"""What learners hand in for chain; `# slip:` says what a verdict has to name."""


def wrong_1(partials):
    """Every second edge is skipped."""
    grads, g = [1.0], 1.0
    for i, p in enumerate(partials):
        if i % 2 == 0:
            g = g * p
        grads.append(g)  # slip: skip, every, left out, edge
    return grads


def wrong_2(partials):
    """Two slips: subtracts, and the list ends before the last."""
    grads = [1.0]
    i = 0
    while i < len(partials) - 1:  # slip: last, len, missing, one
        grads.append(grads[i] - partials[i])  # slip: multipl
        i += 1
    return grads
