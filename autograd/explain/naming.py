"""What values are called in pictures and listings: their labels, their names in a module, the caller's variables.

A label that the user gave goes first (autograd.graph sees to that). Then a parameter's name in the module
that used it, ``layers.0.weight[3][1]``. Then the variable that holds the value where a tool was called,
looked up in lists, dicts and modules too: ``loss``, ``xs[0]``, ``model.layers.0.bias[2]``.

    >>> from autograd import Value
    >>> def caller():
    ...     a, xs = Value(1.0), [Value(2.0), Value(3.0)]
    ...     f = a * xs[1]
    ...     return names_for(f).values()
    >>> list(caller())
    ['a', 'xs[1]', 'f']
"""

from __future__ import annotations

import contextlib
import os.path
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FrameType
from typing import Any, TypeVar

from ..errors import printable
from ..graph import Graph, walk
from ..modes import Scope

__all__ = ["is_ours", "named_graph", "names_for", "one_line", "ours", "users_frame"]

NOT_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "self"})
INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
COMPILED = "<autograd "  # how the file names of what compile() wrote begin
LOOKED_AT = 100_000  # things looked at in the caller's lists before giving up
DEPTH = 3  # lists within lists
OBJECTS = 4  # objects that have parameters() within each other


def names_for(
    *roots: Any,
    variables: Mapping[str, Any] | None = None,
    nodes: list[Any] | None = None,
    wanted: Iterable[Any] | None = None,
) -> dict[Any, str]:
    """Names for the values that `roots` depend on, for ``Graph(root, names_for(root))``.

    variables: where to look for those no module names; by default those of the first caller
    outside of this package, local ones first. nodes: the answer of ``walk(*roots)`` if it is there already. wanted: those
    to be named, if not all.
    """
    nodes = walk(*roots) if nodes is None else nodes
    wanted = {node for node in (nodes if wanted is None else wanted) if not node.label}
    names: dict[Any, str] = {}
    space = _caller() if variables is None else variables
    _take(_names_in_modules(nodes, space), wanted, names)
    _take(_names_in(space), wanted, names)
    return {node: names[node] for node in nodes if node in names}


def named_graph(*roots: Any) -> Graph:
    """The graph of a value, or of several, its nodes named as :func:`names_for` does; walked once."""
    nodes = walk(*roots)
    return Graph(roots, names_for(*roots, nodes=nodes), nodes)


def _take(found: Iterator[tuple[str, Any]], wanted: set[Any], names: dict[Any, str]) -> None:
    """The first name found for each wanted node; stops when nothing is left to name."""
    while wanted:
        name, thing = next(found, ("", None))
        if not name:
            return
        if thing in wanted:
            wanted.discard(thing)
            names[thing] = name


def ours(above: int = 0) -> None:
    """Declare that the calling module's folder is not the user's, or the one so many `above` it. A package does so on import.

    Told by the file name of its code, as that of any frame is: `__file__` may spell the same folder in another way.
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
)  # whose frames lie between ours, where a mode decorates one
ours(above=1)


def is_ours(file: str) -> bool:
    """Whether a file is in one of those folders."""
    return file.startswith(_ours)


def users_frame() -> FrameType:
    """The nearest frame that is the user's: neither this package's, nor nn's, nor of what compile() wrote."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame.f_back and frame.f_code.co_filename.startswith(_ours):
        frame = frame.f_back
    return frame


def _caller() -> Mapping[str, Any]:
    """The variables of the user's frame: local, then global."""
    frame = users_frame()
    found = dict(frame.f_locals)
    while frame.f_back and frame.f_code.co_name in INLINE:  # a comprehension is a frame of its own before 3.12
        frame = frame.f_back
        found |= {name: thing for name, thing in frame.f_locals.items() if name not in found}
    return found | {name: thing for name, thing in frame.f_globals.items() if name not in found}


def outer_modules(nodes: list[Any]) -> list[Any]:
    """The outermost modules in whose calls the nodes were made, in order."""
    modules: dict[int, Any] = {}
    seen: set[int] = set()
    for node in nodes:
        scope = node.scope
        if scope is None or scope.module is None or id(scope) in seen:
            continue
        seen.add(id(scope))
        while scope.parent is not None:
            scope = scope.parent
        modules[id(scope.module)] = scope.module
    return list(modules.values())


