"""Faults planted by hand, one at a time, in a copy of the package: tests/formulas.py finds each within two minutes.

    python -m tests.planted [a part of a fault's name]

Exits with 1 if one is not found.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS = 120
_F, _C = "autograd/formula/", "autograd/compiled/"

# What the fault is, the file, the text in it, and what replaces it.
FAULTS = [
    ("a - (b - c) without parentheses", _F + "dialects.py", "level, level, level + 1)", "level, level, level)"),
    ("a place accepts an operand that binds one level less tightly", _F + "dialects.py", "if self.level >= place", "if self.level + 1 >= place"),
    ("a reduction of one term counts as a name", _F + "dialects.py", "return first\n", "return atom(first.text)\n"),
    ("an if in the branch of an if, in Python", _F + "dialects.py", "else {2}\", _IF, _OR, _OR, _IF)", "else {2}\", _IF, _OR, _IF, _IF)"),
    ("an if binds as a name, in C and JavaScript", _F + "dialects.py", '"{} ? {} : {}", _IF,', '"{} ? {} : {}", ATOM,'),
    ("a minus before a sum", _F + "dialects.py", 'Spelling("-{}", _SIGN, _POWER)', 'Spelling("-{}", _SIGN, SUM)'),
    ("a square binds as a name", _F + "dialects.py", '"{0} * {0}", _PRODUCT,', '"{0} * {0}", ATOM,'),
    ("or within and, in C", _F + "dialects.py", '_infix(" || ", _OR)', '_infix(" || ", ATOM)'),
    ("a comparison written as its opposite", _F + "dialects.py", '"==": _compared(" === ")', '"==": _compared(" !== ")'),
    ("a slope times the gradient, without parentheses", _F + "formula.py",
     "of(printed(term, dialect, names, index), atom(factor))", "of(atom(printed(term, dialect, names, index).text), atom(factor))"),
    ("the first addend stands alone", _C + "codegen.py", "first = SUM if len(addends) > 1 else WHOLE", "first = WHOLE"),
    ("an addend that is a sum itself", _C + "codegen.py", "term.within(TERM if i else first)", "term.within(first)"),
    ("larger() of a max keeps the smaller", _C + "codegen.py", "larger.of(atom(spelled[let]), text)", "larger.of(text, text)"),
    ("a loop in C leaves out the last term", _C + "c/template.py", "i < n; i++) {name} {step}", "i < n - 1; i++) {name} {step}"),
    ("division in C that notices nothing, and divides otherwise", _C + "c/interpreter.c.in", "return a / b; }", "return a * (1 / b); }"),
    ("labels without a prefix in C", _F + "languages.py", 'prefix="v_"', 'prefix=""'),
    ("a constant folded although it overflows", _F + "rewriting.py", "if math.isfinite(number) else term", "if True else term"),
    ("a condition with a known side is decided the wrong way", _F + "rewriting.py", 'is (term.head == "and") else', 'is (term.head == "or") else'),
    ("and decides as or does, in the slow path", _F + "arithmetic.py", "is (head == \"or\")\n", "is (head == \"and\")\n"),
    ("intermediates of two partials share their names", "autograd/kernels.py",
     "**namer.names(let for let, _ in formula.lets)}", "**{let: let for let, _ in formula.lets}}"),
    ("names that are taken are given all the same", _F + "namer.py", "while {name, self.prefix + name} & self.taken", "while not name"),
    ("a sum has a name that an operand may have", _F + "formula.py", 'f"{term.head}__{len', 'f"{term.head}_{len'),
    ("the slope with respect to the other operand, beside a plain number", "autograd/methods.py", "            node.da = {slope_a}\n        except", "            node.da = {slope_b}\n        except"),
    ("the player leaves out the last of a list", "autograd/player/js_rules.py", "{taken[-1] + 1}, (", "{max(taken[-1], 1)}, ("),
    ("the player adds up from the second term on", "autograd/player/js_rules.py", "result += term(i)", "result += term(i - 1)"),
    ("erf in JavaScript ends at 2", _F + "languages.py", "(Math.abs(x) < 6)", "(Math.abs(x) < 2)"),
    ("the row of tan has the value of sin", "autograd/ops.py", '"tan(a)",', '"sin(a)",'),
    ("the row of maximum has the value of a sum", "autograd/ops.py", '"max(xs[i])",                xs=_TIES', '"sum(xs[i])", xs=_TIES'),
    ("a list is bound one operand too far", "autograd/ops.py", "range(at, at + size)\n                at += size", "range(at, at + size)\n                at += size - 1"),
]  # fmt: skip


def find(file: str, old: str, new: str) -> tuple[str, float]:
    """Return what the script says about the package with this fault, and after how many seconds; nothing if it finds
    none."""
    with tempfile.TemporaryDirectory() as folder:
        for part in ("autograd", "tests"):
            shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__", "golden"))
        path = Path(folder) / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        command = [sys.executable, "-m", "tests.formulas", "--count", "100000", "--seed", "1", "--batch", "50"]
        start = time.monotonic()
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return "", SECONDS
        return done.stdout.rpartition("DISAGREEMENT ")[2].partition("\n")[0], time.monotonic() - start


def main() -> int:
    missed = 0
    for name, *fault in FAULTS:
        if all(part in name for part in sys.argv[1:]):
            said, seconds = find(*fault)
            missed += not said
            print(f"{'found' if said else 'MISSED':6} {seconds:5.1f} s  {name}: {said[:100]}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
