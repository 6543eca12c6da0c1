"""The prompt and the stepper on a network: modules, names with dots and brackets, conditions, what is watched, Tab, files."""

from __future__ import annotations

import math
import random
import signal
import sys
import threading
import types

import pytest
from random_graphs import inputs, program, run
from small_graphs import emblem

import nn
from autograd import Value, ieee
from autograd.errors import FormulaError, GraphError
from autograd.explain import terminal
from autograd.graph import walk
from autograd.stepper.prompt import HELP, Session, commands_of


def network(count=2, seed=0):
    model = nn.MLP(2, [3, 1], seed=seed)
    rng = random.Random(seed)
    loss = sum((model([rng.random(), rng.random()])[0] - 1) ** 2 for _ in range(count))
    loss.label = "loss"
    return model, loss


def test_every_command_takes_names_with_dots_and_brackets():
    _, loss = network()
    name = "layers.0.bias[0]"
    prompt = Session(loss.step_through())
    bias = prompt.stepper.node(name)
    for command, (takes, _) in HELP.items():
        given = {"x": name, "[x]": name, "x g": f"{name} 3", "x v": f"{name} 0.25"}.get(takes)
        if given:
            said = prompt.answer(f"{command} {given}")
            expected = "not 3" if command in ("predict", "diagnose") else name
            assert (expected in said or "3 is not right" in said) and "cannot" not in said, (command, said)
    assert bias.data == 0.25
    assert prompt.answer(f"{name} * 2 + 1") == "1.5"
    prompt.answer("rewind; until layers.0.bias[0]")
    assert float(prompt.answer(f"{name}.grad")) == pytest.approx(bias.grad, rel=1e-3)
    assert prompt.answer(f"set {name} = {name} - 2*{name}") and bias.data == -0.25
    assert "did you mean layers.0.bias" in prompt.answer("layers.0.bais[0]")
    spaced = Value(2.0, label="my weight")
    other = Session((spaced * Value(3.0, label="my")).step_through())
    assert other.answer("my weight * my") == "6" and "my weight is 5 now" in other.answer("set my weight 5")
    assert "my is 4 now" in other.answer("set my 4") and other.answer("my weight*my") == "20"


def test_over_and_out_tell_a_module_in_two_lines_and_do_what_the_edges_do():
    _, loss = network()
    loss.backward()
    wanted = [node.grad for node in walk(loss)]
    bp = loss.step_through(fresh=True)
    while (said := bp.over()).moved:
        assert str(bp.undo(said.moved)) and str(bp.over()) == str(said)
    assert [node.grad for node in walk(loss)] == wanted
    bp.rewind()
    while bp.next_node.scope is None:
        bp.next()
    layer = bp.over()
    assert len(layer.splitlines()) == 2 and "layers.1 (Linear): 7 edges, |grad| from" in layer
    assert "layers.1.weight: 3, |grad|" in layer and "layers.1.bias[0]: |grad|" in layer and "4 not complete" in layer
    inner = bp.step()
    rest = bp.out()
    assert inner.moved == 1 and "layers.0" in rest and len(rest.splitlines()) == 2
    assert "backprop of loss is done" in bp.out() or bp.done
    fp = loss.step_through(forward=True)
    first = fp.over()
    assert (
        first.splitlines()[0].startswith("[operations 1 to ") and "layers.0 (Hidden)" in first and "data from" in first
    )
    assert "layers.0.weight: 6, data from" in first


def test_outside_of_modules_over_is_next_and_out_is_run():
    bp = emblem()[0].step_through()
    assert str(bp.over()) == str(emblem()[0].step_through().next())
    assert "is done" in bp.out() and bp.done


