"""gradcheck passes what is right, and names the edge whose partial is wrong."""

from __future__ import annotations

import math
import random

import pytest

import autograd
from autograd import Value, dot, grad, gradcheck, ieee, maximum, op, softmax
from autograd.errors import GradcheckError
from autograd.explain.check import agree

wrong_square = op("wrong_square", "square", "a * a", "a")
wrong_pair = op("wrong_pair", "pair", "a * b * b", "b * b", "a * b")


def test_right_gradients_pass_and_nothing_is_touched():
    a, b = Value(0.5, "a"), Value(2.0, "b")
    assert gradcheck(lambda a, b: (a * b + 1).log() / b, [a, b])
    assert (a.data, b.data, a.reached) == (0.5, 2.0, False)
    assert gradcheck(lambda xs, w: [dot(xs, xs), xs[0] * w], [[a, b], 3])
    assert gradcheck(lambda a: a**2.5, Value(0.0))
    assert gradcheck(lambda a: a * 2, 1.0)
    assert gradcheck(lambda a: a.log(), Value(1e-9)) and gradcheck(lambda a: a.sqrt(), Value(2e-7))


def test_the_wrong_edge_is_named():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda x, y: (wrong_square(x) * y).tanh() + x, [Value(0.4, "x"), y])
    for piece in ("wrong_square", "'a'", "-> x", "d(output)/dx"):
        assert piece in str(caught.value)
    with pytest.raises(GradcheckError, match=r"wrong_pair for b.*-> y"):
        gradcheck(lambda x, y: wrong_pair(x, y) + x, [x, y])
    assert gradcheck(wrong_square, x, raise_exception=False) is False


def test_a_cut_graph_is_recognised():
    with pytest.raises(GradcheckError, match=r"does not depend on it.*\.data"):
        gradcheck(lambda x: Value(x.data) * 2, Value(3.0, "x"))
    with pytest.raises(GradcheckError, match=r"a path is missing.*\.data"):
        gradcheck(lambda x: x * Value(x.data), Value(3.0, "x"))


SIZES = [10.0**k for k in range(-12, 10, 3)] + [1e-6, 3e-7, 1e6, 2e5]
SMOOTH = {
    "1/x": (lambda x: 1 / x, [*SIZES, *(-x for x in SIZES)]),
    "sqrt": (Value.sqrt, SIZES), "log": (Value.log, SIZES), "x**-2": (lambda x: x**-2, SIZES),
    "x**1.5": (lambda x: x**1.5, [0.0, *SIZES]), "cube": (lambda x: x * x * x, [0.0, *SIZES, *(-x for x in SIZES)]),
    "sin": (Value.sin, [0.0, *SIZES]), "cos": (Value.cos, [0.0, *SIZES]), "tanh": (Value.tanh, [0.0, 1e-9, 0.3, 4.0, 30.0]),
    "exp": (Value.exp, [-700.0, -30.0, 0.0, 1e-7, 20.0, 600.0]), "log1p": (Value.log1p, [-1 + 1e-7, 0.0, 1e-9, 1e6]),
    "asin": (Value.asin, [1 - 1e-9, -1 + 1e-6, 0.0]), "narrow": (lambda x: (x * 1e6).sin() + x.log(), [1.0, 0.3]),
    "log near 0": (lambda x: (x + 1e-9).log(), [0.0]), "relu beside its kink": (Value.relu, [1e-7, -1e-7, 1e-20, -1e-20]),
    "abs beside its kink": (abs, [1e-7, -1e-20]), "on a height": (lambda x: x.sin() + 1e4, [0.5, 1e-7]),
    "maximum of one": (lambda x: maximum(x, x), [0.0, 1e6]), "softmax": (lambda x: softmax([x, 0.0, x * 2])[0], [0.0, 1e-7, 3.0]),
}  # fmt: skip


@pytest.mark.parametrize("name", SMOOTH)
def test_a_right_gradient_passes_whatever_the_size_of_the_input(name):
    f, places = SMOOTH[name]
    for x in places:
        assert gradcheck(f, Value(x, "x")), x


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("factor", [1.0001, *(pytest.param(x, marks=pytest.mark.slow) for x in (-1.0, 0.0, 0.5))])
def test_a_wrong_gradient_does_not_pass_whatever_the_size_of_the_input(name, factor):
    """The wrong gradient is the right one times a factor: the function's own value is partly used as a plain number."""
    f, places = SMOOTH[name]
    tried = 0
    for at in places:
        slope = grad(f(x := Value(at)), x)[0].data
        if abs(slope) * abs(factor - 1) > 4 * (1e-6 + 1e-5 * abs(slope)):
            tried += 1
            assert not gradcheck(lambda x: f(x * factor + x.data * (1 - factor)), Value(at), raise_exception=False), (
                at,
                slope,
            )
    assert tried or factor == 1.0001


