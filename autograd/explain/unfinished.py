"""What a backward pass leaves that an infinite slope or an interrupt has stopped.

A part of a gradient looks like a gradient. So an interrupt leaves none at all in the graph, as ``zero_grad()`` does.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any

from ..errors import SingularityError
from ..graph import walk
from ..modes import shared
from ..node import write
from .failures import stopped

__all__ = ["ended"]


def ended(root: Any, node: Any, error: BaseException) -> BaseException:
    """Return what to raise when `error` has stopped the backward pass of `root` at a node."""
    if isinstance(error, SingularityError):  # an infinite partial, such as sqrt's at 0
        return stopped(root, node)
    if not isinstance(error, Exception):  # an interrupt
        write(walk(root), "grad", repeat(shared["NOT_REACHED"]))
    return error
