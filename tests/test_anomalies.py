"""What looks unhealthy is found, named, and traced to what caused it."""

from __future__ import annotations

import math
import random

import pytest
from random_graphs import inputs, program, run

import nn
from autograd import Value, atomic, detect_anomalies, dot, ieee, no_grad, record_source
from autograd.errors import ArgumentError
from autograd.modes import PARAMETER
from autograd.ops import OPS
from autograd.recording import record
from autograd.value import NOT_REACHED


def leaf(data, label):
    return Value(data, label=label)


def test_a_healthy_graph():
    f = (leaf(2.0, "a") * leaf(-3.0, "b") + 6.88).tanh()
    report = detect_anomalies(f)
    assert report.kinds == () and report.startswith("nothing unhealthy")


def test_the_first_bad_value_names_its_cause_and_its_line():
    a, b = leaf(50.0, "a"), leaf(20.0, "b")
    with ieee(), record_source():
        m = a * b
        n = m.exp()
        f = n * 0 + 1
    report = detect_anomalies(f)
    assert report.kinds[0] == "inf forward"
    line = report.splitlines()[0]
    assert "n = exp(m) is inf" in line and "since m = a * b = 50 * 20 = 1000" in line and "it reaches f = nan" in line
    assert "test_anomalies.py" in line and "n = m.exp()" in line
    assert all(x.grad is NOT_REACHED for x in (a, b, m, n, f))


def test_a_bad_leaf_and_one_that_does_not_show():
    f = leaf(float("nan"), "x") * 2
    assert "the leaf x is nan; it reaches f = nan" in detect_anomalies(f)
    with ieee():
        g = leaf(float("inf"), "y").tanh()
    assert "it does not show in g = 1" in detect_anomalies(g)


def test_the_first_bad_gradient():
    x = leaf(0.0, "x")
    f = x.sqrt() * 2
    report = detect_anomalies(f)
    assert report.kinds == ("inf backward",)
    assert "on the edge v1 -> x the slope is d sqrt(x)/dx = 0.5 / v1 = 0.5 / 0 = inf" in report
    assert detect_anomalies(x.sqrt() * 0 + x).kinds == ()  # nothing flows there
    f = ((x + 1e-300) * 1e200) * 1e200
    assert "1e+200 from above is multiplied by d(v1 * 1e+200)/dv1" in detect_anomalies(f)


def parameter(data, label):
    value = leaf(data, label)
    value.scope = PARAMETER
    return value


@pytest.mark.parametrize("wide", [True, False])
def test_a_relu_is_dead_only_if_it_is_for_every_input_seen(wide):
    def unit(w, b, x):
        return (dot([w], [x], b) if wide else w * x + b).relu()

    w, b = parameter(-1.0, "w"), parameter(-0.5, "b")
    positive = [unit(w, b, 0.1 * i) for i in range(10)]
    report = detect_anomalies(sum(positive))
    assert report.kinds == ("dead relu", "no gradient")
    assert "for all 10 inputs seen" in report and "is from -1.4 to -0.5" in report
    assert "(w" not in report.splitlines()[0] and "the same goes for 1 other" in report
    assert detect_anomalies(*positive).kinds == report.kinds
    assert "dead relu" not in detect_anomalies(sum(positive) + unit(w, b, -3.0)).kinds
    assert "dead relu" not in detect_anomalies(*positive, unit(w, b, -3.0)).kinds


def test_labels_tell_units_apart_where_there_are_no_parameters():
    xs = []
    for x in (-1.0, 2.0):
        h = Value(x).relu()
        h.label = "h"
        xs.append(h)
    assert detect_anomalies(sum(xs) + Value(1.0)).kinds[:1] != ("dead relu",)
    xs[0].label = "other"
    assert "dead relu" in detect_anomalies(sum(xs)).kinds


