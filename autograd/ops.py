"""The calculus: one row per operation. Everything else in this package reads these rows.

A row gives an operation's name, its symbol in drawings, its value, and its partials: the derivative of the
value with respect to each operand. `a, b, c` are operands, `out` is the value just computed, ``xs[i]`` is an item of a
list (see formula/formula.py for the grammar). To add an operation, add a row.

    >>> TANH.value, TANH.partials
    (Formula('tanh(a)'), (Formula('1 - out ** 2'),))

`domain` says where the value exists, for error messages and for tests that walk the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

from .errors import FormulaError
from .formula import FUNCTIONS, Formula, is_taken

__all__ = ["BUILTIN", "OPS", "Op", "checked", "row"]


class Op(str):
    """One operation: a string equal to its name, with the formulas attached.

        >>> MUL == "mul", MUL.symbol, MUL.operands
        (True, '*', ('a', 'b'))

    name: a Python identifier. symbol: what a drawing writes. value: Formula of the operands.
    operands: their names in order; `lists` are those that are lists, written ``xs[i]``.
    partials: one Formula per operand, in terms of the operands and `out`.
    defaults: operands that may be left out, and the number used instead (None: the term drops out).
    domain: a Formula that is true where the value exists, or None if it exists everywhere.
    """

    name: str
    symbol: str
    value: Formula
    operands: tuple[str, ...]
    lists: tuple[str, ...]
    partials: tuple[Formula, ...]
    defaults: Mapping[str, float | None]
    domain: Formula | None

    __slots__ = ("defaults", "domain", "lists", "name", "operands", "partials", "symbol", "value")

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)

    @property
    def wide(self) -> bool:
        """Whether this is an operation over lists of operands, such as a dot product."""
        return bool(self.lists)

    def bind(self, operands: Sequence[Any]) -> dict[str, Any]:
        """Sort a node's flat operands by name: a list for ``xs``, one entry for ``bias``.

        An operand that was left out is missing from the result.

        >>> DOT.bind([1, 2, 3, 10, 20, 30, 7])
        {'xs': [1, 2, 3], 'ws': [10, 20, 30], 'bias': 7}
        """
        return {
            name: operands[at] if isinstance(at, int) else list(operands[at.start : at.stop])
            for name, at in self.places(len(operands)).items()
        }

    def places(self, count: int) -> dict[str, int | range]:
        """Return where each operand is among `count` flat ones: an index, or a range of indices for a list."""
        if not self.lists:
            return dict(zip(self.operands, range(count)))
        singles = [name for name in self.operands if name not in self.lists]
        optional = [name for name in singles if self.defaults.get(name, 0.0) is None]
        while (count - len(singles)) % len(self.lists) and optional:
            singles.remove(optional.pop())
        size = (count - len(singles)) // len(self.lists)
        places: dict[str, int | range] = {}
        at = 0
        for name in self.operands:
            if name in self.lists:
                places[name] = range(at, at + size)
                at += size
            elif name in singles:
                places[name] = at
                at += 1
        return places

    def place(self, k: int, count: int) -> tuple[str, int | None]:
        """Return which operand the k-th of `count` flat ones is: its name, and its index if it is in a list.

        >>> DOT.place(4, 7), DOT.place(6, 7), MUL.place(1, 2)
        (('ws', 1), ('bias', None), ('b', None))
        """
        for name, at in self.places(count).items():
            if at == k:
                return name, None
            if isinstance(at, range) and k in at:
                return name, k - at.start
        raise IndexError(f"{self.name} has no operand {k}: it has {count}")

    def partial(self, k: int, count: int) -> tuple[Formula, int | None]:
        """Return the partial for the k-th of `count` flat operands, and the index i at which it is taken."""
        name, index = self.place(k, count)
        return self.partials[self.operands.index(name)], index

    def formula(self, count: int) -> Formula:
        """Return the value's formula for `count` flat operands, without the optional ones that were left out."""
        if not self.lists or not self.defaults:
            return self.value
        present = self.bind(range(count))
        formula = self.value
        for name in self.defaults:
            if name not in present:
                formula = formula.without(name)
        return formula


OPS: dict[str, Op] = {}
BUILTIN: list[str] = []  # the rows below; the user's rows follow them in OPS, and may be replaced


def _by_name(name: str) -> Op:
    return OPS[name]


def row(name: str, symbol: str, value: str, /, *partials: str, **more: Any) -> Op:
    """Check a row, add it to the table and return its Op. It replaces a row of the same name if a user added that row.

    It takes the same arguments as :func:`checked`, and raises the same errors.
    """
    op = checked(name, symbol, value, *partials, **more)
    OPS[op.name] = op
    return op


_LETTERS = "abcdefgh"  # the operands whose partials are given in order


