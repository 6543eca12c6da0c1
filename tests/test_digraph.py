"""Drawing: graphviz's own calls, with and without an engine."""

from __future__ import annotations

import os
import re
import sys
from xml.etree import ElementTree

import pytest
from drawn import emblem, needs_engine, needs_png

from autograd.drawing import digraph, draw, engines
from autograd.drawing.digraph import Drawing
from autograd.errors import DeadlineError, ToolError


@needs_png
def test_pipe_gives_bytes_or_text():
    drawing = draw(emblem())
    assert drawing.pipe().startswith(b"<?xml")
    assert drawing.pipe(format="png").startswith(b"\x89PNG")
    text = drawing.pipe(encoding="utf-8")
    assert ElementTree.fromstring(text.encode()).tag.endswith("svg")
    assert drawing.pipe("dot").startswith(b"digraph")


@needs_png
def test_render_writes_what_graphviz_would(tmp_path):
    drawing = draw(emblem())
    assert drawing.render(tmp_path / "f") == str(tmp_path / "f.svg")
    assert (tmp_path / "f").read_text(encoding="utf-8") == drawing.source
    assert drawing.render("g", directory=tmp_path / "new", format="png", cleanup=True) == str(
        tmp_path / "new" / "g.png"
    )
    assert os.listdir(tmp_path / "new") == ["g.png"]
    assert drawing.render(outfile=tmp_path / "h.svg") == str(tmp_path / "h.svg")
    with pytest.raises(FileExistsError):
        drawing.render(outfile=tmp_path / "h.svg", raise_if_result_exists=True)


@needs_png
def test_a_name_that_ends_like_a_picture_is_the_picture(tmp_path):
    path = draw(emblem()).render(tmp_path / "f.png")
    assert path == str(tmp_path / "f.png") and os.listdir(tmp_path) == ["f.png"]
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")
    assert draw(emblem()).save(tmp_path / "g.png") == str(tmp_path / "g.png")
    assert (tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")
    assert "digraph" in (tmp_path / draw(emblem()).save(tmp_path / "g.gv")).read_text()


@needs_engine
def test_view_opens_the_picture(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(digraph, "open_file", opened.append)
    path = draw(emblem()).view(tmp_path / "f")
    assert opened == [path]


@needs_png
def test_notebooks_get_a_picture():
    drawing = draw(emblem())
    assert set(drawing._repr_mimebundle_()) == {"text/plain", "text/html", "image/png"}
    assert drawing._repr_mimebundle_(["image/svg+xml"])["image/svg+xml"] == drawing.pipe(encoding="utf-8")
    assert set(drawing._repr_mimebundle_(include=["image/png"])) == {"text/plain", "image/png"}
    assert set(drawing._repr_mimebundle_(exclude=["text/html", "image/png"])) == {"text/plain"}


def without_engine(monkeypatch):
    def no_engine(*_, **__):
        raise ToolError("there is no layout engine to draw with: install one")

    monkeypatch.setattr(engines, "lay_out", no_engine)


def test_without_an_engine_a_repr_says_so_and_never_raises(monkeypatch):
    without_engine(monkeypatch)
    drawing = draw(emblem())
    assert drawing._repr_mimebundle_() == {"text/plain": "there is no layout engine to draw with: install one"}
    assert repr(drawing) == "<Drawing of f: 4 values; .show() opens it, .render('f.svg') writes it>"


def test_a_picture_that_failed_leaves_the_old_one(monkeypatch, tmp_path):
    without_engine(monkeypatch)
    (tmp_path / "f.svg").write_text("old")
    with pytest.raises(ToolError):
        draw(emblem()).render(tmp_path / "f")
    assert os.listdir(tmp_path) == ["f.svg"] and (tmp_path / "f.svg").read_text() == "old"


def test_a_layout_that_takes_too_long_is_an_error_and_never_another_graph(monkeypatch):
    asked = []

    def slow(source, format, *, deadline):
        asked.append((source, deadline))
        raise DeadlineError("not done in time")

    monkeypatch.setattr(engines, "lay_out", slow)
    x = emblem()
    for i in range(300):
        x = [x.tanh(), x * x, x + 1, x.sin() - x][(i * i) % 7 % 4]
    drawing = draw(x, deadline=10.0)
    for format in ("svg", "png", "svg"):
        with pytest.raises(DeadlineError):
            drawing.pipe(format)
    assert asked == [(drawing.source, 10.0)] * 3


def test_copies_are_drawings_too():
    drawing = draw(emblem(), deadline=7.0)
    twin = drawing.copy()
    assert type(twin) is type(drawing) and twin.source == drawing.source and twin.deadline == 7.0


def test_graphviz_is_loaded_only_to_draw():
    import subprocess

    code = "import sys, autograd; autograd.Value(1.0).tree(); autograd.draw; assert 'graphviz' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.drawing.engines.lay_out", lambda *_, **__: b"<svg/>")
    (tmp_path / "file").write_text("")
    for write in (Drawing("d").render, Drawing("d").save):
        for name in ("f.svg", "f.gv"):
            path = tmp_path / "file" / name
            with pytest.raises(ToolError, match=re.escape(f"cannot write {path}")):
                write(path)
