"""Names: labels, then modules, then the caller's variables."""

from __future__ import annotations

import pytest
from drawn import Part

import nn
from autograd import Value, draw
from autograd.explain import naming
from autograd.explain.naming import ModuleNames, common_name, named_graph, names_for, one_line
from autograd.graph import Graph
from autograd.modes import named_scope


def named(root, **variables):
    """Return the names of a graph's nodes, by data."""
    graph = Graph(root, names_for(root, variables=variables))
    return {node.data: graph.name(node) for node in graph.nodes}


def test_where_names_are_looked_for():
    a, b, c, d, e = (Value(float(i)) for i in range(1, 6))
    c.label = "mine"
    f = a * 10 + b * 20 + c * 30 + d * 40 + e * 50
    names = named(f, a=a, again=a, _b=b, xs=[b, {"k": [d]}], c=c, In=[e], Out={1: e}, exit=e, f=f)
    assert (names[1], names[2], names[3], names[4], names[f.data]) == ("a", "xs[0]", "mine", "xs[1]['k'][0]", "f")
    assert names[5].startswith("v")


def test_the_first_binding_wins():
    a = Value(1.0)
    assert named(a * 2, xs=[a], a=a)[1] == "xs[0]"
    assert named(a * 2, a=a, xs=[a])[1] == "a"


def test_the_callers_variables_are_found_through_our_own_frames():
    inner = Value(2.0)
    xs = [Value(3.0), Value(4.0)]

    def teach():
        local = Value(5.0)
        loss = inner * xs[1] + local
        return [text for text in ("inner", "xs[1]", "local", "loss") if f">{text}<" in loss.draw().source]

    assert teach() == ["inner", "xs[1]", "local", "loss"]


def test_globals_are_found_after_locals():
    space = {"__name__": "__main__", "Value": Value, "names_for": names_for}
    exec("w = Value(7.0)\ndef caller():\n    x = w * 2\n    return list(names_for(x).values())", space)
    assert space["caller"]() == ["w", "x"]


def test_modules_name_their_parameters_before_variables_do():
    layer = Part(weight=[Value(1.0), Value(2.0)])
    model = Part(layers=layer)
    f = model.call(lambda: layer.call(lambda: layer.held["weight"][0] * 3.0 + layer.held["weight"][1]))
    names = named(f, w=layer.held["weight"][0], model=model, f=f)
    assert names[1] == "layers.weight[0]" and names[2] == "layers.weight[1]" and names[5] == "f"


def test_two_models_are_told_apart_by_their_variables():
    one, two = Part(w=[Value(1.0)]), Part(w=[Value(2.0)])
    f = one.call(lambda: one.held["w"][0] * 2) + two.call(lambda: two.held["w"][0] * 3)
    names = named(f, generator=one, critic=two)
    assert (names[1], names[2]) == ("generator.w[0]", "critic.w[0]")


def test_modules_among_the_variables_are_looked_into():
    model = Part(w=[Value(1.0)])
    f = model.held["w"][0] * 2  # outside any call
    assert named(f, model=model)[1] == "model.w[0]"


def test_a_long_list_does_not_take_for_ever(monkeypatch):
    monkeypatch.setattr(naming, "LOOKED_AT", 1000)
    a = Value(1.0)
    assert named(a * 2, numbers=[0.0] * 10_000, a=a)[1] == "v0"
    nested = []
    nested.append(nested)
    assert named(a * 2, nested=nested, late=a)[1] == "late"


def test_paths_of_calls():
    layer = Part(weight=[Value(1.0)])
    model = Part(layers=layer)
    scopes = model.call(lambda: [Value(1.0) * 2, layer.call(lambda: Value(1.0) * 2)])
    titles = [ModuleNames().title(node.scope) for node in scopes]
    assert titles == ["Part", "layers"]


@pytest.mark.parametrize(
    ("names", "common"),
    [
        (["w[0]", "w[1]"], "w"),
        (["layers.0.weight[1][0]", "layers.0.bias[1]"], "layers.0"),
        (["a", "b"], ""),
        (["same"], "same"),
        (["w", "w[0]"], "w"),
    ],
)
def test_common_names(names, common):
    assert common_name(names) == common


def test_one_line_holds_nothing_that_a_terminal_would_obey():
    assert one_line("a\x1b[31m\n") == "a\\x1b[31m\\n"
    assert one_line("\u202e\ud800") == "\\u202e\\ud800"
    assert len(one_line("x" * 500)) == 40


def test_named_graph_is_that_of_names_for():
    a = Value(1.0)
    f = a * 2
    assert named_graph(f).names == Graph(f, names_for(f)).names
    assert draw(f).picture.graph.name(a) == "a"


class _Neuron:
    """A neuron written by hand, as in a lecture: no Module, but it has parameters()."""

    def __init__(self, count):
        self.w = [Value(0.1 * i) for i in range(count)]
        self.b = Value(0.5)

    def __call__(self, x):
        return sum((w * number for w, number in zip(self.w, x)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class _Model:
    def __init__(self):
        self.neurons = [_Neuron(2), _Neuron(2)]
        self.me = self  # an object may hold itself

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


def test_a_model_written_by_hand_names_its_parameters_and_a_loop_variable_none():
    model = _Model()
    loss = model.neurons[0]([1.0, 2.0]) + model.neurons[1]([1.0, 2.0])
    for p in model.parameters():
        p.grad = 0.0
    names = set(names_for(loss).values())
    assert {"model.neurons[0].w[1]", "model.neurons[1].b", "loss"} <= names and "p" not in names


def test_a_call_inside_of_what_is_no_module_has_no_path():
    """A named scope is a string, and an object without named_modules() cannot tell where its parts are."""
    with named_scope("outer"):
        model = nn.Linear(1, 1, seed=0)
        inside = model([1.0])[0]
    call = inside.scope
    assert ModuleNames().path(call) == "" and ModuleNames().title(call) == "Linear"
