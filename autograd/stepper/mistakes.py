"""The classical wrong backward passes, all runnable: break backward() with one, or find the one that gives a number.

On ``b = a + a; f = b * (b + 1)`` at a = 1 the right answer is 10, and each mistake gives its own wrong answer:

    >>> from autograd import Value, broken, diagnose
    >>> a = Value(1.0, label="a")
    >>> b = a + a; f = b * (b + 1)
    >>> with broken("naive_recursion"):
    ...     f.backward()
    >>> a.grad
    16.0
    >>> diagnose(f, a, 16)
    16 is what plain recursion gives: b passed its gradient on before its second contribution arrived (edge 1, stepper parked there)

A mistake differs from the right pass in one thing: the order of the edges, how a contribution is written,
the slope of one operation, the seed, or what is left over from the previous pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, SingularityError
from ..explain.phrases import arrow, name_of, operation, short
from ..explain.staleness import same
from ..formula import IEEE
from ..frames import public
from ..graph import Edge, Graph, gradients
from .guesses import Guess

if TYPE_CHECKING:
    from ..node import Node

__all__ = [
    "MISTAKES",
    "RIGHT",
    "Case",
    "Made",
    "Mistake",
    "Place",
    "broken",
    "fitting",
    "mistake_called",
    "phrases_for",
    "too_early",
]

Place = tuple[Any, int]  # an edge: the node that passes its gradient on, and which of its operands receives it
Made = tuple[Place, float]  # an edge, and the operand's grad after it
Order = Callable[[Graph], Iterator[Place]]

TOO_MANY = 200_000  # the maximum number of edges that plain recursion may follow before we stop waiting


# --- Orders ------------------------------------------------------------------------------------------------


def _right(graph: Graph) -> Iterator[Place]:
    return ((edge.node, edge.k) for edge in graph.edges())


def _ks(node: Any) -> list[int]:
    return [k for k, partial in enumerate(node.partials) if partial is not None]


def _depth_first(graph: Graph, visited: set[Any] | None) -> Iterator[Place]:
    """Let every node pass its gradient on as soon as it is reached: every time or, with a visited set, only once."""
    pending = [(graph.root, iter(_ks(graph.root)))]
    while pending:
        node, ks = pending[-1]
        k = next(ks, None)
        if k is None:
            pending.pop()
            continue
        yield node, k
        operand = node.operands[k]
        if visited is None or operand not in visited:
            if visited is not None:
                visited.add(operand)
            pending.append((operand, iter(_ks(operand))))


def _recursion(graph: Graph) -> Iterator[Place]:
    return _depth_first(graph, None)


def _visited(graph: Graph) -> Iterator[Place]:
    return _depth_first(graph, {graph.root})


def _as_set(graph: Graph) -> Iterator[Place]:
    """List each distinct operand once."""
    for node in reversed(graph.nodes):
        met: set[Any] = set()
        for k in _ks(node):
            if node.operands[k] not in met:
                met.add(node.operands[k])
                yield node, k


def _recursion_length(graph: Graph) -> int:
    """Count the edges that plain recursion follows, one for every path from the result, without walking the paths."""
    visits = dict.fromkeys(graph.nodes, 0)
    visits[graph.root] = 1
    made = 0
    for node, k in _right(graph):
        visits[node.operands[k]] = min(visits[node.operands[k]] + visits[node], 10**30)
        made += visits[node]
    return made


# --- Where each goes wrong: the number of the edge, in the right order, and a sentence --------------------


class Case:
    """A graph on which a mistake is made, and the node whose gradient is in question."""

    def __init__(self, graph: Graph, x: Node) -> None:
        self.graph = graph
        self.x = x
        self.edges = list(_right(graph))
        self.truth = gradients(graph)

    def name(self, node: Node) -> str:
        return name_of(self.graph, node)

    def arrow(self, node: Node, k: int) -> str:
        return arrow(Edge(self.graph, node, k))

    def number(self, wanted: Callable[[Any, int], bool]) -> int:
        """Return the number of the first edge that is wanted, counted from 1; 0 if there is none."""
        return next((i for i, (node, k) in enumerate(self.edges, 1) if wanted(node, k)), 0)

    def arrival(self, at: Node) -> int:
        """Return the number of the first edge that adds something to a node."""
        return self.number(lambda node, k: node.operands[k] is at)


Where = tuple[int, str]


def _at_no_seed(_: Mistake, case: Case) -> Where:
    return 0, f"{case.name(case.graph.root)}.grad stayed 0, and 0 times any slope is 0"


def _at_old_leaf(_: Mistake, case: Case) -> Where:
    x, grad = case.name(case.x), short(case.truth[case.x])
    return case.arrival(case.x), f"{x}.grad still held the first pass's {grad} when the second added its {grad}"


def _at_old_inner(_: Mistake, case: Case) -> Where:
    first = next((node.operands[k] for node, k in case.edges if node.operands[k].operands), case.graph.root)
    held = short(case.truth[first])
    return case.arrival(first), f"{case.name(first)}.grad still held the first pass's {held}, and passed it on again"


def _at_wrong_slope(mistake: Mistake, case: Case) -> Where:
    at = case.number(lambda node, k: not same(mistake.slope(node, k), node.partials[k]))
    node, k = case.edges[at - 1]
    right, wrong = short(node.partials[k]), short(mistake.slope(node, k))
    return at, f"on {case.arrow(node, k)} the slope is {right}, from the output, not {wrong}, from the input"


def _at_missing_edge(mistake: Mistake, case: Case) -> Where:
    made = set(mistake.order(case.graph))
    at = case.number(lambda node, k: (node, k) not in made)
    node, k = case.edges[at - 1]
    times = sum(operand is node.operands[k] for operand in node.operands)
    said = f"{case.name(node)} = {operation(case.graph, node)} owes {case.name(node.operands[k])} {times} contributions"
    return at, f"{said}, and a set holds it once"


def _at_overwritten(mistake: Mistake, case: Case) -> Where:
    grads, _ = mistake.start(case.graph)
    before = dict(grads)
    for at, ((node, k), after) in enumerate(mistake.follow(case.graph, grads), 1):
        operand = node.operands[k]
        if before[operand]:
            lost = f"the {short(before[operand])} that {case.name(operand)}.grad held"
            return at, f"{case.name(node)} overwrote {lost} with its {short(after)}"
        before[operand] = after
    return 0, "nothing was overwritten"


def _at_too_early(mistake: Mistake, case: Case) -> Where:
    at, arrived = too_early(mistake.order(case.graph), case.graph)
    if at is None:
        return 0, "every node waited for all its contributions"
    node, _ = at
    missing = _ordinal(arrived + 1)
    return case.arrival(node), f"{case.name(node)} passed its gradient on before its {missing} contribution arrived"


def too_early(order: Iterable[Place], graph: Graph) -> tuple[Place | None, int]:
    """Find the first edge that leaves a node which had not received all its contributions, and how many it had."""
    due = graph.consumers()
    arrived: dict[Any, set[Place]] = {node: set() for node in graph.nodes}
    for node, k in order:
        if len(arrived[node]) < due[node]:
            return (node, k), len(arrived[node])
        arrived[node.operands[k]].add((node, k))
    return None, 0


def _ordinal(n: int) -> str:
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[n - 1] if n <= len(words) else "last"


# --- The table ---------------------------------------------------------------------------------------------


class Mistake:
    """One wrong way to go back: `name` is for code, `phrase` is for sentences, and one other field says what differs.

    where: says on which edge it first goes wrong. order: the order of the edges. overwrites: ``=`` instead of ``+=``.
    seed: the result's own gradient. from_input: the operation whose slope formula gets the operand instead of `out`.
    keeps: what should have been cleared before a second pass, but was not: "leaves" or "inner" nodes.
    """

    def __init__(
        self,
        name: str,
        phrase: str,
        where: Callable[[Mistake, Case], Where],
        *,
        order: Order = _right,
        overwrites: bool = False,
        seed: float = 1.0,
        from_input: str = "",
        keeps: str = "",
    ) -> None:
        self.name = name
        self.phrase = phrase
        self.where = where
        self.order = order
        self.overwrites = overwrites
        self.seed = seed
        self.from_input = from_input
        self.keeps = keeps

    def slope(self, node: Any, k: int) -> float:
        """Return the partial that this pass uses; a wrong one is the row's formula with the wrong number in it."""
        if node.op.name != self.from_input:
            return node.partials[k]
        formula, _ = node.op.partial(k, len(node.operands))
        return formula.evaluate({"a": node.operands[k].data, "out": node.operands[k].data}, IEEE)

    def follow(self, graph: Graph, grads: dict[Any, float]) -> Iterator[Made]:
        """Make this pass over `grads`, and yield each edge with the operand's grad after it."""
        for node, k in self.order(graph):
            operand = node.operands[k]
            share = self.slope(node, k) * grads[node]
            grads[operand] = share if self.overwrites else grads[operand] + share
            yield (node, k), grads[operand]

    def start(self, graph: Graph) -> tuple[dict[Any, float], dict[Any, float]]:
        """Return the grads that this pass and the right one start from: in a second pass, what the first one left."""
        right = dict.fromkeys(graph.nodes, 0.0)
        wrong = dict.fromkeys(graph.nodes, 0.0)
        if self.keeps:
            for node, grad in gradients(graph).items():
                leaf = not node.operands
                if leaf or self.keeps == "inner":
                    wrong[node] = grad
                if leaf and self.keeps == "inner":  # two passes, since it is right for leaves to accumulate both
                    right[node] = grad
        right[graph.root] = 1.0
        wrong[graph.root] = self.seed
        return wrong, right

    def takes_for_ever(self, graph: Graph) -> str:
        """Say why this pass is not run on a graph, if it is not."""
        if self.order is _recursion and (length := _recursion_length(graph)) > TOO_MANY:
            how_many = str(length) if length < 10**9 else f"more than {10 ** (len(str(length)) - 1):.0e}"
            return f"plain recursion would follow {how_many} edges here, one for each path: that is its other flaw"
        return ""


