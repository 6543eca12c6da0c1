"""What learners hand in for linear(W, b, x)."""

import functools

from autograd import Value


def right_1(W, b, x):
    if len(x) != len(W[0]):
        raise ValueError(f"x must have {len(W[0])} numbers, not {len(x)}")
    y = []
    for i in range(len(W)):
        total = b[i]
        for j in range(len(x)):
            total = total + W[i][j] * x[j]
        y.append(total)
    return y


def right_2(W, b, x):
    return [sum((w * v for w, v in zip(row, x, strict=True)), c) for row, c in zip(W, b, strict=True)]


def right_3(W, b, x):
    if any(len(row) != len(x) for row in W):
        raise ValueError("x does not fit")
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def right_4(W, b, x):
    def dot(r, v):
        if len(r) != len(v):
            raise ValueError("x is too short" if len(v) < len(r) else "x is too long")
        return r[0] * v[0] + dot(r[1:], v[1:]) if r else 0.0

    return tuple(dot(row, x) + c for row, c in zip(W, b))


def right_5(W, b, x):
    n = len(W[0])
    if len(x) < n or len(x) > n:
        raise ValueError("wrong length")
    y = list(b)
    for i, row in enumerate(W):
        for j, w in enumerate(row):
            y[i] = y[i] + w * x[j]
    return y


def right_6(W, b, x):
    if len(x) - len(W[0]):
        raise ValueError(len(x))

    def rows():
        for row, c in zip(W, b):
            yield functools.reduce(lambda s, p: s + p[0] * p[1], zip(row, x), Value(0.0)) + c

    return list(rows())


def check_x(W, x):
    if len(x) != len(W[0]):
        raise ValueError(f"x must have {len(W[0])} numbers, not {len(x)}")


def wrong_1(W, b, x):
    """The length of x is not checked: zip stops early."""
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_2(W, b, x):
    """The biases are forgotten."""
    check_x(W, x)
    return [sum(w * v for w, v in zip(row, x)) for row in W]


def wrong_3(W, b, x):
    """b[0] is added to every row."""
    check_x(W, x)
    return [sum(w * v for w, v in zip(row, x)) + b[0] for row in W]


def wrong_4(W, b, x):
    """The bias is cut out of the graph by .data."""
    check_x(W, x)
    return [sum(w * v for w, v in zip(row, x)) + getattr(c, "data", c) for row, c in zip(W, b)]


def wrong_5(W, b, x):
    """The weights are cut out of the graph by .data."""
    check_x(W, x)
    return [sum(getattr(w, "data", w) * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_6(W, b, x):
    """y is b itself: the caller's biases are changed."""
    check_x(W, x)
    y = b
    for i, row in enumerate(W):
        for j, w in enumerate(row):
            y[i] = y[i] + w * x[j]
    return y


def wrong_7(W, b, x):
    """total is not reset between the rows."""
    check_x(W, x)
    y, total = [], 0.0
    for row, c in zip(W, b):
        for w, v in zip(row, x):
            total = total + w * v
        y.append(total + c)
    return y


def wrong_8(W, b, x):
    """The error is returned as a string instead of raised."""
    if len(x) != len(W[0]):
        return "x has the wrong length"
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_9(W, b, x):
    """assert for raise ValueError."""
    assert len(x) == len(W[0]), "wrong length"
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_10(W, b, x):
    """Only an x that is too short is refused."""
    if len(x) < len(W[0]):
        raise ValueError("x is too short")
    return [sum(w * v for w, v in zip(row, x)) + c for row, c in zip(W, b)]


def wrong_11(W, b, x):
    """A relu is applied to the outputs."""
    check_x(W, x)
    return [(sum(w * v for w, v in zip(row, x)) + c).relu() for row, c in zip(W, b)]


def wrong_12(W, b, x):
    """The bias is added once for each product."""
    check_x(W, x)
    return [sum(w * v + c for w, v in zip(row, x)) for row, c in zip(W, b)]
