"""How work grows with the size of a graph, and with the number of operations: steps of the interpreter are counted, not
seconds."""

from __future__ import annotations

import sys
import tracemalloc

import pytest
from drawn import needs_engine

import nn
from autograd import Value, draw, mean, op, total
from autograd.drawing.build import build_picture
from autograd.drawing.folding.parts import Listing, parts_of
from autograd.graph import Graph
from autograd.ops import OPS
from autograd.player.player import described

LARGER = 4  # times
MORE = 1.35 * LARGER  # steps grow at most in proportion to the graph, with some slack


def steps(work) -> int:
    """Return how many lines of Python run."""
    count = 0

    def line(frame, event, argument):
        nonlocal count
        count += 1
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, event, argument: line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def chain(n):
    x = Value(1.0, label="x")
    for i in range(n):
        x = x * 1.0001 if i % 2 else x + 0.5
    return x


def batch(n):
    model = nn.MLP(2, [3, 1], seed=0)
    return mean([(model([0.1 * i, 1.0])[0] - 1.0) ** 2 for i in range(n)])


def wide(n):
    return total([Value(float(i)) for i in range(n)])


def sums(n):
    """Lists that several operations use."""
    xs = [Value(float(i), label=f"x{i}") for i in range(n)]
    return total(xs) * total(xs[::2]) + mean(xs[::3])


@pytest.mark.slow
@needs_engine
@pytest.mark.parametrize(("make", "size"), [(chain, 2_000), (batch, 100), (wide, 2_000), (sums, 2_000)])
def test_drawing_grows_with_the_graph(make, size, monkeypatch):
    monkeypatch.setattr(sys.modules["autograd.drawing.folding.fold"], "LARGE", 500)  # it now counts as large
    small, large = make(size), make(LARGER * size)
    draw(small)
    assert steps(lambda: draw(large)) < MORE * steps(lambda: draw(small))


def test_boxes_are_put_in_order_without_a_walk_to_the_end_of_a_chain():
    keys = sys.modules["autograd.drawing.placing.cells"]._keys
    few, many = (build_picture(Graph(chain(n)), at=f"v{n - 9}") for n in (500, 2_000))
    assert 0 < steps(lambda: keys(many)) <= 1.1 * steps(lambda: keys(few))


def test_the_words_of_a_page_grow_with_the_operands():
    small, large = Graph(wide(250)), Graph(wide(1_000))
    described(small)
    assert steps(lambda: described(large)) < MORE * steps(lambda: described(small))


def test_many_values_of_one_name_are_numbered_in_one_go():
    def alike(n):
        return Graph(total([Value(1.0, label="x") for _ in range(n)]))

    small, large = alike(250), alike(1_000)
    assert small.names[small.nodes[2]] == "x_3"
    assert steps(lambda: alike(1_000).names) < MORE * steps(lambda: alike(250).names)
    assert len({*large.names.values()}) == len(large)


def test_an_operation_takes_as_much_to_define_however_many_there_are():
    """Neither the steps nor the memory grow, as they would with a copy of all earlier definitions."""
    x = Value(0.5)

    def define(first, count):
        for k in range(first, first + count):
            op(f"one_of_many_{k}", "m", f"{k} * a", f"{k}")(x)

    def memory(first):
        peaks = []
        for k in range(first, first + 20):
            tracemalloc.start()
            define(k, 1)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        return sorted(peaks)[10]  # a dict that grows takes more for once

    try:
        define(0, 5)
        few = steps(lambda: define(5, 20)), memory(25)
        define(45, 400)
        many = steps(lambda: define(445, 20)), memory(465)
    finally:
        for name in [name for name in OPS if name.startswith("one_of_many_")]:
            del OPS[name]
    assert many[0] < 1.1 * few[0] and many[1] < 1.5 * few[1]


def test_a_long_run_is_few_parts_and_the_same_picture(monkeypatch):
    """With a part for each of a million values, a picture would not fit in memory."""
    graph = Graph(chain(1_200))
    whole = Listing(graph, graph.nodes)
    assert len(parts_of(whole, 0, None, False, runs=5)) == 12 and len(parts_of(whole, 0, None, False)) == 1_201
    pictures = []
    for run in (100, 10**9):
        monkeypatch.setattr(sys.modules["autograd.drawing.folding.fold"], "LARGE", 500)
        monkeypatch.setattr(sys.modules["autograd.drawing.folding.parts"], "RUN", run)
        boxes = draw(graph.root).picture.boxes
        pictures.append([(box.kind, box.name, box.facts()) for box in boxes])
    assert pictures[0] == pictures[1] and ("more", "1,178 more") in [picture[:2] for picture in pictures[0]]


def shared_leaf():
    w, x = Value(0.5, label="w"), Value(1.0)
    for _ in range(150):
        x = (x * w).tanh()
    return x


def summed():
    return sum((Value(float(i)) for i in range(150)), Value(0.0))


def inner_root():
    x = chain(150)
    return [x, x.tanh()]


@pytest.mark.parametrize("make", [shared_leaf, summed, inner_root])
def test_what_is_folded_better_in_other_ways_is_no_run(make):
    graph = Graph(make())
    parts = parts_of(Listing(graph, graph.nodes), 0, None, False, runs=5)
    hidden = [graph.nodes[i] for part in parts if part.what == "more" for i in part.nodes]
    assert not hidden if make is not inner_root else graph.roots[0] not in hidden


def test_a_giant_says_at_once_what_takes_long(monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["autograd.drawing.folding.fold"], "GIANT", 100)
    draw(chain(120))
    assert capsys.readouterr().err.startswith("drawing 121 values: looking for a way to fold them\n")
    monkeypatch.undo()
    draw(chain(120))
    assert not capsys.readouterr().err
