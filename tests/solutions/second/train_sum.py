"""What learners hand in for train_sum; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        w.grad = b.grad = 0.0
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w.data, b.data = w.data - eta * w.grad, b.data - eta * b.grad
    return w.data, b.data


def right_2(xs, ys, eta, updates):
    params = {"w": Value(0.0), "b": Value(0.0)}
    while updates > 0:
        total = Value(0.0)
        for x, y in zip(xs, ys):
            total = total + (params["w"] * x + params["b"] - y) ** 2
        for p in params.values():
            p.zero_grad()
        (total / len(xs)).backward()
        for p in params.values():
            p.data -= eta * p.grad
        updates -= 1
    return params["w"].data, params["b"].data


def wrong_1(xs, ys, eta, updates):
    """zero_grad between backward and the update."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w.zero_grad()  # slip: after backward, before backward, zero_grad
        b.zero_grad()  # slip: after backward, before backward, zero_grad
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """zero_grad before the loop only."""
    w, b = Value(0.0), Value(0.0)
    w.zero_grad()  # slip: zero_grad, each update, add up, accumul
    b.zero_grad()
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """Only w is set back."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad()  # slip: b.grad, b is, b.zero_grad, b's
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """Zeroed, but not divided by the count."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0)  # slip: mean, len, divid
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """Two slips: b is not zeroed, and goes uphill."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad()  # slip: b.grad, b is, b.zero_grad, b's
        loss.backward()
        w.data -= eta * w.grad
        b.data += eta * b.grad  # slip: sign, uphill, against, minus, subtract
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """The last sample's division: a Value for each update, the loss of the sum divided by eta."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * b.grad  # slip: b.grad, w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """Two slips: no zero_grad, and the learning rate is left out."""
    params = [Value(0.0), Value(0.0)]
    for _ in range(updates):
        loss = sum(((params[0] * x + params[1] - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()  # slip: zero_grad, add up, accumul
        for p in params:
            p.data -= p.grad  # slip: eta
    return tuple(p.data for p in params)
