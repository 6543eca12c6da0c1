"""Emitted source: it runs, it says what it does, it computes what the engine computes, and no label gets out of it."""

from __future__ import annotations

import ast
import random
import re
import shutil
import subprocess
import sys

import pytest
from backends import GRAPHS, assert_same, eagerly, gradients, needs_c, trace
from random_graphs import inputs, program, run

import nn
import nn.functional as F
from autograd import Stepper, Value, compile, dot, draw, maximum, op
from autograd.compiled.codegen import MOST, TERMS, Statements, identifiers
from autograd.compiled.export import function, page, python_loop
from autograd.compiled.program import Program
from autograd.errors import ToolError
from autograd.explain.naming import named_graph
from autograd.formula.languages import WIDTH
from autograd.graph import Graph
from autograd.modes import named_scope
from autograd.native.build import compiler
from autograd.ops import OPS

HOSTILE = [
    "*/ int main(void) { return 1; } /*", "\nimport os\n", '"""', "'; DROP", "\\", "ends with a backslash \\", "??/",
    "</script><script>alert(1)</script>", "\u2028alert(1)", "имя", "x y", "lambda", "int", "var", "exp", "d_w", "step",
    "larger", "__class__", "1st", "", "{}", "%s", "w", "w", "a" * 500,
]  # fmt: skip


EACH = [pytest.param(label, marks=[pytest.mark.slow] * (k % 4 > 0)) for k, label in enumerate(HOSTILE)]
SOME = min(GRAPHS // 3, 400)  # random graphs in sections, beside those that go through every backend elsewhere


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


LANGUAGES = [
    pytest.param("source", run_python, id="python"),
    pytest.param("source_c", run_c, id="c", marks=needs_c),
]


def everything():
    """Return a function with every kind of statement in it, its arguments and parameters."""
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


@pytest.mark.parametrize("language", ["python", "c"])
def test_the_page_of_a_neuron(language, golden):
    neuron = nn.Linear(2, 1, seed=0)
    neuron.load_state_dict({"weight": [[0.5, -1.0]], "bias": [0.25]})

    def loss(x, y):
        h = neuron(x)[0].tanh()
        h.label = "h"
        return (h - y) ** 2

    program = trace(loss, ([1.0, 2.0], 1.0), neuron.parameters())
    suffix = {"python": "py", "c": "c"}[language]
    golden(f"neuron.{suffix}", page(program, language, "loss(x, y)", [1.0, 2.0, 1.0]))


def test_the_loop_over_rows(golden):
    w, b = Value(0.5, label="w"), Value(0.25, label="b")
    program = trace(lambda x, y: (w * x + b - y) ** 2 + 0.1 * (w * w), (1.0, 2.0), [w, b])
    golden("loop.py", python_loop(program) + "\n")


def test_what_runs_is_what_is_shown():
    w = Value(3.0, label="w")
    step = compile(lambda x: (w * x).tanh(), [w])
    step(1.0)
    program = step.programs.latest.program
    assert function(program, "python") in step.source
    body = function(program, "python").partition("\n\n")[2].rpartition("\n\n")[0]
    shown = body.replace(" = 1.0\n", " = seed\n")
    for name, equal in re.findall(r"(d_v\d+) = (d_v\d+|seed)\n", shown):  # what runs has one name for both
        shown = re.sub(rf"\b{name}\b", equal, shown)
    lines = [line.strip() for line in shown.splitlines() if "=" in line]
    assert [line for line in lines if not re.fullmatch(r"(\w+) = \1", line)] == [
        line.strip()
        for line in python_loop(program).splitlines()
        if line.startswith(8 * " ") and "=" in line and "losses" not in line
    ]


@pytest.mark.parametrize("label", EACH)
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


def models():
    """Functions of modules, their arguments and parameters."""
    mlp = nn.MLP(2, [16, 16, 1], seed=0)
    head = nn.SelfAttention(2, seed=0)
    table, last = nn.Embedding(5, 3, seed=0), nn.Linear(3, 5, seed=1)
    yield lambda x, y: F.hinge_loss(mlp(x), [y]), ([0.5, -1.0], 1.0), mlp.parameters()
    xs = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, -0.8]]
    yield lambda xs: F.mse_loss(head(xs, is_causal=True), xs), (xs,), head.parameters()
    yield lambda i, y: F.cross_entropy(last(table(i)), y), (2, 4), [*table.parameters(), *last.parameters()]
    yield everything()


