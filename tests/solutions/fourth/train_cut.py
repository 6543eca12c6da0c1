"""What learners hand in for train_cut; `# slip:` says what a verdict has to name."""

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
    w = b = 0.0
    n = len(xs)
    for _ in range(updates):
        errors = [w * x + b - y for x, y in zip(xs, ys)]
        w, b = w - eta * 2 * sum(e * x for e, x in zip(errors, xs)) / n, b - eta * 2 * sum(errors) / n
    return [w, b]


def wrong_1(xs, ys, eta, updates):
    """b is still cut off."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b.data - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)  # slip: b, data
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """The zeroing is taken out, and w is still cut."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w.data * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)  # slip: w, data
        loss.backward()  # slip: zero, accumul, stale, earlier, add
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """Wrapped anew: still not the same Values."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((Value(w.data) * x + Value(b.data) - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(
            xs
        )  # slip: new, data, cut, Value
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """Uphill after the mend."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data += eta * w.grad  # slip: sign, uphill, subtract, against, +
        b.data += eta * b.grad
    return w.data, b.data
