"""Anything that Ctrl-C interrupts is as before or as after, a rerun is right, and nothing stays switched on: see
interrupts.py."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import time
from pathlib import Path

import interrupts
import pytest
from backends import BACKENDS, has_compiler
from interrupts import Interrupter, Scenario, is_free, sweep

import autograd
import nn
from autograd import Recorder, TrainingStepper, Value, atomic, higher_order, ieee, no_grad, record_source
from autograd.drawing.output import write_whole
from autograd.graph import walk
from autograd.modes import named_scope
from autograd.value import NOT_REACHED

QUICK = 700  # the number of places in a scenario that all runs of the quick suite try together
MORE = float(os.environ.get("INTERRUPTS", "5_000"))  # for a slow test; "inf": all, which takes hours


# --- Worlds: what is interrupted, and what is seen of it -------------------------------------------------------


def numbers(values):
    return [(v.data, "nothing" if v.grad is NOT_REACHED else v.grad) for v in values]


def small_graph():
    """Reuse, a constant, a wide operation and leaves of two kinds: [a, b, ..., f]."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b
    d = nn.functional.softplus(c + a) * 2.0
    f = nn.functional.mse_loss([d, a, (c - b).tanh()], [1.0, 0.5, 0.0])
    f.label = "f"
    return [a, b, c, d, f]


def reached_graph():
    values = small_graph()
    values[-1].backward()
    return values


def small_model():
    model = nn.MLP(2, [3, 1], seed=0)
    model([0.5, -1.0])[0].backward()
    return model


def of_model(model):
    return numbers(model.parameters()), model.training, model.layers[0].training


SCENARIOS = {}


def scenario(name, make, act, state, *parts):
    SCENARIOS[name] = Scenario(make, act, state, *parts)


# --- Modes ------------------------------------------------------------------------------------------------------


def nested(a):
    with no_grad(), ieee():
        with atomic():
            a.log()
        a.log()


@no_grad
def decorated(a):
    return a * a


@no_grad()
def decorated_generator(a):
    yield a * a
    yield a + a


def out_of_order(a):
    def generator(mode):
        with mode():
            yield a * a
            yield a * a

    first, second = generator(no_grad), generator(ieee)
    next(first), next(second)
    first.close()
    second.close()


def in_tasks(a):
    async def generator():
        with no_grad():
            yield a * a

    async def begin(turns):
        await turns.__anext__()

    async def main():
        turns = generator()
        await asyncio.create_task(begin(turns))
        await asyncio.create_task(turns.aclose())  # its context differs from the first

    with asyncio.Runner() if hasattr(asyncio, "Runner") else Loop() as runner:
        runner.run(main())


