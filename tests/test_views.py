"""Neurons, matrices, models: what a view shows is what the graph holds, in the order of the code, and it can be read."""

from __future__ import annotations

import contextlib
import json
import math
import random
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from drawn import needs_engine

import nn
import nn.functional as F
from autograd import Value, atomic, dot, draw, grad, ieee, mean, no_grad, total
from autograd.drawing.palette import DARK, LIGHT
from autograd.drawing.views.layers import layers_of
from autograd.drawing.views.tables import by_beginning, grid_of, heat_map
from autograd.errors import ArgumentError, GraphError, ShapeError
from autograd.explain.naming import named_graph
from autograd.explain.phrases import short
from autograd.graph import Graph


def some_mlp(rng, most=6):
    """Return an MLP of random sizes with its input, as Values or as numbers, and a loss of one sample or of several."""
    features = rng.randint(1, most)
    sizes = [rng.randint(1, most) for _ in range(rng.randint(1, 3))]
    model = nn.MLP(features, sizes, activation=rng.choice(["relu", "tanh", "gelu"]), seed=rng.randint(0, 999))
    rows = [[rng.uniform(-1, 1) for _ in range(features)] for _ in range(rng.choice([1, 1, 3]))]
    if rng.random() < 0.5:
        rows = [[Value(x) for x in row] for row in rows]
    loss = mean([total([(y - 1.0) ** 2 for y in model(row)]) for row in rows])
    loss.label = "loss"
    loss.backward()
    return model, rows, loss


# --- Layers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written_out", [False, True], ids=["dot", "atomic"])
def test_the_layers_of_random_networks_are_found_with_their_neurons_in_order(written_out):
    rng = random.Random(0)
    for _ in range(20):
        with atomic() if written_out else contextlib.nullcontext():
            model, rows, loss = some_mlp(rng)
        layers = layers_of(Graph(loss))
        assert len(layers) == len(list(model.layers))
        for layer, module in zip(layers, model.layers):
            assert layer.times == len(rows)
            weights = [[*neuron.weights] for neuron in layer.neurons]
            assert all(got is want for row, wanted in zip(weights, module.weight) for got, want in zip(row, wanted))
            assert [neuron.bias for neuron in layer.neurons] == [*module.bias]
        for before, after in zip(layers, layers[1:]):
            assert [*after.inputs] == [neuron.out for neuron in before.neurons]


def test_neurons_of_micrograds_lecture_are_found_too():
    x = [Value(2.0), Value(3.0)]
    layers = [
        [([Value(0.1 * i + j) for j in range(n)], Value(0.5)) for i in range(m)] for n, m in ((2, 4), (4, 4), (4, 1))
    ]
    for layer in layers:
        x = [sum((wi * xi for wi, xi in zip(w, x)), b).tanh() for w, b in layer]
    found = layers_of(Graph(x[0]))
    assert [len(layer.neurons) for layer in found] == [4, 4, 1]
    for layer, wanted in zip(found, layers):
        assert [([*neuron.weights], neuron.bias) for neuron in layer.neurons] == wanted


def test_attention_scores_are_no_neurons():
    q, k = ([Value(1.0) * 2.0 for _ in range(3)] for _ in "qk")
    with pytest.raises(GraphError, match="there are no neurons in the graph of"):
        draw(dot(q, k), view="neurons")


# --- The view ------------------------------------------------------------------------------------------------


def places(drawing) -> dict[str, tuple[float, float]]:
    found = re.findall(r'^\s*"?(\w+)"? \[.*?\bpos="(-?[\d.]+),(-?[\d.]+)"', drawing.source, re.MULTILINE)
    return {name: (float(x), float(y)) for name, x, y in found}


