"""What a learner sees when something fails: their line and one of ours, their names, the module, the line, a way out."""

from __future__ import annotations

import math
import os
import pickle
import re
import subprocess
import sys
import traceback
from decimal import Decimal
from pathlib import Path

import pytest

import autograd
import nn
from autograd import Value, dot, grad, ieee, logsumexp, maximum, mean, record_source, softmax, total
from autograd.errors import AutogradError, DomainError, FloatOverflowError, ShapeError, SingularityError
from nn import functional as F

ROOT = Path(__file__).parents[1]


class Mine(nn.Module):
    def __init__(self):
        self.inner = nn.Linear(3, 1, seed=0)

    def forward(self, x):
        return self.inner(x)  # the learner's own line, which stays in the traceback


MODEL = nn.MLP(2, [3, 1], seed=0)
ZERO, MINUS = Value(0.0, label="a"), Value(-3.0, label="b")
ROW = [Value(1.0), Value(2.0)]
CUBE = autograd.op("cube_of_failures", "cube", "a ** 3 / a", "2 * a")
# What fails: in each traceback there is one frame of ours.
FAILURES = {
    "operations": [
        lambda: ZERO.log(), lambda: 1 / ZERO, lambda: MINUS / ZERO, lambda: MINUS**0.5, lambda: ZERO**-1, lambda: Value(1e3).exp(),
        lambda: autograd.log(ZERO), lambda: autograd.log(-1.0), lambda: autograd.tanh("a"), lambda: autograd.atan2(ZERO, "b"),
        lambda: CUBE(ZERO), lambda: autograd.where("a", 1, 2), lambda: dot([ZERO], [1.0, 2.0]), lambda: total([]), lambda: total(["a"]),
        lambda: logsumexp([ZERO, "3"]), lambda: maximum(ZERO, "1"), lambda: autograd.minimum([]), lambda: softmax([]), lambda: softmax(["a"]),
        lambda: ZERO * "3", lambda: [] - ZERO, lambda: ZERO / Decimal(3), lambda: mean(ZERO, MINUS), lambda: softmax(ZERO, MINUS),
        lambda: autograd.clamp(ZERO, "a"), lambda: autograd.clamp(ZERO), lambda: ZERO.clip(), lambda: autograd.op("half", "/2", "a *", "1"), lambda: autograd.op("half", "/2", "f(a)", "1"),
    ],
    "values": [
        lambda: Value("3"), lambda: Value([1.0]), lambda: Value(1.0, (ZERO,)), lambda: Value(1.0, requires_grad=False), lambda: bool(ZERO),
        lambda: ZERO == 0, lambda: float(ZERO), lambda: ZERO.sqrt().backward(), lambda: ZERO.backward("a"), lambda: ZERO.detach().backward(),
    ],
    "gradients": [
        lambda: grad(ZERO, [Value(1.0)]), lambda: grad(lambda x: x)("a"), lambda: autograd.hessian(lambda x: [x])([1.0]),
        lambda: autograd.gradcheck(ZERO + 1, [ZERO]), lambda: autograd.diagnose(ZERO + 1, ZERO, "q"), lambda: autograd.compare(ZERO + 1, "a"),
        lambda: autograd.broken("a"), lambda: autograd.detect_anomalies(1), lambda: autograd.TrainingStepper(1, 2, 3),  # type: ignore[arg-type]
    ],
    "looking": [
        lambda: (ZERO + 1).why("q"), lambda: ZERO.draw(view="q"), lambda: ZERO.draw(q=1), lambda: ZERO.step_through(q=1), lambda: autograd.draw_diff(1, 2),
        lambda: (ZERO + 1).step_through().step(-1), lambda: (ZERO + 1).step_through().until("q"), lambda: (ZERO + 1).step_through().predict(ZERO, "q"),
        lambda: (ZERO + 1).step_through(forward=True).break_at("q"),
    ],
    "functional": [
        lambda: F.mse_loss(ROW, [1.0]), lambda: F.l1_loss(ROW, "ab"), lambda: F.mse_loss(ROW, ROW, reduction="all"), lambda: F.cross_entropy(ROW, 5),
        lambda: F.cross_entropy(ROW, "a"), lambda: F.binary_cross_entropy_with_logits(ROW, [1.0]), lambda: F.hinge_loss(ROW, [0, 1]),
        lambda: F.relu("a"), lambda: F.silu(None), lambda: F.softmax(ROW, dim=3), lambda: F.log_softmax([]), lambda: F.linear([1.0], [ROW]),
        lambda: F.scaled_dot_product_attention([[1.0]], [ROW], [[1.0]]), lambda: F.layer_norm(ROW, [3]), lambda: F.embedding(7, [ROW]),
        lambda: F.pick(ROW, 4), lambda: nn.utils.clip_grad_norm_(ROW, "a"),
    ],
    "layers": [
        lambda: MODEL([1.0, 2.0, 3.0]), lambda: MODEL(["1", "2"]), lambda: Mine()([1.0]), lambda: nn.Linear(0, 2), lambda: nn.MLP(2, [3, "a"]),
        lambda: nn.MLP(2, [3], activation="q"), lambda: nn.MLP(2, 3), lambda: nn.SelfAttention(4, 2), lambda: nn.MultiheadAttention(3, 2),
        lambda: nn.Embedding(0, 2), lambda: nn.LayerNorm("a"), lambda: nn.Neuron("a"), lambda: nn.Layer(2, 0), lambda: nn.Sequential(1),
        lambda: nn.ModuleList([1]), lambda: nn.CrossEntropyLoss(reduction="all"), lambda: MODEL.load_state_dict({}), lambda: MODEL.train("a"),
        lambda: MODEL([1.0, 2.0]) - 1, lambda: MODEL([1.0, 2.0]).backward(), lambda: setattr(nn.Linear(1, 1), "bias", ZERO * 2),
    ],
    "optimisers": [
        lambda: nn.optim.SGD([], lr=0.1), lambda: nn.optim.SGD(0.1), lambda: nn.optim.SGD(MODEL.parameters(), lr=-1), lambda: nn.optim.AdamW([ZERO] * 2),
        lambda: nn.optim.Adam(MODEL.parameters(), betas=(2, 3)), lambda: nn.optim.RMSprop(MODEL.parameters(), alpha=-1),
        lambda: nn.optim.SGD(MODEL.parameters(), lr=0.1).step(), lambda: nn.optim.SGD([ZERO]).add_param_group({"lr": 1}),
        lambda: nn.optim.SGD([ZERO]).load_state_dict({}), lambda: nn.optim.lr_scheduler.LambdaLR(1, 2),
        lambda: nn.optim.lr_scheduler.CosineAnnealingLR(nn.optim.SGD([ZERO]), -1),
    ],
    "compiled": [
        lambda: autograd.compile(ZERO), lambda: autograd.compile(lambda: ZERO, []), lambda: autograd.compile(lambda: ZERO, backend="q"),
        lambda: autograd.compile(lambda x: ZERO * math.exp(x))(1.0), lambda: autograd.compile(lambda x: ZERO if x > 0 else MINUS)(1.0),
        lambda: autograd.compile(lambda x: (ZERO * x).log())(1.0), lambda: autograd.compile(lambda x: [x])(1.0),
        lambda: autograd.compile(lambda x: ZERO * x)({}), lambda: autograd.compile(lambda x: ZERO * x).batch([1.0], [2.0, 3.0]),
        lambda: autograd.compile(lambda x: ZERO * x).train([([1.0],)], 0.1, 5), lambda: autograd.compile(lambda x: ZERO * x).update(0.1, [1.0]),
        lambda: autograd.compile(lambda x: ZERO * "a" * x).prepare({}), lambda: autograd.compile(MODEL, MODEL.parameters),
    ],
    "films": [
        lambda: autograd.Recorder(1), lambda: autograd.Recorder(ZERO), lambda: autograd.Recorder(["a"]), lambda: autograd.Recorder(every=0),
        lambda: autograd.Recorder(MODEL).step("a"), lambda: autograd.Recorder(MODEL).save("film.html"), lambda: autograd.save_player("a", ZERO),
    ],
    "names": [lambda: autograd.Tensor, lambda: nn.Conv2d, lambda: F.one_hot, lambda: ZERO.numpy, lambda: MODEL.cuda],
}  # fmt: skip


