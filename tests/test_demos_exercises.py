"""The checks of the exercises: right solutions pass, and each of the usual wrong ones is caught and told what it is."""

# ruff: noqa: F811 - solutions of one exercise share its name
from __future__ import annotations

import doctest
import math

import pytest

import nn.functional as F
from autograd import Value, dot, softmax
from demos import exercises
from demos.exercises import EXERCISES, check
from demos.shared.page import run

RIGHT, WRONG = [], []


def right(solution):
    RIGHT.append(solution)
    return solution


def wrong(*words):
    """A wrong solution, and words its verdict must have."""

    def decorate(solution):
        WRONG.append((solution, words))
        return solution

    return decorate


# --- 53


@right
def gradients(w, b, x, y):
    error = w * x + b - y
    return 2 * error * x, 2 * error


@right
def gradients(w, b, x, y):  # by the engine
    w, b = Value(w), Value(b)
    ((w * x + b - y) ** 2).backward()
    return [w.grad, b.grad]


@wrong("wrong sign")
def gradients(w, b, x, y):
    return 2 * (y - w * x - b) * x, 2 * (y - w * x - b)


@wrong("2 of the square is missing")
def gradients(w, b, x, y):
    return (w * x + b - y) * x, w * x + b - y


@wrong("wrong order")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y), 2 * (w * x + b - y) * x


@wrong("last factor", "multiplied by x")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y), 2 * (w * x + b - y)


@wrong("one factor too many")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * x, 2 * (w * x + b - y) * x


@wrong("all 0")
def gradients(w, b, x, y):
    return 0.0, 0.0


@wrong("returns nothing")
def gradients(w, b, x, y):
    2 * (w * x + b - y)


@wrong("want a list of 2 numbers", "float")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * x


@wrong("want (", "got (")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * w, 2 * (w * x + b - y)


@wrong("NameError")
def gradients(w, b, x, y):
    return 2 * undefined, 0  # noqa: F821


@wrong("got str 'x' among them")
def gradients(w, b, x, y):
    return "x", "y"


# --- 54


@right
def descend(f, w, eta, updates):
    ws = [w]
    for _ in range(updates):
        v = Value(ws[-1])
        f(v).backward()
        ws.append(v.data - eta * v.grad)
    return ws


@wrong("zero_grad is forgotten")
def descend(f, w, eta, updates):
    v, ws = Value(w), [w]
    for _ in range(updates):
        f(v).backward()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


@wrong("with a minus")
def descend(f, w, eta, updates):
    v, ws = Value(w), [w]
    for _ in range(updates):
        v.zero_grad()
        f(v).backward()
        v.data += eta * v.grad
        ws.append(v.data)
    return ws


@wrong("stays where it was")
def descend(f, w, eta, updates):
    v, ws = Value(w), [w]
    for _ in range(updates):
        v.zero_grad()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


@wrong("want 2 numbers, the w before each of 1 updates and after the last, got 1")
def descend(f, w, eta, updates):
    return [w]


@wrong("want (", "got (")
def descend(f, w, eta, updates):  # without eta
    ws = [w]
    for _ in range(updates):
        v = Value(ws[-1])
        f(v).backward()
        ws.append(v.data - v.grad)
    return ws


@wrong("one Value many times")
def descend(f, w, eta, updates):
    w = Value(w)
    ws = [w]
    for _ in range(updates):
        w.zero_grad()
        f(w).backward()
        w.data -= eta * w.grad
        ws.append(w)
    return ws


# --- 55


def nudged(f, xs, k, h):
    return f([*xs[:k], xs[k] + h, *xs[k + 1 :]])


@right
def nudge_grad(f, xs):
    return [(nudged(f, xs, k, 1e-5) - nudged(f, xs, k, -1e-5)) / 2e-5 for k in range(len(xs))]


@wrong("one-sided")
def nudge_grad(f, xs):
    at = f(xs)
    return [(nudged(f, xs, k, 1e-6) - at) / 1e-6 for k in range(len(xs))]


@wrong("one-sided")
def nudge_grad(f, xs):  # as many passes as for two sides, and near enough
    return [(nudged(f, xs, k, 1e-7) - f(xs)) / 1e-7 for k in range(len(xs))]


@wrong("called 5 times for 2 numbers")
def nudge_grad(f, xs):
    f(xs)
    return [(nudged(f, xs, k, 1e-5) - nudged(f, xs, k, -1e-5)) / 2e-5 for k in range(len(xs))]


