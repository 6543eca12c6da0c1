"""Phrases for numbers, nodes and slopes: plain ASCII text, short, and readable by Python.

>>> short(0.70710678), short(-6.0), short(1234567.891)
('0.7071', '-6', '1234567.9')
>>> product(3.0, -2.0)
'3 * (-2) = -6'
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..formula import PLAIN, PYTHON, READABLE, Dialect, Formula
from ..graph import Edge, Graph
from ..methods import OPERATORS
from .naming import one_line
from .terminal import encodable

__all__ = [
    "LONGEST",
    "Report",
    "arrow",
    "below",
    "counted",
    "name_of",
    "operation",
    "product",
    "row_formula",
    "short",
    "slope",
    "slope_head",
    "slope_in_words",
    "slope_texts",
    "typed",
    "which",
    "with_numbers",
]

LONGEST = 90  # the maximum number of characters in a formula that is written out
LISTED = 4  # the maximum number of operands in a wide operation that are written out
NOISE = 1e-13  # the fraction of a number that rounding in a few operations may change
TYPED, CUT = 10, 7  # the maximum number of characters in a number that somebody may have typed, and in a shortened one


class Report(str):
    """Text that displays itself at a prompt, line by line. Its facts are also in its attributes.

    A character that cannot be printed, as in an ASCII locale, is printed as an escape.
    """

    def __new__(cls, text: str, **facts: Any) -> Any:
        report = super().__new__(cls, text)
        for name, fact in facts.items():
            setattr(report, name, fact)
        return report

    def __str__(self) -> str:
        return encodable(super().__str__(), sys.stdout)

    def __repr__(self) -> str:
        return super().__str__()


def short(number: float, digits: int = 4) -> str:
    """Write a number for people, with that many digits, or with all those to the left of the point.

    >>> [short(x) for x in (2.0, -0.0, 0.12345, 12345.678, 1e-7, 8.27531e85, float("nan"))]
    ['2', '0', '0.1235', '12345.7', '1e-07', '8.275e+85', 'nan']

    Trailing zeros say that it is rounded: 1.0001 is not 1. The noise of floats is left out.

    >>> short(1.0001), short(0.99999), short(1.00001e20), short(0.1 + 0.2)
    ('1.000', '1.000', '1.000e+20', '0.3')
    """
    given: object = number
    if type(given) is not float:
        from numbers import Real

        if not isinstance(given, Real):  # somebody set data or grad to it
            return repr(given)
    size = abs(number)
    if not 0 < size < math.inf:
        return f"{number + 0.0:g}"
    if size < 1e15 and number == int(number):
        return str(int(number))
    if 10 ** (digits - 1) <= size < 1e15:
        return f"{number:.1f}"
    text = f"{number:.{digits}g}"
    return text if abs(float(text) - number) <= NOISE * size else f"{number:#.{digits}g}".rstrip(".")


def typed(number: float) -> str:
    """Write a number as somebody typed it; one with too many digits was computed, and is cut off with "...".

    >>> [typed(x) for x in (1.0001, 0.5, -2.0, 1e-7, 2**0.5, 1 / 3e9, 1e10)]
    ['1.0001', '0.5', '-2', '1e-07', '1.41421...', '3.33333...e-10', '1e+10']
    """
    text = f"{number:.12g}"
    text = min(text, repr(number), key=len) if abs(float(text) - number) <= NOISE * abs(number) else repr(number)
    if len(text) > TYPED and text.lstrip("-").isdecimal():  # digits may not be cut off before the point
        mantissa, _, power = f"{number:.12e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{power}"
    mantissa, e, power = text.partition("e")
    cut = max(CUT + mantissa.startswith("-"), mantissa.find(".") + 2)
    return text if len(mantissa) <= TYPED else f"{mantissa[:cut]}...{e}{power}"


def product(*factors: float) -> str:
    """Write ``3 * (-2) = -6``: the factors, shortened if they are many, and their product."""
    value = 1.0
    for factor in factors:
        value = float(factor) * value
    if len(factors) == 1:
        return short(value)
    shown = [*factors[:2], *factors[-2:]] if len(factors) > 8 else factors
    texts = [short(factor) for factor in shown]
    texts[1:] = [f"({text})" if text.startswith("-") else text for text in texts[1:]]
    if len(factors) > 8:
        texts[2:2] = ["..."]
    return f"{' * '.join(texts)} = {short(value)}"


def counted(count: int, thing: str, things: str = "") -> str:
    """Write ``1 edge``, ``2 edges``; things: an irregular plural."""
    return f"{count} {thing if count == 1 else things or f'{thing}s'}"


def name_of(graph: Graph, node: Any) -> str:
    """Return the node's name on one line; for a constant, its number."""
    return one_line(graph.name(node)).replace("…", "...")


