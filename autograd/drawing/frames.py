"""Decide which frames are drawn, and around what: a frame is a call to a module, or several calls drawn as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..explain.naming import ModuleNames
from ..modes import Scope
from .folding.parts import LEFT_OUT, Group, calls_of

if TYPE_CHECKING:
    from .picture import Cluster

__all__ = ["MOST_NESTED", "SameCalls", "frame_of", "innermost"]

MOST_NESTED = 6  # the deepest nesting of frames


class SameCalls:
    """Calls that are drawn as one: those in which the parts of a group were made."""

    def __init__(self, groups: list[Group]) -> None:
        self._before: dict[Scope, Scope] = {}
        self._counts: dict[Scope, int] = {}
        for group in groups:
            if group.what in ("leaf", *LEFT_OUT):
                continue
            scopes = dict.fromkeys(part.scope for part in group.parts)
            chains = [calls_of(scope) for scope in scopes]
            for level in zip(*chains):
                firsts = dict.fromkeys(self.first(call) for call in level)
                keep, *others = firsts
                for other in others:
                    self._before[other] = keep
        for call in list(self._before):
            first = self.first(call)
            self._counts[first] = self._counts.get(first, 1) + 1

    def first(self, call: Scope) -> Scope:
        """Return the call that is drawn for this one."""
        path: list[Scope] = []
        while call in self._before:
            path.append(call)
            call = self._before[call]
        for passed in path[:-1]:
            self._before[passed] = call
        return call

    def count(self, call: Scope) -> int:
        return self._counts.get(self.first(call), 1)


def innermost(clusters: list[Cluster | None]) -> Cluster | None:
    """Return the innermost cluster around all of these calls."""
    if not clusters or any(cluster is None for cluster in clusters):
        return None
    paths = [cluster.path() for cluster in clusters if cluster is not None]
    shared = [level[0] for level in zip(*paths) if all(cluster is level[0] for cluster in level)]
    return shared[-1] if shared else None


def frame_of(group: Group, modules: ModuleNames) -> Scope | None:
    """Return the call in whose frame a group is drawn."""
    calls = calls_of(group.first.scope)[:MOST_NESTED]
    while calls and not modules.has_parameters(calls[-1].module):
        calls.pop()
    return calls[-1] if calls else None
