"""What each operation means, written down a second time: its value and its slopes, by the numbers that it is computed from.

`value` gets bounded numbers. `slopes` gets the operands and the result, bounded numbers or nodes of a graph, whose gradients can be
differentiated again; it gives a slope for each operand. The steps of a slope are those that a float takes, or longer ones.
"""

from __future__ import annotations

import math

from . import bounds
from .bounds import Bounded, add_up, bounded

FUNCTIONS = [
    "exp",
    "expm1",
    "log",
    "log1p",
    "exp2",
    "log2",
    "log10",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "tanh",
]


def call(name):
    """Return a function for bounded numbers, nodes and plain numbers alike."""
    compute = bounds.function(name)

    def of(a):
        return compute(bounded(a)) if isinstance(a, (Bounded, int, float)) else a.engine.apply(name, [a])

    return of


exp, expm1, log, log1p, sqrt, sin, cos, sinh, cosh, erf = map(
    call, ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "sinh", "cosh", "erf"]
)
LN2, LN10 = math.log(2), math.log(10)


def power(a, b):
    return a**b


def square(a):
    return a * a


def _pow(a, b, out):
    return [
        None if _is_plain(a) else 0.0 if _exact(b) == 0 else b * a ** (b - 1),
        None if _is_plain(b) else 0.0 if _exact(a) == 0 and b >= 0 else out * log(a),
    ]


def _is_plain(x):
    return isinstance(x, (int, float))


def _whole(a, b):
    """Minus the whole number that a / b is truncated to."""
    return -float(int(_number(a) / _number(b)))


def _number(x):
    return x.value if isinstance(x, Bounded) else x.number.value if hasattr(x, "number") else x


def _remainder(a, b):
    m = bounds.fmod(a, b)
    return m + b if _turned(m, b) else m


def _turned(m, b):
    return (m > 0 and b < 0) or (m < 0 and b > 0)


def _remainder_slopes(a, b, out):
    whole = _whole(a, b)
    return [1.0, whole + 1 if _turned(bounds.fmod(_exact(a), _exact(b)), b) else whole]


def _exact(x):
    return x if isinstance(x, Bounded) else x.number if hasattr(x, "number") else bounded(x)


def _atan2_slopes(a, b, out):
    s = square(a) + square(b)
    r = 1 / s if _exact(s) != 0 else 0.0
    return [b * r, -a * r]


def _sigmoid(a):
    return 1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a))


def _decay(a):
    return exp(-a) if a >= 0 else exp(a)


def _silu(a):
    e = _decay(a)
    return a / (1 + e) if a >= 0 else a * e / (1 + e)


def _silu_slope(a):
    e = _decay(a)
    return (1 + a * e / (1 + e)) / (1 + e) if a >= 0 else (1 + a / (1 + e)) * e / (1 + e)


def _step(a):
    return 1.0 if a > 0 else 0.0


def _sign(a):
    return 1.0 if a > 0 else -1.0 if a < 0 else 0.0


