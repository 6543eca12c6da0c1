"""What learners hand in for linear; `# slip:` says what a verdict has to name."""


def wrong_1(W, b, x):
    """Uses columns."""
    if len(x) != len(W[0]):
        raise ValueError("x is too short or too long")
    y = list(b)
    for i in range(len(W)):
        for j in range(len(x)):
            y[i] += W[j % len(W)][i % len(x)] * x[j]  # slip: column, row, transpos, W[i][j]
    return y


def wrong_2(W, b, x):
    """Two slips: the last input is left out, and the bias comes twice."""
    if len(x) != len(W[0]):
        raise ValueError("x is too short or too long")
    y = []
    for row, bias in zip(W, b):
        total = bias  # slip: twice, bias, b
        for j in range(len(x) - 1):  # slip: last, range, len
            total = total + row[j] * x[j]
        y.append(total + bias)
    return y


def right_1(W, b, x):
    if any(len(row) != len(x) for row in W):
        raise ValueError("shape")
    y = b[:]
    for i, row in enumerate(W):
        for j, v in enumerate(x):
            y[i] = y[i] + row[j] * v
    return y
