"""The slope of a function of floats at a point, found from its values alone, or the reason why they do not show it.

The error of a difference over a step h is the rounding of the values, divided by h, and the difference misses anything
narrower than h. So the step is the smallest that rounding allows. The rounding is measured near x (Moré and Wild,
Estimating computational noise, 2011). A few more values show whether smaller and larger steps agree; if they do not,
all steps, in powers of two, are tried and compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Slope", "slope_at"]

_Function = Callable[[float], float]
_LEAST, _DENSE = (
    -1000,
    -128,
)  # the exponent of the smallest step at 0, and the one above which no step is left out
_UNEVEN = 1.848  # a step is a power of two times this: a multiple of the last bit would not show the rounding
_ABSOLUTE = -48  # the exponent of the smallest step that numbers near 1 can resolve


class Slope(NamedTuple):
    """What differences show about a function at a point.

    value: the slope. left, right: the slopes of the two sides, nan where there are no values. error: how far off these
    may be. kind: "" where the function is smooth; "kink" where the sides differ; "symmetric kink" where they differ
    only in sign, so that central differences say 0; "pole" where values or slopes grow without bound; "hidden" where
    rounding, or a feature narrower than any step, hides the slope from differences.
    """

    value: float
    left: float
    right: float
    error: float
    kind: str

    @property
    def said(self) -> str:
        """The reason why there is no slope, in words; empty where the function is smooth."""
        if self.kind in ("kink", "symmetric kink"):
            return f"a {self.kind}, with slope {self.left:.6g} on its left and {self.right:.6g} on its right"
        return {
            "pole": "a pole: the value or the slope grows without bound",
            "hidden": "no slope that differences can find: rounding hides it, or it changes within the smallest step",
        }.get(self.kind, "")


def slope_at(f: _Function, x: float, eps: float = 1e-6, atol: float = 1e-6, rtol: float = 1e-5) -> Slope:
    """Measure the slope of `f` at `x` to `atol` + `rtol` times its size, or find out why there is none.

    eps: the largest step is 10,000 times this for numbers near 1, and grows in proportion to x. If f has no value on
    one side, only the other side counts.

    >>> f"{slope_at(lambda x: 1 / x, 1e-7).value:.6g}"
    '-1e+14'
    >>> [slope_at(f, 0.0).kind for f in (abs, lambda x: max(x, 0.0), lambda x: x and 1 / x)]
    ['symmetric kink', 'kink', 'pole']
    >>> slope_at(math.sin, 1e12).kind, slope_at(math.sin, 1e17).kind
    ('', 'hidden')
    """
    here = f(x)
    if not (math.isfinite(here) and math.isfinite(x)):
        return Slope(math.nan, math.nan, math.nan, math.inf, "pole" if math.isinf(here) else "hidden")
    values = _Values(f, x, here)
    top = min(math.floor(math.log2(1e4 * eps / _UNEVEN) + math.log2(max(1.0, abs(x)))), 1000)
    tolerance = _Tolerance(atol, rtol)
    return _quick(values, top, tolerance) or _Search(values, top, tolerance).slope()


class _Tolerance(NamedTuple):
    atol: float
    rtol: float

    def of(self, slope: float) -> float:
        return self.atol + self.rtol * abs(slope)


class _Rung(NamedTuple):
    """The slopes over one step h on both sides, and across both. bit: the last bit of the values."""

    h: float
    left: float
    right: float
    central: float
    bit: float

    @property
    def flat(self) -> bool:
        return self.left == 0 == self.right

    @property
    def bend(self) -> float:
        return self.right - self.left


class _Values:
    """The rungs of a function around x: values[k] holds the values at a step of about 2**k, each computed once."""

    def __init__(self, f: _Function, x: float, here: float) -> None:
        self.f, self.x, self.here = f, x, here
        self.beyond = min(100 + max(0, math.frexp(x)[1]), 1020)  # the exponent of a step that is far from x
        self.finest = math.frexp(math.ulp(x))[1] - 1 if x else _LEAST
        self._rungs: dict[int, _Rung] = {}

    def __getitem__(self, k: int) -> _Rung:
        if k not in self._rungs:
            self._rungs[k] = self._rung(_UNEVEN * 2.0**k)
        return self._rungs[k]

    def _rung(self, h: float) -> _Rung:
        x, here = self.x, self.here
        below, above = x - (x - h), (x + h) - x  # the steps after rounding
        low, high = self.f(x - below), self.f(x + above)
        left, right = (here - low) / below, (high - here) / above
        central = (left * above + right * below) / (above + below)
        bit = math.ulp(max([abs(y) for y in (low, here, high) if math.isfinite(y)]))
        return _Rung(math.sqrt(above) * math.sqrt(below), left, right, central, bit)

    def noise(self, k: int) -> float:
        """Measure how far the values of the rungs k and k + 1 are from a parabola, but at least their last bit."""
        return max(self[k].bit, _or_nothing(self._third(k) / 3))

    def fine_noise(self, k: int) -> float:
        """Measure the same with the rungs k + 2 and k + 3, from a polynomial of degree 4 or 6."""
        if self.is_one_sided(k):
            return self.noise(k)
        odd = (self.central(k + 1, 2) - self.central(k + 2, 2), self.central(k + 2, 3) - self.central(k + 3, 3))
        return max(self[k].bit, self[k].h * max(min(map(_or_nothing, odd)), _or_nothing(self._even(k))))

    def _even(self, k: int) -> float:
        """Return what is not smooth in the bends at the rungs k, k + 1, k + 2; smooth parts go with h, h**3, ..."""
        slopes = [self[k + i].bend / self[k + i].h for i in (2, 1, 0)]
        near, far = (_extrapolated(slopes[i : i + 2], [self[k + 2 - i].h, self[k + 1 - i].h], 2) for i in (1, 0))
        return (near - far) * self[k].h / 4

    def _third(self, k: int) -> float:
        """Return the third difference of f at -2h, -h, 0, h, 2h; at the edge of a domain, the second."""
        near, far = self[k], self[k + 1]
        sides = [bend * far.h for bend in (far.right - near.right, near.left - far.left) if bend == bend]
        return sides[0] - sides[-1] if len(sides) == 2 else sum(sides)

    def is_one_sided(self, k: int) -> bool:
        return self[k].central != self[k].central

    def central(self, k: int, order: int = 3) -> float:
        """Extrapolate the slope from the rungs at and below k: to order 2 from two of them, to order 3 from three."""
        rungs = [self[k - i] for i in range(order)]
        return _extrapolated([rung.central for rung in rungs], [rung.h for rung in rungs], 2)

    def is_continuous(self, k: int, slope: float) -> bool:
        """Return whether the distance from a line with that slope grows gradually within the rung k, not in steps."""
        h = 2 * self[k].h
        few, many = (self._largest_step(h, parts, slope) for parts in (16, 64))
        return few > 64 * self[k].bit and many < 0.5 * few

    def _largest_step(self, h: float, parts: int, slope: float) -> float:
        places = [self.x + h * (2 * i / parts - 1) for i in range(parts + 1)]
        heights = [self.f(y) for y in places]
        steps = zip(places, places[1:], heights, heights[1:])
        return max((abs(after - before - slope * (y - x)) for x, y, before, after in steps), default=0.0)


def _or_nothing(size: float) -> float:
    return abs(size) if math.isfinite(size) else 0.0


def _extrapolated(slopes: list[float], steps: list[float], power: int) -> float:
    """Evaluate, at step 0, the polynomial in step**power through some slopes (Neville's scheme)."""
    for apart in range(1, len(steps)):
        ratios = [(far / near) ** power for far, near in zip(steps, steps[apart:])]
        slopes = [near + (near - far) / (ratio - 1) for far, near, ratio in zip(slopes, slopes[1:], ratios)]
    return slopes[0]


def _is_drowned(slope: float, error: float, noise: float, values: _Values, rung: _Rung) -> bool:
    """Return whether values are off by many units in the last place, beyond what the slope explains.

    A wave that is too narrow for floats has such values.
    """
    apart = math.ulp(values.x) if not values[values.finest + 3].flat else rung.h * 2**-22
    return noise > 64 * rung.bit and noise > 2**12 * (abs(slope) - 4 * error) * apart


def _quick(values: _Values, top: int, tolerance: _Tolerance) -> Slope | None:
    """Return the slope if steps of three sizes agree on it; otherwise None."""
    k = values.finest + 3
    if values[k].flat and k < _ABSOLUTE:
        k = _ABSOLUTE
    noise = values.noise(k)
    fine = values[k]
    least = max(0.0, abs(fine.central) - 2 * noise / fine.h)
    wanted = noise / tolerance.of(least)  # the step at which noise reaches the tolerance: an eighth of the best step
    if not math.isfinite(wanted):
        return None
    best = max(k + 1, math.ceil(math.log2(max(wanted, 5e-324)) + math.log2(8 / _UNEVEN)))
    if best > top:
        return None
    rung = values[best]
    slope, error = rung.central, 2 * noise / rung.h
    if not abs(values[top].central - slope) <= tolerance.of(slope) / 2:
        error += abs(slope - values[best - 1].central)
        slope = values.central(best, order=2)
    tolerated = tolerance.of(slope)
    if not error <= tolerated / 2 or not abs(rung.bend) <= 2 * tolerated + 16 * noise / rung.h:
        return None
    if not abs(fine.central - slope) <= tolerated + 8 * noise / fine.h or _is_drowned(
        slope, error, noise, values, rung
    ):
        return None
    if not _wide_steps_agree(values, slope, best, top, tolerated):
        return None
    return Slope(slope, rung.left, rung.right, error, "")


def _wide_steps_agree(values: _Values, slope: float, best: int, top: int, tolerated: float) -> bool:
    """Return whether wider steps agree, or approach with the square of h, as they do for a smooth function."""
    if values[best].flat:
        return values[top].flat and (values[values.beyond].left == 0 or values[values.beyond].right == 0)
    off = abs(values[top].central - slope)
    for k in range(top - 2, best, -2):
        if not off > 2 * tolerated:
            break
        before, off = off, abs(values[k].central - slope)
        if not before / 64 <= off <= before / 8:
            return False
    return off <= 2 * tolerated or best + 2 > top


class _Search:
    """Compare all possible steps, to find kinks, poles, narrow features and heavy rounding."""

    def __init__(self, values: _Values, top: int, tolerance: _Tolerance) -> None:
        self.values, self.top, self.tolerance = values, top, tolerance
        finest, dense = values.finest, max(values.finest, _DENSE)
        starts = (finest, finest // 2, finest // 4) if finest < 4 * _DENSE else ()
        self.steps = [k for start in starts for k in range(start, start + (60 if start == finest and values.x else 6))]
        self.noise = 0.0
        self.within = False  # whether x is on a level stretch that ends with a jump larger than rounding
        self.steps += range(dense, max(top + 6, dense + 3) + 1)

    def slope(self) -> Slope:
        flat = [k for k in self.steps if all(self.values[i].flat for i in self.steps if i <= k)]
        if len(flat) > 3:
            if self._is_level(flat[-1]) and not self._is_denied(0.0, flat[-1], self._errors(self.values.central)):
                return Slope(0.0, 0.0, 0.0, 0.0, "")
            self.steps = self.steps[len(flat) :]
            self.within = bool(self.steps) and self._leaps(self.steps[0])
        for k in self.steps[:6]:  # a bend at larger steps is not noise
            noise = self.values.fine_noise(k)
            self.noise = max(self.noise, min(noise, 8 * self.noise or noise))
        known = [k for k in self.steps[:3] if math.isfinite(self.values[k].central)]
        if not known and self.steps:
            return self._one_sided()
        return self._kink() or self._settled() or self._unsettled()

    def _is_level(self, k: int) -> bool:
        """Return whether a function is constant up to the rung k because of its formula, not because of rounding."""
        values, rung = self.values, self.values[k]
        if rung.bit > self.tolerance.atol * rung.h:
            return False
        for side, sign in (("left", -1), ("right", 1)):
            if getattr(values[values.beyond], side):
                first = next(i for i in range(k + 1, values.beyond + 1) if getattr(values[i], side))
                if not self._is_meant(first) and self._is_stepped(first, sign):
                    return False
        return True

    def _is_meant(self, k: int) -> bool:
        """Return whether the jumps within the rung k are as wide as x, as for %: rounding is seldom so coarse."""
        return self.top - 5 <= k < self.top + 14

    def _leaps(self, k: int) -> bool:
        rung = self.values[k]
        return max(abs(rung.left), abs(rung.right)) * rung.h > 2**10 * rung.bit

    def _is_stepped(self, k: int, sign: int) -> bool:
        """Return whether one side is a staircase beyond the rung k, which is how rounded values look."""
        f, h, bit = self.values.f, self.values[k].h, self.values[k].bit
        places = [self.values.x + sign * times * h for times in (1.1, 2.3, 4.1, 9.3, 20.7, 40.9)]
        heights = [f(y) for y in places]
        steps = 0
        for before, y, after, low, here, high in zip(places, places[1:], places[2:], heights, heights[1:], heights[2:]):
            expected = abs((high - low) / (after - before)) * h / 32
            changes = abs(f(y - h / 32) - here), abs(f(y + h / 32) - here)
            steps += expected > 4 * bit and max(changes) <= 0.1 * expected
        return steps >= 2

    def _told(self, side: str) -> list[int]:
        """Return the steps at which a side's slope is well above rounding."""
        rungs = {k: self.values[k] for k in self.steps}
        return [k for k, rung in rungs.items() if 100 * rung.bit / rung.h < abs(getattr(rung, side)) < math.inf]

    def _grows(self) -> bool:
        """Return whether a side's slope grows as the step shrinks, as it does next to a vertical tangent."""
        for side in ("left", "right"):
            slopes = [getattr(self.values[k], side) for k in self._told(side)[:6]]
            if len(slopes) == 6 and all(near / far > 1 for near, far in pairwise(slopes)):
                growth = [near - far for near, far in pairwise(slopes)]
                rung = self.values[self._told(side)[0]]
                if (
                    growth[0] / growth[3] > 0.7 and abs(sum(growth)) > 8 * rung.bit / rung.h
                ):  # the ratio is 1 / 8 for a smooth function
                    return True
        return False

    def _bent(self, k: int) -> bool:
        rung = self.values[k]
        larger = max(abs(rung.left), abs(rung.right))
        return abs(rung.bend) > 2 * self.tolerance.of(larger) + self._bound(k)

    def _bound(self, k: int) -> float:
        """Return how far rounding may shift the slope over a step."""
        return 16 * max(self.noise, self.values[k].bit) / self.values[k].h

    def _kink(self) -> Slope | None:
        """Return the slopes of the two sides, if they differ by the same amount at every small step."""
        values, steps = self.values, self.steps
        runs = (
            (k, i)
            for i, k in enumerate(steps)
            if {k + 1, k + 2} <= set(steps) and all(map(self._bent, (k, k + 1, k + 2)))
        )
        k, i = next(runs, (0, -1))
        if i < 0 or abs(values[k].bend) < 0.6 * abs(values[k + 2].bend):
            return None
        if any(self._bound(finer) < 0.4 * abs(values[k].bend) and not self._bent(finer) for finer in steps[:i]):
            return None
        if self._is_doubtful(k):
            return self._named("hidden", k)
        if self._grows():
            return self._named("pole", k)
        if abs(values[k + 5].bend) < 0.5 * abs(values[k].bend):
            return None
        left, right = (2 * getattr(values[k], side) - getattr(values[k + 1], side) for side in ("left", "right"))
        near = 2 * self.tolerance.of(max(abs(left), abs(right))) + self._bound(k)
        kind = "symmetric kink" if abs(left + right) <= near else "kink"
        return Slope((left + right) / 2, left, right, self._bound(k), kind)

    def _errors(self, of: Callable[[int, int], float]) -> dict[int, float]:
        """Estimate how far off the extrapolation of three steps is, from the largest of them."""
        found: dict[int, float] = {}
        for k in self.steps:
            if {k - 1, k - 2} <= set(self.steps):
                error = abs(of(k, 3) - of(k, 2)) + 4 * max(self.noise, self.values[k].bit) / self.values[k].h
                if k - 3 in self.steps:
                    error += abs(of(k, 3) - of(k - 1, 3)) + abs(of(k - 1, 3) - of(k - 1, 2))
                if error < math.inf:
                    found[k] = error
        return found

    def _settled(self) -> Slope | None:
        """Return the slope at the smallest step that shows one, unless a smaller or a credible larger one disagrees."""
        values = self.values
        errors = self._errors(values.central)
        for k, error in errors.items():
            slope = values.central(k)
            tolerated = self.tolerance.of(slope)
            if error > tolerated / 2 or values[k].flat or _is_drowned(slope, error, self.noise, values, values[k]):
                continue
            finer = [i for i in self.steps if i < k - 2]
            if any(not abs(values[i].central - slope) <= tolerated + self._bound(i) for i in finer):
                return None
            if self._is_denied(slope, k, errors):
                return None
            return Slope(slope, values[k - 2].left, values[k - 2].right, error, "")
        return None

    def _is_denied(self, slope: float, settled: int, errors: dict[int, float]) -> bool:
        """Return whether larger steps settle on a different slope, and the transition between the two looks like rounding.

        A smooth function departs from its tangent by the square of the step. A function with a kink nearby departs from
        it without a jump in its values. Rounded values jump.
        """
        values = self.values
        tolerated = 10 * self.tolerance.of(slope)

        def off(k: int) -> float:
            return abs(values[k].central - slope)

        wide = [k for k, error in errors.items() if k > settled + 3 and off(k) > tolerated and error < 0.1 * off(k)]
        wide = [k for k in wide if k + 2 in errors and abs(values[k + 2].central - values[k].central) < 0.2 * off(k)]
        if not wide:
            return False
        leaves = next(k for k in self.steps if k > settled and off(k) > max(tolerated, 0.02 * off(wide[0])))
        if self._is_meant(leaves):
            return False
        if 2.5 < off(leaves) / (off(leaves - 1) or 1e-300) < 6.5 and 1.5 < off(leaves + 1) / off(leaves) < 6.5:
            return False
        return not values.is_continuous(leaves, slope)

    def _one_sided(self) -> Slope:
        """Return the slope at the edge of a domain."""
        values = self.values
        for side in ("left", "right"):

            def of(k: int, order: int, side: str = side) -> float:
                rungs = [values[k - i] for i in range(order)]
                return _extrapolated([getattr(rung, side) for rung in rungs], [rung.h for rung in rungs], 1)

            for k, error in self._errors(of).items():
                if error <= self.tolerance.of(of(k, 3)) / 2:
                    sides = (of(k, 3), math.nan) if side == "left" else (math.nan, of(k, 3))
                    return Slope(of(k, 3), *sides, error, "")
        return self._unsettled()

    def _unsettled(self) -> Slope:
        told = [k for side in ("left", "right") for k in self._told(side)[:1]]
        k = min(told, default=self.steps[-1] if self.steps else 0)
        return self._named("pole" if self._grows() and not self._is_doubtful(k) else "hidden", k)

    def _is_doubtful(self, k: int) -> bool:
        """Return whether an apparent kink or pole may come from rounded values, or lie beside x."""
        widths = range(max(k, self.values.finest + 8), max(k, self.values.finest + 8) + 20, 6)
        return self.within or any(self._is_stepped(wide, sign) for wide in widths for sign in (-1, 1))

    def _named(self, kind: str, k: int) -> Slope:
        rung = self.values[k]
        known = [slope for slope in (rung.left, rung.right) if math.isfinite(slope)]
        value = sum(known) / len(known) if known else math.nan
        return Slope(value, rung.left, rung.right, math.inf, kind)
