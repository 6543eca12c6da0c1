"""Random numbers that a function draws: whether it does, and on which line.

>>> import random
>>> rng = random.Random(0)
>>> before = states([rng])
>>> states([rng]) == before, rng.random() < 1, states([rng]) == before
(True, True, False)
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable
from typing import Any

from ..naming import users_frame
from ..source import said_line

__all__ = ["is_generator", "line_that_draws", "states"]


def is_generator(thing: Any) -> bool:
    """Whether it draws random numbers: a random.Random, or a generator of numpy's."""
    return hasattr(thing, "getrandbits") or _bits(thing) is not None


def _bits(thing: Any) -> Any:
    """What a generator of numpy's draws its bits from."""
    return getattr(thing, "bit_generator", None) or getattr(thing, "_bit_generator", None)


def states(generators: Iterable[Any]) -> list[Any]:
    """The state of each generator, and of those that `random` and `numpy.random` share: a draw changes it."""
    shared = getattr(sys.modules.get("random"), "_inst", None)
    numpys = getattr(sys.modules.get("numpy.random"), "mtrand", None)
    found = [*generators, shared, getattr(numpys, "_rand", None)]
    return [_state(generator) for generator in found if generator is not None]


def _state(generator: Any) -> Any:
    if (bits := _bits(generator)) is not None:
        return pickle.dumps(bits.state)
    try:
        return generator.getstate()
    except NotImplementedError:  # the system's own
        return None


def line_that_draws(run: Callable[[], Any], generators: Iterable[Any]) -> str | None:
    """The user's line on which a random number is drawn while `run` runs; "" if it is not known; None if none is.

    Python tells of calls of its own generators in this thread. numpy's are known by their state alone.
    """
    drawn: list[str] = []

    def look(_: Any, event: str, function: Any) -> None:
        if event == "c_call" and not drawn and hasattr(getattr(function, "__self__", None), "getrandbits"):
            frame = users_frame()
            while frame.f_back and frame.f_globals.get("__name__") == "random":  # gauss() is written in Python
                frame = frame.f_back
            drawn.append(said_line((frame.f_code.co_filename, frame.f_lineno)))

    before = [state for state in states(generators) if isinstance(state, bytes)]
    outer = sys.getprofile()
    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(outer)
    if drawn:
        return drawn[0]
    return None if [state for state in states(generators) if isinstance(state, bytes)] == before else ""
