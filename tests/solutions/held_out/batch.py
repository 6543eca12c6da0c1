"""What learners hand in for batch; `# slip:` says what a verdict has to name."""


def wrong_1(W, b, X):
    """The bias is added to the inputs."""
    Y = []
    for x in X:
        Y.append([sum(w * (v + c) for w, v in zip(row, x)) for row, c in zip(W, b)])  # slip: b, bias, once, after
    return Y


def wrong_2(W, b, X):
    """Two slips: the mean, and the samples in reverse."""
    Y = []
    for x in X[::-1]:  # slip: order, reverse, sample
        Y.append([sum(w * v for w, v in zip(row, x)) / len(x) + c for row, c in zip(W, b)])  # slip: mean, divid, len
    return Y
