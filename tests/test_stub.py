"""compiled_methods.pyi says what the rows become; ``pytest --refresh`` writes it anew."""

from __future__ import annotations

from pathlib import Path

import autograd
from autograd.methods import stub
from autograd.ops import BUILTIN, OPS

STUB = Path(autograd.__file__).with_name("compiled_methods.pyi")


def test_the_stub_follows_the_rows(request):
    text = stub([OPS[name] for name in BUILTIN])
    if request.config.getoption("--refresh"):
        STUB.write_text(text, encoding="utf-8", newline="\n")
    assert STUB.read_text(encoding="utf-8") == text, "the rows have changed: pytest --refresh"
