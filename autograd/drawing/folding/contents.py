"""What is in a box of many values: how many of each kind, their names, and their operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from copy import copy
from typing import Any

from ...graph import Graph
from ...modes import PARAMETER
from ...node import Node

__all__ = ["INDEX", "Contents", "kind_of", "told"]

INDEX = re.compile(r"[\[\d].*")  # the part in which the names of an array's elements differ
WORDS = 24  # the maximum number of characters that say what is in a box


class Contents:
    """What some values are. kinds: how many there are of each kind. grads: the lowest and highest gradient that has
    reached them. groups: how many groups they are. names, leaves: the names of those computed and of the others, with
    the place in the graph where each comes first; symbols: the same for operations, whose counts are in `counts`.
    """

    def __init__(self, graph: Graph, nodes: Collection[Node] = (), groups: int = 0, named: bool = False) -> None:
        self.groups = groups
        self.kinds: Counter[str] = Counter(map(kind_of, nodes))
        grads = [node.grad for node in nodes if node.reached]
        self.grads = [min(grads), max(grads)] if grads else grads
        self.counts: Counter[str] = Counter()
        self.names: dict[str, int] = {}
        self.leaves: dict[str, int] = {}
        self.symbols: dict[str, int] = {}
        node: Any
        for node in nodes if named else ():
            place = graph.index[node]
            if node.operands:
                self.counts[node.op.symbol] += 1
                _note(self.symbols, node.op.symbol, place)
            if graph.is_named(node) and (name := INDEX.sub("", graph.name(node))):
                _note(self.names if node.operands else self.leaves, name, place)

    def __add__(self, other: Contents) -> Contents:
        both: Any = copy(self)
        for field in ("groups", "kinds", "grads", "counts"):
            setattr(both, field, getattr(self, field) + getattr(other, field))
        for field in ("names", "leaves", "symbols"):
            setattr(both, field, dict(getattr(self, field)))
            for word, place in getattr(other, field).items():
                _note(getattr(both, field), word, place)
        return both


def _note(places: dict[str, int], word: str, place: int) -> None:
    places[word] = min(places.get(word, place), place)


def kind_of(node: Any) -> str:
    """Return the word under which a value is counted."""
    return "values" if node.operands else "parameters" if node.scope is PARAMETER else "inputs"


def told(inside: Contents) -> str:
    """Write what is in a box: the names of the values computed, or else their most frequent operations.

    >>> from autograd import Value
    >>> x = Value(2.0, label="x"); y = (x * x + x * 3).exp()
    >>> told(Contents(Graph(y), Graph(y).nodes, named=True))
    '2 *, 1 +, 1 exp'
    >>> y.label = "scores[0][1]"
    >>> told(Contents(Graph(y), Graph(y).nodes, named=True))
    'scores'
    """
    names, symbols, counts = inside.names if inside.counts else inside.leaves, inside.symbols, inside.counts
    words = sorted(names, key=names.__getitem__)
    if not words:
        words = [f"{counts[op]:,} {op}" for op in sorted(symbols, key=lambda op: (-counts[op], symbols[op]))]
    written = ", ".join(words)
    while len(written) > WORDS and len(words) > 1:
        words.pop()
        written = ", ".join([*words, "…"])
    return written or f"{inside.kinds.total():,} more values"
