"""Rewrite formulas: constants are folded, known operands substituted, absent ones dropped. The value stays the same.

>>> from autograd.formula.grammar import parse
>>> folded(parse("a * sqrt(4)")[1]).args[1].atom
2.0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

from .arithmetic import PLAIN
from .grammar import Expr

__all__ = ["dropped", "folded", "given", "mapped"]

# The operations that are computed at once in a formula with known numbers that people will read.
_SIMPLE = frozenset({"+", "-", "*", "<", "<=", ">", ">=", "==", "!="})


def folded(term: Expr) -> Expr:
    """Turn ``sqrt(2)`` into a number once, so that no language recomputes it at every call."""
    return _decided(mapped(term, folded), PLAIN)


def given(term: Expr, known: Mapping[str, float]) -> Expr:
    """Simplify a term with some known names: sums and conditions of numbers are computed, and ``x**1`` is x."""
    if term.head == "name" and term.atom in known:
        return Expr("number", atom=known[term.atom])
    new = mapped(term, lambda arg: given(arg, known))
    return new if new is term else _decided(new, _SIMPLE)


def dropped(term: Expr, name: str) -> Expr:
    """Drop a name from a term wherever it is one side of a sum, and keep the other side."""
    if term.head == "+":
        left, right = term.args
        if right.head == "name" and right.atom == name:
            return dropped(left, name)
        if left.head == "name" and left.atom == name:
            return dropped(right, name)
    return mapped(term, lambda arg: dropped(arg, name))


def mapped(term: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Return a term with its arguments changed, or the term itself if none changes."""
    args = tuple(map(change, term.args))
    return term if all(new is old for new, old in zip(args, term.args)) else Expr(term.head, args, term.atom)


def _decided(term: Expr, heads: Collection[str]) -> Expr:
    """Turn a term with one of these heads and known numbers into a number; a known condition chooses its branch.

    A term that overflows or has no value is left alone: computing it will raise the error.
    """
    numbers = [arg.atom for arg in term.args if arg.head == "number"]
    if term.head in heads and numbers and len(numbers) == len(term.args):
        try:
            number = PLAIN[term.head](*numbers)
        except (ArithmeticError, ValueError):
            return term
        return Expr("number", atom=number) if math.isfinite(number) else term
    if term.head in ("and", "or") and numbers:  # one side of the condition is known
        known_side, open_side = sorted(term.args, key=lambda arg: arg.head != "number")
        return open_side if bool(known_side.atom) is (term.head == "and") else known_side
    if term.head == "if" and term.args[0].head == "number":
        return term.args[1] if term.args[0].atom else term.args[2]
    if term.head in ("**", "pow") and term.args[1].head == "number" and term.args[1].atom == 1:
        return term.args[0]
    return term
