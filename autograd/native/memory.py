"""Numbers in memory as C reads them: arrays, and structs of addresses.

>>> numbers = zeros(3)
>>> numbers[1] = 2.0
>>> struct = Struct(len(numbers), numbers)
>>> struct.words[0], struct.words[1] == address(numbers)
(3, True)
"""

from __future__ import annotations

from array import array
from typing import Any

from .build import ctypes

__all__ = ["Struct", "address", "aligned", "zeros"]

LINE = 64  # the size of a cache line in bytes


class Struct:
    """Numbers and addresses, one word each, as C reads them. It keeps alive what the addresses point to."""

    def __init__(self, *fields: Any) -> None:
        self.fields = fields
        self.words = array("q", [field if isinstance(field, int) else address(field) for field in fields] or [0])


def address(memory: Any) -> int:
    """Return the address of a Struct, an array, or an array from aligned()."""
    if isinstance(memory, Struct):
        memory = memory.words
    if isinstance(memory, array):
        return memory.buffer_info()[0]
    return ctypes.addressof(ctypes.c_double.from_buffer(memory))


def zeros(count: int, kind: str = "d") -> array[Any]:
    return array(kind, bytes(array(kind).itemsize * max(count, 1)))


def aligned(count: int) -> Any:
    """Return that many doubles, aligned to the processor's cache lines, so that vectors are fetched twice as fast."""
    numbers = zeros(count + LINE // 8)
    start = -numbers.buffer_info()[0] % LINE // 8
    return memoryview(numbers)[start : start + max(count, 1)]
