"""Slopes from differences, compared with the true ones; and points that have no slope, or none that floats could
show."""

from __future__ import annotations

import math
import random

import pytest

from autograd import Value, grad, gradcheck, ieee, op
from autograd.errors import AutogradError
from autograd.explain.check import agree
from autograd.explain.differences import slope_at

# A function of x and of math or mpmath, a place, and the slope there as mpmath computes it with 80 digits.
SMOOTH = {
    "sin at 1e12": (lambda x, m=math: m.sin(x), 1e12, 0.7914463018528902),
    "sin at 1.5e12": (lambda x, m=math: m.sin(x), 1.5e12, 0.5516650163548616),
    "sin at 1e13": (lambda x, m=math: m.sin(x), 1e13, 0.95736371690084),
    "sin on a line at 1e8": (lambda x, m=math: x + m.sin(x), 1e8, 0.6366149106443094),
    "sin on a line at -3e8": (lambda x, m=math: x + m.sin(x), -3e8, 1.8982171197990818),
    "tanh, moved, at 1e12": (lambda x, m=math: m.tanh(x - 1e12), 1e12, 1.0),
    "narrow peak, its top": (lambda x, m=math: 1 / (x * x + 1e-6), 0.0, 0.0),
    "narrow peak, its side": (lambda x, m=math: 1 / (x * x + 1e-6), 1e-3, -500000000.0),
    "narrower peak, its side": (lambda x, m=math: 1 / (x * x + 1e-12), 1e-6, -5.0000000000000006e+17),
    "sin(1000 x) at 10": (lambda x, m=math: m.sin(1000 * x), 10.0, -952.1553682590148),
    "sin(1000 x) at 0": (lambda x, m=math: m.sin(1000 * x), 0.0, 1000.0),
    "sin(1e6 x) at 0.3": (lambda x, m=math: m.sin(1e6 * x), 0.3, -994252.1687036837),
    "sin(1e9 x) at 1e-9": (lambda x, m=math: m.sin(1e9 * x), 1e-9, 540302305.8681396),
    "small fast wave on a line": (lambda x, m=math: x + 1e-9 * m.sin(1e9 * x), 0.0, 2.0),
    "narrow tanh on a line": (lambda x, m=math: x + 1e-9 * m.tanh(1e9 * x), 0.0, 2.0),
    "narrow tanh on a line, beside": (lambda x, m=math: x + 1e-9 * m.tanh(1e9 * x), 1e-7, 1.0),
    "1/x at 1e-7": (lambda x, m=math: 1 / x, 1e-7, -100000000000000.02),
    "1/x at -1e-12": (lambda x, m=math: 1 / x, -1e-12, -1e+24),
    "1/x at 1e9": (lambda x, m=math: 1 / x, 1e9, -1e-18),
    "log at 1e-12": (lambda x, m=math: m.log(x), 1e-12, 1000000000000.0),
    "log at 1e12": (lambda x, m=math: m.log(x), 1e12, 1e-12),
    "log at 1e-300": (lambda x, m=math: m.log(x), 1e-300, 9.999999999999999e+299),
    "1/x at 1e-150": (lambda x, m=math: 1 / x, 1e-150, -1e+300),
    "a wave that dies out": (lambda x, m=math: x * x * m.sin(1 / x), 1e-3, -0.5607253172096562),
    "a rounded corner": (lambda x, m=math: m.sqrt(x * x + 1e-20), 1e-10, 0.7071067811865476),
    "a wave with kinks": (lambda x, m=math: abs(m.sin(1e4 * x)), 0.3, -9756.821998857262),
    "beside many kinks": (lambda x, m=math: sum(max(x - k * 0.1, 0) for k in range(10)), 0.55, 6.0),
    "values only nearby": (lambda x, m=math: 2 * x if abs(x) < 1e-9 else m.nan, 0.0, 2.0),
    "soft and steep": (lambda x, m=math: m.log(1 + m.exp(1e5 * x)), 1e-6, 52497.918747894),
    "(x - 1)**7": (lambda x, m=math: (x - 1) ** 7, 1.0001, 0.0),
    "log(x + 1e-9) at 0": (lambda x, m=math: m.log(x + 1e-9), 0.0, 999999999.9999999),
    "log(x + 1e-9) at 1e-12": (lambda x, m=math: m.log(x + 1e-9), 1e-12, 999000999.000999),
    "log1p at -1 + 1e-9": (lambda x, m=math: m.log1p(x), -1 + 1e-9, 1000000028.2819322),
    "sqrt at 1e-12": (lambda x, m=math: m.sqrt(x), 1e-12, 500000.0),
    "sqrt at 1e12": (lambda x, m=math: m.sqrt(x), 1e12, 5e-07),
    "x**1.5 at 0, one side": (lambda x, m=math: x**1.5 if x >= 0 else m.nan, 0.0, 0.0),
    "x**1.5 at 1, one side": (lambda x, m=math: (x - 1) ** 1.5 if x >= 1 else m.nan, 1.0, 0.0),
    "2x with an edge at 3": (lambda x, m=math: 2 * x if x <= 3 else m.nan, 3.0, 2.0),
    "exp at 700": (lambda x, m=math: m.exp(x), 700.0, 1.0142320547350045e+304),
    "exp at -700": (lambda x, m=math: m.exp(x), -700.0, 0.0),
    "exp at 1e-12": (lambda x, m=math: m.exp(x), 1e-12, 1.000000000001),
    "asin at 1 - 1e-9": (lambda x, m=math: m.asin(x), 1 - 1e-9, 22360.68009678968),
    "x**3 at 1e-12": (lambda x, m=math: x**3, 1e-12, 0.0),
    "x**3 at 1e6": (lambda x, m=math: x**3, 1e6, 3000000000000.0),
    "x**8 at 0": (lambda x, m=math: x**8, 0.0, 0.0),
    "1 + x*x at 0": (lambda x, m=math: 1 + x * x, 0.0, 0.0),
    "x*x at 1e-160": (lambda x, m=math: x * x, 1e-160, 0.0),
    "3x at 1e300": (lambda x, m=math: 3 * x, 1e300, 3.0),
    "3x at 5e-324": (lambda x, m=math: 3 * x, 5e-324, 3.0),
    "high up": (lambda x, m=math: m.sin(x) + 1e4, 0.5, 0.8775825618903728),
    "1 + x at 1e-20": (lambda x, m=math: 1 + x, 1e-20, 1.0),
    "(1 + x) - 1 at 1e-20": (lambda x, m=math: (1 + x) - 1, 1e-20, 1.0),
    "(x + 1e6) - 1e6 at 1e-3": (lambda x, m=math: (x + 1e6) - 1e6, 1e-3, 1.0),
    "difference of two near ones": (lambda x, m=math: m.tanh(x + 0.3) - m.tanh(0.3), 1e-12, 0.915136961826096),
    "square of a small difference": (lambda x, m=math: (m.tanh(x) - 0.2913) ** 2, 0.3, 2.30842412601492e-05),
    "logsumexp": (lambda x, m=math: 1e6 + 1 + m.log1p(m.exp(x - 1e6 - 1)), 1e6, 0.2689414213699951),
    "constant": (lambda x, m=math: 5.0, 0.3, 0.0),
    "relu, dead": (lambda x, m=math: max(x, 0.0), -3.0, 0.0),
    "relu beside its kink": (lambda x, m=math: max(x, 0.0), -1e-7, 0.0),
    "relu next to its kink": (lambda x, m=math: max(x, 0.0), -1e-20, 0.0),
    "abs beside its kink": (lambda x, m=math: abs(x), 1e-7, 1.0),
    "abs next to its kink": (lambda x, m=math: abs(x), -1e-20, -1.0),
    "abs, moved, beside its kink": (lambda x, m=math: abs(x - 1e6), 1e6 + 1e-3, 1.0),
    "beside a jump": (lambda x, m=math: 1.0 if x > 0 else 0.0, 1e-9, 0.0),
    "far from a jump": (lambda x, m=math: 1.0 if x > 0 else 0.0, 0.5, 0.0),
    "tanh, saturated": (lambda x, m=math: m.tanh(x), 30.0, 0.0),
    "|x|**1.5 at 0": (lambda x, m=math: abs(x) ** 1.5, 0.0, 0.0),
    "x|x| at 0": (lambda x, m=math: x * abs(x), 0.0, 0.0),
    "a dead zone": (lambda x, m=math: max(abs(x) - 1e-9, 0.0) * (1 if x > 0 else -1), 0.0, 0.0),
    "a stair": (lambda x, m=math: x - x % 1, 0.45, 0.0),
    "a stair, wide": (lambda x, m=math: x - x % 10, 3.0, 0.0),
    "a stair, narrow": (lambda x, m=math: x - x % 0.0625, 0.03, 0.0),
    "a sawtooth": (lambda x, m=math: x % 0.75, 100.2, 1.0),
}  # fmt: skip
NOWHERE = {
    "relu at 0": ("kink", lambda x: max(x, 0.0), 0.0),
    "relu at 1e6": ("kink", lambda x: max(x - 1e6, 0.0), 1e6),
    "relu on a height": ("kink", lambda x: max(x, 0.0) + 27.0, 0.0),
    "leaky": ("kink", lambda x: max(x, 0.01 * x), 0.0),
    "curved kink": ("kink", lambda x: math.exp(x) + max(x, 0.0), 0.0),
    "tie": ("kink", lambda x: max(x, 1.0), 1.0),
    "abs": ("symmetric kink", abs, 0.0),
    "abs at 1e6": ("symmetric kink", lambda x: abs(x - 1e6), 1e6),
    "abs at 1e12": ("symmetric kink", lambda x: abs(x - 1e12), 1e12),
    "abs, narrow": ("symmetric kink", lambda x: abs(x) * math.exp(-((1000 * x) ** 2)), 0.0),
    "abs, narrower": ("symmetric kink", lambda x: abs(x) * math.exp(-((1e6 * x) ** 2)), 0.0),
    "hat": ("symmetric kink", lambda x: max(1e-4 - abs(x), 0.0), 0.0),
    "abs of a sine": ("symmetric kink", lambda x: abs(math.sin(1000 * x)), 0.0),
    "pole of 1/|x|, filled": ("pole", lambda x: 1 / abs(x - 1e6) if x != 1e6 else 0.0, 1e6),
    "pole of 1/x, filled": ("pole", lambda x: 1 / x if x else 0.0, 0.0),
    "pole of 1/x**2, filled": ("pole", lambda x: 0.0 if x == 0 else 1 / x / x if abs(x) > 1e-150 else math.inf, 0.0),
    "root": ("pole", lambda x: math.sqrt(x) if x >= 0 else math.nan, 0.0),
    "root of |x|": ("pole", lambda x: math.sqrt(abs(x)), 0.0),
    "cube root": ("pole", lambda x: math.copysign(abs(x) ** (1 / 3), x), 0.0),
    "cube root at 2": ("pole", lambda x: math.copysign(abs(x - 2) ** (1 / 3), x - 2), 2.0),
    "asin at 1": ("pole", lambda x: math.asin(x) if abs(x) <= 1 else math.nan, 1.0),
    "x log x": ("pole", lambda x: x * math.log(x) if x > 0 else 0.0, 0.0),
    "jump": ("pole", lambda x: 1.0 if x > 0 else 0.0, 0.0),
    "jump at 1e6": ("pole", lambda x: x + (1.0 if x > 1e6 else 0.0), 1e6),
    "infinite": ("pole", lambda x: math.inf, 0.0),
    "nan": ("hidden", lambda x: math.nan, 0.0),
    "sin at 1e17": ("hidden", math.sin, 1e17),
    "sin at 1e22": ("hidden", math.sin, 1e22),
    "cos(x*x) on a line": ("hidden", lambda x: x + math.cos(x * x), 3e10),
    "wave below what floats show": ("hidden", lambda x: x + 1e-12 * math.sin(1e12 * x), 1.0),
    "absorbed": ("hidden", lambda x: (x + 1e20) - 1e20, 1e-3),
    "absorbed in part": ("hidden", lambda x: (x + 1e12) - 1e12, 1e-3),
    "absorbed beside a line": ("hidden", lambda x: x + ((x + 1e6) - 1e6), 1e-3),
    "absorbed in a sine": ("hidden", lambda x: math.sin(x + 1e11), 0.3),
    "fine stairs": ("hidden", lambda x: math.floor(x * 1e6) / 1e6, 0.3000005),
    "a height that hides it": ("hidden", lambda x: 5 + math.sqrt(x * x + 1e-20), 1e-10),
    "all digits lost": ("hidden", lambda x: (x + 1) ** 2 - x * x - 2 * x, 1e6),
    "noise": ("hidden", lambda x: x * (hash(x) % 1000), 0.5),
}  # fmt: skip


