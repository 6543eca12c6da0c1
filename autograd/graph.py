"""A recorded graph as an ordered listing: every value once, operands before what is computed from them.

The order is that of a depth-first walk that takes operands from left to right, and so is the same from
run to run. Read backwards it is the order in which backprop finishes the values: f, then what f was
computed from, and the leaves when all that uses them is done.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; b.label = "b"
    >>> f = b * (b + 1); f.label = "f"
    >>> graph = Graph(f)
    >>> [graph.name(node) for node in graph.nodes]
    ['a', 'b', 'v2', 'f']
    >>> [edge for edge in graph.edges()][0]
    Edge(f -> b, operand 1 of 2)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from .errors import GraphError
from .modes import Scope
from .ops import Op

__all__ = ["Edge", "Graph", "Node", "walk"]


class Node(Protocol):
    """What this module, and all that draw or step, may know of a Value."""

    data: float
    grad: float
    label: str
    op: Op | None
    operands: tuple[Any, ...]
    partials: tuple[float | None, ...]
    scope: Scope | None


def walk(*roots: Any) -> list[Any]:
    """Every value that `roots` depend on, and they, each once, operands first. Never recurses."""
    order: list[Any] = []
    seen: set[Any] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        path, pending = [root], [iter(root.operands)]
        while pending:
            for operand in pending[-1]:
                if operand in seen or isinstance(operand, float):
                    continue
                seen.add(operand)
                if operand.operands:
                    path.append(operand)
                    pending.append(iter(operand.operands))
                    break
                order.append(operand)
            else:
                order.append(path.pop())
                pending.pop()
    return order


class Edge:
    """One step of the chain rule: `node` hands ``partial * node.grad`` to `operand`, its k-th (from 0)."""

    __slots__ = ("graph", "k", "node")

    def __init__(self, graph: Graph, node: Any, k: int) -> None:
        self.graph = graph
        self.node = node
        self.k = k

    @property
    def operand(self) -> Any:
        return self.node.operands[self.k]

    @property
    def partial(self) -> float:
        return self.node.partials[self.k]

    def __repr__(self) -> str:
        count = len(self.node.operands)
        which = f", operand {self.k + 1} of {count}" if count > 1 else ""
        return f"Edge({self.graph.name(self.node)} -> {self.graph.name(self.operand)}{which})"


class Graph:
    """The listing of a result: `root`, `nodes` in forward order, and a name for each of them.

    names: names to prefer for nodes without a label, by node, such as parameters or the caller's
    variables. A node with neither is called after its place in the listing, ``v7``: the same in
    drawings, in the stepper and in emitted source. Names are unique: a second ``b`` is ``b_2``.
    """

    def __init__(self, root: Any, names: Mapping[Any, str] | None = None) -> None:
        self.root = root
        self.nodes: list[Any] = walk(root)
        self.index: dict[Any, int] = {node: i for i, node in enumerate(self.nodes)}
        self._given = names or {}
        self._names: dict[Any, str] | None = None

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, node: object) -> bool:
        return node in self.index

    @property
    def names(self) -> dict[Any, str]:
        """A unique name for every node."""
        if self._names is None:
            self._names = {}
            taken: dict[str, int] = {}
            given = {node: node.label or self._given.get(node, "") for node in self.nodes}
            reserved = {name for name in given.values() if name}
            for i, node in enumerate(self.nodes):
                name = given[node] or f"v{i}"
                count = taken[name] = taken.get(name, 0) + 1
                unique = name if count == 1 and (given[node] or name not in reserved) else f"{name}_{max(count, 2)}"
                while unique != name and (unique in reserved or unique in taken):
                    count += 1
                    unique = f"{name}_{count}"
                taken.setdefault(unique, 1)
                self._names[node] = unique
        return self._names

    def name(self, node: Any) -> str:
        """The node's name; of a constant its number. Raises GraphError for a node of another graph."""
        if isinstance(node, float):
            return f"{node:g}"
        try:
            return self.names[node]
        except (KeyError, TypeError):
            raise GraphError(
                f"{node!r} is not in the graph of {self.names[self.root]}: was it made from .data, or after it?"
            ) from None

    def find(self, name: str) -> Any:
        """The node of that name. Raises GraphError, naming what there is."""
        for node, known in self.names.items():
            if known == name:
                return node
        some = ", ".join(list(self.names.values())[-8:][::-1])
        raise GraphError(f"no value is called {name!r} in this graph: there are {some}")

    def edges(self) -> Iterator[Edge]:
        """The edges in the order of backprop: results first, each node's operands from left to right."""
        for node in reversed(self.nodes):
            for k, partial in enumerate(node.partials):
                if partial is not None:
                    yield Edge(self, node, k)

    def consumers(self) -> dict[Any, int]:
        """How many edges reach each node: a gradient is complete when that many have arrived."""
        counts = dict.fromkeys(self.nodes, 0)
        for node in self.nodes:
            for operand, partial in zip(node.operands, node.partials):
                if partial is not None:
                    counts[operand] += 1
        return counts
