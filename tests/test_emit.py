"""Emitted source: it runs, it says what it does, it computes what the engine computes, and no label gets out of it."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys

import pytest
from backends import assert_same, eagerly, gradients, needs_c
from random_graphs import inputs, program, run

import nn
import nn.functional as F
from autograd import Value, compile, dot, maximum
from autograd.compiled.building import compiler
from autograd.compiled.emit import MOST, TERMS, identifiers, page, python_function, python_loop
from autograd.compiled.program import Program
from autograd.compiled.tracing import trace
from autograd.errors import CompileError
from autograd.graph import Graph
from autograd.naming import named_graph

HOSTILE = [
    "*/ int main(void) { return 1; } /*", "\nimport os\n", '"""', "'; DROP", "\\", "ends with a backslash \\", "??/",
    "</script><script>alert(1)</script>", "\u2028alert(1)", "имя", "x y", "lambda", "int", "var", "exp", "d_w", "step",
    "larger", "__class__", "1st", "", "{}", "%s", "w", "w", "a" * 500,
]  # fmt: skip


def run_python(text, folder):
    (folder / "page.py").write_text(text, encoding="utf-8")
    return subprocess.run([sys.executable, "page.py"], cwd=folder, capture_output=True, text=True, check=True).stdout


def run_c(text, folder):
    (folder / "page.c").write_text(text, encoding="utf-8")
    command = [
        *compiler(),
        "-O1",
        "-ffp-contract=off",
        "-Wall",
        "-Werror",
        "-Wno-unused",
        "page.c",
        "-o",
        "page",
        "-lm",
    ]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run([str(folder / "page")], capture_output=True, text=True, check=True).stdout


def run_javascript(text, folder):
    (folder / "page.js").write_text(text, encoding="utf-8")
    return subprocess.run(["node", "page.js"], cwd=folder, capture_output=True, text=True, check=True).stdout


LANGUAGES = [
    pytest.param("source", run_python, id="python"),
    pytest.param("source_c", run_c, id="c", marks=needs_c),
    pytest.param("source_js", run_javascript, id="javascript",
                 marks=pytest.mark.skipif(not shutil.which("node"), reason="no node here")),
]  # fmt: skip


def everything():
    """A function with every kind of statement in it, its arguments and parameters."""
    model = nn.MLP(2, [3, 2], seed=0)
    table = nn.Embedding(3, 2, seed=1)
    scale = Value(0.5, label="scale")

    def loss(x, word, y):
        h = model([a * b for a, b in zip(x, table(word))])
        h.append(maximum(*h) * (-2.0) ** 2)
        h.append(dot(x, x) * scale)
        return F.cross_entropy(h, y) + (h[0].tanh() ** 3).leaky_relu() + F.pick([h[0], 1.0, h[1]], word) * -2

    return loss, ([0.5, -0.25], 1, 2), [*model.parameters(), *table.parameters()]


@pytest.mark.parametrize(("name", "run_page"), LANGUAGES)
def test_a_page_runs_by_itself_and_prints_loss_and_gradients(name, run_page, tmp_path):
    loss, arguments, parameters = everything()
    wanted = eagerly(loss, arguments, parameters)
    step = compile(loss, parameters)
    step(*arguments)
    gradients(parameters)
    printed = run_page(getattr(step, name), tmp_path)
    names, numbers = zip(*(line.split() for line in printed.splitlines()))
    assert names[0] == "loss" and "d_model_layers_0_weight_0_0" in names
    assert_same((float(numbers[0]), [float(x) for x in numbers[1:]]), (wanted[0], [grad or 0.0 for grad in wanted[1]]))


@pytest.mark.parametrize("language", ["python", "c", "javascript"])
def test_the_page_of_a_neuron(language, golden):
    neuron = nn.Linear(2, 1, seed=0)
    neuron.load_state_dict({"weight": [[0.5, -1.0]], "bias": [0.25]})

    def loss(x, y):
        h = neuron(x)[0].tanh()
        h.label = "h"
        return (h - y) ** 2

    program = trace(loss, ([1.0, 2.0], 1.0), neuron.parameters())
    suffix = {"python": "py", "c": "c", "javascript": "js"}[language]
    golden(f"neuron.{suffix}", page(program, language, "loss(x, y)", [1.0, 2.0, 1.0]))


def test_the_loop_over_rows(golden):
    w, b = Value(0.5, label="w"), Value(0.25, label="b")
    program = trace(lambda x, y: (w * x + b - y) ** 2 + 0.1 * (w * w), (1.0, 2.0), [w, b])
    golden("loop.py", python_loop(program) + "\n")


