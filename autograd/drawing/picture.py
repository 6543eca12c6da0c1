"""The model of a picture: boxes, arrows between them, and clusters around them.

Drawings, Mermaid text and pages are written from this model, so they show the same things under the same names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from typing import Any

from ..explain.naming import ModuleNames, by_name, common_name
from ..explain.phrases import short
from ..graph import Graph
from ..modes import PARAMETER, Scope
from ..node import Node
from ..slow_path import Pole
from .folding.brief import in_few_words
from .folding.contents import Contents, told
from .folding.parts import FEW, LEFT_OUT, Group, Part, calls_of
from .frames import MOST_NESTED, SameCalls, innermost

__all__ = ["BUDGET", "Arrow", "Box", "Cluster", "Picture", "kind_of", "spread"]

BUDGET = 200  # the maximum number of boxes that a reader can take in
FOLDED = ("module", "more")  # the kinds of boxes into which a part of the graph is folded
UNKNOWN = "not reached"
LISTED = 12  # the maximum number of rows in a table shown in full
LABELLED = 8  # the maximum number of arrows into one box that are all labelled with a number
TITLE = 160  # the maximum number of characters in a title
MANY_INPUTS = 6  # up to this many inputs of a wide operation are drawn one by one
ROW = 20  # the maximum number of boxes in a row that a reader can follow
LENGTH = 10  # in a longer row, each box is as hard to read as this many stacked boxes


class Box:
    """A box, drawn for one value or several.

    id: the same in every run. name: the value's name in the listing, or what several names have in common.
    kind: "result", "value", "input", "parameter", "constant"; "module" for folded calls to a module, and "more" for
    other values left out. node: the value shown, if there is one. nodes: all the values it is drawn for, in the order
    of the graph, or of the iterations of a loop; none for constants, which are in `numbers`. times: how many similar values there are, if one of them
    is shown. chain, terms: what is folded into one operation, and how many: a "sum" or "product" of terms, or a "dot" of
    products. arrivals: how many arrows lead to it.
    brief: 1 if it is written in a few words under the operation that uses it, 2 if in the frame around it, otherwise 0.
    inner: the argument of its operation, if that is not shown. results: the results that are folded into it. beyond:
    what else it holds, if not all of it is in `nodes`.
    """

    __slots__ = (
        "arrivals", "beyond", "brief", "chain", "cluster", "id", "inner", "kind", "name", "node", "nodes", "numbers",
        "results", "terms", "times",
    )  # fmt: skip

    def __init__(self, id: str, kind: str, name: str, nodes: Sequence[Node] = (), times: int = 1) -> None:
        self.id = id
        self.kind = kind
        self.name = name
        self.nodes = nodes
        self.times = times
        self.node: Any = None
        self.numbers: tuple[float, ...] = ()
        self.chain = ""
        self.terms = 0
        self.arrivals = 0
        self.brief = 0
        self.inner: Any = None
        self.results: Sequence[Any] = ()
        self.beyond: Contents | None = None
        self.cluster: Cluster | None = None

    @property
    def symbol(self) -> str:
        """The symbol of the operation that computed the value shown; "" if none did."""
        own = self.node.op.symbol if self.node is not None and self.node.operands else ""
        chained = f"{self.chain} of {self.terms}" if self.terms else ""
        if self.inner is not None:
            return f"{own}({chained or self.inner.op.symbol})"
        return chained or own

    @property
    def grads(self) -> list[float]:
        """The gradients that have reached its values."""
        return [node.grad for node in self.nodes if node.reached]

    def facts(self, digits: int = 4) -> list[tuple[str, str]]:
        """Return the lines in the box under its name, as pairs of a word and a number."""
        if self.numbers:
            return []
        grads = [*self.grads, *(self.beyond.grads if self.beyond else ())]
        spread_of_grads = ("grads", spread(grads, digits) if grads else UNKNOWN)
        if self.node is not None:
            grad = short(self.node.grad, digits) if self.node.reached else UNKNOWN
            facts = [("data", short(self.node.data, digits)), ("grad", grad)]
            return [*facts, spread_of_grads] if self.times > 1 and grads else facts
        leaves = [node for node in self.nodes if not node.operands]
        counts = Counter(values=len(self.nodes) - len(leaves))
        counts.update(f"{kind_of(leaf)}s" for leaf in leaves)
        counts.update(self.beyond.kinds if self.beyond else ())
        facts = [(word, f"{count:,}") for word, count in counts.items() if count]
        if not counts["values"]:
            facts.append(("data", spread([leaf.data for leaf in leaves], digits)))
        results = [("result", spread([node.data for node in self.results], digits))] if self.results else []
        return [*facts, *results, spread_of_grads]

    def __repr__(self) -> str:
        times = f", times {self.times}" if self.times > 1 else ""
        return f"Box({self.id}, {self.kind}, {self.name!r}{times})"


class Arrow:
    """An arrow from an operand's box to the box of what was computed from it.

    edges: the (node, k) that it is drawn for. shown: how many of these lead into the value that the head shows. back:
    whether it leads from each iteration of a loop to the next.
    """

    __slots__ = ("back", "edges", "head", "shown", "tail")

    def __init__(self, tail: Box, head: Box, edges: list[tuple[Any, int]], shown: int) -> None:
        self.tail = tail
        self.head = head
        self.edges = edges
        self.shown = shown
        self.back = False

    @property
    def partial(self) -> tuple[Any, int] | None:
        """The (node, k) of the partial that it carries, if there is only one."""
        if self.back:
            return None
        if len(self.edges) == 1 or (self.shown == 1 and self.head.node is not None):
            node, k = self.edges[0]
            return None if node.partials[k] is None else (node, k)
        return None

    @property
    def slope(self) -> float:
        """The partial as a number. If the head hides the argument of its operation, this is the slope through both."""
        assert self.partial is not None
        node, k = self.partial
        inner = self.head.inner is not None and node is not self.head.node
        return float(node.partials[k]) * float(self.head.node.partials[0]) if inner else float(node.partials[k])

    @property
    def words(self) -> str:
        """The text on the arrow, with four digits."""
        return self.said()

    def said(self, digits: int = 4) -> str:
        """Write the text on the arrow: its partial, or the number of edges into the value shown, or of values."""
        if self.partial is not None:
            return short(self.slope, digits)
        if not self.tail.nodes:
            return ""
        if self.back:
            return "next iteration"
        if self.head.node is not None and self.tail.kind not in FOLDED:
            return f"×{self.shown}" if self.shown else ""
        passing = list(dict.fromkeys(node.operands[k] for node, k in self.edges))
        grads = [abs(node.grad) for node in passing if node.reached]
        if len(passing) == 1:
            return f"|grad| {short(grads[0])}" if grads else "1 value"
        return f"{len(passing):,} values" + (f", |grad| to {_two_digits(max(grads))}" if grads else "")

    @property
    def contributions(self) -> list[float]:
        """The terms that the arrow added to the operands' gradients; those for one operand of a folded part are summed."""
        edges = [(node, k) for node, k in self.edges if node.reached and node.partials[k] is not None]
        pairs = [(node.partials[k], node.grad) for node, k in edges]
        terms = [0.0 if type(p) is Pole and not grad else float(p) * grad for p, grad in pairs]
        if self.head.kind not in FOLDED:
            return terms
        sums: dict[Any, float] = {}
        for (node, k), term in zip(edges, terms):
            sums[node.operands[k]] = sums.get(node.operands[k], 0.0) + term
        return [*sums.values()]

    def __repr__(self) -> str:
        return f"Arrow({self.tail.id} -> {self.head.id}, {len(self.edges)} edges)"


