"""grad(): gradients as Values, which can be differentiated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import GraphError, NotANumberError
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
    Raises GraphError for an input that output does not depend on; with allow_unused it gets 0. With create_graph
    it also raises one where data was changed after it was used: that slope is gone. Raises NotANumberError for
    an output that is no Value, and TraceError inside a function that compile() traces.

    >>> x = Value(2.0, label="x")
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> (curvature,) = grad(slope, x)
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    if not isinstance(output, Value):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
        raise NotANumberError(
            f"grad: want a Value to differentiate, got {output!r}: was it made from .data or .item()?"
        )
    _ = output.grad  # of a Value that compile() traces there is none, and it says so
    wanted = [inputs] if isinstance(inputs, Value) else list(inputs)
    alone = wanted[0] if len(wanted) == 1 else None  # what one input was computed from does not matter to it
    graph = Graph(output, nodes=walk(output, down_to=alone))
    for node in wanted:
        if node not in graph and not allow_unused:
            raise GraphError(
                f"{graph.name(output)} does not depend on {node!r}: was it made from .data? "
                "allow_unused=True gives such an input the gradient 0"
            )
    depends: set[Any] = set(wanted)  # what depends on an input: no gradient need go anywhere else
    for node in graph.nodes:
        if not depends.isdisjoint(node.operands):
            depends.add(node)
    arrived: dict[Value, Any] = {output: Value(1.0) if create_graph else 1.0}
    for node in reversed(graph.nodes):
        upstream = arrived.get(node)
        if upstream is None or not node.operands:
            continue
        for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
            if partial is not None and operand in depends:
                slope = _partial_as_value(graph, node, k) if create_graph else partial
                share = slope * upstream
                arrived[operand] = arrived[operand] + share if operand in arrived else share
    gradients = [arrived.get(node, 0.0) for node in wanted]
    return tuple(g if isinstance(g, Value) else Value(g) for g in gradients)


def _partial_as_value(graph: Graph, node: Value, k: int) -> Value | float:
    """The slope of a node in its k-th operand as a graph of its own: the row's formula, computed on Values."""
    assert node.op is not None
    formula, index = node.op.partial(k, len(node.operands))
    slope = formula.evaluate({**node.op.bind(node.operands), "out": node}, ON_VALUES, index)
    now, then = slope.data if isinstance(slope, Value) else slope, node.partials[k]
    if then is not None and abs(now - then) > 1e-9 * max(abs(now), abs(then)):
        raise GraphError(
            f"grad: the slope of {graph.name(node)} in operand {k + 1} was {then!r} when it was computed, and would be {now!r} "
            f"now: data was changed in between. Compute {graph.name(graph.root)} anew before grad(create_graph=True)"
        )
    return slope
