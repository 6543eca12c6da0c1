"""Python's garbage collector, paused while a large graph is made: it would look through it again and again in vain.

>>> import gc
>>> with collecting_nothing():
...     gc.isenabled()
False
>>> gc.isenabled()
True
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["collecting_nothing"]


@contextmanager
def collecting_nothing() -> Generator[None]:
    """Inside, nothing is collected; afterwards the collector is as it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
