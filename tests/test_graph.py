"""The listing: its order, its names, and what it says about a Value from another graph."""

from __future__ import annotations

import pytest

from autograd import Value
from autograd.errors import GraphError
from autograd.graph import Graph, gradients, nearest, walk


def test_the_order_of_the_curriculum():
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(6.8813735870195432, "c")
    p = a * b
    p.label = "p"
    n = p + c
    n.label = "n"
    f = n.tanh()
    f.label = "f"
    graph = Graph(f)
    assert [graph.name(node) for node in reversed(graph.nodes)] == ["f", "n", "c", "p", "b", "a"]
    assert [repr(edge) for edge in graph.edges()] == [
        "Edge(f -> n)", "Edge(n -> p, operand 1 of 2)", "Edge(n -> c, operand 2 of 2)",
        "Edge(p -> a, operand 1 of 2)", "Edge(p -> b, operand 2 of 2)",
    ]  # fmt: skip
    assert graph.consumers()[p] == 1


def test_names_are_unique_and_labels_come_first():
    a, b, c = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "v3")
    d = a + b
    f = d * c
    graph = Graph(f, names={a: "ignored", d: "sum"})
    assert [graph.names[node] for node in graph.nodes] == ["x", "x_2", "sum", "v3", "v4"]
    assert graph.find("sum") is d
    clash = Graph((Value(1.0, "v1") + 1) + Value(2.0, "x_2") + Value(3.0, "x") + Value(4.0, "x"))
    assert len(set(clash.names.values())) == len(clash.nodes)


def test_a_stranger_is_answered_with_a_sentence():
    a = Value(1.0, "a")
    graph = Graph(a * 2)
    with pytest.raises(GraphError, match=r"made from \.data"):
        graph.name(Value(3.0))
    with pytest.raises(GraphError, match=r"no value is called 'q'.*a"):
        graph.find("q")
    assert graph.name(2.0) == "2"
    assert a in graph and Value(1.0) not in graph


def test_walk_of_several_roots_lists_what_they_share_once():
    a = Value(1.0)
    b = a * 2
    c, d = b + 1, b * a
    assert walk(c, d) == [a, b, c, d]
    assert len(Graph(c)) == 3


def test_a_label_that_looks_like_a_place_stays_the_users():
    d = Value(1.0, label="v1")
    graph = Graph(Value(1.0, label="a") * 2 * d)
    assert [graph.name(node) for node in graph.nodes] == ["a", "v1_2", "v1", "v3"]


def test_a_name_that_nobody_has_is_answered_with_a_few_that_are_there():
    a = Value(1.0, "a")
    for _ in range(20):
        a = a + 1
    with pytest.raises(GraphError, match=r"there are v20, v19, v18, v17, v16, v15, v14, v13$"):
        Graph(a).find("zzz")


def test_of_very_many_names_those_that_begin_alike_are_near():
    many = [f"x{k}" for k in range(3000)]
    assert nearest("tahn", [*many, "tan", "tanh"]) == "did you mean tan or tanh?"
    assert nearest("aanh", [*many, "tan", "tanh"]) == ""
    assert nearest("aanh", iter(["tanh"])) == "did you mean tanh?"


def test_gradients_stop_where_nothing_arrives_at_an_infinite_slope():
    x = Value(0.0)
    root = x.sqrt()
    assert gradients(Graph(root * 0.0 + x * 3.0))[x] == 3.0
    assert gradients(Graph(root))[x] == float("inf") and x.grad == 0.0
