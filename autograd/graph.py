"""A recorded graph as an ordered listing: every value once, operands before what is computed from them.

The order is that of a depth-first walk that takes operands from left to right, so it is the same in every
run. Read backwards, it is the order in which backprop completes the values: f, then what f was
computed from, and a leaf once everything that uses it is done.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; b.label = "b"
    >>> f = b * (b + 1); f.label = "f"
    >>> graph = Graph(f)
    >>> [graph.name(node) for node in graph.nodes]
    ['a', 'b', 'v2', 'f']
    >>> [edge for edge in graph.edges()][0]
    Edge(f -> b, operand 1 of 2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic
from weakref import WeakSet, ref

from .errors import ArgumentError, GraphError
from .node import Node
from .slow_path import Pole, evaluate, evaluate_partial, real_data

__all__ = [
    "Edge", "Graph", "Looked", "Node", "grad_before", "gradients", "how_cut", "nearest", "numbers", "recompute", "recomputed_partials",
    "unrecorded", "walk",
]  # fmt: skip

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    N = TypeVar("N", bound=Node, default=Any)  # the type of the nodes: Value, if a Value asked for the graph
else:
    from typing import TypeVar

    N = TypeVar("N")


def walk(*roots: N, down_to: Node | None = None) -> list[N]:
    """List `roots` and every value that they depend on, each once, operands first. Never recurses.

    down_to: a value to treat as a leaf, whatever it was computed from. Raises ArgumentError if a root is not a Value.
    """
    order: list[Any] = []
    seen: set[Any] = set()
    for root in roots:
        if not hasattr(root, "operands"):
            raise ArgumentError(f"want a Value, the result of a computation, got {type(root).__name__}{_hint(root)}")
        if root in seen:
            continue
        seen.add(root)
        path: list[Any] = [root]
        pending: list[Iterator[Any]] = [iter(root.operands)]
        while pending:
            for operand in pending[-1]:
                if operand in seen or isinstance(operand, float):
                    continue
                seen.add(operand)
                if operand is not down_to and (its_own := operand.operands) and not seen.issuperset(its_own):
                    path.append(operand)
                    pending.append(iter(its_own))
                    break
                order.append(operand)
            else:
                order.append(path.pop())
                pending.pop()
    return order


def _hint(root: Any) -> str:
    if isinstance(root, (list, tuple, dict)):
        return ": give one of the Values in it, or autograd.total() of them"
    return ": give what it returns when it is called" if callable(root) else ""


unrecorded: WeakSet[Any] = WeakSet()  # the gradients that grad() returned without create_graph


def how_cut(nodes: Iterable[Any], name: Callable[[Any], str]) -> str:
    """Say what may have cut a graph in which something is missing: ask a question, unless the cause is known."""
    found = next((node for node in nodes if node in unrecorded), None)
    if found is None:
        return "was it made from .data, or inside no_grad()?"
    return f"{name(found)} is a gradient that was not recorded: grad(..., create_graph=True) records it"


class Looked(float):
    """A gradient that a stepper wrote into a leaf. Since stepping should change nothing, backward() adds to `before`.

    before: the grad before stepping. root: the result that was stepped through.
    """

    __slots__ = ("before", "root")

    def __new__(cls, grad: float, before: float, root: ref[Any]) -> Looked:
        looked = super().__new__(cls, grad)
        looked.before, looked.root = before, root
        return looked

    before: float
    root: ref[Any]

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float(self),)


def grad_before(leaf: Any, root: Any) -> Any:
    """Return a leaf's grad as if nobody had stepped through the graph of `root`."""
    grad = leaf.grad
    return grad.before if type(grad) is Looked and grad.root() is root else grad


def nearest(word: str, words: Iterable[str]) -> str:
    """Ask ``did you mean tanh?``, or nothing if no word is near. Among many words, only those that begin alike count.

    >>> nearest("tahn", ["exp", "tanh"]), nearest("zzz", ["exp", "tanh"])
    ('did you mean tanh?', '')
    """
    from difflib import get_close_matches

    words = list(words)
    if len(words) > 2_000:
        words = [other for other in words if other[:1] == word[:1]][:2_000]
    near = get_close_matches(word, words, 2, 0.7)
    return f"did you mean {' or '.join(near)}?" if near else ""


