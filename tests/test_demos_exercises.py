"""The checks of the exercises: right solutions pass, and each of the usual wrong ones is caught and named."""

# ruff: noqa: F811 - solutions of one exercise share its name
from __future__ import annotations

import builtins
import doctest
import json
import math
import sys
from collections import deque
from fractions import Fraction
from itertools import combinations

import pytest

import autograd
import nn.functional as F
from autograd import Value, dot, softmax
from demos import exercises
from demos.exercises import EXERCISES, LESSONS, check, exercises_of, verdict_on
from demos.exercises.exercise import Slips
from demos.exercises.files import check_file, report_on, write
from demos.shared.catalog import DEMOS
from demos.shared.page import run

RIGHT, WRONG = [], []


def right(solution):
    RIGHT.append(solution)
    return solution


def wrong(*words):
    """Return a wrong solution, and words that its verdict must contain."""

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
def gradients(w, b, x, y):  # this one uses the engine
    w, b = Value(w), Value(b)
    ((w * x + b - y) ** 2).backward()
    return [w.grad, b.grad]


@wrong("error has the wrong sign")
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


@wrong("dL/db has one factor too many")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * x, 2 * (w * x + b - y) * x


@wrong("same for all inputs")
def gradients(w, b, x, y):
    return 0.0, 0.0


@wrong("returns None")
def gradients(w, b, x, y):
    2 * (w * x + b - y)


@wrong("want a list of 2 numbers", "got a number")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * x


@wrong("not w itself")
def gradients(w, b, x, y):
    return 2 * (w * x + b - y) * w, 2 * (w * x + b - y)


@wrong("NameError")
def gradients(w, b, x, y):
    return 2 * undefined, 0  # noqa: F821


@wrong("got 'x', a str")
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


@wrong("zero_grad() is missing")
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


@wrong("Nothing moves")
def descend(f, w, eta, updates):
    v, ws = Value(w), [w]
    for _ in range(updates):
        v.zero_grad()
        v.data -= eta * v.grad
        ws.append(v.data)
    return ws


@wrong("want a list of 4 numbers, got a list of 1 number")
def descend(f, w, eta, updates):
    return [w]


@wrong("multiply the gradient by eta")
def descend(f, w, eta, updates):  # without eta
    ws = [w]
    for _ in range(updates):
        v = Value(ws[-1])
        f(v).backward()
        ws.append(v.data - v.grad)
    return ws


@wrong("the same Value many times")
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


@wrong("one way only")
def nudge_grad(f, xs):
    at = f(xs)
    return [(nudged(f, xs, k, 1e-6) - at) / 1e-6 for k in range(len(xs))]


@wrong("one way only")
def nudge_grad(f, xs):  # it takes as many passes as two sides, and is close
    return [(nudged(f, xs, k, 1e-7) - f(xs)) / 1e-7 for k in range(len(xs))]


@wrong("called 3 times for 1 number")
def nudge_grad(f, xs):
    f(xs)
    return [(nudged(f, xs, k, 1e-5) - nudged(f, xs, k, -1e-5)) / 2e-5 for k in range(len(xs))]


@wrong("divide by 2*h")
def nudge_grad(f, xs):
    return [(nudged(f, xs, k, 1e-5) - nudged(f, xs, k, -1e-5)) / 1e-5 for k in range(len(xs))]


@wrong("f(above) comes first")
def nudge_grad(f, xs):
    return [(nudged(f, xs, k, -1e-5) - nudged(f, xs, k, 1e-5)) / 2e-5 for k in range(len(xs))]


@wrong("The nudge is 0.01")
def nudge_grad(f, xs):  # the nudge is too large
    return [(nudged(f, xs, k, 0.01) - nudged(f, xs, k, -0.01)) / 0.02 for k in range(len(xs))]


@wrong("changes xs", "[2, 5] became [1.99999, 4.99999]")
def nudge_grad(f, xs):
    slopes = []
    for k in range(len(xs)):
        xs[k] += 1e-5
        above = f(xs)
        xs[k] -= 2e-5
        slopes.append((above - f(xs)) / 2e-5)
    return slopes


@wrong("called at xs itself")
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


