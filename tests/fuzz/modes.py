"""Each mode computes loss() of a program and its gradients; all are compared with exact numbers, PyTorch, or the eager
engine.

A mode is a function of a Case. It raises Disagreement, or returns quietly. It leaves out what it cannot judge, and what
it leaves out is counted.
"""

from __future__ import annotations

import contextlib
import copy
import math
import random
import re
import sys
from collections import Counter

import autograd
from autograd import Stepper, Value, grad, mean
from autograd.errors import AutogradError, GraphError, ToolError, TraceError
from autograd.graph import Graph, numbers, walk
from autograd.slow_path import evaluate

from . import bounds, languages, words
from .bounds import BeyondError, UndecidedError
from .exact import Exact
from .programs import OWN
from .torch_side import Torch

LONG = 2500  # above this many nodes, exact numbers are floats, and modes that look at every node are left out
ROWS = 3  # the number of rows of a batch
NEAR = 1e-9  # relative to the largest number: how close a mode comes to numbers that have no bound


for _row in OWN:  # the C backend is built for the rows that exist: once, for all of them
    words.run(_row, words.ours([]))


class Disagreement(Exception):  # noqa: N818 - what is looked for
    """Two modes that differ: which mode, and what it gives."""

    def __init__(self, mode: str, what: str) -> None:
        super().__init__(f"{mode}: {what}")
        self.mode = mode


class LeftOut(Exception):  # noqa: N818 - not an error
    """What a mode cannot judge, and why."""


