"""Stepping through training: what a plain loop gives to the last bit, all of it undone, and mistakes made on purpose."""

from __future__ import annotations

import gc
import math
import random
import weakref

import pytest

import nn
from autograd import TrainingStepper, Value
from autograd.errors import ArgumentError
from autograd.stepper import prompt as prompt_module
from autograd.stepper.prompt import Session
from autograd.training import SLIPS
from nn import optim

BATCHES = [([1.0, 2.0], 1.0), ([-1.0, 0.5], -1.0), ([0.3, -2.0], 1.0)]
OPTIMIZERS = {
    "SGD": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9),
    "Adam": lambda ps: optim.Adam(ps, lr=0.05),
    "AdamW": lambda ps: optim.AdamW(ps, lr=0.05, weight_decay=0.1),
    "RMSprop": lambda ps: optim.RMSprop(ps, lr=0.02, momentum=0.5, centered=True),
}


def parts(seed=0):
    model = nn.MLP(2, [3, 1], activation="tanh", seed=seed)
    return model, list(model.parameters()), lambda x, y: (model(x)[0] - y) ** 2


def made(name, batches=BATCHES):
    model, params, loss = parts()
    return TrainingStepper(model, loss, OPTIMIZERS[name](params), batches), params


def state(training, params):
    memory = training.optimizer.state_dict()
    return [(p.data, p.grad) for p in params], memory, training.phase, training.updates, list(training.losses)


def loop(name, count, zero_grad=True):
    """Return the losses, and the parameters at the end, of a loop as everybody writes it."""
    _, params, loss_of = parts()
    optimizer, losses = OPTIMIZERS[name](params), []
    for k in range(count):
        loss = loss_of(*BATCHES[k % len(BATCHES)])
        loss.backward()
        optimizer.step()
        if zero_grad:
            optimizer.zero_grad()
        losses.append(loss.data)
    return losses, [p.data for p in params]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_trains_as_a_loop_does_bit_for_bit(name):
    training, params = made(name)
    training.run(7)
    assert ([before for before, _ in training.losses], [p.data for p in params]) == loop(name, 7)
    assert training.updates == 7 and training.phase == "forward"


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("seed", range(4))
def test_any_mix_of_moves_and_their_undoing_ends_where_the_loop_does(name, seed):
    training, params = made(name)
    rng = random.Random(seed)
    seen = {}
    for _ in range(60):
        pick = rng.random()
        if training.phase == "forward" and training.root is None:
            key = training.updates
            found = [p.data for p in params], training.optimizer.state_dict()
            assert seen.setdefault(key, found) == found
        if pick < 0.3:
            training.next()
        elif pick < 0.6:
            training.step(1 + int(rng.random() * 5))
        elif pick < 0.85:
            training.undo(1 + int(rng.random() * 4))
        elif pick < 0.95:
            training.goto(int(rng.random() * 4))
        else:
            training.undo_update()
    training.goto(0)
    assert [p.data for p in params] == [p.data for p in parts()[1]] and not any(p.reached for p in params)
    training.goto(6)
    assert ([before for before, _ in training.losses], [p.data for p in params]) == loop(name, 6)


def test_undo_takes_back_each_phase_and_the_optimizers_memory():
    training, params = made("Adam")
    training.run(2)
    states = [state(training, params)]
    for _ in range(9):
        training.next()
        states.append(state(training, params))
    for wanted in reversed(states[:-1]):
        assert training.undo().moved == -1
        assert state(training, params) == wanted
    training.rewind()
    assert training.undo().moved == 0 and "nothing to undo" in training.undo()


def test_the_graph_of_an_update_gone_back_to_can_be_asked_again():
    training, params = made("SGD")
    training.run(3)
    training.undo(2)  # back to just before the third update
    grads = [p.grad for p in params]
    assert training.phase == "update" and "is a sum over" in training.why("layers.1.bias[0]")
    assert [p.grad for p in params] == grads and training.backprop.done
    training.undo()
    assert not any(p.reached for p in params)
    assert "[edge 1/" in training.step() and "undone" in training.undo()
    training.run()
    assert [before for before, _ in training.losses] == loop("SGD", 3)[0]


def test_only_one_graph_is_kept():
    training, _ = made("SGD")
    training.next()
    first = weakref.ref(training.root)
    training.run(3)
    gc.collect()
    assert first() is None


def test_backward_is_gone_through_edge_by_edge_and_by_module():
    training, params = made("SGD")
    training.forward()
    edges = len(training.backprop)
    said = [training.step() for _ in range(edges)]
    assert "[edge 1/" in said[0] and f"[edge {edges}/{edges}]" in said[-1] and "[update 1, backward]" in said[-1]
    training.undo()
    assert not any(p.reached for p in params)
    training.step(2)
    assert "layers.1 (Linear)" in training.over() and "layers.0.weight" in training.backward()
    assert training.phase == "update"


