"""A graph as a picture: ``draw(f)`` returns it as a graphviz.Digraph, and ``show(f)`` opens it.

>>> from autograd import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> f = a * b; f.label = "f"
>>> "shape=circle" in draw(f).source
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ToolError
from ..explain.failures import known_options
from ..explain.naming import names_for
from ..explain.phrases import name_of, short
from ..graph import Graph, walk
from .build import build_picture
from .dot import DotWriter
from .engines import DEADLINE
from .options import NUMBERS, Look, look_of, options_of
from .output import Progress, notebook, open_drawing, shows_pictures
from .picture import BUDGET, Picture
from .placing.page import SLIDE, Page, most_on, page_size
from .tree import tree
from .views import view_named
from .views.architecture import ArchitectureWriter, flat, graph_of_model, innermost_modules, is_shape

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..node import Node
    from .digraph import Drawing
    from .options import DrawingOptions, DrawOptions

__all__ = ["build_drawing", "draw", "mimebundle", "open_drawing", "show"]


@known_options
def draw(
    value: Any,
    *,
    input: Any = None,
    view: str = "graph",
    depth: int | None = None,
    budget: int | None = BUDGET,
    fold: object = None,
    open: object = None,
    at: Node | str | None = None,
    radius: int = 2,
    path: Node | str | None = None,
    page: Page = SLIDE,
    formulas: bool = False,
    theme: str = "light",
    title: str = "",
    legend: bool = True,
    direction: str = "LR",
    font_size: float = 11,
    show: str | Iterable[str] = NUMBERS,
    digits: int = 4,
    transparent: bool = False,
    deadline: float | None = 3.0,
    names: Mapping[Any, str] | None = None,
) -> Drawing:
    """Draw the graph of a value: return a graphviz.Digraph that renders even where no `dot` is installed.

    value: a Value; a list of several results, for one picture; or a model (anything callable), with its `input`.
    input: numbers for a model, in nested lists; or their shape, a tuple such as (4,) or (3, 4). With a shape, the
    picture shows the model's parts and how many values go into and out of them, but no numbers.
    view: "graph" draws operations; "neurons" draws a network as columns of dots, with its weights (or, with
    show="grad", their gradients) as lines between them; "matrix" draws heat maps of numbers that belong together. The
    last two take only these options: title, theme, legend, show, digits, font_size and transparent.

    Each value is a box with its name, data and grad ("not reached" before backward), and each operation is a dark
    shape. The number on an arrow is a partial: the slope of that one operation with respect to that operand. Computed
    values are rounded, inputs are rectangles, parameters have a double frame, and constants are grey.

    budget: the maximum number of boxes to draw; a larger graph is folded, and each box says what it holds.
    None draws all.
    depth: how many levels of modules are drawn open; 0 makes each model one box.
    page: the space for the picture, as width and height in points, or "a4". The graph is folded until none of its text
    is smaller than 9 points; None folds by `budget` alone.
    open: what to draw in full: a module, its class, a name such as "layers.0", or a list of these. fold: what to draw
    closed: a module, its class, a name such as "layers.0", or a list of these. False folds nothing.
    at, radius: draw only what is at most `radius` operations away from a node. path: draw only what a node's gradient
    comes through. Either node may be a Value or its name. formulas: write ``a * b`` instead of the symbol alone.
    theme: "light", "dark", or "auto": then an SVG is dark where the page is, and other formats are light. transparent:
    leave out the background. title: a line above the picture, such as "update 10 (seed 0)".
    legend: False leaves out the lines under the picture. direction: "LR" draws from left to right, "TB" downwards; also
    "RL" and "BT". font_size: the size of the numbers in points, from 4 to 100; names and symbols scale with it.
    show: which numbers to write, "data", "grad" or "partials", or a list of these. digits: the number of digits to
    write, from 1 to 17.
    deadline: seconds after which the layout engine is stopped, with a DeadlineError; None means no deadline.
    names: names for values without a label; by default those of module parameters and the caller's variables.
    The Drawing's ``render("f.svg")`` writes a file: also .png, .pdf (with its fonts in the file), .tex (TikZ
    for \\input), .gif and .webp. The extra ``export`` installs the libraries for PDF, GIF and WebP. Raises GraphError
    for a node or module that is not in the graph, and ArgumentError for a wrong value of an option; the Drawing raises
    ToolError if nothing can render it.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a")
    >>> draw(a * a + 1, formulas=True, theme="dark")
    <Drawing of v2: 3 values; .show() opens it, .render('f.svg') writes it>
    """
    graph, writer = _subject(value, input, names)
    if writer is not DotWriter and fold is None and depth is None:
        fold = innermost_modules(graph)
    return build_drawing(
        graph, writer, view=view, depth=depth, budget=budget, fold=fold, open=open, at=at, radius=radius, path=path, page=page,
        formulas=formulas, theme=theme, title=title, legend=legend, direction=direction, font_size=font_size,
        show=show, digits=digits, transparent=transparent, deadline=deadline,
    )  # fmt: skip


def _subject(value: Any, input: Any, names: Mapping[Any, str] | None) -> tuple[Graph, type[DotWriter]]:
    """Return the graph to draw, and its writer."""
    if input is not None:
        return graph_of_model(value, input), ArchitectureWriter if is_shape(input) else DotWriter
    if callable(value) and not hasattr(value, "partials"):
        raise ArgumentError(
            f"want a Value, the result of a computation, got {type(value).__name__}: give what it returns when it is "
            "called, or its input too, draw(model, input=[...]), or only the input's shape, input=(4,)"
        )
    roots: list[Any] = list(flat(value)) if isinstance(value, (list, tuple)) and value else [value]
    progress = Progress()
    nodes = walk(*roots)
    progress.say(f"drawing {len(nodes):,} values")
    return Graph(roots, names_for(*roots, nodes=nodes) if names is None else names, nodes), DotWriter


def build_drawing(
    graph: Graph,
    writer: Callable[[Picture, Look], DotWriter],
    picture: Picture | None = None,
    **options: Unpack[DrawingOptions],
) -> Drawing:
    """Draw a graph with a writer, showing as much as can be read on its page.

    writer: makes the DotWriter from a picture and its look. picture: what to show, if that is already decided.
    """
    again = (
        partial(build_drawing, graph, writer, **_but_page(options)) if picture is None and _any_page(options) else None
    )
    given: Any = {"deadline": DEADLINE, **options}
    deadline, look, page = given.pop("deadline"), look_of(given), page_size(given.pop("page", SLIDE))

    if (view := given.pop("view", "graph")) != "graph":
        drawing = _another_view(graph, view, look, page, deadline)
        drawing.again = again
        return drawing

    common: dict[str, Any] = {}

    def written(picture: Picture, look: Look, maps: bool = False) -> DotWriter:
        one = writer(picture, look)
        one.page, one.maps, one.common = page, maps, common
        return one

    def drawn(picture: Picture, look: Look) -> Drawing:
        fullest = written(picture, look, maps=True)  # the legend goes where there is room
        return (fullest if fullest.fit >= 1 else written(picture, look)).drawing()

    if picture is None:
        all_of_it = page is None or given.get("budget", BUDGET) is None
        fits = None if all_of_it else lambda picture: written(picture, look).fit
        rows = 1 + len({"data", "grad"} & {*look.show})
        most = most_on(page, rows) if page and writer is DotWriter else None
        picture = build_picture(graph, fits, most, **given)
    drawing = drawn(picture, look)
    drawing.deadline, drawing.again = deadline, again
    if look.theme == "auto":
        drawing.in_the_dark = drawn(picture, look._replace(theme="dark"))
    return drawing


def _any_page(options: Mapping[str, Any]) -> bool:
    """Return whether the drawing may change with its page: True unless the user asked for a page or for all boxes."""
    return options.get("page", SLIDE) == SLIDE and options.get("budget", BUDGET) is not None


def _but_page(options: Mapping[str, Any]) -> Any:
    return {name: option for name, option in options.items() if name != "page"}


def _another_view(
    graph: Graph, view: str, look: Look, page: tuple[float, float] | None, deadline: float | None
) -> Drawing:
    draw_it = view_named(view)
    drawing = draw_it(graph, look, page)
    drawing.deadline = deadline
    if look.theme == "auto":
        drawing.in_the_dark = draw_it(graph, look._replace(theme="dark"), page)
    return drawing


@options_of(draw)
def show(value: Any, **options: Unpack[DrawOptions]) -> str:
    """Open the picture of a value's graph, print its path, and return that path. options: those of :func:`draw`.

    If nothing can be laid out, it prints why, and the graph as text; the path is then "".
    """
    drawing = draw(value, **options)
    return open_drawing(drawing, drawing.picture.graph.name(drawing.picture.graph.root), lambda: tree(value))


def mimebundle(value: Node, include: Any = None, exclude: Any = None) -> dict[str, Any]:
    """Return what a notebook shows for a value: a line of text, and its graph below. Never raises.

    If nothing can be laid out, the graph follows as text, with what to install.
    """
    bundle: dict[str, Any] = {"text/plain": repr(value)}
    with suppress(Exception):  # a display may fail in any way, and must not hide the value
        if include or shows_pictures():
            drawing = draw(value, names=names_for(value, variables=_notebook_variables()))
            try:
                bundle.update(drawing.bundle(_told(drawing.picture.graph), include, exclude, is_new=True))
            except ToolError as error:
                bundle["text/plain"] = f"{value!r}\n\n{tree(value)}\n\n{error}"
    return bundle


def _told(graph: Graph) -> str:
    """Write a value on one line.

    >>> from autograd import Value
    >>> _told(Graph(Value(0.02014, label="L")))
    'L = 0.02014, grad not reached'
    """
    root: Any = graph.root
    grad = f"grad {short(root.grad)}" if root.reached else "grad not reached"
    return f"{name_of(graph, root)} = {short(root.data)}, {grad}"


def _notebook_variables() -> Mapping[str, Any]:
    shell = notebook()
    return shell.user_ns if shell else {}
