"""Names of other libraries: whoever uses one here is told what is written in its place.

What is told is in tables: table.py has the names of autograd and of a Value, and a package on top of this one may bring
tables of its own. Nothing here runs before somebody has asked for a name that does not exist.

>>> import autograd
>>> autograd.Tensor
Traceback (most recent call last):
    ...
AttributeError: module 'autograd' has no attribute 'Tensor': `Value(2.0)` is one number, and a vector is a list of them...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from .table import TABLES

__all__ = ["known_names", "module_getattr", "names_of_others", "sentence"]

Table = Mapping[str, str]  # names, with spaces between them, and what is written instead: Python is in backticks


def known_names(owner: str) -> list[str]:
    """Every name that the table of a module or class knows."""
    return [name for names in TABLES.get(owner, {}) for name in names.split()]


def sentence(owner: str, name: str) -> str:
    """What is written in the place of a name, "" for one that is in no table."""
    return next((told for names, told in TABLES.get(owner, {}).items() if name in names.split()), "")


def module_getattr(module: str, table: Table | None = None) -> Callable[..., NoReturn]:
    """The `__getattr__` of a module: an error with what to write instead, an ImportError in ``from module import name``.

    table: what the module brings along. The function also takes how many calls away the asking frame is.
    """
    if table is not None:
        TABLES[module] = table

    def missing(name: str, depth: int = 1) -> NoReturn:
        told = sentence(module, name)
        if told and _is_imported(sys._getframe(depth)):  # pyright: ignore[reportPrivateUsage]
            raise ImportError(f"cannot import name {name!r} from {module!r}: {told}", name=module)
        error = AttributeError(f"module {module!r} has no attribute {name!r}{told and f': {told}'}")
        error.name, error.obj = name, sys.modules[module]  # by which Python looks for a name much like it
        raise error

    return missing


def _is_imported(frame: Any) -> bool:
    """Whether a frame is at ``from module import name``, which replaces the text of an AttributeError by its own."""
    from opcode import opmap

    code = frame.f_code.co_code
    return 0 <= frame.f_lasti < len(code) and code[frame.f_lasti] == opmap["IMPORT_FROM"]


class _Finder:
    """Answers ``import autograd.numpy``. Python asks it last, for a module that nobody else has found."""

    @staticmethod
    def find_spec(fullname: str, _path: Any = None, _target: Any = None) -> None:
        package, _, name = fullname.rpartition(".")
        if told := sentence(package, name):
            raise ModuleNotFoundError(f"No module named {fullname!r}: {told}", name=fullname)


sys.meta_path.append(_Finder)


class _Name:
    """An attribute that does not exist, of a class whose objects may have attributes of their own."""

    def __init__(self, owner: str, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, found: Any, owner: Any = None) -> Any:
        self.missing(type(found) if found is not None else owner)

    def missing(self, kind: Any) -> NoReturn:
        raise AttributeError(
            f"{kind.__name__!r} object has no attribute {self.name!r}: {sentence(self.owner, self.name)}"
        )


class _SlotName(_Name):
    """The same of a class with slots: it says so as well where such an attribute is set, but for a subclass without slots."""

    def __get__(self, found: Any, owner: Any = None) -> Any:
        own = getattr(found, "__dict__", {})
        return own[self.name] if self.name in own else self.missing(type(found) if found is not None else owner)

    def __set__(self, found: Any, thing: Any) -> None:
        own = getattr(found, "__dict__", None)
        if own is None:
            self.missing(type(found))
        own[self.name] = thing

    def __delete__(self, found: Any) -> None:
        if self.name not in getattr(found, "__dict__", {}):
            self.missing(type(found))
        del found.__dict__[self.name]


def names_of_others(owner: str, table: Table | None = None, slots: bool = False) -> Any:
    """A base class with each name of a table as an attribute: help() lists them last, below what is really there.

    slots: the class has slots, and setting such an attribute is answered, too.
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
    """What a class holds under a name, without asking it to be an attribute."""
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
