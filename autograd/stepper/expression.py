"""Expressions that somebody types, read safely: only arithmetic and the operations of the table, never eval().

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
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any
from warnings import catch_warnings, simplefilter

from ..errors import AutogradError, FormulaError
from ..explain.phrases import counted
from ..formula.grammar import CONSTANTS
from ..formula.reader import Expr, Place, Reader
from ..ops import OPS, Op

__all__ = ["Expression"]

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: a / b, "**": lambda a, b: a**b,
}  # fmt: skip
_COMPARISONS: dict[type, str] = {
    _ast.Lt: "<", _ast.LtE: "<=", _ast.Gt: ">", _ast.GtE: ">=", _ast.Eq: "==", _ast.NotEq: "!=",
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_OTHER_NAMES = {"max": "maximum", "sum": "total", "ln": "log"}
_HOMES = ("np", "numpy", "math", "torch", "autograd")  # modules with such functions in Python: np.sin(a) is sin(a)
_STAND_INS = 0x4E00  # the first of 20,000 letters, each of which is a name by itself


def _op(name: str) -> Op:
    return OPS[_OTHER_NAMES.get(name, name)]


class _ExpressionReader(Reader):
    """A reader of expressions: arithmetic, ``tanh(a)``, ``a.tanh()``, lists, and ``a.grad`` and ``a.data`` if allowed."""

    what = "an expression"
    allowed = "want numbers, names, + - * / ** and functions such as exp, tanh, relu"
    error = FormulaError

    def __init__(self, text: str, attributes: bool, conditions: bool, names: Iterable[str]) -> None:
        super().__init__(text)
        self.attributes = attributes
        self.conditions = conditions
        self.text, self._stand_ins = _with_stand_ins(self.shown, names)
        written = ("add", "sub", "mul", "div")  # these are written as + - * /
        self.functions = {name: _counts(_op(name)) for name in (*OPS, *_OTHER_NAMES) if name not in written}

    def named(self, name: str) -> str:
        return self._stand_ins.get(name, name)

    def refuse(self, sentence: str, place: Place) -> AutogradError:
        for stand_in, name in self._stand_ins.items():
            sentence = sentence.replace(stand_in, name)
        return super().refuse(sentence, place)

    def _parsed(self) -> list[Any]:
        with catch_warnings():  # "1or a" is valid Python, with a warning
            simplefilter("ignore")
            return super()._parsed()

    def plainly(self, error: SyntaxError) -> str:
        called = re.match(r"(\w+)\s+[\w(]", self.shown[self.shown[: (error.offset or 1) - 1].rstrip().rfind(" ") + 1 :])
        if called and called[1] in self.functions:
            return f"write {called[1]}(...): the arguments of a function go in parentheses"
        return super().plainly(error)

    def other(self, node: Any) -> Expr:
        place = node.lineno, node.col_offset
        match node:
            case _ast.UnaryOp(op=_ast.UAdd(), operand=operand):
                return self.term(operand)
            case _ast.Attribute(value=_ast.Name(id=name), attr="grad" | "data" as attribute) if self.attributes:
                name = self.named(name)
                return Expr(attribute, (Expr("name", (), name, place),), f"{name}.{attribute}", place)
            case _ast.Compare(left=left, ops=[comparison], comparators=[right]) if (
                self.conditions and type(comparison) in _COMPARISONS
            ):
                return Expr(_COMPARISONS[type(comparison)], (self.term(left), self.term(right)), None, place)
            case _ast.BoolOp(op=op, values=values) if self.conditions:
                return Expr("and" if isinstance(op, _ast.And) else "or", tuple(map(self.term, values)), None, place)
            case _ast.UnaryOp(op=_ast.Not(), operand=operand) if self.conditions:
                return Expr("not", (self.term(operand),), None, place)
            case _ast.Call(func=_ast.Attribute(value=_ast.Name(id=home), attr=name), args=args) if home in _HOMES:
                return self.call(name, args, place)
            case _ast.Call(func=_ast.Attribute(value=value, attr=name), args=args, keywords=[]):
                return self.call(name, [value, *args], place)
            case _ast.List(elts=items) | _ast.Tuple(elts=items):
                return Expr("list", tuple(map(self.term, items)), None, place)
            case _:
                return super().other(node)


def _with_stand_ins(text: str, names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Replace each name that Python cannot read with one of the same length; return the text and the names replaced.

    >>> _with_stand_ins("w[0].grad + a", ["w[0]", "a"])
    ('一___.grad + a', {'一___': 'w[0]'})
    """
    odd = [name for name in names if name in text and not _is_plain(name)]
    if not odd:
        return text, {}
    free = (letter for letter in map(chr, range(_STAND_INS, _STAND_INS + 20_000)) if letter not in text)
    stand_ins = {name: letter + "_" * (len(name) - 1) for name, letter in zip(odd, free)}
    longest_first = sorted(stand_ins, key=len, reverse=True)
    pattern = "|".join(rf"{_border(name[0])}{re.escape(name)}(?![\w\[])" for name in longest_first)
    return re.sub(pattern, lambda match: stand_ins[match[0]], text), {one: name for name, one in stand_ins.items()}


