"""The slow path: evaluate one row in Python, and raise an error that helps, or return inf and nan under ieee().

Compiled methods come here only when arithmetic has failed, so none of this costs a healthy computation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .errors import ArgumentError, AutogradError, DomainError, FloatOverflowError, SingularityError
from .formula import IEEE, PLAIN, READABLE
from .modes import is_on
from .ops import Op

__all__ = ["Pole", "as_label", "evaluate", "evaluate_partial", "made_by_hand", "real", "real_data"]


def real(number: Any, wanted: str = "a real number") -> float:
    """Return `number` as a float; bools, ints, numpy scalars and fractions are real numbers too.

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
    raise ArgumentError(f"want {wanted}, got {_named(number)}") from None  # the error of the failed attempt says less


def real_data(operand: Any, number: Any) -> float:
    """Return `number`, the data of `operand`, as a float. Raises an ArgumentError that names its label."""
    label = getattr(operand, "label", "")
    return real(number, f"a real number as data of {f'the Value {label!r}' if label else 'a Value'}")


def _named(thing: object) -> str:
    """Describe an object: ``the str '3'``, ``Decimal('3')``, ``a list``; add what would do instead, if there is one."""
    if thing is None:
        return "None"
    kind, text = type(thing).__name__, repr(thing)
    if len(text) > 60 or "\n" in text:
        text = f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
    elif not text.startswith(f"{kind}("):
        text = f"the {kind} {text}"
    if hasattr(type(thing), "as_integer_ratio"):  # a Decimal
        return f"{text}: float() of it will do"
    plain = next(
        (name for name in ("tolist", "item") if hasattr(thing, name)), None
    )  # tolist: an array or a tensor; item: a Value
    return f"{text}: its .{plain}() will do" if plain else text


class Pole(float):
    """A partial that is infinite or undefined, such as the slope of sqrt at 0.

    A node may keep it, but no gradient may flow through it. Multiplied by a gradient of 0 it gives 0, since nothing
    flows.
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


def labels(operands: Sequence[Any]) -> list[str]:
    """Return what to call operands when only their labels are known."""
    return [getattr(operand, "label", "") for operand in operands]


def evaluate(
    op: Op,
    operands: Sequence[Any],
    numbers: Sequence[float],
    names: Callable[[Sequence[Any]], Sequence[str]] = labels,
) -> float:
    """Return the value of `op` at `numbers`; errors call the operands by the names that `names` returns.

    Raises DomainError, FloatOverflowError or SingularityError; inside ieee() returns inf or nan instead.
    """
    formula = op.formula(len(numbers))
    try:
        return float(formula.evaluate(op.bind(numbers), IEEE if is_on("ieee") else PLAIN))
    except (ArithmeticError, ValueError) as error:
        raise _explained(op, numbers, names(operands), error) from None


def evaluate_partial(op: Op, operands: Sequence[Any], numbers: Sequence[float], out: float, k: int) -> float:
    """Return the partial of `op` for its k-th operand. Where there is none: a Pole or, inside ieee(), inf or nan."""
    formula, index = op.partial(k, len(numbers))
    names = {**op.bind(numbers), "out": out}
    if is_on("ieee"):
        return float(formula.evaluate(names, IEEE, index))
    try:
        return float(formula.evaluate(names, PLAIN, index))
    except (ArithmeticError, ValueError):
        slope = float(formula.evaluate(names, IEEE, index))
        what = "not defined" if slope != slope else "infinite"
        return Pole(
            slope,
            f"the slope of {op.name} for operand {k + 1} is {what} at {numbers[k]!r}: no gradient can flow through it",
        )


def _explained(op: Op, numbers: Sequence[float], names: Sequence[str], error: Exception) -> AutogradError:
    """Turn Python's error into one of ours, in the learner's names: what was computed, where, and what was wanted."""
    said = [
        name or float(number) for name, number in zip(names, numbers)
    ]  # an operand without a name is shown as its number
    at = [f"{name} = {float(number)!r}" for name, number in zip(names, numbers) if name]
    where = f" at {', '.join(at[:4])}{', ...' if at[4:] else ''}" if at else ""
    bound = op.bind(said)
    if op.symbol.isidentifier():
        shown = f"{op.name}({_listed(said)})"
    else:  # the value of % is a long formula
        shown = f" {op.symbol} ".join(map(str, said)) if op.value.lets else op.value.text(READABLE, bound)
    if isinstance(error, OverflowError):
        largest = next((name for name in names if name), "the operand")
        return FloatOverflowError(f"{shown} is too large for a float{where}. Make {largest} smaller")
    zero = [f"{name} is {float(number)!r}" for name, number in zip(names, numbers) if name and number == 0]
    if op.name == "pow":  # a negative base has values at whole exponents: the domain's formula cannot say so
        if not numbers[0]:
            return SingularityError(f"{shown} divides by zero{where}: want an exponent >= 0 where the base is 0")
        return DomainError(f"{shown} is not defined{where}: want {names[0] or 'a base'} > 0, or a whole exponent")
    if isinstance(error, ZeroDivisionError):
        return SingularityError(f"{shown} divides by zero{': ' + ' and '.join(zero) if zero else ''}")
    if any(map(math.isinf, numbers)) and (not op.domain or op.domain.evaluate(op.bind(numbers), PLAIN)):
        infinite = next(name for name, number in zip(names, numbers) if math.isinf(number))
        return DomainError(f"{shown} is not defined{where}: want a finite {infinite or 'operand'}")
    wanted = {name: x if isinstance(x, str) else "an operand" for name, x in bound.items()}
    return DomainError(
        f"{shown} is not defined{where}" + (f": want {op.domain.text(READABLE, wanted)}" if op.domain else "")
    )


def _listed(said: Sequence[str | float]) -> str:
    texts = [text if isinstance(text, str) else repr(text) for text in said[:4]]
    return ", ".join(texts + ["..."] * (len(said) > 4))


def as_label(label: object) -> str:
    """Return a label as text: ``Value(x, label=i)`` is easily written, and every tool expects text.

    Raises ArgumentError for micrograd's second argument, the operands of a result.
    """
    parts: Any = label if isinstance(label, (tuple, set, list)) else (label,)
    if any(hasattr(part, "partials") for part in parts):
        raise made_by_hand(True)
    return "" if label is None or not parts else str(label)


def made_by_hand(requires_grad: bool) -> ArgumentError:
    """Return the error for a result made by hand, as in micrograd, or a Value that records nothing, as in torch."""
    if not requires_grad:
        return ArgumentError(
            "requires_grad=False: a Value always records. Write a constant as a plain number, compute inside "
            "`with autograd.no_grad():`, or leave a parameter out of the optimiser"
        )
    return ArgumentError(
        "Value(data, operands, operation): an operation is made from formulas, not by the constructor: "
        '`mytanh = autograd.op("mytanh", "tanh", "tanh(a)", "1 - out ** 2")`, then `mytanh(x)`'
    )
