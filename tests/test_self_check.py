"""The self-check: a program that differs from the function itself is refused, naming the line; others are accepted."""

from __future__ import annotations

import math
import re

import pytest
from backends import BACKENDS, assert_same, averaged, eagerly, gradients

import nn.functional as F
from autograd import Value, compile, dot, mean, no_grad
from autograd.compiled import batches
from autograd.errors import DomainError, ShapeError, TraceError
from nn.optim import SGD

W, B = Value(3.0, label="w"), Value(1.0, label="b")


def other_operation(x):
    return W * x if type(x) is float else W + x  # here


def other_number(x):
    return W * (x * 2 if type(x) is float else x * 3)  # here


def other_constant(x):
    return W * (not isinstance(x, Value))  # here


def by_a_table(x):
    return B + W * {float: 2, int: 3}.get(type(x), 5)  # here


def text_of_a_result(x):
    return W * len(str(W * x))  # here


def text_of_an_argument(x):
    return W * len(repr(x))  # here


def by_a_method(x):
    return W * (x if callable(getattr(x, "backward", None)) else 2 * x)  # here


def below_something(x):
    h = (W + B).tanh() if type(x) is float else (W - B).tanh()  # here
    return (h * x).exp() + W


def other_leaf(x):
    return (W if type(x) is float else B) * x  # here


def the_other_way_round(x):
    if not isinstance(x, Value):
        return W * 5 * x  # here
    return W * x


ASKING = [
    other_operation, other_number, other_constant, by_a_table, text_of_a_result, text_of_an_argument, by_a_method,
    below_something, other_leaf, the_other_way_round,
]  # fmt: skip


@pytest.mark.parametrize("call", [lambda step: step(2.5), lambda step: step.batch([2.5, 1.0])], ids=["call", "batch"])
@pytest.mark.parametrize("function", ASKING, ids=lambda f: f.__name__)
def test_a_function_that_asks_what_its_arguments_are_is_refused(function, call):
    before = gradients([W, B])
    what = "no number yet" if function is text_of_a_result else "as a compiled program: .*for the function itself"
    with pytest.raises(TraceError, match=rf"^test_self_check.py:\d+  [^\n]*# here\n.*{what}"):
        call(compile(function, [W, B]))
    assert gradients([W, B]) == before == [None, None]


def test_what_the_function_returns_is_seen():
    with pytest.raises(TraceError, match="returns None when called"):
        compile(lambda x: W * x if isinstance(x, Value) else None, [W])(2.0)


def test_ints_and_floats_have_one_program_and_a_function_that_tells_them_apart_is_found():
    step = compile(lambda x: W + x if isinstance(x, int) else W * x, [W], "python")
    assert (step(2.0), gradients([W])) == (6.0, [2.0])
    with pytest.raises(TraceError, match=r"is 2\.0, but 1\.0 for the function itself"):
        step(2)
    assert gradients([W]) == [None]


def test_ints_among_floats_are_no_reason_to_trace_again():
    step = compile(lambda xs: dot(xs, [W] * len(xs)), [W], "python")
    for xs in ([1.0, 2.0], [1, 2.0], [1.0, 2], [1, 2]):
        assert step(xs) == 9.0
    assert "1 signature traced" in repr(step) and gradients([W]) != [None]


