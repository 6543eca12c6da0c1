"""What learners hand in for train_cut; `# slip:` says what a verdict has to name."""

from autograd import Value


def wrong_1(xs, ys, eta, updates):
    """A new Value cuts it."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((Value(w.data) * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(
            xs
        )  # slip: w, new, cut
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """Two slips: returns in the wrong order, and eta for w only."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), Value(0.0)) / len(xs)
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= b.grad  # slip: eta
    return b.data, w.data  # slip: order, swap, places
