"""``draw(f, view="neurons")``: a network as columns of dots, with its weights as lines between them.

This is the picture that lecturers draw by hand: each dot is a neuron with its output, each line a weight, orange above
0 and blue below, and wider for larger weights. With ``show="grad"`` dots and lines show gradients. Point at one to read
its arithmetic. Whatever follows the last layer, such as a loss, is one more dot.

>>> from autograd import Value, dot, draw
>>> x = [Value(1.0, label="x0"), Value(2.0, label="x1")]
>>> y = dot(x, [Value(0.5, label="w0"), Value(-0.5, label="w1")], 0.1).tanh()
>>> picture = draw(y, view="neurons")
>>> "tanh(0.5 * 1 - 0.5 * 2 + 0.1) = -0.3799" in picture.source
True
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ...explain.naming import one_line
from ...explain.phrases import counted, short
from ...explain.staleness import remark
from ...graph import Graph
from ..build import build_picture
from ..legend import told
from ..options import NUMBERS, Look
from ..palette import mix
from ..placing.page import scale_on
from ..sheet import Markup, Sheet, attributes, escape, html, plain
from .layers import Neuron, layers_of
from .network import NUMBERED, Block, Dot, Network

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["draw_neurons"]

FONT = "Helvetica"
SIZE = 11  # the usual font size in points; all sizes here assume it
READABLE = 9.05  # the size in points of the smallest text that can be read on a page
MARGIN, LINE = 60.0, 15.0  # the room in points around the dots, and for each line under them
THIN, THICK, LEAST = 0.4, 5.0, 1.8  # the widths of lines, and the width of the widest if there are very many
CURVE = 0.6  # if lines are few, width and colour show this root of a weight's size; if many, the size itself
CLEAR = 12.0  # the minimum distance in points between two numbers
SPELLED = 6  # the maximum number of terms in a sum that a tooltip writes out


def draw_neurons(graph: Graph, look: Look, page: tuple[float, float] | None = None) -> Drawing:
    """Return the drawing, with as many layers as can be read on the page. Raises GraphError for a graph without one."""
    layers = layers_of(graph)
    writer = _Writer(Network(graph, layers), look, len(layers))
    for count in range(len(layers), 0, -1):
        if writer.is_readable_on(page):
            break
        writer = _Writer(Network(graph, layers[:count], tight=True), look, len(layers))
    return writer.drawing()


class _Writer:
    """A writer that turns a network into DOT, in the style of a Look."""

    def __init__(self, network: Network, look: Look, layers: int) -> None:
        self.layers = layers  # the layers of the graph
        self.network, self.graph, self.look, self.palette = network, network.graph, look, look.palette
        self.gradients = "grad" in look.show and look.show != NUMBERS
        weights = [abs(self.strength(weight)) for _, _, weight in network.edges if weight is not None]
        self.largest = max(filter(math.isfinite, weights), default=0.0)

    def is_readable_on(self, page: tuple[float, float] | None) -> bool:
        network, lines = self.network, len(self.notes()) + bool(self.look.title)
        size = network.right - network.left + MARGIN, network.top - network.bottom + MARGIN + LINE * lines
        smallest = SIZE - network.numbered
        return page is None or scale_on(page, size) * smallest >= READABLE

    # --- Numbers and colours ---

    def strength(self, value: Any) -> float:
        """Return the number that a colour and a width show."""
        if isinstance(value, float):
            return 0.0 if self.gradients else value
        return (value.grad if value.reached else 0.0) if self.gradients else value.data

    def importance(self, edge: tuple[Dot, Dot, Any]) -> float:
        """Return the order of drawing: what is drawn last is on top."""
        number = 0.0 if edge[2] is None else abs(self.strength(edge[2]))
        return number if number == number else math.inf

    def sign(self, number: float) -> str:
        if not math.isfinite(number):
            return self.palette["broken"]
        return self.palette["positive" if number > 0 else "negative"]

    def share(self, number: float) -> float:
        if not math.isfinite(number):
            return 1.0
        share = min(1.0, abs(number) / self.largest) if self.largest else 0.0
        return share**CURVE if self.network.numbered else share

    def brief(self, number: float) -> str:
        """Write a number so that it fits in a dot."""
        two = short(number, 2)
        return two if len(two) <= 6 else f"{number:.0e}".replace("e-0", "e-").replace("e+0", "e")

    def number(self, value: Any) -> str:
        if not self.gradients:
            return self.brief(value if isinstance(value, float) else value.data)
        return self.brief(value.grad) if not isinstance(value, float) and value.reached else ""

    def points(self, size: float) -> str:
        return f"{size * self.look.font_size / SIZE:.4g}"

    def at(self, x: float, y: float) -> str:
        scale = self.look.font_size / SIZE
        return f"{x * scale:.2f},{y * scale:.2f}"

    # --- Words ---

    def arithmetic(self, neuron: Neuron) -> str:
        """Write what a neuron computes, with its numbers."""
        terms = [f"{self._short(w)} * {self._factor(x)}" for x, w in zip(neuron.inputs, neuron.weights)]
        if len(terms) > SPELLED:
            terms[SPELLED - 1 :] = [f"... ({len(terms) - SPELLED + 1} more)"]
        if neuron.bias is not None:
            terms.append(self._short(neuron.bias))
        total = " + ".join(terms).replace("+ -", "- ")
        if neuron.out is not neuron.sum:
            total = f"{neuron.out.op.name}({total})"
        return f"{total} = {self._short(neuron.out)}{self._grad(neuron.out)}"

    def _short(self, value: Any) -> str:
        return short(value if isinstance(value, float) else value.data, self.look.digits)

    def _factor(self, value: Any) -> str:
        text = self._short(value)
        return f"({text})" if text.startswith("-") else text

    def _grad(self, value: Any) -> str:
        return (
            ""
            if isinstance(value, float)
            else f", grad {short(value.grad, self.look.digits)}"
            if value.reached
            else ", grad not reached"
        )

    def tooltip(self, dot: Dot) -> str:
        if dot.neuron is not None:
            return self.arithmetic(dot.neuron)
        value = dot.value
        name = "" if isinstance(value, float) else f"{one_line(self.graph.name(value))} = "
        return f"{name}{self._short(value)}{self._grad(value)}"

    def notes(self) -> list[str]:
        what = "gradient of a weight" if self.gradients else "weight"
        inside = "its gradient" if self.gradients else "its output"
        lines = [f"line: {what}, orange above 0, blue below 0, wider for larger weights; number in a dot: {inside}"]
        if any(neuron.bias is not None for layer in self.network.layers for neuron in layer.neurons):
            lines[0] += (
                "; square at a dot: the gradient of its bias" if self.gradients else "; square at a dot: its bias"
            )
        if any(weight is None for _, _, weight in self.network.edges):
            lines.append("dashed line: through more operations")
        most = max(layer.times for layer in self.network.layers)
        if most > 1:
            lines.append(
                f"{most:,} samples went through the layers: the first one is shown"
                + "; gradients of weights are for all of them" * self.gradients
            )
        if len(self.network.layers) < self.layers:
            lines.append(f"the first {len(self.network.layers)} of {self.layers} layers; page=None has room for all")
        broken = any(
            not math.isfinite(self.strength(weight)) for _, _, weight in self.network.edges if weight is not None
        )
        return lines + ["pink: nan or inf"] * broken

    # --- self.network.wide ---

    def drawing(self) -> Drawing:
        from ..digraph import Drawing

        palette, graph = self.palette, self.graph
        drawing = Drawing(
            plain(f"{one_line(graph.name(graph.root))}: {counted(len(graph), 'value')}"), filename="graph.gv",
            graph_attr=attributes({
                "layout": "nop2", "pad": "0.15", "outputorder": "edgesfirst",
                "bgcolor": "transparent" if self.look.transparent else palette["paper"],
            }),
            node_attr=attributes({"fontname": FONT, "fontcolor": palette["ink"], "color": palette["line"], "style": "filled"}),
            edge_attr=attributes({"arrowhead": "none"}),
        )  # fmt: skip
        drawing.picture, drawing.title = build_picture(graph), one_line(self.look.title, 160)
        sheet = Sheet(drawing)
        for tail, head, weight in sorted(self.network.edges, key=self.importance):
            self.edge(sheet, tail, head, weight)
        for block in self.network.blocks:
            self.block(sheet, block)
        if self.network.numbered:
            self.numbers(sheet)
        self.titles(sheet, drawing.title)
        return drawing

    def edge(self, sheet: Sheet, tail: Dot, head: Dot, weight: Any) -> None:
        ends = [
            (tail.x + (head.x - tail.x) * share, tail.y + (head.y - tail.y) * share) for share in (0, 1 / 3, 2 / 3, 1)
        ]
        look = {"pos": " ".join(self.at(*end) for end in ends), "color": self.palette["line"]}
        if weight is None:
            look |= {"style": "dashed", "tooltip": "through more operations"}
        else:
            number = self.strength(weight)
            thick = max(LEAST, THICK * min(1.0, math.sqrt(NUMBERED / len(self.network.edges))))
            look["penwidth"] = f"{THIN + (thick - THIN) * self.share(number):.2f}"
            look["color"] = mix(self.palette["paper"], self.sign(number), 0.25 + 0.75 * self.share(number))
            name = "" if isinstance(weight, float) else f"{one_line(self.graph.name(weight))} = "
            look["tooltip"] = f"{name}{self._short(weight)}{self._grad(weight)}"
        sheet.edge(tail.id, head.id, **look)

    def block(self, sheet: Sheet, block: Block) -> None:
        first = block.dots[0]
        title = block.title if first.neuron else told(block.title)  # a layer's title is the user's name
        self.words(sheet, f"t{first.id}", title, first.x, first.y + self.network.wide * 0.85, bold=True)
        for dot in block.dots:
            if dot.hidden:
                self.words(sheet, dot.id, f"{dot.hidden:,} more", dot.x, dot.y, faint=True)
            else:
                self.dot(sheet, dot, block)

    def dot(self, sheet: Sheet, dot: Dot, block: Block) -> None:
        palette, number = self.palette, self.strength(dot.value)
        fill = (
            mix(palette["paper"], self.sign(number), 0.1 + 0.3 * min(1.0, abs(number))) if number else palette["paper"]
        )
        kind = {"result": "ink"}.get(block.title, "input line" if dot.neuron is None else "line")
        sheet.node(
            dot.id, label=self.number(dot.value), pos=self.at(dot.x, dot.y), shape="circle", fixedsize="true",
            width=f"{float(self.points(self.network.wide)) / 72:.4f}", fontsize=self.points(11), fillcolor=fill, color=palette[kind],
            penwidth="1.4", tooltip=self.tooltip(dot),
        )  # fmt: skip
        name = "" if isinstance(dot.value, float) else self.graph.name(dot.value)
        if not isinstance(dot.value, float) and self.graph.is_named(dot.value):
            self.beside(sheet, dot, one_line(name, 18), right=block.column > 0)
        if dot.neuron is not None and dot.neuron.bias is not None:
            self.bias(sheet, dot, dot.neuron.bias)

    def bias(self, sheet: Sheet, dot: Dot, bias: Any) -> None:
        number = self.strength(bias)
        shown = (
            mix(self.palette["paper"], self.sign(number), 0.25 + 0.75 * self.share(number))
            if number
            else self.palette["paper"]
        )
        sheet.node(
            f"b{dot.id}", label="", pos=self.at(dot.x - self.network.wide * 0.42, dot.y - self.network.wide * 0.42), shape="square", fixedsize="true",
            width=f"{float(self.points(9)) / 72:.4f}", fillcolor=shown, tooltip=f"bias {self._short(bias)}{self._grad(bias)}",
        )  # fmt: skip

    def numbers(self, sheet: Sheet) -> None:
        """Place the number of each line on it, as far as possible from those already there; without room, leave it out."""
        taken = [(dot.x, dot.y) for block in self.network.blocks for dot in block.dots]
        for n, (tail, head, weight) in enumerate(edge for edge in self.network.edges if edge[2] is not None):
            text = self.number(weight)
            tried = [
                (tail.x + (head.x - tail.x) * t, tail.y + (head.y - tail.y) * t) for t in (0.3, 0.4, 0.5, 0.6, 0.7)
            ]
            room, (x, y) = max((min(math.hypot((x - a) / 2.2, y - b) for a, b in taken), (x, y)) for x, y in tried)
            if text and room > CLEAR:
                taken.append((x, y))
                back = Markup(
                    f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" BGCOLOR="{self.palette["paper"]}"><TR><TD>{escape(text)}</TD></TR></TABLE>>'
                )
                sheet.node(f"w{n}", label=back, pos=self.at(x, y), shape="none", style="", margin="0", width="0", height="0",
                           fontsize=self.points(10))  # fmt: skip

    def titles(self, sheet: Sheet, title: str) -> None:
        if title:
            self.words(
                sheet,
                "title",
                title,
                (self.network.left + self.network.right) / 2,
                self.network.top + 30,
                size=14,
                bold=True,
            )
        texts = self.notes() * self.look.legend + [stale for stale in [remark(self.graph)] if stale]
        lines = [*map(told, texts)]
        y = self.network.bottom - 18
        for n, line in enumerate(lines):
            self.words(sheet, f"note{n}", line, (self.network.left + self.network.right) / 2, y - LINE * n, faint=True)

    def words(
        self, sheet: Sheet, id: str, text: str, x: float, y: float, size: float = SIZE, bold: bool = False, faint: bool = False
    ) -> None:  # fmt: skip
        color = self.palette["faint" if faint else "ink"]
        sheet.node(
            id, label=html(f"<B>{escape(text)}</B>") if bold else text, pos=self.at(x, y), shape="none", style="",
            margin="0", width="0", height="0", fontcolor=color, fontsize=self.points(size), tooltip=text,
        )  # fmt: skip

    def beside(self, sheet: Sheet, dot: Dot, name: str, right: bool) -> None:
        """Write the name of a dot beside it, beginning or ending at the dot."""
        wide = 7.0 * len(name)
        side = "LEFT" if right else "RIGHT"
        cell = f'<TD WIDTH="{self.points(wide)}" ALIGN="{side}">{escape(name)}</TD>'
        label = Markup(f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>>')
        x = dot.x + (1 if right else -1) * (self.network.wide / 2 + 5 + wide / 2)
        sheet.node(f"l{dot.id}", label=label, pos=self.at(x, dot.y), shape="none", style="", margin="0", width="0", height="0",
                   fontsize=self.points(SIZE), tooltip=name)  # fmt: skip
