"""What formulas compute: an algebra says what each head means, and evaluates terms.

PLAIN raises an error where the result is not a float; IEEE gives inf or nan there, as IEEE 754 and PyTorch do.

    >>> from autograd.formula.grammar import parse
    >>> _, term = parse("1 / a")
    >>> evaluate(term, {"a": 0.0}, IEEE, None)
    inf
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import FormulaError
from .grammar import FUNCTIONS, REDUCTIONS, Expr

__all__ = ["IEEE", "PLAIN", "Algebra", "add_up", "count", "evaluate", "has_lists", "larger", "largest", "length"]

Algebra = Mapping[str, Callable[..., Any]]


def larger(a: float, b: float) -> float:
    """Return the larger of two numbers; nan if either is nan (the built-in max would lose it).

    >>> larger(1.0, float("nan")), larger(float("nan"), 1.0), larger(1.0, 2.0)
    (nan, nan, 2.0)
    """
    return b if b > a or b != b else a


def add_up(terms: list[float]) -> float:
    """Add up numbers from left to right, rounding once per step."""
    result = terms[0]
    for term in terms[1:]:
        result += term
    return result


def largest(terms: list[float]) -> float:
    """Return the largest of some numbers; nan if any is nan."""
    result = terms[0]
    for term in terms[1:]:
        result = larger(result, term)
    return result


def _square(a: Any) -> Any:
    return a * a


def _divide(a: Any, b: Any) -> Any:
    return a / b


PLAIN: Algebra = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide, "neg": operator.neg,
    "**": math.pow, "squared": _square, "larger": larger, "abs": abs,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    **{name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
}  # fmt: skip


def _ieee_divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _ieee_pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power is a pole; a negative number to a fractional power is not real
        return math.nan if a else math.copysign(math.inf, a) if b % 2 == 1 else math.inf


def _ieee_fmod(a: float, b: float) -> float:
    return math.fmod(a, b) if b and math.isfinite(a) else math.nan


# Where a function is infinite and math raises an error.
_POLES = {
    "log": {0.0: -math.inf}, "log2": {0.0: -math.inf}, "log10": {0.0: -math.inf}, "log1p": {-1.0: -math.inf},
    "atanh": {-1.0: -math.inf, 1.0: math.inf},
}  # fmt: skip


def _ieee(name: str) -> Callable[[float], float]:
    """Make a function of the math module return inf or nan where it raises an error."""
    function: Callable[[float], float] = getattr(math, name)
    poles = _POLES.get(name, {})

    def quiet(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(math.inf, x) if function is math.sinh else math.inf
        except ValueError:
            return poles.get(x, math.nan)

    return quiet


IEEE: Algebra = {
    **PLAIN,
    "/": _ieee_divide, "**": _ieee_pow, "pow": _ieee_pow, "fmod": _ieee_fmod,
    **{name: _ieee(name) for name, arity in FUNCTIONS.items() if arity == 1 and name != "abs"},
}  # fmt: skip


def count(term: Expr, names: Mapping[str, Any]) -> int:
    """Return how many terms a reduction has: the length of the lists inside it."""
    for inside in term.walk():
        if inside.head == "item":
            return len(names[inside.atom])
    raise FormulaError(f"{term.head}(...) needs an xs[i] inside")


def length(names: Mapping[str, Any]) -> int:
    """Return ``n``: the length of the operands' list."""
    return next(len(value) for value in names.values() if is_list(value))


def has_lists(names: Mapping[str, Any]) -> bool:
    """Return whether any of the names is a list of operands."""
    return any(is_list(value) for value in names.values())


def is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def evaluate(term: Expr, names: Mapping[str, Any], algebra: Algebra, index: int | None) -> Any:
    """Evaluate a term: `names` defines each name, `algebra` each head, and `index` the i in ``xs[i]``."""
    head = term.head
    if head == "number":
        return term.atom
    if head == "name":
        return float(length(names)) if term.atom == "n" else names[term.atom]
    if head == "item":
        return names[term.atom][index]
    if head == "if":
        test, then, otherwise = term.args
        return evaluate(then if evaluate(test, names, algebra, index) else otherwise, names, algebra, index)
    if head in ("and", "or"):
        left, right = term.args
        decided = bool(evaluate(left, names, algebra, index)) is (head == "or")
        return (head == "or") if decided else evaluate(right, names, algebra, index)
    if head in REDUCTIONS:
        terms = (evaluate(term.args[0], names, algebra, i) for i in range(count(term, names)))
        if head in algebra:
            return algebra[head](list(terms))
        combine = algebra["+" if head == "sum" else "larger"]
        result = next(terms)
        for value in terms:
            result = combine(result, value)
        return result
    return algebra[head](*(evaluate(arg, names, algebra, index) for arg in term.args))