@wrong("twice too large")
def nudge_grad(f, xs):
    return [(nudged(f, xs, k, 1e-5) - nudged(f, xs, k, -1e-5)) / 1e-5 for k in range(len(xs))]


@wrong("wrong sign")
def nudge_grad(f, xs):
    return [(nudged(f, xs, k, -1e-5) - nudged(f, xs, k, 1e-5)) / 2e-5 for k in range(len(xs))]


@wrong("want (", "got (", "Is the nudge too large")
def nudge_grad(f, xs):  # the nudge is too large
    return [(nudged(f, xs, k, 0.01) - nudged(f, xs, k, -0.01)) / 0.02 for k in range(len(xs))]


@wrong("not what it was")
def nudge_grad(f, xs):
    slopes = []
    for k in range(len(xs)):
        xs[k] += 1e-5
        above = f(xs)
        xs[k] -= 2e-5
        slopes.append((above - f(xs)) / 2e-5)
    return slopes


@wrong("all 0")
def nudge_grad(f, xs):
    for _ in xs * 2:
        f(xs)
    return [0.0 for x in xs]


# --- 52


@right
def linear(W, b, x):
    if len(x) != len(W[0]):
        raise ValueError(f"want {len(W[0])} inputs, got {len(x)}")
    y = []
    for row, bias in zip(W, b):
        total = bias
        for w, number in zip(row, x):
            total = total + w * number
        y.append(total)
    return y


@right
def linear(W, b, x):
    return F.linear(x, W, b)


@wrong("says nothing", "zip() stops early")
def linear(W, b, x):
    return [dot(row[: len(x)], x[: len(row)]) + bias for row, bias in zip(W, b)]


@wrong("should name both")
def linear(W, b, x):
    if len(x) != len(W[0]):
        raise ValueError("wrong shape")
    return [dot(row, x) + bias for row, bias in zip(W, b)]


@wrong("want a ValueError", "IndexError")
def linear(W, b, x):
    if len(x) > len(W[0]):
        raise ValueError(f"want {len(W[0])} inputs, got {len(x)}")
    return [sum((row[j] * x[j] for j in range(len(row))), bias) for row, bias in zip(W, b)]


@wrong("b is not added")
def linear(W, b, x):
    return [dot(row, x) for row in W]


@wrong("once for each product")
def linear(W, b, x):
    return [sum(w * number + bias for w, number in zip(row, x)) for row, bias in zip(W, b)]


@wrong("want 2 numbers, an output for each row of W, got 3")
def linear(W, b, x):
    return [dot(column, x[: len(column)]) + bias for column, bias in zip(zip(*W), [*b, 0.0])]


@wrong("transposed")
def linear(W, b, x):
    if len(W) == len(W[0]):
        W = list(zip(*W))
    return [dot(row, x) + bias for row, bias in zip(W, b)]


@wrong("graph is cut")
def linear(W, b, x):
    def number(v):
        return v.data if isinstance(v, Value) else v

    return [sum((number(w) * xj for w, xj in zip(row, x)), number(bias)) for row, bias in zip(W, b)]


# --- 56


@right
def collapse(W2, W1):
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]


@wrong("want a 2 x 2 matrix, got 3 x 3")
def collapse(W2, W1):
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W2)] for row in W1]


@wrong("W2 first, and then W1")
def collapse(W2, W1):
    if len(W2) == len(W1) == len(W1[0]):
        W1, W2 = W2, W1
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]


@wrong("swapped")
def collapse(W2, W1):
    W = [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]
    return list(zip(*W)) if len(W) == len(W[0]) else W


@wrong("do not add")
def collapse(W2, W1):
    if len(W2) != len(W1) or len(W1) != len(W1[0]):
        return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]
    return [[p + q for p, q in zip(*rows)] for rows in zip(W2, W1)]


@wrong("a list of rows")
def collapse(W2, W1):
    return 1.0


@right
def mirror_then_turn():
    return [[0, -1], [-1, 0]]


@wrong("turns first and then mirrors")
def mirror_then_turn():
    return [[0, 1], [1, 0]]


@wrong("only turns")
def mirror_then_turn():
    return [[0, -1], [1, 0]]


@wrong("only mirrors")
def mirror_then_turn():
    return [[-1, 0], [0, 1]]


@wrong("want (0, -1, -1, 0)")
def mirror_then_turn():
    return [[1, 0], [0, 1]]


