"""What learners hand in for train_sum; `# slip:` says what a verdict has to name."""

from autograd import Value


def wrong_1(xs, ys, eta, updates):
    """zero_grad is not called: the name alone."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        w.zero_grad  # slip: zero_grad, call, parenthes
        b.zero_grad
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """Two slips: only b is zeroed, and the loss lacks the square's mean."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0)  # slip: mean, len, divid
        b.zero_grad()  # slip: w.grad, w is, w.zero_grad
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