class Case:
    """A program, and what is known about it. seen: counts of comparisons and of what was left out. largest: the largest
    difference, in bounds."""

    def __init__(self, text: str, seed: int = 0, seen: Counter | None = None, largest: dict | None = None) -> None:
        self.text = text
        self.rng = random.Random(seed)
        self.seen: Counter = Counter() if seen is None else seen
        self.largest: dict = {} if largest is None else largest
        self.truths: dict = {}
        self.names = words.run(text, words.ours([]))
        self.loss = self.names["loss"]
        self.leaves = words.leaves(self.names)
        self.given = self.loss.__defaults__ or ()
        self.result = self.wanted()
        self.size = 0 if isinstance(self.result, type) else len(walk(self.loss()))
        self.long = self.size > LONG
        self.finite = not isinstance(self.result, type) and all(map(math.isfinite, self.result))

    def eager(self, function):
        """[value, gradients of the leaves] of a function, by backward()."""
        self.clear()
        f = function()
        f.backward()
        found = [f.data, *(leaf.grad for leaf in self.leaves)]
        self.clear()
        return found

    @contextlib.contextmanager
    def moved(self, numbers):
        """Put other numbers, by leaf, into leaves for a while."""
        kept = {leaf: leaf.data for leaf in numbers}
        try:
            for leaf, number in numbers.items():
                leaf.data = number
            yield
        finally:
            for leaf, number in kept.items():
                leaf.data = number

    def wanted(self, compute=lambda loss: loss()):
        """Return what backward() gives at the numbers that the leaves have now, or the type of its error. compute: makes
        a number from loss()."""
        return outcome(lambda: self.eager(lambda: compute(self.loss)))

    def without_unused(self, compute):
        """Return the same, although a value that the number does not depend on raises an error. Returns None if a value
        that it depends on, or backward(), raises one. Raises LeftOut if a number is not finite.

        Inside ieee() every value exists. What the number depends on is seen in a twin of the program that cuts nothing
        off.
        """
        if not isinstance(outcome(lambda: compute(self.loss)), type):
            return None
        uncut = {**words.ours([]), "no_grad": contextlib.nullcontext}
        names = words.run(self.text.replace(".detach()", ".clone()"), uncut)
        for twin, leaf in zip(words.leaves(names), self.leaves, strict=True):
            twin.data = leaf.data
        with autograd.ieee():
            nodes = outcome(lambda: [node for node in walk(compute(names["loss"])) if node.op])
            found = self.wanted(compute)
        if isinstance(nodes, type) or isinstance(found, type) or any(map(_fails, nodes)):
            return None
        if not all(map(math.isfinite, found)):
            raise LeftOut("not finite without unused values")
        return found

    def clear(self):
        for leaf in self.leaves:
            leaf.zero_grad()

    def truth(self, what="loss", ulps=bounds.ULPS):
        """Return what a computation gives in Bounded numbers, and whether a maximum had ties. Raises LeftOut where that
        is not known.

        what: a name of COMPUTATIONS, perhaps with options.
        """
        key = what, ulps
        if key not in self.truths:
            with self.exactly(ulps):
                try:
                    engine, shown = Exact(), []
                    names = words.run(self.text, words.names_for(engine, shown))
                    name, *options = what if isinstance(what, tuple) else [what]
                    found = COMPUTATIONS[name](names, words.leaves(names), shown, self.rows, *options)
                    if (
                        engine.tied and "atomic()" in self.text
                    ):  # there, pairs share a slope, and the last of three operands gets half
                        raise UndecidedError
                    self.truths[key] = [bounds.bounded(words.plain(x)) for x in found], engine.tied
                except (BeyondError, UndecidedError) as error:
                    self.truths[key] = LeftOut(type(error).__name__)
        found = self.truths[key]
        if isinstance(found, LeftOut):
            raise found
        return found

    def exactly(self, ulps=bounds.ULPS):
        return bounds.exactly("float" if self.long else "mpmath", ulps)

    @property
    def rows(self):
        """Arguments for a batch, around those that the program gives."""
        return [[x + 0.25 * k for x in self.given] for k in range(ROWS)]

    # --- Comparing ---

    def near(self, mode, found, what="loss", ulps=bounds.ULPS, factor=1.0):
        """Checks that each number is as close to the exact one as rounding allows."""
        wanted, _ = self.truth(what, ulps)
        if len(found) != len(wanted):
            raise Disagreement(mode, f"{len(found)} numbers, want {len(wanted)}")
        factor *= 2 if self.long else 1
        with self.exactly():
            for k, (x, exact) in enumerate(zip(found, wanted)):
                units = exact.units(x) / factor if math.isfinite(x) else math.inf
                if units > self.largest.get(mode, 0.0):
                    self.largest[mode] = units
                if units > 1:
                    raise Disagreement(mode, f"{self.called(k, what)} is {x!r}, want {exact}: {units:.3g} bounds off")

    def same(self, mode, found, wanted, exactly=True):
        """Raise Disagreement unless the numbers are equal to the last bit."""
        if isinstance(found, type) or isinstance(wanted, type):
            if found is not wanted:
                raise Disagreement(mode, f"gives {_named(found)}, want {_named(wanted)}")
            return
        for k, (x, y) in enumerate(zip(found, wanted, strict=True)):
            if not (x == y or (x != x and y != y)):
                raise Disagreement(mode, f"{self.called(k)} is {x!r}, want {y!r}, as backward() gives it")

    def is_error(self, mode, found, wanted, compute=lambda loss: loss()):
        """Return whether a mode or backward() raises an error, after comparing them.

        A mode need not compute a value that the loss does not use: its numbers are then those without that value.
        """
        if not isinstance(found, type) and not isinstance(wanted, type):
            return False
        instead = None if isinstance(found, type) else self.without_unused(compute)
        if instead is None:
            self.same(mode, found, wanted)
        else:
            size = max(map(abs, instead))
            for k, (x, y) in enumerate(zip(found, instead, strict=True)):
                if not math.isclose(x, y, rel_tol=NEAR, abs_tol=NEAR * size):
                    raise Disagreement(mode, f"{self.called(k)} is {x!r}, want {y!r}, as without unused values")
        return True

    def called(self, k, what="loss"):
        if what not in ("loss", "batch"):
            return f"number {k + 1}"
        if not k:
            return "the loss"
        leaf = self.leaves[k - 1]
        name = next((name for name, thing in self.names.items() if thing is leaf), f"parameter {k}")
        return f"{name}.grad"


def _fails(node):
    """Return whether a node raises an error where it is computed from these numbers, or is given one that is not
    finite."""
    given = numbers(node)
    if any(not math.isfinite(x) for operand, x in zip(node.operands, given) if not getattr(operand, "op", None)):
        return True
    return isinstance(outcome(lambda: evaluate(node.op, node.operands, given)), type)


