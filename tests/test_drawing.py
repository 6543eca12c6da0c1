"""Pictures: their contents agree with the graph, they say what they show, and no label breaks out of them."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawn import HOSTILE, Part, emblem, needs_engine, neuron, shapes
from random_graphs import inputs, program, run

from autograd import AutogradError, Value, dot, draw, op, total
from autograd.drawing import drawing, output
from autograd.drawing.palette import DARK, LIGHT, mix
from autograd.errors import ArgumentError, GraphError, ToolError
from autograd.explain.naming import one_line
from autograd.graph import Graph
from autograd.ops import OPS

TESTS = Path(__file__).parent


def wide():
    layer = Part(weight=[Value(0.5), Value(-0.25)], bias=[Value(0.1)])
    w, (b,) = layer.held["weight"], layer.held["bias"]
    return layer.call(lambda: dot(w, [1.0, 2.0], b).relu())


def said(drawing) -> list[str]:
    """Return the words of a drawing, in order."""
    return re.findall(r">([^<>]+)<", drawing.source.replace("label=<", "label=<>"))


# --- What is in a picture ---


@pytest.mark.parametrize("name", ["emblem", "neuron", "wide"])
def test_golden(name, golden):
    value = {"emblem": emblem, "neuron": neuron, "wide": wide}[name]()
    golden(f"{name}_before.gv", draw(value, names={}).source)
    value.backward()
    golden(f"{name}.gv", draw(value, names={}).source)
    golden(f"{name}_dark_formulas.gv", draw(value, names={}, theme="dark", formulas=True).source)


@pytest.mark.parametrize("seed", range(30))
def test_a_node_a_value_and_an_operation_and_an_arrow_an_operand(seed):
    rng = random.Random(seed)
    value = run(program(rng, 5 + seed), [Value(x) for x in inputs(rng)])
    graph = Graph(value)
    operations = [node for node in graph.nodes if node.operands]
    constants = sum(isinstance(operand, float) for node in operations for operand in node.operands)
    nodes, arrows = shapes(draw(value, page=None).source)
    assert len(nodes) == len(graph) + len(operations) + constants
    assert len(arrows) == sum(len(node.operands) for node in operations) + len(operations)
    assert len(set(nodes)) == len(nodes) and {end for arrow in arrows for end in arrow} <= set(nodes)


def test_both_arrows_of_a_plus_a_are_there():
    _, arrows = shapes(draw(emblem()).source)
    assert arrows.count(("v0", "ov1")) == 2


def test_not_reached_is_said_and_never_zero():
    f = neuron()
    assert said(draw(f)).count("grad not reached") == 6 and "grad" not in said(draw(f))
    f.backward()
    assert "grad not reached" not in said(draw(f)) and said(draw(f)).count("grad") == 6
    f.zero_grad()
    f.operands[0].grad = 0.0  # somebody's zero, not ours
    assert said(draw(f)).count("grad") == 1


def test_an_arrow_carries_the_partial_and_never_the_gradient():
    f = emblem()
    f.backward()
    labels = re.findall(r"-> ov\d .*?<TD>(\S+)</TD>", draw(f).source)
    assert sorted(labels) == ["1", "1", "1", "2", "3"]  # b's gradient is 5, a's 10


def test_kinds_are_told_apart_by_shape():
    picture = draw(wide() * Value(3.0, label="x"))
    kinds = {box.kind: box.id for box in picture.picture.boxes}
    lines = {
        kind: next(x for x in picture.source.splitlines() if re.match(rf"\s*{id} \[", x)) for kind, id in kinds.items()
    }
    assert "peripheries=2" in lines["parameter"] and "style=filled" in lines["parameter"]
    assert "style=filled" in lines["input"] and "peripheries" not in lines["input"]
    assert "style=" not in lines["value"]  # rounded, as is the default
    assert LIGHT["constant"] in lines["constant"]


def test_every_operation_can_be_drawn(monkeypatch):
    monkeypatch.setattr("autograd.ops.OPS", dict(OPS))
    mine = op("test_drawing_mine", '<"|\\N>', "a * a", "2 * a") if "test_drawing_mine" not in OPS else None
    x, larger = Value(0.5), Value(1.5)
    methods = [name for name, row in OPS.items() if not row.wide and hasattr(x, name) and len(row.operands) == 1]
    defined = [getattr(larger if name == "acosh" else x, name)() for name in methods]
    for f in defined + ([mine(x)] if mine else []):
        f.backward()
        assert len(shapes(draw(f).source)[0]) >= 3
    OPS.pop("test_drawing_mine", None)


def test_parameters_that_changed_since_are_named():
    f = wide()
    leaf = next(node for node in Graph(f).nodes if not node.operands)
    f.backward()
    assert "changed after" not in draw(f).source
    leaf.data += 1
    assert any(line.startswith("weight[0]") and "changed after" in line for line in said(draw(f)))


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e-300, 1.7976931348623157e308]
)
def test_no_number_breaks_a_picture(number):
    a = Value(number)
    f = a * 1.0 + a
    f.backward()
    a.grad = number
    source = draw(f).source
    assert "penwidth=nan" not in source and "penwidth=inf" not in source


def test_a_leaf_is_a_picture_too():
    assert shapes(draw(Value(3.0, label="x")).source) == (["v0"], [])


def test_what_was_folded_is_said():
    w = Value(2.0, label="w")
    loss = total([(w * float(i) - 1) ** 2 for i in range(100)])
    loss.backward()
    words = " ".join(said(draw(loss)))
    assert "302 values in" in words and "×n: n alike, one is shown" in words and "×100" in words


def test_excerpts_say_that_they_are():
    f = neuron()
    assert "4 of the 6 values of f" in " ".join(said(draw(f, path="a")))
    assert "4 of the 6 values of f" in " ".join(said(draw(f, at=f.operands[0], radius=1)))
    with pytest.raises(GraphError, match=r"To write a picture: draw\(\)\.render\('f\.png'\)"):
        draw(f, path="f.png")
    with pytest.raises(GraphError, match="no value is called 'nobody'"):
        draw(f, at="nobody")
    with pytest.raises(GraphError):
        draw(f, path=Value(1.0))


def test_themes():
    f = neuron()
    assert DARK["paper"] in draw(f, theme="dark").source
    with pytest.raises(ArgumentError, match="want theme='light', 'dark' or 'auto', got 'pink'"):
        draw(f, theme="pink")
    for theme in (LIGHT, DARK):
        for ink, paper in (("ink", "paper"), ("faint", "paper"), ("faint", "cluster"), ("symbol", "operation"),
                           ("ink", "parameter"), ("ink", "input"), ("faint", "parameter"), ("faint", "input"),
                           ("ink", "module"), ("faint", "module"), ("faint", "constant")):  # fmt: skip
            assert contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper)
        for sign in ("positive", "negative"):
            assert contrast(theme["ink"], mix(theme["paper"], theme[sign], 0.6)) >= 4.5, sign


def test_a_title_stands_over_the_picture_in_both_themes():
    f = wide()
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        plain, titled = draw(f, theme=theme), draw(f, theme=theme, title="iris, update 10 (seed 0)")
        assert f'COLOR="{colours["ink"]}"><B>iris, update 10 (seed 0)</B>' in titled.source
        assert shapes(titled.source) == shapes(plain.source) and titled.picture.size() == plain.picture.size()
    assert draw(f, title="").source == draw(f).source
    assert "<B>t</B>" in draw(f, title="t").copy().source
    assert draw(f, title='a "b"').copy().mermaid().startswith('---\ntitle: "a #34;b#34;"\n---\nflowchart LR\n')
    with pytest.raises(ArgumentError, match="want title=text, a str, got 10"):
        draw(f, title=10)


@needs_engine
def test_a_title_is_the_topmost_text_and_hides_no_frame():
    """An attribute of a frame is passed on to those in it, unless they say otherwise."""
    layer = Part(w=[Value(1.0)])
    f = layer.call(lambda: layer.held["w"][0] * 2.0)
    plain, titled = (draw(f, title=title).pipe(encoding="utf-8") for title in ("", "over all"))
    space = "{http://www.w3.org/2000/svg}"
    texts = ElementTree.fromstring(titled.encode()).iter(f"{space}text")
    assert min(texts, key=lambda text: float(text.get("y"))).text == "over all"
    frames = [re.findall(r'<path fill="#f6f8fa" stroke="(#\w+)"', svg) for svg in (plain, titled)]
    assert frames[0] and frames[0] == frames[1]


def contrast(one: str, other: str) -> float:
    """Return how readable one colour is on another, as WCAG 2 defines it."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.slow
