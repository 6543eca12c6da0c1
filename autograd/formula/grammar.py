"""The grammar of formulas: their text, read with Python's own parser, as terms.

>>> lets, result = parse("m = a * b; m + 1")
>>> result.head, [arg.head for arg in result.args], lets[0][0]
('+', ['name', 'number'], 'm')
"""

from __future__ import annotations

import _ast
import math
import sys
from collections.abc import Iterator
from typing import Any

from ..errors import FormulaError

__all__ = ["FUNCTIONS", "REDUCTIONS", "Expr", "is_taken", "parse"]

# What a formula may call, with the number of arguments. The spelling is math.h's, and Python's, and (but for erf) Math's.
FUNCTIONS = {
    "exp": 1, "expm1": 1, "log": 1, "log1p": 1, "sqrt": 1, "pow": 2, "abs": 1, "erf": 1,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "sinh": 1, "cosh": 1, "tanh": 1,
}  # fmt: skip
REDUCTIONS = ("sum", "max")
CONSTANTS = {"pi": math.pi}
DEEPEST = 100  # levels of a term: whatever reads one calls itself, and so do the parsers of other languages
_TAKEN = frozenset({*FUNCTIONS, *REDUCTIONS, *CONSTANTS, "i", "n", "out"})  # names that mean something in a formula

_BINARY: dict[type, str] = {_ast.Add: "+", _ast.Sub: "-", _ast.Mult: "*", _ast.Div: "/", _ast.Pow: "**"}
_COMPARE: dict[type, str] = {
    _ast.Lt: "<", _ast.LtE: "<=", _ast.Gt: ">", _ast.GtE: ">=", _ast.Eq: "==", _ast.NotEq: "!=",
}  # fmt: skip
_LOGIC: dict[type, str] = {_ast.And: "and", _ast.Or: "or"}
_CONDITIONS = frozenset({*_COMPARE.values(), *_LOGIC.values()})
_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without paying for `import ast`


class Expr:
    """One term: a head, its arguments, and for the leaves number, name and item an atom."""

    __slots__ = ("args", "atom", "head")

    def __init__(self, head: str, args: tuple[Expr, ...] = (), atom: Any = None) -> None:
        self.head = head
        self.args = args
        self.atom = atom

    def walk(self) -> Iterator[Expr]:
        """This term and every term inside it, left to right."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def indexed(self) -> Iterator[str]:
        """The lists whose ``xs[i]`` in this term is inside of no reduction, so that somebody else must say what i is."""
        if self.head == "item":
            yield self.atom
        if self.head not in REDUCTIONS:
            for arg in self.args:
                yield from arg.indexed()


def is_taken(name: str) -> bool:
    """Whether neither an operand nor an intermediate can be called so. Names with ``__`` belong to Python.

    >>> is_taken("out"), is_taken("__debug__"), is_taken("xs_0")
    (True, True, False)
    """
    return name in _TAKEN or "__" in name


def parse(source: str, condition: bool = False) -> tuple[tuple[tuple[str, Expr], ...], Expr]:
    """The named intermediates of a formula, in order, and its last term: a number, or a condition if that is wanted.

    Raises FormulaError for what is not in the grammar.
    """
    try:
        tree: Any = compile(source, "<formula>", "exec", _ONLY_AST)
    except (SyntaxError, ValueError) as error:  # a ValueError of a null byte, or of more digits than Python reads
        raise FormulaError(f"cannot read {_quoted(source)}: {getattr(error, 'msg', error)}") from None
    except (RecursionError, MemoryError):
        raise _too_deep(source) from None
    try:
        return _parsed(tree.body, source, condition)
    except RecursionError:
        raise _too_deep(source) from None


def _quoted(source: str) -> str:
    return repr(source) if len(source) <= 200 else f"{source[:100]!r} ... {source[-50:]!r}"


def _too_deep(source: str) -> FormulaError:
    return FormulaError(
        f"{_quoted(source)} is nested more than {DEEPEST} levels deep: name a part of it, as in 'm = a * b; m + 1'"
    )


def _parsed(body: list[Any], source: str, condition: bool) -> tuple[tuple[tuple[str, Expr], ...], Expr]:
    lets: dict[str, Expr] = {}
    for statement in body[:-1]:
        if not (
            isinstance(statement, _ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], _ast.Name)
        ):
            raise FormulaError(f"cannot read {_quoted(source)}: want 'name = formula; formula'")
        name = statement.targets[0].id
        if is_taken(name):
            raise FormulaError(f"{name!r} is taken: name the intermediate in {_quoted(source)} otherwise")
        if name in lets:
            raise FormulaError(
                f"{name!r} is given twice in {_quoted(source)}: an intermediate has one value, so name the second otherwise"
            )
        lets[name] = _checked(_convert(statement.value, source), source)
        if any(lets[name].indexed()):
            raise FormulaError(
                f"{name!r} in {_quoted(source)} has no i: an intermediate is one number, so write xs[i] inside of sum or max"
            )
    if not body or not isinstance(body[-1], _ast.Expr):
        raise FormulaError(f"cannot read {_quoted(source)}: want one expression, such as 'a * b'")
    result = _checked(_convert(body[-1].value, source, condition), source)
    _ensure_order(lets, result, source)
    return tuple(lets.items()), result


def _ensure_order(lets: dict[str, Expr], result: Expr, source: str) -> None:
    """Every intermediate is given before it is used, and used as a number."""
    later = set(lets)
    for name, term in (*lets.items(), ("", result)):
        for inside in term.walk():
            if inside.head == "name" and inside.atom in later:
                raise FormulaError(f"{inside.atom!r} is used in {_quoted(source)} before it is given")
            if inside.head == "item" and inside.atom in lets:
                raise FormulaError(f"{inside.atom!r} in {_quoted(source)} is an intermediate, and no list")
        later.discard(name)


def _checked(term: Expr, source: str) -> Expr:
    """The term, if it is not too deep, and every reduction has a list to run over."""
    if _depth(term) > DEEPEST:
        raise _too_deep(source)
    for inside in term.walk():
        if inside.head in REDUCTIONS and not any(inside.args[0].indexed()):
            raise FormulaError(f"{inside.head}(...) in {_quoted(source)} needs an xs[i] inside, a list to run over")
    return term


def _depth(term: Expr) -> int:
    return 1 + max(map(_depth, term.args), default=0)


def _convert(node: Any, source: str, condition: bool = False) -> Expr:
    """One node of Python's parser as an Expr: a condition, or a number, whichever is wanted."""
    term = _term(node, source)
    if (term.head in _CONDITIONS) is condition:
        return term
    piece = _piece(node, source)
    if condition:
        raise FormulaError(f"{piece!r} in {_quoted(source)} is a number: want a comparison there, such as {piece} != 0")
    raise FormulaError(
        f"{piece!r} in {_quoted(source)} is true or false: want a number there, such as 1 if {piece} else 0"
    )


