"""The colours of pictures and pages: one palette for light paper and one for dark.

Orange and blue show the sign of a gradient: colour-blind people can tell them apart too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

__all__ = ["DARK", "LIGHT", "THEMES", "Palette", "largest", "mix", "worst"]

Palette = Mapping[str, str]

LIGHT = {
    "paper": "#ffffff", "ink": "#1f2933", "faint": "#586371", "line": "#8b97a5", "cluster": "#f6f8fa",
    "value": "#ffffff", "result": "#ffffff", "constant": "#e9ecf0", "operation": "#34404d", "symbol": "#ffffff",
    "input": "#e2f3ee", "input line": "#1b7f65", "parameter": "#efe9fb", "parameter line": "#6a4bb8",
    "module": "#e7edf5", "more": "#eef1f4", "positive": "#e8822b", "negative": "#3d7fd1", "broken": "#d6249f",
}  # fmt: skip
DARK = {
    "paper": "#14181d", "ink": "#eef2f6", "faint": "#a3afbb", "line": "#75828f", "cluster": "#191f26",
    "value": "#1e252d", "result": "#1e252d", "constant": "#2b333c", "operation": "#dfe6ed", "symbol": "#14181d",
    "input": "#12352d", "input line": "#4cc3a2", "parameter": "#2b2148", "parameter line": "#a78bea",
    "module": "#223041", "more": "#262d35", "positive": "#e8822b", "negative": "#4a8fe3", "broken": "#ff5fc4",
}  # fmt: skip
THEMES: Mapping[str, Palette] = {"light": LIGHT, "dark": DARK}


def largest(numbers: Iterable[float]) -> float:
    """Return the size of the largest finite number, which gets the strongest colour.

    >>> largest([1.0, -3.0, float("inf")])
    3.0
    """
    return max((abs(number) for number in numbers if math.isfinite(number)), default=0.0)


def worst(numbers: Iterable[float]) -> float:
    """Return the number that a colour shows for several: the first nan or inf, otherwise the largest in size.

    >>> worst([1.0, -3.0, 2.0]), worst([1.0, float("inf")])
    (-3.0, inf)
    """
    several = list(numbers)
    return next((number for number in several if not math.isfinite(number)), max(several, key=abs, default=0.0))


def mix(paper: str, ink: str, share: float) -> str:
    """Mix two colours; `share` is that of the second.

    >>> mix("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = ((int(paper[i : i + 2], 16), int(ink[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
