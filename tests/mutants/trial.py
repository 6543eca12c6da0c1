"""Tries one mutant: exchanges its functions in a fork of a process that has collected all tests, and runs those that
can see it.

Nothing is written to any file. What runs while modules are imported cannot be exchanged: such a mutant is tried in a copy, by a new process.
"""

from __future__ import annotations

import ast
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import CodeType, FunctionType

from .changes import ROOT, Change
from .coverage import ARGUMENTS

CPU = 20  # seconds of the processor for all tests of one mutant, beyond twice what they take without it
MOST = 25.0  # seconds that the tests chosen for one mutant may take, without it


class Map:
    """The tests that run a line, the quickest first."""

    def __init__(self, kept: dict) -> None:
        self.imported = {file: set(lines) for file, lines in kept["imported"].items()}
        unfit = {*kept.get("unfit", ())}
        kept = {"tests": {test: each for test, each in kept["tests"].items() if test not in unfit}}
        self.seconds = {test: each["seconds"] for test, each in kept["tests"].items()}
        self.by_line: dict[tuple[str, int], list[str]] = {}
        self.by_file: dict[str, list[str]] = {}
        for test, each in sorted(kept["tests"].items(), key=lambda item: item[1]["seconds"]):
            for file, lines in each["lines"].items():
                self.by_file.setdefault(file, []).append(test)
                for line in lines:
                    self.by_line.setdefault((file, line), []).append(test)

    def is_imported(self, change: Change) -> bool:
        return change.function == "module" or any(
            line in self.imported.get(change.file, ()) for line in lines_of(change)
        )

    def tests_for(self, change: Change, most: float = MOST) -> list[str]:
        """Return the tests that run one of its lines; for code that runs at import, those that run anything in its
        file, or any.

        They take up to `most` seconds.
        """
        tests = list(
            dict.fromkeys(test for line in lines_of(change) for test in self.by_line.get((change.file, line), ()))
        )
        if self.is_imported(change):
            tests = list(dict.fromkeys([*tests, *self.by_file.get(change.file, ())])) or list(self.seconds)
        tests.sort(key=self.seconds.__getitem__)
        chosen, taken = [], 0.0
        for test in tests:
            taken += self.seconds[test]
            if taken > most and chosen:
                break
            chosen.append(test)
        return chosen


def lines_of(change: Change) -> range:
    return range(change.line, change.end + 1)


def exchange(change: Change) -> bool:
    """Give every function that contains the change its new code; returns whether that was possible."""
    path = ROOT / change.file
    tree = change.tree()
    new = {
        key: code
        for code in _codes(compile(tree, str(path), "exec"))
        for key in [(code.co_qualname, code.co_firstlineno)]
    }
    exchanged = False
    gc.unfreeze()  # see conftest.py: what is frozen is not listed
    every = gc.get_objects()
    gc.freeze()
    for thing in every:
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == str(path):
            code = new.get((thing.__code__.co_qualname, thing.__code__.co_firstlineno))
            if code is not None and code != thing.__code__:
                try:
                    thing.__code__ = code
                except (ValueError, DeprecationWarning):  # its closure differs, or it is no longer a generator
                    return False
                exchanged = True
    return exchanged


def _codes(code: CodeType):
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


class Control:
    """A pytest plugin that runs all tests of a map without a mutant. unfit: those that fail in a fork, or in a copy."""

    def __init__(self, seen: Map) -> None:
        self.seen, self.unfit = seen, list[str]()

    def pytest_runtestloop(self, session) -> bool:
        items = {item.nodeid: item for item in session.items}
        tests = [test for test in sorted(self.seen.seconds, key=self.seen.seconds.__getitem__) if test in items]
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            failed = _failing(session, [items[test] for test in tests])
            with os.fdopen(writing, "w") as pipe:
                pipe.write("\n".join(failed))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.unfit = pipe.read().split("\n")
        os.waitpid(child, 0)
        with tempfile.TemporaryDirectory() as folder:
            process = _in_copy(folder, [test for test in tests if test not in self.unfit], ("--maxfail=100000",))
            said, _ = process.communicate()
        self.unfit += [failure for line in said.splitlines() if (failure := _failure(line))]
        return True


def _failing(session, items: list, first: bool = False) -> list[str]:
    """Run tests quietly in a process that was forked for it: those that fail, or only the first of them."""
    failed: list[str] = []

    class Watch:
        def pytest_runtest_logreport(self, report) -> None:
            if report.failed:
                failed.append(report.nodeid)

    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    session.config.pluginmanager.register(Watch())
    for item, following in zip(items, [*items[1:], None]):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if failed and first:
            break
    return failed


