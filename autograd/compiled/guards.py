"""Guards: what a traced function reads from outside, and a quick check before each call that it has not changed.

They check the variables that a function names (its closure, its globals, its defaults), the attributes that its code
names, and the items of lists, dicts and arrays; and the same for the functions, objects and modules found there, except
those of Python itself and of installed packages. They also check names that were absent.

    >>> settings = {"scale": 2.0}
    >>> guards = Guards(lambda x: x * settings["scale"])
    >>> guards.hold()
    True
    >>> settings["scale"] = 3.0
    >>> guards.hold(), guards.changed(Guards(lambda x: x * settings["scale"]))
    (False, ["settings['scale']"])
"""

from __future__ import annotations

import functools
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping, MappingView, Sequence
from contextlib import suppress
from types import BuiltinMethodType, CellType, CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

from ..frames import is_library
from ..ops import BUILTIN, OPS, Op
from ..value import Value

__all__ = ["Guards"]

MOST = 100_000  # the maximum number of items compared before each call, smallest containers first
_COPIED = (list, tuple, set, frozenset)
_VIEWS = (Mapping, MappingView, Sequence, deque, set, frozenset)
_PLAIN = {bool, int, float, complex, str, bytes, type(None)}
_PARTS = {  # the attributes in which wrappers of functions keep them
    MethodType: ("__self__", "__func__"), BuiltinMethodType: ("__self__",),
    functools.partial: ("func", "args", "keywords"),
    property: ("fget",), staticmethod: ("__func__",), classmethod: ("__func__",),
}  # fmt: skip
_PACKAGE = __name__.partition(".")[0]
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__"})  # these run only where the class itself is named
_ASIDE = frozenset(
    {"__repr__", "__str__", "__reduce__", "__getstate__", "__setstate__", "__del__", "__copy__", "__deepcopy__"}
)