def _backward(f, leaves):
    f.backward()
    return [f, *(leaf.grad for leaf in leaves)]


def _then(names, leaves, shown, rows):
    names["then"]()
    return shown


def _second(names, leaves, shown, rows, places):
    leaves = [leaves[place] for place in places]
    grad = names["grad"]
    slopes = grad(names["loss"](), leaves, create_graph=True, allow_unused=True)
    return [h for slope in slopes for h in grad(slope, leaves, allow_unused=True)]


def _trained(names, leaves, shown, rows, name, *options):
    """Make a few updates on two rows, and return the losses, and the parameters afterwards."""
    optimizer = getattr(names["nn"].optim, name)(leaves, **dict(options))
    losses = []
    for _ in range(UPDATES):
        optimizer.zero_grad()
        f = names["mean"]([names["loss"](*row) for row in rows[:2]]) if rows[0] else names["loss"]()
        f.backward()
        losses.append(f.data)  # before the step, which moves a loss that is a parameter itself
        optimizer.step()
    return [*losses, *(leaf.data for leaf in leaves)]


UPDATES = 3
# What is computed from a program, in the same way on every engine: (its names, its leaves, what it has shown, rows of
# arguments, options) -> numbers.
COMPUTATIONS = {
    "loss": lambda names, leaves, shown, rows: _backward(names["loss"](), leaves),
    "batch": lambda names, leaves, shown, rows: _backward(names["mean"]([names["loss"](*row) for row in rows]), leaves),
    "then": _then, "second": _second, "train": _trained,
}  # fmt: skip


def _named(found):
    return found.__name__ if isinstance(found, type) else [float(x) for x in found][:5]


def outcome(compute):
    """Return what is computed, or the type of the engine's error."""
    try:
        return compute()
    except (
        TraceError
    ) as error:  # compile() has no reason to refuse one of these programs, or to call its own answer wrong
        raise Disagreement("compile", f"refuses: {' '.join(str(error).split())}") from None
    except AutogradError as error:
        return type(error)


def want_finite(case):
    if not case.finite:
        raise LeftOut("not finite")


# --- The eager engine -------------------------------------------------------------------------------


def eager(case):
    """The value and the gradients of loss(), against exact numbers; an error where there is nothing real to compute."""
    if isinstance(case.result, type):
        try:
            case.truth()
        except LeftOut:
            return
        raise Disagreement("eager", f"raises {case.result.__name__}, and the exact numbers are {case.truth()[0]}")
    want_finite(case)
    case.near("eager", case.result)


def again(case):
    """Leaves accumulate, and inner nodes start afresh; an initial gradient is a factor; zero_grad() and copies."""
    want_finite(case)
    case.clear()
    f = case.loss()
    f.backward()
    f.backward()
    grads = case.result[1:]
    with contextlib.suppress(LeftOut):
        case.near(
            "backward twice", [f.data, *(leaf.grad / 2 for leaf in case.leaves)], factor=2.0
        )  # sums of twice the size
    inside = f.grad
    case.same("the grad of the result", [inside], [1.0 if f.op else f.grad])
    f.zero_grad()
    f.backward(-2.0)
    sizes = [abs(node.grad) for node in walk(f)]
    if max(map(abs, case.result)) < 1e300 and all(size > 1e-290 or not size for size in sizes):  # 2 * x is exact
        case.same(
            "backward(-2)", [f.data, *(leaf.grad for leaf in case.leaves)], [f.data, *(-2 * g + 0.0 for g in grads)]
        )
    f.zero_grad()
    if any(leaf.reached for leaf in case.leaves if leaf in set(walk(f))):
        raise Disagreement("zero_grad", "leaves a gradient")
    case.clear()
    twin, leaves = copy.deepcopy((f, case.leaves))
    twin.backward()
    case.same("deepcopy", [twin.data, *(leaf.grad for leaf in leaves)], case.result)