@wrong("accepts 2 inputs although W has 3 columns")
def linear(W, b, x):
    return [dot(row[: len(x)], x[: len(row)]) + bias for row, bias in zip(W, b)]


@right
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


@wrong("want a list of 2 numbers, got a list of 3 numbers", "W is transposed")
def linear(W, b, x):
    return [dot(column, x[: len(column)]) + bias for column, bias in zip(zip(*W), [*b, 0.0])]


@wrong("W is transposed")
def linear(W, b, x):
    if len(W) == len(W[0]):
        W = list(zip(*W))
    return [dot(row, x) + bias for row, bias in zip(W, b)]


@wrong("No gradient reaches W[0][0]")
def linear(W, b, x):
    def number(v):
        return v.data if isinstance(v, Value) else v

    return [sum((number(w) * xj for w, xj in zip(row, x)), number(bias)) for row, bias in zip(W, b)]


# --- 56


@right
def collapse(W2, W1):
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]


@wrong("W2 is applied first")
def collapse(W2, W1):
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W2)] for row in W1]


@wrong("2 of 5 cases are right")
def collapse(W2, W1):
    if len(W2) == len(W1) == len(W1[0]):
        W1, W2 = W2, W1
    return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]


@wrong("swapped")
def collapse(W2, W1):
    W = [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]
    return list(zip(*W)) if len(W) == len(W[0]) else W


@wrong("The matrices are added")
def collapse(W2, W1):
    if len(W2) != len(W1) or len(W1) != len(W1[0]):
        return [[sum(p * q for p, q in zip(row, column)) for column in zip(*W1)] for row in W2]
    return [[p + q for p, q in zip(*rows)] for rows in zip(W2, W1)]


@wrong("want a 2 x 2 matrix, got a number")
def collapse(W2, W1):
    return 1.0


@right
def mirror_then_turn():
    return [[0, -1], [-1, 0]]


@wrong("turns to the right")
def mirror_then_turn():
    return [[0, 1], [1, 0]]


@wrong("only turns")
def mirror_then_turn():
    return [[0, -1], [1, 0]]


@wrong("only mirrors")
def mirror_then_turn():
    return [[-1, 0], [0, 1]]


@wrong("changes nothing")
def mirror_then_turn():
    return [[1, 0], [0, 1]]


# --- 51


@right
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return dot(weights, V), weights


@wrong("No gradient reaches q[0]")
def attend(q, K, V):
    weights = softmax([sum(a.data * b for a, b in zip(q, key)) / math.sqrt(len(q)) for key in K])
    return dot(weights, V), weights


@right
def attend(q, K, V):  # this one uses only operators
    scores = [sum((a * b for a, b in zip(q, key)), Value(0.0)) / math.sqrt(len(q)) for key in K]
    exponentials = [(s - max(scores).data).exp() for s in scores]
    total = sum(exponentials, Value(0.0))
    weights = [e / total for e in exponentials]
    return sum((w * v for w, v in zip(weights, V)), Value(0.0)), weights


@wrong("not scaled")
def attend(q, K, V):
    weights = softmax([dot(q, key) for key in K])
    return dot(weights, V), weights


@wrong("divided by d, not by its square root")
def attend(q, K, V):
    weights = softmax([dot(q, key) / len(q) for key in K])
    return dot(weights, V), weights


@wrong("do not add up to 1")
def attend(q, K, V):
    weights = [(dot(q, key) / math.sqrt(len(q))).exp() for key in K]
    return dot(weights, V), weights


@wrong("Subtract the largest")
def attend(q, K, V):
    exponentials = [(dot(q, key) / math.sqrt(len(q))).exp() for key in K]
    total = sum(exponentials, Value(0.0))
    weights = [e / total for e in exponentials]
    return dot(weights, V), weights


@wrong("without their weights")
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return sum(weights, Value(0.0)) * sum(V), weights


@wrong("No gradient reaches q[0]")
def attend(q, K, V):
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return Value(dot(weights, V).data), weights


@wrong("with respect to q[0] should be 0.875446, but is 0.2812")
def attend(q, K, V):  # half of it is cut
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return dot([weights[0], *(w.data for w in weights[1:])], V), weights


