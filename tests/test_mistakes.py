"""Each classical mistake has its own wrong number, is exposed by the probe graphs, and is recognised by it."""

from __future__ import annotations

import math
import random

import pytest
import small_graphs
from random_graphs import inputs, program, run
from small_graphs import without_labels

from autograd import Value, broken, compare, diagnose, ieee
from autograd.errors import ArgumentError, SingularityError
from autograd.graph import walk
from autograd.stepper.mistakes import MISTAKES


def neuron():
    f = without_labels(small_graphs.neuron(), "pnf")
    return f, f.operands[0].operands[0].operands[0]


def emblem():
    f, *_, a = small_graphs.emblem()
    return without_labels(f, "bcf"), a


def logarithm():
    a = Value(1.0, label="a")
    e = a.exp()
    return (e + 1).log() * e, a


def gradient(build, kind="", times=1, zero=False):
    """a.grad after this many passes with a mistake, or without; with zero_grad() between them if wanted."""
    f, a = build()
    mode = broken(kind) if kind else None
    if mode:
        mode.__enter__()
    try:
        for i in range(times):
            if i and zero:
                f.zero_grad()
            f.backward()
    finally:
        if mode:
            mode.__exit__()
    return a.grad


# mistake, probe graph, passes, zero_grad between, right, wrong: the numbers of the curriculum, and the neuron's
PROBES = [
    ("no_accumulate", emblem, 1, False, 10.0, 2.0),
    ("naive_recursion", emblem, 1, False, 10.0, 16.0),
    ("visited_set_dfs", emblem, 1, False, 10.0, 6.0),
    ("operands_as_set", emblem, 1, False, 10.0, 5.0),
    ("inner_kept", emblem, 2, False, 20.0, 34.0),
    ("no_zero_grad", emblem, 2, True, 10.0, 20.0),
    ("no_seed", emblem, 1, False, 10.0, 0.0),
    ("naive_recursion", logarithm, 1, False, 5.5570, 7.5443),
    ("exp_slope_is_input", logarithm, 1, False, 5.5570, 2.0443),
    ("tanh_slope_from_input", neuron, 1, False, -1.5, -0.6695),
    ("no_seed", neuron, 1, False, -1.5, 0.0),
]


@pytest.mark.parametrize(("kind", "build", "times", "zero", "right", "wrong"), PROBES)
def test_the_probe_graphs_expose_each_mistake(kind, build, times, zero, right, wrong):
    assert gradient(build, "", times, zero) == pytest.approx(right, abs=5e-5)
    assert gradient(build, kind, times, zero) == pytest.approx(wrong, abs=5e-5)


def test_every_mistake_is_in_the_table_of_probes():
    assert {row[0] for row in PROBES} == set(MISTAKES)


def test_on_the_emblem_each_mistake_has_its_own_number():
    numbers = [wrong for _, build, _, _, _, wrong in PROBES if build is emblem]
    assert len(set(numbers)) == len(numbers) == 7


@pytest.mark.parametrize(
    ("build", "exposes"),
    [(lambda a, b: (a + a) * a, {"operands_as_set"}), (lambda a, b: (a * b) * (a + b), set())],
)
def test_graphs_that_look_as_good_expose_no_wrong_order(build, exposes):
    found = set()
    for kind in ("naive_recursion", "visited_set_dfs", "operands_as_set"):
        a, b = Value(3.0), Value(2.0)
        f = build(a, b)
        f.backward()
        right = a.grad
        f.zero_grad()
        with broken(kind):
            f.backward()
        if a.grad != right:
            found.add(kind)
    assert found == exposes


def test_the_cut_graph_is_told_apart():
    a = Value(1.0, label="a")
    b = a + a
    f = b * Value(b.data + 1)
    f.backward()
    assert a.grad == 6.0
    assert "f does not depend on z" in diagnose(f, Value(1.0, label="z"), 6)
    whole, leaf = emblem()
    assert "without the edge whole -> v1: was v1 made from .data?" in diagnose(whole, leaf, 4)