def of_floats(f):
    """Return the function with nan where Python raises an error, as under ieee()."""

    def at(x):
        try:
            return f(x)
        except (ArithmeticError, ValueError):
            return math.nan

    return at


@pytest.mark.parametrize("name", SMOOTH)
def test_a_slope_is_found_whatever_the_size_of_x_and_of_what_is_around(name):
    f, x, slope = SMOOTH[name]
    found = slope_at(of_floats(f), x)
    assert found.kind == "" and agree(slope, found.value, 1e-6, 1e-5), found


@pytest.mark.parametrize("name", NOWHERE)
def test_where_there_is_no_slope_or_none_to_be_told_it_is_said_so(name):
    kind, f, x = NOWHERE[name]
    found = slope_at(of_floats(f), x)
    assert found.kind == kind, found
    assert found.said and (kind != "symmetric kink" or found.left == pytest.approx(-found.right, rel=1e-3))


def test_the_slopes_of_the_table_are_those_of_mpmath():
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(80):
        for name, (f, at, slope) in SMOOTH.items():
            x = mpmath.mpf(at)
            h = mpmath.mpf(10) ** -45 * (abs(x) or 1)
            beside = [(f(y, mpmath), y) for y in (x - h, x, x + h)]
            (low, left), (high, right) = [(value, y) for value, y in beside if value == value][
                :: 2 if beside[0][0] == beside[0][0] == beside[2][0] else 1
            ][:2]
            assert float((high - low) / (right - left)) == pytest.approx(slope, rel=1e-12, abs=1e-18), name