def _longer(count: int) -> Callable[[float], str]:
    def number(x: float) -> str:
        return short(x) if x == int(x) or abs(x) >= 1000 else f"{x:.{count}g}"

    return number


# The readable spelling with spaces around every operator; numbers have four digits, or as many as needed.
SPOKEN, *LONGER = (
    Dialect(
        "spoken",
        {**READABLE.spellings, "*": PYTHON.spellings["*"], "/": PYTHON.spellings["/"]},
        number,
        code=False,
    )
    for number in (short, _longer(6), _longer(9), _longer(12))
)


def _spoken(formula: Formula, names: Mapping[str, Any], index: int | None = None) -> Dialect:
    """Return how many digits to write, so that the printed arithmetic reproduces the result within half a percent.

    With four, ``1 - 0.9993**2 = 0.001341`` would come out as 0.0014.
    """

    def rounded(x: Any, number: Callable[[float], str]) -> Any:
        if isinstance(x, _Only):
            return _Only(x.length, x.at, rounded(x.item, number))
        return [rounded(one, number) for one in x] if isinstance(x, list) else float(number(x)) if x == x else x

    try:
        exact = formula.evaluate(names, PLAIN, index)
        for dialect in (SPOKEN, *LONGER):
            read = {name: rounded(x, dialect.number) for name, x in names.items()}
            if abs(formula.evaluate(read, PLAIN, index) - exact) <= 0.005 * abs(exact):
                return dialect
    except (ArithmeticError, ValueError, TypeError):  # the formula has no value, or its text has blanks
        pass
    return SPOKEN


Spell = Callable[[Any], "str | float"]  # how to write an operand: its name, or its number


def _by_name(graph: Graph) -> Spell:
    return lambda operand: operand if isinstance(operand, float) else name_of(graph, operand)


def _by_number(data: Mapping[Any, float] | None) -> Spell:
    return lambda operand: float(
        operand if isinstance(operand, float) else operand.data if data is None else data[operand]
    )


def operation(graph: Graph, node: Any) -> str:
    """Write a node's operation as Python: ``a * b``, ``tanh(n)``, ``dot([x, y], [u, v], b)``; nothing for a leaf."""
    if node.op is None or not node.operands:
        return ""
    by_name, wrap = _by_name(graph), node.op.name in OPERATORS

    def spell(operand: Any) -> str:
        text = by_name(operand)
        text = text if isinstance(text, str) else typed(text)
        return f"({text})" if wrap and isinstance(operand, float) and text.startswith("-") else text

    return _said(node, spell)


def with_numbers(node: Any, data: Mapping[Any, float] | None = None) -> str:
    """Write the same with the operands' numbers: ``2 * (-3)``."""
    return _said(node, _by_number(data))


def row_formula(graph: Graph, node: Any) -> str:
    """Write the formula of the node's row in the graph's names: ``1/(1 + exp(-n))`` for sigmoid(n)."""
    formula = node.op.formula(len(node.operands))
    if len(node.operands) > LISTED:
        return formula.source
    return formula.text(SPOKEN, _bound(node, _by_name(graph), None))


def _said(node: Any, spell: Spell) -> str:
    op = node.op
    if op.name in OPERATORS:
        names = dict(zip(op.operands, map(spell, node.operands)))
        return op.value.text(_spoken(op.value, names), names)

    def text(k: int) -> str:
        spelled = spell(node.operands[k])
        return spelled if isinstance(spelled, str) else short(spelled)

    groups = op.places(len(node.operands)).values()
    return f"{op.name}({', '.join(text(group) if isinstance(group, int) else _list(group, text) for group in groups)})"


def _list(places: range, text: Callable[[int], str]) -> str:
    if len(places) <= LISTED:
        return f"[{', '.join(map(text, places))}]"
    first = ", ".join(map(text, places[: LISTED - 1]))
    return f"[{first}, ... {len(places) - LISTED} more, {text(places[-1])}]"


def which(edge: Edge, again: Collection[Any] | None = None) -> str:
    """Write ``operand 1 of 2`` where an operation uses the same value more than once, otherwise nothing.

    again: the result of :func:`repeated` for the node, if you already have it.
    """
    is_again = edge.operand in (repeated(edge.node) if again is None else again)
    return f"operand {edge.k + 1} of {len(edge.node.operands)}" if is_again else ""


def repeated(node: Any) -> set[Any]:
    """Return the values that a node uses more than once."""
    counts = Counter(operand for operand in node.operands if not isinstance(operand, float))
    return {operand for operand, count in counts.items() if count > 1}


