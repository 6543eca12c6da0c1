"""What learners hand in for train_cut(xs, ys, eta, updates)."""

import math

import nn
from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def right_2(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        w.zero_grad()
        b.zero_grad()
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def right_3(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
        w.zero_grad()
        b.zero_grad()
    return w.data, b.data


def right_4(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def right_5(xs, ys, eta, updates):
    w = b = 0.0
    for _ in range(updates):
        errors = [w * x + b - y for x, y in zip(xs, ys, strict=True)]
        dw = math.fsum(2 * e * x for e, x in zip(errors, xs)) / len(xs)
        db = 2 * math.fsum(errors) / len(xs)
        w, b = w - eta * dw, b - eta * db
    return w, b


def right_6(xs, ys, eta, updates):
    w, b = 0.0, 0.0
    for _ in range(updates):
        vw, vb = Value(w), Value(b)
        total = 0.0
        for x, y in zip(xs, ys):
            total = total + (vw * x + vb - y) ** 2
        (total / len(xs)).backward()
        w, b = w - eta * vw.grad, b - eta * vb.grad
    return [w, b]


def wrong_1(xs, ys, eta, updates):
    """w is still cut off by .data."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w.data * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """b is still cut off by .data."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b.data - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """Both are still cut off by .data."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w.data * x + b.data - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """The error is cut off: Value(error.data)."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum((Value((w * x + b - y).data) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """zero_grad got lost."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """abs of the error for its square."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum((abs(w * x + b - y) for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """zero_grad comes between backward and the update."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.zero_grad()
        b.zero_grad()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_8(xs, ys, eta, updates):
    """The pair is returned as (b, w)."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return b.data, w.data


def wrong_9(xs, ys, eta, updates):
    """Both updates use w's gradient."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * w.grad
    return w.data, b.data


def wrong_10(xs, ys, eta, updates):
    """The mean is lost: the sum of the squares."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0))
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_11(xs, ys, eta, updates):
    """Half of the mean square."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs) / 2
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_12(xs, ys, eta, updates):
    """The gradients are returned."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.grad, b.grad
