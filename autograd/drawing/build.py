"""Make a Picture from a graph and the options of draw(): the values it shows, the modules it closes, how far it folds.

>>> from autograd import Value
>>> a = Value(2.0, label="a"); f = a * a + 1; f.label = "f"
>>> build_picture(Graph(f)).boxes
[Box(v0, input, 'a'), Box(v1, value, 'v1'), Box(v2, result, 'f'), Box(c2_1, constant, 'constants')]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ArgumentError, GraphError
from ..explain.naming import ModuleNames
from ..explain.phrases import counted
from ..explain.staleness import remark
from ..graph import Graph
from ..modes import Scope, gc_paused
from ..node import Node
from .folding import Closes, Folded, calls_of
from .folding import fold as fold_values
from .legend import symbols
from .picture import BUDGET, Arrow, Box, Picture

__all__ = ["around", "build_picture", "counts_together", "left_out", "on_paths"]


@gc_paused
def build_picture(
    graph: Graph,
    fits: Callable[[Picture], float] | None = None,
    most: int | None = None,
    *,
    depth: int | None = None,
    budget: int | None = BUDGET,
    fold: object = None,
    open: object = None,
    at: Node | str | None = None,
    radius: int = 2,
    path: Node | str | None = None,
) -> Picture:
    """Return the boxes, arrows and clusters that `draw` shows for the same options, which are explained there.

    fits: how well a picture fits its page, at least 1 if it does. The picture then shows as much as fits; without
    `fits`, only the budget counts. most: how many operations can be on that page at most. Raises ArgumentError if an
    option is not a whole number, and GraphError for a module or node not in the graph.
    """
    for option, number in (("depth", depth), ("budget", budget), ("radius", radius)):
        if number is not None and (not isinstance(number, int) or number < 0):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ArgumentError(f"want {option} as a whole number >= 0, got {number!r}")
    nodes: Sequence[Node] | None = None
    if at is not None:
        nodes = around(graph, _found(graph, at), radius)
    elif path is not None:
        nodes = on_paths(graph, _found(graph, path))
    maker = _Maker(graph, fits)
    folded = fold_values(
        graph, nodes, budget=None if fold is False else budget, depth=depth,
        closes=_chooses(graph, fold, maker.modules, "fold") if fold else None,
        opens=_chooses(graph, open, maker.modules, "open") if open else None,
        name=maker.modules.title, size=maker.size, fits=maker.fits if fits and fold is not False else None, most=most,
    )  # fmt: skip
    picture = maker.picture(folded)
    picture.notes = _lacking(folded, depth, open)
    return picture


class _Maker:
    """A maker of pictures that remembers the last one, since fold() asks for its size and its fit separately."""

    def __init__(self, graph: Graph, fits: Callable[[Picture], float] | None) -> None:
        self.graph = graph
        self.modules = ModuleNames()
        self._fits = fits
        self._last: tuple[Any, Picture] | None = None
        self.stale = remark(graph)

    def picture(self, folded: Folded) -> Picture:
        key = folded.groups, folded.brief
        if self._last is None or self._last[0][0] is not key[0] or self._last[0][1] != key[1]:
            self._last = key, Picture(self.graph, folded.groups, self.modules, folded.brief, folded.whole)
            self._last[1].stale = self.stale
        return self._last[1]

    def size(self, folded: Folded) -> int:
        return self.picture(folded).size()

    def fits(self, folded: Folded) -> float:
        assert self._fits is not None
        return self._fits(self.picture(folded))


def _lacking(folded: Folded, depth: int | None, open: object) -> list[str]:
    """Say what the user asked for that is not in the picture."""
    notes: list[str] = []
    if depth is not None and folded.depth is not None and folded.depth < depth and folded.deeper:
        notes.append(
            f"depth={depth} is too much for the page: drawn with depth={folded.depth}; page=None has room for all"
        )
    if folded.opened != "whole":
        wanted: list[Any] = [*open] if isinstance(open, (list, tuple, set)) else [open]
        names = ", ".join(
            thing if isinstance(thing, str) else getattr(thing, "__name__", type(thing).__name__) for thing in wanted
        )
        but = ": some of it is abbreviated" if folded.opened == "open" else ""
        notes.append(f"{names} in full is too much for the page{but}; page=None has room for all")
    return notes


def counts_together(facts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Summarise a box in two rows: how many values of each kind it has, and then their gradients."""
    others_than_counts = ("data", "grads", "result")
    (word, first), *others = [fact for fact in facts if fact[0] not in others_than_counts]
    counts = " + ".join([first, *(f"{count} {what}" for what, count in others)])
    return [(word, counts), *(fact for fact in facts if fact[0] in others_than_counts)]


