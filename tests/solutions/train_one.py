"""What learners hand in for train_one(xs, ys, eta, updates)."""

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
    """loss is still overwritten: the last sample alone."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """The last sample alone, and no mean either."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """The loss is never begun anew: += over all updates."""
    total = Value(0.0)
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            total = total + (w * x + b - y) ** 2 / len(xs)
        w.zero_grad()
        b.zero_grad()
        total.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """An update after each sample."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
            w.zero_grad()
            b.zero_grad()
            loss.backward()
            w.data -= eta * w.grad
            b.data -= eta * b.grad
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """The first sample alone: break."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
            break
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """The mean is lost."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """The division is by len(xs) twice."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
        loss = loss / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_8(xs, ys, eta, updates):
    """The last sample is skipped."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs[:-1], ys[:-1])), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_9(xs, ys, eta, updates):
    """The errors are added up before they are squared."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) / len(xs)
        loss = loss**2
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_10(xs, ys, eta, updates):
    """zero_grad is before each backward, and backward is called for each sample: the last one's gradient."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
            w.zero_grad()
            b.zero_grad()
            loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_11(xs, ys, eta, updates):
    """The largest loss alone."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = max(((w * x + b - y) ** 2 / len(xs) for x, y in zip(xs, ys)), key=lambda v: v.data)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_12(xs, ys, eta, updates):
    """xs and ys are swapped."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * y + b - x) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
