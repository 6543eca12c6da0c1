"""The player: a graph as one HTML page that steps through backprop, and recomputes everything when a number changes.

The page is self-contained: it needs no network and no server. Its rules are those of the op table, printed as
JavaScript. Its sentences are the stepper's. Its security policy forbids everything else.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a")
    >>> page = Player(a * a)
    >>> page
    <Player of v1: 2 values, 2 edges>
    >>> "https:" in page.html
    False
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from array import array
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ..drawing import build_drawing
from ..drawing.dot import DotWriter
from ..drawing.output import CELL, image, shows_pictures, write_whole, writing
from ..drawing.palette import THEMES
from ..drawing.picture import BUDGET
from ..errors import ArgumentError
from ..explain.failures import known_options
from ..explain.naming import named_graph
from ..explain.phrases import LONGEST, counted, name_of
from ..explain.source import source_of
from ..explain.staleness import remark
from ..graph import Graph
from ..methods import OPERATORS
from ..node import Node
from .js_rules import prelude, rule_name, rules
from .layout import module_names, views
from .network import network_data
from .phrases import phrase_key, phrases
from .questions import quiz_data
from .words import in_other_words, said, table

if TYPE_CHECKING:
    from ..drawing.digraph import Drawing

__all__ = ["Page", "Player", "save_player"]

HERE = os.path.dirname(os.path.abspath(__file__))
# The files of the page's script, in order: moves and sentences; the picture; the list, a chosen value and "what if";
# the film of a training run; the quiz; the address, keys and buttons.
SCRIPTS = (
    "player.js",
    "player_drawing.js",
    "player_network.js",
    "player_values.js",
    "player_film.js",
    "player_quiz.js",
    "player_controls.js",
)
FRAME_HEIGHT = 640  # the height of a page inside a notebook, in pixels

# Colours that only a page has: for what is chosen or at work, for what still waits, for what is complete, and for thin
# lines.
MORE_COLOURS = {
    "light": {"accent": "#b0177b", "warn": "#a3430a", "good": "#12705a", "edge": "#d9dfe5"},
    "dark": {"accent": "#ff86cb", "warn": "#ffb27a", "good": "#5fd3b3", "edge": "#323b45"},
}


@known_options
def save_player(
    value: Node, path: str | os.PathLike[str], *, names: Mapping[Any, str] | None = None, deadline: float | None = 3.0
) -> str:
    """Write a page that plays backprop of a value, opens offline, and works on a phone; return its path.

    The page steps forwards and back with buttons, arrow keys and a slider; shows the arithmetic of each edge with
    its numbers; opens and closes modules; and recomputes everything when you move an input or a weight. Its address
    ends with the position: ``page.html#edge=7&a=2`` opens after seven edges, with a = 2.

    names: names for values without a label; by default those of module parameters and the caller's variables.
    deadline: seconds for drawing the graph with other modules closed; it makes as many drawings as there is time for.
    Raises ToolError if the file cannot be written; an existing file is replaced only by a complete one.
    """
    if isinstance(value, (str, os.PathLike)):
        raise ArgumentError(f"want a Value to play first, then a path: save_player(f, {os.fspath(value)!r})")
    return Player(value, names=names, deadline=deadline).save(path)


@known_options
def play(
    value: Node, *, names: Mapping[Any, str] | None = None, deadline: float | None = 3.0, start: str = "#edge=0"
) -> Player:
    """Return a page that plays backprop of a value, inline in a notebook. Options: those of :class:`Player`."""
    return Player(value, names=names, deadline=deadline, start=start)


class Page:
    """A page. A notebook shows it in a frame, or as a still picture on paper and where scripts are stripped."""

    html: Any  # its text

    def _heading(self) -> str:
        raise NotImplementedError

    def _still(self) -> Drawing:
        """Return a picture of what the page shows."""
        raise NotImplementedError

    def _repr_html_(self) -> str | None:
        still = ""
        with suppress(Exception):  # the page works even without the still picture
            still = str(self._still().pipe("svg", encoding="utf-8"))
        return framed(self.html, self._heading(), f"{self!r}: run this cell to play it", still)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        if include is None and not shows_pictures():
            return bundle
        kinds = set(("text/html", "image/png") if include is None else include) - set(exclude or ())
        if "text/html" in kinds and (shown := self._repr_html_()):
            bundle["text/html"] = shown
        with suppress(Exception):  # a display may fail in any way, and must not hide the text
            bundle.update(self._still().bundle("", kinds - {"text/html"}))
        return bundle


class Player(Page):
    """The page of a value's graph: ``.html`` is its text, ``.save(path)`` writes it, a notebook shows it.

    start: the position at which it opens, written as in its address: "#edge=7" is after seven edges, "#forward=2" after
    two operations. The other options are those of :func:`save_player`.
    """

    def __init__(
        self,
        value: Node,
        *,
        names: Mapping[Any, str] | None = None,
        deadline: float | None = 3.0,
        start: str = "#edge=0",
        graph: Graph | None = None,
    ) -> None:
        if not hasattr(value, "partials"):
            raise ArgumentError(f"want a Value to play, got {value!r}")
        self.graph = graph or (named_graph(value) if names is None else Graph(value, names))
        self.deadline = deadline
        self.start = start

    def __repr__(self) -> str:
        edges = sum(partial is not None for node in self.graph.nodes for partial in node.partials)
        return f"<Player of {self._name}: {counted(len(self.graph), 'value')}, {counted(edges, 'edge')}>"

    @property
    def _name(self) -> str:
        return name_of(self.graph, self.graph.root)

    @cached_property
    def html(self) -> str:
        """Return the page as text."""
        stage, note = staged(self.graph, self.deadline, _stale(self.graph))
        network = network_data(self.graph)
        data = {"graph": described(self.graph), "views": stage, "note": note, "start": self.start, "network": network}
        if not note and (asked := quiz_data(self.graph)):  # with a note, the page's numbers differ from Python's
            data["quiz"] = asked
        return page(self._heading(), data, rules(self.graph.nodes))

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the page, and return its path."""
        return write_page(path, self.html)

    def _heading(self) -> str:
        return said("backprop of {name}", name=self._name)

    def _still(self) -> Drawing:
        return build_drawing(self.graph, DotWriter, page=CELL, deadline=self.deadline)


