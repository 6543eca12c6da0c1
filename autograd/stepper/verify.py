"""Check a recorded graph against central differences: each partial and each gradient, with the numbers side by side.

If the two differ at a kink, such as relu's 0, the text gives the slopes on the two sides: neither is wrong.

    >>> from autograd import Value
    >>> from autograd.graph import Graph
    >>> a = Value(0.0, label="a"); f = a.relu(); f.label = "f"
    >>> verify(Graph(f))
    2 of 2 disagree with central differences:
      partial f -> a    0, by differences 0.5: a kink, with slope 0 on its left and 1 on its right
      df/da             0, by differences 0.5: a kink, with slope 0 on its left and 1 on its right
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import AutogradError
from ..explain.check import agree, operation_at
from ..explain.differences import slope_at
from ..explain.paths import columns
from ..explain.phrases import Report, arrow, counted, name_of, short
from ..graph import Edge, Graph, gradients, recompute

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["Checked", "verify"]

WORK = 1_000_000  # how many operations may be recomputed: each gradient recomputes the whole graph EVALUATIONS times
LISTED = 40
EVALUATIONS = 11  # how many evaluations one slope takes, where the function is smooth


class Checked(Report):
    """The text of :func:`verify`. ok: whether everything agrees."""

    ok: bool


class _Row:
    def __init__(self, what: str, ours: float, at: Callable[[float], float], x: float) -> None:
        self.what = what
        self.ours = ours
        slope = slope_at(at, x)
        self.differences = slope.value
        self.agrees = agree(ours, slope.value, atol=1e-6, rtol=1e-5) and not slope.kind
        self.tells = self.agrees or math.isfinite(self.differences)
        self.note = ""
        if math.isinf(ours) and not self.agrees:
            self.note = ": infinite, which no difference can be"
        elif not self.tells:
            self.note = ": no difference can tell, since the values around it are not finite"
        elif not self.agrees:
            self.note = f": {slope.said}" if slope.kind else ""

    def cells(self) -> tuple[str, str]:
        return self.what, f"{short(self.ours)}, by differences {short(self.differences)}{self.note}"


def verify(
    graph: Graph, nodes: Sequence[Node] | None = None, notes: Sequence[str] = (), *, every: bool = False
) -> Checked:
    """Check the partials at some nodes, and the result's gradients with respect to them, against central differences.

    They have to agree within 1e-6 plus 1e-5 of their size. In a large graph fewer gradients are checked, and the text
    says so. nodes: all nodes if none are given. notes: remarks at the end. every: also list those that agree.
    """
    shown = graph.nodes[::-1] if nodes is None else nodes
    rows: list[_Row] = []
    for node in shown:
        for k, partial in enumerate(node.partials):
            if partial is not None:
                edge = Edge(graph, node, k)
                rows.append(_Row(f"partial {arrow(edge)}", float(partial), operation_at(edge), edge.operand.data))
    truth = gradients(graph)
    inner = [node for node in shown if node is not graph.root]
    for node in inner[: max(1, WORK // (EVALUATIONS * len(graph)))]:
        name = f"d{name_of(graph, graph.root)}/d{name_of(graph, node)}"
        rows.append(_Row(name, truth[node], _result_at(graph, node), node.data))
    wrong = [row for row in rows if not row.agrees]
    mute = sum(not row.tells for row in rows)
    whole = len(shown) == len(graph) and len(inner) * EVALUATIONS * len(graph) <= WORK
    where = "" if whole else f" (of {len(rows)} checked, {name_of(graph, shown[0])} to {name_of(graph, shown[-1])})"
    head = f"{len(wrong) - mute} of {len(rows)} disagree with central differences:"
    if mute:
        head = f"{head[:-1]}, which say nothing about {mute}:"
    if not wrong:
        head = f"all {counted(len(rows), 'partial and gradient', 'partials and gradients')} agree with central differences{where}"
    listed = rows if every else wrong
    shown_rows = columns([row.cells() for row in listed[:LISTED]]) if listed else [_closest(rows)]
    lines = [head, *shown_rows, *(f"  note   {note}" for note in notes)]
    return Checked("\n".join(lines), ok=not wrong)


def _closest(rows: Sequence[_Row]) -> str:
    """Say how well they agree, if all of them do."""
    worst = max(rows, key=lambda row: abs(row.ours - row.differences), default=None)
    if worst is None:
        return "  there is nothing to compare"
    return f"  the largest difference is {abs(worst.ours - worst.differences):.1g}, of {worst.what}"


def _result_at(graph: Graph, node: Any) -> Callable[[float], float]:
    """Return the result as a function of one node; nan where it has no value."""

    def at(x: float) -> float:
        try:
            return recompute(graph, {node: x})[graph.root]
        except AutogradError:
            return float("nan")

    return at
