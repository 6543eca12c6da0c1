"""A formula as data: parse it, check it, rename it, evaluate it, print it in another language.

The grammar is a small part of Python's: numbers, names, ``+ - * / **``, comparisons, ``x if c else y``
and calls of the functions in FUNCTIONS. ``xs[i]`` is the i-th of a list of operands, ``n`` their count,
``sum(...)`` and ``max(...)`` run over i, from left to right. ``m = ...; rest`` names an intermediate.

    >>> tanh_slope = Formula("1 - out ** 2")
    >>> tanh_slope.evaluate({"out": 0.5})
    0.75
    >>> tanh_slope.text(C, {"out": "v8"})
    '1.0 - v8 * v8'
    >>> Formula("sum(xs[i] * ws[i])").text(READABLE, {"xs": ["a", "b"], "ws": ["u", "v"]})
    'a*u + b*v'
"""

from __future__ import annotations

import _ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .errors import FormulaError

__all__ = ["FUNCTIONS", "IEEE", "JAVASCRIPT", "LATEX", "PLAIN", "PYTHON", "READABLE", "C", "Dialect", "Expr", "Formula"]

# What a formula may call, with the number of arguments. The spelling is math.h's, and Python's, and (but for erf) Math's.
FUNCTIONS = {
    "exp": 1, "expm1": 1, "log": 1, "log1p": 1, "sqrt": 1, "pow": 2, "abs": 1, "erf": 1,
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "sinh": 1, "cosh": 1, "tanh": 1,
}  # fmt: skip
REDUCTIONS = ("sum", "max")
CONSTANTS = {"pi": math.pi}
INDEX = "i"
RESERVED = frozenset({*FUNCTIONS, *REDUCTIONS, *CONSTANTS, INDEX, "n", "out"})

_BINARY: dict[type, str] = {_ast.Add: "+", _ast.Sub: "-", _ast.Mult: "*", _ast.Div: "/", _ast.Pow: "**"}
_COMPARE: dict[type, str] = {
    _ast.Lt: "<", _ast.LtE: "<=", _ast.Gt: ">", _ast.GtE: ">=", _ast.Eq: "==", _ast.NotEq: "!=",
}  # fmt: skip
_LOGIC: dict[type, str] = {_ast.And: "and", _ast.Or: "or"}
_DECIDED = frozenset({"+", "-", "*", *_COMPARE.values(), *_LOGIC.values()})  # what is done at once with known numbers
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


# --- Evaluating: an algebra says what each head means ------------------------------------------------------


def larger(a: float, b: float) -> float:
    """The larger of two numbers; nan if either is (builtin max would lose it).

    >>> larger(1.0, float("nan")), larger(float("nan"), 1.0), larger(1.0, 2.0)
    (nan, nan, 2.0)
    """
    return b if b > a or b != b else a


def add_up(terms: list[float]) -> float:
    """Their sum from left to right, each step rounded once."""
    result = terms[0]
    for term in terms[1:]:
        result += term
    return result


def largest(terms: list[float]) -> float:
    """Their largest; nan if any is."""
    result = terms[0]
    for term in terms[1:]:
        result = larger(result, term)
    return result


def _square_or_power(a: float, b: float) -> float:
    return a * a if b == 2 else math.pow(a, b)


Algebra = Mapping[str, Callable[..., Any]]


def _divide(a: Any, b: Any) -> Any:
    return a / b


def _and(a: Any, b: Any) -> bool:
    return bool(a and b)


def _or(a: Any, b: Any) -> bool:
    return bool(a or b)


PLAIN: Algebra = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide, "neg": operator.neg,
    "**": _square_or_power, "larger": larger, "abs": abs,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "and": _and, "or": _or,
    **{name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
}  # fmt: skip


def _ieee_divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)


