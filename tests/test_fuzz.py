"""The fuzzer: every suite runs some programs from a fixed seed, and checks that it finds planted faults."""

from __future__ import annotations

import json
import math
import random
from collections import Counter

import pytest

pytest.importorskip("mpmath")

from fuzz import bounds, modes, planted, programs, report, words
from fuzz.__main__ import Run
from fuzz.bounds import bounded
from fuzz.shrink import shrink

from autograd import Value, ieee
from autograd.compiled.batches import Prepared
from autograd.compiled.tracing import Programs
from autograd.errors import AutogradError
from autograd.stepper import walker


def checked(run: Run) -> Run:
    assert not run.findings, "\n".join(text for _, text in run.findings)
    return run


def test_some_programs_agree_in_the_quick_modes():
    """Compilers and other processes are left out, since they take a long time."""
    run = Run(seed=20, minutes=30, modes=["eager", "then", "again", "stepper", "grad", "hessian", "formula", "python"])
    run.run(count=12)
    checked(run)
    assert not run.findings
    assert run.seen["eager"] > 9 and run.seen["then"] > 9 and run.seen["stepper"] > 5
    assert 0 < max(run.largest.values()) <= 1


@pytest.mark.slow
def test_programs_agree_in_every_mode():
    run = Run(seed=11, minutes=30)
    with modes.languages.quick_builds():
        run.run(count=30)
    checked(run)
    assert run.programs == 30 and sum(run.summary()["compared"].values()) > 5 * run.programs


@pytest.mark.slow
@pytest.mark.parametrize("fault", planted.FAULTS, ids=lambda fault: fault[0])
def test_a_planted_fault_is_found_in_two_minutes(fault):
    said, seconds = planted.noticed(*fault)
    assert said and seconds < planted.SECONDS + 10


def test_every_fault_has_its_place():
    """A fault follows its code: the text that it replaces is there, at least once."""
    assert len(planted.FAULTS) >= 15 and len({name for name, *_ in planted.FAULTS}) == len(planted.FAULTS)
    for name, file, old, new in planted.FAULTS:
        assert old in (planted.ROOT / file).read_text(encoding="utf-8") and old != new, name


def test_a_seed_is_a_sequence_of_programs():
    texts = [programs.program(3, number) for number in range(300)]
    assert texts == [programs.program(3, number) for number in range(300)]
    assert len(set(texts)) == 300 and texts != [programs.program(4, number) for number in range(300)]


TEXTS = [programs.program(5, number) for number in range(3000)]


@pytest.mark.parametrize(
    "part",
    ["for k in range", "with no_grad()", "with atomic()", "with ieee()", ".detach()", "nn.MLP", "nn.SelfAttention", "op(", "create_graph=True", "optimizer.step()",
     ".weight = m0.weight", ".data = ", ".grad = None", "+= ", "F.cross_entropy", "1e+300", "def loss(s=", "range(50000)", "range(10000)", "i, = grad"],
)  # fmt: skip
def test_programs_are_of_every_kind(part):
    assert any(part in text for text in TEXTS)


# --- Bounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["float", "mpmath"])
def test_a_bound_holds_and_is_not_wide(kind):
    """Sums of random numbers in any order, and chains of functions: they are never off by more than the bound, and the
    bound is not a thousand times too wide."""
    rng = random.Random(0)
    with bounds.exactly("mpmath"):
        used = []
        for _ in range(200):
            numbers = [rng.uniform(-1, 1) * 10 ** rng.randrange(-3, 4) for _ in range(20)]
            exact = bounds.add_up(map(bounded, numbers))
            shuffled = sorted(numbers, key=lambda _: rng.random())
            used.append(exact.units(_sum(shuffled)))
        assert max(used) <= 1 and max(used) > 0.001
    with bounds.exactly(kind):
        x = bounded(0.1)
        for _ in range(100):
            x = bounds.function("sin")(x * 1.5)
        assert 0 < x.error < 1e-12


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_the_bound_of_a_wave_holds_where_it_turns(name):
    rng = random.Random(0)
    with bounds.exactly("mpmath"):
        for _ in range(200):
            at, error = rng.uniform(-4, 4), rng.random()
            moved = bounds.function(name)(bounds.Bounded(bounded(at).value, error))
            inside = [getattr(math, name)(at + error * k / 20) for k in range(-20, 21)]
            assert all(abs(x - moved.value) <= moved.error for x in inside)