def test_an_update_says_how_far_and_what_the_gradients_predicted():
    w = Value(0.0, label="w")
    training = TrainingStepper([w], lambda: (w - 3.0) ** 2, 0.1)
    training.forward()
    training.backward()
    said = training.update()
    assert "1 parameter moved, by 0.6 (most w, 0 -> 0.6)" in said
    assert "loss 9 -> 5.76 on this batch: a change of -3.24, where the gradients predict -3.6" in said
    assert "loss 9 again" in training.undo() and w.data == 0.0
    training.undo()
    assert "no parameter moved" in training.update() and "backward was not finished" in training.update()


def test_a_phase_can_be_left_out_and_it_shows():
    training, params = made("SGD")
    for _ in range(3):
        training.forward()
        said = training.backward()
        training.update()
    assert "this added to 13 gradients from before: zero_grad was left out" in said
    assert ([before for before, _ in training.losses], [p.data for p in params]) == loop("SGD", 3, zero_grad=False)
    mistaken, others = made("SGD")
    assert "from now on" in mistaken.mistake("no_zero_grad")
    mistaken.run(3)
    assert mistaken.losses == training.losses and [p.data for p in others] == [p.data for p in params]
    assert "no longer" in mistaken.mistake("no_zero_grad") and "zero_grad" in mistaken.mistake()


def test_zero_grad_may_stand_before_backward_and_over_may_end_it():
    training, params = made("SGD")
    for _ in range(3):
        training.forward()
        assert "as far as" in training.why("layers.0.bias[0]")  # this opens backprop
        training.zero_grad()
        while training.over().moved:
            pass
        assert "[update " in training.backward() and training.phase == "update"
        assert training.backward().moved == 0
        training.update()
    assert ([before for before, _ in training.losses], [p.data for p in params]) == loop("SGD", 3)


def adam(data, grads, lr=0.05, beta1=0.9, beta2=0.999, eps=1e-8, correct=True, inside=False):
    """Adam of one parameter, written down apart from the engine (Kingma and Ba, 2015, algorithm 1)."""
    m = v = 0.0
    for t, grad in enumerate(grads, 1):
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad * grad
        mean, square = (m / (1 - beta1**t), v / (1 - beta2**t)) if correct else (m, v)
        data -= lr * mean / (math.sqrt(square + eps) if inside else math.sqrt(square) + eps)
    return data


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("betas_swapped", {"beta1": 0.999, "beta2": 0.9}), ("no_bias_correction", {"correct": False}),
        ("eps_inside_root", {"inside": True}), (None, {}),
    ],
)  # fmt: skip
def test_a_broken_adam_is_just_so_broken(kind, how):
    slopes = [0.003, -0.02, 0.5, 1e-5]
    w = Value(1.0, label="w")
    training = TrainingStepper([w], lambda slope: w * slope, optim.Adam([w], lr=0.05), [(slope,) for slope in slopes])
    if kind:
        training.mistake(kind)
    training.run(len(slopes))
    assert w.data == pytest.approx(adam(1.0, slopes, **how), rel=1e-12)
    assert "rule" not in vars(training.optimizer)  # the optimizer is whole again
    if kind:
        assert w.data != pytest.approx(adam(1.0, slopes), rel=1e-9) and SLIPS[kind].phrase in training.where()


def test_going_uphill_moves_against_the_step_and_leaves_the_gradients():
    right, params = made("SGD")
    wrong, others = made("SGD")
    wrong.mistake("uphill")
    start = [p.data for p in params]
    for training in (right, wrong):
        training.forward()
        training.backward()
        training.update()
    for p, q, data in zip(params, others, start):
        assert q.data - data == pytest.approx(data - p.data) and q.grad == p.grad


@pytest.mark.parametrize("kind", SLIPS)
def test_a_comparison_shows_both_and_changes_nothing(kind):
    training, params = made("Adam")
    training.run(2)
    before = state(training, params)
    said = training.compare(kind, 4)
    assert state(training, params) == before
    assert said.count("update ") == 4 and SLIPS[kind].phrase in said and "nothing is changed" in said
    training.run(4)
    assert f"{training.losses[-1].after:.4g}" in said.splitlines()[-1]


def test_a_mistake_that_an_optimizer_cannot_make_is_refused():
    training, _ = made("SGD")
    with pytest.raises(ArgumentError, match="SGD cannot make the mistake betas_swapped"):
        training.mistake("betas_swapped")
    with pytest.raises(ArgumentError, match="did you mean no_zero_grad"):
        training.compare("no_zero_gard")