def _piece(node: Any, source: str) -> str:
    """What a node was read from."""
    lines = source.encode().splitlines(keepends=True)[node.lineno - 1 : node.end_lineno]
    start = sum(map(len, lines[:-1])) + node.end_col_offset
    return b"".join(lines)[node.col_offset : start].decode(errors="replace")


def _term(node: Any, source: str) -> Expr:
    """One node as an Expr of either kind; whatever is not in the grammar is refused here."""

    def inner(child: Any, condition: bool = False) -> Expr:
        return _convert(child, source, condition)

    match node:
        case _ast.Constant(value=bool() | str() | complex() | bytes() | None):
            pass
        case _ast.Constant(value=value) if isinstance(value, (int, float)) and abs(value) <= sys.float_info.max:
            return Expr("number", atom=float(value))
        case _ast.Name(id=name) if name in CONSTANTS:
            return Expr("number", atom=CONSTANTS[name])
        case _ast.Name(id=name) if name in FUNCTIONS or name in REDUCTIONS:
            raise FormulaError(f"{name!r} in {_quoted(source)} is a function: write {name}(...)")
        case _ast.Name(id=name):
            return Expr("name", atom=name)
        case _ast.Subscript(value=_ast.Name(id=name), slice=_ast.Name(id="i")):
            return Expr("item", atom=name)
        case _ast.UnaryOp(op=_ast.USub(), operand=operand):
            return Expr("neg", (inner(operand),))
        case _ast.BinOp(left=_ast.Name() | _ast.Subscript() as base, op=_ast.Pow(), right=_ast.Constant(value=2)):
            return Expr("square", (inner(base),))  # x * x in every language, so that all agree to the last bit
        case _ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Expr(_BINARY[type(op)], (inner(left), inner(right)))
        case _ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return Expr(_COMPARE[type(op)], (inner(left), inner(right)))
        case _ast.BoolOp(op=op, values=[first, *rest]):
            term = inner(first, True)
            for value in rest:
                term = Expr(_LOGIC[type(op)], (term, inner(value, True)))
            return term
        case _ast.IfExp(test=test, body=body, orelse=orelse):
            return Expr("if", (inner(test, True), inner(body), inner(orelse)))
        case _ast.Call(func=_ast.Name(id=name), args=args, keywords=[]):
            if name in REDUCTIONS:
                if len(args) != 1:
                    raise FormulaError(f"{name} in {_quoted(source)} is over a list: write {name}(xs[i]), or an if")
                return Expr(name, (inner(args[0]),))
            if name not in FUNCTIONS:
                known = ", ".join(sorted((*FUNCTIONS, *REDUCTIONS)))
                raise FormulaError(f"cannot call {name!r} in {_quoted(source)}: a formula may call {known}")
            if len(args) != FUNCTIONS[name]:
                raise FormulaError(f"{name} takes {FUNCTIONS[name]} argument(s), got {len(args)} in {_quoted(source)}")
            return Expr(name, tuple(inner(arg) for arg in args))
        case _:
            pass
    fix = ": a power is written **" if type(getattr(node, "op", None)) is _ast.BitXor else ""
    raise FormulaError(f"cannot read {_quoted(source)}: {_piece(node, source)!r} has no place in a formula{fix}")
