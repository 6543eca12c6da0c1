"""Find which leaves got new data after a result was computed from them.

Partials are frozen when an operation runs, so gradients remain those of the old data. A picture that showed the new
data beside them without comment would mislead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..formula import IEEE
from ..graph import Graph, numbers
from ..slow_path import real_data
from .phrases import name_of

__all__ = ["changed", "remark", "same"]


def changed(graph: Graph) -> list[Any]:
    """Find the leaves whose data is no longer what the graph was computed from, as far as can be told.

    If the value of an operation no longer follows from its operands, its leaves are suspects: those that a frozen
    partial shows to have moved, or else all of them. Another operation that still agrees with a leaf clears it.

    >>> from autograd import Value
    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> f = a * b
    >>> changed(Graph(f))
    []
    >>> a.data = 5.0
    >>> changed(Graph(f))
    [Value(5.0, grad not reached, label='a')]
    """
    accused: dict[Any, None] = {}
    cleared: set[Any] = set()
    for node in graph.nodes:
        leaves = [o for o in node.operands if not isinstance(o, float) and not o.operands]
        if cleared.issuperset(leaves):  # there are none, or nothing more to find out about them
            continue
        if _agrees(node):
            cleared.update(leaves)
        else:
            kept, moved = _testimony(node) if len(leaves) > 1 else ([], [])
            cleared.update(kept)
            accused.update(dict.fromkeys(leaf for leaf in leaves if leaf in moved or not moved))
    return [leaf for leaf in accused if leaf not in cleared]


def remark(graph: Graph, leaves: Sequence[Any] | None = None) -> str:
    """Write the sentence about leaves that have changed, if any have. It says "or", since some may not have changed.

    leaves: the suspects, if they are known.

    >>> from autograd import Value
    >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
    >>> f = a + b; f.label = "f"
    >>> a.data = 5.0
    >>> remark(Graph(f))
    'a or b changed after f was computed'
    """
    names = [name_of(graph, leaf) for leaf in (changed(graph) if leaves is None else leaves)]
    if len(names) > 3:
        some = f"{', '.join(names[:3])} or {len(names) - 3:,} more"
    else:
        some = " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
    return some and f"{some} changed after {name_of(graph, graph.root)} was computed"


def same(a: float, b: float) -> bool:
    """Return whether two numbers are equal except for rounding; nan equals nan."""
    return math.isclose(a, b, rel_tol=1e-12) or (a != a and b != b)


def _agrees(node: Any) -> bool:
    given = numbers(node)
    return same(node.op.formula(len(given)).evaluate(node.op.bind(given), IEEE), real_data(node, node.data))


def _testimony(node: Any) -> tuple[list[Any], list[Any]]:
    """Return the operands that a partial shows to be unchanged, and those that it shows to have moved.

    Partials are frozen: the slope of ``a * b`` with respect to a is what b was.
    """
    places = node.op.bind(node.operands)
    names = {**node.op.bind(numbers(node)), "out": node.data}
    kept: list[Any] = []
    moved: list[Any] = []
    for k, partial in enumerate(node.partials):
        formula, index = node.op.partial(k, len(node.operands))
        said = formula.names()
        if partial is None or "out" in said:
            continue
        named = [places[name][index] if name in node.op.lists else places[name] for name in said]
        if same(formula.evaluate(names, IEEE, index), partial):
            kept += named
        elif len(named) == 1:
            moved += named
    return kept, moved
