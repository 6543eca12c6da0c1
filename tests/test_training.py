"""step.train: many updates in C, and at every moment what a loop in Python would have left."""

from __future__ import annotations

import copy
import ctypes
import os
import pickle
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from backends import BACKENDS, needs_c

import nn
import nn.functional as F
from autograd import Value, compile, dot, mean
from autograd.errors import (
    ArgumentError,
    DomainError,
    FloatOverflowError,
    FormulaError,
    GraphError,
    ShapeError,
    TraceError,
)  # fmt: skip
from nn.optim import SGD, Adam, AdamW, RMSprop

OPTIMISERS = [
    (SGD, {"lr": 0.1}),
    (SGD, {"lr": 0.003, "weight_decay": 0.1, "maximize": True}),
    (SGD, {"lr": 0.05, "momentum": 0.9}),
    (SGD, {"lr": 0.05, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    (SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    (Adam, {"lr": 0.01}),
    (Adam, {"lr": 0.02, "betas": (0.8, 0.95), "weight_decay": 0.1, "maximize": True}),
    (AdamW, {"lr": 0.01}),
    (AdamW, {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.0}),
    (AdamW, {"lr": 0.02, "maximize": True}),
    (Adam, {"lr": 0.02, "amsgrad": True}),
    (RMSprop, {"lr": 0.01, "momentum": 0.5, "centered": True, "weight_decay": 0.01}),
]


class Model(nn.Module):
    """Words to a number; rows of the table that no word picks are reached by no gradient."""

    def __init__(self):
        self.table = nn.Embedding(6, 3, seed=0)
        self.mlp = nn.MLP(4, [5, 1], seed=1)

    def forward(self, word, x):
        return self.mlp([*self.table(word), x])[0]


def data(seed=0):
    rng = random.Random(seed)
    words = [[int(rng.random() * 5) for _ in range(7)] for _ in range(3)]
    return [(ws, [rng.random() for _ in ws], [rng.random() for _ in ws]) for ws in words]


def prepared(backend, optimiser=SGD, options=None, groups=False):
    model = Model()

    def loss(word, x, y):
        return (model(word, x) - y) ** 2

    parameters = list(model.parameters())
    given = [{"params": parameters[:18], "lr": 0.003}, {"params": parameters[20:]}] if groups else parameters
    return model, loss, compile(loss, parameters, backend), optimiser(given, **(options or {"lr": 0.1}))


def by_hand(loss, optimizer, batches, steps):
    losses = []
    for i in range(steps):
        result = mean([loss(*row) for row in zip(*batches[i % len(batches)])])
        optimizer.zero_grad()
        result.backward()
        optimizer.step()
        losses.append(result.data)
    return losses


def everything(model, optimizer):
    """Return all that training leaves behind, as numbers."""
    numbers = []
    for p in model.parameters():
        numbers += [p.data, p.grad, float(p.reached)]
        for name, number in sorted(optimizer.state.get(p, {}).items()):
            numbers += [float(len(name)), number]
    return numbers


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("groups", [pytest.param(False, marks=pytest.mark.slow), True])
@pytest.mark.parametrize(("optimiser", "options"), OPTIMISERS)
def test_it_leaves_what_the_loop_leaves(backend, optimiser, options, groups):
    model, loss, _, optimizer = prepared(backend, optimiser, options, groups)
    wanted = by_hand(loss, optimizer, data(), 9), everything(model, optimizer)
    model, _, step, optimizer = prepared(backend, optimiser, options, groups)
    losses = step.train(data(), optimizer, 4) + step.train(data()[1:] + data()[:1], optimizer, 5)
    assert losses == pytest.approx(wanted[0], rel=1e-10)
    assert everything(model, optimizer) == pytest.approx(wanted[1], rel=1e-9, abs=1e-12)
    assert type(optimizer) is optimiser and all(type(p) is Value for p in model.parameters())


@pytest.mark.parametrize("backend", BACKENDS)
def test_batches_of_several_structures(backend):
    rng = random.Random(3)
    model = nn.Linear(1, 1, seed=0)

    def loss(xs):
        return mean([(model([x])[0] - x * x) ** 2 for x in xs])

    batches = [([[rng.random() for _ in range(1 + int(rng.random() * 3))] for _ in range(6)],) for _ in range(4)]
    batches.append(([[0.5, 0.25]],))
    optimizer = AdamW(model.parameters(), lr=0.01)
    wanted = by_hand(loss, optimizer, batches, 12), everything(model, optimizer)
    model = nn.Linear(1, 1, seed=0)
    optimizer = AdamW(model.parameters(), lr=0.01)
    losses = compile(loss, model.parameters(), backend).train(batches, optimizer, 12)
    assert losses == pytest.approx(wanted[0], rel=1e-10)
    assert everything(model, optimizer) == pytest.approx(wanted[1], rel=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_iterator_is_taken_from_once_and_cycled(backend):
    _, loss, _, optimizer = prepared(backend)
    wanted = by_hand(loss, optimizer, data(), 8)
    _, _, step, optimizer = prepared(backend)
    taken = []

    def feed():
        for batch in data():
            taken.append(len(taken))
            yield batch

    assert step.train(feed(), optimizer, 8) == pytest.approx(wanted, rel=1e-10)
    assert taken == [0, 1, 2]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("held", ["state", "of one parameter"])
def test_a_state_that_was_taken_before_is_never_stale(held, backend):
    """optimizer.state is a dict of dicts: anyone who holds one sees what the optimiser remembers now."""

    def seen(train):
        model, loss, step, optimizer = prepared(backend, AdamW, {"lr": 0.01})
        p = model.mlp.layers[0].bias[0]
        batches = data()
        by_hand(loss, optimizer, batches, 1)
        held_before = optimizer.state if held == "state" else optimizer.state[p]
        found = []

        def look():
            memory = held_before[p] if held == "state" else held_before
            found.append([memory["step"], memory["exp_avg"], memory["exp_avg_sq"]])

        train(loss, step, optimizer, batches, look)
        look()
        return found

    def in_a_loop(loss, step, optimizer, batches, look):
        for i in range(12):
            optimizer.zero_grad()
            step.batch(*batches[i % 3])
            optimizer.step()
            look()

    def inside(loss, step, optimizer, batches, look):
        def feed():
            for i in range(12):
                yield batches[i % 3]
                look()

        step.train(feed(), optimizer, 12)

    def eagerly(loss, step, optimizer, batches, look):
        for i in range(12):
            by_hand(loss, optimizer, [batches[i % 3]], 1)
            look()

    wanted = seen(eagerly)
    assert [memory[0] for memory in wanted] == [*range(2, 14), 13]
    for found in (seen(in_a_loop), seen(inside)):
        assert len(found) in (12, 13)  # a generator is not asked again after the last of its batches
        for x, y in zip(found, [*wanted[: len(found) - 1], wanted[-1]], strict=True):
            assert x == pytest.approx(y, rel=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_generator_of_batches_sees_and_changes_what_is(backend):
    """Parameters, gradients, and the optimiser's memory and options are looked at and changed in the middle."""

    def run(train):
        model, loss, step, optimizer = prepared(backend, AdamW, {"lr": 0.01})
        seen = []

        def feed():
            for k in range(6):
                p = model.mlp.layers[0].weight[0][0]
                if k % 2:
                    seen.extend([p.data, p.grad, *model.state_dict()["mlp.layers.0.bias"]])
                if k == 2:
                    p.data = 0.5
                if k == 3:
                    optimizer.param_groups[0]["lr"] = 0.05
                if k == 4:
                    seen.append(optimizer.state[p]["exp_avg"])
                    optimizer.state[p]["exp_avg"] = 0.0
                if k == 5:
                    seen.append(sum(len(memory) for memory in optimizer.state_dict()["state"].values()))
                yield data()[k % 3]

        return train(loss, step, optimizer, feed()), seen, everything(model, optimizer)

    def loop(loss, _, optimizer, batches):
        return [by_hand(loss, optimizer, [batch], 1)[0] for batch in batches]

    wanted = run(loop)
    found = run(lambda _, step, optimizer, batches: step.train(batches, optimizer, 6))
    for x, y in zip(found, wanted):
        assert x == pytest.approx(y, rel=1e-9, abs=1e-12)


@needs_c
def test_another_thread_sees_whole_updates_and_plain_values():
    """What it sees during a trace is tested in test_tracing.py, so the first update comes before it looks."""
    model, _, step, optimizer = prepared("c")
    step.train(data(), optimizer, 1)
    p = model.mlp.layers[0].weight[0][0]
    seen, done = [], threading.Event()

    def look():
        while not done.is_set():
            seen.append((p.data, p.grad, type(p)))
            time.sleep(0.002)

    thread = threading.Thread(target=look)
    thread.start()
    step.train(data(), optimizer, 60_000)
    done.set()
    thread.join()
    assert {kind for _, _, kind in seen} == {Value}
    wanted = prepared("c")
    for updates in (1, 60_000):
        wanted[2].train(data(), wanted[3], updates)
    assert everything(model, optimizer) == everything(wanted[0], wanted[3])


@needs_c
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_interrupted_in_the_middle_values_are_those_of_some_update():
    model, _, step, optimizer = prepared("c", AdamW, {"lr": 1e-4})
    step.train(data(), optimizer, 2)

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    began = time.perf_counter()
    try:
        with pytest.raises(KeyboardInterrupt):
            step.train(data(), optimizer, 10**9)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.perf_counter() - began < 5
    updates = {memory["step"] for memory in optimizer.state.values()}
    assert all(type(p) is Value for p in model.parameters())
    again, _, step, other = prepared("c", AdamW, {"lr": 1e-4})
    step.train(data(), other, 2)
    step.train(data(), other, int(max(updates)) - 2)
    assert everything(again, other) == everything(model, optimizer)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_error_in_the_middle_leaves_the_update_before(backend):
    w = Value(1.0, label="w")
    step = compile(lambda x: (w + x).log() * w, [w], backend)
    optimizer = SGD([w], lr=0.1)
    batches = [([1.0, 2.0],), ([3.0, 1.0],), ([1.0, -50.0],)]
    with pytest.raises(DomainError, match="log"):
        step.train(batches, optimizer, 3)
    after = w.data
    w.data = 1.0
    compile(lambda x: (w + x).log() * w, [w], backend).train(batches, optimizer, 2)
    assert w.data == after


@pytest.mark.parametrize("backend", BACKENDS)
def test_arithmetic_that_only_python_can_do_goes_on(backend):
    """For the slope of sqrt at 0, where nothing flows, the engine says 0, and C leaves it to the engine."""
    w = Value(2.0)
    step = compile(lambda x: (w * w * x).sqrt() * x + (w - 5) ** 2, [w], backend)
    losses = step.train([([1.0],), ([0.0],), ([2.0],)], SGD([w], lr=0.1), 30)
    assert len(losses) == 30 and 3.0 < w.data < 5.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_optimiser_of_ones_own_is_called(backend):
    class Halving(SGD):
        def step(self):
            for p in self.param_groups[0]["params"]:
                if p.reached:
                    p.data /= 2

    model, _, step, optimizer = prepared(backend, Halving)
    before = [p.data for p in model.parameters()]
    step.train(data(), optimizer, 2)
    reached = [p.reached for p in model.parameters()]
    for p, old, came in zip(model.parameters(), before, reached):
        assert p.data == old / 4 if came else p.data in (old, old / 2)


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_that_the_optimiser_does_not_have_keep_adding_up(backend):
    a, b = Value(1.0), Value(2.0)
    step = compile(lambda x: a * x + b * x, [a, b], backend)
    step.train([([1.0],)], SGD([a], lr=0.1), 5)
    assert (a.grad, b.grad) == (1.0, 5.0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("optimiser", "options"), [(SGD, {"lr": 0.05, "momentum": 0.9}), (AdamW, {"lr": 0.05})])
def test_loops_of_ones_own_with_two_steps_and_two_optimisers(optimiser, options, seed, backend):
    """A loop may do all of this, in any order: it is as if there were no compile()."""

    def run(eager):
        rng = random.Random(seed)
        w, v, u = parameters = [Value(1.0), Value(0.5), Value(2.0)]

        def first(x):
            return (w * x - v) ** 2 + (w * w * x).sqrt() * x

        def second(xs):
            return mean([(w * x + u * v) ** 2 for x in xs]) * 0.1

        steps = [compile(first, [w, v], backend), compile(second, parameters, backend)]
        optimizers = [optimiser([w, v], **options), AdamW([{"params": [w, u]}, {"params": [v], "lr": 0.02}], lr=0.01)]
        batches = [([1.0, 2.0, 0.5, 0.0][rng.randrange(3) :],) for _ in range(3)], [([[1.0, 2.0], [0.5]],), ([[1.0]],)]
        seen = []
        for k in range(150):
            i, what = rng.randrange(2), rng.randrange(14)
            loss, optimizer, groups = (first, second)[i], optimizers[i], optimizers[i].param_groups
            if what < 3:
                batch = batches[i][rng.randrange(2)]
                if eager:
                    result = mean([loss(*row) for row in zip(*batch)])
                    result.backward()
                    seen.append(result.data)
                else:
                    seen.append(steps[i].batch(*batch))
            elif what < 7:
                with suppress(GraphError):  # no gradient has arrived yet
                    optimizer.step()
            elif what < 9:
                optimizer.zero_grad(set_to_none=what == 7 or k % 3 > 0)
            elif what == 9:
                losses = by_hand(loss, optimizer, batches[i], 3) if eager else steps[i].train(batches[i], optimizer, 3)
                seen += losses
            elif what == 10:
                seen += [w.data, u.grad]
                w.data = w.data / 2 + 0.5
            elif what == 11:
                groups[0]["lr"] = 0.001 + 0.01 * rng.random()
            elif what == 12:
                v.grad = 0
            elif i == 0 and len(groups[0]["params"]) == 2:
                groups[0]["params"].remove(v)
            elif i == 0:
                groups[0]["params"].append(v)
            else:
                groups.reverse()
        for p in parameters:
            seen += [p.data, p.grad, float(p.reached), *(x for o in optimizers for x in o.state.get(p, {}).values())]
        return seen

    assert run(eager=False) == pytest.approx(run(eager=True), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_of_the_optimisers_own_is_called(backend):
    _, _, step, optimizer = prepared(backend)
    inner, calls = optimizer.step, []
    optimizer.step = lambda: (calls.append(1), inner())
    step.train(data(), optimizer, 5)
    assert len(calls) == 5


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_of_the_optimiser_that_the_step_does_not_have(backend):
    w, other = Value(1.0), Value(1.0)
    other.grad = 5.0
    compile(lambda x: w * x, [w], backend).train([([1.0],)], SGD([w, other], lr=0.1), 3)
    assert (other.data, other.reached) == (1.0, False)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_update_without_a_gradient_is_an_error_only_if_it_is_the_first(backend):
    w, one = Value(3.0, "w"), Value(1.0)
    step = compile(lambda i: F.pick([w * w, one], i) * 2, [w], backend)
    batches, optimizer = [step.prepare([0]), step.prepare([1])], SGD([w], lr=0.1)
    assert step.train(batches, optimizer, 4) == pytest.approx([18.0, 2.0, 18.0 * 0.6**2, 2.0])
    assert w.data == pytest.approx(3.0 * 0.6**2)
    w.data = 3.0
    with pytest.raises(GraphError, match="train: no gradient has reached w"):
        step.train(batches[::-1], SGD([w], lr=0.1), 4)
    assert w.data == 3.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_that_a_later_trace_finds_are_trained_too(backend):
    def trained(update):
        v, w = Value(0.5), Value(-0.3)
        optimizer = SGD([v, w], lr=0.1, momentum=0.5)
        losses = update(lambda x, both: (v * x + w) ** 2 if both else (v * x) ** 2, optimizer)
        return [*losses, v.data, w.data, *(optimizer.state[p]["momentum_buffer"] for p in (v, w))]

    def by_steps(function, optimizer):
        step = compile(function, backend=backend)
        return [step.update(optimizer, [1.0, 2.0], [both] * 2) for both in (False, False, True, True, False)]

    def by_eager_steps(function, optimizer):
        batches = [([1.0, 2.0], [both] * 2) for both in (False, False, True, True, False)]
        return by_hand(function, optimizer, batches, 5)

    assert trained(by_steps) == pytest.approx(trained(by_eager_steps))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["batch", "update", "train", "train on prepared", "train on an iterator"])
def test_parameters_that_the_second_signature_brings_leave_the_first_right(how, backend):
    def world():
        u, v, w = Value(0.5), Value(-0.3), Value(0.7)
        return (lambda x, both: (v * x + w) ** 2 if both else (u * x) ** 2 + x), [u, v, w]

    one, both, mixed = ([1.0, 2.0], [False] * 2), ([1.0, 3.0], [True] * 2), ([1.0, 2.0], [False, True])
    batches = [one, both, one] if "train" in how else [mixed]
    loss, eager = world()
    wanted = by_hand(loss, SGD(eager, lr=0.1), batches, len(batches))
    loss, compiled = world()
    step, optimizer = compile(loss, backend=backend), SGD(compiled, lr=0.1)
    if how in ("batch", "update"):
        losses = [step.batch(*mixed) if how == "batch" else step.update(optimizer, *mixed)]
    else:
        given = [step.prepare(*columns) for columns in batches] if "prepared" in how else batches
        losses = step.train(iter(given) if "iterator" in how else given, optimizer, 3)
    assert losses == pytest.approx(wanted, rel=1e-12)
    assert [p.grad for p in compiled] == pytest.approx([p.grad for p in eager], rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_python_must_do_leaves_nothing_behind(backend):
    """In a batch of two structures, C computes the first, and must leave the second to Python."""
    a, b = Value(2.0), Value(1.0)

    def loss(xs):
        return mean([a * x for x in xs]) + (a * a * xs[-1]).sqrt() * xs[-1] + b

    step = compile(loss, [a, b], backend)
    batches = [([[1.0], [2.0, 1.0]],), ([[1.0], [2.0, 0.0]],)]
    step.train(batches, SGD([a], lr=0.01), 4)
    assert b.grad == pytest.approx(4.0)
    optimizer = SGD([a, b], lr=0.0)
    for batch in (*batches, *batches):
        step.batch(*batch)
        optimizer.step()
    assert b.grad == pytest.approx(8.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_steps_and_no_batches(backend):
    model, _, step, optimizer = prepared(backend)
    before = everything(model, optimizer)
    assert step.train(data(), optimizer, 0) == []
    assert everything(model, optimizer) == before
    for batches in ([], iter([])):
        with pytest.raises(ArgumentError, match="want batches"):
            step.train(batches, optimizer, 3)
    with pytest.raises(ArgumentError, match="tuple of lists"):
        step.train([1.0], optimizer, 3)
    with pytest.raises(ArgumentError, match="tuple of lists"):
        step.train(iter([data()[0], None]), optimizer, 3)


@needs_c
def test_values_are_values_in_every_way_between_batches():
    """Whatever is done first with a parameter in the middle of training gives the usual result."""
    looks = [
        repr, pickle.dumps, lambda p: p.item(), lambda p: f"{p:.12f}", lambda p: p < 1, lambda p: (p * 2).data,
        lambda p: p.reached, lambda p: p.tanh().data, lambda p: max(p, Value(0.1)).data, lambda p: pickle.loads(pickle.dumps(p)).data,
    ]  # fmt: skip
    for look in looks:
        results = []
        for early in (True, False):
            model, _, step, optimizer = prepared("c")
            p = model.mlp.layers[0].weight[0][0]

            def feed(look=look, p=p, results=results, early=early):
                for k in range(4):
                    if k == 3:
                        if not early:
                            p.data  # noqa: B018
                        results.append(look(p))
                    yield data()[k % 3]

            step.train(feed(), optimizer, 4)
        assert results[0] == results[1]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_loop_of_ones_own_may_give_the_loss_as_a_closure(backend):
    results = []
    for with_closure in (True, False):
        model, _, step, optimizer = prepared(backend, AdamW, {"lr": 0.01})
        losses = []
        for batch in [*data(), *data()]:

            def closure(batch=batch, step=step, optimizer=optimizer):
                optimizer.zero_grad()
                return step.batch(*batch)

            losses.append(optimizer.step(closure) if with_closure else closure())
            if not with_closure:
                optimizer.step()
        results.append((losses, everything(model, optimizer)))
    assert results[0] == results[1]


@needs_c
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_goes_on_by_itself():
    model, _, step, optimizer = prepared("c")
    step.train(data(), optimizer, 3)
    before = everything(model, optimizer)
    child = os.fork()
    if not child:
        step.train(data(), optimizer, 5)
        os._exit(0 if everything(model, optimizer) != before else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert everything(model, optimizer) == before


def test_names_are_trained_by_cross_entropy():
    """Picks, lengths that differ, and a loop that learns: the backends agree after many updates."""
    documents = [[0, 1, 2, 3], [0, 2, 1], [0, 3, 3, 1, 2]]

    def run(backend):
        table, layer = nn.Embedding(4, 3, seed=1), nn.Linear(3, 4, seed=2)
        parameters = [*table.parameters(), *layer.parameters()]
        step = compile(lambda tokens: F.cross_entropy(layer(table(tokens[:-1])), tokens[1:]), parameters, backend)
        return step.train([([tokens],) for tokens in documents], AdamW(parameters, lr=0.05), 60)

    losses = run("python")
    assert losses[-1] < losses[0] / 2
    assert run("auto") == pytest.approx(losses, rel=1e-8)


# --- step.update, prepared batches, and what is looked at in between


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("groups", [pytest.param(False, marks=pytest.mark.slow), True])
@pytest.mark.parametrize(("optimiser", "options"), OPTIMISERS)
@pytest.mark.parametrize("is_prepared", [False, True])
def test_update_is_the_loop_one_update_at_a_time(backend, optimiser, options, groups, is_prepared):
    """After every update all Values are right, the gradients too, and so is what the optimiser remembers."""
    seen = []
    for eager in (True, False):
        model, loss, step, optimizer = prepared(backend, optimiser, options, groups)
        batches = [step.prepare(*batch) if is_prepared and not eager else batch for batch in data()]
        found = []
        for k in range(7):
            batch = batches[k % 3]
            if eager:
                found += by_hand(loss, optimizer, [batch], 1)
            else:
                found.append(step.update(optimizer, batch) if is_prepared else step.update(optimizer, *batch))
            found += everything(model, optimizer)
            if k == 4:
                next(model.parameters()).data += 0.125
                optimizer.param_groups[0]["lr"] *= 0.5
        seen.append(found)
    assert seen[1] == pytest.approx(seen[0], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_model_is_copied_and_pickled_at_any_moment(backend):
    """Many loops keep the best model: a copy consists of ordinary Values, with the numbers of that moment."""
    model, _, step, optimizer = prepared(backend, AdamW, {"lr": 0.01})
    copies = []

    def keep():
        for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), copy.deepcopy((model, optimizer))[0]):
            assert all(type(p) is Value for p in copied.parameters())
            copies.append([p.data for p in copied.parameters()] == [p.data for p in model.parameters()])

    def feed():
        for batch in data():
            keep()
            yield batch

    for batch in data():
        optimizer.zero_grad()
        step.batch(*batch)
        keep()
        optimizer.step()
        keep()
        step.update(optimizer, *batch)
        keep()
    step.train(feed(), optimizer, 8)
    step.train(data(), optimizer, 8)
    keep()
    assert all(copies) and len(copies) >= 36


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_prepared_batch_serves_batch_update_and_train(backend):
    _, loss, step, optimizer = prepared(backend)
    columns = data()[0]
    batch = step.prepare(*columns)
    assert step.batch(batch) == step.batch(*columns)
    found = [
        step.update(optimizer, batch),
        *step.train([batch], optimizer, 3),
        *step.train(iter([batch]), optimizer, 2),
    ]
    _, loss, other, optimizer = prepared(backend)
    assert found == pytest.approx(by_hand(loss, optimizer, [columns], 6), rel=1e-10)
    with pytest.raises(ArgumentError, match="one batch that this step has prepared"):
        other.batch(batch)
    with pytest.raises(ArgumentError, match="one batch that this step has prepared"):
        step.batch(batch, columns[1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_prepared_batch_follows_what_the_function_uses(backend):
    w, by = Value(3.0), [2.0]
    step = compile(lambda x: w * x * by[0], [w], backend)
    batch = step.prepare([1.0, 3.0])
    assert step.batch(batch) == 12.0
    by[0] = 5.0
    assert step.batch(batch) == 30.0
    assert step.update(SGD([w], lr=0.0), batch) == 30.0


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["train", "update"])
def test_a_value_of_the_optimiser_that_compile_was_not_given_is_named(backend, how):
    w, u = Value(3.0, label="w"), Value(1.0, label="u")
    step = compile(lambda x, y: (w * x + u - y) ** 2, [w], backend)
    optimizer, batch = SGD([w, u], lr=0.01), ([1.0, 2.0], [3.0, 5.0])
    with pytest.raises(ArgumentError, match="the optimizer has u, which the loss uses"):
        step.train([batch], optimizer, 5) if how == "train" else step.update(optimizer, *batch)
    assert (w.data, u.data, w.reached) == (3.0, 1.0, False)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("given", "done"), [(list, 0), (iter, 2)], ids=["a list", "an iterator"])
def test_a_batch_that_cannot_be_prepared_is_refused_as_soon_as_it_is_there(given, done, backend):
    """A list is read before the first update."""
    _, _, step, optimizer = prepared(backend)
    wanted = prepared(backend)
    wanted[2].train(data(), wanted[3], done)
    with pytest.raises(ShapeError):
        step.train(given([*data()[:2], ([0, 1], [0.5], [1.0])]), optimizer, 9)
    assert [p.data for group in optimizer.param_groups for p in group["params"]] == [
        p.data for p in wanted[0].parameters()
    ]


# --- the optimiser is asked for its rule


class Lion(SGD):
    """An optimiser of one's own, by its formulas alone (Chen et al., 2023)."""

    memory = ("average",)

    def rule(self, group, first):
        return {
            "lr": group["lr"], "keep": 0.9,
            "mix": "keep * average + (1 - keep) * grad",
            "data": "data - lr * (1 if mix > 0 else -1 if mix < 0 else 0)",
            "average": "0.99 * average + (1 - 0.99) * grad",
        }  # fmt: skip


class Warming(AdamW):
    """A rule with a number of its own, which changes between updates."""

    factor = 1.0

    def rule(self, group, first):
        return {**super().rule(group, first), "lr": group["lr"] * self.factor}


class Counting(SGD):
    """The formulas are not all that happens."""

    def step(self, closure=None):
        self.count = getattr(self, "count", 0) + 1
        return super().step(closure)


class Halving(SGD):
    def _update(self):
        for p in self.param_groups[0]["params"]:
            p.data /= 2


class Keeping(AdamW):
    def zero_grad(self, set_to_none=True):
        """Gradients add up."""


@needs_c
@pytest.mark.parametrize("is_patched", [False, True])
@pytest.mark.parametrize(
    ("optimiser", "runs_in_c"), [(Lion, True), (Warming, True), (Counting, False), (Halving, False), (Keeping, False)]
)
def test_an_optimiser_is_done_in_c_where_its_formulas_say_all(optimiser, runs_in_c, is_patched, monkeypatch):
    calls = []
    if is_patched:
        inner = optimiser.step
        monkeypatch.setattr(optimiser, "step", lambda self: (calls.append(1), inner(self))[1])
    results = []
    for backend in ("python", "c"):
        model, _, step, optimizer = prepared(backend, optimiser, {"lr": 0.01})
        losses = step.train(data(), optimizer, 4)
        optimizer.factor = 0.5
        losses += [*step.train(iter(data()), optimizer, 3), step.update(optimizer, *data()[0])]
        results.append((losses, everything(model, optimizer), getattr(optimizer, "count", None)))
        used = step.updates._rules is not None
        assert used is (backend == "c" and runs_in_c and not is_patched)
    assert results[1][0] == pytest.approx(results[0][0], rel=1e-9)
    assert results[1][1] == pytest.approx(results[0][1], rel=1e-9, abs=1e-12)
    assert results[1][2] == results[0][2] == (8 if optimiser is Counting else None)
    assert len(calls) == 16 * is_patched


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_rule_that_cannot_be_read_is_refused_by_name(backend):
    class Broken(SGD):
        def rule(self, group, first):
            return {**super().rule(group, first), "data": "data - lr * nowhere"}

    _, _, step, optimizer = prepared(backend, Broken)
    with pytest.raises(FormulaError, match="'nowhere' in data"):
        step.update(optimizer, *data()[0])


@needs_c
@pytest.mark.parametrize("groups", [pytest.param(False, marks=pytest.mark.slow), True])
@pytest.mark.parametrize(("optimiser", "options"), OPTIMISERS)
def test_a_rule_in_c_gives_pythons_bits(optimiser, options, groups):
    """The gradients of this loss are the same in both backends to the last bit."""

    def run(backend):
        parameters = [Value(0.1 * i - 0.4) for i in range(9)]
        step = compile(lambda xs: mean([p * x for p, x in zip(parameters, xs)]), parameters, backend)
        given = [{"params": parameters[:4], "lr": 0.003}, {"params": parameters[5:]}] if groups else parameters
        optimizer = optimiser(given, **options)
        step.train([([[i * 0.3 - 1.0 for i in range(9)]],)], optimizer, 7)
        return [x for p in parameters for x in (p.data, *optimizer.state.get(p, {}).values())]

    assert run("c") == run("python")


# --- long calls of C


def slow_loss(w):
    def loss(x):
        for _ in range(100):
            x = (w * x).tanh() + 0.5
        return x

    return loss


def again_and_again(step, optimizer, batch, how):
    for _ in range(10):
        if how == "train":
            step.train([batch], optimizer, 100)
        else:
            step.batch(batch) if how == "batch" else step.update(optimizer, batch)


@needs_c
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
@pytest.mark.parametrize("how", ["batch", "update", "train"])
def test_ctrl_c_is_answered_in_the_middle_of_a_batch(how):
    w = Value(0.9)
    step, optimizer = compile(slow_loss(w), [w], "c"), SGD([w], lr=0.0)
    step.batch([0.5] * 10)
    batch = step.prepare([k / 400_000 for k in range(400_000)])

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.15)
    began = time.process_time()  # a busy machine must not fail this
    try:
        with pytest.raises(KeyboardInterrupt):
            again_and_again(step, optimizer, batch, how)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.process_time() - began < 0.15 + 0.4
    assert (w.data, type(w.data)) == (0.9, float)


@needs_c
def test_other_threads_run_while_c_computes():
    w = Value(0.9)
    step = compile(slow_loss(w), [w], "c")
    batch = step.prepare([k / 100_000 for k in range(100_000)])
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.perf_counter()
    step.batch(batch)
    took = time.perf_counter() - began
    done.set()
    thread.join()
    meanwhile = [t for t in ticks if began < t < began + took]
    assert len(meanwhile) > 10 and len(meanwhile) > 100 * took
    assert w.reached


@needs_c
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_a_handler_of_a_signal_sees_the_numbers_of_some_update():
    """It is code of this thread, too: it may save a checkpoint, and the training continues."""
    w, seen = Value(1.0), []
    step, optimizer = compile(lambda x: (w - x) ** 2, [w], "c"), AdamW([w], lr=1e-6, weight_decay=0.0)

    def look(*_):
        seen.append((w.data, w.grad, optimizer.state[w]["step"], optimizer.state[w]["exp_avg"]))

    step.train([([3.0],)], optimizer, 1)
    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        step.train([([3.0],)], optimizer, 1_000_000)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert seen[0][2] < 1_000_001 == optimizer.state[w]["step"]
    for data, grad, count, average in seen:
        assert 1 < count <= 1_000_001 and data == pytest.approx(1 + 1e-6 * count, rel=0.01)
        slope = pytest.approx(2 * (data - 3), rel=1e-4)
        assert average == slope and (grad == slope or grad == 0.0)  # cleared, and about to come


@pytest.mark.parametrize("backend", BACKENDS)
def test_updates_inside_are_counted_and_checked(backend):
    """A change that no guard looks at is found at update 4, 8, 16 ...; the parameters are those before it."""
    w, scale = Value(1.0), ctypes.c_double(2.0)
    step = compile(lambda x: w * x * scale.value, [w], backend)
    optimizer = SGD([w], lr=0.125)
    step.train([([1.0],)], optimizer, 9)
    assert w.data == 1.0 - 9 * 0.25
    scale.value = 5.0
    with pytest.raises(TraceError):
        step.train([([1.0],)], optimizer, 40)
    assert w.data in {1.0 - k * 0.25 for k in range(9, 17)}


@needs_c
@pytest.mark.parametrize("how", ["train", "update"])
def test_two_threads_that_train_one_step_take_turns(how):
    """A second call waits, and neither an update nor what the optimiser remembers is lost."""
    w = Value(1.0)
    step, optimizer = compile(lambda x: (w - x) ** 2, [w], "c"), AdamW([w], lr=1e-3, weight_decay=0.0)
    step.train([([3.0],)], optimizer, 1)

    def work():
        for _ in range(50):
            if how == "train":
                step.train([([3.0],)], optimizer, 20)
            else:
                step.update(optimizer, [3.0])

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    updates = 1 + 3 * 50 * (20 if how == "train" else 1)
    assert optimizer.state[w]["step"] == updates
    other = Value(1.0)
    alone = AdamW([other], lr=1e-3, weight_decay=0.0)
    compile(lambda x: (other - x) ** 2, [other], "c").train([([3.0],)], alone, updates)
    assert w.data == other.data


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["train", "update"])
def test_threads_that_train_one_step_keep_their_own_batches(how, backend):
    """Every update takes away the mean of its own batch, whatever the order, and these sums are exact."""
    w = Value(0.0)
    step, optimizer = compile(lambda x: w * x, [w], backend), SGD([w], lr=1.0)
    batches = [[2.0**k, 3.0 * 2.0**k] for k in range(0, 30, 10)]

    def work(xs):
        for _ in range(30):
            if how == "train":
                step.train([(xs,)], optimizer, 4)
            else:
                step.update(optimizer, xs)

    threads = [threading.Thread(target=work, args=(xs,)) for xs in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert w.data == -30 * (4 if how == "train" else 1) * sum(sum(xs) / 2 for xs in batches)


@pytest.mark.parametrize("backend", ["python", "eager", pytest.param("c", marks=needs_c)])
def test_an_update_that_divides_by_zero_gives_nan_as_pytorch_does(backend):
    """Without eps, a gradient of 0 moves its parameter by 0/0, and the others keep moving: a constant gradient moves w
    by lr."""
    w, b = Value(1.0), Value(2.0)
    optimizer = Adam([w, b], lr=0.1, eps=0.0)
    if backend == "eager":
        for _ in range(3):
            optimizer.zero_grad()
            (w + b * 0.0).backward()
            optimizer.step()
    else:
        compile(lambda: w + b * 0.0, [w, b], backend).train([()], optimizer, 3)
    assert w.data == pytest.approx(0.7, rel=1e-12) and b.data != b.data
    assert optimizer.state[b]["step"] == 3.0


@needs_c
def test_many_parameters_do_not_delay_the_first_update():
    ws = [Value(0.001 * k) for k in range(8_000)]
    step = compile(lambda x: dot(ws, ws) * x, ws, "c")
    batch = step.prepare([0.5])
    step.batch(batch)
    began = time.process_time()
    step.train([batch], SGD(ws, lr=0.01), 1)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("check", ["doubling", "always"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_int_too_large_for_a_float_is_refused_by_every_call(backend, check):
    w = Value(1.0)
    step, optimizer = compile(lambda x, y: (w * x - y) ** 2, [w], backend, check=check), SGD([w], lr=0.1)
    columns = [1, 2, 3, 4, 5], [2, 4, 6, 8, 10]
    step(1, 2), step.batch(*columns), step.update(optimizer, *columns)
    columns[0][1] = 10**400
    before = w.data, w.grad
    for call in (
        lambda: step(10**400, 2),
        lambda: step.batch(*columns),
        lambda: step.update(optimizer, *columns),
        lambda: step.train([columns], optimizer, 3),
    ):
        with pytest.raises(FloatOverflowError, match="got an int too large for a float"):
            call()
        assert (w.data, w.grad) == before
