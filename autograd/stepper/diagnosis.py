"""Find the mistake behind a wrong gradient: name it, explain it, and park a stepper where it happens.

>>> from autograd import Value, diagnose
>>> a = Value(2.0, label="a"); f = a * a
>>> diagnose(f, a, 2).kinds
('no_accumulate', 'operands_as_set')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..explain.naming import named_graph
from ..explain.paths import find_node, outsider
from ..explain.phrases import Report, name_of, short
from ..frames import public
from ..graph import Graph, gradients
from .guesses import Guess, cuts, hints
from .mistakes import Case, fitting

if TYPE_CHECKING:
    from ..node import Node
    from .backprop import Stepper

__all__ = ["Diagnosis", "diagnose"]


class Diagnosis(Report):
    """The text of :func:`diagnose`. kinds: the mistakes that give the number. edge: where the first goes wrong."""

    kinds: tuple[str, ...]
    edge: int
    root: Node
    _stepper: Stepper | None = None

    @property
    def stepper(self) -> Stepper:
        """A stepper parked on the first edge that goes wrong. Its leaves start from nothing."""
        if self._stepper is None:
            root: Any = self.root  # the root is a Value, which has the method
            stepper: Stepper = root.step_through(fresh=True)
            stepper.goto(self.edge)
            self._stepper = stepper
        return self._stepper


@public
def diagnose(f: Node, x: Node | str, guess: float | str, *, graph: Graph | None = None) -> Diagnosis:
    """Find the mistake that makes df/dx come out as `guess`, explain it, and park a stepper where it happens.

    x: a node, or its name. guess: compared to as many digits as it has, at least two. If several mistakes fit, or none
    does, the answer says so. No grad is changed until you ask for `.stepper`.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; f = b * (b + 1)
    >>> diagnose(f, "a", 6)
    6 is what going depth-first with a visited set gives: b passed its gradient on before its second contribution arrived ...
    """
    graph = graph or named_graph(f)
    node = find_node(graph, x)
    root = name_of(graph, graph.root)
    facts: dict[str, Any] = {"kinds": (), "edge": 0, "root": f}
    if node not in graph:
        return Diagnosis(
            f"{root} does not depend on {outsider(node)}, so nothing can arrive there: {graph.how_cut()}",
            **facts,
        )
    read, truth = Guess(guess, graph), gradients(graph)[node]
    if read.agrees(truth):
        return Diagnosis(f"{read.text} is right: d{root}/d{name_of(graph, node)} = {short(truth)}", **facts)
    found, skipped = fitting(graph, node, read, truth)
    if not found:
        causes = hints(graph, node, read) or cuts(graph, node, read)
        text = f"{read.text} is not right: {causes[0] if causes else 'none of the usual mistakes gives it'}"
        return Diagnosis("\n".join([text, *skipped]), **facts)
    case = Case(graph, node)
    places = [mistake.where(mistake, case) for mistake in found]
    facts |= {"kinds": tuple(mistake.name for mistake in found), "edge": places[0][0]}
    lines = [f"{mistake.phrase} gives: {said}" for mistake, (_, said) in zip(found, places)]
    if len(found) == 1:
        text = f"{read.text} is what {lines[0]} (edge {facts['edge']}, stepper parked there)"
    else:
        text = "\n".join(
            [
                f"{read.text} fits {len(found)} mistakes; the stepper is parked on edge {facts['edge']}, where the first goes wrong:"
            ]
            + [f"  {line}" for line in lines]
        )
    return Diagnosis("\n".join([text, *skipped]), **facts)
