"""What learners hand in for hidden; `# slip:` says what a verdict has to name."""


def wrong_1(upstream, W, slopes):
    """slopes of the outputs."""
    n = len(slopes)
    out = [0.0] * n
    for k, row in enumerate(W):
        for j in range(n):
            out[j] += upstream[k] * row[j] * slopes[k % n]  # slip: slopes[j], slope, own
    return out


def wrong_2(upstream, W, slopes):
    """Two slips: the sum begins at 1, and misses the first output."""
    out = []
    for j, s in enumerate(slopes):
        total = 1.0  # slip: start, begin, 0, 1
        for k in range(1, len(upstream)):  # slip: first, range, output
            total += upstream[k] * W[k][j]
        out.append(total * s)
    return out