def lines(drawing) -> dict[tuple[str, str], dict[str, str]]:
    found = re.findall(r"^\s*(\w+) -> (\w+) \[(.*)\]$", drawing.source, re.MULTILINE)
    return {(tail, head): dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"|(\w+)=(\S+)', rest) and
                               [(k or k2, v or v2) for k, v, k2, v2 in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"|(\w+)=(\S+)', rest)])
            for tail, head, rest in found}  # fmt: skip


def test_dots_stand_in_columns_in_the_order_of_the_code_and_none_meets_another():
    rng = random.Random(1)
    for _ in range(15):
        model, _, loss = some_mlp(rng, most=20)
        drawing = draw(loss, view="neurons")
        at = places(drawing)
        for k, module in enumerate(model.layers):
            ys = [at[f"n{k}_{i}"][1] for i in range(len(module.weight)) if f"n{k}_{i}" in at]
            assert ys == sorted(ys, reverse=True) and len(ys) >= min(len(module.weight), 15)
            assert len({at[f"n{k}_{i}"][0] for i in range(len(module.weight)) if f"n{k}_{i}" in at}) == 1
        dots = [place for name, place in at.items() if re.fullmatch(r"[in]\d+_\d+|result", name)]
        assert min(math.dist(a, b) for i, a in enumerate(dots) for b in dots[:i]) >= 30
        assert len(set(at.values())) == len(at)


def channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize(("show", "number"), [("data", lambda w: w.data), ("grad", lambda w: w.grad)])
def test_a_line_is_as_wide_as_its_weight_is_large_and_has_the_colour_of_its_sign(show, number):
    rng = random.Random(2)
    for _ in range(10):
        model, _, loss = some_mlp(rng)
        found, seen = lines(draw(loss, view="neurons", show=show)), []
        for k, module in enumerate(model.layers):
            for i, row in enumerate(module.weight):
                for j, weight in enumerate(row):
                    tail = f"i0_{j}" if k == 0 else f"n{k - 1}_{j}"
                    look = found[tail, f"n{k}_{i}"]
                    red, _, blue = channels(look["color"])
                    assert number(weight) == 0 or (red > blue) == (number(weight) > 0)
                    seen.append((abs(number(weight)), float(look["penwidth"])))
        widths = [width for _, width in sorted(seen)]
        assert widths == sorted(widths)


def test_who_points_at_a_neuron_reads_its_arithmetic():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    y = model([Value(0.5), Value(-0.25)])[0]
    source = draw(y, view="neurons", digits=17).source
    for i, neuron in enumerate(layers_of(Graph(y))[0].neurons):
        told = re.search(rf'(?m)^\s*n0_{i} \[.*tooltip="(.*?)[",]', source)[1]
        formula, _, result = told.partition(" = ")
        assert eval(formula, {"tanh": math.tanh}) == pytest.approx(neuron.out.data, rel=1e-12)
        assert float(result) == pytest.approx(neuron.out.data, rel=1e-12)


@needs_engine
@pytest.mark.parametrize("sizes", [[2, 4, 4, 1], [4, 8, 3], [64, 16, 10], [30, 40, 30, 20, 10]], ids=str)
def test_every_word_is_9_points_or_more_on_a_slide(sizes):
    model = nn.MLP(sizes[0], sizes[1:], seed=0)
    loss = F.cross_entropy(model([0.1] * sizes[0]), 0)
    drawing = draw(loss, view="neurons", title="a title")
    _, _, width, height = map(float, json.loads(drawing.pipe("json0"))["bb"].split(","))
    smallest = min(map(float, re.findall(r'fontsize="?([\d.]+)', drawing.source)))
    assert smallest * min(1.0, 960 / width, 540 / height) >= 9.0


def loss_of(sizes):
    loss = F.cross_entropy(nn.MLP(sizes[0], sizes[1:], seed=0)([0.1 * i for i in range(sizes[0])]), 1)
    loss.backward()
    return loss


def rows_of(rows):
    """Return a loss over rows of a classifier, so that its activations are matrices of rows and units."""
    rng, model = random.Random(0), nn.MLP(3, [5, 3], seed=0)
    loss = F.cross_entropy([model([rng.uniform(-1, 1) for _ in range(3)]) for _ in range(rows)], [0] * rows)
    loss.backward()
    return loss


def blocks(count):
    h = [Value(0.1 * i, label=f"x{i}") for i in range(3)]
    for seed in range(count):
        h = [a + b for a, b in zip(h, nn.MLP(3, [3, 3], "tanh", seed=seed)(h))]
    return sum(h)


@needs_engine
@pytest.mark.parametrize("view", ["matrix", "neurons"])
@pytest.mark.parametrize(
    "make",
    [lambda: loss_of([16, 24, 10]), lambda: loss_of([2, 6, 6, 6, 6, 6, 2]), lambda: rows_of(8), lambda: blocks(6)],
    ids=["wide", "deep", "rows", "blocks"],
)
def test_every_view_of_a_large_model_can_be_read_on_a_slide(view, make):
    svg = ElementTree.fromstring(make().draw(view=view).pipe("svg"))
    width, height = (float(svg.get(side)[:-2]) for side in ("width", "height"))
    points = width / float(svg.get("viewBox").split()[2]) * min(960 / width, 540 / height)
    texts = [text for text in svg.iter("{http://www.w3.org/2000/svg}text") if (text.text or "").strip()]
    assert min(float(text.get("font-size")) for text in texts) * points >= 9


def test_a_view_says_what_it_leaves_out():
    assert "of 12 layers; page=None has room for all" in blocks(6).draw(view="neurons").source
    assert "layers; page=None" not in blocks(6).draw(view="neurons", page=None).source
    assert "the first 6 rows and columns" in loss_of([16, 32, 10]).draw(view="matrix").source
    assert "more values" in loss_of([2, *[16] * 9, 2]).draw(view="matrix").source
    assert "10 × 5" in rows_of(10).draw(view="matrix").source  # samples and units


def test_many_samples_are_one_network_and_the_picture_says_so():
    model = nn.MLP(2, [3, 1], seed=0)
    loss = mean([model([0.1 * i, 0.5])[0] for i in range(10)])
    assert "10 samples went through the layers: the first one is shown" in draw(loss, view="neurons").source
    assert len(lines(draw(loss, view="neurons"))) == 3 * 2 + 3 + 1


# --- Matrices ------------------------------------------------------------------------------------------------


def test_a_matrix_has_its_cells_where_their_names_say():
    rng = random.Random(3)
    for _ in range(30):
        height, width = rng.randint(1, 6), rng.randint(2, 6)
        places = [(i, j) for i in range(height) for j in range(width) if rng.random() < 0.8]
        values = {(i, j): Value(10.0 * i + j, label=f"w[{i}][{j}]") for i, j in places}
        if not values:
            continue
        shuffled = list(values.values())
        rng.shuffle(shuffled)
        graph = Graph(total(shuffled))
        rows, columns = sorted({i for i, _ in places}), sorted({j for _, j in places})
        wanted = [[values.get((i, j)) for j in columns] for i in rows]
        assert grid_of(graph, shuffled) == wanted


def contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (c / 255 for c in channels(color))
        )
        red, green, blue = parts
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_number_in_a_cell_stands_out_and_its_colour_is_its_sign(palette):
    numbers = [k / 10 for k in range(-10, 11)]
    for number, (color, text) in zip(
        numbers,
        re.findall(
            r'BGCOLOR="(#\w+)">([^<]*)<', heat_map([[n] for n in numbers[:10]] + [[n] for n in numbers[10:16]], palette)
        ),
    ):
        assert contrast(palette["ink"], color) >= 4.5 and float(text) == number
        red, _, blue = channels(color)
        assert number == 0 or (red > blue) == (number > 0)