# --- 51


@right
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return dot(weights, V), weights


@wrong("does not depend on q")
def attend(q, K, V):
    weights = softmax([sum(a.data * b for a, b in zip(q, key)) / math.sqrt(len(q)) for key in K])
    return dot(weights, V), weights


@right
def attend(q, K, V):  # with nothing but operators
    scores = [sum((a * b for a, b in zip(q, key)), Value(0.0)) / math.sqrt(len(q)) for key in K]
    exponentials = [(s - max(scores).data).exp() for s in scores]
    total = sum(exponentials, Value(0.0))
    weights = [e / total for e in exponentials]
    return sum((w * v for w, v in zip(weights, V)), Value(0.0)), weights


@wrong("unscaled scores")
def attend(q, K, V):
    weights = softmax([dot(q, key) for key in K])
    return dot(weights, V), weights


@wrong("divided by d, not by sqrt(d)")
def attend(q, K, V):
    weights = softmax([dot(q, key) / len(q) for key in K])
    return dot(weights, V), weights


@wrong("do not sum to 1")
def attend(q, K, V):
    weights = [(dot(q, key) / math.sqrt(len(q))).exp() for key in K]
    return dot(weights, V), weights


@wrong("Subtract the largest")
def attend(q, K, V):
    exponentials = [(dot(q, key) / math.sqrt(len(q))).exp() for key in K]
    total = sum(exponentials, Value(0.0))
    weights = [e / total for e in exponentials]
    return dot(weights, V), weights


@wrong("without weights")
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return sum(weights, Value(0.0)) * sum(V), weights


@wrong("graph is cut")
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return Value(dot(weights, V).data), weights


@wrong("d out/dq")
def attend(q, K, V):  # half of it is cut
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return dot([weights[0], *(w.data for w in weights[1:])], V), weights


@wrong("want (out, weights)")
def attend(q, K, V):
    return dot(softmax([dot(q, key) / math.sqrt(len(q)) for key in K]), V)


# --- The tests


@pytest.mark.parametrize("solution", RIGHT, ids=lambda f: f.__name__)
def test_a_right_solution_passes(solution, capsys):
    assert check(solution) is True
    assert capsys.readouterr().out == f"{solution.__name__}: right\n"


@pytest.mark.parametrize(("solution", "words"), WRONG, ids=lambda x: x[0] if isinstance(x, tuple) else x.__name__)
def test_a_wrong_solution_is_caught_and_told_why(solution, words, capsys):
    assert check(solution) is False
    said = capsys.readouterr().out
    assert said.startswith(f"{solution.__name__}: not yet. ") and said.count("\n") == 1
    for word in words:
        assert word in said, said


def test_every_exercise_is_tried_both_ways():
    assert {f.__name__ for f in RIGHT} == {f.__name__ for f, _ in WRONG} == set(EXERCISES)


def test_an_exception_is_told_with_its_line(capsys):
    def descend(f, w, eta, updates):
        return 1 / 0

    assert check(descend) is False
    line = descend.__code__.co_firstlineno + 1
    assert capsys.readouterr().out == f"descend: not yet. it raises ZeroDivisionError: division by zero (line {line})\n"


def test_a_function_of_another_name_is_told_the_names(capsys):
    assert check(len) is False and check(3) is False
    said = capsys.readouterr().out
    for name in EXERCISES:
        assert f"{name}(" in said


def test_the_pages_name_the_exercises_and_their_own_functions_pass(tmp_path, monkeypatch):
    monkeypatch.setattr("demos.shared.report.rendered", lambda *_: b"<svg/>")
    monkeypatch.setattr("demos.shared.plots.figure", lambda *_, **__: None)
    named = set()
    for name in ("attention", "layer", "gradient", "descent", "nudge", "transform"):
        made = run(name, out=tmp_path, quiet=True)
        page = made["report"].page.read_text(encoding="utf-8")
        assert "demos.exercises" in page
        named |= {exercise for exercise in EXERCISES if f"<code>{exercise}(" in page}
        if name == "descent":
            assert check(made["descend"])
    assert named == set(EXERCISES)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(exercises).failed == 0


def test_numbers_that_differ_are_written_with_the_digits_that_tell_them_apart():
    assert exercises._shown([1.0, 2.00000001], [1.0, 2.0]) == "(1, 2.00000001)"
    assert exercises._shown([1.5], [2.0]) == "(1.5)"
