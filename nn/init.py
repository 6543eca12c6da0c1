"""Initial parameters: the random numbers, and where they come from.

Every module that draws numbers takes ``seed=``: an int, or a random.Random to continue from. Without a seed it takes
the next numbers from a generator that all modules share. That generator starts from 0 in every process, and
`manual_seed` restarts it: the same program gives the same numbers, and no two layers start alike. Only
random.Random.random() draws numbers, since nothing else is the same in all Python versions.

>>> draw = uniform(0.5, seed=1)
>>> f"{draw():.4f} {draw():.4f}"
'-0.3656 0.3474'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from autograd import Value
from autograd.errors import ArgumentError
from autograd.frames import public

from .elsewhere import names_of_torch

__all__ = ["Seed", "constant", "flag", "generator", "manual_seed", "matrix", "normal", "size", "uniform", "vector"]

Seed: TypeAlias = "int | Random | None"
Draw: TypeAlias = Callable[[], float]

_shared = Random(0)


@public
def manual_seed(seed: int) -> None:
    """Restart the shared generator, for modules made without their own seed, as torch.manual_seed does.

    >>> from nn import Linear
    >>> manual_seed(0); a = Linear(1, 1); manual_seed(0); b = Linear(1, 1)
    >>> a.state_dict() == b.state_dict()
    True
    """
    _shared.seed(seed)


def generator(seed: Seed) -> Random:
    """Return the generator for ``seed=``. Raises ArgumentError if the seed is neither an int nor a random.Random."""
    if isinstance(seed, Random):
        return seed
    if seed is None:
        return _shared
    if isinstance(seed, int):  # pyright: ignore[reportUnnecessaryIsInstance] - callers are not all type-checked
        return Random(seed)
    raise ArgumentError(f"want an int or a random.Random as seed, got {seed!r}")


def size(name: str, number: int) -> int:
    """Return `number` if it can be a count; otherwise raise an ArgumentError that says what is counted."""
    if not isinstance(number, int) or number < 1:  # pyright: ignore[reportUnnecessaryIsInstance] - as above
        raise ArgumentError(f"want a whole number >= 1 as {name}, got {number!r}")
    return number


def flag(name: str, wanted: bool, fix: str = "") -> bool:
    """Return `wanted` if it is True or False; otherwise raise an ArgumentError that says what it is for."""
    if not isinstance(wanted, bool):  # pyright: ignore[reportUnnecessaryIsInstance] - as above
        raise ArgumentError(f"want True or False as {name}, got {wanted!r}{fix}")
    return wanted


def uniform(bound: float, seed: Seed = None) -> Draw:
    """Numbers uniformly distributed from -bound to bound."""
    rng = generator(seed)
    return lambda: bound * (2 * rng.random() - 1)


def normal(seed: Seed = None) -> Draw:
    """Normally distributed numbers with mean 0 and variance 1 (Box and Muller, 1958)."""
    rng = generator(seed)
    return lambda: math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def constant(number: float) -> Draw:
    """The same number, repeated."""
    return lambda: number


def vector(count: int, draw: Draw) -> list[Value]:
    """Make a vector of Values, (count,)."""
    return [Value(draw()) for _ in range(count)]


def matrix(rows: int, columns: int, draw: Draw) -> list[list[Value]]:
    """Make a matrix of Values, (rows, columns)."""
    return [vector(columns, draw) for _ in range(rows)]


names_of_torch(__name__)
