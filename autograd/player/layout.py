"""Where a picture's boxes and arrows are, for a page that keeps writing new numbers into them.

A view is one way to fold the graph, with some modules closed. The page switches between views, so as many as time
allows are laid out beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from time import monotonic
from typing import Any
from unicodedata import east_asian_width

from ..drawing.build import build_picture
from ..drawing.folding import calls_of
from ..drawing.legend import explained, title_of
from ..drawing.picture import BUDGET, FOLDED, LABELLED, LISTED, Arrow, Box, Cluster, Picture
from ..drawing.placing import Arrangement, Route
from ..explain.naming import ModuleNames, one_line
from ..explain.phrases import typed
from ..graph import Graph
from ..node import Node

__all__ = ["module_names", "views"]

LINE, TITLE, PAD = 15, 19, 7  # the heights of a line and of a name, and the margin, in points
LETTER, BOLD = 6.2, 7.4  # widths
NUMBER, SPREAD = 66, 108  # the widths of any number or "not reached", and of a range such as "-0.00034 to 0.00012"
CIRCLE = 25
LABEL, LABEL_HEIGHT = 50, 13  # the room for the number on an arrow
WINDOW = (1300, 600)  # the size in points of a drawing that is readable as a whole
NARROW, FEW = 600, 60  # the width of a second layout, for a notebook's cell or a phone, and its maximum number of boxes
READABLE = (1100, 720)  # the largest drawing whose numbers are 9 pixels high in a window of 1280 by 800
ALIKE = "×n"  # the name, among the closed modules, for whatever else is folded
MODULES = 8  # the maximum number of modules to open and close one by one
ROOM, ROOM_PER_VALUE = 150_000, 50  # the maximum number of characters in the views of a page
LONGEST = 40  # the maximum number of characters in a name


def views(graph: Graph, deadline: float | None = 3.0, budget: int = BUDGET) -> list[dict[str, Any]]:
    """Lay out the pictures of a graph with different modules closed; the page opens with the first.

    The first is the view with the most modules open that is readable as a whole. If there is none, it is folded as far
    as draw() would fold it for a page of that size, and the other views are one button away.

    deadline: seconds for all views together; None means no deadline. Views that would make the page too large are left
    out.
    """
    start, room = monotonic(), ROOM + ROOM_PER_VALUE * len(graph)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    edges = {(edge.node, edge.k): i for i, edge in enumerate(graph.edges())}
    for closed in _ways_to_close(graph):
        left = None if deadline is None else deadline - (monotonic() - start)
        if found and left is not None and left < deadline / 10:  # type: ignore[operator]
            break
        view = _view(graph, edges, closed, budget)
        size, name = len(json.dumps(view)), tuple(view["closed"])
        if name not in found and (size <= room or not found):
            found[name] = view
            room -= size
    views = sorted(found.values(), key=_shrinks)
    left = None if deadline is None else deadline - (monotonic() - start)
    if not _is_readable(views[0]["size"]) and (left is None or left > 0):
        readable = _view(
            graph, edges, [], budget,
            fits=lambda picture: _is_readable(Arrangement(picture, _Sizes(graph), READABLE[0]).size),
        )  # fmt: skip
        if _shrinks(readable) < _shrinks(views[0]):
            readable["closed"].append(ALIKE)
            views.insert(0, readable)
            room -= len(json.dumps(readable))
            for view in views[:0:-1]:
                if room < 0 and view["closed"]:  # leave out others, but not the one with everything open
                    views.remove(view)
                    room += len(json.dumps(view))
    return views


def _is_readable(size: Sequence[float]) -> bool:
    return all(points <= most for points, most in zip(size, READABLE))


def _shrinks(view: dict[str, Any]) -> float:
    """Return the factor by which a view has to shrink to be seen as a whole."""
    return max(1.0, *(size / room for size, room in zip(view["size"], WINDOW)))


def _ways_to_close(graph: Graph) -> Iterator[list[str]]:
    """Yield sets of modules to close: none, all, the outermost; then one at a time, and all but one; then the rest."""
    names = module_names(graph)
    outer = [name for name, level in names.items() if level == 0]
    inner = [name for name, level in names.items() if level == 1][:MODULES]
    yield []
    yield inner
    yield outer
    few = inner or outer[:MODULES]
    for name in few if len(few) > 1 else ():
        yield [name]
        yield [other for other in few if other != name]
    for size in range(2, len(few) - 1) if len(few) <= 4 else ():
        yield from map(list, combinations(few, size))


def module_names(graph: Graph) -> dict[str, int]:
    """Return the modules whose calls made something, in the order of execution, with their depths."""
    modules = ModuleNames()
    names: dict[str, int] = {}
    seen: set[Any] = set()
    for node in graph.nodes:
        if node.scope is None or node.scope.module is None or node.scope in seen:
            continue
        seen.add(node.scope)
        for level, call in enumerate(calls_of(node.scope)):
            names.setdefault(modules.title(call), level)
    return names


def _view(
    graph: Graph,
    edges: dict[Any, int],
    closed: list[str],
    budget: int,
    fits: Callable[[Picture], bool] | None = None,
) -> dict[str, Any]:
    """Return one picture with its positions; if it is wide, also with positions for a narrow window."""
    picture = build_picture(graph, fits, budget=budget, fold=closed or None)
    view = _Layout(picture, graph, edges, READABLE[0] if fits else WINDOW[0]).view()
    if view["size"][0] > NARROW and len(picture.boxes) <= FEW:
        narrow = _Layout(picture, graph, edges, NARROW).view()
        if narrow["size"][0] < view["size"][0]:
            view["narrow"] = narrow | {"closed": view["closed"]}
    return view


# --- Sizes -------------------------------------------------------------------------------------------------


def _width(text: str, letter: float) -> float:
    return sum(2 * letter if east_asian_width(c) in "WF" else letter for c in text)


def _has_rows(box: Box) -> bool:
    """Return whether a box is a table with a row for each of several leaves."""
    return box.node is None and box.kind not in (*FOLDED, "constant") and len(box.nodes) <= LISTED


def _rows(box: Box) -> int:
    """Return how many lines of numbers a box has."""
    if box.kind == "constant":
        return min(len(box.numbers), LISTED)
    if _has_rows(box):
        return len(box.nodes) + 1
    return len(_counts(box)) + (1 if box.kind in FOLDED else 2)


def _counts(box: Box) -> list[tuple[str, str]]:
    """Return the facts that never change in a box for many values."""
    if box.node is not None:
        return []
    return [(word, text) for word, text in box.facts() if word not in ("data", "grad", "grads", "result")]


def _size(box: Box, graph: Graph) -> tuple[float, float]:
    if box.kind == "constant":
        widest = max(_width(typed(number), LETTER) for number in box.numbers[:LISTED])
        more = LINE * (len(box.numbers) > LISTED)
        return max(26, widest + 12 + 26 * (box.times > 1)), LINE * _rows(box) + 6 + more
    times = 26 if box.times > 1 else 0
    width = max(
        (NUMBER if box.node is not None else SPREAD) + 46,
        _width(one_line(title_of(box), LONGEST), BOLD) + times + 2 * PAD,
    )
    rows = _rows(box)
    if _has_rows(box):
        names = max(_width(one_line(name_within(box, graph, node), LONGEST), LETTER) for node in box.nodes)
        width = max(width, names + 2 * NUMBER + 2 * PAD)
    return width, TITLE + rows * LINE + 2 * PAD - 3


def name_within(box: Box, graph: Graph, node: Node) -> str:
    """Return the rest of a leaf's name, in a box that already shows the beginning."""
    return graph.name(node)[len(box.name) :].lstrip(".") or graph.name(node)


