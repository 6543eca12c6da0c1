"""One reader for formulas and typed expressions: Python parses the text but never runs it, and the reader makes terms.

It reads what both may contain: numbers, names, ``+ - * / **``, calls, and steps such as ``m = a * b; m + 1``. A
subclass adds the rest. Anything else raises an error with a sentence, and a caret under the error.

>>> [(name, term.head) for name, term in Reader("m = a * b; m + 1").read()]
[('m', '*'), ('', '+')]
>>> Reader("2 ^ a").read()
Traceback (most recent call last):
    ...
autograd.errors.FormulaError: use ** for powers
  2 ^ a
    ^
"""

from __future__ import annotations

import _ast
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import AutogradError, FormulaError

__all__ = ["Expr", "Place", "Reader"]

Place = tuple[int, int]  # the line, counted from 1, and the number of bytes before the place

_BINARY: dict[type, str] = {_ast.Add: "+", _ast.Sub: "-", _ast.Mult: "*", _ast.Div: "/", _ast.Pow: "**"}
_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without the cost of `import ast`


class Expr:
    """One term: a head, its arguments, and an atom for leaves such as number, name and item.

    place: where it was read, for a caret.
    """

    __slots__ = ("args", "atom", "head", "place")

    def __init__(self, head: str, args: tuple[Expr, ...] = (), atom: Any = None, place: Place = (1, 0)) -> None:
        self.head = head
        self.args = args
        self.atom = atom
        self.place = place

    def walk(self) -> Iterator[Expr]:
        """Yield this term and every term inside it, left to right."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def indexed(self) -> Iterator[str]:
        """Return the lists whose ``xs[i]`` is outside every reduction in this term: there something else defines i."""
        if self.head == "item":
            yield self.atom
        if self.head not in ("sum", "max"):
            for arg in self.args:
                yield from arg.indexed()


class Reader:
    """A reader of some text. what: what it should be; allowed: what may be in it; error: what is raised otherwise.

    functions: what may be called, with the minimum and the maximum number of operands; None means any number.
    text: what is parsed; shown: what a message quotes, with exactly as many characters.
    """

    what = "a formula"
    allowed = "want numbers, names, + - * / ** and functions"
    error: type[AutogradError] = FormulaError
    functions: Mapping[str, tuple[int, int | None]]

    def __init__(self, text: str) -> None:
        self.functions = {}
        self.text = self.shown = text.replace("\r\n", "\n").replace("\r", "\n").strip()

    def read(self) -> list[tuple[str, Expr]]:
        """Read the steps, each as a name and a term; the name is empty for a last step that defines none."""
        try:
            return self.steps()
        except (RecursionError, MemoryError):
            raise self.too_deep() from None

    def refuse(self, sentence: str, place: Place) -> AutogradError:
        """Return the error: the sentence, the line, and a caret under the error."""
        lines, (number, offset) = self.text.split("\n"), place
        line = lines[min(number, len(lines)) - 1]
        column = len(line.encode(errors="replace")[:offset].decode(errors="replace"))
        start = max(column - 60, 0)  # a long line is shown from just before the place
        shown = self.shown.split("\n")[min(number, len(lines)) - 1][start : start + 76]
        shown = "".join(c if c.isprintable() else "?" for c in shown)
        return self.error(f"{sentence}\n  {shown}\n  {' ' * (column - start)}^")

    def too_deep(self) -> AutogradError:
        return self.error(
            f"{self.what} is nested too deeply, or has too many terms: name a part of it, as in m = a * b; m + 1"
        )

    def steps(self) -> list[tuple[str, Expr]]:
        body = self._parsed()
        steps: list[tuple[str, Expr]] = []
        used: set[str] = set()
        for statement in body:
            match statement:
                case _ast.Assign(targets=[_ast.Name(id=name)], value=value):
                    name, term = self.named(name), self.term(value)
                case _ast.Expr(value=value) if statement is body[-1]:
                    name, term = "", self.result(value)
                case _:
                    raise self.refuse("want one expression, or steps such as b = a + a; b * b", _place(statement))
            used |= {inside.atom for inside in term.walk() if inside.head in ("name", "item")} - dict(steps).keys()
            if name in used:
                raise self.refuse(f"{name} is used before it is computed", _place(statement))
            self.check(name, term, steps)
            steps.append((name, term))
        return steps

    def check(self, name: str, term: Expr, earlier: list[tuple[str, Expr]]) -> None:
        """Refuse a step that contradicts those before it."""

    def result(self, node: Any) -> Expr:
        """Read the last step, if it has no name."""
        return self.term(node)

    def named(self, name: str) -> str:
        """Return the name as it was typed, for a name in `text`."""
        return name

    def _parsed(self) -> list[Any]:
        try:
            tree: Any = compile(self.text, "<formula>", "exec", _ONLY_AST)
        except SyntaxError as error:
            number, column = error.lineno or 1, (error.offset or 1) - 1
            line = [*self.text.split("\n"), ""][number - 1][: max(column, 0)]
            raise self.refuse(self.plainly(error), (number, len(line.encode(errors="replace")))) from None
        except ValueError as error:  # raised for a null byte, or for more digits than Python reads
            raise self.error(f"cannot read {self.what}: {error}") from None
        if not tree.body:
            raise self.error(f"there is no expression: {self.allowed}")
        return tree.body

    def plainly(self, error: SyntaxError) -> str:
        """Return Python's message for what it cannot read, or a better one."""
        return _plainly(error, self.text)

    # --- Terms ---

    def term(self, node: Any) -> Expr:
        """Turn one node of Python's parser into a term."""
        match node:
            case _ast.Constant(value=bool() | str() | bytes() | complex() | None):
                raise self.refuse(f"{self.piece(node)} is not a real number", _place(node))
            case _ast.Constant(value=int() | float() as number):
                if abs(number) > sys.float_info.max:
                    raise self.refuse("this number is too large for a float", _place(node))
                return Expr("number", (), float(number), _place(node))
            case _ast.Name(id=name):
                return self.name(self.named(name), _place(node))
            case _ast.UnaryOp(op=_ast.USub(), operand=operand):
                return Expr("neg", (self.term(operand),), None, _place(node))
            case _ast.BinOp(left=left, op=op, right=right):
                terms = self.term(left), self.term(right)
                if type(op) not in _BINARY:
                    raise self._unknown_operator(left, right, type(op))
                return Expr(_BINARY[type(op)], terms, None, _place(node))
            case _ast.Call(func=_ast.Name(id=name), args=args, keywords=[]):
                return self.call(name, args, _place(node))
            case _:
                return self.other(node)

    def name(self, name: str, place: Place) -> Expr:
        return Expr("name", (), name, place)

    def call(self, name: str, args: list[Any], place: Place) -> Expr:
        """Read a call to a known function, with as many operands as it takes."""
        if name not in self.functions:
            raise self.refuse(f"there is no function {name}: {self._instead(name)}", place)
        operands = tuple(map(self.term, args))
        least, most = self.functions[name]
        if most is None and len(operands) < least:
            raise self.refuse(f"{name} wants something in its parentheses", place)
        if most is not None and not least <= len(operands) <= most:
            raise self.refuse(f"{name} wants {most} operand{'s' * (most != 1)}, got {len(operands)}", place)
        return Expr(name, operands, None, place)

    def other(self, node: Any) -> Expr:
        """Read a node that formulas and expressions do not share: here, refuse it."""
        if isinstance(node, _ast.Call) and not isinstance(node.func, (_ast.Name, _ast.Attribute)):
            raise self.refuse("only functions can be called: write 2*(a + b) for 2 times a + b", _place(node))
        raise self.refuse(f"this has no place in {self.what}: {self.allowed}", _place(node))

    def piece(self, node: Any) -> str:
        """Return the text that a node was read from."""
        lines = self.text.encode(errors="replace").split(b"\n")[node.lineno - 1 : node.end_lineno]
        lines[-1] = lines[-1][: node.end_col_offset]
        return b"\n".join(lines)[node.col_offset :].decode(errors="replace")

    def _instead(self, name: str) -> str:
        from difflib import get_close_matches

        if len(name) == 1:
            return f"write {name}*(...) for {name} times what is in the parentheses"
        near = get_close_matches(name, self.functions, 2)
        return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(self.functions)}"

    def _unknown_operator(self, left: Any, right: Any, kind: type) -> AutogradError:
        """Return the error for an operator that is not arithmetic, with the caret under it."""
        number: int = left.end_lineno
        end: int = left.end_col_offset
        line = self.text.split("\n")[number - 1].encode(errors="replace")
        gap = line[end : right.col_offset if right.lineno == number else len(line)]
        place = (number, end + len(gap) - len(gap.lstrip(b" )")))
        if kind is _ast.BitXor:
            return self.refuse("use ** for powers", place)
        return self.refuse(f"this operator is not known here: {self.allowed}", place)


def _place(node: Any) -> Place:
    return node.lineno, node.col_offset


def _plainly(error: SyntaxError, text: str) -> str:
    """Return Python's message for what it cannot read, or a better one."""
    message = error.msg or "cannot read this"
    at = (error.offset or 1) - 1
    if "decimal literal" in message or ("invalid syntax" in message and text[at - 1 : at].isdigit()):
        return "cannot read this: write 2*a for 2 times a"
    if "never closed" in message or "unexpected EOF" in message or "'(' was" in message:
        return "this parenthesis is never closed"
    if "unmatched" in message:
        return "this parenthesis was never opened"
    if "cannot assign" in message:
        return "only a name can be on the left of ="
    if "Exceeds the limit" in message:
        return "this number is too long"
    return "cannot read this here" if "invalid syntax" in message else f"cannot read this: {message}"
