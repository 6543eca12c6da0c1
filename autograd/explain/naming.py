"""The names of values in pictures and listings: their labels, their names in a module, the caller's variables.

A label that the user gave comes first (autograd.graph sees to that). Next comes a parameter's name in the module that
used it, ``layers.0.weight[3][1]``. Last comes the variable that holds the value where a tool was called, even inside
lists, dicts and modules: ``loss``, ``xs[0]``, ``model.layers.0.bias[2]``.

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
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, TypeVar

from ..errors import AutogradError, printable
from ..frames import users_frame
from ..graph import Graph, walk
from ..modes import Scope

__all__ = ["callers_variables", "found_in", "mapped", "named_graph", "names_for", "one_line", "parameters_of"]

NOT_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "self"})
INLINE = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>")
LOOKED_AT = 100_000  # the maximum number of objects in the caller's lists that are looked at
DEPTH = 3  # the deepest nesting of lists
OBJECTS = 4  # the deepest nesting of objects that have parameters()


def names_for(
    *roots: Any,
    variables: Mapping[str, Any] | None = None,
    nodes: list[Any] | None = None,
    wanted: Iterable[Any] | None = None,
) -> dict[Any, str]:
    """Find names for the values that `roots` depend on, for ``Graph(root, names_for(root))``.

    variables: where to look for values that no module names; by default, the variables of the first caller
    outside this package, local ones first. nodes: the result of ``walk(*roots)``, if you already have it. wanted: the
    values to name, if not these.
    """
    nodes = walk(*roots) if nodes is None else nodes
    wanted = {node for node in (nodes if wanted is None else wanted) if not node.label}
    names: dict[Any, str] = {}
    space = callers_variables() if variables is None else variables
    _take(_names_in_modules(nodes, space), wanted, names)
    _take(_names_in(space), wanted, names)
    return {**{node: names[node] for node in nodes if node in names}, **names}


def named_graph(*roots: Any) -> Graph:
    """Return the graph of one or several values, with its nodes named by :func:`names_for`. It walks the graph once."""
    nodes = walk(*roots)
    return Graph(roots, names_for(*roots, nodes=nodes), nodes)


def found_in(variables: Mapping[str, Any], nodes: Iterable[Any]) -> dict[Any, str]:
    """Find, for each node that has one, the first expression that leads to it from the variables."""
    found: dict[Any, str] = {}
    _take(_names_in(variables), {*nodes}, found)
    return found


def _take(found: Iterator[tuple[str, Any]], wanted: set[Any], names: dict[Any, str]) -> None:
    """Return the first name found for each wanted node; stop when nothing is left to name."""
    while wanted:
        name, thing = next(found, ("", None))
        if not name:
            return
        if thing in wanted:
            wanted.discard(thing)
            names[thing] = name


def callers_variables() -> Mapping[str, Any]:
    """Return the variables of the user's frame: local, then global."""
    frame = users_frame()
    found = dict(frame.f_locals)
    while frame.f_back and frame.f_code.co_name in INLINE:  # before 3.12, a comprehension has its own frame
        frame = frame.f_back
        found |= {name: thing for name, thing in frame.f_locals.items() if name not in found}
    return found | {name: thing for name, thing in frame.f_globals.items() if name not in found}


def outer_modules(nodes: list[Any]) -> list[Any]:
    """List the outermost modules in whose calls the nodes were made, in order."""
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
        for name, parameter in parameters_of(module):
            yield prefix + name, parameter


def parameters_of(module: Any) -> Iterator[tuple[str, Any]]:
    """Yield a module's parameters with their names, leaving out any that are no longer parameters."""
    with contextlib.suppress(AutogradError):  # a module that cannot train: other code reports that
        yield from module.named_parameters()


