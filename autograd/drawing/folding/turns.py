"""Fold the iterations of a loop into one: the values that each computes from the one before, with the same leaves.

A loop is found as a shift, which maps each group to the same group one iteration earlier. Two groups one iteration
apart have the same operation, and their operands are one iteration apart, or the same leaf, or new leaves in each
iteration. So one pair leads to all the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...modes import PARAMETER
from .alike import Paths, constant, in_order, kind_of_part, operand_groups, roles_of
from .parts import LEFT_OUT, Group, Part, chain_of

__all__ = ["turns_as_one"]

FEWEST = 3  # the minimum number of iterations worth folding
TRIED, FAR = 8, 200  # how many groups to try as the same group one iteration earlier, and how far to look for them
WORK = 60  # the search ends after this many steps per group

Operand = tuple[Any, Any]  # a group, or None for a constant; and what distinguishes constants


class _Loops:
    """The shift of all loops, found from the result downwards."""

    def __init__(self, groups: list[Group], operands: dict[Group, list[Group]]) -> None:
        self.groups = groups
        self.shift: dict[Group, Group] = {}
        self.later: dict[Group, Group] = {}  # the shift in the other direction
        self.left = WORK * len(groups)
        self._operands = operands
        self._group_of: dict[Part, Group] = {part: group for group in groups for part in group.parts}
        self._in_place: dict[Group, list[Operand]] = {}
        self._looks: dict[Group, int] = {}
        self._numbers: dict[Any, int] = {}
        path = Paths()
        self.kinds: dict[Group, Any] = {
            group: (
                kind_of_part(group.listing, group.first),
                path(group.first.scope),
                len(group.parts),
                *roles_of(group.listing, group.first),
            )
            for group in groups
            if group.what not in ("leaf", *LEFT_OUT)
        }
        self.users: dict[Group, list[Group]] = {group: [] for group in groups}
        for group, tails in operands.items():
            for tail in tails:
                self.users[tail].append(group)

    def find(self) -> None:
        counts: dict[Any, int] = {}
        for kind in self.kinds.values():
            counts[kind] = counts.get(kind, 0) + 1
        for group in reversed(self.groups):
            if self.left <= 0:
                return
            if counts.get(self.kinds.get(group), 0) < FEWEST or group in self.shift or group in self.later:
                continue
            if any(self._is_turn(group, earlier) for earlier in self._earlier(group)):
                continue

    def orbits(self) -> dict[Group, Any]:
        """Return a negative number for every group that the shift moves; it is the same in all iterations."""
        found: dict[Group, Any] = {}
        for number, last in enumerate(group for group in self.shift if group not in self.later):
            here: Group | None = last
            while here is not None and here not in found:
                found[here] = -1 - number
                here = self.shift.get(here)
        return found

    def _earlier(self, group: Group) -> Iterator[Group]:
        """Yield groups that may be the same one in the previous iteration, nearest first."""
        wanted = self._look(group)
        seen, waiting, found = {group}, [group], 0
        for here in waiting:
            for tail in self._operands[here]:
                self.left -= 1
                if tail not in seen and tail.what != "leaf":
                    seen.add(tail)
                    waiting.append(tail)
                    if self._look(tail) == wanted and not self._is_term(tail):
                        found += 1
                        yield tail
            if found >= TRIED or len(seen) > FAR:
                return

    def _look(self, group: Group) -> int:
        """Return a number for the kind of a group and those of its operands."""
        if group not in self._looks:
            tails = [tail if tail is None else self.kinds.get(tail) for tail, _ in self.in_place(group)]
            look = (self.kinds.get(group), *tails)
            self._looks[group] = self._numbers.setdefault(look, len(self._numbers))
        return self._looks[group]

    def _is_term(self, group: Group) -> bool:
        """Return whether a group is just the sum so far: adding up is not a loop."""
        chain = chain_of(group.node.op) if group.what == "value" else ""
        users = self.users[group]
        return bool(chain) and len(users) == 1 and users[0].what == "value" and chain_of(users[0].node.op) == chain

    def in_place(self, group: Group) -> list[Operand]:
        """Return the operands in order."""
        if group not in self._in_place:
            listing = group.listing
            self._in_place[group] = [
                (None, constant(listing, i, k)) if tail is None else (self._group_of[tail], "")
                for tail, i, k in group.first.operands
            ]
        return self._in_place[group]

    def _is_turn(self, group: Group, earlier: Group) -> bool:
        """Test whether one group is the other, one iteration later, and so is everything they are computed from."""
        shift: dict[Group, Group] = {}
        later: dict[Group, Group] = {}
        shares = False
        ends: set[Group] = set()  # groups that the first iteration computes from something else
        pairs = [(group, earlier, earlier)]
        while pairs:
            one, other, user = pairs.pop()
            self.left -= 1
            known, before = shift.get(one) or self.shift.get(one), later.get(other) or self.later.get(other)
            if known is other:
                shares = shares or one in self.shift
                continue
            is_leaf = one.what == "leaf"
            if is_leaf != (other.what == "leaf") or (self.kinds.get(one) != self.kinds.get(other)):
                ends.add(user)
                continue
            if known is not None or before is not None or self.left < 0:
                return False
            shift[one], later[other] = other, one
            if one is other:
                shares = True
                continue
            if is_leaf:
                continue
            places, earlier_places = self.in_place(one), self.in_place(other)
            if len(places) != len(earlier_places):
                return False
            for (tail, fixed), (tail_before, fixed_before) in zip(places, earlier_places):
                if tail is not None and tail_before is not None:
                    pairs.append((tail, tail_before, other))
                elif fixed != fixed_before and tail is tail_before:
                    return False
        is_long = earlier in shift or earlier in self.shift  # three iterations
        if not shares or not is_long or any(user in shift or user in self.shift for user in ends):
            return False
        self.shift |= shift
        self.later |= later
        return True


def _shares_leaves(groups: list[Group]) -> bool:
    """Return whether some leaf is used often enough to be what the iterations of a loop share."""
    uses: dict[Part, int] = {}
    for group in groups:
        for tail, _, _ in group.first.operands:
            if tail is not None and tail.what == "leaf":
                uses[tail] = uses.get(tail, 0) + 1
                if uses[tail] >= FEWEST:
                    return True
    return False


def turns_as_one(groups: list[Group]) -> list[Group]:
    """Group a loop's iterations: values that each computes from the results of the one before, with the same leaves."""
    if not _shares_leaves(groups):
        return groups
    operands = operand_groups(groups)
    loops = _Loops(groups, operands)
    loops.find()
    if not loops.shift:
        return groups
    colours = _colours(loops, operands)
    looping = _looping(colours, operands)
    if not looping:
        return groups
    merged = _merged(groups, operands, colours, looping)
    for group in merged:
        for part, turn in zip(group.parts, group.order):
            part.turn = turn
    return in_order(merged)


