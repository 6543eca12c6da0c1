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
# Names that mean something else: in a formula, and in the text that rows are compiled into (methods.py, kernels.py).
_TAKEN = frozenset({*FUNCTIONS, *REDUCTIONS, *CONSTANTS, "i", "n", "out"})
_TAKEN_WHEN_COMPILED = frozenset({"carefully", "float", "indices", "len", "node", "range", "type"})

_BINARY: dict[type, str] = {_ast.Add: "+", _ast.Sub: "-", _ast.Mult: "*", _ast.Div: "/", _ast.Pow: "**"}
_COMPARE: dict[type, str] = {
    _ast.Lt: "<", _ast.LtE: "<=", _ast.Gt: ">", _ast.GtE: ">=", _ast.Eq: "==", _ast.NotEq: "!=",
}  # fmt: skip
_LOGIC: dict[type, str] = {_ast.And: "and", _ast.Or: "or"}
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


def is_taken(name: str) -> bool:
    """Whether neither an operand nor an intermediate can be called so.

    >>> is_taken("out"), is_taken("xs_0"), is_taken("x0")
    (True, True, False)
    """
    stem = name.rstrip("0123456789")
    numbered = stem != name and (stem == "o" or stem.endswith("_"))  # o0 and xs_0 are items of an unrolled list
    return name in _TAKEN or name in _TAKEN_WHEN_COMPILED or numbered or name.endswith("_data")


def parse(source: str) -> tuple[tuple[tuple[str, Expr], ...], Expr]:
    """The named intermediates of a formula, in order, and its last term. Raises FormulaError for what is not in the grammar."""
    try:
        tree: Any = compile(source, "<formula>", "exec", _ONLY_AST)
    except SyntaxError as error:
        raise FormulaError(f"cannot read {source!r}: {error.msg}") from None
    body: list[Any] = tree.body
    lets: list[tuple[str, Expr]] = []
    for statement in body[:-1]:
        if not (isinstance(statement, _ast.Assign) and isinstance(statement.targets[0], _ast.Name)):
            raise FormulaError(f"cannot read {source!r}: want 'name = formula; formula'")
        if is_taken(statement.targets[0].id):
            raise FormulaError(f"{statement.targets[0].id!r} is taken: name the intermediate in {source!r} otherwise")
        lets.append((statement.targets[0].id, _convert(statement.value, source)))
    if not body or not isinstance(body[-1], _ast.Expr):
        raise FormulaError(f"cannot read {source!r}: want one expression, such as 'a * b'")
    return tuple(lets), _convert(body[-1].value, source)


def _convert(node: Any, source: str) -> Expr:
    """One node of Python's parser as an Expr; whatever is not in the grammar is refused here."""

    def inner(child: Any) -> Expr:
        return _convert(child, source)

    match node:
        case _ast.Constant(value=bool() | str() | complex() | bytes() | None):
            pass
        case _ast.Constant(value=value) if isinstance(value, (int, float)) and abs(value) <= sys.float_info.max:
            return Expr("number", atom=float(value))
        case _ast.Name(id=name) if name in CONSTANTS:
            return Expr("number", atom=CONSTANTS[name])
        case _ast.Name(id=name) if name in FUNCTIONS or name in REDUCTIONS:
            raise FormulaError(f"{name!r} in {source!r} is a function: write {name}(...)")
        case _ast.Name(id=name):
            return Expr("name", atom=name)
        case _ast.Subscript(value=_ast.Name(id=name), slice=_ast.Name(id="i")):
            return Expr("item", atom=name)
        case _ast.UnaryOp(op=_ast.USub(), operand=operand):
            return Expr("neg", (inner(operand),))
        case _ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Expr(_BINARY[type(op)], (inner(left), inner(right)))
        case _ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return Expr(_COMPARE[type(op)], (inner(left), inner(right)))
        case _ast.BoolOp(op=op, values=[first, *rest]):
            term = inner(first)
            for value in rest:
                term = Expr(_LOGIC[type(op)], (term, inner(value)))
            return term
        case _ast.IfExp(test=test, body=body, orelse=orelse):
            return Expr("if", (inner(test), inner(body), inner(orelse)))
        case _ast.Call(func=_ast.Name(id=name), args=args, keywords=[]):
            if name in REDUCTIONS:
                if len(args) != 1:
                    raise FormulaError(f"{name} in {source!r} is over a list: write {name}(xs[i]), or an if")
                return Expr(name, (inner(args[0]),))
            if name not in FUNCTIONS:
                known = ", ".join(sorted((*FUNCTIONS, *REDUCTIONS)))
                raise FormulaError(f"cannot call {name!r} in {source!r}: a formula may call {known}")
            if len(args) != FUNCTIONS[name]:
                raise FormulaError(f"{name} takes {FUNCTIONS[name]} argument(s), got {len(args)} in {source!r}")
            return Expr(name, tuple(inner(arg) for arg in args))
        case _:
            pass
    piece = source.encode()[node.col_offset : node.end_col_offset].decode()
    fix = ": a power is written **" if type(getattr(node, "op", None)) is _ast.BitXor else ""
    raise FormulaError(f"cannot read {source!r}: {piece!r} has no place in a formula{fix}")
