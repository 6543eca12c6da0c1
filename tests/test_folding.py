"""Folding: nothing is lost or counted twice, nothing depends on itself, and what comes out fits its budget."""

from __future__ import annotations

import random
import re

import pytest
from drawn import Part
from random_graphs import inputs, program, run
from random_models import model

from autograd import Value, atomic, dot, draw, mean
from autograd.drawing.build import around, build_picture, on_paths
from autograd.drawing.folding import fold
from autograd.drawing.picture import Picture
from autograd.errors import ArgumentError, GraphError
from autograd.explain.naming import ModuleNames
from autograd.graph import Graph


def neurons(weights, xs):
    return [dot(row, xs).tanh() for row in weights]


def batch(samples=20, width=6, layers=2):
    """Return a loss over samples of a small network of layers, with weight decay."""
    rng = random.Random(0)
    parts = [Part(weight=[Value(rng.random() - 0.5) for _ in range(width * width)]) for _ in range(layers)]
    model = Part(**{f"layer{i}": part for i, part in enumerate(parts)})

    def forward(xs):
        for part in parts:
            w = part.held["weight"]
            xs = part.call(neurons, [w[i * width : (i + 1) * width] for i in range(width)], xs)
        return xs

    losses = []
    for _ in range(samples):
        out = model.call(forward, [rng.random() for _ in range(width)])
        losses.append((dot(out, out) - 1) ** 2)
    loss = sum(losses) * (1 / samples) + 0.01 * sum(p * p for p in model.parameters())
    loss.backward()
    return loss, model


def unrolled(steps):
    w, h = Value(0.9), Value(1.0)
    for _ in range(steps):
        h = (h * w + 0.1).tanh()
    return h


def graphs():
    rng = random.Random(5)
    for size in (1, 5, 40, 300):
        yield f"random {size}", run(program(rng, size), [Value(x) for x in inputs(rng)])
    yield "batch", batch()[0]
    with atomic():
        yield "atomic batch", batch()[0]
    yield "unrolled", unrolled(500)
    yield "one sum", sum(Value(float(i)) for i in range(1000))
    yield "leaf", Value(1.0)


GRAPHS = dict(graphs())


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("budget", [5, 20, 60, pytest.param(200, marks=pytest.mark.slow), None])
def test_every_value_and_every_edge_is_in_the_picture_once(name, budget):
    graph = Graph(GRAPHS[name])
    picture = build_picture(graph, budget=budget)
    operations = [box for box in picture.boxes if box.symbol]
    assert budget is None or len(graph) <= budget or len(picture.boxes) + len(operations) <= budget
    shown = [node for box in picture.boxes for node in box.nodes]
    assert len(shown) == len(set(shown)) == len(graph) and set(shown) == set(graph.nodes)

    box_of = {node: box for box in picture.boxes for node in box.nodes}
    drawn = [edge for arrow in picture.arrows for edge in arrow.edges if not arrow.tail.numbers]
    assert len(drawn) == len(set(drawn))
    across = [
        (node, k)
        for node in graph.nodes
        for k, operand in enumerate(node.operands)
        if not isinstance(operand, float) and box_of[operand] is not box_of[node]
    ]
    assert set(drawn) == set(across)
    for arrow in picture.arrows:
        for node, k in arrow.edges:
            assert box_of[node] is arrow.head
            assert arrow.tail.numbers or box_of[node.operands[k]] is arrow.tail


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("budget", [5, 20, 60])
def test_no_box_depends_on_itself_but_from_turn_to_turn(name, budget):
    picture = build_picture(Graph(GRAPHS[name]), budget=budget)
    assert all(arrow.tail.times > 1 < arrow.head.times for arrow in picture.arrows if arrow.back)
    waiting = {box: set() for box in picture.boxes}
    for arrow in picture.arrows:
        if not arrow.back:
            waiting[arrow.head].add(arrow.tail)
    while waiting:
        ready = {box for box, tails in waiting.items() if not tails & set(waiting)}
        assert ready, "a cycle"
        for box in ready:
            del waiting[box]


def test_few_values_with_very_many_arrows_are_folded_too():
    """Mermaid draws 500 arrows at most, and a reader follows fewer."""
    xs = [Value(0.1 * i) for i in range(12)]
    for _ in range(8):
        xs = [dot(xs, [0.1] * 12).tanh() for _ in range(6)] * 2
    graph = Graph(sum(xs))
    assert len(graph) <= 200 and sum(1 for _ in graph.edges()) > 500
    picture = build_picture(graph)
    assert len(picture.arrows) <= 200