@pytest.mark.parametrize("mode", ["wide", "atomic"])
def test_dead_units_of_a_network(mode):
    model = nn.MLP(2, [4, 1], activation="relu", seed=0)
    for value in model.layers[0].bias:
        value.data = -100.0
    rows = [[0.1, 0.2], [1.0, -1.0], [0.5, 0.5]]
    if mode == "atomic":
        with atomic():
            losses = [model(row)[0] for row in rows]
    else:
        losses = [model(row)[0] for row in rows]
    report = detect_anomalies(*losses)
    assert report.kinds.count("dead relu") == 4 and "for all 3 inputs seen" in report


def test_saturation_tells_the_slope_and_the_input():
    x = leaf(2.0, "x")
    report = detect_anomalies((x * 5).tanh() + (x * -5).sigmoid())
    assert report.kinds == ("saturated tanh", "saturated sigmoid")
    assert "of at most 1, since v1 = x * 5 = 2 * 5 = 10" in report and "of at most 0.25" in report
    assert detect_anomalies((x * 0.5).tanh()).kinds == ()


def test_vanishing_and_exploding_gradients_are_traced_along_a_path():
    x = leaf(2.0, "x")
    f = x
    for _ in range(30):
        f = (f * 0.9).tanh() * 0.5
    report = detect_anomalies(f)
    assert report.kinds == ("vanishing gradient",)
    assert "df/dx is 3.29e-12" in report and "84 of 90 slopes are below 1, the least is d tanh(v1)/dv1" in report
    g = x
    for _ in range(30):
        g = g * 3
    assert "30 of 30 slopes are above 1" in detect_anomalies(g)
    assert detect_anomalies(g).kinds == ("exploding gradient",)


def test_many_of_a_kind_are_summed_up():
    xs = [leaf(-1.0, f"x{i}") for i in range(20)]
    report = detect_anomalies(sum(x.relu() for x in xs))
    assert "and 15 more like it" in report and len(report.splitlines()) == 7


def test_no_graph_at_all():
    with pytest.raises(ArgumentError, match="at least one Value"):
        detect_anomalies()
    assert detect_anomalies(Value(1.0)).kinds == ("cut graph",)


@pytest.mark.parametrize("seed", range(10))
def test_it_raises_on_no_graph(seed):
    rng = random.Random(seed)
    with ieee():
        f = run(program(rng, 40), [Value(x) for x in inputs(rng)])
        for odd in ((f * 1e308) * 1e308, (f - f.data).log(), (f - f.data) ** -1, 0 / (f - f.data)):
            assert detect_anomalies(odd).kinds


def test_paths_that_cancel_are_not_blamed_on_a_slope():
    a = Value(1.0, label="a")
    b = a - a
    assert (
        detect_anomalies(b)
        == "no gradient: db/da is exactly 0: its paths cancel; the largest, b -> a (operand 1), gives 1"
    )


@pytest.mark.parametrize(
    ("wrong", "said"), [(3, "got int"), ([Value(1.0)], "got list: write detect_anomalies(*results)")]
)
def test_what_is_no_value_is_refused_in_a_sentence(wrong, said):
    with pytest.raises(ArgumentError) as error:
        detect_anomalies(wrong)
    assert said in str(error.value)


def test_a_unit_is_told_apart_in_one_walk_however_many_paths_lead_to_it(monkeypatch):
    from autograd.explain import anomalies

    walked = []
    monkeypatch.setattr(anomalies, "below", lambda node, below=anomalies.below: walked.append(node) or below(node))
    x = leaf(-1.0, "x")
    for _ in range(16):
        x = x + 0.5 * x
    assert detect_anomalies(x.relu()).kinds[0] == "dead relu"
    assert len(walked) < 100


# --- The graph as a whole ----------------------------------------------------------------------------------------


