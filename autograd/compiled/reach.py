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
        self._program = program
        self._count = len(parameters)
        self._bit = {p: 1 << i for i, p in enumerate(parameters)}
        self._always: set[Any] = set()  # the nodes that it comes to, whatever is picked
        self._known: dict[Any, _Below] = {}
        self._mask, picks = self._descend(program.root, self._always)
        place = {node: i for i, node in enumerate(program.inputs)}
        self._index = {pick: place[pick.operands[0]] for pick in program.picks}
        self._picks: dict[int, list[Any]] = {}  # those that it comes to always, by the place of their index
        for pick in picks:
            self._picks.setdefault(self._index[pick], []).append(pick)
        self._bytes = _as_bytes(self._mask, self._count)
        self._chosen: dict[tuple[int, int], _Below] = {}  # below what they choose, by the place and the index
        self.varies = bool(picks)
        self.deep = any(
            candidate in program.active and candidate not in self._bit and candidate not in self._always
            for pick in program.picks
            for candidate in pick.operands[1:]
        )

    def of(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """For each parameter 1 or 0: whether a gradient comes to it from any of these rows of inputs."""
        if not self.varies:
            return self._bytes
        mask = self._mask
        for row in rows:
            seen: set[Any] = set()
            for place in self._picks:
                below, picks = self._below_choice(place, row[place])
                mask |= below
                while picks:  # some that were chosen by others
                    pick = picks[-1]
                    picks = picks[:-1]
                    if pick not in seen:
                        seen.add(pick)
                        more, others = self._below(pick.operands[1 + row[self._index[pick]]])
                        mask |= more
                        picks = picks + others
        return _as_bytes(mask, self._count)

    def _below_choice(self, place: int, index: int) -> _Below:
        if (place, index) not in self._chosen:
            mask, picks = 0, []
            for pick in self._picks[place]:
                below, others = self._below(pick.operands[1 + index])
                mask |= below
                picks = picks + others
            self._chosen[place, index] = mask, picks
        return self._chosen[place, index]

    def _below(self, node: Any) -> _Below:
        """What a gradient comes to from a node, if it is not there always."""
        if node not in self._program.active or node in self._always:
            return 0, []
        if not node.operands:
            return self._bit.get(node, 0), []
        if node not in self._known:
            self._known[node] = self._descend(node, set(self._always))
        return self._known[node]

    def _descend(self, start: Any, seen: set[Any]) -> _Below:
        """What a gradient comes to from `start`, but for what is `seen`, to which it adds the nodes on the way."""
        mask = 0
        picks: list[Any] = []
        left = self._program.active - seen
        stack = [start] if start in left else []
        left.discard(start)
        while stack:
            node = stack.pop()
            seen.add(node)
            mask |= self._bit.get(node, 0)
            if node.op is PICK:
                picks.append(node)
            else:
                found = left.intersection(node.operands)
                left -= found
                stack += found
        return mask, picks