@wrong("The weights are missing")
def attend(q, K, V):
    return dot(softmax([dot(q, key) / math.sqrt(len(q)) for key in K]), V)


# --- The tests


@pytest.mark.parametrize("solution", RIGHT, ids=lambda f: f.__name__)
def test_a_right_solution_passes(solution, capsys):
    assert check(solution) is True
    assert capsys.readouterr().out == f"{solution.__name__}: right\n"


@pytest.mark.parametrize(("solution", "words"), WRONG, ids=lambda x: x[0] if isinstance(x, tuple) else x.__name__)
def test_a_wrong_solution_is_caught_and_told_why(solution, words, capsys, monkeypatch):
    monkeypatch.setattr("demos.exercises.verdict.program_of", lambda thing: None)  # only numbers count
    assert check(solution) is False
    told = capsys.readouterr().out.splitlines()[0]
    assert told.startswith(f"{solution.__name__}: not yet. ")
    for word in words:
        assert word in told, told


def _softmax(scores):
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def _sorted_out(operands, root, kept=lambda name: True):
    found = []

    def visit(name):
        for operand in operands[name]:
            visit(operand)
        if name not in found:
            found.append(name)

    visit(root)
    return [name for name in reversed(found) if kept(name)]


def _only_floats(w, b, x):
    if isinstance(b, Value):
        raise TypeError("no Values, please")
    return sum(p * q for p, q in zip(w, x)) + b


def _attend_to_small_ones(q, K, V):
    if max(dot(q, key).data for key in K) > 1000:
        raise ValueError("too much")
    weights = softmax([dot(q, key) / math.sqrt(len(q)) for key in K])
    return dot(weights, V), weights


CALLS = []
TOLD = [
    ("predicted", lambda y, slope, dx: round(y + slope * dx, 1), "rounded to 1 decimal place"),
    ("predicted", lambda y, slope, dx: y + slope * dx + 2, "Every number is 2 too large"),
    ("predicted", lambda y, slope, dx: (y + slope * dx) * 1.000005, "want 5.25, got 5.2500263"),
    ("predicted", lambda y, slope, dx: {y, slope * dx}, "returns a set, which has no order"),
    ("predicted", lambda y, slope, dx: [y, slope * dx], "Added up, these numbers would be the answer"),
    ("predicted", lambda y, slope, dx: y + slope * dx if dx < 1 else math.inf - math.inf, "There is a nan"),
    ("predicted", lambda y, slope, dx: CALLS.append(1) or len(CALLS), "a different answer the second time"),
    ("weighted_sum", lambda w, b, x: w[0] * x[0] + w[1] * x[1] + b, "The sizes of the first example are typed in"),
    ("cross_entropy", lambda scores, target: -math.log(_softmax([s.data for s in scores])[target]), "has lost its graph"),
    ("weighted_sum", _only_floats, "right with floats; given Values for w, b, x, it raises TypeError"),
    ("linear", lambda W, b, x: [[row[0] * x[0] + c for row, c in zip(W, b)], *([row[k] * x[k] for row in W] for k in range(1, len(x)))],
     "the sum over the rows is missing"),
    ("softmax", lambda scores: _softmax(scores)[1:], "The first one is missing"),
    ("softmax", lambda scores: _softmax(scores)[-1:], "Only the last one is there"),
    ("softmax", lambda scores: [1.0, *_softmax(scores)], "others that nobody asked for come before them"),
    ("gradients", lambda w, b, x, y: (2 * (w * x + b - y) * x, w + 3), "In every case dL/dw is right, and the rest is wrong"),
    ("slope", lambda f, x: (f(x + 1) - f(x - 1)) / 2, ", which is not near x = "),
    ("attend", _attend_to_small_ones, "it raises ValueError: too much"),
    ("order", lambda operands, root: sorted(operands), "sorted alphabetically"),
    ("order", lambda operands, root: {*operands}, "want a list of names, got {"),
    ("order", lambda operands, root: [_sorted_out(operands, root)], "want a flat list of names"),
    ("order", lambda operands, root: [*_sorted_out(operands, root), "z"], "no node is called 'z'"),
    ("order", lambda operands, root: [], "The list is empty: is the set of visited nodes kept between calls?"),
    ("order", lambda operands, root: [root], "got ['f']: c is missing."),
    ("order", lambda operands, root: _sorted_out(operands, root, operands.get), "Are all leaves left out"),
    ("order", lambda operands, root: _sorted_out({name: used[:1] for name, used in operands.items()}, root), "Only the first operand"),
    ("order", lambda operands, root: _sorted_out(operands, root, lambda name: name != root), "The root belongs in the list too"),
    ("order", lambda operands, root: CALLS.append(1) or (_sorted_out(operands, root) if len(CALLS) == 1 else []),
     "a different list the second time"),
    ("Value", lambda data: data, "want a class with data, grad, +, *, tanh() and backward()"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "solution", "words"), TOLD, ids=lambda x: x if isinstance(x, str) else "")
