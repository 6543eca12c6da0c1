"""Optimisers: their numbers are torch's, and parameters that no gradient reached are left alone."""

from __future__ import annotations

import inspect
import json
from fractions import Fraction

import pytest
from nn_torch import close, numbers

from autograd import Value
from autograd.errors import ArgumentError
from autograd.value import NOT_REACHED
from nn import optim

OPTIONS = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.05, "nesterov": True}),
    ("SGD", {"lr": 0.01, "momentum": 0.5, "weight_decay": 0.5, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.8)}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.3}),
    ("Adam", {"lr": 0.01, "eps": 0.5, "weight_decay": 0.3, "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1, "betas": (0.5, 0.8)}),
    ("AdamW", {"lr": 0.1, "betas": (0.0, 0.0), "eps": 0.5}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.3, "maximize": True}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.8), "amsgrad": True}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.8, "eps": 0.5}),
    ("RMSprop", {"lr": 0.02, "weight_decay": 0.3, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.02, "centered": True}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.5, "weight_decay": 0.3, "momentum": 0.9, "centered": True}),
    ("RMSprop", {"lr": 0.01, "weight_decay": 0.3, "momentum": 0.9, "centered": True, "maximize": True}),
]


def bowl(a, b):
    """Return a valley to descend: curved, and steeper in one direction than in the other."""
    return (a + b - 1) ** 2 + (a - 2 * b).tanh() * 0.3


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_updates_are_torchs(name, options, torchs):
    def path(optim, params):
        optimizer, seen = getattr(optim, name)(params, **options), []
        for _ in range(30):
            optimizer.zero_grad()
            bowl(*params).backward()
            optimizer.step()
            seen += [float(p.data) for p in params]
        return seen

    def theirs(torch):
        return path(torch.optim, [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (0.7, -0.4)])

    close(path(optim, [Value(0.7), Value(-0.4)]), torchs(theirs))


def test_centered_rmsprop_takes_the_variance_with_the_new_mean():
    p = Value(-3.0)
    optimizer = optim.RMSprop([p], lr=0.02, centered=True)
    p.grad = -2.0
    optimizer.step()  # the mean square is 0.04, the mean -0.02, so the variance 0.0396
    assert p.data == pytest.approx(-3.0 + 0.02 * 2.0 / (0.0396**0.5 + 1e-8), rel=1e-14)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_names_order_and_defaults_are_torchs(name, torchs):
    def signature(optim):
        found = inspect.signature(getattr(optim, name)).parameters.values()
        return [[p.name, None if p.default is p.empty else p.default, p.kind.name] for p in found]

    def shown(signature):
        return [
            [name, list(default) if isinstance(default, tuple) else default, kind] for name, default, kind in signature
        ]

    ours = shown(signature(optim))
    theirs = [p for p in torchs(lambda torch: shown(signature(torch.optim))) if p[0] in [name for name, _, _ in ours]]
    assert ours == theirs


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_what_no_gradient_reached_is_left_alone(name, options):
    used, unused = Value(1.0), Value(2.0)
    optimizer = getattr(optim, name)([used, unused], **options)
    (used * used).backward()
    optimizer.step()
    assert used.data != 1.0 and unused.data == 2.0 and unused not in optimizer.state
    optimizer.zero_grad()
    assert used.grad is NOT_REACHED and not used.reached
    moved = used.data
    optimizer.step()
    assert used.data == moved


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
def test_a_grad_of_none_is_no_gradient(name):
    a, b = Value(1.0), Value(2.0)
    optimizer = getattr(optim, name)([a, b], lr=0.1)
    a.grad = b.grad = None  # some clear gradients like this in PyTorch
    (a * a).backward()
    optimizer.step()
    assert a.data < 1.0 and b.data == 2.0 and b not in optimizer.state


def test_a_gradient_of_zero_is_one():
    """It is as in torch, where None is skipped and 0 is not: weight decay continues."""
    w = Value(1.0)
    optimizer = optim.SGD([w], lr=0.1, weight_decay=0.5)
    w.grad = 0
    optimizer.step()
    assert w.data == 0.95
    optimizer.zero_grad(set_to_none=False)
    optimizer.step()
    assert w.data == 0.95 * 0.95 and w.reached


def test_options_are_read_at_every_update():
    w = Value(1.0)
    optimizer = optim.SGD([w], lr=0.1)
    w.grad = 1.0
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()
    assert w.data == 1.0 - 0.1 - 0.5


def test_groups_have_options_of_their_own():
    a, b, c = (Value(1.0) for _ in range(3))
    optimizer = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.1)
    optimizer.add_param_group({"params": iter([c]), "momentum": 0.9})
    for p in (a, b, c):
        p.grad = 1.0
    optimizer.step()
    assert [p.data for p in (a, b, c)] == [0.5, 0.9, 0.9]
    assert optimizer.state == {c: {"momentum_buffer": 1.0}}
    optimizer.zero_grad()
    assert not any(p.reached for p in (a, b, c))


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_training_goes_on_from_a_state_dict(name, options):
    def updates(optimizer, params, count):
        for _ in range(count):
            optimizer.zero_grad()
            bowl(*params).backward()
            optimizer.step()

    straight = [Value(0.7), Value(-0.4)]
    optimizer = getattr(optim, name)(straight, **options)
    updates(optimizer, straight, 5)
    saved = json.dumps(optimizer.state_dict())
    copied = [Value(p.data) for p in straight]
    other = getattr(optim, name)(copied)
    other.load_state_dict(json.loads(saved))
    updates(optimizer, straight, 5)
    updates(other, copied, 5)
    assert [p.data for p in copied] == [p.data for p in straight]
    with pytest.raises(ValueError, match=rf"{name}.load_state_dict: want \[1\] parameters, got \[2\]"):
        getattr(optim, name)([Value(1.0)]).load_state_dict(json.loads(saved))


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_a_closure_computes_the_loss_before_the_update(name, options):
    def trained(with_closure):
        params = [Value(0.7), Value(-0.4)]
        optimizer = getattr(optim, name)(params, **options)

        def closure():
            optimizer.zero_grad()
            loss = bowl(*params)
            loss.backward()
            return loss

        for _ in range(3):
            loss = optimizer.step(closure) if with_closure else closure()
            if not with_closure:
                assert optimizer.step() is None
        return loss.data, [p.data for p in params]

    assert trained(True) == trained(False)


