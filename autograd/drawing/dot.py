"""A Picture written as DOT: shapes, colours and words.

Shapes tell the kinds apart before colours do, so that a picture can be printed in black and white: computed values
are rounded, inputs are rectangles, parameters have a double frame.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ..explain.naming import one_line
from ..explain.phrases import counted, name_of, operation, short, slope_in_words
from ..modes import CUT
from ..node import Node
from .build import counts_together, left_out
from .formats.svg import described
from .legend import COLOURS, title_of, told
from .measures import OUTER, TIP, Measures, corners, inches, path, placed, point, symbol_size, title_place
from .options import Look
from .palette import largest, mix, worst
from .picture import FOLDED, LABELLED, LISTED, TITLE, UNKNOWN, Arrow, Box, Cluster, Picture, spread
from .placing import Arrangement, Placement
from .placing.page import scale_on
from .placing.text import measured, text_width
from .sheet import GAP, PADDING, Markup, Sheet, attributes, escape, gaps, html, plain, row, table, tooltip
from .views.tables import BROKEN, Detail, by_beginning, constant_rows, has_map, pair_rows, pairs_of, small_map, troubles

if TYPE_CHECKING:
    from .digraph import Drawing

__all__ = ["DotWriter"]

ROUNDED = re.compile(r"-?\d+\.0+(e.*)?$")  # a rounded number that looks whole
SPELLED = 40  # the maximum number of characters in a formula written instead of a symbol
CURVE = 0.4  # gradients differ by powers of ten, so colour and width show this root of their size
FONT = "Helvetica"  # the layout engines know its widths; viewers have it, or a font with the same widths
SIZE = 11  # the default size of numbers in points; all sizes here assume it
PAD = 14.4  # the margin around the picture in points
LEAST = 9.05  # the smallest text on a page, in points: a little more than 9, since engines round
PACKED = 0.85  # the fraction of the width that lines side by side may take, since other fonts are wider
SMALL = 10  # the smallest text in points, at the usual size
LEGEND = 320  # the maximum number of characters in a line under a picture


class DotWriter:
    """A writer that turns a Picture into DOT, in the style of a Look.

    page: the width and height in points that it has to fit, with readable text; None means any size.
    packs: whether short lines under the picture go side by side. common: what all pictures of the graph share.
    """

    page: tuple[float, float] | None = None
    detail = Detail()  # of matrices
    maps = False  # whether a box for n similar values shows the data of all of them
    packs = True
    is_computed = True  # whether the data of all values is known

    def __init__(self, picture: Picture, look: Look) -> None:
        self.picture, self.graph = picture, picture.graph
        self.look, self.palette = look, look.palette
        self.heading = one_line(look.title, TITLE)
        self.common: dict[Any, Any] = {}
        self._facts: dict[Box, list[tuple[str, str, str]]] = {}

    @cached_property
    def strongest(self) -> float:
        among = sum(len(box.nodes) for box in self.picture.boxes)
        if among not in self.common:
            nodes = (node for box in self.picture.boxes for node in box.nodes)
            self.common[among] = largest(map(self.strength, nodes)) if "grad" in self.look.show else 0.0
        return self.common[among]

    @cached_property
    def widest(self) -> float:
        self.common |= {arrow: self.weight(arrow) for arrow in self.picture.arrows}  # which takes long for many edges
        return largest(self.common[a] for a in self.picture.arrows) if "grad" in self.look.show else 0.0

    def points(self, size: float) -> float:  # a length that is given for the usual font size
        return size * self.look.font_size / SIZE

    def pt(self, size: float) -> str:
        return f"{self.points(size):.4g}"

    # The numbers that colours and widths show, and the text that is written: a subclass may show something else.
    def strength(self, node: Node) -> float:
        """Return the number that the colour behind a value shows."""
        return node.grad if node.reached else 0.0

    def weight(self, arrow: Arrow) -> float:
        """Return the number that an arrow's width and colour show: the largest contribution that came back along it."""
        return worst(arrow.contributions)

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        """Return the rows of a box: a word, a number, the colour behind it."""
        if box in self._facts:  # facts are needed several times, and a box may hold many values
            return self._facts[box]
        one = box.node  # data has a colour only if it is nan or inf
        shown = {"grads": worst(box.grads)} if one is None else {"grad": one.grad, "data": 0 * one.data}
        facts = box.facts(self.look.digits)
        facts = counts_together(facts) if box.kind in FOLDED and self.picture.is_tight else facts
        rows = [(word, text, self.tint(shown.get(word, 0.0))) for word, text in facts]
        self._facts[box] = [row for row in rows if self.shows(row[0])]
        return self._facts[box]

    def shows(self, word: str) -> bool:
        """Return whether a kind of number was asked for; counts are always shown."""
        asked = {"data": "data", "result": "data", "grad": "grad", "grads": "grad"}
        return asked.get(word, word) in self.look.show or word not in asked

    def room(self, many: bool) -> float:
        """Return the minimum width in points of a number, or of a range of `many`: a film leaves room for any."""
        return 0

    def words(self, arrow: Arrow) -> str:
        return arrow.said(self.look.digits) if arrow.partial is None or "partials" in self.look.show else ""

    def frame(self, box: Box) -> dict[str, str]:
        """Return the Graphviz attributes of a box that do not follow from its kind."""
        return {}

    def line(self, arrow: Arrow) -> dict[str, str]:
        """Return the Graphviz attributes of an arrow that do not follow from its weight."""
        return {}

    def notes(self) -> list[str]:
        """Return the lines of the legend."""
        notes = troubles(self.picture, self.common)
        if any(box.kind == "parameter" for box in self.picture.boxes):
            notes.append("double frame: parameter; square corners: input; rounded: computed")
        if "partials" in self.look.show and any(arrow.partial and self.words(arrow) for arrow in self.picture.arrows):
            notes.append("number on an arrow: partial, the slope of that one operation")
        texts = [] if self.room(many=False) else [text for box in self.picture.boxes for _, text, _ in self.facts(box)]
        if any(map(ROUNDED.match, texts)):  # this is not for films, whose lines stay the same
            notes.append("zeros after the decimal point: the number is rounded; 1.000 is close to 1, but not 1")
        if self.strongest:
            notes.append(COLOURS)
        return notes

    def drawing(self) -> Drawing:
        from .digraph import Drawing

        palette = self.palette
        drawing = Drawing(
            plain(f"{one_line(self.graph.name(self.graph.root))}: {counted(len(self.graph), 'value')}"), filename="graph.gv",
            graph_attr=attributes({
                "layout": "nop2", "rankdir": self.look.direction, "pad": f"{PAD / 72:.4g}", "nodesep": "0.2", "ranksep": "0.22",
                "bgcolor": "transparent" if self.look.transparent else palette["paper"],
                "fontname": FONT, "fontsize": self.pt(10), "fontcolor": palette["faint"], "labelloc": "b", "labeljust": "l",
                "label": self.caption(), "outputorder": "edgesfirst",
            }),
            node_attr=attributes({
                "fontname": FONT, "fontsize": self.pt(SIZE), "fontcolor": palette["ink"], "color": palette["line"],
                "style": "rounded,filled", "shape": "box", "margin": "0", "fixedsize": "shape",
            }),
            edge_attr=attributes({
                "fontname": FONT, "fontsize": self.pt(10), "fontcolor": palette["ink"], "color": palette["line"],
                "arrowsize": "0.65", "penwidth": "1.1",
            }),
        )  # fmt: skip
        drawing.picture, drawing.title, drawing.description = self.picture, self.heading, described(self)
        drawing.subject = f"{name_of(self.graph, self.graph.root)}: {counted(len(self.graph), 'value')}"
        sheet = Sheet(drawing)
        with self.under_title(sheet) as titled:
            for cluster in self.picture.clusters:
                self.cluster(titled, cluster)
            for box in self.picture.boxes:
                if box.cluster is None:
                    self.box(titled, box)
        for arrow in self.picture.arrows:
            if arrow in self.placement.arrows:
                self.arrow(sheet, arrow)
        return drawing

    @property
    def placement(self) -> Placement:
        """The positions of everything in the picture."""
        return self.arrangement.placement

    @cached_property
    def arrangement(self) -> Arrangement:
        return self.arrange(Measures(self))

    def arrange(self, measures: Measures) -> Arrangement:
        along = self.look.direction in ("TB", "BT")
        length = self.page[along] * self.points(SMALL) / LEAST - 2 * PAD if self.page else None
        if length and along:  # the lines under the picture take some of the height
            length -= self.points(12) * (len(self.notes()) + 2) + (40 if self.heading else 8)
        return Arrangement(self.picture, measures, length, self.look.direction)

    @property
    def fit(self) -> float:
        """The size of the smallest text on the page, divided by the smallest size that is readable."""
        return scale_on(self.page, self.size) * self.points(SMALL) / LEAST if self.page else math.inf

    @property
    def size(self) -> tuple[float, float]:
        """The width and height of the whole, with its title and legend, in points."""
        texts = [measured(self.caption(), self.points(10))]
        if self.heading:
            texts.append(measured(self.big_title(), self.look.font_size))
        room = self.page[0] - 2 * PAD if self.page else math.inf  # a longer line cannot be shortened by folding
        width = max([self.arrangement.size[0], *(min(w + 16, room) for w, _ in texts)])
        return width + 2 * PAD, self.arrangement.size[1] + sum(h + 8 for _, h in texts) + 2 * PAD

    def under_title(self, sheet: Sheet) -> AbstractContextManager[Sheet]:
        """Return the graph that holds the boxes: the drawing with the legend, or an invisible frame with a title."""
        if not self.heading:
            return nullcontext(sheet)
        label = self.big_title()
        return sheet.frame(
            "cluster_title", label=label, color=self.palette["paper"], tooltip=tooltip(self.heading, "title"),
            **title_place(self.placement, label, self.look.font_size),
        )  # fmt: skip

    def big_title(self) -> Markup:
        look = f'<FONT POINT-SIZE="{self.pt(14)}" COLOR="{self.palette["ink"]}"><B>{escape(self.heading)}</B></FONT>'
        # The table fixes the width. Otherwise, without Helvetica, an engine's wider letters would begin to the left of
        # the page.
        width = math.ceil(1.2 * measured(table([row([f"<TD>{look}</TD>"])]), self.look.font_size)[0])
        return table([row([f'<TD ALIGN="LEFT" WIDTH="{width}">{look}</TD>'])])

    def cluster(self, sheet: Sheet, cluster: Cluster) -> None:
        palette, at = self.palette, self.placement.frames[cluster]
        label = self.cluster_title(cluster)
        width, height = measured(label, self.look.font_size)
        with sheet.frame(
            f"cluster_{cluster.id}", label=label, style="rounded,filled", bb=corners(at),
            lp=point(at.x + 9 + width / 2, at.y + 4 + height / 2), lwidth=inches(width), lheight=inches(height),
            color=mix(palette["paper"], palette["line"], 0.5), fillcolor=palette["cluster"],
            fontcolor=palette["faint"], tooltip=tooltip(cluster.title, "module"),
        ) as frame:  # fmt: skip
            for inner in cluster.clusters:
                self.cluster(frame, inner)
            for box in cluster.boxes:
                self.box(frame, box)

    def cluster_title(self, cluster: Cluster) -> Markup:
        return html(self.text(cluster.title, size=11, bold=True) + self.times(cluster.times))

    # --- Boxes ---

    def box(self, sheet: Sheet, box: Box) -> None:
        at, look = self.placement.boxes[box], self.box_look(box)
        sheet.node(box.id, **look, **placed(at, OUTER * ("peripheries" in look)))
        if box.symbol:
            at = self.placement.operations[box]
            sheet.node(f"o{box.id}", **self.operation_look(box), **placed(at))
            stem = self.placement.stems[box]
            sheet.edge(f"o{box.id}", box.id, arrowhead="none", weight="8", pos=path(stem.points))

    def box_look(self, box: Box) -> dict[str, str]:
        """Return the Graphviz attributes of a box, except its position."""
        palette, kind = self.palette, box.kind
        style = {"fillcolor": palette[kind], "tooltip": tooltip(box.name, box.kind)}
        if kind == "constant":
            style |= {"color": palette["constant"], "fontcolor": palette["faint"]}
        elif kind == "parameter":
            style |= {"color": palette["parameter line"], "style": "filled", "peripheries": "2"}
        elif kind == "input":
            frame = "filled,dashed" if all(node.scope is CUT for node in box.nodes) else "filled"
            style |= {"color": palette["input line"], "style": frame, "penwidth": "1.4"}
        elif kind == "result":
            style |= {"color": palette["ink"], "penwidth": "2"}
        elif kind == "more":
            style |= {"style": "rounded,filled,dashed"}
        return {"label": self.content(box), **style} | self.frame(box)

    def content(self, box: Box) -> Markup:
        """Write the inside of a box."""
        if box.brief:
            return html(self.text(self.in_few_words(box), size=10, limit=2 * SPELLED))
        if box.kind == "constant":
            return self.constants(box)
        return self.leaves(box) if box.node is None and box.kind not in FOLDED else self.rows(box)

    def in_few_words(self, box: Box) -> str:
        words = told(counted(len(box.nodes), box.kind))
        if box.name and box.kind != "parameter":
            return f"{one_line(box.name, 24)} ×{len(box.nodes)}" if len(box.nodes) > 1 else box.name
        grads = f", grads {told(spread(box.grads))}" if box.brief > 1 and box.grads and self.shows("grads") else ""
        return words + grads

    def operation_look(self, box: Box) -> dict[str, str]:
        palette, words = self.palette, self.operation_words(box)
        shape = {"shape": "circle"} if len(words) == 1 else {}
        return {
            "label": html(self.text(words, bold=True)), "fontsize": self.pt(symbol_size(words)),
            "fillcolor": palette["operation"], "color": palette["operation"],
            "fontcolor": palette["symbol"], "tooltip": tooltip(f"{box.name} = {operation(self.graph, box.node)}"), **shape,
        }  # fmt: skip

    def operation_words(self, box: Box) -> str:
        """Write the symbol of an operation, or its formula if that is wanted and short."""
        formula = operation(self.graph, box.node) if self.look.formulas and not box.terms else ""
        return formula if 0 < len(formula) <= SPELLED else one_line(box.symbol)

    def title(self, box: Box, columns: int = 3, bold: bool = True) -> str:
        name = box.name or told(title_of(box))
        shown = self.text(name, size=13, bold=bold, faint=not bold) + self.times(box.times)
        return row([f'<TD COLSPAN="{columns}" ALIGN="LEFT"{self.wide(name, shown)}>{shown}</TD>'])

    def pair(self, word: str, number: str, tint: str = "", many: bool = False) -> str:
        return row([self.word(told(word)), GAP, self.right(number, tint, many)])

    def word(self, word: str, times: int = 1) -> str:
        shown = self.text(word, faint=True) + self.times(times)
        return f'<TD ALIGN="LEFT"{self.wide(word, shown)}>{shown}</TD>'

    def tint(self, gradient: float) -> str:
        """Return a colour: orange for a positive gradient, blue for a negative one, and stronger for a larger one."""
        if gradient and not math.isfinite(gradient):  # the user may have set it to None
            return mix(self.palette["paper"], self.palette["broken"], 0.5)
        if not gradient or not self.strongest:
            return ""
        share = min(1.0, abs(gradient) / self.strongest)
        sign = self.palette["positive" if gradient > 0 else "negative"]
        return mix(self.palette["paper"], sign, 0.1 + 0.5 * share**CURVE)

    def rows(self, box: Box) -> Markup:
        """Write a name, and below it pairs of a word and a number."""
        rows = [self.title(box, bold=box.node is None or self.graph.is_named(box.node))]
        if heat := small_map(self, box):
            rows.append(row([f'<TD COLSPAN="3" ALIGN="LEFT">{heat}</TD>']))
        for word, text, tint in self.facts(box):
            if text == UNKNOWN and not self.room(many=False):
                rows.append(row([f'<TD COLSPAN="3" ALIGN="LEFT">{self.text(f"{word} {told(text)}", faint=True)}</TD>']))
            else:
                number = self.text(told(text), faint=True) if text == UNKNOWN else escape(told(text))
                rows.append(self.pair(word, number, tint, many=box.node is None or word == "grads"))
        return table(rows)

    HEADS = ("data", "grad")

    def leaves(self, box: Box) -> Markup:
        """Write several leaves as a table; if there are many, group them by the beginnings of their names."""
        if pairs := pairs_of(self.picture, box):
            return table([self.title(box, columns=13), *pair_rows(self, pairs, LISTED)])
        tables = by_beginning(self.picture, box)
        if list(tables) in ([""], ["others"]):
            return self.rows(box)
        heads = [self.right(self.text(word, faint=True)) for word in self.HEADS if self.shows(word)]
        rows = [self.title(box, columns=2 * len(heads) + 1), row(gaps(["<TD></TD>", *heads]))]
        for name, nodes in list(tables.items())[: self.picture.listed]:
            rows.append(row(gaps([self.word(name, len(nodes)), *self.columns(nodes)])))
        if len(tables) > self.picture.listed:
            rows.append(row([self.word(told(f"{len(tables) - self.picture.listed:,} more"))]))
        return table(rows)

    def columns(self, nodes: Sequence[Node]) -> list[str]:
        """Write the cells with the data and grad of one leaf, or of several."""
        grads = [node.grad for node in nodes if node.reached]
        grad = escape(told(spread(grads, self.look.digits))) if grads else self.text(told(UNKNOWN), faint=True)
        data, many = escape(told(spread([node.data for node in nodes], self.look.digits))), len(nodes) > 1
        cells = {"data": self.right(data, many=many), "grad": self.right(grad, self.tint(worst(grads)), many)}
        return [cell for word, cell in cells.items() if self.shows(word)]

    def constants(self, box: Box) -> Markup:
        return constant_rows(self, box)

    # --- Arrows ---

    def arrow(self, sheet: Sheet, arrow: Arrow) -> None:
        head, palette, route = arrow.head, self.palette, self.placement.arrows[arrow]
        options, words = {"pos": path(route.points, TIP)}, self.label(arrow)
        weight = self.common.get(arrow) or self.weight(arrow)
        if arrow.partial is not None:
            options["tooltip"] = tooltip(self.slope(*arrow.partial))
        elif arrow.tail.nodes:
            options["tooltip"] = tooltip(
                f"{counted(len(arrow.edges), 'edge')} from {arrow.tail.name or arrow.tail.kind + 's'} to {head.name}"
            )
        else:
            options["style"] = "dashed"
        if words and route.label:
            options |= {"label": words, "lp": point(*route.label)}
        if not math.isfinite(weight):
            options |= {"penwidth": f"{BROKEN}", "color": palette["broken"]}
        elif weight and self.widest:
            share = min(1.0, abs(weight) / self.widest) ** CURVE
            sign = palette["positive" if weight > 0 else "negative"]
            options |= {"penwidth": f"{0.9 + 2.2 * share:.2f}", "color": mix(palette["line"], sign, 0.25 + 0.6 * share)}
        sheet.edge(arrow.tail.id, f"o{head.id}" if head.symbol else head.id, **options | self.line(arrow))

    def label(self, arrow: Arrow) -> Markup | None:
        """Write the text on an arrow, or nothing where too many arrows come together."""
        has_room = arrow.partial is None or (arrow.head.arrivals <= LABELLED and not arrow.tail.brief)
        words = self.words(arrow) if has_room else ""
        return self.beside(words) if words else None

    def slope(self, node: Any, k: int) -> str:
        """Write the partial with its formula, which appears when the user points at an arrow."""
        return slope_in_words(self.graph, node, k, short(node.partials[k], self.look.digits))

    # --- Words ---

    def caption(self) -> Markup:
        legend = (
            [*self.notes(), *left_out(self.picture, self.words, partial(has_map, self))] if self.look.legend else []
        )
        return html(self.lines([*legend, *self.picture.notes, self.picture.stale]))

    def lines(self, texts: Iterable[str]) -> str:
        """Write lines one below another, with short ones side by side if the picture is wide."""
        lines: list[str] = []
        for text in map(told, filter(None, texts)):
            longer = f"{lines[-1]}; {text}" if lines else text
            if lines and self.packs and text_width(longer, self.points(10)) <= PACKED * self.arrangement.size[0]:
                lines[-1] = longer
            else:
                lines.append(text)
        return "".join(f'{escape(one_line(line, LEGEND))}<BR ALIGN="LEFT"/>' for line in lines)

    def right(self, text: str, tint: str = "", many: bool = False) -> str:
        """Write a right-aligned cell, for numbers."""
        colour = f' BGCOLOR="{tint}" STYLE="ROUNDED"' if tint else ""
        return f'<TD ALIGN="RIGHT"{self.wide_as(self.room(many))}{colour}>{text}</TD>'

    def beside(self, words: str) -> Markup:
        """Write the text at an arrow."""
        rows = [row([GAP, f"<TD>{escape(told(line))}</TD>", GAP]) for line in words.split(", ")]
        return html(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>')

    def wide(self, text: str, shown: str) -> str:
        """Return the size of text that the layout engine cannot measure: one with characters outside ASCII."""
        if one_line(text, SPELLED).isascii():
            return ""
        return f' WIDTH="{math.ceil(measured(html(shown), self.look.font_size)[0]) + 2 * PADDING}"'

    def wide_as(self, width: float) -> str:
        """Return a space of that many points at the usual size."""
        return f' WIDTH="{round(width * self.look.font_size / SIZE)}"' if width else ""

    def text(self, text: str, size: int = 0, bold: bool = False, faint: bool = False, limit: int = SPELLED) -> str:
        shown = escape(one_line(text, limit))
        if not shown:
            return ""
        if bold:
            shown = f"<B>{shown}</B>"
        colour = self.palette["faint"] if faint else ""
        look = (f' POINT-SIZE="{self.pt(size)}"' if size else "") + (f' COLOR="{colour}"' if colour else "")
        return f"<FONT{look}>{shown}</FONT>" if look else shown

    def times(self, count: int) -> str:
        return f' <FONT COLOR="{self.palette["faint"]}">×{count:,}</FONT>' if count > 1 else ""
