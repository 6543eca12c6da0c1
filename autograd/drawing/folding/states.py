"""How a graph is folded: the folds that are closed, and which of them can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["FLAGS", "State"]

FLAGS = ("types", "repeats", "kinds", "joined", "dots", "brief", "turns", "samples")  # the last fold is opened first


class State(NamedTuple):
    """How a graph is folded."""

    depth: int
    samples: bool = False  # repeated samples, and long sums
    turns: bool = False  # of loops
    brief: int = 0  # where parameters are: 1 in a few words under their operation, 2 in the frame of their module
    dots: bool = False  # sums of products
    joined: bool = False  # a neuron and its activation
    ends: int = 0  # how many groups are kept at the ends of long chains; 0 keeps everything
    kinds: bool = False  # fold all values made and used alike, such as the neurons of a layer
    types: bool = False  # also fold modules of one class, such as heads of attention
    repeats: bool = False  # of blocks
    opened: frozenset[str] = frozenset()  # modules, by name
    split: frozenset[int] = frozenset()  # groups, by their first value
    shown: frozenset[int] | None = None  # what is not in the rest, by its number in Near; None shows all

    def without_a_fold(self) -> Iterator[State]:
        """Yield the states with one kind of fold opened."""
        for flag in FLAGS:
            if getattr(self, flag):
                yield self._replace(**{flag: 0})
        if self.brief == 2:
            yield self._replace(brief=1)

    def with_unit(self, field: str, unit: frozenset[Any]) -> State:
        """Return the state with one more module, group or value opened."""
        return self._replace(**{field: getattr(self, field) | unit})
