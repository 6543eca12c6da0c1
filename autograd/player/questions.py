"""Questions about a graph, each with wrong numbers that have a known reason, for a quiz at the prompt and on a page.

>>> from autograd import Value
>>> from autograd.graph import Graph
>>> a = Value(2.0, label="a"); f = a * a; f.label = "f"
>>> one = questions_about(Graph(f))[0]
>>> one.text, one.truth
('What is df/da?', 4.0)
>>> [why for _, number, why in one.slips() if number == -4]
['the sign is wrong']
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..errors import SingularityError
from ..explain.phrases import name_of, slope_head
from ..explain.staleness import same
from ..graph import Edge, Graph, gradients
from ..stepper.guesses import Guess, Slip, cut_edges, partial_slips, slips
from ..stepper.mistakes import MISTAKES, Case, outcome
from . import words

__all__ = ["Question", "checksum", "drawn", "picks", "questions_about", "quiz_data", "tickets", "written"]

LARGEST = 300  # the maximum number of values of a graph about which a page asks
ASKED = 8  # the maximum number of questions of each kind on a page
EASY = ("add", "sub")  # operations whose partials need no practice
SAID = 24  # the maximum number of slips of each kind that a page knows for a question

Explained = tuple[float, str, str]  # a wrong number, the mistake that gives it, and the reason


# --- Questions ---------------------------------------------------------------------------------------------


class Question:
    """What is df/dx? With an edge, the question is about its partial, the slope of one operation.

    turns: how many tickets the question has in the draw.
    """

    def __init__(self, graph: Graph, node: Any, edge: Edge | None = None, turns: int = 1) -> None:
        self.graph = graph
        self.node = node
        self.edge = edge
        self.turns = turns

    @property
    def slope(self) -> str:
        """The quantity asked for, such as df/da."""
        if self.edge:
            return slope_head(self.edge)
        return f"d{name_of(self.graph, self.graph.root)}/d{name_of(self.graph, self.node)}"

    @property
    def text(self) -> str:
        return f"What is the partial {self.slope}?" if self.edge else f"What is {self.slope}?"

    @property
    def truth(self) -> float:
        return float(self.edge.partial) if self.edge else gradients(self.graph)[self.node]

    def mistakes(self, read: Guess | None = None) -> Iterator[Explained]:
        """Yield the wrong results of the classical mistakes; with a guess, only of those that give that number."""
        if self.edge:
            return
        truth, case = self.truth, Case(self.graph, self.node)
        for mistake in MISTAKES.values():
            if mistake.takes_for_ever(self.graph):
                continue
            with suppress(SingularityError):  # where a slope is infinite, no number comes out
                wrong = outcome(mistake, self.graph)[self.node]
                if not same(wrong, truth) and (read is None or read.agrees(wrong)):
                    yield wrong, mistake.phrase, mistake.where(mistake, case)[1]

    def slips(self) -> Iterator[Slip]:
        """Yield other things that may have been forgotten, likeliest first."""
        if self.edge:
            yield from partial_slips(self.edge, gradients(self.graph)[self.edge.node])
        else:
            yield from slips(self.graph, self.node)
            yield from cut_edges(self.graph, self.node)


def questions_about(graph: Graph) -> list[Question]:
    """List the questions: the gradients of labelled values, and the partials of operations on labelled values alone.

    A partial that is also the gradient is not asked for. Leaves have two tickets in the draw; everything else has one.
    """
    truth = gradients(graph)
    known = {node for i, node in enumerate(graph.nodes) if graph.name(node) != f"v{i}"}
    named = [node for node in graph.nodes if node in known and node is not graph.root]
    asked = [Question(graph, node, turns=1 if node.operands else 2) for node in named]
    for edge in graph.edges():
        values = [operand for operand in edge.node.operands if not isinstance(operand, float)]
        clear = len(values) == len(set(values)) and known.issuperset(values)
        if (
            clear
            and edge.node.op.name not in EASY
            and not edge.node.op.lists
            and not same(float(edge.partial), truth[edge.operand])
        ):
            asked.append(Question(graph, edge.operand, edge))
    return asked or [Question(graph, graph.nodes[0])]


def picks(seed: int) -> Iterator[float]:
    """Yield numbers from 0 to 1: for the same seed, they are the same here and in the page's script.

    >>> first, again = picks(7), picks(7)
    >>> next(first) == next(again)
    True
    """
    state = seed % 2147483646 + 1
    for k in range(10**9):
        state = state * 48271 % 2147483647
        if k > 1:  # small seeds would begin with small numbers
            yield state / 2147483647


def drawn(tickets: Sequence[int], number: float, last: int) -> int:
    """Return the question that a number from 0 to 1 draws, but not the last one again if there is another."""
    others = [ticket for ticket in tickets if ticket != last] or tickets
    return others[int(number * len(others))]


def tickets(questions: Sequence[Question]) -> list[int]:
    """List every question as often as it has tickets."""
    return [i for i, question in enumerate(questions) for _ in range(question.turns)]


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no two of these look alike


def checksum(text: str) -> str:
    """Return four letters that change if a letter of the text changes. They detect slips, but do not prevent cheating.

    >>> checksum("chain-7-4of5") == checksum("chain-7-5of5")
    False
    """
    number = 2166136261
    for byte in text.encode():
        number = ((number ^ byte) * 16777619) % 2**32
    return "".join(LETTERS[number >> shift & 31] for shift in (27, 22, 17, 12))


# --- As data -------------------------------------------------------------------------------------------------


def quiz_data(graph: Graph) -> dict[str, Any] | None:
    """Return what a page needs to ask about a graph; None if the graph is too large, or has no number to ask for."""
    if len(graph) > LARGEST:
        return None
    asked = [question for question in questions_about(graph) if math.isfinite(question.truth)]
    kinds = [[one for one in asked if bool(one.edge) is of_edges] for of_edges in (False, True)]
    asked = [question for kind in kinds for question in kind[:ASKED]]
    if not asked or len(graph) < 2:
        return None
    return {"level": "own", "questions": [written(question) for question in asked], "tickets": tickets(asked)}


def written(question: Question) -> dict[str, Any]:
    graph = question.graph
    told = words.computed
    found: dict[str, list[list[Any]]] = {}
    for kind, number, why in question.slips():
        some = found.setdefault(kind, [])
        if math.isfinite(number) and len(some) < SAID and number not in [known for known, _ in some]:
            some.append([number, told(why)])
    return {
        "text": question.text,
        "slope": question.slope,
        "node": graph.index[question.node],
        "edge": next((i for i, edge in enumerate(graph.edges()) if _is(edge, question.edge)), -1),
        "truth": question.truth,
        "mistakes": [
            [wrong, told(phrase), told(why)] for wrong, phrase, why in question.mistakes() if math.isfinite(wrong)
        ],
        "slips": [slip for some in found.values() for slip in some],
    }


def _is(edge: Edge, other: Edge | None) -> bool:
    return other is not None and edge.node is other.node and edge.k == other.k
