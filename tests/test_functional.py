"""grad, value_and_grad, jacobian and hessian of functions: against PyTorch's, nested, and refused by name."""

from __future__ import annotations

import random

import pytest
import random_graphs

import autograd
from autograd import Value, compile, dot, grad, hessian, jacobian, value_and_grad
from autograd.errors import ArgumentError, TraceError
from autograd.graph import Graph


def loss(w, x):
    return (dot(w, x).tanh() - w[0] * x[1]) ** 2 + autograd.log(w[1] * w[1] + 1)


def in_torch(torch, w, x):
    return ((w @ x).tanh() - w[0] * x[1]) ** 2 + (w[1] * w[1] + 1).log()


@pytest.mark.parametrize("seed", range(5))
def test_they_are_those_of_torch_func(seed, torchs):
    rng = random.Random(seed)
    w, x = ([rng.uniform(-2, 2) for _ in range(3)] for _ in range(2))

    def theirs(torch):
        a, b = (torch.tensor(t, dtype=torch.float64) for t in (w, x))
        f = lambda w, x: in_torch(torch, w, x)  # noqa: E731
        return {
            "grad": torch.func.grad(f)(a, b),
            "second": torch.func.grad(f, 1)(a, b),
            "both": torch.func.grad(f, (0, 1))(a, b),
            "value": torch.func.grad_and_value(f)(a, b)[::-1],
            "hessian": torch.func.hessian(f)(a, b),
            "hessians": torch.func.hessian(f, (0, 1))(a, b),
            "jacobian": torch.func.jacrev(lambda w, x: torch.outer(w, x).sin(), (0, 1))(a, b),
        }

    ours = {
        "grad": grad(loss)(w, x),
        "second": grad(loss, 1)(w, x),
        "both": grad(loss, (0, 1))(w, x),
        "value": value_and_grad(loss)(w, x),
        "hessian": hessian(loss)(w, x),
        "hessians": hessian(loss, (0, 1))(w, x),
        "jacobian": jacobian(lambda w, x: [[(a * b).sin() for b in x] for a in w], (0, 1))(w, x),
    }
    for name, wanted in torchs(theirs).items():
        assert flat(ours[name]) == pytest.approx(flat(wanted), rel=1e-11, abs=1e-13), name
        assert shape(ours[name]) == shape(wanted), name


def flat(nested):
    return [x for item in nested for x in flat(item)] if isinstance(nested, (list, tuple)) else [nested]


def shape(nested):
    return [shape(item) for item in nested] if isinstance(nested, (list, tuple)) else type(nested)


@pytest.mark.parametrize("seed", range(10))
def test_of_random_functions_it_is_what_backward_gives(seed):
    rng = random.Random(seed)
    program, numbers = random_graphs.program(rng, 20), random_graphs.inputs(rng)
    leaves = [Value(x) for x in numbers]
    random_graphs.run(program, leaves).backward()
    assert grad(lambda xs: random_graphs.run(program, xs))(numbers) == pytest.approx(
        [x.grad for x in leaves], rel=1e-12
    )


def test_derivatives_of_derivatives():
    f = autograd.tanh
    for _ in range(4):
        f = grad(f)
    t = Value(0.3).tanh().data
    assert f(0.3) == pytest.approx(8 * t * (1 - t * t) * (2 - 3 * t * t), rel=1e-12) and type(f(0.3)) is float
    # an inner function is differentiated with respect to its own argument alone, and what it gives depends on the outer
    # one
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0
    assert grad(lambda x: grad(lambda y: x * y * y)(2.0))(3.0) == 4.0
    assert grad(lambda x: value_and_grad(lambda y: x * y * y)(x)[0])(3.0) == 27.0


def test_values_in_give_values_out():
    w = Value(2.0, "w")
    slope = grad(lambda x: w * x**3)(w)  # w is an argument, and used besides
    assert slope.data == 24 and grad(slope, w)[0].data == 36 and w.grad == 0 and not w.reached
    assert w in Graph(slope)
    assert grad(lambda x: w * x**3)(2.0) == 24.0  # a number gives a number
    assert grad(lambda x: w * 3)(2.0) == 0.0 and grad(lambda x: 7)(2.0) == 0.0
    assert grad(lambda d: d["a"] * d["b"][1])({"a": 2.0, "b": (3.0, 4.0)}) == {"a": 4.0, "b": (0.0, 2.0)}
    assert grad(lambda x, k=1: x**k)(2.0, k=3) == 12.0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: grad(loss, 3.0), "want the position of an argument, such as 0, got 3.0"),
        (lambda: grad(loss, [Value(1.0)]), "call grad\\(f\\)\\(x\\) with x"),
        (lambda: grad(Value(2.0)), "grad\\(output, \\[a, b\\]\\)"),
        (lambda: grad(lambda x: [x, x])(2.0), "want one number from the function, got a list: see jacobian"),
        (lambda: grad(loss, 2)([1.0], [2.0]), "there is no argument 2, counted from 0, among the 2 given"),
        (lambda: grad(lambda x: x)("a"), "got the str 'a'"),
        (lambda: jacobian(lambda x: "a")(2.0), "want a number from the function given to jacobian"),
        (lambda: value_and_grad(Value(2.0)), "want a function, got Value\\(2.0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong, said):
    with pytest.raises(ArgumentError, match=said):
        wrong()


@pytest.mark.parametrize("derivative", [grad, value_and_grad, jacobian, hessian])
def test_compile_refuses_them_by_name(derivative):
    w = Value(2.0)
    with pytest.raises(TraceError, match="derivative\\(lambda y"):
        compile(lambda x: derivative(lambda y: y * y * w)(x), [w])(3.0)