class Cluster:
    """A call to a module, or several similar calls: a frame around boxes and other clusters."""

    __slots__ = ("boxes", "clusters", "id", "outer", "scope", "times", "title")

    def __init__(self, id: str, title: str, scope: Scope, outer: Cluster | None) -> None:
        self.id = id
        self.title = title
        self.scope = scope
        self.outer = outer
        self.times = 1
        self.boxes: list[Box] = []
        self.clusters: list[Cluster] = []

    def path(self) -> list[Cluster]:
        """List the clusters around this one, outermost first, and then this one."""
        return [*(self.outer.path() if self.outer else []), self]


class Picture:
    """The boxes, arrows and clusters of a graph whose values were put into groups.

    brief: how briefly parameters are shown, as in Folded. listed: the number of table rows shown. notes: what could not
    be shown as wanted.
    """

    def __init__(
        self,
        graph: Graph,
        groups: list[Group],
        modules: ModuleNames,
        brief: int = 0,
        whole: Container[int] = (),
    ) -> None:
        self.notes: list[str] = []
        self.is_tight = brief > 1  # whether there is little room
        self.listed = FEW if self.is_tight else LISTED
        self.stale = ""  # a sentence about leaves whose data has changed since the graph was computed
        self._brief, self._whole = brief, whole
        self._levels: dict[Group, int] = {}
        self.graph = graph
        self.modules = modules
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.clusters: list[Cluster] = []
        self._group_of: dict[Any, Group] = {part: group for group in groups for part in group.parts}
        self._box_of: dict[Group, Box] = {}
        self._inside: dict[Group, list[Node]] = {}  # parameters that are drawn as part of a folded box
        self._constant_boxes: dict[tuple[Any, ...], Box] = {}
        groups = self._absorbed(groups)
        self._add_boxes(groups)
        for group in groups:
            self._add_arrows(group)
        self._add_clusters(groups)
        for arrow in self.arrows:
            arrow.head.arrivals += 1

    def size(self) -> int:
        """Return how much there is to read: the boxes with their operations, the arrows, or the length, whichever is
        greatest."""
        length = dict.fromkeys(self.boxes, 1)
        for arrow in self.arrows:  # arrows into a box come before arrows out of it
            if arrow.back:
                continue
            length[arrow.head] = max(length[arrow.head], length[arrow.tail] + 1)
        longest = max(length.values(), default=0)
        shapes = len(self.boxes) + sum(bool(box.symbol) for box in self.boxes)
        return max(shapes, len(self.arrows), longest * (LENGTH if longest > ROW else 1))

    @property
    def is_plain(self) -> bool:
        """Whether every value is visible, except in tables of leaves."""
        return all(
            len(box.nodes) <= 1 or (box.node is None and box.kind not in FOLDED and not box.brief) for box in self.boxes
        )

    # --- Boxes ---

    def _users(self, groups: list[Group]) -> dict[Group, list[Group]]:
        """Return the groups that use each leaf."""
        users: dict[Group, dict[Group, None]] = {group: {} for group in groups if group.what == "leaf"}
        for group in groups:
            for part in group.parts:
                for tail, _, _ in part.operands:
                    if tail is not None and self._group_of[tail].what == "leaf":
                        users[self._group_of[tail]][group] = None
        return {leaf: list(by) for leaf, by in users.items()}

    def _absorbed(self, groups: list[Group]) -> list[Group]:
        """Leave out the parameters that only one folded box uses: they are shown as part of it."""
        left_out: set[Group] = set()
        for leaf, by in self._users(groups).items():
            if len(by) == 1 and by[0].what in ("call", *LEFT_OUT) and leaf.node.scope is PARAMETER:
                for part in leaf.parts:
                    self._group_of[part] = by[0]
                self._inside.setdefault(by[0], []).extend(leaf.nodes())
                left_out.add(leaf)
        return [group for group in groups if group not in left_out]

    def _add_boxes(self, groups: list[Group]) -> None:
        together: dict[tuple[Any, ...], list[Group]] = {}
        users = self._users(groups)
        of_pairs = {group for group in groups if group.is_of_pairs}
        gathered: dict[Group, list[Group]] = {}
        if self._brief:
            gathered, self._levels = in_few_words(
                self.graph, users, self._group_of, self.modules, self.is_tight, self._whole
            )
        for leaf, by in users.items():
            if leaf not in gathered and all(user.takes_many for user in by):
                kind = "pair" if len(by) == 1 and by[0] in of_pairs else kind_of(leaf.node)
                together.setdefault((kind, *by), []).append(leaf)
        for (kind, *_), leaves in together.items():
            if len(leaves) > (1 if kind == "parameter" else MANY_INPUTS):
                gathered |= dict.fromkeys(leaves, leaves)
        for group in groups:
            if group in self._box_of:
                continue
            same = gathered.get(group, [group])
            box = self._box(group, same)
            box.brief = self._levels.get(group, 0)
            self.boxes.append(box)
            self._box_of |= dict.fromkeys(same, box)

    def _box(self, group: Group, same: list[Group]) -> Box:
        graph, index = self.graph, self.graph.index
        nodes = group.nodes() if len(same) == 1 else sorted((n for g in same for n in g.nodes()), key=index.__getitem__)
        if group.what == "leaf":
            nodes = by_name(nodes, graph.name)
            name = common_name([graph.name(node) for node in nodes])
            box = Box(f"{'v' if len(nodes) == 1 else 'g'}{index[nodes[0]]}", kind_of(nodes[0]), name, nodes)
            box.node = nodes[0] if len(nodes) == 1 else None
            return box
        kind = {"call": "module", "more": "more", "rest": "more"}.get(group.what) or kind_of(group.node, graph.roots)
        if kind in ("module", "more"):
            nodes = sorted((*nodes, *self._inside.get(group, ())), key=index.__getitem__)
            name = group.title or (self.modules.title(group.first.scope) if group.first.scope else kind)
            if group.what == "rest":
                name = told(Contents(graph, nodes, named=True) + group.beyond)
            box = Box(f"m{index[nodes[0]]}", kind, name, nodes, len(group.parts) if kind == "module" else 1)
            results = {*graph.roots}.intersection(nodes)
            box.results = [root for root in graph.roots if root in results]
            box.beyond = group.beyond
            return box
        if len(nodes) == len(group.parts):  # in the order of a loop's iterations
            nodes = [group.listing.nodes[part.top] for part in group.parts]
        box = Box(f"v{index[group.node]}", kind, graph.name(group.node), nodes, len(group.parts))
        box.node = group.node
        box.inner = group.inner
        if group.what == "sum":
            box.chain, box.terms = group.chain
        return box

    def _constants(self, group: Group, head: Box) -> None:
        """Add the constants of the part that is shown. Those of a wide operation share one box."""
        nodes: Sequence[Any] = group.listing.nodes
        found = [(nodes[i], k) for tail, i, k in group.first.operands if tail is None]
        found = [(node, k) for node, k in found if isinstance(node.operands[k], float)]
        if group.what == "sum":  # Python's sum() starts from 0
            found = [(node, k) for node, k in found if node.operands[k] or node.op == "mul"]
        wide = group.what == "sum" or group.op.wide
        for edges in [found] if wide and len(found) > 1 else [[edge] for edge in found]:
            numbers = tuple(node.operands[k] for node, k in edges)
            box = Box(f"c{self.graph.index[edges[0][0]]}_{edges[0][1]}", "constant", "constants")
            box.numbers = numbers
            box.times = len({_floats(group, part) for part in group.parts})
            if len(numbers) == 1 < box.times:  # each operation has its own, even if some are equal
                box.times = len(group.parts)
            key = (numbers, group.first.scope) if len(numbers) > 1 else (box.id,)
            if key not in self._constant_boxes:
                self._constant_boxes[key] = box
                self.boxes.append(box)
            box = self._constant_boxes[key]
            self.arrows.append(Arrow(box, head, edges, len(edges)))

    # --- Arrows ---

    def _add_arrows(self, group: Group) -> None:
        head = self._box_of.get(group)
        if head is None or group.what == "leaf":
            return
        nodes, box_of, group_of = group.listing.nodes, self._box_of, self._group_of
        if head.node is not None:
            self._constants(group, head)
        forward: dict[Box, Arrow] = {}
        backward: dict[Box, Arrow] = {}
        is_loop, many = group.turns > 1, len(head.nodes) > 1
        for number, part in enumerate(group.parts):  # there may be very many, so little is done for each
            for source, i, k in part.operands:
                if source is None:
                    continue
                before = group_of[source]
                tail = box_of[before]
                back = is_loop and before.turns > 1 and source.turn < part.turn and source.what != "leaf"
                if tail is head and not back:
                    continue
                together = backward if back else forward
                arrow = together.get(tail)
                if arrow is not None and (many or len(tail.nodes) > 1):
                    arrow.edges.append((nodes[i], k))
                    arrow.shown += number == 0
                else:
                    arrow = together[tail] = Arrow(tail, head, [(nodes[i], k)], int(number == 0))
                    arrow.back = back
                    self.arrows.append(arrow)

    # --- Clusters ---

    def _add_clusters(self, groups: list[Group]) -> None:
        same = SameCalls(groups)
        found: dict[Scope, Cluster] = {}
        for group in groups:
            box = self._box_of[group]
            if group.what != "leaf":
                calls = calls_of(group.first.scope)
                if group.what == "call":
                    calls.pop()
                elif group.what in LEFT_OUT:
                    chains = [calls_of(scope) for scope in {part.scope for part in group.parts if part.what != "leaf"}]
                    calls = [level[0] for level in zip(*chains) if len({same.first(call) for call in level}) == 1]
                elif calls and not self.modules.has_parameters(calls[-1].module):
                    calls.pop()  # an activation is drawn as its operation, without a frame
                box.cluster = self._cluster(calls[:MOST_NESTED], same, found)
        for box in self.boxes:
            if box.cluster is None and box.kind in ("parameter", "constant"):
                box.cluster = innermost([arrow.head.cluster for arrow in self.arrows if arrow.tail is box])
            if box.cluster is not None:
                box.cluster.boxes.append(box)

    def _cluster(self, calls: list[Scope], same: SameCalls, found: dict[Scope, Cluster]) -> Cluster | None:
        outer: Cluster | None = None
        for call in calls:
            first = same.first(call)
            if first not in found:
                cluster = found[first] = Cluster(f"k{len(found)}", self.modules.title(call), call, outer)
                (outer.clusters if outer else self.clusters).append(cluster)
                cluster.times = same.count(call)
            outer = found[first]
        return outer


def _floats(group: Group, part: Part) -> tuple[float, ...]:
    """Return the constants of one part."""
    operands = ((group.listing.nodes[i].operands[k]) for tail, i, k in part.operands if tail is None)
    return tuple([operand for operand in operands if isinstance(operand, float)])


def kind_of(node: Node, roots: Sequence[Any] = ()) -> str:
    """Return a value's kind: "result" for a root, "value" if it was computed, "parameter" or "input" for a leaf."""
    if node.operands:
        return "result" if any(node is root for root in roots) else "value"
    return "parameter" if node.scope is PARAMETER else "input"


def spread(numbers: Sequence[float], digits: int = 4) -> str:
    """Write the range of some numbers: ``-0.5 to 2``."""
    low, high = min(numbers), max(numbers)
    return short(low, digits) if low == high else f"{_two_digits(low)} to {_two_digits(high)}"


def _two_digits(number: float) -> str:
    return short(float(f"{number:.2g}"))