def test_same_graph_same_bytes():
    """Another process, with different hashes, makes the same picture."""
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import json; from test_folding import batch; from drawn import neuron;"
        "from autograd import draw; loss = batch(8)[0];"
        "print(json.dumps([draw(neuron()).source] + [draw(loss, budget=b, title='t').source for b in (10, 40, 200)]))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code, str(TESTS), str(TESTS.parent)], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] and len(json.loads(runs[0])) == 4


# --- Labels that try to break out ---


def hostile():
    values = [Value(float(i + 1), label=label) for i, label in enumerate(HOSTILE)]
    f = sum(values[1:], values[0])
    f.label = HOSTILE[1]
    f.backward()
    return f, values


TITLES = [pytest.param({"title": label}, marks=[pytest.mark.slow] * (k % 4 > 0)) for k, label in enumerate(HOSTILE)]


@needs_engine
@pytest.mark.parametrize("options", [{}, {"formulas": True}, {"budget": 5}, {"theme": "dark"}, *TITLES])
def test_hostile_labels_stay_text(options):
    f, values = hostile()
    svg = draw(f, page=None, **options).pipe(encoding="utf-8")
    root = ElementTree.fromstring(svg.encode())
    space = "{http://www.w3.org/2000/svg}"
    allowed = {
        "svg",
        "g",
        "title",
        "desc",
        "polygon",
        "polyline",
        "path",
        "text",
        "ellipse",
        "a",
        "defs",
        "linearGradient",
        "stop",
    }
    for element in root.iter():
        assert element.tag.removeprefix(space) in allowed
        for name in element.attrib:
            assert not name.lower().startswith("on") and not name.endswith("href")
    texts = {text.text for text in root.iter(f"{space}text")}
    assert f"{one_line(HOSTILE[1])}" in texts
    assert one_line(options.get("title", ""), 160).strip() in {"", *((text or "").strip() for text in texts)}
    if not options:
        for value in values:
            if value.label.strip():
                assert one_line(value.label).strip() in {(text or "").strip() for text in texts}, value.label


