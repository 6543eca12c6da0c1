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
    return [p.data for p in parameters]


def wrong_1(xs, ys, eta, updates):
    """Only w is the optimiser's own."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w = parameters[0]
    b = Value(parameters[1].data)  # slip: b, new, same, optimi
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """zero_grad comes between backward() and step()."""
    w, b = parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        optimizer.zero_grad()  # slip: zero, before, after, order
        optimizer.step()
    return w.data, b.data


def wrong_3(xs, ys, eta, updates):
    """New Values in each update, copied from the optimiser's."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    for _ in range(updates):
        w, b = (Value(p.data) for p in parameters)  # slip: new, same, copy, optimi, data
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_4(xs, ys, eta, updates):
    """The loss of the first sample, and no zero_grad."""
    w, b = parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    for _ in range(updates):
        loss = (w * xs[0] + b - ys[0]) ** 2  # slip: sample, first, all, every, mean
        loss.backward()  # slip: zero, accumul, stale, earlier
        optimizer.step()
    return w.data, b.data
