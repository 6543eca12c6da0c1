"""What learners hand in for train_one; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
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
    """The whole update is moved into the loop over the samples."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
            w.zero_grad()
            b.zero_grad()
            loss.backward()
            w.data -= eta * w.grad  # slip: each sample, inside, after, all samples, one update, every, loop
            b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """A sum in place of the mean."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = 0.0
        for x, y in zip(xs, ys):
            loss += (w * x + b - y) ** 2  # slip: mean, len(xs), divide, n, average
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """backward() for each sample, but zeroed each time too."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = (w * x + b - y) ** 2 / len(xs)
            w.zero_grad()  # slip: zero, each sample, once, before, last
            b.zero_grad()
            loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """loss goes on from update to update, and nothing is zeroed."""
    w, b = Value(0.0), Value(0.0)
    loss = Value(0.0)  # slip: loss, each update, reset, anew, start, inside, again
    for _ in range(updates):
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
        loss.backward()  # slip: zero, accumul, stale, earlier
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
