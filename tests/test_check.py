"""gradcheck passes what is right, and names the edge whose partial is wrong."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import Value, dot, gradcheck, op
from autograd.check import agree
from autograd.errors import GradcheckError

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
    with pytest.raises(GradcheckError, match=r"wrong_pair in b.*-> y"):
        gradcheck(lambda x, y: wrong_pair(x, y) + x, [x, y])
    assert gradcheck(wrong_square, x, raise_exception=False) is False


def test_a_cut_graph_is_recognised():
    with pytest.raises(GradcheckError, match=r"does not depend on it.*\.data"):
        gradcheck(lambda x: Value(x.data) * 2, Value(3.0, "x"))
    with pytest.raises(GradcheckError, match=r"a path is missing.*\.data"):
        gradcheck(lambda x: x * Value(x.data), Value(3.0, "x"))


def test_a_kink_is_hinted_at():
    with pytest.raises(GradcheckError, match="kink"):
        gradcheck(lambda x: x.relu(), Value(0.0, "x"))


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(GradcheckError, match="want f to return"):
        gradcheck(lambda x: x.data, Value(1.0))
    with pytest.raises(TypeError, match="want a Value, a number"):
        gradcheck(lambda x: x, ["1"])
    assert isinstance(GradcheckError(), AssertionError) and issubclass(GradcheckError, autograd.AutogradError)


def test_a_finite_gradient_is_not_what_an_infinite_difference_says():
    assert not agree(1.0, math.inf, 1e-5, 1e-5) and not agree(math.inf, 1.0, 1e-5, 1e-5)
    assert agree(math.inf, math.inf, 0.0, 0.0) and agree(math.nan, math.nan, 0.0, 0.0)
