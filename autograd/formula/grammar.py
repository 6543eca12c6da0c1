"""The grammar of formulas: what their text may contain besides arithmetic, and what makes it a single formula.

>>> lets, result = parse("m = a * b; m + 1")
>>> result.head, [arg.head for arg in result.args], lets[0][0]
('+', ['name', 'number'], 'm')
"""

from __future__ import annotations

import _ast
import math
from typing import Any

from ..errors import AutogradError
from .reader import Expr, Place, Reader

__all__ = ["CONSTANTS", "FUNCTIONS", "REDUCTIONS", "Expr", "is_taken", "parse"]

# The functions of a formula, with the number of arguments. They are spelled as in math.h, Python and (except erf) Math.
FUNCTIONS = {
    "exp": 1, "expm1": 1, "log": 1, "log1p": 1, "log2": 1, "log10": 1, "sqrt": 1, "pow": 2, "abs": 1, "erf": 1,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "atan2": 2, "fmod": 2,
    "sinh": 1, "cosh": 1, "tanh": 1, "asinh": 1, "acosh": 1, "atanh": 1,
}  # fmt: skip
REDUCTIONS = ("sum", "max")
CONSTANTS = {"pi": math.pi}
_OPERANDS = {**{name: (count, count) for name, count in FUNCTIONS.items()}, "sum": (1, 1), "max": (1, 1)}
DEEPEST = 100  # the deepest nesting of a term: its readers are recursive, and so are the parsers of other languages
_TAKEN = frozenset({*FUNCTIONS, *REDUCTIONS, *CONSTANTS, "i", "n", "out"})  # names that have a meaning in a formula

_COMPARE: dict[type, str] = {
    _ast.Lt: "<", _ast.LtE: "<=", _ast.Gt: ">", _ast.GtE: ">=", _ast.Eq: "==", _ast.NotEq: "!=",
}  # fmt: skip
_LOGIC: dict[type, str] = {_ast.And: "and", _ast.Or: "or"}
_NAME_A_PART = "name a part of it, as in 'm = a * b; m + 1'"
_CONDITIONS = frozenset({*_COMPARE.values(), *_LOGIC.values()})


def is_taken(name: str) -> bool:
    """Return whether no operand or intermediate value may have this name. Names with ``__`` belong to Python.

    >>> is_taken("out"), is_taken("__debug__"), is_taken("xs_0")
    (True, True, False)
    """
    return name in _TAKEN or "__" in name


def parse(source: str, condition: bool = False) -> tuple[tuple[tuple[str, Expr], ...], Expr]:
    """Read a formula: its named intermediate values, in order, and its last term, a number or, if allowed, a condition.

    Raises FormulaError for text that is not in the grammar.
    """
    *lets, (_, result) = _FormulaReader(source, condition).read()
    return tuple(lets), result


