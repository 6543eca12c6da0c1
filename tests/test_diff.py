"""The difference between two updates of training."""

from __future__ import annotations

import copy

import pytest
from drawn import Part, shapes
from test_folding import batch

from autograd import Value, dot, draw_diff
from autograd.errors import GraphError
from autograd.graph import Graph


def line(w, b):
    y = w * 2.0 + b
    y.label = "y"
    loss = (y - 5.0) ** 2
    loss.label = "L"
    loss.backward()
    return loss


def update():
    w, b = Value(1.0, label="w"), Value(0.5, label="b")
    before = copy.deepcopy(line(w, b))
    for p in (w, b):
        p.data, p.grad = p.data - 0.05 * (-10 if p is w else -5), 0.0
    return before, line(w, b)


def test_golden(golden):
    golden("update_diff.gv", draw_diff(*update(), names={}).source)


def test_it_has_a_title_as_a_drawing_has():
    assert "<B>update 1 &lt; 2</B>" in draw_diff(*update(), title="update 1 < 2").source


def test_both_numbers_are_said():
    source = draw_diff(*update()).source
    for text in ("1 -&gt; 1.5", "+0.5", "-10 -&gt; -5", "6.25 -&gt; 1.562", "-4.688", "-5 -&gt; -2.5"):
        assert text in source, text
    assert "1 -&gt; 1<" not in source  # a number that has not moved is shown once


def test_boxes_and_tables():
    parts = [Part(w=[Value(float(i)) for i in range(3)]) for _ in range(2)]
    parts[1].held["w"][0].data = 9.0
    before, after = (part.call(dot, part.held["w"], [1.0, 2.0, 3.0]) for part in parts)
    source = draw_diff(before, after).source
    for text in ("before", "after", "change", "+9", "8 -&gt; 17"):
        assert text in source, text


def test_large_graphs_are_folded():
    (before, _), (after, model) = batch(30), batch(30)
    next(model.parameters()).data += 1
    drawing = draw_diff(before, after, budget=60, depth=1)
    assert len(drawing.picture.boxes) <= 60 and "change" in drawing.source
    assert len(shapes(drawing.source)[0]) < 150


def test_graphs_of_another_structure_are_refused():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    with pytest.raises(GraphError, match="got 3 values before and 2 after"):
        draw_diff(a * b, a.exp())
    with pytest.raises(GraphError, match="v2 is mul of a, b before and add of a, b after"):
        draw_diff(a * b, a + b, names={})
    f, g = a - b, b - a
    assert len(Graph(f)) == len(Graph(g))  # the same structure: only the leaves were exchanged
    draw_diff(f, g)
    with pytest.raises(GraphError):
        draw_diff((a * b) * a, (a * b) * b)
