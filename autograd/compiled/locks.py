"""Locks that are open in a forked child: whoever held one in the parent does not live on there.

>>> lock = Lock()
>>> with lock, lock:  # as often as one likes, in one thread
...     pass
"""

from __future__ import annotations

import os
from _thread import RLock
from weakref import WeakSet

__all__ = ["Lock"]


class Lock:
    """A lock for one thread at a time, which may take it again."""

    def __init__(self) -> None:
        self.renew()
        _all.add(self)

    def renew(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


_all: WeakSet[Lock] = WeakSet()


def _renew_all() -> None:
    for lock in list(_all):
        lock.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
