"""What tests share: golden texts, refreshed all at once by ``pytest --refresh``."""

from __future__ import annotations

import signal
from pathlib import Path

import needs
import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background, where a shell turns Ctrl-C off
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what the tests start and interrupt inherits it

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption("--refresh", action="store_true", help="rewrite the golden texts from what the code says now")


def pytest_collection_modifyitems(items):
    for item in items:
        needs.mark(item)


@pytest.fixture
def golden(request):
    """Compare a text with the golden one of that name."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--refresh"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"no golden text {name}: make it with pytest --refresh"
        assert text == path.read_text(encoding="utf-8"), f"{name} has changed: if rightly so, pytest --refresh"

    return check
