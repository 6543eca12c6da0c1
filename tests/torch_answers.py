"""What PyTorch answers in the tests: asked where it is installed, and read from golden/torch.json where it is not.

A test asks ``torchs(compute)`` and gets ``compute(torch)``. With PyTorch the answer is computed again, and must be the
frozen one; ``python -m tests.freeze_torch`` freezes what is new or has changed.
"""

from __future__ import annotations

import json
import math
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

FILE = Path(__file__).parent / "golden" / "torch.json"
HOW = "freeze PyTorch's answer by python -m tests.freeze_torch"
TOLERANCE = 1e-9  # how much PyTorch's own versions may differ, relative to max(1, |number|)


class Answers:
    """The answers, by test and by their order in it. freezing: collect "all" of them again, or "some": those of the
    tests that run."""

    def __init__(self, freezing=None):
        self.freezing = freezing
        self.frozen = {} if freezing == "all" or not FILE.exists() else json.loads(FILE.read_text(encoding="utf-8"))

    def of(self, test):
        """Return what a test calls with its questions."""
        if self.freezing:
            self.frozen[test] = []
        frozen, asked = self.frozen.setdefault(test, []), 0

        def ask(compute):
            nonlocal asked
            asked += 1
            if not find_spec("torch"):
                assert len(frozen) >= asked, f"question {asked} has no answer here: {HOW}"
                return frozen[asked - 1]
            answer = plain(compute(import_module("torch")))
            if self.freezing:
                frozen.append(answer)
            assert len(frozen) >= asked and agree(frozen[asked - 1], answer), f"question {asked} is out of date: {HOW}"
            return answer

        return ask

    def write(self):
        lines = [f"{json.dumps(test)}: {json.dumps(answers)}" for test, answers in sorted(self.frozen.items())]
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")


def plain(answer):
    """Return the answer as JSON has it: tensors as lists, tuples too."""
    if hasattr(answer, "tolist"):
        return answer.tolist()
    if isinstance(answer, dict):
        return {key: plain(item) for key, item in answer.items()}
    return [plain(item) for item in answer] if isinstance(answer, (list, tuple)) else answer


def agree(a, b):
    """Return whether two answers are the same, numbers within TOLERANCE; nan agrees with nan."""
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(agree(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(agree, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b) or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return a == b
