"""grad(): gradients as Values, which can be differentiated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from .errors import ArgumentError, GraphError
from .formula import Formula
from .graph import Graph, walk
from .recording import ON_VALUES
from .value import Value

__all__ = ["grad"]


def grad(
    output: Value,
    inputs: Value | Sequence[Value],
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Value, ...]:
    """d(output)/d(input) for each of `inputs`, as torch.autograd.grad: no `.grad` is touched.

    create_graph: record the gradients too, so that they can be differentiated again. retain_graph changes nothing:
    a graph lasts as long as its result.
    Raises GraphError for an input that output does not depend on; with allow_unused it gets 0, and so it does where
    output was computed from gradients: the slope of a straight line depends on nothing, so its own is 0. With create_graph
    it also raises one where data was changed after it was used: that slope is gone. Raises ArgumentError for
    an output that is no Value, and TraceError inside a function that compile() traces.

    >>> x = Value(2.0, label="x")
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> (curvature,) = grad(slope, x)
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    if not isinstance(output, Value):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
        raise ArgumentError(f"grad: want a Value to differentiate, got {output!r}: was it made from .data or .item()?")
    _ = output.grad  # of a Value that compile() traces there is none, and it says so
    wanted = [inputs] if isinstance(inputs, Value) else list(inputs)
    alone = wanted[0] if len(wanted) == 1 else None  # what one input was computed from does not matter to it
    graph = Graph(output, nodes=walk(output, down_to=alone))
    for node in wanted:
        if node not in graph and not allow_unused and _seeds.isdisjoint(graph.nodes):
            raise GraphError(
                f"{graph.name(output)} does not depend on {node!r}: was it made from .data? "
                "allow_unused=True gives such an input the gradient 0"
            )
    depends: set[Any] = set(wanted)  # what depends on an input: no gradient need go anywhere else
    for node in graph.nodes:
        if not depends.isdisjoint(node.operands):
            depends.add(node)
    arrived: dict[Value, Any] = {output: _seed() if create_graph else 1.0}
    for node in reversed(graph.nodes):
        upstream = arrived.get(node)
        if upstream is None or not node.operands:
            continue
        slopes = _Slopes(graph, node) if create_graph else node.partials
        for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
            if partial is not None and operand in depends:
                slope = slopes[k]
                share = slope * upstream
                arrived[operand] = arrived[operand] + share if operand in arrived else share
    gradients = [arrived.get(node, 0.0) for node in wanted]
    return tuple(g if isinstance(g, Value) else Value(g) for g in gradients)


def _seed() -> Value:
    """What gradients start from with create_graph: by it is known that a Value was computed from gradients."""
    seed = Value(1.0)
    _seeds.add(seed)
    return seed


_seeds: WeakSet[Value] = WeakSet()


class _Slopes:
    """The slopes of a node as graphs of their own: the formulas of its row, computed on Values."""

    def __init__(self, graph: Graph, node: Value) -> None:
        assert node.op is not None
        self.graph, self.node, self.op = graph, node, node.op
        self.names = {**node.op.bind(node.operands), "out": node}
        self.known: dict[Formula, dict[str, Any]] = {}  # a formula's intermediates are the same for all of a list

    def __getitem__(self, k: int) -> Value | float:
        formula, index = self.op.partial(k, len(self.node.operands))
        if formula not in self.known:
            self.known[formula] = formula.with_intermediates(self.names, ON_VALUES)
        slope = formula.of(self.known[formula], ON_VALUES, index)
        now, then = slope.data if isinstance(slope, Value) else slope, self.node.partials[k]
        if then is not None and abs(now - then) > 1e-9 * max(abs(now), abs(then)):
            name, root = self.graph.name(self.node), self.graph.name(self.graph.root)
            raise GraphError(
                f"grad: the slope of {name} in operand {k + 1} was {then!r} when it was computed, and would be {now!r} "
                f"now: data was changed in between. Compute {root} anew before grad(create_graph=True)"
            )
        return slope