def arrow(edge: Edge) -> str:
    """Write ``b -> a (operand 1)``; the operand is named only if there is more than one such edge."""
    again = f" (operand {edge.k + 1})" if which(edge) else ""
    return f"{name_of(edge.graph, edge.node)} -> {name_of(edge.graph, edge.operand)}{again}"


def slope_head(edge: Edge) -> str:
    """Write the name of an edge's slope: ``d tanh(n)/dn``, ``d(b * c)/db``. It is never the total df/db."""
    graph, node = edge.graph, edge.node
    said = operation(graph, node)
    if node.op.name in OPERATORS:
        said = f"({said})"
    elif len(said) > LONGEST // 3:
        said = f" {node.op.name}(...)"
    else:
        said = f" {said}"
    return f"d{said}/d{name_of(graph, edge.operand)}"


def slope(edge: Edge, data: Mapping[Any, float] | None = None) -> str:
    """Write the slope of one operation with respect to one operand: the formula, with numbers, and the number.

    data: the nodes' data, if it differs from what they hold now.

    >>> from autograd import Value
    >>> n = Value(0.5, label="n"); f = n.tanh(); f.label = "f"
    >>> slope(next(Graph(f).edges()))
    'd tanh(n)/dn = 1 - f**2 = 1 - 0.4621**2 = 0.7864'

    Where most of a difference cancels, numbers have as many digits as needed:

    >>> n = Value(4.0, label="n"); f = n.tanh(); f.label = "f"
    >>> slope(next(Graph(f).edges()))
    'd tanh(n)/dn = 1 - f**2 = 1 - 0.999329**2 = 0.001341'
    """
    node = edge.node
    held = sum(not isinstance(operand, float) for operand in node.operands) - 1
    head = slope_head(edge)
    if held:
        head += f", other operand{'s' if held > 1 else ''} held,"
    chain = [text for text in slope_texts(edge, data) if len(text) <= LONGEST]
    return f"{head} = {' = '.join(dict.fromkeys([*chain, short(edge.partial)]))}"


def slope_texts(edge: Edge, data: Mapping[Any, float] | None = None) -> list[str]:
    """Write the formula of a slope with names, and with numbers; neither if it has a sum over many operands."""
    graph, node = edge.graph, edge.node
    count = len(node.operands)
    formula, index = node.op.partial(edge.k, count)
    formula = formula.given({name: x for name, x in _bound(node, _float_only, index).items() if isinstance(x, float)})
    if count > LISTED and any(term.head in ("sum", "max") for term in formula.terms()):
        return []
    out = float(node.data if data is None else data[node])
    numbers = {**_bound(node, _by_number(data), index), "out": out}
    return [
        formula.text(SPOKEN, {**_bound(node, _by_name(graph), index), "out": name_of(graph, node)}, index),
        formula.text(_spoken(formula, numbers, index), numbers, index),
    ]


def _float_only(operand: Any) -> str | float:
    return operand if isinstance(operand, float) else ""


class _Only(list[Any]):
    """A long list with only one item filled in. Making it takes no time, however long it is."""

    def __init__(self, length: int, index: int | None, item: Any) -> None:
        super().__init__()
        self.length = length
        self.at = index
        self.item = item

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        return self.item if index == self.at else ""


def _bound(node: Any, spell: Spell, index: int | None) -> dict[str, Any]:
    """Return the operands' spellings by their names in the row; in a long list, only the one at `index` is spelled."""
    bound: dict[str, Any] = {}
    for name, at in node.op.places(len(node.operands)).items():
        if isinstance(at, int):
            bound[name] = spell(node.operands[at])
        else:
            every = len(at) <= LISTED or index is None
            bound[name] = (
                [spell(node.operands[k]) for k in at]
                if every
                else _Only(len(at), index, spell(node.operands[at[index]]))
            )
    return bound


def below(node: Any) -> list[Any]:
    """Return the operands that are values, each once, in order."""
    return list(dict.fromkeys(operand for operand in node.operands if not isinstance(operand, float)))


def slope_in_words(graph: Graph, node: Any, k: int, number: str) -> str:
    """Describe the partial of an operation for its k-th operand, with its formula if that is short.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a"); f = a * a
    >>> slope_in_words(Graph(f), f, 0, "3")
    'partial of mul for operand 1 of 2 = a = 3'
    """
    count = len(node.operands)
    formula, index = node.op.partial(k, count)
    names = node.op.bind([graph.name(operand) for operand in node.operands])
    text = formula.text(READABLE, {**names, "out": graph.name(node)}, index)
    what = f"partial of {node.op.name} for operand {k + 1} of {count}"
    return " = ".join([what, *[text] * (len(text) <= 60 and text != number), number])
