"""What a notebook shows: a line of text and below it a picture that fits the cell, as one HTML block."""

from __future__ import annotations

import base64
import re

import pytest

from autograd import Value, compile


def graph():
    a, b = Value(2.0, label="a<b>&"), Value(-3.0, label="b")
    f = (a * b + 10).tanh()
    f.label = "f"
    return f


def shown(thing):
    """The text and the picture of the block that a notebook shows."""
    bundle = thing._repr_mimebundle_()
    if "text/html" not in bundle:
        pytest.skip("no layout engine here")
    text = re.search(r"<pre[^>]*>(.*)</pre>", bundle["text/html"], re.DOTALL)[1]
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', bundle["text/html"])[1]
    svg = base64.b64decode(picture).decode()
    assert svg == bundle["image/svg+xml"] and "</svg>" in svg
    assert (
        "max-width:100%" in bundle["text/html"]
        and 'type="checkbox"' in bundle["text/html"]
        and "<script" not in bundle["text/html"]
    )
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'").replace("&quot;", '"').replace(
        "&amp;", "&"
    ), svg


def test_each_shows_its_text_and_its_picture():
    f = graph()
    stepper = f.step_through()
    for thing in (f, stepper, f.draw(), stepper.step(), stepper.undo(), stepper.run()):
        text, _ = shown(thing)
        assert text == repr(thing)
    assert "a<b>&" in shown(f.step_through())[0]


def test_a_step_lights_its_own_edge():
    stepper = graph().step_through()
    first = stepper.step()
    one = shown(first)[1]
    assert first.moved == 1 and one == shown(stepper)[1] != shown(stepper.step())[1]


def test_a_value_fits_the_cell():
    xs = [Value(0.1 * i, f"x{i}") for i in range(40)]
    size = re.search(r'<svg[^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', shown(sum(xs).tanh())[1])
    assert float(size[1]) <= 641 and float(size[2]) <= 376


def test_text_shows_as_text_mermaid_and_latex_by_their_kinds():
    f = graph()
    assert f.mermaid()._repr_mimebundle_()["text/vnd.mermaid"] == f.mermaid() == repr(f.mermaid())
    assert "\\frac" in (f / 2).latex()._repr_latex_() and repr(f.formula()) == str(f.formula())
    w = Value(2.0)
    step = compile(lambda x: w * x, [w])
    step(1.0)
    assert repr(step.source) == str(step.source) and "\n" in repr(step.source)
