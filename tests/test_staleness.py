"""Which leaves have changed since the graph was computed."""

from __future__ import annotations

import math

import pytest

from autograd import Value, dot, op
from autograd.explain.staleness import changed, remark
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
    f = f * b  # this agrees with b
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


def test_many_changes_are_counted_and_the_first_three_named():
    leaves = [Value(1.0, f"x{i}") for i in range(7)]
    f = dot(leaves[:3], leaves[3:6]) + leaves[6]
    f.label = "f"
    for leaf in leaves:
        leaf.data = 2.0
    assert remark(Graph(f)) == "x0, x1, x2 or 4 more changed after f was computed"


def test_a_slope_of_two_operands_accuses_neither_alone():
    """With respect to a, the slope of hypot's row is a / out, which contains `out`; that of a * b * c is b * c."""
    product = op("product_of_three", "abc", "a * b * c", "b * c", "a * c", "a * b")
    a, b, c = (Value(x, name) for x, name in ((2.0, "a"), (3.0, "b"), (5.0, "c")))
    f = product(a, b, c)
    b.data = 4.0
    assert {leaf.label for leaf in changed(Graph(f))} >= {"b"}
    assert "b" in remark(Graph(f))
