"""Thin a large graph out, so that ways to fold it can be tried on a few values.

Where more things are alike than boxes fit on a page, such as 1,000 samples, a picture never shows them one by one. So a
few of them are enough to find out what else can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .contents import Contents
from .parts import ENDS, LONG, RUN, Group, Listing, Part, chain_of
from .repeats import chains, repeated

__all__ = ["Thin"]

KEPT = 8  # how many of the things alike are kept: enough to be found as samples, iterations, neurons or blocks
LISTED = 20  # the number of leaves alike that are kept: more than a table lists
SINGLE = 4  # so many of them may be shown by themselves, such as the first and the last iteration of a loop


class Thin:
    """A listing of some of a graph's values, which has few of whatever is too often in the graph.

    alike: groups of values that are computed alike from the same parameters. kinds: the same, with values made and used
    alike in one group. most: how many boxes fit on a page, or a little more. places: the position in the full listing
    of each value that is kept.
    """

    def __init__(self, alike: list[Group], kinds: list[Group], most: int) -> None:
        full = self._full = alike[0].listing
        self._most = most
        self._part_of: list[Any] = [None] * len(full.nodes)
        for group in alike:
            for part in group.parts:
                for i in part.nodes:
                    self._part_of[i] = part
        self._kind_of = {part: kind for kind in kinds for part in kind.parts}
        self._kept: dict[Part, None] = {}
        self._for: dict[Part, Part] = {}  # the part that is kept for each one that is not
        self._left: dict[
            int, tuple[int, list[int]]
        ] = {}  # how many groups are left out beside a value, and their values
        self._families: list[list[list[Part]]] = []
        self._choose(alike, kinds)
        stand_ins: dict[int, int] = {}
        places = {i for part in self._kept for i in self._nodes(part, stand_ins)}
        for i in [*places]:
            places.update(self._leaves(i, stand_ins))
        self.places = sorted(places)
        nodes, there = full.nodes, set(places)
        found = {nodes[j]: nodes[k] for j, k in self._instead(stand_ins) if k in there and j not in there}
        self.listing = Listing(full.graph, [nodes[i] for i in self.places], found)
        at = {i: place for place, i in enumerate(self.places)}
        self.listing.beyond = {
            at[i]: Contents(full.graph, [nodes[j] for j in left if j not in there], groups, bool(full.unit_of))
            for i, (groups, left) in self._left.items()
        }
        self._member: dict[int, list[tuple[int, int]]] = {}
        for family, members in enumerate(self._families):
            for number, parts in enumerate(members):
                for i in (i for part in parts for i in part.nodes if i in at):
                    self._member.setdefault(at[i], []).append((family, number))

    def _choose(self, alike: list[Group], kinds: list[Group]) -> None:
        """Choose the operations to keep: all, but few of those that are too many."""
        members: dict[Group, list[Group]] = {}
        ends = self._skip_middles(alike)
        if not self._full.unit_of:
            self._skip_blocks(kinds, {group.first for group in ends})
        for group in alike:
            if group in ends:
                self._kept[group.first] = None
            elif group.what != "leaf" and group.first not in self._for:
                members.setdefault(self._kind_of[group.first], []).append(group)
        for groups in members.values():
            chosen = groups if len(groups) <= self._most else groups[:KEPT]
            for number, group in enumerate(groups):
                source = chosen[min(number, len(chosen) - 1)]
                count = len(source.parts) if len(source.parts) <= self._most else KEPT
                if number < len(chosen):
                    self._kept.update(dict.fromkeys(group.parts[:count]))
                    if count < len(group.parts):
                        self._families.append([[part] for part in group.parts[:count]])
                for at, part in enumerate(group.parts):
                    if part not in self._kept:
                        self._for[part] = source.parts[min(at, count - 1)]
            if len(chosen) < len(groups):
                self._families.append([[p for p in group.parts if p in self._kept] for group in chosen])

    def _skip_middles(self, alike: list[Group]) -> set[Group]:
        """Leave out the middle of long chains, and return the groups at their ends."""
        ends: set[Group] = set()
        for chain in chains(alike):
            if middle := chain[self._most : -self._most][1:]:
                self._leave_out(
                    [group.first for group in middle],
                    chain[self._most].first,
                    sum(group.operations for group in middle),
                )
                ends.update(chain[: self._most + 1], chain[-self._most :])
        return ends

    def _leave_out(self, parts: list[Part], kept: Part, groups: int) -> None:
        """Leave out parts beside one that is kept, with the leaves that only they use."""
        operands, users = self._full.operands, self._full.users
        self._for.update(dict.fromkeys(parts, kept))
        before, left = self._left.get(kept.top, (0, []))
        for i in (i for part in parts for i in part.nodes):
            left.append(i)
            left += [j for j in operands[i] if j >= 0 and not operands[j] and users[j] == 1]
        self._left[kept.top] = before + groups, left

    def _skip_blocks(self, kinds: list[Group], ends: set[Part]) -> None:
        """Leave out most of many blocks that are built alike, one after another, unless they make a chain."""
        start, period, times = repeated(kinds, self._most) or (0, 0, 0)
        keep = max(KEPT, -(-2 * self._most // max(1, period)))
        if times <= keep:
            return
        inner = [group for group in kinds if group.what != "leaf"][start : start + period * times]
        if any(group.first in ends for group in inner):
            return
        for at in range(period * keep, period * times):
            source = inner[period * (keep - 1) + at % period].parts
            self._leave_out(inner[at].parts, source[0], 1)
            self._for.update((part, source[min(i, len(source) - 1)]) for i, part in enumerate(inner[at].parts))
        blocks = [inner[period * k : period * (k + 1)] for k in range(keep)]
        self._families.append([[part for group in block for part in group.parts] for block in blocks])

    def _nodes(self, part: Part, stand_ins: dict[int, int]) -> list[int]:
        """Return the values of a part that are kept: of a long run or sum only some."""
        if part.what == "rest":
            return self._of_rest(part.nodes, stand_ins)
        operands, ops = self._full.operands, [self._full.nodes[i].op for i in part.nodes]
        if part.what == "more":
            run, most = [i for i in part.nodes if operands[i]], RUN + ENDS
        elif part.what == "sum":
            run = [i for i, op in zip(part.nodes, ops) if chain_of(op) == chain_of(ops[-1])]
            most = max(self._most, LONG)
        else:
            return part.nodes
        if len(run) <= most + 1:
            return part.nodes
        stand_ins.update(dict.fromkeys(run[most:-1], run[most - 1]))
        if part.what == "more":
            self._left[run[most - 1]] = len(run) - most - 1, part.nodes
        kept, inside = {*run[:most], run[-1]}, {*part.nodes}.difference(run)
        return [*kept, *(j for i in kept for j in operands[i] if j in inside)]

    def _of_rest(self, nodes: list[int], stand_ins: dict[int, int]) -> list[int]:
        """Return one value of the rest, which is enough for a box of the same size."""
        stand_ins.update(dict.fromkeys(nodes[1:], nodes[0]))
        self._left[nodes[0]] = 0, nodes
        return nodes[:1]

    def _leaves(self, i: int, stand_ins: dict[int, int]) -> Iterator[int]:
        """Yield the leaves that an operation takes: of each kind all that fit on a page, or as many as a table lists."""
        full = self._full
        alike: dict[Any, list[int]] = {}
        for j, role in zip(full.operands[i], full.roles(full.nodes[i])):
            if j >= 0 and not full.operands[j]:
                alike.setdefault((self._kind_of[self._part_of[j]], role), []).append(j)
        for leaves in alike.values():
            kept = len(leaves) if len(leaves) <= self._most else min(LISTED, self._most)
            yield from leaves[:kept]
            stand_ins.update(dict.fromkeys(leaves[kept:], leaves[kept - 1]))

    def _instead(self, stand_ins: dict[int, int]) -> Iterator[tuple[int, int]]:
        """Yield pairs: a value that is left out, and the earlier one that is taken instead."""
        for part in self._kept:
            for tail, i, k in part.operands:
                j = self._full.operands[i][k]
                kept: Any = tail
                while kept in self._for:
                    kept = self._for[kept]
                if tail is not None and kept is not tail and kept.top < j:
                    yield j, kept.nodes[tail.nodes.index(j)] if len(kept.nodes) == len(tail.nodes) else kept.top
        yield from stand_ins.items()

    def are_apart(self, groups: list[Group]) -> bool:
        """Return whether things that are too many for a page are shown one by one."""
        single: dict[int, set[int]] = {}
        for group in groups:
            if group.what == "leaf":
                continue
            seen: dict[int, set[int]] = {}
            for i in (i for part in group.parts for i in part.nodes):
                for family, number in self._member.get(i, ()):
                    seen.setdefault(family, set()).add(number)
            for family, numbers in seen.items():
                if len(numbers) == 1:
                    single.setdefault(family, set()).update(numbers)
        return any(len(numbers) > SINGLE for numbers in single.values())
