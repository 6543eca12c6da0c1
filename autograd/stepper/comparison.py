"""The right backward pass and a broken one side by side, edge by edge.

>>> from autograd import Value, compare
>>> a = Value(2.0, label="a"); f = a * a
>>> compare(f, "no_accumulate")
f, the right pass against `=` for `+=`
  1  f -> a (operand 1)    a.grad = 2    f -> a (operand 1)    a.grad = 2
  2  f -> a (operand 2)    a.grad = 4    f -> a (operand 2)    a.grad = 2    <- goes wrong here
  a.grad is 4, and 2 with the mistake
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..explain.naming import named_graph
from ..explain.phrases import Report, arrow, name_of, short
from ..explain.staleness import same
from ..frames import public
from ..graph import Edge, Graph
from .mistakes import RIGHT, Made, Place, mistake_called, too_early

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["compare"]


@public
def compare(f: Node, kind: str, *, graph: Graph | None = None) -> Report:
    """Show the right pass and a broken one side by side, edge by edge, and mark the first edge that goes wrong.

    If a mistake shows only in a second pass, that pass is compared. No grad is changed.

    kind: one of MISTAKES, as for :func:`broken`. Raises ArgumentError for any other kind.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; f = b * (b + 1)
    >>> compare(f, "operands_as_set")
    f, the right pass against keeping operands in a set
      1  f -> b                  b.grad = 3     f -> b                  b.grad = 3
      2  f -> v2                 v2.grad = 2    f -> v2                 v2.grad = 2
      3  v2 -> b                 b.grad = 5     v2 -> b                 b.grad = 5
      4  b -> a (operand 1)      a.grad = 5     b -> a (operand 1)      a.grad = 5
      5  b -> a (operand 2)      a.grad = 10    -                                      <- goes wrong here
      a.grad is 10, and 5 with the mistake
    """
    mistake, graph = mistake_called(kind), graph or named_graph(f)
    head = f"{name_of(graph, graph.root)}, the right pass against {mistake.phrase}"
    if excuse := mistake.takes_for_ever(graph):
        return Report(f"{head}: {excuse}")
    wrong, right = mistake.start(graph)
    wrong_edges, right_edges = list(mistake.follow(graph, wrong)), list(RIGHT.follow(graph, right))
    rows: list[list[str]] = []
    leaves = [node for node in graph.nodes if not node.operands and not same(right[node], wrong[node])]
    differs = _first_wrong(graph, right_edges, wrong_edges) if leaves else None
    count = max(len(right_edges), len(wrong_edges))
    around = range(max((differs or 0) - 10, 0), min((differs or 0) + 20, count))
    for i in around:
        cells = [f"{i + 1}"]
        for made in (right_edges, wrong_edges):
            cells += _cells(graph, *made[i]) if i < len(made) else ["-", ""]
        rows.append([*cells, "<- goes wrong here" if i == differs else ""])
    lines = [head, *_table(rows)]
    if len(around) < count:
        lines.append(f"  ({len(around)} of {count} edges)")
    lines += [
        f"  {name_of(graph, x)}.grad is {short(right[x])}, and {short(wrong[x])} with the mistake" for x in leaves[:8]
    ]
    if not leaves:
        lines.append("  every leaf comes out right: this graph does not show the mistake")
    return Report("\n".join(lines))


def _first_wrong(graph: Graph, right: list[Made], wrong: list[Made]) -> int | None:
    """Find the first row that goes wrong. A different order of edges is not a mistake, as long as every node waits."""
    for i, ((here, _), (there, _)) in enumerate(zip(right, wrong)):
        if here != there:
            early, _ = too_early((place for place, _ in wrong), graph)
            return next((i for i, (place, _) in enumerate(wrong) if place == early), i)
        if not same(right[i][1], wrong[i][1]):
            return i
    return min(len(right), len(wrong)) if len(right) != len(wrong) else None


def _cells(graph: Graph, place: Place, grad: float) -> list[str]:
    edge = Edge(graph, *place)
    return [arrow(edge), f"{name_of(graph, edge.operand)}.grad = {short(grad)}"]


def _table(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  " + "    ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]