def write_page(path: str | os.PathLike[str], text: str) -> str:
    """Write a page completely or not at all. Raises ToolError if it cannot be written."""
    with writing(path):
        return write_whole(path, text)


def staged(
    graph: Graph, deadline: float | None, note: str = "", budget: int = BUDGET
) -> tuple[list[dict[str, Any]], str]:
    """Return the drawings of a graph, and a note."""
    return views(graph, deadline, budget), note


def _stale(graph: Graph) -> str:
    """Say which leaves have changed since the graph was computed."""
    stale = remark(graph)
    return stale and f"{stale}: here everything is recomputed."


# --- The graph as data -------------------------------------------------------------------------------------


def described(graph: Graph, varying: Mapping[Any, Collection[int]] | None = None) -> dict[str, Any]:
    """Return a graph as data for the page. An operand is a position in the listing, or ``~i`` for the i-th constant.

    varying: for a node, the positions of constants that differ between the frames of a film.
    """
    varying = varying or {}
    ops: dict[str, int] = {}
    known: dict[Any, int] = {}
    phrases_of: list[Any] = []
    operands: list[list[int]] = []
    op: list[int] = []
    phrase: list[int] = []
    constants = 0
    for node in graph.nodes:
        places: list[int] = []
        for operand in node.operands:
            if isinstance(operand, float):
                places.append(~constants)
                constants += 1
            else:
                places.append(graph.index[operand])
        operands.append(places)
        if not places:
            op.append(-1)
            phrase.append(-1)
            continue
        op.append(ops.setdefault(rule_name(node), len(ops)))
        key = phrase_key(node, varying.get(node, ()))
        if key not in known:
            known[key] = len(phrases_of)
            phrases_of.append(phrases(node, varying.get(node, ())))
        phrase.append(known[key])
    return {
        "names": [name_of(graph, node) for node in graph.nodes],
        "modules": list(module_names(graph)),
        "operands": operands,
        "ops": list(ops),
        "op": op,
        "phrases": phrases_of,
        "phrase": phrase,
        "operators": list(OPERATORS),
        "longest": LONGEST,
        "sources": {str(i): source for i, node in enumerate(graph.nodes) if (source := source_of(node))},
        "numbers": packed(numbers(graph)),
    }


def numbers(graph: Graph) -> array[float]:
    """Return the numbers that the page starts from: the leaves' data, then the constants, in the order of the graph."""
    leaves = [node.data for node in graph.nodes if not node.operands]
    constants = [operand for node in graph.nodes for operand in node.operands if isinstance(operand, float)]
    return array("d", [*leaves, *constants])


def packed(numbers: array[float]) -> str:
    """Write numbers as base64 of 8 bytes each, the lowest byte first. This is exact, and shorter than digits."""
    if sys.byteorder == "big":
        numbers = array("d", numbers)
        numbers.byteswap()
    return base64.b64encode(numbers.tobytes()).decode()


# --- The page ----------------------------------------------------------------------------------------------


def page(title: str, data: Mapping[str, Any], rules_text: str) -> str:
    """Write a page with the data in it, and a policy that lets only the scripts here run."""
    style = f"\n{_colours()}\n{_read('player.css')}"
    script = "\n".join(["", '"use strict";', script_of(rules_text), *map(_read, SCRIPTS)])
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    other = table()
    written = safe_json({**data, "words": other} if other else data)
    parts = {"title": escape(title), "policy": policy, "style": style, "script": script, "data": written}
    html = in_other_words(_read("player.html"))
    return re.sub(r"\{(title|policy|style|script|data)\}", lambda found: parts[found[1]], html)


def script_of(rules_text: str) -> str:
    """Return the computing part of the script, which also runs without a page."""
    parts = [prelude(rules_text), f"const RULES = {rules_text};\n", _read("player_model.js"), _read("quiz.js")]
    return "\n".join(parts)


def safe_json(data: Any) -> str:
    """Write JSON that can neither end the element around it nor begin another.

    >>> safe_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def framed(text: str, title: str, instead: str, still: str) -> str:
    """Put a page inside a notebook's page, isolated from it.

    instead, still: the text and the picture for viewers that do not run the page. Those viewers also strip the style
    that hides both here.
    """
    return (
        "<style>.autograd-still{display:none}</style>"
        f'<div class="autograd-still"><p>{escape(instead)}</p>{image(still, "still") if still else ""}</div>'
        f'<iframe title="{escape(title)}" sandbox="allow-scripts" width="100%" height="{FRAME_HEIGHT}" '
        f'style="border: 0" srcdoc="{escape(text)}"></iframe>'
    )


def _read(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _colours() -> str:
    light, dark = (_variables({**THEMES[theme], **MORE_COLOURS[theme]}.items()) for theme in ("light", "dark"))
    return (
        f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ {light} }} }}"
    )


def _variables(colours: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"--{name.replace(' ', '-')}: {colour};" for name, colour in colours)