def test_samples_of_a_batch_are_one():
    w, b = Value(2.0, label="w"), Value(1.0, label="b")
    loss = mean([(w * x + b - y) ** 2 for x, y in zip(range(100), range(100))])
    boxes = build_picture(Graph(loss), budget=50).boxes
    assert [(box.name, box.times) for box in boxes if not box.numbers and box.kind == "input"] == [("w", 1), ("b", 1)]
    assert {box.times for box in boxes if box.kind == "value"} == {100}


def test_the_value_shown_is_of_the_first_sample_all_through():
    picture = build_picture(Graph(batch()[0]), budget=60)
    chain = [box.node for box in picture.boxes if box.times >= 20 and box.node is not None]
    assert len(chain) > 4
    shown = set(chain)
    for node in chain:  # so that the numbers in the picture can be checked against each other
        inner = [operand for operand in node.operands if not isinstance(operand, float) and operand.operands]
        assert not inner or any(operand in shown for operand in inner)


def test_exponents_tell_powers_apart():
    xs = [Value(float(i)) for i in range(1, 40)]
    loss = sum([x**2 for x in xs] + [x**3 for x in xs])
    powers = [box for box in build_picture(Graph(loss), budget=30).boxes if box.symbol == "**"]
    assert sorted(box.times for box in powers) == [39, 39]


def test_long_sums_are_one_operation():
    boxes = build_picture(Graph(GRAPHS["one sum"]), budget=20).boxes
    assert [box.symbol for box in boxes if box.symbol] == ["sum of 1000"]


def test_the_turns_of_a_loop_are_one():
    """Each iteration uses the same leaf, and what the previous iteration computed."""
    picture = build_picture(Graph(unrolled(500)), budget=200)
    turns = [box for box in picture.boxes if box.symbol]
    assert {(box.symbol, box.times) for box in turns} == {("*", 500), ("+", 500), ("tanh", 500)}
    (back,) = [arrow for arrow in picture.arrows if arrow.back]
    assert (back.tail.symbol, back.head.symbol, len(back.edges), back.words) == ("tanh", "*", 499, "next iteration")


def written_out(kind, n=2, steps=5):
    """Return what one iteration of a loop computes from its state, where no module says what belongs together."""
    rng = random.Random(n)
    weights = iter([Value(rng.uniform(-1, 1)) for _ in range(200)])
    rows = [[next(weights) for _ in range(n + 2)] for _ in range(4 * n)]

    def gate(k, x, h):
        return [sum((w * v for w, v in zip(row, h)), row[-1] + row[-2] * x) for row in rows[k * n : k * n + n]]

    h, c = [Value(0.1)] * n, [0.2] * n
    for t in range(steps):
        x = Value(0.1 * t, label=f"x{t}")
        if kind == "rnn":
            h = [a.tanh() for a in gate(0, x, h)]
        elif kind == "gru":
            z, r = ([a.sigmoid() for a in gate(k, x, h)] for k in (0, 1))
            new = [a.tanh() for a in gate(2, x, [a * b for a, b in zip(r, h)])]
            h = [(1 - a) * b + a * d for a, b, d in zip(z, h, new)]
        elif kind == "lstm":
            i, f, o = ([a.sigmoid() for a in gate(k, x, h)] for k in (0, 1, 2))
            new = [a.tanh() for a in gate(3, x, h)]
            c = [a * b + d * e for a, b, d, e in zip(f, c, i, new)]
            h = [a * b.tanh() for a, b in zip(o, c)]
        else:  # gradient descent, whose step has no leaf of its own
            h = [a - rows[0][0] * (a - rows[0][1]) for a in h]
    return sum(a * a for a in h)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm", "descent"])
@pytest.mark.parametrize("n", [1, 3])
def test_loops_written_out_are_turns_of_all_their_units(kind, n):
    """Whatever every iteration computes is in a box for all iterations; what is outside is the sum of squares."""
    root = written_out(kind, n)
    boxes = draw(root).picture.boxes
    assert not any(box.kind == "more" for box in boxes)
    computed = [box for box in boxes if box.symbol and box.node is not root]
    turning = [box for box in computed if box.times > 1]
    assert turning and all(box.times % 5 == 0 for box in turning)
    assert len(computed) - len(turning) <= 2 * n


def test_an_accumulated_loss_is_a_sum_and_no_loop():
    w, loss = Value(0.5, label="w"), Value(0.0)
    for i in range(40):
        loss = loss - (w * i - 1.0) ** 2
    boxes = draw(loss).picture.boxes
    assert [box.symbol for box in boxes if box.kind == "result"] == ["sum of 41"]
    assert {box.times for box in boxes if box.kind == "value"} == {40}


def test_a_number_taken_from_a_sum_is_not_one_of_its_terms():
    """Under "sum of n" it would look like a number that is added."""
    xs = [Value(float(i)) for i in range(300)]
    symbols = [box.symbol for box in draw((sum(xs) - 7) ** 2).picture.boxes if box.symbol]
    assert symbols == ["sum of 300", "-", "**"]