def test_matrices_of_a_network_are_its_parameters_with_their_gradients():
    rng = random.Random(4)
    for _ in range(5):
        model, _, loss = some_mlp(rng)
        drawing = draw(loss, view="matrix", page=None)
        shown = {id(node) for box in drawing.picture.boxes for node in box.nodes}
        assert shown == {id(node) for node in Graph(loss).nodes}
        for k, module in enumerate(model.layers):
            if len(module.weight) * len(module.weight[0]) > 1:
                assert f"layers.{k}.weight" in drawing.source
                columns = len(module.weight[0])
                assert f"{len(module.weight)} × {columns}" in drawing.source or columns == 1 or len(module.weight) == 1


@needs_engine
@pytest.mark.slow
def test_views_are_pictures_in_both_themes():
    _, _, loss = some_mlp(random.Random(5))
    for view in ("neurons", "matrix"):
        for theme in ("light", "dark", "auto"):
            assert draw(loss, view=view, theme=theme, deadline=None).pipe("svg").count(b"<text") > 3
        assert draw(loss, view=view).source == draw(loss, view=view).source


# --- Models and several results --------------------------------------------------------------------------------


def test_a_model_is_drawn_from_the_shape_of_its_input():
    picture = draw(nn.MLP(4, [8, 3], seed=0), input=(4,))
    assert [(box.name, len(box.nodes)) for box in picture.picture.boxes if box.kind == "module"] == [
        ("layers.0", 56),
        ("layers.1", 30),
    ]
    assert (
        "4 → 8" in picture.source
        and "8 → 3" in picture.source
        and "0.5" not in re.sub(r"\[.*?=.*?\]", "", picture.source)
    )
    attention = draw(nn.SelfAttention(4, seed=0), input=(3, 4)).source
    assert "12 → 12" in attention and "SelfAttention" in attention and "80" in attention