# fmt: off
_ROWS = (
    Mistake("no_accumulate",         "`=` for `+=`",                          _at_overwritten,  overwrites=True),
    Mistake("naive_recursion",       "plain recursion",                       _at_too_early, order=_recursion),
    Mistake("visited_set_dfs",       "going depth-first with a visited set",  _at_too_early, order=_visited),
    Mistake("operands_as_set",       "keeping operands in a set",             _at_missing_edge, order=_as_set),
    Mistake("no_zero_grad",          "a second backward() without zero_grad()", _at_old_leaf,   keeps="leaves"),
    Mistake("inner_kept",            "a second backward() that keeps the inner nodes' grads", _at_old_inner, keeps="inner"),
    Mistake("exp_slope_is_input",    "taking exp's input for its slope",      _at_wrong_slope,  from_input="exp"),
    Mistake("tanh_slope_from_input", "computing tanh's slope from its input", _at_wrong_slope,  from_input="tanh"),
    Mistake("no_seed",               "a missing seed at the root",            _at_no_seed,      seed=0.0),
)
# fmt: on
MISTAKES: Mapping[str, Mistake] = {mistake.name: mistake for mistake in _ROWS}
RIGHT = Mistake("right", "the right pass", _at_overwritten)


def mistake_called(kind: str) -> Mistake:
    if kind not in MISTAKES:
        raise ArgumentError(f"no mistake is called {kind!r}: there are {', '.join(MISTAKES)}")
    return MISTAKES[kind]


