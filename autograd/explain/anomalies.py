"""Reports of what looks unhealthy in a graph: nan and infinity, dead and saturated units, vanishing gradients.

>>> from autograd import Value, detect_anomalies
>>> x = Value(-2.0, label="x")
>>> n = 3 * x; f = n.relu() + 1
>>> detect_anomalies(f)
dead relu: v2 = relu(n) gives 0 and lets no gradient through, since n = 3 * x = 3 * (-2) = -6
no gradient: df/dx is exactly 0: on its largest path, f -> v2 -> n -> x, d relu(n)/dn = 0 if n <= 0 else 1 = 0 if -6 <= 0 else 1 = 0
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import ArgumentError
from ..frames import public
from ..graph import Edge, Graph, gradients
from ..modes import PARAMETER
from ..slow_path import Pole, real_data
from .naming import named_graph, one_line, outer_modules, parameters_of
from .paths import Path, strongest_path
from .phrases import Report, below, counted, name_of, operation, short, slope, with_numbers
from .source import source_of
from .staleness import remark

__all__ = ["Anomalies", "detect_anomalies"]

SATURATED = 0.01  # the fraction of the steepest slope below which a unit is called saturated
VANISHED = 1e-6  # the fraction of the seed below which a gradient has vanished
EXPLODED = 1e6  # the multiple of the seed above which a gradient has exploded
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}
CANCELLED = 1e-6  # the fraction of its largest path below which a gradient has cancelled out
LISTED = 5  # how many of each kind are listed


class Anomalies(Report):
    """The text of :func:`detect_anomalies`. kinds: what was found, such as "dead relu", in order."""

    kinds: tuple[str, ...]


@public
def detect_anomalies(*results: Any, graph: Graph | None = None) -> Anomalies:
    """Report what looks unhealthy in the graphs of some results, such as the losses of several inputs.

    It looks for a graph that lacks something that should be in it, or that keeps the graphs of earlier results alive;
    for data that was changed after it was used, and gradients left from an earlier pass; for the first nan or infinity
    of the forward pass, and of the backward pass; for units that are dead (relu) or saturated (tanh, sigmoid) for all
    inputs seen (units with the same parameters, or the same label, count as one); and for leaves whose gradients are 0,
    vanish or explode. No grad is changed.

    >>> from autograd import Value, ieee
    >>> a = Value(0.0, label="a")
    >>> with ieee():
    ...     f = a.log() * 2
    >>> detect_anomalies(f)
    -inf forward: v1 = log(a) is -inf, since a = 0; it reaches f = -inf
    inf backward: on the edge v1 -> a the slope is d log(a)/da = 1 / a = 1 / 0 = inf
    """
    if not results:
        raise ArgumentError("want at least one Value to look at, got none")
    for result in results:
        if not hasattr(result, "partials"):
            many = ": write detect_anomalies(*results)" if isinstance(result, (list, tuple)) else ""
            raise ArgumentError(f"want Values to look at, got {type(result).__name__}{many}")
    graphs = [graph] if graph else [named_graph(result) for result in results]
    found = [*_cut(graphs), *_running_totals(graphs), *_changed_data(graphs), *_stale_gradients(graphs)]
    there = len(found)
    for each in graphs:
        found += _first_bad_value(each)
        found += _first_bad_gradient(each, gradients(each))
    finite = len(found) == there
    found += _units(graphs)
    if finite and not any(kind == "cut graph" for kind, _ in found):
        found += _gradient_sizes(graphs)
    if not found:
        return Anomalies(
            "nothing unhealthy: every number is finite, and gradients of a reasonable size reach every leaf", kinds=()
        )
    return Anomalies("\n".join(f"{kind}: {said}" for kind, said in found), kinds=tuple(kind for kind, _ in found))


# --- The graph as a whole ----------------------------------------------------------------------------------


def _cut(graphs: Sequence[Graph]) -> list[tuple[str, str]]:
    """Find results without a recorded graph, and modules that were called but whose parameters are all missing."""
    found = [
        ("cut graph", f"{name_of(graph, graph.root)} is a leaf, so no gradient flows back from it: {graph.how_cut()}")
        for graph in graphs
        if not graph.root.operands
    ]
    nodes = {node for graph in graphs for node in graph.nodes}
    for model in outer_modules([node for graph in graphs if graph.root.operands for node in graph.nodes]):
        told: list[str] = []
        for path, module in model.named_modules() if hasattr(model, "named_modules") else ():
            parameters = [parameter for _, parameter in parameters_of(module)]
            if path and parameters and nodes.isdisjoint(parameters) and not path.startswith(tuple(told)):
                told.append(f"{path}.")
                which = f"none of the {counted(len(parameters), 'parameter')} of {one_line(path)} ({type(module).__name__}) is"
                asked = "was its output taken as .data, or is it not used?"
                found.append(("cut graph", f"{which} in the graph of {name_of(graphs[0], graphs[0].root)}: {asked}"))
    return found


def _running_totals(graphs: Sequence[Graph]) -> list[tuple[str, str]]:
    """Find sums of results that each had their own backward(): such a sum keeps all their graphs."""
    found: list[tuple[str, str]] = []
    for graph in graphs:
        fresh = [node for node in reversed(graph.nodes) if node.operands and not node.reached]
        own = {operand: None for node in fresh for operand in below(node) if operand.operands and operand.reached}
        if not graph.root.reached and len(own) > 1:
            name = name_of(graph, graph.root)
            said = f"{name} is computed from {len(own)} results, each with its own backward(), and keeps the graphs"
            found.append(("running total", f"{said} of all of them, {len(graph):,} values: add up .item() instead"))
    return found


def _changed_data(graphs: Sequence[Graph]) -> list[tuple[str, str]]:
    remarks = ((graph, remark(graph)) for graph in graphs)
    return [("changed data", f"{said}: its slopes are those of the old data") for _, said in remarks if said]


def _stale_gradients(graphs: Sequence[Graph]) -> list[tuple[str, str]]:
    """Find leaves whose grad is more than the backward passes of these results have added."""
    if not all(graph.root.reached and graph.root.operands for graph in graphs):
        return []
    due: dict[Any, float] = {}
    for graph in graphs:
        for node, grad in gradients(graph).items():
            if not node.operands:
                due[node] = due.get(node, 0.0) + grad * graph.root.grad
    held = {leaf: leaf.grad for leaf in due if leaf.reached and math.isfinite(due[leaf]) and math.isfinite(leaf.grad)}
    wrong = [leaf for leaf, grad in held.items() if not math.isclose(grad, due[leaf], rel_tol=1e-6, abs_tol=1e-12)]
    ratios = {f"{held[leaf] / due[leaf]:.5g}" for leaf in held if due[leaf]}
    ratio = float(ratios.pop()) if len(ratios) == 1 else 0.0
    if not wrong or 0 < ratio < 1:  # the gradients were all scaled down, by clipping
        return []
    graph = next(graph for graph in graphs if wrong[0] in graph)
    name, times = name_of(graph, wrong[0]), f" (it holds {ratio:g} times as much)" * (ratio > 1)
    more = f"; the same goes for {counted(len(wrong) - 1, 'other')}" if len(wrong) > 1 else ""
    said = f"{name}.grad is {short(held[wrong[0]])}, but {short(due[wrong[0]])} comes from here{times}"
    return [("stale gradient", f"{said}: was zero_grad() left out before backward()?{more}")]


def _from(graph: Graph, node: Any) -> str:
    """Write ``n = 3 * x = 3 * (-2) = -6``, and the line that made it, if that was recorded."""
    said = operation(graph, node)
    chain = [name_of(graph, node), *([said, with_numbers(node)] if said else []), short(node.data)]
    source = source_of(node)
    return " = ".join(dict.fromkeys(chain)) + (f" ({source})" if source else "")


def _since(graph: Graph, node: Any) -> str:
    return (
        "since " + " and ".join(_from(graph, operand) for operand in below(node)[:3])
        if below(node)
        else "from constants"
    )


def _first_bad_value(graph: Graph) -> list[tuple[str, str]]:
    node = next((node for node in graph.nodes if not math.isfinite(real_data(node, node.data))), None)
    if node is None:
        return []
    name, bad, root = name_of(graph, node), short(node.data), graph.root
    if not node.operands:
        said = f"the leaf {name} is {bad}"
    else:
        source = source_of(node)
        said = f"{name} = {operation(graph, node)} is {bad}{f' ({source})' if source else ''}, {_since(graph, node)}"
    if node is not root:
        reaches = "it reaches" if not math.isfinite(root.data) else "it does not show in"
        said += f"; {reaches} {name_of(graph, root)} = {short(root.data)}"
    return [(f"{bad} forward", said)]


def _first_bad_gradient(graph: Graph, grads: dict[Any, float]) -> list[tuple[str, str]]:
    for edge in graph.edges():
        upstream, partial = grads[edge.node], float(edge.partial)
        stopped = isinstance(edge.partial, Pole) and not upstream
        if math.isfinite(upstream) and not stopped and not math.isfinite(partial * upstream):
            bad = short(partial * upstream)
            why = "the slope is" if not math.isfinite(partial) else f"{short(upstream)} from above is multiplied by"
            source = source_of(edge.node)
            where = f"on the edge {name_of(graph, edge.node)} -> {name_of(graph, edge.operand)}"
            return [(f"{bad} backward", f"{where} {why} {slope(edge)}{f' ({source})' if source else ''}")]
    return []


# --- Units that are dead or saturated ----------------------------------------------------------------------

LINEAR = ("add", "sub", "mul", "neg", "dot", "total")
Sighting = tuple[Graph, Any]


def _units(graphs: Iterable[Graph]) -> list[tuple[str, str]]:
    """Find activations that let no gradient through. Each unit is counted once for all its inputs."""
    seen: dict[Any, list[Sighting]] = {}
    for graph in graphs:
        for node in graph.nodes:
            if node.op is not None and (node.op.name == "relu" or node.op.name in STEEPEST):
                seen.setdefault(_unit(node), []).append((graph, node))
    dead: list[str] = []
    saturated: dict[str, list[str]] = {}
    for sightings in seen.values():
        graph, node = sightings[0]
        if not all(_blocked(other) for _, other in sightings):
            continue
        inputs = [other.operands[0].data for _, other in sightings]
        name = f"{name_of(graph, node)} = {operation(graph, node)}"
        if node.op.name == "relu":
            where = (
                _since(graph, node)
                if len(inputs) == 1
                else f"for all {len(inputs)} inputs seen: {_span(graph, node, inputs)}"
            )
            dead.append(f"{name} gives 0 and lets no gradient through, {where}")
        else:
            where = (
                _since(graph, node)
                if len(inputs) == 1
                else f"the smallest of {len(inputs)} inputs: {_span(graph, node, inputs)}"
            )
            steepest = max(abs(other.partials[0]) for _, other in sightings)
            said = f"{name} has the slope {short(steepest)}, of at most {short(STEEPEST[node.op.name])}, {where}"
            saturated.setdefault(node.op.name, []).append(said)
    return [
        *_told("dead relu", dead),
        *(row for op, texts in saturated.items() for row in _told(f"saturated {op}", texts)),
    ]


def _told(kind: str, texts: list[str]) -> list[tuple[str, str]]:
    told = [(kind, text) for text in texts[:LISTED]]
    return told + [(kind, f"and {len(texts) - LISTED} more like it")] * (len(texts) > LISTED)


def _blocked(node: Any) -> bool:
    partial = node.partials[0]
    if partial is None or not math.isfinite(node.data):
        return False
    return partial == 0 if node.op.name == "relu" else abs(partial) < SATURATED * STEEPEST[node.op.name]


def _span(graph: Graph, node: Any, inputs: list[float]) -> str:
    return f"{name_of(graph, node.operands[0])} is from {short(min(inputs))} to {short(max(inputs))}"


def _unit(node: Any) -> Any:
    """Return what identifies a unit over several inputs: its parameters, or its label, or the node itself."""
    parameters: set[Any] = set()
    pending, seen = below(node), {node}
    while pending:
        operand = pending.pop()
        if operand in seen:
            continue
        seen.add(operand)
        if operand.scope is PARAMETER:
            parameters.add(operand)
        elif operand.op is not None and operand.op.name in LINEAR:
            pending += below(operand)
    return (node.op, frozenset(parameters)) if parameters else (node.op, node.label) if node.label else node


# --- The sizes of gradients --------------------------------------------------------------------------------


def _gradient_sizes(graphs: Iterable[Graph]) -> list[tuple[str, str]]:
    largest: dict[Any, tuple[float, Graph]] = {}  # the largest gradient of each leaf, over the results
    for graph in graphs:
        grads = gradients(graph)
        leaves = [node for node in graph.nodes if not node.operands and node is not graph.root]
        for leaf in [node for node in leaves if node.scope is PARAMETER] or leaves:
            if leaf not in largest or abs(grads[leaf]) > abs(largest[leaf][0]):
                largest[leaf] = grads[leaf], graph
    sizes = {leaf: abs(grad) for leaf, (grad, _) in largest.items()}
    kinds: tuple[tuple[str, Callable[[float], bool]], ...] = (
        ("no gradient", lambda size: size == 0),
        ("vanishing gradient", lambda size: 0 < size < VANISHED),
        ("exploding gradient", lambda size: size > EXPLODED),
    )
    found: list[tuple[str, str]] = []
    for kind, fits in kinds:
        fitting = [leaf for leaf, size in sizes.items() if fits(size)]
        if fitting:
            worst = (
                max(fitting, key=sizes.__getitem__)
                if kind.startswith("exploding")
                else min(fitting, key=sizes.__getitem__)
            )
            more = f"; the same goes for {counted(len(fitting) - 1, 'other')}" if len(fitting) > 1 else ""
            grad, graph = largest[worst]
            found.append((kind, _along(graph, worst, grad) + more))
    return found


def _slope_of(graph: Graph, leaf: Any, grad: float) -> str:
    value = "exactly 0" if grad == 0 else f"{grad:.3g}"
    return f"d{name_of(graph, graph.root)}/d{name_of(graph, leaf)} is {value}"


def _along(graph: Graph, leaf: Any, grad: float) -> str:
    """Say where a gradient became so large or small on its way from the result."""
    path: Path = strongest_path(graph, leaf)
    factors = [abs(factor) for factor in path.factors()]
    largest = math.prod(factors)
    if abs(grad) < CANCELLED * largest:
        gives = f"the largest, {path.text()}, gives {short(math.prod(path.factors()))}"
        return f"{_slope_of(graph, leaf, grad)}: its paths cancel; {gives}"
    small = abs(grad) < 1
    at = factors.index(min(factors) if small else max(factors))
    edge: Edge = path.edge(at)
    said = f"{_slope_of(graph, leaf, grad)}: on its largest path, {path.text()}, "
    if grad and len(factors) > 3:
        count = sum((factor < 1) if small else (factor > 1) for factor in factors)
        said += f"{count} of {len(factors)} slopes are {'below' if small else 'above'} 1, the {'least' if small else 'largest'} is "
    source = source_of(edge.node)
    return f"{said}{slope(edge)}{f' ({source})' if source else ''}"
