"""The workloads moons and gpt in hand-written C (floor.c), built with the flags of the C backend: the lowest time possible."""

from __future__ import annotations

import ctypes
from array import array
from functools import cache
from importlib.resources import files
from typing import Any

from autograd.native.build import build
from autograd.native.memory import address, zeros

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


def moons():
    _, parameters, _ = moons_model()
    points, sides = moons_data()
    p, g = array("d", [p.data for p in parameters]), zeros(len(parameters))
    filled = [0.0] * (PADDED - len(points))
    xs = array("d", [number for column in zip(*points) for number in (*column, *filled)])
    ys = array("d", sides)
    return _run(g, [_library().moons, address(p), address(g), address(xs), address(ys), RATE, DECAY], p, xs, ys)


def gpt():
    _, parameters, _ = gpt_model()
    p, g = array("d", [p.data for p in parameters]), zeros(len(parameters))
    first, second, steps = zeros(len(p)), zeros(len(p)), zeros(1)
    signs = array("i", signs_of(DOCUMENT))
    return _run(g, [_library().gpt, *map(address, (p, g, signs, first, second, steps))], p, signs, first, second, steps)


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
