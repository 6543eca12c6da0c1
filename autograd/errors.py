"""What can go wrong: every error of ours is an AutogradError, and also the builtin error one would expect."""

from __future__ import annotations

__all__ = [
    "AutogradError",
    "DeadlineError",
    "DivisionError",
    "DomainError",
    "FormulaError",
    "GradcheckError",
    "GraphError",
    "LayoutError",
    "NotANumberError",
    "RangeError",
]


class AutogradError(Exception):
    """The base of every error raised by this package."""


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