def checked(
    name: str,
    symbol: str,
    value: str,
    /,
    *partials: str,
    domain: str | None = None,
    defaults: Mapping[str, float | None] | None = None,
    **named_partials: str,
) -> Op:
    """Check a row and return its Op, without adding it to the table.

    The partials are those of a, b, c in order, or are given by operand name. Raises FormulaError for a bad name, for
    the name of a built-in row, and for a formula that uses an unknown name or would not mean the same everywhere.
    """
    for text in (name, symbol, value, *partials, *named_partials.values(), *([] if domain is None else [domain])):
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
            raise FormulaError(f"an operation is given as text, such as '3 * a ** 2', got {text!r}")
    name = _identifier(name)
    if not name.isidentifier() or iskeyword(name) or "__" in name:
        raise FormulaError(f"an operation is named by a Python identifier without __, got {name!r}")
    if name in BUILTIN:
        raise FormulaError(f"{name!r} is already an operation: {OPS[name].value.source}. Choose another name")
    if partials and named_partials:
        raise FormulaError(f"{name}: give the partials in order or by name, not both")
    if len(partials) > len(_LETTERS):
        raise FormulaError(f"{name}: give the partials of more than {len(_LETTERS)} operands by name")
    named = dict(zip(_LETTERS, partials)) or {_identifier(operand): text for operand, text in named_partials.items()}
    if not named:
        raise FormulaError(f"{name}: want a partial for each operand of {value!r}, got none")
    op = Op(name)
    op.name, op.symbol = name, symbol
    op.value = Formula(value)
    op.operands = tuple(named)
    op.lists = tuple(operand for operand in named if operand in op.value.lists())
    op.partials = tuple(map(_read, named.values()))
    op.defaults = {_identifier(operand): default for operand, default in (defaults or {}).items()}
    op.domain = Formula(domain, condition=True) if domain else None
    _check(op)
    return op


_known: dict[str, Formula] = {}  # many rows share partials such as 1 and -1: each of these is read once


def _read(partial: str) -> Formula:
    if partial not in _known:
        _known[partial] = Formula(partial)
    return _known[partial]


def _identifier(name: str) -> str:
    """Return a name as Python itself reads it in a formula, where ``\ufb01`` is the same as ``fi``."""
    return normalize("NFKC", name)


def _check(op: Op) -> None:
    for operand in op.operands:
        if is_taken(operand):
            raise FormulaError(f"{op.name}: {operand!r} is taken: give the operand another name")
    used = op.value.names()
    for operand in used:
        if operand not in op.operands:
            raise FormulaError(
                f"{op.name}: {op.value.source!r} names {operand!r}, but there are partials for "
                f"{', '.join(op.operands)} only: want one for each operand"
            )
    for operand in op.operands:
        if operand not in used:
            raise FormulaError(f"{op.name}: a partial is given for {operand!r}, which {op.value.source!r} does not use")
    for formula in op.partials:
        for name in formula.names():
            if name not in (*op.operands, "out"):
                raise FormulaError(f"{op.name}: the partial {formula.source!r} names {name!r}, which is not an operand")
    for name in op.domain.names() if op.domain else ():
        if name not in op.operands:
            raise FormulaError(f"{op.name}: the domain names {name!r}, which is not an operand")
    _check_lists(op)
    _check_defaults(op)


def _check_lists(op: Op) -> None:
    """Check that every formula uses lists as lists, numbers as numbers, and the index i only where it has a value."""
    indexed = dict.fromkeys(op.value.result.indexed())
    if indexed:
        raise FormulaError(
            f"{op.name}: what is i in {next(iter(indexed))}[i], in {op.value.source!r}? Write it inside sum or max"
        )
    for operand, formula in zip(op.operands, op.partials):
        if operand not in op.lists:
            for name in formula.result.indexed():
                raise FormulaError(
                    f"{op.name}: what is i in {name}[i], in {formula.source!r}, the partial of {operand!r}? "
                    "Only the partial of a list has an i"
                )
    for formula in (op.value, *op.partials, *([op.domain] if op.domain else [])):
        lets = [let for let, _ in formula.lets]
        for name in lets:
            if name in op.operands:
                raise FormulaError(
                    f"{op.name}: {name!r} in {formula.source!r} is an operand: give the intermediate value another name"
                )
        for term in formula.terms():
            if term.head == "item" and term.atom not in op.lists:
                raise FormulaError(
                    f"{op.name}: {formula.source!r} names {term.atom}[i], but {term.atom!r} is not a list"
                )
            if term.head == "name" and term.atom in op.lists:
                raise FormulaError(f"{op.name}: {term.atom!r} in {formula.source!r} is a list: write {term.atom}[i]")
            if term.head == "name" and term.atom == "n" and not op.lists:
                raise FormulaError(f"{op.name}: {formula.source!r} names n, the length of a list, but there is no list")


