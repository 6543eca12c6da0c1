"""Choose what a picture leaves out: repeated blocks, the middle of a long chain, whatever is far from the result."""

from __future__ import annotations

from typing import Any

from .alike import in_order, operand_groups
from .parts import LEFT_OUT, Group, calls_of

__all__ = ["Nearest", "chains", "repeated", "with_ends", "without_repeats"]


def without_repeats(groups: list[Group], budget: int | None) -> list[Group]:
    """Fold consecutive blocks that are built alike, such as the layers of a deep network, and keep the first one."""
    while found := repeated(groups, budget or 0):
        start, period, times = found
        inner = [group for group in groups if group.what != "leaf"]
        hidden = inner[start + period : start + period * times]
        more = times - 1 + sum(group.beyond.groups for group in hidden) // period
        title = f"{more:,} more like the {period} before" if period > 1 else f"{more:,} more like it"
        merged = Group(groups[0].listing, "more", [part for group in hidden for part in group.parts], title)
        left_out = set(hidden)
        groups = in_order([group for group in groups if group not in left_out] + [merged])
    return groups


def repeated(groups: list[Group], budget: int) -> tuple[int, int, int] | None:
    """Find the run of similar blocks most worth folding: where it starts, how long a block is, and how many there are.

    In a graph that is far too large, only a long run is worth folding: thousands of short ones occur by chance.
    """
    operands = operand_groups(groups)
    inner = [group for group in groups if group.what != "leaf"][:-1]  # the result stays in the picture
    numbers: dict[Any, int] = {}
    kinds = {group: ("leaf",) if group.what == "leaf" else _kind_of(group) for group in groups}
    marks = [
        numbers.setdefault((kinds[group], _classes(group), frozenset([kinds[tail] for tail in operands[group]])), i)
        for i, group in enumerate(inner)
    ]
    distances: dict[int, int] = {}
    last: dict[int, int] = {}
    for i, mark in enumerate(marks):
        if mark in last:
            distances[i - last[mark]] = distances.get(i - last[mark], 0) + 1
        last[mark] = i
    best, saved = None, max(3, (len(inner) - budget) // 10)
    for period in sorted(distances, key=lambda p: (-distances[p], p))[:12]:
        start = 0
        for i in [*(i for i, (a, b) in enumerate(zip(marks, marks[period:])) if a != b), len(marks) - period]:
            times = (i - start) // period + 1
            if times > 2 and (times - 1) * period - 1 > saved:
                best, saved = (start, period, times), (times - 1) * period - 1
            start = i + 1
    return best


def _kind_of(group: Group) -> tuple[Any, ...]:
    return (group.what, group.title) if group.what in ("call", *LEFT_OUT) else (group.what, group.node.op)


def _classes(group: Group) -> tuple[Any, ...]:
    modules: list[Any] = [call.module for call in calls_of(group.first.scope)]
    return tuple([module if isinstance(module, str) else type(module) for module in modules])


class Nearest:
    """The groups nearest to the result, and the rest as one group: any number of them, found in a single pass."""

    def __init__(self, groups: list[Group], most: int) -> None:
        operands = operand_groups(groups)
        distance = dict.fromkeys(groups, 0)
        for group in reversed(groups):
            for operand in operands[group]:
                distance[operand] = max(distance[operand], distance[group] + 1)
        place = {group: i for i, group in enumerate(groups)}
        nearest = sorted(groups, key=lambda group: (distance[group], -place[group]))
        self.listing = groups[0].listing
        self.near, beyond = nearest[:most], nearest[most:]
        self.rest = [part for group in beyond for part in group.parts]
        for part in self.rest:  # everything it is computed from is also in the rest
            part.operands = []

    def keep(self, count: int) -> list[Group]:
        """Return the `count` nearest groups, at most `most`, and the rest."""
        near, beyond = self.near[:count], self.near[count:]
        rest = [part for group in beyond for part in group.parts] + self.rest
        if rest:
            values = sum(len(part.nodes) for part in rest)
            near = [*near, Group(self.listing, "more", rest, f"{values:,} more values")]
        return in_order(near[::-1])


# --- Long chains -------------------------------------------------------------------------------------------


def chains(groups: list[Group], operands: dict[Group, list[Group]] | None = None) -> list[list[Group]]:
    """Find runs in which each group is computed from the one before, from its own leaves, and from nothing else.

    operands: the result of operand_groups, if you already have it.
    """
    operands = operands or operand_groups(groups)
    users = dict.fromkeys(groups, 0)
    for tails in operands.values():
        for tail in tails:
            users[tail] += 1
    before: dict[Group, Group] = {}
    for group, tails in operands.items():
        inner = [tail for tail in tails if tail.what != "leaf"]
        if (
            len(inner) == 1
            and inner[0].what != "rest"
            and users[inner[0]] == 1
            and len(group.parts) == len(inner[0].parts) == 1
        ):
            before[group] = inner[0]
    after = {tail: group for group, tail in before.items()}
    found: list[list[Group]] = []
    for first in before.values():
        if first not in before:
            chain = [first]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            found.append(chain)
    return found


def with_ends(groups: list[Group], ends: int) -> list[Group]:
    """Remove the middle of long chains, and leave `ends` groups at either end."""
    operands = operand_groups(groups)
    users: dict[Group, set[Group]] = {}
    for group, tails in operands.items():
        for tail in tails:
            if tail.what == "leaf":
                users.setdefault(tail, set()).add(group)
    gone: set[Group] = set()
    merged: list[Group] = []
    for chain in chains(groups, operands):
        hidden = chain[ends : len(chain) - ends]
        if len(hidden) < 3:
            continue
        inside = set(hidden)
        tails = dict.fromkeys(tail for group in hidden for tail in operands[group])
        leaves = [tail for tail in tails if tail.what == "leaf" and users[tail] <= inside]
        parts = [part for group in [*leaves, *hidden] for part in group.parts]
        merged.append(Group(groups[0].listing, "more", parts, f"{sum(group.operations for group in hidden):,} more"))
        gone.update(hidden, leaves)
    return in_order([group for group in groups if group not in gone] + merged)
