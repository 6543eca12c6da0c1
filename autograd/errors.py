"""What can go wrong: every error of ours is an AutogradError, and also the builtin error one would expect.

There are six kinds. Indented ones are narrower, since the builtin error or PyTorch's name for them is narrower too.

    DomainError             an operation has no value there         ValueError
        FloatOverflowError  the value is too large for a float      OverflowError
        SingularityError    it divides by zero                      ZeroDivisionError
    ArgumentError           an argument of a wrong type or value    TypeError, ValueError
    ShapeError              a list or an index that does not fit    ValueError, IndexError
    GraphError              a graph cannot give what was asked      ValueError
        TraceError          compile() cannot follow a function      TypeError
        GradcheckError      a gradient is wrong                     AssertionError
    FormulaError            a text cannot be read as a formula      ValueError
    ToolError               a compiler or layout engine failed      RuntimeError
        DeadlineError       it was not done in time                 TimeoutError
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = [
    "ArgumentError",
    "AutogradError",
    "DeadlineError",
    "DomainError",
    "FloatOverflowError",
    "FormulaError",
    "GradcheckError",
    "GraphError",
    "ShapeError",
    "SingularityError",
    "ToolError",
    "TraceError",
    "hidden",
    "install",
]


def install(*packages: str) -> str:
    """The command that installs packages for this Python, to be pasted where a message names it.

    The path of the program is in it, since in an environment that is not activated `python` is another one. In a browser
    there is no program to call, and micropip installs.
    """
    if sys.platform == "emscripten":
        return "; ".join(["import micropip", *(f'await micropip.install("{package}")' for package in packages)])
    python = sys.executable or "python"  # a program that embeds Python may have none
    return " ".join([f'"{python}"' if " " in python else python, "-m pip install", *packages])


class AutogradError(Exception):
    r"""The base of every error raised by this package.

    Its text can be printed whatever labels it names: control characters and half characters are written as escapes.

    >>> str(AutogradError("\x1b[31mred\ud83d"))
    '\\x1b[31mred\\ud83d'
    """

    def __init__(self, message: object = "", *rest: object) -> None:
        super().__init__(printable(message) if isinstance(message, str) else message, *rest)


def hidden(caught: Any) -> bool:
    """What a module of ours calls ``__tracebackhide__``: pytest then ends the traceback of an error of ours with the user's line."""
    return isinstance(getattr(caught, "value", None), AutogradError)


def printable(text: str) -> str:
    """A text without characters that move a terminal's cursor, change its colours or cannot be encoded; lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


class DomainError(AutogradError, ValueError):
    """An operation was asked for a value that it does not have, such as log(-1)."""


class FloatOverflowError(DomainError, OverflowError):
    """A result is too large for a float, such as exp(1000)."""


class SingularityError(DomainError, ZeroDivisionError):
    """An operation divides by zero, such as 1 / 0 or 0 ** -1."""


class ArgumentError(AutogradError, TypeError, ValueError):
    """An argument has a wrong type, such as a str where a number goes, or a wrong value, such as a negative lr."""


class ShapeError(AutogradError, ValueError, IndexError):
    """A list is longer, shorter or nested otherwise than what it goes into, or an index points outside of a list."""


class GraphError(AutogradError, ValueError):
    """A graph was asked for something that it cannot give, such as the gradient of a node of another graph."""


class TraceError(GraphError, TypeError):
    """A function that compile() traces did what a trace cannot follow, such as an `if` on a number."""


class GradcheckError(GraphError, AssertionError):
    """A gradient disagrees with central differences."""


class FormulaError(AutogradError, ValueError):
    """A text cannot be read as a formula: an operation's row, or an expression that somebody typed."""


class ToolError(AutogradError, RuntimeError):
    """A compiler or a layout engine is missing, failed, or was given more than it can do."""


class DeadlineError(ToolError, TimeoutError):
    """A tool was stopped, since it was not done in the time that it was given."""
