"""Layout engines: which is taken, what happens without one or when it takes too long; files written whole."""

from __future__ import annotations

import os
import stat
import sys
import sysconfig

import pytest
from drawn import needs_engine

from autograd.drawing import rendering
from autograd.drawing.rendering import find_engine, lay_out, open_file, write_whole
from autograd.errors import DeadlineError, LayoutError

on_posix = pytest.mark.skipif(os.name == "nt", reason="makes programs out of shell scripts")


def program(folder, name, text="#!/bin/sh\nexit 0\n"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No layout engine is to be found anywhere."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(
        sysconfig, "get_path", lambda name, scheme="": str(tmp_path / f"scripts{scheme and ' of user'}")
    )
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    return tmp_path


def test_without_an_engine_one_sentence_says_what_to_install(alone):
    with pytest.raises(LayoutError, match="-m pip install graphviz-pure`, or Graphviz from https"):
        lay_out("digraph {}")


def test_without_a_user_the_sentence_is_the_same(alone, monkeypatch):
    """Python in a browser refuses to say where a user's programs are."""

    def refuse(_):
        raise ValueError("'user' returned 'posix_user', which is not a valid scheme on this platform")

    monkeypatch.setattr(sysconfig, "get_preferred_scheme", refuse)
    with pytest.raises(LayoutError, match="there is no layout engine to draw with"):
        find_engine()


@on_posix
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
def test_a_layout_is_stopped_at_its_deadline(alone, monkeypatch):
    monkeypatch.setenv("PATH", f"{alone / 'path'}:/bin:/usr/bin")
    program(alone / "path", "dot", "#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(DeadlineError, match=r"not done in 0\.1 s"):
        lay_out("digraph {}", deadline=0.1)


@on_posix
def test_what_the_engine_complains_of_is_passed_on(alone, monkeypatch):
    monkeypatch.setenv("PATH", f"{alone / 'path'}:/bin:/usr/bin")
    program(alone / "path", "dot", "#!/bin/sh\necho 'no such format' >&2\nexit 1\n")
    with pytest.raises(LayoutError, match="dot could not draw this as png: no such format"):
        lay_out("digraph {}", "png")


@on_posix
def test_pdf_is_refused_by_the_engine_that_has_none(alone):
    program(alone / "bin", "graphviz-pure")
    for kind in ("pdf", "ps"):
        with pytest.raises(LayoutError, match="use format='svg' or 'png', or install Graphviz"):
            lay_out("digraph {}", kind)


@needs_engine
def test_letters_that_the_engine_cannot_measure_are_no_warning(capfd):
    picture = lay_out('digraph { a [label="Привет"] }').decode()
    assert "Привет" in picture
    assert capfd.readouterr() == ("", "")


@needs_engine
def test_text_that_is_no_graph_is_refused():
    with pytest.raises(LayoutError, match="could not draw this"):
        lay_out("digraph {")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "f.svg"
    assert write_whole(path, "old") == str(path)
    with pytest.raises(TypeError):
        write_whole(path, None)  # pyright: ignore
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["f.svg"]


@on_posix
def test_a_file_has_the_permissions_that_any_other_would_have(tmp_path):
    path = tmp_path / "f.svg"
    plain = tmp_path / "plain"
    plain.write_text("")
    write_whole(path, b"1")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o600)
    write_whole(path, b"2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_opened_without_a_screen(monkeypatch):
    opened = []
    monkeypatch.setattr(rendering.webbrowser, "open", lambda uri: opened.append(uri) or True)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert open_file("f.svg") is False and not opened
    monkeypatch.setenv("DISPLAY", ":0")
    assert open_file("f.svg") is True and opened[0].startswith("file://")