def _is_plain(name: str) -> bool:
    """Return whether Python reads a name as it is. Text without a letter, such as 2 or +, is never taken for a name."""
    return (name.isascii() and name.isidentifier() and not iskeyword(name)) or not any(map(str.isalpha, name))


def _border(first: str) -> str:
    return r"(?<![\w.])" if first.isalnum() or first == "_" else ""


def _counts(op: Op) -> tuple[int, int | None]:
    """Return the minimum and maximum number of operands. Those of a wide operation are counted later, once known."""
    return (1, None) if op.wide else (len(op.operands) - len(op.defaults), len(op.operands))


class Expression:
    """Text read as a formula of named values: ``tanh(a*b + c)``, or steps, ``b = a + a; b * (b + 1)``.

    names: the names that need a value, in order of appearance. assigned: the names that its steps define. attributes:
    whether ``a.grad`` and ``a.data`` may be read. conditions: whether ``abs(a) > 1 and b < 2`` may be written. known:
    names that are allowed although Python cannot read them, such as ``layers.0.weight[3][1]``. Raises FormulaError,
    with a caret under the error, for text outside this grammar.
    """

    def __init__(
        self, text: str, attributes: bool = False, conditions: bool = False, known: Iterable[str] = ()
    ) -> None:
        self._reader = _ExpressionReader(text, attributes, conditions, known)
        self.text = self._reader.shown
        self._steps = self._reader.read()
        self.assigned: list[str] = [name for name, _ in self._steps if name]
        used = [inside.atom for _, term in self._steps for inside in term.walk() if inside.head == "name"]
        self.names: list[str] = [name for name in dict.fromkeys(used) if name not in self.assigned]

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """Compute the value: a Value, with assigned names as labels, if one of `values` is a Value; otherwise a float.

        Raises FormulaError for a name without a value, and whatever the operations raise.
        """
        known = ChainMap[str, Any]({}, values)  # type: ignore[arg-type] - of which only the first is written
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
            raise FormulaError("the result is a list, but one value is wanted: put it into total(...) or mean(...)")
        return result

    def _value(self, term: Expr, known: Mapping[str, Any]) -> Any:
        if term.head == "number":
            return term.atom
        if term.head in ("name", "grad", "data"):
            return self._named(term, known)
        args: list[Any] = []
        for arg in term.args:  # in older versions of Python, a comprehension would need a second frame for each level
            args.append(self._value(arg, known))
        if term.head == "list":
            return args
        if term.head in _COMPARE:
            return _COMPARE[term.head](*args)
        if term.head in ("and", "or", "not"):
            return not args[0] if term.head == "not" else (all if term.head == "and" else any)(args)
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
            if operand in op.lists and group == []:
                raise self._reader.refuse(f"{name} wants at least one value, got an empty list", term.place)
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