class Edge(Generic[N]):
    """One step of the chain rule: `node` passes ``partial * node.grad`` to `operand`, its k-th (from 0)."""

    __slots__ = ("graph", "k", "node")

    def __init__(self, graph: Graph[N], node: N, k: int) -> None:
        self.graph = graph
        self.node: N = node
        self.k = k

    @property
    def operand(self) -> N:
        """The Value at the lower end, which receives a gradient."""
        operands: tuple[Any, ...] = self.node.operands
        return operands[self.k]

    @property
    def partial(self) -> float:
        """The derivative of `node` with respect to that operand."""
        partials: tuple[Any, ...] = self.node.partials
        return partials[self.k]

    def __repr__(self) -> str:
        count = len(self.node.operands)
        which = f", operand {self.k + 1} of {count}" if count > 1 else ""
        return f"Edge({self.graph.name(self.node)} -> {self.graph.name(self.operand)}{which})"


class Graph(Generic[N]):
    """The listing of a result: its `root`, its `nodes` in forward order, and a name for each of them.

    root: the result, or a list of several: all of them are `roots`, and the last one is the `root`.
    names: preferred names for nodes without a label, by node, such as parameters or the caller's
    variables. A node with neither is named after its position in the listing, ``v7``: the same name in
    drawings, in the stepper and in emitted source. Names are unique: a second ``b`` is ``b_2``.
    nodes: the result of ``walk(root)``, if you already have it.
    """

    def __init__(
        self, root: N | Sequence[N], names: Mapping[Any, str] | None = None, nodes: list[N] | None = None
    ) -> None:
        self.roots: tuple[N, ...] = tuple(root) if isinstance(root, (list, tuple)) else (root,)  # type: ignore[assignment]
        self.root: N = self.roots[-1]
        self.nodes: list[N] = walk(*self.roots) if nodes is None else nodes
        self.index: dict[N, int] = {node: i for i, node in enumerate(self.nodes)}
        self._given = names or {}
        self._names: dict[Any, str] | None = None

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, node: object) -> bool:
        return node in self.index

    @property
    def names(self) -> dict[N, str]:
        """A unique name for every node."""
        return {node: self.name(node) for node in self.nodes}

    def _named(self) -> dict[Any, str]:
        """Return the nodes that are not named after their position."""
        if self._names is None:
            given = {node: str(name) for node in self.nodes if (name := node.label or self._given.get(node))}
            reserved = set(given.values())
            wanted = [*given.items(), *((node, "") for node in self._robbed(reserved) if node not in given)]
            taken: dict[str, int] = {}
            self._names = {}
            for node, own in sorted(wanted, key=lambda item: self.index[item[0]]):
                name = own or f"v{self.index[node]}"
                count = taken.get(name, 0) + 1 if own else 2
                if own:  # a node whose position is 7 must not take the name v7 from a node that was given it
                    taken[name] = count
                unique = name if count == 1 else f"{name}_{count}"
                while unique != name and (unique in reserved or unique in taken):
                    count += 1
                    unique = f"{name}_{count}"
                taken.setdefault(unique, 1)
                self._names[node] = unique
        return self._names

    def _robbed(self, reserved: set[str]) -> list[N]:
        """Return the nodes whose position, ``v7``, is also the name that another node was given."""
        places = {name[1:] for name in reserved if name[:1] == "v" and name[1:].isdecimal() and len(name) < 12}
        return [self.nodes[int(place)] for place in places if int(place) < len(self) and str(int(place)) == place]

    def name(self, node: Node | float) -> str:
        """Return a node's name, or a constant's number. Raises GraphError for a node of another graph."""
        if isinstance(node, float):
            return f"{node:g}"
        try:
            known: Any = node
            return self._named().get(known) or f"v{self.index[known]}"
        except (KeyError, TypeError):
            raise GraphError(
                f"{node!r} is not in the graph of {self.name(self.root)}: {self.how_cut(' or after it?')}"
            ) from None

    def is_named(self, node: Node) -> bool:
        """Return whether a node has a name other than its position."""
        known: Any = node
        own = self.name(node)
        is_given = bool(node.label or self._given.get(known))
        return is_given and (own[0] != "v" or own != f"v{self.index[known]}")

    def how_cut(self, otherwise: str = "") -> str:
        """Say what may have cut this graph, when something is not in it."""
        said = how_cut(self.nodes, self.name)
        return said.replace(" or inside no_grad()?", otherwise) if otherwise else said

    def find(self, name: str) -> N:
        """Return the node with that name. Raises GraphError, which suggests a name or lists some."""
        if name in self.by_name:
            return self.by_name[name]
        some = ", ".join(" ".join(self.name(node).split()) for node in self.nodes[:-9:-1])
        raise GraphError(
            f"no value is called {name!r} in this graph: {nearest(name, self.by_name) or f'there are {some}'}"
        )

    @cached_property
    def by_name(self) -> dict[str, N]:
        """Every node by its name."""
        return {self.name(node): node for node in self.nodes}

    def edges(self) -> Iterator[Edge[N]]:
        """Yield the edges in the order of backprop: results first, each node's operands from left to right."""
        for node in reversed(self.nodes):
            for k, partial in enumerate(node.partials):
                if partial is not None:
                    yield Edge(self, node, k)

    def consumers(self) -> dict[N, int]:
        """Return the number of edges that lead to each node: its gradient is complete when that many have arrived."""
        counts: dict[Any, int] = dict.fromkeys(self.nodes, 0)
        for node in self.nodes:
            for operand, partial in zip(node.operands, node.partials):
                if partial is not None:
                    counts[operand] += 1
        return counts


