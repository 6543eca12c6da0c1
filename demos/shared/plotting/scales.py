"""Scales: they map numbers to fractions of an axis, and put ticks at round numbers.

>>> Linear().ticks(0.0, 1.07, 5)
([0.0, 0.25, 0.5, 0.75, 1.0], ['0.00', '0.25', '0.50', '0.75', '1.00'])
>>> Log(10).ticks(0.003, 40.0, 5)
([0.01, 0.1, 1.0, 10.0], ['0.01', '0.1', '1', '10'])
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["Linear", "Log"]

MARGIN = 0.05  # the fraction of the axis that is left free beyond what is drawn
STEPS = (1.0, 2.0, 2.5, 5.0)
EXPONENTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST = 1e-307  # the smallest number that a log scale shows
LOST = 1e-9  # relative to a step: anything closer is rounding


class Linear:
    """A scale on which equal distances mean equal differences."""

    def along(self, x: float) -> float:
        return x

    def limits(self, low: float, high: float, margin: float = MARGIN) -> tuple[float, float]:
        """Return the limits that leave some room around numbers, or around a single one."""
        room = (high - low) * margin if high > low else abs(low) * MARGIN or 0.5
        return low - room, high + room

    def ticks(self, low: float, high: float, most: int) -> tuple[list[float], list[str]]:
        """Return at most `most` round numbers from low to high, and what is written at them."""
        step = self._step(high - low, most)
        first, last = math.ceil(low / step - LOST), math.floor(high / step + LOST)
        places = [k * step + 0.0 for k in range(first, last + 1)]
        return places, self.words(places, step)

    def _step(self, span: float, most: int) -> float:
        power = math.floor(math.log10(span / most))
        sizes = (step * 10.0**p for p in (power, power + 1) for step in STEPS)
        return next((size for size in sizes if span / size <= most - 0.999), 10.0 ** (power + 2))

    def words(self, places: Sequence[float], step: float) -> list[str]:
        digits = next((k for k in range(12) if abs(step * 10**k - round(step * 10**k)) < 1e-6 * step * 10**k), 12)
        largest = max(map(abs, places), default=0.0)
        if largest >= 1e6 or (largest and largest < 1e-4):
            told = max(1, math.ceil(math.log10(largest / step)) + 2)
            return [f"{place:.{told}g}".replace("-", "−") for place in places]
        return [f"{place:.{digits}f}".replace("-", "−") for place in places]


class Log:
    """A scale on which equal distances mean equal ratios."""

    def __init__(self, base: float = 10) -> None:
        self.base = base

    def along(self, x: float) -> float:
        return math.log(x) if x > 0 else -math.inf

    def limits(self, low: float, high: float, margin: float = MARGIN) -> tuple[float, float]:
        low = low if low > 0 else high / 1e3
        room = (high / low) ** margin if high > low else self.base
        return max(low / room, LEAST), min(high * room, 1 / LEAST)

    def ticks(self, low: float, high: float, most: int) -> tuple[list[float], list[str]]:
        first = math.ceil(math.log(low, self.base) - LOST)
        last = math.floor(math.log(high, self.base) + LOST)
        every = max(1, math.ceil((last - first + 1) / most))
        exponents = range(first, last + 1, every)
        places = [float(self.base) ** k for k in exponents]
        if all(1e-4 < place < 1e5 for place in places):
            return places, [f"{place:g}" for place in places]
        return places, [f"{self.base:g}{str(k).translate(EXPONENTS)}" for k in exponents]
