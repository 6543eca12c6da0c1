"""The part of a large graph that is nearest to the result. The rest of the graph is one box."""

from __future__ import annotations

from ...modes import PARAMETER
from .alike import operand_groups
from .parts import Group

__all__ = ["Near"]


class Near:
    """The groups of a graph, numbered from the result: a group comes after everything that is computed from it.

    A set of numbers says which groups are shown. What a hidden group is computed from is hidden too, so the rest depends
    on nothing outside. Parameters that only one group uses come with it. groups: the groups by number. unit_of: the
    number of each value's group.
    """

    def __init__(self, groups: list[Group]) -> None:
        operands = operand_groups(groups)
        users: dict[Group, list[Group]] = {}
        for group in groups:
            for operand in operands[group]:
                users.setdefault(operand, []).append(group)
        own = {leaf: by[0] for leaf, by in users.items() if len(by) == 1 and leaf.what == "leaf" and _is_weight(leaf)}
        groups = [group for group in groups if group not in own]
        operands = {group: [operand for operand in operands[group] if operand not in own] for group in groups}
        distance = dict.fromkeys(groups, 0)
        for group in reversed(groups):
            for operand in operands[group]:
                distance[operand] = max(distance[operand], distance[group] + 1)
        place = {group: i for i, group in enumerate(groups)}
        self.groups = sorted(groups, key=lambda group: (distance[group], -place[group]))
        number = {group: i for i, group in enumerate(self.groups)}
        self._below = [[number[operand] for operand in operands[group]] for group in self.groups]
        self._above: list[list[int]] = [[] for _ in groups]
        for i, below in enumerate(self._below):
            for j in below:
                self._above[j].append(i)
        self.unit_of = [0] * len(groups[0].listing.nodes)
        for group in (*groups, *own):
            for part in group.parts:
                for at in part.nodes:
                    self.unit_of[at] = number[own.get(group, group)]

    def next(self, shown: frozenset[int] | set[int]) -> list[int]:
        """Return the hidden groups that can be shown next, nearest first: everything that uses them is shown."""
        found = {j for i in shown for j in self._below[i] if j not in shown and self._is_ready(j, shown)}
        return sorted({*found, *(i for i in self._roots() if i not in shown)})

    def _roots(self) -> range:
        return range(next((i for i, above in enumerate(self._above) if above), len(self.groups)))

    def _is_ready(self, i: int, shown: frozenset[int] | set[int]) -> bool:
        return all(j in shown for j in self._above[i])

    def around(self, shown: frozenset[int], many: int) -> set[int]:
        """Return the groups shown, and about as `many` that can be shown next, or after these."""
        ready = self.next(shown)[:many]
        found = {*shown, *ready}
        for i in ready:  # which grows
            if len(ready) >= many:
                break
            for j in self._below[i]:
                if j not in found and self._is_ready(j, found):
                    found.add(j)
                    ready.append(j)
        return found

    def look(self, i: int) -> object:
        """Return what makes two hidden groups alike: their operation, their size, and what uses them."""
        group = self.groups[i]
        return group.what, group.node.op, len(group.parts), group.title, *self._above[i]


def _is_weight(leaf: Group) -> bool:
    return leaf.node.scope is PARAMETER
