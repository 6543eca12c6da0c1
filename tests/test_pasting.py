"""formula() pasted back: the same graph, node for node and bit for bit."""

from __future__ import annotations

import random

import pytest
import random_graphs

import autograd
import nn
from autograd import Value
from autograd.graph import Graph
from autograd.methods import compile_function
from autograd.ops import BUILTIN, OPS


def pasted(text, leaves):
    """Return what Python computes from the text, after ``from autograd import *`` and with the leaves under their
    labels."""
    names = {}
    exec("from autograd import *", names)
    names |= {leaf.label: leaf for leaf in leaves} | {"leaves": leaves}
    *lines, last = text.splitlines()
    exec("\n".join(lines), names)
    return eval(last.rpartition(" = ")[2], names)


def described(root):
    """Return every node in order: its operation, its number, and which nodes or constants it was computed from."""
    graph = Graph(root)
    return [
        (node.op, repr(node.data), [repr(o) if isinstance(o, float) else graph.index[o] for o in node.operands])
        for node in graph.nodes
    ]


ODD = [
    "x y", "3", "class", "lambda", "", "True", "weight[0][1]", "layers.0.bias", "\uff58", "λ", "tanh", "Value", "total", "v1", "a\nb", "'", '"""',
    "x; import os", "x-1", "#", "_", "a" * 100, "x y", "\u202e", "value",
]  # fmt: skip


def test_a_label_that_is_no_name_is_written_as_one_and_the_text_says_so():
    def of_labels(labels):
        leaves = [Value(0.5 + i, label) for i, label in enumerate(labels)]
        root = leaves[0]
        for leaf in leaves:
            root = (root * leaf).tanh() + leaf
            root.label = f"{leaf.label} out"
        return root

    for labels in (ODD, *([label] for label in ODD)):
        root = of_labels(labels)
        text = eval("str(f.formula())", {"f": root})  # no variable holds a leaf
        names = {"λ": Value(0.5 + labels.index("λ"))} if "λ" in labels else {}
        for i, label in enumerate(labels):
            if label.isidentifier() and f"= Value({0.5 + i}" not in text:
                names[label] = Value(0.5 + i)
        exec("from autograd import *", names)
        names = {**names, **{label: leaf for label, leaf in names.items() if isinstance(leaf, Value)}}
        *lines, last = text.splitlines()
        exec("\n".join([*lines, f"result = {last.partition(' = ')[2]}"]), names)
        assert described(names["result"]) == described(root), text
        for label in labels:
            assert repr(label)[1:20] in text or label in text, text


def test_what_the_caller_can_reach_is_reached():
    model, xs = nn.MLP(2, [2, 1], seed=0), [Value(1.0), Value(2.0)]
    rate = Value(0.1, label="learning rate")
    f = model(xs)[0] * rate
    text = str(f.formula())
    assert "model.layers[0].weight[1][0]" in text and "xs[1]" in text and text.startswith("# rate is 'learning rate'\n")
    *lines, last = text.splitlines()
    names = {"model": model, "xs": xs, "rate": rate}
    exec("from autograd import *", names)
    exec("\n".join([*lines, f"again = {last.partition(' = ')[2]}"]), names)
    names["again"].backward()
    assert described(names["again"]) == described(f) and model.layers[0].weight[1][0].reached


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
