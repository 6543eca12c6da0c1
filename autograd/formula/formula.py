"""A formula as data: parse it, check it, rename it, evaluate it, print it in another language.

The grammar is a small part of Python's: numbers, names, ``+ - * / **``, comparisons, ``x if c else y``
and calls of the functions in FUNCTIONS. ``xs[i]`` is the i-th of a list of operands, ``n`` their count,
``sum(...)`` and ``max(...)`` run over i, from left to right. ``m = ...; rest`` names an intermediate.

    >>> from autograd.formula import READABLE, C
    >>> tanh_slope = Formula("1 - out ** 2")
    >>> tanh_slope.evaluate({"out": 0.5})
    0.75
    >>> tanh_slope.text(C, {"out": "v8"})
    '1.0 - v8 * v8'
    >>> Formula("sum(xs[i] * ws[i])").text(READABLE, {"xs": ["a", "b"], "ws": ["u", "v"]})
    'a*u + b*v'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from .arithmetic import PLAIN, Algebra, count, evaluate, has_lists
from .dialects import ATOM, PRODUCT, READABLE, TERM, Dialect, Names, printed
from .grammar import REDUCTIONS, Expr, parse

__all__ = ["Formula"]

# What is worked out at once where both sides are known numbers.
_DECIDED = frozenset({"+", "-", "*", "<", "<=", ">", ">=", "==", "!=", "and", "or"})


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
        self.lets, self.result = parse(source)

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

        >>> from autograd.formula import READABLE
        >>> Formula("0 if b == 0 else b * pow(a, b - 1)").given({"b": 2.0}).text(READABLE)
        '2*a'
        >>> Formula("0 if a == 0 and b >= 0 else out * log(a)").given({"a": 2.0}).text(READABLE)
        'out*log(2)'
        """
        return self._mapped(lambda term: _given(term, known))

    def hoisted(self) -> Formula:
        """The same, with every sum and max a named intermediate of its own, for languages that loop.

        >>> from autograd.formula import READABLE
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

    def without_those_of(self, other: Formula) -> tuple[Formula, list[str]]:
        """This formula without the intermediates that it begins with as `other` does, and their names.

        >>> value, slope = Formula("m = max(xs[i]); sum(exp(xs[i] - m))"), Formula("m = max(xs[i]); exp(xs[i] - m)")
        >>> slope.without_those_of(value)[1]
        ['m']
        """
        pairs = zip(self.statements(READABLE), other.statements(READABLE))
        same = list(takewhile(lambda pair: pair[0] == pair[1], pairs))
        rest = self._mapped(lambda term: term)
        rest.lets = self.lets[len(same) :]
        return rest, [let for (let, _), _ in same]

    def pieces(self, dialect: Dialect, names: Names) -> list[tuple[str, str, list[str]]]:
        """The intermediates of a hoisted formula as (name, "sum" or "max" or "", texts).

        Of a reduction the texts are its terms: one for each operand where `names` lists the operands,
        else the one at the index ``i``.

        >>> from autograd.formula import C
        >>> Formula("sum(xs[i] * ws[i])").hoisted().pieces(C, {"xs": ["a", "b"], "ws": ["c", "d"]})
        [('sum_0', 'sum', ['a * c', 'b * d'])]
        """
        found: list[tuple[str, str, list[str]]] = []
        for let, expr in self.lets:
            term = dialect.prepare(expr)
            if term.head in REDUCTIONS:
                at = range(count(term, names)) if has_lists(names) else (None,)
                body = TERM if term.head == "sum" else 0
                found.append((let, term.head, [printed(term.args[0], dialect, names, i, body) for i in at]))
            else:
                found.append((let, "", [printed(term, dialect, names, None, 0)]))
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
        return self.of(self.with_intermediates(names, algebra, index), algebra, index)

    def of(self, known: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None) -> Any:
        """The value where the intermediates are known too."""
        return evaluate(self.result, known, algebra, index)

    def with_intermediates(
        self, names: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None
    ) -> dict[str, Any]:
        """`names`, and what the named intermediates are there.

        >>> Formula("m = a * a; m + 1").with_intermediates({"a": 3.0})
        {'a': 3.0, 'm': 9.0}
        """
        known = dict(names)
        for let, expr in self.lets:
            known[let] = evaluate(expr, known, algebra, index)
        return known

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
            spelled[let] = printed(dialect.prepare(expr), dialect, spelled, index, ATOM)
        return printed(dialect.prepare(self.result), dialect, spelled, index, within)

    def statements(self, dialect: Dialect, names: Names | None = None) -> list[tuple[str, str]]:
        """The named intermediates as (name, text), to be assigned before :meth:`last` is used.

        >>> from autograd.formula import READABLE
        >>> Formula("m = max(xs[i]); sum(xs[i] - m)").statements(READABLE)
        [('m', 'max(xs[i])')]
        """
        return [(let, printed(dialect.prepare(expr), dialect, names or {}, None, 0)) for let, expr in self.lets]

    def last(self, dialect: Dialect, names: Names | None = None, index: int | None = None) -> str:
        """The result's text, with the intermediates under their names."""
        return printed(dialect.prepare(self.result), dialect, names or {}, index, 0)

    def addends(self, dialect: Dialect, names: Names) -> list[str]:
        """The result as the terms of a sum, from left to right; if it is none, that is one term.

        >>> from autograd.formula import PYTHON
        >>> names = {"xs": ["a", "b"], "ws": ["u", "v"], "bias": "c"}
        >>> Formula("sum(xs[i] * ws[i]) + bias").addends(PYTHON, names)
        ['a * u', 'b * v', 'c']
        """
        return _addends(dialect.prepare(self.result), dialect, names, 0)

    def times(self, factor: str, dialect: Dialect, names: Names, index: int | None = None) -> str:
        """The result's text times `factor`, a name: what a slope hands on. A slope of 1 or -1 is not written out.

        >>> from autograd.formula import PYTHON
        >>> Formula("1 - out ** 2").times("d_n", PYTHON, {"out": "n"}), Formula("-1").times("d_n", PYTHON, {})
        ('(1.0 - n * n) * d_n', '-d_n')
        """
        term = self.result
        if term.head == "item" and isinstance(listed := names.get(term.atom), list) and index is not None:
            return f"{listed[index]} * {factor}"  # of a dot product, which has most edges of all
        term = dialect.prepare(term)
        if term.head == "number" and abs(term.atom) == 1:
            return factor if term.atom > 0 else f"-{factor}"
        return f"{printed(term, dialect, names, index, PRODUCT)} * {factor}"


