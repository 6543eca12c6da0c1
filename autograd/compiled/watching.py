"""What a traced function uses without being given it: numbers, data and parameters from outside, and their changes.

A trace keeps the numbers it met. So before each call of a compiled step, what the function uses is looked at again:
what its names stand for, in its closure, among its globals and its defaults; what stands in lists, arrays and
modules there; and the attributes that its code names, of objects, classes and files. Functions that it uses are
read in the same way, but for those of this package, of Python itself and of installed ones.

    >>> scale = 2.0
    >>> watch = Watch(lambda x: x * scale)
    >>> watch.unchanged()
    True
    >>> scale = 3.0
    >>> watch.unchanged()
    False
"""

from __future__ import annotations

import dis
import functools
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, MappingView, Sequence
from contextvars import ContextVar
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from weakref import ref

from ..ops import BUILTIN, OPS, Op
from ..value import Value
from .chance import is_generator

__all__ = ["Watch", "is_steady", "unwrapped"]

_INSIDE = ("__wrapped__", "__func__", "func", "forward")
_MOST = 100_000  # things in lists that are compared at each call; of more than that only the list itself is
_COPIED = (list, tuple, dict, set, frozenset)
_PYTHONS = (Mapping, MappingView, Sequence)  # Python's other containers: a UserList, a bytearray, the values of a dict
_PARTS = {  # of things that lead to functions, where the functions are
    MethodType: ("__self__", "__func__"), BuiltinMethodType: ("__self__",),
    functools.partial: ("func", "args", "keywords"), functools.cached_property: ("func",),
    property: ("fget",), staticmethod: ("__func__",), classmethod: ("__func__",),
}  # fmt: skip
_PYTHON = os.path.dirname(os.__file__) + os.sep
_OURS = frozenset({"autograd", "nn"})
_UNNAMED = frozenset({"forward"})  # run without being named, as are the methods of operators
# Of a class's methods that are run without being named, the first are where it is called, the others are no part of arithmetic.
_MAKING = frozenset({"__init__", "__new__", "__post_init__"})
_ASIDE = frozenset({
    "__repr__", "__str__", "__format__", "__dir__", "__del__", "__sizeof__", "__init_subclass__", "__set_name__", "__copy__",
    "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__hash__",
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
})  # fmt: skip
_BY_TEXT = frozenset({"__dict__", "getattr", "hasattr", "vars"})  # code that names these may use any attribute


def unwrapped(function: Any) -> Any:
    """The function behind decorators, bound methods, partials and modules."""
    while not hasattr(function, "__code__") or hasattr(function, "__wrapped__"):
        inner = next((getattr(function, name) for name in _INSIDE if hasattr(function, name)), None)
        if inner is None:
            return getattr(type(function).__call__, "__func__", type(function).__call__) if callable(function) else None
        function = inner
    return function


class _Space:
    """Names, and what they stand for: the attributes of `owner`. `place` is where the tests find them."""

    def __init__(self, owner: Any, names: Mapping[str, Any], place: str, kind: str) -> None:
        self.owner = owner
        self.names = names
        self.place = place
        self.kind = (
            kind  # an "object", with those of its class; a "class"; "ours", a module of nn, where all count; or ""
        )
        self.done: set[str] = set()

    def wanted(self, used: set[str], called: set[Any]) -> set[str]:
        """Of the names here those that are used, and have not been looked at. called: classes that may be."""
        names = set(self.names)
        if self.kind == "class":
            unnamed = {name for name in names if name.startswith("__") and type(self.names[name]) is FunctionType}
            unnamed -= _ASIDE if self.owner in called else _ASIDE | _MAKING
            return (names & used | unnamed) - self.done
        if self.kind == "ours":  # but for those that a call leaves behind
            names -= {*getattr(self.owner, "_kept", ()), "_kept"}
        elif not (self.kind and used & _BY_TEXT):
            names &= used
        return names - self.done


