"""The parts of a picture: a value, or several that are drawn as one, and groups of parts that are alike.

A part is a single value, the additions of a long sum, or a call to a module that is drawn closed. A group holds
parts that are alike; a picture shows the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ...graph import Graph
from ...modes import Scope
from ...node import Node
from .contents import Contents

__all__ = [
    "ENDS",
    "FEW",
    "LEFT_OUT",
    "LONG",
    "RUN",
    "Closes",
    "Group",
    "Listing",
    "Part",
    "calls_of",
    "chain_of",
    "parts_of",
    "topologically_sorted",
]

CHAINS = {"add": "sum", "sub": "sum", "mul": "product"}  # long chains of these are drawn as one operation
LEFT_OUT = ("more", "rest")  # parts that no picture opens by themselves
FEW = 4  # where there is little room, a larger array of leaves is shown in a few words
LONG = 4  # the minimum number of terms in a chain worth folding
ENDS, RUN = 5, 100  # in a large graph, the middle of a run of this many values is one part, and its ends are kept
TANGLED = 1.5  # the maximum number of arrows per box that a reader can follow


class Part:
    """Values drawn as one: `what` is "leaf", "value", "sum" (of chained operations), "call" (of a module), or "more".

    "more" is the middle of a long run, in a large graph: with a part for every value, a million would not fit in memory.
    "rest" is everything that is too far from the result to be shown.

    nodes: positions in the listing; the last one is the result of a value or sum. It may be a function of the one
    before, which nothing else uses.
    operands: (part or None for a constant, node, k) for every edge from outside. turn: the iteration of a loop, from 0.
    """

    __slots__ = ("at", "nodes", "operands", "scope", "turn", "what")

    def __init__(self, what: str, nodes: list[int], scope: Scope | None) -> None:
        self.at = -1
        self.what = what
        self.nodes = nodes
        self.scope = scope
        self.operands: list[tuple[Part | None, int, int]] = []
        self.turn = 0

    @property
    def top(self) -> int:
        return self.nodes[-1]


class Group:
    """Parts that are alike. `what` is the parts' own, or "more" for different parts left out; `title` says which.

    turns: how many iterations the loop that makes them has, or 1. order: the iteration of each part.
    """

    __slots__ = ("listing", "order", "parts", "title", "turns", "what")

    def __init__(self, listing: Listing, what: str, parts: list[Part], title: str = "", turns: int = 1) -> None:
        self.listing = listing
        self.what = what
        self.parts = parts
        if not title and what in LEFT_OUT:
            title = (
                f"{self.operations:,} more"
                if what == "more"
                else f"{len(parts[0].nodes) + self.beyond.kinds.total():,} more values"
            )
        self.title = title
        self.turns = turns
        self.order: Sequence[int] = ()

    @property
    def first(self) -> Part:
        """The part that is shown."""
        return self.parts[0]

    @property
    def node(self) -> Any:
        """The value that is shown."""
        return self.listing.nodes[self.first.top]

    @property
    def op(self) -> Any:
        """The operation that its operands go into."""
        return self.listing.nodes[self.first.nodes[0]].op

    @property
    def inner(self) -> Any:
        """The argument of the function shown, if the box shows that too."""
        nodes, is_sum = self.first.nodes, self.what == "sum"
        return self.listing.nodes[nodes[-2]] if len(nodes) > 1 and not (is_sum and chain_of(self.node.op)) else None

    @property
    def chain(self) -> tuple[str, int]:
        """The kind of a sum and its number of terms: a "dot" of products, or a "sum" or "product" of terms."""
        ops: list[Any] = [self.listing.nodes[i].op for i in self.first.nodes]
        if len(kinds := {chain_of(op) for op in ops} - {""}) > 1:
            return "dot", ops.count("mul")
        return kinds.pop(), sum(tail is not None for tail, _, _ in self.first.operands)

    @property
    def operations(self) -> int:
        """How many operations it hides if it is the middle of a run, and otherwise 1, with those left out beside it."""
        own = sum(bool(self.listing.operands[i]) for i in self.first.nodes) if self.what == "more" else 1
        return own + self.beyond.groups

    @property
    def beyond(self) -> Contents:
        """What is left out of the listing beside its values."""
        found, left_out = Contents(self.listing.graph), self.listing.beyond
        for i in (i for part in self.parts for i in part.nodes if i in left_out) if left_out else ():
            found += left_out[i]
        return found

    @property
    def takes_many(self) -> bool:
        """Whether it takes many operands at once, so that its leaves may share a box."""
        return self.what in ("sum", "call", *LEFT_OUT) or len(self.parts) > 1 or self.op.wide

    @property
    def is_of_pairs(self) -> bool:
        """Whether this is a single operation on two lists of leaves, such as a lone dot product."""
        if self.what != "value" or len(self.parts) > 1 or len(self.node.op.lists) < 2:
            return False
        return all(not isinstance(operand, float) and not operand.operands for operand in self.node.operands)

    def nodes(self) -> list[Node]:
        """Return all its values, in the order of the graph."""
        return [self.listing.nodes[i] for i in sorted(i for part in self.parts for i in part.nodes)]

    def __repr__(self) -> str:
        name = self.node.label if self.what == "leaf" else self.node.op
        if self.what == "sum":
            name = f"{self.chain[0]} of {self.chain[1]}"
        elif self.what in ("call", *LEFT_OUT):
            name = self.title or self.what
        return f"Group({name}{f', {len(self.parts)} alike' if len(self.parts) > 1 else ''})"


class Listing:
    """The values to draw, with their operands and users as positions in the list.

    stand_ins: for some values that are left out, the one that is taken as an operand instead. beyond: what is left
    out beside a value. unit_of: values with different numbers are never alike.
    """

    beyond: Mapping[int, Contents] = MappingProxyType({})
    unit_of: Sequence[int] = ()

    def __init__(
        self, graph: Graph, nodes: Sequence[Node], stand_ins: Mapping[Any, Any] = MappingProxyType({})
    ) -> None:
        self.graph = graph
        self.nodes = nodes
        at: dict[Any, int] = {node: i for i, node in enumerate(nodes)}
        at |= {node: at[other] for node, other in stand_ins.items()}
        self.operands = [[-1 if isinstance(o, float) else at.get(o, -1) for o in node.operands] for node in nodes]
        self.users = [0] * len(nodes)
        for operands in self.operands:
            for i in operands:
                if i >= 0:
                    self.users[i] += 1
        self.depth = max((len(calls_of(scope)) for scope in {node.scope for node in nodes if node.operands}), default=0)
        self._roles: dict[tuple[str, int], list[str]] = {}

    def is_small(self, budget: int) -> bool:
        """Return whether all may be drawn one by one: there are few values, and not too many arrows between them."""
        return len(self.nodes) <= budget and sum(map(len, self.operands)) <= TANGLED * budget

    def roles(self, node: Any) -> list[str]:
        """Return the role of each operand in its operation, if it has one: in ``a - b``, not in ``a + b``."""
        op, count = node.op, len(node.operands)
        if op in ("add", "mul"):
            return ["", ""]
        key = (op, count)
        if key not in self._roles:
            self._roles[key] = [op.place(k, count)[0] for k in range(count)]
        return self._roles[key]


def calls_of(scope: Scope | None) -> list[Scope]:
    """Return the calls that a value was made in, outermost first."""
    calls: list[Scope] = []
    while scope is not None and scope.module is not None:
        calls.append(scope)
        scope = scope.parent
    return calls[::-1]


def chain_of(op: Any) -> str:
    """Return what a chain of operations computes: a "sum", a "product", or nothing; ``a - b`` continues a sum."""
    return CHAINS.get(op, "")


Closes = Callable[[Scope, int], bool]  # given a call and its depth, says whether to draw it as one box


def parts_of(
    listing: Listing,
    depth: int,
    closes: Closes | None,
    sums: bool,
    joins: bool = False,
    opened: Container[int] = (),
    dots: bool = False,
    runs: int = 0,
    whole: Container[int] = (),
    hidden: Sequence[int] = (),
) -> list[Part]:
    """Split a graph into parts, operands first. Calls deeper than `depth` are closed, and long sums one part if requested.

    dots: whether sums of products are one part, like a neuron that is written out.
    joins: whether a function and its argument are one part, like an activation and its neuron.
    opened: ids of calls that are not closed, however deep they are. runs: how many values are kept at either end of a
    long run, whose middle is then one part; 0 keeps all.
    whole: ids of calls in which neither dots nor joins are folded. hidden: the values that are in the rest.
    """
    nodes, operands = listing.nodes, listing.operands
    part_of: list[Part | None] = [None] * len(nodes)
    calls: dict[int, Part | None] = {}
    rest = Part("rest", [*hidden], None)
    for i in hidden:
        part_of[i] = rest
    for i, node in enumerate(nodes):
        scope = node.scope
        if node.operands and scope is not None and part_of[i] is None:
            if id(scope) not in calls:
                calls[id(scope)] = _closed_call(scope, depth, closes, calls, opened)
            part = calls[id(scope)]
            if part is not None and _is_result_of_steps(listing, i, part):
                part = Part("value", [], part.scope and part.scope.parent)
            if part is not None:
                part.nodes.append(i)
                part_of[i] = part
    if sums or dots:
        _chain_up(listing, part_of, LONG - 1 if sums else len(nodes), dots, whole)
    if joins:
        _join(listing, part_of, whole)
    if runs:
        _hide_middles(listing, part_of, runs)
    order: list[Part] = []
    for i, node in enumerate(nodes):
        part = part_of[i]
        if part is None:
            part = part_of[i] = Part("value" if node.operands else "leaf", [i], node.scope)
        if part.top == i:
            order.append(part)
    for i, part in enumerate(part_of):
        assert part is not None
        for k, j in enumerate(operands[i]):
            tail = part_of[j] if j >= 0 else None
            if tail is not part:
                part.operands.append((tail, i, k))
    rest.operands.clear()  # everything it is computed from is in it, except constants
    if hidden or any(calls.values()):
        order = topologically_sorted(order, lambda part: [tail for tail, _, _ in part.operands if tail is not None])
    for at, part in enumerate(order):
        part.at = at
    return order


def _is_result_of_steps(listing: Listing, i: int, part: Part) -> bool:
    """Return whether a value is a result, made in steps that only have a name, such as a backward pass.

    It is drawn beside these: otherwise no box would show it.
    """
    in_steps = part.scope is not None and isinstance(part.scope.module, str)
    return in_steps and not listing.users[i] and any(listing.nodes[i] is root for root in listing.graph.roots)


def _closed_call(
    scope: Scope, depth: int, closes: Closes | None, calls: dict[int, Part | None], opened: Container[int]
) -> Part | None:
    for level, call in enumerate(calls_of(scope)):
        if (level >= depth and id(call) not in opened) or (closes is not None and closes(call, level)):
            part = calls.get(id(call))
            if part is None:
                part = calls[id(call)] = Part("call", [], call)
            return part
    return None


def _chain_up(listing: Listing, part_of: list[Part | None], longest: int, dots: bool, whole: Container[int]) -> None:
    """Make a part of every long chain of additions or multiplications whose inner results nothing else uses.

    longest: how many operations make a long chain. dots: whether sums of several products are one part, however short.
    """
    nodes, operands = listing.nodes, listing.operands
    top = list(range(len(nodes)))
    members: dict[int, list[int]] = {}
    for i in range(len(nodes) - 1, -1, -1):
        chain = chain_of(nodes[i].op)
        if not chain or part_of[i] is not None or (nodes[i].op == "sub" and operands[i][1] < 0):
            continue  # a constant below a sum would look like a number that is added
        for k, j in enumerate(operands[i]):
            if j < 0 or listing.users[j] > 1 or (k and nodes[i].op == "sub"):
                continue
            if chain_of(nodes[j].op) == chain and nodes[j].scope is nodes[i].scope:
                top[j] = top[i]
        members.setdefault(top[i], []).append(i)
    for last, chained in members.items():
        products = _products(listing, chained, members, longest) if dots and id(nodes[last].scope) not in whole else []
        if len(chained) >= longest or len(products) > 1:
            part = Part("sum", sorted([*chained, *products]), nodes[last].scope)
            for i in part.nodes:
                part_of[i] = part


def _products(listing: Listing, chained: list[int], members: dict[int, list[int]], longest: int) -> list[int]:
    """Return the products that a chain of additions adds up, if nothing else uses them."""
    nodes = listing.nodes
    if any(nodes[i].op != "add" for i in chained):
        return []
    found = [j for i in chained for j in listing.operands[i] if j >= 0 and listing.users[j] == 1]
    return [
        j for j in found
        if nodes[j].op == "mul" and nodes[j].scope is nodes[chained[0]].scope and 0 < len(members.get(j, ())) < longest
    ]  # fmt: skip


def _hide_middles(listing: Listing, part_of: list[Part | None], ends: int) -> None:
    """Make one part of the middle of every long run: values that are each computed from the one before, and from leaves
    and constants that nothing else uses. Sums, modules and the iterations of loops are folded in other ways."""
    nodes, operands, users = listing.nodes, listing.operands, listing.users
    roots = {*listing.graph.roots}
    before = [-1] * len(nodes)
    is_last = bytearray(len(nodes))
    for i, own in enumerate(operands):
        node = nodes[i]
        if not own or part_of[i] is not None or node.scope is not None:
            continue
        inner = [j for j in own if j >= 0 and operands[j]]
        if len(inner) != 1 or any(j >= 0 and users[j] > 1 for j in own):
            continue
        (j,) = inner
        other = nodes[j]
        is_sum = chain_of(node.op) and chain_of(node.op) == chain_of(other.op)
        if part_of[j] is None and other.scope is None and other not in roots and not is_sum:
            before[i], is_last[i], is_last[j] = j, True, False
    for i in range(len(nodes)):
        if not is_last[i]:
            continue
        run = [i]
        while before[run[-1]] >= 0:
            run.append(before[run[-1]])
        if len(run) >= max(RUN, 3 * ends):
            middle = run[ends:-ends]
            leaves = [j for k in middle for j in operands[k] if j >= 0 and not operands[j] and part_of[j] is None]
            part = Part("more", sorted(middle + leaves), None)
            for k in part.nodes:
                part_of[k] = part


def _join(listing: Listing, part_of: list[Part | None], whole: Container[int]) -> None:
    """Make one part of a function and its only argument, if nothing else uses that argument, here or where it looks alike."""
    nodes = listing.nodes
    apart: set[Any] = set()
    together: list[tuple[int, int, Any]] = []
    for i, operands in enumerate(listing.operands):
        if len(operands) != 1 or part_of[i] is not None or operands[0] < 0 or id(nodes[i].scope) in whole:
            continue
        (j,) = operands
        part = part_of[j]
        is_wide = part is None and sum(k >= 0 for k in listing.operands[j]) > 1
        if is_wide or (part is not None and part.what == "sum" and part.top == j):
            look = nodes[i].op, nodes[j].op, *(nodes[k].op if k >= 0 else "" for k in listing.operands[j])
            if listing.users[j] > 1:
                apart.add(look)
            else:
                together.append((i, j, look))
    for i, j, look in together:
        part = part_of[j]
        if look in apart:
            continue
        if part is None:
            part_of[i] = part_of[j] = Part("value", [j, i], nodes[j].scope)
        elif part.top == j:
            part.nodes.append(i)
            part_of[i] = part


def topologically_sorted(items: Iterable[Any], operands: Callable[[Any], Iterable[Any]]) -> list[Any]:
    """Sort groups, operands first, by a depth-first walk that never recurses; ties stay in the given order."""
    order: list[Any] = []
    opened: set[Any] = set()
    for item in items:
        if item in opened:
            continue
        opened.add(item)
        stack = [(item, iter(operands(item)))]
        while stack:
            for operand in stack[-1][1]:
                if operand not in opened:
                    opened.add(operand)
                    stack.append((operand, iter(operands(operand))))
                    break
            else:
                order.append(stack.pop()[0])
    return order