def test_what_an_answer_gives_away_is_told(name, solution, words):
    CALLS.clear()
    right, sentence = verdict_on(name, solution, search=False)
    assert not right and words.lower() in sentence.lower(), sentence


def test_floats_are_enough_where_no_values_are_asked_for():
    remark = "The functions of the module math do not take Values; v.exp(), v.log() and so on do"
    assert verdict_on("weighted_sum", lambda w, b, x: math.fsum(p * q for p, q in zip(w, x)) + b) == (
        True,
        f"right. {remark}",
    )


def defined(name, source):
    """Return what a learner's file with this source defines under a name."""
    from demos.exercises.files import _run

    return _run(source if name == "Value" else f"from autograd import Value\n{source}", "learner.py")[name]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_that_is_shown_is_right(name):
    assert verdict_on(name, defined(name, EXERCISES[name].solution)) == (True, "right")


@pytest.mark.parametrize("name", [name for name, one in EXERCISES.items() if one.starter])
def test_what_a_starter_file_begins_with_is_not_right_yet(name):
    right, sentence = verdict_on(name, defined(name, EXERCISES[name].starter))
    assert not right and len(sentence) > 60


def _cases(most, step):
    """Return the first slips alone, and every step-th pair."""
    return [(name, slips) for name, one in EXERCISES.items() if not one.examine
            for slips in [(slip,) for slip in one.slips()][:most] + list(combinations(one.slips(), 2))[::step]]  # fmt: skip


@pytest.mark.parametrize(("most", "step"), [(3, 499), pytest.param(None, 7, marks=pytest.mark.slow)])
def test_each_slip_and_two_at_once_are_named_by_what_gives_the_same_numbers(most, step):
    """A sentence is right if the slips it names give exactly the numbers that were given."""
    unnamed, cases = [], _cases(most, step)
    for name, slips in cases:
        one = EXERCISES[name]
        given = [one.answer(case, slips) for case in one.inputs()] if _possible(one, slips) else None
        if given is None or given == [one.answer(case) for case in one.inputs()]:
            continue
        answers = iter(given)
        right, sentence = verdict_on(name, _answering(one, answers, slips), search=False)
        assert not right, (name, slips)
        if not any(slip in sentence for slip in slips) and not any(slip in sentence for slip in one.slips()):
            unnamed.append((name, slips, sentence))
    assert len(unnamed) <= len(cases) // 50, unnamed


def _possible(one, slips):
    try:
        return [one.answer(case, slips) for case in one.inputs()]
    except (ArithmeticError, ValueError, IndexError, TypeError):
        return None


def _answering(one, answers, slips):
    def answering(*arguments):
        return one.reference(Slips(slips), *arguments)

    return answering


def test_every_exercise_says_what_it_is_and_belongs_to_a_lesson():
    assert sorted(one.name for lesson in LESSONS for one in exercises_of(lesson)) == sorted(EXERCISES)
    for one in EXERCISES.values():
        assert one.statement.startswith(one.name) and one.hint and one.solution and one.minutes
        assert one.examine or len(one.slips()) >= 4, one.name
    for lesson in LESSONS:
        assert len(list(exercises_of(lesson))) >= 2, lesson
    assert len(EXERCISES) >= 24


