"""Promises that no other test covered: they were found by changing the code, and seeing that nothing failed."""

from __future__ import annotations

import copy
import os
import pickle
import threading

import pytest
from backends import needs_c

import autograd
import nn
from autograd import Value, atomic, dot, grad, ieee, logsumexp, maximum, mean, no_grad, surprisal, total
from autograd.errors import GraphError, TraceError
from autograd.modes import PARAMETER


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copied_parameters_are_parameters(copied):
    """Optimisers, drawings and compile() tell parameters from other leaves; a copied model has some too."""
    model = nn.Linear(2, 1, seed=0)
    assert all(p.scope is PARAMETER for p in model.parameters())
    twins = [copied(p) for p in model.parameters()]
    assert all(twin.scope is PARAMETER and twin is not p for twin, p in zip(twins, model.parameters()))
    assert all(p.scope is PARAMETER for p in copy.deepcopy(model).parameters())
    assert copied(Value(1.0)).scope is None


def test_parameters_from_a_file_are_parameters():
    model = nn.Linear(2, 1, seed=0)
    loaded = pickle.loads(pickle.dumps(model))
    assert [p.scope for p in (*loaded.parameters(), pickle.loads(pickle.dumps(model.bias[0])))] == [PARAMETER] * 4
    assert pickle.loads(pickle.dumps(Value(1.0))).scope is None


def test_what_is_detached_keeps_its_name():
    a = Value(3.0, label="a")
    twin = (a * 1.0).detach()
    assert a.detach().label == "a" and twin.label == "" and a.detach().data == 3.0


@pytest.mark.parametrize("share", [1e-3, 1e-6, 1e-8])
def test_data_that_changed_a_little_is_noticed(share):
    """A recorded slope would be that of the new data: even the smallest change beyond rounding is an error."""
    x = Value(3.0, label="x")
    f = x * x * x
    x.data *= 1 + share
    with pytest.raises(GraphError, match="data was changed"):
        grad(f, x, create_graph=True)


def test_an_inner_mode_leaves_the_outer_one_on():
    a = Value(2.0)
    for inner in (atomic, ieee, no_grad):
        with no_grad():
            with inner():
                assert not (a * a).operands
            assert not (a * a).operands
        with atomic():
            with inner():
                pass
            assert total([a, a, a]).op.name == "add"
        assert (a * a).operands and total([a, a, a]).op.name == "total"


def test_a_subclass_is_an_operand_of_every_wide_operation():
    class Weight(Value):
        """A Value with something of its own."""

    w, x = Weight(2.0), Value(3.0)
    for make, slope in ((lambda: dot([x, w], [w, x]), 6.0), (lambda: total([w, x, w]), 2.0), (lambda: mean([x, w]), 0.5), (lambda: maximum([w, 1.0]), 1.0)):  # fmt: skip
        for _ in range(2):  # the second time by the kernel, if there is one
            w.zero_grad()
            make().backward()
            assert w.grad == slope
    for make in (lambda v: logsumexp([v, x]), lambda v: surprisal([v, x], v)):
        plain = Value(2.0)
        make(plain).backward()
        w.zero_grad()
        made = make(w)
        made.backward()
        assert (made.data, w.grad) == (make(plain).data, plain.grad)


def test_zero_grad_sets_zeros_on_request():
    model = nn.Linear(1, 1, seed=0)
    model([2.0])[0].backward()
    model.zero_grad(set_to_none=False)
    assert all(p.grad == 0.0 and p.reached for p in model.parameters())
    model.zero_grad()
    assert not any(p.reached for p in model.parameters())


@pytest.mark.parametrize(
    "make",
    [
        lambda ps: nn.optim.SGD(ps, 0.1, momentum=0.9),
        lambda ps: nn.optim.Adam(ps, 0.1),
        lambda ps: nn.optim.RMSprop(ps, 0.1),
    ],
)
def test_what_an_optimiser_loads_stays_the_callers(make):
    def moved(optimizer, w):
        optimizer.zero_grad()
        (w * w).backward()
        optimizer.step()
        return w.data

    w = Value(3.0)
    optimizer = make([w])
    moved(optimizer, w)
    state = optimizer.state_dict()
    kept = copy.deepcopy(state)
    ends = []
    for _ in range(2):  # twice from one state
        twin = Value(2.0)
        other = make([twin])
        other.load_state_dict(state)
        moved(other, twin)
        ends.append(moved(other, twin))
    assert state == kept and ends[0] == ends[1]


@pytest.mark.parametrize("off", [1e-3, 1e-6, 1e-9])
def test_a_program_that_is_off_by_a_millionth_is_refused(off):
    """What the function computes differs from what was traced, a little: the program's own check sees it."""
    w = Value(3.0)

    def loss(x):
        return w * x * (1.0 if type(x) is float else 1.0 + off)

    with pytest.raises(TraceError):
        autograd.compile(loss, [w], backend="python")(2.0)


@needs_c
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 9, 17])
def test_rows_that_only_fill_up_lanes_hand_nothing_on(count):
    """A row of a batch repeats where a vector has more places: where its slope is infinite, 0 times that is nan."""
    w, u = Value(1.0), Value(0.5)
    with ieee():
        step = autograd.compile(lambda x: (w * x - 1.0).sqrt() * 0.0 + u * x, [w, u], backend="c")
        xs = [2.0 + k for k in range(count)]
        step.batch(xs)
        assert step.last_backend == "c"
        assert w.grad == 0.0 and u.grad == pytest.approx(sum(xs) / count, rel=1e-12)
        u.zero_grad()
        w.zero_grad()
        rows = [*xs, 1.0]  # the last, which is what is repeated, really has an infinite slope times 0
        step.batch(rows)
        eager = mean([(w * x - 1.0).sqrt() * 0.0 + u * x for x in rows])
        found, w.grad = w.grad, 0.0
        eager.backward()
        assert (found != found) == (w.grad != w.grad)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_traces_while_another_thread_did():
    """The thread that held the lock in the parent does not live on in the child, which must not wait for it."""
    inside, leave = threading.Event(), threading.Event()
    w = Value(3.0)

    def slow(x):
        inside.set()
        leave.wait(60)
        return w * x

    tracing = threading.Thread(target=lambda: autograd.compile(slow, [w], backend="python")(2.0))
    tracing.start()
    try:
        assert inside.wait(60)
        child = os.fork()
        if not child:
            ended = threading.Timer(20, os._exit, [7])
            ended.start()
            u = Value(2.0)
            os._exit(0 if autograd.compile(lambda x: u * x, [u], backend="python")(5.0) == 10.0 else 8)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        leave.set()
        tracing.join()


def test_a_default_of_a_keyword_is_watched():
    w = Value(3.0)

    def scaled(x, *, scale=2.0):
        return w * x * scale

    step = autograd.compile(lambda x: scaled(x), [w], backend="python")
    assert step(1.0) == 6.0
    scaled.__kwdefaults__ = {"scale": 5.0}
    assert step(1.0) == 15.0


@pytest.mark.parametrize("count", [2, 3, 6, 7, 9])
def test_few_inputs_are_drawn_one_by_one(count):
    """Up to six inputs of a wide operation are boxes of their own; more are one box."""
    xs = [Value(float(k), label=f"x{k}") for k in range(count)]
    text = str(total(xs).draw())
    assert all(f"<B>x{k}</B>" in text for k in range(count)) is (count <= 6)
