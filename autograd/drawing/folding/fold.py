"""Put the values of a large graph into a few groups, so that a picture of them is readable.

A group of one colour never depends on itself unless it holds the iterations of a loop. Everything takes time linear in
the number of values.

    >>> from autograd import Value
    >>> w = Value(2.0, label="w")
    >>> losses = [(w * x - 1) ** 2 for x in range(100)]
    >>> for group in fold(Graph(sum(losses)), budget=10).groups:
    ...     print(group)
    Group(w)
    Group(mul, 100 alike)
    Group(sub, 100 alike)
    Group(pow, 100 alike)
    Group(sum of 100)
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any, NamedTuple

from ...explain.phrases import counted
from ...graph import Graph
from ...modes import PARAMETER, Scope
from ...node import Node
from ..output import Progress
from .alike import kinds_as_one, operand_groups, samples_as_one
from .parts import ENDS, Closes, Group, Listing, Part, calls_of, parts_of
from .repeats import Nearest, chains, with_ends, without_repeats
from .thin import Thin
from .turns import turns_as_one

__all__ = ["Folded", "fold"]

FULL, FEWEST = ENDS, 2  # how many groups are kept at either end of a chain: at first, and in the end
MANY = 3  # a graph this many times over budget needs stronger folds
OPENED = 24  # the maximum number of folds that we try to open again, one by one
OUTLINE = 50  # the maximum number of operations in the picture of a large graph
GIANT = 200_000  # with this many values, it takes seconds before any fold can be tried
LARGE = 10_000  # with this many values, few folds are tried on all of them
THICK = 1_000  # with this many values, folds are tried on those that are left when the graph is thinned out
THIN = 0.5  # the maximum fraction of the values that makes this worthwhile
TRIED, NEAR = 6, 0.9  # how often we do so; folds that so nearly fit the few values are tried on all of them


class Folded(NamedTuple):
    """Groups, how far they are folded, and which requests could not be met.

    brief: how briefly the parameters that only one operation uses are shown: 0 in full, 1 in a few words under it, 2 in
    the frame of its module, where other tables are shortened too.
    """

    groups: list[Group]
    brief: int = 0
    depth: int | None = None
    opened: str = "whole"  # what the user wants in full is "whole", "open" with some of it abbreviated, or "closed"
    deeper: bool = False  # whether some modules are closed that could be opened
    whole: frozenset[int] = frozenset()  # ids of the calls in which nothing is abbreviated


class _State(NamedTuple):
    """How a graph is folded."""

    depth: int
    samples: bool = False  # repeated samples, and long sums
    turns: bool = False  # of loops
    brief: int = 0  # where parameters are: 1 in a few words under their operation, 2 in the frame of their module
    dots: bool = False  # sums of products
    joined: bool = False  # a neuron and its activation
    ends: int = 0  # how many groups are kept at the ends of long chains; 0 keeps everything
    kinds: bool = False  # fold all values made and used alike, such as the neurons of a layer
    types: bool = False  # also fold modules of one class, such as heads of attention
    repeats: bool = False  # of blocks
    opened: frozenset[str] = frozenset()  # modules, by name
    split: frozenset[int] = frozenset()  # groups, by their first value


def fold(
    graph: Graph,
    nodes: Sequence[Node] | None = None,
    *,
    budget: int | None = 200,
    depth: int | None = None,
    closes: Closes | None = None,
    opens: Closes | None = None,
    name: Callable[[Scope], str] = str,
    size: Callable[[Folded], int] = lambda folded: len(folded.groups),
    fits: Callable[[Folded], float] | None = None,
    most: int | None = None,
) -> Folded:
    """Put the values into groups that fit and have a `size` of at most `budget`, operands first.

    The following are tried, in this order: each value by itself; the iterations of a loop as one; repeated samples as
    one, long sums as one operation; both; parameters in a few words; sums of products as one; a neuron and its
    activation as one; the middle of long chains left out; all values made and used alike as one, such as the neurons of
    a layer; repeated blocks as one; modules closed, the innermost first. Then each fold that is not needed is opened
    again. If the picture is still too large, only the groups nearest to the result are kept.

    nodes: the values to draw, in the order of the graph; by default all. depth: how many levels of modules are drawn
    open; by default all. closes: whether a call is drawn as one box at any depth. opens: whether a call is shown in
    full. name: the name of a module's call. fits: how well a picture of the groups fits, at least 1 if it does; by default,
    it fits if it keeps the budget. most: how many operations fit at most; by default the budget.
    """
    listing = Listing(graph, graph.nodes if nodes is None else nodes)
    folder = _Folder(listing, budget, closes, opens, name, size, fits)
    folder.most = min(number for number in (most, budget, len(listing.nodes)) if number is not None)
    deepest = listing.depth if depth is None else min(depth, listing.depth)
    found = folder.find(_State(deepest))
    if found is None and opens is not None:
        folder.whole = frozenset()
        if found := folder.find(_State(deepest)):
            return found._replace(opened="open")
        folder = _Folder(listing, budget, closes, None, name, size, fits)
        return (folder.find(_State(deepest)) or folder.nearest())._replace(opened="closed")
    return found or folder.nearest()


def _hidden_in(groups: list[Group]) -> Iterator[Part]:
    return (part for group in groups if group.what == "more" for part in group.parts)


class _Folder:
    def __init__(
        self,
        listing: Listing,
        budget: int | None,
        closes: Closes | None,
        opens: Closes | None,
        name: Callable[[Scope], str],
        size: Callable[[Folded], int],
        fits: Callable[[Folded], float] | None,
    ) -> None:
        self.listing = listing
        self.budget = budget
        self.closes = closes
        self.opens = opens
        self.name = name
        self.size = size
        self.has_room = fits
        self.is_large = len(listing.nodes) > LARGE
        self._parts: dict[Any, list[Part]] = {}
        self._same: tuple[Any, list[Group]] | None = None
        self.whole = self._wanted_whole()
        self.most = len(listing.nodes)
        self.thin: Thin | None = None  # if its listing is that of a graph thinned out
        self.state = _State(0)  # that was found
        self.fit = 0.0  # how well the last fold fits
        self.near: list[_State] = []  # states that nearly fit
        self.known: dict[_State, bool] = {}  # whether they fit when all values are folded so

    # --- What a state looks like ---

    def folded(self, state: _State) -> Folded:
        groups = self._groups(state, self._opened(state))
        return Folded(groups, state.brief, state.depth, deeper=state.depth < self.listing.depth, whole=self.whole)

    def _groups(self, state: _State, opened: set[int]) -> list[Group]:
        groups = self._same_of(state, opened)
        if state.ends and self.is_large:  # groups that are left out need not be compared
            groups = with_ends(groups, state.ends)
        if state.kinds:
            groups = kinds_as_one(groups, lambda group: self._is_in(group.first.scope, opened), state.types)
        if state.ends:
            groups = with_ends(groups, state.ends)
        if state.repeats:
            shorter = without_repeats(groups, self.budget)
            if not self.whole or not any(self._is_in(part.scope, self.whole) for part in _hidden_in(shorter)):
                groups = shorter
        if state.split:
            groups = [one for group in groups for one in self._split(group, state.split)]
        return groups

    def _same_of(self, state: _State, opened: set[int]) -> list[Group]:
        """Return groups of repeated computations. Those of the last state are remembered, since most states share them."""
        ends = max(ENDS, state.ends)
        key = state.depth, state.samples, state.dots, state.joined, state.opened, state.turns, self.whole, ends
        if self._same is None or self._same[0] != key:
            self._same = None  # free the last groups first, which take a lot of memory
            parts = self._parts_of(state, opened)
            if state.samples:
                groups = samples_as_one(self.listing, parts)
            else:
                groups = [Group(self.listing, part.what, [part]) for part in parts]
            self._same = key, turns_as_one(groups) if state.turns else groups
        return self._same[1]

    def _split(self, group: Group, split: frozenset[int]) -> list[Group]:
        if group.first.top not in split:
            return [group]
        return [Group(self.listing, group.what, [part], group.title) for part in group.parts]

    def _parts_of(self, state: _State, opened: set[int]) -> list[Part]:
        ends = max(ENDS, state.ends) if self.is_large else 0
        key = state.depth, state.samples, state.dots, state.joined, state.opened, self.whole, ends
        if key not in self._parts:
            if self.is_large:  # keeping them would cost much memory, and save little time
                self._parts.clear()
            self._parts[key] = parts_of(
                self.listing, state.depth, self.closes, state.samples, state.joined, opened, state.dots, ends, self.whole,
            )  # fmt: skip
        return self._parts[key]

    def _opened(self, state: _State) -> set[int]:
        """Return the calls that must not be closed, because they or calls inside them are shown in full."""
        if self.opens is None and not state.opened:
            return set()
        found: set[int] = set()
        for scope in {node.scope for node in self.listing.nodes if node.operands and node.scope is not None}:
            calls = calls_of(scope)
            for level, call in enumerate(calls):
                if (self.opens and self.opens(call, level)) or (state.opened and self.name(call) in state.opened):
                    found.update(map(id, calls))
                    break
        return found

    def _wanted_whole(self) -> frozenset[int]:
        """Return the calls that the user wants to see in full, and those inside them."""
        found: set[int] = set()
        for scope in {node.scope for node in self.listing.nodes if node.operands} if self.opens else ():
            calls = calls_of(scope)
            first = next(
                (level for level, call in enumerate(calls) if self.opens and self.opens(call, level)), len(calls)
            )
            found.update(map(id, calls[first:]))
        return frozenset(found)

    @staticmethod
    def _is_in(scope: Scope | None, opened: Container[int]) -> bool:
        return scope is not None and scope is not PARAMETER and id(scope) in opened

    # --- Whether it fits ---

    def fits(self, folded: Folded) -> bool:
        groups = folded.groups
        is_whole = len(groups) == len(self.listing.nodes)
        if self.thin is not None and self.thin.are_apart(groups):
            return False
        if self.has_room is None and is_whole and self.listing.is_small(self.budget or len(groups)):
            return True
        self.fit = self._room(folded) if self._keeps_budget(folded) else 0.0
        return self.fit >= 1

    def _room(self, folded: Folded) -> float:
        return self.has_room(folded) if self.has_room else 1.0

    def _keeps_budget(self, folded: Folded, outline: bool = True) -> bool:
        if self.budget is None:
            return True
        operations = sum(group.what != "leaf" for group in folded.groups)
        if self.has_room is not None and operations > (OUTLINE if self.is_large and outline else self.most):
            return False  # there is no need to make the picture
        return operations <= self.budget and (self.has_room is not None or self.size(folded) <= self.budget)

    # --- Looking for what fits ---

    def find(self, plain: _State) -> Folded | None:
        """Return the first fold that fits, with unneeded folds opened again; None if even the strongest does not."""
        if self.budget is None and self.has_room is None:
            return self.folded(plain)
        count = len(self.listing.nodes if self.thin is None else self.listing.graph.nodes)
        last, progress = plain, Progress(at_once=len(self.listing.nodes) > GIANT)
        progress.say(f"drawing {count:,} values: looking for a way to fold them")
        if self.thin is None and self.has_room and len(self.listing.nodes) > THICK and (found := self._thinned(plain)):
            return found
        for number, state in enumerate(self._states(plain), 1):
            folded = self.folded(state)
            progress.say(f"drawing {count:,} values: tried {counted(number, 'way')} to fold them")
            if self.known.get(state, True) and self.fits(folded):
                self.state = state
                return self._open_again(plain, state, folded) if self.has_room and state != plain else folded
            last = state
        self.last = last
        return None

    def _thinned(self, plain: _State) -> Folded | None:
        """Return the fold found on a few of the values, if it fits when all are folded so."""
        strong = plain._replace(turns=True, samples=True, dots=self.is_large)
        alike = self._same_of(strong, self._opened(strong))
        kinds = kinds_as_one(alike, lambda group: self._is_in(group.first.scope, self.whole))
        thin = Thin(alike, kinds, self.most)
        if len(thin.places) > min(LARGE, THIN * len(self.listing.nodes)):
            return None
        few = _Folder(thin.listing, self.budget, self.closes, self.opens, self.name, self.size, self.has_room)
        few.thin, few.most = thin, self.most
        found: Folded | None = None
        for _ in range(TRIED):
            if few.find(plain) is None:
                return found
            for state in [few.state, *few.near]:
                if state not in few.known:
                    split = frozenset(thin.places[i] for i in state.split)
                    folded = self.folded(state._replace(split=split))
                    few.known[state] = self._keeps_budget(folded, outline=False) and self._room(folded) >= 1
                    if few.known[state]:
                        found = folded
                    if few.known[state] is not (state is few.state):  # the few values misled
                        break
            else:
                return found
        return found

    def _states(self, state: _State) -> Iterator[_State]:
        budget = self.budget or len(self.listing.nodes)
        operations = sum(map(bool, self.listing.operands))
        if operations <= budget or state.depth < self.listing.depth or self.closes is not None:
            yield state
        if not self.is_large:  # each attempt takes time, and a very large graph needs both
            yield state._replace(turns=True)
            yield state._replace(samples=True)
        state = state._replace(turns=True, samples=True, dots=self.is_large)
        yield state
        longest = 0
        if self.has_room:  # the next folds save room, not boxes
            groups = self._groups(state, self._opened(state))
            longest = max(map(len, chains(groups)), default=0)
            if len(groups) <= MANY * budget:
                if not self.is_large:
                    yield state._replace(brief=1)
                    yield state._replace(brief=2)
                yield state._replace(brief=2, dots=True)
            state = state._replace(brief=2, dots=True, joined=not self.is_large)
            if state.joined and len(groups) <= MANY * budget:
                yield state
        if longest > 2 * FULL:
            state = state._replace(ends=FULL)
            yield state
        state = state._replace(kinds=True)
        yield state
        if longest > 2 * FULL:
            state = state._replace(ends=FEWEST)
            yield state
        state = state._replace(repeats=True)
        yield state
        for level in range(state.depth - 1, -1, -1):
            yield state._replace(depth=level)
            state = state._replace(depth=level, types=True)
            yield state

    def _open_again(self, plain: _State, state: _State, folded: Folded) -> Folded:
        """Undo every fold that is not needed to fit, the last one first."""
        if len(folded.groups) > (self.budget or len(folded.groups)) or self.is_large:
            return folded

        def try_(tried: _State) -> bool:
            nonlocal state, folded
            if tried != state:
                found = self.folded(tried)
                if not self.known.get(tried, self.fits(found)):
                    if self.fit >= NEAR:
                        self.near.append(tried)
                    return False
                self.state = state = tried
                folded = found
            return True

        before = None
        while state != before:  # what did not fit at first may fit in other rows
            before = state
            self.near.clear()
            for flag in ("types", "repeats", "kinds", "joined", "dots", "brief", "turns", "samples"):
                if getattr(state, flag):
                    try_(state._replace(**{flag: 0}))
            if state.brief == 2:
                try_(state._replace(brief=1))
            if state.ends and not try_(state._replace(ends=0)):
                few = state.ends
                many = max(map(len, chains(self._groups(state._replace(ends=0), set()))), default=0) // 2
                while many - few > 1:
                    middle = (few + many) // 2
                    few, many = (middle, many) if try_(state._replace(ends=middle)) else (few, middle)
            self._open_units(plain, try_, lambda: (state, folded))
        return folded

    def _open_units(
        self, plain: _State, try_: Callable[[_State], bool], now: Callable[[], tuple[_State, Folded]]
    ) -> None:
        """Open closed modules one by one, and groups that are alike all at once, if there is room."""
        tried: set[Any] = set()
        for _ in range(OPENED):
            state, folded = now()
            for unit in self._units(folded.groups, plain, state):
                if unit not in tried:
                    tried.add(unit)
                    more = (
                        {"opened": state.opened | unit}
                        if isinstance(next(iter(unit)), str)
                        else {"split": state.split | unit}
                    )
                    try_(state._replace(**more))
                    break
            else:
                return

    def _is_closed(self, group: Group) -> bool:
        """Return whether a module is closed because the user asked for it."""
        calls = calls_of(group.first.scope)
        return self.closes is not None and any(self.closes(call, level) for level, call in enumerate(calls))

    def _units(self, groups: list[Group], plain: _State, state: _State) -> Iterator[frozenset[Any]]:
        """Return what may be opened: closed modules by name, and groups of the same size that belong together."""
        for group in groups:
            if group.what == "call" and state.depth < plain.depth == self.listing.depth and not self._is_closed(group):
                yield frozenset([self.name(group.first.scope)])  # type: ignore[arg-type]
        operands = operand_groups(groups)
        together: dict[Group, set[Group]] = {}
        for group in groups:
            together[group] = {group}
            for tail in operands[group]:
                if tail in together and len(tail.parts) == len(group.parts) and tail.turns == group.turns:
                    merged = together[tail] | together[group]
                    for member in merged:
                        together[member] = merged
        for group in groups:
            if len(group.parts) > 1 and group.what not in ("call", "more") and group.turns == 1:
                yield frozenset(member.first.top for member in together[group])

    def nearest(self) -> Folded:
        """Keep the groups nearest to the result, as many as fit."""
        self.last = self.last._replace(turns=False)
        groups = self.folded(self.last).groups
        most = self.budget or len(groups)
        nearest, brief = Nearest(groups, most), self.last.brief
        few, many = 1, most
        while many - few > 1:
            keep = (few + many) // 2
            few, many = (keep, many) if self.fits(Folded(nearest.keep(keep), brief)) else (few, keep)
        return Folded(nearest.keep(few), brief, 0, deeper=True)
