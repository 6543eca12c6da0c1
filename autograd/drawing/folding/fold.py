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
from functools import partial
from typing import Any, NamedTuple

from ...explain.phrases import counted
from ...graph import Graph
from ...modes import PARAMETER, Scope
from ...node import Node
from ..output import Progress
from .alike import kinds_as_one, samples_as_one
from .near import Near
from .opening import open_again
from .parts import ENDS, LEFT_OUT, Closes, Group, Listing, Part, calls_of, parts_of
from .repeats import chains, with_ends, without_repeats
from .states import State
from .thin import KEPT, Thin
from .turns import turns_as_one

__all__ = ["Folded", "fold"]

FULL, FEWEST = ENDS, 2  # how many groups are kept at either end of a chain: at first, and in the end
MANY = 3  # a graph this many times over budget needs stronger folds
OUTLINE = 50  # the maximum number of operations in the picture of a large graph
GIANT = 200_000  # with this many values, it takes seconds before any fold can be tried
LARGE = 10_000  # with this many values, few folds are tried on all of them
THICK = 1_000  # with this many values, folds are tried on those that are left when the graph is thinned out
THIN, FEW = 0.5, 6_000  # the maximum fraction of the values, and number, that makes this worthwhile
REMEMBERED = 20  # how many listings of parts are kept, since some states share them
TRIED = 6  # how often we do so
AROUND, FEW_AROUND = 200, 10  # of a graph that does not fit at all, so many groups near the result may be shown


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
    again. If the picture is still too large, the groups nearest to the result are shown, and the rest as one box.

    nodes: the values to draw, in the order of the graph; by default all. depth: how many levels of modules are drawn
    open; by default all. closes: whether a call is drawn as one box at any depth. opens: whether a call is shown in
    full. name: the name of a module's call. fits: how well a picture of the groups fits, at least 1 if it does; by default,
    it fits if it keeps the budget. most: how many operations fit at most; by default the budget.
    """
    listing = Listing(graph, graph.nodes if nodes is None else nodes)
    folder = Folder(listing, budget, closes, opens, name, size, fits)
    folder.most = min(number for number in (most, budget, len(listing.nodes)) if number is not None)
    deepest = listing.depth if depth is None else min(depth, listing.depth)
    found = folder.find(State(deepest))
    if found is None and opens is not None:
        folder.whole = frozenset()
        if found := folder.find(State(deepest)):
            return found._replace(opened="open")
        folder = Folder(listing, budget, closes, None, name, size, fits)
        return (folder.find(State(deepest)) or folder.nearest(State(deepest)))._replace(opened="closed")
    return found or folder.nearest(State(deepest))


def _hidden_in(groups: list[Group]) -> Iterator[Part]:
    return (part for group in groups if group.what in LEFT_OUT for part in group.parts)


class Folder:
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
        self.near: Near | None = None  # if only what is nearest to the result can be shown
        self.state = State(0)  # that was found
        self.around: Container[int] = ()  # the numbers in `near` of the groups that may be shown; () means all
        self.close: list[State] = []  # states that nearly fit
        self._last: tuple[Any, Folded] | None = None
        self._fits: dict[Any, float] = {}
        self.known: dict[State, bool] = {}  # whether they fit when all values are folded so

    # --- What a state looks like ---

    def folded(self, state: State) -> Folded:
        key = state, self.whole
        if self._last is None or self._last[0] != key:
            self._last = None
            groups, deeper = self._groups(state, self._opened(state)), state.depth < self.listing.depth
            self._last = key, Folded(groups, state.brief, state.depth, deeper=deeper, whole=self.whole)
        return self._last[1]

    def _groups(self, state: State, opened: set[int]) -> list[Group]:
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

    def _same_of(self, state: State, opened: set[int]) -> list[Group]:
        """Return groups of repeated computations. Those of the last state are remembered, since most states share them."""
        ends = max(ENDS, state.ends)
        key = (
            state.depth, state.samples, state.dots, state.joined, state.opened, state.turns, self.whole, ends, state.shown,
        )  # fmt: skip
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

    def _parts_of(self, state: State, opened: set[int]) -> list[Part]:
        ends = max(ENDS, state.ends) if self.is_large else 0
        key = state.depth, state.samples, state.dots, state.joined, state.opened, self.whole, ends, state.shown
        if key not in self._parts:
            if self.is_large or len(self._parts) > REMEMBERED:  # keeping them would cost memory, and save little time
                self._parts.clear()
            shown = state.shown
            hidden = [] if shown is None else [i for i, unit in enumerate(self.listing.unit_of) if unit not in shown]
            self._parts[key] = parts_of(
                self.listing, state.depth, self.closes, state.samples, state.joined, opened, state.dots, ends, self.whole,
                hidden,
            )  # fmt: skip
        return self._parts[key]

    def _opened(self, state: State) -> set[int]:
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

    def fits(self, state: State) -> bool:
        return self.known.get(state, self.fit(state) >= 1)

    def fit(self, state: State) -> float:
        """Return how well a fold fits: at least 1 if it does, and 0 if it need not be measured."""
        key = state, self.whole
        if key not in self._fits:
            self._fits[key] = self._measured(self.folded(state))
        return self._fits[key]

    def _measured(self, folded: Folded) -> float:
        groups = folded.groups
        is_whole = len(groups) == len(self.listing.nodes)
        if self.thin is not None and self.thin.are_apart(groups):
            return 0.0
        if self.has_room is None and is_whole and self.listing.is_small(self.budget or len(groups)):
            return 1.0
        return self._room(folded) if self._keeps_budget(folded) else 0.0

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

    def find(self, plain: State) -> Folded | None:
        """Return the first fold that fits, with unneeded folds opened again; None if even the strongest does not."""
        if self.budget is None and self.has_room is None:
            return self.folded(plain)
        count = len(self.listing.graph.nodes if self.thin else self.listing.nodes)
        progress = Progress(at_once=len(self.listing.nodes) > GIANT)
        progress.say(f"drawing {count:,} values: looking for a way to fold them")
        if self.has_room and len(self.listing.nodes) > THICK:
            few = None if self.thin else self._thinned(plain)
            if few and (found := self._of_few(few, partial(few.find, plain))):
                return found
            *_, strongest = self._states(plain)
            if (few and not self.fits(strongest)) or not self._keeps_budget(self.folded(strongest), outline=False):
                return None
        for number, state in enumerate(self._states(plain), 1):
            fits = self.fits(state)
            progress.say(f"drawing {count:,} values: tried {counted(number, 'way')} to fold them")
            if fits:
                self.state = state
                return self._open_again(plain) if self.has_room and state != plain else self.folded(state)
        return None

    def _open_again(self, plain: State) -> Folded:
        folded = self.folded(self.state)
        if len(folded.groups) <= (self.budget or len(folded.groups)) and not self.is_large:
            open_again(self, plain)
        return self.folded(self.state)

    def _thinned(self, plain: State, around: frozenset[int] | None = None) -> Folder | None:
        """Return what folds a few of the values, if these are few enough. around: what may be shown, if not everything."""
        strong = plain._replace(turns=around is None, samples=True, dots=self.is_large, shown=around)
        alike = self._same_of(strong, self._opened(strong))
        kinds = kinds_as_one(alike, lambda group: self._is_in(group.first.scope, self.whole))
        if sum(group.what != "leaf" for group in kinds) > FEW:
            return None
        most = self.most
        thin = Thin(alike, kinds, most)
        while len(thin.places) > FEW and most > KEPT:
            most = max(KEPT, most // 2)
            thin = Thin(alike, kinds, most)
        if len(thin.places) > min(LARGE, THIN * len(self.listing.nodes)):
            return None
        few = Folder(thin.listing, self.budget, self.closes, self.opens, self.name, self.size, self.has_room)
        few.thin, few.most, few.near, few.around = thin, self.most, self.near, around or ()
        few.whole = self.whole
        few.listing.unit_of = [self.listing.unit_of[i] for i in thin.places] if self.near else ()
        few.listing.depth = self.listing.depth
        return few

    def _of_few(self, few: Folder, find: Callable[[], object]) -> Folded | None:
        """Return the fold found on a few of the values, if it fits when all are folded so."""
        found: Folded | None = None
        exact: set[float] = set()  # how well folds of the few values fit that fit as well when all are folded so
        assert few.thin is not None
        for _ in range(TRIED):
            if find() is None:
                return found
            for state in [*few.close, few.state]:  # the one that fits is last, and so is its picture
                fit = few.fit(state)
                if fit < 1 and fit in exact:
                    few.known[state] = False
                if state not in few.known:
                    same = state._replace(split=frozenset(few.thin.places[i] for i in state.split))
                    folded = self.folded(same)
                    room = self._room(folded) if self._keeps_budget(folded, outline=False) else 0.0
                    few.known[state] = room >= 1
                    exact.update({fit} & {room})
                    if room >= 1:
                        found, self.state = folded, same
                    if few.known[state] is not (state is few.state):  # the few values misled
                        break
            else:
                return found
        return found

    def _states(self, state: State) -> Iterator[State]:
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

    def is_closed(self, group: Group) -> bool:
        """Return whether a module is closed because the user asked for it."""
        calls = calls_of(group.first.scope)
        return self.closes is not None and any(self.closes(call, level) for level, call in enumerate(calls))

    # --- What is nearest to the result ---

    def nearest(self, plain: State) -> Folded:
        """Show the groups nearest to the result, as many as fit, and the rest as one box."""
        *_, strongest = self._states(plain)
        strongest = strongest._replace(turns=False, repeats=False)  # the rest must not depend on what is shown
        self.near = Near(self.folded(strongest).groups)
        self.listing.unit_of = self.near.unit_of
        shown = frozenset([0])
        if self.has_room is None or len(self.listing.nodes) <= THICK:
            return self._show_more(plain, strongest, shown)
        found = self.folded(strongest._replace(shown=shown))
        many = AROUND
        for _ in range(TRIED):
            around = self.near.around(shown, many)
            while (few := self._thinned(plain, frozenset(around))) is None and many > FEW_AROUND and self.is_large:
                many //= 2
                around = self.near.around(shown, many)
            if few is None:
                return self._show_more(plain, strongest, shown)
            better = self._of_few(few, partial(few._show_more, plain, strongest, shown))
            if better is None:  # the few values misled
                return self._show_more(plain, strongest, shown)
            found, shown = better, self.state.shown or shown
            if around.issuperset(self.near.next(shown)[:many]):
                return found
        return found

    def _show_more(self, plain: State, strongest: State, shown: frozenset[int]) -> Folded:
        """Show more than what is shown, as much as fits."""
        assert self.near is not None
        more = sorted(self.near.around(shown, AROUND) - shown)[: self.budget]
        few, many = 0, len(more) + 1
        while many - few > 1:
            count = (few + many) // 2
            state = strongest._replace(shown=shown.union(more[:count]))
            few, many = (count, many) if self.fits(state) else (few, count)
        self.state = strongest._replace(shown=shown.union(more[:few]))
        return self._open_again(plain) if self.has_room else self.folded(self.state)
