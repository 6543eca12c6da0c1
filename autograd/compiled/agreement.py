"""Whether a trace is what the function itself does: its graph is compared with the one recorded on the numbers themselves.

In a traced function a number is a stand-in, which `type(x)`, `isinstance(x, Value)` or a text of it can tell from a
number. A function that goes another way for one of these is not compiled: it is run once as it stands, on the
arguments that it was traced with.

    >>> from autograd import Value
    >>> from autograd.compiled.tracing import trace
    >>> w = Value(3.0)
    >>> def loss(x):
    ...     return w * x if type(x) is float else w + x
    >>> disagreement(trace(loss, (2.0,), [w]), [2.0], loss(2.0))
    (Traced(add), Value(6.0, grad not reached), None)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from ..careful import evaluate
from ..errors import TraceError
from ..garbage import collecting_nothing
from ..source import record_source, source_of
from ..value import Value
from .program import PICK, Program

__all__ = ["disagreement", "ensure_agreement"]

_NEAR = 1e-9  # relative: plain ints are exact where floats round, and from Python 3.12 on sum() rounds once for all


@collecting_nothing()
def ensure_agreement(
    trace: Callable[[], Program], program: Program, function: Callable[[], Any], inputs: Sequence[float]
) -> None:
    """Raise TraceError, naming the line, if `program`, the result of `trace`, is not what `function` does on `inputs`."""
    if disagreement(program, inputs, function()) is None:
        return
    with record_source():
        found = disagreement(trace(), inputs, function())
    if found is not None:
        traced, own, user = found
        lines = (source_of(value) for value in (own, user, traced) if isinstance(value, Value))
        raise TraceError(
            f"{next(filter(None, lines), '')}\nthe function computes {_named(own)} as it stands, and {_named(traced)} "
            "when it is traced, where stand-ins take the place of numbers: do not ask for an argument's type or text "
            "in it. Pass a bool or a str as an argument to say which way it goes".lstrip()
        )


def _named(value: Any) -> str:
    if not isinstance(value, Value):
        return f"with {value!r}"
    return value.op.name if value.op else f"with {value.label or 'another leaf'}"


def disagreement(program: Program, inputs: Sequence[float], result: Any) -> tuple[Any, Any, Any] | None:
    """Two values, of a traced `program` and of the graph of `result`, that should be the same; None if all are.

    inputs: the numbers that both were made with. The third of the answer is the value that is computed from them in
    the graph of `result`, if there is one.
    """
    numbers = dict(zip(program.inputs, inputs))
    twins: dict[Any, Any] = {}  # of a value in the graph of `result` the traced one it has been compared with
    pending: list[tuple[Any, Any, Any]] = [(program.root, result, None)]
    while pending:
        traced, own, user = pending.pop()
        while getattr(traced, "op", None) is PICK:
            traced = _picked(traced, numbers)
        if traced is own or (type(own) is float and own == traced):
            continue
        if not isinstance(own, Value) or not own.operands:
            if not _is_that_leaf(traced, own, program, numbers):
                return traced, own, user
        elif getattr(traced, "op", None) is not own.op or len(traced.operands) != len(own.operands):
            return traced, own, user
        elif twins.get(own) is not traced:
            twins[own] = traced
            pending += zip(traced.operands, own.operands, repeat(own))
    return None


def _is_that_leaf(traced: Any, own: Any, program: Program, numbers: dict[Any, float]) -> bool:
    """Whether what is traced stands for a number, or a Value without operands."""
    if isinstance(traced, Value):
        is_plain = getattr(traced, "plain", False)
        if not (traced.operands or is_plain or traced in program.made) or _moves(traced, program, numbers):
            return False
    if not isinstance(own, (Value, float, int)) or own in program.index:
        return False
    return _near(_number(traced, numbers), own.data if isinstance(own, Value) else own)


def _moves(traced: Any, program: Program, numbers: dict[Any, float]) -> bool:
    """Whether a gradient goes through a value for what is picked here."""
    seen: set[Any] = set()
    pending = [traced]
    while pending:
        node = pending.pop()
        if node in program.moving and node not in seen:
            if not node.operands:
                return True
            seen.add(node)
            pending += [_picked(node, numbers)] if node.op is PICK else node.operands
    return False


def _near(x: float, y: float) -> bool:
    return x == y or math.isclose(x, y, rel_tol=_NEAR) or (x != x and y != y)


def _picked(pick: Any, numbers: dict[Any, float]) -> Any:
    return pick.operands[1 + int(_number(pick.operands[0], numbers))]


def _number(value: Any, numbers: dict[Any, float]) -> float:
    """What a value is that no gradient goes through; computed from the inputs, if it has not been yet."""
    pending = [value]
    while pending:
        node = pending[-1]
        if isinstance(node, float) or node in numbers:
            pending.pop()
        elif not node.operands:
            numbers[node] = node.data
        elif missing := [o for o in node.operands if not isinstance(o, float) and o not in numbers]:
            pending += missing
        elif node.op is None or node.op is PICK:
            numbers[node] = _number(node.operands[0] if node.op is None else _picked(node, numbers), numbers)
        else:
            given = [o if isinstance(o, float) else float(numbers[o]) for o in node.operands]
            numbers[node] = evaluate(node.op, node.operands, given)
    return value if isinstance(value, float) else numbers[value]
