"""A graph to compute repeatedly: what is new each time, what follows from it, and where gradients flow.

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
from functools import lru_cache
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
        """Return a node's name; for an input, its place in the arguments, ``x[0]``; for a constant, its number."""
        return self._uncounted.get(node) or super().name(node)


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


# --- Which parameters a gradient reaches ----------------------------------------------------------------------

_TO_BYTES = bytes.maketrans(b"01", b"\0\1")
_Below = tuple[int, list[Any]]  # parameters as bits, by place, and the picks where a gradient stops


@lru_cache(maxsize=1024)
def _as_bytes(mask: int, count: int) -> bytes:
    """Return the lowest `count` bits, each as a byte."""
    return f"{mask:0{count}b}"[::-1].encode().translate(_TO_BYTES) if count else b""


class Reach:
    """The parameters that the gradient of a program's root reaches, among all `parameters` of a compiled step.

    varies: whether these depend on what is picked. deep: whether anything other than parameters can be picked.

    >>> from autograd import Value
    >>> from autograd.compiled.tracing import trace
    >>> import nn.functional as F
    >>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
    >>> reach = Reach(trace(lambda i: F.pick([a, b * c], i) * a, (0,), [a, b, c]), [a, b, c])
    >>> list(reach.of([(0,)])), list(reach.of([(0,), (1,)]))
    ([1, 0, 0], [1, 1, 1])
    """

    def __init__(self, program: Program, parameters: Sequence[Any]) -> None:
        self._count = len(parameters)
        self._bit = {p: 1 << i for i, p in enumerate(parameters)}
        self._mask, self._picks, always = self._descend([program.root], program.active)
        self._others = program.active - always  # the nodes that a gradient reaches only if they are picked
        place = {node: i for i, node in enumerate(program.inputs)}
        self._index = {pick: place[pick.operands[0]] for pick in program.picks}
        self._below: dict[
            tuple[Any, int], _Below
        ] = {}  # the candidates of picks: the key is the pick, or the place of its index, and the index
        self._by_index: dict[int, list[Any]] = {}  # the topmost picks, by the place of their index
        for pick in self._picks:
            self._by_index.setdefault(self._index[pick], []).append(pick)
        self.varies = bool(self._picks)
        self.deep = any(
            candidate in self._others and candidate not in self._bit
            for pick in program.picks
            for candidate in pick.operands[1:]
        )

    def of(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Return 1 or 0 for each parameter: whether a gradient reaches it from any of these rows of inputs."""
        mask = self._mask
        for row in rows if self.varies else ():
            pending = [(place, place, picks) for place, picks in self._by_index.items()]
            seen: set[Any] = set()
            while pending:
                key, place, picks = pending.pop()
                below, more = self._below_choice(key, picks, row[place])
                mask |= below
                pending += [(pick, self._index[pick], [pick]) for pick in more if pick not in seen]
                seen.update(more)
        return _as_bytes(mask, self._count)

    def _below_choice(self, key: Any, picks: list[Any], index: int) -> _Below:
        """Return what a gradient reaches from the nodes that these picks choose."""
        found = self._below.get((key, index))
        if found is None:
            mask, more, _ = self._descend([pick.operands[1 + index] for pick in picks], self._others)
            found = self._below[key, index] = mask, more
        return found

    def _descend(self, starts: Iterable[Any], among: set[Any]) -> tuple[int, list[Any], set[Any]]:
        """Return what a gradient reaches from some of the nodes `among`, and the nodes on the way."""
        mask = 0
        picks: list[Any] = []
        seen = among.intersection(starts)
        stack = [*seen]
        while stack:
            node = stack.pop()
            mask |= self._bit.get(node, 0)
            if node.op is PICK:
                picks.append(node)
            elif found := among.intersection(node.operands) - seen:
                seen |= found
                stack += found
        return mask, picks, seen
