"""What a traced function uses without being given it: numbers, data and parameters from outside, and their changes.

A trace keeps the numbers it met. So before each call of a compiled step the names that the function uses, in its
closure and among its globals, are looked at again, and so is what stands inside lists, dicts and modules there.

    >>> scale = 2.0
    >>> watch = Watch(lambda x: x * scale)
    >>> watch.unchanged()
    True
    >>> scale = 3.0
    >>> watch.unchanged()
    False
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Watch", "unwrapped"]

_INSIDE = ("__wrapped__", "__func__", "func", "forward")
_MOST = 100_000  # things in lists that are compared at each call; of more than that only the list itself is


def unwrapped(function: Any) -> Any:
    """The function behind decorators, bound methods, partials and modules."""
    while not hasattr(function, "__code__") or hasattr(function, "__wrapped__"):
        inner = next((getattr(function, name) for name in _INSIDE if hasattr(function, name)), None)
        if inner is None:
            return getattr(type(function).__call__, "__func__", type(function).__call__) if callable(function) else None
        function = inner
    return function


class Watch:
    """What `function` uses from outside, as it is now.

    variables: what its names stand for. unchanged(): whether they stand for the same things, with the same in them.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.variables: dict[str, Any] = {}
        self._space: dict[str, Any] = {}
        self._tests: list[str] = []  # expressions over what stands in _space
        self._seen: set[int] = set()
        self._left = _MOST
        self._function = unwrapped(function)
        for owner in (function, getattr(function, "__self__", None)):
            if hasattr(owner, "named_parameters"):
                self._look_into(owner)
        self._look_behind(self._function)
        self.unchanged = self._compiled()

    def _compiled(self) -> Callable[[], bool]:
        """All tests as one expression, since they run before every call."""
        lines = [
            "def unchanged():",
            "    try:",
            f"        return True if {' and '.join(self._tests) or 'True'} else False",
            "    except (KeyError, ValueError):  # a name that is gone; an array in a list, which is not simply equal",
            "        return False",
        ]
        exec("\n".join(lines), self._space)
        return self._space["unchanged"]

    def _hold(self, thing: Any) -> str:
        """A name in the tests for this very thing."""
        name = f"held_{len(self._space)}"
        self._space[name] = thing
        return name

    def _look_at(self, name: str, place: str, thing: Any) -> None:
        """Expect under a name, in the tests `place`, the thing that stands there now."""
        self.variables.setdefault(name, thing)
        if isinstance(thing, (list, tuple, dict)):
            self._tests.append(f"{place} == {self._hold(self._copied(thing))}")
            return
        seen = self._hold(thing)
        equal = f" or {place} == {seen}" if isinstance(thing, (float, int, str)) else ""
        self._tests.append(f"({place} is {seen}{equal})")
        if hasattr(type(thing), "named_parameters"):
            self._look_into(thing)
        elif getattr(thing, "__globals__", None) is getattr(self._function, "__globals__", self):
            self._look_behind(thing)  # a function of the same file

    def _look_behind(self, function: Any) -> None:
        """The closure of a function, and the globals that it names."""
        code = getattr(function, "__code__", None)
        if code is None or id(function) in self._seen:
            return
        self._seen.add(id(function))
        for name, cell in zip(code.co_freevars, function.__closure__ or ()):
            try:
                self._look_at(name, f"{self._hold(cell)}.cell_contents", cell.cell_contents)
            except ValueError:  # it is not bound yet
                continue
        self._look_at_names(function.__globals__, code.co_names)

    def _look_into(self, module: Any) -> None:
        """The attributes of a module, but for those that a call of it leaves behind."""
        if id(module) not in self._seen:
            self._seen.add(id(module))
            kept = getattr(module, "_kept", ())
            self._look_at_names(vars(module), [name for name in vars(module) if name not in kept and name != "_kept"])

    def _look_at_names(self, space: dict[str, Any], names: Iterable[str]) -> None:
        held = self._hold(space)
        for name in names:
            if name in space:
                self._look_at(name, f"{held}[{name!r}]", space[name])

    def _copied(self, thing: Any) -> Any:
        """Lists, tuples and dicts anew, with the same in them, as far as the number of things allows."""
        kind: Any = type(thing)
        if kind in (list, tuple, dict):
            self._left -= len(thing)
            if self._left < 0:
                return thing
            if kind is dict:
                return {key: self._copied(item) for key, item in thing.items()}
            return kind(map(self._copied, thing))
        if hasattr(kind, "named_parameters"):
            self._look_into(thing)
        return thing
