"""Names from other libraries: using one here raises an error that says what to write instead.

The answers are in tables: table.py has the names for autograd and for a Value, and a package built on this one may add
its own. Nothing here runs until somebody asks for a name that does not exist.

>>> import autograd
>>> autograd.Tensor
Traceback (most recent call last):
    ...
AttributeError: module 'autograd' has no attribute 'Tensor': `Value(2.0)` is one number, and a vector is a list of them...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

from .table import CALLED, TABLES

__all__ = ["answer_calls", "known_names", "module_getattr", "names_of_others", "sentence"]

Table = Mapping[str, str]  # names, separated by spaces, and what to write instead, with Python in backticks


def known_names(owner: str) -> list[str]:
    """Return every name in the table of a module or class."""
    return [name for names in TABLES.get(owner, {}) for name in names.split()]


def sentence(owner: str, name: str) -> str:
    """Return what to write instead of a name; "" for one that is in no table."""
    return next((told for names, told in TABLES.get(owner, {}).items() if name in names.split()), "")


def module_getattr(module: str, table: Table | None = None) -> Callable[..., NoReturn]:
    """Make a module's `__getattr__`: its error says what to write instead, as an ImportError for ``from module import``.

    table: the module's own table. The returned function also takes the number of calls between it and the frame that
    asks.
    """
    if table is not None:
        TABLES[module] = table

    def missing(name: str, depth: int = 1) -> NoReturn:
        told = sentence(module, name)
        if told and _is_imported(sys._getframe(depth)):  # pyright: ignore[reportPrivateUsage]
            raise ImportError(f"cannot import name {name!r} from {module!r}: {told}", name=module)
        error = AttributeError(f"module {module!r} has no attribute {name!r}{told and f': {told}'}")
        error.name, error.obj = name, sys.modules[module]  # with these, Python suggests a similar name
        raise error

    return missing


def _is_imported(frame: Any) -> bool:
    """Return whether a frame is running ``from module import name``, which hides the text of an AttributeError."""
    from opcode import opmap

    code = frame.f_code.co_code
    return 0 <= frame.f_lasti < len(code) and code[frame.f_lasti] == opmap["IMPORT_FROM"]


class _Finder:
    """A finder that answers ``import autograd.numpy``. Python asks it last, for modules not found by the others."""

    @staticmethod
    def find_spec(fullname: str, _path: Any = None, _target: Any = None) -> None:
        package, _, name = fullname.rpartition(".")
        if told := sentence(package, name):
            raise ModuleNotFoundError(f"No module named {fullname!r}: {told}", name=fullname)


sys.meta_path.append(_Finder)


class _Module(ModuleType):
    """A module that says what was probably meant when it is called like a function, such as ``autograd.value(2.0)``."""

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        package, _, name = self.__name__.rpartition(".")
        told = CALLED.get(package, {}).get(name, "")
        raise TypeError(f"{self.__name__} is a module, which cannot be called{told and f': {told}'}")


def answer_calls(package: str) -> None:
    """Let a package's loaded modules answer a call, and the package itself if it is inside another one."""
    for name, module in list(sys.modules.items()):
        if f"{name}.".startswith(f"{package}.") and "." in name and type(module) is ModuleType:
            module.__class__ = _Module


class _Name:
    """An attribute that does not exist, in a class whose objects may have other attributes."""

    def __init__(self, owner: str, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, found: Any, owner: Any = None) -> Any:
        raise self.missing(type(found) if found is not None else owner)

    def missing(self, kind: Any) -> AttributeError:
        return AttributeError(
            f"{kind.__name__!r} object has no attribute {self.name!r}: {sentence(self.owner, self.name)}"
        )


class _SlotName(_Name):
    """The same for a class with slots. It also answers when an attribute is set, except in a subclass without slots."""

    def __get__(self, found: Any, owner: Any = None) -> Any:
        own = getattr(found, "__dict__", {})
        if self.name not in own:
            raise self.missing(type(found) if found is not None else owner)
        return own[self.name]

    def __set__(self, found: Any, thing: Any) -> None:
        own = getattr(found, "__dict__", None)
        if own is None:
            raise self.missing(type(found))
        own[self.name] = thing

    def __delete__(self, found: Any) -> None:
        if self.name not in getattr(found, "__dict__", {}):
            raise self.missing(type(found))
        del found.__dict__[self.name]


def names_of_others(owner: str, table: Table | None = None, slots: bool = False) -> Any:
    """Make a base class with each name of a table as an attribute: help() lists these last, below the real ones.

    slots: whether the class has slots, so that setting such an attribute is answered too.
    """
    if table is not None:
        TABLES[owner] = table
    kind = _SlotName if slots else _Name
    return type(
        "NamesOfOthers", (_Base,), {"__slots__": (), **{name: kind(owner, name) for name in known_names(owner)}}
    )


class _Base:
    __slots__ = ()

    def __dir__(self) -> list[str]:
        own = getattr(self, "__dict__", {})
        return [name for name in object.__dir__(self) if name in own or not isinstance(_held(type(self), name), _Name)]


def _held(kind: type, name: str) -> Any:
    """Return what a class holds under a name, without calling it as a descriptor."""
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
