"""What a notebook shows: a line of text and below it a picture that fits the cell, as one HTML block."""

from __future__ import annotations

import base64
import html
import re
import sys

import pytest

from autograd import Recorder, TrainingStepper, Value, compile, dot
from autograd.drawing import engines, set_engine

# Graphviz compiled for a browser draws no PNG, which notebooks show for print.
pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="no PNG in a browser")


def graph():
    a, b = Value(2.0, label="a<b>&"), Value(-3.0, label="b")
    f = (a * b + 10).tanh()
    f.label = "f"
    return f


def shown(thing):
    """Return the text and the picture of the block that a notebook shows."""
    bundle = thing._repr_mimebundle_()
    if "text/html" not in bundle:
        pytest.skip("no layout engine here")
    text = re.search(r"<pre[^>]*>(.*)</pre>", bundle["text/html"], re.DOTALL)[1]
    pictures = [
        base64.b64decode(found).decode()
        for found in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', bundle["text/html"])
    ]
    assert all(svg.endswith("</svg>\n") for svg in pictures) and len(pictures) in (1, 2)
    assert "<script" not in bundle["text/html"] and bundle["image/png"].startswith(b"\x89PNG")
    assert "image/svg+xml" not in bundle  # which nbconvert does not turn into PDF without Inkscape
    return html.unescape(text), *pictures


def size(svg):
    found = re.search(r'<svg[^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    return float(found[1]), float(found[2])


def fits(svg):
    """Return whether all text is 9 points high or higher where the picture fits a cell."""
    width, height = size(svg)
    scale = min(1.0, 640 / width, 375 / height)
    return scale * min(float(points) for points in re.findall(r'font-size="([\d.]+)"', svg)) > 8.9


def test_each_shows_its_text_and_its_picture():
    f = graph()
    assert shown(f)[0] == "f = 0.9993, grad not reached" and repr(f).startswith("Value(0.999329")
    stepper = f.step_through()
    for thing in (stepper, f.draw(), stepper.step(), stepper.undo(), stepper.run()):
        assert shown(thing)[0] == repr(thing)
    assert shown(f)[0] == "f = 0.9993, grad 1"
    assert "a<b>&" in shown(f.step_through())[0]


def test_a_step_lights_its_own_edge():
    stepper = graph().step_through()
    first = stepper.step()
    one = shown(first)[1]
    assert first.moved == 1 and one != shown(stepper)[1] != shown(stepper.step())[1]
    assert shown(first)[1] == one  # whatever came after


def large():
    xs = [Value(0.1 * i, f"x{i}") for i in range(12)]
    ws = [Value(0.3 - 0.1 * i, f"w{i}") for i in range(12)]
    return dot(xs[:4], ws[:4]).tanh() * dot(xs[4:8], ws[4:8]).exp() + (dot(xs[8:], ws[8:]).sigmoid() - 2.0) ** 3


@pytest.mark.parametrize(
    "of", [lambda f: f, lambda f: f.draw(), lambda f: f.step_through(), lambda f: f.step_through().step()]
)
def test_text_can_be_read_in_the_cell_and_a_click_opens_the_whole(of):
    f = large()
    _, here, whole = shown(of(f))
    assert fits(here) and not fits(whole)


def test_what_is_asked_for_is_shown_as_it_is():
    """This holds for a page, and for all boxes; and if numbers have changed since, the picture is still the one
    drawn."""
    f = large()
    _, only = shown(f.draw(page=(2000, 900)))
    assert only == f.draw(page=(2000, 900)).pipe(encoding="utf-8")
    assert len(shown(f.draw(budget=None))) == 2
    drawing, before = f.draw(), f.draw().pipe(encoding="utf-8")
    f.backward()
    assert shown(drawing)[1:] == (before,)


def test_only_what_is_wanted_is_laid_out(monkeypatch):
    f, made = graph(), []
    real = engines.lay_out
    monkeypatch.setattr(
        engines, "lay_out", lambda source, kind, **options: made.append(kind) or real(source, kind, **options)
    )
    things = f, f.draw(), f.step_through(), f.step_through(fresh=True).step(), f.player()
    for thing in things:
        assert set(thing._repr_mimebundle_(include=["image/png"])) == {"text/plain", "image/png"}
        assert set(made) == {"png"}
        assert set(thing._repr_mimebundle_(exclude=["text/html", "image/png"])) == {"text/plain"}
        assert set(thing._repr_mimebundle_(include=["image/svg+xml"])) == {"text/plain", "image/svg+xml"}
        assert set(made) == {"png", "svg"} and set(thing._repr_mimebundle_()) == {
            "text/plain",
            "text/html",
            "image/png",
        }
        made.clear()


def test_without_an_engine_or_without_png_nothing_is_raised(monkeypatch):
    f = graph()
    recorder = Recorder([f])
    recorder.step(f)
    things = f, f.draw(), f.step_through(), f.step_through(fresh=True).step(), f.player(), recorder

    def only_svg(_, kind):
        if kind != "svg":
            raise ValueError(kind)
        return '<svg width="9pt" viewBox="0 0 9 9"></svg>'

    before = set_engine(only_svg)
    try:
        for thing in things[:5]:
            assert set(thing._repr_mimebundle_()) == {"text/plain", "text/html"}, thing
        set_engine(lambda *_: 1 / 0)
        for thing in things:
            assert "image/png" not in thing._repr_mimebundle_() and thing._repr_mimebundle_()["text/plain"]
    finally:
        set_engine(before)


def test_pages_carry_a_still_picture_for_viewers_that_strip_scripts():
    f = graph()
    recorder = Recorder([f])
    for _ in range(3):
        recorder.step(f)
    for thing in (f.player(), recorder):
        page = thing._repr_html_()
        style, still = page.index(".autograd-still{display:none}"), page.index('<div class="autograd-still">')
        assert style < still < page.index('src="data:image/svg+xml;base64,') < page.index("<iframe")
        bundle = thing._repr_mimebundle_()
        assert bundle["text/html"] == page and bundle["image/png"].startswith(b"\x89PNG")


def test_training_shows_its_state_and_the_graph_of_its_loss():
    def run(look):
        w = Value(0.5, label="w")
        training = TrainingStepper([w], lambda: (w - 3.0) ** 2, 0.1)
        look(training)
        for move in ["next", "step", "step", "next", "next", "next", "undo", "undo", "undo", "next", "run"]:
            look(getattr(training, move)())
            look(training)
        return w.data, w.grad, training.losses, repr(training)

    seen = []
    assert run(seen.append) == run(lambda thing: thing._repr_mimebundle_())  # looking changes nothing
    w = Value(0.5, label="w")
    training = TrainingStepper([w], lambda: (w - 3.0) ** 2, 0.1)
    assert training._repr_mimebundle_() == {"text/plain": repr(training)}  # there is no loss yet
    for thing in (training.forward(), training.step(), training.step(), training.update(), training):
        assert shown(thing)[0] == repr(thing)


def test_text_shows_as_text_mermaid_and_latex_by_their_kinds():
    f = graph()
    assert f.mermaid()._repr_mimebundle_()["text/vnd.mermaid"] == f.mermaid() == repr(f.mermaid())
    assert "\\frac" in (f / 2).latex()._repr_latex_() and repr(f.formula()) == str(f.formula())
    w = Value(2.0)
    step = compile(lambda x: w * x, [w])
    step(1.0)
    assert repr(step.source) == str(step.source) and "\n" in repr(step.source)
