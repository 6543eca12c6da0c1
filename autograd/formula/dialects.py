"""How languages spell a formula: a table of spellings for each, and the printer that reads it.

>>> from autograd.formula.grammar import parse
>>> _, term = parse("0 if a <= 0 else a ** 2")
>>> for dialect in (PYTHON, C, JAVASCRIPT, READABLE):
...     print(printed(term, dialect, {"a": "x"}, None, 0))
0.0 if x <= 0.0 else x * x
x <= 0.0 ? 0.0 : x * x
x <= 0.0 ? 0.0 : x * x
0 if x <= 0 else x**2
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .arithmetic import PLAIN, count, has_lists, length
from .grammar import FUNCTIONS, REDUCTIONS, Expr

__all__ = [
    "ATOM",
    "JAVASCRIPT",
    "LATEX",
    "PRODUCT",
    "PYTHON",
    "READABLE",
    "TERM",
    "C",
    "Dialect",
    "Names",
    "Spelling",
    "printed",
]

Names = Mapping[str, str | float | Sequence[str | float]]  # what the names of a formula are called elsewhere

_IF, _OR, _AND, _COMPARISON, _SUM, PRODUCT, _SIGN, _POWER, ATOM = range(1, 10)  # how tightly each binds
TERM = _SUM + 1  # a place in a sum, but its first


class Spelling:
    """One head in one language: a template, how tightly it binds, and how tightly each place must."""

    __slots__ = ("level", "places", "template")

    def __init__(self, template: str, level: int, *places: int) -> None:
        self.template = template
        self.level = level
        self.places = places


def _infix(symbol: str, level: int) -> Spelling:
    """Left-associative: in ``a - (b - c)`` the right place needs one more than the left."""
    return Spelling(f"{{}}{symbol}{{}}", level, level, level + 1)


def _call(name: str, arity: int = 1) -> Spelling:
    return Spelling(f"{name}({', '.join(['{}'] * arity)})", ATOM, *[0] * arity)


class Dialect:
    """How one language spells a formula: a Spelling by head, and how it writes a number.

    `code` is false of what is read by people: there ``x ** 2`` and ``sqrt(2)`` stay as they were written.
    """

    def __init__(
        self, name: str, spellings: Mapping[str, Spelling], number: Callable[[float], str] = repr, code: bool = True
    ) -> None:
        self.name = name
        self.spellings = spellings
        self.number = number
        self.code = code

    def prepare(self, term: Expr) -> Expr:
        return _fold_constants(term) if self.code else term


def _short(number: float) -> str:
    return f"{number:g}"


_LEVELS = {"or": _OR, "and": _AND, **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), _COMPARISON),
           "+": _SUM, "-": _SUM, "*": PRODUCT, "/": PRODUCT}  # fmt: skip
_COMMON = {
    **{head: _infix(f" {head} ", level) for head, level in _LEVELS.items()},
    **{name: _call(name, arity) for name, arity in FUNCTIONS.items()},
    "neg": Spelling("-{}", _SIGN, _POWER),
    "**": _call("pow", 2),
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

# A sum in Python is a loop of our own: the builtin compensates from 3.12 on, and would differ in the last bits.
PYTHON = Dialect(
    "Python",
    {
        **_COMMON,
        "if": Spelling("{1} if {0} else {2}", _IF, _OR, _OR, _IF),
        "sum": Spelling("add_up([{} for i in indices])", ATOM, 0),
        "max": Spelling("largest([{} for i in indices])", ATOM, 0),
    },
)
C = Dialect("C", {**_C_LIKE, "abs": _call("fabs")})
JAVASCRIPT = Dialect(
    "JavaScript",
    {
        **_C_LIKE,
        **{name: _call(f"Math.{name}", arity) for name, arity in FUNCTIONS.items() if name != "erf"},
        "**": _call("Math.pow", 2),
        "==": _infix(" === ", _COMPARISON),
        "!=": _infix(" !== ", _COMPARISON),
    },
)
_READ_POWER = Spelling("{}**{}", _POWER, ATOM, _SIGN)
READABLE = Dialect(
    "readable",
    {
        **PYTHON.spellings,
        "sum": _call("sum"),
        "max": _call("max"),
        "*": _infix("*", PRODUCT),
        "/": _infix("/", PRODUCT),
        "**": _READ_POWER,
        "pow": _READ_POWER,
    },
    _short,
    code=False,
)
_TEX_POWER = Spelling("{}^{{{}}}", _POWER, ATOM, 0)
LATEX = Dialect(
    "LaTeX",
    {
        **_COMMON,
        **{name: _call(rf"\{name}") for name in ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
        **{name: _call(rf"\operatorname{{{{{name}}}}}") for name in ("erf", "expm1", "log1p", "asin", "acos", "atan")},
        "*": _infix(r" \, ", PRODUCT),
        "/": Spelling(r"\frac{{{}}}{{{}}}", ATOM, 0, 0),
        "**": _TEX_POWER,
        "pow": _TEX_POWER,
        "exp": Spelling("e^{{{}}}", _POWER, 0),
        "sqrt": Spelling(r"\sqrt{{{}}}", ATOM, 0),
        "abs": Spelling(r"\left|{}\right|", ATOM, 0),
        "larger": _call(r"\max", 2),
        "sum": Spelling(r"\sum_i {}", PRODUCT, PRODUCT),
        "max": _call(r"\max_i"),
        "if": Spelling(r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}", ATOM, _OR, _OR, _IF),
        "<=": _infix(r" \le ", _COMPARISON),
        ">=": _infix(r" \ge ", _COMPARISON),
        "==": _infix(" = ", _COMPARISON),
        "!=": _infix(r" \ne ", _COMPARISON),
        "and": _infix(r" \wedge ", _AND),
        "or": _infix(r" \vee ", _OR),
    },
    _short,
    code=False,
)


def _is_square(term: Expr) -> bool:
    """True of ``x ** 2`` for an atom x: every language computes it as ``x * x``, so all agree to the last bit."""
    if term.head != "**":
        return False
    base, exponent = term.args
    return exponent.head == "number" and exponent.atom == 2 and base.head in ("name", "item")


def _fold_constants(term: Expr) -> Expr:
    """``sqrt(2)`` becomes a number once, so that no language computes it anew at every call."""
    args = tuple(_fold_constants(arg) for arg in term.args)
    if args and all(arg.head == "number" for arg in args) and term.head in PLAIN:
        try:
            return Expr("number", atom=float(PLAIN[term.head](*(arg.atom for arg in args))))
        except (ArithmeticError, ValueError):  # it will say so when it is computed
            pass
    return Expr(term.head, args, term.atom)


def printed(term: Expr, dialect: Dialect, names: Names, index: int | None, within: int) -> str:
    """A term as text, in parentheses where it binds less tightly than the place `within` which it goes."""
    head = term.head
    if head == "number":
        text = dialect.number(term.atom)
        return f"({text})" if text.startswith("-") and within > _SUM else text
    if head == "name":
        if term.atom == "n":
            return dialect.number(float(length(names))) if has_lists(names) else "n"
        spelled = names.get(term.atom, term.atom)
        if isinstance(spelled, float):
            return printed(Expr("number", atom=spelled), dialect, names, index, within)
        return spelled if isinstance(spelled, str) else term.atom
    if head == "item":
        listed = names.get(term.atom, term.atom)
        if index is None or not isinstance(listed, (list, tuple)):
            return f"{listed}[i]"
        return printed(Expr("name", atom="item"), dialect, {"item": listed[index]}, None, within)
    if head in REDUCTIONS:
        return _printed_reduction(term, dialect, names, within)
    if dialect.code and _is_square(term):
        term = Expr("*", (term.args[0], term.args[0]))
    spelling = dialect.spellings[term.head]
    parts = (printed(arg, dialect, names, index, place) for arg, place in zip(term.args, spelling.places))
    text = spelling.template.format(*parts)
    return f"({text})" if spelling.level < within else text


def _printed_reduction(term: Expr, dialect: Dialect, names: Names, within: int) -> str:
    """A sum or a max: written out where the operands are known, else as ``sum(xs[i])``."""
    body = term.args[0]
    if not has_lists(names):
        return dialect.spellings[term.head].template.format(printed(body, dialect, names, None, 0))
    terms = range(count(term, names))
    if term.head == "sum":
        text = " + ".join(printed(body, dialect, names, i, _SUM + (i > 0)) for i in terms)
        return f"({text})" if within > _SUM and len(terms) > 1 else text
    texts = [printed(body, dialect, names, i, 0) for i in terms]
    text = texts[0]
    for other in texts[1:]:
        text = dialect.spellings["larger"].template.format(text, other)
    return text
