"""The lecture that most people come from, cell by cell in our own words: no name is used that micrograd's Value lacks.

Backprop by hand, a node's own `_backward()`, a topological order by `_prev`, the bug of counting twice, tanh taken apart, a drawing by the
graphviz package, neurons, layers and a net of one's own, and a training loop. It runs on micrograd as it does here.
"""

from __future__ import annotations

import math
import random

import pytest

import autograd


def value_of_micrograd(monkeypatch):
    """micrograd's class with tanh and exp, which its package leaves as exercises."""
    theirs = pytest.importorskip("micrograd.engine").Value

    def exercise(op, function, slope):
        def method(self):
            out = theirs(function(self.data), (self,), op)

            def _backward():
                self.grad += slope(out.data) * out.grad

            out._backward = _backward
            return out

        return method

    monkeypatch.setattr(theirs, "tanh", exercise("tanh", math.tanh, lambda t: 1 - t * t), raising=False)
    monkeypatch.setattr(theirs, "exp", exercise("exp", math.exp, lambda e: e), raising=False)
    return theirs


@pytest.fixture(params=["here", "there"])
def Value(request, monkeypatch):  # noqa: N802 - a class
    return autograd.Value if request.param == "here" else value_of_micrograd(monkeypatch)


def everything_below(root):
    """Nodes and edges, found by `_prev`, as the lecture's drawing finds them."""
    nodes, edges = set(), set()

    def visit(v):
        if v not in nodes:
            nodes.add(v)
            for below in v._prev:
                edges.add((below, v))
                visit(below)

    visit(root)
    return nodes, edges


def in_order(root):
    """List operands before what is computed from them."""
    order, seen = [], set()

    def visit(v):
        if v not in seen:
            seen.add(v)
            for below in v._prev:
                visit(below)
            order.append(v)

    visit(root)
    return order


def drawn(root):
    graphviz = pytest.importorskip("graphviz")
    picture = graphviz.Digraph(format="svg", graph_attr={"rankdir": "LR"})
    nodes, edges = everything_below(root)
    for v in nodes:
        name = str(id(v))
        picture.node(
            name=name,
            label=f"{{ {v.label if hasattr(v, 'label') else ''} | data {v.data:.4f} | grad {v.grad:.4f} }}",
            shape="record",
        )
        if v._op:
            picture.node(name=name + v._op, label=v._op)
            picture.edge(name + v._op, name)
    for below, above in edges:
        picture.edge(str(id(below)), str(id(above)) + above._op)
    return picture.source


def test_slopes_by_a_small_step():
    f = lambda x: 3 * x**2 - 4 * x + 5  # noqa: E731
    h = 1e-6
    assert (f(2 / 3 + h) - f(2 / 3)) / h == pytest.approx(0, abs=1e-4) and (f(3 + h) - f(3)) / h == pytest.approx(
        14, abs=1e-4
    )


def test_an_expression_by_hand_and_by_small_steps(Value):
    def loss(step="", h=0.0):
        a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
        {"a": a, "b": b, "c": c, "f": f}.get(step, a).data += h
        e = a * b
        d = e + c
        return d * f, {"a": a, "b": b, "c": c, "f": f, "e": e, "d": d}

    out, named = loss()
    assert out.data == -8 and out._prev == {named["d"], named["f"]} and out._op == "*" and named["a"]._op == ""
    out.grad = 1.0
    named["d"].grad, named["f"].grad = named["f"].data, named["d"].data
    named["c"].grad = named["e"].grad = named["d"].grad
    named["a"].grad, named["b"].grad = named["b"].data * named["e"].grad, named["a"].data * named["e"].grad
    for name in "abcf":
        h = 1e-6
        assert (loss(name, h)[0].data - out.data) / h == pytest.approx(named[name].grad, rel=1e-4)
    for name in "abcf":  # a step along the gradients makes it larger
        named[name].data += 0.01 * named[name].grad
    assert ((named["a"] * named["b"] + named["c"]) * named["f"]).data > out.data


def neuron(Value):
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    for name, v in {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b}.items():
        v.label = name
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    return n, [x1, w1, x2, w2]


WANTED = [-1.5, 1.0, 0.5, 0.0]  # the gradients in x1, w1, x2, w2


def test_a_neuron_node_by_node(Value):
    n, leaves = neuron(Value)
    o = n.tanh()
    assert o.data == pytest.approx(math.sqrt(0.5)) and 1 - o.data**2 == pytest.approx(0.5)
    o.grad = 1.0
    for node in reversed(in_order(o)):
        node._backward()
    assert [v.grad for v in leaves] == pytest.approx(WANTED)
    source = drawn(o)
    assert source.count("shape=record") == 10 and "grad 0.5000" in source and "tanh" in source