@pytest.mark.parametrize("wanted", ["layers.0", "layers.1", "MLP", "layers.0.weight", "layers.0.weight[1]", "layers"])
def test_a_module_or_the_beginning_of_names_can_be_gone_to_asked_about_and_explained(wanted):
    model, loss = network()
    bp = loss.step_through()
    said = bp.until(wanted)
    part = bp.regions.find(wanted)
    assert len(said.splitlines()) == 2 and f"{wanted}" in said
    assert all(not bp._left[node] for node in part.members) and "complete already" in bp.until(wanted)
    why = bp.why(wanted)
    assert len(why.splitlines()) - 1 == min(len(part.leaves), 12) and "to come" not in why
    assert bp.explain(wanted).startswith(wanted) and "reached" in bp.explain(wanted)
    if wanted == "layers.1":
        assert str(bp.explain(model.layers[1])) == str(bp.explain(wanted))
    with pytest.raises(GraphError, match="want a node"):
        bp.until(nn.Linear(2, 2))


def test_breakpoints_at_modules_symbols_conditions_and_nan():
    _, loss = network()
    bp = loss.step_through()
    assert bp.break_at("layers.0") == "stops at layers.0"
    met = 0
    while not bp.done:
        met += "stopped at layers.0" in bp.run()
    assert met == 2  # once for each call, not for each node
    assert bp.break_at("layers.0") == "no longer stops at layers.0"
    assert "every add" in bp.break_at("+") and bp.break_at("+") == "no longer stops at every add"
    bp.rewind()
    bp.break_at("if abs(grad) > 1.5 and not data == 0")
    while not bp.done and "stopped at" in (said := str(bp.run())):
        node = bp.latest
        assert abs(node.grad) > 1.5 and f"stopped at {bp.name(node)}: abs(grad) > 1.5" in said
    bp.break_at("if abs(grad) > 1.5 and not data == 0")
    bp.rewind()
    bp.break_at("if layers.0.bias[0].grad < 100")
    bp.run()
    assert bp.latest is bp.node("layers.0.bias[0]")
    bp = loss.step_through(fresh=True)
    bp.break_at(lambda node: node.label == "" and node.op is not None and node.op.name == "dot")
    bp.run()
    assert bp.latest.op.name == "dot"
    for wrong, error in (
        ("if zz > 1", GraphError),
        ("if abs(", FormulaError),
        ("layers.9", GraphError),
        ("if a.b", FormulaError),
    ):
        with pytest.raises(error):
            bp.break_at(wrong)
    a = Value(0.0, label="a")
    with ieee():
        f = (a + 1) * a.log()
    bp = f.step_through()
    bp.break_at("nan")
    assert "nan or inf" in bp.run() and not math.isfinite(bp.latest.grad)


def test_what_is_watched_is_said_after_every_move():
    _, loss = network()
    prompt = Session(loss.step_through())
    assert "is not reached yet" in prompt.answer("watch layers.1.bias[0]")
    assert "0 of 8 values reached" in prompt.answer("watch layers.1") or "reached" in prompt.answer("watch")
    assert "2 * loss.grad = 2" in prompt.answer("watch 2 * loss.grad")
    for line in ("step", "next", "until layers.1.bias[0]", "undo", "goto 3", "rewind", "run", "set layers.1.bias[0] 1"):
        assert prompt.answer(line).count("  watch  ") == 3, line
    assert "no longer watched" in prompt.answer("watch layers.1")
    assert prompt.answer("watch").count("watch") == 2
    fp = Session(emblem()[0].step_through(forward=True))
    assert "b.data is not reached yet" in fp.answer("watch b") and "b.data = 2" in fp.answer("step")


def test_remarks_letters_capitals_and_several_commands_in_a_line():
    prompt = Session(emblem()[0].step_through())
    assert prompt.answer("# a remark") == "" and "[edge 1/5]" in prompt.answer("  ")
    assert "[edge 2/5]" in prompt.answer("s") and "undone" in prompt.answer("UNDO") and "is done" in prompt.answer("r")
    assert prompt.answer("rewind; step; why a").count("df/da") == 1 and prompt.stepper.position == 1
    assert prompt.answer("p 1 + 1") == "2" and "a > 1" not in prompt.answer("l")
    assert "for diagnose write di" in prompt.answer("d") and prompt.answer("q") == "" and prompt.over
    named = Session((Value(2.0, label="s") * Value(3.0, label="n")).step_through())
    assert named.answer("s").startswith("s = 2") and named.answer("n").startswith("n = 3")


