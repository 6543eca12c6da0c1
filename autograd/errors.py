"""What can go wrong: every error raised here is an AutogradError, and also the built-in error you would expect.

There are six kinds. The indented ones are subclasses, since their built-in errors, or PyTorch's names, are narrower.

    DomainError             an operation has no value there         ValueError
        FloatOverflowError  the value is too large for a float      OverflowError
        SingularityError    it divides by zero                      ZeroDivisionError
    ArgumentError           an argument has the wrong type or value TypeError, ValueError
    ShapeError              a list or an index does not fit         ValueError, IndexError
    GraphError              a graph cannot give what was asked      ValueError
        TraceError          compile() cannot follow a function      TypeError
        GradcheckError      a gradient is wrong                     AssertionError
    FormulaError            a text cannot be read as a formula      ValueError
    ToolError               a compiler or layout engine failed      RuntimeError
        DeadlineError       it did not finish in time               TimeoutError
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


if getattr(sys.modules[__package__ or __name__.rpartition(".")[0]], "__file__", None) is None:
    raise ImportError(
        "autograd/__init__.py is missing: another package, `autograd` (HIPS), has files with the same names, and "
        "uninstalling it deleted ours too. Repair it with: python -m pip install --force-reinstall scalar-autograd"
    )


def install(*packages: str) -> str:
    """Return the command that installs packages for this Python, ready to be pasted into a shell.

    It names Python by its path, since `python` may be another one if the environment is not activated. In a browser
    there is no program to call, and micropip installs packages.
    """
    if sys.platform == "emscripten":
        return "; ".join(["import micropip", *(f'await micropip.install("{package}")' for package in packages)])
    python = sys.executable or "python"  # a program that embeds Python may have no executable
    return " ".join([f'"{python}"' if " " in python else python, "-m pip install", *packages])


class AutogradError(Exception):
    r"""The base of every error raised by this package.

    Its text can always be printed, whatever labels it contains: control characters and lone surrogates become escapes.

    >>> str(AutogradError("\x1b[31mred\ud83d"))
    '\\x1b[31mred\\ud83d'
    """

    def __init__(self, message: object = "", *rest: object) -> None:
        super().__init__(printable(message) if isinstance(message, str) else message, *rest)


def hidden(caught: Any) -> bool:
    """Serve as a module's ``__tracebackhide__``: pytest then ends the traceback of our errors at the user's line."""
    return isinstance(getattr(caught, "value", None), AutogradError)


def printable(text: str) -> str:
    """Remove characters that move a terminal's cursor, change its colours or cannot be encoded; keep line breaks."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


class DomainError(AutogradError, ValueError):
    """An operation was asked for a value that it does not have, such as log(-1)."""


class FloatOverflowError(DomainError, OverflowError):
    """A result is too large for a float, such as exp(1000)."""


class SingularityError(DomainError, ZeroDivisionError):
    """An operation divides by zero, such as 1 / 0 or 0 ** -1."""


class ArgumentError(AutogradError, TypeError, ValueError):
    """An argument has the wrong type, such as a str instead of a number, or a bad value, such as a negative lr."""


class ShapeError(AutogradError, ValueError, IndexError):
    """A list has the wrong length or nesting, or an index points outside a list."""


class GraphError(AutogradError, ValueError):
    """A graph was asked for something that it cannot give, such as the gradient of a node of another graph."""


class TraceError(GraphError, TypeError):
    """A function that compile() traces did what a trace cannot follow, such as an `if` on a number."""


class GradcheckError(GraphError, AssertionError):
    """A gradient disagrees with central differences."""


class FormulaError(AutogradError, ValueError):
    """Text cannot be read as a formula: in an operation's row, or in an expression that somebody typed."""


class ToolError(AutogradError, RuntimeError):
    """A compiler or a layout engine is missing, has failed, or was given more than it can handle."""


class DeadlineError(ToolError, TimeoutError):
    """A tool was stopped because it did not finish in the time it was given."""
