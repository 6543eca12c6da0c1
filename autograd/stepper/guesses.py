"""A learner's number: how precise it is, whether it is right, and which simple slip would give it.

>>> from autograd import Value
>>> from autograd.graph import Graph
>>> a = Value(3.0, label="a"); f = a * a; f.label = "f"
>>> guess = Guess("6.0", Graph(f))
>>> guess.agrees(6.04), guess.agrees(6.06)
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, AutogradError
from ..explain.paths import Sums, totals
from ..explain.phrases import Report, arrow, name_of, short, slope_head
from ..graph import Edge, Graph, gradients
from ..slow_path import real

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["Guess", "Predicted", "Slip", "cut_edges", "cuts", "hints", "judge", "partial_slips", "slips"]

Slip = tuple[str, float, str]  # its kind, the number that it gives, and a sentence

EXACT = 9  # the maximum number of digits that are compared, so that rounding never counts as a mistake
FEW = 2  # the minimum number of digits that are wanted
PATHS = 1000  # the maximum number of paths that are tried one by one
EDGES = 5000  # the maximum number of edges that are left out one by one


class Guess:
    """A guess as it was typed: its `text`, its `number`, and the position of its last digit.

    Raises ArgumentError for nan, and for text that is neither a number nor an expression of the graph's names.
    """

    def __init__(self, guess: float | str, graph: Graph) -> None:
        self.text = str(guess).strip()
        try:
            self.number = float(self.text) if isinstance(guess, str) else real(guess, "a number as a guess")
            self._read_digits(self.text)
        except ValueError:
            self.number, self.digits, self.last = self._worked_out(graph), EXACT, -math.inf
        if isinstance(guess, float) and len(self.text) > EXACT + 2:
            self.text = short(guess)
        if self.number != self.number:
            raise ArgumentError(f"want a number as a guess, got {self.text}")

    def _worked_out(self, graph: Graph) -> float:
        from .expression import Expression

        data = {graph.name(node): node.data for node in graph.nodes}
        try:
            return float(Expression(self.text).evaluate(data))
        except AutogradError as error:
            raise ArgumentError(
                f"want a number or an expression of the graph's names as a guess, got {self.text!r}: {error}"
            ) from None

    def _read_digits(self, text: str) -> None:
        """Return how many digits were given, and the power of ten of the last one."""
        mantissa, _, exponent = text.strip().lower().replace("_", "").partition("e")
        whole, _, fraction = mantissa.lstrip("+-").partition(".")
        significant = (whole + fraction).lstrip("0")
        self.digits = len(significant)
        self.last = int(exponent or 0) - len(fraction) if mantissa.lstrip("+-")[:1].isdigit() or fraction else 0

    def agrees(self, truth: float) -> bool:
        """Return whether the guess is the truth rounded to the digits given, at least two and at most nine."""
        return self._within(truth, max(self.digits, FEW))

    def too_few_digits(self, truth: float) -> bool:
        """Return whether the guess would be right if one digit were enough."""
        return self.digits < FEW and self.number != 0 and self._within(truth, self.digits)

    def _within(self, truth: float, digits: int) -> bool:
        if self.number == truth:
            return True
        if not self.number or not math.isfinite(self.number) or not math.isfinite(truth):
            return abs(self.number - truth) <= 1e-12
        unit = 10.0 ** (self.last - (digits - self.digits)) if self.last > -300 else 0.0
        exact = 10.0 ** (math.floor(math.log10(abs(self.number))) + 1 - EXACT)
        return abs(self.number - truth) <= 0.5000001 * max(unit, exact)


class Predicted(Report):
    """The answer to a guess. right: whether it agrees with the truth to the digits typed, at least two."""

    right: bool


def judge(guess: Guess, truth: float, quantity: str, slips: Callable[[], list[str]]) -> Predicted:
    """Judge a guess. quantity: the quantity asked for; slips: what may have led to a wrong number."""
    if guess.agrees(truth):
        return Predicted(f"right: {quantity} = {short(truth)}", right=True)
    if guess.too_few_digits(truth):
        return Predicted(f"close: {guess.text} is right as far as it goes, but give at least two digits", right=False)
    return Predicted(f"not {guess.text}: {'; or '.join(slips())}", right=False)


def hints(graph: Graph, node: Node, read: Guess) -> list[str]:
    """Yield slips that give this wrong number for d(root)/d(node), likeliest first, without revealing the right one."""
    found: dict[str, str] = {}
    for kind, number, why in slips(graph, node):
        if kind not in found and read.agrees(number):
            found[kind] = why
    return list(found.values())[:2]


def slips(graph: Graph, node: Node) -> Iterator[Slip]:
    """Yield what a learner may have forgotten, likeliest first: its kind, the number that it gives, and a sentence."""
    truth = gradients(graph)
    yield "sign", -truth[node], "the sign is wrong"
    yield from _about_arrivals(graph, node, truth)
    yield from _about_paths(graph, node)
    yield "data", node.data, f"it is {name_of(graph, node)}'s data, but the question is its gradient"


def _into(graph: Graph, node: Any) -> list[Edge]:
    """List the edges that bring a node its contributions, in the order of backprop."""
    above = graph.nodes[: graph.index[node] : -1]
    return [Edge(graph, other, k) for other in above for k, operand in enumerate(other.operands) if operand is node]


def _about_arrivals(graph: Graph, node: Any, truth: dict[Any, float]) -> Iterator[Slip]:
    edges = _into(graph, node)
    partials = so_far = 0.0
    for i, edge in enumerate(edges, 1):
        partial, upstream, up = float(edge.partial), truth[edge.node], name_of(graph, edge.node)
        share = partial * upstream
        so_far += share
        partials += partial
        if left := len(edges) - i:
            yield "arrival", so_far, f"it is not complete yet: after {up} there is {left} more to come"
        if len(edges) > 1:
            yield "arrival", share, f"it is only what comes from {up}: contributions add up"
        if share != partial:
            why = f"it is the partial {slope_head(edge)} alone, to be multiplied by {up}.grad"
            yield "partial", partial, f"upstream is forgotten: {why}"
        if share != upstream:
            why = f"it is {up}.grad alone, to be multiplied by the partial {slope_head(edge)}"
            yield "upstream", upstream, f"the partial is forgotten: {why}"
    if len(edges) > 1:
        yield "partials", partials, "upstream is forgotten: it is the sum of the partials alone"


def _about_paths(graph: Graph, node: Any) -> Iterator[Slip]:
    sums = Sums(graph, node)
    if 1 < sums.count <= PATHS:
        for path in sums.all_paths():
            why = f"it is one path only, {path.text()}: there are {sums.count}, and they add up"
            yield "path", math.prod(path.factors()), why


def cuts(graph: Graph, node: Node, read: Guess) -> list[str]:
    """Find an edge that, if a node made from .data had cut it, would give this number."""
    return [why for _, number, why in cut_edges(graph, node) if read.agrees(number)][:1]


def cut_edges(graph: Graph, node: Node) -> Iterator[Slip]:
    """Yield the result without one edge, for each edge that counts."""
    truth = gradients(graph)
    down = totals(graph.nodes, node)
    for i, edge in enumerate(graph.edges()):
        if i >= EDGES:
            break
        if edge.operand in down and edge.node is not node:
            without = truth[node] - float(edge.partial) * truth[edge.node] * down[edge.operand]
            if without:
                cut = f"{arrow(edge)}: was {name_of(graph, edge.operand)} made from .data?"
                yield "cut", without, f"it is what you get without the edge {cut}"


def partial_slips(edge: Edge, upstream: float) -> Iterator[Slip]:
    """Yield the same for the partial of one edge."""
    node, operand, partial = edge.node, edge.operand, float(edge.partial)
    out, name, head = name_of(edge.graph, node), name_of(edge.graph, operand), slope_head(edge)
    yield "sign", -partial, "the sign is wrong"
    for k, other in enumerate(node.partials):
        if other is not None and k != edge.k:
            other_head = slope_head(Edge(edge.graph, node, k))
            yield "other", float(other), f"it is {other_head}: hold that operand, and move {name}"
    yield "share", partial * upstream, f"it is what the edge passes on: the question asks for the partial {head} alone"
    yield "input", operand.data, f"it is {name}'s data, but the question is how fast {out} moves with it"
    yield "output", node.data, f"it is {out}'s data, but the question is its slope"
    yield "upstream", upstream, f"it is {out}.grad, but the question asks for the partial alone"
