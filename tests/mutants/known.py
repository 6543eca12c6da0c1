"""Changes that no test once noticed, each with the test that notices it now: ``python -m tests.mutants.known [a part of a name]``.

A change is some text in a file, and what replaces it. Where the code that could be wrong is gone, there is nothing to
try.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .changes import ROOT

_TEST = "tests/test_once_survived.py::test_"
KNOWN = [
    ("a copy forgets that it is a parameter", "autograd/value.py", "self.op, self.scope\n", "self.op, None\n", _TEST + "copied_parameters_are_parameters"),
    ("detach() loses the label", "autograd/value.py", "leaf = Value(self.data, self.label)", "leaf = Value(self.data)", _TEST + "what_is_detached_keeps_its_name"),
    ("changed data is seen from one percent on", "autograd/higher_order.py", "> 1e-9 * max(", "> 1e-2 * max(", _TEST + "data_that_changed_a_little_is_noticed"),
    ("an inner mode ends the outer one too", "autograd/modes.py", "            _entered.remove(mode)\n", "            _entered.clear()\n", _TEST + "an_inner_mode_leaves_the_outer_one_on"),
    ("zero_grad(set_to_none=False) resets to not reached", "nn/modules/module.py",
     "NOT_REACHED if set_to_none else 0.0", "NOT_REACHED", _TEST + "zero_grad_sets_zeros_on_request"),
    ("what is inside a module forgets its call", "nn/modules/module.py", "                leaf.scope = PARAMETER\n", "                pass\n", _TEST + "copied_parameters_are_parameters"),
    ("a program is near enough at one percent", "autograd/compiled/self_check.py", "NEAR = 1e-12", "NEAR = 1e-2", _TEST + "a_program_that_is_off_by_a_millionth_is_refused"),
    ("a lock stays closed in a fork", "autograd/compiled/tracing.py",
     "with _one_at_a_time[os.getpid()]:", "with _one_at_a_time[0]:", _TEST + "a_fork_traces_while_another_thread_did"),
    ("defaults of keywords are not watched", "autograd/compiled/guards.py", '"__defaults__", "__kwdefaults__"):', '"__defaults__"):', _TEST + "a_default_of_a_keyword_is_watched"),
    ("two inputs are gathered as seven would be", "autograd/drawing/picture.py", "MANY_INPUTS = 6", "MANY_INPUTS = 1", _TEST + "few_inputs_are_drawn_one_by_one"),
]  # fmt: skip
# Two other changes no longer matter: an update writes new memories, and later checks find a subclass. The code of three
# more is gone, and two only save time: walk(down_to), and `not node.operands` in higher_order.py. real_data() now raises
# the error that followed backward()'s TypeError.


def noticed(file: str, old: str, new: str, test: str) -> bool:
    """Return whether the test fails in a copy that has the change."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("autograd", "nn", "tests"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        path = Path(folder) / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PYTHONPATH": folder}, capture_output=True, text=True, check=False
        )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


def main(words: list[str]) -> int:
    missed = 0
    for name, *change in KNOWN:
        if all(word in name for word in words):
            found = noticed(*change)
            missed += not found
            print("noticed" if found else "MISSED ", name, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
