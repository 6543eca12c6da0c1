"""The operations as functions: every row under its name, those over lists, and `op` to add your own.

>>> import autograd
>>> autograd.tanh(0.0)
Value(0.0, grad not reached)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .frames import public
from .methods import compile_function
from .ops import BUILTIN, DOT, LOGSUMEXP, MAXIMUM, MEAN, MINIMUM, OPS, SURPRISAL, TOTAL, checked
from .recording import listed
from .value import Value

if TYPE_CHECKING:
    from .compiled_methods import dot, logsumexp, mean, surprisal, total

__all__ = ["clamp", "dot", "logsumexp", "maximum", "mean", "minimum", "op", "softmax", "surprisal", "total"]

_WIDE_DOCS = {
    DOT: """The dot product sum(xs[i] * ws[i]), plus a bias if there is one, as one node.

    xs, ws: lists of Values or numbers, of the same length. The sum runs from left to right, with the bias last. Raises
    GraphError for lists of different lengths, and for empty ones.

    >>> dot([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], 0.5).data
    11.5
    """,
    TOTAL: """The sum of a list of Values or numbers as one node, from left to right.

    >>> total([Value(1.0), Value(2.0), 3]).data
    6.0
    """,
    MEAN: """The mean of a list of Values or numbers as one node.

    >>> mean([Value(1.0), Value(2.0)]).data
    1.5
    """,
    LOGSUMEXP: """log(sum(exp(xs[i]))) as one node. The largest is subtracted before exp, so that nothing overflows.

    >>> logsumexp([Value(1000.0), Value(1000.0)]).data
    1000.6931471805599
    """,
    SURPRISAL: """-log(exp(x) / sum(exp(xs[i]))) as one node: the surprise when softmax(xs) draws the item whose score is x.

    xs: scores, Values or numbers. x: one of them. It equals logsumexp(xs) - x, but is computed only from differences of
    scores, so it is as exact for large scores as for small ones. (Surprisal: Tribus, 1961.)

    >>> xs = [Value(1e16), Value(1e16)]
    >>> surprisal(xs, xs[0]).data
    0.6931471805599453
    """,
}
_functions = {wide: compile_function(wide, doc) for wide, doc in _WIDE_DOCS.items()}
_maximum, _minimum = compile_function(MAXIMUM), compile_function(MINIMUM)
if not TYPE_CHECKING:
    dot, total, mean, logsumexp, surprisal = map(_functions.get, (DOT, TOTAL, MEAN, LOGSUMEXP, SURPRISAL))


@public
def maximum(*xs: Any) -> Value:
    """The largest of some Values or numbers, given as arguments or as one list; nan if one of them is nan.

    Ties share the gradient evenly, as in torch.amax (but see atomic()). Raises GraphError for an empty list.

    >>> maximum(Value(1.0), 3.0, Value(2.0)).data
    3.0
    """
    return _maximum(xs[0] if len(xs) == 1 else xs)


@public
def minimum(*xs: Any) -> Value:
    """The smallest of some Values or numbers, given as arguments or as one list; see maximum.

    >>> minimum([Value(1.0), 3.0, Value(2.0)]).data
    1.0
    """
    return _minimum(xs[0] if len(xs) == 1 else xs)


@public
def clamp(x: Value | float, min: Value | float | None = None, max: Value | float | None = None) -> Value:
    """x, but at least `min` and at most `max`, as in torch.clamp: the slope is 1 within and on the bounds, 0 outside.

    >>> clamp(Value(3.0), 0.0, 1.0).data, clamp(-2.0, min=0.0).data
    (1.0, 0.0)
    """
    return (x if isinstance(x, Value) else Value(x)).clamp(min, max)


@public
def softmax(xs: Iterable[Value | float]) -> list[Value]:
    """exp(x) / sum(exp(xs)) for each x, computed from x - max(xs): numbers from 0 to 1 whose sum is 1.

    Shifting every x by the same amount changes no result. With the largest subtracted, nothing overflows and no digits
    are lost. Raises GraphError for an empty list.

    >>> [f"{p:.4f}" for p in softmax([Value(1.0), Value(2.0), Value(3.0)])]
    ['0.0900', '0.2447', '0.6652']
    """
    xs = listed("softmax", "xs", xs)
    top = maximum(xs)
    exps = [(x - top).exp() for x in xs]
    norm = total(exps)
    return [e / norm for e in exps]


@public
def op(
    name: str,
    symbol: str,
    value: str,
    /,
    *partials: str,
    domain: str | None = None,
    defaults: Mapping[str, float | None] | None = None,
    **named_partials: str,
) -> Callable[..., Value]:
    """Add an operation of your own, given its value and its partials as text. Returns a function of Values or numbers.

    name: a Python identifier not taken yet. symbol: what drawings write. value: a formula of a, b, c
    (see autograd/formula/formula.py for the grammar), or of other names if the partials are given by name; ``xs[i]`` is
    an item of a list. partials: the derivative with respect to each operand, a formula of the operands and `out`.
    domain: where the value exists, such as ``a > 0``, for error messages. defaults: operands that may be left out, and
    the number used instead. Everything works with the new operation: backward, drawing, stepping, gradcheck, compile.
    Raises FormulaError for text that it cannot read, and for text that does not mean the same in every language: a
    comparison used as a number, a name that is taken, or terms nested more than 100 levels deep.

    >>> cube = op("cube", "cube", "a * a * a", "3 * a ** 2")
    >>> x = Value(2.0)
    >>> y = cube(x); y.backward(); y.data, x.grad
    (8.0, 12.0)
    """
    made = checked(name, symbol, value, *partials, domain=domain, defaults=defaults, **named_partials)
    function = compile_function(made)
    OPS[made.name] = made
    return function


_ALSO = {"max": maximum, "min": minimum, "sum": total, "clip": clamp}  # the names that PyTorch or NumPy uses


def __getattr__(name: str) -> Callable[..., Any]:
    """Return any other row as a function, compiled when it is first used."""
    if name not in BUILTIN and name not in _ALSO:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    function = globals()[name] = _ALSO.get(name) or compile_function(OPS[name])
    return function
