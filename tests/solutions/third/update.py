"""What learners hand in for update; `# slip:` says what a verdict has to name."""

import numpy as np

from autograd import Value


def right_1(w, b, x, y, eta):
    theta, phi = np.array([w, b]), np.array([x, 1.0])
    return tuple(theta - 2 * eta * (theta @ phi - y) * phi)


def right_2(w, b, x, y, eta):
    wv, bv = Value(w), Value(b)
    ((y - wv * x - bv) ** 2).backward()
    return wv.data - eta * wv.grad, bv.data - eta * bv.grad


def right_3(w, b, x, y, eta):
    params = {"w": w, "b": b}
    r = y - (params["w"] * x + params["b"])
    grads = {"b": -2 * r, "w": -2 * r * x}
    for name in params:
        params[name] -= eta * grads[name]
    return [params["w"], params["b"]]


def wrong_1(w, b, x, y, eta):
    """b's gradient is taken after w has moved."""
    w = w - eta * 2 * (w * x + b - y) * x  # slip: old, new w, already, after w, before, both gradients
    b = b - eta * 2 * (w * x + b - y)
    return w, b


def wrong_2(w, b, x, y, eta):
    """b is multiplied by x as well."""
    e = w * x + b - y
    g = 2 * e * x
    return w - eta * g, b - eta * g  # slip: x, b's gradient, dL/db


def wrong_3(w, b, x, y, eta):
    """Uphill."""
    e = w * x + b - y
    dw, db = 2 * e * x, 2 * e
    w += eta * dw  # slip: uphill, sign, subtract, against, plus, +
    b += eta * db  # slip: uphill, sign, subtract, against, plus, +
    return w, b


def wrong_4(w, b, x, y, eta):
    """Two slips: no 2, and the bias is not in the prediction."""
    e = w * x - y  # slip: b, bias
    return w - eta * e * x, b - eta * e  # slip: 2, factor, twice, square


def wrong_5(w, b, x, y, eta):
    """Gives the changes, not the new parameters."""
    e = w * x + b - y
    return -eta * 2 * e * x, -eta * 2 * e  # slip: change, step, new w, w itself, add