def then(case):
    """What the program does next: changed data, training, gradients of gradients; against exact numbers."""
    shown = []
    names = words.run(case.text, words.ours(shown))
    result = outcome(lambda: names["then"]())
    if isinstance(result, type):
        if not isinstance(case.result, type):
            with_truth = outcome_of_truth(case, "then")
            if with_truth is None:
                raise Disagreement("then", f"raises {result.__name__}, although there are exact numbers")
        return
    if all(map(math.isfinite, shown)):
        case.near("then", shown, "then")


def outcome_of_truth(case, what):
    try:
        case.truth(what)
    except LeftOut as error:
        return error
    return None


def torch(case):
    """PyTorch: loss(), then()."""
    try:
        import torch
    except ImportError:
        raise LeftOut("no PyTorch") from None
    if case.finite and "logsumexp" in case.text and any(abs(node.data) > HIGH for node in walk(case.loss())):
        raise LeftOut("PyTorch's logsumexp loses digits with the size of the scores")
    if case.size > 20_000 or ("atomic" in case.text and case.truth()[1]):
        raise LeftOut("too long for PyTorch")
    shown = []
    names = words.run(case.text, words.names_for(Torch(torch), shown))
    names["optim"] = torch.optim
    leaves = words.leaves(names)
    f = names["loss"]()
    f.backward()
    found = [f.data, *(leaf.grad for leaf in leaves)]
    if case.finite:
        case.near("PyTorch", found, ulps=TORCH_ULPS)
    if changes_before_backward(case.text):
        raise LeftOut("data changed before backward()")
    names = words.run(case.text, words.names_for(Torch(torch), shown))
    try:
        names["then"]()
    except RuntimeError:
        raise LeftOut("PyTorch refuses") from None
    if all(map(math.isfinite, shown)):
        case.near("PyTorch, then", shown, "then", ulps=TORCH_ULPS)


HIGH = 16  # with a larger score, its exp(x - logsumexp) is less exact than the bound
TORCH_ULPS = (
    32  # its functions for vectors are less exact than those for numbers, and its slopes are formulas of their own
)


def changes_before_backward(text):
    """Return whether data is changed between a loss and its backward(): our slopes are frozen then, PyTorch's are
    not."""
    return bool(re.search(r"f = loss\(\)\n    \w+\.data = ", text))


def modes_do_not_matter(case):
    """Inside ieee(), finite numbers are the same; under atomic(), they are equally close."""
    want_finite(case)
    with autograd.ieee():
        case.same("ieee", case.eager(case.loss), case.result)
    try:
        tied = case.truth()[1]
    except LeftOut:
        return
    if not tied:
        with autograd.atomic():
            found = outcome(lambda: case.eager(case.loss))
        case.near("atomic", found, factor=4.0)  # softmax's chain of pairs adds up in a different order


def no_grad(case):
    """Without recording, the value is the same, and nothing is remembered."""
    with autograd.no_grad():
        f = outcome(case.loss)
    if isinstance(f, type):
        return
    if isinstance(case.result, type):
        return
    case.same("no_grad", [f.data], case.result[:1])
    if f.operands:
        raise Disagreement("no_grad", f"remembers {f.operands}")


def gradient(case):
    """grad() gives what backward() gives, and changes nothing."""
    want_finite(case)
    f = case.loss()
    found = outcome(lambda: grad(f, case.leaves, allow_unused=True))
    if any(leaf.reached for leaf in case.leaves):
        raise Disagreement("grad", "writes a grad")
    case.near("grad", [f.data, *(g.data for g in found)])
    recorded = outcome(lambda: grad(f, case.leaves, allow_unused=True, create_graph=True))
    if not isinstance(recorded, type):
        case.near("grad, recorded", [f.data, *(g.data for g in recorded)], ulps=2 * bounds.ULPS)


def hessian(case):
    """Gradients of gradients: a mixed one does not depend on the order of the two leaves."""
    want_finite(case)
    f = case.loss()
    leaves = [leaf for leaf in case.leaves if leaf in set(walk(f))][:3]
    if not leaves:
        raise LeftOut("no leaves")
    slopes = outcome(lambda: grad(f, leaves, create_graph=True, allow_unused=True))
    found = (
        slopes
        if isinstance(slopes, type)
        else outcome(lambda: [h.data for slope in slopes for h in grad(slope, leaves, allow_unused=True)])
    )
    if isinstance(found, type) or not all(map(math.isfinite, found)):
        raise LeftOut("not finite")
    case.near("hessian", found, ("second", tuple(case.leaves.index(leaf) for leaf in leaves)))