class Watch:
    """What `function` uses from outside, as it is now.

    variables: what its names stand for. values: the Values among that. generators: those of random numbers.
    unchanged(): whether it is all the same still. before: a Watch made before the function ran; what it finds
    changed since is the function's own doing, as a counter is, and is not looked at again. rows: of the table, that
    it uses; a user's own may be defined anew under the same name.
    """

    def __init__(self, function: Callable[..., Any], before: Watch | None = None, rows: Iterable[Op] = ()) -> None:
        self.variables: dict[str, Any] = {}
        self.values: dict[Value, None] = {}
        self.generators: list[Any] = []
        self._function = unwrapped(function)
        self._before = before
        self._found: dict[tuple[int, str], Any] = {}  # what stands where
        self._used: set[str] = set(_UNNAMED)  # the names in all code that was read
        self._spaces: list[_Space] = []
        self._called: set[Any] = set()  # classes that code names, and those they inherit from
        self._seen: dict[int, Any] = {}  # what has been looked into; it must live as long as its id is to mean it
        self._held: dict[str, Any] = {"list": list, "dict": dict}
        self._tests: list[str] = []  # expressions over what stands in _held
        self._left = _MOST
        self._look_into(function)
        self._look_at_attributes()
        own = {id(row): row for row in rows if row not in BUILTIN}
        self._tests += [f"{self._hold(OPS)}[{row.name!r}] is {self._hold(row)}" for row in own.values()]
        self.unchanged = self._compiled()

    def _compiled(self) -> Callable[[], bool]:
        """All tests as one expression, since they run before every call."""
        lines = [
            "def unchanged():",
            "    try:",
            f"        return True if {' and '.join(self._tests) or 'True'} else False",
            "    except Exception:  # a name that is gone; an array in a list, which is not simply equal",
            "        return False",
        ]
        exec("\n".join(lines), self._held)
        return self._held["unchanged"]

    def _hold(self, thing: Any) -> str:
        """A name in the tests for this very thing."""
        name = f"held_{len(self._held)}"
        self._held[name] = thing
        return name

    # --- what stands where

    def _look_at(self, owner: Any, name: str, place: str, thing: Any) -> None:
        """Expect of `owner` under a name, in the tests `place`, the thing that stands there now."""
        self._seen[id(owner)] = owner
        self._found[id(owner), name] = copied = self._copied(thing)
        self._look_into(thing)
        if isinstance(thing, type) and name != "__class__":
            self._called.update(thing.__mro__)
        if self._before and not _same(self._before._found.get((id(owner), name), self), copied):
            return
        if type(thing) in _COPIED:
            self._tests.append(f"{place} == {self._hold(copied)}")
            return
        seen = self._hold(thing)
        equal = f" or {place} == {seen}" if isinstance(thing, (float, int, str)) and thing and thing is not True else ""
        self._tests.append(f"({place} is {seen}{equal})")

    def _look_at_attributes(self) -> None:
        """Every used name in every space; what stands there may bring more of both."""
        again = True
        while again:
            again = False
            for space in list(self._spaces):
                for name in space.wanted(self._used, self._called):
                    again = True
                    space.done.add(name)
                    self._look_at(space.owner, name, f"{space.place}[{name!r}]", space.names[name])
        for space in self._spaces:
            if space.kind == "object":  # an attribute that comes would hide the one of the class
                hidden = (n for n in self._used - space.done if hasattr(type(space.owner), n) and n not in space.names)
                self._tests += [f"{name!r} not in {space.place}" for name in sorted(hidden)]

    # --- what is in a thing

    def _look_into(self, thing: Any) -> None:
        kind: Any = type(thing)
        if kind in (float, int, str, bool) or id(thing) in self._seen:
            return
        self._seen[id(thing)] = thing
        if isinstance(thing, Value):
            self.values[thing] = None
        elif isinstance(thing, (*_COPIED, deque)):
            self._look_into_container(thing)
        elif isinstance(thing, ref):
            self._look_into(thing())
        elif kind is ContextVar:
            self._look_at(thing, "get", f"{self._hold(thing)}.get(None)", thing.get(None))
        elif parts := _parts(kind):
            for name in parts:
                self._look_at(thing, name, f"{self._hold(thing)}.{name}", getattr(thing, name))
        elif is_generator(thing):
            self.generators.append(thing)
        elif hasattr(thing, "tobytes"):  # an array, which may change in place
            content = thing.tobytes()
            self._left -= len(content) // 8
            if self._left >= 0:
                self._tests.append(f"{self._hold(thing)}.tobytes() == {self._hold(content)}")
        elif issubclass(kind, _PYTHONS) and kind is not range and is_steady(kind.__module__):
            self._look_into_container(thing)
        elif kind is FunctionType:
            if thing is self._function or not is_steady(thing.__module__):
                self._look_into_function(thing)
        elif kind is ModuleType:
            if not is_steady(thing.__name__):
                self._spaces.append(_Space(thing, vars(thing), self._hold(vars(thing)), ""))
        elif isinstance(thing, type):
            if not is_steady(thing.__module__):
                self._spaces.append(_Space(thing, vars(thing), f"{self._hold(thing)}.__dict__", "class"))
                for base in thing.__bases__:
                    self._look_into(base)
        elif hasattr(thing, "__dict__") or not is_steady(kind.__module__):
            self._look_into_object(thing)

    def _look_into_container(self, thing: Any) -> None:
        """Lists and their like. Of a plain one whoever holds it expects what is in it; another is compared here."""
        mapping: Any = thing if isinstance(thing, Mapping) else {}
        for item in [*thing, *mapping.values()]:
            self._look_into(item)
        if type(thing) not in _COPIED:
            kind = dict if isinstance(thing, Mapping) else list
            self._tests.append(f"{kind.__name__}({self._hold(thing)}) == {self._hold(self._copied(kind(thing)))}")
            self._look_into_object(thing)

    def _look_into_function(self, function: Any) -> None:
        """The closure of a function, its defaults and attributes, and the globals and files that it names."""
        held = self._hold(function)
        if "<" not in function.__qualname__:  # a file's own, whose code notebooks reload in place
            self._look_at(function, "__code__", f"{held}.__code__", function.__code__)
        self._spaces.append(_Space(function, vars(function), self._hold(vars(function)), ""))
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            try:
                thing = cell.cell_contents
            except ValueError:  # it is not bound yet
                continue
            self.variables.setdefault(name, thing)
            self._look_at(cell, name, f"{self._hold(cell)}.cell_contents", thing)
        for name in ("__defaults__", "__kwdefaults__"):
            if defaults := getattr(function, name):
                self._look_at(function, name, f"{held}.{name}", defaults)
        codes = list(_codes_in(function.__code__))
        self._used.update(*map(_read_by, codes))
        space = function.__globals__
        held = self._hold(space)
        for name in dict.fromkeys(name for code in codes for name in _globals_of(code)):
            if name in space:
                self.variables.setdefault(name, space[name])
                if (id(space), name) not in self._found:
                    self._look_at(space, name, f"{held}[{name!r}]", space[name])
            elif name in sys.modules:  # imported inside
                self._look_into(sys.modules[name])

    def _look_into_object(self, thing: Any) -> None:
        """The attributes of an object, and its class."""
        kind: Any = type(thing)
        if hasattr(thing, "__dict__"):
            ours = hasattr(kind, "named_parameters") and is_steady(kind.__module__)
            self._spaces.append(_Space(thing, vars(thing), self._hold(vars(thing)), "ours" if ours else "object"))
        for owner in kind.__mro__:
            for name in getattr(owner, "__slots__", ()):
                if hasattr(thing, name):
                    self._look_at(thing, name, f"{self._hold(thing)}.{name}", getattr(thing, name))
        self._look_into(kind)

    def _copied(self, thing: Any) -> Any:
        """Lists, tuples, dicts and sets anew, with the same in them, as far as the number of things allows."""
        kind: Any = type(thing)
        if kind not in _COPIED:
            return thing
        self._left -= len(thing)
        if self._left < 0:
            return thing
        if kind is dict:
            return {key: self._copied(item) for key, item in thing.items()}
        return kind(map(self._copied, thing))


