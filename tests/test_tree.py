"""The tree: it shows each value once and says what is shared, is as wide as the terminal, and uses ASCII unless more is
available."""

from __future__ import annotations

import io
import re
import sys

import pytest
from drawn import HOSTILE, emblem, neuron
from test_folding import GRAPHS

from autograd import Value, atomic, total
from autograd.drawing.tree import tree
from autograd.explain.naming import named_graph


@pytest.mark.parametrize("value", [emblem, neuron])
def test_golden(value, golden):
    f = value()
    golden(f"{value.__name__}_tree_before.txt", f"{tree(f)}\n")
    f.backward()
    golden(f"{value.__name__}_tree.txt", f"{tree(f)}\n{tree(f, unicode=True)}\n")


def test_every_value_stands_once_and_every_other_use_refers_to_it():
    for f in (emblem(), neuron(), GRAPHS["random 40"]):
        graph = named_graph(f)
        text = tree(f, fold=False)
        for node in graph.nodes:
            name = re.escape(graph.name(node))
            own = re.findall(rf"^[|` -]*{name}(?:  |$| = )(?! *\((?:above|below)\))", text, flags=re.MULTILINE)
            assert len(own) == 1, graph.name(node)
        uses = sum(not isinstance(operand, float) for node in graph.nodes for operand in node.operands)
        lines = text.splitlines()[1:]
        assert len(lines) - text.count("(below)") == uses + 1


def test_a_deep_graph_stays_at_the_margin():
    x = a = Value(1.0, label="a")
    for i in range(150):
        x = x.sin() if i % 3 else x * a
    text = tree(x, fold=False)
    assert max(map(len, text.splitlines())) < 110 and "(below)" in text


def test_large_graphs_are_folded():
    text = tree(GRAPHS["batch"], budget=50)
    assert len(text.splitlines()) < 60 and "x 20" in text
    with atomic():
        assert "sum of 300" in tree(total([Value(float(i)) for i in range(300)]))


def test_ascii_unless_the_terminal_shows_more(monkeypatch):
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self):
            return True

    assert tree(emblem()).isascii()
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert "└──" in tree(emblem())
    monkeypatch.setattr(Terminal, "encoding", "cp1252")
    assert "└──" not in tree(emblem())


def test_it_shows_itself_at_a_prompt():
    assert repr(emblem().tree()) == str(emblem().tree())


def test_no_label_reaches_the_terminal_unescaped():
    f = total([Value(1.0, label=label) for label in HOSTILE])
    for text in (tree(f), tree(f, unicode=True), tree(f, budget=2)):
        assert all(line.isprintable() for line in text.split("\n"))


def test_data_that_changed_since_is_told_under_the_tree():
    w, x = Value(1.0, label="w"), Value(2.0, label="x")
    f = w + x
    f.label = "f"
    assert "changed" not in f.tree()
    w.data = 2.0
    assert f.tree().splitlines()[-1] == "  note   w or x changed after f was computed"
