"""formula() pasted back: the same graph, node by node and bit by bit."""

from __future__ import annotations

import random

import pytest
import random_graphs

import autograd
from autograd import Value
from autograd.graph import Graph
from autograd.methods import compile_function
from autograd.ops import BUILTIN, OPS


def pasted(text, leaves):
    """What Python makes of the text after ``from autograd import *``, the leaves being there under their labels."""
    names = {}
    exec("from autograd import *", names)
    names |= {leaf.label: leaf for leaf in leaves} | {"leaves": leaves}
    *lines, last = text.splitlines()
    exec("\n".join(lines), names)
    return eval(last.rpartition(" = ")[2], names)


def described(root):
    """Every node in order: its operation, its number, and which nodes or constants it was computed from."""
    graph = Graph(root)
    return [
        (node.op, repr(node.data), [repr(o) if isinstance(o, float) else graph.index[o] for o in node.operands])
        for node in graph.nodes
    ]


def assert_pasted(root, leaves):
    again = pasted(root.formula(), leaves)
    assert described(again) == described(root), root.formula()


@pytest.mark.parametrize("name", BUILTIN)
def test_every_row_comes_back_from_its_own_text(name):
    op = OPS[name]
    for constant in (None, 0, 1):  # which operand is a constant, with digits of its own
        a, b, c, d = leaves = [Value(0.3 + (name == "acosh"), "a"), Value(2.0, "b"), Value(0.25, "c"), Value(5.0, "d")]
        groups = [[a, b, 1 / 3] if x in op.lists else (c, d, b)[k] for k, x in enumerate(op.operands)]
        if constant is not None and constant < len(groups) > 1:
            groups[constant] = [2 / 3, -0.1, 7.0] if isinstance(groups[constant], list) else 2 / 3
        if name == "acosh":
            groups = [a]
        assert_pasted(compile_function(op)(*groups), leaves)


@pytest.mark.parametrize("seed", range(40))
def test_random_graphs_come_back(seed):
    rng = random.Random(seed)
    leaves = [Value(x, "" if rng.random() < 0.4 else f"x{i}") for i, x in enumerate(random_graphs.inputs(rng))]
    root = random_graphs.run(random_graphs.program(rng, 25), leaves)
    for node in Graph(root).nodes:
        if node.op and rng.random() < 0.1:
            node.label = f"h{len(node.label)}_{rng.randrange(10**9)}"
    assert_pasted(root, leaves)


@pytest.mark.parametrize("number", [1 / 3, -0.0, 0.0, 1e16, -1e300, 5e-324, float("inf"), -2.5, 123456789.125])
def test_constants_keep_every_bit(number):
    a = Value(0.5, "a")
    with autograd.ieee():
        assert_pasted(autograd.maximum(a, number) + a, [a])
        assert_pasted(a - number, [a])
        assert_pasted(number - a * Value(number), [a])


def test_what_is_shown_is_text_and_what_is_typeset_is_latex():
    f = Value(2.0, "a") * 3 + Value(1.0)
    assert repr(f.formula()) == f.formula() == "f = a*3 + Value(1)"
    (shown,) = [f.latex()._repr_latex_()]
    assert shown == rf"$\displaystyle {f.latex()}$" and repr(f.latex()) == str(f.latex())
    b = f * f
    b.label = "b"
    assert "b &= " in b.latex() and "= &" not in b.latex()


def test_a_leaf_without_a_name_that_is_used_twice_is_written_once():
    f = (lambda x: x * x)(Value(0.3)) + Value(2.0, "a")
    f.label = "f"
    text = f.formula()
    assert text.count("Value(0.3)") == 1 and text.splitlines()[0] == "v0 = Value(0.3)"
    assert_pasted(f, [f.operands[1]])
