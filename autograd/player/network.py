"""The network of a graph for the page: dots, and lines between them, each with its value's position in the listing."""

from __future__ import annotations

from typing import Any

from ..drawing.views.layers import Neuron
from ..drawing.views.network import Dot, Network
from ..errors import GraphError
from ..explain.naming import one_line
from ..graph import Graph

__all__ = ["network_data"]

NAMES = 60  # the space beside the first and the last column, in points
TITLES = 34  # the space above the dots, in points


def network_data(graph: Graph) -> dict[str, Any] | None:
    """Return the network for the page to draw, in points from the top left; None if the graph has no layers of neurons.

    >>> from autograd import Value, dot
    >>> x, w = [Value(1.0), Value(2.0)], [Value(0.5), Value(0.25)]
    >>> data = network_data(Graph(dot(x, w)))
    >>> len(data["dots"]), data["lines"]
    (3, [[0, 2, 2], [1, 2, 3]])
    """
    try:
        network = Network(graph)
    except GraphError:
        return None
    dots = [dot for block in network.blocks for dot in block.dots]
    number = {dot: i for i, dot in enumerate(dots)}
    left, top = network.left - NAMES, network.top + TITLES

    def at(x: float, y: float) -> list[float]:
        return [round(x - left, 1), round(top - y, 1)]

    titles = [[*at(block.dots[0].x, block.dots[0].y + 0.8 * network.wide), block.title] for block in network.blocks]
    return {
        "size": [round(network.right + NAMES - left), round(top - network.bottom)],
        "wide": network.wide,
        "titles": titles,
        "dots": [_dot(graph, dot, at(dot.x, dot.y)) for dot in dots],
        "lines": [[number[tail], number[head], _of(graph, weight)] for tail, head, weight in network.edges],
    }


def _of(graph: Graph, value: Any) -> Any:
    """Write a Value as its position in the listing, and a constant with its number."""
    return ["constant", value] if isinstance(value, float) else None if value is None else graph.index[value]


def _dot(graph: Graph, dot: Dot, at: list[float]) -> dict[str, Any]:
    if dot.hidden:
        return {"at": at, "more": dot.hidden}
    if isinstance(dot.value, float):
        return {"at": at, "node": -1, "sum": -1, "number": dot.value}
    index, name = graph.index[dot.value], graph.name(dot.value)
    data: dict[str, Any] = {"at": at, "node": index, "sum": -1, "left": dot.neuron is None and dot.id != "result"}
    if graph.is_named(dot.value):
        data["name"] = one_line(name, 18)
    return data | (_neuron(graph, dot.neuron) if dot.neuron is not None else {})


def _neuron(graph: Graph, neuron: Neuron) -> dict[str, Any]:
    terms = [[_of(graph, x), _of(graph, weight)] for x, weight in zip(neuron.inputs, neuron.weights)]
    data: dict[str, Any] = {"sum": graph.index[neuron.sum], "terms": terms}
    return data if neuron.bias is None else data | {"bias": _of(graph, neuron.bias)}