class Guards:
    """Everything that `function` reads from outside, in its current state.

    values: the Values in it. variables: the objects that the names in the function refer to. names: the names of
    leaves, where they are known. generators: the random number generators. hold(): whether everything is still the
    same. rows: the table's rows that the function uses, since the user's rows may be redefined under the same name.
    own: places that the function itself writes, from `changed_places`; these are left out.
    """

    def __init__(
        self, function: Callable[..., Any], rows: Iterable[Op] = (), own: Mapping[Any, Any] | None = None
    ) -> None:
        self.values: dict[Value, None] = {}
        self.variables: dict[str, Any] = {}
        self.names: dict[Any, str] = {}
        self.generators: list[Any] = []
        self.places: dict[tuple[int, Any], tuple[str, Any]] = {}  # the path and the object, by owner and name
        self._function, self._rows, self._own = function, [row for row in rows if row not in BUILTIN], own or {}
        self._modules = len(sys.modules)
        self._used = {"forward", "__call__"}  # the names in all the code that was read
        self._users: set[str] = set()  # the same, without libraries' code
        # Objects with names: the owner, its names, what a user would write for it, and the names that code uses.
        self._spaces: list[tuple[Any, Mapping[str, Any], str, set[str]]] = []
        self._containers: list[tuple[str, Any]] = []
        self._seen: dict[int, Any] = {}  # the objects inspected, which must live as long as their ids are used
        self._held: dict[str, Any] = {"len": len}
        self._cells: dict[str, Any] = {}
        self._tests: list[str] = []  # expressions over the contents of _held
        self._look_into(function, "")
        while any([*map(self._look_at_names, [*self._spaces])]):  # what is found may add more names
            pass
        for owner, names, path, used in self._spaces:
            if self._is_whole(owner, names):
                self._tests.append(f"len({self._hold(names)}) == {len(names)}")
            elif absent := sorted(used - names.keys()):
                held = self._hold(names)
                few = " and ".join(f"{name!r} not in {held}" for name in absent[:4])
                test = few if len(absent) <= 4 else f"{self._hold(names.keys().isdisjoint)}({self._hold(absent)})"
                # attributes: old ones seldom disappear while new ones appear
                size = f"len({held}) == {len(names)}" if names else f"not {held}"
                self._tests.append(f"({size} or {test})" if path else test)
        self._look_at_containers()
        self._tests += [f"{self._hold(OPS)}[{row.name!r}] is {self._hold(row)}" for row in self._rows]
        lines = [  # one expression, since it runs before every call; it reads the very cells of the functions
            f"def made({', '.join(self._cells)}):",
            "    def hold():",
            "        try:",
            f"            return True if {' and '.join(self._tests) or 'True'} else False",
            "        except Exception:  # a name that is gone; an array in a list, since comparing it does not give a bool",
            "            return False",
            "    return hold",
        ]
        exec("\n".join(lines), self._held)
        code = self._held["made"](*self._cells).__code__
        cells = tuple(map(self._cells.__getitem__, code.co_freevars))
        self.hold: Callable[[], bool] = FunctionType(code, self._held, "hold", None, cells)

    def renewed(self, rows: Iterable[Op] = (), own: Mapping[Any, Any] | None = None) -> Guards:
        """Return the guards for the current state: these, if nothing has changed. rows, own: what to add."""
        known = not own and {row for row in rows if row not in BUILTIN} <= {*self._rows}
        if known and self._modules == len(sys.modules) and self.hold():
            return self
        return Guards(self._function, {*self._rows, *rows}, {**self._own, **(own or {})})

    def changed_places(self, later: Guards) -> dict[tuple[int, Any], str]:
        """Return the places where `later` found something else, by owner and name, as a user would write them."""
        places = self.places.items() if later is not self else ()
        return {k: path for k, (path, then) in places if k in later.places and not _same(then, later.places[k][1])}

    def changed(self, later: Guards) -> list[str]:
        """Return the paths of plain numbers and strings that differ in `later`."""
        found = self.changed_places(later).items()
        return [path for k, path in found if {type(self.places[k][1]), type(later.places[k][1])} <= _PLAIN]

    def _hold(self, thing: Any) -> str:
        name = f"held_{len(self._held)}"
        self._held[name] = thing
        return name

    def _expect(self, owner: Any, name: str, text: str, path: str, thing: Any) -> None:
        """Expect `text`, which is the place `name` of `owner` in the tests, to remain what it is now."""
        key = id(owner), name
        if key in self.places:
            return
        self._seen.setdefault(id(owner), owner)
        self.places[key] = path, thing
        self._look_into(thing, path)
        if isinstance(thing, type):
            for base in thing.__mro__:  # the code calls it, so its constructor runs
                self._look_into_methods(base, _CONSTRUCTORS)
        if key not in self._own:
            held = self._hold(thing)
            equal = f" or {text} == {held}" if type(thing) in (float, int, str) and thing else ""
            self._tests.append(f"({text} is {held}{equal})")

    def _look_at_names(self, space: tuple[Any, Mapping[str, Any], str, set[str]]) -> bool:
        owner, names, path, used = space
        whole = self._is_whole(owner, names)
        wanted = [name for name in names if (whole or name in used) and (id(owner), name) not in self.places]
        held = self._hold(names) if wanted else ""
        for name in wanted:
            if not path:
                self.variables.setdefault(name, names[name])
            self._expect(owner, name, f"{held}[{name!r}]", f"{path}.{name}" if path else name, names[name])
        return bool(wanted)

    def _is_whole(self, owner: Any, names: Mapping[str, Any]) -> bool:
        """Return whether any attribute of an object may be read: those of a layer, whose code is not read, or by vars()."""
        is_layer = hasattr(type(owner), "named_parameters") and is_library(type(owner).__module__)
        is_object = type(names) is dict and not isinstance(owner, (dict, FunctionType, ModuleType))
        return is_object and (is_layer or not self._users.isdisjoint(("vars", "__dict__")))

    def _look_at_containers(self) -> None:
        left = MOST
        for path, thing in sorted(self._containers, key=lambda found: len(found[1])):
            left -= len(thing)
            held = self._hold(thing)
            if left < 0:
                self._tests.append(f"len({held}) == {len(thing)}")
                continue
            items = _items(thing)
            self.places.update(((id(thing), name), (f"{path}[{name!r}]", item)) for name, item in items.items())
            self.places[id(thing), _LENGTH] = path, [len(thing)]
            kept = {name: item for name, item in items.items() if (id(thing), name) not in self._own}
            if len(kept) == len(items) and (id(thing), _LENGTH) not in self._own:
                in_order = ".items()" * isinstance(thing, Mapping)  # == alone does not look at the order of a dict
                plain = type(thing) in _COPIED
                now = type(thing)(thing) if plain else [*items.items()] if in_order else [*thing]
                self._tests.append(f"{held if plain else f'[*{held}{in_order}]'} == {self._hold(now)}")
            elif isinstance(thing, dict):  # it may hold settings besides what the function writes
                self._tests.append(f"{self._hold(kept.items())} <= {held}.items()")

    def _look_into(self, thing: Any, path: str) -> None:
        kind: Any = type(thing)
        if kind in _PLAIN or id(thing) in self._seen:
            return
        self._seen[id(thing)] = thing
        if isinstance(thing, Value):
            self.values[thing] = None
        elif _is_container(kind):
            items = _items(thing) or dict(enumerate(thing))
            for name, item in items.items():
                if type(item) not in _PLAIN:
                    self._look_into(item, f"{path}[{name!r}]")
                if type(name) not in _PLAIN and type(name) is not tuple:  # a key, which may be a Value
                    self._look_into(name, path)
            if "getattr" in self._users:
                self._used.update(_identifiers((*items, *items.values())))
            self._containers.append((path, thing))
            if not is_library(kind.__module__):
                self._look_into_object(thing, path)
        elif parts := next((names for leading, names in _PARTS.items() if issubclass(kind, leading)), None):
            for name in parts:
                self._look_into(getattr(thing, name), path)
        elif any(hasattr(kind, name) for name in ("getrandbits", "bit_generator", "_bit_generator")):
            self.generators.append(thing)  # a random.Random, or a numpy generator
        elif hasattr(kind, "tobytes"):  # an array, which may change in place
            if len(content := thing.tobytes()) <= 8 * MOST:
                held, shape = self._hold(thing), getattr(thing, "shape", None)
                self._tests.append(
                    f"getattr({held}, 'shape', None) == {shape!r} and {held}.tobytes() == {self._hold(content)}"
                )
        elif kind is FunctionType:
            if not is_library(thing.__globals__.get("__name__")) or not path:
                self._look_into_function(thing)
            for cell in thing.__closure__ or ():  # a library's wrapper holds the user's function
                with suppress(ValueError):  # the variable is not bound yet
                    self._look_into(cell.cell_contents, path)
        elif isinstance(thing, ModuleType):
            if not is_library(thing.__name__):
                self._spaces.append((thing, vars(thing), path, self._used))
        elif isinstance(thing, type):
            self._look_into_class(thing)
        elif kind.__module__.partition(".")[0] != _PACKAGE:
            self._look_into_object(thing, path)

    def _look_into_function(self, function: Any) -> None:
        held = self._hold(function)
        for name in ("__code__", "__defaults__", "__kwdefaults__"):  # compare its code, since notebooks reload it
            if thing := getattr(function, name):
                self._tests.append(f"{held}.{name} is {self._hold(thing)}")
                self._look_into(thing, function.__name__)
        used = _names_in(function.__code__)
        self._used |= used
        self._users |= used
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            self._tests += [f"{self._hold(cell)} == {self._hold(CellType())}"] if cell == CellType() else ()
            with suppress(ValueError):  # the variable is not bound yet
                self.variables.setdefault(name, cell.cell_contents)
                self._cells[read := f"cell_{len(self._cells)}"] = cell
                self._expect(cell, name, read, name, cell.cell_contents)
        self._spaces.append((function.__globals__, function.__globals__, "", used))
        self._spaces.append((function, function.__dict__, function.__name__, self._used))
        package = function.__globals__.get("__package__")
        for name in used - function.__globals__.keys():  # a module may be imported inside, also as .name
            self._look_into(sys.modules.get(name) or sys.modules.get(f"{package}.{name}"), name)

    def _look_into_object(self, thing: Any, path: str) -> None:
        kind: Any = type(thing)
        if isinstance(names := getattr(thing, "__dict__", None), dict):
            self._spaces.append((thing, names, path, self._used))
            self._look_into(names.get("__wrapped__"), path)
        for owner in kind.__mro__:
            for name, slot in vars(owner).items() if "__slots__" in vars(owner) else ():
                if type(slot) is MemberDescriptorType and (found := getattr(thing, name, _LENGTH)) is not _LENGTH:
                    self._expect(thing, name, f"{self._hold(thing)}.{name}", f"{path}.{name}", found)
        self._look_into(kind, kind.__name__)

    def _look_into_class(self, kind: Any) -> None:
        for owner in (*kind.__mro__[:-1], *type(kind).__mro__[:-2]):
            if is_library(owner.__module__):
                functions = (getattr(thing, "fget", thing) for thing in vars(owner).values())
                self._used.update(*(_names_in(f.__code__) for f in functions if isinstance(f, FunctionType)))
            elif owner is kind or id(owner) not in self._seen:
                self._seen[id(owner)] = owner
                self._spaces.append((owner, vars(owner), owner.__name__, self._used))
                dunders = {name for name in vars(owner) if name.startswith("__")}
                self._look_into_methods(owner, dunders - _CONSTRUCTORS - _ASIDE)

    def _look_into_methods(self, kind: Any, names: Iterable[str]) -> None:
        """Look at methods that run without being named."""
        for name in names:
            if type(function := vars(kind).get(name)) is FunctionType:
                self._look_into(function, f"{kind.__name__}.{name}")