# --- The steppers ------------------------------------------------------------------------------------------


def stepper(case):
    """Random moves, forwards and back and then to the end, give the grads of backward(); close() restores the earlier
    ones."""
    want_finite(case)
    rng = case.rng
    f = case.loss()
    if not f.op:
        raise LeftOut("a leaf")
    before = [node.grad for node in walk(f)]
    with Stepper(f, fresh=True) as bp:
        states = {0: [node.grad for node in walk(f)]}
        for _ in range(6 if len(bp) else 0):
            move = rng.choice((bp.step, bp.step, bp.next, bp.undo, bp.undo_node, bp.rewind, bp.goto))
            k = rng.randrange(len(bp) + 1)
            move(*[k] * (move == bp.goto))
            if move == bp.goto and bp.position != k:
                raise Disagreement("stepper", f"goto({k}) comes to {bp.position}")
            now = [node.grad for node in walk(f)]
            if states.setdefault(bp.position, now) != now and not any(x != x for x in now):
                raise Disagreement("stepper", f"position {bp.position} has grads that differ from those before")
        bp.run()
        case.same("stepper", [f.data, *(leaf.grad for leaf in case.leaves)], case.result)
        bp.rewind()
        if [node.grad for node in walk(f)] != states[0]:
            raise Disagreement("stepper", "undone, the grads are not those at the start")
        other = [leaf for leaf in bp.graph.nodes if leaf in set(case.leaves)]
        if other:
            leaf = rng.choice(other)
            compare_with_set(case, bp, leaf)
    if [node.grad for node in walk(f)] != before:
        raise Disagreement("stepper", "closed, the grads differ from those it found")


def compare_with_set(case, bp, leaf):
    """A number set while stepping gives what a fresh computation gives."""
    number = leaf.data + 0.125

    def finish():
        bp.set(leaf, number)
        bp.run()
        return [bp.root.data, *(p.grad for p in case.leaves)]

    found = outcome(finish)
    bp.close()
    if re.search("no_grad|detach|atomic", case.text):  # what was cut off, or built differently, keeps its number
        return
    with case.moved({leaf: number}):
        wanted = case.wanted()
        if not case.is_error("set", found, wanted):
            case.same("set", found, wanted)


def forward(case):
    """The forward pass, step by step, ends with the recorded data."""
    want_finite(case)
    f = case.loss()
    data = [node.data for node in walk(f)]
    with f.step_through(forward=True) as fp:
        fp.run()
        fp.goto(case.rng.randrange(len(fp) + 1))
        fp.run()
        case.same("forward stepper", [node.data for node in walk(f)], data)
    case.same("forward stepper, closed", [node.data for node in walk(f)], data)


def paths(case):
    """The sum over all paths is the gradient."""
    want_finite(case)
    f = case.loss()
    if not f.op or case.size > 300:
        raise LeftOut("too large")
    leaf = case.rng.choice(case.leaves)
    if leaf not in set(walk(f)):
        raise LeftOut("a leaf")
    case.truth()
    wanted = case.truth()[0][1 + case.leaves.index(leaf)]
    with bounds.exactly("mpmath"):
        units = wanted.units(f.why(leaf).total)
    if units > 8:
        raise Disagreement("why", f"the total is {f.why(leaf).total!r}, want {wanted}")


