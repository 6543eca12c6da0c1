"""softmax and its relatives are as exact for large scores as for small ones: against 60 decimal digits, in every mode.

Of n scores with the largest m, to 2**-52: softmax has the relative error n + 4 + |x - m|, and so have the partials of
logsumexp and surprisal; log_softmax, cross_entropy have that absolute error, times |x - m| where that is above 1.
"""

from __future__ import annotations

import ctypes
import decimal
import math
import random
import shutil
import subprocess
from contextlib import nullcontext
from decimal import Decimal
from functools import cache

import pytest
from backends import BACKENDS, needs_c, trace
from test_js_rules import computed

import nn.functional as F
from autograd import Value, atomic, compile, grad, ieee, logsumexp, softmax
from autograd.compiled.export import page
from autograd.native.build import compiler

EPSILON, SMALLEST, TINIEST = Decimal(2) ** -52, Decimal(2) ** -1022, Decimal(2) ** -1074
VANISHED = 800  # exp(-800) is 0
CONTEXT = decimal.Context(prec=60, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
OFFSETS = (0.0, 1e3, -1e3, 1e6, -1e6, 1e9, 1e12, -1e12, 1e16, -1e16)
MASKS = (-1e9, -1e12, -1e16, -1e30)
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no node here")


def rows(sizes=(1, 2, 3, 10, 65), rounds=1):
    """Scores near an offset, rows that are partly or entirely masked, and rows where some probabilities vanish."""
    rng = random.Random(0)
    for n in sizes:
        for _ in range(rounds):
            for offset in OFFSETS:
                yield [offset + rng.gauss(0, 3) for _ in range(n)]
            for mask in MASKS:
                yield [rng.gauss(0, 3) + mask for _ in range(n)]
                yield [rng.gauss(0, 3) + mask * (i % 3 == 1) for i in range(n)]
            yield [rng.uniform(-750, 0) for _ in range(n)]
            yield [-700.0 - 5.0 * i if i else 0.0 for i in range(n)]
            yield [1e308 * rng.uniform(0.5, 1) for _ in range(n)]
            yield [2.0] * n
    yield [1e16, 1e16]
    yield [1e12, 1e12, 1e12 - 1]


class Wanted:
    """What is right, for one row of scores, and whether what was found is near enough."""

    def __init__(self, xs):
        with decimal.localcontext(CONTEXT):
            m = max(xs)
            self.xs = xs
            self.away = [Decimal(m) - Decimal(x) for x in xs]
            terms = [(-away).exp() if away < VANISHED else Decimal(0) for away in self.away]
            total = sum(terms)
            self.chances = [term / total for term in terms]
            self.logs = [-away - total.ln() for away in self.away]
            self.logsumexp = Decimal(m) + total.ln()
            self.units = [(len(xs) + 4 + min(away, VANISHED)) * EPSILON for away in self.away]

    def check(self, kind, i, found, slopes):
        """The i-th of a kind, and its slope with respect to every score."""
        with decimal.localcontext(CONTEXT):
            getattr(self, kind)(i, found, slopes)

    def near(self, found, wanted, bound):
        least = TINIEST if abs(wanted) < SMALLEST else 0
        assert math.isfinite(found) and abs(Decimal(found) - wanted) <= max(bound, least), (self.xs, found, wanted)

    def softmax(self, i, found, slopes):
        p, unit = self.chances[i], self.units[i]
        self.near(found, p, unit * p)
        for j, slope in enumerate(slopes):
            self.near(slope, p * ((i == j) - self.chances[j]), 4 * unit)

    def log_softmax(self, i, found, slopes):
        self.near(found, self.logs[i], self.units[i] * max(1, self.away[i]))
        for j, slope in enumerate(slopes):
            self.near(slope, (i == j) - self.chances[j], 4 * self.units[j])

    def cross_entropy(self, i, found, slopes):
        self.near(found, -self.logs[i], self.units[i] * max(1, self.away[i]))
        for j, slope in enumerate(slopes):
            p = self.chances[j]
            self.near(slope, p - (i == j), self.units[j] * (1 if i == j else p))

    def lse(self, _, found, slopes):
        self.near(found, self.logsumexp, 2 * EPSILON * max(1, abs(self.logsumexp)))
        for p, unit, slope in zip(self.chances, self.units, slopes, strict=True):
            self.near(slope, p, unit * p)


@cache
def table():
    """Return the rows by their length."""
    found = {}
    for xs in rows():
        found.setdefault(len(xs), []).append(Wanted(xs))
    return found


FUNCTIONS = {
    "softmax": lambda xs, i: softmax(xs)[i],
    "log_softmax": lambda xs, i: F.log_softmax(xs)[i],
    "cross_entropy": F.cross_entropy,
    "lse": lambda xs, _: logsumexp(xs),
}


def programs(n):
    """Yield every function, at the first of n scores, the last, and some in between."""
    for kind, function in FUNCTIONS.items():
        for i in sorted({0, 1 % n, n - 1}) if kind != "lse" else [0]:
            yield kind, i, function


@pytest.mark.parametrize("mode", [nullcontext, ieee, atomic])
def test_step_by_step(mode):
    for n, wanted in table().items():
        for kind, i, function in programs(n):
            for row in wanted if n < 65 or mode is nullcontext else wanted[::6]:
                values = [Value(x) for x in row.xs]
                with mode():
                    out = function(values, i)
                out.backward()
                row.check(kind, i, out.data, [value.grad for value in values])


@pytest.mark.parametrize("backend", BACKENDS)
def test_compiled(backend):
    """The same program runs all rows: the largest is found again in every call."""
    for n, wanted in table().items():
        values = [Value(0.1 * i) for i in range(n)]
        for kind, i, function in programs(n):
            step = compile(lambda function=function, values=values, i=i: function(values, i), values, backend)
            for row in wanted:
                for value, x in zip(values, row.xs):
                    value.data, value.grad = x, 0.0
                row.check(kind, i, step(), [value.grad for value in values])


def pages(language):
    """Yield the page of every function for lists of 10, with the place it is at."""
    values = [Value(0.1 * i) for i in range(10)]
    for kind, i, function in programs(10):
        if i < 2:
            traced = trace(lambda function=function, i=i: function(values, i), (), values)
            assert traced.parameters == values
            yield kind, i, page(traced, language, kind, [])


@needs_c
def test_the_page_in_c(tmp_path):
    """Each page becomes a library, whose step() is called."""
    for kind, i, text in pages("c"):
        source, library = tmp_path / f"{kind}{i}.c", tmp_path / f"{kind}{i}.so"
        source.write_text(text, encoding="utf-8")
        command = [*compiler(), "-O1", "-shared", "-fPIC", "-Dmain=of_the_page", source, "-o", library, "-lm"]
        subprocess.run(command, check=True)
        step = ctypes.CDLL(str(library)).step
        step.restype = ctypes.c_double
        for row in table()[10]:
            slopes = (ctypes.c_double * 10)()
            row.check(kind, i, step(None, (ctypes.c_double * 10)(*row.xs), slopes), list(slopes))


@needs_node
@pytest.mark.slow
def test_the_player():
    cases = [(row, *program) for n, wanted in table().items() if n < 65 for row in wanted for program in programs(n)]
    roots = [function([Value(x, f"x{k}") for k, x in enumerate(row.xs)], i) for row, _, i, function in cases]
    for (row, kind, i, _), (graph, (data, grads)) in zip(cases, computed(roots), strict=True):
        slopes = {node.label: float(grad) for node, grad in zip(graph.nodes, grads)}
        row.check(kind, i, float(data[-1]), [slopes[f"x{k}"] for k in range(len(row.xs))])


def test_what_the_maximum_is_may_change():
    """Scores move in the stepper and in a compiled step, where keeping the old maximum would overflow, or give 0."""
    xs = [Value(1.0, label="a"), Value(2.0, label="b")]
    p = softmax(xs)[0]
    with p.step_through() as bp:
        for x in (3000.0, -3000.0):
            bp.set("a", x)
            assert p.data == (x > 0)


def test_second_derivatives():
    """Those of cross_entropy are p * (1 - p) and -p * q, through one node or through the maximum and the sum."""
    for offset in (0.0, 1e12):
        xs = [Value(offset + 1.0), Value(offset), Value(offset)]
        row = Wanted([x.data for x in xs])
        p = [float(chance) for chance in row.chances]
        for loss in (F.cross_entropy(xs, 0), -softmax(xs)[0].log(), -F.log_softmax(xs)[0], logsumexp(xs)):
            slopes = grad(loss, xs, create_graph=True)
            for j, slope in enumerate(slopes):
                for k, curvature in enumerate(grad(slope, xs)):
                    assert curvature.data == pytest.approx(p[j] * ((j == k) - p[k]), rel=1e-12, abs=1e-15)


@pytest.mark.slow
def test_pytorch_is_no_better():
    """The worst error over many rows is at most the bound tested above, or twice PyTorch's."""
    torch = pytest.importorskip("torch")
    for xs in rows(sizes=(2, 5, 17, 40, 65), rounds=8):
        row, t = Wanted(xs), torch.tensor(xs, dtype=torch.float64)
        values = [Value(x) for x in xs]
        theirs = {"softmax": torch.softmax(t, 0), "log_softmax": torch.log_softmax(t, 0)}
        for kind, found in (("softmax", softmax(values)), ("log_softmax", F.log_softmax(values))):
            for i, out in enumerate(found):
                row.check(kind, i, out.data, [])
                with decimal.localcontext(CONTEXT):
                    assert abs(theirs[kind][i].item() - out.data) <= 4 * row.units[i] * max(1, row.away[i])
