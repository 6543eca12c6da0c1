"""What learners hand in for update(w, b, x, y, eta)."""

import numpy as np

from autograd import Value


def right_1(w, b, x, y, eta):
    e = w * x + b - y
    return w - eta * 2 * e * x, b - eta * 2 * e


def right_2(w, b, x, y, eta):
    dw, db = 2 * (w * x + b - y) * x, 2 * (w * x + b - y)
    w -= eta * dw
    b -= eta * db
    return w, b


def right_3(w, b, x, y, eta):
    vw, vb = Value(w), Value(b)
    ((vw * x + vb - y) ** 2).backward()
    return vw.data - eta * vw.grad, vb.data - eta * vb.grad


def right_4(w, b, x, y, eta):
    theta = np.array([w, b])
    a = np.array([x, 1.0])
    return tuple(theta - eta * 2 * (theta @ a - y) * a)


def right_5(w, b, x, y, eta):
    return [p - eta * g for p, g in zip((w, b), (2 * (w * x + b - y) * x, 2 * (w * x + b - y)), strict=True)]


def right_6(w, b, x, y, eta):
    def grad():
        error = w * x + b - y
        yield 2 * error * x
        yield 2 * error

    gw, gb = grad()
    return w + -eta * gw, b + -eta * gb


def wrong_1(w, b, x, y, eta):
    """Plus for minus: it climbs."""
    e = w * x + b - y
    return w + eta * 2 * e * x, b + eta * 2 * e


def wrong_2(w, b, x, y, eta):
    """b's gradient is worked out from the new w."""
    w = w - eta * 2 * (w * x + b - y) * x
    b = b - eta * 2 * (w * x + b - y)
    return w, b


def wrong_3(w, b, x, y, eta):
    """eta is forgotten."""
    e = w * x + b - y
    return w - 2 * e * x, b - 2 * e


def wrong_4(w, b, x, y, eta):
    """The 2 is forgotten."""
    e = w * x + b - y
    return w - eta * e * x, b - eta * e


def wrong_5(w, b, x, y, eta):
    """The x of dL/dw is forgotten."""
    e = w * x + b - y
    return w - eta * 2 * e, b - eta * 2 * e


def wrong_6(w, b, x, y, eta):
    """Only w is updated."""
    e = w * x + b - y
    return w - eta * 2 * e * x, b


def wrong_7(w, b, x, y, eta):
    """The gradients are returned in place of the new parameters."""
    e = w * x + b - y
    return 2 * e * x, 2 * e


def wrong_8(w, b, x, y, eta):
    """The steps are returned, not added to w and b."""
    e = w * x + b - y
    return -eta * 2 * e * x, -eta * 2 * e


def wrong_9(w, b, x, y, eta):
    """Two slips: no 2, and plus for minus."""
    e = w * x + b - y
    return w + eta * e * x, b + eta * e


def wrong_10(w, b, x, y, eta):
    """The pair is returned as (b, w)."""
    e = w * x + b - y
    return b - eta * 2 * e, w - eta * 2 * e * x


def wrong_11(w, b, x, y, eta):
    """Nothing is returned: w and b change only inside."""
    e = w * x + b - y
    w -= eta * 2 * e * x
    b -= eta * 2 * e


def wrong_12(w, b, x, y, eta):
    """b is forgotten in the error."""
    e = w * x - y
    return w - eta * 2 * e * x, b - eta * 2 * e
