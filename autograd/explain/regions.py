"""Find the parts of a graph by name: the calls to a module, or all values whose names begin alike.

>>> from autograd import Value
>>> from autograd.graph import Graph
>>> from autograd.modes import named_scope
>>> ws = [Value(2.0, label="w[0]"), Value(3.0, label="w[1]")]
>>> with named_scope("score"):
...     f = ws[0] * ws[1]
>>> regions = Regions(Graph(f))
>>> regions.find("score"), regions.find("w"), regions.find("v")
(<score: 1 value, 1 call>, <w: 2 values>, None)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from ..graph import Graph
from ..modes import PARAMETER, Scope
from .naming import ModuleNames, one_line
from .phrases import counted

__all__ = ["Region", "Regions", "calls_of"]


class Region:
    """A part of a graph. name: its name. calls: the module calls that computed some of its values.

    nodes: the values computed there, and the parameters.
    """

    def __init__(self, name: str, nodes: list[Any], calls: list[Scope]) -> None:
        self.name = name
        self.nodes = nodes
        self.calls = calls
        self.members = frozenset(nodes)

    @property
    def leaves(self) -> list[Any]:
        return [node for node in self.nodes if not node.operands]

    @property
    def kind(self) -> str:
        """The class of the module, if this part consists of a module's calls."""
        module = self.calls[0].module if self.calls else None
        return "" if module is None or isinstance(module, str) else type(module).__name__

    @property
    def title(self) -> str:
        """``layers.0 (Linear)``, on one line."""
        return one_line(f"{self.name} ({self.kind})" if self.kind not in ("", self.name) else self.name, 80)

    def __repr__(self) -> str:
        calls = f", {counted(len(self.calls), 'call')}" if self.calls else ""
        return f"<{one_line(self.name)}: {counted(len(self.nodes), 'value')}{calls}>"


class Regions:
    """The parts of a graph, found by name or by the module itself."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._names = ModuleNames()

    def title(self, call: Scope) -> str:
        """Return the name of a call: ``layers.0``, ``MLP``, or the name that the part was given."""
        return self._names.title(call)

    @cached_property
    def _calls(self) -> dict[str, list[Scope]]:
        """The calls to each module, by the module's name."""
        found: dict[str, dict[Scope, None]] = {}
        for node in self.graph.nodes:
            for call in self._of(node):
                found.setdefault(self.title(call), {})[call] = None
        return {name: list(calls) for name, calls in found.items()}

    def _of(self, node: Any) -> list[Scope]:
        return calls_of(node.scope)

    @property
    def names(self) -> list[str]:
        """The modules, and the name prefixes that several values share."""
        return [*self._calls, *(name for name in self._prefixes if name not in self._calls)]

    @cached_property
    def _prefixes(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for node in self.graph.nodes:
            if not node.operands:
                for prefix in _beginnings(self.graph.name(node)):
                    found.setdefault(prefix, []).append(node)
        return found

    def find(self, wanted: Any) -> Region | None:
        """Return the part with that name, or the part of that module; None if there is none."""
        if isinstance(wanted, str):
            calls = self._calls.get(wanted, [])
            leaves = self._prefixes.get(wanted, [])
            return self._region(wanted, calls, leaves) if calls or leaves else None
        calls = [call for calls in self._calls.values() for call in calls if call.module is wanted]
        return (
            self._region(self.title(calls[0]), calls, self._prefixes.get(self.title(calls[0]), [])) if calls else None
        )

    def _region(self, name: str, calls: list[Scope], leaves: list[Any]) -> Region:
        if calls:
            inside = frozenset(calls)
            computed = [node for node in self.graph.nodes if not inside.isdisjoint(self._of(node))]
            owned = {operand for node in computed for operand in node.operands
                     if not isinstance(operand, float) and operand.scope is PARAMETER}  # fmt: skip
            leaves = [node for node in self.graph.nodes if node in owned or node in leaves]
            return Region(name, [*leaves, *computed], calls)
        return Region(name, leaves, calls)


def calls_of(scope: Scope | None) -> list[Scope]:
    """Return a call and the calls around it, innermost first; none for a parameter, or for a value computed outside."""
    calls: list[Scope] = []
    while scope is not None and scope.module is not None:
        calls.append(scope)
        scope = scope.parent
    return calls


def _beginnings(name: str) -> Iterator[str]:
    """Return ``layers``, ``layers.0`` and ``layers.0.weight`` for ``layers.0.weight[3]``."""
    return (name[: match.start()] for match in re.finditer(r"(?<=[^.\[])[.\[]", name))
