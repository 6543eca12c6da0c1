"""Losses, each in one place: the function for nn.functional, and the module.

>>> MSELoss()([1.0, 2.0], [0.0, 4.0]).data
2.5
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Literal, overload

from autograd import Value, dot, logsumexp, mean, surprisal, total
from autograd.errors import ArgumentError, ShapeError
from autograd.frames import public
from autograd.slow_path import real

from ..shapes import (
    Matrix,
    Vector,
    described,
    flatten,
    has_shape,
    is_list,
    is_matrix,
    loss,
    pick,
    shape_of,
    want_same_shape,
    want_vector,
)
from .activation import relu
from .module import Module
from .softmax import shifted

__all__ = [
    "REDUCTIONS", "BCEWithLogitsLoss", "CrossEntropyLoss", "L1Loss", "MSELoss", "binary_cross_entropy_with_logits", "cross_entropy",
    "hinge_loss", "l1_loss", "mse_loss",
]  # fmt: skip

# How a loss combines its terms, with torch's names. "none" leaves the terms alone, in nested lists.
REDUCTIONS = ("mean", "sum", "none")


@loss
def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The mean of (x - y)**2 over all numbers, for two lists of the same shape or two numbers.

    reduction: "mean", "sum", or "none" for the terms themselves, nested as `input` is.
    Raises ShapeError for lists of different shapes.

    >>> mse_loss([1.0, 2.0], [0.0, 4.0]).data
    2.5
    """
    want_same_shape("mse_loss", input, target)
    return _reduced([(x - y) ** 2 for x, y in _pairs(input, target)], reduction, input)


@loss
def l1_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The mean of abs(x - y) over all numbers. See mse_loss.

    >>> l1_loss([1.0, 2.0], [0.0, 4.0]).data
    1.5
    """
    want_same_shape("l1_loss", input, target)
    return _reduced([abs(x - y) for x, y in _pairs(input, target)], reduction, input)


@public
def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """The mean of -y * log(p) - (1 - y) * log(1 - p), where p is sigmoid(x): how surprised the score x is by y.

    It is computed from the score, as log(1 + exp(-x)) + (1 - y) * x, so that nothing overflows where p is 0 or 1.
    input: scores (logits). target: from 0 to 1 for each score, in the same nested lists. weight: how much each score
    counts; pos_weight: how much more a target of 1 counts. Each is a number, or numbers in the shape of `input` or of
    one row.
    reduction: see mse_loss.
    Raises ShapeError for lists of different shapes.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 1.0]).data
    0.34657359027997264
    """
    want_same_shape("binary_cross_entropy_with_logits", input, target)
    more = repeat(None) if pos_weight is None else _spread("pos_weight", pos_weight, input)
    terms = [_binary(x, y, m) for (x, y), m in zip(_pairs(input, target), more)]
    if weight is not None:
        terms = [term * w for term, w in zip(terms, _spread("weight", weight, input))]
    return _reduced(terms, reduction, input)


def _binary(x: Value, y: Any, more: Any) -> Value:
    if more is None:
        return logsumexp([0.0, x]) - y * x
    return logsumexp([0.0, -x]) * (1 + (more - 1) * y) + (1 - y) * x


def _spread(what: str, weight: Any, input: Any) -> list[Any]:
    """Return a weight for each number of `input`, given one weight for all, one per column, or one per number."""
    count = len(flatten(input))
    if not is_list(weight):
        return [weight] * count
    if has_shape(weight, shape_of(input)):
        return flatten(weight)
    if has_shape(weight, shape_of(input)[-1:]):
        return list(weight) * (count // len(weight))
    raise ShapeError(
        f"want a number as {what}, or the shape of input or of its rows, got {described(weight)} for {described(input)}"
    )


@loss
def hinge_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - y * x): 0 if every score x is on the side of its target, with a margin of at least 1.

    This is the loss of support vector machines (Cortes and Vapnik, 1995). input: scores. target: -1 or 1 for each
    score, in the same nested lists. reduction: see mse_loss.
    Raises ShapeError for lists of different shapes, and ArgumentError for other targets.

    >>> hinge_loss([2.0, 0.5, -1.0], [1, 1, 1]).data
    0.8333333333333334
    """
    want_same_shape("hinge_loss", input, target)
    if wrong := [y for y in flatten(target) if not issubclass(type(y), Value) and y not in (-1, 1)]:
        raise ArgumentError(
            f"hinge_loss: want -1 or 1 as every target, got {wrong[0]!r}. For classes 0 and 1, write 2 * y - 1"
        )
    return _reduced([relu(1 - x * y) for x, y in _pairs(input, target)], reduction, input)


def _pairs(input: Any, target: Any) -> list[tuple[Value, Any]]:
    return [(x if isinstance(x, Value) else Value(x), y) for x, y in zip(flatten(input), flatten(target))]


def _reduced(terms: list[Value], reduction: str, like: Any) -> Any:
    """Return the mean of the terms, their sum, or the terms themselves, nested as `like` is."""
    if reduction not in REDUCTIONS:
        raise ArgumentError(f"want one of {', '.join(map(repr, REDUCTIONS))} as reduction, got {reduction!r}")
    if reduction == "none":
        return _nested(iter(terms), like)
    if len(terms) == 1:
        return terms[0]
    return mean(terms) if reduction == "mean" else total(terms)


def _nested(terms: Iterator[Value], like: Any) -> Any:
    return [_nested(terms, x) for x in like] if is_list(like) else next(terms)


