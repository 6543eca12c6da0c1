"""Stepping through a graph forwards and back: backprop edge by edge, or the forward pass operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from ..elsewhere import answer_calls
from ..errors import ArgumentError
from ..explain.failures import known_options
from ..slow_path import real
from .backprop import Stepper
from .forward import ForwardStepper
from .guesses import Predicted
from .moved import Moved

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["ForwardStepper", "Moved", "Predicted", "Stepper", "step_through"]
answer_calls(__name__)


@overload
def step_through(
    root: Node,
    *,
    forward: Literal[False] = False,
    fresh: bool | None = None,
    constants: bool = False,
    gradient: float = 1.0,
) -> Stepper: ...


@overload
def step_through(root: Node, *, forward: Literal[True], constants: bool = False) -> ForwardStepper: ...


@overload
def step_through(
    root: Node, *, forward: bool, fresh: bool | None = None, constants: bool = False, gradient: float = 1.0
) -> Stepper | ForwardStepper: ...


@known_options
def step_through(
    root: Node, *, forward: bool = False, fresh: bool | None = None, constants: bool = False, gradient: float = 1.0
) -> Stepper | ForwardStepper:
    """Return a Stepper on the graph of `root` or, with ``forward=True``, a ForwardStepper, which has no `fresh`.

    gradient: the result's own, as in ``backward(gradient)``. If it is not 1, the product gradient * root is stepped
    through: its first edge passes that gradient on to root.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a"); f = a * a; bp = f.step_through(gradient=0.5)
    >>> _ = bp.run(); f.grad, a.grad
    (0.5, 3.0)
    """
    gradient = real(gradient, "a real number as gradient")
    if not forward:
        scaled: Any = root
        if gradient != 1:
            scaled = scaled * gradient
            if scaled.op is None:
                raise ArgumentError(
                    "step_through(gradient=...) makes a product, which no_grad() would not record: leave it first"
                )
        return Stepper(scaled, fresh=fresh, constants=constants)
    if gradient != 1:
        raise ArgumentError("gradient is where a backward pass begins: want gradient or forward, not both")
    if fresh:
        raise ArgumentError("fresh is about grads, and a forward pass has none: want fresh or forward, not both")
    return ForwardStepper(root, constants=constants)