def _ieee_pow(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and b % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power is a pole; a negative number to a fraction is nothing real
        return math.nan if a else math.copysign(math.inf, a) if b % 2 == 1 else math.inf


def _ieee_square_or_pow(a: float, b: float) -> float:
    return a * a if b == 2 else _ieee_pow(a, b)


def _ieee(function: Callable[[float], float], pole: float | None = None) -> Callable[[float], float]:
    """`function` with inf or nan where math raises; `pole` is where its value is minus infinity."""

    def quiet(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.copysign(math.inf, x) if function is math.sinh else math.inf
        except ValueError:
            return -math.inf if x == pole else math.nan

    return quiet


IEEE: Algebra = {
    **PLAIN,
    "/": _ieee_divide, "**": _ieee_square_or_pow, "pow": _ieee_pow,
    **{name: _ieee(getattr(math, name), {"log": 0.0, "log1p": -1.0}.get(name))
       for name, arity in FUNCTIONS.items() if arity == 1 and name != "abs"},
}  # fmt: skip


# --- Printing: a dialect says how each head is spelled -----------------------------------------------------

_IF, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 10)  # how tightly each binds
_TERM = _SUM + 1  # a place in a sum, but its first


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
    return Spelling(f"{name}({', '.join(['{}'] * arity)})", _ATOM, *[0] * arity)


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
           "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}  # fmt: skip
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
        "sum": Spelling("add_up([{} for i in indices])", _ATOM, 0),
        "max": Spelling("largest([{} for i in indices])", _ATOM, 0),
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
_READ_POWER = Spelling("{}**{}", _POWER, _ATOM, _SIGN)
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
    },
    _short,
    code=False,
)
_TEX_POWER = Spelling("{}^{{{}}}", _POWER, _ATOM, 0)
LATEX = Dialect(
    "LaTeX",
    {
        **_COMMON,
        **{name: _call(rf"\{name}") for name in ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
        **{name: _call(rf"\operatorname{{{{{name}}}}}") for name in ("erf", "expm1", "log1p", "asin", "acos", "atan")},
        "*": _infix(r" \, ", _PRODUCT),
        "/": Spelling(r"\frac{{{}}}{{{}}}", _ATOM, 0, 0),
        "**": _TEX_POWER,
        "pow": _TEX_POWER,
        "exp": Spelling("e^{{{}}}", _POWER, 0),
        "sqrt": Spelling(r"\sqrt{{{}}}", _ATOM, 0),
        "abs": Spelling(r"\left|{}\right|", _ATOM, 0),
        "larger": _call(r"\max", 2),
        "sum": Spelling(r"\sum_i {}", _PRODUCT, _PRODUCT),
        "max": _call(r"\max_i"),
        "if": Spelling(r"\begin{{cases}} {1} & {0} \\ {2} & \text{{otherwise}} \end{{cases}}", _ATOM, _OR, _OR, _IF),
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


Names = Mapping[str, str | float | Sequence[str | float]]  # what the names of a formula are called elsewhere


class Formula:
    """A checked formula: `source` as written, `lets` its named intermediates, `result` its last term.

    Raises FormulaError for text outside the grammar, naming the piece it cannot read.

        >>> Formula("__import__('os')")
        Traceback (most recent call last):
            ...
        autograd.errors.FormulaError: cannot call '__import__' in "__import__('os')": a formula may call abs, acos, ...
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.lets, self.result = _parse(source)

    def __repr__(self) -> str:
        return f"Formula({self.source!r})"

    def terms(self) -> Iterator[Expr]:
        """Every term in it, left to right."""
        for _, expr in self.lets:
            yield from expr.walk()
        yield from self.result.walk()

    def names(self) -> list[str]:
        """The free names, in order of appearance: operands, and `out` in a partial."""
        bound = {name for name, _ in self.lets}
        found = dict.fromkeys(term.atom for term in self.terms() if term.head in ("name", "item"))
        return [name for name in found if name not in bound and name != "n"]

    def lists(self) -> list[str]:
        """The names that stand for a list of operands: those written ``xs[i]``."""
        return list(dict.fromkeys(term.atom for term in self.terms() if term.head == "item"))

    def without(self, name: str) -> Formula:
        """This formula with an absent operand dropped from the sum it is a term of."""
        return self._mapped(lambda term: _drop(term, name))

    def given(self, known: Mapping[str, float]) -> Formula:
        """This formula where some operands are known numbers: conditions on them are decided.

        >>> Formula("0 if b == 0 else b * pow(a, b - 1)").given({"b": 2.0}).text(READABLE)
        '2*a'
        """
        return self._mapped(lambda term: _given(term, known))

    def hoisted(self) -> Formula:
        """The same, with every sum and max a named intermediate of its own, for languages that loop.

        >>> hoisted = Formula("m = max(xs[i]); m + log(sum(exp(xs[i] - m)))").hoisted()
        >>> hoisted.statements(READABLE), hoisted.last(READABLE)
        ([('m', 'max(xs[i])'), ('sum_1', 'sum(exp(xs[i] - m))')], 'm + log(sum_1)')
        """
        lets: list[tuple[str, Expr]] = []

        def hoist(term: Expr) -> Expr:
            term = Expr(term.head, tuple(map(hoist, term.args)), term.atom)
            if term.head not in REDUCTIONS:
                return term
            lets.append((f"{term.head}_{len(lets)}", term))
            return Expr("name", atom=lets[-1][0])

        for let, expr in self.lets:
            whole = expr.head in REDUCTIONS
            lets.append((let, Expr(expr.head, tuple(map(hoist, expr.args))) if whole else hoist(expr)))
        other = self._mapped(lambda term: term)
        other.result = hoist(self.result)
        other.lets = tuple(lets)
        return other

    def pieces(self, dialect: Dialect, names: Mapping[str, str | Sequence[str]]) -> list[tuple[str, str, list[str]]]:
        """The intermediates of a hoisted formula as (name, "sum" or "max" or "", texts).

        Of a reduction the texts are its terms: one for each operand where `names` lists the operands,
        else the one at the index ``i``.

        >>> Formula("sum(xs[i] * ws[i])").hoisted().pieces(C, {"xs": ["a", "b"], "ws": ["c", "d"]})
        [('sum_0', 'sum', ['a * c', 'b * d'])]
        """
        found: list[tuple[str, str, list[str]]] = []
        for let, expr in self.lets:
            term = dialect.prepare(expr)
            if term.head in REDUCTIONS:
                at = range(_count(term, names)) if _has_lists(names) else (None,)
                body = _TERM if term.head == "sum" else 0
                found.append((let, term.head, [_print(term.args[0], dialect, names, i, body) for i in at]))
            else:
                found.append((let, "", [_print(term, dialect, names, None, 0)]))
        return found

    def _mapped(self, change: Callable[[Expr], Expr]) -> Formula:
        other = Formula.__new__(Formula)
        other.source = self.source
        other.lets = tuple((let, change(expr)) for let, expr in self.lets)
        other.result = change(self.result)
        return other

    def evaluate(self, names: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None) -> Any:
        """The value at `names` (a number each, a sequence for ``xs[i]``), computed in `algebra`.

        >>> Formula("m = max(xs[i]); m + log(sum(exp(xs[i] - m)))").evaluate({"xs": [0.0, 0.0]})
        0.6931471805599453
        """
        env = dict(names)
        for let, expr in self.lets:
            env[let] = _evaluate(expr, env, algebra, index)
        return _evaluate(self.result, env, algebra, index)

    def text(
        self,
        dialect: Dialect,
        names: Names | None = None,
        index: int | None = None,
        within: int = 0,
    ) -> str:
        """This formula in another language, with names replaced and reductions unrolled.

        names: what each name is called there; a sequence for ``xs[i]``, whose length is then ``n``. A float
        among them is written as a number, in parentheses where its sign would mislead.
        index: the i outside of any sum, for a partial such as ``ws[i]``.
        within: the precedence of the place the text goes to; 0 never adds parentheses.
        """
        spelled = dict(names or {})
        for let, expr in self.lets:
            spelled[let] = _print(dialect.prepare(expr), dialect, spelled, index, _ATOM)
        return _print(dialect.prepare(self.result), dialect, spelled, index, within)

    def statements(self, dialect: Dialect, names: Names | None = None) -> list[tuple[str, str]]:
        """The named intermediates as (name, text), to be assigned before :meth:`last` is used.

        >>> Formula("m = max(xs[i]); sum(xs[i] - m)").statements(READABLE)
        [('m', 'max(xs[i])')]
        """
        return [(let, _print(dialect.prepare(expr), dialect, names or {}, None, 0)) for let, expr in self.lets]

    def last(self, dialect: Dialect, names: Names | None = None, index: int | None = None) -> str:
        """The result's text, with the intermediates under their names."""
        return _print(dialect.prepare(self.result), dialect, names or {}, index, 0)

    def times(
        self, factor: str, dialect: Dialect, names: Mapping[str, str | Sequence[str]], index: int | None = None
    ) -> str:
        """The result's text times `factor`, a name: what a slope hands on. A slope of 1 or -1 is not written out.

        >>> Formula("1 - out ** 2").times("d_n", PYTHON, {"out": "n"}), Formula("-1").times("d_n", PYTHON, {})
        ('(1.0 - n * n) * d_n', '-d_n')
        """
        term = dialect.prepare(self.result)
        if term.head == "number" and abs(term.atom) == 1:
            return factor if term.atom > 0 else f"-{factor}"
        return f"{_print(term, dialect, names, index, _PRODUCT)} * {factor}"


def _parse(source: str) -> tuple[tuple[tuple[str, Expr], ...], Expr]:
    try:
        tree: Any = compile(source, "<formula>", "exec", _ONLY_AST)
    except SyntaxError as error:
        raise FormulaError(f"cannot read {source!r}: {error.msg}") from None
    body: list[Any] = tree.body
    lets: list[tuple[str, Expr]] = []
    for statement in body[:-1]:
        if not (isinstance(statement, _ast.Assign) and isinstance(statement.targets[0], _ast.Name)):
            raise FormulaError(f"cannot read {source!r}: want 'name = formula; formula'")
        if statement.targets[0].id in RESERVED:
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
        case _ast.Constant(value=value) if isinstance(value, (int, float)):
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
            if name in REDUCTIONS and len(args) == 1:
                return Expr(name, (inner(args[0]),))
            if name not in FUNCTIONS:
                known = ", ".join(sorted((*FUNCTIONS, *REDUCTIONS)))
                raise FormulaError(f"cannot call {name!r} in {source!r}: a formula may call {known}")
            if len(args) != FUNCTIONS[name]:
                raise FormulaError(f"{name} takes {FUNCTIONS[name]} argument(s), got {len(args)} in {source!r}")
            return Expr(name, tuple(inner(arg) for arg in args))
        case _:
            pass
    raise FormulaError(f"cannot read {source!r}: a {type(node).__name__} has no place in a formula")


def _drop(term: Expr, name: str) -> Expr:
    if term.head == "+":
        left, right = term.args
        if right.head == "name" and right.atom == name:
            return _drop(left, name)
        if left.head == "name" and left.atom == name:
            return _drop(right, name)
    return Expr(term.head, tuple(_drop(arg, name) for arg in term.args), term.atom)


def _given(term: Expr, known: Mapping[str, float]) -> Expr:
    """A term with some names known: sums and conditions of numbers are worked out, and ``x**1`` is x."""
    if term.head == "name" and term.atom in known:
        return Expr("number", atom=known[term.atom])
    args = tuple(_given(arg, known) for arg in term.args)
    if all(new is old for new, old in zip(args, term.args)):
        return term
    numbers = [arg.atom for arg in args if arg.head == "number"]
    if len(numbers) == len(args) and term.head in _DECIDED:
        return Expr("number", atom=PLAIN[term.head](*numbers))
    if term.head == "if" and args[0].head == "number":
        return args[1] if args[0].atom else args[2]
    if term.head in ("**", "pow") and args[1].head == "number" and args[1].atom == 1:
        return args[0]
    return Expr(term.head, args, term.atom)


def _count(term: Expr, names: Mapping[str, Any]) -> int:
    """How many terms a reduction has: the length of the lists inside it."""
    for inside in term.walk():
        if inside.head == "item":
            return len(names[inside.atom])
    raise FormulaError(f"{term.head}(...) needs an xs[i] inside")


def _length(names: Mapping[str, Any]) -> int:
    """``n``: the length of the operands' list."""
    return next(len(value) for value in names.values() if _is_list(value))


def _has_lists(names: Mapping[str, Any]) -> bool:
    return any(_is_list(value) for value in names.values())


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _evaluate(term: Expr, names: Mapping[str, Any], algebra: Algebra, index: int | None) -> Any:
    head = term.head
    if head == "number":
        return term.atom
    if head == "name":
        return float(_length(names)) if term.atom == "n" else names[term.atom]
    if head == "item":
        return names[term.atom][index]
    if head == "if":
        test, then, otherwise = term.args
        return _evaluate(then if _evaluate(test, names, algebra, index) else otherwise, names, algebra, index)
    if head in REDUCTIONS:
        combine = algebra["+" if head == "sum" else "larger"]
        terms = (_evaluate(term.args[0], names, algebra, i) for i in range(_count(term, names)))
        result = next(terms)
        for value in terms:
            result = combine(result, value)
        return result
    return algebra[head](*(_evaluate(arg, names, algebra, index) for arg in term.args))


def _print(term: Expr, dialect: Dialect, names: Names, index: int | None, within: int) -> str:
    head = term.head
    if head == "number":
        text = dialect.number(term.atom)
        return f"({text})" if text.startswith("-") and within > _SUM else text
    if head == "name":
        if term.atom == "n":
            return dialect.number(float(_length(names))) if _has_lists(names) else "n"
        spelled = names.get(term.atom, term.atom)
        if isinstance(spelled, float):
            return _print(Expr("number", atom=spelled), dialect, names, index, within)
        return spelled if isinstance(spelled, str) else term.atom
    if head == "item":
        listed = names.get(term.atom, term.atom)
        if index is None or not isinstance(listed, (list, tuple)):
            return f"{listed}[i]"
        return _print(Expr("name", atom="item"), dialect, {"item": listed[index]}, None, within)
    if head in REDUCTIONS:
        return _print_reduction(term, dialect, names, within)
    if dialect.code and _is_square(term):
        term = Expr("*", (term.args[0], term.args[0]))
    spelling = dialect.spellings[term.head]
    parts = (_print(arg, dialect, names, index, place) for arg, place in zip(term.args, spelling.places))
    text = spelling.template.format(*parts)
    return f"({text})" if spelling.level < within else text


def _print_reduction(term: Expr, dialect: Dialect, names: Names, within: int) -> str:
    """A sum or a max: written out where the operands are known, else as ``sum(xs[i])``."""
    body = term.args[0]
    if not _has_lists(names):
        return dialect.spellings[term.head].template.format(_print(body, dialect, names, None, 0))
    count = _count(term, names)
    if term.head == "sum":
        text = " + ".join(_print(body, dialect, names, i, _SUM + (i > 0)) for i in range(count))
        return f"({text})" if within > _SUM and count > 1 else text
    texts = [_print(body, dialect, names, i, 0) for i in range(count)]
    text = texts[0]
    for other in texts[1:]:
        text = dialect.spellings["larger"].template.format(text, other)
    return text
