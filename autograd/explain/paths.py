"""The path ledger: d(result)/d(value) as a sum over paths, each a product of partials.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; f = b * (b + 1); b.label, f.label = "b", "f"
    >>> why(f, b)
    df/db is a sum over 2 paths
      f -> b          3
      f -> v2 -> b    2 * 1 = 2
      total 5

A graph of n nodes can have as many as 2**n paths, so they are counted, summed and ranked without being
listed: one sweep from the value up to the result gives every node its count, its total and its best path.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import heappop, heappush, heapreplace
from itertools import islice
from typing import Any

from ..errors import GraphError
from ..graph import Edge, Graph, gradients, nearest
from .failures import known_options
from .naming import named_graph, names_for, one_line
from .phrases import Report, counted, name_of, product, short, which
from .regions import Region, Regions

__all__ = ["Ledger", "Sums", "find_node", "find_part", "outsider", "strongest_path", "totals", "why", "why_part"]

LISTED = 12  # up to this many paths, all are listed; if there are more, only the largest
LARGEST = 8
EXACT = 10**30  # larger counts are written as a power of 2
LONG = 8  # the maximum number of edges in a path that is written in full
TURNS = 3  # the maximum number of places shown where a long path leaves the largest one


class Path:
    """One way down from the result: `ks[i]` says which operand of `nodes[i]` comes next."""

    def __init__(self, graph: Graph, ks: Sequence[int]) -> None:
        self.graph = graph
        self.ks = ks
        self.nodes = [graph.root]
        for k in ks:
            self.nodes.append(self.nodes[-1].operands[k])

    def __len__(self) -> int:
        return len(self.ks)

    def edge(self, i: int) -> Edge:
        return Edge(self.graph, self.nodes[i], self.ks[i])

    def factors(self) -> list[float]:
        """Return the partials along the path."""
        return [float(node.partials[k]) for node, k in zip(self.nodes, self.ks)]

    @cached_property
    def taken(self) -> dict[Any, int]:
        """Say which operand the path takes at each node."""
        return dict(zip(self.nodes, self.ks))

    def leaves(self, usual: Path) -> Iterator[int]:
        """Return the places where the path takes edges that the usual path does not take."""
        taken = usual.taken
        return (i for i, (node, k) in enumerate(zip(self.nodes, self.ks)) if taken.get(node) != k)

    def text(self, usual: Path | None = None) -> str:
        """Write ``f -> b -> a (operand 1)``; for a long path, its ends, and where it leaves the `usual` one."""
        last = len(self) - 1
        told: Sequence[int] = range(len(self))
        if last >= LONG:
            turns = [] if usual is None else list(islice((i for i in self.leaves(usual) if 1 < i < last - 1), TURNS))
            told = sorted({0, 1, last - 1, last, *turns, *(i - 1 for i in turns)})
        texts = [name_of(self.graph, self.nodes[0])]
        for before, i in zip((-1, *told), told):
            if i - before > 1:
                texts.append(f"... {i - before - 1} more ...")
            again = f" (operand {self.ks[i] + 1})" if which(self.edge(i)) else ""
            texts.append(name_of(self.graph, self.nodes[i + 1]) + again)
        return " -> ".join(texts)


class Ledger(Report):
    """The text of :func:`why`. total: d(result)/d(value). paths: their number. size: the sum of their sizes."""

    total: float
    paths: int
    size: float


@known_options
def why(result: Any, value: Any, *, most: int | None = None, graph: Graph | None = None) -> Ledger:
    """Explain d(result)/d(value) path by path: the product of each path's partials, and the sum of these products.

    value: a node, or its name. For a module, its name, or what several names begin with, it lists the gradients of all
    leaves there. most: the number of paths to list, the largest ones. By default, up to 12 paths are all
    listed; if there are more, the largest 8 are. After one backward pass, the total agrees with `value.grad` to 1e-12
    of the paths' sizes. If the result does not depend on the value, the text says so. No grad is changed.
    """
    graph = graph or named_graph(result)
    value = find_part(graph, Regions(graph), value)
    if isinstance(value, Region):
        return why_part(graph, value, gradients(graph))
    if value not in graph:
        said = f"no path from {name_of(graph, graph.root)} to {outsider(value)}: {graph.how_cut()}"
        return Ledger(said, total=0.0, paths=0, size=0.0)
    sums = Sums(graph, value)
    total, count = sums.totals[-1], sums.count
    head = f"d{name_of(graph, graph.root)}/d{name_of(graph, value)}"
    if value is graph.root:
        return Ledger(f"{head} = 1: it is the result itself", total=1.0, paths=1, size=1.0)
    few = count <= (LISTED if most is None else most)
    paths = list(sums.all_paths()) if few else sums.largest(LARGEST if most is None else max(most, 1))
    lines = [f"{head} is a sum over {said_count(count)}" + ("" if few else f", the {len(paths)} largest of them:")]
    products = [path.factors() for path in paths]
    rows = [(path.text(paths[0]), product(*factors)) for path, factors in zip(paths, products)]
    if not few:
        rest = total
        for factors in products:
            rest -= math.prod(factors)
        others = (
            f"the other {said_count(count - len(paths))}" if count <= EXACT else f"the others of {said_count(count)}"
        )
        rows.append((others, f"together {short(rest)}"))
    text = "\n".join([*lines, *columns(rows), f"  total {short(total)}"])
    return Ledger(text, total=total, paths=count, size=sums.sizes[-1])


def find_part(graph: Graph, regions: Regions, wanted: Any) -> Any:
    """Return a node or a Region: a module, its name, or what several names begin with.

    Raises GraphError for an unknown name, and for anything else.
    """
    if isinstance(wanted, str) and wanted in graph.by_name:
        return graph.by_name[wanted]
    if region := None if hasattr(wanted, "partials") else regions.find(wanted):
        return region
    if isinstance(wanted, str) and (near := nearest(wanted, [*regions.names, *graph.by_name])):
        raise GraphError(f"no value is called {wanted!r} in this graph: {near}")
    return find_node(graph, wanted)


def why_part(
    graph: Graph, part: Region, truth: Mapping[Any, float], is_there: Callable[[Any], bool] = lambda leaf: True
) -> Ledger:
    """List the gradients of a part's leaves, largest first. is_there: whether a leaf's gradient has arrived."""
    root = name_of(graph, graph.root)
    leaves = sorted(part.leaves, key=lambda leaf: -abs(truth[leaf])) or part.nodes[-1:]
    sums = [Sums(graph, leaf) for leaf in leaves[:LISTED]]
    rows = [(f"d{root}/d{name_of(graph, leaf)}", f"{short(truth[leaf]) if is_there(leaf) else 'to come'}"
             f", by {said_count(each.count)}") for leaf, each in zip(leaves, sums)]  # fmt: skip
    more = f", the {len(rows)} largest of them" if len(rows) < len(leaves) else ""
    head = f"gradients of {root} in {part.title}: {counted(len(leaves), 'leaf', 'leaves')}{more}"
    total, paths = (0.0, 0)
    for leaf, each in zip(leaves, sums):
        total, paths = total + truth[leaf], paths + each.count
    return Ledger("\n".join([head, *columns(rows)]), total=total, paths=paths, size=abs(total))


def find_node(graph: Graph, value: Any) -> Any:
    """Return the node itself, or the node with that name. Raises GraphError if it is neither."""
    if not isinstance(value, str) and not hasattr(value, "partials"):
        raise GraphError(f"want a node of {name_of(graph, graph.root)}'s graph, or its name, got {value!r}")
    return graph.find(value) if isinstance(value, str) else value


def outsider(value: Any) -> str:
    """Name a node of another graph: by its label, by the caller's variable, or by its repr."""
    return one_line(value.label) or names_for(value, nodes=[value]).get(value) or repr(value)


