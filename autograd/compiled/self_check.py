"""Check whether a compiled program does the same as the function itself, by comparing numbers on the same arguments."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import SingularityError
from ..explain.failures import stopped
from ..formula import add_up
from ..graph import walk
from ..modes import gc_paused, ieee
from ..slow_path import evaluate
from ..value import Value
from .program import PICK, Program

__all__ = ["Itself", "described", "first_difference"]

NEAR = 1e-12  # how close sums must be, relative to the sizes of their terms
_NEAR_PLAIN = 1e-9  # for plain numbers: ints are exact, and from Python 3.12 on, sum() rounds only once


class Itself:
    """Return the mean loss of the function itself on some rows, and the gradients of its leaves. No grad changes.

    Raises the same error as backward() where a gradient meets an infinite slope.
    """

    @gc_paused
    def __init__(self, results: Sequence[Any]) -> None:
        self.results = [result if isinstance(result, Value) else Value(result) for result in results]  # a picked number
        self._share = 1.0 / len(results)
        self.loss = add_up([result.data for result in self.results]) / len(results)
        self._graphs = [[*reversed(walk(result))] for result in self.results]
        self.gradients = self._adjoints()

    def _adjoints(self, sizes: bool = False) -> dict[Any, float]:
        """Add up, for each leaf, the products of partials along the paths from the results, or their sizes."""
        found: dict[Any, float] = {}
        for result, nodes in zip(self.results, self._graphs):
            adjoint: dict[Any, float] = defaultdict(float, {result: self._share})
            node = result
            try:
                for node in nodes:
                    if (upstream := adjoint.get(node)) is None:
                        continue
                    if node.op is None:
                        found[node] = found.get(node, 0.0) + upstream
                        continue
                    a = node.a  # read the slots: properties would cost as much as everything else
                    for operand, partial in zip(a, node.da) if type(a) is tuple else ((a, node.da), (node.b, node.db)):
                        if partial is not None:
                            adjoint[operand] += abs(partial) * upstream if sizes else partial * upstream
            except SingularityError:
                raise stopped(result, node) from None
        return found

    def differs(
        self, loss: float, gradients: Mapping[Any, float | None], near: float = NEAR, names: Any = repr
    ) -> str | None:
        """Say what differs in a program's result; return None if nothing does.

        Sums may be added up in a different order, so each may differ by `near` times the sizes of its terms; and numbers
        below the smallest normal float have few digits.
        """
        sizes: dict[Any, float] = {}
        for leaf, found in [*gradients.items(), (None, loss)]:
            wanted = self.loss if leaf is None else self.gradients.get(leaf)
            if found is None or wanted is None:
                if found is not wanted:
                    return f"the gradient of {names(leaf)} is {_shown(found)}, but {_shown(wanted)} for the function itself"
            elif not (found == wanted or _close(found, wanted, near)):
                if not sizes:
                    sizes = self._adjoints(sizes=True)
                    sizes[None] = add_up([abs(size * leaf.data) for leaf, size in sizes.items()])
                if not abs(found - wanted) <= near * sizes.get(leaf, 0.0) + sys.float_info.min:
                    what = "the loss" if leaf is None else f"the gradient of {names(leaf)}"
                    return f"{what} is {found!r}, but {wanted!r} for the function itself"
        return None


def _close(x: float, y: float, near: float) -> bool:
    return math.isclose(x, y, rel_tol=near) or (x != x and y != y)


def _shown(gradient: float | None) -> str:
    return "not reached" if gradient is None else repr(gradient)


def near_enough(program: Program) -> float:
    return _NEAR_PLAIN if any(node.operands and node.op is not PICK for node in program.uncounted) else NEAR


def first_difference(program: Program, inputs: Sequence[float], result: Any) -> tuple[Any, Any, Any] | None:
    """Find the first value of a traced `program`, operands first, that differs from its counterpart in the graph of
    `result`, and return both.

    inputs: the numbers that both were computed from. The third item returned is what is computed from them in the graph
    of `result`, if there is such a value. Returns None if all values are the same.
    """
    numbers = _numbers(program, inputs)
    known: dict[Any, Any] = {}  # maps a value in the graph of `result` to the traced one that it was compared with
    pending: list[tuple[Any, Any, Any, bool]] = [(program.root, result, None, False)]
    while pending:
        traced, own, user, done = pending.pop()
        while getattr(traced, "op", None) is PICK:
            traced = _picked(traced, numbers)
        computed = isinstance(own, Value) and own.operands
        if done or not computed:
            number = own.data if isinstance(own, Value) else own
            if not isinstance(number, (int, float)) or not _close(numbers.get(traced, traced), number, _NEAR_PLAIN):
                return traced, own, user
        elif getattr(traced, "op", None) is not own.op or len(traced.operands) != len(own.operands):
            return traced, own, user
        elif known.get(own) is not traced:
            known[own] = traced
            pending.append((traced, own, user, True))
            pending += [(*pair, own, False) for pair in reversed([*zip(traced.operands, own.operands)])]
    return None


@ieee()  # the function may be in ieee() where a trace shows no mode
def _numbers(program: Program, inputs: Sequence[float]) -> dict[Any, Any]:
    numbers: dict[Any, Any] = dict(zip(program.inputs, map(float, inputs)))
    numbers.update((leaf, leaf.data) for leaf in (*program.parameters, *program.constants))
    for node in program.order:
        if node.op is None or node.op is PICK:
            chosen = node.operands[0] if node.op is None else _picked(node, numbers)
            numbers[node] = numbers.get(chosen, chosen)
        else:
            numbers[node] = evaluate(node.op, node.operands, [numbers.get(o, o) for o in node.operands])
    return numbers


def _picked(pick: Any, numbers: dict[Any, Any]) -> Any:
    return pick.operands[1 + int(numbers[pick.operands[0]])]


def described(traced_value: Any, own: Any, _: Any, program: Program) -> str:
    """Describe the value where a program and the function itself disagree, in the learner's names."""
    if not isinstance(traced_value, Value):
        return f"the number {traced_value!r}, which is {own!r} for the function itself"
    what = traced_value.op.name if traced_value.op else "a leaf"
    its = f"{own.op.name if own.op else 'a leaf'} ({own.data!r})" if isinstance(own, Value) else repr(own)
    return f"{program.name(traced_value)} ({what}), which is {its} for the function itself"
