"""Tell the user's frames from ours, and make tracebacks show at most one of ours.

>>> @public
... def half(number):
...     raise ArgumentError("want a number")
>>> from .errors import ArgumentError
>>> half("1")
Traceback (most recent call last):
    ...
autograd.errors.ArgumentError: want a number
"""

from __future__ import annotations

import contextlib
import os
import sys
from functools import cache, wraps
from types import FrameType, FunctionType
from typing import Any, TypeVar

from .errors import ArgumentError, AutogradError, hidden

__all__ = [
    "called", "does_not_fit", "hide_our_frames", "is_library", "is_librarys", "is_ours", "is_users_own", "ours", "public",
    "users_frame",
]  # fmt: skip
__tracebackhide__ = hidden

LIBRARIES = os.path.join(os.path.dirname(os.__file__), ""), "<frozen "  # Python's own
COMPILED = "<autograd "  # how the file names of compile()'s output begin

T = TypeVar("T")


def ours(above: int = 0) -> None:
    """Declare that the calling module's folder, or the one `above` levels higher, is not the user's.

    Packages call this on import. The folder comes from the file name of the code, as it does for any frame: `__file__`
    may spell it differently.
    """
    global _ours
    file = sys._getframe(1).f_code.co_filename  # pyright: ignore[reportPrivateUsage]
    folder = os.path.dirname(file)
    for _ in range(above):
        folder = os.path.dirname(folder)
    _ours += (os.path.join(folder, "") if folder else file,)


_ours: tuple[str, ...] = (
    COMPILED,
    contextlib.contextmanager.__code__.co_filename,
)  # where a mode decorates a function, frames of this file are between ours
ours()


def is_ours(file: str) -> bool:
    """Return whether a file is in one of those folders."""
    return file.startswith(_ours)


def users_frame() -> FrameType:
    """Return the nearest frame of the user's code: not of this package, of nn, or of code that compile() wrote."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_code.co_filename.startswith(_ours):
        frame = frame.f_back
    return frame


def hide_our_frames(error: BaseException) -> None:
    """Remove this package's frames from the traceback of an error, except for the frame that caught it.

    With AUTOGRAD_TRACEBACK=full in the environment, it keeps them.
    """
    if os.environ.get("AUTOGRAD_TRACEBACK") == "full":
        return
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        if is_ours(entry.tb_next.tb_frame.f_code.co_filename):
            entry.tb_next = entry.tb_next.tb_next
        else:
            entry = entry.tb_next


def is_users_own(error: BaseException) -> bool:
    """Return whether an error comes from the user's code, which ours has called, and not from ours or a library."""
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    file = entry.tb_frame.f_code.co_filename if entry is not None else COMPILED
    return not is_librarys(file)


@cache
def is_library(name: str | None) -> bool:
    """Return whether a module belongs to Python, to an installed package or to one that called ours().

    Such a module does not change while a program runs.
    """
    package = str(name).partition(".")[0]
    path = getattr(sys.modules.get(package), "__file__", None)
    if path is None:
        return package == "builtins" or (package in sys.stdlib_module_names and package in sys.modules)
    return is_librarys(path)


def is_librarys(file: str) -> bool:
    """Return whether a file belongs to one of these."""
    return file.startswith((*_ours, *LIBRARIES)) or "-packages" in file


def public(thing: T) -> T:
    """Wrap a function, or the public methods of a class, so that our errors show the caller's line and one of ours.

    Lines of the caller's own functions stay in the traceback, however deep they are.
    """
    if isinstance(thing, type):
        for name, method in list(vars(thing).items()):
            if isinstance(method, FunctionType) and (name == "__init__" or not name.startswith("_")):
                setattr(thing, name, public(method))
        return thing
    function: Any = thing

    @wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except AutogradError as error:
            hide_our_frames(error)
            raise
        except Exception as error:
            if isinstance(error, TypeError) and (told := does_not_fit(function, error, args)) is not error:
                raise told from None
            if is_users_own(error):
                hide_our_frames(error)
            raise

    return called(function.__name__, wrapped)


def does_not_fit(function: Any, error: TypeError, args: tuple[Any, ...]) -> TypeError:
    """Return the error for a call that does not fit a function: Python's own message, plus what the function takes.

    Any other error is returned as it is.
    """
    from inspect import Parameter, signature

    if error.__traceback__ is None or error.__traceback__.tb_next:
        return error
    name, owner = getattr(function, "__name__", type(function).__name__), getattr(function, "__qualname__", "")
    try:
        parameters = signature(function).parameters
    except ValueError:  # a function in C
        return error
    if len(args) > 1 and tuple(parameters) == ("xs",):
        rows = f"[{name}(row) for row in rows] for a list of rows" if isinstance(args[0], list) else f"{name}([a, b])"
        return ArgumentError(f"{name} takes one list, but got {len(args)} arguments: write {rows}")
    shown = ", ".join(str(p.replace(annotation=Parameter.empty)) for p in parameters.values() if p.name != "self")
    said = str(error).partition("() ")[2] or str(error)
    return ArgumentError(f"{owner.rpartition('.')[0] if name == '__init__' else name}({shown}) {said}")


def called(name: str, function: Any) -> Any:
    """Give a wrapper the name of the function that it wraps, so that tracebacks show that name."""
    function.__code__ = function.__code__.replace(co_name=name)
    return function
