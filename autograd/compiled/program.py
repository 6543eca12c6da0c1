"""A graph to compute repeatedly: what is new each time, what follows from it, and where gradients flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..graph import Graph
from ..ops import Op

__all__ = ["PICK", "Program", "Reach"]

# The only operation that is not a row of the table: operand 0 is an index, and the result is the operand that it picks.
PICK = Op("pick")
PICK.name = PICK.symbol = "pick"
PICK.lists = ()


class Program(Graph):
    """The listing of `root` with the roles of its leaves, and a name for every node.

    inputs: leaves that are new at each call. parameters: leaves whose gradients are wanted; those that
    root does not depend on are left out. Any other leaf is a `constant`: its data is read, and nothing flows to it.

    order: every node with operands, operands first. active: all parameters, and the nodes that a gradient flows
    through: root depends on them, and they depend on a parameter, not only inside no_grad(). useful: the same, without
    the parameters that no gradient reaches, whatever is picked. per_row: those that depend on an input. Plain numbers
    in the user's code (inputs, and what was computed only from them) are nodes here, but do not count in names, so that
    ``v7`` is the same as in a drawing.
    """

    def __init__(
        self,
        root: Any,
        parameters: Iterable[Any],
        inputs: Sequence[Any] = (),
        names: Mapping[Any, str] | None = None,
        nodes: list[Any] | None = None,
    ) -> None:
        super().__init__(root, names, nodes)
        walked = self.nodes
        self.inputs = list(inputs)
        self.parameters = [p for p in dict.fromkeys(parameters) if p in self.index]
        given = {*self.inputs, *self.parameters}
        self.constants = [node for node in walked if not node.operands and node not in given]
        self.order = [node for node in walked if node.operands]
        self.per_row = _following(self.order, inputs)
        self.useful = _leading_to(self.order, root, _following(self.order, self.parameters, flowing=True))
        self.active = {*self.parameters, *self.useful}
        self.picks = [node for node in self.order if node.op is PICK]
        uncounted = dict.fromkeys(n for n in [*inputs, *walked] if getattr(n, "plain", False) or n.op is PICK)
        self.uncounted = {node: node.label or f"n{i}" for i, node in enumerate(uncounted)}
        self.nodes = [node for node in walked if node not in self.uncounted]
        self.index = {node: i for i, node in enumerate(self.nodes)}

    def name(self, node: Any) -> str:
        """Return a node's name; for an input, its position in the arguments, ``x[0]``; for a constant, its number."""
        return self.uncounted.get(node) or super().name(node)


def _following(order: Iterable[Any], leaves: Iterable[Any], flowing: bool = False) -> set[Any]:
    """Return these leaves and what is computed from them. flowing: only where a gradient flows."""
    found = set(leaves)
    for node in order:
        if not found.isdisjoint(node.operands) and not (flowing and node.da is None and node.db is None):
            found.add(node)
    return found


def _leading_to(order: Sequence[Any], root: Any, among: set[Any]) -> set[Any]:
    """Return the nodes `among` these that root is computed from, and root if it is one of them."""
    found = {root} & among
    for node in reversed(order):
        if node in found:
            found |= among.intersection(node.operands)
    return found


_Group = tuple[int, tuple[Any, ...]]  # the position of an index, and picks that it decides


class Reach:
    """The parameters that the gradient of a program's root reaches, among all `parameters` of a compiled step.

    varies: whether these depend on what is picked.
    """

    def __init__(self, program: Program, parameters: Sequence[Any]) -> None:
        self._places = {p: i for i, p in enumerate(parameters)}
        inputs = {node: i for i, node in enumerate(program.inputs)}
        self._index = {pick: inputs[pick.operands[0]] for pick in program.picks}
        self._below: dict[tuple[int, int], tuple[list[int], list[_Group]]] = {}  # keyed by the id of picks, and index
        self._others: set[Any] = program.active
        always, self._first = self._descend([program.root])
        self._always = bytes(map({*always}.__contains__, range(len(parameters))))
        self._others = program.active - self._seen  # the nodes that a gradient reaches only if they are picked
        self.varies = bool(self._first)

    def of(self, rows: Iterable[Sequence[Any]]) -> bytearray:
        """Return 1 or 0 for each parameter: whether a gradient reaches it from any of these rows of inputs."""
        found = bytearray(self._always)
        for row in rows if self.varies else ():
            pending, done = [*self._first], set[int]()
            while pending:
                i, picks = pending.pop()
                key = id(picks), int(row[i])
                if key not in self._below:
                    self._below[key] = self._descend([pick.operands[1 + key[1]] for pick in picks])
                places, more = self._below[key]
                for place in places:
                    found[place] = 1
                pending += [group for group in more if id(group[1]) not in done]
                done.update(id(picks) for _, picks in more)
        return found

    def _descend(self, starts: Iterable[Any]) -> tuple[list[int], list[_Group]]:
        """Return what a gradient reaches from nodes: the positions of parameters, and the groups of the next picks."""
        left, picks = {*self._others}, dict[int, list[Any]]()
        stack = [*left.intersection(starts)]
        left.difference_update(stack)
        while stack:
            node = stack.pop()
            if node.op is PICK:
                picks.setdefault(self._index[node], []).append(node)
            else:
                found = left.intersection(node.operands)
                left -= found
                stack += found
        self._seen = seen = self._others - left
        return [self._places[node] for node in seen if node in self._places], [(i, (*p,)) for i, p in picks.items()]
