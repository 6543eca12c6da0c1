"""What learners hand in for scores; `# slip:` says what a verdict has to name."""


def wrong_1(q, K):
    """The scale squares."""
    scale = len(q) ** 2  # slip: sqrt, root
    return [sum(a * b for a, b in zip(q, k)) / scale for k in K]


def wrong_2(q, K):
    """Two slips: the absolute products, and no scale."""
    result = []
    for k in K:
        dot = 0
        for i in range(len(q)):
            dot += abs(q[i] * k[i])  # slip: abs, sign, negative
        result.append(dot)  # slip: sqrt, scale
    return result
