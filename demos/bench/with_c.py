"""The workloads moons and gpt in hand-written C (floor.c), built with the flags of the C backend: the lowest time possible."""

from __future__ import annotations

import ctypes
from array import array
from functools import cache
from importlib.resources import files
from typing import Any

from autograd.compiled.c.build import build

from ..models.gpt import signs_of
from .ours import gpt_model, moons_model
from .works import DECAY, DOCUMENT, RATE, moons_data

__all__ = ["gpt", "moons"]

UPDATES = 5_000
PADDED = 104  # floor.c processes its points in vectors


@cache
def _library() -> Any:
    library = ctypes.CDLL(str(build(files(__package__).joinpath("floor.c").read_text(encoding="utf-8"))))
    library.moons.argtypes = (ctypes.c_long, *[ctypes.c_void_p] * 4, *[ctypes.c_double] * 2)
    library.gpt.argtypes = (ctypes.c_long, *[ctypes.c_void_p] * 6)
    library.moons.restype = library.gpt.restype = ctypes.c_double
    return library


def _at(numbers: array[Any]) -> ctypes.c_void_p:
    return ctypes.c_void_p(numbers.buffer_info()[0])


def _zeros(count: int) -> array[float]:
    return array("d", bytes(8 * count))


def moons():
    _, parameters, _ = moons_model()
    points, sides = moons_data()
    p, g = array("d", [p.data for p in parameters]), _zeros(len(parameters))
    filled = [0.0] * (PADDED - len(points))
    xs = array("d", [number for column in zip(*points) for number in (*column, *filled)])
    ys = array("d", sides)
    return _run(g, [_library().moons, _at(p), _at(g), _at(xs), _at(ys), RATE, DECAY], p, xs, ys)


def gpt():
    _, parameters, _ = gpt_model()
    p, g = array("d", [p.data for p in parameters]), _zeros(len(parameters))
    first, second, steps = _zeros(len(p)), _zeros(len(p)), _zeros(1)
    signs = array("i", signs_of(DOCUMENT))
    return _run(g, [_library().gpt, *map(_at, (p, g, signs, first, second, steps))], p, signs, first, second, steps)


def _run(gradients, call, *kept):
    """Return a function that runs UPDATES updates; only its first call runs a single one, to get the answer. It keeps
    `kept` alive."""
    update, *arguments = call
    answer = []

    def run():
        assert kept
        if answer:
            update(UPDATES, *arguments)
        else:
            answer.extend([update(1, *arguments), *gradients])
        return answer

    run.count = UPDATES
    run.losses = lambda updates: [update(1, *arguments) for _ in range(updates)]
    return run