def test_loops_written_by_hand_and_optimizers_of_ones_own():
    wanted = None
    for kind in ("rate", "function", "class"):
        _, params, loss = parts()

        def move(params=params):
            for p in params:
                p.data -= 0.1 * p.grad

        class Mine:
            def __init__(self, params, move=move):
                self.params, self.move, self.count = params, move, 0

            def step(self):
                self.count += 1
                self.move()

            def zero_grad(self):
                for p in self.params:
                    p.grad = 0.0

        optimizer = {"rate": 0.1, "function": move, "class": Mine(params)}[kind]
        training = TrainingStepper(params, loss, optimizer, BATCHES)
        training.run(4)
        training.goto(1)
        training.run(3)
        wanted = wanted or training.losses
        assert training.losses == wanted and len(wanted) == 4
        if kind == "class":
            assert training.optimizer.count == 4 and training.optimizer.params[0] is params[0]


def test_what_is_no_model_no_loss_and_no_optimizer():
    model, params, loss = parts()
    for arguments, said in (
        ((3, loss, 0.1), "a model that has parameters"), (([], loss, 0.1), "a model that has parameters"),
        ((model, 3, 0.1), "the loss as a function"), ((model, loss, "SGD"), "an optimizer with step"),
        ((model, lambda: [Value(1.0)], 0.1), "want a Value as the loss, got list"),
    ):  # fmt: skip
        with pytest.raises(ArgumentError, match=said):
            TrainingStepper(*arguments).forward()
    with pytest.raises(ArgumentError, match="there is no loss here"):
        TrainingStepper(params, loss, 0.1).why("w")
    with pytest.raises(ArgumentError, match="whole number"):
        TrainingStepper(params, loss, 0.1).run(0)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = TrainingStepper(params, loss, 0.1).nonsense


def test_at_the_prompt(tmp_path):
    training, params = made("Adam")
    session = Session(training)
    assert "no loss here" in session.answer("why layers.0")
    for line, said in [
        ("", "[update 1, forward]"), ("step", "[edge 1/"), ("why layers.1.bias[0]", "as far as they have arrived"),
        ("layers.1.bias[0]", "a leaf"), ("loss.grad * 2", "2"), ("break layers.0", "stops at layers.0"), ("backward", "[update 1, backward]"),
        ("update", "where the gradients predict"), ("zero_grad", "13 gradients cleared"), ("run 2", "update 3: loss"), ("history", "update 2: loss"),
        ("undo update", "2 updates made"), ("goto 1", "1 update made, next forward"), ("compare uphill", "right         mistake"),
        ("mistake", "eps_inside_root"), ("until 1e9", "update 2"), ("until x", "x has no value"), ("where", "losses"), ("set a 3", "training"),
        ("undo node", "whole number"), ("help", "the phase that comes next"), ("rewind", "0 updates made"), ("# remark", ""),
        (f"save {tmp_path / 'training.txt'}", "written to"),
    ]:  # fmt: skip
        assert said in session.answer(line), line
    assert "[update 1, forward]" in (tmp_path / "training.txt").read_text(encoding="utf-8")
    assert [p.data for p in params] == [p.data for p in parts()[1]]
    assert max(map(len, session.answer("help").splitlines())) < 80
    assert session.complete("", "for") == ["forward"] and session.complete("undo ", "") == ["update"]


def test_control_c_inside_of_an_update_leaves_everything_as_it_was(monkeypatch):
    training, params = made("Adam")
    session = Session(training)
    training.run(2)
    training.forward()
    training.step(3)
    before = state(training, params), training.backprop.position
    for name in ("step", "zero_grad"):

        def interrupted():
            raise KeyboardInterrupt

        monkeypatch.setattr(training.optimizer, name, interrupted)
        assert prompt_module._interruptible(session, "run 3").startswith(
            "stopped; everything is as it was before: training of MLP: 2 updates"
        )
        monkeypatch.undo()
        assert (state(training, params), training.backprop.position) == before
    training.run(1)
    assert ([before for before, _ in training.losses], [p.data for p in params]) == loop("Adam", 3)


def test_its_repr_reads_well_and_never_raises():
    training, _ = made("SGD")
    assert repr(training).splitlines()[0] == "training of MLP: 0 updates made, next forward"
    training.forward()
    training.step()
    assert "next backward, backprop of loss: edge 1 of 21" in repr(training) and "SGD(13 parameters" in repr(training)
    training.parameters = None
    assert repr(training).startswith("<training:")


def test_the_demo_of_the_moons_can_be_stepped_through(monkeypatch, capsys):
    from demos.cli import main

    lines = iter(["next", "step", "quit"])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))
    assert main(["moons", "--stepper"]) == 0
    said = capsys.readouterr().out
    assert "training of MLP: 0 updates made" in said and "[update 1, forward] loss = " in said and "[edge 1/" in said
    with pytest.raises(SystemExit):
        main(["iris", "--stepper"])
    assert "of moons" in capsys.readouterr().err
