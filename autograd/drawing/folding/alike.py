"""Find which parts of a picture are alike: samples of a batch, neurons of a layer, turns of a loop.

Hashing, operands first, finds what is alike: the colour of a part is its operation, the module it ran in and the
colours of its operands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...modes import PARAMETER, Scope
from .parts import LONG, Group, Listing, Part, calls_of, topologically_sorted

__all__ = ["in_order", "kinds_as_one", "operand_groups", "samples_as_one", "turns_as_one"]

WIDE_SUMS = ("total", "mean")
LIMITS = 4  # how many guesses to try for how often each turn uses a leaf


def samples_as_one(listing: Listing, parts: list[Part]) -> list[Group]:
    """Group parts that are computed alike from the same parameters, such as the samples of a batch."""
    classes: dict[Any, list[Part]] = {}
    for part, colour in zip(parts, _exactly(listing, parts)):
        classes.setdefault(colour, []).append(part)
    return in_order([Group(listing, members[0].what, members) for members in classes.values()])


def in_order(groups: list[Group]) -> list[Group]:
    """Sort groups so that operands come first, as in the graph."""
    return topologically_sorted(groups, operand_groups(groups).__getitem__)


def operand_groups(groups: list[Group]) -> dict[Group, list[Group]]:
    """Return, for each group, the groups that it is computed from."""
    group_of = {part: group for group in groups for part in group.parts}
    operands: dict[Group, list[Group]] = {}
    for group in groups:
        found = {group_of[tail]: None for part in group.parts for tail, _, _ in part.operands if tail is not None}
        found.pop(group, None)
        operands[group] = list(found)
    return operands


def _exactly(listing: Listing, parts: list[Part]) -> list[Any]:
    """Return colours: two are equal if the same is computed from the same parameters, as in repeated samples."""
    shared = _shared_leaves(listing, parts)
    colours: list[Any] = [None] * len(parts)
    numbers: dict[Any, int] = {}
    path = _Paths()
    for part in parts:
        if part.what == "leaf":
            own = part in shared or listing.nodes[part.top].scope is PARAMETER
            key: Any = ("own", part.at) if own else "input"
        else:
            operands = tuple([_constant(listing, i, k) if tail is None else colours[tail.at]
                              for tail, i, k in part.operands])  # fmt: skip
            key = (*_kind(listing, part), path(part.scope), operands)
        colours[part.at] = numbers.setdefault(key, len(numbers))
    inputs: dict[Part, set[Any]] = {}
    for part in parts:
        for tail, _, k in part.operands:
            if tail is not None and tail.what == "leaf":
                inputs.setdefault(tail, set()).add((colours[part.at], k))
    for leaf, uses in inputs.items():  # inputs are alike if they are used alike
        colours[leaf.at] = (colours[leaf.at], frozenset(uses))
    return colours


def kinds_as_one(groups: list[Group], opened: Callable[[Group], bool], by_type: bool = False) -> list[Group]:
    """Group parts that are made and used alike, such as the neurons of a layer, except those opened.

    by_type: whether modules of one class are also alike, such as the heads of attention.
    """
    listing = groups[0].listing
    group_of: dict[Any, Group] = {part: group for group in groups for part in group.parts}
    operands: dict[Group, list[tuple[str, Any, Group | None]]] = {}
    for group in groups:
        part = group.parts[-1]  # take the last turn of a loop: the first may start from constants
        pairs = zip(part.operands, _roles(listing, part)) if group.what != "more" else ()
        operands[group] = [
            (role, _constant(listing, i, k) if tail is None else tail.turn < part.turn, group_of.get(tail))
            for (tail, i, k), role in pairs
        ]
    colours: dict[Group, Any] = {}
    numbers: dict[Any, int] = {}
    path = _Paths(by_type)
    for group in groups:
        if group.what == "leaf":
            key: Any = ("leaf", listing.nodes[group.first.top].scope is PARAMETER)
        elif group.what == "more" or opened(group):
            key = group
        else:
            made_of = [
                (
                    role,
                    detail if tail is None else "the turn before" if group.turns > 1 and detail else colours.get(tail),
                )
                for role, detail, tail in operands[group]
            ]
            key = (*_kind(listing, group.first), path(group.first.scope), frozenset(made_of), group.turns)
        colours[group] = numbers.setdefault(key, len(numbers))
    made = dict(colours)
    uses: dict[Group, set[Any]] = {group: set() for group in groups}
    for group in reversed(groups):
        colours[group] = numbers.setdefault((made[group], frozenset(uses[group])), len(numbers))
        for role, _, tail in operands[group]:
            if tail is not None:
                uses[tail].add((role, colours[group]))
    classes: dict[Any, list[Group]] = {}
    for group in groups:
        classes.setdefault(colours[group], []).append(group)
    merged = [
        members[0] if len(members) == 1
        else Group(listing, members[0].what, [part for group in members for part in group.parts], members[0].title,
                   members[0].turns)
        for members in classes.values()
    ]  # fmt: skip
    return in_order(merged)


def _kind(listing: Listing, part: Part) -> tuple[Any, ...]:
    if part.what == "value":
        return (part.what, *(listing.nodes[i].op for i in part.nodes))
    return (part.what,) if part.what == "call" else (part.what, listing.nodes[part.top].op)


def _roles(listing: Listing, part: Part) -> Iterable[str]:
    if part.what == "value":
        return listing.roles(listing.nodes[part.nodes[0]])
    return [""] * len(part.operands)


def _constant(listing: Listing, i: int, k: int) -> Any:
    """Return what tells constants apart: the value of an exponent, since ``x ** 2`` is not ``x ** 3``; or nothing."""
    node = listing.nodes[i]
    return ("**", node.operands[k]) if node.op == "pow" else "constant"


class _Paths:
    """Return a key to compare scopes: the modules of the calls, or their classes."""

    def __init__(self, by_type: bool = False) -> None:
        self.by_type = by_type
        self.known: dict[int, Any] = {}

    def __call__(self, scope: Scope | None) -> Any:
        if scope is None:
            return None
        if id(scope) not in self.known:
            modules: list[Any] = [call.module for call in calls_of(scope)]
            name = type if self.by_type else id
            self.known[id(scope)] = tuple([module if isinstance(module, str) else name(module) for module in modules])
        return self.known[id(scope)]


def _shared_leaves(listing: Listing, parts: list[Part]) -> set[Part]:
    """Return the leaves that several terms of the outermost long sums use: those that the samples of a batch share."""
    below: set[Part] = set()  # everything that an outermost sum depends on
    shared: set[Part] = set()
    for part in reversed(parts):
        if part in below or not (part.what == "sum" or listing.nodes[part.top].op in WIDE_SUMS):
            continue
        terms = [tail for tail, _, _ in part.operands if tail is not None]
        if len(terms) < LONG:
            continue
        term_of: dict[Part, int] = {}
        many: set[Part] = set()
        for number, term in enumerate(terms):
            stack = [term]
            while stack:
                here = stack.pop()
                if here in many or term_of.get(here) == number:
                    continue
                if here in term_of:
                    many.add(here)
                term_of[here] = number
                stack += [tail for tail, _, _ in here.operands if tail is not None]
        below.update(term_of)
        shared.update(leaf for leaf in many if leaf.what == "leaf")
    return shared if below else _used_twice(parts)


def _used_twice(parts: list[Part]) -> set[Part]:
    once: set[Part] = set()
    twice: set[Part] = set()
    for part in parts:
        for leaf in {tail for tail, _, _ in part.operands if tail is not None and tail.what == "leaf"}:
            (twice if leaf in once else once).add(leaf)
    return twice


# --- Turns of a loop -----------------------------------------------------------------------------------------


def turns_as_one(groups: list[Group]) -> list[Group]:
    """Group the turns of a loop: values that each computes from the results of the one before, with the same leaves.

    Leaves that every turn uses are used more often than those that a turn brings in. How often is not known, so several
    limits are tried, and the one with the fewest groups is the right one.
    """
    operands = operand_groups(groups)
    uses: dict[Group, int] = {}
    for tails in operands.values():
        for tail in tails:
            if tail.what == "leaf":
                uses[tail] = uses.get(tail, 0) + 1
    limits = sorted({count for count in uses.values() if count > 1})
    limits = limits[:: max(1, -(-len(limits) // LIMITS))]
    found = [_with_turns(groups, operands, {leaf for leaf in uses if uses[leaf] >= limit}) for limit in limits]
    found = [(colours, looping) for colours, looping in found if looping]
    if not found:
        return groups
    best = min((_merged(groups, operands, *one) for one in found), key=len)
    for group in best:
        for part, turn in zip(group.parts, group.order):
            part.turn = turn
    return in_order(best)


def _with_turns(
    groups: list[Group], operands: dict[Group, list[Group]], shared: set[Group]
) -> tuple[dict[Group, Any], set[Any]]:
    colours = _in_turns(groups, operands, shared)
    return colours, _looping(colours, operands)


def _merged(
    groups: list[Group], operands: dict[Group, list[Group]], colours: dict[Group, Any], looping: set[Any]
) -> list[Group]:
    """Merge the groups that are alike at each turn of a loop."""
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
    for colour in waiting:  # the other things that each turn computes
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
    """Return the turn at which each part of a loop is computed.

    If the parts of a colour are computed from another colour, but the first part is not, then that other colour comes
    from the turn before, and the first turn starts without it.
    """
    within: set[tuple[Any, Any]] = set()  # pairs of colours, one computed from the other at the same turn
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
    """Give the parts of one colour the turns of the parts that they are computed from, or of those that use them."""
    users: dict[Group, list[int]] = {}
    for group, i in turn.items():
        for tail in operands[group]:
            users.setdefault(tail, []).append(i)
    found = {group: min([*(turn[tail] for tail in operands[group] if tail in turn), *users.get(group, ())], default=-1)
             for group in members}  # fmt: skip
    turn.update(found)


def _in_turns(groups: list[Group], operands: dict[Group, list[Group]], shared: set[Group]) -> dict[Group, Any]:
    """Return colours: two are equal if the same operations use the same shared leaves, whatever else comes in."""
    path = _Paths()
    colours: dict[Group, Any] = {}
    numbers: dict[Any, int] = {}
    own: dict[Any, int] = {}
    for group in groups:
        if group.what == "leaf":
            colours[group] = -1 - own.setdefault(group, len(own))
            continue
        if group.what == "more":
            key: Any = group
        else:
            leaves = frozenset([colours[tail] for tail in operands[group] if tail in shared])
            inner = [colours[tail] for tail in operands[group] if tail.what != "leaf"]
            what = group.node.op if group.what != "call" else group.what
            key = (what, path(group.first.scope), leaves, () if leaves or group.what == "call" else tuple(inner))
        colours[group] = numbers.setdefault(key, len(numbers))
    uses: dict[Group, set[Any]] = {}
    for group in groups:
        for tail in operands[group]:
            if tail.what == "leaf" and tail not in shared:
                uses.setdefault(tail, set()).add(colours[group])
    for leaf, users in uses.items():  # the leaves that each turn brings in
        kind = leaf.listing.nodes[leaf.first.top].scope is PARAMETER
        colours[leaf] = numbers.setdefault(("leaf", kind, frozenset(users)), len(numbers))
    return colours


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
