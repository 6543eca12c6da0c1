"""The picture of a stepper: what is done is drawn out, what comes next is thick, what is to come is dashed.

>>> from autograd import Value
>>> a = Value(1.0, label="a")
>>> b = a + a; f = b * (b + 1)
>>> bp = f.step_through(); report = bp.step()
>>> bp.draw().source.count("style=dashed")
3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..drawing import drawn
from ..drawing.dot import Pen, theme_named
from ..drawing.picture import Arrow, Box, Picture

if TYPE_CHECKING:
    from ..drawing.digraph import Drawing
    from .backprop import Stepper

__all__ = ["draw_progress"]

WHOLE = 60  # nodes up to which a graph is drawn whole; of a larger one what is round the cursor
RADIUS = 3


def draw_progress(
    stepper: Stepper, *, theme: str = "light", formulas: bool = False, title: str = "", **options: Any
) -> Drawing:
    """The stepper's graph with edges done, next and pending told apart; of a large graph what is round the cursor.

    Where the whole is not laid out by the deadline, what is round the cursor is drawn too.
    theme, formulas, title and other options: those of draw.
    """
    graph, colours = stepper.graph, theme_named(theme)

    def drawing(**options: Any) -> Drawing:
        return drawn(graph, lambda picture: _ProgressPen(picture, colours, formulas, title, stepper), **options)

    if {"at", "path", "depth", "fold", "budget"} & set(options):
        return drawing(**options)
    around = {"at": stepper.cursor, "radius": RADIUS, **options}
    if len(graph) > WHOLE:
        return drawing(**around)
    whole = drawing(**options)
    whole.simpler = lambda: drawing(**around)
    return whole


class _ProgressPen(Pen):
    """Writes how far the stepper has come where a Pen writes what there is."""

    def __init__(
        self, picture: Picture, theme: Mapping[str, str], formulas: bool, title: str, stepper: Stepper
    ) -> None:
        self.stepper = stepper
        super().__init__(picture, theme, formulas, title)

    def state(self, arrow: Arrow) -> str:
        """How far an arrow is: "next", "done", "pending", or nothing for a constant's."""
        states = {self.stepper.state(node, k) for node, k in arrow.edges if node.partials[k] is not None}
        return next((state for state in ("next", "pending", "done") if state in states), "")

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        if box.node is None or box.times > 1:
            return super().facts(box)
        texts = self.stepper.facts(box.node)
        rows = [(word, texts.get(word, said), tint) for word, said, tint in super().facts(box)]
        return [row for row in rows if row[1]]

    def strength(self, node: Any) -> float:
        return super().strength(node) if self.stepper.shows_grads else 0.0

    def weight(self, arrow: Arrow) -> float:
        return super().weight(arrow) if self.stepper.shows_grads else 0.0

    def words(self, arrow: Arrow) -> str:
        return super().words(arrow) if self.stepper.shows_grads else ""

    def slope(self, node: Any, k: int) -> str:
        said = super().slope(node, k)
        return said if self.stepper.shows_grads else said.rpartition(" = ")[0]  # its number is not known yet

    def frame(self, box: Box) -> dict[str, str]:
        return {"penwidth": "3", "color": self.theme["ink"]} if box.nodes and box.node is self.stepper.next_node else {}

    def line(self, arrow: Arrow) -> dict[str, str]:
        state = self.state(arrow)
        if state == "next":
            return {"penwidth": "3.2", "color": self.theme["ink"], "fontname": "Helvetica-Bold"}
        if state == "pending":
            return {"style": "dashed", "color": self.theme["line"], "penwidth": "1"}
        return {} if state else {"style": "dotted"}

    def notes(self) -> list[str]:
        partials = "; number on an arrow: partial, the slope of that one operation" if self.stepper.shows_grads else ""
        return [self.stepper.headline(), f"thick: comes next; dashed: to come{partials}"]
