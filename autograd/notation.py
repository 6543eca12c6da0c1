"""A graph as one would write it down: ``f = tanh(a*b + c)``, in Python or in LaTeX.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a")
    >>> b = a + a; b.label = "b"
    >>> f = b * (b + 1)
    >>> print(formula(f))
    b = a + a
    f = b*(b + 1)

A value that has a name, or is used more than once, gets a line of its own, and so does one whose text grows
long: so the text is never longer than the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from .graph import Graph
from .naming import named_graph, one_line
from .ops import OPS, Op

__all__ = ["formula", "latex"]

LONG = 100  # characters that a value may add to the line of another

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)  # how tightly an expression binds
_Text = tuple[str, int]


class _Style:
    """How operations are written: the operators as templates, all others as calls."""

    def __init__(
        self, operators: dict[str, tuple[str, int, int, int]], times: str, call: Callable[[str, str], str]
    ) -> None:
        self.operators = operators  # by row: template, how tightly it binds, and how tightly its operands must
        self.times = times
        self.call = call

    def write(self, op: Op, operands: Sequence[_Text]) -> _Text:
        if op.name in self.operators:
            template, level, *places = self.operators[op.name]
            return template.format(*map(_bracketed, operands, places)), level
        bound = op.bind(operands)
        if op is OPS["total"]:
            return self._sum([(_bracketed(x, _SUM + (i > 0)), _SUM) for i, x in enumerate(operands)])
        if op is OPS["dot"]:
            pairs = zip(bound["xs"], bound["ws"])
            terms = [(self.times.format(_bracketed(x, _PRODUCT), _bracketed(w, _SIGN)), _PRODUCT) for x, w in pairs]
            return self._sum([*terms, bound["bias"]] if "bias" in bound else terms)
        if op.wide and len(op.operands) > 1:  # lists beside others
            bound = {name: x if name in op.lists else [x] for name, x in bound.items()}
            groups = {name: ", ".join(text for text, _ in group) for name, group in bound.items()}
            texts = [f"[{text}]" if name in op.lists else text for name, text in groups.items()]
            return self.call(op.name, ", ".join(texts)), _ATOM
        return self.call(op.name, ", ".join(text for text, _ in operands)), _ATOM

    def _sum(self, terms: Sequence[_Text]) -> _Text:
        return (" + ".join(text for text, _ in terms), _SUM) if len(terms) > 1 else terms[0]


def _bracketed(expression: _Text, place: int) -> str:
    text, level = expression
    return text if level >= place else f"({text})"


_PYTHON = _Style(
    {
        "add": ("{} + {}", _SUM, _SUM, _PRODUCT), "sub": ("{} - {}", _SUM, _SUM, _PRODUCT),
        "mul": ("{}*{}", _PRODUCT, _PRODUCT, _SIGN), "div": ("{}/{}", _PRODUCT, _PRODUCT, _SIGN),
        "pow": ("{}**{}", _POWER, _ATOM, _SIGN), "neg": ("-{}", _SIGN, _SIGN, _SIGN),
    },
    "{}*{}",
    "{}({})".format,
)  # fmt: skip


def _latex_call(name: str, operands: str) -> str:
    known = name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    function = f"\\{name}" if known else f"\\operatorname{{{name}}}".replace("_", "\\_")
    return f"{function}\\left({operands}\\right)"


_LATEX = _Style(
    {
        **_PYTHON.operators,
        "mul": (r"{} \, {}", _PRODUCT, _PRODUCT, _SIGN), "div": (r"\frac{{{}}}{{{}}}", _ATOM, _SUM, _SUM),
        "pow": ("{}^{{{}}}", _POWER, _ATOM, _SUM), "sqrt": (r"\sqrt{{{}}}", _ATOM, _SUM, _SUM),
        "abs": (r"\left|{}\right|", _ATOM, _SUM, _SUM),
    },
    r"{} \, {}",
    _latex_call,
)  # fmt: skip


def formula(value: Any) -> str:
    """The computation of `value` in Python, one line for each shared or named value, the last for itself.

    Names are those of drawings: labels, then the caller's variables; a leaf without one stands as its number.
    """
    return "\n".join(f"{name} = {text}" if name else text for name, text in _lines(named_graph(value), _PYTHON, _plain))


def latex(value: Any) -> str:
    r"""The same in LaTeX: one formula, or an `aligned` block of several.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> print(latex((w * x).tanh() / 2))
    \frac{\tanh\left(w \, x\right)}{2}
    """
    lines = [(f"{name} = " if name else "", text) for name, text in _lines(named_graph(value), _LATEX, _in_latex)]
    if len(lines) == 1:
        return "".join(lines[0])
    return "\n".join([r"\begin{aligned}", *(f"  {name}&{text} \\\\" for name, text in lines), r"\end{aligned}"])


def _lines(graph: Graph, style: _Style, spell: Callable[[str], str]) -> list[tuple[str, str]]:
    """(name, expression) of each value with a line of its own; the root last, perhaps without a name."""
    users = graph.consumers()
    written: dict[Any, _Text] = {}
    lines: list[tuple[str, str]] = []
    for node in graph.nodes:
        name = graph.name(node)
        is_place = name == f"v{graph.index[node]}"  # no name but its place in the listing
        if not node.operands:
            written[node] = _number(node.data) if is_place else (spell(name), _ATOM)
            continue
        operands = [_number(o) if isinstance(o, float) else written[o] for o in node.operands]
        text, level = style.write(node.op, operands)
        if node is graph.root:
            lines.append(("" if is_place else spell(name), text))
        elif not is_place or users[node] > 1 or len(text) > LONG:
            lines.append((spell(name), text))
            written[node] = spell(name), _ATOM
        else:
            written[node] = text, level
    return lines or [("", written[graph.root][0])]


def _number(number: float) -> _Text:
    return f"{number:g}", _SIGN if number < 0 else _ATOM


def _plain(name: str) -> str:
    return one_line(name)


def _in_latex(name: str) -> str:
    r"""A name as LaTeX shows it: ``x[0]`` as x_{0}, what is longer than a letter upright, and nothing that is a command.

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
