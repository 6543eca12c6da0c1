"""A graph to be computed again and again: what is given anew each time, what follows from it, and where slopes go.

>>> from autograd import Value
>>> w, x = Value(3.0, label="w"), Value(2.0, label="x")
>>> program = Program((w * x + 1).tanh(), parameters=[w], inputs=[x])
>>> [program.name(node) for node in program.order]
['v2', 'v3', 'v4']
>>> [program.name(node) for node in program.order if node in program.per_row]
['v2', 'v3', 'v4']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..graph import Graph
from ..ops import Op

__all__ = ["PICK", "Program"]

# The one node that is no row of the table: operand 0 is an index, and the result is that one of the others.
PICK = Op("pick")
PICK.name = PICK.symbol = "pick"
PICK.lists = ()


class Program(Graph):
    """The listing of `root` with the roles of its leaves; a name for every node.

    inputs: leaves that are given anew at each call. parameters: leaves whose gradients are wanted; those that
    root does not depend on are left out. Any other leaf is a `constant`: its data is read, and nothing flows to it.

    order: every node with operands, operands first. active: the nodes that a gradient flows through: root depends on
    them, and they on a parameter, not only inside no_grad(); and all parameters. useful: the same, without the
    parameters that no gradient comes to, whatever is picked. per_row: those that depend on an input. Plain numbers in the user's code (inputs, and what was computed from them alone) are nodes here, but are not
    counted in names, so that ``v7`` is the same as in a drawing.
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
        wanted = dict.fromkeys(parameters)
        given = set(inputs)
        self.inputs = list(inputs)
        self.parameters = [p for p in wanted if p in self.index]
        self.constants = [node for node in walked if not node.operands and node not in wanted and node not in given]
        self.order = [node for node in walked if node.operands]
        self.per_row = _following(self.order, inputs)
        self.useful = _leading_to(self.order, root, _following(self.order, self.parameters, flowing=True))
        self.active = {*self.parameters, *self.useful}
        self.picks = [node for node in self.order if node.op is PICK]
        uncounted = dict.fromkeys(n for n in [*inputs, *walked] if getattr(n, "plain", False) or n.op is PICK)
        self._uncounted = {node: node.label or f"n{i}" for i, node in enumerate(uncounted)}
        self.nodes = [node for node in walked if node not in self._uncounted]
        self.index = {node: i for i, node in enumerate(self.nodes)}

    def name(self, node: Any) -> str:
        """The node's name; of an input the place in the arguments, ``x[0]``; of a constant its number."""
        return self._uncounted.get(node) or super().name(node)


def _following(order: Iterable[Any], leaves: Iterable[Any], flowing: bool = False) -> set[Any]:
    """These leaves and what is computed from them; `flowing`: but for what no gradient flows through."""
    found = set(leaves)
    for node in order:
        if not found.isdisjoint(node.operands) and not (flowing and node.da is None and node.db is None):
            found.add(node)
    return found


def _leading_to(order: Sequence[Any], root: Any, among: set[Any]) -> set[Any]:
    """Those of the nodes `among` that root is computed from, and root if it is one."""
    found = {root} & among
    for node in reversed(order):
        if node in found:
            found |= among.intersection(node.operands)
    return found
