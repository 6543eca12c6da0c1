"""The slow path: evaluate one row in Python, and raise an error that helps, or return inf and nan under ieee().

Compiled methods come here only when arithmetic has failed, so none of this costs a healthy computation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import ArgumentError, AutogradError, DomainError, FloatOverflowError, SingularityError
from .formula import IEEE, PLAIN, READABLE
from .modes import is_on
from .ops import Op

__all__ = ["Pole", "evaluate", "evaluate_partial", "real", "real_data"]


def real(number: Any, wanted: str = "a real number") -> float:
    """`number` as a float; bools, ints, numpy scalars and fractions are real numbers too.

    Raises ArgumentError, naming the type it got.

    >>> real(3)
    3.0
    >>> real("3")
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: want a real number, got the str '3'
    """
    if type(number) is float:
        return number
    from numbers import Real

    if isinstance(number, Real):
        try:
            return float(number)
        except OverflowError:
            bits = number.bit_length()  # type: ignore[attr-defined]
            raise FloatOverflowError(f"want {wanted}, got an int too large for a float ({bits} bits)") from None
    raise ArgumentError(f"want {wanted}, got {_named(number)}") from None  # a failed attempt says less


def real_data(operand: Any, number: Any) -> float:
    """`number` as a float, which is the data of `operand`. Raises ArgumentError that names its label."""
    label = getattr(operand, "label", "")
    return real(number, f"a real number as data of {f'the Value {label!r}' if label else 'a Value'}")


def _named(thing: object) -> str:
    """``the str '3'``, ``Decimal('3')``, ``a list``: what something is, how it looks if that is short, and what would do."""
    kind, text = type(thing).__name__, repr(thing)
    if len(text) > 60 or "\n" in text:
        text = f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
    elif not text.startswith(f"{kind}("):
        text = f"the {kind} {text}"
    plain = next(
        (name for name in ("tolist", "item") if hasattr(thing, name)), None
    )  # of an array or a tensor; of a Value
    return f"{text}: its .{plain}() will do" if plain else text


class Pole(float):
    """A partial that is infinite or undefined: it may be kept, but no gradient may flow through it.

    Such is the slope of sqrt at 0. Multiplied by a gradient of 0 it gives 0, since nothing flows.
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, value: float, reason: str) -> Pole:
        pole = super().__new__(cls, value)
        pole.reason = reason
        return pole

    def __mul__(self, gradient: float) -> float:
        if gradient == 0:
            return 0.0
        raise SingularityError(self.reason)

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[Any, ...]:
        return Pole, (float(self), self.reason)


def evaluate(op: Op, operands: Sequence[Any], numbers: Sequence[float]) -> float:
    """The value of `op` at `numbers`; an error names the operation and the labels of `operands`.

    Raises DomainError, FloatOverflowError or SingularityError; inside ieee() returns inf or nan instead. Raises ArgumentError
    where a Value's data was set to what is no number.
    """
    formula = op.formula(len(numbers))
    names = op.bind(numbers)
    try:
        return float(formula.evaluate(names, IEEE if is_on("ieee") else PLAIN))
    except TypeError:
        for operand, number in zip(operands, numbers):
            real_data(operand, number)
        raise
    except (ArithmeticError, ValueError) as error:
        raise _explained(op, operands, numbers, error) from None


def evaluate_partial(op: Op, operands: Sequence[Any], numbers: Sequence[float], out: float, k: int) -> float:
    """The slope of `op` in its k-th operand; where it has none, a Pole (inside ieee() plain inf or nan)."""
    formula, index = op.partial(k, len(numbers))
    names = {**op.bind(numbers), "out": out}
    if is_on("ieee"):
        return float(formula.evaluate(names, IEEE, index))
    try:
        return float(formula.evaluate(names, PLAIN, index))
    except (ArithmeticError, ValueError):
        slope = float(formula.evaluate(names, IEEE, index))
        what = "not defined" if slope != slope else "infinite"
        at = _named_values(op, operands, numbers)
        return Pole(
            slope,
            f"the slope of {op.name} in operand {k + 1} is {what} at {at}: no gradient can flow through it. "
            "Keep the operand away from there, or use `with autograd.ieee():` to get inf and nan as PyTorch does",
        )


def _named_values(op: Op, operands: Sequence[Any], numbers: Sequence[float]) -> str:
    """``a = -1.0 (label 'x'), b = 0.5``; of a wide operation the first few."""
    parts: list[str] = []
    for k, (operand, number) in enumerate(zip(operands, numbers)):
        name, index = op.place(k, len(numbers))
        label = getattr(operand, "label", "")
        parts.append(
            f"{name}{'' if index is None else f'[{index}]'} = {float(number)!r}"
            + (f" (label {label!r})" if label else "")
        )
    return ", ".join(parts[:4]) + (", ..." if len(parts) > 4 else "")


def _explained(op: Op, operands: Sequence[Any], numbers: Sequence[float], error: Exception) -> AutogradError:
    """Python's error as one of ours, which says where it was, what was wanted, and the way out."""
    at = _named_values(op, operands, numbers)
    shown = f"{op.name}: {op.value.text(READABLE)}"
    hint = "Inside `with autograd.ieee():` it is inf or nan, as in PyTorch"
    if isinstance(error, OverflowError):
        return FloatOverflowError(f"{shown} is too large for a float at {at}. Make the operand smaller. {hint}")
    if isinstance(error, ZeroDivisionError):
        return SingularityError(f"{shown} divides by zero at {at}. {hint}")
    wanted = f": want {op.domain.text(READABLE)}" if op.domain else ""
    if op.name == "pow":  # below 0 it has values at whole exponents, which its domain, a formula, cannot say
        wanted = ": want a > 0, or a whole exponent" if numbers[0] else ": want an exponent >= 0 for the base 0"
        if not numbers[0]:
            return SingularityError(f"{shown} divides by zero at {at}{wanted}. {hint}")
    return DomainError(f"{shown} is not defined at {at}{wanted}. {hint}")