class Loop:
    """asyncio.Runner, before Python 3.11: no handler of signals."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        return self

    def __exit__(self, *_):
        self.loop.close()

    def run(self, main):
        self.loop.run_until_complete(main)


def a_leaf():
    return Value(2.0, label="a")


def records(a):
    """Return whether an operation is recorded now, as usual."""
    return (a * 2).operands == (a, 2.0), numbers([a])


scenario("modes, nested", a_leaf, nested, records)
scenario("a decorated function", a_leaf, decorated, records)
scenario("a decorated generator", a_leaf, lambda a: [*decorated_generator(a)], records)
scenario("generators closed in another order", a_leaf, out_of_order, records)


def named(a):
    with named_scope("outer"), named_scope("inner"):
        a * a


def sourced(a):
    with record_source():
        a * a


scenario("named_scope", a_leaf, named, records)
scenario("record_source", a_leaf, sourced, records)

# --- Gradients ----------------------------------------------------------------------------------------------------


scenario("grad", reached_graph, lambda values: autograd.grad(values[-1], values[:2]), numbers)
scenario(
    "grad, create_graph",
    reached_graph,
    lambda values: autograd.grad(values[-1], values[:2], create_graph=True),
    numbers,
)
scenario(
    "hessian",
    a_leaf,
    lambda a: autograd.hessian(lambda x: x * x * a)(3.0),
    lambda a: (numbers([a]), [*higher_order._active]),
)
scenario("gradcheck", reached_graph, lambda values: autograd.gradcheck(lambda a: a * a, values[0]), numbers)
scenario("detect_anomalies", reached_graph, lambda values: autograd.detect_anomalies(values[-1]), numbers)


# --- Many numbers at once ------------------------------------------------------------------------------------------

scenario("zero_grad of a graph", reached_graph, lambda values: values[-1].zero_grad(), numbers)
scenario("zero_grad of a model", small_model, lambda model: model.zero_grad(), of_model)
scenario("zero_grad to 0", small_model, lambda model: model.zero_grad(set_to_none=False), of_model)
scenario(
    "load_state_dict",
    small_model,
    lambda model: model.load_state_dict(nn.MLP(2, [3, 1], seed=1).state_dict()),
    of_model,
)
scenario("a call to a module", small_model, lambda model: model([1.0, 2.0]), of_model)


# --- Optimisers ------------------------------------------------------------------------------------------------------


def optimised(make_optimizer, updates=1):
    """Return a model with gradients, whose optimiser remembers some updates; the last parameter has a group of its
    own."""

    def make():
        model = small_model()
        *most, last = model.parameters()
        optimizer = make_optimizer([{"params": most}, {"params": [last], "lr": 0.05}])
        for _ in range(updates):
            optimizer.step()
        return [model, optimizer, nn.optim.lr_scheduler.StepLR(optimizer, 2)]

    return make


def of_optimised(world):
    model, optimizer, schedule = world
    return of_model(model), repr(optimizer.state_dict()), schedule.state_dict()


OPTIMISERS = {
    "SGD": nn.optim.SGD,
    "SGD with momentum": lambda params: nn.optim.SGD(params, lr=0.1, momentum=0.9),
    "Adam": nn.optim.Adam,
    "AdamW, amsgrad": lambda params: nn.optim.AdamW(params, lr=0.1, amsgrad=True),
    "RMSprop": lambda params: nn.optim.RMSprop(params, lr=0.1, momentum=0.5, centered=True),
    "SGD that overflows": lambda params: nn.optim.SGD(params, lr=1e308, momentum=0.9),
}
for name, make_optimizer in OPTIMISERS.items():
    scenario(f"{name}: step", optimised(make_optimizer), lambda world: world[1].step(), of_optimised)
    scenario(f"{name}: the first step", optimised(make_optimizer, 0), lambda world: world[1].step(), of_optimised)
ADAM = optimised(OPTIMISERS["Adam"])
OTHERS = {
    "zero_grad": lambda world: world[1].zero_grad(),
    "load_state_dict": lambda world: world[1].load_state_dict(optimised(OPTIMISERS["Adam"], 3)()[1].state_dict()),
    "schedule": lambda world: world[2].step(),
    "schedule, load_state_dict": lambda world: world[2].load_state_dict({"last_epoch": 5, "base_lrs": [0.3, 0.2]}),
    "clip_grad_norm_": lambda world: nn.utils.clip_grad_norm_(world[0].parameters(), 0.01),
    "clip_grad_value_": lambda world: nn.utils.clip_grad_value_(world[0].parameters(), 0.01),
    "eval": lambda world: world[0].eval(),
}
for name, act in OTHERS.items():
    scenario(f"Adam: {name}", ADAM, act, of_optimised)

# --- compile() -------------------------------------------------------------------------------------------------------

COLUMNS = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.1]], [1.0, 0.0, 1.0]


def compiled(backend, calls=0, lists=False, optimizer="Adam", **options):
    """Return a compiled loss of a model, called some times; lists: rows of two lengths, which are two programs."""

    def make():
        model = small_model()

        def loss(x, y):
            nn_out = model(x[:2])[0]
            return (nn_out - y) ** 2 + (nn.functional.tanh(nn_out) if len(x) > 2 else 0.0)

        step = autograd.compile(loss, model.parameters(), backend=backend, **options)
        for _ in range(calls):
            step([0.5, -1.0], 1.0)
        return [model, OPTIMISERS[optimizer](model.parameters()), step]

    return make


def of_compiled(world):
    model, optimizer, step = world
    kinds = {type(p) for p in model.parameters()}
    return of_model(model), repr(optimizer.state_dict()), kinds, is_free(step.programs.lock)


MIXED = [[0.5, -1.0], [1.0, 2.0, 3.0], [-0.3, 0.1]], [1.0, 0.0, 1.0]
CALLS = {
    "the first call": (0, lambda world: world[2]([0.5, -1.0], 1.0)),
    "a call": (2, lambda world: world[2]([0.5, -1.0], 1.0)),
    "a call that is checked": (3, lambda world: world[2]([0.5, -1.0], 1.0)),
    "batch": (1, lambda world: world[2].batch(*COLUMNS)),
    "batch of two programs": (1, lambda world: world[2].batch(*MIXED)),
    "update": (1, lambda world: world[2].update(world[1], *COLUMNS)),
    "retrace and call": (1, lambda world: (world[2].retrace(), world[2]([0.5, -1.0], 1.0))),
    "source": (1, lambda world: world[2].source),
}
for backend in ["python", "c"] if has_compiler() else ["python"]:
    for name, (calls, act) in CALLS.items():
        scenario(f"compile, {backend}: {name}", compiled(backend, calls), act, of_compiled)
    for name in ["SGD", "Adam"]:  # without memory and with it
        scenario(
            f"compile, {backend}: train by {name}", compiled(backend, 1, optimizer=name),
            lambda world: world[2].train([COLUMNS], world[1], 3), of_compiled,
            lambda world: world[2].train([COLUMNS], world[1], 1), 3,
        )  # fmt: skip


# --- Files -----------------------------------------------------------------------------------------------------------


def in_files(write, old=()):
    """Return a world of a graph and a folder, with some old files, each of which is as before or as after, and none
    half."""

    def make():
        for path in sorted(Path().rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        for name in old:
            Path(name).write_text("old")
        return reached_graph()

    def act(values):
        write(values[-1])

    return make, act, of_files


def of_files(_):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path().rglob("*") if path.is_file()}


def recorded(f):
    with Recorder(path="film.html") as recorder:
        recorder.step(f)


FILES = {
    "write_whole": (lambda _: write_whole("a.txt", "text"), ["a.txt"]),
    "write_whole, a new file": (lambda _: write_whole("a.txt", "text"), []),
    "save a drawing": (lambda f: f.draw().save("f.gv"), ["f.gv"]),
    "player": (lambda f: f.player().save("f.html"), ["f.html"]),
    "recorder": (recorded, ["film.html"]),
    "what a stepper said": (lambda f: f.step_through().save("f.txt"), []),
}
for name, (write, old) in FILES.items():
    scenario(f"files: {name}", *in_files(write, old))


# --- Training, phase by phase -----------------------------------------------------------------------------------------


def training(*moves, optimizer=OPTIMISERS["Adam"]):
    """Return a TrainingStepper on which some moves have been made."""

    def make():
        model = small_model()
        batches = [([0.5, -1.0], 1.0), ([1.0, 2.0], 0.0)]
        stepper = TrainingStepper(model, lambda x, y: (model(x)[0] - y) ** 2, optimizer(model.parameters()), batches)
        for move in moves:
            move(stepper)
        return [model, stepper]

    return make


def of_training(world):
    model, stepper = world
    nodes = [] if stepper.root is None else walk(stepper.root)
    position = stepper._backprop.position if stepper._backprop else 0
    state = getattr(stepper.optimizer, "state_dict", dict)()
    busy = "_is_busy" in vars(stepper)
    return (
        of_model(model),
        numbers(nodes),
        position,
        repr(state),
        [*stepper.losses],
        stepper.phase,
        len(stepper._done),
        busy,
    )


FORWARD, RUN = (lambda stepper: stepper.forward()), (lambda stepper: stepper.run(2))
for name, moves, move in (
    ("forward", [RUN], lambda stepper: stepper.forward()),
    ("backward", [RUN, FORWARD], lambda stepper: stepper.backward()),
    ("update", [lambda stepper: stepper.step(3), lambda stepper: stepper.next()], lambda stepper: stepper.update()),
    ("zero_grad", [RUN, lambda stepper: stepper.step(60)], lambda stepper: stepper.zero_grad()),
    ("step", [RUN, FORWARD], lambda stepper: stepper.step(2)),
    ("run", [FORWARD], lambda stepper: stepper.run(2)),
    ("until", [], lambda stepper: stepper.until(stepper.losses[-1].after - 1e-3 if stepper.losses else 5.0)),
    ("undo", [RUN], lambda stepper: stepper.undo(2)),
    ("rewind", [RUN, FORWARD], lambda stepper: stepper.rewind()),
    ("goto", [RUN], lambda stepper: stepper.goto(1)),
    ("compare", [RUN], lambda stepper: stepper.compare("uphill", 1)),
    ("run with a mistake", [lambda stepper: stepper.mistake("eps_inside_root")], lambda stepper: stepper.run(1)),
):
    scenario(f"training: {name}", training(*moves), lambda world, move=move: move(world[1]), of_training)
scenario("training by hand: run", training(FORWARD, optimizer=lambda _: 0.1), lambda world: world[1].run(), of_training)


# --- The steppers ---------------------------------------------------------------------------------------------------


def stepper(made, forward=False, labels=(), **options):
    """Return a world with a stepper at some position, of a graph that had been through backward() before."""

    def make():
        values = reached_graph()
        bp = values[-1].step_through(forward=forward, **options)
        bp.goto(made)
        return [*values, bp]

    return make


def of_stepper(world):
    bp = world[-1]
    left = {bp.name(node): left for node, left in getattr(bp, "_left", {}).items()}
    return (
        numbers(bp.graph.nodes),
        [node.partials for node in bp.graph.nodes],
        bp.position,
        bp.closed,
        str(bp.where()),
        left,
    )


MOVES = {
    "step": (2, lambda bp: bp.step()),
    "step(3)": (1, lambda bp: bp.step(3)),
    "next": (0, lambda bp: bp.next()),
    "run": (3, lambda bp: bp.run()),
    "until": (1, lambda bp: bp.until("a")),
    "over": (0, lambda bp: bp.over()),
    "out": (4, lambda bp: bp.out()),
    "undo": (4, lambda bp: bp.undo()),
    "undo(3)": (5, lambda bp: bp.undo(3)),
    "undo_node": (4, lambda bp: bp.undo_node()),
    "rewind": (5, lambda bp: bp.rewind()),
    "goto": (1, lambda bp: bp.goto(4)),
    "goto back": (5, lambda bp: bp.goto(1)),
    "set": (3, lambda bp: bp.set("a", 1.5)),
    "what_if": (3, lambda bp: bp.what_if("a", 1.5)),
    "break_at, run": (0, lambda bp: (bp.break_at("b"), bp.run(), bp.break_at("b"))),
    "for": (5, lambda bp: next(bp, None)),
    "close": (3, lambda bp: bp.close()),
}
for name, (made, move) in MOVES.items():
    for forward in (False, True):
        act = lambda world, move=move: move(world[-1])  # noqa: E731
        scenario(f"stepper{' forward' * forward}: {name}", stepper(made, forward), act, of_stepper)
scenario("stepper: why", stepper(2), lambda world: world[-1].why("a"), of_stepper)
scenario("step_through", reached_graph, lambda values: values[-1].step_through(fresh=True) and None, numbers)


LONG = {
    "files: player",
    "files: recorder",
    "files: save a drawing",
    "training: compare",
    "compile, python: batch of two programs",
}
QUICKLY = [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in SCENARIOS]


@pytest.mark.parametrize("name", QUICKLY)
def test_what_is_interrupted_is_as_before_or_as_after(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [str(fault) for fault in sweep(SCENARIOS[name], QUICK, folder=str(tmp_path))] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_at_many_more_places(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [str(fault) for fault in sweep(SCENARIOS[name], MORE, folder=str(tmp_path), offset=7)] == []


class InUpdates(Interrupter):
    files = (str(Path(autograd.__file__).parent / "training" / "slips.py"),)


@pytest.mark.parametrize(
    "name", ["training by hand: run", pytest.param("training: run with a mistake", marks=pytest.mark.slow)]
)
def test_every_place_where_gradients_are_put_back(name):
    """A context manager entered without its `with` ends only when the traceback does: too late to put anything back."""
    assert [str(fault) for fault in sweep(SCENARIOS[name], interrupter=InUpdates)] == []


class InAnUpdate(Interrupter):
    """It interrupts only what moves parameters, at every place."""

    files = (
        *(str(Path(autograd.__file__).parent / file) for file in ("updates.py", "compiled/training.py")),
        "<autograd",
    )


@pytest.mark.parametrize("many", [10_000, pytest.param(0, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["SGD", pytest.param("Adam", marks=pytest.mark.slow)])
def test_every_place_of_an_update_in_python(name, many, monkeypatch):
    monkeypatch.setattr("autograd.node.MANY", many)
    scenario = SCENARIOS[f"compile, python: train by {name}"]
    assert [str(fault) for fault in sweep(scenario, interrupter=InAnUpdate)] == []


class OnTheWayToC(Interrupter):
    files = (str(Path(nn.optim.__file__).parent / "state.py"), *InAnUpdate.files)


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_goes_on_after_an_interrupt_at_every_place(backend):
    """What an optimiser remembers may be in C: wherever an interrupt comes, it knows that."""

    def make():
        v, w = Value(1.0), Value(2.0)
        step = autograd.compile(lambda x: (v * x + w) ** 2, [v, w], backend)
        optimizer = nn.optim.SGD([v, w], lr=0.01, momentum=0.5)
        go_on(step, optimizer, 1)
        return step, optimizer

    def go_on(step, optimizer, count):
        for _ in range(count):
            step.update(optimizer, [1.0])
        return repr([optimizer.state, *step.parameters])  # it is looked up, so C does not have it any longer

    wanted = [go_on(*make(), count) for count in (2, 3)]
    for at in range(1, 1000):
        step, optimizer = make()
        try:
            with OnTheWayToC(at):
                step.update(optimizer, [1.0])
            break
        except KeyboardInterrupt:
            assert go_on(step, optimizer, 2) in wanted
    assert at > 20


def test_modes_last_as_long_as_their_blocks_in_whatever_order_and_task_they_end():
    a = Value(2.0)
    out_of_order(a)
    in_tasks(a)
    with ieee():  # entering another mode does not turn on one that was left
        assert (a * 2).operands == (a, 2.0)
    assert interrupts.leftovers() == []
    one = no_grad()
    with one:
        with one:
            pass
        assert (a * 2).operands == ()
    assert (a * 2).operands == (a, 2.0)


def test_a_mode_that_is_interrupted_on_its_way_in_is_not_on():
    """This holds even if somebody keeps the mode, so that it does not vanish with a traceback."""
    kept, counting = no_grad(), Interrupter(0)
    with counting:
        kept.__enter__()
    kept.__exit__()
    assert counting.count > 5
    for at in range(1, counting.count + 1):
        with pytest.raises(KeyboardInterrupt), Interrupter(at):
            kept.__enter__()
        assert interrupts.leftovers() == []
    with kept:
        assert (Value(1.0) * 2).operands == ()


def test_an_interrupt_on_the_way_out_of_a_mode_comes_out():
    for mode in (no_grad(), named_scope("x")):
        mode.__enter__()
        with (counting := Interrupter(0)):
            mode.__exit__(None, None, None)
        for at in range(1, counting.count + 1):
            mode.__enter__()
            with pytest.raises(KeyboardInterrupt), Interrupter(at):
                mode.__exit__(None, None, None)
            interrupts.leftovers()  # switches it off, if it was the very first place


def test_files_of_exercises_are_whole_or_not_there(tmp_path, monkeypatch):
    """They are written one after the other, and an existing one is left alone: so none may be half written."""
    from demos.exercises import files

    monkeypatch.chdir(tmp_path)
    files.write("whole")
    whole = {path.name: path.read_text() for path in Path("whole").iterdir()}
    monkeypatch.setattr(files, "starter", lambda lesson, *_: whole[f"lesson_{lesson}.py"])  # it is slow
    monkeypatch.setattr(files, "LESSONS", files.LESSONS[:2])
    counting = Interrupter(0)
    with counting:
        files.write("counted")
    for at in range(1, counting.count + 1, 5):
        folder = Path(f"at{at}")
        with pytest.raises(KeyboardInterrupt), Interrupter(at):
            files.write(folder)
        assert interrupts.leftovers(".") == []
        assert all(path.read_text() == whole[path.name] for path in folder.glob("*"))
        files.write(folder)
        assert len([*folder.iterdir()]) == 2


# --- Signals --------------------------------------------------------------------------------------------------------

SIGNALS = 20  # of each
SIGNALLED = (
    "zero_grad of a model", "load_state_dict", "modes, nested", "generators closed in another order", "Adam: step",
    "stepper: run", "stepper: undo(3)", "stepper: set", "training: run", "compile, python: a call", "compile, python: update",
    "compile, python: train by SGD", "files: write_whole", "named_scope",
)  # fmt: skip


@pytest.mark.parametrize("name", SIGNALLED)
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # a signal in a callback of a weak reference
def test_a_signal_at_any_moment(name, tmp_path, monkeypatch):
    """These are real, from a system timer: only they show that sweep() interrupts where CPython looks for signals."""
    monkeypatch.chdir(tmp_path)
    signalled(SCENARIOS[name], SIGNALS, str(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_many_signals(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    signalled(SCENARIOS[name], 3 * SIGNALS, str(tmp_path))


def signalled(scenario, count, folder):
    make, act, state, part, parts = scenario
    act(make())
    world = make()
    stages = [state(world)]
    began = time.perf_counter()
    for _ in range(parts):
        (part or act)(world)
        stages.append(state(world))
    lasts = (time.perf_counter() - began) * 1.2

    def interrupt(*_):
        raise KeyboardInterrupt

    draw, before = random.Random(1), signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(count):
            world = make()
            try:
                signal.setitimer(signal.ITIMER_REAL, max(1e-6, draw.random() * lasts))
                act(world)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                pass
            assert state(world) in stages
            assert interrupts.leftovers(folder) == []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# --- The instrument finds what is planted ------------------------------------------------------------------------


class Ours(Interrupter):
    files = (*Interrupter.files, __file__)


def half_zeroed(model):
    for p in model.parameters():
        p.grad = NOT_REACHED


mode = no_grad()


def mode_left_on(a):
    mode.__enter__()
    a * a
    mode.__exit__()


def collector_left_off(a):
    import gc

    gc.disable()
    a * a
    gc.enable()


def scope_left(a):
    outer = interrupts.modes.here.scope
    interrupts.modes.shared["scope"] = interrupts.modes.here.scope = interrupts.modes.Scope("x", outer)
    a * a
    interrupts.modes.shared["scope"] = interrupts.modes.here.scope = outer


def part_left(a):
    Path("file.part").write_text("half")
    Path("file.part").replace("file")


def swallowed(model):
    try:
        for p in model.parameters():
            p.data += 1.0
    except BaseException:
        pass


def lock_held(a):
    lock = interrupts.tracing._one_at_a_time[interrupts.os.getpid()]
    lock.__enter__()
    a * a
    lock.__exit__()


@pytest.mark.parametrize(
    ("make", "act", "state", "said"),
    [
        (small_model, half_zeroed, of_model, "neither as before nor as after"),
        (a_leaf, mode_left_on, records, "no_grad is on"),
        (a_leaf, collector_left_off, records, "the garbage collector is off"),
        (a_leaf, scope_left, records, "a scope is left"),
        (a_leaf, part_left, records, "file.part is left"),
        (small_model, swallowed, of_model, "the interrupt was swallowed"),
        (a_leaf, lock_held, records, "the lock of tracing is held"),
    ],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_the_instrument_finds_what_is_planted(make, act, state, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = [*sweep(Scenario(make, act, state), 20_000, interrupter=Ours, folder=str(tmp_path))]
    assert any(said in fault.said for fault in found)
    assert any(act.__name__ in fault.where for fault in found)
