"""The stepper's sentences about an operation, with blanks that the page fills with names and numbers.

>>> from autograd import Value
>>> phrases(Value(2.0).tanh())
['tanh({0})', 'tanh({0#})', ['', '1 - {out}**2', '1 - {out#(}**2']]

``{0}`` is the name of the first operand, ``{0#}`` its number, ``{0#(}`` its number in parentheses if it is
negative, and ``{out}`` the result. The sentences themselves come from explain/phrases.py, for a node with blanks
for its operands.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, cast

from ..explain.phrases import operation, repeated, slope_texts, which, with_numbers
from ..graph import Edge, Graph
from ..node import Node

__all__ = ["phrase_key", "phrases"]

FIRST = 7_000_000_001  # the number written for the first blank: no formula contains it
OUT = -1  # the position of the result


class _Blank:
    """A value known only by its position among the operands."""

    label = ""
    op: Any = None
    operands: tuple[Any, ...] = ()
    partials: tuple[Any, ...] = ()

    def __init__(self, place: int) -> None:
        self.place = place


class _Blanks:
    """A graph whose nodes are named after their positions; constants that vary are named after their numbers."""

    def __init__(self, varying: Collection[int]) -> None:
        self.varying = varying

    def name(self, node: _Blank) -> str:
        return "{out}" if node.place == OUT else f"{{{node.place}{'#(' if node.place in self.varying else ''}}}"


def phrase_key(node: Node, varying: Collection[int] = ()) -> tuple[Any, ...]:
    """Return what nodes with the same phrases have in common: operation, constants, and which operands are the same."""
    first: dict[Any, int] = {}
    return (node.op, *(
        "" if k in varying else repr(o) if isinstance(o, float) else first.setdefault(o, k)
        for k, o in enumerate(node.operands)
    ))  # fmt: skip


def phrases(node: Node, varying: Collection[int] = ()) -> list[Any]:
    """Write how the node was computed, with names and with numbers, and a list for each operand except constants.

    The list says which operand it is, if it is used more than once, and has its slope with names and with numbers, if
    those are written out. varying: the positions of constants that are also blanks.
    """
    blank = _Blank(OUT)
    places: dict[Any, _Blank] = {}
    blank.op = node.op
    blank.operands = tuple(
        o if isinstance(o, float) and k not in varying else places.setdefault((o, k in varying and k), _Blank(k))
        for k, o in enumerate(node.operands)
    )
    graph = cast(Graph, _Blanks(varying))
    plus = {value: float(FIRST + value.place) for value in (blank, *places.values())}
    minus = {value: -number for value, number in plus.items()}
    texts_of: list[Any] = [operation(graph, blank), _blanks(with_numbers(blank, plus), with_numbers(blank, minus))]
    again = repeated(blank)
    for k, operand in enumerate(blank.operands):
        if isinstance(operand, float) or k in varying:
            continue
        edge = Edge(graph, cast(Node, blank), k)
        texts = slope_texts(edge, plus)
        written = [texts[0], _blanks(texts[1], slope_texts(edge, minus)[1])] if texts else []
        texts_of.append([which(edge, again), *written])
    return texts_of


def _blanks(plus: str, minus: str) -> str:
    """Turn text that has numbers in place of blanks into text with blanks.

    minus: the same text with negative numbers, which shows where they go into parentheses.
    """
    parts: list[str] = []
    at, end = 0, 0
    for found in re.finditer(r"7\d{9}", plus):
        parts.append(plus[end : found.start()])
        at += found.start() - end
        place = int(found[0]) - FIRST
        name = "out" if place == OUT else str(place)
        wrapped = minus[at] == "("
        parts.append(f"{{{name}#{'(' if wrapped else ''}}}")
        end = found.end()
        at += len(found[0]) + (3 if wrapped else 1)
    return "".join([*parts, plus[end:]])
