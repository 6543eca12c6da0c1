"""A graph as you would write it down: ``f = tanh(a*b + c)``, in Python or in LaTeX.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a")
    >>> b = a + a; b.label = "b"
    >>> f = b * (b + 1)
    >>> print(formula(f))
    b = a + a
    f = b*(b + 1)

A value gets its own line if it has a name, is used more than once, or is long to write. So the text is never longer
than the graph. Pasted into Python, after ``from autograd import *``, the text computes the same graph again, with every
constant exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..formula import EXACT, LATEX, WHOLE, Dialect, Piece, atom
from ..graph import Graph
from ..methods import OPERATORS
from ..ops import OPS, Op
from .naming import named_graph, one_line
from .phrases import Report
from .python_names import in_python

__all__ = ["formula", "latex"]

LONG = 100  # the maximum number of characters that a value without its own line may have
# Operations shown as their formula; all others are shown as calls. A sum that is one node must not be written as
# several.
_OPERATORS = frozenset(name for name in OPERATORS if not OPS[name].value.lets)
_WRITTEN_OUT = {EXACT: _OPERATORS, LATEX: _OPERATORS | {"dot", "total"}}


def _written(op: Op, operands: list[Piece], dialect: Dialect) -> Piece:
    """Write an operation, given the text of its operands."""
    if op.name in _WRITTEN_OUT[dialect] and op is OPS[op.name]:
        return op.formula(len(operands)).piece(dialect, op.bind(operands))
    given = op.bind(operands)
    if op.wide and (dialect is EXACT or len(given) > 1):  # write lists as lists
        operands = [atom(f"[{_row(group)}]") if name in op.lists else group for name, group in given.items()]
    return dialect.spellings.get(op.name, dialect.call(op.name, len(operands))).of(*operands)


def _row(pieces: list[Piece]) -> str:
    return ", ".join(piece.within(WHOLE) for piece in pieces)


def formula(value: Any) -> Report:
    """Write the computation of `value` in Python, one line for each shared or named value, the last line for `value`.

    Names are those of drawings: labels, then the caller's variables. A leaf without a name is written ``Value(2)``. A
    name that is not Python is written as one that is, and its line says so:

    >>> from autograd import Value
    >>> a, w = Value(2.0, label="a"), Value(3.0, label="learning rate")
    >>> print(formula(a * w * Value(0.5, label="1/n")))
    # w is 'learning rate'
    n1_n = Value(0.5, '1/n')
    a*w*n1_n
    """
    graph = named_graph(value)
    spelled = in_python(graph)
    lines: list[str] = []
    remarks: dict[str, str] = {}
    for node in graph.nodes:
        name = spelled[node]
        if name.label and node.op is not None:
            remarks[name] = f"  # {name.label}"
        elif name.label:
            there = f"# {name} is {name.label}", f"{name} = Value({EXACT.number(float(node.data))}, {name.label})"
            lines.append(there[not name.exists])
    for name, text in _lines(graph, EXACT, spelled.__getitem__):
        lines.append(f"{name} = {text}{remarks.get(name, '')}" if name else text)
    return Report("\n".join(lines))


class Latex(Report):
    """LaTeX text that a notebook typesets."""

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self}$"


def latex(value: Any) -> Latex:
    r"""Write the same in LaTeX: one formula, or an `aligned` block of several; a notebook typesets it.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> print(latex((w * x).tanh() / 2))
    \frac{\tanh\left(w \, x\right)}{2}
    """
    graph = named_graph(value)
    lines = _lines(graph, LATEX, lambda node: _in_latex(graph.name(node)))
    if len(lines) == 1:
        return Latex(" = ".join(filter(None, lines[0])))
    aligned = (f"  {name} &= {text} \\\\" if name else f"  &{text} \\\\" for name, text in lines)
    return Latex("\n".join([r"\begin{aligned}", *aligned, r"\end{aligned}"]))


def _lines(graph: Graph, dialect: Dialect, spell: Callable[[Any], str]) -> list[tuple[str, str]]:
    """Return (name, expression) for each value with its own line. The root comes last, and may have no name."""
    users = graph.consumers()
    written: dict[Any, Piece] = {}
    lines: list[tuple[str, str]] = []
    for node in graph.nodes:
        name = graph.name(node)
        is_place = name == f"v{graph.index[node]}"  # it has no name except its position in the listing
        if not node.operands:
            written[node] = dialect.piece(_leaf(node.data, dialect) if is_place else spell(node))
            if is_place and dialect is EXACT and users[node] > 1:
                lines.append((name, written[node].text))
                written[node] = atom(name)
            continue
        operands = [dialect.piece(o) if isinstance(o, float) else written[o] for o in node.operands]
        written[node] = _written(node.op, operands, dialect)
        text = written[node].within(WHOLE)
        if node is graph.root:
            lines.append(("" if is_place else spell(node), text))
        elif not is_place or users[node] > 1 or len(text) > LONG:
            lines.append((spell(node), text))
            written[node] = atom(spell(node))
    return lines or [("", written[graph.root].within(WHOLE))]


def _leaf(number: float, dialect: Dialect) -> Any:
    """Write a leaf without a name: in Python it has to be a Value, which is not a constant."""
    return atom(f"Value({EXACT.number(float(number))})") if dialect is EXACT else float(number)


def _in_latex(name: str) -> str:
    r"""Write a name for LaTeX: ``x[0]`` as x_{0}, anything longer than a letter upright, and nothing as a command.

    >>> print(_in_latex("x[0]"), _in_latex("layers.0.weight[3][1]"), _in_latex(r"\input{x}"))
    x_{0} \mathrm{layers.0.weight}_{3,1} \mathrm{\backslash{}input\{x\}}
    """
    base, *indices = (
        re.split(r"[\[\]]+", one_line(name).rstrip("]")) if re.fullmatch(r"[\w.]+(\[\d+\])*", name) else [name]
    )
    escaped = "".join(_LATEX_ESCAPES.get(c, c) for c in one_line(base))
    shown = escaped if len(base) == 1 and base.isalpha() else rf"\mathrm{{{escaped}}}"
    return f"{shown}_{{{','.join(indices)}}}" if indices else shown


_LATEX_ESCAPES = {
    "\\": r"\backslash{}", "~": r"\sim{}", "^": r"\wedge{}", **{c: rf"\{c}" for c in "{}$&#_%"},
}  # fmt: skip
