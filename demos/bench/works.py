"""What is measured: the same workloads for every engine, with the same numbers.

An engine is a module of this folder, or an object in one, with a function for each workload that it can run, named
after what the workload `does`. That function prepares the work, and returns another function, `run`, which does the
work once, or `run.count` times if it has that attribute, and returns the answer: a list of floats, or a function that
makes one.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any, NamedTuple

from ..shared.datasets import moons

__all__ = ["BETAS", "DECAY", "DOCUMENT", "KEPT", "KEPT_LENGTH", "RATE", "SIZES", "WORKS", "Work", "chain_factors",
           "gpt_weights", "moons_data", "moons_weights"]  # fmt: skip

SIZES = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
KEPT, KEPT_LENGTH = 200_000, 100


class Work(NamedTuple):
    """One column of a table. In a process it is timed at least `repeats` times, `block` runs at a time, so that the
    occasional garbage collection is spread over them; the result, seconds or bytes, is divided by `count`.
    `size`, if there is one, is passed to the function that prepares the workload.
    """

    name: str
    head: str
    does: str
    what: str = ""
    repeats: int = 1
    block: int = 1
    count: int = 1
    size: int = 0


def _chain(size: int) -> Work:
    repeats = {1_000_000: 1, 100_000: 3}.get(size, 20)
    return Work(
        f"chain_{size}", f"{size:,}", "chain", repeats=repeats, block=max(1, 1_000 // size), count=size, size=size
    )


WORKS = (
    Work(
        "expression", "expression", "expression", "micrograd's README expression, forward and backward", 15, block=300
    ),
    Work("moons", "moons", "moons", "one update: MLP 2-16-16-1, 100 points, hinge loss + L2, SGD", repeats=3),
    Work("gpt", "gpt", "gpt", "one update: 1 layer, 16 wide, 4 heads, a document of 8 letters, AdamW", repeats=5),
    Work("memory", "memory", "memory", "after backward, per operation", count=KEPT),
    Work("loading", "import", "loading", "beyond starting Python"),
    *map(_chain, SIZES),
)

RATE, DECAY = 0.1, 1e-4
BETAS, DOCUMENT = (0.85, 0.99), "caroline"


def moons_data() -> tuple[list[list[float]], list[int]]:
    """Return 100 points, and the side, -1 or 1, that each of them is on."""
    table = moons(100, noise=0.1, rng=Random(0))
    return table.xs, [2 * y - 1 for y in table.ys]


def moons_weights() -> list[tuple[list[list[float]], list[float]]]:
    """Return the weight matrix (`out` rows of `in` numbers) and bias of each of the three layers."""
    rng = Random(1)
    layers: list[tuple[list[list[float]], list[float]]] = []
    for inputs, outputs in ((2, 16), (16, 16), (16, 1)):
        weight = [[(2 * rng.random() - 1) / inputs**0.5 for _ in range(inputs)] for _ in range(outputs)]
        layers.append((weight, [0.1 * rng.random() for _ in range(outputs)]))
    return layers


@cache
def gpt_weights() -> dict[str, Any]:
    """Return the GPT of demos/models/gpt.py at its start, as a state_dict: nested lists under their names."""
    from ..models.gpt import GPT

    return GPT(Random(0)).state_dict()


def chain_factors() -> tuple[float, float]:
    """Return the numbers that a chain multiplies by and adds, in turn, so that its value neither grows nor vanishes."""
    return 0.999, 0.001
