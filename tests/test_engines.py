"""Layout engines: which one is used, what happens without one or when it takes too long, and a function in their
place."""

from __future__ import annotations

import os
import re
import stat
import sys
import sysconfig

import pytest
from drawn import emblem, needs_engine, neuron

from autograd import Value, dot, draw
from autograd.drawing import engines
from autograd.drawing.engines import describe, find_engine, lay_out, set_engine
from autograd.errors import DeadlineError, ToolError, install
from autograd.player import Player

on_posix = pytest.mark.skipif(os.name == "nt", reason="makes programs out of shell scripts")
in_processes = pytest.mark.skipif(sys.platform == "emscripten", reason="runs programs")


def program(folder, name, text="#!/bin/sh\nexit 0\n"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No layout engine can be found anywhere."""
    monkeypatch.setattr(engines, "_engine", None)
    monkeypatch.setattr(sys, "platform", "linux" if sys.platform == "emscripten" else sys.platform)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(
        sysconfig, "get_path", lambda name, scheme="": str(tmp_path / f"scripts{scheme and ' of user'}")
    )
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    return tmp_path


def test_without_an_engine_one_sentence_says_what_to_install(alone):
    with pytest.raises(ToolError, match="-m pip install graphviz-pure`, or Graphviz from https"):
        lay_out("digraph {}")


def test_without_a_user_the_sentence_is_the_same(alone, monkeypatch):
    """Python in a browser cannot say where a user's programs are."""

    def refuse(_):
        raise ValueError("'user' returned 'posix_user', which is not a valid scheme on this platform")

    monkeypatch.setattr(sysconfig, "get_preferred_scheme", refuse)
    with pytest.raises(ToolError, match="there is no layout engine to draw with"):
        find_engine()


@on_posix
@in_processes
def test_order_of_choice(alone, monkeypatch):
    beside_python = program(alone / "bin", "graphviz-pure")
    assert find_engine() == beside_python  # an environment that is not activated is not on PATH
    of_user = program(alone / "scripts of user", "graphviz-pure")
    assert find_engine() == of_user
    scripts = program(alone / "scripts", "graphviz-pure")
    assert find_engine() == scripts
    monkeypatch.setenv("PATH", str(alone / "path"))
    on_path = program(alone / "path", "graphviz-pure")
    assert find_engine() == on_path
    system = program(alone / "path", "dot")
    assert find_engine() == system


@on_posix
@in_processes
def test_a_layout_is_stopped_at_its_deadline(alone, monkeypatch):
    monkeypatch.setenv("PATH", f"{alone / 'path'}:/bin:/usr/bin")
    program(alone / "path", "dot", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(DeadlineError, match=r"not finish in 0\.1 s"):
        lay_out("digraph {}", deadline=0.1)


@on_posix
@in_processes
def test_what_the_engine_complains_of_is_passed_on(alone, monkeypatch):
    monkeypatch.setenv("PATH", f"{alone / 'path'}:/bin:/usr/bin")
    program(alone / "path", "dot", "#!/bin/sh\necho 'no such format' >&2\nexit 1\n")
    with pytest.raises(ToolError, match="dot could not draw this as png: no such format"):
        lay_out("digraph {}", "png")


@on_posix
def test_pdf_is_refused_by_the_engine_that_has_none(alone):
    program(alone / "bin", "graphviz-pure")
    for kind in ("pdf", "ps"):
        with pytest.raises(ToolError, match="use format='svg' or 'png', or install Graphviz"):
            lay_out("digraph {}", kind)


@needs_engine
def test_letters_that_the_engine_cannot_measure_are_no_warning(capfd):
    picture = lay_out('digraph { a [label="Привет"] }').decode()
    assert "Привет" in picture
    assert capfd.readouterr() == ("", "")


@needs_engine
def test_text_that_is_no_graph_is_refused():
    with pytest.raises(ToolError, match="could not draw this"):
        lay_out("digraph {")


# --- A function in their place ---


@pytest.fixture
def asked():
    """What a function that lays pictures out was asked for."""
    seen = []

    def engine(source, format):
        seen.append((source, format))
        return b"<svg/>" if format == "svg" else LAID_OUT

    before = set_engine(engine)
    yield seen
    assert set_engine(before) is engine


LAID_OUT = b"{}"


def test_whatever_draws_asks_the_function_that_was_set(alone, asked):
    drawing = draw(neuron())
    assert drawing.pipe() == b"<svg/>" and asked == [(drawing.source, "svg")]
    assert drawing._repr_mimebundle_(include=["image/svg+xml"])["image/svg+xml"] == "<svg/>"
    assert "views" in Player(emblem()).html  # a page places everything itself
    assert [format for _, format in asked] == ["svg", "svg"]
    assert describe() == "the function asked.<locals>.engine"


def test_another_algorithm_is_named_in_the_text(asked):
    drawing = draw(neuron())
    drawing.pipe(engine="neato")
    drawing.engine = "circo"
    drawing.pipe()
    assert ["layout=neato" in asked[0][0], "layout=circo" in asked[1][0]] == [True, True]
    assert "layout=nop2" in drawing.source  # the text says where everything is


@pytest.mark.parametrize(
    ("engine", "said"),
    [
        (lambda *_: 1 / 0, "could not draw this as svg: ZeroDivisionError: division by zero"),
        (lambda *_: None, "want a picture as bytes from the function .*, got NoneType"),
    ],
)
def test_what_goes_wrong_in_it_is_a_layout_error(engine, said):
    before = set_engine(engine)
    try:
        with pytest.raises(ToolError, match=said):
            lay_out("digraph {}")
        assert "f = tanh(v4)" in neuron()._repr_mimebundle_()["text/plain"]
    finally:
        set_engine(before)


def test_it_may_say_that_it_takes_too_long():
    asked = []

    def engine(source, format):
        asked.append(source)
        raise DeadlineError("too much for a browser")

    before = set_engine(engine)
    try:
        with pytest.raises(DeadlineError, match="too much for a browser"):
            draw(emblem()).pipe()
    finally:
        set_engine(before)
    assert len(asked) == 1


@needs_engine
def test_a_function_that_hands_everything_on_changes_nothing():
    plain, page = draw(neuron()).pipe(), Player(neuron()).html
    before = set_engine(None)
    set_engine(lambda source, format: (before or engines._run_graphviz)(source, format, *([] if before else [60.0])))
    try:
        assert draw(neuron()).pipe() == plain and Player(neuron()).html == page
    finally:
        set_engine(before)


# --- What to install, where ---


@pytest.mark.parametrize(
    ("platform", "executable", "command"),
    [
        ("linux", "/usr/bin/python3", "/usr/bin/python3 -m pip install rich"),
        ("win32", r"C:\Program Files\python.exe", r'"C:\Program Files\python.exe" -m pip install rich'),
        ("linux", "", "python -m pip install rich"),
        ("linux", None, "python -m pip install rich"),
        ("emscripten", "", 'import micropip; await micropip.install("rich")'),
        ("emscripten", None, 'import micropip; await micropip.install("rich")'),
    ],
)
def test_the_command_to_install_fits_where_it_is_printed(monkeypatch, platform, executable, command):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "executable", executable)
    assert install("rich") == command


def test_in_a_browser_the_fix_is_a_function(alone, monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(
        ToolError, match=r"no layout engine to draw with: .* with autograd\.drawing\.set_engine\(function\)$"
    ):
        lay_out("digraph {}")


def test_the_symbol_of_a_dot_product_is_in_the_middle(monkeypatch):
    """Graphviz-pure does not know how wide a letter outside ASCII is."""
    try:
        pure = engines._find_pure()
    except ToolError:
        pytest.skip("no graphviz-pure here")
    monkeypatch.setattr(engines, "find_engine", lambda: pure)
    svg = dot([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]).draw().pipe("svg", encoding="utf-8")
    (middle,) = re.findall(r'<ellipse[^>]* cx="([-\d.]+)"', svg)
    ((anchor, x),) = re.findall(r'text-anchor="(\w+)" x="([-\d.]+)"[^>]*font-weight="bold"[^>]*>·<', svg)
    assert anchor == "middle" and float(x) == pytest.approx(float(middle), abs=0.2)
