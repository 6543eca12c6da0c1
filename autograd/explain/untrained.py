"""Training that changes nothing: the errors for steps that would leave their parameters unchanged.

Each mistake is reported at the first call that can notice it: an assignment, ``backward()``, ``optimizer.step()``.

>>> from autograd import Value, no_grad
>>> w = Value(3.0)
>>> (w * w).backward()
>>> with no_grad():
...     w -= 0.1 * w.grad
Traceback (most recent call last):
    ...
autograd.errors.ArgumentError: w -= ... makes a new Value, and the old one keeps its number: write w.data -= lr * w.grad
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import ArgumentError, GraphError
from ..frames import users_frame
from ..modes import PARAMETER, here, is_on
from ..node import Node
from ..ops import Op
from .failures import names_of

__all__ = [
    "as_number",
    "as_truth",
    "in_place",
    "no_gradient",
    "no_parameter",
    "not_recorded",
    "only_leaf",
    "used_up",
]


def in_place(op: Op, leaf: Node, other: object) -> ArgumentError | None:
    """Return the error for ``p -= lr * p.grad``; None if a new Value may be wanted, as in ``out = bias; out += w * x``.

    This is checked for parameters, and for every leaf inside a mode.
    """
    inside = here.scope is not None or users_frame().f_code.co_name in (
        "forward",
        "__call__",
    )  # a model computes something there
    if hasattr(other, "partials") or inside:
        return None
    is_update = leaf.reached or (op.symbol == "-" and other == 0)  # without a gradient, the update subtracts lr * 0
    if not is_update:
        return None
    if leaf.scope is not PARAMETER and not is_on("no_grad"):
        return None
    name = names_of([leaf])[0] or "p"
    written = "p" if re.search(r"\.\d", name) else name  # layers.0 is not valid Python
    move = f"{op.symbol}= lr * {written}.grad" if op.symbol in "+-" else f"{op.symbol}= {other!r}"
    return ArgumentError(
        f"{name} {op.symbol}= ... makes a new Value, and the old one keeps its number: write {written}.data {move}"
    )


def not_recorded(leaf: Node) -> GraphError:
    """Return the error for backward() of something unrecorded."""
    return GraphError(
        f"backward() of {_called(leaf, 'a result')}: it was made inside no_grad() or by detach(), so no gradient can "
        "flow back from it. Compute it outside no_grad(), from the parameters themselves"
    )


def no_gradient(
    caller: str, params: Sequence[Node], fix: str = "Call loss.backward() after zero_grad() and before step()"
) -> GraphError:
    """Return the error for an update when no gradient has reached any parameter."""
    name = names_of(params[:1])[0]
    which = name or "the parameter"
    if len(params) > 1:
        which = f"any of the {len(params)} parameters{f', such as {name}' if name else ''}"
    return GraphError(
        f"{caller}: no gradient has reached {which}. {fix}, and compute the loss from these parameters, not from their .data"
    )


def used_up(caller: str, params: object) -> ArgumentError:
    """Return the error for an iterator of parameters that yields none."""
    return ArgumentError(
        f"{caller}: want parameters, got none: a {type(params).__name__} yields its items only once, and this one is used up. "
        "Make a list of it first, list(params)"
    )


def only_leaf(result: Node) -> Node | None:
    """Return the leaf if something was computed from one leaf and plain numbers alone; otherwise None.

    >>> from autograd import Value
    >>> w, x = Value(2.0, label="w"), Value(3.0)
    >>> only_leaf(w - 0.1 * w), only_leaf(w - x)
    (Value(2.0, grad not reached, label='w'), None)
    """
    found: Node | None = None
    seen: set[Any] = set()
    stack: list[Any] = [result]
    while stack:
        node = stack.pop()
        if node in seen or isinstance(node, float):
            continue
        seen.add(node)
        if node.op is None:
            if found is not None:
                return None
            found = node
        stack += node.operands
    return found


def no_parameter(name: str, result: Node, is_one: bool) -> ArgumentError:
    """Return the error for a computed Value in a module, such as ``Line.w``. is_one: whether it replaces a parameter."""
    op = result.op.name if result.op else "an operation"
    if is_one:
        return ArgumentError(
            f"{name} is a parameter, but the result of {op} is not: no optimiser would move it. Move a parameter by its "
            f"number, as in p.data -= lr * p.grad"
        )
    return ArgumentError(
        f"{name} would be the result of {op}, which is not a parameter: no optimiser would move it. Compute the number first, "
        f"as in Value({result.data!r})"
    )


def as_truth(value: Node) -> ArgumentError:
    """Return the error for ``if loss:``."""
    name = names_of([value])[0] or "v"
    return ArgumentError(
        f"the truth value of {_called(value)} could mean that its number is not 0, or that it exists: write "
        f"{name}.data != 0 for the first, {name} is not None for the second"
    )


def as_number(value: Node, number: object) -> ArgumentError:
    """Return the error for ``loss == 0``."""
    name = names_of([value])[0] or "v"
    return ArgumentError(
        f"{_called(value)} == {number!r} compares a node of a graph with a number, which are never the same: "
        f"write {name}.data == {number!r}"
    )


def _called(value: Node, else_: str = "") -> str:
    name = names_of([value])[0]
    return name or else_ or repr(value)