def test_a_model_is_drawn_from_numbers_and_an_embedding_from_indices():
    model = nn.MLP(2, [3], seed=0)
    drawn = draw(model, input=[0.5, -1.0])
    assert [node.data for node in drawn.picture.graph.roots] == [y.data for y in model([0.5, -1.0])]
    assert [drawn.picture.graph.name(root) for root in drawn.picture.graph.roots] == [
        "output[0]",
        "output[1]",
        "output[2]",
    ]
    table = nn.Sequential(nn.Embedding(5, 3, seed=0), nn.Linear(3, 2, seed=0))
    assert len(draw(table, input=[1, 2]).picture.graph.roots) == 4
    mine = lambda xs: [xs[0] * xs[1]]  # noqa: E731 - nothing but a function
    assert draw(mine, input=[2.0, 3.0]).picture.graph.root.data == 6.0


def test_several_results_are_one_picture():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    f, g, h = a * b, a + b, b * b
    for results in ([f, g], (f, [g, h])):
        picture = draw(results).picture
        assert {box.node for box in picture.boxes if box.kind == "result"} == {
            f,
            g,
            *([h] if len(results[1:]) and isinstance(results[1], list) else []),
        }
    assert draw([f]).source.count("->") == draw(f).source.count("->")
    assert named_graph(f, g).roots == (f, g)


