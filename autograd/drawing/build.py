"""A part of a graph to look at by itself: what is around a node, or what lies on the paths to it."""

from __future__ import annotations

from typing import Any

from ..graph import Graph

__all__ = ["around", "on_paths"]


def around(graph: Graph, node: Any, radius: int) -> list[Any]:
    """The values at most `radius` operations away from a node, either way, in the order of the graph.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a"); b = a.exp(); c = b.exp(); d = c.exp()
    >>> len(around(Graph(d), b, 1))
    3
    """
    users: dict[Any, list[Any]] = {}
    for user in graph.nodes:
        for operand in user.operands:
            users.setdefault(operand, []).append(user)
    found = {node}
    edge = [node]
    for _ in range(radius):
        near = [other for here in edge for other in (*here.operands, *users.get(here, ()))]
        edge = [other for other in dict.fromkeys(near) if not isinstance(other, float) and other not in found]
        found.update(edge)
    return [value for value in graph.nodes if value in found]


def on_paths(graph: Graph, node: Any) -> list[Any]:
    """A node, and every value that depends on it, in the order of the graph: what its gradient comes through.

    >>> from autograd import Value
    >>> a, b = Value(1.0), Value(2.0)
    >>> len(on_paths(Graph((a + b) * b.exp()), a))
    3
    """
    found = {node}
    for value in graph.nodes:
        if any(operand in found for operand in value.operands):
            found.add(value)
    return [value for value in graph.nodes if value in found]
