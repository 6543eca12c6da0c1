"""Formulas: the grammar, what it computes, and how Python, C, JavaScript and LaTeX spell it."""

from .formula import (
    FUNCTIONS,
    IEEE,
    JAVASCRIPT,
    LATEX,
    PLAIN,
    PYTHON,
    READABLE,
    Algebra,
    C,
    Dialect,
    Expr,
    Formula,
    Spelling,
    add_up,
    larger,
    largest,
)

__all__ = [
    "FUNCTIONS",
    "IEEE",
    "JAVASCRIPT",
    "LATEX",
    "PLAIN",
    "PYTHON",
    "READABLE",
    "Algebra",
    "C",
    "Dialect",
    "Expr",
    "Formula",
    "Spelling",
    "add_up",
    "larger",
    "largest",
]