KINKS = {
    "relu": (Value.relu, 0.0), "leaky_relu": (Value.leaky_relu, 0.0), "larger": (lambda x: maximum(x, 2 * x), 0.0),
    "tied": (lambda x: maximum(x, 1.0), 1.0), "far away": (lambda x: (x - 1e6).relu(), 1e6), "curved": (lambda x: x.exp() + x.relu(), 0.0),
}  # fmt: skip
SYMMETRIC = {"abs": (abs, 0.0), "of a sine": (lambda x: abs(x.sin()), 0.0), "far away": (lambda x: abs(x - 1e6), 1e6)}
POLES = {
    "1/x": (lambda x: 1 / x, 0.0), "log": (Value.log, 0.0), "sqrt": (Value.sqrt, 0.0), "asin": (Value.asin, 1.0),
    "root": (lambda x: abs(x) ** 0.5, 0.0), "cube root": (lambda x: x ** (1 / 3), 0.0), "1/x**2": (lambda x: x**-2, 0.0),
}  # fmt: skip
NOWHERE = [("kink", KINKS), ("symmetric kink", SYMMETRIC), ("pole", POLES)]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, table in NOWHERE for name in table])
def test_no_gradient_is_right_at_a_kink_or_a_pole(kind, name):
    """They are told apart, the operation is named, and raise_exception=False returns False."""
    f, at = dict(NOWHERE)[kind][name]
    x = Value(at, "x")
    with ieee():
        with pytest.raises(GradcheckError, match=f"there is a {kind}[,:]") as caught:
            gradcheck(lambda x: f(x) * 3, x)
        assert "d(output)/dx" in str(caught.value) and "->" in str(caught.value)
        assert gradcheck(f, x, raise_exception=False) is False


@pytest.mark.parametrize("claim", ["0", "0.5", "1", "-1", "out"])
def test_no_claim_is_right_at_a_kink(claim):
    for value in ("a if a > 0 else 0", "a if a > 0 else -a"):
        claimed = op("claimed", "c", value, claim)
        assert gradcheck(claimed, Value(0.0), raise_exception=False) is False


def test_a_jump_is_told():
    step = op("stair", "stair", "1 if a > 0 else 0", "0")
    assert gradcheck(step, Value(0.5))
    with pytest.raises(GradcheckError, match="there is a pole"):
        gradcheck(step, Value(0.0, "x"))
    own = random.Random(0)
    with pytest.raises(GradcheckError, match=r"there is (no slope that differences can find|a pole)"):
        gradcheck(lambda x: x * own.random(), Value(0.5, "x"))


def test_a_mask_drawn_at_random_is_the_same_each_time_and_nothing_seems_drawn_afterwards():
    def dropped(*xs):
        return [x * (random.random() >= 0.5) / 0.5 * (1 + x) for x in xs]

    random.seed(3)
    wanted = random.random()
    random.seed(3)
    assert gradcheck(dropped, [Value(0.5 + k) for k in range(8)])
    assert random.random() == wanted


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(GradcheckError, match="want f to return"):
        gradcheck(lambda x: x.data, Value(1.0))
    with pytest.raises(TypeError, match="want a Value, a number"):
        gradcheck(lambda x: x, ["1"])
    assert isinstance(GradcheckError(), AssertionError) and issubclass(GradcheckError, autograd.AutogradError)


def test_a_finite_gradient_is_not_what_an_infinite_difference_says():
    assert not agree(1.0, math.inf, 1e-5, 1e-5) and not agree(math.inf, 1.0, 1e-5, 1e-5)
    assert agree(math.inf, math.inf, 0.0, 0.0) and agree(math.nan, math.nan, 0.0, 0.0)


def test_a_result_in_place_of_a_function():
    a = Value(2.0)
    with pytest.raises(TypeError, match=r"gradcheck\(lambda a: a \* a, \[a\]\)"):
        gradcheck(a * a, [a])