@overload
def cross_entropy(
    input: Matrix,
    target: Sequence[int] | Matrix,
    weight: Vector | None = None,
    *,
    ignore_index: int = -100,
    reduction: Literal["none"],
    label_smoothing: float = 0.0,
) -> list[Value]: ...
@overload
def cross_entropy(
    input: Vector | Matrix,
    target: int | Sequence[int] | Vector | Matrix,
    weight: Vector | None = None,
    *,
    ignore_index: int = -100,
    reduction: Literal["mean", "sum"] = "mean",
    label_smoothing: float = 0.0,
) -> Value: ...
@public
def cross_entropy(
    input: Any,
    target: Any,
    weight: Vector | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """-log(softmax(input)[target]): how surprised the scores are by the right class; the mean over a batch.

    input: scores (logits), (C,) or (N, C). target: the class, an int, or a list of N ints;
    or the probability of each class, in the shape of `input`. weight: (C,), how much each class counts; the mean
    divides by the weights of the targets. ignore_index: a class that does not count, such as padding. label_smoothing:
    the fraction of probability that is spread over all classes (Szegedy et al., 2016). reduction: "mean" or "sum" over
    the batch, or "none" for a list of N. Raises ShapeError for a class without a score, and for lists that do not fit.

    >>> cross_entropy([0.0, 0.0], 1).data
    0.6931471805599453
    """
    rows, targets = (input, target) if is_matrix(input) else ([input], [target])
    if not is_list(targets) or len(targets) != len(rows):
        raise ShapeError(f"cross_entropy: want {len(rows)} targets, one for each row, got {described(target)}")
    want_vector("cross_entropy", rows[0])
    if not all(is_list(row) and len(row) == len(rows[0]) for row in rows):
        raise ShapeError(f"cross_entropy: want the same number of scores in each row, got {described(input)}")
    if weight is not None:
        want_vector("cross_entropy, weight", weight, len(rows[0]))
    if not 0 <= real(label_smoothing, "a real number as label_smoothing") <= 1:
        raise ArgumentError(f"cross_entropy: want a label_smoothing from 0 to 1, got {label_smoothing!r}")
    counted = [not _is_ignored(wanted, ignore_index) for wanted in targets]
    terms = [
        _surprise(row, wanted, weight, label_smoothing) if counts else Value(0.0)
        for row, wanted, counts in zip(rows, targets, counted)
    ]
    if reduction == "mean" and (weight is not None or not all(counted)):
        return total(terms) / _share(targets, weight, counted)
    return _reduced(terms, reduction, terms if is_matrix(input) else terms[0])


def _surprise(row: Vector, target: Any, weight: Vector | None, smoothing: float) -> Value:
    """Return one row's share of the loss: -log p of its target, or of all classes weighted by their probabilities."""
    if not is_list(target):
        term = surprisal(row, pick(row, target, "cross_entropy: "))
        if weight is not None:
            term = term * pick(weight, target)
        if not smoothing:
            return term
        return term * (1 - smoothing) + dot(_surprises(row), weight or [1.0] * len(row)) * (smoothing / len(row))
    want_same_shape("cross_entropy", row, target)
    chances = [t * (1 - smoothing) + smoothing / len(row) for t in target] if smoothing else target
    return dot(_surprises(row), chances if weight is None else [t * w for t, w in zip(chances, weight)])


def _surprises(row: Vector) -> list[Value]:
    """Return -log p of each class."""
    scores, norm = shifted(row)
    return [norm - x for x in scores]


def _is_ignored(target: Any, ignore_index: int) -> bool:
    """Return whether a target is the class to ignore. A traced target is an index into the row: never negative."""
    if is_list(target) or (hasattr(target, "chosen_from") and ignore_index == -100):
        return False
    return bool(target == ignore_index)


def _share(targets: Sequence[Any], weight: Vector | None, counted: Sequence[bool]) -> Any:
    """Return the divisor of a weighted mean: the sum of the weights of the targets that count."""
    shares: list[Any] = [
        1.0 if weight is None or is_list(target) else pick(weight, target)
        for target, counts in zip(targets, counted)
        if counts
    ]
    if not shares:
        raise ArgumentError("cross_entropy: every target is ignore_index, so there is nothing to average")
    return total(shares)


# --- As modules ---------------------------------------------------------------------------------------------


class _Loss(Module):
    """A loss with its options. reduction: "mean", "sum" or "none"."""

    @public
    def __init__(self, *, reduction: str = "mean") -> None:
        if reduction not in REDUCTIONS:
            wanted = ", ".join(map(repr, REDUCTIONS))
            raise ArgumentError(f"{type(self).__name__}: want one of {wanted} as reduction, got {reduction!r}")
        self.reduction: Any = reduction

    def extra_repr(self) -> str:
        return f"reduction={self.reduction!r}"


class MSELoss(_Loss):
    """The mean of (x - y)**2. See F.mse_loss."""

    def forward(self, input: Any, target: Any) -> Any:
        return mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The mean of abs(x - y). See F.l1_loss."""

    def forward(self, input: Any, target: Any) -> Any:
        return l1_loss(input, target, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """How surprised scores are by targets from 0 to 1. See F.binary_cross_entropy_with_logits."""

    @public
    def __init__(self, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None) -> None:
        super().__init__(reduction=reduction)
        self.weight, self.pos_weight = weight, pos_weight

    def forward(self, input: Any, target: Any) -> Any:
        return binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class CrossEntropyLoss(_Loss):
    """How surprised scores are by the right class. See F.cross_entropy."""

    @public
    def __init__(
        self,
        weight: Vector | None = None,
        *,
        ignore_index: int = -100,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(reduction=reduction)
        self.weight, self.ignore_index, self.label_smoothing = weight, ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
