"""Interrupts our code at every place where an interrupt can come, one after the other, and looks at what is left
behind.

>>> from autograd import Value
>>> def tear(world):
...     world["a"].data = 1.0
...     world["b"].data = 2.0
>>> torn = Scenario(lambda: {"a": Value(0.0), "b": Value(0.0)}, tear, lambda world: [v.data for v in world.values()])
>>> class Doctest(Interrupter):
...     files = (__file__, "<doctest")
>>> [str(fault) for fault in sweep(torn, interrupter=Doctest)]
['tear, line 3 (<doctest ...): neither as before nor as after: [1.0, 0.0]']

CPython looks for signals when a function begins, when one written in C has returned, and when a loop goes back to its
start; 3.10 also does so at jumps forward. Here an interrupt is raised at all of these places by a trace function and a
profile function, and also before every line. The places where CPython never looks are left out, since no program could
be right there: between the last line of a block and its `finally`, `except` or `__exit__`. A second interrupt does not
come while the first is being handled.
"""

from __future__ import annotations

import ast
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import autograd
import demos
import nn
from autograd import modes
from autograd.compiled import tracers, tracing

__all__ = ["Fault", "Interrupter", "Scenario", "is_free", "leftovers", "sweep"]

FOLDERS = tuple(str(Path(package.__file__ or "").parent) + os.sep for package in (autograd, nn, demos))
LOST = sys.version_info >= (3, 12)  # whether errors that trace functions raise where loops go back are lost
GENERATORS = 0x20 | 0x80 | 0x200  # generators, coroutines, and both


class Scenario(NamedTuple):
    """What is interrupted.

    make: the world before. act: what is done to it. state: what can be seen of it, which is compared. part: of an act that
    consists of `parts`, each whole, one of them.
    """

    make: Callable[[], Any]
    act: Callable[[Any], Any]
    state: Callable[[Any], Any]
    part: Callable[[Any], Any] | None = None
    parts: int = 1


class Fault(NamedTuple):
    """What an interrupt has left behind. at: the number of the place. where: function and line."""

    at: int
    where: str
    said: str

    def __str__(self) -> str:
        return f"{self.where}: {self.said}"


# --- Where ---------------------------------------------------------------------------------------------------


class _Lines(NamedTuple):
    """The lines of a file with `try`, those with `finally` and `except`, and of each `with` its first line with its last."""

    tries: frozenset[int]
    answers: frozenset[int]
    withs: dict[int, int]


@cache
def _lines(file: str) -> _Lines:
    try:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    except (OSError, SyntaxError):  # made at run time
        return _Lines(frozenset(), frozenset(), {})
    tries: set[int] = set()
    answers: set[int] = set()
    withs: dict[int, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            for body in (node.finalbody, *(handler.body for handler in node.handlers)):
                for statement in body:
                    answers.update(range(statement.lineno, (statement.end_lineno or 0) + 1))
            answers.update(handler.lineno for handler in node.handlers)
            tries.add(node.lineno)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            withs[node.lineno] = node.end_lineno or 0
            withs.update({item.context_expr.lineno: node.end_lineno or 0 for item in node.items})
    return _Lines(frozenset(tries), frozenset(answers), withs)


class Interrupter:
    """Raises KeyboardInterrupt at place number `at` of the code that runs inside, and counts the places it has passed.

    error: another exception to raise.
    """

    files: tuple[str, ...] = (*FOLDERS, "<autograd")

    def __init__(self, at: float, error: type[BaseException] = KeyboardInterrupt) -> None:
        self.at = at
        self.error = error
        self.count = 0
        self.where = ""
        self._last: dict[FrameType, int] = {}
        self._went_back: dict[
            FrameType, bool
        ] = {}  # frames that have just gone back in a loop, and whether that loop handles an error

    def __enter__(self) -> None:
        """Places are counted from here on, in this thread."""
        self._before = sys.gettrace()
        sys.setprofile(self._profile)
        sys.settrace(self._called)

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)
        sys.setprofile(None)
        self._last.clear()
        self._went_back.clear()

    def _is_ours(self, code: CodeType) -> bool:
        # contextlib's too: what it does between ours and the block is a part of entering and leaving
        return code.co_filename.startswith(self.files) or code.co_filename == contextmanager.__code__.co_filename

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not self._is_ours(frame.f_code):
            return None
        if not frame.f_code.co_flags & GENERATORS:  # each time a generator resumes would look like the first
            self._place(frame)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            line, before = frame.f_lineno, self._last.get(frame, 0)
            self._last[frame] = line
            known = _lines(frame.f_code.co_filename)
            leaves = line in known.withs and line < before <= known.withs[line]
            if LOST and 0 < line <= before:
                self._went_back[frame] = line in known.answers
            elif line in known.tries:  # this does nothing, and may not even belong to a `with` before it
                pass
            elif not leaves and (line not in known.answers or line <= before or self._went_back.get(frame)):
                self._went_back.pop(frame, None)
                self._place(frame)
        return self._line

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_return" and self._is_ours(frame.f_code) and argument not in (sys.setprofile, sys.settrace):
            self._place(frame)

    def _place(self, frame: FrameType) -> None:
        self.count += 1
        if self.count == self.at:
            code = frame.f_code
            file = code.co_filename
            short = (
                os.path.relpath(file, Path(FOLDERS[0]).parent) if file.startswith(FOLDERS) else os.path.basename(file)
            )
            self.where = f"{getattr(code, 'co_qualname', code.co_name)}, line {frame.f_lineno} ({short})"
            raise self.error