EXTREMES = [
    0.0,
    5e-324,
    2.2e-308,
    1.0,
    2.0**53,
    1e300,
    1.7976931348623157e308,
    8.98846567431158e307,
    math.inf,
    math.nan,
]


@pytest.mark.parametrize("eps", [1e-12, 1e-6, 1e-3])
def test_no_number_and_no_function_is_too_much_for_it(eps):
    functions = [lambda x: x, math.sin, math.exp, math.log, lambda x: 1 / x, lambda x: 1e308 * math.sin(1e5 * x), lambda x: -1e-308 * x,
                 lambda x: math.inf if x > 0 else 1.0, lambda x: 1.0 if x == 1 else math.nan, lambda x: 5.0, lambda x: x % 1]  # fmt: skip
    for f in functions:
        for x in [*EXTREMES, *(-x for x in EXTREMES)]:
            found = slope_at(of_floats(f), x, eps)
            assert found.kind in ("", "kink", "symmetric kink", "pole", "hidden") and (
                found.kind or math.isfinite(found.value)
            )


def test_most_slopes_take_nine_values():
    """The step is computed from the noise, not searched for."""
    taken = []
    ordinary = (
        math.sin,
        lambda x: math.tanh(x) / 3,
        lambda x: 1 + math.exp(x),
        lambda x: (x - 1) ** 2,
        lambda x: 5 / x,
    )
    for f, x in [(f, x) for f in ordinary for x in (0.3, -1.7, 2.0, 0.05)]:
        calls: list[float] = []
        slope_at(lambda x, f=f, calls=calls: calls.append(x) or f(x), x)
        taken.append(len(calls))
    assert sorted(taken)[len(taken) // 2] <= 11 and max(taken) <= 21, taken


# --- gradcheck on them: rows of one's own, whose partials may be anything -------------------------------------------

CLAIMS = [
    ("a + sin(a)", "1", 1e8), ("sin(a)", "0", 1.5e12), ("tanh(a - 1000000000000)", "0", 1e12), ("sin(a)", "0", 1e17),
    ("1 / abs(a - 1000000) if a != 1000000 else 0", "0", 1e6), ("abs(a) * exp(-(1000 * a) ** 2)", "0", 0.0),
    ("a + cos(a * a)", "1", 3e10), ("(a + 1000000) - 1000000", "0", 1e-3), ("(1 + a) - 1", "0", 1e-20),
    ("a + (a + 1000000) - 1000000", "1", 1e-3), ("a + sin(1000000000 * a) / 1000000000", "1", 1.0), ("1 if a > 0 else 0", "0", 0.0),
    ("1 / (a * a + 0.000000000001)", "0", 1e-9), ("tanh(1000000 * a)", "0", 1e-9), ("abs(abs(a) - 0.0000001)", "-1", 1e-7),
    ("abs(a) if abs(a) < 0.000001 else 0.000001", "0", 0.0), ("log(a)", "1000000", 1.001e-6), ("a ** 3", "0", 1e-2),
]  # fmt: skip


@pytest.mark.parametrize(("value", "partial", "at"), CLAIMS)
def test_a_wrong_partial_is_not_accepted(value, partial, at):
    assert not gradcheck(op("claimed", "c", value, partial), Value(at), raise_exception=False)


RIGHT = [
    ("sin(a)", "cos(a)", 1e12), ("1 / (a * a + 0.000001)", "-2 * a * out ** 2", 0.0), ("sin(1000 * a)", "1000 * cos(1000 * a)", 10.0),
    ("sin(1000 * a)", "1000 * cos(1000 * a)", 2891.7), ("a + sin(a)", "1 + cos(a)", 1e8), ("tanh(a - 1000000000000)", "1 - out ** 2", 1e12), ("1 / (a * a + 0.000001)", "-2 * a * out ** 2", 1e-6),
]  # fmt: skip


@pytest.mark.parametrize(("value", "partial", "at"), RIGHT)
def test_a_right_partial_is_accepted(value, partial, at):
    assert gradcheck(op("claimed", "c", value, partial), Value(at))


def test_what_rounding_hides_is_said_by_name():
    x = Value(1e17, "x")
    with pytest.raises(
        AutogradError, match=r"at x = 1e\+17 there is no slope that differences can find: rounding hides it"
    ):
        gradcheck(Value.sin, x)


# --- Random formulas ------------------------------------------------------------------------------------------------

ONE = [
    Value.sin,
    Value.cos,
    Value.tanh,
    Value.exp,
    Value.log,
    Value.sqrt,
    abs,
    Value.relu,
    lambda a: -a,
    lambda a: a * a,
]
TWO = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b]


