"""Random formulas in every mode: all modes agree, or op() refuses the text with a FormulaError.

    python -m tests.formulas --count 20000 --seed 1

Each formula is an operation of its own, with random formulas as partials (which are not its slopes: all that counts is
that the modes agree). It is computed at a few points by: eager, the slow path, Values (create_graph and atomic),
compile() in Python (one sample, many) and in C (one, batches), the emitted Python and C, and the player. Those in
Python and C agree to the last bit; the player, whose functions JavaScript rounds differently, agrees within what such
rounding can do to the formula. Exits with 1 at the first batch with a disagreement, and says which one it is.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from autograd import Value, atomic, grad, ieee, methods, op
from autograd.compiled.batches import Executable, Rows, Sample
from autograd.compiled.c.runtime import Interpreter, Schedule, Training
from autograd.compiled.export import function, page
from autograd.compiled.guards import Guards
from autograd.compiled.tracing import as_program, traced
from autograd.errors import AutogradError, FormulaError, ToolError
from autograd.formula import FUNCTIONS, IEEE
from autograd.formula.languages import helpers
from autograd.graph import Graph
from autograd.modes import shared
from autograd.native import build as building
from autograd.ops import BUILTIN, OPS
from autograd.player.js_rules import rules
from autograd.player.player import described, script_of
from autograd.recording import ON_VALUES
from autograd.slow_path import Pole, evaluate, evaluate_partial

LENGTHS = (1, 2, 3, 1, 2, 3, 64, 65)
BATCH = 200  # formulas that share one C file and one process of node
NAMES = [
    "a",
    "b",
    "c",
    "x",
    "y",
    "z",
    "w",
    "t",
    "node",
    "scope",
    "new",
    "var",
    "int",
    "other",
    "self",
    "kind",
    "name",
    "symbol",
    "value",
    "domain_",
    "M_PI",
    "EOF",
    "linux",
    "inputs",
    "data",
    "xs_0",
    "o0",
    "a_data",
    "larger",
    "indices",
    "step",
    "v2",
    "d_a",
    "inf",
    "nan",
    "Math",
    "let0",
    "size",
    "sum_0",
    "max_1",
    "gradients",
    "é",
    "ﬁ",
    "group",
    "operand",
    "float_",
    "copysign",
    "hand",
    "mode",
    "type",
    "len",
    "Value",
]  # some names are taken, and are refused
LABELS = (
    "",
    "",
    "",
    "w",
    "x[0]",
    "M_PI",
    "EOF",
    "linux",
    "NULL",
    "exp",
    "lambda",
    "int",
    "d_w",
    "v_x",
    "v3",
    "é",
    "inputs",
    "asm",
)


# --- Random formulas ---------------------------------------------------------------------------------------


class Writer:
    """Writes random formulas over some names: operands, lists, and the intermediates written so far."""

    def __init__(self, rng: random.Random, singles: list[str], lists: list[str], size: int, partial: bool) -> None:
        self.rng = rng
        self.lists = lists
        self.size = size
        self.nested = 0  # how many reductions surround the text being written
        self.leaves = [*singles, *(["n"] if lists else []), *(["out", "out"] if partial else [])]
        self.budget = 3  # how many reductions may still be written: they are long

    def formula(self, depth: int, index: bool = False, required: tuple[str, ...] = ()) -> str:
        lets = []
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            name = self.rng.choice(NAMES) if self.rng.random() < 0.3 else f"m{len(lets)}"
            lets.append(f"{name} = {self.number(depth - 1)}")
            self.leaves.append(name)
        result = self.number(depth, index)
        for name in required:  # a value uses all of its operands
            more = self.over_list(name) if name in self.lists else self.wrapped(name)
            result = (
                f"{self.in_place(result)} {self.rng.choice('+-*')} {more}"
                if self.rng.random() < 0.7
                else f"{more} + {result}"
            )
        return "; ".join([*lets, result])

    def over_list(self, name: str) -> str:
        return self.rng.choice(
            [f"sum({name}[i])", f"max({name}[i])", f"sum(sin({name}[i]) + 1)", f"sum(-{name}[i] - 1)"]
        )

    def wrapped(self, name: str) -> str:
        return self.rng.choice([name, f"(-{name})", f"sin({name})", f"({name} if {name} > 0 else 0)", f"({name} - 1)"])

    def in_place(self, text: str) -> str:
        return f"({text})" if self.rng.random() < 0.8 else text

    def leaf(self, index: bool) -> str:
        pool = [*self.leaves, *self.leaves, self.rng.choice(("0", "1", "2", "0.5", "3", "1.5", "pi", "1e-3", "20"))]
        if index:
            pool += [f"{name}[i]" for name in self.lists] * 3
        return self.rng.choice(pool)

    def number(self, depth: int, index: bool = False) -> str:
        if depth <= 0:
            return self.leaf(index)
        rng = self.rng

        def some() -> str:
            return self.number(rng.randrange(depth), index)

        def placed() -> str:
            return self.in_place(some())

        match rng.randrange(14):
            case 0 | 1 | 2 | 3:
                return f"{placed()} {rng.choice('+-*+-')} {placed()}"
            case 4:
                return f"{placed()} / {rng.choice([placed(), f'(1 + {self.leaf(index)} ** 2)'])}"
            case 5:
                return f"-{placed()}"
            case 6:
                square = f"{self.leaf(index)} ** 2"
                product = f"{placed()} {rng.choice('*/-')} {square}"
                return rng.choice([square, product, product, f"{placed()} ** {rng.choice('123')}"])
            case 7:
                return f"pow(abs({some()}) + 0.5, {some()})"
            case 8 | 9:
                return f"{self.chosen(placed)} if {self.condition(depth - 1, index)} else {self.chosen(placed)}"
            case 10:
                name = rng.choice([name for name in FUNCTIONS if name != "pow"])
                return f"{name}({', '.join(some() for _ in range(FUNCTIONS[name]))})"
            case 11:
                inside = {"exp": "sin({})", "log": "abs({}) + 0.5", "sqrt": "1 + abs({})", "asin": "sin({})"}
                name = rng.choice([*inside])
                return f"{name}({inside[name].format(some())})"
            case _:
                return self.reduction(depth) if self.lists else f"{placed()} {rng.choice('+-')} {placed()}"

    def reduction(self, depth: int) -> str:
        if not self.budget or (self.nested and self.size > 3) or self.nested > 1:
            return self.leaf(False)
        self.budget -= 1
        self.nested += 1
        list_name = self.rng.choice(self.lists)
        body = self.rng.choice(
            [
                f"{list_name}[i]",
                f"{list_name}[i] {self.rng.choice('+-*')} {self.in_place(self.number(depth - 1, True))}",
            ]
        )
        if self.rng.random() < 0.2:
            body = f"{body} if {list_name}[i] {self.rng.choice('<>')} {self.leaf(True)} else {self.leaf(True)}"
        self.nested -= 1
        return f"{self.rng.choice(['sum', 'sum', 'max'])}({body})"

    def condition(self, depth: int, index: bool) -> str:
        rng = self.rng
        if depth <= 0 or rng.random() < 0.6:
            left, right = (self.number(rng.randrange(max(1, depth + 1)), index) for _ in range(2))
            return f"({left}) {rng.choice(['<', '<=', '>', '>=', '==', '!='])} ({right})"
        left, right = self.condition(depth - 1, index), self.chosen(lambda: self.condition(depth - 1, index))
        return f"{self.in_place(left)} {rng.choice(['and', 'or'])} {self.in_place(right)}"

    def chosen(self, write: Callable[[], str]) -> str:
        """Return what an `if`, `and` or `or` may skip: mostly terms without a sum or max, which are refused there."""
        if self.rng.random() < 0.02:
            return write()
        budget, self.budget = self.budget, 0
        text = write()
        self.budget = budget
        return text


def spoilt(rng: random.Random, text: str) -> str:
    """Text as somebody who knows Python but not the grammar would write it: most of these are refused."""
    return rng.choice(
        [
            f"({text}) > 0", f"m = {text}; m = m + 1; m", f"sum({text.replace('[i]', '')})", f"({text}) and a", f"n * ({text})",
            f"{text} + (a > 0)", f"k = j; j = a; {text} + k", "-" * 150 + f"({text})", " + ".join([f"({text})"] * 120),
            f"1e308 * 10 * ({text})", f"sinh(sinh(7)) ** 2 * ({text})", f"({text}) if a else 1", f"max(i, {text})", f"not ({text})",
            f"a = 2; {text}", f"({text})[i]", f"{text}  # \"\"\" + '\\",
        ]
    )  # fmt: skip


class Case:
    """An operation of its own, and the points where it is computed."""

    def __init__(self, rng: random.Random, number: int) -> None:
        self.name = f"own_{number}"
        self.size = rng.choice(LENGTHS) if rng.random() < 0.4 else 0
        names = rng.sample(NAMES, 4)
        if rng.random() < 0.6:
            names = ["a", "b", "c", "d"] if not self.size else ["xs", "ws", "bias", "d"]
        singles = names[2 : 2 + rng.randrange(2)] if self.size else names[: 1 + min(rng.randrange(5), 3)]
        lists = names[: 1 + rng.randrange(2)] if self.size else []
        self.operands = [*lists, *singles]
        self.lists = lists
        depth = 1 + rng.randrange(4)

        def write(partial: str = "") -> str:
            writer = Writer(rng, singles, lists, self.size, bool(partial))
            if partial:
                return writer.formula(depth - 1, partial in lists)
            return writer.formula(depth, False, tuple(self.operands))

        self.defaults = {singles[-1]: None if lists else 0.5} if singles and rng.random() < 0.25 else {}
        optional = singles[-1] if None in self.defaults.values() and rng.random() < 0.9 else ""
        if optional:  # a term of a sum, and nothing else
            singles = singles[:-1]
            self.operands.remove(optional)
        self.value = write()
        self.partials = {name: write(name) for name in self.operands}
        if optional:
            self.value = (
                f"{self.value} + {optional}" if rng.random() < 0.5 else f"{optional} + 0.5 * sum({lists[0]}[i])"
            )
            self.value += "".join(f" + max({name}[i])" for name in lists[1:]) + "".join(
                f" - {name}" for name in singles
            )
            singles = [*singles, optional]
            self.operands.append(optional)
            self.partials[optional] = write("")
        if rng.random() < 0.06:
            self.value = spoilt(rng, self.value)
        elif rng.random() < 0.04:
            name = rng.choice(self.operands)
            self.partials[name] = spoilt(rng, self.partials[name])
        absent = bool(optional) and rng.random() < 0.5
        self.sizes = [self.size] * len(lists) + [1] * (len(singles) - absent)
        self.points = [[_number(rng) for _ in range(sum(self.sizes))] for _ in range(3)]
        self.labels = [rng.choice(LABELS) for _ in range(sum(self.sizes))]
        # Operands that are plain numbers; a list counts as a whole. One is a Value, so that there is a graph.
        plain = [rng.random() < 0.2 for _ in self.sizes]
        plain[rng.randrange(len(plain))] = False
        self.plain = [is_plain for is_plain, size in zip(plain, self.sizes) for _ in range(size)]
        for point in self.points[1:]:
            point[:] = [x if is_plain else y for x, y, is_plain in zip(self.points[0], point, self.plain)]
        self.indices = [i for i, is_plain in enumerate(self.plain) if not is_plain]

    def __str__(self) -> str:
        partials = ", ".join(f"{name}={text!r}" for name, text in self.partials.items())
        plain = [k for k, is_plain in enumerate(self.plain) if is_plain]
        return f"op({self.name!r}, 'o', {self.value!r}, {partials}, defaults={self.defaults}), lists of {self.size}, plain {plain}"

    def define(self) -> None:
        self.function = op(self.name, "o", self.value, defaults=self.defaults, **self.partials)
        self.op = OPS[self.name]

    def __call__(self, flat):
        """Return the operation on its operands, one after the other."""
        groups, at = [], 0
        for name, size in zip(self.operands, self.sizes):
            groups.append(flat[at : at + size] if name in self.lists else flat[at])
            at += size
        return self.function(*groups)

    def given(self, point):
        """Values for the operands, and plain numbers."""
        return [x if is_plain else Value(x, label=label) for x, is_plain, label in zip(point, self.plain, self.labels)]


def _number(rng: random.Random) -> float:
    return rng.choice(
        [rng.uniform(-2, 2), rng.uniform(-2, 2), float(rng.randrange(-2, 3)), 0.5, 0.5, rng.uniform(-30, 30)]
    )


# --- What is compared --------------------------------------------------------------------------------------


class Disagreement(Exception):  # noqa: N818 - what is looked for
    """Two modes that differ."""


def same(found: float, wanted: float) -> bool:
    return type(found) in (float, Pole) and (found == wanted or (found != found and wanted != wanted))


def check(case: Case, mode: str, found, wanted, close=None) -> None:
    """Raise Disagreement unless (value, partials) are the same; `close` says whether a difference may pass."""
    for k, (x, y) in enumerate(zip([found[0], *found[1]], [wanted[0], *wanted[1]], strict=True)):
        if not same(x, y) and not (close and close(k, x, y)):
            what = "value" if not k else f"partial in operand {case.indices[k - 1]}"
            raise Disagreement(f"{mode}: the {what} of {case} is {x!r}, want {y!r}")


def outcome(compute):
    try:
        return compute()
    except AutogradError as error:
        return type(error)


def eagerly(case: Case, point):
    node = case(case.given(point))
    return node.data, [node.partials[k] for k in case.indices]


def slowly(case: Case, point, only=None):
    """Compute on the slow path; for long lists, only some of the partials, since each takes a while."""
    numbers = [*point]
    out = evaluate(case.op, numbers, numbers)
    return out, {k: evaluate_partial(case.op, numbers, numbers, out, k) for k in only or case.indices}


def sample(case: Case) -> list[int]:
    return case.indices if len(case.indices) < 8 else [*case.indices[:2], case.indices[-1]]


def check_eager_against_slow(case: Case, point):
    """Return what eager gives, or the type of its error, which is the slow path's as well."""
    eager = outcome(lambda: eagerly(case, point))
    slow = outcome(lambda: slowly(case, point, sample(case)))
    if isinstance(eager, type) or isinstance(slow, type):
        if eager is not slow:
            raise Disagreement(f"eager against the slow path: {case} at {point[:8]} gives {eager}, and {slow}")
        return eager
    chosen = [case.indices.index(k) for k in slow[1]]
    check(case, "eager", (eager[0], [eager[1][k] for k in chosen]), (slow[0], [*slow[1].values()]))
    for k, partial in zip(chosen, slow[1].values()):
        if isinstance(partial, Pole) is not isinstance(eager[1][k], Pole):
            raise Disagreement(f"eager: the slope of {case} is a pole, or none, unlike in the slow path")
    return eager


