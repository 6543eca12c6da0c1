"""The parts of any training loop: a model's parameters, the optimizer that moves them, and what it remembers.

>>> from autograd import Value
>>> w = Value(3.0)
>>> descent = optimizer_of(0.1, [w])
>>> w.grad = 2.0
>>> descent.step(); descent, w.data
(p.data -= 0.1 * p.grad, 2.8)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ArgumentError, AutogradError
from ..explain.paths import columns
from ..explain.phrases import counted, short
from ..graph import Graph, recompute
from ..modes import shared
from ..node import write
from ..stepper.points import said_range

if TYPE_CHECKING:
    from ..node import Node

__all__ = [
    "Descent",
    "Done",
    "Losses",
    "Memory",
    "loss_now",
    "losses_text",
    "moves_text",
    "optimizer_of",
    "parameters_of",
    "side_by_side",
]


class Descent:
    """The update of a hand-written loop: ``p.data -= lr * p.grad``, or your own function."""

    def __init__(self, parameters: Sequence[Node], lr: float, function: Callable[[], object] | None = None) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        self.function = function

    def step(self) -> None:
        """Move every parameter against its gradient."""
        if self.function is not None:
            self.function()
            return
        write(self.parameters, "data", [p.data - self.lr * p.grad for p in self.parameters])

    def zero_grad(self) -> None:
        """Reset every gradient to "not reached"."""
        write(self.parameters, "grad", repeat(shared["NOT_REACHED"]))

    def __repr__(self) -> str:
        return f"p.data -= {self.lr:g} * p.grad" if self.function is None else f"{self.function!r}"


def parameters_of(model: Any) -> tuple[list[Any], dict[Any, str]]:
    """Return a model's parameters, and their names if they have any. Raises ArgumentError if it is not a model."""
    named, listed = getattr(model, "named_parameters", None), getattr(model, "parameters", None)
    names = {parameter: name for name, parameter in named()} if named else {}
    parameters = list(names) or list(listed() if listed else model if hasattr(model, "__iter__") else [])
    if not parameters or not all(hasattr(p, "partials") and hasattr(p, "grad") for p in parameters):
        raise ArgumentError(f"want a model that has parameters(), or a list of them, got {model!r}")
    return parameters, names


def optimizer_of(optimizer: Any, parameters: Sequence[Any]) -> Any:
    """Return an object with step() and zero_grad(): the optimizer, or a Descent for a learning rate or a function.

    Raises ArgumentError for anything else.
    """
    if isinstance(optimizer, (int, float)) and not isinstance(optimizer, bool):
        return Descent(parameters, float(optimizer))
    if hasattr(optimizer, "step") and hasattr(optimizer, "zero_grad"):
        return optimizer
    if callable(optimizer):
        return Descent(parameters, 0.0, optimizer)
    raise ArgumentError(
        f"want an optimizer with step() and zero_grad(), a learning rate or a function, got {optimizer!r}"
    )


class Memory:
    """A snapshot of all that training changes: the parameters, their gradients, and what the optimizer remembers."""

    def __init__(self, parameters: Sequence[Any], optimizer: Any) -> None:
        self._numbers = [(p, p.data, p.grad) for p in parameters]
        self._optimizer = optimizer
        self._by_dict = hasattr(optimizer, "state_dict") and hasattr(optimizer, "load_state_dict")
        self._kept = self._copied(optimizer.state_dict() if self._by_dict else vars(optimizer))

    def _copied(self, held: Any) -> Any:
        return deepcopy(held, {id(p): p for p, _, _ in self._numbers})  # a parameter remains the same object

    def put_back(self, grads: bool = True) -> None:
        """Restore the snapshot. grads: also the gradients."""
        parameters = [p for p, _, _ in self._numbers]
        write(parameters, "data", [data for _, data, _ in self._numbers])
        if grads:
            write(parameters, "grad", [grad for _, _, grad in self._numbers])
        if self._by_dict:
            self._optimizer.load_state_dict(self._copied(self._kept))
        else:
            vars(self._optimizer).update(self._copied(self._kept))


class Done(NamedTuple):
    """A phase that has been run. text: the sentence for when it is undone; back: undoes it."""

    phase: str
    text: str  # the sentence for when the phase is undone
    back: Callable[[], None]


class Losses(NamedTuple):
    """The loss of an update's batch before and after the update; nan if it no longer has a value."""

    before: float
    after: float

    def text(self, moved: Mapping[Any, float]) -> str:
        """Describe the change, and what the gradients predicted: the sum of each ``p.grad`` times its move."""
        predicted = 0.0
        for p, move in moved.items():
            predicted += p.grad * move
        return (
            f"loss {short(self.before)} -> {short(self.after)} on this batch: a change of {short(self.after - self.before)}, "
            f"where the gradients predict {short(predicted)}"
        )


def loss_now(graph: Graph, parameters: Sequence[Any]) -> float:
    """Compute the loss of the same batch with the current parameters; nan if it has no value."""
    try:
        new = recompute(graph, {p: p.data for p in parameters if p in graph})
    except AutogradError:
        return float("nan")
    root: Any = graph.root
    new.setdefault(root, root.data)
    return new[root]


def losses_text(losses: Sequence[Losses], start: int = 0, most: int | None = None) -> str:
    """Write the loss before and after each update from a given one on, but only for the last `most`."""
    told = [f"update {k}: loss {short(before)} -> {short(after)}" for k, (before, after) in enumerate(losses, 1)][
        start:
    ]
    if most is not None and len(told) > most:
        told = [f"... {len(told) - most} more ...", *told[-most:]]
    return "\n".join(told)


def moves_text(moved: Mapping[Any, float], name: Callable[[Any], str]) -> str:
    """Describe how far the parameters moved, and which one moved farthest."""
    if not moved:
        return "no parameter moved: has any gradient reached the parameters?"
    most = max(moved, key=lambda p: abs(moved[p]))
    told = said_range("grad", moved.values()).replace("|grad| from", "by").replace("|grad|", "by")
    which = f"most {name(most)}, {short(most.data - moved[most])} -> {short(most.data)}"
    return f"{counted(len(moved), 'parameter')} moved, {told} ({which})"


def side_by_side(right: Sequence[Losses], wrong: Sequence[Losses], made: int) -> list[str]:
    """Write the losses of two training runs that began alike, one update per line."""
    rows = [("", "right         mistake"), ("before", f"{short(right[0].before):<14}{short(wrong[0].before)}")]
    for i, (a, b) in enumerate(zip(right, wrong), made + 1):
        rows.append((f"update {i}", f"{short(a.after):<14}{short(b.after)}"))
    return columns(rows)