def _colours(loops: _Loops, operands: dict[Group, list[Group]]) -> dict[Group, Any]:
    """Return colours: two are equal for one group in different iterations, and for groups made alike from these."""
    colours = loops.orbits()
    numbers: dict[Any, int] = {}
    users: dict[Group, set[Any]] = {}
    own = {leaf for leaf in loops.groups if leaf.what == "leaf" and leaf not in colours and len(loops.users[leaf]) == 1}
    for group in loops.groups:  # operands first
        if group in colours or group in own:
            continue
        if group.what in ("leaf", *LEFT_OUT):
            key: Any = group
        else:
            made_of = [fixed if tail is None else colours.get(tail) for tail, fixed in loops.in_place(group)]
            key = (loops.kinds[group], *made_of)
        colours[group] = numbers.setdefault(key, len(numbers))
    for group in loops.groups:
        for tail in operands[group]:
            if tail in own:
                users.setdefault(tail, set()).add(colours[group])
    for leaf in own:  # the new leaves in each iteration
        colours[leaf] = numbers.setdefault((leaf.node.scope is PARAMETER, frozenset(users[leaf])), len(numbers))
    return colours


def _merged(
    groups: list[Group], operands: dict[Group, list[Group]], colours: dict[Group, Any], looping: set[Any]
) -> list[Group]:
    """Merge the groups that are alike in each iteration of a loop."""
    classes: dict[Any, list[Group]] = {}
    for group in groups:
        classes.setdefault(colours[group], []).append(group)
    near = {colour: set[Any]() for colour in classes}
    for group in groups:
        for tail in operands[group]:
            near[colours[group]].add(colours[tail])
            near[colours[tail]].add(colours[group])
    turn = _turns(groups, operands, colours, looping)
    taken, waiting = set(looping), sorted(looping)
    for colour in waiting:  # the other things that each iteration computes
        for other in sorted(near[colour] - taken):
            if len(classes[other]) > 1:
                taken.add(other)
                waiting.append(other)
                _follow(classes[other], operands, turn)
    merged: list[Group] = []
    for colour, members in classes.items():
        if colour in taken and len(members) > 1:
            members.sort(key=turn.__getitem__)
            pairs = [(part, turn[group]) for group in members for part in group.parts]
            turns = len({turn[group] for group in members})
            one = Group(members[0].listing, members[0].what, [part for part, _ in pairs], turns=turns)
            one.order = [at for _, at in pairs]
            merged.append(one)
        else:
            merged += members
    return merged