def _failure(line: str) -> str:
    """Return the test that a line of pytest's summary is about, or nothing."""
    kind, _, rest = line.partition(" ")
    return rest.partition(" - ")[0] if kind in ("FAILED", "ERROR") else ""


class Forking:
    """A pytest plugin that tries mutants instead of running the tests. results: what became of each, by its name."""

    def __init__(self, changes: list[Change], seen: Map, tell, most: float = MOST) -> None:
        self.changes, self.seen, self.tell, self.most = changes, seen, tell, most

    def pytest_runtestloop(self, session) -> bool:
        items = {item.nodeid: item for item in session.items}
        for change in self.changes:
            tests = [test for test in self.seen.tests_for(change, self.most) if test in items]
            if not tests:
                self.tell(change, "no test runs it", "", 0.0)
            elif self.seen.is_imported(change):
                self.tell(change, *in_a_copy(change, tests, sum(map(self.seen.seconds.__getitem__, tests))))
            else:
                self.tell(change, *self.forked(session, change, [items[test] for test in tests]))
        return True

    def forked(self, session, change: Change, items: list) -> tuple[str, str, float]:
        expected = sum(self.seen.seconds[item.nodeid] for item in items)
        start = time.monotonic()
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if not child:
            self._run(session, change, items, writing, int(2 * expected) + CPU)
        os.close(writing)
        status = _waited(child, 12 * (2 * expected + CPU))
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        seconds = time.monotonic() - start
        if said.startswith("same"):
            return in_a_copy(change, [item.nodeid for item in items], expected)
        if said.startswith("killed"):
            return "killed", said.partition(" ")[2], seconds
        if said.startswith("survived"):
            return "survived", f"{len(items)} tests", seconds
        return "killed", f"the process ended with {status}", seconds

    def _run(self, session, change: Change, items: list, pipe: int, cpu: int) -> None:
        """Run in the fork: exchange the functions, run the tests, report the result."""
        os.setpgid(0, 0)
        import resource  # Windows and a browser's Python have none

        resource.setrlimit(
            resource.RLIMIT_CPU, (cpu + int(time.process_time()) + 1, cpu + int(time.process_time()) + 5)
        )
        resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
        said = "survived"
        try:
            if not exchange(change):
                said = "same"
            elif failed := _failing(session, items, first=True):
                said = f"killed {failed[0]}"
        except BaseException as error:
            said = f"killed by {type(error).__name__}"
        os.write(pipe, said.encode())
        os._exit(0)


def _waited(child: int, limit: float) -> int:
    """Return the exit status of a process, which is ended if it takes too long."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end_group(child)
            return status
        time.sleep(0.02)
    _end_group(child)
    return os.waitpid(child, 0)[1]


def _end_group(group: int) -> None:
    """End the processes that a process of ours started and left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def in_a_copy(change: Change, tests: list[str], expected: float) -> tuple[str, str, float]:
    """Try a mutant in a copy of the repository, in a process of its own."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cpu = int(2 * expected) + 2 * CPU
        process = _in_copy(folder, tests, (), cpu, change)
        try:
            said, _ = process.communicate(timeout=12 * cpu)
        except subprocess.TimeoutExpired:
            _end_group(process.pid)
            process.communicate()
            return "killed", "took too long", time.monotonic() - start
        _end_group(process.pid)
    seconds = time.monotonic() - start
    if process.returncode == 0:
        return "survived", f"{len(tests)} tests, in a copy", seconds
    failed = next(filter(None, map(_failure, said.splitlines())), f"exit {process.returncode}")
    return "killed", failed, seconds


def _in_copy(
    folder: str, tests: list[str], more: tuple[str, ...] = (), cpu: int | None = None, change: Change | None = None
) -> subprocess.Popen[str]:
    """Start these tests in a copy of the repository, with a change, and with this much processor time in seconds."""
    for part in ("autograd", "nn", "tests", "demos", ".github"):
        shutil.copytree(ROOT / part, Path(folder) / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, folder)
    if change:
        (Path(folder) / change.file).write_text(ast.unparse(change.tree()), encoding="utf-8")
    listed = Path(folder) / "tests.txt"
    listed.write_text("\n".join(tests), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", *ARGUMENTS[:-1], *more, "--tb=no", f"@{listed}"]
    import resource

    limited = (lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))) if cpu else None
    return subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": folder}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=limited, start_new_session=True,
    )  # fmt: skip
