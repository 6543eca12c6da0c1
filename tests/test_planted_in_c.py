"""Faults planted in bytecode, template and interpreter, one at a time, in a copy of the package: compile() finds each itself.

A fault is found if it raises an error at the first call, or makes the library fail its check, so Python takes over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from backends import needs_c

ROOT = Path(__file__).parents[1]
_C, _B, _T, _R = (
    f"autograd/compiled/c/{name}" for name in ("interpreter.c.in", "bytecode.py", "template.py", "runtime.py")
)

# What the fault is, the file, the text in it, and what replaces it.
FAULTS = [
    ("the bias of the first of four columns", _C, "out + j * length, bias[j],", "out + j * length, bias[j / 4 * 4],"),
    ("a weight's slope times the gradient of the column before", _C, "none) * AT(g + k * length + i)", "none) * AT(g + k * length)"),
    ("the last row of a block left out", _C, "live = lanes > 1 ? m->live : 1;", "live = lanes > 1 ? m->live - 1 : 1;"),
    ("the gradient of a bias from the first row alone", _C, "AT(db + i), AT(g + k * length + i)", "AT(db + i), AT(g + i)"),
    ("four positions with the gradient of one", _C, "* g[j * count + k]", "* g[k]"),
    ("four weights with the gradient of one", _C, "* g[k * many + j]", "* g[k * many]"),
    ("half of a gradient at scattered slots", _C, "sum += room[k];", "sum += room[k] / 2;"),
    ("a gradient to the steady slot of the first operand", _C, "m->grad + slot * m->width + lane : m->steady_grad + ~slot", "m->grad + slot * m->width + lane : m->steady_grad"),
    ("lane after lane with the weights of the first", _C, "const double *w = fetch(m, at_w, C * n, lane, 1,", "const double *w = fetch(m, at_w, C * n, 0, 1,"),
    ("the gradient of what is picked replaced", _C, "*gradient(m, slot, l) += m->grad[result];", "*gradient(m, slot, l) = m->grad[result];"),
    ("the next one is picked", _C, "at[1 + index * in->count + r]", "at[1 + (index + 1) * in->count + r]"),
    ("a slope of a list with the wrong sign", _T, 'row.added(slope, "dy")', 'row.added(slope, "-dy")'),
    ("larger() takes the smaller", _C, "return b > a || b != b ? b : a;", "return b < a || b != b ? b : a;"),
    ("gradients of the row before left over", _C, "sizeof(double) * (m->slots - m->parameters) * m->width", "sizeof(double) * 0"),
    ("every row counts whole", _C, "+= 1.0 / b->rows;", "+= 1.0;"),
    ("two terms of each sum of a product left out", _C, "for (word k = 1; k < (terms); k++)", "for (word k = 3; k < (terms); k++)"),
    ("the rest behind the last whole vector left out", _C, "PIECE(double, 1, some, __VA_ARGS__)", ""),
    ("slopes with respect to the first operand only", _T, 'f"G + at[{k}]"', '"G + at[0]"'),
    ("gradients of many replaced by twice themselves", _T, 'row.added(slope, "g[i]")', 'row.added(slope, "2 * g[i]")'),
    ("a loop leaves out the last term", _T, "i < n; i++) {name} {step}", "i < n - 1; i++) {name} {step}"),
    ("the first of the kept terms for all", _T, 'add.replace(call, "kept[i]")', 'add.replace(call, "kept[0]")'),
    ("what is kept for one result overlaps the next", _T, "here * (n + {row.kept})", "here * n"),
    ("a shorter row is filled up with its own numbers", _B, "*[self.bytecode.zero] * terms)", "*self.operands[x] * terms)"),
    ("whatever begins like a row is one", _B, "if [*slots] == [*(range(first, first + count) if first >= 0 else range(first, first - count, -1))]:", "if count > 1:"),
    ("gradients flow to the first operand alone", _B, "group)) << k for k, group", "group)) for k, group"),
    ("nothing flows to a bias", _B, "self._active_bits((xs, ws, bias)),", "self._active_bits((xs, ws)),"),
    ("literals lose their sign", _R, 'array("d", bytecode.literals)', 'array("d", map(abs, bytecode.literals))'),
]  # fmt: skip
CHECK = """
import warnings
import nn, nn.functional as F
from autograd import Value, compile, dot, logsumexp, maximum, mean, total
from autograd.errors import AutogradError
warnings.simplefilter("error")
model, table, attend = nn.MLP(3, [6, 5, 2], activation="tanh", seed=1), nn.Embedding(7, 4, seed=2), nn.SelfAttention(4, seed=3)
out = nn.Linear(4, 7, seed=4)
w = [Value(0.3 * k - 0.8, label=f"w{k}") for k in range(7)]
xs = [[0.1 * i - 0.2 * k + 0.05 * i * k for k in range(3)] for i in range(11)]
def mlp(x, side): return F.hinge_loss([model(x)[0]], [side]) + 0.01 * dot(list(model.parameters()), list(model.parameters()))
def text(signs): return F.cross_entropy(out(attend(table(signs[:-1]), is_causal=True)), signs[1:])
def pairs(x):
    h = [(w[k] * x[k % 3]).tanh() for k in range(6)]
    return dot(h[:3], h[3:], w[6]) * -1.5 + dot([h[0], h[2], h[4]], [w[1], w[0], w[5]], w[2])
def wide(x):
    h = [w[k] * x[k % 3] - 0.5 for k in range(7)]
    return logsumexp(h) + maximum(h) * 2 + mean(h) + total(h) + logsumexp([w[3], h[1], w[0]])
def scalars(x):
    a, b = w[4] * x[0] + 2.5, w[5] * x[1] + 3.5
    return (a / b - b) * a.exp() + a.log() * b ** 2 + abs(a - 2 * b) + sum((v * x[2] + 1.5).sqrt() / (k + 1.5) for k, v in enumerate(w[3:]))
def run(function, parameters, *columns):
    step = compile(function, parameters, backend="c")
    step.batch(*columns)
    assert step.last_backend == "c", step.last_backend
try:
    run(mlp, model.parameters(), xs, [1, -1] * 5 + [1])
    run(text, [*table.parameters(), *attend.parameters(), *out.parameters()], [[1, 4, 2, 2, 5, 0, 6, 3, 1, 2]])
    for rows in (xs, xs[:3]):
        for function in (pairs, wide, scalars):
            run(function, w, rows)
except (AutogradError, UserWarning) as error:
    print("FOUND", type(error).__name__, str(error).replace(chr(10), " ")[:200])
else:
    print("nothing found")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    for part in ("autograd", "nn"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    build = folder / "autograd/native/build.py"
    build.write_text(build.read_text(encoding="utf-8").replace('"-O3"', '"-O1"'), encoding="utf-8")  # sooner built
    return folder


def found(folder):
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    line = [sys.executable, "-c", CHECK]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert not done.returncode, done.stderr
    return done.stdout


@needs_c
@pytest.mark.slow
def test_without_a_fault_nothing_is_found(copy):
    assert found(copy) == "nothing found\n"


@needs_c
@pytest.mark.slow
@pytest.mark.parametrize(("file", "old", "new"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_planted_in_c_is_found(copy, file, old, new):
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text, "the fault no longer has a place"
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        assert found(copy).startswith("FOUND")
    finally:
        path.write_text(text, encoding="utf-8")
