"""How languages spell a formula: a table of spellings for each, and the printer that reads it.

The printer returns Pieces, which know how tightly they bind. A Piece becomes text only when it is put into a place. The
Spelling says how tightly each place must bind, and parentheses follow from that. This is the only table of precedence.

>>> from autograd.formula.grammar import parse
>>> _, term = parse("0 if a <= 0 else a ** 2")
>>> for dialect in (PYTHON, C, JAVASCRIPT, READABLE):
...     print(printed(term, dialect, {"a": "x"}, None).within(WHOLE))
0.0 if x <= 0.0 else x * x
x <= 0.0 ? 0.0 : x * x
x <= 0.0 ? 0.0 : x * x
0 if x <= 0 else x**2
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .arithmetic import count, has_lists, length
from .grammar import FUNCTIONS, REDUCTIONS, Expr
from .rewriting import folded

__all__ = [
    "ATOM",
    "EXACT",
    "JAVASCRIPT",
    "LATEX",
    "PYTHON",
    "READABLE",
    "SUM",
    "TERM",
    "WHOLE",
    "C",
    "Dialect",
    "Names",
    "Piece",
    "Spelling",
    "atom",
    "printed",
]

# How tightly each kind of text binds. A place in a sum, except the first, is a TERM; _SERIES is a sum sign, which
# includes all factors to its right. WHOLE is the place of a complete formula.
WHOLE, _IF, _OR, _AND, _COMPARISON, SUM, _SERIES, _PRODUCT, _SIGN, _POWER, ATOM = range(11)
TERM = SUM + 1


class Piece:
    """Printed text, and how tightly it binds."""

    __slots__ = ("level", "text")

    def __init__(self, text: str, level: int) -> None:
        self.text = text
        self.level = level

    def within(self, place: int) -> str:
        """Return the text for a place that asks for this level: in parentheses if it binds less tightly.

        >>> Piece("a + b", SUM).within(SUM), Piece("a + b", SUM).within(TERM)
        ('a + b', '(a + b)')
        """
        return self.text if self.level >= place else f"({self.text})"


# What a formula's names become in the printed text. A str is a name, and binds as one.
Names = Mapping[str, "Piece | str | float | Sequence[Piece | str | float]"]


def atom(text: str) -> Piece:
    """Make a piece of a name, or of text that binds as tightly as one."""
    return Piece(text, ATOM)


class Spelling:
    """One head in one language: a template, how tightly it binds, and how tightly each place must bind."""

    __slots__ = ("level", "places", "template")

    def __init__(self, template: str, level: int, *places: int) -> None:
        self.template = template
        self.level = level
        self.places = places

    def of(self, *pieces: Piece) -> Piece:
        """Write this head with these arguments."""
        return Piece(self.template.format(*(p.within(place) for p, place in zip(pieces, self.places))), self.level)

    def chain(self, pieces: Sequence[Piece]) -> Piece:
        """Write a two-place head over any number of arguments, from left to right: ``(a + b) + c``."""
        first, *rest = pieces
        if not rest:
            return first
        before, between, after = self.template.format("\0", "\0").split("\0")
        left, right = self.places
        more = "".join(f"{between}{p.within(right)}{after}" for p in rest)
        return Piece(f"{before * len(rest)}{first.within(left)}{more}", self.level)


def _infix(symbol: str, level: int) -> Spelling:
    """Spell a left-associative head: in ``a - (b - c)`` the right side must bind more tightly than the left."""
    return Spelling(f"{{}}{symbol}{{}}", level, level, level + 1)


def _compared(symbol: str) -> Spelling:
    """Spell a head that is not associative: Python reads ``a < b < c`` as two comparisons."""
    return Spelling(f"{{}}{symbol}{{}}", _COMPARISON, SUM, SUM)


def _call(name: str, arity: int = 1) -> Spelling:
    return Spelling(f"{name}({', '.join(['{}'] * arity)})", ATOM, *[WHOLE] * arity)


class Dialect:
    """How one language spells a formula: a Spelling for each head, and how it writes a number and any other call.

    `code` is False if people read the text: then ``sqrt(2)`` is left as it was written.
    """

    def __init__(
        self,
        name: str,
        spellings: Mapping[str, Spelling],
        number: Callable[[float], str] = repr,
        code: bool = True,
        call: Callable[[str, int], Spelling] = _call,
    ) -> None:
        self.name = name
        self.spellings = spellings
        self.number = number
        self.code = code
        self.call = call

    def prepare(self, term: Expr) -> Expr:
        return folded(term) if self.code else term

    def piece(self, spelled: Any) -> Piece:
        """Write the meaning of a name: a Piece as it is, a float as a number, a str as a name."""
        if isinstance(spelled, float):
            text = self.number(spelled)
            return Piece(text, SUM if text.startswith("-") else ATOM)
        return spelled if isinstance(spelled, Piece) else atom(spelled)


def _short(number: float) -> str:
    return f"{number:g}"


def _exact(number: float) -> str:
    if not math.isfinite(number):
        return f'float("{number}")'
    return (
        str(int(number))
        if number.is_integer() and repr(number)[-2:] == ".0" and str(number) != "-0.0"
        else repr(number)
    )


_LEVELS = {"or": _OR, "and": _AND, "+": SUM, "-": SUM, "*": _PRODUCT, "/": _PRODUCT}
_COMMON = {
    **{head: _infix(f" {head} ", level) for head, level in _LEVELS.items()},
    **{head: _compared(f" {head} ") for head in ("<", "<=", ">", ">=", "==", "!=")},
    **{name: _call(name, arity) for name, arity in FUNCTIONS.items()},
    "neg": Spelling("-{}", _SIGN, _POWER),
    "**": _call("pow", 2),
    "squared": Spelling("{0} * {0}", _PRODUCT, _SIGN),
    "larger": _call("larger", 2),
    "sum": _call("sum"),
    "max": _call("max"),
}
_C_LIKE = {
    **_COMMON,
    "if": Spelling("{} ? {} : {}", _IF, _OR, _IF, _IF),
    "and": _infix(" && ", _AND),
    "or": _infix(" || ", _OR),
}

# A sum in Python is our own loop: from 3.12 on, the built-in sum compensates for rounding, so its last bits would
# differ.
PYTHON = Dialect(
    "Python",
    {
        **_COMMON,
        "if": Spelling("{1} if {0} else {2}", _IF, _OR, _OR, _IF),
        "sum": Spelling("add_up([{} for i in indices])", ATOM, WHOLE),
        "max": Spelling("largest([{} for i in indices])", ATOM, WHOLE),
    },
)
C = Dialect("C", {**_C_LIKE, "abs": _call("fabs")})
JAVASCRIPT = Dialect(
    "JavaScript",
    {
        **_C_LIKE,
        **{
            name: _call(f"Math.{name}", arity)
            for name, arity in FUNCTIONS.items()
            if name not in ("erf", "fmod", "pow")
        },
        "==": _compared(" === "),
        "!=": _compared(" !== "),
    },
)
_READ_POWER = Spelling("{}**{}", _POWER, ATOM, _SIGN)
READABLE = Dialect(
    "readable",
    {
        **PYTHON.spellings,
        "sum": _call("sum"),
        "max": _call("max"),
        "*": _infix("*", _PRODUCT),
        "/": _infix("/", _PRODUCT),
        "**": _READ_POWER,
        "pow": _READ_POWER,
        "squared": Spelling("{}**2", _POWER, ATOM),
        "remainder": _infix(" % ", _PRODUCT),
    },
    _short,
    code=False,
)
# The text that people read, with every digit: pasted into Python, it gives the same numbers.
EXACT = Dialect("exact", READABLE.spellings, _exact, code=False)


def _tex_call(name: str, arity: int = 1) -> Spelling:
    known = name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "max_i")
    escaped = name.replace("_", r"\_")
    function = rf"\{name}" if known else rf"\operatorname{{{{{escaped}}}}}"
    return Spelling(rf"{function}\left({', '.join(['{}'] * arity)}\right)", ATOM, *[WHOLE] * arity)


_TEX_POWER = Spelling("{}^{{{}}}", _POWER, ATOM, WHOLE)
LATEX = Dialect(
    "LaTeX",
    {
        **_COMMON,
        **{name: _tex_call(name, arity) for name, arity in FUNCTIONS.items()},
        "*": Spelling(r"{} \, {}", _PRODUCT, _PRODUCT, _POWER),  # a minus sign after the space would subtract
        "/": Spelling(r"\frac{{{}}}{{{}}}", _POWER, WHOLE, WHOLE),
        "**": _TEX_POWER,
        "pow": _TEX_POWER,
        "squared": Spelling("{}^{{2}}", _POWER, ATOM),
        "remainder": _infix(r" \bmod ", _PRODUCT),
        "sqrt": Spelling(r"\sqrt{{{}}}", ATOM, WHOLE),
        "abs": Spelling(r"\left|{}\right|", ATOM, WHOLE),
        "larger": _tex_call("max", 2),
        "sum": Spelling(r"\sum_i {}", _SERIES, _PRODUCT),
        "max": _tex_call("max_i"),
        "if": Spelling(r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}", _IF, _OR, _OR, _IF),
        "<=": _compared(r" \le "),
        ">=": _compared(r" \ge "),
        "==": _compared(" = "),
        "!=": _compared(r" \ne "),
        "and": _infix(r" \wedge ", _AND),
        "or": _infix(r" \vee ", _OR),
    },
    _short,
    code=False,
    call=_tex_call,
)


def printed(term: Expr, dialect: Dialect, names: Names, index: int | None) -> Piece:
    """Write a term in a language. A reduction is written out if the operands are known, or else as ``sum(xs[i])``."""
    head = term.head
    if head == "number":
        return dialect.piece(float(term.atom))
    if head == "name":
        if term.atom == "n" and "n" not in names:
            return dialect.piece(float(length(names)) if has_lists(names) else "n")
        return dialect.piece(names.get(term.atom, term.atom))
    if head == "item":
        listed: Any = names.get(term.atom, term.atom)
        return dialect.piece(f"{listed}[i]" if index is None or isinstance(listed, str) else listed[index])
    if head in REDUCTIONS and has_lists(names):
        terms = [printed(term.args[0], dialect, names, i) for i in range(count(term, names))]
        return dialect.spellings["+" if head == "sum" else "larger"].chain(terms)
    within = None if head in REDUCTIONS else index
    return dialect.spellings[head].of(*(printed(arg, dialect, names, within) for arg in term.args))
