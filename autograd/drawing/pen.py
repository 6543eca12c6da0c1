"""A Picture written as DOT: shapes, colours and words.

What tells kinds apart is shape before colour, so that a picture can be printed in black and white: what is
computed is rounded, inputs are rectangles, parameters have a double frame. Orange and blue, for the sign of
a gradient, are told apart by colour-blind people too.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from ..changes import remark
from ..errors import OptionError
from ..formula import READABLE
from ..naming import one_line
from ..wording import counted, operation, short
from .picture import CLOSED, UNKNOWN, Arrow, Box, Cluster, Picture, spread

if TYPE_CHECKING:
    from .digraph import Drawing

__all__ = ["THEMES", "Pen"]

LISTED = 12  # rows of a table that are shown in full
TITLE = 160  # characters of a title
SPELLED = 40  # characters of a formula that is written in place of a symbol
LABELLED = 8  # arrows into one box that each carry their number

CURVE = 0.4  # gradients differ by powers of ten: this root of their size is what colour and width show

FONT = "Helvetica"  # the layout engines know its widths; viewers have it or its twin
SYMBOL_SIZES = {"·": "26", "*": "20"}  # those that are small in their font
GAP = '<TD WIDTH="4"></TD>'

LIGHT = {
    "paper": "#ffffff", "ink": "#1f2933", "faint": "#586371", "line": "#8b97a5", "cluster": "#f6f8fa",
    "value": "#ffffff", "result": "#ffffff", "constant": "#e9ecf0", "operation": "#34404d", "symbol": "#ffffff",
    "input": "#e2f3ee", "input line": "#1b7f65", "parameter": "#efe9fb", "parameter line": "#6a4bb8",
    "module": "#e7edf5", "more": "#eef1f4", "positive": "#e8822b", "negative": "#3d7fd1",
}  # fmt: skip
DARK = {
    "paper": "#14181d", "ink": "#eef2f6", "faint": "#a3afbb", "line": "#75828f", "cluster": "#191f26",
    "value": "#1e252d", "result": "#1e252d", "constant": "#2b333c", "operation": "#dfe6ed", "symbol": "#14181d",
    "input": "#12352d", "input line": "#4cc3a2", "parameter": "#2b2148", "parameter line": "#a78bea",
    "module": "#223041", "more": "#262d35", "positive": "#e8822b", "negative": "#4a8fe3",
}  # fmt: skip
BACKSLASH = {"tooltip": "&#92;"}  # it reads the escapes of a tooltip twice
THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK}


def theme_named(name: str) -> Mapping[str, str]:
    """The colours of a theme. Raises OptionError for one there is not."""
    if name not in THEMES:
        raise OptionError(f"want theme='light' or 'dark', got {name!r}")
    return THEMES[name]


def _escape(text: str) -> str:
    """Text for an HTML-like label, where Graphviz also reads escapes such as \\N."""
    for special, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\\", "\\\\")):
        text = text.replace(special, safe)
    return text


class _Markup(str):
    """A label in Graphviz' own markup: tags of ours around text that _escape made harmless."""


def _attributes(look: Mapping[str, str]) -> dict[str, str]:
    """Attributes as Graphviz should read them: markup as markup, and every other value as the text that it is."""
    return {
        key: value if isinstance(value, _Markup) else _text(value, BACKSLASH.get(key, "\\\\"))
        for key, value in look.items()
    }


def _text(text: str, backslash: str = "\\\\") -> str:
    """Text in which Graphviz finds neither an entity, nor an escape, nor, in "<...>", markup."""
    from graphviz import nohtml  # pyright: ignore[reportMissingTypeStubs]

    return nohtml(text.replace("&", "&amp;").replace("\\", backslash))


class Sheet:
    """What a Pen draws on, a graphviz.Digraph or a part of one: the only way into DOT, which no text gets past."""

    def __init__(self, drawing: Any) -> None:
        self._drawing = drawing

    def node(self, name: str, **look: str) -> None:
        self._drawing.node(_text(name), **_attributes(look))

    def edge(self, tail: str, head: str, **look: str) -> None:
        self._drawing.edge(tail, head, **_attributes(look))

    @contextmanager
    def frame(self, name: str, **look: str) -> Generator[Sheet]:
        with self._drawing.subgraph(name=_text(name)) as inner:
            inner.attr(**_attributes(look))
            yield Sheet(inner)