def test_a_network_of_plain_lists_is_folded_as_one_of_modules():
    """Its neurons are sums of products, and its weights are shown in a few words."""
    rng = random.Random(0)
    layers = [
        [[Value(rng.uniform(-1, 1)) for _ in range(i + 1)] for _ in range(o)] for i, o in ((3, 8), (8, 8), (8, 1))
    ]

    def run(x):
        for layer in layers:
            x = [sum((w * v for w, v in zip(row, x)), row[-1]).tanh() for row in layer]
        return x[0]

    loss = sum((run([rng.random() for _ in range(3)]) - 1.0) ** 2 for _ in range(10))
    loss.backward()
    drawing = draw(loss, page=(640, 375), names={})
    boxes = drawing.picture.boxes
    neurons = [box for box in boxes if "dot" in box.symbol]
    assert sorted((box.times, box.symbol[-9:-1]) for box in neurons) == [
        (10, "dot of 8"), (80, "dot of 3"), (80, "dot of 8"),
    ]  # fmt: skip
    assert sorted(len(box.nodes) for box in boxes if box.brief) == [9, 32, 72]
    assert "9 inputs" in drawing.source and "the sum of n products" in drawing.source
    assert not any(box.kind == "more" for box in boxes)


def test_what_the_turns_of_a_loop_read_comes_turn_by_turn():
    """An RNN of two units: the numbers of its first iteration are shown throughout, in any order of the listing."""
    wx, wh = (
        [[Value(0.1 * i - 0.2 * k) for i in range(2)] for k in range(2)],
        [[Value(0.3), Value(-0.2)] for _ in range(2)],
    )
    xs = [[Value(0.5 * t, label=f"x{t}"), Value(1.0, label=f"z{t}")] for t in range(30)]
    h = [Value(0.0), Value(0.0)]
    for x in xs:
        h = [(dot(wx[k], x) + dot(wh[k], h)).tanh() for k in range(2)]
    picture = build_picture(Graph(h[0] - h[1]), budget=40)
    shown = {box.node for box in picture.boxes if box.times == 30 and box.symbol}
    assert len(shown) == 8 and {box.times for box in picture.boxes} == {1, 30}
    assert all(operand in shown or not operand.operands for node in shown for operand in node.operands)


def test_repeated_blocks_are_shown_once():
    """Layers that each have weights are built alike, but are not iterations of a loop."""
    h = [Value(0.1 * i) for i in range(3)]
    for _ in range(60):
        h = [dot([Value(0.2), Value(0.3), Value(-0.1)], h).tanh() for _ in range(3)]
    picture = build_picture(Graph(sum(h)), budget=40)
    (more,) = [box for box in picture.boxes if box.kind == "more"]
    assert re.fullmatch(r"\d\d more like the 2 before", more.name)
    assert not any(arrow.back for arrow in picture.arrows) and any(box.kind == "result" for box in picture.boxes)


def test_modules_are_drawn_closed_on_demand():
    loss, model = batch(samples=3)
    graph = Graph(loss)
    closed = build_picture(graph, depth=0)
    (box,) = [box for box in closed.boxes if box.kind == "module"]
    assert (box.name, box.times) == ("Part", 3)
    assert not closed.clusters
    facts = dict(box.facts())
    assert facts["values"] == "72" and " to " in facts["grads"]
    out = next(arrow for arrow in closed.arrows if arrow.tail is box)
    assert out.words.startswith("18 values, |grad| to ")
    (parameters,) = [box for box in closed.boxes if box.kind == "parameter"]
    assert dict(parameters.facts())["parameters"] == "72" and "grads" in dict(parameters.facts())
    one_open = build_picture(graph, depth=1)
    assert [(box.name, box.times) for box in one_open.boxes if box.kind == "module"] == [("layer0", 3), ("layer1", 3)]
    assert [cluster.title for cluster in one_open.clusters] == ["Part"]
    for wanted in ("layer1", model.held["layer1"]):
        boxes = build_picture(graph, fold=wanted).boxes
        assert [box.name for box in boxes if box.kind == "module"] == ["layer1"]
    assert {box.name for box in build_picture(graph, fold=[Part]).boxes if box.kind == "module"} == {"Part"}


def test_parameters_that_only_a_closed_module_uses_are_inside():
    layer = Part(weight=[Value(float(i)) for i in range(4)])
    (y,) = layer.call(lambda: [dot(layer.held["weight"], [1.0, 2.0, 3.0, 4.0])])
    (box,) = build_picture(Graph(y * 1.0), depth=0).boxes[:1]
    assert box.kind == "module" and len(box.nodes) == 5