@pytest.mark.parametrize("case", range(4))
def test_pages_of_modules_are_exact_and_narrow_enough(case):
    loss, arguments, parameters = list(models())[case]
    parameters = list(parameters)
    wanted = eagerly(loss, arguments, parameters)
    step = compile(loss, parameters, "python")
    assert_same((step(*arguments), gradients(parameters)), wanted, exactly=True)
    assert_same((step.batch(*([x] for x in arguments)), gradients(parameters)), wanted, exactly=True)
    for text in (step.source, step.source_c):
        assert max(len(line) for line in text.splitlines() if "=>" not in line) <= WIDTH + len("    ")


def test_a_module_is_one_section_on_the_way_there_and_one_on_the_way_back():
    loss, arguments, parameters = next(models())
    step = compile(loss, parameters, "python")
    step(*arguments)
    forward, backward = step.source.split("# backward:")
    modules = ["layers.0", "layers.0.relu", "layers.1", "layers.1.relu", "layers.2", "what is outside all modules"]
    assert re.findall(r"^    # (.*)$", forward.partition("# forward:")[2], re.MULTILINE) == modules
    sections = re.findall(r"^    # gradients arriving at (.*)$", backward, re.MULTILINE)
    assert sections[:5] == modules[-2::-1]
    assert sections[5:] == [f"layers.{k}.{name}" for k in range(3) for name in ("weight", "bias")]


def test_parts_of_a_module_are_named_with_it():
    heads = nn.ModuleList([nn.SelfAttention(2, seed=0), nn.SelfAttention(2, seed=1)])

    class Two(nn.Module):
        def __init__(self):
            self.heads = heads

        def forward(self, xs):
            return [head(xs)[0][0] for head in self.heads]

    two = Two()
    step = compile(lambda xs: dot(*[two(xs)] * 2), two.parameters(), "python")
    step([[0.5, 1.0], [0.25, -1.0]])
    assert step.source.count("    # heads.1: queries\n") == 1 == step.source.count("arriving at heads.1: queries\n")


def in_scopes(instructions, numbers, rng, picks=()):
    """Return a random program, each of its instructions in one of three parts, with picks among what it has
    computed."""
    xs = list(numbers)
    for i, (name, places) in enumerate(instructions):
        with named_scope("abc"[int(rng.random() * 3)]):
            xs.append(run([(name, range(len(places)))], [xs[k] for k in places]))
            if picks and i % 5 == 4:
                xs.append(F.pick([xs[int(rng.random() * len(xs))] for _ in range(3)], picks[i % 2]))
    return dot(xs[-4:], xs[:4])


@pytest.mark.slow
def test_lines_in_another_order_add_up_in_that_of_backward():
    """No matter which order the sections give the lines, the bits are those of the engine."""
    moved = 0
    for seed in range(SOME):
        rng = random.Random(seed)
        instructions, numbers = program(rng, 12), inputs(rng)
        parameters = [Value(x) for x in numbers]

        def loss(x):
            return in_scopes(instructions, [*parameters, Value(x)], random.Random(seed))  # noqa: B023

        wanted = eagerly(loss, (0.5,), parameters)
        step = compile(loss, parameters, "python")
        assert_same((step(0.5), gradients(parameters)), wanted, exactly=True)
        assert_same((step.batch([0.5]), gradients(parameters)), wanted)
        numbered = [int(n) for n in re.findall(r"^    v(\d+) =", step.source, re.MULTILINE)]
        moved += numbered != sorted(numbered)
    assert moved > SOME // 3


@pytest.mark.slow
def test_picks_agree_with_sections_and_without(monkeypatch):
    for sections in (True, False):
        if not sections:
            monkeypatch.setattr(Statements, "together", lambda self: self.program.order)
        for seed in range(SOME):
            rng = random.Random(seed)
            instructions, numbers = program(rng, 12), inputs(rng)
            parameters = [Value(x) for x in numbers]

            def loss(x, picks):
                return in_scopes(instructions, [*parameters, Value(x)], random.Random(seed), picks)  # noqa: B023

            wanted = eagerly(loss, (0.5, [seed % 3, 1]), parameters)
            step = compile(loss, parameters, "python")
            step(0.5, [seed % 3, 1])
            assert_same((wanted[0], gradients(parameters)), wanted)


