"""Open folds again that are not needed: a picture shows as much as its page has room for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...modes import PARAMETER
from .alike import operand_groups
from .parts import LEFT_OUT, Group
from .repeats import chains
from .states import FLAGS, State

if TYPE_CHECKING:
    from .fold import Folder

__all__ = ["open_again", "units"]

CLOSE = 0.9  # folds of a few values that so nearly fit are tried on all of them
AGAIN = 2  # when so many hidden values of one look fit equally badly, so do the others

Unit = tuple[str, frozenset[Any]]  # a field of State, and what is added to it


def open_again(folder: Folder, plain: State) -> None:
    """Undo every fold of the folder's state that is not needed to fit, the last one first."""
    opening = _Opening(folder, plain)
    before = None
    while folder.state != before:  # what did not fit at first may fit in other rows
        before = folder.state
        folder.close.clear()
        opening.open_flags()
        opening.open_ends()
        opening.open_units()


class _Opening:
    def __init__(self, folder: Folder, plain: State) -> None:
        self.folder = folder
        self.plain = plain

    @property
    def state(self) -> State:
        return self.folder.state

    def opens(self, state: State) -> bool:
        """Take a state if it fits."""
        folder = self.folder
        if state == folder.state:
            return True
        if not folder.fits(state):
            if folder.fit(state) >= CLOSE:
                folder.close.append(state)
            return False
        folder.state = state
        return True

    def open_flags(self) -> None:
        for flag in FLAGS:
            if getattr(self.state, flag):
                self.opens(self.state._replace(**{flag: 0}))
        if self.state.brief == 2:
            self.opens(self.state._replace(brief=1))

    def open_ends(self) -> None:
        """Show more of the ends of long chains."""
        few = self.state.ends
        if not few or self.opens(self.state._replace(ends=0)):
            return
        many = max(map(len, chains(self.folder.folded(self.state._replace(ends=0)).groups)), default=0) // 2
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (middle, many) if self.opens(self.state._replace(ends=middle)) else (few, middle)

    def open_units(self) -> None:
        """Open closed modules one by one, groups that are alike all at once, and the rest group by group."""
        tried: set[Unit] = set()
        before = None
        while self.state != before:
            before, failed = self.state, Counter[Any]()
            for unit in units(self.folder, self.folder.folded(self.state).groups, self.plain, self.state):
                look = self._look(unit)
                if unit in tried or failed[look] >= AGAIN:
                    continue
                tried.add(unit)
                state = self.state.with_unit(*unit)
                if self.opens(state):
                    break
                fit = self.folder.fit(state)
                failed[look, fit] += 1
                failed[look] = failed[look, fit]

    def _look(self, unit: Unit) -> Any:
        field, names = unit
        return self.folder.near.look(*names) if field == "shown" and self.folder.near else unit


def units(folder: Folder, groups: list[Group], plain: State, state: State) -> Iterator[Unit]:
    """Return what may be opened: closed modules by name, groups of the same size that belong together, with their leaves,
    and the groups of the rest that come next. Parameters that share a box anyway are opened with what uses them."""
    for group in groups:
        if group.what == "call" and state.depth < plain.depth == folder.listing.depth and not folder.is_closed(group):
            yield "opened", frozenset([folder.name(group.first.scope)])  # type: ignore[arg-type]
    operands = operand_groups(groups)
    together: dict[Group, set[Group]] = {}
    for group in groups:
        together[group] = {group}
        for tail in operands[group]:
            if tail in together and len(tail.parts) == len(group.parts) and tail.turns == group.turns:
                merged = together[tail] | together[group]
                for member in merged:
                    together[member] = merged
    single = (user for user in groups if user.what != "leaf" and (user.is_of_pairs or not user.takes_many))
    apart = {leaf for user in single for leaf in operands[user]}
    several = [group for group in groups if _is_of_several(group)]
    in_a_box = {leaf for leaf in several if leaf.what == "leaf" and leaf.node.scope is PARAMETER and leaf not in apart}
    for group in several:
        if group not in in_a_box:
            members = together[group].union(*(in_a_box.intersection(operands[member]) for member in together[group]))
            yield "split", frozenset(member.first.top for member in members)
    if folder.near is not None and state.shown is not None:
        for i in folder.near.next(state.shown):
            if not folder.around or i in folder.around:
                yield "shown", frozenset([i])


def _is_of_several(group: Group) -> bool:
    """Return whether several values are shown as one."""
    return len(group.parts) > 1 and group.what not in ("call", *LEFT_OUT) and group.turns == 1
