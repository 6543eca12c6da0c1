"""An expression typed by somebody, read safely: only arithmetic and the operations of the table, never eval().

>>> from autograd import Value
>>> f = Expression("b = a + a; b * (b + 1)").evaluate({"a": Value(1.0, label="a")})
>>> f.data, f.operands[0].label
(6.0, 'b')
>>> Expression("2 ^ a")
Traceback (most recent call last):
    ...
autograd.errors.ExpressionError: use ** for powers
  2 ^ a
    ^
"""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import AutogradError, ExpressionError
from ..formula.grammar import CONSTANTS
from ..ops import OPS
from ..wording import counted

__all__ = ["Expression"]

_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}  # fmt: skip
_OTHER_NAMES = {"max": "maximum", "sum": "total", "ln": "log"}
ALLOWED = "want numbers, names, + - * / ** and functions such as exp, tanh, relu"


def _functions() -> list[str]:
    return [name for name in OPS if name not in ("add", "sub", "mul", "div")]  # which are written + - * /


class Expression:
    """Some text as a formula of named values: ``tanh(a*b + c)``, or steps, ``b = a + a; b * (b + 1)``.

    names: what it needs values for, in order of appearance. attributes: whether ``a.grad`` and ``a.data`` may be
    read. Raises ExpressionError, with a caret under the place, for text outside of this grammar.
    """

    def __init__(self, text: str, attributes: bool = False) -> None:
        self.text = text.strip()
        self.attributes = attributes
        self.names: list[str] = []
        self.assigned: list[str] = []
        if not self.text:
            raise ExpressionError(f"there is no expression: {ALLOWED}")
        try:
            self._body = ast.parse(self.text).body
            self._check()
        except ExpressionError:
            raise
        except SyntaxError as error:
            raise self._error(_plainly(error, self.text), (error.offset or 1) - 1) from None
        except (RecursionError, MemoryError):
            raise ExpressionError("the expression is nested too deeply to be read") from None
        except ValueError as error:
            raise ExpressionError(f"cannot read the expression: {error}") from None

    def _error(self, said: str, at: Any) -> ExpressionError:
        """The sentence, the line, and a caret under the place: a node of the tree, or a number of characters."""
        lines = self.text.splitlines()
        line = lines[(getattr(at, "lineno", None) or 1) - 1]
        column = at if isinstance(at, int) else len(line.encode()[: at.col_offset].decode(errors="replace"))
        column = min(column, len(line))
        start = max(column - 60, 0)  # a long line is shown from near the place on
        shown = "".join(c if c.isprintable() else "?" for c in line[start : start + 76])
        return ExpressionError(f"{said}\n  {shown}\n  {' ' * (column - start)}^")

    def _check(self) -> None:
        for i, statement in enumerate(self._body):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._check_term(value)
                    if name in self.names and name not in self.assigned:
                        raise self._error(f"{name} is used before it is computed", statement)
                    self.assigned.append(name)
                case ast.Expr(value=value) if i == len(self._body) - 1:
                    self._check_term(value)
                case _:
                    raise self._error("want one expression, or steps such as b = a + a; b * b", statement)

    def _check_term(self, term: ast.expr) -> None:
        match term:
            case ast.Constant(value=bool() | str() | bytes() | complex() | None):
                raise self._error(f"{ast.unparse(term)} is no real number", term)
            case ast.Constant(value=int() | float() as number):
                if abs(number) > sys.float_info.max:
                    raise self._error("this number is too large for a float", term)
            case ast.Name(id=name):
                if name not in self.names and name not in self.assigned:
                    self.names.append(name)
            case ast.BinOp(left=left, op=op, right=right):
                self._check_term(left)
                self._check_term(right)
                if type(op) not in _OPERATORS:
                    raise self._between(left, right, type(op))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self._check_term(operand)
            case ast.Attribute(value=value, attr="grad" | "data") if self.attributes:
                self._check_term(value)
            case ast.Call(func=function, args=args, keywords=[]):
                self._check_call(term, function, args)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                for item in items:
                    self._check_term(item)
            case _:
                raise self._error(f"this has no place in an expression: {ALLOWED}", term)

    def _between(self, left: ast.expr, right: ast.expr, kind: type) -> ExpressionError:
        """The error for an operator that is not arithmetic here, the caret under it."""
        line = self.text.splitlines()[left.lineno - 1].encode()
        end = left.end_col_offset or 0
        gap = line[end : right.col_offset].decode(errors="replace")
        offset = len(line[:end].decode(errors="replace")) + len(gap) - len(gap.lstrip(" )"))
        return self._error(
            "use ** for powers" if kind is ast.BitXor else f"this operator is not known here: {ALLOWED}", offset
        )

    def _check_call(self, call: ast.Call, function: ast.expr, args: list[ast.expr]) -> None:
        if isinstance(function, ast.Attribute):  # (a*b).tanh(), as in Python
            name, operands = function.attr, [function.value, *args]
        elif isinstance(function, ast.Name):
            name, operands = function.id, args
        else:
            raise self._error("only functions can be called: write 2*(a + b) for 2 times a + b", call)
        if _OTHER_NAMES.get(name, name) not in _functions():
            near = get_close_matches(name, _functions(), 2)
            instead = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(_functions())}"
            if len(name) == 1:
                instead = f"write {name}*(...) for {name} times what is in the parentheses"
            raise self._error(f"there is no function {name}: {instead}", call)
        for operand in operands:
            self._check_term(operand)
        op = OPS[_OTHER_NAMES.get(name, name)]
        if not op.wide and not len(op.operands) - len(op.defaults) <= len(operands) <= len(op.operands):
            raise self._error(f"{name} wants {counted(len(op.operands), 'operand')}, got {len(operands)}", call)
        if not operands:
            raise self._error(f"{name} wants something in its parentheses", call)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Its value: a Value where one of `values` is, with assigned names as labels, else a float.

        Raises ExpressionError for a name that has no value, and what the operations raise.
        """
        known = dict(values)
        result: Any = None
        try:
            for statement in self._body:
                assert isinstance(statement, (ast.Assign, ast.Expr))
                result = self._value(statement.value, known)
                if isinstance(statement, ast.Assign):
                    target = statement.targets[0]
                    assert isinstance(target, ast.Name)
                    if hasattr(result, "label") and not result.label:
                        result.label = target.id
                    known[target.id] = result
        except RecursionError:
            raise ExpressionError("the expression is nested too deeply to be computed") from None
        if isinstance(result, list):
            raise ExpressionError(
                "the result is a list, where one value is wanted: put it into total(...) or mean(...)"
            )
        return result

    def _value(self, term: ast.expr, known: Mapping[str, Any]) -> Any:
        match term:
            case ast.Constant(value=int() | float() as number):
                return self._safely(term, lambda: float(number))
            case ast.Name(id=name):
                if name in known:
                    return known[name]
                if name in CONSTANTS:
                    return CONSTANTS[name]
                raise self._error(f"{name} has no value", term)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self._value(left, known), self._value(right, known)
                if isinstance(op, ast.Pow) and isinstance(a, float) and isinstance(b, float):
                    return self._safely(term, lambda: math.pow(a, b))
                return self._safely(term, lambda: _OPERATORS[type(op)](a, b))
            case ast.UnaryOp(op=op, operand=operand):
                value = self._value(operand, known)
                return self._safely(term, lambda: -value if isinstance(op, ast.USub) else value)
            case ast.Attribute(value=ast.Name(id=name), attr="grad" | "data" as attribute):
                if f"{name}.{attribute}" not in known:
                    raise self._error(
                        f"{name}.{attribute} is not reached yet" if name in known else f"{name} has no value", term
                    )
                return known[f"{name}.{attribute}"]
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args):
                return self._call(term, name, [self._value(arg, known) for arg in (value, *args)])
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(term, name, [self._value(arg, known) for arg in args])
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(item, known) for item in items]
            case _:
                raise self._error(f"this has no place in an expression: {ALLOWED}", term)

    def _call(self, term: ast.expr, name: str, args: list[Any]) -> Any:
        op = OPS[_OTHER_NAMES.get(name, name)]
        if op.wide:
            args = [args] if len(op.lists) == len(op.operands) == 1 and not isinstance(args[0], list) else args
            if not len(op.operands) - len(op.defaults) <= len(args) <= len(op.operands):
                raise self._error(f"{name} wants {counted(len(op.operands), 'operand')}, got {len(args)}", term)
        given = {**op.defaults, **dict(zip(op.operands, args))}
        for operand, group in given.items():
            if any(isinstance(x, list) for x in (_as_list(group) if operand in op.lists else [group])):
                raise self._error(
                    f"{name} wants lists of values" if op.wide else f"{name} wants a value, not a list", term
                )
        numbers = [x for group in given.values() for x in _as_list(group) if x is not None]
        if all(isinstance(x, float) for x in numbers):
            return self._safely(term, lambda: op.formula(len(numbers)).evaluate(op.bind(numbers)))
        from ..recording import apply

        return self._safely(term, lambda: apply(op, [given[operand] for operand in op.operands]))

    def _safely(self, term: ast.expr, compute: Callable[[], Any]) -> Any:
        try:
            return compute()
        except AutogradError:
            raise
        except ZeroDivisionError:
            raise self._error("this divides by zero", term) from None
        except OverflowError:
            raise self._error("this is too large for a float", term) from None
        except (ArithmeticError, ValueError, TypeError):
            raise self._error("this cannot be computed", term) from None


def _as_list(group: Any) -> list[Any]:
    return group if isinstance(group, list) else [group]


def _plainly(error: SyntaxError, text: str) -> str:
    """Python's words for what it cannot read, or better ones."""
    said = error.msg or "cannot read this"
    at = (error.offset or 1) - 1
    if "decimal literal" in said or ("invalid syntax" in said and text[at - 1 : at].isdigit()):
        return "cannot read this: write 2*a for 2 times a"
    if "never closed" in said or "unexpected EOF" in said or "'(' was" in said:
        return "this parenthesis is never closed"
    if "unmatched" in said:
        return "this parenthesis was never opened"
    if "cannot assign" in said:
        return "only a name can stand left of ="
    if "Exceeds the limit" in said:
        return "this number is too long"
    return "cannot read this here" if "invalid syntax" in said else f"cannot read this: {said}"