def test_many_parameters_at_once():
    params = [Value(x) for x in numbers(0, 50)]
    before = [p.data for p in params]
    for p in params:
        p.grad = p.data
    optim.SGD(iter(params), lr=0.25).step()
    assert [p.data for p in params] == [x - 0.25 * x for x in before]


def test_wrong_options_and_parameters():
    import nn

    w = Value(1.0, label="w")
    for call, error, message in (
        (lambda: optim.SGD([]), ValueError, "SGD: want parameters to update, got none"),
        (lambda: optim.SGD(nn.Linear(1, 1)), TypeError, r"got Linear\(.*\): give its parameters\(\)"),
        (lambda: optim.SGD(w), TypeError, r"got Value\(1.0, .*\): one is written \[w\]"),
        (lambda: optim.SGD([1.0]), TypeError, "want Values as parameters, got 1.0"),
        (lambda: optim.SGD(nn.Linear(1, 1).named_parameters()), TypeError, r": give parameters\(\), without names"),
        (lambda: optim.SGD(nn.Linear(2, 2).weight), TypeError, "got a list: put the rows of Values into one list"),
        (lambda: optim.SGD([{"lr": 0.1}]), ValueError, 'got one without "params"'),
        (lambda: optim.SGD([w]).load_state_dict({}), ValueError, r"state_dict\(\), got {}"),
        (lambda: optim.SGD([w]).load_state_dict(None), ValueError, r"state_dict\(\), got None"),
        (lambda: optim.SGD([w * 2]), ValueError, "want leaves as parameters, got the result of mul"),
        (lambda: optim.SGD([w, w]), ValueError, "want every parameter once, got .*'w'.* twice"),
        (lambda: optim.SGD([w], lr=-0.1), ValueError, "want lr >= 0, got -0.1"),
        (lambda: optim.SGD([w], lr="0.1"), TypeError, "want a real number as lr, got the str '0.1'"),
        (lambda: optim.SGD([w], momentum=-1), ValueError, "want momentum >= 0, got -1"),
        (lambda: optim.SGD([w], nesterov=True), ValueError, "nesterov wants a momentum above 0"),
        (lambda: optim.SGD([w], momentum=0.9, dampening=0.1, nesterov=True), ValueError, "and no dampening"),
        (lambda: optim.AdamW([w], eps=-1), ValueError, "want eps >= 0, got -1"),
        (lambda: optim.AdamW([w], betas=(0.9, 1.0)), ValueError, r"two betas from 0 to below 1, .* got \(0.9, 1.0\)"),
        (lambda: optim.AdamW([w], betas=0.9), ValueError, "two betas .* got 0.9"),
        (lambda: optim.RMSprop([w], lr=-0.1), ValueError, "want lr >= 0, got -0.1"),
        (lambda: optim.RMSprop([w], momentum=-1), ValueError, "want momentum >= 0, got -1"),
        (lambda: optim.RMSprop([w], alpha=-1), ValueError, "want alpha >= 0, got -1"),
        (lambda: optim.AdamW([{"params": [w], "rate": 1}]), ValueError, "AdamW has no option 'rate': want lr, betas"),
    ):  # fmt: skip
        with pytest.raises(error, match=message):
            call()


def test_repr_says_what_is_set():
    text = repr(optim.SGD([Value(1.0)], lr=0.1, momentum=0.9))
    assert (
        text == "SGD(1 parameters, lr=0.1, momentum=0.9, dampening=0, weight_decay=0, nesterov=False, maximize=False)"
    )


class Rounded(float):
    """A float of another class, as numpy's float64 is."""


@pytest.mark.parametrize("number", [Rounded(0.1), 3, True, Fraction(1, 3)], ids=repr)
@pytest.mark.parametrize("slot", ["data", "grad"])
def test_an_update_leaves_floats_whatever_was_written(number, slot):
    for make in (lambda ps: optim.SGD(ps, 0.1), lambda ps: optim.AdamW(ps, 0.1), lambda ps: optim.RMSprop(ps, 0.1)):
        written, plain = Value(0.5), Value(0.5)
        for p in (written, plain):
            (p * p).backward()
        setattr(written, slot, number)
        setattr(plain, slot, float(number))
        for p in (written, plain):
            make([p]).step()
        assert type(written.data) is float and written.data == plain.data


def test_an_update_of_what_is_no_number_names_it():
    w = Value(0.5, "w")
    (w * w).backward()
    w.grad = "much"
    with pytest.raises(ArgumentError, match="grad of the Value 'w', got the str 'much'"):
        optim.SGD([w], 0.1).step()