def outcome(mistake: Mistake, graph: Graph) -> dict[Any, float]:
    """Return every node's grad after a pass with this mistake."""
    grads, _ = mistake.start(graph)
    for _ in mistake.follow(graph, grads):
        pass
    return grads


# --- Break it ----------------------------------------------------------------------------------------------


@public
class broken:  # noqa: N801 - a context manager, as no_grad is
    """Make one mistake in every backward() inside ``with broken(kind):``; at its end, Value is repaired.

    kind: no_accumulate, naive_recursion, visited_set_dfs, operands_as_set, no_zero_grad (zero_grad() does
    nothing), inner_kept, exp_slope_is_input, tanh_slope_from_input, no_seed. Raises ArgumentError for any other.

    >>> from autograd import Value
    >>> a = Value(1.0)
    >>> b = a + a; f = b * (b + 1)
    >>> with broken("no_accumulate"):
    ...     f.backward()
    >>> a.grad
    2.0
    """

    def __init__(self, kind: str) -> None:
        self.mistake = mistake_called(kind)

    def __enter__(self) -> Mistake:
        from ..value import Value

        mistake = self.mistake
        self._whole = Value.backward, Value.zero_grad

        def backward(self: Value, gradient: float = 1.0, retain_graph: bool | None = None) -> None:
            _run_broken(mistake, self, gradient)

        if mistake.keeps == "leaves":
            Value.zero_grad = lambda self: None
        else:
            Value.backward = backward
        return mistake

    def __exit__(self, *_: object) -> None:
        from ..value import Value

        Value.backward, Value.zero_grad = self._whole


def _run_broken(mistake: Mistake, root: Any, gradient: float) -> None:
    """Run backward() with the mistake, on real grads."""
    graph = Graph(root)
    if excuse := mistake.takes_for_ever(graph):
        raise ArgumentError(f"{excuse}; try it on a smaller graph")
    kept = mistake.keeps == "inner"
    grads = {node: 0.0 if node.operands and not kept else node.grad or 0.0 for node in graph.nodes}
    grads[root] = mistake.seed * gradient if root.operands else grads[root] + mistake.seed * gradient
    for _ in mistake.follow(graph, grads):
        pass
    for node, grad in grads.items():
        node.grad = grad


# --- Recognise it ------------------------------------------------------------------------------------------


def phrases_for(graph: Graph, x: Node, read: Guess) -> list[str]:
    """Return the mistakes that give a wrong number, by their phrases."""
    return [mistake.phrase for mistake in fitting(graph, x, read, gradients(graph)[x])[0]]


def fitting(graph: Graph, x: Node, read: Guess, truth: float) -> tuple[list[Mistake], list[str]]:
    """Return the mistakes that give a wrong number, and the sentences about those that were not tried."""
    found: list[Mistake] = []
    skipped: list[str] = []
    for mistake in MISTAKES.values():
        if excuse := mistake.takes_for_ever(graph):
            skipped.append(f"  ({excuse}, so it was not tried)")
        else:
            with suppress(SingularityError):  # where a slope is infinite, the pass gives no number
                wrong = outcome(mistake, graph)[x]
                if read.agrees(wrong) and not same(wrong, truth):
                    found.append(mistake)
    return found, skipped