def frames_of(fails):
    with pytest.raises((AutogradError, AttributeError)) as caught:
        fails()
    printed = "".join(traceback.format_exception(caught.value))
    assert "During handling" not in printed and "direct cause" not in printed, printed
    return traceback.extract_tb(caught.value.__traceback__)


@pytest.mark.parametrize("kind", FAILURES)
def test_the_traceback_is_the_learners_line_and_one_of_ours(kind):
    pytest.importorskip("graphviz")
    for fails in FAILURES[kind]:
        frames = frames_of(fails)
        printed = "".join(traceback.format_list(frames))
        assert len([frame for frame in frames if frame.filename != __file__]) == 1, printed
        assert all(os.path.exists(frame.filename) or re.fullmatch(r"<.*>", frame.filename) for frame in frames), printed


def test_it_is_so_while_lines_are_recorded_and_under_a_tracer():
    """Debuggers and coverage tools set a trace function; with recorded lines, an operation takes its slow path."""

    def tracer(*_):
        return tracer

    for kind in ("operations", "functional", "layers", "optimisers"):
        for fails in FAILURES[kind]:
            with record_source():
                assert len(frames_of(fails)) <= 5
            before = sys.gettrace()
            try:
                sys.settrace(tracer)
                with pytest.raises((AutogradError, AttributeError)) as caught:
                    fails()
            finally:
                sys.settrace(before)
            frames = traceback.extract_tb(caught.value.__traceback__)
            assert len([frame for frame in frames if frame.filename != __file__]) == 1, frames