def _is_name(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in NOT_NAMES


def _names_in(variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every Value reachable from the variables, with the expression that reaches it."""
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
        for inner, parameter in parameters_of(thing):
            yield f"{name}.{inner}", parameter
    elif hasattr(kind, "parameters") and hasattr(thing, "__dict__") and objects:  # a user's own model, as in micrograd
        for inner, held in vars(thing).items():
            yield from _inside(f"{name}.{inner}", held, DEPTH, left, objects - 1)


class ModuleNames:
    """Names for module calls: the module's path in the outermost one, ``layers.0``, or its class."""

    def __init__(self) -> None:
        self._paths: dict[int, dict[int, str]] = {}
        self._with_parameters: dict[int, bool] = {}

    def has_parameters(self, module: Any) -> bool:
        """Return whether a module has parameters; True also for anything else that gives its name to calls."""
        if id(module) not in self._with_parameters:
            found = True
            with contextlib.suppress(AutogradError):  # the model cannot train
                found = not hasattr(module, "parameters") or any(True for _ in module.parameters())
            self._with_parameters[id(module)] = found
        return self._with_parameters[id(module)]

    def path(self, scope: Scope) -> str:
        """Return the module's path inside the outermost one that contains it; "" for the outermost or a mere name."""
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

    def section(self, scope: Scope | None) -> str:
        """Name a call's module, and the named parts of it in which the call is: ``layers.0: scores``; "" outside."""
        titles: list[str] = []
        while scope is not None and scope.module is not None:
            titles.insert(0, self.title(scope))
            scope = scope.parent if isinstance(scope.module, str) else None
        return ": ".join(titles)


def mapped(thing: Any, change: Callable[[Any, str], Any], name: str = "") -> Any:
    """Return nested lists and tuples with everything in them replaced by change(thing, its name): ``x[0][1]`` in an x.

    >>> mapped([0.5, (2, True)], lambda thing, name: f"{name} = {thing}", "x")
    ['x[0] = 0.5', ('x[1][0] = 2', 'x[1][1] = True')]
    """
    if not isinstance(thing, (list, tuple)):
        return change(thing, name)
    given: Any = thing
    items = [mapped(item, change, f"{name}[{i}]") for i, item in enumerate(given)]
    return items if isinstance(thing, list) else getattr(given, "_make", tuple)(items)  # _make: of a namedtuple


def common_name(names: Iterable[str]) -> str:
    """Return what several names share: ``layers.0.weight[3]`` for its elements, ``layers.0`` if there is a bias too.

    >>> common_name(["layers.0.weight[3][0]", "layers.0.weight[3][1]"]), common_name(["l.weight[3]", "l.bias[3]"])
    ('layers.0.weight[3]', 'l')
    """
    first, *others = names
    shared = first
    for name in others:
        if not shared:
            break
        if not (name.startswith(shared) and name[len(shared) :][:1] in ("", ".", "[")):
            pairs = zip(*(re.split(r"(?=[.\[])", one) for one in (shared, name)))
            shared = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return shared


T = TypeVar("T")
NUMBERS = re.compile("([0-9]+)")


def by_name(things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Put items whose names differ only in their numbers next to each other, in the order of the numbers.

    >>> by_name(["x10", "x2", "b", "x1"], str)
    ['x1', 'x2', 'x10', 'b']
    """
    alike: dict[str, list[tuple[list[int], T]]] = {}
    for thing in things:
        pieces = NUMBERS.split(name(thing))  # text and numbers take turns
        alike.setdefault("#".join(pieces[::2]), []).append(([int(number) for number in pieces[1::2]], thing))
    return [thing for named in alike.values() for _, thing in sorted(named, key=lambda pair: pair[0])]


def one_line(text: str, limit: int = 40) -> str:
    """Make a name printable anywhere: on one line, without control characters, shortened in the middle above `limit`.

    >>> one_line("two\\nlines"), one_line("abcdefghij", 7)
    ('two\\\\nlines', 'abc…hij')
    """
    clean = printable(text).replace("\n", r"\n")
    if len(clean) <= limit:
        return clean
    tail = (limit - 1) // 2
    return f"{clean[: limit - 1 - tail]}…{clean[len(clean) - tail :]}"
