"""What learners hand in for descend; `# slip:` says what a verdict has to name."""

import itertools

from autograd import Value


def right_1(f, w, eta, updates):
    def after(at, _):
        v = Value(at)
        f(v).backward()
        return at - eta * v.grad

    return list(itertools.accumulate(range(updates), after, initial=w))


def right_2(f, w, eta, updates):
    v, path = Value(w), [w]
    while len(path) <= updates:
        v.zero_grad()
        f(v).backward()
        v.data -= eta * v.grad
        path.append(v.data)
    return path


def right_3(f, w, eta, updates):
    if not updates:
        return [w]
    v = Value(w)
    f(v).backward()
    return [w] + right_3(f, w - eta * v.grad, eta, updates - 1)


def wrong_1(f, w, eta, updates):
    """zero_grad is missing."""
    v, path = Value(w), [w]
    for _ in range(updates):
        f(v).backward()  # slip: zero_grad, accumulat, adds up, clear
        v.data -= eta * v.grad
        path.append(v.data)
    return path


def wrong_2(f, w, eta, updates):
    """The start is missing."""
    path = []  # slip: first, start, begin, [w]
    for _ in range(updates):
        v = Value(w)
        f(v).backward()
        w -= eta * v.grad
        path.append(w)
    return path


def wrong_3(f, w, eta, updates):
    """The gradient is always that at the start."""
    path = [w]
    v = Value(w)  # slip: start, first, again, new Value, once, each update
    f(v).backward()
    for _ in range(updates):
        path.append(path[-1] - eta * v.grad)
    return path


def wrong_4(f, w, eta, updates):
    """Two slips: uphill, and one update too many."""
    path = [w]
    for _ in range(updates + 1):  # slip: many, updates, range, too long, more
        v = Value(path[-1])
        f(v).backward()
        path.append(path[-1] + eta * v.grad)  # slip: uphill, sign, against, subtract, +
    return path


def wrong_5(f, w, eta, updates):
    """The value of f is subtracted, and not its slope."""
    path = [w]
    for _ in range(updates):
        v = Value(path[-1])
        out = f(v)
        out.backward()
        path.append(path[-1] - eta * out.data)  # slip: value, f(w), grad, slope, data
    return path
