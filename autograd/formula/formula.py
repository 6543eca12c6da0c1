"""A formula as data: parse it, check it, rename it, evaluate it, print it in another language.

The grammar is a small part of Python's: numbers, names, ``+ - * / **``, comparisons, ``x if c else y``
and calls to the functions in FUNCTIONS. ``xs[i]`` is the i-th of a list of operands, and ``n`` is their number;
``sum(...)`` and ``max(...)`` run over i from left to right. ``m = ...; rest`` gives an intermediate value a name, once.
Comparisons, ``and`` and ``or`` are conditions: they are allowed only after an ``if``. An intermediate value is always
computed; an ``if``, ``and`` or ``or`` computes only the branch that it chooses, so a sum or max there must be an
intermediate value.

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
from .dialects import READABLE, WHOLE, Dialect, Names, Piece, atom, printed
from .grammar import REDUCTIONS, Expr, parse
from .rewriting import dropped, given, mapped

__all__ = ["Formula"]

_LONG = 10_000  # the longest text in which intermediate values are still substituted where they are used


class Formula:
    """A checked formula: `source` as written, `lets` its named intermediate values, `result` its last term.

    condition: whether the formula is a condition, such as ``a > 0``, and not a number. Raises FormulaError for text
    outside the grammar, with a caret under what it cannot read.

        >>> Formula("__import__('os')")
        Traceback (most recent call last):
            ...
        autograd.errors.FormulaError: there is no function __import__: there are exp, expm1, log, ...
    """

    def __init__(self, source: str, condition: bool = False) -> None:
        self.source = source
        self.lets, self.result = parse(source, condition)

    def __repr__(self) -> str:
        return f"Formula({self.source!r})"

    def terms(self) -> Iterator[Expr]:
        """Yield every term in this formula, from left to right."""
        for _, expr in self.lets:
            yield from expr.walk()
        yield from self.result.walk()

    def names(self) -> list[str]:
        """Return the free names, in order of appearance: operands, and `out` in a partial."""
        bound = {name for name, _ in self.lets}
        found = dict.fromkeys(term.atom for term in self.terms() if term.head in ("name", "item"))
        return [name for name in found if name not in bound and name != "n"]

    def lists(self) -> list[str]:
        """Return the names that are lists of operands: those written ``xs[i]``."""
        return list(dict.fromkeys(term.atom for term in self.terms() if term.head == "item"))

    def nests(self) -> bool:
        """Return whether a reduction runs inside another: written out, their numbers of terms multiply."""
        return any(
            inside.head in REDUCTIONS
            for term in self.terms()
            if term.head in REDUCTIONS
            for inside in term.args[0].walk()
        )

    def reduces_inside(self) -> bool:
        """Return whether a sum or max is part of something other than a sum: written out, it would be one long term."""
        return any(inside.head in REDUCTIONS for term in _spine(self.result) for inside in term.walk())

    def without(self, name: str) -> Formula:
        """Return this formula with an absent operand dropped from the sum that it is a term of."""
        return self._mapped(lambda term: dropped(term, name))

    def given(self, known: Mapping[str, float]) -> Formula:
        """Return this formula with some operands replaced by known numbers: conditions on them are decided.

        >>> from autograd.formula import READABLE
        >>> Formula("0 if b == 0 else b * pow(a, b - 1)").given({"b": 2.0}).text(READABLE)
        '2*a'
        >>> Formula("0 if a == 0 and b >= 0 else out * log(a)").given({"a": 2.0}).text(READABLE)
        'out*log(2)'
        """
        return self._mapped(lambda term: given(term, known))

    def hoisted(self) -> Formula:
        """Return this formula with every sum and max as a named intermediate value, for languages that loop.

        >>> from autograd.formula import READABLE
        >>> hoisted = Formula("m = max(xs[i]); m + log(sum(exp(xs[i] - m)))").hoisted()
        >>> hoisted.statements(READABLE), hoisted.last(READABLE)
        ([('m', 'max(xs[i])'), ('sum__1', 'sum(exp(xs[i] - m))')], 'm + log(sum__1)')
        """
        hoist = _Hoist()
        for let, expr in self.lets:
            hoist.lets.append((let, mapped(expr, hoist.out_of) if expr.head in REDUCTIONS else hoist.out_of(expr)))
        other = self._mapped(lambda term: term)
        other.result = hoist.out_of(self.result)
        other.lets = tuple(hoist.lets)
        return other

    def without_those_of(self, other: Formula) -> tuple[Formula, list[str]]:
        """Return this formula without the initial intermediate values that it shares with `other`, and their names.

        >>> value, slope = Formula("m = max(xs[i]); sum(exp(xs[i] - m))"), Formula("m = max(xs[i]); exp(xs[i] - m)")
        >>> slope.without_those_of(value)[1]
        ['m']
        """
        pairs = zip(self.statements(READABLE), other.statements(READABLE))
        same = list(takewhile(lambda pair: pair[0] == pair[1], pairs))
        rest = self._mapped(lambda term: term)
        rest.lets = self.lets[len(same) :]
        return rest, [let for (let, _), _ in same]

    def pieces(self, dialect: Dialect, names: Names) -> list[tuple[str, str, list[Piece]]]:
        """Return a hoisted formula's intermediate values as (name, "sum" or "max" or "", what is added up or compared).

        For a reduction these are its terms: one for each operand if `names` lists the operands, or else the one at
        index ``i``.

        >>> from autograd.formula import C
        >>> ((name, head, terms),) = Formula("sum(xs[i] * ws[i])").hoisted().pieces(C, {"xs": ["a", "b"], "ws": ["c", "d"]})
        >>> name, head, [term.text for term in terms]
        ('sum__0', 'sum', ['a * c', 'b * d'])
        """
        found: list[tuple[str, str, list[Piece]]] = []
        for let, expr in self.lets:
            term = dialect.prepare(expr)
            if term.head in REDUCTIONS:
                at = range(count(term, names)) if has_lists(names) else (None,)
                found.append((let, term.head, [printed(term.args[0], dialect, names, i) for i in at]))
            else:
                found.append((let, "", [printed(term, dialect, names, None)]))
        return found

    def _mapped(self, change: Callable[[Expr], Expr]) -> Formula:
        other = Formula.__new__(Formula)
        other.source = self.source
        other.lets = tuple((let, change(expr)) for let, expr in self.lets)
        other.result = change(self.result)
        return other

    def evaluate(self, names: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None) -> Any:
        """Compute the value in `algebra`, given `names`: a number for each name, and a sequence for ``xs[i]``.

        >>> Formula("m = max(xs[i]); m + log(sum(exp(xs[i] - m)))").evaluate({"xs": [0.0, 0.0]})
        0.6931471805599453
        """
        return self.of(self.with_intermediates(names, algebra, index), algebra, index)

    def of(self, known: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None) -> Any:
        """Compute the value when the intermediate values are also known."""
        return evaluate(self.result, known, algebra, index)

    def with_intermediates(
        self, names: Mapping[str, Any], algebra: Algebra = PLAIN, index: int | None = None
    ) -> dict[str, Any]:
        """Return `names`, together with the named intermediate values.

        >>> Formula("m = a * a; m + 1").with_intermediates({"a": 3.0})
        {'a': 3.0, 'm': 9.0}
        """
        known = dict(names)
        for let, expr in self.lets:
            known[let] = evaluate(expr, known, algebra, index)
        return known

    def text(self, dialect: Dialect, names: Names | None = None, index: int | None = None) -> str:
        """Write this formula in another language, with names replaced and reductions unrolled.

        names: the new name for each name, and a sequence for ``xs[i]``, whose length is then ``n``. A float among them
        is written as a number, in parentheses where its sign would mislead.
        index: the i outside any sum, for a partial such as ``ws[i]``.

        Intermediate values are substituted where they are used, unless the text would get too long: then it is "m =
        ...; m * m".
        """
        return self.piece(dialect, names, index).within(WHOLE)

    def piece(self, dialect: Dialect, names: Names | None = None, index: int | None = None) -> Piece:
        """Write this formula as a Piece, to go into other text."""
        spelled = dict(names or {})
        for let, expr in self.lets:
            spelled[let] = value = printed(dialect.prepare(expr), dialect, spelled, None)
            if len(value.text) > _LONG:
                lines = [f"{let} = {text}" for let, text in self.statements(dialect, names)]
                return Piece("; ".join([*lines, self.last(dialect, names, index)]), WHOLE)
        return printed(dialect.prepare(self.result), dialect, spelled, index)

    def statements(self, dialect: Dialect, names: Names | None = None) -> list[tuple[str, str]]:
        """Return the named intermediate values as (name, text), to be assigned before :meth:`last` is used.

        >>> from autograd.formula import READABLE
        >>> Formula("m = max(xs[i]); sum(xs[i] - m)").statements(READABLE)
        [('m', 'max(xs[i])')]
        """
        spelled = names or {}
        return [
            (
                dialect.piece(spelled.get(let, let)).text,
                printed(dialect.prepare(expr), dialect, spelled, None).within(WHOLE),
            )
            for let, expr in self.lets
        ]

    def last(self, dialect: Dialect, names: Names | None = None, index: int | None = None) -> str:
        """Write the result's text, with the intermediate values under their names."""
        return printed(dialect.prepare(self.result), dialect, names or {}, index).within(WHOLE)

    def addends(self, dialect: Dialect, names: Names) -> list[Piece]:
        """Return the result as the terms of a sum, from left to right; if it is not a sum, that is one term.

        >>> from autograd.formula import PYTHON
        >>> names = {"xs": ["a", "b"], "ws": ["u", "v"], "bias": "c"}
        >>> [term.text for term in Formula("sum(xs[i] * ws[i]) + bias").addends(PYTHON, names)]
        ['a * u', 'b * v', 'c']
        """
        return _addends(dialect.prepare(self.result), dialect, names)

    def times(self, factor: str, dialect: Dialect, names: Names, index: int | None = None) -> Piece:
        """Write the result times `factor`, a name, as the chain rule needs it. A result of 1 or -1 is not written out.

        >>> from autograd.formula import PYTHON
        >>> Formula("1 - out ** 2").times("d_n", PYTHON, {"out": "n"}).text, Formula("-1").times("d_n", PYTHON, {}).text
        ('(1.0 - n * n) * d_n', '-d_n')
        """
        term = dialect.prepare(self.result)
        if term.head == "number" and abs(term.atom) == 1:
            return atom(factor) if term.atom > 0 else dialect.spellings["neg"].of(atom(factor))
        return dialect.spellings["*"].of(printed(term, dialect, names, index), atom(factor))


class _Hoist:
    """A collector of the sums and maxima in terms: `lets` holds their terms, by names that no operand may have."""

    def __init__(self) -> None:
        self.lets: list[tuple[str, Expr]] = []

    def out_of(self, term: Expr) -> Expr:
        term = mapped(term, self.out_of)
        if term.head not in REDUCTIONS:
            return term
        self.lets.append((f"{term.head}__{len(self.lets)}", term))
        return Expr("name", atom=self.lets[-1][0])


def _spine(term: Expr) -> Iterator[Expr]:
    """Yield the terms of a sum, from left to right, except for sums over a list."""
    if term.head == "+":
        yield from _spine(term.args[0])
        yield term.args[1]
    elif term.head != "sum":
        yield term


def _addends(term: Expr, dialect: Dialect, names: Names) -> list[Piece]:
    if term.head == "+":
        left, right = term.args
        return [*_addends(left, dialect, names), printed(right, dialect, names, None)]
    if term.head == "sum" and has_lists(names):
        return [printed(term.args[0], dialect, names, i) for i in range(count(term, names))]
    return [printed(term, dialect, names, None)]