# --- Laying out --------------------------------------------------------------------------------------------


def _has_number(arrow: Arrow) -> bool:
    return arrow.partial is not None and arrow.head.arrivals <= LABELLED


class _Sizes:
    """The sizes of things on a page, whatever numbers are written in them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def box(self, box: Box) -> tuple[float, float]:
        return _size(box, self.graph)

    def operation(self, box: Box) -> tuple[float, float]:
        return max(CIRCLE, _width(box.symbol, BOLD) + 12 if len(box.symbol) > 2 else 0), CIRCLE

    def words(self, arrow: Arrow) -> tuple[float, float]:
        return (LABEL, LABEL_HEIGHT) if _has_number(arrow) else (0.0, 0.0)

    def title(self, cluster: Cluster) -> tuple[float, float]:
        return _width(one_line(cluster.title, LONGEST), BOLD) + 30, LINE


class _Layout:
    """Return a picture with its positions, in points, down from the top left."""

    def __init__(self, picture: Picture, graph: Graph, edges: dict[Any, int], width: float) -> None:
        self.picture = picture
        self.graph = graph
        self.edges = edges
        self.modules = list(module_names(graph))
        self.placement = Arrangement(picture, _Sizes(graph), width).placement

    def view(self) -> dict[str, Any]:
        boxes, picture = self.picture.boxes, self.picture
        number = {box: i for i, box in enumerate(boxes)}
        return {
            "size": [round(self.placement.width), round(self.placement.height)],
            "closed": sorted({box.name for box in boxes if box.kind == "module"}, key=self.modules.index),
            "legend": explained(picture),
            "clusters": list(self.clusters(picture.clusters)),
            "boxes": [self.box(box) for box in boxes],
            # parameters beside the title of their module have no arrow
            "arrows": [self.arrow(arrow, number) for arrow in picture.arrows if arrow in self.placement.arrows],
        }

    def clusters(self, clusters: Iterable[Cluster]) -> Iterator[dict[str, Any]]:
        for cluster in clusters:
            at = _rounded(self.placement.frames[cluster])
            yield {"at": at, "title": one_line(cluster.title, LONGEST), "times": cluster.times}
            yield from self.clusters(cluster.clusters)

    def box(self, box: Box) -> dict[str, Any]:
        index = self.graph.index
        written: dict[str, Any] = {
            "at": _rounded(self.placement.boxes[box]),
            "kind": box.kind,
            "name": one_line(title_of(box), LONGEST),
        }
        if box.node is not None:
            written["node"] = index[box.node]
        if len(box.nodes) > 1 or (box.nodes and box.node is None):
            written["nodes"] = runs(index[node] for node in box.nodes)
        if _has_rows(box):
            written["rows"] = [one_line(name_within(box, self.graph, node), LONGEST) for node in box.nodes]
        if box.times > 1:
            written["times"] = box.times
        if box.symbol:
            at, stem = self.placement.operations[box], self.placement.stems[box]
            written["op"] = [*_rounded(at), box.symbol, _path(stem)]
        if counts := _counts(box):
            written["counts"] = counts
        if box.numbers:
            written["numbers"] = [typed(number) for number in box.numbers[:LISTED]]
            written["constants"] = len(box.numbers)
        return written

    def arrow(self, arrow: Arrow, number: dict[Box, int]) -> dict[str, Any]:
        route = self.placement.arrows[arrow]
        written: dict[str, Any] = {"from": number[arrow.tail], "to": number[arrow.head], "d": _path(route)}
        edges = [self.edges[edge] for edge in arrow.edges if edge in self.edges]
        if edges:
            written["edges"] = runs(sorted(edges))
        if arrow.partial is not None and edges:
            written["edge"] = self.edges[arrow.partial]
        if _has_number(arrow) and route.label:
            written["label"] = _rounded(route.label)
        return written


def _path(route: Route) -> str:
    pairs = [f"{round(x)} {round(y)}" for x, y in route.points]
    return f"M{pairs[0]}C{' '.join(pairs[1:])}"


def runs(numbers: Iterable[int]) -> list[int]:
    """Write ascending numbers in fewer characters: the start of a run, its length, and so on.

    >>> runs([3, 4, 5, 9])
    [3, 3, 9, 1]
    """
    found: list[int] = []
    for number in numbers:
        if found and number == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += (number, 1)
    return found


def _rounded(numbers: Iterable[float]) -> list[float]:
    return [round(number, 1) for number in numbers]
