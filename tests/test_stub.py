"""compiled_methods.pyi says what the rows become; ``pytest --refresh`` writes it again."""

from __future__ import annotations

import re
from pathlib import Path

import autograd
from autograd.methods import OPERATORS
from autograd.ops import BUILTIN, OPS, Op

STUB = Path(autograd.__file__).with_name("compiled_methods.pyi")


def stub(rows: list[Op]) -> str:
    """Return the text of compiled_methods.pyi, which tells type checkers and editors what the rows become."""
    lines = [
        "# Made from the rows of ops.py by `pytest --refresh`.",
        "from collections.abc import Sequence",
        "from .value import Value",
        "",
        "class Methods:",
    ]
    for op in rows:
        if op.wide or op.operands[2:]:
            continue
        others = op.operands[1:]
        default = f": Value | float = {op.defaults[others[0]]!r}" if op.defaults else ": Value | float"
        names = [op.name, OPERATORS[op.name]] if op.name in OPERATORS else [op.name]
        if op.name in OPERATORS and others:
            names.append(OPERATORS[op.name].replace("__", "__r", 1))
        parameters = f", {others[0] if op.defaults else 'other'}{default}" if others else ""
        for name in names:
            lines.append(f"    def {name}(self{parameters}) -> Value: ...  # {op.value.source}{slopes(op)}")
    lines.append("")
    for op in rows:
        if op.wide:
            kinds = {x: "Sequence[Value | float]" if x in op.lists else "Value | float" for x in op.operands}
            kinds |= {x: f"Value | float | None = {default!r}" for x, default in op.defaults.items()}
            parameters = ", ".join(f"{x}: {kind}" for x, kind in kinds.items())
            lines.append(f"def {op.name}({parameters}) -> Value: ...  # {op.value.source}")
    return "\n".join(lines) + "\n"


def slopes(op: Op) -> str:
    """Return the partials, for readers who go to the definition of ``x.tanh()``: short ones, or where they are."""
    text = ", ".join(partial.source for partial in op.partials)
    return f"; slope {text}" if len(text) < 60 else "; slopes in ops.py"


def test_the_stub_follows_the_rows(request):
    text = stub([OPS[name] for name in BUILTIN])
    if request.config.getoption("--refresh"):
        STUB.write_text(text, encoding="utf-8", newline="\n")
    assert STUB.read_text(encoding="utf-8") == text, "the rows have changed: pytest --refresh"


def test_every_method_of_the_stub_is_one():
    methods = re.findall(r"(?m)^    def (\w+)", STUB.read_text(encoding="utf-8"))
    assert len(methods) > 50 and all(hasattr(autograd.Value, name) for name in methods)
