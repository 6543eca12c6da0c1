"""Putting the values of a large graph into few groups, so that a picture of them can be read.

What is alike is found by hashing, operands first: the colour of a part is its operation, the module it ran in and the
colours of its operands. Groups of one colour never depend on themselves, so what is drawn of them has no cycle. All of
it takes time linear in the number of values.

    >>> from autograd import Value
    >>> w = Value(2.0, label="w")
    >>> losses = [(w * x - 1) ** 2 for x in range(100)]
    >>> for group in fold(Graph(sum(losses)), budget=10):
    ...     print(group)
    Group(w)
    Group(mul, 100 alike)
    Group(sub, 100 alike)
    Group(pow, 100 alike)
    Group(sum of 101 terms)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from ..graph import Graph
from ..modes import PARAMETER, Scope
from ..node import Node
from .parts import LONG, Closes, Group, Listing, Part, calls_of, parts_of, topologically_sorted

__all__ = ["fold"]

WIDE_SUMS = ("total", "mean")


def fold(
    graph: Graph,
    nodes: Sequence[Node] | None = None,
    *,
    budget: int | None = 200,
    depth: int | None = None,
    closes: Closes | None = None,
    size: Callable[[list[Group]], int] = len,
) -> list[Group]:
    """The values in groups that come to a `size` of at most `budget`, operands first.

    So many values or fewer stay as they are. Otherwise these are tried, in this order:

    each value by itself; repeated samples as one, long sums as one operation; all values that are made and
    used alike as one, such as the neurons of a layer; repeated blocks as one; modules closed, the innermost
    first; and of what is too much even so, only what is nearest to the result.

    nodes: the values to draw, in the order of the graph; by default all. depth: how many levels of
    modules are drawn open; by default all. closes: whether a call is drawn as one box all the same.
    """
    listing = Listing(graph, graph.nodes if nodes is None else nodes)
    groups: list[Group] = []
    for number, (level, room) in enumerate(_levels(listing, budget, depth, closes)):
        groups = level()
        if budget is None or (number == 0 and listing.is_small(budget)):
            return groups
        if _operations(groups) <= budget * room and size(groups) <= budget * room:
            return groups
    assert budget is not None
    nearest = _Nearest(groups, budget)
    few, many = 1, budget
    while many - few > budget // 50 + 1:
        keep = (few + many) // 2
        few, many = (keep, many) if size(nearest.keep(keep)) <= budget else (few, keep)
    return nearest.keep(few)


def _operations(groups: list[Group]) -> int:
    return sum(group.what != "leaf" for group in groups)


def _levels(
    listing: Listing, budget: int | None, depth: int | None, closes: Closes | None
) -> Iterator[tuple[Callable[[], list[Group]], float]]:
    """Ways to fold, each stronger than the one before, with the share of the budget that it may take."""
    deepest = listing.depth if depth is None else min(depth, listing.depth)
    some_closed = deepest < listing.depth or closes is not None
    if budget is None or some_closed or sum(map(bool, listing.operands)) <= budget:
        single = parts_of(listing, deepest, closes, sums=False)
        yield lambda: [Group(listing, part.what, [part]) for part in single], 1
    parts = parts_of(listing, deepest, closes, sums=True)
    in_kind = cache(lambda: _alike(listing, parts, _in_kind))
    yield lambda: _alike(listing, parts, _exactly), 0.5
    yield in_kind, 1
    yield lambda: _without_repeats(in_kind(), budget), 1
    for level in range(deepest - 1, -1, -1):
        closed = parts_of(listing, level, closes, sums=True)
        yield lambda closed=closed: _without_repeats(_alike(listing, closed, _in_kind), budget), 1


# --- What is alike -----------------------------------------------------------------------------------------


def _alike(listing: Listing, parts: list[Part], colouring: Callable[[Listing, list[Part]], list[Any]]) -> list[Group]:
    classes: dict[Any, list[Part]] = {}
    for part, colour in zip(parts, colouring(listing, parts)):
        classes.setdefault(colour, []).append(part)
    groups = [Group(listing, members[0].what, members) for members in classes.values()]
    return _in_order(groups)


def _in_order(groups: list[Group]) -> list[Group]:
    """Operands first, as in the graph."""
    return topologically_sorted(groups, _operand_groups(groups).__getitem__)


def _operand_groups(groups: list[Group]) -> dict[Group, list[Group]]:
    """Of each group, those that it is computed from."""
    group_of = {part: group for group in groups for part in group.parts}
    operands: dict[Group, list[Group]] = {}
    for group in groups:
        found = {group_of[tail]: None for part in group.parts for tail, _, _ in part.operands if tail is not None}
        found.pop(group, None)
        operands[group] = list(found)
    return operands


def _exactly(listing: Listing, parts: list[Part]) -> list[Any]:
    """Colours; two are equal if the same is computed from the same parameters, as for repeated samples."""
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
    for leaf, uses in inputs.items():  # inputs are alike if the same use is made of them
        colours[leaf.at] = (colours[leaf.at], frozenset(uses))
    return colours


def _in_kind(listing: Listing, parts: list[Part]) -> list[Any]:
    """Colours; two are equal if parts are made alike and used alike, as the neurons of a layer are."""
    colours: list[Any] = [None] * len(parts)
    numbers: dict[Any, int] = {}
    path = _Paths()
    for part in parts:
        if part.what == "leaf":
            key: Any = "parameter" if listing.nodes[part.top].scope is PARAMETER else "input"
        else:
            operands = [
                (role, _constant(listing, i, k) if tail is None else colours[tail.at])
                for (tail, i, k), role in zip(part.operands, _roles(listing, part))
            ]
            key = (*_kind(listing, part), path(part.scope), frozenset(operands))
        colours[part.at] = numbers.setdefault(key, len(numbers))
    uses: list[set[Any]] = [set() for _ in parts]
    for part in reversed(parts):
        colour = numbers.setdefault((colours[part.at], frozenset(uses[part.at])), len(numbers))
        colours[part.at] = colour
        for (tail, _, _), role in zip(part.operands, _roles(listing, part)):
            if tail is not None:
                uses[tail.at].add((role, colour))
    return colours


def _kind(listing: Listing, part: Part) -> tuple[Any, ...]:
    return (part.what,) if part.what == "call" else (part.what, listing.nodes[part.top].op)


def _roles(listing: Listing, part: Part) -> Iterable[str]:
    if part.what == "value":
        return listing.roles(listing.nodes[part.top])
    return [""] * len(part.operands)


def _constant(listing: Listing, i: int, k: int) -> Any:
    """What tells a constant from others: an exponent's value, as ``x ** 2`` is not ``x ** 3``; else nothing."""
    node = listing.nodes[i]
    return ("**", node.operands[k]) if node.op == "pow" else "constant"


