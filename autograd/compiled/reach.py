"""Which parameters a gradient comes to: that depends on nothing but what is picked.

>>> from autograd import Value
>>> from autograd.compiled.tracing import trace
>>> import nn.functional as F
>>> a, b, c = Value(1.0), Value(2.0), Value(3.0)
>>> reach = Reach(trace(lambda i: F.pick([a, b * c], i) * a, (0,), [a, b, c]), [a, b, c])
>>> list(reach.of([(0,)])), list(reach.of([(0,), (1,)]))
([1, 0, 0], [1, 1, 1])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from .program import PICK, Program

__all__ = ["Reach"]

_TO_BYTES = bytes.maketrans(b"01", b"\0\1")
_Below = tuple[int, list[Any]]  # parameters, as bits by their place, and the picks that a gradient stops at


@lru_cache(maxsize=1024)
def _as_bytes(mask: int, count: int) -> bytes:
    """`count` bits from the lowest on, each as a byte."""
    return f"{mask:0{count}b}"[::-1].encode().translate(_TO_BYTES) if count else b""


class Reach:
    """The parameters that the gradient of a program's root comes to, of all `parameters` of a compiled step.

    varies: whether it depends on what is picked. deep: whether more than parameters are picked among.
    """

    def __init__(self, program: Program, parameters: Sequence[Any]) -> None:
        self._count = len(parameters)
        self._bit = {p: 1 << i for i, p in enumerate(parameters)}
        self._mask, self._picks, always = self._descend([program.root], program.active)
        self._others = program.active - always  # the nodes that it comes to if they are picked
        place = {node: i for i, node in enumerate(program.inputs)}
        self._index = {pick: place[pick.operands[0]] for pick in program.picks}
        self._below: dict[
            tuple[Any, int], _Below
        ] = {}  # what picks choose, by the pick or the place of its index, and the index
        self._by_index: dict[int, list[Any]] = {}  # the first picks, by the place of their index
        for pick in self._picks:
            self._by_index.setdefault(self._index[pick], []).append(pick)
        self.varies = bool(self._picks)
        self.deep = any(
            candidate in self._others and candidate not in self._bit
            for pick in program.picks
            for candidate in pick.operands[1:]
        )

    def of(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """For each parameter 1 or 0: whether a gradient comes to it from any of these rows of inputs."""
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
        """What a gradient comes to from what these picks choose."""
        found = self._below.get((key, index))
        if found is None:
            mask, more, _ = self._descend([pick.operands[1 + index] for pick in picks], self._others)
            found = self._below[key, index] = mask, more
        return found

    def _descend(self, starts: Iterable[Any], among: set[Any]) -> tuple[int, list[Any], set[Any]]:
        """What a gradient comes to from some of the nodes `among`, and the nodes on the way."""
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