NOTHING_NEW: Mapping[Any, float] = {}


def numbers(node: Any, new: Mapping[Any, float] = NOTHING_NEW) -> list[float]:
    """List the numbers that a node is computed from, in order: its operands' data, or their numbers in `new`.

    Raises ArgumentError if a Value's data was set to something that is not a number.
    """
    return [
        operand if isinstance(operand, float) else new[operand] if operand in new else real_data(operand, operand.data)
        for operand in node.operands
    ]


def gradients(graph: Graph[N]) -> dict[N, float]:
    """Return d(root)/d(node) for every node, as one backward pass computes it. Changes no `.grad`, and never raises.

    >>> from autograd import Value
    >>> a = Value(3.0)
    >>> gradients(Graph(a * a))[a]
    6.0
    """
    arrived: dict[Any, float] = dict.fromkeys(graph.nodes, 0.0)
    arrived[graph.root] = 1.0
    for node in reversed(graph.nodes):
        upstream = arrived[node]
        for operand, partial in zip(node.operands, node.partials):
            if partial is not None:
                stopped = type(partial) is Pole and upstream == 0
                arrived[operand] += 0.0 if stopped else float(partial) * upstream
    return arrived


def recompute(graph: Graph[N], changed: Mapping[N, float]) -> dict[N, float]:
    """Compute what the nodes' data would be if some were `changed`: for those nodes and all that depend on them.

    No node is changed. Raises DomainError, FloatOverflowError or SingularityError where an operation has no value.

    >>> from autograd import Value
    >>> a = Value(3.0); f = a * a
    >>> recompute(Graph(f), {a: 4.0})[f], f.data
    (16.0, 9.0)
    """
    new: dict[Any, float] = dict(changed)
    nodes: list[Any] = graph.nodes
    for node in nodes:
        if node not in new and any(operand in new for operand in node.operands):
            new[node] = evaluate(
                node.op, node.operands, numbers(node, new), lambda operands: list(map(graph.name, operands))
            )
    return new


def recomputed_partials(graph: Graph[N], new: Mapping[N, float]) -> dict[N, tuple[float | None, ...]]:
    """Compute the partials of every operation that `new`, the result of :func:`recompute`, affects."""
    partials: dict[Any, tuple[float | None, ...]] = {}
    nodes: list[Any] = graph.nodes
    for node in nodes:
        if node.operands and (node in new or any(operand in new for operand in node.operands)):
            given, out = numbers(node, new), new.get(node, node.data)
            partials[node] = tuple(
                None if partial is None else evaluate_partial(node.op, node.operands, given, out, k)
                for k, partial in enumerate(node.partials)
            )
    return partials
