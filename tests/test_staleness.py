"""Which leaves have other data than the graph was computed from."""

from __future__ import annotations

import math

import pytest

from autograd import Value, dot
from autograd.explain.staleness import changed
from autograd.graph import Graph

CASES = {
    "a * b": ("a",), "a.tanh() + b": ("a",), "a / b": ("a",), "a * a + b * b": ("a",),
    "dot([a, b], [b, a])": ("a",), "dot([a, 2.0], [b, 3.0], b)": ("a",), "a.exp() * b.sin()": ("a", "b"),
    "(a - b) * b": ("a",),
}  # fmt: skip


@pytest.mark.parametrize(("text", "moved"), CASES.items())
def test_what_moved_is_accused(text, moved):
    leaves = {"a": Value(0.5, label="a"), "b": Value(1.5, label="b")}
    f = eval(text, {**leaves, "dot": dot})
    f.backward()
    assert changed(Graph(f)) == []
    for name in moved:
        leaves[name].data += 0.25
    accused = {leaf.label for leaf in changed(Graph(f))}
    assert accused == set(moved)


def test_what_cannot_be_told_apart_is_accused_together():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    f = a + b
    a.data = 7.0
    assert changed(Graph(f)) == [a, b]
    f = f * b  # which agrees with b
    assert changed(Graph(f)) == [a]


def test_nothing_is_accused_where_a_number_is_no_number():
    a = Value(float("nan"))
    assert changed(Graph(a * 2 + a)) == []
    assert changed(Graph(Value(float("inf")) * 1.0)) == []


def test_a_change_to_or_from_infinity_is_seen():
    a = Value(2.0, label="a")
    f = a * 3 + 1
    a.data = math.inf
    assert changed(Graph(f)) == [a]
    b = Value(math.inf, label="b")
    g = b * 3
    b.data = 2.0
    assert changed(Graph(g)) == [b]
