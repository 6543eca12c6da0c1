"""The lines of a program in sections: those of a module stand together, under its name.

A walk through a graph goes to and fro between modules. A page of source goes through one after the other, as far as
what they are computed from allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

from ..explain.naming import ModuleNames

__all__ = ["Sections", "together"]


class Sections:
    """To which part of the user's program a node belongs: the title of the module, with the names of scopes in it."""

    def __init__(self) -> None:
        self._modules = ModuleNames()
        self._titles: dict[int, str] = {}

    def of(self, node: Any) -> str:
        scope = node.scope
        if scope is None or scope.module is None:
            return ""
        if id(scope) not in self._titles:
            self._titles[id(scope)] = self._title(scope)
        return self._titles[id(scope)]

    def _title(self, scope: Any) -> str:
        parts = [self._modules.title(scope)]
        while isinstance(scope.module, str) and scope.parent is not None:
            scope = scope.parent
            parts.append(self._modules.title(scope))
        return ": ".join(reversed(parts))


def together(nodes: Sequence[Any], titles: Sequence[str]) -> Sequence[Any]:
    """The nodes, operands first still, in an order that leaves a section only when all is done that can be."""
    if len(set(titles)) < 2:
        return nodes
    place = {node: i for i, node in enumerate(nodes)}
    users: dict[Any, list[int]] = {}
    missing = [0] * len(nodes)
    for i, node in enumerate(nodes):
        for operand in node.operands:
            if operand in place:
                missing[i] += 1
                users.setdefault(operand, []).append(i)
    ready = [i for i, count in enumerate(missing) if not count]  # ascending, and so a heap
    inside: dict[str, list[int]] = {}  # the same by title
    for i in ready:
        inside.setdefault(titles[i], []).append(i)
    done: dict[int, None] = {}
    while len(done) < len(nodes):
        while ready[0] in done:
            heappop(ready)
        here = inside[titles[ready[0]]]
        while here:
            i = heappop(here)
            done[i] = None
            for user in users.get(nodes[i], ()):
                missing[user] -= 1
                if not missing[user]:
                    heappush(ready, user)
                    heappush(inside.setdefault(titles[user], []), user)
    return [nodes[i] for i in done]
