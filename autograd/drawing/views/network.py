"""A graph as a network: columns of dots, one for each neuron and each with its position, and the weights between them.

>>> from autograd import Value, dot
>>> x = [Value(1.0, label="x0"), Value(2.0, label="x1")]
>>> network = Network(Graph(dot(x, [Value(0.5), Value(-0.5)])))
>>> [[dot.id for dot in block.dots] for block in network.blocks], len(network.edges)
([['i0_0', 'i0_1'], ['n0_0']], 2)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...errors import GraphError
from ...explain.naming import ModuleNames, one_line
from ...explain.phrases import counted
from ...graph import Graph
from .layers import Layer, Neuron, layers_of

__all__ = ["Block", "Dot", "Network"]

SMALL, LARGE = 30.0, 40.0  # the width of a dot, in points at the usual font size
MOST, FEWER = 16, 12  # the maximum number of dots in a column, and where there is little room; others are left out
NUMBERED, SPARSE = 40, 6  # the maximum numbers of lines that carry numbers, and of columns with room for them
NEAR, FAR = 32.0, 76.0  # the distance between dots in a column: the minimum and the maximum
ACROSS, CLOSE, WIDE = 170.0, 70.0, 860.0  # distances of columns: maximum, minimum, and total
STACKED = 44.0  # the distance between two layers in one column


class Dot:
    """A number with its position. value: a Value or a float. hidden: how many others this dot replaces."""

    def __init__(self, id: str, value: Any, neuron: Neuron | None = None, hidden: int = 0) -> None:
        self.id, self.value, self.neuron, self.hidden = id, value, neuron, hidden
        self.x = self.y = 0.0


class Block:
    """Dots stacked in a column, under a title: the inputs, a layer, the result."""

    def __init__(self, title: str, dots: list[Dot], column: int) -> None:
        self.title, self.column = title, column
        self.dots = dots

    def shorten(self, most: int) -> None:
        """Keep the first and the last dots, up to a limit that includes one dot for all those left out."""
        hidden = len(self.dots) - most + 1
        if hidden > 1:
            more = Dot(f"{self.dots[0].id}_more", None, hidden=hidden)
            self.dots = [*self.dots[: most // 2], more, *self.dots[most // 2 + hidden :]]


class Network:
    """The columns of one graph. y grows upwards, as in Graphviz.

    edges: lines from dot to dot with a weight, or to the result without one. wide: the width of a dot. numbered:
    whether there is room for a number on each line. layers: those to draw, by default all. tight: whether there is
    little room. Raises GraphError for a graph without a layer of neurons.
    """

    def __init__(self, graph: Graph, layers: Sequence[Layer] | None = None, tight: bool = False) -> None:
        self.graph = graph
        self.layers = layers_of(graph) if layers is None else layers
        if not self.layers:
            raise GraphError(
                f"there are no neurons in the graph of {graph.name(graph.root)}: want sums of inputs times weights, as "
                'dot(xs, ws, bias) computes; view="graph" draws any graph'
            )
        self.names = ModuleNames()
        self.blocks: list[Block] = []
        self.shown: dict[Any, Dot] = {}
        for k, layer in enumerate(self.layers):
            self._add(k, layer)
        self._add_result()
        self.columns: dict[int, list[Block]] = {}
        for block in self.blocks:
            self.columns.setdefault(block.column, []).append(block)
        for column in self.columns.values():
            for block in column:
                block.shorten(max(3 if tight else 4, (FEWER if tight else MOST) // len(column)))
        self.edges = list(self._edges())
        self.numbered = len(self.edges) <= NUMBERED and len(self.columns) <= SPARSE
        self._place(tight)

    # --- What is drawn ---

    def _add(self, k: int, layer: Layer) -> None:
        new = [(j, x) for j, x in enumerate(layer.inputs) if isinstance(x, float) or x not in self.shown]
        known = [self._column(x) for x in layer.inputs if not isinstance(x, float) and x in self.shown]
        column = 1 + max(known, default=0)
        if new:
            dots = [Dot(f"i{k}_{j}", x) for j, x in new]
            self.shown |= {self._key(k, j, x): dot for dot, (j, x) in zip(dots, new)}
            title = f"{counted(len(new), 'input')}" if not known else counted(len(new), "other value")
            self.blocks.append(Block(title, dots, column - 1))
        dots = [Dot(f"n{k}_{i}", neuron.out, neuron) for i, neuron in enumerate(layer.neurons)]
        self.shown |= {dot.value: dot for dot in dots}
        self.blocks.append(Block(self._title(k, layer), dots, column))

    def _title(self, k: int, layer: Layer) -> str:
        neuron = layer.neurons[0]
        name = self.names.title(neuron.sum.scope) if neuron.sum.scope is not None else f"layer {k + 1}"
        activation = f" · {neuron.out.op.symbol}" if neuron.out is not neuron.sum else ""
        return f"{one_line(name, 24)}{activation}"

    def _key(self, k: int, j: int, x: Any) -> Any:
        return (k, j) if isinstance(x, float) else x

    def _column(self, value: Any) -> int:
        dot = self.shown[value]
        return next((block.column for block in self.blocks if dot in block.dots), 0)

    def _add_result(self) -> None:
        root = self.graph.root
        if root not in self.shown:
            last = max(block.column for block in self.blocks)
            self.shown[root] = Dot("result", root)
            self.blocks.append(Block("result", [self.shown[root]], last + 1))

    def _edges(self) -> Iterable[tuple[Dot, Dot, Any]]:
        """Yield lines from dot to dot with a weight, or to the result without one."""
        drawn = {dot: None for block in self.blocks for dot in block.dots}
        used: set[Any] = set()
        for k, layer in enumerate(self.layers):
            for neuron in layer.neurons:
                head = self.shown[neuron.out]
                for j, (x, weight) in enumerate(zip(neuron.inputs, neuron.weights)):
                    tail = self.shown[self._key(k, j, x)]
                    used.add(tail)
                    if head in drawn and tail in drawn:
                        yield tail, head, weight
        if self.blocks[-1].title == "result":
            result = self.shown[self.graph.root]
            last = [dot for dot in drawn if dot not in used and dot is not result and not dot.hidden]
            yield from ((dot, result, None) for dot in last)

    # --- Where it is ---

    def _place(self, tight: bool) -> None:
        most = max(sum(len(block.dots) for block in column) for column in self.columns.values())
        near = max(NEAR, min(FAR, 6 * FAR / most) if self.numbered else min(FAR, 16 * NEAR / most))
        near = NEAR if tight else near
        self.wide = min(LARGE, max(SMALL, 0.6 * near))
        across = max(CLOSE, min(ACROSS, WIDE / len(self.columns)))
        for number, column in self.columns.items():
            high = sum(near * len(block.dots) for block in column) + STACKED * (len(column) - 1) - near
            y = high / 2
            for block in column:
                for dot in block.dots:
                    dot.x, dot.y = across * number, y
                    y -= near
                y -= STACKED
        dots = [dot for block in self.blocks for dot in block.dots]
        self.left, self.right = min(dot.x for dot in dots) - self.wide, max(dot.x for dot in dots) + self.wide
        self.top, self.bottom = max(dot.y for dot in dots) + self.wide, min(dot.y for dot in dots) - self.wide