def pasted(case):
    """formula() pasted into Python computes the same graph, value and gradients again."""
    want_finite(case)
    if "ieee" in case.text or "no_grad" in case.text or "detach" in case.text or "op(" in case.text:
        raise LeftOut("what is cut off is a leaf in formula()")
    f = case.loss()
    if not f.op:
        raise LeftOut("a leaf")
    labels = {leaf: f"leaf_{k}" for k, leaf in enumerate(case.leaves)}
    graph_nodes = walk(f)
    kept = [node.label for node in graph_nodes]
    for node in graph_nodes:
        node.label = labels.get(node, "")
    try:
        text = eval("str(value.formula())", {"value": f})  # no other variable can name a node
    finally:
        for node, label in zip(graph_nodes, kept):
            node.label = label
    names = {**{name: getattr(autograd, name) for name in autograd.__all__}, "Value": Value}
    twins = {label: Value(leaf.data, label=label) for leaf, label in labels.items()}
    *lines, last = text.splitlines()
    last = last.partition(" = ")[2] if re.match(r"[A-Za-z_]\w* = ", last) else last
    exec("\n".join([*lines, f"result = {last}"]), names := {**names, **twins})
    root = names["result"]
    root.backward()
    case.same("formula() pasted back", [root.data], case.result[:1])
    if [node.op for node in walk(root)] != [node.op for node in walk(f)]:
        raise Disagreement("formula() pasted back", f"gives another graph: {text}")
    case.same("formula() pasted back", [root.data, *(twin.grad for twin in twins.values())], case.result)


# --- Compiled ----------------------------------------------------------------------------------------------


def compiled(backend):
    """compile(): one call, calls with other numbers, batches, training."""

    def mode(case):
        name = f"compiled {'C' if backend == 'c' else 'Python'}"
        if not case.leaves or case.result is GraphError:
            raise LeftOut("nothing to differentiate")
        if case.size > 60_000 and backend == "python":
            raise LeftOut("too long")
        step = autograd.compile(case.loss, case.leaves, backend=backend, check=case.rng.choice(("doubling", "never")))
        found = outcome(lambda: called(case, step, case.given))
        if backend == "c" and (said := languages.refused_build()):
            raise Disagreement(name, said)
        if case.is_error(name, found, case.result):
            return
        case.same(name, found[:1], case.result[:1])
        case.seen[f"{name} ran on {step.last_backend}"] += 1
        if case.finite:
            case.near(name, found)
        if case.long:
            return
        moved(case, step, name)
        if case.given:
            batch(case, step, name)
        train(case, backend, name)

    return mode


def called(case, step, arguments):
    case.clear()
    value = step(*arguments)
    found = [value, *(leaf.grad for leaf in case.leaves)]
    case.clear()
    return found


def moved(case, step, name):
    """The same program with different parameters, and then with the original ones."""
    with case.moved({leaf: leaf.data * 0.875 + 0.0625 for leaf in case.leaves}):
        wanted = case.wanted()
        found = outcome(lambda: called(case, step, case.given))
        if not case.is_error(f"{name}, parameters moved", found, wanted):
            case.same(f"{name}, parameters moved", found[:1], wanted[:1])
    case.same(f"{name}, moved back", outcome(lambda: called(case, step, case.given))[:1], case.result[:1])


def batch(case, step, name):
    """Return the mean over a batch."""
    rows = case.rows
    case.clear()
    found = outcome(lambda: [step.batch(*zip(*rows)), *(leaf.grad for leaf in case.leaves)])
    case.clear()

    def compute(loss):
        return mean([loss(*row) for row in rows])

    wanted = case.wanted(compute)
    if not case.is_error(f"{name}, batch", found, wanted, compute) and all(map(math.isfinite, wanted)):
        case.near(f"{name}, batch", found, "batch", factor=2.0)


def train(case, backend, name):
    """A few updates by train(), against the same loop of backward() and step()."""
    if not case.finite or max(map(abs, case.result)) > 1e6:
        raise LeftOut("too steep to train")
    kind, options = case.rng.choice(TRAINED)
    names = words.run(case.text, words.ours([]))
    leaves, loss = words.leaves(names), names["loss"]
    optimizer = getattr(names["nn"].optim, kind)(leaves, **options)
    step = autograd.compile(loss, leaves, backend=backend)
    columns = list(zip(*case.rows[:2]))
    losses = outcome(
        lambda: (
            step.train([columns], optimizer, UPDATES) if columns else [step.update(optimizer) for _ in range(UPDATES)]
        )
    )
    found = losses if isinstance(losses, type) else [*losses, *(leaf.data for leaf in leaves)]
    if isinstance(losses, type) or not all(map(math.isfinite, found)):
        raise LeftOut("not finite")
    case.near(f"{name}, trained", found, ("train", kind, *options.items()), factor=2.0)