@needs_engine
def test_module_names_are_labels_too():
    for label in HOSTILE:
        nasty = type(label.replace("\x00", "") if "\ud800" not in label else "Nasty", (Part,), {})
        layer = nasty(w=[Value(1.0)])
        f = layer.call(lambda: layer.held["w"][0] * 2.0)  # noqa: B023
        for options in ({}, {"depth": 0}):
            ElementTree.fromstring(draw(f, **options).pipe(encoding="utf-8").encode())


# --- Showing ---


@pytest.fixture
def opened(monkeypatch):
    found = []
    monkeypatch.setattr(output, "open_file", found.append)
    return found


@needs_engine
def test_show_opens_the_picture_and_says_where_it_is(opened, capsys):
    f = neuron()
    f.label = "../f <x>"
    for shows, name in ((f, "___f__x_.svg"), (f.draw(), "___f__x__2.svg")):
        path = shows.show()
        assert opened.pop() == path and capsys.readouterr().out == f"{path}\n"
        assert os.path.basename(path) == name
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


@needs_engine
def test_what_is_shown_stays_in_one_folder_for_each_process(opened):
    first, second = neuron().show(), neuron().show(theme="dark")
    assert os.path.dirname(first) == os.path.dirname(second) and first != second
    assert opened == [first, second] and all(os.path.exists(path) for path in opened)


