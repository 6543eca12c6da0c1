"""Faults planted by hand, one at a time, in a copy of the packages: the fuzzer finds each within two minutes on one core.

    python -m tests.fuzz.planted [a part of a fault's name]

Exits with 1 if one is not found, and writes down the program that found each: the suite asks that one first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .__main__ import cpu_seconds

ROOT = Path(__file__).parent.parent.parent
NUMBERS = Path(__file__).parent / "planted.json"
SECONDS = 120
SEED = 1
_C = "autograd/compiled/"

# What the fault is, the file, the text in it, and what replaces it.
FAULTS = [
    # the engine
    ("the slope of a slope is wrong: create_graph of a square", "autograd/recording.py",
     '_on_values("mul")(a, a) if b == 2', '_on_values("mul")(a, _number(a)) if b == 2'),
    ("inner nodes continue from what an earlier pass left", "autograd/value.py",
     "node.grad = 0.0 if node.op else", "node.grad = float(node.grad or 0.0) if node.op else"),
    ("a gradient to start from counts twice at a list", "autograd/value.py",
     "node, self.grad = self, gradient", "node, self.grad = self, gradient * (gradient if type(self.a) is tuple else 1.0)"),
    ("the last of a long list gets the slope of the first", "autograd/kernels.py",
     "slope.last(PYTHON, known, i) for i in range(size)", "slope.last(PYTHON, known, i if i < 3 else 0) for i in range(size)"),
    ("a constant in front counts as one behind", "autograd/methods.py",
     "            node.db = {slope_b}\n        except", "            node.db = {slope_b} if out < 1 else 1.0\n        except"),
    ("fmod forgets the slope in the divisor", "autograd/ops.py", 'f"{_QUOTIENT}; k", domain="b != 0")\n', 'f"{_QUOTIENT}; 0 * k", domain="b != 0")\n'),
    ("elu, below 0, has the slope without alpha", "autograd/ops.py", 'a="1 if a > 0 else out + alpha"', 'a="1 if a > 0 else out + 1"'),
    ("what is computed in no_grad() lets gradients through", "autograd/recording.py", 'if is_on("no_grad"):', 'if is_on("no_grad") and not node.data > 0.5:'),
    ("gradients of gradients leave out what arrives second", "autograd/higher_order.py",
     "arrived[operand] + share if operand in arrived else share", "arrived[operand] + (share if not isinstance(seed, Value) or k else share * 1.5) if operand in arrived else share"),
    # the steppers
    ("undo puts back nothing", "autograd/stepper/edges.py", "operand.grad = self._written[operand] = before\n", "operand.grad = self._written[operand] = before * 0.0\n"),
    ("a step takes the slope with respect to the first operand", "autograd/stepper/edges.py", "before + node.partials[k] * node.grad", "before + (node.partials[k] if k < 2 else node.partials[0]) * node.grad"),
    ("closed, a stepper leaves its grads", "autograd/stepper/edges.py", 'write(self._grads_found, "grad", self._grads_found.values())', 'write([], "grad", [])'),
    ("set() keeps the slopes of before", "autograd/stepper/walker.py", "            node.partials = slopes\n", "            node.partials = node.partials\n"),
    ("goto() goes one move too far", "autograd/stepper/moves.py", "self._make() for _ in range(start, k)", "self._make() for _ in range(start, min(k + 1, len(self)))"),
    # compile()
    ("a sum of gradients in C loses what came first", _C + "c/interpreter.c.in", "sum += room[k];", "sum = room[k];"),
    ("rows of a batch count one less", _C + "c/interpreter.c.in", "lanes < m->live - lane ? lanes : m->live - lane;", "lanes < m->live - lane ? lanes : m->live - lane - 1;"),
    ("momentum forgets, in C and Python alike", "nn/optim/gradient_descent.py", '"momentum * momentum_buffer + (1 - dampening) * slope"', '"momentum * momentum_buffer + slope"'),
    ("an addend that is a sum itself, in emitted sources", _C + "codegen.py", "term.within(TERM if i else first)", "term.within(first)"),
    ("a batch divides its gradients by one row too many", _C + "batches.py", "1.0 / self.count) / self", "1.0 / (self.count + 1)) / self"),
    # the player
    ("the player adds the gradients of the first edge only", "autograd/player/player_model.js",
     "this.truth[operand] += this.share(i, this.truth);", "this.truth[operand] = this.share(i, this.truth);"),
    ("the player leaves out the last of a list", "autograd/player/js_rules.py", "{taken[-1] + 1}, (", "{max(taken[-1], 1)}, ("),
    ("a number moved in the player moves no slope", "autograd/player/player_model.js", "this.data[leaf] = number;\n    this.recompute();", "this.data[leaf] = number;"),
]  # fmt: skip


def noticed(name: str, file: str, old: str, new: str) -> tuple[str, float]:
    """Return what find() says. It first tries the program that noticed this fault the last time, since a search takes
    much longer."""
    number = json.loads(NUMBERS.read_text(encoding="utf-8")).get(name)
    if number is not None:
        said, seconds = find(file, old, new, "--start", str(number), "--count", "1")
        if said:
            return said, seconds
    return find(file, old, new)


def find(file: str, old: str, new: str, *more: str) -> tuple[str, float]:
    """Return what the fuzzer says about a copy with this fault, and after how many seconds of the processor; nothing if
    it finds none."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("autograd", "nn", "tests/fuzz"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        path = Path(folder) / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
        words = ["--minutes", str(SECONDS / 60), "--seed", str(SEED), "--findings", "1", "--quick", "--cpu", *more]
        start = cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz", *words],
            cwd=folder, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": folder}, check=False,
        )  # fmt: skip
        taken = cpu_seconds() - start
        said = done.stdout.partition("DISAGREEMENT ")[2].partition("\n")[0]
        assert said or "comparisons" in done.stdout, done.stderr
        return said, taken


def main(words: list[str]) -> int:
    missed, numbers = False, json.loads(NUMBERS.read_text(encoding="utf-8"))
    for name, *fault in FAULTS:
        if all(word in name for word in words):
            said, seconds = find(*fault)
            print(f"{'found' if said else 'MISSED':6} {seconds:5.1f} s  {name}: {said[:110]}", flush=True)
            missed |= not said
            numbers[name] = int(re.findall(r"in program (\d+)", said)[0]) if said else None
    kept = {name: numbers.get(name) for name, *_ in FAULTS}
    NUMBERS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8", newline="\n")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
