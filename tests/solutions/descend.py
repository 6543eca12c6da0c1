"""What learners hand in for descend(f, w, eta, updates)."""

import functools

import numpy as np

from autograd import Value


def right_1(f, w, eta, updates):
    ws = [w]
    for _ in range(updates):
        v = Value(ws[-1])
        f(v).backward()
        ws.append(v.data - eta * v.grad)
    return ws


def right_2(f, w, eta, updates):
    v, ws = Value(w), [w]
    for _ in range(updates):
        v.zero_grad()
        f(v).backward()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


def right_3(f, w, eta, updates):
    if updates == 0:
        return [w]
    v = Value(w)
    f(v).backward()
    return [w, *right_3(f, w - eta * v.grad, eta, updates - 1)]


def right_4(f, w, eta, updates):
    def walk(at):
        yield at
        for _ in range(updates):
            v = Value(at)
            f(v).backward()
            at -= eta * v.grad
            yield at

    return tuple(walk(w))


def right_5(f, w, eta, updates):
    def grad(at):
        v = Value(at)
        f(v).backward()
        return v.grad

    return functools.reduce(lambda ws, _: [*ws, ws[-1] - eta * grad(ws[-1])], range(updates), [w])


def right_6(f, w, eta, updates):
    ws = np.zeros(updates + 1)
    ws[0] = w
    for k in range(updates):
        v = Value(float(ws[k]))
        loss = f(v)
        loss.backward()
        ws[k + 1] = ws[k] - eta * v.grad
    return ws


def wrong_1(f, w, eta, updates):
    """No zero_grad: the gradients of all updates add up."""
    v, ws = Value(w), [w]
    for _ in range(updates):
        f(v).backward()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


def wrong_2(f, w, eta, updates):
    """Plus for minus: it climbs."""
    ws = [w]
    for _ in range(updates):
        v = Value(ws[-1])
        f(v).backward()
        ws.append(v.data + eta * v.grad)
    return ws


def wrong_3(f, w, eta, updates):
    """The first w is missing."""
    return right_1(f, w, eta, updates)[1:]


def wrong_4(f, w, eta, updates):
    """The last w is missing: range(updates - 1)."""
    return right_1(f, w, eta, updates - 1)


def wrong_5(f, w, eta, updates):
    """backward() is never called."""
    v, ws = Value(w), [w]
    for _ in range(updates):
        f(v)
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


def wrong_6(f, w, eta, updates):
    """The gradient is worked out once, at the start."""
    v, ws = Value(w), [w]
    f(v).backward()
    for _ in range(updates):
        ws.append(ws[-1] - eta * v.grad)
    return ws


def wrong_7(f, w, eta, updates):
    """The Value itself is appended: the list holds the same Value many times."""
    v = Value(w)
    ws = [v]
    for _ in range(updates):
        v.zero_grad()
        f(v).backward()
        v.data -= eta * v.grad
        ws.append(v)
    return ws


def wrong_8(f, w, eta, updates):
    """eta is forgotten."""
    return right_1(f, w, 1.0, updates)


def wrong_9(f, w, eta, updates):
    """Only the last w is returned."""
    return right_1(f, w, eta, updates)[-1]


def wrong_10(f, w, eta, updates):
    """The losses are collected, not the ws."""
    return [f(Value(at)).data for at in right_1(f, w, eta, updates)]


def wrong_11(f, w, eta, updates):
    """w is never carried on: each update begins at the first w."""
    ws = [w]
    for _ in range(updates):
        v = Value(w)
        f(v).backward()
        ws.append(w - eta * v.grad)
    return ws


def wrong_12(f, w, eta, updates):
    """zero_grad comes between backward and the update."""
    v, ws = Value(w), [w]
    for _ in range(updates):
        f(v).backward()
        v.zero_grad()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws
