"""Choose the leaves that a picture shows in a few words, such as "20 parameters"."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from ...explain.naming import ModuleNames
from ...graph import Graph
from ...modes import PARAMETER
from ..frames import frame_of
from .contents import INDEX
from .parts import FEW, Group, Part

__all__ = ["in_few_words"]


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
    many = {stem for stem, array in arrays.items() if sum(len(leaf.parts) for leaf in array) > FEW}
    return [
        leaf for stem, array in arrays.items() for leaf in array
        if not stem or (is_tight and (stem in many or leaf.turns < by[0].turns))
    ]  # fmt: skip


def _takes_others(user: Group, weights: list[Group], group_of: Mapping[Part, Group]) -> bool:
    tails = {tail and group_of[tail] for part in user.parts for tail, _, _ in part.operands}
    return not tails.issubset(weights)
