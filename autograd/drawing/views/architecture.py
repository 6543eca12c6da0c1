"""``draw(model, input=...)``: a model without a result, drawn from the numbers of its input or from their shape alone.

>>> import nn
>>> from autograd import draw
>>> picture = draw(nn.MLP(4, [8, 3], seed=0), input=(4,)).picture
>>> [box.name for box in picture.boxes if box.kind == "module"]
['layers.0', 'layers.1']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...errors import ArgumentError, AutogradError
from ...explain.naming import mapped, names_for
from ...explain.phrases import counted
from ...graph import Graph, walk
from ...modes import PARAMETER, Scope, ieee
from ..dot import DotWriter
from ..picture import Arrow, Box

__all__ = ["ArchitectureWriter", "flat", "graph_of_model", "innermost_modules", "is_shape"]

ANY = 0.5  # the number that fills a shape, and is never shown


def is_shape(input: Any) -> bool:
    """Return whether an input is given by its shape: a tuple of whole numbers, such as (3, 4)."""
    return isinstance(input, tuple) and bool(input) and all(type(size) is int and size > 0 for size in input)


def graph_of_model(model: Callable[..., Any], input: Any) -> Graph:
    """Return the graph of everything that a model returns for an input.

    input: numbers in nested lists, or a shape, which is a tuple of whole numbers. Whole numbers are passed on unchanged
    if the model, such as an embedding, takes no Values. Raises ArgumentError for a model that returns no Values.
    """
    with ieee():  # the numbers that fill a shape do not matter, so none may raise an error
        if is_shape(input):
            output = model(_filled(input, "input"))
        else:
            try:
                output = model(mapped(input, _leaf, "input"))
            except (AutogradError, TypeError):
                if not all(type(number) is int for number in flat(input)):
                    raise
                output = model(input)
    roots = [value for value in flat(output) if hasattr(value, "partials")]
    if not roots:
        raise ArgumentError(f"want a model that returns Values, got {output!r:.80} from {type(model).__name__}")
    nodes = walk(*roots)
    outputs = {root: f"output[{i}]" if len(roots) > 1 else "output" for i, root in enumerate(roots)}
    return Graph(roots, outputs | names_for(*roots, variables={}, nodes=nodes), nodes)


def _filled(shape: Sequence[int], name: str) -> Any:
    return [_filled(shape[1:], f"{name}[{i}]") for i in range(shape[0])] if shape else _leaf(ANY, name)


def _leaf(number: Any, name: str) -> Any:
    from ...value import Value  # the only place where a picture makes Values, from the input it was given

    return Value(number, label=name) if isinstance(number, (int, float)) else number


def flat(nested: Any) -> Iterator[Any]:
    """Yield the items of nested lists, tuples and dicts, in order.

    >>> list(flat([1, (2, {"a": 3})]))
    [1, 2, 3]
    """
    items: Any = nested.values() if isinstance(nested, dict) else nested
    if isinstance(items, (list, tuple)) or items is not nested:
        for item in items:
            yield from flat(item)
    else:
        yield nested


def innermost_modules(graph: Graph) -> list[Any]:
    """Return the modules with their own parameters, which a picture of the architecture closes."""
    found: dict[int, Any] = {}
    for node in graph.nodes:
        if any(not isinstance(operand, float) and operand.scope is PARAMETER for operand in node.operands):
            call: Scope | None = node.scope
            while call is not None and isinstance(call.module, str):  # a part that only has a name, not a module
                call = call.parent
            if call is not None:
                found[id(call.module)] = call.module
    return list(found.values())


class ArchitectureWriter(DotWriter):
    """A writer that shows how many values go into and out of each module, and its parameter count, but no numbers."""

    is_computed = False

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        if box.kind not in ("module", "more"):
            return [(counted(len(box.nodes), "value"), "", "")] if len(box.nodes) > 1 else []
        inside = {*box.nodes}
        goes_in = {operand for node in box.nodes for operand in node.operands if self._enters(operand, inside)}
        leaves = {operand for node in self.graph.nodes if node not in inside for operand in node.operands}
        comes_out = (inside & leaves) | (inside & {*self.graph.roots})
        parameters = [node for node in box.nodes if node.scope is PARAMETER]
        values = f"{len(goes_in) // box.times:,} → {len(comes_out) // box.times:,}"
        rows = [(self._kind(box), values, "")]
        return [*rows, ("parameters", f"{len(parameters):,}", "")] if parameters else rows

    def _kind(self, box: Box) -> str:
        """Return the class of the module in a box, or "values" for several."""
        call = next((node.scope for node in reversed(box.nodes) if node.operands), None)
        while call is not None and self.picture.modules.title(call) != box.name:
            call = call.parent
        return type(call.module).__name__ if call is not None else "values"

    def _enters(self, operand: Any, inside: set[Any]) -> bool:
        return not isinstance(operand, float) and operand not in inside and operand.scope is not PARAMETER

    def leaves(self, box: Box) -> Any:
        return self.rows(box)

    def words(self, arrow: Arrow) -> str:
        passing = len({id(node.operands[k]) for node, k in arrow.edges})
        return counted(passing, "value") if passing > 1 else ""

    def notes(self) -> list[str]:
        return ["the shape of the model, without its numbers"]
