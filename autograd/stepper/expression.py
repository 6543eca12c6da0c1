"""An expression typed by somebody, read safely: only arithmetic and the operations of the table, never eval().

>>> from autograd import Value
>>> f = Expression("b = a + a; b * (b + 1)").evaluate({"a": Value(1.0, label="a")})
>>> f.data, f.operands[0].label
(6.0, 'b')
>>> Expression("1 + tahn(a)")
Traceback (most recent call last):
    ...
autograd.errors.FormulaError: there is no function tahn: did you mean tan or tanh?
  1 + tahn(a)
      ^
"""

from __future__ import annotations

import _ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import AutogradError, FormulaError
from ..explain.phrases import counted
from ..formula.grammar import CONSTANTS
from ..formula.reader import Expr, Reader
from ..ops import OPS, Op

__all__ = ["Expression"]

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: a / b, "**": lambda a, b: a**b,
}  # fmt: skip
_OTHER_NAMES = {"max": "maximum", "sum": "total", "ln": "log"}


def _op(name: str) -> Op:
    return OPS[_OTHER_NAMES.get(name, name)]


class _ExpressionReader(Reader):
    """Reads an expression: arithmetic, ``tanh(a)`` and ``a.tanh()``, lists, and ``a.grad`` and ``a.data`` where allowed."""

    what = "an expression"
    allowed = "want numbers, names, + - * / ** and functions such as exp, tanh, relu"
    error = FormulaError

    def __init__(self, text: str, attributes: bool) -> None:
        super().__init__(text)
        self.attributes = attributes
        written = ("add", "sub", "mul", "div")  # as + - * /
        self.functions = {name: _counts(_op(name)) for name in (*OPS, *_OTHER_NAMES) if name not in written}

    def other(self, node: Any) -> Expr:
        place = node.lineno, node.col_offset
        match node:
            case _ast.UnaryOp(op=_ast.UAdd(), operand=operand):
                return self.term(operand)
            case _ast.Attribute(value=_ast.Name(id=name), attr="grad" | "data" as attribute) if self.attributes:
                return Expr(attribute, (Expr("name", (), name, place),), f"{name}.{attribute}", place)
            case _ast.Call(func=_ast.Attribute(value=value, attr=name), args=args, keywords=[]):
                return self.call(name, [value, *args], place)
            case _ast.List(elts=items) | _ast.Tuple(elts=items):
                return Expr("list", tuple(map(self.term, items)), None, place)
            case _:
                return super().other(node)


def _counts(op: Op) -> tuple[int, int | None]:
    """How many operands may be written: at least, at most. Those of a wide operation are counted when they are there."""
    return (1, None) if op.wide else (len(op.operands) - len(op.defaults), len(op.operands))


class Expression:
    """Some text as a formula of named values: ``tanh(a*b + c)``, or steps, ``b = a + a; b * (b + 1)``.

    names: what it needs values for, in order of appearance. assigned: the names that its steps give. attributes:
    whether ``a.grad`` and ``a.data`` may be read. Raises FormulaError, with a caret under the place, for text
    outside of this grammar.
    """

    def __init__(self, text: str, attributes: bool = False) -> None:
        self._reader = _ExpressionReader(text, attributes)
        self.text = self._reader.text
        self._steps = self._reader.read()
        self.assigned: list[str] = [name for name, _ in self._steps if name]
        used = [inside.atom for _, term in self._steps for inside in term.walk() if inside.head == "name"]
        self.names: list[str] = [name for name in dict.fromkeys(used) if name not in self.assigned]

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Its value: a Value where one of `values` is, with assigned names as labels, else a float.

        Raises FormulaError for a name that has no value, and what the operations raise.
        """
        known = dict(values)
        result: Any = None
        try:
            for name, term in self._steps:
                result = self._value(term, known)
                if name:
                    if hasattr(result, "label") and not result.label:
                        result.label = name
                    known[name] = result
        except RecursionError:
            raise self._reader.too_deep() from None
        if isinstance(result, list):
            raise FormulaError("the result is a list, where one value is wanted: put it into total(...) or mean(...)")
        return result

    def _value(self, term: Expr, known: Mapping[str, Any]) -> Any:
        if term.head == "number":
            return term.atom
        if term.head in ("name", "grad", "data"):
            return self._named(term, known)
        args: list[Any] = []
        for arg in term.args:  # a comprehension would take a second frame for each level in older Pythons
            args.append(self._value(arg, known))
        if term.head == "list":
            return args
        if term.head == "neg":
            return self._safely(term, lambda: -args[0])
        if term.head in _OPERATORS:
            return self._safely(term, lambda: _operate(term.head, *args))
        return self._call(term, args)

    def _named(self, term: Expr, known: Mapping[str, Any]) -> Any:
        for values in (known, CONSTANTS):
            if term.atom in values:
                return values[term.atom]
        owner = term.args[0].atom if term.args else ""
        missing = f"{term.atom} is not reached yet" if owner in known else f"{owner or term.atom} has no value"
        raise self._reader.refuse(missing, term.place)

    def _call(self, term: Expr, args: list[Any]) -> Any:
        name, op = term.head, _op(term.head)
        if op.wide:
            args = [args] if len(op.lists) == len(op.operands) == 1 and not isinstance(args[0], list) else args
            if not len(op.operands) - len(op.defaults) <= len(args) <= len(op.operands):
                raise self._reader.refuse(
                    f"{name} wants {counted(len(op.operands), 'operand')}, got {len(args)}", term.place
                )
        given = {**op.defaults, **dict(zip(op.operands, args))}
        for operand, group in given.items():
            if any(isinstance(x, list) for x in (_as_list(group) if operand in op.lists else [group])):
                raise self._reader.refuse(
                    f"{name} wants lists of values" if op.wide else f"{name} wants a value, not a list", term.place
                )
        numbers = [x for group in given.values() for x in _as_list(group) if x is not None]
        if all(isinstance(x, float) for x in numbers):
            return self._safely(term, lambda: op.formula(len(numbers)).evaluate(op.bind(numbers)))
        from ..recording import apply

        return self._safely(term, lambda: apply(op, [given[operand] for operand in op.operands]))

    def _safely(self, term: Expr, compute: Callable[[], Any]) -> Any:
        try:
            return compute()
        except AutogradError:
            raise
        except ZeroDivisionError:
            raise self._reader.refuse("this divides by zero", term.place) from None
        except OverflowError:
            raise self._reader.refuse("this is too large for a float", term.place) from None
        except (ArithmeticError, ValueError, TypeError):
            raise self._reader.refuse("this cannot be computed", term.place) from None


def _operate(symbol: str, a: Any, b: Any) -> Any:
    if symbol == "**" and isinstance(a, float) and isinstance(b, float):
        return math.pow(a, b)
    return _OPERATORS[symbol](a, b)


def _as_list(group: Any) -> list[Any]:
    return group if isinstance(group, list) else [group]