def test_what_runs_is_what_is_shown():
    w = Value(3.0, label="w")
    step = compile(lambda x: (w * x).tanh(), [w])
    step(1.0)
    program = step._latest.program
    assert python_function(program) in step.source
    body = python_function(program).partition("\n\n")[2].rpartition("\n\n")[0]
    assert body in python_function(program, bound=True)


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize(("name", "run_page"), LANGUAGES)
def test_no_label_gets_out_of_the_page(name, run_page, label, tmp_path):
    w = Value(3.0, label=label)

    class Layer(nn.Module):
        def forward(self, x):
            h = w * x
            h.label = label
            return h.tanh()

    Layer.__name__ = label.replace("\0", "") or "Layer"
    layer = Layer()

    def loss(x):
        return layer(x) + w

    loss.__name__ = label
    step = compile(loss, [w], "python")
    result = step(0.5)
    lines = run_page(getattr(step, name), tmp_path).splitlines()
    assert [float(line.split()[1]) for line in lines] == pytest.approx([result, w.grad])
    for line in getattr(step, name).splitlines():
        assert line.isascii() and len(line) < 240 and not line.endswith("\\")


def test_only_ascii_identifiers_that_are_all_different():
    parameters = [Value(float(i + 1), label=label) for i, label in enumerate(HOSTILE)]
    names = identifiers(trace(lambda: dot(parameters, parameters), (), parameters))
    both = [*names.values(), *(f"d_{name}" for name in names.values())]
    assert len(set(both)) == len(both)
    assert all(name.isascii() and name.isidentifier() and "__" not in name for name in both)


def test_names_are_those_of_the_drawing():
    w = Value(3.0, label="w")
    with_two = [Value(1.0), Value(2.0)]

    def loss(x):
        return (w * x + with_two[0]).tanh() * with_two[1] + w

    graph = named_graph(loss(2.0))
    source = compile(loss, [w, *with_two], "python")
    source(2.0)
    tree = ast.parse(source.source)
    defined = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    drawn = {graph.name(node).replace("[", "_").rstrip("]") for node in graph.nodes}
    assert drawn <= defined, (drawn, defined)


@pytest.mark.parametrize("count", [TERMS - 1, 3 * TERMS + 1, 3_000])
def test_long_sums_are_split(count):
    ws = [Value(1.0 / (i + 1)) for i in range(count)]

    def loss(xs):
        return dot(xs, ws, ws[0]) + maximum(ws[: count // 20]) + dot(ws, ws)

    xs = [0.5 + i % 7 for i in range(count)]
    step = compile(loss, ws, "python")
    assert_same((step(xs), gradients(ws)), eagerly(loss, (xs,), ws), exactly=True)
    assert max(map(len, step.source.splitlines())) < 120


def test_a_value_with_thousands_of_users_is_split():
    w = Value(0.5)

    def loss(xs):
        return dot([w * x for x in xs], xs)

    xs = [1.0 + i % 3 for i in range(2_000)]
    step = compile(loss, [w], "python")
    assert_same((step(xs), gradients([w])), eagerly(loss, (xs,), [w]), exactly=True)


def test_what_is_too_large_for_a_page_says_so():
    w = Value(1.0)

    def loss():
        total = w
        for _ in range(MOST + 1):
            total = total + w
        return total

    with pytest.raises(CompileError, match=r"100,001 operations are too many .* step.batch"):
        compile(loss, [w], "python")()


def test_an_eager_graph_is_emitted_as_well():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    f = (a * b).tanh()
    text = python_function(Program(f, [a, b], names={f: "f"}))
    namespace = {}
    exec("from math import tanh\n" + text, namespace)
    f.backward()
    assert namespace["step"]((), (2.0, 3.0), (0.0, 0.0)) == (f.data, (a.grad, b.grad))


def test_numbers_that_are_not_finite(tmp_path):
    w = Value(2.0)
    step = compile(lambda: w + float("inf") * w, [w], "python")
    assert step() == float("inf")
    assert "inf" in run_python(step.source, tmp_path)


def test_random_graphs_through_c_source(tmp_path):
    if not shutil.which("cc"):
        pytest.skip("no C compiler here")
    rng = random.Random(5)
    instructions, numbers = program(rng, 20), inputs(rng)
    parameters = [Value(x) for x in numbers]

    def loss():
        return run(instructions, parameters)

    wanted = eagerly(loss, (), parameters)
    step = compile(loss, parameters, "python")
    step()
    printed = [float(line.split()[1]) for line in run_c(step.source_c, tmp_path).splitlines()]
    assert_same((printed[0], printed[1:]), (wanted[0], [g for g in wanted[1] if g is not None]))
    assert len(Graph(loss())) > 20
