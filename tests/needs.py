"""What a test needs that not every Python has, read from its code: processes, threads, signals, FIFOs ...

A browser's Python has none of them. The marks are needs_process and so on. A test is marked if it names one of the
modules or functions below, or if a fixture of it does, a function it is parametrized with, or a function of the tests
that it calls. So nobody has to remember to mark a test, and the tests left out there are those that could not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

TESTS = str(Path(__file__).parent)
NEEDS = {
    "subprocess": "process", "pty": "process", "fork": "process", "multiprocessing": "process",
    "mkfifo": "fifo", "umask": "umask", "AF_UNIX": "socket",
    "threading": "thread", "ThreadPoolExecutor": "thread", "setitimer": "signal", "SIGINT": "signal",
    "asyncio": "loop",
}  # fmt: skip


def mark(item: pytest.Item) -> None:
    """Mark a test with what it needs."""
    function: Any = getattr(item, "function", None)  # a doctest has none
    if function is None:
        return
    fixtures = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    given: Any = getattr(item, "callspec", None)  # what the test is parametrized with
    starts = [defined[-1].func for name, defined in fixtures.items() if name != "request"]
    seen: set[Any] = set()
    for start in (function, *starts, *(given.params.values() if given else ())):
        for need in needs(start, seen):
            item.add_marker(f"needs_{need}")


def needs(thing: Any, seen: set[Any]) -> Iterator[str]:
    """Yield what a function or class of the tests needs, with all of them that it calls."""
    if isinstance(thing, (ModuleType, type)) and thing.__name__ in NEEDS:
        yield NEEDS[thing.__name__]
    elif isinstance(thing, type) and thing not in seen:
        seen.add(thing)
        for method in vars(thing).values():
            yield from needs(method, seen)
    elif isinstance(thing, (list, tuple, dict)):  # a table of functions
        for one in thing.values() if isinstance(thing, dict) else thing:
            yield from needs(one, seen)
    elif isinstance(thing, FunctionType) and thing not in seen and thing.__code__.co_filename.startswith(TESTS):
        seen.add(thing)
        for name in set(_words(thing.__code__)):
            if name in NEEDS:
                yield NEEDS[name]
            elif name in thing.__globals__:
                yield from needs(thing.__globals__[name], seen)


def _words(code: CodeType) -> Iterator[str]:
    """Yield the names in some code, and the names of modules that it gives as text, as to importorskip()."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _words(constant)
        elif isinstance(constant, str):
            yield constant
