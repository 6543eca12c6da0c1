"""What learners hand in for train_one; `# slip:` says what a verdict has to name."""

from autograd import Value


def wrong_1(xs, ys, eta, updates):
    """The first in place of all: break."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x + b - y) ** 2 / len(xs)
            break  # slip: break, first
        w.zero_grad()
        b.zero_grad()
        loss.backward()
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """Two slips: the loss is subtracted, not squared: no, the error's sign in b and twice the mean."""
    w, b = Value(0.0), Value(0.0)
    for _ in range(updates):
        loss = Value(0.0)
        for x, y in zip(xs, ys):
            loss = loss + (w * x - b - y) ** 2 / len(xs)  # slip: sign, b, + b
        w.zero_grad()
        b.zero_grad()
        (loss / len(xs)).backward()  # slip: twice, mean, divid, len
        w.data -= eta * w.grad
        b.data -= eta * b.grad
    return w.data, b.data
