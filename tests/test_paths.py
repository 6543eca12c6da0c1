"""The path ledger: its sum is the gradient, its count is exact, and it never lists more than anybody could read."""

from __future__ import annotations

import math
import random

import pytest
from random_graphs import inputs, program, run
from small_graphs import emblem

from autograd import Value, dot
from autograd.errors import GraphError
from autograd.explain.paths import Sums, find_node, strongest_path, totals
from autograd.graph import Graph, gradients, walk


def doubling(n, factor=1.0):
    x = a = Value(1.0, label="a")
    for _ in range(n):
        x = x + x * factor
    x.label = "x"
    return x, a


def test_the_emblem_has_four_paths():
    f, c, _, a = emblem()
    ledger = f.why(a)
    assert ledger.splitlines() == [
        "df/da is a sum over 4 paths",
        "  f -> b -> a (operand 1)         3 * 1 = 3",
        "  f -> b -> a (operand 2)         3 * 1 = 3",
        "  f -> c -> b -> a (operand 1)    2 * 1 * 1 = 2",
        "  f -> c -> b -> a (operand 2)    2 * 1 * 1 = 2",
        "  total 10",
    ]
    assert (ledger.total, ledger.paths, ledger.size) == (10.0, 4, 10.0)
    assert f.why("b").total == 5.0 and f.why(c).paths == 1
    assert f.why(f) == "df/df = 1: it is the result itself"
    assert not a.reached


@pytest.mark.parametrize("seed", range(40))
def test_the_total_is_the_gradient_on_random_graphs(seed):
    rng = random.Random(seed)
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(inputs(rng))]
    f = run(program(rng, 5 + int(rng.random() * 40)), leaves)
    f.backward()
    graph = Graph(f)
    for node in graph.nodes:
        ledger = f.why(node)
        assert abs(ledger.total - node.grad) <= 1e-12 * ledger.size
        assert abs(totals(graph.nodes, node)[f] - node.grad) <= 1e-12 * ledger.size
        assert gradients(graph)[node] == node.grad


def every_path(node, target):
    """Return all paths by plain recursion: what the ledger must not do, and must agree with."""
    if node is target:
        return [[]]
    return [
        [p, *rest]
        for operand, p in zip(node.operands, node.partials)
        if p is not None
        for rest in every_path(operand, target)
    ]


@pytest.mark.parametrize("seed", range(30))
def test_counts_and_largest_paths_agree_with_listing_them_all(seed):
    rng = random.Random(seed)
    leaves = [Value(x) for x in inputs(rng, 2)]
    f = run(program(rng, 9, 2), leaves)
    graph = Graph(f)
    for leaf in (leaf for leaf in leaves if leaf in graph):
        products = [math.prod(path) for path in every_path(f, leaf)]
        sums = Sums(graph, leaf)
        assert sums.count == len(products) == f.why(leaf).paths
        assert [math.prod(path.factors()) for path in sums.all_paths()] == products
        most = min(6, len(products))
        found = [abs(math.prod(path.factors())) for path in sums.largest(most)]
        assert len({tuple(path.ks) for path in sums.largest(most)}) == most
        largest = sorted(map(abs, products), reverse=True)[:most]
        assert found == pytest.approx(largest, rel=1e-9, abs=1e-300)
        assert abs(math.prod(strongest_path(graph, leaf).factors())) == pytest.approx(largest[0])


def test_many_paths_are_counted_first_and_the_rest_is_one_line():
    x, a = doubling(20, 1.1)
    ledger = x.why(a)
    lines = ledger.splitlines()
    assert lines[0] == "dx/da is a sum over 1048576 paths, the 8 largest of them:"
    assert len(lines) == 11 and lines[-2].startswith("  the other 1048568 paths") and "together" in lines[-2]
    assert "... 36 more ..." in lines[1] and lines[1].endswith("1 * 1.1 * ... * 1 * 1.1 = 6.727")
    assert ledger.total == pytest.approx(2.1**20)
    assert len(x.why(a, most=3).splitlines()) == 6
    assert x.why(a, most=0).splitlines()[0].endswith("the 1 largest of them:")


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (99, "633825300114114700748351602688 paths"),
        (100, "about 2**100 paths"),
        pytest.param(5000, "about 2**5000 paths", marks=pytest.mark.needs_stack),
        pytest.param(33_333, "about 2**33333 paths", marks=pytest.mark.needs_stack),
    ],
)
def test_counts_are_exact_up_to_30_digits(n, said):
    x, a = doubling(n, 0.0)
    if n == 99:
        assert x.why(a).paths == 2**99
    assert said in x.why(a).splitlines()[0]


def test_where_long_paths_differ_is_shown():
    x, a = doubling(20, 1.1)
    paths = [line.partition("    ")[0] for line in x.why(a).splitlines()[1:9]]
    assert len(set(paths)) == 8


def test_operations_over_many_operands_and_repeated_ones():
    xs = [Value(float(i), label=f"x{i}") for i in range(5)]
    f = dot(xs, xs)
    assert "f -> x3 (operand 4)    3\n  f -> x3 (operand 9)    3\n  total 6" in f.why(xs[3])


def test_a_value_that_the_result_does_not_depend_on():
    f, _, b, a = emblem()
    cut = Value(b.data, label="cut") * 2
    for outsider in (cut, cut.operands[0], Value(1.0)):
        ledger = f.why(outsider)
        assert (
            "no path from f to" in ledger
            and "was it made from .data, or inside no_grad()?" in ledger
            and ledger.paths == 0
        )
    assert "no path from cut" not in cut.why(cut)
    assert "was it made from .data, or inside no_grad()?" in (cut + 1).why(a)
    with pytest.raises(GraphError, match="no value is called 'zz'"):
        f.why("zz")


def test_infinite_and_zero_slopes_are_listed_not_raised():
    a = Value(0.0, label="a")
    f = a.sqrt() + a * 0
    assert f.why(a).total == math.inf and "inf" in f.why(a)
    zeros = (a * 0).tanh() * 0
    assert zeros.why(a).total == 0.0


def test_the_names_are_those_of_the_graph():
    f, *_ = emblem()
    names = set(Graph(f).names.values())
    for line in f.why("a").splitlines()[1:-1]:
        path = line.split("    ")[0].replace("(operand 1)", "").replace("(operand 2)", "")
        assert {name.strip() for name in path.split("->")} <= names
    assert len(walk(f)) == 4


@pytest.mark.parametrize("wrong", [3.0, None, [1.0]])
def test_what_is_no_node_is_refused_with_the_name_of_the_graph(wrong):
    f = Value(2.0, label="a") * 3
    f.label = "f"
    with pytest.raises(GraphError, match=r"want a node of f's graph, or its name, got"):
        find_node(Graph(f), wrong)
    assert find_node(Graph(f), "a") is find_node(Graph(f), f.operands[0])


def test_a_part_of_the_graph_is_explained_as_the_stepper_explains_it():
    import nn

    model = nn.MLP(2, [2, 1], seed=0)
    f = model([Value(1.0, "x1"), Value(2.0, "x2")])[0] ** 2
    with f.step_through() as bp:
        bp.run()
        for part in ("layers.0", "layers.1.weight", model.layers[0]):
            assert f.why(part) == bp.why(part) and f.why(part).total == bp.why(part).total != 0
    assert f.why("layers.1").startswith("gradients of f in layers.1 (Linear): 3 leaves")
    with pytest.raises(GraphError, match=r"no value is called 'layer\.0' in this graph: did you mean layers\.0"):
        f.why("layer.0")
