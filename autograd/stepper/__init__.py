"""Stepping through a graph forwards and back: backprop edge by edge, or the forward pass operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from ..errors import ArgumentError
from ..explain.failures import known_options
from .backprop import Stepper
from .forward import ForwardStepper
from .guesses import Predicted
from .moved import Moved

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["ForwardStepper", "Moved", "Predicted", "Stepper", "step_through"]


@overload
def step_through(
    root: Node, *, forward: Literal[False] = False, fresh: bool | None = None, constants: bool = False
) -> Stepper: ...


@overload
def step_through(root: Node, *, forward: Literal[True], constants: bool = False) -> ForwardStepper: ...


@overload
def step_through(
    root: Node, *, forward: bool, fresh: bool | None = None, constants: bool = False
) -> Stepper | ForwardStepper: ...


@known_options
def step_through(
    root: Node, *, forward: bool = False, fresh: bool | None = None, constants: bool = False
) -> Stepper | ForwardStepper:
    """Return a Stepper on the graph of `root` or, with ``forward=True``, a ForwardStepper, which has no `fresh`."""
    if not forward:
        return Stepper(root, fresh=fresh, constants=constants)
    if fresh:
        raise ArgumentError("fresh is about grads, and a forward pass has none: want fresh or forward, not both")
    return ForwardStepper(root, constants=constants)