def formula(rng, depth):
    """Return a random function of a Value: operations, and constants of any size."""
    if not depth or rng.random() < 0.12:
        constant = (
            rng.choice([1, -1]) * 10.0 ** rng.uniform(-12, 12)
            if rng.random() < 0.5
            else rng.choice([1.0, 2.0, 0.5, -1.0, 1e6])
        )
        return (lambda x: x) if rng.random() < 0.7 else (lambda x: Value(constant))
    if rng.random() < 0.5:
        one, inner = rng.choice(ONE), formula(rng, depth - 1)
        return lambda x: one(inner(x))
    two, first, second = rng.choice(TWO), formula(rng, depth - 1), formula(rng, depth - 1)
    return lambda x: two(first(x), second(x))


def claims(seed, count):
    """Draw functions, points and gradients; return how many gradients are accepted, and which wrong ones are."""
    rng = random.Random(seed)
    accepted = tried = 0
    wrong = []
    while tried < count:
        f = formula(rng, rng.choice([1, 2, 3, 4]))
        x = Value(
            rng.choice(
                [0.0, rng.uniform(-3, 3), *(rng.choice([1, -1]) * 10.0 ** rng.uniform(-12, 12) for _ in range(4))]
            )
        )
        with ieee():
            out = f(x)
            (slope,) = (float(g.data) for g in grad(out, [x], allow_unused=True))
        if (
            not (math.isfinite(out.data) and math.isfinite(slope))
            or abs(slope) > 1e290
            or x not in {x, out, *out.operands}
        ):
            continue
        tried += 1

        def values(at, f=f):
            with ieee():
                return f(Value(at)).data

        found = slope_at(values, x.data)
        accepted += not found.kind and agree(slope, found.value, 1e-6, 1e-5)
        for off in (1e-3 * abs(slope) + 1e-5, -1e-3 * abs(slope) - 1e-5, -slope if abs(slope) > 1e-5 else 1.0):
            if not found.kind and agree(slope + off, found.value, 1e-6, 1e-5):
                wrong.append((x.data, slope, off, found))
    return accepted / tried, wrong


def test_random_formulas():
    accepted, wrong = claims(0, 200)
    assert accepted > 0.9 and not wrong


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
def test_many_random_formulas(seed):
    accepted, wrong = claims(seed, 2000)
    assert accepted > 0.93 and not wrong
