"""The data, read from demos/shared/data or made by a few lines of code. The same seed gives the same data on every
Python."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from autograd.formula import add_up

__all__ = ["Table", "deepest_in_another", "digits", "iris", "moons", "names", "normal", "shuffled", "standardizer"]

T = TypeVar("T")

_FOLDER = Path(__file__).parent / "data"


class Table(NamedTuple):
    """Labelled rows: `xs` has n lists of measurements, `ys` n class numbers; the names say what each of them is."""

    xs: list[list[float]]
    ys: list[int]
    features: tuple[str, ...]
    classes: tuple[str, ...]


def iris() -> Table:
    """Return 150 irises (Fisher, 1936): four lengths in cm, three species of fifty."""
    with open(_FOLDER / "iris.csv", newline="", encoding="utf-8") as file:
        (_, _, *species), *rows = csv.reader(file)
    xs = [[float(cell) for cell in row[:-1]] for row in rows]
    features = ("sepal length", "sepal width", "petal length", "petal width")
    return Table(xs, [int(row[-1]) for row in rows], features, tuple(species))


def digits() -> Table:
    """Return 1,797 handwritten digits: 8 x 8 pixels, row by row, from 0.0 (white) to 1.0 (black)."""
    with gzip.open(_FOLDER / "digits.csv.gz", "rt", newline="", encoding="ascii") as file:
        rows = list(csv.reader(file))
    xs = [[float(cell) / 16 for cell in row[:-1]] for row in rows]
    features = tuple(f"pixel[{i}][{j}]" for i in range(8) for j in range(8))
    return Table(xs, [int(float(row[-1])) for row in rows], features, tuple("0123456789"))


def names() -> list[str]:
    """Return 5,163 first names of the US Census of 1990, in lower case and alphabetical order."""
    return (_FOLDER / "names.txt").read_text(encoding="ascii").split()


def moons(count: int, noise: float, rng: Random) -> Table:
    """Return two interlocking half circles; `noise` is the standard deviation of every coordinate.

    Class 0 arches over (0, 0), class 1 hangs below (1, 0.5); both have radius 1.
    """
    xs: list[list[float]] = []
    ys: list[int] = []
    for k in range(count):
        angle = math.pi * rng.random()
        x, y = math.cos(angle), math.sin(angle)
        if k % 2:
            x, y = 1 - x, 0.5 - y
        xs.append([x + noise * normal(rng), y + noise * normal(rng)])
        ys.append(k % 2)
    return Table(xs, ys, ("x", "y"), ("upper", "lower"))


def normal(rng: Random) -> float:
    """Return a number from the standard normal distribution, made from random() alone (Box and Muller, 1958)."""
    return math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def shuffled(items: Sequence[T], rng: Random) -> list[T]:
    """Return the items in a random order, with all orders equally likely. Random.shuffle may differ from one Python
    version to the next."""
    keys = [rng.random() for _ in items]
    return [item for _, item in sorted(zip(keys, items), key=lambda pair: pair[0])]


def standardizer(xs: list[list[float]]) -> Callable[[Sequence[float]], list[float]]:
    """Return a function that shifts and scales a row so that every column of `xs` would get mean 0 and deviation 1."""
    count = len(xs)
    means = [add_up(list(column)) / count for column in zip(*xs)]
    variances = [add_up([(cell - mean) ** 2 for cell in column]) / count for column, mean in zip(zip(*xs), means)]
    spreads = [math.sqrt(variance) for variance in variances]
    return lambda row: [(cell - mean) / spread for cell, mean, spread in zip(row, means, spreads)]


def deepest_in_another(xs: Sequence[Sequence[float]], ys: Sequence[int], among: Iterable[int] = ()) -> int:
    """Return the row nearest to the middle of another class, which makes it hard to learn. among: the rows to choose
    from, or all."""
    members = {y: [x for x, other in zip(xs, ys) if other == y] for y in ys}
    middles = {y: [add_up(list(column)) / len(rows) for column in zip(*rows)] for y, rows in members.items()}

    def distance(i: int) -> float:
        return min(math.dist(xs[i], middle) for y, middle in middles.items() if y != ys[i])

    return min(among or range(len(xs)), key=distance)