def _sum(numbers):
    total = 0.0
    for number in numbers:
        total += number
    return total


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: 1e308 * x * 1e308,
        lambda x: bounds.function("exp")(x * 1e4),
        lambda x: x / (x - x),
        lambda x: bounds.function("log")(-x),
    ],
)
def test_what_no_float_is_has_no_bound(compute):
    with bounds.exactly("mpmath"), pytest.raises(bounds.BeyondError):
        compute(bounded(1.0))


def test_a_comparison_that_rounding_may_turn_is_not_decided():
    with bounds.exactly("mpmath"):
        third = bounded(1.0) / 3
        with pytest.raises(bounds.UndecidedError):
            _ = third * 3 > 1.0
        assert third * 3 > 0.999 and not third > third


# --- Finding, shrinking, reporting -------------------------------------------------------------------------

LONG = """
x = Value(0.5)
y = Value(1.25)

def loss(s=0.75):
    a = x * y
    for k in range(3):
        a = a.tanh() + s
    with atomic():
        b = total([a, x, a * x])
    return b + y.sin()

def then():
    f = loss()
    f.backward()
    seen(f, x.grad)
"""


def test_a_finding_becomes_short():
    """Every program with a sine in it disagrees; everything else is removed."""
    short = shrink(LONG, lambda text: ".sin()" in text and "def loss" in text, deadline=float("inf"))
    assert len(short.splitlines()) <= 4 and ".sin()" in short and len(short) < 50


def test_what_is_shortened_stays_the_same_error(capsys, monkeypatch):
    """A program that is refused must not become one that lacks a name."""
    refused = LONG.replace("    f = loss()\n", "    nn.optim.SGD([x, x], lr=0.1)\n    f = loss()\n")
    monkeypatch.setattr("fuzz.__main__.program", lambda seed, number: refused)
    run = Run(seed=1, minutes=30, modes=["then"])
    run.run(count=1)
    assert "ArgumentError" in capsys.readouterr().out
    ((_, short),) = run.findings
    assert "SGD(" in short and "def then" in short and len(short.splitlines()) < 12


def test_a_wrong_engine_is_found_shrunk_and_printed_as_a_test_that_runs(monkeypatch, capsys):
    """The slope of a sine is wrong in this process: what is printed fails as long as it is, and passes afterwards."""
    right = Value.sin

    def wrong(self):
        node = right(self)
        if node.da is not None:
            node.da *= 1.0000001
        return node

    monkeypatch.setattr(Value, "sin", wrong)
    run = Run(seed=1, minutes=30, modes=["eager"])
    shows = [
        n for n in range(60) if ".sin()" in (text := programs.program(1, n)) and modes.disagreements(text, ["eager"], n)
    ]
    number = min(shows, key=lambda n: len(programs.program(1, n)))
    run.run(start=number, count=1)
    printed = capsys.readouterr().out
    assert "DISAGREEMENT" in printed and len(run.findings) == 1 and len(run.findings[0][1].splitlines()) < 12
    test = printed[printed.index("def test_found") :]
    names = {"disagreements": modes.disagreements}
    exec(test, names)
    (found,) = [function for name, function in names.items() if name.startswith("test_found")]
    with pytest.raises(AssertionError):
        found()
    monkeypatch.setattr(Value, "sin", right)
    found()


def test_a_program_runs_on_every_engine():
    shown = []
    names = words.run(LONG, words.ours(shown))
    names["then"]()
    case = modes.Case(LONG)
    wanted, tied = case.truth("then")
    assert len(wanted) == len(shown) == 2 and not tied
    with bounds.exactly("mpmath"):
        assert all(exact.units(x) < 1 for exact, x in zip(wanted, shown))