def test_whatever_the_prompt_can_do_the_object_can_under_the_same_name():
    bp = emblem()[0].step_through()
    for command in commands_of(bp):
        method = getattr(bp, {"break": "break_at", "quit": "close"}.get(command, command))
        assert command == "constants" or (callable(method) and method.__doc__), command
    assert str(bp.where()) == repr(bp) and "step [n]" in bp.help() and bp.help("wh").count("\n") == 6
    assert str(bp.whatif("a", 2)) == str(bp.what_if("a", 2)) and "no_seed" in bp.compare()


def test_what_was_said_is_saved(tmp_path):
    prompt = Session(emblem()[0].step_through())
    for line in ("step", "# so far so good", "why b"):
        prompt.answer(line)
    path = tmp_path / "session.txt"
    assert prompt.answer(f"save {path}") == f"written to {path}"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("bp> step\n[edge 1/5] f -> b\n") and "bp> # so far so good\nbp> why b\ndf/db" in text
    bp = emblem()[0].step_through()
    bp.step(2)
    bp.save(tmp_path / "moves.txt")
    assert (tmp_path / "moves.txt").read_text(encoding="utf-8").count("[edge ") == 2
    assert "cannot write" in prompt.answer(f"save {tmp_path / 'no' / 'folder.txt'}")
    assert "wants the name of a file" in prompt.answer("save")


# --- Tab, and the history ------------------------------------------------------------------------------------


def test_tab_completes_commands_names_and_what_a_command_takes():
    prompt = Session(network()[1].step_through())
    assert prompt.complete("", "un") == ["undo", "until "] and prompt.complete("", "wh") == ["whatif ", "where", "why "]
    assert "layers.0.weight[0][1]" in prompt.complete("why ", "layers.0.w")
    assert prompt.complete("break ", "re") == ["relu"] and prompt.complete("compare ", "no_s") == ["no_seed"]
    assert prompt.complete("undo ", "") == ["node"] and prompt.complete("check ", "a") == ["all"]
    assert prompt.complete("2 * ", "loss.") == ["loss.data", "loss.grad"] and prompt.complete("where ", "") == []


class Readline(types.ModuleType):
    """What input() edits its line with, as far as it is used."""

    def __init__(self, doc=""):
        super().__init__("readline", doc)
        self.items, self.completer, self.delims, self.bound, self.line = ["their line"], "theirs", "!", [], ""
        self.get_completer, self.get_completer_delims = lambda: self.completer, lambda: self.delims
        self.get_current_history_length, self.get_history_item = lambda: len(self.items), lambda i: self.items[i - 1]
        self.clear_history, self.add_history = lambda: self.items.clear(), self.items.append
        self.get_line_buffer, self.get_begidx = lambda: self.line, lambda: self.line.rfind(" ") + 1
        self.parse_and_bind = self.bound.append

    def set_completer(self, completer):
        self.completer = completer

    def set_completer_delims(self, delims):
        self.delims = delims


