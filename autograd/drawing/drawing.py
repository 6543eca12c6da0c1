"""A graph as a picture: ``draw(f)`` is a graphviz.Digraph of it, ``show(f)`` opens it.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> f = a * b; f.label = "f"
>>> "shape=circle" in draw(f).source
True
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import LayoutError
from ..graph import Graph
from ..naming import named_graph, names_for
from .dot import Pen, theme_named
from .output import notebook, shows_pictures
from .picture import BUDGET, Picture, pictured
from .tree import tree

if TYPE_CHECKING:
    from .digraph import Drawing

__all__ = ["draw", "drawn", "mimebundle", "open_drawing", "show"]


def draw(
    value: Any,
    *,
    depth: int | None = None,
    budget: int | None = BUDGET,
    fold: Any = None,
    at: Any = None,
    radius: int = 2,
    path: Any = None,
    formulas: bool = False,
    theme: str = "light",
    title: str = "",
    deadline: float | None = 3.0,
    names: Mapping[Any, str] | None = None,
) -> Drawing:
    """The graph of a value as a picture: a graphviz.Digraph that also renders where no `dot` is installed.

    A box a value, with its name, data and grad ("not reached" before backward); a dark shape an operation;
    on each arrow a partial, the slope of that one operation in that operand. What is computed is
    rounded, inputs are rectangles, parameters have a double frame, constants are grey.

    budget: the most boxes to draw; a larger graph is folded, and the picture says what a box stands for. None draws all.
    depth: how many levels of modules are drawn open; 0 makes each model one box.
    fold: what to draw closed: a module, its class, or a name such as "layers.0", or a list of these. False folds nothing.
    at, radius: draw only what is so many operations around a node. path: draw only what its gradient comes through.
    Both take a Value or its name. formulas: write ``a * b`` where else the symbol stands.
    theme: "light" or "dark". title: a line over the picture, such as "update 10 (seed 0)".
    deadline: seconds the layout may take; then less is drawn. None waits.
    names: names for values without a label; by default those of module parameters and the caller's variables.
    Raises GraphError for a node or module that is not in the graph, OptionError for what is no option; the Drawing raises LayoutError if nothing can render it.
    """
    graph = named_graph(value) if names is None else Graph(value, names)
    colours = theme_named(theme)
    return drawn(
        graph, lambda picture: Pen(picture, colours, formulas, title),
        budget=budget, deadline=deadline, depth=depth, fold=fold, at=at, radius=radius, path=path,
    )  # fmt: skip


def drawn(
    graph: Graph,
    pen: Callable[[Picture], Pen],
    *,
    budget: int | None = BUDGET,
    deadline: float | None = 3.0,
    **options: Any,
) -> Drawing:
    """The drawing of a graph that a pen writes; with less in it if the layout is not done by the deadline."""
    drawing = pen(pictured(graph, budget=budget, **options)).drawing()
    drawing.deadline = deadline
    boxes = len(drawing.picture.boxes)
    less = (boxes if budget is None else min(budget, boxes)) // 3
    if less > 6 and options.get("fold") is not False:
        drawing.simpler = lambda: drawn(graph, pen, budget=less, deadline=deadline, **options)
    return drawing


def show(value: Any, **options: Any) -> str:
    """Open the picture of a value's graph, print where it is, and return that path.

    Where nothing can be laid out, prints why, and the graph as text; the path is then "".
    """
    drawing = draw(value, **options)
    return open_drawing(drawing, drawing.picture.graph.name(value), lambda: tree(value))


def open_drawing(drawing: Drawing, title: str, otherwise: Callable[[], str]) -> str:
    """Open a drawing as a file named after `title`; where nothing can be laid out print why, and the text `otherwise`."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in title[:30]) or "graph"
    try:
        picture = drawing.pipe("svg")
    except LayoutError as error:
        print(error)
        print(otherwise())
        return ""
    from .output import open_file, write_whole

    path = write_whole(os.path.join(tempfile.mkdtemp(prefix="autograd_"), f"{name}.svg"), picture)
    print(path)
    open_file(path)
    return path


def mimebundle(value: Any) -> dict[str, Any]:
    """What a notebook shows for a value: its graph, and its text. Never raises.

    Where nothing can be laid out, the text is followed by the graph as text, and says what to install.
    """
    bundle: dict[str, Any] = {"text/plain": repr(value)}
    try:
        if not shows_pictures():
            return bundle
        drawing = draw(value, names=names_for(value, variables=_notebook_variables()))
        try:
            bundle["image/svg+xml"] = drawing.pipe("svg", encoding="utf-8")
        except LayoutError as error:
            bundle["text/plain"] = f"{value!r}\n\n{tree(value)}\n\n{error}"
    except Exception:  # a display may fail in any way, and must not hide the value
        return bundle
    return bundle


def _notebook_variables() -> Mapping[str, Any]:
    shell = notebook()
    return shell.user_ns if shell else {}
