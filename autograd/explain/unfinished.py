"""A backward pass that an interrupt has stopped is finished before the interrupt goes on: no leaf keeps a part of its gradient.

The pass keeps no account of what it has done, which would make it slower. But the traceback says at which instruction it was,
and the frame has its variables.
"""

from __future__ import annotations

from contextlib import suppress
from dis import get_instructions
from types import CodeType, TracebackType
from typing import Any

from ..errors import AutogradError, SingularityError
from ..graph import grad_before, walk
from ..node import write
from .failures import stopped

__all__ = ["ended"]


def ended(root: Any, error: BaseException) -> BaseException:
    """Return what to raise when `error` has stopped the backward pass of `root`, which calls this."""
    trail = error.__traceback__
    assert trail is not None
    if isinstance(error, SingularityError):  # an infinite partial, such as sqrt's at 0
        return stopped(root, trail.tb_frame.f_locals["node"])
    if not isinstance(error, AutogradError):
        with suppress(ArithmeticError, AutogradError):  # then it would have come to nothing anyway
            _finish(root, trail)
    return error


def _finish(root: Any, trail: TracebackType) -> None:
    variables = trail.tb_frame.f_locals
    last, made = _made(trail.tb_frame.f_code, trail.tb_lasti, variables)
    nodes: list[Any] = walk(root)[::-1]
    grads: dict[Any, float] = {node: 0.0 if node.op else _grad(node, root) for node in nodes}
    grads[root] = variables["gradient"]
    is_over = last is None  # whether what has been made lies behind us
    for node in nodes:
        for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
            if partial is not None and (is_over or operand.op or (node is last and k >= made)):
                grads[operand] += partial * grads[node]
        is_over = is_over or node is last
    write(grads, "grad", grads.values())


def _grad(leaf: Any, root: Any) -> float:
    return leaf.grad if type(leaf.grad) is float else grad_before(leaf, root) or 0.0


def _made(code: CodeType, at: int, variables: Any) -> tuple[Any, int]:
    """Return the node whose edges were made last, and how many of them; None if the chain rule had not begun."""
    loops = [one.offset for one in get_instructions(code) if one.opname == "FOR_ITER"]
    stores = [one.offset for one in get_instructions(code) if one.opname == "STORE_ATTR" and one.argval == "grad"]
    (nodes, edges), (wide, first, second), node = loops[-2:], stores[-3:], variables.get("node")
    if at < nodes or node is None:
        return None, 0
    if at == nodes:
        return node, len(node.operands)
    if type(node.a) is not tuple:
        return node, (at > first) + (at > second)
    if at < edges:
        return node, 0
    begun = len(node.a) - len([*variables["edges"]])
    return node, begun - (edges < at <= wide)
