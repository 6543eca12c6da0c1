"""What learners hand in for train_sum(xs, ys, eta, updates)."""

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
    """zero_grad is still missing."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """Only w's gradient is set to zero."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """Only b's gradient is set to zero."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
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


def wrong_5(xs, ys, eta, updates):
    """zero_grad is before the loop, once."""
    w, b = Value(0.0), Value(0.0)
    w.zero_grad()
    b.zero_grad()
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """The division by len(xs) is lost on the way."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0))
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """eta is divided by the number of updates, so that it runs away no more."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta / updates * w.grad
        b.data -= eta / updates * b.grad
    return w.data, b.data


def wrong_8(xs, ys, eta, updates):
    """The sign of the update is turned."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data += eta * w.grad
        b.data += eta * b.grad
    return w.data, b.data


def wrong_9(xs, ys, eta, updates):
    """The data, not the gradient, is set to zero."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        w.data = 0.0
        b.data = 0.0
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_10(xs, ys, eta, updates):
    """loss.zero_grad() only clears the loss."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.grad = 0.0
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_11(xs, ys, eta, updates):
    """return is inside the loop: one update."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
        return w.data, b.data


def wrong_12(xs, ys, eta, updates):
    """One update too few."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates - 1):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