# Programs that the fuzzer once found, as it printed them.
FOUND = {
    "a total of one value was that value inside atomic(), so that no_grad() did not cut it": (
        "modes",
        """
z = Value(0.4)
def loss():
    with no_grad():
        v = total([z])
    return v * z
""",
    ),
    "compile() raised an error for the nan of a remainder inside ieee()": (
        "python",
        """
x = 1e300
y = Value(3.0)
def loss():
    v = x * x - y
    with ieee():
        return v % 1.7
""",
    ),
    "compile() refused atomic() around a logsumexp": (
        "python",
        """
x = Value(1.0)
def loss():
    with atomic():
        v = logsumexp([x, 2.0])
    return v
""",
    ),
    "a Value taken away from a leaf inside a mode was compared with 0": (
        "modes",
        """
x = Value(1.0)
def loss():
    v = x.detach()
    v -= x.tanh()
    return v * x
""",
    ),
    "compile() refused a hinge loss of an argument": (
        "python",
        """
x = Value(1.0)
def loss(s=0.5):
    return F.hinge_loss([x, s], [1, -1])
""",
    ),
}


# Findings that were faults of the fuzzer, not of the engine.
OWN_FAULTS = {
    "a condition whose slope is 0 is still moved by weight decay": (
        "torch",
        """
x = Value(2.0)
def loss():
    return where(x, 1.5, 1.0)
def then():
    optimizer = nn.optim.AdamW([x])
    loss().backward()
    optimizer.step()
    seen(x)
""",
    ),
    "gradients of a list that PyTorch keeps in one place": (
        "torch",
        """
y = Value(0.5)
z = Value(2.0)
def loss():
    return total([y, z])
def then():
    for step in range(3):
        loss().backward()
    seen(z.grad)
""",
    ),
    "60 digits are too few for a remainder of 1e154": (
        "eager",
        """
y = Value(1e154)
def loss():
    return y % 1.7
""",
    ),
    "PyTorch's logsumexp loses digits with the size of the scores": (
        "torch",
        """
y = Value(1e300)
def loss():
    return logsumexp([y, y])
""",
    ),
    "an error in what the loss does not use": (
        "python",
        """
x = Value(1.6)
y = Value(1.8)
def loss():
    v = x
    for k in range(5):
        v = v * v
    v = v ** v
    return y
""",
    ),
    "an error in what the loss does not use, after set()": (
        "stepper",
        """
y = Value(1.6)
def loss():
    v = y
    for k in range(4):
        w = v + 1.3
        v = v * w + k
    v.sin().acos() ** w
    return y + 0
""",
    ),
    "the cosine of inf in what the loss does not use, after set()": (
        "stepper",
        """
x = 1e160
y = Value(0.0)
def loss():
    v = x * y * x
    v.cos()
    return y - y
""",
    ),
    "an error in what the loss does not use, after the parameters moved": (
        "c",
        """
x = Value(3.0)
y = Value(1.6)
def loss():
    v = y
    for k in range(4):
        w = v + 1.3
        v = v * w + k
    v = v.sin().acos()
    (v * v) ** w
    return x + 0
""",
    ),
    "an error in what the loss does not use, in a row of a batch": (
        "python",
        """
y = Value(709.7)
def loss(s=0.0):
    (y + s).exp()
    return y - s
""",
    ),
    "an error in what the loss does not use, beside a loss of inf": (
        "python",
        """
x = Value(1e200)
def loss():
    v = x * x
    v.cos()
    return v + 0
""",
    ),
    "a loss that is a parameter, which the update moves": (
        "python",
        """
x = Value(3.0)
def loss():
    return x
""",
    ),
    "an alpha whose slope is 0 is still moved by weight decay": (
        "torch",
        """
y = Value(0.6)
def loss():
    return elu(3.0, y)
def then():
    optimizer = nn.optim.AdamW([y])
    loss().backward()
    optimizer.step()
    seen(y)
""",
    ),
    "twice a gradient that is below the smallest normal float": (
        "again",
        """
w = Value(0.8)
def loss():
    v = 0.7
    for k in range(3315):
        v = v * w
    return v
""",
    ),
    "PyTorch's slope of logsumexp loses digits with the size of the scores": (
        "torch",
        """
y = Value(100000.0)
def loss():
    return logsumexp([y, y])
def then():
    f = loss()
    f.backward()
    seen(f, y.grad)
""",
    ),
    "the remainder of a number far too small for a float": (
        "eager",
        """
x = Value(1e9)
def loss():
    v = (-x * x * 0.5).exp()
    return v.fmod(abs(x) + 0.7)
""",
    ),
    "the angle of a point on the cut depends on the sign of a zero": (
        "eager",
        """
x = Value(-2.0)
def loss():
    v = x.clamp_min(-0.0)
    return v.atan2(x)
""",
    ),
}


