r"""The terminal: lines printed to fit it, in colour if it has colours, and lines read with a history and Tab.

>>> coloured("b.grad is complete")
'b.grad \x1b[32mis complete\x1b[0m'
"""

from __future__ import annotations

import builtins
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["coloured", "encodable", "has_colour", "is_terminal", "line_editing", "say", "wrapped"]

COLOURS = (
    (r"\bNOT complete: \d+ more to come", "1;33"),
    (r"(?<=grad )is complete$", "32"),
    (r"^\[[^\]]+\][^\n]*", "1"),
)
BORDERS = " \t\n()+-*/,<>=!;&|^%"  # what ends a word: not a dot or a bracket, which occur in the names of parameters
KEPT = 1_000  # the maximum number of lines in the history


def is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def say(text: str) -> None:
    """Print text, wrapped to a narrow terminal, in colour if the terminal has colours, whatever its encoding."""
    stream = sys.stdout
    if is_terminal(stream):
        width = shutil.get_terminal_size().columns
        text = "\n".join(wrapped(line, width) for line in text.split("\n"))
    text = coloured(text) if has_colour() else text
    print(encodable(text, stream), flush=True)


def encodable(text: str, stream: Any) -> str:
    """Return text that a stream can write: characters that its encoding lacks become escapes."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


GAP = re.compile(" {3,}")  # the gap between two columns


def wrapped(line: str, width: int) -> str:
    """Break a line to fit, between two columns if possible."""
    if len(line) < width or width < 20 or set(line) <= {" ", "^"}:
        return line
    indent = len(line) - len(line.lstrip())
    hanging = " " * min(indent + 4 if indent else 2, width // 2)
    for gap in reversed([*GAP.finditer(line, indent)]):  # break between two columns rather than inside one
        if gap.start() < width and len(hanging) + len(line) - gap.end() < width:
            return f"{line[: gap.start()]}\n{hanging}{line[gap.end() :]}"
    return "\n".join(
        textwrap.wrap(
            line,
            width - 1,
            subsequent_indent=hanging,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def has_colour() -> bool:
    """Return whether the terminal shows colours: False under NO_COLOR, on dumb terminals and on old Windows consoles.

    FORCE_COLOR asks for colours where there is no terminal, such as in a build log.
    """
    env = os.environ
    if env.get("FORCE_COLOR") and not env.get("NO_COLOR"):
        return True
    if env.get("NO_COLOR") or env.get("TERM") == "dumb" or not is_terminal(sys.stdout):
        return False
    return sys.platform != "win32" or any(name in env for name in ("WT_SESSION", "ANSICON", "TERM"))


def coloured(text: str) -> str:
    """Highlight the words that matter, for a terminal."""
    for pattern, colour in COLOURS:
        text = re.sub(pattern, _painter(colour), text, flags=re.MULTILINE)
    return text


def _painter(colour: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"\x1b[{colour}m{match[0]}\x1b[0m"


# --- Reading ---


@contextmanager
def line_editing(complete: Callable[[str, str], list[str]]) -> Generator[None]:
    """Set up readline, if there is one: Tab completes, Up and Down go through our own history, kept between sessions.

    complete: a function of the line before the last word, and of that word, which returns the words that fit. Tab and
    the history are restored afterwards.
    """
    readline = _readline()
    if readline is None:
        yield
        return
    completer, borders, theirs = readline.get_completer(), readline.get_completer_delims(), _history(readline)
    found: list[str] = []

    def ours(word: str, k: int) -> str | None:
        if k == 0:
            with suppress(Exception):  # nobody wants a traceback for a Tab
                found[:] = complete(readline.get_line_buffer()[: readline.get_begidx()], word)
        return found[k] if k < len(found) else None

    path = _history_file()
    kept = _lines_of(path)
    try:
        _set_history(readline, kept)
        readline.set_completer(ours)
        readline.set_completer_delims(BORDERS)
        readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
        yield
    finally:
        _append(path, _history(readline)[len(kept) :])
        _set_history(readline, theirs)
        readline.set_completer(completer)
        readline.set_completer_delims(borders)


def _readline() -> Any:
    """Return the module with which input() edits its line, or None. From 3.13 on, Python's own prompt uses another."""
    name = getattr(builtins.input, "__module__", "")
    if name == "_pyrepl.readline":
        return sys.modules[name]
    try:
        import readline
    except ImportError:
        return None
    return readline


def _history(readline: Any) -> list[str]:
    count = readline.get_current_history_length()
    return [line for i in range(1, count + 1) if (line := readline.get_history_item(i))]


def _set_history(readline: Any, lines: list[str]) -> None:
    readline.clear_history()
    for line in lines:
        readline.add_history(line)


def _history_file() -> str:
    """Return the history file: $AUTOGRAD_HISTORY, or one in the home folder; None if the variable is empty."""
    return os.environ.get("AUTOGRAD_HISTORY", os.path.join(os.path.expanduser("~"), ".autograd_history"))


def _lines_of(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()[-KEPT:]
    except OSError:
        return []


def _append(path: str, lines: list[str]) -> None:
    """Append what was typed, so that two sessions at once lose nothing. Now and then this shortens the file."""
    if not path or not lines:
        return
    with suppress(OSError, UnicodeError):
        with open(path, "a", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{line}\n" for line in lines)
        if os.path.getsize(path) > 200 * KEPT:
            from ..drawing.output import write_whole

            write_whole(path, "".join(f"{line}\n" for line in _lines_of(path)))
