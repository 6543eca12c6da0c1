"""What learners hand in for train_new(xs, ys, eta, updates)."""

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
    """The loss still uses copies."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = (Value(p.data) for p in parameters)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """New Values are made in each update."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        w, b = Value(w.data), Value(b.data)
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """The optimiser holds w alone."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """The optimiser holds b alone."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """step() is never called."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """step() comes before backward(): one update late."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """step() comes before backward(), and the gradients of the update before are used."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        optimizer.step()
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
    return w.data, b.data


def wrong_8(xs, ys, eta, updates):
    """No zero_grad."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_9(xs, ys, eta, updates):
    """The optimiser is made with its usual lr of 0.01, and eta is unused."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=0.01)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_10(xs, ys, eta, updates):
    """Adam for SGD."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.Adam([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_11(xs, ys, eta, updates):
    """The pair is returned as Values of the old parameters: still 0."""
    parameters = [Value(0.0), Value(0.0)]
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return parameters[0].data, parameters[1].data


def wrong_12(xs, ys, eta, updates):
    """zero_grad comes between backward and step."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return w.data, b.data
