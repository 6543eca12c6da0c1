"""The backward pass on random graphs: PyTorch, central differences, and the listing's order agree with it."""

from __future__ import annotations

import math
import os
import random

import pytest
from nn_torch import close
from random_graphs import inputs, program, run, run_torch

from autograd import Value, atomic, grad, gradcheck
from autograd.graph import Graph, walk

GRAPHS = int(os.environ.get("RANDOM_GRAPHS", "600"))


def graphs(count, seed=0):
    rng = random.Random(seed)
    for _ in range(count):
        yield program(rng, size=1 + int(rng.random() * 24)), inputs(rng)


def in_torch(torch, instructions, numbers):
    """Return what a program gives in PyTorch, and the gradient of every input."""
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    out = run_torch(instructions, tensors, torch)
    out.backward()
    return [out.item(), *(0.0 if t.grad is None else t.grad.item() for t in tensors)]


def in_ours(instructions, numbers):
    values = [Value(x) for x in numbers]
    out = run(instructions, values)
    out.backward()
    return [out.data, *(v.grad for v in values)]


def test_some_random_graphs_agree_with_pytorch(torchs):
    some = list(graphs(40, seed=3))
    answers = torchs(lambda torch: [in_torch(torch, *each) for each in some])
    for graph, theirs in zip(some, answers, strict=True):
        close(in_ours(*graph), theirs, 1e-11)


def test_random_graphs_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    for graph in graphs(GRAPHS):
        close(in_ours(*graph), in_torch(torch, *graph), 1e-11)


def test_random_graphs_agree_with_central_differences():
    kinks = 0
    for instructions, numbers in graphs(GRAPHS // 10, seed=1):
        good = gradcheck(
            lambda *xs, instructions=instructions: run(instructions, xs),
            numbers,
            atol=1e-5,
            rtol=1e-4,
            raise_exception=False,
        )
        kinks += not good
    assert kinks <= max(2, GRAPHS // 500)  # a difference taken across relu's or abs's kink differs, and rightly so


def test_the_listing_has_the_order_of_backward():
    """Two walks, one by sets and one by marks on the nodes, must agree: stepping relies on it."""
    for instructions, numbers in graphs(300, seed=2):
        out = run(instructions, [Value(x) for x in numbers])
        out.backward()
        expected = [node.grad for node in walk(out)]
        out.zero_grad()
        out.grad = 1.0
        for edge in Graph(out).edges():
            edge.operand.grad += edge.partial * edge.node.grad
        assert [node.grad for node in walk(out)] == expected  # bit for bit: the same order of additions


def test_grad_touches_nothing_and_agrees_with_backward():
    for instructions, numbers in graphs(200, seed=3):
        values = [Value(x) for x in numbers]
        out = run(instructions, values)
        found = grad(out, values, allow_unused=True)
        assert not any(node.reached for node in walk(out))
        recorded = grad(out, values, allow_unused=True, create_graph=True)
        out.backward()
        for v, g, h in zip(values, found, recorded):
            assert g.data == v.grad
            assert math.isclose(h.data, v.grad, rel_tol=1e-9, abs_tol=1e-12)


def test_grad_towards_an_inner_node_goes_no_further():
    """Otherwise, a simulation that computes a derivative at every step, as in mechanics, would take quadratic time."""
    start, mass = Value(0.3), Value(2.0)
    place = start
    for _ in range(50):
        place = place + 0.1 * (mass * place).cos()
    energy = mass * place.sin()
    (force,) = grad(energy, place, create_graph=True)
    assert len(set(walk(force)) - set(walk(energy))) < 10
    assert force.data == mass.data * math.cos(place.data)
    both = grad(energy, [place, start], create_graph=True)
    assert both[0].data == force.data
    place.zero_grad()
    energy.backward()
    assert both[1].data == pytest.approx(start.grad, rel=1e-12)
    pole = Value(0.0).sqrt() + mass  # a slope that nobody asked for may be infinite
    assert grad(pole * place, place)[0].data == 2.0
    assert grad(place, place)[0].data == 1.0


def test_atomic_graphs_give_the_same_gradients():
    for instructions, numbers in graphs(200, seed=4):
        results = []
        for steps in (False, True):
            values = [Value(x) for x in numbers]
            if steps:
                with atomic():
                    out = run(instructions, values)
            else:
                out = run(instructions, values)
            out.backward()
            results.append((out.data, [v.grad for v in values], [name for name, _ in instructions]))
        (a, ga, names), (b, gb, _) = results
        assert abs(a - b) <= 1e-11
        if "maximum" not in names:  # among three equal operands, two steps share differently from one
            assert all(abs(x - y) <= 1e-9 * max(1, abs(x)) for x, y in zip(ga, gb))
