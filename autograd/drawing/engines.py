"""Layout engines: DOT text goes in, a picture comes out.

The system's `dot` draws if there is one. Otherwise `graphviz-pure` does: it is the same engine packaged as a wheel,
which the extra ``dot`` installs. Each runs in a process that is stopped at its deadline. Where Python has no processes,
as in a browser, or where something else does the layout, :func:`set_engine` replaces them with a function.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Any

from ..errors import DeadlineError, ToolError, install
from ..explain.source import say_once
from .formats.letters import has_no_font, is_emoji, spelled

__all__ = ["DEADLINE", "Engine", "advice", "describe", "find_engine", "lay_out", "set_engine", "writes"]

Engine = Callable[[str, str], bytes]  # takes DOT text and a format such as "svg", returns the bytes of the picture

DEADLINE = 3.0  # how many seconds a layout may take
PURE = "graphviz-pure"
PURE_LACKS = ("pdf", "ps", "eps")  # formats that only the system's Graphviz writes
PIXELS = ("png", "jpg", "jpeg")  # formats whose letters are drawn on this machine, not by the viewer

FONT = re.compile(r'^(\t(?:graph|node|edge) \[(?:\w+=(?:"[^"]*"|[\w.]+) )*fontname=)Helvetica\b', re.MULTILINE)
FONTS = '"Helvetica,Arial,sans-serif"'  # if only a replacement for Helvetica is installed, Pango needs the whole list
# graphviz-pure takes letters outside ASCII to be as wide as digits, and puts markup where these would begin; it puts
# plain text in the middle.
SYMBOL = re.compile(r"^(\t+o\w+ \[)label=<<B>([^\x00-\x7f])</B>>", re.MULTILINE)

_engine: Engine | None = None


def set_engine(engine: Engine | None) -> Engine | None:
    """Let a function lay out all pictures, and return the previous one. None restores Graphviz.

    engine: takes DOT text and a format, and returns the bytes (or the text) of the picture. The format is "svg", unless
    a user asks for another by name. A `layout` attribute in the text names an algorithm other than dot's. The function
    is not stopped at a deadline: it may raise DeadlineError itself. Any other error becomes a ToolError.

    In a browser, with wasm-graphviz: ``set_engine(lambda source, format: graphviz.layout(source, format))``.

    >>> from autograd import Value
    >>> before = set_engine(lambda source, format: f"<{format}/>".encode())
    >>> a = Value(2.0)
    >>> (a * a).draw().pipe("png")
    b'<png/>'
    >>> _ = set_engine(before)
    """
    global _engine
    before, _engine = _engine, engine
    return before


def lay_out(source: str, format: str = "svg", *, deadline: float | None = DEADLINE) -> bytes:
    """Lay out some DOT text, and return the bytes of a file in that format.

    deadline: seconds after which Graphviz is stopped; None waits for ever.
    Raises ToolError if there is no engine or it cannot write that format, and DeadlineError if it does not finish in
    time.
    """
    if _engine is None:
        return _run_graphviz(source, format, deadline)
    try:
        picture: Any = _engine(source, format)
    except ToolError:
        raise
    except Exception as error:  # a user's engine may fail in any way
        raise ToolError(f"{describe()} could not draw this as {format}: {type(error).__name__}: {error}") from error
    if isinstance(picture, str):
        return picture.encode()
    if not isinstance(picture, bytes):
        raise ToolError(f"want a picture as bytes from {describe()}, got {type(picture).__name__}")
    return picture


def describe() -> str:
    """Name the layout engine: the function that was set, or the program's path and version. Raises ToolError."""
    if _engine is not None:
        return f"the function {getattr(_engine, '__qualname__', repr(_engine))}"
    program = find_engine()
    done = _run([program, "-V"], "", 20.0)
    version = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return f"{program} ({version[0] if version else f'exit status {done.returncode}'})"


def advice() -> str:
    """Say what to do without a layout engine, for the end of a sentence."""
    if sys.platform == "emscripten":
        return "give it one that runs in a browser with autograd.drawing.set_engine(function)"
    return f"install one with `{install(PURE)}`, or Graphviz from https://graphviz.org/download"


def find_engine() -> str:
    """Return the path of the layout engine: the system's `dot`, or `graphviz-pure`. Raises ToolError without one.

    An environment that is not activated is not on PATH, so its own folder of programs is searched too.
    """
    return which("dot") or _find_pure()


def writes(format: str) -> bool:
    """Return whether the layout engine also writes a format. Raises ToolError if there is no engine."""
    return _engine is not None or Path(find_engine()).stem != PURE or format not in PURE_LACKS


def _find_pure() -> str:
    folders = [None, sysconfig.get_path("scripts")]
    with suppress(ValueError):  # Python in a browser has no user folder
        folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    if sys.executable:
        folders.append(os.path.dirname(sys.executable))
    for folder in folders:
        if found := which(PURE, path=folder):
            return found
    raise ToolError(f"there is no layout engine to draw with: {advice()}")


def _run_graphviz(source: str, format: str, deadline: float | None) -> bytes:
    program = find_engine()
    if Path(program).stem == PURE and format.partition(":")[0] in PURE_LACKS:
        raise ToolError(
            f"{PURE} cannot write {format.upper()}: use format='svg' or 'png', or install Graphviz "
            "(https://graphviz.org/download), whose dot does"
        )
    if Path(program).stem != PURE:
        source = FONT.sub(r"\1" + FONTS, source)
    else:
        source = SYMBOL.sub(r'\1label="\2" fontname="Helvetica-Bold"', source)
        if format in PIXELS:
            source = spelled(source, is_emoji)
            _warn_of_boxes(source, format)
    done = _run([program, "-Kdot", f"-T{format}"], source, deadline)
    if done.returncode or not done.stdout:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        complaint = next((line for line in lines if not line.startswith("Warning")), lines[0])
        raise ToolError(f"{Path(program).name} could not draw this as {format}: {complaint}")
    return done.stdout


def _warn_of_boxes(source: str, format: str) -> None:
    """Say once what to do about letters that are drawn as empty boxes."""
    if letter := next(filter(has_no_font, source), ""):
        say_once(
            f"{PURE} has no font for {letter!r} and draws an empty box instead: write an SVG, which the viewer's "
            f"fonts draw, or install Graphviz (https://graphviz.org/download) to write a {format.upper()}"
        )


def _run(command: list[str], given: str, deadline: float | None) -> subprocess.CompletedProcess[bytes]:
    hidden: dict[str, Any] = {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}
    try:
        return subprocess.run(
            command, input=given.encode(), capture_output=True, timeout=deadline, check=False, **hidden
        )
    except subprocess.TimeoutExpired:
        raise DeadlineError(
            f"the layout did not finish in {deadline:.3g} s: draw less with budget=100 or depth=1, "
            "or wait longer with deadline=60"
        ) from None
    except OSError as error:
        raise ToolError(f"cannot run {command[0]}: {error.strerror or error}. Or {advice()}") from None