def left_out(picture: Picture, words: Callable[[Arrow], str], mapped: Callable[[Box], bool]) -> list[str]:
    """Say how many values a picture shows in how many boxes and what its signs mean, or what an excerpt leaves out.

    The boxes of constants do not count: a constant is not a value.
    """
    graph, boxes = picture.graph, picture.boxes
    values = sum(len(box.nodes) + (box.beyond.kinds.total() if box.beyond else 0) for box in boxes)
    shown = sum(box.kind != "constant" for box in boxes)
    of_all = f" of the {len(graph):,}" if values < len(graph) else ""
    signs = symbols(picture)
    if values == shown:
        return ["; ".join([f"{values:,}{of_all} values of {graph.name(graph.root)}"] * bool(of_all) + signs)]
    told = [f"{values:,}{of_all} values in {counted(shown, 'box', 'boxes')}", *signs]
    told += ["×n: n alike, one is shown"] * any(box.times > 1 for box in boxes)
    told += ["coloured cells: the data of all n"] * any(map(mapped, boxes))
    told += ["dot of n: the sum of n products"] * any(box.chain == "dot" for box in boxes)
    told += ["f(g): the value of g is not shown"] * any(box.inner is not None for box in boxes)
    told += ["×n at an arrow: n go in"] * any(
        "×" in arrow.words and "×" in words(arrow) for arrow in picture.arrows if arrow.tail.brief < 2
    )
    return ["; ".join(told)]


def _found(graph: Graph, node: Node | str) -> Node:
    if isinstance(node, str):
        try:
            return graph.find(node)
        except GraphError as error:
            if node.lower().endswith((".svg", ".png", ".pdf", ".jpg")):
                raise GraphError(f"{error}. To write a picture: draw().render({node!r})") from None
            raise
    graph.name(node)  # raises an error for a node that is not in the graph
    return node


def _names_of_modules(graph: Graph, modules: ModuleNames) -> dict[str, None]:
    """Return the names of the modules called in a graph, which are paths or classes, in order."""
    calls = [call for scope in dict.fromkeys(node.scope for node in graph.nodes) for call in calls_of(scope)[::-1]]
    titles = dict.fromkeys(modules.title(call) for call in calls)
    return titles | dict.fromkeys(type(call.module).__name__ for call in calls if not isinstance(call.module, str))


def _chooses(graph: Graph, given: object, modules: ModuleNames, option: str) -> Closes:
    """Return whether a call is one of a module that an option names."""
    wanted: list[Any] = [*given] if isinstance(given, (list, tuple, set)) else [given]
    names = _names_of_modules(graph, modules) if any(isinstance(thing, str) for thing in wanted) else {}
    for thing in wanted:
        if isinstance(thing, str) and thing not in names:
            there = f"there are {', '.join(list(names)[:8])}" if names else "there is none"
            raise GraphError(f"no module to {option} is called {thing!r} in this graph: {there}")

    def chooses(call: Scope, _depth: int) -> bool:
        for thing in wanted:
            if isinstance(thing, str):
                if thing in (modules.title(call), type(call.module).__name__):
                    return True
            elif isinstance(thing, type):
                if isinstance(call.module, thing):
                    return True
            elif thing is call.module:
                return True
        return False

    return chooses


def around(graph: Graph, node: Node, radius: int) -> list[Node]:
    """Return the values at most `radius` operations away from a node, in either direction, in the order of the graph.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a"); b = a.exp(); c = b.exp(); d = c.exp()
    >>> len(around(Graph(d), b, 1))
    3
    """
    users: dict[Any, list[Any]] = {}
    for user in graph.nodes:
        for operand in user.operands:
            users.setdefault(operand, []).append(user)
    found: set[Any] = {node}
    edge: list[Any] = [node]
    for _ in range(radius):
        near = [other for here in edge for other in (*here.operands, *users.get(here, ()))]
        edge = [other for other in dict.fromkeys(near) if not isinstance(other, float) and other not in found]
        found.update(edge)
    return [value for value in graph.nodes if value in found]


def on_paths(graph: Graph, node: Node) -> list[Node]:
    """Return a node and every value that depends on it, in the order of the graph: the gradient comes through these.

    >>> from autograd import Value
    >>> a, b = Value(1.0), Value(2.0)
    >>> len(on_paths(Graph((a + b) * b.exp()), a))
    3
    """
    found = {node}
    for value in graph.nodes:
        if any(operand in found for operand in value.operands):
            found.add(value)
    return [value for value in graph.nodes if value in found]