def test_clusters_nest_as_calls_do():
    loss, _ = batch(samples=1)
    (outer,) = build_picture(Graph(loss), budget=None).clusters
    assert [inner.title for inner in outer.clusters] == ["layer0", "layer1"]
    assert all(box.cluster is inner for inner in outer.clusters for box in inner.boxes)


def test_parameters_and_constants_of_one_wide_operation_stand_together():
    w = Part(w=[Value(float(i), label=f"w{i}") for i in range(3)]).held["w"]
    f = dot(w, [4.0, 5.0, 6.0])
    picture = build_picture(Graph(f))
    assert [(box.kind, len(box.nodes), box.numbers) for box in picture.boxes] == [
        ("parameter", 3, ()),
        ("result", 1, ()),
        ("constant", 0, (4.0, 5.0, 6.0)),
    ]
    assert [len(arrow.edges) for arrow in picture.arrows] == [3, 3]


def test_excerpts():
    a = Value(1.0, label="a")
    b, c = a.exp(), a.sin()
    d = b * c
    e = d + 1.0
    graph = Graph(e)
    assert around(graph, b, 1) == [n for n in graph.nodes if n in {a, b, d}]
    assert around(graph, a, 10) == graph.nodes
    assert on_paths(graph, c) == [c, d, e]
    assert {node for box in build_picture(graph, path="a").boxes for node in box.nodes} == set(graph.nodes)
    near = build_picture(graph, at=e, radius=1)
    assert {node for box in near.boxes for node in box.nodes} == {d, e}


def tangle(size):
    """Return a graph in which nothing repeats except by chance."""
    rng = random.Random(1)
    values = [Value(rng.random()) for _ in range(5)]
    for _ in range(size):
        a, b = rng.choice(values[-6:]), rng.choice(values[-6:])
        values.append(rng.choice([a * b, a + b, (a - b).sin(), a * 0.5, b.tanh()]))
    return sum(values[-6:])


@pytest.mark.parametrize("make", [lambda size: batch(size // 20)[0], tangle], ids=["batch", "tangle"])
def test_folding_is_linear_in_the_values(make):
    """This is counted, not timed: the number of looks at parts grows with the graph and no faster."""
    import sys

    def calls(size):
        graph = Graph(make(size))
        count = 0

        def tick(_frame, event, _arg):
            nonlocal count
            count += event == "call"

        sys.setprofile(tick)
        try:
            fold(
                graph, budget=60, size=lambda folded: Picture(graph, folded.groups, ModuleNames(), folded.brief).size()
            )
        finally:
            sys.setprofile(None)
        return count / len(graph)

    assert calls(1600) < 2 * calls(400)


def test_a_module_that_is_not_there_is_not_passed_over():
    loss, _ = batch(samples=2)
    assert any(box.kind == "module" for box in build_picture(Graph(loss), fold=["Part", "layer1"]).boxes)
    with pytest.raises(GraphError, match=r"no module to fold is called 'layer9' in this graph: there are .*layer1"):
        build_picture(Graph(loss), fold=["Part", "layer9"])
    with pytest.raises(GraphError, match="there is none"):
        build_picture(Graph(Value(1.0)), fold="layer9")


@pytest.mark.parametrize("option", [{"depth": "1"}, {"depth": -1}, {"budget": 1.5}, {"radius": -1}])
def test_options_are_whole_numbers(option):
    (name,) = option
    with pytest.raises(ArgumentError, match=f"want {name} as a whole number"):
        build_picture(Graph(Value(1.0)), **option)


@pytest.mark.slow
def test_a_budget_of_none_draws_all():
    a = Value(1.0)
    f = a
    for k in range(300):
        f = f.tanh() if k % 3 else f * a
    assert len(draw(f, budget=None).picture.boxes) == 301


def test_of_a_long_chain_both_ends_are_shown():
    rng, x = random.Random(0), Value(0.3, label="x")
    f = x
    for _ in range(120):
        f = getattr(f, rng.choice(["tanh", "sin", "cos", "exp", "sigmoid", "softplus", "atan", "silu"]))()
    kinds = [box.kind for box in draw(f).picture.boxes]
    at = kinds.index("more")
    assert kinds[0] == "input" and kinds[-1] == "result" and kinds.count("more") == 1
    assert abs(at - (len(kinds) - 1 - at)) <= 2 and at > 5  # the middle is left out


@pytest.mark.parametrize("page", [(960, 540), (480, 270)])
@pytest.mark.parametrize("seed", [7, 14, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(15, 50))])
def test_no_leaf_is_in_two_boxes(seed, page):
    """Some of the leaves that an operation takes are written under it in a few words, and the others have a box."""
    root, _ = model("atomic_mlp", seed)
    picture = draw(root, names={}, page=page).picture
    assert sum(len(box.nodes) for box in picture.boxes) == len(picture.graph)