def test_names_are_those_of_the_drawing_the_tree_and_the_stepper():
    model = nn.MLP(2, [3, 1], seed=0)
    scale = Value(0.5, label="scale")

    def loss(x, y):
        h = model(x)[0] * scale
        h.label = "h"
        result = (h - y) ** 2
        result.label = "loss"
        return result

    step = compile(loss, [*model.parameters(), scale], "python")
    step([0.5, -1.0], 2.0)
    result = loss([0.5, -1.0], 2.0)
    ours = re.compile(r"\b(v\d+|h|loss)\b")
    names = [
        ours.match(line.strip())
        for line in step.source.partition("# forward")[2].partition("# backward")[0].splitlines()
    ]
    names = {found[0] for found in names if found}
    stepper = Stepper(result)
    assert names == {stepper.graph.name(node) for node in stepper.graph.nodes if node.operands}
    assert names == set(ours.findall(result.tree()))
    assert names == set(ours.findall(repr(stepper)))
    assert names == set(re.findall(r'tooltip="(v\d+|h|loss) \(', draw(result, fold=False).source))


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


@pytest.mark.needs_stack
def test_what_is_too_large_for_a_page_says_so():
    w = Value(1.0)

    def loss():
        total = w
        for _ in range(MOST + 1):
            total = total + w
        return total

    with pytest.raises(ToolError, match=r"100,001 operations are too many .* step.batch"):
        compile(loss, [w], "python")()


def test_an_eager_graph_is_emitted_as_well():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    f = (a * b).tanh()
    text = function(Program(f, [a, b], names={f: "f"}), "python")
    namespace = {}
    exec("from math import tanh\n" + text, namespace)
    f.backward()
    assert namespace["step"]((), (2.0, 3.0), (0.0, 0.0)) == (f.data, [a.grad, b.grad])


def test_numbers_that_are_not_finite(tmp_path):
    w = Value(2.0)
    step = compile(lambda: w + float("inf") * w, [w], "python")
    assert step() == float("inf")
    assert "inf" in run_python(step.source, tmp_path)


@pytest.mark.parametrize(("name", "run_page"), LANGUAGES)
def test_the_page_of_an_infinite_slope(name, run_page, tmp_path):
    w = Value(0.0, label="w")
    step = compile(lambda: w * w.sqrt(), [w], "python")
    assert (step(), w.grad, step.last_backend) == (0.0, 0.0, "eager")
    text = getattr(step, name)
    if name == "source":
        with pytest.raises(subprocess.CalledProcessError):
            run_page(text, tmp_path)
    else:
        assert "0 * inf is nan, not 0" in text and "d_w nan" in run_page(text, tmp_path).lower().replace("-nan", "nan")


@pytest.mark.parametrize(("name", "run_page"), LANGUAGES)
def test_a_long_formula_is_broken_where_it_may_be(name, run_page, tmp_path):
    far = " + ".join(f"0.{i}1234567890123 * a" for i in range(1, 9))
    try:
        far_row = op(
            "far_row", "far", f"{far} if a > 0 else exp({far})", f"({far}) / a if a > 0 else out * ({far}) / a"
        )
        top = op("top_row", "top", f"max(xs[i] + {far.replace('* a', '* xs[i]')})", xs="1 / n")
        w = Value(0.5, label="w")

        def loss(i, x):
            return far_row(F.pick([w, w * x], i)) * far_row(-w) + top([w, w * x])

        wanted = eagerly(loss, (1, 2.0), [w])
        step = compile(loss, [w], "python")
        assert_same((step(1, 2.0), gradients([w])), wanted)
        text = getattr(step, name)
        printed = [float(line.split()[1]) for line in run_page(text, tmp_path).splitlines()]
        assert_same((printed[0], printed[1:]), wanted)
        assert max(len(line) for line in text.splitlines() if "=>" not in line) <= WIDTH + 4
    finally:
        OPS.pop("far_row", None), OPS.pop("top_row", None)


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