# --- What is left ----------------------------------------------------------------------------------------------


def leftovers(folder: str | None = None) -> list[str]:
    """Describes everything that should never be left switched on, held or lying around, no matter what was
    interrupted."""
    found: list[str] = []
    if on := modes.shared["mode"]:
        found.append(f"{', '.join(mode.name for mode in on)} is on")
        on.clear()
    if modes.here.scope is not None or modes.shared["scope"] is not None:
        found.append("a scope is left")
        modes.shared["scope"] = modes.here.scope = None
    if not gc.isenabled():
        found.append("the garbage collector is off")
        gc.enable()
    if gc.get_threshold() != _THRESHOLD:
        found.append(f"the collector's threshold is {gc.get_threshold()}")
    if tracers.running:
        found.append("a function is still traced")
        tracers.running.clear()
    if sys.gettrace() not in (None, _TRACE):
        found.append("a trace function is left")
        sys.settrace(_TRACE)
    lock = tracing._one_at_a_time[os.getpid()]
    if not is_free(lock):
        found.append("the lock of tracing is held")
        while lock._is_owned():
            lock.release()
    mask = os.umask(0o22)
    os.umask(mask)
    if mask != _UMASK:
        found.append(f"the umask is {mask:o}")
        os.umask(_UMASK)
    if folder is not None:
        found += [f"{path} is left" for path in Path(folder).rglob("*") if path.name.endswith(".part")]
    return found


_THRESHOLD = gc.get_threshold()
_TRACE = sys.gettrace()  # a coverage report's
_UMASK = os.umask(0o22)
os.umask(_UMASK)


def is_free(lock: Any) -> bool:
    """Return whether another thread can have it."""
    answers: list[bool] = []

    def ask() -> None:
        if got := lock.acquire(blocking=False):
            lock.release()
        answers.append(got)

    asking = threading.Thread(target=ask)
    try:
        asking.start()
    except RuntimeError:  # a browser's Python has no other thread
        return True
    asking.join()
    return answers[0]


# --- The sweep -------------------------------------------------------------------------------------------------


def sweep(
    scenario: Scenario,
    work: float = float("inf"),
    interrupter: Callable[..., Interrupter] = Interrupter,
    folder: str | None = None,
    offset: int = 0,
) -> Iterator[Fault]:
    """Yield what goes wrong when a scenario is interrupted at each of its places, or at some of them, evenly spread.

    work: how many places are passed in all, which is what a sweep costs.
    """
    make, act, state, part, parts = scenario
    act(make())  # anything that is done only once is done here
    world = make()
    stages = [state(world)]  # before, after, and after a rerun; or after each part
    with (counting := interrupter(0)):
        act(world)
    if left := leftovers(folder):
        yield Fault(0, "undisturbed", "; ".join(left))
    after = state(world)
    world = make()
    for _ in range(2 * parts):
        (part or act)(world)
        stages.append(state(world))
    if stages[parts] != after:
        yield Fault(0, "undisturbed", f"it is not the sum of its parts: {_shown(after)}")
    stride = int(max(1, min(counting.count / 2, counting.count**2 / (2 * work))))
    for at in range(1 + offset % stride, counting.count + 1, stride):
        world, one = make(), interrupter(at)
        swallowed = _interrupted(act, world, one)
        if swallowed is None:  # it took a different path this time
            continue
        found, left = state(world), leftovers(folder)
        if left:
            yield Fault(at, one.where, "; ".join(left))
            continue
        if swallowed and found != after:
            yield Fault(at, one.where, f"the interrupt was swallowed, and it is not as after: {_shown(found)}")
            continue
        if found not in stages[: parts + 1]:
            yield Fault(at, one.where, f"neither as before nor as after: {_shown(found)}")
            continue
        try:
            act(world)
        except Exception as error:
            yield Fault(at, one.where, f"the rerun raises {error!r}")
            continue
        wanted = [stages[i + parts] for i, stage in enumerate(stages[: parts + 1]) if stage == found]
        if (again := state(world)) not in wanted:
            yield Fault(at, one.where, f"a rerun gives something different: {_shown(again)}")


def _interrupted(act: Callable[[Any], Any], world: Any, one: Interrupter) -> bool | None:
    """Return whether the interrupt at that place was swallowed; None if there was none."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        next(_handled_apart(act, world, one))
    except one.error:
        return False
    finally:
        sys.unraisablehook = hook
    return True if one.where else None


def _handled_apart(act: Callable[[Any], Any], world: Any, one: Interrupter) -> Iterator[None]:
    """Keep the exception that a generator handles to itself: before 3.12, one raised by a trace function at the end of
    an `except` would otherwise stay the exception in hand, and become the context of every later one in this thread."""
    with one:
        act(world)
    yield


def _shown(state: Any) -> str:
    text = repr(state)
    return text if len(text) < 300 else text[:300] + " ..."
