"""What a reader of a picture sees: boxes as wide as their text, matrices in their shape, values in the order of the code."""

from __future__ import annotations

import re

import pytest
from drawn import needs_engine
from test_placing import placed

import nn
from autograd import Value, draw, maximum, mean, minimum, total
from autograd.drawing.placing.text import measured, text_width
from autograd.drawing.views.layers import layers_of
from autograd.explain.naming import one_line
from autograd.graph import Graph


@pytest.mark.parametrize("label", ["скорость обучения сети", "the weight decay of the first layer, in words"])
def test_a_box_is_as_wide_as_its_name(label):
    writer = placed(draw(Value(2.0, label=label) * 3.0))
    (box,) = (box for box in writer.placement.boxes if box.kind == "input")
    content = writer.content(box)
    table, title = measured(content, 11)[0], text_width(one_line(label), 13, bold=True)
    assert title < table < title + 6
    assert int(re.search(r'WIDTH="(\d+)"', content)[1]) >= title + 4  # an engine that does not know its width


def test_weight_decay_is_no_layer():
    model = nn.MLP(2, [3, 1], seed=0)
    loss = (
        mean([(model([x, 0.5])[0] - 1.0) ** 2 for x in (0.1, 0.2)]) + total([p * p for p in model.parameters()]) * 0.1
    )
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    for root, widths in ((loss, [3, 1]), ((w * x).tanh() + 0.01 * (w * w), [])):
        assert [len(layer.neurons) for layer in layers_of(Graph(root))] == widths


def test_a_matrix_says_its_shape_if_that_is_known():
    rows = nn.Linear(3, 5, seed=0)([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    scores = [[v.tanh() for v in row] for row in rows]
    alike = [Value(k / 7, label=f"a{k}").sin() for k in range(23)]
    source = draw([total([v for row in scores for v in row]), total(alike)], view="matrix", page=None).source
    shapes = re.findall(r">(\d+(?: × \d+)?)<", source)
    assert shapes.count("2 × 5") == 2 and shapes.count("23") == 2 and "5 × 5" not in shapes


def test_what_a_loop_computed_is_in_the_order_of_its_iterations():
    w, h = Value(0.5, label="w"), Value(0.1, label="h")
    for t in range(6):
        h = (w * Value(0.1 * t, label=f"x{t}") + h).tanh()
    boxes = [box for box in draw(h).picture.boxes if box.times == 6]
    assert [node.data for box in boxes if box.symbol == "*" for node in box.nodes] == [
        0.5 * (0.1 * t) for t in range(6)
    ]


def test_a_box_says_what_it_holds_if_that_is_both_inputs_and_weights():
    xs = [Value(x, label=f"x{i}") for i, x in enumerate([1.0, 2.0, -1.0])]
    drawing = draw(nn.Linear(3, 1, seed=0)(xs)[0])
    assert ">inputs and parameters<" in drawing.source and "inputs and parameters" in drawing.mermaid()
    cells = re.search(r"<TR><TD[^>]*>(?:(?!</TR>).)*grad of w.*?</TR>", drawing.source)[0]
    assert cells.count('<TD WIDTH="4"></TD>') == 6  # between the seven columns


@needs_engine
def test_the_matrices_in_a_box_begin_at_its_left():
    model = nn.MLP(3, [16, 16, 2], seed=0)
    svg = str(draw(model([0.1, 0.2, 0.3]), view="matrix", page=None).pipe("svg", encoding="utf-8"))
    left = {name: float(x) for x, name in re.findall(r'<text[^>]* x="([-\d.]+)"[^>]*>(layers.2.\w+)<', svg)}
    assert left["layers.2.weight"] == pytest.approx(left["layers.2.bias"], abs=1)


def test_an_arrow_past_a_column_is_straight_only_where_there_is_room():
    a, b, c = (Value(x, label=name) for name, x in zip("abc", (1.0, 2.0, 3.0)))
    f = maximum([a, b * c, c]) + minimum([a, b]) - a.clamp(0, 0.5) + abs(b - c)
    assert placed(draw(f)).placement.height < 480


def test_the_shape_of_a_model_has_no_colours_of_numbers():
    model = nn.Sequential(nn.Linear(4, 8, seed=0), nn.ReLU(), nn.Linear(8, 2, seed=0))
    assert "BGCOLOR" not in draw(model, input=(3, 4)).source


@needs_engine
def test_a_box_has_room_for_the_name_of_an_emoji():
    """A PNG of graphviz-pure and TikZ write it out, since their fonts have no emoji."""
    emoji, name = "loss \N{DIRECT HIT}", "loss [direct hit]"
    places = [placed(draw(Value(1.0, label=label) * 2.0)).placement for label in (emoji, name)]
    assert abs(places[0].width - places[1].width) < 1
    assert text_width(emoji, 10) == text_width(name, 10)
