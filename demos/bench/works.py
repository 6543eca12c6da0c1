"""What is measured: the same work for every engine, from the same numbers.

An engine is a module of this folder with one function for each work it can do, named like the work. The
function prepares, and returns another that does the work once and gives the answer: a list of floats.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from ..datasets import moons

__all__ = ["KEPT", "KEPT_LENGTH", "LONG", "SHORT", "WORKS", "Work", "chain_factors", "moons_data", "moons_weights"]

SHORT, LONG = 10_000, 1_000_000
KEPT, KEPT_LENGTH = 200_000, 100


class Work(NamedTuple):
    """One row of the table. In a process it is timed `repeats` times, `block` runs at a go, so that what the garbage
    collector takes now and then is shared out; the result is divided by `count`.
    """

    name: str
    what: str
    unit: str
    repeats: int = 1
    block: int = 1
    count: int = 1


WORKS = (
    Work("expression", "micrograd's README expression, forward and backward", "us", repeats=15, block=300),
    Work("moons", "moons, one training step: MLP 2-16-16-1, 100 points, hinge + L2, SGD", "ms", repeats=3),
    Work(
        "short_chain",
        "chain of 10,000 operations: recorded, differentiated, freed; per operation",
        "ns",
        20,
        count=SHORT,
    ),
    Work("long_chain", "chain of 1,000,000 operations: the same; per operation", "ns", count=LONG),
    Work("memory", "memory after backward, per operation", "B", count=KEPT),
    Work("loading", "import, beyond starting Python", "ms"),
)

RATE, DECAY = 0.1, 1e-4


def moons_data() -> tuple[list[list[float]], list[int]]:
    """100 points and the side, -1 or 1, each is on."""
    table = moons(100, noise=0.1, rng=Random(0))
    return table.xs, [2 * y - 1 for y in table.ys]


def moons_weights() -> list[tuple[list[list[float]], list[float]]]:
    """Weight matrix (out rows of in numbers) and bias of each of the three layers."""
    rng = Random(1)
    layers: list[tuple[list[list[float]], list[float]]] = []
    for inputs, outputs in ((2, 16), (16, 16), (16, 1)):
        weight = [[(2 * rng.random() - 1) / inputs**0.5 for _ in range(inputs)] for _ in range(outputs)]
        layers.append((weight, [0.1 * rng.random() for _ in range(outputs)]))
    return layers


def chain_factors() -> tuple[float, float]:
    """What a chain multiplies by and adds, again and again, so that it neither grows nor dies."""
    return 0.999, 0.001