@pytest.mark.parametrize(
    ("ask", "error", "said"),
    [
        (
            lambda f: draw(nn.Linear(2, 1)),
            ArgumentError,
            r"got Linear: give what it returns .* only the input's shape, input=\(4,\)",
        ),
        (lambda f: draw(f, view="dots"), ArgumentError, "want view='graph', 'neurons' or 'matrix', got 'dots'"),
        (lambda f: draw([]), ArgumentError, "got list"),
        (lambda f: draw([f, 3]), ArgumentError, "want a Value, the result of a computation, got int"),
        (lambda f: draw(nn.Linear(2, 1), input=(3,)), ShapeError, r"got shape \(3,\)"),
        (
            lambda f: draw(lambda x: 3.0, input=[1.0]),
            ArgumentError,
            "want a model that returns Values, got 3.0 from function",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(ask, error, said):
    with pytest.raises(error, match=said):
        ask(Value(1.0) * 2.0)


# --- In the picture of the operations --------------------------------------------------------------------------


def test_a_dot_product_is_a_table_of_its_pairs_with_both_gradients():
    rng = random.Random(6)
    for count in (4, 7, 20):
        xs = [Value(rng.uniform(-1, 1), label=f"x{i}") for i in range(count)]
        ws = [Value(rng.uniform(-1, 1), label=f"w{i}") for i in range(count)]
        f = dot(xs, ws, Value(0.5, label="b")).tanh()
        f.backward()
        source = draw(f, digits=5).source
        rows = [re.findall(r">([^<>]+)<", row) for row in re.findall(r"<TR>(.*?)</TR>", source)]
        told = {row[0]: row for row in rows if row[0][:1] == "x" and row[0][1:].isdecimal()}
        assert len(told) == min(count, 12) and any(row[:1] == ["b"] for row in rows) == (count < 12)
        for i, (x, w) in enumerate(zip(xs[:12], ws)):
            name, data, other, weight, product, to_x, to_w = told[f"x{i}"]
            assert (name, other) == (f"x{i}", f"w{i}")
            assert [float(n) for n in (data, weight, product)] == pytest.approx(
                [x.data, w.data, x.data * w.data], rel=1e-3
            )
            assert [float(n) for n in (to_x, to_w)] == pytest.approx([x.grad, w.grad], rel=1e-3)


def test_nan_and_inf_are_seen_first_in_a_colour_of_their_own():
    with ieee():
        q, r = Value(0.0, label="q"), Value(2.0, label="r")
        g = q.log() * 2.0 + r * 3.0
    g.label = "g"
    g.backward()
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        source = draw(g, theme=theme).source
        arrows = {line.split(" -> ")[0].strip(): line for line in source.split("\n") if " -> o" in line}
        assert f'color="{palette["broken"]}"' in arrows["v0"] and "penwidth=3.5" in arrows["v0"]
        assert sum(palette["broken"] in line for line in arrows.values()) == 1
        assert "pink: nan or inf came back here" in source
    fine = r * 3.0
    fine.backward()
    assert LIGHT["broken"] not in draw(fine).source and "pink" not in draw(fine).source


def test_what_was_cut_from_the_graph_is_seen_as_that():
    a, b = Value(3.0, label="a"), Value(2.0, label="b")
    with no_grad():
        n = a * 2.0
    for kept, count in ((a.detach(), 1), (n, 1), (Value(1.0), 0)):
        f = kept * b
        source = draw(f).source
        assert source.count('style="filled,dashed"') == count
        assert ("cut off by detach() or no_grad()" in source) == bool(count)
    layer = nn.Linear(1, 1, seed=0)
    layer.weight = [[a.detach()]]
    assert "cut off" not in draw(layer([b])[0]).source, "a parameter is one, however it was made"


def test_the_backward_pass_is_a_graph_beside_the_forward_one():
    x = Value(2.0, label="x")
    f = x**3
    f.label = "f"
    (slope,) = grad(f, x, create_graph=True)
    (curvature,) = grad(slope, x, create_graph=True)
    assert (slope.label, curvature.label) == ("df/dx", "d²f/dx²")
    picture = draw([f, slope]).picture
    (backward,) = picture.clusters
    inside = {box.node for box in backward.boxes}
    assert backward.title == "backward" and slope in inside and f not in inside and x not in inside
    assert {picture.graph.name(node) for node in picture.graph.nodes} >= {"x", "f", "df/df", "df/dx"}


@needs_engine
def test_the_derivative_of_a_derivative_has_its_name_and_is_seen_when_its_steps_are_closed():
    x = Value(0.7, label="x")
    y = x.tanh() * x
    for name in ("df/dx", "d²f/dx²", "d³f/dx³"):
        (y,) = grad(y, [x], create_graph=True)
        picture = draw(y, depth=0).picture
        assert [box.name for box in picture.boxes if box.kind == "result"] == [name]
        assert {box.name for box in picture.boxes if box.kind == "module"} == {"backward"}
    assert "d(df/dx)/d(df/dx)" in {node.label for node in Graph(y).nodes}


def test_a_box_for_many_alike_shows_the_data_of_all():
    scores = F.attention_weights([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    model = nn.MLP(2, [8, 1], activation="tanh", seed=0)
    loss = total([model([0.5, x])[0] for x in (0.1, 0.2, 0.3)])
    drawing = draw(loss, page=None, budget=12)
    many = [box for box in drawing.picture.boxes if 1 < box.times == len(box.nodes) <= 16 and box.node is not None]
    assert many and len(scores) == 3
    for box in many:
        assert all(f">{short(node.data, 2)}<" in drawing.source for node in box.nodes)


def test_many_leaves_are_listed_by_the_beginnings_of_their_names():
    leaves = [*(Value(1.0, label=f"w{k}") for k in range(6)), Value(2.0), Value(3.0)]
    picture = SimpleNamespace(graph=Graph(total(leaves)), is_tight=True, listed=4)

    def listed(nodes):
        found = by_beginning(picture, SimpleNamespace(nodes=nodes, name=""))
        return {name: len(held) for name, held in found.items()}

    assert listed(leaves) == {"w": 6, "others": 2}
    assert listed(leaves[:2]) == {"w0": 1, "w1": 1}


@needs_engine
def test_the_cells_of_a_map_leave_no_gaps():
    """A map may be stretched to the width of its box: its cells are stretched too, or gaps would look like zeros."""
    model = nn.MLP(2, [4, 1], seed=0)
    loss = mean([(model([float(a), float(b)])[0] - (a ^ b)) ** 2 for a in (0, 1) for b in (0, 1)])
    loss.backward()
    svg = draw(loss, view="matrix").pipe("svg", encoding="utf-8")
    cells, frames = (
        [corners(points) for points in re.findall(rf'<polygon fill="{fill}" stroke="{line}" points="([^"]*)"', svg)]
        for fill, line in ((r"#\w+", "(?:none|transparent)"), ("none", r"#\w+"))
    )
    maps = []
    for left, top, right, bottom in frames:
        inside = [c for c in cells if left <= c[0] and top <= c[1] and c[2] <= right and c[3] <= bottom]
        if len(inside) >= 4 and (bottom - top) < 60:
            area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in inside)
            maps.append(area / ((right - left) * (bottom - top)))
    assert len(maps) >= 4 and min(maps) > 0.75, maps


def corners(points):
    x, y = zip(*(map(float, point.split(",")) for point in points.split()))
    return min(x), min(y), max(x), max(y)


def test_a_legend_explains_what_is_on_screen_and_nothing_else():
    from autograd import logsumexp

    xs = [Value(0.1 * k, label=f"x{k}") for k in range(6)]
    f = total([(xs[1] * k - xs[2]).tanh() ** 2 for k in range(1, 25)])
    assert "coloured cells: the data of all n" in draw(f).source
    assert "coloured cells" not in draw(f, show="grad").source
    assert "lse: logsumexp" in draw(logsumexp(xs)).source and "lse:" not in draw(f).source
    maps = draw(f, view="matrix").source
    assert "×n at an arrow" not in maps and "number on an arrow" not in maps
    net = nn.MLP(2, [2, 1], seed=0)([0.5, -1.0])[0] ** 2
    net.backward()
    assert "square at a dot: the gradient of its bias" in draw(net, view="neurons", show="grad").source
    assert "dashed line: through more operations" in draw(net, view="neurons").source
    one = nn.MLP(2, [2, 1], seed=0)([0.5, -1.0])[0]
    assert "dashed line" not in draw(one, view="neurons").source


def test_a_number_instead_of_a_name_is_not_bold():
    """A name such as v3 that the user gave belongs to that value; the one whose number it is becomes v3_2."""
    xs = [Value(1.0 + k, label=f"v{k + 1}") for k in range(3)]
    f = total([x * x for x in xs])
    graph = named_graph(f)
    robbed = [node for node in graph.nodes if graph.name(node).endswith("_2")]
    assert robbed and not any(map(graph.is_named, robbed))
    assert f"<B>{graph.name(robbed[0])}" not in draw(f, fold=False).source


def test_constants_that_differ_are_counted_as_the_operations_are():
    """Two of 40 operations may have equal constants; if all have the same, it is one."""
    x = Value(0.5, label="x")
    f = mean([(x * (k / 8) - k % 2).tanh() ** 2 for k in range(1, 41)])
    times = {box.numbers: box.times for box in draw(f).picture.boxes if box.kind == "constant"}
    assert times == {(0.125,): 40, (1.0,): 40, (2.0,): 1}
