"""The prompt, line by line, and as it is used: at a terminal, piped, in a notebook, on a console that knows only ASCII."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_graphs import emblem

from autograd import Value
from autograd.explain.terminal import coloured, wrapped
from autograd.stepper.prompt import HELP, Session

ROOT = Path(__file__).parent.parent
NEURON = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.8813735870195432"]
CONTROL_C = b"\x03"
EMBLEM = ["b = a + a; c = b + 1; b * c", "a=1"]


def session():
    return Session(emblem()[0].step_through())


def test_a_whole_conversation(golden):
    prompt = session()
    said = []
    for line in [
        "step", "", "why a", "b", "1 - f**2", "b.grad * 2", "a.grad", "predict b 5", "predict a 3", "what a 2", "set a 3",
        "where", "order", "explain", "undo node", "diagnose a 16", "break b", "run", "goto 5", "check", "compare",
        "compare no_seed", "constants", "anomalies", "rewind", "un", "until a", "help",
    ]:  # fmt: skip
        said.append(f"bp> {line}\n{prompt.answer(line)}")
    golden("prompt.txt", "\n".join(said) + "\n")


def test_two_letters_of_a_command_are_enough():
    for command in HELP:
        if sum(other.startswith(command[:2]) for other in HELP) == 1:
            assert session()._command(command[:2], "x") == command
    assert session()._command("de", "") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("un", "undo"), ("un 2", "undo"), ("un node", "undo"), ("un a", "until"), ("wh", "where"), ("wh a", "why"),
        ("wh a 3", "whatif"), ("wh a=3", "whatif"), ("co", "compare"), ("co no_seed", "compare"), ("con", "constants"),
    ],
)  # fmt: skip
def test_a_word_short_for_several_commands_is_the_one_that_takes_what_follows(typed, meant):
    word, _, rest = typed.partition(" ")
    assert session()._command(word, rest) == meant


def test_what_would_set_or_count_by_accident_is_refused_with_the_command_that_does_it():
    prompt = session()
    assert prompt.answer("a = 3") == "= changes nothing here: write set a 3"
    assert "until b moves on to it" in prompt.answer("step b") and prompt.stepper.position == 0
    assert "undo may be meant" in prompt.answer("back")
    assert prompt.answer("twice = a*2; twice + 1") == "3"


def test_enter_repeats_the_last_command_and_begins_with_step():
    prompt = session()
    assert "[edge 1/5]" in prompt.answer("") and "[edge 2/5]" in prompt.answer("")
    assert "undone" in prompt.answer("undo") and "undone" in prompt.answer("")
    assert "nonsense" in prompt.answer("nonsense") and "nothing to undo" in prompt.answer("")


def test_a_name_of_a_node_goes_before_a_part_of_a_command_but_not_before_a_whole_one():
    a, st, run = Value(1.0, label="a"), Value(2.0, label="st"), Value(3.0, label="run")
    prompt = Session((a * st * run).step_through())
    assert prompt.answer("st").startswith("st = 2")
    assert "is done" in prompt.answer("run")
    assert prompt.answer("explain run").startswith("run = 3")
    assert prompt.stepper.position == 4


WRONG = [
    ("zzz", "no command or name here is called 'zzz': help lists the commands"),
    ("d", "no command or name here is called 'd': for diagnose write di or more"),
    ("stpe", "no command or name here is called 'stpe': did you mean step?"), ("wy a", "cannot read this here"),
    ("b)", "never opened"), ("2 ^ b", "use ** for powers"), ("foo bar", "cannot read this here"),
    ("why", "why wants a name, such as: why a"), ("why zz", "no value is called 'zz'"),
    ("set a", "set wants a name and a number, such as: set a 3"), ("set a x", "x has no value"),
    ("set c 3", "c is computed from others"), ("set zz 3", "no value is called 'zz'"),
    ("predict a half", "want a number or an expression"), ("predict a nan", "want a number"),
    ("goto", "goto wants a position, from 0 to 5"), ("goto 99", "want a position from 0 to 5, got 99"), ("goto 1.5", "got 1.5"),
    ("step 0", "whole number"), ("step -2", "undo(2) goes the other way"), ("step many", "step wants a whole number, got many"),
    ("until zz", "no value is called 'zz'"), ("break zz", "the operations are add, mul"), ("compare zz", "no mistake is called"),
    ("diagnose a", "diagnose wants a name and a number"), ("draw /nowhere/at/all.svg", "cannot write"),
    ("draw x.wmf2", "wmf2"), ("c.grad", "c.grad is not reached yet"), ("1/0", "this divides by zero"),
    ("a.__class__", "no place"), ("explain zz", "no value is called"), ("whatif a", "wants a name and a number"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_a_wrong_line_gets_a_sentence_and_changes_nothing(line, said):
    if "draw" in line:
        pytest.importorskip("graphviz")
    prompt = session()
    prompt.answer("step")
    before = repr(prompt.stepper)
    reply = prompt.answer(line)
    if "draw" in line and "layout engine" in reply:
        pytest.skip("no layout engine")
    assert said in reply and "Traceback" not in reply
    assert repr(prompt.stepper) == before and not prompt.over


def test_leaving():
    for line in ("quit", "qu", "exit", "quit()"):
        prompt = session()
        assert prompt.answer(line) == "" and prompt.over
    assert "step [n]" in session().answer("?")


def test_the_forward_pass_has_the_same_prompt():
    a = Value(2.0, label="a")
    prompt = Session((a * a).tanh().step_through(forward=True))
    assert "[operation 1/2]" in prompt.answer("") and "right" in prompt.answer("predict v2 0.9993")
    for command in HELP:
        if command not in ("draw", "save", "quit"):
            answers = prompt.answer(f"{command} a 4") + prompt.answer(command)
            refused = "is about gradients, which a forward pass does not have" in answers
            assert refused == (command in ("why", "check", "diagnose", "compare", "anomalies"))
            assert refused or not re.search("grad|edge|slope|passed on", answers), answers
    assert (
        prompt.answer("goto 1")
        and prompt.answer("v1.data + 1") == "17"
        and "v2 has no value" in prompt.answer("v2 * 2")
    )


def test_colours_mark_the_words_that_matter():
    said = coloured("[edge 1/5] f -> b\n      b.grad is NOT complete: 1 more to come")
    assert said.count("\x1b[") == 4 and re.sub(r"\x1b\[[\d;]*m", "", said) == (
        "[edge 1/5] f -> b\n      b.grad is NOT complete: 1 more to come"
    )


# --- As it is used -------------------------------------------------------------------------------------------


def autograd(*arguments, stdin="", **environment):
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "autograd", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, timeout=60, check=False)


def test_piped_it_echoes_so_that_the_output_reads_well():
    done = autograd(*EMBLEM, stdin="step\n\nwhy a\nquit\nnever read\n")
    assert done.returncode == 0 and done.stderr == ""
    assert "bp> step\n[edge 1/5] f -> b\n" in done.stdout and "bp> \n[edge 2/5]" in done.stdout
    assert "never" not in done.stdout and "\x1b" not in done.stdout
    assert autograd(*EMBLEM, stdin="").returncode == 0  # the end of the input leaves too


def test_output_that_can_encode_only_ascii():
    done = autograd("ä * 2", "ä=1", stdin="step\nquit\n", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0 and r"\xe4.grad = 2 * 1 = 2" in done.stdout


def at_a_terminal(lines, columns=80, **environment):
    """Return what a person who types these lines sees."""
    pty = pytest.importorskip("pty")
    fcntl, struct, termios = pytest.importorskip("fcntl"), __import__("struct"), pytest.importorskip("termios")
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "AUTOGRAD_HISTORY": "", **environment}
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        if name not in environment:
            env.pop(name, None)
    command = [sys.executable, "-m", "autograd", *EMBLEM]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=env, close_fds=True)
    os.close(follower)
    seen, pending = b"", list(lines)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                data = os.read(leader, 65536)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            seen += data
        if seen.endswith(b"bp> ") and pending:
            line = pending.pop(0)
            if line == CONTROL_C:
                process.send_signal(signal.SIGINT)
            else:
                os.write(leader, line)
    process.wait(timeout=30)
    os.close(leader)
    return seen.decode().replace("\r\n", "\n"), process.returncode


def test_at_a_terminal_in_colour_with_control_c_and_control_d():
    seen, status = at_a_terminal([b"step\n", b"\n", b"why a\n", CONTROL_C, b"b\n", b"\x04"])
    assert status == 0
    assert "\x1b[1m[edge 1/5] f -> b\x1b[0m" in seen and "\x1b[1;33mNOT complete: 1 more to come\x1b[0m" in seen
    assert "[edge 2/5]" in seen and "(quit leaves)" in seen and "b = a + a" in seen


def test_on_a_narrow_terminal_without_colour():
    seen, status = at_a_terminal([b"step\n", b"help\n", b"quit\n"], columns=40, NO_COLOR="1")
    assert status == 0 and "\x1b[1" not in seen
    assert max(len(line) for line in seen.splitlines()) <= 40
    assert "moving on" in seen.replace("\n", " ")


NOTEBOOK = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from autograd import Value, record_source; a = Value(1.0); b = a + a; f = b * (b + 1)")
shell.run_cell("with record_source():\\n    g = f.tanh()")
shell.run_cell("bp = f.step_through()\\nbp.step()")
shell.run_cell("bp")
shell.run_cell("g.step_through().step()")
shell.run_cell("bp.prompt()")
shell.run_cell("f.why(a)")
formatted, _ = shell.display_formatter.format(shell.user_ns["bp"])
print(sorted(formatted))
"""


