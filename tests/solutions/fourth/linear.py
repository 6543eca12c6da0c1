"""What learners hand in for linear; `# slip:` says what a verdict has to name."""


def right_1(W, b, x):
    if any(len(row) != len(x) for row in W):
        raise ValueError(f"rows of {len(W[0])} need as many inputs, not {len(x)}")
    y = list(b)
    for j, xj in enumerate(x):
        y = [yi + row[j] * xj for yi, row in zip(y, W)]
    return y


def right_2(W, b, x):
    assert_size(W, x)
    return [sum((w * v for w, v in zip(row, x)), bias) for row, bias in zip(W, b)]


def assert_size(W, x):
    if len(x) != len(W[0]):
        raise ValueError("x has the wrong length")


def wrong_1(W, b, x):
    """The length is compared with the number of rows."""
    if len(x) != len(W):  # slip: len(W[0]), row, column, length
        raise ValueError("x has the wrong length")
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_2(W, b, x):
    """The same total goes on from row to row."""
    if len(x) != len(W[0]):
        raise ValueError("length of x")
    y, total = [], 0  # slip: each row, reset, anew, start, inside, total
    for row, c in zip(W, b):
        for w, v in zip(row, x):
            total = total + w * v
        y.append(total + c)
    return y


def wrong_3(W, b, x):
    """Short xs are filled up with zeros, and all rows get the first bias."""
    x = list(x) + [0] * (len(W[0]) - len(x))  # slip: ValueError, length, short, len(x)
    return [sum(w * v for w, v in zip(row, x)) + b[0] for row in W]  # slip: b, own, bias


def wrong_4(W, b, x):
    """Columns in place of rows."""
    if len(x) != len(W[0]):
        raise ValueError("length of x")
    y = []
    for j in range(len(W)):
        y.append(sum(W[k][j] * x[k] for k in range(len(W))) + b[j])  # slip: row, column, transpos, W[j][k], index, swap
    return y


def wrong_5(W, b, x):
    """Through .data, so that no gradient comes back."""
    if len(x) != len(W[0]):
        raise ValueError("length of x")
    number = lambda v: getattr(v, "data", v)
    return [
        sum(number(w) * v for w, v in zip(row, x)) + number(c) for row, c in zip(W, b)
    ]  # slip: data, cut, graph, grad