def _mix(paper: str, ink: str, share: float) -> str:
    """A colour between two: `share` of the second."""
    pairs = ((int(paper[i : i + 2], 16), int(ink[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _largest(numbers: Iterable[float]) -> float:
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


class Pen:
    """Writes a Picture as DOT, in the colours of one theme, under a title if there is one."""

    def __init__(self, picture: Picture, theme: Mapping[str, str], formulas: bool, title: Any = "") -> None:
        self.picture = picture
        self.graph = picture.graph
        self.theme = theme
        self.formulas = formulas
        if not isinstance(title, str):
            raise OptionError(f"want title=text, a str, got {title!r}")
        self.heading = one_line(title, TITLE)
        self.strongest = _largest(self.strength(node) for box in picture.boxes for node in box.nodes)
        self.widest = _largest(self.weight(arrow) for arrow in picture.arrows)

    # What colours and widths show, and what is written: a subclass may show something else.

    def strength(self, node: Any) -> float:
        """What the colour behind a number stands for."""
        return node.grad if node.reached else 0.0

    def weight(self, arrow: Arrow) -> float:
        """What the width and colour of an arrow stand for: the largest contribution that came back along it."""
        return max(arrow.contributions, key=abs, default=0.0)

    def facts(self, box: Box) -> list[tuple[str, str, str]]:
        """The rows of a box: a word, a number, the colour behind it."""
        largest = max(box.grads, key=abs, default=0.0)
        shown = {"grad": box.node.grad if box.node is not None else 0.0, "grads": largest if box.node is None else 0.0}
        return [(word, said, self.tint(shown.get(word, 0.0))) for word, said in box.facts()]

    def words(self, arrow: Arrow) -> str:
        return arrow.words

    def frame(self, box: Box) -> dict[str, str]:
        """Graphviz attributes of a box beyond those of its kind."""
        return {}

    def line(self, arrow: Arrow) -> dict[str, str]:
        """Graphviz attributes of an arrow beyond those of its weight."""
        return {}

    def notes(self) -> list[str]:
        """The legend."""
        notes: list[str] = []
        if any(box.kind == "parameter" for box in self.picture.boxes):
            notes.append("double frame: parameter; square corners: input; rounded: computed")
        if any(arrow.partial is not None for arrow in self.picture.arrows):
            notes.append("number on an arrow: partial, the slope of that one operation")
        if self.strongest:
            notes.append("orange: gradient above 0, blue: below 0; wide arrow: much gradient flows back")
        return notes

    def drawing(self) -> Drawing:
        from .digraph import Drawing

        theme = self.theme
        drawing = Drawing(
            _text(f"{one_line(self.graph.name(self.graph.root))}: {counted(len(self.graph), 'value')}"), filename="graph.gv",
            graph_attr=_attributes({
                "rankdir": "LR", "bgcolor": theme["paper"], "pad": "0.3", "nodesep": "0.2", "ranksep": "0.22",
                "fontname": FONT, "fontsize": "10", "fontcolor": theme["faint"], "labelloc": "b", "labeljust": "l",
                "label": self.caption(), "outputorder": "edgesfirst", "newrank": "true",
            }),
            node_attr=_attributes({
                "fontname": FONT, "fontsize": "11", "fontcolor": theme["ink"], "color": theme["line"],
                "style": "rounded,filled", "shape": "box", "margin": "0.11,0.07", "height": "0", "width": "0",
            }),
            edge_attr=_attributes({
                "fontname": FONT, "fontsize": "10", "fontcolor": theme["ink"], "color": theme["line"],
                "arrowsize": "0.65", "penwidth": "1.1",
            }),
        )  # fmt: skip
        drawing.picture, drawing.title = self.picture, self.heading
        sheet = Sheet(drawing)
        with self.under_title(sheet) as titled:
            for cluster in self.picture.clusters:
                self.cluster(titled, cluster)
            for box in self.picture.boxes:
                if box.cluster is None:
                    self.box(titled, box)
        for arrow in self.picture.arrows:
            self.arrow(sheet, arrow)
        return drawing

    def under_title(self, sheet: Sheet) -> AbstractContextManager[Sheet]:
        """What boxes are put in: the drawing, whose own label is the legend, or in it a frame unseen but for its title."""
        if not self.heading:
            return nullcontext(sheet)
        look = f'<FONT POINT-SIZE="14" COLOR="{self.theme["ink"]}"><B>{_escape(self.heading)}</B></FONT>'
        # The table is for its width, which the layout engine cannot measure of every text.
        label = _table([_row([f'<TD ALIGN="LEFT"{_wide(self.heading, 9, TITLE)}>{look}</TD>'])])
        return sheet.frame(
            "cluster_title", label=label, labelloc="t", color=self.theme["paper"], margin="8",
            tooltip=_tooltip(self.heading, "title"),
        )  # fmt: skip

    def cluster(self, sheet: Sheet, cluster: Cluster) -> None:
        theme = self.theme
        title = self.text(cluster.title, size=11, bold=True) + self.times(cluster.times)
        with sheet.frame(
            f"cluster_{cluster.id}", label=_label(title), labelloc="t", style="rounded,filled",
            color=_mix(theme["paper"], theme["line"], 0.5), fillcolor=theme["cluster"], margin="12",
            fontcolor=theme["faint"], tooltip=_tooltip(cluster.title, "module"),
        ) as frame:  # fmt: skip
            for inner in cluster.clusters:
                self.cluster(frame, inner)
            for box in cluster.boxes:
                self.box(frame, box)

    # --- Boxes ---

    def box(self, sheet: Sheet, box: Box) -> None:
        theme, kind = self.theme, box.kind
        style = {"fillcolor": theme[kind], "tooltip": _tooltip(box.name, box.kind)}
        if kind == "constant":
            style |= {"color": theme["constant"], "fontcolor": theme["faint"], "margin": "0.07,0.03"}
        elif kind == "parameter":
            style |= {"color": theme["parameter line"], "style": "filled", "peripheries": "2"}
        elif kind == "input":
            style |= {"color": theme["input line"], "style": "filled", "penwidth": "1.4"}
        elif kind == "result":
            style |= {"color": theme["ink"], "penwidth": "2"}
        elif kind == "more":
            style |= {"style": "rounded,filled,dashed"}
        if kind == "constant":
            label = self.constants(box)
        elif box.node is None and kind not in CLOSED:
            label = self.leaves(box)
        else:
            label = self.rows(box)
        sheet.node(box.id, label=label, **style | self.frame(box))
        if box.symbol:
            self.operation(sheet, box)

    def operation(self, sheet: Sheet, box: Box) -> None:
        theme, words = self.theme, one_line(box.symbol)
        said = operation(self.graph, box.node)
        if self.formulas and not box.terms and len(said) <= SPELLED:
            words = said
        if len(words) == 1:
            label, size = words, SYMBOL_SIZES.get(words, "16")
            shape = {"shape": "circle", "width": "0.34", "fixedsize": "true", "fontsize": size}
        else:
            label = _label(self.text(words, bold=True))
            shape = {"margin": "0.09,0.04", "fontsize": "12"}
        sheet.node(
            f"o{box.id}", label=label, fontname=FONT + "-Bold" * (len(words) == 1),
            fillcolor=theme["operation"], color=theme["operation"], fontcolor=theme["symbol"],
            tooltip=_tooltip(f"{box.name} = {said}"), **shape,
        )  # fmt: skip
        sheet.edge(f"o{box.id}", box.id, arrowhead="none", weight="8")

    def title(self, name: str, times: int = 1, columns: int = 3, bold: bool = True) -> str:
        said = self.text(name, size=13, bold=bold, faint=not bold) + self.times(times)
        return _row([f'<TD COLSPAN="{columns}" ALIGN="LEFT"{_wide(name, 8)}>{said}</TD>'])

    def pair(self, word: str, number: str, tint: str = "") -> str:
        return _row([self.word(word), GAP, right(_escape(number), tint)])

    def word(self, word: str, times: int = 1) -> str:
        return f'<TD ALIGN="LEFT"{_wide(word, 6)}>{self.text(word, faint=True)}{self.times(times)}</TD>'

    def tint(self, gradient: float) -> str:
        """Orange for a positive gradient, blue for a negative one, the stronger the larger it is."""
        if not gradient or gradient != gradient or not self.strongest:
            return ""
        share = min(1.0, abs(gradient) / self.strongest)
        sign = self.theme["positive" if gradient > 0 else "negative"]
        return _mix(self.theme["paper"], sign, 0.1 + 0.5 * share**CURVE)

    def rows(self, box: Box) -> str:
        """A name over pairs of a word and a number."""
        numbered = box.node is not None and box.name == f"v{self.graph.index[box.node]}"
        rows = [self.title(box.name or f"{box.kind}s", box.times, bold=not numbered)]
        for word, said, tint in self.facts(box):
            if said == UNKNOWN:
                rows.append(_row([f'<TD COLSPAN="3" ALIGN="LEFT">{self.text(f"{word} {said}", faint=True)}</TD>']))
            else:
                rows.append(self.pair(word, said, tint))
        return _table(rows)

    HEADS = ("data", "grad")

    def leaves(self, box: Box) -> str:
        """Several leaves as a table; many are summed up by what their names begin with."""
        tables: dict[str, list[Any]] = {}
        for node in box.nodes:
            name = self.graph.name(node)[len(box.name) :].lstrip(".")
            tables.setdefault(name if len(box.nodes) <= LISTED else name.partition("[")[0], []).append(node)
        if len(tables) == 1:
            return self.rows(box)
        heads = [right(self.text(word, faint=True)) for word in self.HEADS]
        rows = [self.title(box.name or f"{box.kind}s", columns=2 * len(heads) + 1), _row(_gaps(["<TD></TD>", *heads]))]
        for name, nodes in list(tables.items())[:LISTED]:
            rows.append(_row(_gaps([self.word(name, len(nodes)), *self.columns(nodes)])))
        if len(tables) > LISTED:
            rows.append(_row([self.word(f"{len(tables) - LISTED:,} more")]))
        return _table(rows)

    def columns(self, nodes: Sequence[Any]) -> list[str]:
        """The cells that say the data and grad of one leaf, or of several."""
        grads = [node.grad for node in nodes if node.reached]
        said = _escape(spread(grads)) if grads else self.text(UNKNOWN, faint=True)
        data = _escape(spread([node.data for node in nodes]))
        return [right(data), right(said, self.tint(max(grads, key=abs)) if grads else "")]

    def constants(self, box: Box) -> str:
        numbers = box.numbers
        if len(numbers) == 1:
            return _label(_escape(short(numbers[0])) + self.times(box.times))
        rows = [_row([right(_escape(short(number)))]) for number in numbers[:LISTED]]
        if len(numbers) > LISTED:
            rows.append(_row([f"<TD>{len(numbers) - LISTED:,} more</TD>"]))
        if box.times > 1:
            rows.append(_row([right(self.times(box.times))]))
        return _table(rows)

    # --- Arrows ---

    def arrow(self, sheet: Sheet, arrow: Arrow) -> None:
        head, theme, options = arrow.head, self.theme, dict[str, str]()
        words, weight = self.words(arrow), self.weight(arrow)
        if arrow.partial is not None:
            options["tooltip"] = _tooltip(self.slope(*arrow.partial))
            words = words if head.arrivals <= LABELLED else ""
        elif arrow.tail.nodes:
            options["tooltip"] = _tooltip(
                f"{counted(len(arrow.edges), 'edge')} from {arrow.tail.name or arrow.tail.kind + 's'} to {head.name}"
            )
        else:
            options["style"] = "dashed"
        if words:
            options["label"] = _beside(words)
        if weight and self.widest:
            share = min(1.0, abs(weight) / self.widest) ** CURVE
            sign = theme["positive" if weight > 0 else "negative"]
            options |= {"penwidth": f"{0.9 + 2.2 * share:.2f}", "color": _mix(theme["line"], sign, 0.25 + 0.6 * share)}
        if self.picture.passes_parameters(arrow):
            options["minlen"] = "2"
        sheet.edge(arrow.tail.id, f"o{head.id}" if head.symbol else head.id, **options | self.line(arrow))

    def slope(self, node: Any, k: int) -> str:
        """The partial with its formula, to read when pointing at an arrow."""
        count = len(node.operands)
        formula, index = node.op.partial(k, count)
        names = node.op.bind([self.graph.name(operand) for operand in node.operands])
        text = formula.text(READABLE, {**names, "out": self.graph.name(node)}, index)
        number = short(node.partials[k])
        what = f"partial of {node.op.name} in operand {k + 1} of {count}"
        return " = ".join([what, *[text] * (len(text) <= 60 and text != number), number])

    # --- Words ---

    def caption(self) -> str:
        graph, boxes = self.graph, self.picture.boxes
        lines = self.notes()
        stands, shown = sum(len(box.nodes) for box in boxes), sum(box.kind != "constant" for box in boxes)
        of_all = f" of the {len(graph):,}" if stands < len(graph) else ""
        if stands > shown:
            folded = [f"{stands:,}{of_all} values in {len(boxes)} {'box' if len(boxes) == 1 else 'boxes'}"]
            folded += ["×n: n alike, one is shown"] * any(box.times > 1 for box in boxes)
            folded += ["×n at an arrow: n go in"] * any("×" in arrow.words for arrow in self.picture.arrows)
            lines.append("; ".join(folded))
        elif of_all:
            lines.append(f"{stands:,}{of_all} values of {graph.name(graph.root)}")
        if stale := remark(graph):
            lines.append(stale)
        return _label("".join(f'{_escape(one_line(line, 160))}<BR ALIGN="LEFT"/>' for line in lines))

    def text(self, text: str, size: int = 0, bold: bool = False, faint: bool = False) -> str:
        shown = _escape(one_line(text, SPELLED))
        if not shown:
            return ""
        if bold:
            shown = f"<B>{shown}</B>"
        look = (f' POINT-SIZE="{size}"' if size else "") + (f' COLOR="{self.theme["faint"]}"' if faint else "")
        return f"<FONT{look}>{shown}</FONT>" if look else shown

    def times(self, count: int) -> str:
        return f' <FONT COLOR="{self.theme["faint"]}">×{count:,}</FONT>' if count > 1 else ""


def _row(cells: Iterable[str]) -> str:
    return f"<TR>{''.join(cells)}</TR>"


def _gaps(cells: list[str]) -> list[str]:
    return [piece for cell in cells for piece in (GAP, cell)][1:]


def right(text: str, tint: str = "") -> str:
    colour = f' BGCOLOR="{tint}" STYLE="ROUNDED"' if tint else ""
    return f'<TD ALIGN="RIGHT"{colour}>{text}</TD>'


def _beside(words: str) -> str:
    """What is written at an arrow, with room round it, or the arrow would touch it."""
    rows = [_row([GAP, f"<TD>{_escape(line)}</TD>", GAP]) for line in words.split(", ")]
    below = f'<TR><TD HEIGHT="{3 * len(rows)}"></TD></TR>'  # the wider it is, the nearer comes an arrow that rises
    return _label(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}{below}</TABLE>')


def _table(rows: list[str]) -> str:
    return _label(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>')


def _wide(text: str, width: int, longest: int = SPELLED) -> str:
    """Room for a text that the layout engine cannot measure: one with letters outside of ASCII."""
    shown = one_line(text, longest)
    if shown.isascii():
        return ""
    return f' WIDTH="{sum(2 * width if east_asian_width(letter) in "WF" else width for letter in shown)}"'


def _tooltip(text: str, kind: str = "") -> str:
    return one_line(text, 200) + (f" ({kind})" if kind else "")


def _label(markup: str) -> _Markup:
    return _Markup(f"<{markup}>")