def _addends(term: Expr, dialect: Dialect, names: Names, within: int) -> list[str]:
    if term.head == "+":
        left, right = term.args
        return [*_addends(left, dialect, names, within), printed(right, dialect, names, None, TERM)]
    if term.head == "sum" and has_lists(names) and (terms := range(count(term, names))):
        body = term.args[0]
        if body.head == "*" and all(factor.head == "item" for factor in body.args):  # of a dot product, again
            left, right = (names.get(factor.atom) for factor in body.args)
            if isinstance(left, list) and isinstance(right, list):
                times = dialect.spellings["*"].template
                return [times.format(x, w) for x, w in zip(left, right)]
        return [printed(body, dialect, names, i, TERM) for i in terms]
    return [printed(term, dialect, names, None, within)]


def _drop(term: Expr, name: str) -> Expr:
    """A term without the name, wherever it is one side of a sum: the other side stays."""
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
    if term.head in ("and", "or") and numbers:  # one side is known
        known_side, open_side = sorted(args, key=lambda arg: arg.head != "number")
        return open_side if bool(known_side.atom) is (term.head == "and") else known_side
    if term.head == "if" and args[0].head == "number":
        return args[1] if args[0].atom else args[2]
    if term.head in ("**", "pow") and args[1].head == "number" and args[1].atom == 1:
        return args[0]
    return Expr(term.head, args, term.atom)
