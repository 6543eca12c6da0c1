"""What an editor knows about the public functions: each has a type, and none is Any. Pyright is asked, and the
annotations are read."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import autograd
import nn
import nn.functional as F
from autograd import Value
from autograd.graph import Edge, Graph

ROOT = Path(__file__).parents[1]
START = """\
import autograd as ag, nn, nn.functional as F
from autograd import Value
from autograd.graph import Graph, gradients, recompute, walk
a = Value(2.0); f = (a * 3 + 1).tanh(); xs = [a, Value(1.0)]; rows = [xs, xs]
model = nn.MLP(2, [4, 1]); sgd = nn.optim.SGD(model.parameters(), lr=0.1); graph = Graph(f); edge = next(graph.edges())
step = ag.compile(lambda x: model([x, 1.0])[0], list(model.parameters()))
class Mine(nn.Module):
    def forward(self, x: float, twice: bool = False) -> Value: return Value(x)
def loss(w: list[float], x: float) -> Value: return Value(w[0] * x)
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
"""
ROW, MATRIX = "list[Value]", "list[list[Value]]"
# An expression, and its type as pyright writes it.
DOORS = {
    "a * 3": "Value", "3 - a": "Value", "a ** 2": "Value", "a.tanh()": "Value", "a.grad": "float", "f.backward()": "None",
    "f.step_through()": "Stepper", "f.draw()": "Drawing", "f.show()": "str", "f.why(a)": "Ledger", "f.player()": "Player",
    "f.tree()": "Report", "f.formula()": "Report", "f.latex()": "Latex", "f.mermaid()": "str",
    "nn.Linear(2, 3)(xs)": ROW, "nn.Linear(2, 3)(rows)": MATRIX, "model(xs)": ROW, "model(rows)": MATRIX,
    "nn.SelfAttention(2)(rows)": MATRIX, "nn.SelfAttention(2)(rows, need_weights=True)": f"tuple[{MATRIX}, {MATRIX}]",
    "nn.Embedding(5, 3)(1)": ROW, "nn.Embedding(5, 3)([1, 2])": MATRIX, "nn.RMSNorm(2)(xs)": ROW, "nn.LayerNorm(2)(rows)": MATRIX,
    "nn.ReLU()(a)": "Value", "nn.Tanh()(rows)": MATRIX, "nn.Softmax()(xs)": ROW, "Mine()(1.0, twice=True)": "Value",
    "F.linear(xs, rows)": ROW, "F.linear(rows, rows, xs)": MATRIX, "F.embedding([1], rows)": MATRIX, "F.rms_norm(xs, (2,))": ROW,
    "F.layer_norm(rows, (2,))": MATRIX, "F.softmax(xs)": ROW, "F.log_softmax(rows, dim=-1)": MATRIX, "F.relu(a)": "Value",
    "F.relu(xs)": ROW, "F.leaky_relu(rows, 0.1)": MATRIX, "F.gelu(1.0)": "Value", "F.mse_loss(xs, [1.0, 2.0])": "Value",
    'F.mse_loss(rows, rows, reduction="none")': MATRIX, "F.hinge_loss(xs, [1, -1])": "Value", "F.cross_entropy(xs, 1)": "Value",
    'F.cross_entropy(rows, [1, 0], reduction="none")': ROW, "F.scaled_dot_product_attention(rows, rows, rows)": MATRIX,
    "F.attention_weights(rows, rows)": MATRIX, "F.mix(rows, rows)": MATRIX, "F.pick(rows, 1)": ROW,
    "list(model.parameters())": ROW, "dict(model.named_parameters())": "dict[str, Value]",
    "model.state_dict()": "dict[str, float | list[Numbers]]", "sgd.step()": "None", "sgd.step(lambda: f)": "Value", "sgd.zero_grad()": "None",
    "net(xs)": ROW, "net(rows)": MATRIX, "nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 1))(4)": ROW, "len(net)": "int",
    "ag.grad(loss)": "(list[float], x: float) -> list[float]", "ag.grad(loss)([1.0], 2.0)": "list[float]",
    "ag.value_and_grad(loss)([1.0], 2.0)": "tuple[Value | float, list[float]]",
    "step.train([], sgd, 5)": "list[float]", "step.update(sgd, [1.0])": "float", "step.batch([1.0])": "float",
    "ag.grad(f, [a])": "tuple[Value, ...]", "ag.gradcheck(lambda x: x, a)": "bool", "ag.softmax(xs)": ROW, "ag.dot(xs, xs)": "Value",
    "ag.maximum(xs)": "Value", 'ag.op("c", "c", "a", "1")': "(...) -> Value",
    "step": "Step", "step(1.0)": "float", "step.source": "str", "step.retrace()": "None", "ag.draw(f)": "Drawing",
    "ag.Stepper(f)": "Stepper", "ag.Recorder()": "Recorder", "ag.save_player(f, 'x.html')": "str",
    "graph.root": "Value", "graph.nodes": ROW, "graph.names": "dict[Value, str]", 'graph.find("x")': "Value",
    "graph.by_name": "dict[str, Value]", "graph.consumers()": "dict[Value, int]", "edge": "Edge[Value]", "edge.node": "Value",
    "edge.operand": "Value", "edge.partial": "float", "graph.name(a)": "str", "walk(f)": ROW, "gradients(graph)": "dict[Value, float]",
    "recompute(graph, {a: 1.0})": "dict[Value, float]",
}  # fmt: skip


@pytest.mark.slow
def test_an_editor_knows_what_is_behind_the_doors(tmp_path):
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if pyright is None:
        pytest.skip("pyright is not installed")
    (tmp_path / "doors.py").write_text(START + "".join(f"reveal_type({door})\n" for door in DOORS), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)]}), encoding="utf-8")
    command = [pyright, "--pythonpath", sys.executable, "--outputjson"]
    answer = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout)
    first = START.count("\n")
    told = {found["range"]["start"]["line"] - first: found["message"] for found in answer["generalDiagnostics"]}
    types = {door: told.get(i, "").partition(" is ")[2].strip('"') for i, door in enumerate(DOORS)}
    assert types == DOORS and not [line for line in told if line < 0]


def test_no_door_is_any():
    assert len(DOORS) > 60 and not [door for door, type in DOORS.items() if re.search(r"\bAny\b|Unknown", type)]


# The same functions as they are at run time, where pyright is not installed.
FUNCTIONS = [
    Value.backward, Value.item, Value.detach, Value.clamp, Value.zero_grad, autograd.Stepper.step, autograd.Recorder.save,
    nn.Module.parameters, nn.Module.named_parameters, nn.Module.state_dict, nn.Module.zero_grad, nn.optim.SGD.zero_grad,
    F.scaled_dot_product_attention, F.attention_weights, F.mix, F.pick, autograd.maximum, autograd.softmax, autograd.op,
    autograd.gradcheck, autograd.draw, autograd.draw_diff, autograd.save_player, autograd.compare, autograd.diagnose,
    Graph.name, Graph.find, Graph.edges, Graph.consumers, Graph.by_name.func, Graph.names.fget, Edge.operand.fget, Edge.partial.fget,
]  # fmt: skip
OVERLOADED = [
    nn.Linear.forward, nn.MLP.forward, nn.SelfAttention.forward, nn.Embedding.forward, nn.RMSNorm.forward, nn.LayerNorm.forward,
    nn.Softmax.forward, nn.ReLU.forward, nn.LeakyReLU.forward, nn.optim.Optimizer.step, F.embedding, F.cross_entropy,
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_a_function_says_what_it_returns(function):
    returned = inspect.signature(function).return_annotation
    assert returned is not inspect.Signature.empty and not re.search(r"\bAny\b", str(returned)), returned


@pytest.mark.skipif(sys.version_info < (3, 11), reason="overloads are kept from Python 3.11 on")
@pytest.mark.parametrize("function", OVERLOADED, ids=lambda function: function.__qualname__)
def test_what_depends_on_the_input_is_said_for_each(function):
    returned = [inspect.signature(overload).return_annotation for overload in typing.get_overloads(function)]
    assert len(returned) > 1 and not [text for text in returned if re.search(r"\bAny\b", str(text))]
