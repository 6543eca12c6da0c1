"""What tests share: golden texts, refreshed all at once by ``pytest --refresh``."""

from __future__ import annotations

import gc
import signal
from pathlib import Path

import needs
import pytest
from torch_answers import Answers

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background, where a shell turns Ctrl-C off
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what the tests start and interrupt inherits it

GOLDEN = Path(__file__).parent / "golden"
collect_ignore = ["solutions"]  # modules for judge_solutions.py, not tests


def pytest_addoption(parser):
    parser.addoption("--refresh", action="store_true", help="rewrite the golden texts from what the code says now")
    parser.addoption("--freeze-torch", choices=("all", "some"), help="see tests/freeze_torch.py")


def pytest_configure(config):
    config.answers = Answers(freezing=config.getoption("--freeze-torch"))


def pytest_sessionfinish(session, exitstatus):
    if session.config.answers.freezing and exitstatus == 0:
        session.config.answers.write()


@pytest.fixture
def torchs(request):
    """What PyTorch answers: ``torchs(compute)`` gives ``compute(torch)``, or the frozen answer if PyTorch is not
    installed."""
    return request.config.answers.of(request.node.nodeid.rpartition("/")[2])


def pytest_collection_modifyitems(config, items):
    if config.answers.freezing:
        items[:] = [item for item in items if "torchs" in getattr(item, "fixturenames", ())]
    for item in items:
        needs.mark(item)


def pytest_collection_finish(session):
    gc.collect()
    gc.freeze()  # thousands of tests: the collector need not look through them again and again


@pytest.fixture
def golden(request):
    """Compare a text with the golden text called `name`."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--refresh"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"no golden text {name}: make it with pytest --refresh"
        assert text == path.read_text(encoding="utf-8"), f"{name} has changed: if that is right, pytest --refresh"

    return check
