"""What learners hand in for linear; `# slip:` says what a verdict has to name."""


def right_1(W, b, x):
    for row in W:
        if len(row) != len(x):
            raise ValueError(f"x has {len(x)} numbers, and a row of W {len(row)}")
    return [sum((w * v for w, v in zip(row, x)), bias) for row, bias in zip(W, b)]


def right_2(W, b, x):
    if len(x) != len(W[0]):
        raise ValueError("wrong length")
    y = []
    for i in range(len(W)):
        total = b[i]
        for j in range(len(x)):
            total = total + W[i][j] * x[j]
        y.append(total)
    return y


def wrong_1(W, b, x):
    """b[0] for every row."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length of x")
    return [sum(w * v for w, v in zip(row, x)) + b[0] for row in W]  # slip: b[0], own b, bias, b[i]


def wrong_2(W, b, x):
    """The sum runs on from row to row."""
    if len(x) != len(W[0]):
        raise ValueError("wrong length of x")
    y, total = [], 0  # slip: reset, set back, each row, anew, before it
    for row, bias in zip(W, b):
        for w, v in zip(row, x):
            total += w * v
        y.append(total + bias)
    return y


def wrong_3(W, b, x):
    """No check of the length."""
    y = []
    for i in range(len(W)):
        y.append(sum(w * v for w, v in zip(W[i], x)) + b[i])  # slip: ValueError, length, len
    return y


def wrong_4(W, b, x):
    """The bias is added for each product."""
    if len(x) != len(W[0]):
        raise ValueError(len(x))
    y = []
    for row, bias in zip(W, b):
        total = 0
        for j in range(len(row)):
            total += row[j] * x[j] + bias  # slip: once, bias, b
        y.append(total)
    return y


def wrong_5(W, b, x):
    """Returns inside the loop: the first output alone."""
    if len(x) != len(W[0]):
        raise ValueError("x has another length than the rows of W")
    y = []
    for row, bias in zip(W, b):
        y.append(sum(w * v for w, v in zip(row, x)) + bias)
        return y  # slip: return, first, indent


def wrong_6(W, b, x):
    """Two slips: no bias, and compares with the number of rows."""
    if len(x) != len(W):  # slip: len(W[0]), rows, columns
        raise ValueError("x has another length")
    return [sum(w * v for w, v in zip(row, x)) for row in W]  # slip: b, bias


def wrong_7(W, b, x):
    """Two slips: = for +=, and minus the bias."""
    if len(x) != len(W[0]):
        raise ValueError("length")
    y = []
    for row, bias in zip(W, b):
        total = 0
        for w, v in zip(row, x):
            total = w * v  # slip: +=, last, overwrit
        y.append(total - bias)  # slip: sign, bias, b
    return y


def wrong_8(W, b, x):
    """x[i] for x[j]."""
    if len(x) != len(W[0]):
        raise ValueError("length")
    y = []
    for i in range(len(W)):
        s = b[i]
        for j in range(len(W[i])):
            s = s + W[i][j] * x[i % len(x)]  # slip: x[j], x[i
        y.append(s)
    return y