_LENGTH: Any = object()  # used in place of a name, for the number of items


def _items(thing: Any) -> dict[Any, Any]:
    return dict(
        thing if isinstance(thing, Mapping) else () if isinstance(thing, (set, frozenset)) else enumerate(thing)
    )


@functools.cache
def _names_in(code: CodeType) -> set[str]:
    """Return the names in code and in the functions inside it; also its strings, since getattr() or match may use them."""
    found = [each for constant in code.co_consts for each in (constant if isinstance(constant, tuple) else [constant])]
    return {*_identifiers(found), *code.co_names}.union(
        *(_names_in(inner) for inner in found if isinstance(inner, CodeType))
    )


def _is_container(kind: Any) -> bool:
    """Return whether to compare the items: of a library's class, or of a user's that iterates as the library's does."""
    base = next(each for each in kind.__mro__ if is_library(each.__module__))
    same = (getattr(kind, name, None) is getattr(base, name, None) for name in ("__iter__", "__len__", "keys", "items"))
    return issubclass(base, _VIEWS) and kind is not range and all(same)


def _identifiers(things: Iterable[Any]) -> Iterable[str]:
    return (thing for thing in things if isinstance(thing, str) and thing.isidentifier())


def _same(old: Any, new: Any) -> bool:
    try:
        return bool(old is new or (type(old) is type(new) and old == new))
    except Exception:  # comparing lists of arrays does not give a bool
        return False