def _parts(kind: type[Any]) -> tuple[str, ...]:
    return next((names for leading, names in _PARTS.items() if issubclass(kind, leading)), ())


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    """The code itself, and that of the functions and comprehensions inside of it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes_in(constant)


def _read_by(code: CodeType) -> Iterator[str]:
    """The names that code reads, of attributes too; not those that it only sets."""
    for instruction in dis.get_instructions(code):
        if instruction.opcode in dis.hasname and not instruction.opname.startswith(("STORE", "DELETE")):
            yield instruction.argval


def _globals_of(code: CodeType) -> Iterator[str]:
    """The globals that code reads and the files that it imports."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME", "IMPORT_NAME"):
            yield instruction.argval


def _same(old: Any, new: Any) -> bool:
    try:
        return bool(old is new or old == new)
    except Exception:  # arrays in lists are not simply equal
        return False


@functools.cache
def is_steady(name: str | None) -> bool:
    """Whether a file is one of ours, of Python's or an installed one, which nobody changes while a program runs."""
    package = str(name).partition(".")[0]
    path = getattr(sys.modules.get(package), "__file__", None)
    if package in _OURS or package == "builtins":
        return True
    if path is None:
        return package in sys.stdlib_module_names and package in sys.modules
    return path.startswith(_PYTHON) or "site-packages" in path or "dist-packages" in path
