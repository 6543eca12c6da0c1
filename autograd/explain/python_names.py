"""Names for the values of a graph that Python can read where the tool was called.

>>> from autograd import Value
>>> graph = Graph(Value(2.0, label="x y") * Value(3.0, label="class"))
>>> [str(name) for name in in_python(graph).values()]
['x_y', 'class_2', 'v2']
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from ..formula.namer import Namer
from ..graph import Graph
from ..ops import OPS
from .naming import callers_variables, found_in, one_line

__all__ = ["Spelled", "in_python"]

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*|\[\d+\]|\['\w+'\])*")
_FUNCTIONS = frozenset({"Value", "clamp", "softmax", *OPS})  # what a line of text may call


class Spelled(str):
    """A name in Python. label: the original name, quoted, if it differs. exists: whether there is such a variable."""

    label: str = ""
    exists: bool = True

    def __new__(cls, text: str, label: str = "", exists: bool = True) -> Spelled:
        spelled = super().__new__(cls, text)
        spelled.label, spelled.exists = label, exists
        return spelled


def in_python(graph: Graph) -> Mapping[Any, Spelled]:
    """Spell the name of every value.

    A name that a variable can have stays as it is, and so does one that leads to a leaf from the caller's variables,
    such as ``xs[0]``; a parameter of a module is reached as ``model.layers[0].bias[2]``.
    """
    names = graph.names
    variables = callers_variables()
    spelled = {node: Spelled(name) for node, name in names.items() if _is_name(name)}
    left = [node for node in graph.nodes if node not in spelled]
    paths = found_in(variables, [leaf for leaf in left if leaf.op is None]) if left else {}
    for leaf, path in paths.items():
        path = re.sub(r"\.(\d+)", r"[\1]", path)
        if _PATH.fullmatch(path) and _reached(path, variables) is leaf:
            spelled[leaf] = Spelled(path, _quoted(leaf.label) if leaf.label else "")
    namer = Namer({*spelled.values(), *_FUNCTIONS, *keyword.kwlist})
    for node in left:
        if node not in spelled:
            spelled[node] = Spelled(namer.name(names[node][:40]), _quoted(names[node]), False)
    return {node: spelled[node] for node in graph.nodes}


def _quoted(name: str) -> str:
    return repr(name if len(name) <= 40 else one_line(name))


def _is_name(name: str) -> bool:
    """Return whether a variable can have this name, without hiding a function that the text may call."""
    plain = unicodedata.normalize("NFKC", name) == name  # Python reads other letters as these
    return name.isidentifier() and plain and not keyword.iskeyword(name) and name not in _FUNCTIONS


def _reached(path: str, variables: Mapping[str, Any]) -> Any:
    """Follow a path of attributes and items from a variable; None if it leads nowhere."""
    first, *steps = re.findall(r"[^\W\d]\w*|\d+", path)
    thing: Any = variables.get(first)
    for step in steps:
        try:
            thing = (
                thing[int(step)]
                if step.isdecimal()
                else thing[step]
                if isinstance(thing, dict)
                else getattr(thing, step)
            )
        except (AttributeError, IndexError, KeyError, TypeError):
            return None
    return thing
