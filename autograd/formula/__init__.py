"""Formulas: the grammar, what it computes, and how Python, C, JavaScript and LaTeX spell it."""

from .arithmetic import IEEE, PLAIN, Algebra, add_up, larger, largest
from .dialects import JAVASCRIPT, LATEX, PYTHON, READABLE, C, Dialect, Spelling
from .formula import Formula
from .grammar import FUNCTIONS, Expr, is_taken

__all__ = [
    "FUNCTIONS", "IEEE", "JAVASCRIPT", "LATEX", "PLAIN", "PYTHON", "READABLE", "Algebra", "C", "Dialect", "Expr", "Formula",
    "Spelling", "add_up", "is_taken", "larger", "largest",
]  # fmt: skip
