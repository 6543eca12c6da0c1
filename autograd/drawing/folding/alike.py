"""Find which parts of a picture are alike: samples of a batch, neurons of a layer.

Hashing, operands first, finds what is alike: the colour of a part is its operation, the module it ran in and the
colours of its operands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...modes import PARAMETER, Scope
from .parts import LEFT_OUT, LONG, Group, Listing, Part, calls_of, chain_of, topologically_sorted

__all__ = [
    "Paths", "constant", "in_order", "kind_of_part", "kinds_as_one", "operand_groups", "roles_of", "samples_as_one",
]  # fmt: skip

WIDE_SUMS = ("total", "mean")


def samples_as_one(listing: Listing, parts: list[Part]) -> list[Group]:
    """Group parts that are computed alike from the same parameters, such as the samples of a batch."""
    classes: dict[Any, list[Part]] = {}
    for part, colour in zip(parts, _exactly(listing, parts)):
        classes.setdefault(colour, []).append(part)
    return in_order([Group(listing, members[0].what, members) for members in classes.values()])


def in_order(groups: list[Group]) -> list[Group]:
    """Sort groups so that operands come first, as in the graph, except operands from the previous iteration."""
    return topologically_sorted(groups, operand_groups(groups, within_turns=True).__getitem__)


def operand_groups(groups: list[Group], within_turns: bool = False) -> dict[Group, list[Group]]:
    """Return, for each group, the groups that it is computed from. within_turns: in the same iteration of a loop."""
    group_of = {part: group for group in groups for part in group.parts}
    operands: dict[Group, list[Group]] = {}
    for group in groups:
        found = {
            group_of[tail]: None
            for part in (group.parts if group.what != "leaf" else ()) for tail, _, _ in part.operands
            if tail is not None and not (within_turns and group.turns > 1 and is_earlier(tail, part))
        }  # fmt: skip
        found.pop(group, None)
        operands[group] = list(found)
    return operands


def is_earlier(operand: Part, part: Part) -> bool:
    """Return whether an operand comes from an earlier iteration of the loop."""
    return operand.what != "leaf" and operand.turn < part.turn


def _exactly(listing: Listing, parts: list[Part]) -> list[Any]:
    """Return colours: two are equal if the same thing is computed from the same parameters, as in repeated samples."""
    shared = _shared_leaves(listing, parts)
    colours: list[Any] = [None] * len(parts)
    numbers: dict[Any, int] = {}
    path = Paths()
    for part in parts:
        if part.what == "leaf":
            own = part in shared or listing.nodes[part.top].scope is PARAMETER
            key: Any = ("own", part.at) if own else "input"
        else:
            operands = tuple([constant(listing, i, k) if tail is None else colours[tail.at]
                              for tail, i, k in part.operands])  # fmt: skip
            key = (*kind_of_part(listing, part), path(part.scope), operands, *_signs(listing, part))
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
        part = group.parts[-1]  # take the last iteration of a loop: the first may start from constants
        if group.what in ("leaf", *LEFT_OUT):
            operands[group] = []
            continue
        pairs = zip(part.operands, roles_of(listing, part))
        operands[group] = [
            (role, constant(listing, i, k) if tail is None else is_earlier(tail, part), group_of.get(tail))
            for (tail, i, k), role in pairs
        ]
    colours: dict[Group, Any] = {}
    numbers: dict[Any, int] = {}
    path = Paths(by_type)
    for group in groups:
        if group.what == "leaf":
            leaf = listing.nodes[group.first.top]
            key: Any = ("leaf", leaf.scope is PARAMETER, listing.graph.is_named(leaf), group.turns)
        elif group.what in LEFT_OUT or opened(group):
            key = group
        else:
            made_of = [
                (
                    role,
                    detail
                    if tail is None
                    else "the previous iteration"
                    if group.turns > 1 and detail
                    else colours.get(tail),
                )
                for role, detail, tail in operands[group]
            ]
            key = (*kind_of_part(listing, group.first), path(group.first.scope), frozenset(made_of), group.turns)
        colours[group] = numbers.setdefault(key, len(numbers))
    made = dict(colours)
    uses: dict[Group, set[Any]] = {}
    for group in groups:  # uses by the next iteration come first: its groups may be earlier in the list
        for role, earlier, tail in operands[group] if group.turns > 1 else ():
            if tail is not None and earlier:
                uses.setdefault(tail, set()).add((role, "next turn", made[group]))
    for group in reversed(groups):
        colours[group] = numbers.setdefault((made[group], frozenset(uses.pop(group, ()))), len(numbers))
        for role, earlier, tail in operands[group]:
            if tail is not None and not (group.turns > 1 and earlier):
                uses.setdefault(tail, set()).add((role, colours[group]))
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


def kind_of_part(listing: Listing, part: Part) -> tuple[Any, ...]:
    """Return what distinguishes parts with the same operands: their operations."""
    unit = listing.unit_of[part.top] if listing.unit_of else 0
    if part.what == "value":
        return (unit, part.what, *(listing.nodes[i].op for i in part.nodes))
    ops = [str(listing.nodes[i].op) for i in part.nodes[-2:]] if part.what == "sum" else []
    return (unit, part.what, *(op for op in ops if not chain_of(op) or op is ops[-1]), len({*map(chain_of, ops)}))


def _signs(listing: Listing, part: Part) -> list[str]:
    """Return the roles of a sum's operands: "-" if subtracted, "*" if multiplied first."""
    return [*roles_of(listing, part)] if part.what == "sum" else []


def roles_of(listing: Listing, part: Part) -> Iterable[str]:
    """Return the role of each operand; "" if it has none."""
    if part.what == "value":
        return listing.roles(listing.nodes[part.nodes[0]])
    ops: list[Any] = [listing.nodes[i].op for _, i, _ in part.operands] if part.what == "sum" else []
    signs = {("sub", 1): "-", ("mul", 0): "*", ("mul", 1): "*"}
    return [signs.get((op, k), "") for op, (_, _, k) in zip(ops, part.operands)] or [""] * len(part.operands)


def constant(listing: Listing, i: int, k: int) -> Any:
    """Return what distinguishes constants: the value of an exponent, since ``x ** 2`` is not ``x ** 3``; or nothing."""
    node = listing.nodes[i]
    return ("**", node.operands[k]) if node.op == "pow" else "constant"


class Paths:
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
