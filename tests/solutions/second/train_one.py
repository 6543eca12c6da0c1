"""What learners hand in for train_one; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = 0.0
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
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
        for x, y in zip(xs, ys):
            ((w * x + b - y) ** 2 / len(xs)).backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_1(xs, ys, eta, updates):
    """One sample too few: the first is used to start with, and the loop skips the second."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = (w * xs[0] + b - ys[0]) ** 2 / len(xs)
        for x, y in zip(xs[2:], ys[2:]):  # slip: [2:], sample, left out, first, missing
            loss = loss + (w * x + b - y) ** 2 / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """The loss is started before the updates."""
    w, b = Value(0.0), Value(0.0)
    loss = Value(0.0)  # slip: each update, anew, reset, set back, before the loop, inside
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """An update after each sample."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
            w.zero_grad()
            b.zero_grad()
            loss.backward()  # slip: each sample, after, indent, every sample
            w.data -= eta * w.grad
            b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """backward on each, but the gradients are set back between them."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            w.zero_grad()  # slip: zero_grad, each sample, before the samples, last
            b.zero_grad()
            ((w * x + b - y) ** 2 / len(xs)).backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """The sum and not the mean."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2  # slip: mean, len, divid
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """Two slips: the sum, and no zero_grad."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss += (w * x + b - y) ** 2  # slip: mean, len, divid
        loss.backward()  # slip: zero_grad, add up, accumul
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """Two slips: still the last one, and one update too few."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates - 1):  # slip: updates - 1, one, few
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)  # slip: last, +=, overwrit
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