def test_the_same_by_backward_and_with_tanh_taken_apart(Value):
    n, leaves = neuron(Value)
    n.tanh().backward()
    assert [v.grad for v in leaves] == pytest.approx(WANTED)
    n, leaves = neuron(Value)
    e = (2 * n).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert o.data == pytest.approx(math.sqrt(0.5)) and [v.grad for v in leaves] == pytest.approx(WANTED)


def test_what_is_used_twice_counts_twice(Value):
    a = Value(3.0)
    b = a + a
    b.backward()
    assert a.grad == 2 and b._prev == {a}
    a, b = Value(-2.0), Value(3.0)
    f = (a * b) * (a + b)
    f.backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_numbers_on_either_side(Value):
    a = Value(2.0)
    for f, data, slope in (
        (lambda a: a + 1, 3, 1), (lambda a: 1 + a, 3, 1), (lambda a: a * 3, 6, 3), (lambda a: 3 * a, 6, 3), (lambda a: a - 1, 1, 1),
        (lambda a: 1 - a, -1, -1), (lambda a: -a, -2, -1), (lambda a: a / 4, 0.5, 0.25), (lambda a: 4 / a, 2, -1), (lambda a: a**3, 8, 12),
    ):  # fmt: skip
        a.grad = 0.0
        out = f(a)
        out.backward()
        assert (out.data, a.grad) == pytest.approx((data, slope))


class Neuron:
    def __init__(self, Value, rng, inputs):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(inputs)]
        self.b = Value(rng.uniform(-1, 1))

    def __call__(self, x):
        return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return self.w + [self.b]  # noqa: RUF005 - as it is written there


class Layer:
    def __init__(self, Value, rng, inputs, outputs):
        self.neurons = [Neuron(Value, rng, inputs) for _ in range(outputs)]

    def __call__(self, x):
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def parameters(self):
        return [p for n in self.neurons for p in n.parameters()]


class MLP:
    def __init__(self, Value, rng, inputs, sizes):
        self.layers = [Layer(Value, rng, a, b) for a, b in zip([inputs, *sizes], sizes)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def test_a_net_of_ones_own_learns(Value):
    model = MLP(Value, random.Random(1), 3, [4, 4, 1])
    assert len(model.parameters()) == 41
    xs, ys = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]], [1.0, -1.0, -1.0, 1.0]
    history = []
    for _ in range(30):
        loss = sum((out - y) ** 2 for y, out in zip(ys, [model(x) for x in xs]))
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data += -0.05 * p.grad
        history.append(loss.data)
    assert history[-1] < 0.1 * history[0] and model.layers[0].neurons[0].w[0].grad != 0
    assert repr(loss).startswith("Value(") and drawn(loss).count("label=tanh") == 36


def test_what_is_not_cleared_adds_up(Value):
    """The lecture's best bug: without `p.grad = 0.0` a parameter moves by all gradients so far."""
    w, found = Value(1.0), []
    for _ in range(3):
        loss = (w * 2.0 - 3.0) ** 2
        loss.backward()
        found.append(w.grad)
    assert found == [-4.0, -8.0, -12.0]
    assert all(text.startswith("Value(") for text in map(repr, [w, loss]))


def test_pytorch_agrees(Value):
    torch = pytest.importorskip("torch")
    n, leaves = neuron(Value)
    o = n.tanh()
    o.backward()
    x1, w1, x2, w2 = tensors = [torch.Tensor([v.data]).double().requires_grad_() for v in leaves]
    there = torch.tanh(x1 * w1 + x2 * w2 + torch.Tensor([6.8813735870195432]).double())
    there.backward()
    assert there.data.item() == pytest.approx(o.data, abs=1e-7)
    assert [t.grad.item() for t in tensors] == pytest.approx([v.grad for v in leaves], abs=1e-6)


def test_both_give_the_same_losses(monkeypatch):
    def losses(Value):
        model, found = MLP(Value, random.Random(7), 2, [3, 1]), []
        for _ in range(5):
            loss = sum((model([0.5, -1.0]) - y) ** 2 for y in (0.3, 0.4))
            for p in model.parameters():
                p.grad = 0.0
            loss.backward()
            for p in model.parameters():
                p.data -= 0.1 * p.grad
            found.append(loss.data)
        return found

    assert losses(autograd.Value) == pytest.approx(losses(value_of_micrograd(monkeypatch)), rel=1e-12)


def test_nothing_is_used_that_micrograd_lacks():
    """This file uses only attributes of a Value that micrograd's Value has too, and the lecture's own."""
    import ast
    from pathlib import Path

    asked = {
        node.attr
        for node in ast.walk(ast.parse(Path(__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    ours = {name for name in dir(autograd.Value(1.0)) if not name.startswith("__")} | {"a", "b", "da", "db"}
    theirs = {"data", "grad", "backward", "_prev", "_op", "_backward", "relu", "label", "tanh", "exp"}
    of_others = {"add", "sqrt", "b", "item"}  # of sets, of math, of the lecture's own Neuron, of PyTorch's tensors
    assert (asked & ours) - theirs == of_others