def _check_defaults(op: Op) -> None:
    for operand, default in op.defaults.items():
        if operand not in op.operands or operand in op.lists:
            raise FormulaError(f"{op.name}: a default is given for {operand!r}, which is not an operand by itself")
        if not isinstance(default, (int, float)) and (default is not None or not op.lists):
            raise FormulaError(f"{op.name}: want a number as the default of {operand!r}, got {default!r}")
    if set(op.operands[-len(op.defaults) :]) != set(op.defaults) and op.defaults:
        raise FormulaError(f"{op.name}: want the operands with a default last, got {', '.join(op.operands)}")
    optional = [operand for operand, default in op.defaults.items() if default is None]
    for operand in optional:
        others = (partial for other, partial in zip(op.operands, op.partials) if other != operand)
        for formula in (op.value.without(operand), *others):
            if operand in formula.names():
                raise FormulaError(
                    f"{op.name}: {operand!r} can be left out only where it is a term of a sum, and {formula.source!r} "
                    "uses it in another way: give it a number as the default"
                )
    if op.lists and len(optional) >= len(op.lists):  # bind() has to sort a node's flat row of operands
        raise FormulaError(
            f"{op.name}: whether {optional[-1]!r} was left out cannot be told from the number of operands: "
            f"give it a number as the default"
        )


_SIGMOID = "1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a))"
_DECAY = "e = exp(-a) if a >= 0 else exp(a)"
_RADIUS = "s = a ** 2 + b ** 2; r = 1 / s if s != 0 else 0"
# The parts of the remainder: fmod, the test for when Python's % moves it to the other side of 0, and minus the whole
# quotient. The quotient is built from x - fmod(x, 1), a step function, so its slope is 0.
_MOD, _TURNED = "m = fmod(a, b)", "m > 0 and b < 0 or m < 0 and b > 0"
_QUOTIENT = f"{_MOD}; q = (m - a) / b; x = q + 0.5 if q >= 0 else q - 0.5; k = x - fmod(x, 1) if abs(q) < 1e15 else q"
# Equal operands share the slope; nothing is equal to nan.
_TIES = "ties = sum(1 if xs[i] == out else 0); 1 / ties if xs[i] == out else 0 if out == out else out"
# Differences from the largest are exact where it counts, so exp() of them loses nothing, however large the operands.
_SHIFTED = "m = max(xs[i]); s = sum(exp(xs[i] - m))"

# fmt: off
#           name      symbol   value              partials: d out/d a, d out/d b
ADD   = row("add",    "+",     "a + b",           "1",                    "1")
SUB   = row("sub",    "-",     "a - b",           "1",                    "-1")
MUL   = row("mul",    "*",     "a * b",           "b",                    "a")
DIV   = row("div",    "/",     "a / b",           "1 / b",                "-out / b", domain="b != 0")
POW   = row("pow",    "**",    "pow(a, b)",
            "0 if b == 0 else b * pow(a, b - 1)", "0 if a == 0 and b >= 0 else out * log(a)", domain="a > 0")
NEG   = row("neg",    "-",     "-a",              "-1")
CLONE = row("clone",  "clone", "a",               "1")
ABS   = row("abs",    "abs",   "abs(a)",          "1 if a > 0 else -1 if a < 0 else 0")
SIGN  = row("sign",   "sign",  "1 if a > 0 else -1 if a < 0 else 0", "0")
FMOD  = row("fmod",   "fmod",  "fmod(a, b)",      "1",                    f"{_QUOTIENT}; k", domain="b != 0")
# Python's %, which has the sign of b
REMAINDER = row("remainder", "%", f"{_MOD}; m + b if {_TURNED} else m", "1",
                f"{_QUOTIENT}; k + 1 if {_TURNED} else k", domain="b != 0")

