"""Special points: our numbers compared with PyTorch's, and what follows for gradients, ties, and data of any kind."""

from __future__ import annotations

import math
from contextlib import nullcontext
from fractions import Fraction

import pytest
import special_points
from special_points import apart, points, torchs

import nn.functional as F
from autograd import Value, atomic, dot, grad, ieee, logsumexp, maximum, mean, softmax, surprisal, total
from autograd.errors import AutogradError
from autograd.ops import BUILTIN, OPS


def test_all_that_differs_from_pytorch_is_in_the_table(golden):
    golden("special_points.md", special_points.table())


def test_a_difference_without_a_reason_is_found(monkeypatch):
    """The table is made by a check that can fail: on a wrong slope, and on a reason that no longer holds."""
    wrong = special_points.Difference("relu", "first", (0.0,), 1.0, 0.0)
    monkeypatch.setattr(special_points, "differences", lambda: iter([wrong]))
    with pytest.raises(AssertionError, match="no reason is known"):
        special_points.table()
    monkeypatch.setattr(special_points, "differences", lambda: iter([]))
    with pytest.raises(AssertionError, match="nothing differs"):
        special_points.table()


@pytest.mark.slow
def test_the_numbers_of_pytorch_are_those_of_today():
    pytest.importorskip("torch")
    stored = special_points.stored()
    assert list(stored) == special_points.IN_BOTH
    for name, rows in stored.items():
        assert [tuple(map(repr, at)) for at, _ in rows] == [tuple(map(repr, at)) for at in points(OPS[name])]
        for at, (value, first, second) in rows:
            today = torchs(OPS[name], at)
            for a, b in zip([value, *first, *second], [today.value, *today.first, *today.second], strict=True):
                assert apart(a, b) <= 4 or math.isclose(a, b, rel_tol=2e-14), (name, at, a, b)


# --- Piecewise linear operations ---------------------------------------------------------------------------

LINEAR = {
    "relu": lambda x: x.relu(), "abs": abs, "leaky_relu": lambda x: x.leaky_relu(), "softplus beyond 20": lambda x: (x + 30).softplus(),
    "maximum": lambda x: maximum(x, 2 * x, 1.0), "neg": lambda x: -x, "twice": lambda x: x + x, "by 3": lambda x: x * 3 - 1,
    "total": lambda x: total([x, x]), "mean": lambda x: mean([x, 1.0]), "dot": lambda x: dot([x], [2.0]), "itself": lambda x: x,
}  # fmt: skip


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("at", [-1.5, -0.0, 0.0, 1.0, 2.0])
def test_what_is_piecewise_linear_has_the_second_derivative_0(name, at):
    x = Value(at)
    (slope,) = grad(LINEAR[name](x), x, create_graph=True)
    (curvature,) = grad(slope, x, create_graph=True)
    assert curvature.data == 0 and grad(curvature * slope + slope, x)[0].data == 0
    assert grad((slope - 1) ** 2, x)[0].data == 0  # a penalty on the gradient, which is the same everywhere


def test_an_output_that_is_no_gradient_still_has_to_depend_on_its_input():
    x = Value(2.0)
    with pytest.raises(AutogradError, match="does not depend on"):
        grad(Value(3.0) * 2, x)


def test_the_hessian_of_a_network_with_kinks_is_pytorchs():
    torch = pytest.importorskip("torch")
    start = [
        0.5,
        -0.25,
        0.0,
        1.0,
        -0.5,
        0.75,
        0.5,
        -1.0,
    ]  # the second unit of the layer is at its kink, and two are tied

    def network(parameters, relu, larger, log):
        a, b, c, d, e, f, g, h = parameters
        hidden = [relu(a * 2 + b), relu(c * 2 + b * 0), abs(d + e - f + 0.25), larger(g, a)]
        return (hidden[0] * e + hidden[1] * f + hidden[2] * g * g + hidden[3] * h - 1) ** 2 + log(hidden[0] + d)

    values = [Value(x) for x in start]
    slopes = grad(network(values, Value.relu, maximum, Value.log), values, create_graph=True)
    ours = [x.data for slope in slopes for x in grad(slope, values)]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in start]
    larger = lambda *xs: torch.stack(xs).amax()  # noqa: E731
    loss = network(tensors, torch.relu, larger, torch.log)
    slopes = torch.autograd.grad(loss, tensors, create_graph=True)
    theirs = [
        x.item()
        for slope in slopes
        for x in torch.autograd.grad(slope, tensors, retain_graph=True, allow_unused=True, materialize_grads=True)
    ]
    assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-13) and any(ours)


# --- Nan and infinity in softmax ---------------------------------------------------------------------------

