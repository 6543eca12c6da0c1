"""Choose the leaves that a picture shows in a few words, such as "20 parameters", and say what is in a box of many values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from ...explain.naming import ModuleNames
from ...graph import Graph
from ...modes import PARAMETER
from ...node import Node
from ..frames import frame_of
from .parts import FEW, Group, Part

__all__ = ["contents", "in_few_words"]

INDEX = re.compile(r"[\[\d].*")  # the part in which the names of an array's elements differ

WORDS = 24  # the maximum number of characters that say what is in a box


def contents(graph: Graph, nodes: Sequence[Node]) -> str:
    """Return what is in a box of several values: the names of those computed, or else their most frequent operations.

    >>> from autograd import Value
    >>> x = Value(2.0, label="x"); y = (x * x + x * 3).exp()
    >>> contents(Graph(y), Graph(y).nodes)
    '2 *, 1 +, 1 exp'
    >>> y.label = "scores[0][1]"
    >>> contents(Graph(y), Graph(y).nodes)
    'scores'
    """
    computed: list[Any] = [node for node in nodes if node.operands] or [*nodes]
    names = dict.fromkeys(INDEX.sub("", graph.name(node)) for node in computed if graph.is_named(node))
    counts = Counter(node.op.symbol for node in computed if node.operands)
    words = [name for name in names if name] or [f"{count:,} {op}" for op, count in counts.most_common()]
    told = ", ".join(words)
    while len(told) > WORDS and len(words) > 1:
        words.pop()
        told = ", ".join([*words, "…"])
    return told or f"{len(nodes):,} more values"


def in_few_words(
    graph: Graph,
    users: Mapping[Group, Sequence[Group]],
    group_of: Mapping[Part, Group],
    modules: ModuleNames,
    is_tight: bool,
    whole: Container[int] = (),
) -> tuple[dict[Group, list[Group]], dict[Group, int]]:
    """Return, for each leaf shown in a few words, those shown with it, and where: 1 at the operation, 2 in its frame.

    These are parameters that only one operation uses, and weights. Where there are no parameters, several leaves
    without a name count as weights, if the operation also has other operands. If there is little room, so are arrays
    of leaves, leaves that all iterations of a loop use, and leaves that several operations use. whole: ids of the calls
    whose leaves are all shown.
    """
    takes: dict[tuple[Group, ...], list[Group]] = {}
    for leaf, by in users.items():
        if any(id(user.first.scope) in whole for user in by):
            continue
        if (len(by) == 1 or is_tight) and all(user.what in ("value", "sum") for user in by):
            takes.setdefault(tuple(by), []).append(leaf)
    of: dict[Any, list[Group]] = {}
    levels: dict[Group, int] = {}
    for by, leaves in takes.items():
        frame = frame_of(by[0], modules) if is_tight and len(by) == 1 else None
        for leaf in leaves:
            if leaf.node.scope is PARAMETER:
                of.setdefault((frame or by), []).append(leaf)
                levels[leaf] = 2 if frame else 1
        weights = _weights(graph, [leaf for leaf in leaves if leaf.node.scope is not PARAMETER], by, is_tight)
        others = [_takes_others(user, weights, group_of) for user in by]
        if any(others) and (sum(len(leaf.parts) for leaf in weights) > 1 or by[0].turns > 1):
            of |= {(by, "weights"): weights} if weights else {}
            levels |= dict.fromkeys(weights, 1)
    return {leaf: leaves for leaves in of.values() for leaf in leaves}, levels


def _weights(graph: Graph, leaves: list[Group], by: Sequence[Group], is_tight: bool) -> list[Group]:
    arrays: dict[str, list[Group]] = {}
    for leaf in leaves:
        name = graph.name(leaf.node) if graph.is_named(leaf.node) else ""
        arrays.setdefault(INDEX.sub("", name), []).append(leaf)
    return [
        leaf for stem, array in arrays.items() for leaf in array
        if not stem or (is_tight and (sum(len(one.parts) for one in array) > FEW or leaf.turns < by[0].turns))
    ]  # fmt: skip


def _takes_others(user: Group, weights: list[Group], group_of: Mapping[Part, Group]) -> bool:
    tails = {tail and group_of[tail] for part in user.parts for tail, _, _ in part.operands}
    return not tails.issubset(weights)