def _names_in_modules(nodes: list[Any], variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    modules = [module for module in outer_modules(nodes) if hasattr(module, "named_parameters")]
    for module in modules:
        prefix = ""
        if len(modules) > 1:
            held = (name for name, thing in variables.items() if thing is module and _is_name(name))
            prefix = next(held, type(module).__name__.lower()) + "."
        for name, parameter in module.named_parameters():
            yield prefix + name, parameter


def _is_name(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in NOT_NAMES


def _names_in(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every Value reachable from the variables, with the expression that reaches it."""
    left = [LOOKED_AT]
    for name, thing in variables.items():
        if _is_name(name):
            yield from _inside(name, thing, DEPTH, left)


def _inside(name: str, thing: Any, depth: int, left: list[int], objects: int = OBJECTS) -> Iterator[tuple[str, Any]]:
    left[0] -= 1
    if left[0] < 0:
        return
    kind: Any = type(thing)
    if hasattr(kind, "partials"):
        yield name, thing
    elif isinstance(thing, (list, tuple)):
        for i, item in enumerate(thing if depth else ()):
            yield from _inside(f"{name}[{i}]", item, depth - 1, left, objects)
    elif isinstance(thing, dict):
        for key, item in thing.items() if depth else ():
            yield from _inside(f"{name}[{key!r}]", item, depth - 1, left, objects)
    elif hasattr(kind, "named_parameters"):
        for inner, parameter in thing.named_parameters():
            yield f"{name}.{inner}", parameter
    elif hasattr(kind, "parameters") and hasattr(thing, "__dict__") and objects:  # a model of one's own, as micrograd's
        for inner, held in vars(thing).items():
            yield from _inside(f"{name}.{inner}", held, DEPTH, left, objects - 1)


class ModuleNames:
    """What calls of modules are called: by the module's path in the outermost one, ``layers.0``, or its class."""

    def __init__(self) -> None:
        self._paths: dict[int, dict[int, str]] = {}
        self._with_parameters: dict[int, bool] = {}

    def has_parameters(self, module: Any) -> bool:
        """Whether a module has parameters; of something else that calls are named after it is not known."""
        if id(module) not in self._with_parameters:
            found = not hasattr(module, "parameters") or any(True for _ in module.parameters())
            self._with_parameters[id(module)] = found
        return self._with_parameters[id(module)]

    def path(self, scope: Scope) -> str:
        """The module's path inside the outermost module that knows it; "" if it is outermost, or only a name."""
        outer: list[Any] = []
        call = scope.parent
        while call is not None:
            outer.append(call.module)
            call = call.parent
        for module in reversed(outer):
            if not hasattr(module, "named_modules"):
                continue
            if id(module) not in self._paths:
                self._paths[id(module)] = {id(inner): name for name, inner in module.named_modules()}
            if found := self._paths[id(module)].get(id(scope.module)):
                return found
        return ""

    def title(self, scope: Scope) -> str:
        return scope.module if isinstance(scope.module, str) else self.path(scope) or type(scope.module).__name__


def common_name(names: Iterable[str]) -> str:
    """What several names have in common: ``layers.0.weight[3]`` of its elements, ``layers.0`` with its bias too.

    >>> common_name(["layers.0.weight[3][0]", "layers.0.weight[3][1]"]), common_name(["l.weight[3]", "l.bias[3]"])
    ('layers.0.weight[3]', 'l')
    """
    pieces = [re.split(r"(?=[.\[])", name) for name in names]
    if len(pieces) == 1:
        return "".join(pieces[0])
    shared: list[str] = []
    for level in zip(*pieces):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "".join(shared)


T = TypeVar("T")


def by_name(things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Things whose names differ only in their numbers next to each other, in the order of these.

    >>> by_name(["x10", "x2", "b", "x1"], str)
    ['x1', 'x2', 'x10', 'b']
    """
    alike: dict[str, list[tuple[list[int], T]]] = {}
    for thing in things:
        numbers = [int(number) for number in re.findall("[0-9]+", name(thing))]
        alike.setdefault(re.sub("[0-9]+", "#", name(thing)), []).append((numbers, thing))
    return [thing for named in alike.values() for _, thing in sorted(named, key=lambda pair: pair[0])]


def one_line(text: str, limit: int = 40) -> str:
    """A name fit to print anywhere: one line, no control characters, shortened in the middle above `limit`.

    >>> one_line("two\\nlines"), one_line("abcdefghij", 7)
    ('two\\\\nlines', 'abc…hij')
    """
    clean = printable(text).replace("\n", r"\n")
    if len(clean) <= limit:
        return clean
    tail = (limit - 1) // 2
    return f"{clean[: limit - 1 - tail]}…{clean[len(clean) - tail :]}"