def test_show_falls_back_to_text(monkeypatch, capsys, opened):
    from autograd.drawing import engines

    monkeypatch.setattr(engines, "lay_out", lambda *_, **__: (_ for _ in ()).throw(ToolError("no engine")))
    assert neuron().show() == "" and not opened
    out = capsys.readouterr().out
    assert out.startswith("no engine\n") and "f = tanh(v4)" in out


@needs_engine
def test_a_value_shows_itself_in_a_notebook():
    f = neuron()
    bundle = f._repr_mimebundle_()
    assert bundle["text/plain"] == repr(f) and "f = " in bundle["text/html"]
    assert f._repr_mimebundle_(["image/svg+xml"])["image/svg+xml"].startswith("<?xml")


def test_a_display_never_raises(monkeypatch):
    f = neuron()
    monkeypatch.setattr(drawing, "DotWriter", lambda *_: 1 / 0)
    assert f._repr_mimebundle_() == {"text/plain": repr(f)}


def test_names_in_a_notebook_are_those_of_its_variables(monkeypatch):
    import types

    a = Value(1.0)
    f = a * 2
    shown = types.SimpleNamespace(active_types=["text/plain", "image/svg+xml"])
    shell = types.SimpleNamespace(user_ns={"mine": a, "_": f, "_1": f, "result": f}, display_formatter=shown)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    seen = []
    real = drawing.draw
    monkeypatch.setattr(
        drawing, "draw", lambda value, **options: seen.append(options["names"]) or real(value, **options)
    )
    f._repr_mimebundle_()
    assert seen == [{a: "mine", f: "result"}]

    shown.active_types = ["text/plain"]  # IPython in a terminal
    assert f._repr_mimebundle_() == {"text/plain": repr(f)} and len(seen) == 1


def test_without_an_engine_a_notebook_gets_text_and_the_fix(monkeypatch):
    from autograd.drawing import engines

    monkeypatch.setattr(engines, "lay_out", lambda *_, **__: (_ for _ in ()).throw(ToolError("install one")))
    (text,) = neuron()._repr_mimebundle_().values()
    assert "f = tanh(v4)" in text and text.endswith("install one")


def test_errors_are_ours():
    assert issubclass(ToolError, AutogradError) and issubclass(ToolError, RuntimeError)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (3, "int$"),
        ([], "list: give one of the Values in it"),
        ([3], "int$"),
        (lambda: Value(1.0), "function: give what it returns"),
    ],
)
def test_what_is_no_value_is_refused_in_words(thing, said):
    with pytest.raises(ArgumentError, match=f"want a Value, the result of a computation, got .*{said}"):
        draw(thing)


def test_a_gradient_that_cancels_out_is_no_wide_arrow():
    """What comes back to an input of a closed module is the sum over all its uses there."""
    x = Value(2.0, label="x")
    part = Part(w=[Value(1.0)])
    (y,) = part.call(lambda: [(x * 3.0 - x * 3.0) + part.held["w"][0]])
    y.backward()
    arrows = draw(y * 1.0, depth=0).picture.arrows
    (into,) = [arrow for arrow in arrows if arrow.tail.node is x]
    assert into.head.kind == "module" and into.contributions == [0.0]


def test_a_result_inside_a_closed_module_is_shown():
    part = Part(w=[Value(4.0)])
    (y,) = part.call(lambda: [part.held["w"][0] * 3.0])
    (box,) = [box for box in draw(y, depth=0).picture.boxes if box.kind == "module"]
    assert ("result", "12") in box.facts()