# --- broken ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MISTAKES)
def test_value_is_mended_on_the_way_out_even_after_an_error(kind):
    whole = Value.backward, Value.zero_grad
    mode = broken(kind)
    assert mode.__enter__().name == kind and (Value.backward, Value.zero_grad) != whole
    mode.__exit__()
    with pytest.raises(RuntimeError, match="out"), broken(kind):
        raise RuntimeError("out")
    assert (Value.backward, Value.zero_grad) == whole
    assert gradient(emblem) == 10.0


@pytest.mark.parametrize("kind", MISTAKES)
@pytest.mark.needs_stack
def test_a_broken_pass_over_a_chain_or_a_leaf(kind):
    a = Value(2.0)
    with broken(kind):
        a.backward()
        assert a.grad == (0.0 if kind == "no_seed" else 1.0)
        b = Value(2.0)
        (b * 3).backward()
        assert b.grad == (0.0 if kind == "no_seed" else 3.0)
        x = Value(1.0)
        y = x
        for _ in range(5_000):  # it is longer than the recursion limit
            y = y + 1
        y.backward()
        assert x.grad == (0.0 if kind == "no_seed" else 1.0)


def test_a_seed_other_than_one_and_what_leaves_hold():
    f, a = emblem()
    a.grad = 100.0
    with broken("naive_recursion"):
        f.backward(2.0)
    assert a.grad == 100.0 + 32.0


def test_an_unknown_mistake_is_answered_with_the_list():
    with pytest.raises(ArgumentError, match=r"no mistake is called 'zzz': there are no_accumulate, naive_recursion"):
        broken("zzz")
    with pytest.raises(ArgumentError, match="no_seed"):
        compare(emblem()[0], "zzz")


def test_recursion_over_too_many_paths_is_not_waited_for():
    x = a = Value(1.0, label="a")
    for _ in range(60):
        x = x * 1.1 + x
    with broken("naive_recursion"), pytest.raises(ArgumentError, match="more than 1e"):
        x.backward()
    assert "one for each path" in compare(x, "naive_recursion")
    assert "not tried" in diagnose(x, a, 5)


# --- compare -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", MISTAKES)
def test_compare_marks_the_first_edge_that_goes_wrong(kind, golden):
    build = {"exp_slope_is_input": logarithm, "tanh_slope_from_input": neuron}.get(kind, emblem)
    f, a = build()
    said = compare(f, kind)
    assert said.count("<- goes wrong here") == 1 and "a.grad is" in said
    assert not a.reached and not f.reached
    golden(f"compare_{kind}.txt", said + "\n")


def test_compare_on_a_graph_that_does_not_show_it():
    a = Value(1.0, label="a")
    assert "this graph does not show the mistake" in compare(a * 2, "naive_recursion")
    x = a
    for _ in range(1000):
        x = x * 1.001 + 1
    assert len(compare(x, "no_accumulate").splitlines()) < 40


# --- diagnose ------------------------------------------------------------------------------------------------


DIAGNOSES = [
    (16, ("naive_recursion",), 1, "b passed its gradient on before its second contribution arrived"),
    (6, ("visited_set_dfs",), 1, "b passed its gradient on before its second contribution arrived"),
    (2, ("no_accumulate",), 3, "v2 overwrote the 3 that b.grad held with its 2"),
    (5, ("operands_as_set",), 5, "b = a + a owes a 2 contributions, and a set holds it once"),
    (20, ("no_zero_grad",), 4, "a.grad still held the first pass's 10 when the second added its 10"),
    (34, ("inner_kept",), 1, "b.grad still held the first pass's 5, and passed it on again"),
    (0, ("no_seed",), 0, "f.grad stayed 0"),
    (10, (), 0, "10 is right: df/da = 10"),
    ("10.0", (), 0, "10.0 is right"),
    (-10, (), 0, "the sign is wrong"),
    (3, (), 0, "one path only"),
    (77.5, (), 0, "none of the usual mistakes gives it"),
]


