"""Whoever adds something writes it in one place; all else follows, or is made by ``pytest --refresh``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROW = 'SOFTSIGN = row("softsign", "softsign", "a / (1 + abs(a))", "1 / (1 + abs(a)) ** 2")\n'
ACTIVATION = '''

def softsign(input: Any) -> Any:
    """x / (1 + |x|) of every number."""
    return _each(lambda x: x / (1 + abs(x)), input)


class Softsign(Activation, function=softsign):
    """x / (1 + |x|) of every number. See F.softsign."""
'''
OPTIMIZER = '''

class SignSGD(Optimizer):
    """w <- w - lr * sign(dL/dw)."""

    def __init__(self, params: Params, lr: float = 1e-3, *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "maximize": maximize})

    def rule(self, group: Mapping[str, Any], first: bool) -> dict[str, Any]:
        return {"lr": group["lr"], "slope": _slope({**group, "weight_decay": 0}), "data": "data - lr * slope / abs(slope)"}
'''
LAYER = '''"""Scale: every number times one parameter."""

from __future__ import annotations

from typing import Any

from autograd import Value

from .module import Module

__all__ = ["Scale"]


class Scale(Module):
    """Every number of a vector times one parameter."""

    def __init__(self) -> None:
        self.factor = Value(2.0)

    def forward(self, input: Any) -> Any:
        return [self.factor * x for x in input]
'''
DEMO = '''"""Does a demo need more than its file?"""

from ..shared.report import Report


def main(out: str = "out/alone", quiet: bool = False, png: bool = False) -> dict[str, object]:
    return {"report": Report(out, "Alone", "", png)}
'''
PAGE = """# %% [markdown]
# # Does a page need more than its file?
#
# Lesson 57. No.

# %%
print(6 * 7)
# > 42
"""
EXERCISE = '''

@exercise("53", "easy", 1, hint="Double it.", solution="twice = lambda x: 2 * x", cases=lambda rng: [(3.0,), (5.0,)])
def twice(slip: Any, x: float) -> float:
    """twice(x) -> 2 * x."""
    return x if slip("It is not doubled.") else 2 * x
'''


def run(folder, *words):
    done = subprocess.run([sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def says(folder, code):
    return run(folder, "-c", code).strip()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the repository to which one of each kind is added."""
    folder = tmp_path_factory.mktemp("house")
    leave = shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", "*.egg-info", "browser", "node_modules")
    shutil.copytree(ROOT, folder / "house", ignore=leave)
    folder /= "house"

    def write(name, change):
        path = folder / name
        path.write_text(
            change(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8", newline="\n"
        )

    write("autograd/ops.py", lambda text: text.replace("BUILTIN.extend(OPS)\n", f"{ROW}BUILTIN.extend(OPS)\n"))
    write("nn/activation.py", lambda text: text + ACTIVATION)
    write("nn/optim/optimizer.py", lambda text: text + OPTIMIZER)
    write("nn/scale.py", lambda _: LAYER)
    write("demos/models/alone.py", lambda _: DEMO)
    write("demos/lessons/whole.py", lambda _: PAGE)
    write("demos/exercises/descent.py", lambda text: text + EXERCISE)
    run(
        folder,
        "-m",
        "pytest",
        "-q",
        "--refresh",
        "-p",
        "no:cacheprovider",
        "tests/test_nn_exports.py",
        "tests/test_stub.py",
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("code", "answer"), [
    ("from autograd import Value; x = Value(1.0); x.softsign().backward(); print(x.grad)", "0.25"),
    ("import autograd; print('def softsign' in open('autograd/compiled_methods.pyi').read())", "True"),
    ("import nn; print(nn.functional.softsign(1.0).data, nn.Softsign(), 'softsign' in nn.functional.__all__)", "0.5 Softsign() True"),
    ("import nn; print(nn.MLP(1, [1, 1], activation='softsign').layers[0].activation)", "softsign"),
    ("import nn; print(nn.activation.ACTIVATIONS['softsign'] is nn.Softsign, 'Softsign' in nn.__all__)", "True True"),
    ("import nn; print([y.data for y in nn.Scale()([1.0, 3.0])], 'Scale' in nn.__all__)", "[2.0, 6.0] True"),
    ("from nn.optim import SignSGD; from autograd import Value; w = Value(1.0); o = SignSGD([w], 0.5)\n"
     "(w * 3).backward(); o.step(); print(w.data)", "0.5"),
    ("from demos.exercises import check; check(lambda x: 2 * x, 'twice')", "twice: right"),
    ("from demos.exercises import check; check(lambda x: x, 'twice')", "twice: not yet. At x=3: want 6, got 3. It is not doubled."),
])  # fmt: skip
def test_what_is_added_in_one_place_is_there(tree, code, answer):
    assert says(tree, code) == answer


@pytest.mark.slow
def test_a_demo_is_one_file(tree):
    listing = run(tree, "-m", "demos")
    assert "alone" in listing and "Does a demo need more than its file?" in listing
    assert " 57 whole" in listing and "Does a page need more than its file?" in listing
    assert "1 files in" in run(tree, "-m", "demos", "alone", "--out", "out/alone")
    assert "42" in run(tree, "-m", "demos", "57", "--out", "out/whole")


@pytest.mark.slow
def test_the_row_is_checked_by_the_tests_that_loop_over_the_table(tree):
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_ops.py", "-k", "softsign and not pytorch")
