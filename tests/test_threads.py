"""Threads: passes at once over nodes that are shared, modes that are private, and a training that others watch."""

from __future__ import annotations

import os
import sys
import threading

import pytest
from backends import BACKENDS

from autograd import Value, atomic, compile, ieee, no_grad
from autograd.errors import DomainError
from autograd.modes import turn
from nn.optim import SGD

REPEATS, THREADS = 25, 4


@pytest.fixture(autouse=True)
def hurried():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)
    assert turn == [None, None]


def together(*works):
    """Run functions at once, each in a thread of its own, and raise what one of them raises."""
    errors, go = [], threading.Barrier(len(works))

    def run(work):
        go.wait()
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    if errors:
        raise errors[0]


def times(count, work):
    return lambda: [work() for _ in range(count)]


@pytest.mark.parametrize("roots", ["one root", "roots of their own"])
def test_backward_of_graphs_that_share_nodes(roots):
    """Whole numbers, so that the sum is the same in any order."""
    for _ in range(REPEATS):
        a, b = Value(1.0), Value(2.0)
        shared = a * b
        for _ in range(20):
            shared = shared + a * b
        ends = [shared * 2.0 + a for _ in range(THREADS)]
        if roots == "one root":
            ends = ends[:1] * THREADS
        together(*(times(20, end.backward) for end in ends))
        assert (a.grad, b.grad) == (THREADS * 20 * 85.0, THREADS * 20 * 42.0)


def test_no_thread_starves_and_what_fails_gives_its_turn_on():
    a = Value(1.0)
    wide, small, pole = a, a * 2.0, Value(0.0).sqrt()
    for _ in range(2000):
        wide = wide + 1.0
    went = threading.Event()

    def fails():
        for _ in range(20):
            with pytest.raises(DomainError):
                pole.backward()

    def again_and_again():
        while not went.is_set():
            wide.backward()

    together(again_and_again, lambda: [times(20, small.backward)(), went.set()], fails)
    assert went.is_set()


def test_a_pass_inside_a_pass_of_the_same_thread_does_not_wait():
    """As in a finalizer or a signal's handler: here where the walk asks for the grad of a subclass."""
    inner = Value(1.0) * 2.0

    class Calls(Value):
        __slots__ = ()

        @property
        def op(self):
            inner.backward()

    x = Calls.__new__(Calls)
    Value.data.__set__(x, 1.0)
    Value.grad.__set__(x, 0.0)
    root = Value(2.0) * 3.0
    root.a = x
    together(root.backward)
    assert inner.reached


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("steps", ["one step", "steps of their own", "one sample", "and eager ones"])
def test_compiled_steps_add_to_the_same_parameters(backend, steps):
    for _ in range(5):
        ws = [Value(float(i)) for i in range(20)]

        def loss(x, ws=ws):
            sum_ = ws[0] * x
            for w in ws[1:]:
                sum_ = sum_ + w * x
            return sum_.tanh() * 0.0 + sum_

        made = [compile(loss, ws, backend) for _ in range(THREADS)]
        made = made[:1] * THREADS if steps == "one step" else made
        for step in made:
            step.batch([1.0, 3.0]), step(2.0)
        for w in ws:
            w.grad = 0.0
        graph = loss(2.0)
        works = [
            times(
                20, (lambda step=step: step(2.0)) if steps == "one sample" else lambda step=step: step.batch([1.0, 3.0])
            )
            for step in made
        ]
        if steps == "and eager ones":
            works[0] = times(20, graph.backward)
        together(*works)
        assert [w.grad for w in ws] == [THREADS * 20 * 2.0] * len(ws)


def test_modes_are_private_to_their_thread():
    def records():
        for _ in range(200):
            a = Value(2.0)
            b = a * a
            assert b.operands == (a, a)
            b.backward()
            assert a.grad == 4.0
            with pytest.raises(DomainError):
                Value(0.0).log()

    def does_not():
        for _ in range(200):
            with no_grad():
                assert (Value(2.0) * 3.0).operands == ()
            with ieee(), atomic():
                assert Value(0.0).log().data == -float("inf")

    together(records, does_not, records, does_not)


@pytest.mark.parametrize("backend", BACKENDS)
def test_who_watches_a_training_sees_whole_numbers_of_some_update(backend):
    """A thread that only reads sees parameters from before or from behind: what it reads is a float, and finite."""
    w, b = Value(0.0), Value(0.0)
    step = compile(lambda x, y: (w * x + b - y) ** 2, [w, b], backend)
    done, seen = threading.Event(), []

    def watches():
        while not done.is_set():
            seen.append((w.data, b.data, w.grad, b.grad))

    def trains():
        try:
            step.train([([1.0, 2.0], [3.0, 5.0])], SGD([w, b], lr=0.1), 300)
        finally:
            done.set()

    together(watches, trains)
    assert all(type(x) is float and abs(x) < 100 for numbers in seen for x in numbers)
    assert w.data == pytest.approx(2.0, abs=0.01) and b.data == pytest.approx(1.0, abs=0.01)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_its_turn():
    a = Value(1.0)
    turn[0] = True  # as if another thread, which does not live on in the child, were at it
    try:
        child = os.fork()
        if not child:
            (a * 2.0).backward()
            os._exit(int(a.grad))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    finally:
        turn[0] = None