def said_count(count: int) -> str:
    """Write ``4 paths`` or, above 30 digits, ``about 2**100 paths``."""
    return counted(count, "path") if count <= EXACT else f"about 2**{round(math.log2(count))} paths"


def columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Write two columns, indented."""
    width = max(len(left) for left, _ in rows)
    return [f"  {left:<{width}}    {right}".rstrip() for left, right in rows]


def totals(nodes: Sequence[Any], value: Any) -> dict[Any, float]:
    """Return d(node)/d(value) for each of `nodes` (operands first) that depends on `value`."""
    total = {value: 1.0}
    for node in nodes:
        if node is value:
            continue
        for operand, partial in zip(node.operands, node.partials):
            if partial is not None and operand in total:
                total[node] = total.get(node, 0.0) + float(partial) * total[operand]
    return total


class Sums:
    """For every node above `value`: the number of paths down to it, their sum, the sum of their sizes, the best one."""

    def __init__(self, graph: Graph, value: Any) -> None:
        self.graph = graph
        self.value = value
        size = len(graph)
        self.totals = [0.0] * size
        self.sizes = [0.0] * size
        self.counts = [0] * size  # exact up to EXACT; above that, computed from logarithms
        self.best = [-math.inf] * size  # the logarithm of the size of the largest path
        self.first = [-1] * size  # the operand that the largest path goes through
        totals, sizes, counts, best, first = self.totals, self.sizes, self.counts, self.best, self.first
        forks = self.forks = list[int]()  # the nodes where more than one operand leads to the value
        index = graph.index
        here = index[value]
        totals[here], sizes[here], counts[here], best[here] = 1.0, 1.0, 1, 0.0
        for i in range(here + 1, size):
            node = graph.nodes[i]
            for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
                if partial is None or not counts[j := index[operand]]:
                    continue
                p = float(partial)
                if counts[i] and forks[-1:] != [i]:
                    forks.append(i)
                counts[i] = min(counts[i] + counts[j], EXACT + 1)
                totals[i] += p * totals[j]
                sizes[i] += abs(p) * sizes[j]
                log = log_size(p) + best[j]
                if log > best[i] or first[i] < 0:
                    best[i], first[i] = log, k

    @property
    def count(self) -> int:
        """The number of paths from the result: exact up to 30 digits, above that a power of 2."""
        return self.counts[-1] if self.counts[-1] <= EXACT else 1 << round(self._log2_count())

    def _log2_count(self) -> float:
        logs = [-math.inf] * len(self.graph)
        index = self.graph.index
        logs[index[self.value]] = 0.0
        for i in range(index[self.value] + 1, len(logs)):
            node = self.graph.nodes[i]
            for operand, partial in zip(node.operands, node.partials):
                if partial is not None and (b := logs[index[operand]]) >= 0:
                    a = logs[i]
                    logs[i] = max(a, b) + math.log2(1 + 2 ** -abs(a - b))
        return logs[-1]

    def ways(self, node: Any) -> list[int]:
        """List the operands of a node that lead to the value, from left to right."""
        if node is self.value:
            return []
        index, counts = self.graph.index, self.counts
        return [k for k, partial in enumerate(node.partials) if partial is not None and counts[index[node.operands[k]]]]

    def all_paths(self) -> Iterator[Path]:
        """Yield every path, in the order of backprop's edges."""
        ks: list[int] = []
        nodes = [self.graph.root]
        pending = [iter(self.ways(self.graph.root))]
        while pending:
            k = next(pending[-1], None)
            if k is None:
                pending.pop()
                nodes.pop()
                if ks:
                    ks.pop()
                continue
            ks.append(k)
            nodes.append(nodes[-1].operands[k])
            if nodes[-1] is self.value:
                yield Path(self.graph, tuple(ks))
            pending.append(iter(self.ways(nodes[-1])))

    def largest(self, most: int) -> list[Path]:
        """Yield the paths with the largest products, largest first.

        Every node knows the size of its best path down, so following the best edges finds a path. Each edge not taken
        begins the best path that turns off there.
        """
        found: list[Path] = []
        # loss in logarithms, order of discovery, beginning of the path
        turns: list[tuple[float, int, list[int]]] = [(0.0, 0, [])]
        made = 0
        while turns and len(found) < most:
            loss, _, ks = heappop(turns)
            room = most - len(found) - 1
            passed = self._follow_best(ks, loss, room)
            found.append(Path(self.graph, ks))
            for lost, at, k in sorted(passed, reverse=True):
                made += 1
                heappush(turns, (-lost, made, [*ks[:-at], k]))
        return found

    def _follow_best(self, ks: list[int], loss: float, room: int) -> list[tuple[float, int, int]]:
        """Complete a path by its best edges; return the `room` best turns not taken, as (-loss, -place, operand)."""
        first, nexts, others, here = self.first, self._nexts, self._others if room else {}, self.graph.index[self.value]
        node = self.graph.root
        for k in ks:
            node = node.operands[k]
        i = self.graph.index[node]
        passed: list[tuple[float, int, int]] = []
        while i != here:
            if i in others:
                for lost, k in others[i]:
                    turn = (-lost - loss, -len(ks), k)
                    if len(passed) < room:
                        heappush(passed, turn)
                    elif turn > passed[0]:
                        heapreplace(passed, turn)
            ks.append(first[i])
            i = nexts[i]
        return passed

    @cached_property
    def _nexts(self) -> list[int]:
        """Return the index of the next node of the best path, for each node."""
        index, nodes = self.graph.index, self.graph.nodes
        return [index[node.operands[k]] if k >= 0 else -1 for node, k in zip(nodes, self.first)]

    @cached_property
    def _others(self) -> dict[int, list[tuple[float, int]]]:
        """Return, for each node where paths branch, the loss (in logarithms) for each operand except the best."""
        index, best = self.graph.index, self.best
        others: dict[int, list[tuple[float, int]]] = {}
        for i in self.forks:
            node = self.graph.nodes[i]
            sizes = [(log_size(node.partials[k]) + best[index[node.operands[k]]], k) for k in self.ways(node)]
            others[i] = [(0.0 if size == best[i] else best[i] - size, k) for size, k in sizes if k != self.first[i]]
        return others


def log_size(partial: float) -> float:
    """Return the logarithm of a size, to rank products that are too large for a float; nan counts as largest."""
    size = abs(float(partial))
    return math.inf if size != size else math.log(size) if size else -math.inf


def strongest_path(graph: Graph, value: Any) -> Path:
    """Return the path from the result to `value` with the largest product."""
    return Sums(graph, value).largest(1)[0]
