"""``python -m autograd doctor``: it prints a line for each thing, names the fix, and returns the right exit status."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from autograd.cli import doctor
from autograd.cli.command import main
from autograd.drawing import engines
from autograd.errors import ToolError
from autograd.native import build as building


def report(capsys):
    status = main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    return status, lines


def test_a_line_for_each_check_and_a_status_that_says_the_same(capsys):
    status, lines = report(capsys)
    assert len(lines) == len(doctor.CHECKS) + 1
    failed = [line for line in lines[:-1] if line.startswith("FAIL")]
    assert status == (1 if failed else 0)
    assert all(line.startswith(("ok    ", "-     ", "FAIL  ")) for line in lines[:-1])
    assert lines[-1] == ("everything needed is there" if not failed else lines[-1])
    assert sys.version.split()[0] in lines[0] and all(line.isascii() for line in lines)


def test_no_layout_engine_is_a_failure_with_its_fix(capsys, monkeypatch):
    pytest.importorskip("graphviz")

    def nowhere():
        raise ToolError(f"there is no layout engine to draw with: {engines.advice()}")

    monkeypatch.setattr(engines, "find_engine", nowhere)
    monkeypatch.setattr(engines, "_engine", None)
    status, lines = report(capsys)
    failed = [line for line in lines if line.startswith("FAIL")]
    assert status == 1 and len(failed) == 2 and all(engines.advice() in line for line in failed)
    assert lines[-1] == "2 things to repair: see FAIL above"


def test_missing_packages_are_named_with_the_command(capsys, monkeypatch):
    real = doctor.find_spec
    gone = ("IPython", "rich", "graphviz")
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in gone else real(name))
    status, lines = report(capsys)
    assert status == 1
    assert any(line.startswith("FAIL  the Python package graphviz is not installed") for line in lines)
    assert any(line.startswith("-     no notebook") for line in lines)
    assert any(line.startswith("-     with rich, the demos show a live progress bar: ") for line in lines)


@pytest.mark.parametrize("builds", [True, False])
def test_a_compiler_is_tried_not_only_found(builds, monkeypatch):
    def ran(command, **_):
        return subprocess.CompletedProcess(command, 0 if builds else 1, b"", b"")

    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(building, "compiler", lambda: ["/opt/mycc", "-m64"])
    monkeypatch.setattr(doctor.subprocess, "run", ran)
    status, said = doctor._compiler()
    assert "/opt/mycc" in said and status == ("ok" if builds else "-")


def test_no_compiler_is_no_failure(monkeypatch):
    def nowhere():
        raise ToolError("no C compiler was found")

    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(building, "compiler", nowhere)
    assert doctor._compiler() == ("-", "no C compiler was found; until then compile() works without it, in Python")


def test_a_check_that_breaks_does_not_hide_the_others(capsys, monkeypatch):
    def _broken():
        raise OSError("disk on fire")

    monkeypatch.setattr(doctor, "CHECKS", (_broken, *doctor.CHECKS[:1]))
    status, lines = report(capsys)
    assert status == 1 and lines[0] == "FAIL  broken: OSError: disk on fire" and lines[1].startswith("ok    Python")


def test_colours_and_output_are_told(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "no colour (NO_COLOR is set)" in doctor._terminal()[1]
    assert shutil.get_terminal_size().columns > 0


def test_an_engine_that_gives_a_wrong_gradient_is_a_failure(monkeypatch):
    import autograd

    monkeypatch.setattr(autograd.Value, "backward", lambda self: None)
    status, said = doctor._engine()
    assert status == "FAIL" and "the answer is 10" in said


def test_a_layout_engine_that_writes_something_else_is_a_failure(monkeypatch):
    from autograd.drawing.digraph import Drawing

    monkeypatch.setattr(Drawing, "pipe", lambda self, *_, **__: "nothing")
    pytest.importorskip("graphviz")
    status, said = doctor._picture()
    assert status == "FAIL" and "not SVG" in said


def test_a_mac_without_its_tools_is_told_the_command(monkeypatch):
    monkeypatch.setattr(doctor.sys, "platform", "darwin")
    monkeypatch.setattr(
        doctor.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 2, b"", b"")
    )
    status, said = doctor._compiler()
    assert status == "-" and "xcode-select --install" in said
