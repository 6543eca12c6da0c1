"""Which test runs which line, and how long it takes: recorded once, by running all tests in one process."""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from pathlib import Path
from types import CodeType, FunctionType

from .changes import GROUPS, ROOT

TOOL = 3  # one of sys.monitoring's six tools, which nobody else uses
# Tests that start other programs again and again, or are about other things, and would take the time that mutants need.
WITHOUT = (
    "test_demos", "test_packaging", "test_solutions", "test_hostile", "test_one_place", "test_imports", "test_types", "test_readme", "test_lecture",
    "test_stub", "test_pasting", "test_doctor", "test_needs", "test_mutants", "test_planted", "test_building",
)  # fmt: skip


def wanted_files() -> dict[str, str]:
    """Return the files that mutants are drawn from, by their full name."""
    return {
        str(path): path.relative_to(ROOT).as_posix()
        for patterns in GROUPS.values()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    }


def all_imported() -> None:
    """Import every module, so that its code is known before a test runs."""
    for name in wanted_files().values():
        importlib.import_module(name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))


def codes() -> list[CodeType]:
    """Return the code of all functions in those files, and of those inside them."""
    wanted = wanted_files()
    found: dict[int, CodeType] = {}

    def add(code: CodeType) -> None:
        if code.co_filename in wanted and id(code) not in found:
            found[id(code)] = code
            for inner in code.co_consts:
                if isinstance(inner, CodeType):
                    add(inner)

    gc.unfreeze()  # see conftest.py: what is frozen is not listed
    every = gc.get_objects()
    gc.freeze()
    for thing in every:
        if isinstance(thing, FunctionType):
            add(thing.__code__)
    return [*found.values()]


class Recorder:
    """A pytest plugin. tests: for each that passes its seconds and its lines, by file."""

    def __init__(self) -> None:
        self.wanted = wanted_files()
        self.lines: dict[str, set[int]] = {}
        self.tests: dict[str, dict] = {}
        self.failed = False

    def pytest_collection_finish(self) -> None:
        monitoring = sys.monitoring
        monitoring.use_tool_id(TOOL, "mutants")
        monitoring.register_callback(TOOL, monitoring.events.LINE, self.line)
        for code in codes():
            monitoring.set_local_events(TOOL, code, monitoring.events.LINE)

    def line(self, code: CodeType, line: int) -> object:
        self.lines.setdefault(self.wanted[code.co_filename], set()).add(line)
        return sys.monitoring.DISABLE

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.lines, self.failed = {}, False
        sys.monitoring.restart_events()
        self.start = time.process_time()

    def pytest_runtest_logreport(self, report) -> None:
        self.failed = self.failed or report.outcome != "passed"

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if not self.failed and self.lines:
            seconds = round(time.process_time() - self.start, 4)
            self.tests[nodeid] = {
                "seconds": seconds,
                "lines": {file: sorted(lines) for file, lines in self.lines.items()},
            }


class ImportRecorder:
    """What runs while modules are imported and tests are collected: a mutant there needs a Python of its own."""

    def __init__(self) -> None:
        self.wanted = wanted_files()
        self.lines: dict[str, set[int]] = {}

    def __enter__(self) -> ImportRecorder:
        sys.monitoring.use_tool_id(TOOL - 1, "mutants, import")
        sys.monitoring.register_callback(TOOL - 1, sys.monitoring.events.LINE, self.line)
        sys.monitoring.set_events(TOOL - 1, sys.monitoring.events.LINE)
        return self

    def line(self, code: CodeType, line: int) -> object:
        if file := self.wanted.get(code.co_filename):
            self.lines.setdefault(file, set()).add(line)
        return sys.monitoring.DISABLE

    def stop(self) -> None:
        sys.monitoring.set_events(TOOL - 1, 0)
        sys.monitoring.free_tool_id(TOOL - 1)

    def __exit__(self, *_: object) -> None:
        if sys.monitoring.get_tool(TOOL - 1):
            self.stop()


def test_files() -> list[str]:
    """The files of tests that mutants are tried by."""
    return [str(path) for path in sorted((ROOT / "tests").glob("test_*.py")) if not path.name.startswith(WITHOUT)]


ARGUMENTS = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "-x", "--maxfail=100000"]


def record(path: Path) -> None:
    """Run the tests and the doctests once, and write the map."""
    import pytest

    with ImportRecorder() as early:
        all_imported()
        recorder = Recorder()
        finish = recorder.pytest_collection_finish

        class Collected:
            def pytest_collection_finish(self) -> None:
                early.stop()
                finish()

        recorder.pytest_collection_finish = lambda: None  # type: ignore[method-assign]
        pytest.main(
            [*ARGUMENTS, *test_files(), str(ROOT / "autograd"), str(ROOT / "nn")], plugins=[recorder, Collected()]
        )
    kept = {"imported": {file: sorted(lines) for file, lines in early.lines.items()}, "tests": recorder.tests}
    path.write_text(json.dumps(kept), encoding="utf-8")
