"""Numbers with a bound on how far a float may be from them: the running error analysis of Wilkinson (1963), chapter 1.

A Bounded is what exact arithmetic gives, and a bound on the error of a float computed in its place, by the same steps in any order
of summation: each step adds half a unit in the last place of its result, and passes on the errors of its operands.
Nothing that might overflow is squared; mpmath's numbers of 60 digits never overflow.

>>> with exactly("float"):
...     (bounded(0.1) * 3.0).error < 1e-16
True
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from fractions import Fraction

UNIT = 2.0**-53  # half a unit in the last place of 1
ULPS = 4  # how many UNITs a library function may be off: two units in the last place
LARGEST = math.ldexp(1.0, 1023) * (2 - 2.0**-52)
SMALLEST = 5e-324


class BeyondError(Exception):
    """A number that is not a float: too large, or not real."""


class UndecidedError(Exception):
    """A comparison whose outcome rounding may change."""


class Floats:
    """Floats in place of mpmath's numbers, for programs too long for those: the bounds are then about right, not
    strict."""

    mpf = float

    def __getattr__(self, name):
        return getattr(math, name)

    @staticmethod
    def power(a, b):
        return math.pow(a, b)


FLOATS = Floats()
_context = FLOATS
_ulps = ULPS


@contextmanager
def exactly(kind, ulps=ULPS):
    """Compute with mpmath's numbers of 60 digits ("mpmath"), or with floats ("float")."""
    global _context, _ulps
    before = _context, _ulps
    if kind == "mpmath":
        from mpmath import mp

        _context, _ulps = mp, ulps
        with mp.workdps(60):
            try:
                yield
            finally:
                _context, _ulps = before
    else:
        _context, _ulps = FLOATS, ulps
        try:
            yield
        finally:
            _context, _ulps = before


class Bounded:
    """A number, and how far a float may be from it."""

    __slots__ = ("error", "value")
    __hash__ = object.__hash__

    def __init__(self, value, error=0):
        if not abs(value) <= LARGEST:
            raise BeyondError(f"{value}")
        self.value, self.error = value, error

    def __repr__(self):
        return f"{float(self.value)!r} ± {float(self.error):.1e}"

    def units(self, found):
        """Return how far a float is off, as a fraction of the bound: at most 1 if it is right."""
        off = abs(_context.mpf(found) - self.value)
        return 0.0 if off == 0 else float(off / self.error) if self.error else math.inf

    def __add__(self, other):
        other = bounded(other)
        return add_up([self, other])

    def __sub__(self, other):
        return add_up([self, -bounded(other)])

    def __mul__(self, other):
        if not isinstance(other, (Bounded, int, float)):
            return NotImplemented
        a, b = self, bounded(other)
        value = a.value * b.value
        error = abs(value) * UNIT
        if a.error or b.error:
            error += abs(a.value) * b.error + abs(b.value) * a.error + a.error * b.error
        return Bounded(value, error + SMALLEST if value else error)

    def __truediv__(self, other):
        if not isinstance(other, (Bounded, int, float)):
            return NotImplemented
        a, b = self, bounded(other)
        size = abs(b.value) - b.error
        if size <= 0:
            raise (UndecidedError if b.error else BeyondError)(f"division by {b}")
        value = a.value / b.value
        return Bounded(value, abs(value) * UNIT + (a.error + abs(value) * b.error) / size + SMALLEST)

    def __pow__(self, other):
        return power(self, bounded(other)) if isinstance(other, (Bounded, int, float)) else NotImplemented

    def __neg__(self):
        return Bounded(-self.value, self.error)

    def __abs__(self):
        return Bounded(abs(self.value), self.error)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return bounded(other) - self

    def __rtruediv__(self, other):
        return bounded(other) / self

    def __rpow__(self, other):
        return bounded(other) ** self

    # Comparisons are those of the floats, if the exact numbers are certain to compare in the same way.

    def _sign(self, other):
        other = bounded(other)
        if other is self:
            return 0
        off, error = self.value - other.value, self.error + other.error
        if abs(off) <= error and error:
            raise UndecidedError(f"{self} against {other}")
        return (off > 0) - (off < 0)

    def __lt__(self, other):
        return self._sign(other) < 0

    def __le__(self, other):
        return self._sign(other) <= 0

    def __gt__(self, other):
        return self._sign(other) > 0

    def __ge__(self, other):
        return self._sign(other) >= 0

    def __eq__(self, other):
        return self._sign(other) == 0

    def __ne__(self, other):
        return self._sign(other) != 0


