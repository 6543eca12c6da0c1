"""What learners hand in for train_sum; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
        w.grad = b.grad = 0.0
    return w.data, b.data


def right_2(xs, ys, eta, updates):
    w = b = 0.0
    for _ in range(updates):
        W, B = Value(w), Value(b)
        loss = sum(((W * x + B - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w, b = w - eta * W.grad, b - eta * B.grad
    return w, b


def wrong_1(xs, ys, eta, updates):
    """b is still not zeroed."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad()
        loss.backward()  # slip: b, zero
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """A smaller eta does not mend it."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()  # slip: zero, accumul, stale, earlier, add
        w.data -= eta / 10 * w.grad  # slip: eta, 10
        b.data -= eta / 10 * b.grad  # slip: eta, 10
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """Zeroed once, before the loop."""
    w, b = Value(0.0), Value(0.0)
    w.zero_grad()
    b.zero_grad()
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()  # slip: zero, accumul, stale, earlier, add, each update
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """Zeroed between backward() and the update."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        w.grad = 0.0  # slip: before, zero, after, order, used
        b.grad = 0.0
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