class _FormulaReader(Reader):
    """A reader of formulas: arithmetic, comparisons, ``x if c else y``, ``xs[i]``, and the functions of math.h."""

    allowed = "want numbers, names, + - * / **, comparisons, x if c else y, xs[i], and functions such as exp, log, pow"

    def __init__(self, source: str, condition: bool) -> None:
        super().__init__(source)
        self.functions = _OPERANDS
        self.wants_condition = condition

    def too_deep(self) -> AutogradError:
        return self.error(f"the formula is nested more than {DEEPEST} levels deep: {_NAME_A_PART}")

    def steps(self) -> list[tuple[str, Expr]]:
        steps = super().steps()
        name, term = steps[-1]
        if name:
            raise self.refuse("want one expression at the end, such as 'a * b'", term.place)
        return steps

    def result(self, node: Any) -> Expr:
        return self.condition(node) if self.wants_condition else self.term(node)

    def check(self, name: str, term: Expr, earlier: list[tuple[str, Expr]]) -> None:
        if _depth(term) > DEEPEST:
            raise self.refuse(f"this is nested more than {DEEPEST} levels deep: {_NAME_A_PART}", term.place)
        lets = dict(earlier)
        for inside in term.walk():
            if inside.head in REDUCTIONS and not any(inside.args[0].indexed()):
                raise self.refuse(f"{inside.head}(...) needs an xs[i] inside, a list to run over", inside.place)
            if inside.head in ("if", "and", "or"):
                self._refuse_reductions_in(*inside.args[1:])
            if inside.head == "item" and inside.atom in lets:
                raise self.refuse(f"{inside.atom!r} is an intermediate value, not a list", inside.place)
        if name:
            self._check_intermediate(name, term, name in lets)

    def _refuse_reductions_in(self, *chosen: Expr) -> None:
        """Refuse loops inside an `if`: generated code runs all loops before the `if`, so it cannot choose."""
        for term in chosen:
            for inside in term.walk():
                if inside.head in REDUCTIONS:
                    fix = f"m = {inside.head}(xs[i]); m if a > 0 else 0"
                    raise self.refuse(
                        f"a {inside.head} is computed whatever an if chooses: name it first, as in {fix!r}",
                        inside.place,
                    )

    def _check_intermediate(self, name: str, term: Expr, again: bool) -> None:
        """Check that an intermediate value has a name of its own, and is a single number."""
        if is_taken(name):
            raise self.refuse(f"{name!r} is taken: choose another name for the intermediate value", term.place)
        if again:
            raise self.refuse(f"{name!r} is computed twice: choose another name for the second", term.place)
        if any(term.indexed()):
            raise self.refuse(
                f"{name!r} has no i: an intermediate value is one number, so write xs[i] inside sum or max", term.place
            )

    def name(self, name: str, place: Place) -> Expr:
        if name in CONSTANTS:
            return Expr("number", (), CONSTANTS[name], place)
        if name in self.functions:
            raise self.refuse(f"{name} is a function: write {name}(...)", place)
        return super().name(name, place)

    def call(self, name: str, args: list[Any], place: Place) -> Expr:
        if name in REDUCTIONS and len(args) != 1:
            raise self.refuse(f"{name} is over a list: write {name}(xs[i]), or an if", place)
        return super().call(name, args, place)

    def term(self, node: Any) -> Expr:
        """Read a node as a number."""
        term = super().term(node)
        if term.head in _CONDITIONS:
            piece = self.piece(node)
            raise self.refuse(f"this is true or false: want a number here, such as 1 if {piece} else 0", term.place)
        if term.head == "**" and term.args[0].head in ("name", "item") and term.args[1].atom == 2:
            return Expr(
                "squared", term.args[:1], None, term.place
            )  # every language writes x * x, so that all agree to the last bit
        return term

    def condition(self, node: Any) -> Expr:
        """Read a node as a condition."""
        term = super().term(node)
        if term.head not in _CONDITIONS:
            piece = self.piece(node)
            raise self.refuse(f"this is a number: want a comparison here, such as {piece} != 0", term.place)
        return term

    def other(self, node: Any) -> Expr:
        place = node.lineno, node.col_offset
        match node:
            case _ast.Subscript(value=_ast.Name(id=name), slice=_ast.Name(id="i")):
                return Expr("item", (), name, place)
            case _ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                return Expr(_COMPARE[type(op)], (self.term(left), self.term(right)), None, place)
            case _ast.BoolOp(op=op, values=[first, *rest]):
                term = self.condition(first)
                for value in rest:
                    term = Expr(_LOGIC[type(op)], (term, self.condition(value)), None, place)
                return term
            case _ast.IfExp(test=test, body=body, orelse=orelse):
                return Expr("if", (self.condition(test), self.term(body), self.term(orelse)), None, place)
            case _:
                return super().other(node)


def _depth(term: Expr) -> int:
    return 1 + max(map(_depth, term.args), default=0)