@pytest.mark.parametrize("doc", ["GNU readline", "libedit"])
def test_the_history_is_our_own_kept_between_sessions_and_theirs_is_put_back(doc, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRAD_HISTORY", str(tmp_path / "history"))
    monkeypatch.setitem(sys.modules, "readline", readline := Readline(doc))
    for lines in (["step", "why a"], ["run"]):
        with terminal.line_editing(Session(emblem()[0].step_through()).complete):
            assert "their line" not in readline.items
            readline.items += lines
            readline.line = "why "
            assert [readline.completer("", k) for k in range(6)] == ["a", "b", "c", "f", None, None]
        assert (readline.items, readline.completer, readline.delims) == (["their line"], "theirs", "!")
    assert (tmp_path / "history").read_text() == "step\nwhy a\nrun\n"
    assert readline.bound[0] == ("bind ^I rl_complete" if doc == "libedit" else "tab: complete")
    with pytest.raises(ZeroDivisionError), terminal.line_editing(lambda before, word: []):
        1 / len(readline.items[3:])  # it has the three lines of the sessions before
    assert readline.items == ["their line"]


def test_without_readline_or_a_home_that_can_be_written_nothing_breaks(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "readline", None)
    with terminal.line_editing(lambda before, word: []):
        pass
    monkeypatch.setenv("AUTOGRAD_HISTORY", str(tmp_path / "no" / "folder"))
    monkeypatch.setitem(sys.modules, "readline", readline := Readline())
    with terminal.line_editing(lambda before, word: 1 / 0):
        readline.items.append("step")
        assert readline.completer("s", 0) is None  # a completer that fails completes nothing


# --- Ctrl-C --------------------------------------------------------------------------------------------------


class Interrupted(Session):
    """A session in which a real SIGINT comes a while after each command has begun."""

    def answer(self, line):
        if threading.current_thread() is threading.main_thread() and line != "quit":
            signal.setitimer(signal.ITIMER_REAL, self.after)
        try:
            return super().answer(line)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer here")
@pytest.mark.parametrize("line", ["run", "check", "set x0 0.5", "goto 0", "why x0"])
def test_control_c_inside_a_command_leaves_everything_as_it_was(line, monkeypatch):
    from autograd.stepper import prompt as module

    rng = random.Random(1)
    f = run(program(rng, 3000), [Value(x, label=f"x{i}") for i, x in enumerate(inputs(rng))])
    nodes, bp = walk(f), f.step_through()
    bp.goto(len(bp) // 2)
    before = [(node.data, node.grad, node.partials) for node in nodes], bp.position, repr(bp)

    def press(_, frame):
        if "weakref" in frame.f_code.co_filename:  # in a callback, Python drops the error, and the user presses again
            signal.setitimer(signal.ITIMER_REAL, 0.0001)
        else:
            signal.raise_signal(signal.SIGINT)

    old = signal.signal(signal.SIGALRM, press)
    try:
        stopped = 0
        for after in (0.0002, 0.001, 0.003, 0.01):
            session = Interrupted(bp)
            session.after = after
            reply = module._interruptible(session, line)
            if reply.startswith("stopped; everything is as it was before: backprop"):
                stopped += 1
                assert ([(node.data, node.grad, node.partials) for node in nodes], bp.position, repr(bp)) == before
            else:
                break
        assert stopped, reply
    finally:
        signal.signal(signal.SIGALRM, old)
    bp.run()
    assert bp.done


# --- A fuzz --------------------------------------------------------------------------------------------------

PIECES = [*HELP, "s", "n", "b", "x0", "x1", "layers.0", "layers.0.bias[0]", "layers.1.weight[0][1]", "MLP", "loss", "v3", "#", ";", "=", "==",
          "+", "-", "*", "/", "**", "(", ")", "[", "]", ",", "<", ">", ".", "grad", "data", ".grad", "if", "and", "not", "nan", "inf", "all",
          "node", "0", "1", "-3", "1e999", "0.5", "tanh", "relu", "add", "1or", "lambda", "None", "'", '"', "\\", "\x00", "\x1b[31m", "é",
          "中", "\ud83d", "no_seed", "plain", "", " ", "\t", "exit", "?", "p", "print", "__class__", "x0.__class__", "0x", "1_0", "~", "@"]  # fmt: skip


def fuzz(count, seed):
    rng = random.Random(seed)
    sessions = [
        Session(emblem()[0].step_through()),
        Session(network()[1].step_through()),
        Session(network()[1].step_through(forward=True)),
    ]
    pieces = [piece for piece in PIECES if piece not in ("draw", "save")]
    for _ in range(count):
        session = sessions[int(rng.random() * len(sessions))]
        line = (" " if rng.random() < 0.7 else "").join(
            pieces[int(rng.random() * len(pieces))] for _ in range(int(rng.random() * 6))
        )
        reply = session.answer(line)
        assert type(reply) is str and "Traceback" not in reply, line
        session.over = False
        if session.stepper.closed or len(session.stepper.transcript) > 5000:
            session.stepper.transcript.clear()


def test_no_line_is_answered_with_an_exception():
    fuzz(2_000, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_sixty_thousand_lines_without_an_exception(seed):
    fuzz(10_000, seed)
