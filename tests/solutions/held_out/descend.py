"""What learners hand in for descend; `# slip:` says what a verdict has to name."""

from autograd import Value


def wrong_1(f, w, eta, updates):
    """The sign of the gradient only."""
    path = [w]
    for _ in range(updates):
        v = Value(path[-1])
        f(v).backward()
        step = eta if v.grad > 0 else -eta  # slip: sign, size, grad
        path.append(path[-1] - step)
    return path


def wrong_2(f, w, eta, updates):
    """Two slips: eta halves, and the last is doubled."""
    path = [w]
    for _ in range(updates):
        v = Value(path[-1])
        f(v).backward()
        path.append(v.data - eta * v.grad)
        eta /= 2  # slip: eta
    path.append(path[-1])  # slip: one too many, too long, last, numbers
    return path


def right_1(f, w, eta, updates):
    node = Value(w)
    seen = [node.data]
    while len(seen) <= updates:
        node.grad = 0.0
        f(node).backward()
        node.data -= eta * node.grad
        seen.append(node.data)
    return seen