AGREEING = {
    "a Value of it": lambda x, i: W * (x if isinstance(x, Value) else Value(x)),
    "numbers": lambda x, i: W * (3 * x**2 - abs(x) / 7 + sum([x, x, 0.1])) + 10**i,
    "plain and picked": lambda x, i: F.pick([W, 1.0, 2], i) * -2 + F.pick([x, W * x, 7], i) * B,
    "dots of numbers": lambda x, i: dot([x, 2.0], [1.0, x]) * W,
    "shared": lambda x, i: (h := W * x) * h + h.tanh() * (h + B),
    "nan": lambda x, i: W * (x * math.nan),
    "the class": lambda x, i: W * x if isinstance(x, float) and isinstance(i, int) else W,
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", AGREEING)
def test_functions_that_need_not_ask(kind, backend):
    function = AGREEING[kind]
    step = compile(function, [W, B], backend)
    for x, i in ((2.5, 1), (-0.5, 0), (1.25, 2)):
        assert_same((step(x, i), gradients([W, B])), eagerly(function, (x, i), [W, B]))


def test_what_the_function_itself_refuses_comes_out_of_the_first_call():
    with pytest.raises(DomainError, match="log"):
        compile(lambda x: (W * x).log(), [W], "python").batch([-1.0, 1.0])
    with pytest.raises(ShapeError, match=r"i: want an index from 0 to 1, got 7"):
        compile(lambda i: F.pick([W, B], i), [W], "python")(7)


def outside_of_the_gradient(x):
    with no_grad():
        baseline = (W * x).tanh() + B
    return (W * x - baseline) ** 2


def straight_through(x):
    h = W * x
    with no_grad():
        rest = h.relu() - h
    return (h + rest) * B


def in_products(x):
    with no_grad():
        seen = [(W * x).relu(), dot([W, B], [x, B]), (W - W).sqrt()]
    return dot(seen, [W, B, x]) + dot([*seen, B], [x, x, 1.0, x])


def a_whole_parameter(x):
    with no_grad():
        scale = B * B + B
    return W * x * scale


def everything(x):
    with no_grad():
        return W * x


def detached(x):
    h = W * x
    return (h - (W * x).detach()) ** 2 + W * W.detach() + h.detach() * B


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "function",
    [detached, outside_of_the_gradient, straight_through, in_products, a_whole_parameter, everything],
    ids=lambda f: f.__name__,
)
def test_no_gradient_goes_through_what_was_computed_in_no_grad(function, backend):
    """It is still computed in every call; a parameter used only there is not reached."""
    step = compile(function, [W, B], backend)
    xs = [2.5, 0.5, -1.0, 3.0, 1.5]
    for x in xs:
        wanted = eagerly(function, (x,), [W, B])
        assert_same((step(x), gradients([W, B])), wanted, exactly=backend == "python")
    assert_same((step.batch(xs), gradients([W, B])), averaged(function, [xs], [W, B]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_with_a_part_in_no_grad(backend):
    def trained(train):
        w, b = Value(0.5), Value(0.1)

        def loss(x, y):
            with no_grad():
                target = y + 0.9 * (w * y + b)
            return (w * x + b - target) ** 2

        optimizer = SGD([w, b], lr=0.05, momentum=0.9)
        columns = ([1.0, 2.0, -1.0, 0.5, 3.0], [0.5, -1.0, 2.0, 0.0, 1.0])
        return [*train(loss, [w, b], optimizer, columns), w.data, b.data]

    def by_hand(loss, parameters, optimizer, columns):
        losses = []
        for _ in range(20):
            result = mean([loss(*row) for row in zip(*columns)])
            optimizer.zero_grad()
            result.backward()
            optimizer.step()
            losses.append(result.data)
        return losses

    found = trained(lambda loss, ps, optimizer, columns: compile(loss, ps, backend).train([columns], optimizer, 20))
    assert found == pytest.approx(trained(by_hand), rel=1e-12)


def only_seen_in_no_grad(x):
    y = W * x
    with no_grad():
        weight = y.tanh()
    return W * weight


def picked_in_no_grad(x, i):
    """F.pick() returns an existing Value and makes no new one, so a gradient flows through it."""
    h = (W * x).tanh()
    with no_grad():
        chosen, scale = F.pick([h, B, W], i), F.pick([h * x, B * x, h], i)
    return chosen * scale + h


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_value_that_only_no_grad_sees_hands_nothing_on(backend):
    step = compile(only_seen_in_no_grad, [W, B], backend)
    wanted = eagerly(only_seen_in_no_grad, (0.5,), [W, B])
    assert_same((step(0.5), gradients([W, B])), wanted, exactly=backend == "python")
    wanted = averaged(only_seen_in_no_grad, [[0.5, 1.0, 2.0, 3.0, 4.0]], [W, B])
    assert_same((step.batch([0.5, 1.0, 2.0, 3.0, 4.0]), gradients([W, B])), wanted)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_picked_in_no_grad_is_what_was_there(backend):
    step = compile(picked_in_no_grad, [W, B], backend)
    for i in range(3):
        wanted = eagerly(picked_in_no_grad, (0.5, i), [W, B])
        assert_same((step(0.5, i), gradients([W, B])), wanted, exactly=backend == "python")
    columns = [0.5, 1.0, 2.0, 3.0, 4.0], [0, 1, 2, 1, 0]
    assert_same((step.batch(*columns), gradients([W, B])), averaged(picked_in_no_grad, columns, [W, B]))


def test_the_order_of_sums_is_not_changed_by_what_no_grad_sees():
    """backward() does not look beyond a value made in no_grad(), so it may reach other nodes in a different order."""
    w = Value(0.0)

    def loss(x):
        y = w * x
        with no_grad():
            seen = y.tanh()
        return seen + ((w.exp() + w * w) + y)

    step = compile(loss, [w], "python")
    for i in range(50):
        w.data = math.sin(i)
        assert_same((step(math.cos(i)), gradients([w])), eagerly(loss, (math.cos(i),), [w]), exactly=True)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("infinite", [math.inf, -math.inf, math.nan])
def test_where_a_relu_is_off_an_infinite_input_is_still_told(infinite, backend):
    """0 times infinity is nan, in a row of a batch as in one sample."""
    w, v = Value(-0.5), Value(0.25)
    step = compile(lambda x: dot([w, v], [x, 1.0]).relu() + W, [w, v, W], backend)
    rows = [1.0, -1.0, infinite, 2.0, -3.0]
    assert_same((step.batch(rows), gradients([w, v, W])), averaged(step.__wrapped__, [rows], [w, v, W]))


# Faults planted in the text that the code generator writes: what is looked for, and what is put in its place.
FAULTS = {
    "an operation": (r"x_0 \* w", "x_0 + w"),
    "an operand": (r"\bx_1\b \* v", "x_0 * v"),
    "a constant": (r"\b3\.0\b", "3.0000001"),
    "a sign": (r" - y", " + y"),
    "a function": (r"= tanh\(", "= sin("),
    "an exponent": (r"pow\((\w+), 2\.0\)", r"pow(\1, 3.0)"),
    "a slope": (r"1\.0 - (\w+) \* \1", r"1.0 + \1 * \1"),
    "a factor of a slope": (r"2\.0 \* (\w+) \* d_", r"\1 * d_"),
    "an upstream gradient": (r"\* seed\b", "* 2.0 * seed"),
    "a gradient that is set, not added": (r"d_b = d_b \+ ", "d_b = "),
    "a gradient that is taken away": (r"d_b = d_b \+ ", "d_b = d_b - "),
    "a gradient that is left out": (r"d_b = d_b \+ [^\n]*", "pass"),
    "a gradient for another": (r"d_b = d_b \+ ", "d_b = d_w + "),
    "gradients that change places": (r"value__0\.grad = d_picked__\[1\]", "value__0.grad = d_picked__[2]"),
    "a parameter that is read from another": (r"\bv = value__1\.data", "v = value__0.data"),
    "inputs that change places": (r"\[x_0, x_1, y, i\]", "[x_1, x_0, y, i]"),
    "a result that is another value": (r"return (\w+)", r"return 0.5 * \1"),
    "a pick of the wrong row": (r"\[int\(i\)\]|\[i\]", "[0]"),
    "a bound of relu": (r"<= 0", "<= 9"),
    "a slope of relu": (r"else 1\.0", "else 1.5"),
    "a term of a dot": (r" \+ x_1 \* v", ""),
    "a mean that is a sum": (r" / 2\.0", ""),
}  # fmt: skip


@pytest.mark.parametrize("call", [lambda step, *row: step(*row), lambda step, *row: step.batch(*([x] for x in row))])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_planted_in_the_code_generator_is_found(fault, call, monkeypatch):
    """It may be in the code of one sample, or in that of a batch."""
    w, v, b = Value(0.5, label="w"), Value(-0.25, label="v"), Value(1.5, label="b")

    def loss(x, y, i):
        h = dot(x, [w, v]).tanh() + (w * v - y) ** 2 + F.pick([b * 3.0, w, v], i) * 2.0
        return (h.relu() + mean([w * b, v])) * 3.0 - v.relu()

    def faulty(write):
        def written(program):
            text, count = re.subn(*FAULTS[fault], write(program))
            changed.append(count)
            return text

        return written

    changed = []
    monkeypatch.setattr(batches, "python_loop", faulty(batches.python_loop))
    step = compile(loss, [w, v, b], "python")
    with pytest.raises(TraceError, match="a fault in compile"):
        call(step, [0.75, -2.0], 0.125, 1)
    assert sum(changed) and gradients([w, v, b]) == [None, None, None]


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_near_the_largest_float_are_no_difference(backend):
    w = Value(1.0, label="w")
    step = compile(lambda x: w * x, [w], backend, check="always")
    assert (step(1.5e308), w.grad) == (1.5e308, 1.5e308)


@pytest.mark.parametrize("backend", BACKENDS)
def test_digits_that_no_float_has_are_no_difference(backend):
    """The fuzzer found this: a third of the smallest float is 0, three times; the sum of three thirds of it is not."""
    x, y = Value(5e-324), Value(1e5)
    step = compile(lambda s: dot([y], [x]) + 0 * s, [x, y], backend, check="always")
    assert step.batch([1.8, 2.05, 2.3]) == pytest.approx(5e-319) and step(1.0) > 0
