"""Formulas: the grammar, what it computes, and how Python, C, JavaScript and LaTeX spell it."""

from .arithmetic import IEEE, PLAIN, Algebra, add_up, larger, largest
from .dialects import EXACT, JAVASCRIPT, LATEX, PYTHON, READABLE, SUM, TERM, WHOLE, C, Dialect, Piece, Spelling, atom
from .formula import Formula
from .grammar import FUNCTIONS, Expr, is_taken

__all__ = [
    "EXACT", "FUNCTIONS", "IEEE", "JAVASCRIPT", "LATEX", "PLAIN", "PYTHON", "READABLE", "SUM", "TERM", "WHOLE", "Algebra", "C",
    "Dialect", "Expr", "Formula", "Piece", "Spelling", "add_up", "atom", "is_taken", "larger", "largest",
]  # fmt: skip
