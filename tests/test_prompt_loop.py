"""The prompt's loop in this process: what it reads, what it prints, and on what kind of stream."""

from __future__ import annotations

import io
import os
import sys

import pytest
from small_graphs import emblem, neuron

from autograd import Value
from autograd.explain.terminal import has_colour, say
from autograd.stepper.prompt import Session, prompt


class Stream(io.StringIO):
    """A stream that is a terminal, or not, in some encoding."""

    def __init__(self, terminal, encoding="utf-8"):
        super().__init__()
        self.terminal, self._encoding = terminal, encoding

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self.terminal


@pytest.fixture
def talk(monkeypatch, capsys):
    """What the prompt prints when it reads these lines; an exception among them is raised in their place."""

    def talk(*lines):
        left = iter(lines)

        def read(_):
            line = next(left, EOFError())
            if isinstance(line, BaseException):
                raise line
            return line

        monkeypatch.setattr("builtins.input", read)
        prompt(emblem()[0].step_through())
        assert next(left, None) is None, "every line is read"
        return capsys.readouterr().out

    return talk


def test_it_reads_until_quit_and_echoes_what_is_piped(talk):
    said = talk("step", "quit")
    assert said.startswith("step\n[edge 1/5] f -> b") and said.endswith("quit\n")


def test_the_end_of_the_input_ends_it_too(talk):
    assert talk("goto 2").endswith("\n\n")
    assert "wants a whole number" in talk("step two")


def test_control_c_says_how_to_leave_and_goes_on(talk):
    assert talk(KeyboardInterrupt(), "1 + 1", "quit").splitlines() == ["", "(quit leaves)", "1 + 1", "2", "quit"]


def test_where_nobody_can_answer_it_says_what_to_call(talk):
    assert talk(RuntimeError("no stdin")).startswith("there is nobody to answer the prompt here (no stdin): call")


def test_at_a_terminal_nothing_is_echoed(talk, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stream(True))
    assert "step\n" not in talk("step", "quit")


def test_draw_without_a_file_opens_the_picture(monkeypatch):
    opened = []
    monkeypatch.setattr("autograd.stepper.walker.Walker.show", lambda self: opened.append(self.position))
    session = Session(emblem()[0].step_through())
    assert (session.answer("step"), session.answer("draw"), opened)[1:] == ("", [1])


@pytest.mark.parametrize(("terminal", "encoding", "shown"), [
    (False, "utf-8", "f → grad is complete\n"),
    (False, "ascii", "f \\u2192 grad is complete\n"),
    (True, "utf-8", "f → grad \x1b[32mis complete\x1b[0m\n"),
    (True, None, "f → grad \x1b[32mis complete\x1b[0m\n"),
])  # fmt: skip
def test_a_line_fits_its_stream(terminal, encoding, shown, monkeypatch):
    for name, value in (("NO_COLOR", ""), ("TERM", "xterm"), ("COLUMNS", "80")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream := Stream(terminal, encoding))
    say("f → grad is complete")
    assert stream.getvalue() == shown


def test_a_narrow_terminal_gets_wrapped_lines(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", stream := Stream(True))
    say("partial   d(b*c)/dc = b, and 17 words more that do not fit\nshort")
    lines = stream.getvalue().splitlines()
    assert all(len(line) < 30 for line in lines) and len(lines) > 3 and lines[-1] == "short"


@pytest.mark.parametrize(("env", "terminal", "platform", "wanted"), [
    ({"TERM": "xterm"}, True, "linux", True), ({"TERM": "xterm"}, False, "linux", False),
    ({"TERM": "dumb"}, True, "linux", False), ({"TERM": "xterm", "NO_COLOR": "1"}, True, "linux", False),
    ({}, True, "win32", False), ({"WT_SESSION": "x"}, True, "win32", True), ({}, True, "linux", True),
])  # fmt: skip
def test_colours_are_for_terminals_that_have_them(env, terminal, platform, wanted, monkeypatch):
    for name in ("NO_COLOR", "TERM", "WT_SESSION", "ANSICON"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "stdout", Stream(terminal))
    assert has_colour() is wanted


def test_a_closed_stream_is_no_terminal(monkeypatch):
    stream = Stream(True)
    stream.isatty = lambda: (_ for _ in ()).throw(ValueError("closed"))
    monkeypatch.setattr(sys, "stdout", stream)
    assert not has_colour()


# --- What a stepper says at its ends, forwards and backwards ---------------------------------------------------


def test_a_pass_that_is_done_has_nothing_left_to_explain():
    for forward in (False, True):
        stepper = neuron().step_through(forward=forward)
        stepper.run()
        assert str(stepper.explain()).startswith("nothing left: all")
        assert "2" in str(stepper.explain("a")) and "(a leaf)" in str(stepper.explain("a"))


def test_going_on_to_what_is_there_already():
    fp = neuron().step_through(forward=True)
    fp.until("p")
    assert "p = -6 is computed" in str(fp.until("p"))


def test_the_gradients_of_many_leaves_are_summed_up_in_a_line():
    leaves = [Value(float(k + 1), label=f"x{k}") for k in range(60)]
    total = leaves[0]
    for leaf in leaves[1:]:
        total = total + leaf
    said = str(total.step_through().run())
    assert "more leaves" in said and said.count(".grad") < 60


def test_frames_go_into_a_folder_that_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.stepper.walker.Walker.save_picture", lambda self, file: file)
    stepper = neuron().step_through()
    stepper.step()
    paths = stepper.frames(str(tmp_path / "new"))
    assert [os.path.basename(path) for path in paths] == [f"{k:03}.svg" for k in range(len(stepper) + 1)]
    assert (tmp_path / "new").is_dir() and stepper.position == 1