# By name: the value, and the slopes.
SCALAR = {
    "add": (lambda a, b: a + b, lambda a, b, out: [1.0, 1.0]),
    "sub": (lambda a, b: a - b, lambda a, b, out: [1.0, -1.0]),
    "mul": (lambda a, b: a * b, lambda a, b, out: [b, a]),
    "div": (lambda a, b: a / b, lambda a, b, out: [1 / b, -out / b]),
    "pow": (power, _pow),
    "neg": (lambda a: -a, lambda a, out: [-1.0]),
    "clone": (lambda a: a, lambda a, out: [1.0]),
    "abs": (abs, lambda a, out: [_sign(a)]),
    "sign": (lambda a: bounded(_sign(a)), lambda a, out: [0.0]),
    "fmod": (bounds.fmod, lambda a, b, out: [1.0, _whole(a, b)]),
    "remainder": (_remainder, _remainder_slopes),
    **{name: (call(name), None) for name in FUNCTIONS},
    "square": (square, lambda a, out: [2 * a]),
    "reciprocal": (lambda a: 1 / a, lambda a, out: [-square(out)]),
    "atan2": (bounds.atan2, _atan2_slopes),
    "sigmoid": (_sigmoid, lambda a, out: [out * (1 - out)]),
    "relu": (lambda a: bounded(0.0) if a <= 0 else a, lambda a, out: [_step(a)]),
    "leaky_relu": (lambda a, s=0.01: a if a > 0 else s * a, lambda a, s=0.01, out=None: [1.0 if a > 0 else s, 0.0 if a > 0 else a]),
    "softplus": (lambda a: a if a > 20 else log1p(exp(a)), lambda a, out: [1.0 if a > 20 else -expm1(-out)]),
    "silu": (_silu, lambda a, out: [_silu_slope(a)]),
    "elu": (lambda a, s=1.0: a if a > 0 else s * expm1(a), lambda a, s=1.0, out=None: [1.0 if a > 0 else out + s, 0.0 if a > 0 else expm1(a)]),
    "gelu": (lambda a: 0.5 * a * (1 + erf(a / math.sqrt(2))),
             lambda a, out: [0.5 * (1 + erf(a / math.sqrt(2))) + a * exp(-0.5 * square(a)) / math.sqrt(2 * math.pi)]),
    "clamp_min": (lambda a, low: bounded(low) if a < low else a, lambda a, low, out: [1.0 if a >= low else 0.0, 1.0 if a < low else 0.0]),
    "clamp_max": (lambda a, high: bounded(high) if a > high else a, lambda a, high, out: [1.0 if a <= high else 0.0, 1.0 if a > high else 0.0]),
    "where": (lambda c, a, b: a if c != 0 else b, lambda c, a, b, out: [0.0, *((1.0, 0.0) if _exact(c) != 0 else (0.0, 1.0))]),
}  # fmt: skip
SLOPES = {
    "exp": lambda a, out: out, "expm1": lambda a, out: out + 1, "log": lambda a, out: 1 / a, "log1p": lambda a, out: 1 / (1 + a),
    "exp2": lambda a, out: out * LN2, "log2": lambda a, out: 1 / (a * LN2), "log10": lambda a, out: 1 / (a * LN10),
    "sqrt": lambda a, out: 0.5 / out, "sin": lambda a, out: cos(a), "cos": lambda a, out: -sin(a), "tan": lambda a, out: 1 + square(out),
    "asin": lambda a, out: 1 / sqrt(1 - square(a)), "acos": lambda a, out: -1 / sqrt(1 - square(a)), "atan": lambda a, out: 1 / (1 + square(a)),
    "sinh": lambda a, out: cosh(a), "cosh": lambda a, out: sinh(a), "asinh": lambda a, out: 1 / sqrt(square(a) + 1),
    "acosh": lambda a, out: 1 / sqrt(square(a) - 1), "atanh": lambda a, out: 1 / (1 - square(a)),
    "erf": lambda a, out: 2 / math.sqrt(math.pi) * exp(-square(a)), "tanh": lambda a, out: 1 - square(out),
}  # fmt: skip
for _name, _slope in SLOPES.items():
    SCALAR[_name] = SCALAR[_name][0], lambda a, out, slope=_slope: [slope(a, out)]


# --- Of lists ----------------------------------------------------------------------------------------------


def _dot(xs, ws, bias=None):
    terms = [bounded(x) * bounded(w) for x, w in zip(xs, ws)]
    return add_up(terms if bias is None else [*terms, bounded(bias)])


def _largest(xs):
    top = bounded(xs[0])
    for x in xs[1:]:
        x = bounded(x)
        top = x if x > top else top
    return top


def _smallest(xs):
    top = xs[0]
    for x in xs[1:]:
        top = x if x < top else top
    return top


def _ties(xs, out):
    ties = [_exact(x) == _exact(out) for x in xs]
    return [1.0 / sum(ties) if tie else 0.0 for tie in ties]


def _lse(xs):
    """Return the largest, and the sum of exp(x - largest)."""
    top = _largest(xs)
    return top, add_up([exp(bounded(x) - top) for x in xs])


def _logsumexp(xs):
    top, total = _lse(xs)
    return top + log(total)


def _shares(xs):
    """exp(x) / sum(exp(xs)) for each x."""
    if not any(hasattr(x, "engine") for x in xs):
        top, total = _lse(xs)
        return [exp(bounded(x) - top) / total for x in xs]
    engine = next(x.engine for x in xs if hasattr(x, "engine"))
    top = max(map(_number, xs))
    exps = [exp(x - float(top)) for x in xs]
    total = engine.apply("total", [exps])
    return [e / total for e in exps]


# By name: the value of the lists, and the slopes with respect to all operands, list by list.
WIDE = {
    "dot": (_dot, lambda xs, ws, bias=None, *, out: [*ws, *xs, 1.0]),
    "total": (lambda xs: add_up(map(bounded, xs)), lambda xs, *, out: [1.0] * len(xs)),
    "mean": (lambda xs: add_up(map(bounded, xs)) / len(xs), lambda xs, *, out: [1.0 / len(xs)] * len(xs)),
    "maximum": (_largest, lambda xs, *, out: _ties(xs, out)),
    "minimum": (_smallest, lambda xs, *, out: _ties(xs, out)),
    "logsumexp": (_logsumexp, lambda xs, *, out: _shares(xs)),
    "surprisal": (lambda xs, x: _surprisal(xs, x), lambda xs, x, *, out: [*_shares(xs), -1.0]),
}


def _surprisal(xs, x):
    top, total = _lse(xs)
    return top - bounded(x) + log(total)
