"""What can go wrong: every error of ours is an AutogradError, and also the builtin error one would expect."""

from __future__ import annotations

import sys

__all__ = [
    "AutogradError",
    "CompileError",
    "DeadlineError",
    "DivisionError",
    "DomainError",
    "ExpressionError",
    "FormulaError",
    "GradcheckError",
    "GraphError",
    "LayoutError",
    "NotANumberError",
    "OptionError",
    "OutOfRangeError",
    "RangeError",
    "ShapeError",
    "StateDictError",
    "TraceError",
    "WrongKindError",
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


def printable(text: str) -> str:
    """A text without characters that move a terminal's cursor, change its colours or cannot be encoded; lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


class DomainError(AutogradError, ValueError):
    """An operation was asked for a value it does not have, such as log(-1)."""


class RangeError(AutogradError, OverflowError):
    """A result is too large for a float, such as exp(1000)."""


class DivisionError(AutogradError, ZeroDivisionError):
    """A division by zero."""


class NotANumberError(AutogradError, TypeError):
    """Something that is not a real number stood where one is needed."""


class FormulaError(AutogradError, ValueError):
    """The text of an operation's row cannot be read."""


class GraphError(AutogradError, ValueError):
    """A graph was asked for something it cannot give, such as a node of another graph."""


class GradcheckError(AutogradError, AssertionError):
    """A gradient disagrees with central differences."""


class LayoutError(AutogradError, RuntimeError):
    """A picture could not be laid out: no engine is installed, or it could not do it in time."""


class DeadlineError(LayoutError, TimeoutError):
    """A layout was stopped, since it was not done in the time it was given."""


class ShapeError(AutogradError, ValueError):
    """A list is longer, shorter or nested otherwise than what it goes into."""


class OutOfRangeError(AutogradError, IndexError):
    """An index, such as a class target, picks nothing: there are fewer to choose from."""


class OptionError(AutogradError, ValueError):
    """An option was given a value it cannot have, such as a negative learning rate."""


class StateDictError(AutogradError, ValueError):
    """A state_dict does not fit the module that was to load it."""


class WrongKindError(AutogradError, TypeError):
    """Something that is no module, no parameter or no index stood where one is needed."""


class TraceError(AutogradError, TypeError, ValueError):
    """A function that compile() traces did what a trace cannot see, such as an `if` on a number."""


class CompileError(AutogradError, RuntimeError):
    """A graph is too large to be printed as source, or the C backend was asked for and cannot be had."""


class ExpressionError(AutogradError, ValueError):
    """An expression that somebody typed cannot be read, or not be computed."""
