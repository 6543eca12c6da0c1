"""What a traced function uses without being given it: numbers, data and parameters from outside, and their changes.

A trace keeps the numbers it met. So before each call of a compiled step the names that the function uses, in its
closure and among its globals, are looked at again, and so is what stands inside lists, dicts and modules there.

    >>> scale = 2.0
    >>> watch = Watch(lambda x: x * scale)
    >>> watch.changed()
    >>> scale = 3.0
    >>> watch.changed()
    'scale'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Watch", "unwrapped"]

_INSIDE = ("__wrapped__", "__func__", "func", "forward")
_GONE = object()
_MOST = 100_000  # numbers compared at each call; of more than that only the list itself is


def unwrapped(function: Any) -> Any:
    """The function behind decorators, bound methods, partials and modules."""
    while not hasattr(function, "__code__") or hasattr(function, "__wrapped__"):
        inner = next((getattr(function, name) for name in _INSIDE if hasattr(function, name)), None)
        if inner is None:
            return getattr(type(function).__call__, "__func__", type(function).__call__) if callable(function) else None
        function = inner
    return function


class _Cells(Mapping[str, Any]):
    """A closure's variables, as they are now."""

    def __init__(self, names: tuple[str, ...], cells: tuple[Any, ...]) -> None:
        self.cells = dict(zip(names, cells))

    def __getitem__(self, name: str) -> Any:
        try:
            return self.cells[name].cell_contents
        except ValueError:  # not bound yet
            raise KeyError(name) from None

    def __iter__(self) -> Any:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


class Watch:
    """What `function` uses from outside, as it is now."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._same: list[tuple[Mapping[str, Any], str, Any]] = []  # held under a name, told by identity
        self._equal: list[tuple[Mapping[str, Any], str, Any]] = []  # lists of numbers or parameters
        self._seen: set[int] = set()
        self._left = _MOST
        self._function = unwrapped(function)
        if hasattr(function, "named_parameters"):
            self._look_into(function)
        elif hasattr(owner := getattr(function, "__self__", None), "named_parameters"):
            self._look_into(owner)
        self._look_behind(self._function)

    def variables(self) -> dict[str, Any]:
        """What the names stand for."""
        return {name: space[name] for space, name, _ in (*self._same, *self._equal) if name in space}

    def changed(self) -> str | None:
        """A name that stands for something else than it did, or for a list with other things in it."""
        for space, name, seen in self._same:
            now = space.get(name, _GONE)
            if now is not seen and (type(now) is not float or now != seen):
                return name
        for space, name, seen in self._equal:
            try:
                if space.get(name, _GONE) != seen:
                    return name
            except ValueError:  # an array, which is neither equal nor unequal
                return name
        return None

    def _look_behind(self, function: Any) -> None:
        code = getattr(function, "__code__", None)
        if code is not None and id(function) not in self._seen:
            self._seen.add(id(function))
            self._look_at(_Cells(code.co_freevars, function.__closure__ or ()), code.co_freevars)
            self._look_at(function.__globals__, code.co_names)

    def _look_at(self, space: Mapping[str, Any], names: Any) -> None:
        for name in names:
            thing = space.get(name, _GONE)
            if isinstance(thing, (list, tuple, dict)):
                self._equal.append((space, name, self._copied(thing)))
            elif thing is not _GONE:
                self._same.append((space, name, thing))
                if hasattr(type(thing), "named_parameters"):
                    self._look_into(thing)
                elif getattr(thing, "__globals__", None) is getattr(self._function, "__globals__", _GONE):
                    self._look_behind(thing)  # a function of the same file

    def _look_into(self, module: Any) -> None:
        if id(module) not in self._seen:
            self._seen.add(id(module))
            space = vars(module)
            kept = getattr(module, "_kept", ())
            self._look_at(space, [name for name in space if name not in kept and name != "_kept"])

    def _copied(self, thing: Any) -> Any:
        if isinstance(thing, (list, tuple)) and type(thing) in (list, tuple):
            self._left -= len(thing)  # pyright: ignore
            if self._left < 0:
                return thing
            copy = [self._copied(item) for item in thing]  # pyright: ignore
            return copy if isinstance(thing, list) else tuple(copy)
        if type(thing) is dict:
            return {key: self._copied(item) for key, item in thing.items()}  # pyright: ignore
        if hasattr(type(thing), "named_parameters"):
            self._look_into(thing)
        return thing