@pytest.mark.parametrize("what", OWN_FAULTS)
def test_the_fuzzer_does_not_call_a_right_program_wrong(what):
    mode, text = OWN_FAULTS[what]
    if mode == "torch":
        pytest.importorskip("torch")
    for seed in range(4):  # it draws when compile() checks itself, and which leaf moves
        assert modes.disagreements(text, [mode], seed) == []


# Programs whose loss uses a value that raises an error, at the numbers given, at moved ones, or in a batch.
USED = {
    "at once": """
x = Value(1000.0)
def loss():
    return 1.0 - x.exp().clamp_max(2.0)
""",
    "moved": """
x = Value(0.0)
y = Value(1.0)
def loss():
    return y * where((1.0 - x * 100).sqrt(), 1.0, 0.0)
""",
    "moved, and cut off by no_grad()": """
x = Value(0.0)
y = Value(1.0)
def loss():
    with no_grad():
        v = (x * 1e5).exp().tanh()
    return y * v
""",
    "moved, and cut off by detach()": """
x = Value(0.0)
y = Value(1.0)
def loss():
    return y * (x * 1e5).exp().tanh().detach()
""",
    "in backward()": """
x = Value(0.0)
def loss():
    return x.sqrt()
""",
    "in a row of a batch": """
x = Value(5.0)
def loss(s=0.0):
    with no_grad():
        v = (1e5 * s * x).exp().tanh()
    return x * v
""",
}


@pytest.mark.parametrize("mode", ["python", "c"])
@pytest.mark.parametrize("where", USED)
def test_a_mode_that_swallows_an_error_of_what_the_loss_uses_is_found(where, mode, monkeypatch):
    """The loss and its gradients may be finite inside ieee() all the same: tanh(inf) is 1."""
    assert modes.disagreements(USED[where], [mode], 2) == []
    monkeypatch.setattr(Prepared, "computed", in_ieee(Prepared.computed))
    monkeypatch.setattr(Programs, "of", in_ieee(Programs.of))
    assert "Error" in str(modes.disagreements(USED[where], [mode], 2))


def in_ieee(method):
    """Return a method that swallows errors: where it raises one, it computes inside ieee()."""

    def swallowing(*operands, **more):
        try:
            return method(*operands, **more)
        except AutogradError:
            with ieee():
                return method(*operands, **more)

    return swallowing


def test_a_stepper_that_swallows_an_error_of_what_the_loss_uses_is_found(monkeypatch):
    text = "y = Value(709.7)\ndef loss():\n    return where(y.exp(), y, 2.0)\n"
    assert modes.disagreements(text, ["stepper"]) == []
    monkeypatch.setattr(walker, "recompute", in_ieee(walker.recompute))
    assert "want FloatOverflowError" in str(modes.disagreements(text, ["stepper"]))


def test_a_wrong_number_beside_an_error_in_what_the_loss_does_not_use_is_found(monkeypatch):
    """The gradient of a stepper is wrong after set(): the discarded error does not excuse it."""
    text = "y = Value(709.7)\ndef loss():\n    y.exp()\n    return y * y\n"
    assert modes.disagreements(text, ["stepper"]) == []
    monkeypatch.setattr(walker, "recomputed_partials", lambda graph, new: {})
    assert "y.grad is 1419.4, want 1419.65" in str(modes.disagreements(text, ["stepper"]))


@pytest.mark.parametrize("what", FOUND)
def test_what_was_found_once_is_right(what):
    mode, text = FOUND[what]
    assert modes.disagreements(text, [mode]) == []


# --- What the documentation says ---------------------------------------------------------------------------


def test_a_run_is_written_down(tmp_path):
    path = tmp_path / "fuzz.json"
    seen = Counter({"eager": 3, "eager, left out: not finite": 1, "python": 2})
    for seed in (1, 2):
        report.append(path, report.summary(seed, 4, 1800.0, seen, {"eager": 0.25, "python": 0.5}, 0))
    assert report.totals(path) == {
        "programs": 8,
        "hours": 1.0,
        "comparisons": 10,
        "largest": 0.5,
        "mode": "python",
        "findings": 0,
    }
    assert json.loads(path.read_text())[0]["left_out"] == {"eager, left out: not finite": 1}
