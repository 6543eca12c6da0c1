"""The picture of a stepper: lines are solid if done, thick if they come next, and dashed if they come later.

>>> from autograd import Value
>>> a = Value(1.0, label="a")
>>> b = a + a; f = b * (b + 1)
>>> bp = f.step_through(); report = bp.step()
>>> bp.draw().source.count("style=dashed")
3
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..drawing import build_drawing, draw
from ..drawing.dot import SIZE, DotWriter
from ..drawing.legend import COLOURS, told
from ..drawing.options import Look, options_of
from ..drawing.picture import UNKNOWN, Arrow, Box, Picture, spread
from ..drawing.placing.text import text_width
from ..drawing.sheet import PADDING, Markup, html
from ..errors import ArgumentError
from ..explain.phrases import counted

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..drawing.digraph import Drawing
    from ..drawing.options import DrawingOptions
    from ..node import Node
    from .walker import Walker

__all__ = ["BackpropWriter", "ForwardWriter", "ProgressWriter", "draw_progress", "film_of"]

WHOLE = 60  # the maximum number of nodes in a graph that is drawn whole; a larger one is drawn only around the cursor
RADIUS = 3
MOST_FRAMES = 1000


NUMBER = 66  # the width in points of most numbers, and of the words "not reached"
SPREAD = 112  # the width in points of a range of numbers, from the lowest to the highest
LETTER = 5.2  # the width in points of a letter in the lines under a picture


@options_of(draw, but=("names",))
def draw_progress(stepper: Walker, writer: type[ProgressWriter], **options: Unpack[DrawingOptions]) -> Drawing:
    """Draw the stepper's graph with edges done, next and pending; for a large graph, the part around the cursor.

    It also draws only that part if the whole graph would be unreadable on its page. options: those of draw.
    """

    def drawing(**options: Unpack[DrawingOptions]) -> Drawing:
        return build_drawing(stepper.graph, partial(writer, stepper), **options)

    if {"at", "path", "depth", "fold", "budget"} & set(options):
        return drawing(**options)
    around: DrawingOptions = {"at": stepper.cursor, "radius": RADIUS, **options}
    if len(stepper.graph) > WHOLE:
        return drawing(**around)
    whole = drawing(**options)
    found = whole if whole.picture.is_plain else drawing(**around)
    if found.again is not None:
        found.again = partial(draw_progress, stepper, writer, **options)
    return found


def film_of(stepper: Walker, writer: type[ProgressWriter], **options: Unpack[DrawingOptions]) -> Iterator[Drawing]:
    """Make a drawing for each position, from before the first move, all with one layout. The position does not change.

    Raises ArgumentError for more than 1000 moves.
    """
    if len(stepper) >= MOST_FRAMES:
        raise ArgumentError(
            f"a film of {len(stepper) + 1} pictures is longer than {MOST_FRAMES}: step to what matters, and draw() there"
        )
    here, headlines, number, digits = stepper.position, list[str](), NUMBER, options.get("digits", 4)
    try:
        for k in range(len(stepper) + 1):
            stepper.goto(k)
            headlines.append(stepper.headline())
            for text in stepper.facts(stepper.latest, digits).values() if k else ():
                number = max(number, math.ceil(text_width(text, SIZE)) + 2 * PADDING)
        width = LETTER * max(map(len, headlines))
        # The last position decides what the picture shows.
        at_once = partial(writer, stepper, width=width, number=number)
        picture = build_drawing(stepper.graph, at_once, **options).picture
        ranges = _widest_ranges(stepper, picture)
        for k in range(len(stepper) + 1):
            stepper.goto(k)
            yield build_drawing(stepper.graph, partial(at_once, ranges=ranges), picture, **options)
    finally:
        stepper.goto(here)


def _widest_ranges(stepper: Walker, picture: Picture) -> dict[Box, float]:
    """Return the width in points of the longest range of gradients that a box in a frame's corner has in a film."""
    boxes = {node: box for box in picture.boxes if box.brief > 1 for node in box.nodes}
    widest: dict[Box, float] = {}
    for k in range(1, len(stepper) + 1):
        stepper.goto(k)
        if (box := boxes.get(stepper.latest)) and box.grads:
            widest[box] = max(widest.get(box, 0.0), text_width(told(spread(box.grads)), 10))
    return widest


