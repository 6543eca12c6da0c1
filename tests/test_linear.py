"""How the work of drawing and playing grows with the graph: steps of the interpreter are counted, not seconds."""

from __future__ import annotations

import sys

import pytest
from drawn import needs_engine

import nn
from autograd import Value, draw, mean, total
from autograd.graph import Graph
from autograd.player.player import described

LARGER = 4  # times
MORE = 1.35 * LARGER  # as often at most as many steps are made for a graph so many times larger


def steps(work) -> int:
    """How many lines of Python run."""
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


@pytest.mark.slow
@needs_engine
@pytest.mark.parametrize(("make", "size"), [(chain, 2_000), (batch, 100), (wide, 2_000)])
def test_drawing_grows_with_the_graph(make, size, monkeypatch):
    monkeypatch.setattr(sys.modules["autograd.drawing.folding.fold"], "LARGE", 500)  # as a giant is drawn
    small, large = make(size), make(LARGER * size)
    draw(small)
    assert steps(lambda: draw(large)) < MORE * steps(lambda: draw(small))


def test_the_words_of_a_page_grow_with_the_operands():
    small, large = Graph(wide(250)), Graph(wide(1_000))
    described(small)
    assert steps(lambda: described(large)) < MORE * steps(lambda: described(small))