def bounded(number):
    """Return a float as a number that is known exactly."""
    return number if isinstance(number, Bounded) else Bounded(_context.mpf(float(number)))


def add_up(terms):
    """Return their sum, in any order: the error of each partial sum is at most that of the sum of all sizes."""
    value = error = _context.mpf(0)
    size = _context.mpf(0)
    count = 0
    for term in terms:
        value += term.value
        error += term.error
        size += abs(term.value)
        count += 1
    if count == 2:
        size = abs(value) + error  # rounded once
    return Bounded(value, error + (count - 1) * UNIT * size)


def _moved(of, a, value):
    """Return by how much a function changes when its operand changes."""
    if not a.error:
        return 0
    try:
        ends = [of(a.value - a.error), of(a.value + a.error)]
    except (ValueError, ZeroDivisionError, OverflowError):
        raise UndecidedError(f"at {a}") from None
    if any(type(end) is not type(value) for end in ends):  # it is complex outside its domain
        raise UndecidedError(f"at {a}")
    return max(abs(end - value) for end in ends)


def function(name):
    """Return a function of a mathematical library, for Bounded numbers."""

    def of(a):
        compute = SPECIAL.get(name) or getattr(_context, name)
        try:
            value = compute(a.value)
        except (ValueError, ZeroDivisionError, OverflowError):
            raise BeyondError(f"{name} of {a}") from None
        if not isinstance(value, (_context.mpf, float)):
            raise BeyondError(f"{name} of {a}")
        if name in WAVES:  # the farthest point may be inside: Taylor's bound
            moved = a.error * (abs(getattr(_context, WAVES[name])(a.value)) + a.error / 2)
        else:
            moved = _moved(compute, a, value)
        return Bounded(value, moved + abs(value) * (_ulps * UNIT) + SMALLEST * _ulps)

    return of


WAVES = {"sin": "cos", "cos": "sin"}  # each with the function that gives the size of its slope
SPECIAL = {
    "exp2": lambda x: _context.power(_context.mpf(2), x),
    "log2": lambda x: _context.log(x) / _context.log(_context.mpf(2)),
    "log10": lambda x: _context.log(x) / _context.log(_context.mpf(10)),
}


def power(a, b):
    """a ** b."""

    def compute(x, y):
        if x < 0 and y == int(y):
            size = _context.power(-x, y)
            return -size if int(y) % 2 else size
        return _context.power(x, y)

    if a.value < 0 and b.error:
        raise UndecidedError(f"{a} ** {b}")
    if abs(b.value) + b.error > 1e30:  # mpmath would write such a number out
        raise BeyondError(f"{a} ** {b}")
    try:
        value = compute(a.value, b.value)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise BeyondError(f"{a} ** {b}") from None
    if not isinstance(value, (_context.mpf, float)):
        raise BeyondError(f"{a} ** {b}")
    moved = _moved(lambda x: compute(x, b.value), a, value)
    if b.error:
        moved += _moved(lambda y: compute(a.value, y), b, value)
        moved *= 1 + 2.0**-20  # the effect of both errors together
    return Bounded(value, moved + abs(value) * (_ulps * UNIT) + SMALLEST)


def _fraction(x):
    if isinstance(x, float):
        return Fraction(x)
    sign, mantissa, exponent, _ = x._mpf_
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** exponent


def fmod(a, b):
    """Return the remainder of the division, with the sign of a."""
    if abs(a.value) < abs(b.value):  # as a fraction, exp(-1e30) would fill the memory
        quotient, exact = 0, a.value
    else:
        numerator, divisor = _fraction(a.value), _fraction(b.value)  # 60 digits are too few for 1e154 % 1.7
        quotient = int(numerator / divisor)
        rest = numerator - quotient * divisor
        exact = float(rest) if isinstance(a.value, float) else _context.mpf(rest.numerator) / rest.denominator
    error = a.error + abs(quotient) * b.error
    if error and not error < abs(exact) < abs(b.value) - error:
        raise UndecidedError(f"fmod of {a} and {b}")
    return Bounded(exact, error)


def atan2(a, b):
    """Return the angle of the point (b, a)."""
    value = _context.atan2(a.value, b.value)
    radius = abs(a.value) + abs(b.value) - a.error - b.error
    if radius <= 0 or (
        b.value < 0 and abs(a.value) <= a.error
    ):  # here the sign of a zero, which we do not know, decides
        raise UndecidedError("atan2 at its cut")
    return Bounded(value, 2 * (a.error + b.error) / radius + abs(value) * (_ulps * UNIT))