def test_an_exception_is_told_with_its_line(capsys):
    def descend(f, w, eta, updates):
        return 1 / 0

    assert check(descend) is False
    line = descend.__code__.co_firstlineno + 1
    told = capsys.readouterr().out
    assert told.endswith(f"updates=3: it raises ZeroDivisionError: division by zero (line {line})\n")


def test_a_function_of_another_name_is_told_what_there_is(capsys):
    def lienar(W, b, x):
        return x

    assert not check(lienar) and not check(len) and not check(3) and not check(lambda: 3) and not check()
    told = capsys.readouterr().out
    assert "did you mean linear?" in told and "a lambda has no name" in told and told.count("check() lists all") == 3
    assert not check(7.5, "predicted") and capsys.readouterr().out == "predicted is not a function: 7.5\n"
    with pytest.raises(LookupError, match=r"there is no exercise 'lienar': did you mean linear\?"):
        exercises.hint("lienar")
    assert all(one.statement in told for one in EXERCISES.values())
    assert check(RIGHT[0], "gradients") and not check(RIGHT[0], "slope")


def test_help_comes_after_three_misses_and_a_solution_is_offered_after_five(capsys):
    def predicted(y, slope, dx):
        return y

    exercises._misses.clear()
    for _ in range(6):
        check(predicted)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    assert lines == [f"    hint: {EXERCISES['predicted'].hint}",
                     '    solution("predicted") shows one way to do it, if you have had enough']  # fmt: skip


@pytest.mark.slow
def test_the_pages_name_the_exercises_and_their_own_functions_pass(tmp_path, monkeypatch):
    monkeypatch.setattr("demos.shared.report.rendered", lambda *_: b"<svg/>")
    named = set()
    for name in (demo.name for demo in DEMOS if demo.lesson):
        made = run(name, out=tmp_path, quiet=True)
        page = made["report"].page.read_text(encoding="utf-8")
        assert "from scalar_autograd import check" in page
        named |= {exercise for exercise in EXERCISES if f"<code>{exercise}(" in page}
        if name == "descent":
            assert check(made["descend"])
    assert named == set(EXERCISES) - {"Value"}


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(exercises).failed == 0


# --- Files


def test_starter_files_are_written_once_and_checked(tmp_path, capsys):
    written = write(tmp_path)
    assert [path.stem for path in written] == [f"lesson_{lesson}" for lesson in LESSONS]
    path = tmp_path / "lesson_53.py"
    assert not check_file(path)
    names = [one.name for one in exercises_of("53")]
    assert names[:2] == ["gradients", "chain"]
    assert capsys.readouterr().out.splitlines() == [f"{name}: not begun" for name in names] + [
        f"0 of {len(names)} right"
    ]
    path.write_text(
        path.read_text(encoding="utf-8").replace("    ...  # your code\n", "    return 2 * x\n", 1), encoding="utf-8"
    )
    assert write(tmp_path) == []  # nothing is overwritten
    assert not check(path)
    told = capsys.readouterr().out
    assert "gradients: not yet." in told and "chain: not begun" in told


def test_a_file_of_right_solutions_is_right(tmp_path, capsys):
    path = tmp_path / "mine.py"
    path.write_text("from autograd import Value\nimport autograd, math, nn\n" + "".join(
        one.solution for one in EXERCISES.values() if one.name != "Value"))  # fmt: skip
    assert check_file(path, as_json=True)
    report = json.loads(capsys.readouterr().out)
    assert report["right"] == report["of"] == len(EXERCISES) - 1 and not report["problem"]
    assert {one["status"] for one in report["exercises"]} == {"right"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def gradients(:", "SyntaxError"),
        ("x = 1", "there is no exercise in"),
        ("while True: pass", "still running"),
        ("exit()", "ends Python"),
        ("1 / 0", "division by zero (line 1)"),
        ("import nowhere", "ModuleNotFoundError"),
    ],
)
def test_a_file_that_cannot_be_run_is_told_in_a_sentence(tmp_path, capsys, source, words):
    path = tmp_path / "mine.py"
    path.write_text(source)
    assert not check(path)
    told = capsys.readouterr().out
    assert words in told and told.count("\n") == 1
    assert not check(tmp_path / "no.py") and "cannot be read" in capsys.readouterr().out


