"""Readers of what the printer writes: Python by its own parser, C, JavaScript and LaTeX by the precedence of their grammars.

They share nothing with the printer's table. A term is a tuple, its head first; leaves are strings and numbers.
"""

from __future__ import annotations

import ast
import re

_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def read_python(text: str):
    return _from_ast(ast.parse(text, mode="eval").body)


def _from_ast(node):
    match node:
        case ast.Constant(value=value):
            return float(value)
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id="i")):
            return f"{name}[i]"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "neg", _from_ast(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)], _from_ast(left), _from_ast(right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)], _from_ast(left), _from_ast(right)
        case ast.BoolOp(op=op, values=[first, *rest]):
            term = _from_ast(first)
            for value in rest:
                term = ("and" if isinstance(op, ast.And) else "or"), term, _from_ast(value)
            return term
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return "if", _from_ast(test), _from_ast(body), _from_ast(orelse)
        case ast.Call(func=ast.Name(id=name), args=[ast.ListComp(elt=elt)]):
            return {"add_up": "sum", "largest": "max"}[name], _from_ast(elt)
        case ast.Call(func=ast.Name(id=name), args=[ast.List(elts=args)] | args):
            return name, *map(_from_ast, args)
    raise AssertionError(ast.dump(node))


class _Reader:
    """Reads by precedence climbing: `levels` are the infix operators of a language, loosest first."""

    token = r"\d+\.?\d*(?:e[-+]?\d+)?|[A-Za-z_][\w.]*(?:\[\w+\])?|&&|\|\||[=!]==?|[<>]=?|\S"
    levels = (("||",), ("&&",), ("==", "!=", "===", "!=="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/"))
    heads = {"||": "or", "&&": "and", "===": "==", "!==": "!="}  # noqa: RUF012 - a constant

    def __init__(self, text: str) -> None:
        self.tokens = [*re.findall(self.token, text), ""]
        self.text = text

    def all(self):
        term = self.expression()
        assert self.tokens == [""], (self.text, self.tokens)
        return term

    def take(self, wanted: str = "") -> str:
        token = self.tokens.pop(0)
        assert not wanted or token == wanted, (self.text, wanted, token)
        return token

    def expression(self):
        test = self.infix(0)
        if self.tokens[0] != "?":
            return test
        self.take("?")
        then = self.expression()
        self.take(":")
        return "if", test, then, self.expression()

    def infix(self, level: int):
        if level == len(self.levels):
            return self.sign()
        term = self.infix(level + 1)
        while self.tokens[0] in self.levels[level]:
            operator = self.take()
            term = self.heads.get(operator, operator), term, self.infix(level + 1)
        return term

    def sign(self):
        if self.tokens[0] == "-":
            self.take()
            return "neg", self.sign()
        return self.primary()

    def primary(self):
        token = self.take()
        if token == "(":
            term = self.expression()
            self.take(")")
            return term
        if token[0].isdigit():
            return float(token)
        assert re.match(r"[A-Za-z_]", token), (self.text, token)
        return (self.name(token), *self.arguments("(", ")")) if self.tokens[0] == "(" else token

    def name(self, token: str) -> str:
        return {"fabs": "abs"}.get(token, token.removeprefix("Math."))

    def arguments(self, opening: str, closing: str):
        self.take(opening)
        found = [self.expression()]
        while self.tokens[0] == ",":
            self.take()
            found.append(self.expression())
        self.take(closing)
        return found


def read_c(text: str):
    return _Reader(text).all()


read_javascript = read_c


class _TeX(_Reader):
    """Read a typeset formula as a person would.

    Anything that a person could misread is an error: a fraction or cases as the base of a power or as a factor, a minus
    after the space of a product, a sum sign before other factors.
    """

    token = (
        r"\\(?:begin|end)\{cases\}|\\text\{otherwise\}|\\operatorname\{\w+\}|\\left[(|]|\\right[)|]|\\sum_i|\\max_i|\\[A-Za-z]+|\\,|\\\\"
        r"|\d+\.?\d*(?:e[-+]?\d+)?|[A-Za-z]\w*(?:\[\w+\])?|\S"
    )
    levels = ((r"\vee",), (r"\wedge",), ("=", r"\ne", "<", r"\le", ">", r"\ge"), ("+", "-"), (r"\,",))
    heads = {r"\vee": "or", r"\wedge": "and", "=": "==", r"\ne": "!=", r"\le": "<=", r"\ge": ">=", r"\,": "*"}  # noqa: RUF012

    def expression(self):
        if self.tokens[0] != r"\begin{cases}":
            return self.infix(0)
        self.take()
        then = self.expression()
        self.take("&")
        test = self.expression()
        self.take(r"\\")
        otherwise = self.expression()
        for wanted in ("&", r"\text{otherwise}", r"\end{cases}"):
            self.take(wanted)
        assert self.tokens[0] in ("", ")", r"\right)", r"\right|", "}", "&", ","), (
            self.text,
            "cases not in brackets",
        )
        return "if", test, then, otherwise

    def infix(self, level: int):
        if level == len(self.levels) - 1 and self.tokens[0] == r"\sum_i":
            self.take()
            return "sum", self.infix(level)
        return super().infix(level)

    def sign(self):
        if self.tokens[0] == "-":
            self.take()
            return "neg", self.power()
        return self.power()

    def power(self):
        fraction = self.tokens[0] == r"\frac"
        base = self.primary()
        if self.tokens[0] != "^":
            return base
        assert not fraction, (self.text, "a power of a fraction")
        self.take()
        (exponent,) = self.arguments("{", "}")
        return "**", base, exponent

    def take(self, wanted: str = "") -> str:
        token = super().take(wanted)
        if token == r"\,":
            assert self.tokens[0] not in ("-", r"\sum_i", r"\begin{cases}"), (
                self.text,
                "a factor that is not a factor",
            )
        return token

    def primary(self):
        token = self.take()
        if token == "(":
            term = self.expression()
            self.take(")")
            return term
        if token == r"\frac":
            return "/", *self.arguments("{", "}"), *self.arguments("{", "}")
        if token == r"\sqrt":
            return "sqrt", *self.arguments("{", "}")
        if token == r"\left|":
            term = self.expression()
            self.take(r"\right|")
            return "abs", term
        if token[0].isdigit():
            return float(token)
        if token[0] == "\\":
            name = token.removeprefix(r"\operatorname{").strip("\\{}")
            found = self.arguments(r"\left(", r"\right)")
            return {"max": "larger", "max_i": "max"}.get(name, name), *found
        assert token[0].isalpha(), (self.text, token)
        return token


def read_latex(text: str):
    return _TeX(text).all()