def test_what_a_learners_own_function_did_stays_in_the_traceback():
    def cost(x):
        return (x - 1).log()

    for fails in (lambda: grad(cost)(0.5), lambda: nn.optim.SGD([ZERO]).step(lambda: cost(0 * ZERO))):
        names = [frame.name for frame in frames_of(fails)]
        assert names[-1] == "cost" and len(names) <= 5, names


class Wrong(nn.Module):
    def forward(self, x):
        return len(x)


def test_between_a_learners_call_and_their_own_mistake_is_one_line_of_ours():
    def wrong(*_):
        return len(5)  # type: ignore[arg-type]

    sgd, step = nn.optim.SGD([ZERO]), autograd.compile(wrong)
    for fails in (
        lambda: grad(wrong)(1.0), lambda: autograd.jacobian(wrong)([1.0]), lambda: autograd.gradcheck(wrong, [ZERO]), lambda: step(1.0),
        lambda: step.batch([1.0]), lambda: sgd.step(wrong), lambda: autograd.TrainingStepper(MODEL, wrong, sgd, [(1.0,)]).step(),
        lambda: autograd.Recorder(sample=wrong).step(1.0), lambda: nn.Sequential(Wrong())(5),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=r"object of type 'int' has no len\(\)") as caught:
            fails()
        frames = traceback.extract_tb(caught.value.__traceback__)
        assert len([frame for frame in frames if frame.filename != __file__]) == 1, frames
        assert frames[-1].name in ("wrong", "forward")


def test_a_mistake_of_ours_is_shown_whole(monkeypatch):
    monkeypatch.setattr("autograd.drawing.drawing.build_drawing", None)
    with pytest.raises(TypeError, match="'NoneType' object is not callable") as caught:
        ZERO.draw()
    assert len(traceback.extract_tb(caught.value.__traceback__)) == 4


def test_a_call_that_does_not_fit_is_answered_with_what_would():
    optimizer = nn.optim.SGD
    for call, said in (
        (lambda: nn.MLP([2, 3, 1]), r"MLP\(in_features, sizes, activation='relu', .* missing 1 required positional argument: 'sizes'"),
        (lambda: optimizer(ROW, learning_rate=0.1), r"SGD\(params, lr=0.001, .* got an unexpected keyword argument 'learning_rate'"),
        (lambda: softmax(ZERO, MINUS), r"softmax takes one list, but got 2 arguments: write softmax\(\[a, b\]\)"),
        (lambda: mean(ZERO, 2.0, MINUS), r"mean takes one list, but got 3 arguments: write mean\(\[a, 2.0, b\]\)"),
        (lambda: total(ROW, 0), r"total takes one list, .*: write \[total\(row\) for row in rows\] for a list of rows"),
        (lambda: optimizer(MODEL.parameters), "SGD: want a list of parameters, got a method: call it, parameters"),
        (lambda: ZERO * Decimal(3), r"want a Value or a real number as operand 2 of mul, got Decimal\('3'\): float\(\) of it will do"),
        (lambda: F.gelu(1.0, approximate="tanh"), r"gelu\(input\) got an unexpected keyword argument 'approximate'"),
        (lambda: F.cross_entropy(ROW, 5), "cross_entropy: want an index from 0 to 1, got 5"),
    ):  # fmt: skip
        with pytest.raises(AutogradError, match=said) as caught:
            call()
        assert len(traceback.extract_tb(caught.value.__traceback__)) == 3

    def wrong():
        return len(5)

    with pytest.raises(
        TypeError, match=r"object of type 'int' has no len\(\)"
    ) as caught:  # a learner's own is left alone
        grad(lambda x: wrong())(1.0)
    assert not isinstance(caught.value, AutogradError)


