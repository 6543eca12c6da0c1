"""A substitute for IPython in the browser: the hooks through which the engine and the lessons show things in a
notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.machinery import ModuleSpec
from itertools import count
from types import ModuleType, SimpleNamespace
from typing import Any

from autograd.errors import printable

__all__ = ["Bundle", "bundle_of", "install"]

Bundle = dict[str, str]  # strings by MIME type
LONGEST = 20_000  # the largest number of characters in plain text
LARGEST = 8_000_000  # the largest number of characters in a picture or page
_REPRS = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_", "text/latex": "_repr_latex_"}


def bundle_of(thing: Any) -> Bundle:
    """Return what an object displays, as strings by MIME type. Never raises.

    >>> from autograd import Value
    >>> bundle_of(2 ** 10), bundle_of(display_module().SVG("<svg/>"))
    ({'text/plain': '1024'}, {'text/plain': '<SVG>', 'image/svg+xml': '<svg/>'})
    """
    found: dict[str, Any] = {"text/plain": _text(thing)}
    try:
        if hasattr(type(thing), "_repr_mimebundle_"):
            made = thing._repr_mimebundle_(include={"text/html"})
            found.update(made[0] if isinstance(made, tuple) else made)
        else:
            for kind, name in _REPRS.items():
                if hasattr(type(thing), name) and (made := getattr(thing, name)()):
                    found[kind] = made
    except Exception as error:  # a learner's own display method may fail in any way, and must not hide the text
        found["text/plain"] += f"\n(no picture: {type(error).__name__}: {printable(str(error))})"
    return {kind: made for kind, made in found.items() if isinstance(made, str) and len(made) <= LARGEST}


def _text(thing: Any) -> str:
    try:
        text = repr(thing)
    except Exception as error:
        text = f"a {type(thing).__name__} whose repr raises {type(error).__name__}: {printable(str(error))}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ... and {len(text) - LONGEST:,} more letters"


def display_module(emit: Callable[[Bundle, int, bool], None] = lambda *_: None) -> ModuleType:
    """Return the part of IPython.display that is used. emit: takes a bundle, the number of its place, and whether that
    place exists."""
    places = count(1)

    class Handle:
        """A place in the output, where something else may be shown later."""

        def __init__(self) -> None:
            self.place = next(places)

        def update(self, thing: Any) -> None:
            emit(bundle_of(thing), self.place, True)

    def display(*things: Any, display_id: bool = False, **_: Any) -> Handle | None:
        handle = None
        for thing in things:
            handle = Handle()
            emit(bundle_of(thing), handle.place, False)
        return handle if display_id else None

    module = ModuleType("IPython.display")
    module.__dict__.update(
        display=display,
        HTML=_holder("HTML", "text/html"),
        SVG=_holder("SVG", "image/svg+xml"),
        Latex=_holder("Latex", "text/latex"),
    )
    return module


def _holder(name: str, kind: str) -> type:
    """Make a class whose instances are shown as the text they hold."""

    def __init__(self: Any, data: str | bytes) -> None:  # noqa: N807
        self.data = data.decode() if isinstance(data, bytes) else data

    methods = {"__init__": __init__, "__repr__": lambda self: f"<{name}>"}
    methods["_repr_mimebundle_"] = lambda self, include=None, exclude=None: {kind: self.data}
    return type(name, (), methods)


def install(names: dict[str, Any], emit: Callable[[Bundle, int, bool], None]) -> ModuleType:
    """Act as IPython, with these variables, for any code that asks; returns IPython.display."""
    shown: Iterable[str] = ("text/plain", "text/html", "image/svg+xml")
    shell = SimpleNamespace(user_ns=names, kernel=None, display_formatter=SimpleNamespace(active_types=list(shown)))
    ipython, display = ModuleType("IPython"), display_module(emit)
    ipython.__dict__.update(get_ipython=lambda: shell, display=display, version_info=(9, 0, 0), __version__="9.0")
    for module in (ipython, display):
        module.__spec__ = ModuleSpec(module.__name__, None)
        sys.modules[module.__name__] = module
    return display