def _turns(
    groups: list[Group], operands: dict[Group, list[Group]], colours: dict[Group, Any], looping: set[Any]
) -> dict[Group, int]:
    """Return the iteration in which each part of a loop is computed.

    If the parts of a colour are computed from another colour, but the first part is not, then that other colour comes
    from the previous iteration, and the first iteration starts without it.
    """
    within: set[tuple[Any, Any]] = set()  # pairs of colours, one computed from the other in the same iteration
    seen: set[Any] = set()
    turn: dict[Group, int] = {}
    for group in groups:
        colour = colours[group]
        if colour in looping:
            if colour not in seen:
                seen.add(colour)
                within.update((colours[tail], colour) for tail in operands[group])
            before = [turn[tail] + ((colours[tail], colour) not in within) for tail in operands[group] if tail in turn]
            turn[group] = max(before, default=0)
    return turn


def _follow(members: list[Group], operands: dict[Group, list[Group]], turn: dict[Group, int]) -> None:
    """Give each part of one colour the iteration number of its operands, or of what uses it, whichever is lowest."""
    users: dict[Group, list[int]] = {}
    for group, i in turn.items():
        for tail in operands[group]:
            users.setdefault(tail, []).append(i)
    found = {group: min([*(turn[tail] for tail in operands[group] if tail in turn), *users.get(group, ())], default=-1)
             for group in members}  # fmt: skip
    turn.update(found)


def _looping(colours: dict[Group, Any], operands: dict[Group, list[Group]]) -> set[Any]:
    """Return the colours that depend on themselves."""
    below: dict[Any, set[Any]] = {}
    for group, tails in operands.items():
        below.setdefault(colours[group], set()).update(colours[tail] for tail in tails)
    counts = dict.fromkeys(below, 0)
    for tails in below.values():
        for tail in tails:
            counts[tail] += 1
    above: dict[Any, set[Any]] = {colour: set() for colour in below}
    for colour, tails in below.items():
        for tail in tails:
            above[tail].add(colour)
    left = _peeled(_peeled(set(below), below), above)
    # A colour between two loops remains in both directions, but does not come back to itself.
    return {colour for colour in left if _comes_back(colour, below, left)}


def _peeled(left: set[Any], tails: dict[Any, set[Any]]) -> set[Any]:
    """Repeatedly remove everything without tails, and return what is left."""
    heads: dict[Any, list[Any]] = {colour: [] for colour in left}
    waiting: dict[Any, int] = {}
    for colour in left:
        inside = tails[colour] & left
        waiting[colour] = len(inside)
        for tail in inside:
            heads[tail].append(colour)
    ready = [colour for colour in left if not waiting[colour]]
    gone: set[Any] = set()
    while ready:
        colour = ready.pop()
        gone.add(colour)
        for head in heads[colour]:
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return left - gone


def _comes_back(colour: Any, tails: dict[Any, set[Any]], within: set[Any]) -> bool:
    seen: set[Any] = set()
    waiting = list(tails[colour] & within)
    while waiting:
        here = waiting.pop()
        if here == colour:
            return True
        if here not in seen:
            seen.add(here)
            waiting += tails[here] & within
    return False
