"""What learners hand in for train_cut; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        errors = [w * x + b - y for x, y in zip(xs, ys)]
        loss = sum((e * e for e in errors), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        for p in (w, b):
            p.data -= eta * p.grad
    return w.data, b.data


def right_2(xs, ys, eta, updates):
    w, b = 0.0, 0.0
    n = len(xs)
    for _ in range(updates):
        dw = db = 0.0
        for x, y in zip(xs, ys):
            e = w * x + b - y
            dw += 2 * e * x / n
            db += 2 * e / n
        w -= eta * dw
        b -= eta * db
    return w, b


def wrong_1(xs, ys, eta, updates):
    """b is still cut."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b.data - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)  # slip: b.data, b is, cut
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """The error's number is taken out of the graph."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            error = w * x + b - y
            loss = loss + error.data**2 / len(xs)  # slip: data, cut, graph
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """zero_grad is lost on the way."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        loss.backward()  # slip: zero_grad, add up, accumul
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """By hand, and dw without x."""
    w, b = 0.0, 0.0
    for _ in range(updates):
        dw = db = 0.0
        for x, y in zip(xs, ys):
            e = w * x + b - y
            dw += 2 * e / len(xs)  # slip: x
            db += 2 * e / len(xs)
        w, b = w - eta * dw, b - eta * db
    return w, b


def wrong_5(xs, ys, eta, updates):
    """The update moves a name and not the parameter."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        for p in (w.data, b.data):
            p -= eta * w.grad  # slip: .data, name, number, p
    return w.data, b.data


def wrong_6(xs, ys, eta, updates):
    """Two slips: w is still cut, and b goes uphill."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w.data * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)  # slip: w.data, w is, cut
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data += eta * b.grad  # slip: sign, uphill, against, minus, subtract
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """Two slips: by hand, no 2, and db is assigned."""
    w = b = 0.0
    for _ in range(updates):
        dw = db = 0.0
        for x, y in zip(xs, ys):
            e = 2 * (w * x + b - y) / len(xs)
            dw = e * x  # slip: +=, last, overwrit
            db = e  # slip: +=, last, overwrit
        w, b = w - eta * dw, b - eta * db
    return w, b
