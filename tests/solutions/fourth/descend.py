"""What learners hand in for descend; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(f, w, eta, updates):
    v = Value(w)
    path = [v.data]
    while len(path) <= updates:
        v.zero_grad()
        f(v).backward()
        v.data -= eta * v.grad
        path.append(v.data)
    return path


def right_2(f, w, eta, updates):
    if updates == 0:
        return [w]
    v = Value(w)
    f(v).backward()
    return [w, *right_2(f, w - eta * v.grad, eta, updates - 1)]


def wrong_1(f, w, eta, updates):
    """The first w is not in the list."""
    path = []
    for _ in range(updates):
        v = Value(w)
        f(v).backward()
        w = w - eta * v.grad
        path.append(w)  # slip: first, start, begin
    return path


def wrong_2(f, w, eta, updates):
    """Upwards, and the gradient is never zeroed."""
    v, path = Value(w), [w]
    for _ in range(updates):
        f(v).backward()  # slip: zero, stale, accumul, earlier
        v.data += eta * v.grad  # slip: sign, up, against, subtract, minus, +
        path.append(v.data)
    return path


def wrong_3(f, w, eta, updates):
    """The gradient is computed once."""
    v, path = Value(w), [w]
    f(v).backward()  # slip: once, each update, again, every, first
    for _ in range(updates):
        w -= eta * v.grad
        path.append(w)
    return path


def wrong_4(f, w, eta, updates):
    """The step is the value of f."""
    path = [w]
    for _ in range(updates):
        v = Value(path[-1])
        out = f(v)
        out.backward()
        path.append(path[-1] - eta * out.data)  # slip: grad, value, slope, f
    return path


def wrong_5(f, w, eta, updates):
    """One update too few, and nothing is scaled by eta."""
    path = [w]
    for _ in range(1, updates):  # slip: update, too few, one more, missing, short
        v = Value(path[-1])
        f(v).backward()
        path.append(path[-1] - v.grad)  # slip: eta
    return path