TRAINED = (("SGD", {"lr": 0.05, "momentum": 0.9}), ("SGD", {"lr": 0.1, "momentum": 0.5, "dampening": 0.3}),
           ("SGD", {"lr": 0.1, "weight_decay": 0.1, "nesterov": True, "momentum": 0.5}),
           ("Adam", {"lr": 0.05}), ("AdamW", {"lr": 0.05, "amsgrad": True}), ("RMSprop", {"lr": 0.01, "centered": True, "eps": 1e-3}))  # fmt: skip


def emitted(case):
    """The source that compile() shows, run by itself: Python always; C as languages.py says."""
    want_finite(case)
    if not case.leaves or case.long:
        raise LeftOut("too long")
    step = autograd.compile(case.loss, case.leaves, backend="python")
    if isinstance(outcome(lambda: called(case, step, case.given)), type):
        raise LeftOut("not finite")
    if step.last_backend != "python":
        raise LeftOut("refused")
    program = step.programs.latest.program
    for language, found in languages.run(step, program, case):
        by_leaf = dict(zip(program.parameters, found[1:]))
        numbers = [found[0], *(by_leaf.get(leaf, 0.0) for leaf in case.leaves)]
        case.near(f"emitted {language}", numbers, ulps=languages.ULPS[language])


def player(case):
    """What a page of the player computes, and after a number is moved."""
    want_finite(case)
    f = case.loss()
    if not f.op or case.long:
        raise LeftOut("a leaf")
    graph = Graph(f)
    leaf = case.rng.choice(case.leaves)
    data, grads, moved_data = languages.play(graph, graph.index.get(leaf), leaf.data + 0.125)
    case.near(
        "player",
        [data[-1], *(grads[graph.index[p]] if p in graph else 0.0 for p in case.leaves)],
        ulps=languages.ULPS["JavaScript"],
    )
    if moved_data is None or re.search("no_grad|detach|atomic", case.text):
        return
    with case.moved({leaf: leaf.data + 0.125}):
        wanted = case.wanted()
    if (
        not isinstance(wanted, type)
        and not math.isclose(moved_data, wanted[0], rel_tol=1e-6, abs_tol=1e-6)
        and math.isfinite(wanted[0])
    ):
        raise Disagreement("player, moved", f"the result is {moved_data!r}, want {wanted[0]!r}")


# By name: the mode, how often it is tried, and whether a long program is tried too.
MODES = {
    "eager": (eager, 1.0, True), "then": (then, 1.0, True), "again": (again, 0.5, True), "torch": (torch, 0.6, True), "stepper": (stepper, 0.5, False),
    "forward": (forward, 0.3, False), "paths": (paths, 0.3, False), "modes": (modes_do_not_matter, 0.4, False), "no_grad": (no_grad, 0.3, True),
    "grad": (gradient, 0.5, True), "hessian": (hessian, 0.3, False), "formula": (pasted, 0.5, False), "python": (compiled("python"), 0.5, True), "c": (compiled("c"), 0.4, True),
    "emitted": (emitted, 0.3, False), "player": (player, 0.3, False),
}  # fmt: skip


def disagreements(text, modes=None, seed=0, seen=None, largest=None):
    """Return what is wrong with a program, in the modes that are named, or in those that the seed draws. A list of
    Disagreements."""
    seen = Counter() if seen is None else seen
    rng = random.Random(seed)
    found = []
    before = sys.getrecursionlimit()
    case = Case(text, seed, seen, largest)
    for name, (mode, share, takes_long) in MODES.items():
        wanted = rng.random() < share
        if not (name in modes if modes else wanted and (takes_long or not case.long)):
            continue
        case.rng.seed(f"{seed} {name}")
        case.clear()
        try:
            mode(case)
            seen[name] += 1
        except LeftOut as error:
            seen[f"{name}, left out: {error}"] += 1
        except ToolError as error:
            seen[f"{name}, left out: {error}"[:60]] += 1
        except Disagreement as error:
            error.mode = name
            found.append(error)
        except Exception as error:  # an unexpected error is a finding too
            found.append(Disagreement(name, f"{type(error).__name__}: {error}"))
            found[-1].mode = name
    assert sys.getrecursionlimit() == before
    return found