class _Paths:
    """Of a scope, which modules it is a call of, as something to compare."""

    def __init__(self) -> None:
        self.known: dict[int, Any] = {}

    def __call__(self, scope: Scope | None) -> Any:
        if scope is None:
            return None
        if id(scope) not in self.known:
            modules = [call.module for call in calls_of(scope)]
            self.known[id(scope)] = tuple([module if isinstance(module, str) else id(module) for module in modules])
        return self.known[id(scope)]


def _shared_leaves(listing: Listing, parts: list[Part]) -> set[Part]:
    """The leaves used by more than one term of the outermost long sums: what the samples of a batch have in common."""
    below: set[Part] = set()  # all that an outer sum depends on
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
    return shared


# --- What is left out --------------------------------------------------------------------------------------


def _without_repeats(groups: list[Group], budget: int | None) -> list[Group]:
    """Blocks that follow each other and are built alike, as the layers of a deep network: the first one is kept."""
    while found := _repeat(groups, budget or 0):
        start, period, times = found
        inner = [group for group in groups if group.what != "leaf"]
        hidden = inner[start + period : start + period * times]
        title = f"{times - 1:,} more like the {period} before" if period > 1 else f"{times - 1:,} more like it"
        merged = Group(groups[0].listing, "more", [part for group in hidden for part in group.parts], title)
        left_out = set(hidden)
        groups = _in_order([group for group in groups if group not in left_out] + [merged])
    return groups


def _repeat(groups: list[Group], budget: int) -> tuple[int, int, int] | None:
    """Where a stretch of alike blocks starts, how long a block is, how many there are; the most worth folding.

    Where there is far too much, only a long stretch is worth it: short ones come by chance, and in their thousands.
    """
    operands = _operand_groups(groups)
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
    return (group.what, group.title) if group.what in ("call", "more") else (group.what, group.node.op)


def _classes(group: Group) -> tuple[Any, ...]:
    modules: list[Any] = [call.module for call in calls_of(group.first.scope)]
    return tuple([module if isinstance(module, str) else type(module) for module in modules])


class _Nearest:
    """The groups nearest to the result, and the rest as one: any number of them, for the price of looking once."""

    def __init__(self, groups: list[Group], most: int) -> None:
        operands = _operand_groups(groups)
        distance = dict.fromkeys(groups, 0)
        for group in reversed(groups):
            for operand in operands[group]:
                distance[operand] = max(distance[operand], distance[group] + 1)
        place = {group: i for i, group in enumerate(groups)}
        nearest = sorted(groups, key=lambda group: (distance[group], -place[group]))
        self.listing = groups[0].listing
        self.near, beyond = nearest[:most], nearest[most:]
        self.rest = [part for group in beyond for part in group.parts]
        for part in self.rest:  # all it is computed from is in the rest too
            part.operands = []

    def keep(self, count: int) -> list[Group]:
        """The `count` nearest, which are `most` at most, and the rest."""
        near, beyond = self.near[:count], self.near[count:]
        rest = [part for group in beyond for part in group.parts] + self.rest
        if rest:
            values = sum(len(part.nodes) for part in rest)
            near = [*near, Group(self.listing, "more", rest, f"{values:,} more values")]
        return _in_order(near[::-1])