INFINITE = [
    [math.inf, 1.0],
    [math.inf, math.inf],
    [-math.inf, 1.0],
    [-math.inf, -math.inf],
    [math.nan, 1.0],
    [math.inf, -math.inf],
]


@pytest.mark.parametrize("xs", INFINITE)
def test_infinite_scores_are_pytorchs(xs):
    """They agree inside ieee(), and outside it, where an undefined gradient is an error."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    for ours, theirs in (
        (lambda xs: softmax(xs)[0], lambda t: functional.softmax(t, 0)[0]),
        (lambda xs: F.log_softmax(xs)[1], lambda t: functional.log_softmax(t, 0)[1]),
        (lambda xs: F.cross_entropy(xs, 1), lambda t: functional.cross_entropy(t, torch.tensor(1))),
        (logsumexp, lambda t: torch.logsumexp(t, 0)),
    ):
        t = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
        wanted = theirs(t)
        wanted.backward()
        for mode in (nullcontext, ieee):
            values = [Value(x) for x in xs]
            with mode():
                out = ours(values)
                out.backward()
            found = [out.data, *(value.grad for value in values)]
            assert found == pytest.approx([wanted.item(), *t.grad.tolist()], nan_ok=True), (mode, found)


@pytest.mark.parametrize("xs", [[math.nan], [math.inf], [-math.inf], [1e308], *INFINITE])
def test_of_scores_that_are_no_numbers_atomic_makes_no_probabilities(xs):
    """What is nan without atomic() is nan with it, even for a single score, and so are the slopes."""
    for f in (softmax, F.log_softmax, lambda xs: [F.cross_entropy(xs, 0)], lambda xs: [maximum(xs)]):
        found = []
        for mode in (nullcontext, atomic):
            values = [Value(x) for x in xs]
            with ieee(), mode():
                out = f(values)[-1]
                out.backward()
            found.append([out.data, *(value.grad for value in values)])
        assert found[1] == pytest.approx(found[0], nan_ok=True), f


def test_nan_never_disappears():
    for wide in (total, mean, maximum, logsumexp, lambda xs: surprisal(xs, xs[0]), lambda xs: dot(xs, xs)):
        for place in range(3):
            values = [Value(math.nan if i == place else 1.0 + i) for i in range(3)]
            out = wide(values)
            out.backward()
            assert math.isnan(out.data)
            assert wide in (total, mean) or any(math.isnan(value.grad) for value in values)
            with atomic():
                assert math.isnan(wide(values).data)


# --- Whatever is assigned ----------------------------------------------------------------------------------


def assigned():
    """Things that data and grad may be set to: what counts as a number, and what does not."""
    yield from (3, True, Fraction(1, 3), "3", None, 1j, [1.0], Value(0.3), object())
    try:
        import numpy as np
    except ImportError:
        return
    yield from (np.float64(0.3), np.float32(0.3), np.int64(2), np.array(1.0), np.array([1.0, 2.0]))


@pytest.mark.parametrize("thing", list(assigned()), ids=lambda thing: type(thing).__name__)
@pytest.mark.parametrize("name", BUILTIN)
def test_results_are_floats_or_refused_whatever_data_was_set_to(thing, name):
    op = OPS[name]
    for places in ([0], [-1], [0, -1]):
        values = [Value(0.4 + 0.1 * k) for k in range(4 if op.wide else len(op.operands))]
        for place in places:
            values[place].data = thing
        try:
            out = special_points.function_of(op)(*op.bind(values).values())
            out.backward()
        except AutogradError:
            assert not isinstance(thing, (int, float, Fraction)) or op.domain
            continue
        assert type(out.data) is float and all(type(value.grad) is float for value in values)
        again = [Value(float(value.data)) for value in values]
        exact = special_points.function_of(op)(*op.bind(again).values())
        assert [out.data, *out.partials] == pytest.approx([exact.data, *exact.partials], rel=1e-15)


@pytest.mark.parametrize("thing", list(assigned()), ids=lambda thing: type(thing).__name__)
def test_grads_are_floats_or_refused_whatever_they_were_set_to(thing):
    for f in (lambda a: a * 2, lambda a: dot([a, a], [1.0, a]), lambda a: a):
        a = Value(0.5, "a")
        a.grad = thing
        if isinstance(thing, (int, float, Fraction, type(None))) or type(thing).__name__ in ("float32", "int64"):
            clean = Value(0.5)
            clean.grad = float(thing or 0)
            f(a).backward()
            f(clean).backward()
            assert type(a.grad) is float and a.grad == clean.grad
        else:
            with pytest.raises(AutogradError, match="as grad of Value"):
                f(a).backward()