# --- What a solution may do without harm


def _loop(y, slope, dx):
    while True:
        pass


def _loop_that_swallows(y, slope, dx):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            continue


def _recursion(y, slope, dx):
    return _recursion(y, slope, dx)


def _exit(y, slope, dx):
    sys.exit(3)


def _input(y, slope, dx):
    return float(input("y? "))


def _no_repr(y, slope, dx):
    class Odd:
        def __repr__(self):
            raise KeyError

    return Odd()


def _endless_answer(y, slope, dx):
    return iter(int, 1)


def _a_mode_left_on(y, slope, dx):
    autograd.no_grad().__enter__()
    return y + slope * dx


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        (_loop, "still running after 1,000,000 instructions, at line"),
        (_loop_that_swallows, "still running"),
        (_recursion, "keeps calling itself and never stops"),
        (_exit, "ends Python"),
        (_input, "asks for input"),
        (_no_repr, "a Odd whose repr fails"),
        (_endless_answer, "got a list of 10000 numbers"),
        (_a_mode_left_on, "right"),
    ],
)
def test_nothing_a_solution_does_costs_the_session(solution, words):
    before = sys.gettrace(), len(autograd.modes.shared["mode"]), builtins.input, sys.stdout
    assert words in verdict_on("predicted", solution)[1]
    assert before == (sys.gettrace(), len(autograd.modes.shared["mode"]), builtins.input, sys.stdout)


def test_a_debugger_sees_every_call_of_a_check_return():
    """Without those that are made while instructions are counted."""
    open_calls, seen = [], []

    def trace(frame, event, _):
        if event == "call":
            open_calls.append(frame)
        elif event == "return":
            seen.append((frame, open_calls.pop() if open_calls else None))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        told = verdict_on("predicted", lambda y, slope, dx: y + slope * dx)
    finally:
        sys.settrace(before)
    assert told == (True, "right") and len(seen) > 100
    assert all(left is entered for left, entered in seen)


def test_a_mode_that_the_session_is_in_does_no_harm():
    with autograd.no_grad():
        assert verdict_on("descend", RIGHT[2]) == (True, "right")


def test_what_a_solution_prints_is_not_shown(capsys):
    def predicted(y, slope, dx):
        print("here")
        return y + slope * dx

    assert check(predicted)
    assert capsys.readouterr().out == "predicted: right\n"


class Listed:
    """The attributes that numpy's arrays and numbers have."""

    def __init__(self, held):
        self.held = held

    def tolist(self):
        return self.held


@pytest.mark.parametrize(
    "change",
    [tuple, lambda xs: iter(list(xs)), deque, Listed, lambda xs: [Fraction(x) for x in xs], lambda xs: map(float, xs),
     lambda xs: [Value(x) for x in xs], lambda xs: [Listed(x) for x in xs]],
)  # fmt: skip
def test_any_kind_of_list_and_number_will_do(change):
    assert verdict_on("gradients", lambda *args: change(RIGHT[0](*args))) == (True, "right")


def test_drift_of_a_last_digit_is_no_change_of_the_inputs():
    def nudge(f, xs, h=1e-5):
        slopes = []
        for k in range(len(xs)):
            xs[k] += h
            above = f(xs)
            xs[k] -= 2 * h
            slopes.append((above - f(xs)) / (2 * h))
            xs[k] += h
        return slopes

    assert verdict_on("nudge_grad", nudge) == (True, "right")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yield 1\n    while True: pass", "it is still running after 1,000,000 instructions, at line 3"),
        ("yield 1\n    exit()", "it ends Python"),
        ("yield from (p / 0 for p in partials)", "it raises ZeroDivisionError"),
        ("nothing = None\n    yield nothing()", "it raises TypeError: 'NoneType' object is not callable (line 3)"),
    ],
)
def test_a_generator_is_run_as_carefully_as_a_function(body, said, tmp_path):
    path = tmp_path / "lesson_53.py"
    path.write_text(f"def chain(partials):\n    {body}\n", encoding="utf-8")
    (report,) = report_on(path)
    assert report["status"] == "wrong" and said in report["verdict"], report
