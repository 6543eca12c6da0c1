"""Backward passes of several threads: right or refused, never waiting, and nothing left behind by an interrupt."""

from __future__ import annotations

import os
import sys
import threading

import interrupts
import pytest

from autograd import Value
from autograd.errors import GraphError, SingularityError
from autograd.explain.passes import _running


def chain(length=200):
    """Shared weights, and a result whose inner nodes are all used twice."""
    weights = [Value(0.1 + 0.01 * i, f"w{i}") for i in range(10)]
    x = weights[0]
    for i in range(length):
        x = (x * weights[i % 10] + weights[(i * 7) % 10] * x).tanh()
    return weights, x * x


def at_once(*acts):
    """Run each act in a thread of its own, all starting at once; return what each raised, or None."""
    raised, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(i, act):
        start.wait(30)
        try:
            act()
        except GraphError as error:
            raised[i] = error

    threads = [threading.Thread(target=run, args=(i, act), daemon=True) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    return raised


@pytest.fixture
def switching():
    """Makes threads take turns as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_two_passes_through_one_graph_are_right_or_refused(switching):
    weights, f = chain()
    wanted = [[w.grad for w in weights]]  # the grads after no pass, one and two
    for _ in range(2):
        f.backward()
        wanted.append([w.grad for w in weights])
    inner = f.operands[0].grad
    refused = 0
    for _ in range(30):
        f.zero_grad()
        raised = at_once(f.backward, f.backward)
        done = raised.count(None)
        refused += 2 - done
        assert [w.grad for w in weights] == wanted[done]
        assert f.operands[0].grad == (inner if done else 0.0)
        for error in filter(None, raised):
            assert "another thread is in a backward() through the same values" in str(error)
    assert refused  # otherwise they never met
    assert not _running


def test_two_results_of_one_trunk_are_right_or_refused(switching):
    weights, trunk = chain()
    roots = trunk * 2, trunk * 3
    grads = []
    for root in roots:
        root.zero_grad()
        root.backward()
        grads.append([w.grad for w in weights])
    met = 0
    for _ in range(30):
        for root in roots:
            root.zero_grad()
        raised = at_once(roots[0].backward, roots[1].backward)
        met += 2 - raised.count(None)
        wanted = [sum(g for g, error in zip(pair, raised) if error is None) for pair in zip(*grads)]
        assert [w.grad for w in weights] == pytest.approx(wanted, rel=1e-12)
    assert met


def test_graphs_that_share_only_leaves_are_exact(switching):
    """Two threads that train one model do this: each has its own graph."""
    w = Value(0.5, "w")

    def train():
        for _ in range(60):
            x = w
            for _ in range(20):
                x = x + w
            x.backward()

    assert at_once(train, train) == [None, None]
    assert w.grad == 2 * 60 * 21


def test_an_interrupted_pass_is_over():
    """Wherever the interrupt comes, another thread is not refused afterwards."""

    def state(world):
        weights, f = world
        assert not _running
        f.zero_grad()
        f.backward()
        return [w.grad for w in weights]

    scenario = interrupts.Scenario(lambda: chain(4), lambda world: world[1].backward(), state)
    assert [str(fault) for fault in interrupts.sweep(scenario)] == []


def test_a_pass_that_fails_is_over():
    z = Value(0.0)
    with pytest.raises(SingularityError):
        z.sqrt().backward()
    assert not _running


def test_what_is_refused_changes_nothing():
    """A pass that is refused has touched no node, not even the root."""
    weights, f = chain(4)
    f.backward()
    before = [w.grad for w in weights], f.grad, f.operands[0].grad
    _running[-1] = f  # now another thread seems to be in it
    try:
        with pytest.raises(GraphError, match=r"backward\(\) of f: another thread is in a backward\(\)"):
            f.backward()
        assert ([w.grad for w in weights], f.grad, f.operands[0].grad) == before
        Value(2.0).tanh().backward()  # another graph is not concerned
    finally:
        del _running[-1]


def test_a_fork_forgets_the_passes_of_other_threads():
    f = Value(2.0).tanh()
    _running[-1] = f
    try:
        child = os.fork()
        if not child:
            try:
                f.backward()
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        del _running[-1]


def test_a_pass_inside_a_pass_of_the_same_thread_goes_through():
    """A gradient that is set may run code of its user, in a subclass with a property."""
    inside = []

    class Loud(Value):
        @property
        def grad(self):
            return self._grad

        @grad.setter
        def grad(self, grad):
            self._grad = grad
            if not inside and grad == 3.0:
                inside.append(Value(2.0).tanh())
                inside[0].backward()

    a = Loud(2.0)
    (a * 3.0).backward()
    assert a.grad == 3.0 and inside[0].grad == 1.0 and not _running
