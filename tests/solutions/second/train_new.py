"""What learners hand in for train_new; `# slip:` says what a verdict has to name."""

import nn
from autograd import Value


def right_1(xs, ys, eta, updates):
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def right_2(xs, ys, eta, updates):
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    for _ in range(updates):
        w, b = parameters
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return tuple(p.data for p in parameters)


def wrong_1(xs, ys, eta, updates):
    """New Values in each update."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    for _ in range(updates):
        w, b = (Value(p.data) for p in parameters)  # slip: new, same, copies, holds, Value(
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """No zero_grad."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = parameters
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()  # slip: zero_grad, add up, accumul
        optimizer.step()
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """The optimiser has w alone."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w], lr=eta)  # slip: b, both
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        b.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """step before backward."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = parameters
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        optimizer.step()  # slip: before backward, after backward, step()
        loss.backward()
    return w.data, b.data


def wrong_5(xs, ys, eta, updates):
    """w and b change places."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = parameters
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return b.data, w.data  # slip: order, swap, places


def wrong_6(xs, ys, eta, updates):
    """Two slips: b is a new Value, and the loss is not the mean."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, Value(b.data)], lr=eta)  # slip: b, new, same, holds
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0)  # slip: mean, len, divid
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_7(xs, ys, eta, updates):
    """Two slips: a fixed learning rate, and no zero_grad."""
    w, b = Value(0.0), Value(0.0)
    optimizer = nn.optim.SGD([w, b], lr=0.1)  # slip: eta, lr, 0.1
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()  # slip: zero_grad, add up, accumul
        optimizer.step()
    return w.data, b.data
