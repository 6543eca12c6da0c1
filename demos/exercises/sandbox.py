"""Run a learner's function safely: nothing that it does can end their session.

A loop that never ends is stopped after a budget of instructions, which Python's trace function counts in the learner's
own code. It does not see inside a call into C: `sum(itertools.count())` still runs forever.
"""

from __future__ import annotations

import builtins
import io
import sys
import sysconfig
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from contextvars import Context
from functools import lru_cache
from pathlib import Path
from traceback import walk_stack, walk_tb
from types import FrameType
from typing import Any

import autograd
import nn
from autograd.errors import printable
from autograd.modes import modes_restored

from ..languages import tr, whole

__all__ = ["BUDGET", "REPAIRED", "EndlessError", "WrongError", "called", "is_library", "safe_repr"]

REPAIRED = "<repair>"  # the file name of code that counts its own loops
BUDGET = 1_000_000  # instructions per call: less than a second, and fifty times what any exercise needs
_COSTS = {"opcode": 1, "line": 5}  # Python 3.14 reports only lines for a function that is running for the first time
_DEEPEST = (
    200  # the maximum depth of calls in a browser, whose stack ends before Python's own limit and takes Python with it
)
_PRINTED = 2_000  # how many characters of a solution's own output are shown


class WrongError(Exception):
    """Why a solution is wrong, in a sentence or two.

    guess: its last part, which is dropped if a change in the solution's own code says more. named: whether the slip is
    known for certain.
    """

    def __init__(self, sentence: str, guess: str = "", named: bool = False) -> None:
        super().__init__(f"{sentence} {guess}".rstrip())
        self.sure = sentence
        self.named = named


class EndlessError(WrongError):
    """The solution never ends, or it ends Python: there is no point in trying it again."""


class _StoppedError(BaseException):
    """Stops a learner's loop; their own `except Exception` does not catch it.

    Python takes a trace function away when it raises. If a bare `except` swallows this error, the error is freed and
    puts the function back, so the next instruction raises it again.
    """

    def __init__(self, sentence: str, again: Callable[[], None]) -> None:
        super().__init__(sentence)
        self.again: Callable[[], None] | None = again

    def __del__(self) -> None:
        if self.again:
            self.again()


class _Budget:
    """A trace function that counts the instructions of the learner's own code."""

    def __init__(self, left: int) -> None:
        self.left = left

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if is_library(frame.f_code.co_filename):
            return None
        frame.f_trace_opcodes = True
        return self.count

    def count(self, frame: FrameType, event: str, argument: Any) -> Any:
        self.left -= _COSTS.get(event, 0)
        if self.left < 0 and event in _COSTS:

            def again() -> None:
                sys.settrace(self.trace)
                above: FrameType | None = frame
                while above is not None and not is_library(above.f_code.co_filename):
                    above.f_trace, above.f_trace_opcodes = self.count, True
                    above = above.f_back

            raise _StoppedError(
                tr(
                    "it is still running after {count} instructions, at line {line}. What would end that loop?",
                    count=whole(BUDGET),
                    line=frame.f_lineno,
                ),
                again,
            )
        return self.count


@lru_cache(maxsize=1024)
def is_library(filename: str) -> bool:
    if filename.startswith(("<frozen ", REPAIRED)):
        return True
    ours = [Path(module.__file__ or "").parent for module in (autograd, nn)]
    installed = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return any(Path(filename).is_relative_to(folder) for folder in (*ours, Path(__file__).parents[1], *installed))


def called(function: Callable[..., Any], *arguments: Any, count: bool = True) -> Any:
    """Call a learner's function. Raises WrongError if it does not return; what it prints is discarded.

    count: whether its instructions have to be counted. Code that counts for itself does not need it.
    """
    printed = _Notebook()
    before = sys.gettrace()  # a debugger or a coverage tool: it has to see each frame left that it saw entered
    try:
        with redirect_stdout(printed), _no_input(), _shallow(), modes_restored():
            try:
                if count:
                    sys.settrace(_Budget(BUDGET).trace)
                return Context().run(function, *arguments)
            finally:
                sys.settrace(before)
    except WrongError:
        raise
    except _StoppedError as error:
        error.again = None
        raise EndlessError(str(error)) from None
    except SystemExit:
        raise EndlessError(tr("it ends Python: exit() has no place in a function. Use return")) from None
    except RecursionError as error:
        raise EndlessError(tr("it keeps calling itself and never stops") + _line(error)) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = printable(str(error)) or tr("no message")
        raised = tr("it raises {kind}: {message}", kind=type(error).__name__, message=text)
        raise WrongError(raised + _line(error)) from error


class _Notebook(io.TextIOBase):
    """The beginning of the printed text."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, _PRINTED - len(self.text))]
        return len(text)


@contextmanager
def _shallow() -> Any:
    before = sys.getrecursionlimit()
    if sys.platform == "emscripten":
        sys.setrecursionlimit(min(before, sum(1 for _ in walk_stack(None)) + _DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def _no_input() -> Any:
    def asked(*_: object) -> str:
        raise WrongError(tr("it asks for input(): take what you need from the arguments"))

    before, builtins.input = builtins.input, asked
    try:
        yield
    finally:
        builtins.input = before


def _line(error: BaseException) -> str:
    """Return where in the learner's code an error was raised: the last of its own lines."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if not is_library(frame.f_code.co_filename)]
    return tr(" (line {line})", line=lines[-1]) if lines else ""


def safe_repr(thing: Any, length: int = 60) -> str:
    """Return a short repr of anything, even of an object whose repr fails."""
    try:
        text = called(repr, thing)
    except WrongError:
        return tr("a {kind} whose repr fails", kind=type(thing).__name__)
    return printable(text)[:length]