def check_on_values(case: Case, point, wanted) -> None:
    given = case.given(point)
    node = case(given)
    computed = case.op.formula(len(point)).evaluate(case.op.bind(given), ON_VALUES)
    found = computed.data if isinstance(computed, Value) else computed
    check(case, "on Values", (float(found), []), (wanted[0], []))
    if case.lists:
        with atomic():
            check(case, "atomic", (case(case.given(point)).data, []), (wanted[0], []))
    chosen = sample(case)
    slopes = grad(node, [given[k] for k in chosen], create_graph=True)
    check(
        case,
        "create_graph",
        (wanted[0], [s.data for s in slopes]),
        (wanted[0], [wanted[1][case.indices.index(k)] for k in chosen]),
    )


class Compiled:
    """Trace a case: every operand is a number that is passed in each time, plus a parameter that is 0."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.weights = [Value(0.0, label=case.labels[k]) for k in case.indices]
        self.numbers = case.points[0]
        row, guards = self.row(self.numbers), Guards(self.loss)
        root, inputs = traced(self.loss, row, {}, self.weights, self.weights)
        self.program = as_program(root, inputs, self.weights, guards)
        self.executable = Executable(self.program, self.weights, Sample(row, row, {}))

    def row(self, point):
        return [point[k] for k in self.case.indices]

    def loss(self, *xs):
        flat = [*self.numbers]
        for k, x, w in zip(self.case.indices, xs, self.weights):
            flat[k] = x + w
        return self.case(flat)

    def gradients(self):
        found = [w.grad for w in self.weights]
        for w in self.weights:
            w.zero_grad()
        return found

    def check_python(self, points, wanted) -> None:
        for point, answer in zip(points, wanted):
            check(self.case, "compiled Python", (self.executable.run([self.row(point)], 1.0), self.gradients()), answer)
        total = self.executable.run([self.row(point) for point in points], 1.0)
        self.check_sum("compiled Python, many", (total, self.gradients()), wanted, 1)

    def check_sum(self, mode, found, wanted, count) -> None:
        def close(k, x, y):
            terms = [answer[1][k - 1] if k else answer[0] for answer in wanted]
            return abs(x - y) <= 1e-14 * sum(map(abs, terms)) / count

        sums = [sum(column) / count for column in zip(*(answer[1] for answer in wanted))]
        check(self.case, mode, found, (sum(answer[0] for answer in wanted) / count, sums), close)

    def check_c(self, points, wanted, machine: Interpreter, seen: Counter) -> None:
        self.executable.machine = machine
        for point, answer in zip(points, wanted):
            found = self._run([self.row(point)])
            if found is None:
                seen["left to Python by C"] += 1
            else:
                check(self.case, "compiled C", found, answer)
        rows = [*points, *points][:6]
        if (found := self._run([self.row(point) for point in rows])) is not None:
            self.check_sum("compiled C, batch", found, [*wanted, *wanted][:6], len(rows))

    def _run(self, rows):
        try:
            plan = Schedule(
                [
                    [
                        self.executable.portion(
                            Rows([x for row in rows for x in row], len(rows)), self.executable.kind(True, len(rows))
                        )
                    ]
                ]
            )
            return plan.run(Training(self.weights)), self.gradients()
        except ArithmeticError:
            return None

    def call(self, point):
        """Return the inputs and parameters of an emitted function, and the places of its gradients among the
        operands."""
        return self.row(point), [w.data for w in (*self.program.parameters, *self.program.constants)]

    def spread(self, gradients):
        """Return the gradients of an emitted function in the order of the operands; those it leaves out are 0."""
        found = dict(zip(self.program.parameters, gradients))
        return [found.get(w, 0.0) for w in self.weights]

    def check_emitted_python(self, points, wanted) -> None:
        namespace = {"__name__": "emitted"}
        exec(compile(page(self.program, "python", "own", self.row(points[0])), "<emitted>", "exec"), namespace)
        for point, answer in zip(points, wanted):
            inputs, parameters = self.call(point)
            found, gradients = namespace["step"](inputs, parameters, [0.0] * len(self.program.parameters))
            check(self.case, "emitted Python", (found, self.spread(gradients)), answer)


# --- Other languages, many formulas in one process ---------------------------------------------------------


def c_file(jobs) -> str:
    """Return one file for many emitted functions, which prints what each gives at its points."""
    texts, calls = [], []
    for k, (compiled, points) in enumerate(jobs):
        texts.append(function(compiled.program, "c").replace("double step(", f"static double step_{k}(", 1))
        count = len(compiled.program.parameters)
        for point in points:
            inputs, parameters = compiled.call(point)
            lists = [", ".join(map(float.hex, numbers)) or "0.0" for numbers in (inputs, parameters)]
            calls.append(
                f"{{ double g[{count + 1}] = {{0.0}}; const double x[] = {{{lists[0]}}}, p[] = {{{lists[1]}}};"
                f' printf("%a", step_{k}(x, p, g)); for (int i = 0; i < {count}; i++) printf(" %a", g[i]); puts(""); }}'
            )
    mains = [f"static void run_{k}(void) {{ {call} }}" for k, call in enumerate(calls)]
    text = "\n".join([*texts, *mains])
    return "\n".join(
        ["#include <math.h>", "#include <stdio.h>", *helpers("c", text), text, "int main(void) {"]
        + [f"run_{k}();" for k in range(len(calls))]
        + ["return 0; }"]
    )


def run_c(jobs, folder: str):
    """Yield what the emitted C gives: for each job a (value, gradients) for each of its points."""
    (Path(folder) / "page.c").write_text(c_file(jobs), encoding="utf-8")
    command = [*building.compiler(), "-O0", "-fno-builtin", "-ffp-contract=off", "-w", "page.c", "-o", "page", "-lm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Disagreement(f"emitted C does not compile: {done.stderr[:2000]}")
    lines = iter(subprocess.run([f"{folder}/page"], capture_output=True, text=True, check=True).stdout.splitlines())
    for compiled, points in jobs:
        found = []
        for _ in points:
            value, *gradients = map(float.fromhex, next(lines).split())
            found.append((value, compiled.spread(gradients)))
        yield found


def play(graphs):
    """Return what the player gives for each graph: its result, and its partials."""
    nodes = [node for graph in graphs for node in graph.nodes]
    script = f"""{script_of(rules(nodes))}
    const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const PLAYED = given.map((graph) => {{
      const model = new Model(graph, RULES);
      return [model.data[model.root], ...model.partials[model.root]].map(String);
    }});
    console.log(JSON.stringify(PLAYED));"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "run.js").write_text(script, encoding="utf-8")
        text = json.dumps([described(graph) for graph in graphs])
        done = subprocess.run(["node", f"{folder}/run.js"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Disagreement(f"JavaScript does not run: {done.stderr[:2000]}")
    return [[float(text.replace("Infinity", "inf")) for text in numbers] for numbers in json.loads(done.stdout)]


def shaken(rng: random.Random):
    """IEEE arithmetic whose functions are off by a few units in the last place, like those of another library."""

    def shake(function):
        return lambda *args: function(*args) * (1 + rng.uniform(-1, 1) * 4e-15)

    return {**IEEE, **{head: shake(IEEE[head]) for head in (*FUNCTIONS, "**") if head != "abs"}}


def javascript_may_differ(case: Case, point):
    """Return whether a number from JavaScript is acceptable: it may be off by as much as the rounding of its library
    allows."""

    def close(k, found, wanted):
        if abs(found - wanted) <= 1e-13 * abs(wanted):
            return True
        rng = random.Random(0)
        names = case.op.bind([*point])
        formula, index = case.op.formula(len(point)), None
        if k:
            formula, index = case.op.partial(case.indices[k - 1], len(point))
        numbers = []
        for _ in range(12):
            algebra = shaken(rng)
            out = case.op.formula(len(point)).evaluate(names, algebra)
            numbers.append(formula.evaluate({**names, "out": out}, algebra, index))
        if not all(map(math.isfinite, numbers)):
            return True
        return abs(found - wanted) <= 4 * max(abs(x - wanted) for x in numbers)

    return close


# --- The whole ---------------------------------------------------------------------------------------------


@contextmanager
def quick_builds():
    """C is built in a temporary folder, without optimisation.

    -fno-builtin: otherwise the compiler computes sinh(pi) itself, and its last bit may differ from the library's.
    """
    flags, kept = building._FLAGS, os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        building._FLAGS = (("-O0", "-fno-builtin", "-w", "-shared", "-fPIC", "-ffp-contract=off"),)
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            yield folder
        finally:
            building._FLAGS = flags
            os.environ.pop("XDG_CACHE_HOME") if kept is None else os.environ.update(XDG_CACHE_HOME=kept)


def run_batch(cases: list[Case], seen: Counter) -> None:
    """Run all modes on these cases. Raises Disagreement."""
    defined: list[Case] = []
    try:
        for case in cases:
            try:
                case.define()
                defined.append(case)
            except FormulaError:
                seen["refused"] += 1
        _run(defined, seen)
    finally:
        for case in defined:
            OPS.pop(case.name, None)
        for key in [key for key in methods._under if key[0].startswith("own_")]:  # 20,000 would take much memory
            del shared[methods._under.pop(key)]
        is_own = False
        for i, line in enumerate(methods.page.lines):
            is_own = line.startswith("def own_") if line.startswith("def ") else is_own
            methods.page.lines[i] = "\n" if is_own else line


def _run(cases: list[Case], seen: Counter) -> None:
    jobs, answers, graphs, played = [], [], [], []
    with quick_builds() as folder:
        try:
            machine = Interpreter([*map(OPS.get, BUILTIN), *(case.op for case in cases)])
        except ToolError as error:
            try:
                building.compiler()
            except ToolError:
                machine = None
            else:
                raise Disagreement(f"the C interpreter cannot be built: {error}") from None
        for case in cases:
            try:
                points, wanted, others = _in_python(case, seen)
                compiled = Compiled(case)
                if points:
                    compiled.check_python(points, wanted)
                    compiled.check_emitted_python(points, wanted)
                    if machine:
                        compiled.check_c(points, wanted, machine, seen)
            except Disagreement:
                raise
            except Exception as error:
                raise Disagreement(f"{type(error).__name__} {error}: {case}") from error
            every = [*zip(points, wanted), *others]
            jobs.append((compiled, [point for point, _ in every]))
            answers.append([answer for _, answer in every])
            with ieee():
                for point, answer in every:
                    graphs.append(Graph(case(case.given(point))))
                    played.append((case, point, answer))
        jobs, answers = (
            (list(x) for x in zip(*((j, a) for j, a in zip(jobs, answers) if a))) if any(answers) else ([], [])
        )
        if machine:
            for (compiled, points), found, wanted in zip(jobs, run_c(jobs, folder), answers):
                _check_outside("emitted C", compiled.case, points, found, wanted)
        if shutil.which("node"):
            for (case, point, wanted), (value, *partials) in zip(played, play(graphs)):
                found = value, [partials[k] for k in case.indices]
                check(case, "player", found, wanted, javascript_may_differ(case, point))


def _in_python(case: Case, seen: Counter):
    """Points where everything is finite, with what eager gives there, and other points with what ieee() gives."""
    points, wanted, others = [], [], []
    for point in case.points:
        eager = check_eager_against_slow(case, point)
        numbers = [] if isinstance(eager, type) else [eager[0], *eager[1]]
        if numbers and all(map(math.isfinite, numbers)) and not any(isinstance(x, Pole) for x in numbers):
            seen["finite points"] += 1
            check_on_values(case, point, eager)
            points.append(point)
            wanted.append(eager)
        else:
            with ieee():
                quiet = check_eager_against_slow(case, point)
            seen["other points"] += 1
            others.append((point, quiet))
    seen["agreed"] += 1
    return points, wanted, others


def _check_outside(mode, case, points, found, wanted) -> None:
    for _, numbers, answer in zip(points, found, wanted, strict=True):

        def close(k, _, y, answer=answer):
            # Where the value or a slope is inf or nan, emitted code takes 0 times it to be nan, and says so.
            finite = all(map(math.isfinite, [answer[0], *answer[1]]))
            return not finite and k > 0 and not math.isfinite(y)

        check(case, mode, numbers, answer, close)


def run(count: int, seed: int = 0, say=lambda text: None, batch: int = BATCH) -> Counter:
    """`count` random formulas. Raises Disagreement; returns the counts by kind."""
    seen: Counter = Counter()
    rng = random.Random(seed)
    start = time.monotonic()
    for at in range(0, count, batch):
        run_batch([Case(rng, at + k) for k in range(min(batch, count - at))], seen)
        say(f"{min(at + batch, count):,} formulas, {time.monotonic() - start:.0f} s: {dict(seen)}")
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=BATCH, help="formulas that share one C file")
    arguments = parser.parse_args()
    try:
        run(arguments.count, arguments.seed, lambda text: print(text, flush=True), arguments.batch)
    except Disagreement as error:
        print(f"DISAGREEMENT {error}")
        return 1
    print("no disagreement")
    return 0


if __name__ == "__main__":
    sys.exit(main())