@pytest.mark.parametrize(("number", "kinds", "edge", "said"), DIAGNOSES)
def test_a_wrong_number_is_recognised(number, kinds, edge, said):
    a = Value(1.0, label="a")
    b = a + a
    f = b * (b + 1)
    found = diagnose(f, a, number)
    assert (found.kinds, found.edge) == (kinds, edge) and said in found
    assert not a.reached and not b.reached
    assert found.stepper.position == edge and found.stepper is found.stepper
    assert f.reached
    if kinds:
        assert f"(edge {edge}, stepper parked there)" in found


def test_the_parked_stepper_stands_where_it_goes_wrong():
    f, a = emblem()
    f.backward()  # it does not matter what the leaves hold
    bp = diagnose(f, a, 16).stepper
    assert "NOT complete: 1 more to come" in repr(bp)
    bp.run()
    assert a.grad == 10.0
    bp.close()
    assert a.grad == 10.0 and f.operands[0].grad == 5.0


def test_several_that_fit_are_all_told():
    f, a = logarithm()
    found = diagnose(f, a, gradient(logarithm, "visited_set_dfs"))
    assert set(found.kinds) == {"no_accumulate", "visited_set_dfs"} and "fits 2 mistakes" in found


@pytest.mark.parametrize("seed", [pytest.param(k, marks=[pytest.mark.slow] * (k > 9)) for k in range(25)])
@pytest.mark.parametrize("kind", MISTAKES)
def test_on_random_graphs_what_a_broken_pass_gives_is_diagnosed(kind, seed):
    rng = random.Random(seed)
    f = run(program(rng, 12), [Value(x, label=f"x{i}") for i, x in enumerate(inputs(rng))])
    leaves = [node for node in walk(f) if not node.operands]
    f.backward()
    right = [leaf.grad for leaf in leaves]
    if kind != "inner_kept":
        f.zero_grad()
    with broken(kind):
        f.backward()
        if kind == "no_zero_grad":
            f.zero_grad()
            f.backward()
    wrong = [leaf.grad for leaf in leaves]
    for leaf, r, w in zip(leaves, right, wrong):
        far = abs(w - r) > 1e-6 * max(abs(r), abs(w)) and abs(r) > 1e-6
        if far and (kind != "inner_kept" or abs(w - 2 * r) > 1e-6 * abs(w)):
            assert kind in diagnose(f, leaf, w).kinds


def test_an_infinite_slope_gives_no_number():
    a = Value(0.0, label="a")
    f = a.sqrt() * 2
    assert "none of the usual mistakes" in diagnose(f, a, 5)
    with pytest.raises(SingularityError), broken("naive_recursion"):
        f.backward()


def test_a_number_that_is_none():
    f, a = emblem()
    for guess in (math.nan, "nan", "x +"):
        with pytest.raises(ArgumentError, match="guess"):
            diagnose(f, a, guess)
    assert diagnose(f, a, "2 * 5").startswith("2 * 5 is right")


def test_an_infinite_gradient_is_not_taken_for_a_finite_one():
    x = Value(0.0, label="x")
    with ieee():
        f = x * 1.0 + x.log()
    said = compare(f, "no_accumulate")
    assert "x.grad is inf, and 1 with the mistake" in said and said.count("<- goes wrong here") == 1


def test_another_order_that_waits_is_not_marked_as_wrong():
    v = Value(3.0, label="v")
    assert "goes wrong" not in compare(v - v * v / v, "naive_recursion")
    a = Value(1.0, label="a")
    k = a * 2
    m = k * 1.5
    f = m + k * m
    k.label, m.label, f.label = "k", "m", "f"
    (marked,) = [line for line in compare(f, "naive_recursion").splitlines() if "goes wrong here" in line]
    assert "m -> k" in marked.partition("=")[2]  # m had one of its two contributions; f -> m before it was right