@pytest.mark.slow
def test_a_notebook_cell_with_real_ipython():
    pytest.importorskip("IPython")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": os.devnull, "NO_COLOR": "1"}
    command = [sys.executable, "-c", NOTEBOOK]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[edge 1/5] f -> b" in done.stdout and "b.grad is NOT complete" in done.stdout
    assert "backprop of f: edge 1 of 5, next f -> v2" in done.stdout
    assert "df/da is a sum over 4 paths" in done.stdout and "g = f.tanh()" in done.stdout
    assert "text/plain" in done.stdout.splitlines()[-1]


def test_a_long_line_is_broken_between_its_columns():
    assert wrapped("  f -> b -> a (operand 1)          3 * 1 = 3", 40) == "  f -> b -> a (operand 1)\n      3 * 1 = 3"
    assert wrapped("  b           data   2   grad not reached", 40) == "  b           data   2\n      grad not reached"
    long = "      partial   d(b * v2)/db, other operand held, = v2 = 3"
    assert "partial   d(b" in wrapped(long, 40)  # it fits neither beside nor below
    assert all(len(line) < 40 for line in wrapped(long, 40).split("\n"))


def test_the_help_fits_a_terminal_of_80_columns():
    a = Value(1.0, label="a")
    assert max(map(len, Session((a * a).step_through()).answer("help").splitlines())) < 80
