"""What learners hand in for descend; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(f, w, eta, updates):
    path = [float(w)]
    for _ in range(updates):
        v = Value(path[-1])
        f(v).backward()
        path.append(v.data - eta * v.grad)
    return path


def right_2(f, w, eta, updates):
    if updates == 0:
        return [w]
    v = Value(w)
    f(v).backward()
    return [w] + right_2(f, w - eta * v.grad, eta, updates - 1)


def wrong_1(f, w, eta, updates):
    """Uphill."""
    path = [w]
    for _ in range(updates):
        v = Value(path[-1])
        f(v).backward()
        path.append(v.data + eta * v.grad)  # slip: sign, uphill, against, minus, subtract
    return path


def wrong_2(f, w, eta, updates):
    """The gradient of the first w all the time."""
    path = [w]
    v = Value(w)
    f(v).backward()
    for _ in range(updates):
        path.append(path[-1] - eta * v.grad)  # slip: once, first, anew, again
    return path


def wrong_3(f, w, eta, updates):
    """The gradient is never set back."""
    p = Value(w)
    path = [w]
    for _ in range(updates):
        f(p).backward()  # slip: zero_grad, add up, accumul
        p.data -= eta * p.grad
        path.append(p.data)
    return path


def wrong_4(f, w, eta, updates):
    """Without the first w."""
    path = []  # slip: first, start, begin
    for _ in range(updates):
        v = Value(w)
        f(v).backward()
        w = w - eta * v.grad
        path.append(w)
    return path


def wrong_5(f, w, eta, updates):
    """One update too few."""
    path = [w]
    for _ in range(1, updates):  # slip: one, few, range, updates
        v = Value(path[-1])
        f(v).backward()
        path.append(v.data - eta * v.grad)
    return path


def wrong_6(f, w, eta, updates):
    """Two slips: no zero_grad, and uphill."""
    p = Value(w)
    path = [w]
    for _ in range(updates):
        out = f(p)
        out.backward()  # slip: zero_grad, add up, accumul
        p.data = p.data + eta * p.grad  # slip: sign, uphill, against, minus, subtract
        path.append(p.data)
    return path


def wrong_7(f, w, eta, updates):
    """Two slips: the value in place of the gradient, and only the last w returned."""
    for _ in range(updates):
        v = Value(w)
        out = f(v)
        out.backward()
        w = w - eta * out.data  # slip: gradient, grad, value
    return w  # slip: list, every, all


def wrong_8(f, w, eta, updates):
    """backward before the new Value: the step uses the gradient of the wrong node."""
    path = [w]
    for _ in range(updates):
        v = Value(path[0])  # slip: last, [0], first, [-1]
        f(v).backward()
        path.append(path[-1] - eta * v.grad)
    return path