def test_a_result_that_was_cut_off_is_found_and_so_is_a_part_of_a_model():
    model = nn.MLP(2, [3, 1], seed=0)
    loss = Value(model([1.0, 2.0])[0].data)
    assert "cut graph: loss is a leaf" in detect_anomalies(loss) and "made from .data" in detect_anomalies(loss)
    with no_grad():
        quiet = model([1.0, 2.0])[0]
    assert detect_anomalies(quiet).kinds == ("cut graph",)

    class Cut(nn.Module):
        def __init__(self):
            self.first, self.second = nn.Linear(2, 3, seed=0), nn.Linear(3, 1, seed=0)

        def forward(self, x):
            return self.second([y.detach() for y in self.first(x)])

    said = detect_anomalies(Cut()([1.0, 2.0])[0])
    assert said.kinds == ("cut graph",) and "none of the 9 parameters of first (Linear) is in the graph" in said
    assert "cut graph" not in detect_anomalies(model([1.0, 2.0])[0]).kinds
    table = nn.Embedding(5, 2, seed=0)
    assert "cut graph" not in detect_anomalies(sum(table([1])[0])).kinds  # rows that were not looked up


def test_gradients_of_an_earlier_pass_are_found():
    a = leaf(2.0, "a")
    f = a * a
    f.backward()
    assert detect_anomalies(f).kinds == ()
    f.backward()
    assert detect_anomalies(f).kinds == (
        "stale gradient",
    ) and "a.grad is 8, but 4 comes from here" in detect_anomalies(f)
    f.zero_grad()
    g = a * 3
    f.backward()
    g.backward()
    assert detect_anomalies(f, g).kinds == () and detect_anomalies(f).kinds == ("stale gradient",)
    a.grad = 0.5  # clipping may leave this
    assert detect_anomalies(f).kinds == ()
    f.zero_grad()
    f.backward(3.0)
    assert detect_anomalies(f).kinds == ()


@pytest.mark.parametrize("make", [lambda p: nn.optim.SGD(p, lr=0.05), lambda p: nn.optim.Adam(p, lr=0.05)])
@pytest.mark.parametrize("cleared", [True, False])
def test_a_loop_without_zero_grad_is_told(make, cleared):
    """It is reported before and after the optimiser moves the parameters, from the second update on."""
    model = nn.MLP(2, [4, 1], "tanh", seed=0)
    optimizer = make(model.parameters())
    for update in range(4):
        if cleared:
            optimizer.zero_grad()
        loss = (model([1.0, 2.0])[0] - 1.0) ** 2
        loss.backward()
        found = [detect_anomalies(loss)]
        optimizer.step()
        found.append(detect_anomalies(loss))
        stale = update > 0 and not cleared
        assert all(("stale gradient" in said.kinds) == stale for said in found)
        assert all(("was zero_grad() left out" in said) == stale for said in found)


def test_data_that_was_changed_and_a_total_that_keeps_every_graph_are_found():
    a = leaf(2.0, "a")
    f = a * a
    f.label = "f"
    a.data = 5.0
    assert "changed data: a changed after f was computed" in detect_anomalies(f)
    w, running = leaf(1.0, "w"), Value(0.0)
    for x in range(4):
        loss = (w * x - 1.0) ** 2
        w.grad = 0.0
        loss.backward()
        w.data -= 0.01 * w.grad
        running = running + loss
    said = detect_anomalies(running)
    assert said.kinds[0] == "running total" and "4 results, each with its own backward()" in said and ".item()" in said
    batch = sum((w * x - 1.0) ** 2 for x in range(4))
    batch.backward()
    assert "running total" not in detect_anomalies(batch).kinds


def test_a_unit_whose_input_is_a_plain_number_or_no_number_is_not_called_dead():
    constant = record(OPS["relu"], [-1.0])
    assert "dead relu" not in detect_anomalies(constant * Value(2.0, "a")).kinds
    with ieee():
        unknown = Value(math.nan, "x").relu()
    assert "dead relu" not in detect_anomalies(unknown).kinds
