"""Backprop as a sequence of edges: each applies the chain rule, ``operand.grad += partial * node.grad``, or is undone.

Processing an edge keeps the old grad, and undoing the edge restores that very object. So after any mix of moves the
grads are those of `backward()`, bit for bit.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import ref

from ..errors import SingularityError
from ..explain.failures import stopped
from ..explain.phrases import short, which
from ..explain.staleness import same
from ..graph import Edge, Looked, grad_before, gradients
from ..modes import shared
from ..node import write
from .walker import Walker

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["Edges"]


class Edges(Walker):
    """The edges of a graph in the order of backprop; `position` of them have been processed, in real grads.

    If other code writes a grad between two moves, the next move restores the old one and says so.
    """

    what = "backprop"
    unit = "edge"
    quantity = "grad"

    def _prepare(self, fresh: bool | None) -> None:
        graph, nothing = self.graph, shared["NOT_REACHED"]
        self._nodes = []  # the node of each edge, in the order of backprop
        self._ks: list[int] = []  # which operand of the node each edge leads to
        self._left = dict.fromkeys(graph.nodes, 0)  # how many contributions each node still waits for
        for node in reversed(graph.nodes):
            for k, partial in enumerate(node.partials):
                if partial is not None:
                    self._nodes.append(node)
                    self._ks.append(k)
                    self._left[node.operands[k]] += 1
        self._due = self._left.copy()
        self._history: list[tuple[float, int]] = []  # for each edge processed: grad before, contributions left after
        self._grads_found = {node: node.grad for node in graph.nodes}
        self._before = {node: grad_before(node, graph.root) for node in graph.nodes if not node.operands}
        self._me = ref(graph.root)
        if fresh is None:
            fresh = self._left_by_backward()
        grads = {
            node: nothing if fresh or (before := self._before.get(node)) is None else before for node in graph.nodes
        }
        self._earlier = {node for node, grad in grads.items() if grad is not nothing}
        grads[graph.root] += 1.0
        self._written = grads
        try:
            write(graph.nodes, "grad", grads.values())
        except BaseException:  # an interrupt
            self._restore()
            raise

    def _left_by_backward(self) -> bool:
        """Return whether the leaves hold exactly what one backward() of this result leaves: then that pass is shown."""
        root, before = self.graph.root, self._before
        if not root.reached or any(grad is None or grad is shared["NOT_REACHED"] for grad in before.values()):
            return False
        truth = gradients(self.graph)
        return all(same(grad, truth[leaf]) for leaf, grad in before.items())

    @property
    def earlier(self) -> frozenset[Node]:
        """The nodes that held a gradient from an earlier pass when this one began."""
        return frozenset(self._earlier)

    @property
    def edge(self) -> Edge | None:
        """The edge that comes next, or None at the end."""
        return None if self.done else self._edge(self.position)

    def _edge(self, i: int) -> Edge:
        return Edge(self.graph, self._nodes[i], self._ks[i])

    def _arrival(self, i: int) -> Any:
        return self._nodes[i].operands[self._ks[i]]

    def _parameters(self, made: list[int]) -> list[Any]:
        return [node for node in dict.fromkeys(map(self._arrival, made)) if not node.operands]

    def state(self, node: Node, k: int) -> str:
        """Return the state of the edge from a node to its k-th operand: "thick", "done" or "pending"."""
        i = self._places[node, k]
        return "thick" if i in self.thick() else "done" if i < self.position else "pending"

    @cached_property
    def _places(self) -> dict[tuple[Any, int], int]:
        return {place: i for i, place in enumerate(zip(self._nodes, self._ks))}

    def _place(self, node: Any) -> int:
        return len(self.graph) - 1 - self.graph.index[node]

    def _at_place(self, i: int) -> Any:
        return self.graph.nodes[-1 - i]

    def _is_complete(self, node: Any) -> bool:
        return not self._left[node]

    def _complete_text(self, node: Any) -> str:
        return f"{self.name(node)}.grad = {short(node.grad)} is complete"

    def _next_text(self) -> str:
        return self._arrow(self._edge(self.position))

    def _arrow(self, edge: Edge) -> str:
        again = which(edge)
        return f"{self.name(edge.node)} -> {self.name(edge.operand)}" + (f"  ({again})" if again else "")

    def met(self, node: Node) -> str:
        """Stop at a leaf when it is complete."""
        if node.operands:
            return super().met(node)
        return self.name(node) if node is self.latest and self._is_complete(node) else ""

    # --- One edge more, one edge less ---

    def _make(self) -> str:
        i = self.position
        node, k = self._nodes[i], self._ks[i]
        operand = node.operands[k]
        note = self._guard(node, operand)
        before = operand.grad
        try:
            after = before + node.partials[k] * node.grad
        except SingularityError:
            raise stopped(self.graph.root, node, self.graph) from None
        if not operand.operands:
            after = Looked(after, self._before[operand], self._me)
        self._history.append((before, self._left[operand] - 1))  # first, for _settle
        operand.grad = self._written[operand] = after
        self._left[operand] -= 1
        self.position = i + 1
        return note

    def _take_back(self) -> str:
        i = self.position - 1
        note = self._guard(self._nodes[i], self._arrival(i))
        self._settle(i)
        return note

    def _settle(self, position: int) -> None:
        self.position = position
        for i in reversed(range(position, len(self._history))):
            operand, (before, left) = self._arrival(i), self._history[i]
            operand.grad = self._written[operand] = before
            self._left[operand] = left + 1
        del self._history[position:]

    def _guard(self, *nodes: Any) -> str:
        """Restore every grad if other code wrote one of them."""
        for node in nodes:
            if note := self._rewritten_text(node):
                for other, written in self._written.items():
                    other.grad = written
                return f"{note}: put back"
        return ""

    def _rewritten_text(self, node: Any) -> str:
        """Return the sentence about a grad that other code wrote, if there is one."""
        grad = node.grad
        ours = self._written.get(node, grad)
        if grad is ours or grad == ours:
            return ""
        return f"{self.name(node)}.grad was changed from outside, from {short(ours)} to {short(grad)}"

    def _restore(self) -> None:
        super()._restore()
        write(self._grads_found, "grad", self._grads_found.values())
