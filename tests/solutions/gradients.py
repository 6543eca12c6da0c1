"""What learners hand in for gradients(w, b, x, y)."""

import numpy as np

from autograd import Value


def right_1(w, b, x, y):
    error = w * x + b - y
    return 2 * error * x, 2 * error


def right_2(w, b, x, y):
    dL_de = 2 * (w * x + b - y)
    de_dw, de_db = x, 1
    return dL_de * de_dw, dL_de * de_db


def right_3(w, b, x, y):
    return tuple(2 * (w * x + b - y) * d for d in (x, 1.0))


def right_4(w, b, x, y):
    return 2 * (np.array([w, b]) @ np.array([x, 1.0]) - y) * np.array([x, 1.0])


def right_5(w, b, x, y):
    w, b = Value(w), Value(b)
    ((w * x + b - y) ** 2).backward()
    return w.grad, b.grad


def right_6(w, b, x, y):
    return [2 * w * x * x + 2 * b * x - 2 * x * y, 2 * w * x + 2 * b - 2 * y]


def wrong_1(w, b, x, y):
    """The 2 of the square is forgotten in both."""
    e = w * x + b - y
    return e * x, e


def wrong_2(w, b, x, y):
    """dL/dw lacks its x: the inner derivative is forgotten."""
    e = w * x + b - y
    return 2 * e, 2 * e


def wrong_3(w, b, x, y):
    """The error has the wrong sign: y minus the guess."""
    e = y - (w * x + b)
    return 2 * e * x, 2 * e


def wrong_4(w, b, x, y):
    """The two are swapped."""
    e = w * x + b - y
    return 2 * e, 2 * e * x


def wrong_5(w, b, x, y):
    """b is forgotten in the error."""
    e = w * x - y
    return 2 * e * x, 2 * e


def wrong_6(w, b, x, y):
    """The 2 is missing, but only from dL/dw."""
    e = w * x + b - y
    return e * x, 2 * e


def wrong_7(w, b, x, y):
    """Two slips: no 2, and the wrong sign."""
    e = y - w * x - b
    return e * x, e


def wrong_8(w, b, x, y):
    """dL/dw has w in place of x."""
    e = w * x + b - y
    return 2 * e * w, 2 * e


def wrong_9(w, b, x, y):
    """dL/db has b as a factor, by analogy with x."""
    e = w * x + b - y
    return 2 * e * x, 2 * e * b


def wrong_10(w, b, x, y):
    """The errors are squared once more: the square is not differentiated."""
    e = w * x + b - y
    return e**2 * x, e**2


def wrong_11(w, b, x, y):
    """Only dL/dw is returned."""
    return 2 * (w * x + b - y) * x


def wrong_12(w, b, x, y):
    """backward() is called twice, and the gradients add up."""
    w, b = Value(w), Value(b)
    loss = (w * x + b - y) ** 2
    loss.backward()
    loss.backward()
    return w.grad, b.grad
