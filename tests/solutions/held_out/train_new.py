"""What learners hand in for train_new; `# slip:` says what a verdict has to name."""

import nn
from autograd import Value


def wrong_1(xs, ys, eta, updates):
    """w and b are copies still, made by adding 0."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=eta)
    w, b = parameters
    w = w + 0  # slip: w, new, same, copy
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.data, b.data


def wrong_2(xs, ys, eta, updates):
    """Two slips: zero_grad after backward... and the learning rate doubled."""
    parameters = [Value(0.0), Value(0.0)]
    optimizer = nn.optim.SGD(parameters, lr=2 * eta)  # slip: eta, lr, 2
    w, b = parameters
    for _ in range(updates):
        loss = sum(((w * x + b - y) ** 2 for x, y in zip(xs, ys)), 0.0) / len(xs)
        loss.backward()
        optimizer.zero_grad()  # slip: zero_grad, before, after
        optimizer.step()
    return w.data, b.data
