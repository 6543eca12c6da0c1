"""The line of the user's code that made each node: recorded on request, and shown by the stepper and in reports.

The lines are kept beside the graph, not in it, so that nodes stay small. When a node is freed, so is its line.
"""

from __future__ import annotations

import os.path
from typing import Any
from weakref import WeakKeyDictionary

from ..frames import users_frame
from ..modes import Mode

__all__ = ["line_of", "record_source", "remember", "said_line", "say_once", "source_of", "users_line"]

_lines: WeakKeyDictionary[Any, tuple[str, int]] = WeakKeyDictionary()


class record_source(Mode):  # noqa: N801 - a mode, as no_grad is
    """Remember which line of the user's code makes each node, for the stepper to show.

    >>> from autograd import Value, record_source
    >>> a = Value(2.0)
    >>> with record_source():
    ...     b = a * a
    >>> source_of(b)
    '<doctest ...:2  b = a * a'
    """

    name = "record_source"


def remember(node: Any) -> None:
    """Record the line that is being run."""
    _lines[node] = users_line()


def users_line() -> tuple[str, int]:
    """Return the file and line being run in the user's frame."""
    frame = users_frame()
    return frame.f_code.co_filename, frame.f_lineno


def line_of(node: Any) -> tuple[str, int] | None:
    """Return the file and line that made the node, or None if they were not recorded."""
    return _lines.get(node)


def source_of(node: Any) -> str:
    """Write ``train.py:31  h = layer(x)``, or nothing if the line was not recorded."""
    line = line_of(node)
    return said_line(line) if line else ""


def said_line(line: tuple[str, int]) -> str:
    """Write ``train.py:31  h = layer(x)``."""
    import linecache

    file, number = line
    name = "cell" if "ipykernel_" in file or file.startswith("<ipython-input") else os.path.basename(file)
    text = linecache.getline(file, number).strip()
    return f"{name}:{number}" + (f"  {text}" if text else "")


_said: set[str] = set()


def say_once(text: str) -> None:
    """Warn at the user's line, once for each kind of warning: those that begin alike are of the same kind."""
    import warnings

    if (kind := text[:30]) not in _said:
        _said.add(kind)
        warnings.warn_explicit(text, UserWarning, *users_line())
