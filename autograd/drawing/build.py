"""From a graph and the options of draw() to a Picture: which values it shows, which modules it closes, how far it folds.

>>> from autograd import Value
>>> a = Value(2.0, label="a"); f = a * a + 1; f.label = "f"
>>> build_picture(Graph(f)).boxes
[Box(v0, input, 'a'), Box(v1, value, 'v1'), Box(v2, result, 'f'), Box(c2_1, constant, 'constants')]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import ArgumentError, GraphError
from ..explain.naming import ModuleNames
from ..graph import Graph
from ..modes import Scope, gc_paused
from ..node import Node
from .folding import fold as fold_values
from .parts import Closes, Group, calls_of
from .picture import BUDGET, Picture

__all__ = ["around", "build_picture", "on_paths"]


def build_picture(
    graph: Graph,
    *,
    depth: int | None = None,
    budget: int | None = BUDGET,
    fold: object = None,
    open: object = None,
    at: Node | str | None = None,
    radius: int = 2,
    path: Node | str | None = None,
) -> Picture:
    """The boxes, arrows and clusters that `draw` shows for the same options, which are explained there.

    Raises ArgumentError for an option that is not a whole number, GraphError for a module or node that is not there.
    """
    for option, number in (("depth", depth), ("budget", budget), ("radius", radius)):
        if number is not None and (not isinstance(number, int) or number < 0):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ArgumentError(f"want {option} as a whole number from 0 on, got {number!r}")
    with gc_paused():
        return _build(graph, budget, depth, fold, at, radius, path)


def _build(
    graph: Graph,
    budget: int | None,
    depth: int | None,
    fold: object,
    at: Node | str | None,
    radius: int,
    path: Node | str | None,
) -> Picture:
    modules = ModuleNames()
    nodes: Sequence[Node] | None = None
    if at is not None:
        nodes = around(graph, _found(graph, at), radius)
    elif path is not None:
        nodes = on_paths(graph, _found(graph, path))
    tried: list[tuple[list[Group], Picture]] = []

    def size(groups: list[Group]) -> int:
        tried[:] = [(groups, Picture(graph, groups, modules))]
        return tried[0][1].size()

    groups = fold_values(
        graph, nodes, budget=None if fold is False else budget, depth=depth,
        closes=_closes(graph, fold, modules) if fold else None, size=size,
    )  # fmt: skip
    return tried[0][1] if tried and tried[0][0] is groups else Picture(graph, groups, modules)


def _found(graph: Graph, node: Node | str) -> Node:
    if isinstance(node, str):
        try:
            return graph.find(node)
        except GraphError as error:
            if node.lower().endswith((".svg", ".png", ".pdf", ".jpg")):
                raise GraphError(f"{error}. To write a picture: draw().render({node!r})") from None
            raise
    graph.name(node)  # refuses one that is not in the graph
    return node


def _names_of_modules(graph: Graph, modules: ModuleNames) -> dict[str, None]:
    """What the modules called in a graph go by: path or class, in order."""
    calls = [call for scope in dict.fromkeys(node.scope for node in graph.nodes) for call in calls_of(scope)[::-1]]
    titles = dict.fromkeys(modules.title(call) for call in calls)
    return titles | dict.fromkeys(type(call.module).__name__ for call in calls if not isinstance(call.module, str))


def _closes(graph: Graph, fold: object, modules: ModuleNames) -> Closes:
    wanted: list[Any] = [*fold] if isinstance(fold, (list, tuple, set)) else [fold]
    names = _names_of_modules(graph, modules) if any(isinstance(thing, str) for thing in wanted) else {}
    for thing in wanted:
        if isinstance(thing, str) and thing not in names:
            there = f"there are {', '.join(list(names)[:8])}" if names else "there is none"
            raise GraphError(f"no module to fold is called {thing!r} in this graph: {there}")

    def closes(call: Scope, _depth: int) -> bool:
        for thing in wanted:
            if isinstance(thing, str):
                if thing in (modules.title(call), type(call.module).__name__):
                    return True
            elif isinstance(thing, type):
                if isinstance(call.module, thing):
                    return True
            elif thing is call.module:
                return True
        return False

    return closes


def around(graph: Graph, node: Node, radius: int) -> list[Node]:
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
    found: set[Any] = {node}
    edge: list[Any] = [node]
    for _ in range(radius):
        near = [other for here in edge for other in (*here.operands, *users.get(here, ()))]
        edge = [other for other in dict.fromkeys(near) if not isinstance(other, float) and other not in found]
        found.update(edge)
    return [value for value in graph.nodes if value in found]


def on_paths(graph: Graph, node: Node) -> list[Node]:
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