class ProgressWriter(DotWriter):
    """A writer that shows how far a stepper has come, where a DotWriter shows everything.

    width: the minimum number of points for the lines under the picture, since these change in a film. number: the same
    for each number, and ranges: for the range in a box in a corner.
    """

    legend = "dashed: to come"
    packs = False

    def __init__(
        self,
        stepper: Walker,
        picture: Picture,
        look: Look,
        width: float = 0.0,
        number: int = NUMBER,
        ranges: Mapping[Box, float] | None = None,
    ) -> None:
        self.stepper = stepper
        self.width, self.number, self.ranges = width, number, ranges or {}
        self.at_work = stepper.at_work()
        super().__init__(picture, look)

    def state(self, arrow: Arrow) -> str:
        """Return the state of an arrow: "thick", "done", "pending", or "" for the arrow from a constant."""
        states = {self.stepper.state(node, k) for node, k in arrow.edges if node.partials[k] is not None}
        return next((state for state in ("thick", "pending", "done") if state in states), "")

    def room(self, many: bool) -> float:
        return SPREAD if many else self.number

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        rows = super().facts(box)
        if box.node is None:
            return rows
        if box.times > 1:  # their gradients have a row even before one has arrived
            return rows if box.grads or not self.shows("grads") else [*rows, ("grads", UNKNOWN, "")]
        texts = self.stepper.facts(box.node, self.look.digits)
        return [(word, texts.get(word, text), tint) for word, text, tint in rows]

    def content(self, box: Box) -> Markup:
        content = super().content(box)
        if box not in self.ranges or not self.shows("grads"):
            return content
        width = text_width(f"{told(counted(len(box.nodes), box.kind))}, grads ", 10) + self.ranges[box]
        return html(_in_cell(f"{self.wide_as(math.ceil(width))}>{content[1:-1]}"))

    def words(self, arrow: Arrow) -> str:
        """Show a partial, or the number of values, but not the size of their gradients, which changes all the time."""
        words = super().words(arrow)
        return counted(len({node.operands[k] for node, k in arrow.edges}), "value") if "|grad|" in words else words

    def frame(self, box: Box) -> dict[str, str]:
        at_work = bool(box.nodes) and box.node in self.at_work
        return {"penwidth": "3", "color": self.palette["ink"]} if at_work else {}

    def line(self, arrow: Arrow) -> dict[str, str]:
        state = self.state(arrow)
        if state == "thick":
            return {"penwidth": "3.2", "color": self.palette["ink"]}
        if state == "pending":
            return {"style": "dashed", "color": self.palette["line"], "penwidth": "1"}
        return {} if state else {"style": "dotted"}

    def notes(self) -> list[str]:
        thick = "this step" if self.stepper.lit else "comes next"
        return [self.stepper.headline(), f"thick: {thick}; {self.legend}"]

    def lines(self, texts: Iterable[str]) -> str:
        return _in_cell(f' ALIGN="LEFT" BALIGN="LEFT"{self.wide_as(self.width)}>{super().lines(texts)}')


def _in_cell(content: str) -> str:
    """Write a table of one cell, given its options and contents."""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD{content}</TD></TR></TABLE>'


class BackpropWriter(ProgressWriter):
    """A writer that shows everything, and how far the gradients have come."""

    legend = "dashed: to come; …: more to come; number on an arrow: partial, the slope of that one operation"

    def notes(self) -> list[str]:
        return [*super().notes(), *([COLOURS] if "grad" in self.look.show else [])]


class ForwardWriter(ProgressWriter):
    """A writer that shows only what the forward pass has computed so far: no gradients, and no numbers for partials."""

    HEADS = ("data",)
    is_computed = False
    legend = "dashed: to come; ?: not computed yet"

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        rows = [row for row in super().facts(box) if row[0] not in ("grad", "grads")]
        if any(self.stepper.facts(node) for node in box.nodes):
            rows = [(word, "?" if word in ("data", "result") else text, tint) for word, text, tint in rows]
        return rows

    def columns(self, nodes: Sequence[Node]) -> list[str]:
        return super().columns(nodes)[:1]

    def strength(self, node: Node) -> float:
        return 0.0

    def weight(self, arrow: Arrow) -> float:
        return 0.0

    def words(self, arrow: Arrow) -> str:
        return ""

    def slope(self, node: Node, k: int) -> str:
        return super().slope(node, k).rpartition(" = ")[0]  # its number is not known yet