EXP   = row("exp",    "exp",   "exp(a)",          "out")
EXPM1 = row("expm1",  "expm1", "expm1(a)",        "out + 1")
LOG   = row("log",    "log",   "log(a)",          "1 / a",                domain="a > 0")
LOG1P = row("log1p",  "log1p", "log1p(a)",        "1 / (1 + a)",          domain="a > -1")
EXP2  = row("exp2",   "exp2",  "pow(2, a)",       "out * log(2)")
LOG2  = row("log2",   "log2",  "log2(a)",         "1 / (a * log(2))",     domain="a > 0")
LOG10 = row("log10",  "log10", "log10(a)",        "1 / (a * log(10))",    domain="a > 0")
SQRT  = row("sqrt",   "sqrt",  "sqrt(a)",         "0.5 / out",            domain="a >= 0")
SQUARE = row("square", "square", "a ** 2",        "2 * a")
RECIPROCAL = row("reciprocal", "1/x", "1 / a",    "-out ** 2",            domain="a != 0")
SIN   = row("sin",    "sin",   "sin(a)",          "cos(a)")
COS   = row("cos",    "cos",   "cos(a)",          "-sin(a)")
TAN   = row("tan",    "tan",   "tan(a)",          "1 + out ** 2")
ASIN  = row("asin",   "asin",  "asin(a)",         "1 / sqrt(1 - a ** 2)", domain="abs(a) <= 1")
ACOS  = row("acos",   "acos",  "acos(a)",         "-1 / sqrt(1 - a ** 2)", domain="abs(a) <= 1")
ATAN  = row("atan",   "atan",  "atan(a)",         "1 / (1 + a ** 2)")
SINH  = row("sinh",   "sinh",  "sinh(a)",         "cosh(a)")
COSH  = row("cosh",   "cosh",  "cosh(a)",         "sinh(a)")
ASINH = row("asinh",  "asinh", "asinh(a)",        "1 / sqrt(a ** 2 + 1)")
ACOSH = row("acosh",  "acosh", "acosh(a)",        "1 / sqrt(a ** 2 - 1)", domain="a >= 1")
ATANH = row("atanh",  "atanh", "atanh(a)",        "1 / (1 - a ** 2)",     domain="abs(a) < 1")
ATAN2 = row("atan2",  "atan2", "atan2(a, b)",     f"{_RADIUS}; b * r", f"{_RADIUS}; -a * r")
ERF   = row("erf",    "erf",   "erf(a)",          "2 / sqrt(pi) * exp(-a ** 2)")

TANH     = row("tanh",     "tanh",     "tanh(a)",                          "1 - out ** 2")
SIGMOID  = row("sigmoid",  "sigmoid",  _SIGMOID,                           "out * (1 - out)")
RELU     = row("relu",     "relu",     "0 if a <= 0 else a",               "0 if a <= 0 else 1")
LEAKY    = row("leaky_relu", "leaky",  "a if a > 0 else negative_slope * a",
               a="1 if a > 0 else negative_slope", negative_slope="0 if a > 0 else a", defaults={"negative_slope": 0.01})
SOFTPLUS = row("softplus", "softplus", "a if a > 20 else log1p(exp(a))",   "1 if a > 20 else -expm1(-out)")
SILU     = row("silu",     "silu",     f"{_DECAY}; a / (1 + e) if a >= 0 else a * e / (1 + e)",
               f"{_DECAY}; (1 + a * e / (1 + e)) / (1 + e) if a >= 0 else (1 + a / (1 + e)) * e / (1 + e)")
ELU      = row("elu",      "elu",      "a if a > 0 else alpha * expm1(a)",
               a="1 if a > 0 else out + alpha", alpha="0 if a > 0 else expm1(a)", defaults={"alpha": 1.0})
# Hendrycks and Gimpel, 2016: the exact form, not the tanh approximation
GELU     = row("gelu",     "gelu",     "0.5 * a * (1 + erf(a / sqrt(2)))",
               "0.5 * (1 + erf(a / sqrt(2))) + a * exp(-0.5 * a ** 2) / sqrt(2 * pi)")

CLAMP_MIN = row("clamp_min", "at least", "low if a < low or low != low else a", a="1 if a >= low else 0", low="1 if a < low else 0")
CLAMP_MAX = row("clamp_max", "at most", "high if a > high or high != high else a", a="1 if a <= high else 0", high="1 if a > high else 0")
WHERE     = row("where", "where", "a if condition != 0 else b",
                condition="0", a="1 if condition != 0 else 0", b="0 if condition != 0 else 1")

DOT       = row("dot",       "·",    "sum(xs[i] * ws[i]) + bias", xs="ws[i]", ws="xs[i]", bias="1", defaults={"bias": None})
TOTAL     = row("total",     "sum",  "sum(xs[i])",                xs="1")
MEAN      = row("mean",      "mean", "sum(xs[i]) / n",            xs="1 / n")
MAXIMUM   = row("maximum",   "max",  "max(xs[i])",                xs=_TIES)
MINIMUM   = row("minimum",   "min",  "-max(-xs[i])",              xs=_TIES)
LOGSUMEXP = row("logsumexp", "lse",  f"{_SHIFTED}; m + log(s) if m - m == 0 else m",
                xs=f"{_SHIFTED}; exp(xs[i] - m) / s if m - m == 0 else exp(xs[i] - out)")  # inf - inf is nan
SURPRISAL = row("surprisal", "-log p", f"{_SHIFTED}; m - x + log(s)", xs=f"{_SHIFTED}; exp(xs[i] - m) / s", x="-1")
# fmt: on

BUILTIN.extend(OPS)
assert set(FUNCTIONS) <= set(BUILTIN), "every function a formula may call is a row, so partials can be differentiated"