def test_one_of_ours_is_called_as_the_learner_called_it():
    assert frames_of(lambda: F.mse_loss(ROW, [1.0]))[-1].name == "mse_loss"
    assert frames_of(lambda: nn.Linear(0, 2))[-1].name == "__init__"


def test_a_learners_own_forward_stays_in_the_traceback():
    with pytest.raises(ShapeError, match=r"inner \(Linear\): want .* got shape \(1,\)") as caught:
        Mine()([1.0])
    assert [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][-2:] == ["__call__", "forward"]


def test_the_whole_traceback_is_there_for_who_asks(monkeypatch):
    monkeypatch.setenv("AUTOGRAD_TRACEBACK", "full")
    with pytest.raises(ShapeError) as caught:
        MODEL([1.0])
    assert len(traceback.extract_tb(caught.value.__traceback__)) > 5


def run(code, *options):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "IPYTHONDIR": os.devnull}
    return subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, env=env, timeout=120, check=False
    )


def test_in_plain_python_a_wrong_width_takes_eight_lines(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("import nn\nmodel = nn.MLP(2, [3, 1])\nmodel([1.0, 2.0, 3.0])\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, env=env, timeout=60, check=False)
    lines = done.stderr.splitlines()
    assert len(lines) <= 8 and "mine.py" in lines[1] and "ShapeError: layers.0 (Hidden): want a list" in lines[-1]


def test_in_ipython_and_in_pytest_it_is_as_short(tmp_path):
    pytest.importorskip("IPython")
    shell = (
        "from IPython.core.interactiveshell import InteractiveShell\nshell = InteractiveShell.instance(colors='nocolor')\n"
        "shell.run_cell('import nn; model = nn.MLP(2, [3, 1])')\nshell.run_cell('model([1.0, 2.0, 3.0])')\n"
        "shell.run_cell('from autograd import Value\\nValue(0.0).log()')\n"
    )
    said = run(shell).stdout
    wrong_width, _, no_log = said.partition("ShapeError: layers.0 (Hidden)")
    assert wrong_width.count("File ") + wrong_width.count("Cell ") <= 2 and len(wrong_width.splitlines()) < 30
    assert "DomainError: log(0.0) is not defined" in no_log and no_log.count("operations>") <= 1


def test_pytest_shows_the_learners_line_last(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "import nn\nfrom autograd import Value\n\n\ndef test_width():\n    nn.MLP(2, [3, 1])([1.0])\n\n\n"
        "def test_log():\n    Value(0.0).log()\n\n\ndef test_slope():\n    Value(0.0).sqrt().backward()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    said = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False).stdout
    assert re.findall(r"^\S+\.py:(\d+): (\w+)$", said, re.MULTILINE) == [
        ("6", "ShapeError"),
        ("10", "DomainError"),
        ("14", "SingularityError"),
    ]


NAMES = [
    (lambda a, b: b / a, SingularityError, "b/a divides by zero: a is 0.0."),
    (lambda a, b: 1 / a, SingularityError, "1/a divides by zero: a is 0.0."),
    (lambda a, b: Value(1.0) / Value(0.0), SingularityError, "1/0 divides by zero."),
    (lambda a, b: b.log(), DomainError, "log(b) is not defined at b = -3.0: want b > 0."),
    (lambda a, b: Value(-3.0).log(), DomainError, "log(-3.0) is not defined: want an operand > 0."),
    (lambda a, b: a % 0, DomainError, "a % 0.0 is not defined at a = 0.0: want an operand != 0."),
    (lambda a, b: Value(math.inf, "x") % 2, DomainError, "x % 2.0 is not defined at x = inf: want a finite x."),
    (lambda a, b: Value(-math.inf).sin(), DomainError, "sin(-inf) is not defined: want a finite operand."),
    (lambda a, b: Value(-math.inf).log(), DomainError, "log(-inf) is not defined: want an operand > 0."),
    (lambda a, b: b**0.5, DomainError, "b**0.5 is not defined at b = -3.0: want b > 0, or a whole exponent."),
    (lambda a, b: a**b, SingularityError, "a**b divides by zero at a = 0.0, b = -3.0: want an exponent >= 0"),
    (lambda a, b: (b * -1e3).exp(), FloatOverflowError, "exp(3000.0) is too large for a float."),
    (lambda a, b: (-b * 1e3 + a).exp(), FloatOverflowError, "exp(3000.0) is too large for a float."),
]  # fmt: skip


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(("fails", "kind", "said"), NAMES)
def test_messages_use_the_learners_names_whatever_the_row_calls_them(fails, kind, said, labelled):
    a, b = Value(0.0, label="a" * labelled), Value(-3.0, label="b" * labelled)  # the row's a is their b
    with pytest.raises(kind) as caught:
        fails(a, b)
    assert str(caught.value).startswith(said) and "ieee" in str(caught.value)


def test_a_variable_a_list_and_a_model_name_what_has_no_label():
    speeds = [Value(1.0), Value(0.0)]
    with pytest.raises(SingularityError, match=re.escape("1/speeds[1] divides by zero: speeds[1] is 0.0")):
        1 / speeds[1]
    line = nn.Linear(1, 1, seed=0)
    line.bias[0].data = 0.0
    with pytest.raises(DomainError, match=re.escape("log(line.bias[0]) is not defined at line.bias[0] = 0.0")):
        line.bias[0].log()


def test_a_node_of_a_graph_is_named_as_the_graph_names_it():
    a = Value(2.0, label="a")
    f = (a + 1).log()
    with pytest.raises(DomainError, match=r"log\(v1\) is not defined at v1 = -4\.0: want v1 > 0"):
        f.step_through().what_if("a", -5)


def test_backward_at_an_infinite_slope_names_the_node_the_module_and_the_line():
    class Root(nn.Module):
        def __init__(self):
            self.w = [Value(0.0)]

        def forward(self, x):
            root = (self.w[0] * x).sqrt()
            return root * 3

    class Outer(nn.Module):
        def __init__(self):
            self.inner = Root()

        def forward(self, x):
            return self.inner(x)

    z = Value(0.0, label="z")
    q = z.sqrt()
    with pytest.raises(SingularityError) as caught:
        (q * 2).backward()
    text = str(caught.value)
    assert text.startswith(
        "no gradient can flow through q = sqrt(z) to z: the slope, 0.5 / q, is infinite at z = 0.0. Keep z away"
    )
    assert "ieee" in text and "record_source() this names the line" in text
    with record_source():
        f = Outer()(2.0)
    with pytest.raises(
        SingularityError, match=r"\(in inner, test_failures\.py:\d+  root = \(self\.w\[0\] \* x\)\.sqrt\(\)\)"
    ):
        f.backward()
    with pytest.raises(SingularityError, match=r"in inner, test_failures\.py"):
        f.step_through().run()


def test_a_logarithm_that_fails_is_shown_the_form_that_does_not():
    y = 1.0
    for x, hint in ((40.0, "write -z.softplus()"), (-800.0, "write -(-z).softplus()")):
        z = Value(x, label="z")
        p = z.sigmoid()
        with pytest.raises(DomainError, match=re.escape(hint)) as caught:
            -(y * p.log() + (1 - y) * (1 - p).log())
        (form,) = re.findall(r"write (.*)$", str(caught.value))
        stable = eval(form, {"z": z})  # the suggestion is run
        stable.backward()
        assert stable.data == pytest.approx(-abs(x)) and abs(z.grad) == pytest.approx(1.0)
    p = Value(1.0, label="p")
    with pytest.raises(DomainError, match=re.escape("If p is sigmoid(z), write -z.softplus() for log(1 - p)")):
        (1 - p).log()
    with pytest.raises(DomainError, match="surprisal"):
        softmax([Value(0.0), Value(1e4)])[0].log()
    with ieee():
        assert (1 - p).log().data == float("-inf")


def test_a_gradient_that_was_not_recorded_is_named_where_it_is_missed():
    x = Value(2.0, label="x")
    (slope,) = grad(x**3, x)
    wanted = "slope is a gradient that was not recorded: grad(..., create_graph=True) records it"
    with pytest.raises(AutogradError, match=re.escape(wanted)):
        grad(slope, x)
    half = slope * 0.5
    for said in (
        slope.why(x),
        half.why(x),
        slope.step_through().headline(),
        autograd.detect_anomalies(slope),
        autograd.diagnose(half, x, 3),
    ):
        assert wanted in said
    (slope,) = grad(x**3, x, create_graph=True)
    assert grad(slope, x)[0].data == 12.0
    assert "made from .data" in Value(1.0).why(x)


def test_an_unknown_option_is_answered_with_those_there_are():
    pytest.importorskip("graphviz")
    a = Value(2.0, label="a")
    f = a * a
    bp = f.step_through()
    for call, listed in (
        (f.draw, "depth"), (f.show, "depth"), (f.tree, "unicode"), (f.mermaid, "budget"), (f.player, "deadline"), (f.step_through, "forward"),
        (bp.draw, "depth"), (lambda **options: f.why(a, **options), "most"), (lambda **o: autograd.draw_diff(f, f, **o), "names"),
    ):  # fmt: skip
        with pytest.raises(
            TypeError, match=rf"there is no option rankdir here: the options are .*\b{listed}\b"
        ) as caught:
            call(rankdir="TB")
        assert len(traceback.extract_tb(caught.value.__traceback__)) <= 4
    with pytest.raises(TypeError, match=r"no option dept here: did you mean depth\? The options are"):
        f.draw(dept=1)


def test_help_lists_the_options_from_where_one_is():
    import inspect

    f = Value(2.0) * 3
    for method, option in (
        (f.draw, "theme"),
        (f.show, "theme"),
        (f.tree, "depth"),
        (f.player, "deadline"),
        (f.step_through, "forward"),
        (f.why, "most"),
    ):
        assert option in inspect.signature(method).parameters and method.__doc__


@pytest.mark.parametrize("count", [3, 4, 5, 9])
def test_an_error_shows_four_operands_of_a_list(count):
    logs = autograd.op("logs_of_failures", "logs", "sum(log(xs[i]))", xs="1 / xs[i]")
    shown = ", ".join([*["1.0"] * (count - 1), "-1.0"] if count <= 4 else [*["1.0"] * 4, "..."])
    with pytest.raises(DomainError, match=re.escape(f"logs_of_failures({shown}) is not defined")):
        logs([*[Value(1.0)] * (count - 1), Value(-1.0)])


def test_a_slope_that_is_no_number_is_not_called_infinite():
    odd = autograd.op("odd_of_failures", "odd", "a", "(a - 1) / (a - 1)")
    for make, what in ((lambda: Value(0.0).sqrt(), "infinite at 0.0"), (lambda: odd(Value(1.0)), "not defined at 1.0")):
        (partial,) = make().partials
        with pytest.raises(SingularityError, match=f"for operand 1 is {what}: no gradient can flow through it"):
            _ = partial * 2.0
        with pytest.raises(SingularityError, match="no gradient can flow through it"):
            _ = 2.0 * partial
        assert partial * 0.0 == 0.0 * partial == 0.0
        with pytest.raises(SingularityError, match="no gradient can flow through it"):
            _ = pickle.loads(pickle.dumps(partial)) * 2.0


@pytest.mark.parametrize(
    ("thing", "said"),
    [({k: k for k in range(99)}, "a dict"), (bytearray(99), "a bytearray"), (range(10**60), "a range")],
)
def test_a_long_thing_is_called_by_its_kind(thing, said):
    with pytest.raises(TypeError, match=f"want a real number for a Value, got {said}$"):
        Value(thing)
    kind = type("Elephant", (), {"__repr__": lambda self: "x" * 99})
    with pytest.raises(TypeError, match=r"got an Elephant$"):
        Value(kind())
