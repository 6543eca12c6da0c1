"""A graph as text for a terminal: each value appears once, with its operands hanging below it.

>>> from autograd import Value
>>> a = Value(1.0, label="a")
>>> b = a + a; b.label = "b"
>>> f = b * (b + 1); f.label = "f"; f.backward()
>>> tree(f)
                      data  grad  partial
f = b * v2               6     1
|-- b = a + a            2     5  3
|   |-- a                1    10  1
|   `-- a  (above)                1
`-- v2 = b + 1           3     2  2
    `-- b  (above)                1
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..explain.naming import named_graph, one_line
from ..explain.phrases import Report, counted, operation
from ..explain.staleness import remark
from ..explain.terminal import is_terminal
from .build import build_picture
from .legend import title_of
from .options import options_of
from .picture import Arrow, Box, Picture

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..node import Node
    from .options import PictureOptions

__all__ = ["tree"]

DEEPEST = 12  # the deepest level before the tree continues at the margin
WIDEST = 60  # the maximum number of characters in a formula; a longer one is shown by name only
COUNTS = ("values", "parameters", "inputs")
PLAIN = ("|-- ", "`-- ", "|   ", "    ")
DRAWN = ("├── ", "└── ", "│   ", "    ")


@options_of(build_picture)
def tree(value: Node, *, unicode: bool | None = None, **options: Unpack[PictureOptions]) -> Report:
    """Write the graph of a value as text. A value that is used again is not repeated: ``(above)`` says where it is.

    The partial on a line is the slope of the operation above it with respect to that operand.
    unicode: whether to draw lines or ASCII; by default, lines if the terminal can show them.
    options: what to show of the graph, as for :func:`autograd.draw`. A large graph is folded.
    """
    picture = build_picture(named_graph(value), **options)
    if unicode is None:
        encoding = getattr(sys.stdout, "encoding", None) or ""
        unicode = is_terminal(sys.stdout) and encoding.lower().startswith("utf")
    return Report(_Tree(picture, DRAWN if unicode else PLAIN).text())


class _Tree:
    def __init__(self, picture: Picture, lines: tuple[str, str, str, str]) -> None:
        self.picture = picture
        self.branch, self.last, self.past, self.none = lines
        self.ascii = lines is PLAIN
        self.operands: dict[Box, list[Arrow]] = {box: [] for box in picture.boxes}
        used: set[Box] = set()
        for arrow in picture.arrows:
            used.add(arrow.tail)
            if not arrow.tail.numbers:  # constants already appear in the formulas
                self.operands[arrow.head].append(arrow)
        self.tops = [box for box in reversed(picture.boxes) if box not in used]

    def text(self) -> str:
        rows: list[tuple[str, str, str, str]] = [("", "data", "grad", "partial")]
        done: set[Box] = set()
        later = self.tops[::-1]
        while later:  # each of these starts a tree at the margin
            top = later.pop()
            if top in done:
                continue
            stack: list[tuple[Box, Arrow | None, str, str]] = [(top, None, "", "")]
            while stack:
                box, arrow, here, below = stack.pop()
                operands = self.operands[box]
                again = box in done
                deep = not again and bool(operands) and len(below) >= 4 * DEEPEST
                note = "above" if again else "below" if deep else ""
                rows.append(self.row(here, box, arrow, note))
                if deep:
                    later.append(box)
                if note:
                    continue
                done.add(box)
                for i, operand in enumerate(reversed(operands)):
                    stem, rest = (self.last, self.none) if i == 0 else (self.branch, self.past)
                    stack.append((operand.tail, operand, below + stem, below + rest))
        return self.aligned(rows)

    def row(self, stem: str, box: Box, arrow: Arrow | None, note: str) -> tuple[str, str, str, str]:
        text = one_line(title_of(box))
        partial = arrow.words if arrow is not None else ""
        if note:
            return f"{stem}{text}  ({note})", "", "", partial
        facts = dict(box.facts())
        if box.symbol:
            formula = box.symbol if box.terms else operation(self.picture.graph, box.node)
            if len(formula) > WIDEST:
                formula = f"{box.node.op.name} of {len(box.node.operands)}"
            text += f" = {formula}"
        if box.times > 1:
            text += f" x {box.times:,}"
        if box.node is None:
            counts = [counted(int(n.replace(",", "")), word[:-1]) for word, n in facts.items() if word in COUNTS]
            text += f"  ({', '.join(counts)})"
        return stem + text, facts.get("data", ""), facts.get("grad") or facts.get("grads", ""), partial

    def aligned(self, rows: list[tuple[str, str, str, str]]) -> str:
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        text = "\n".join(
            f"{tree:<{widths[0]}}  {data:>{widths[1]}}  {grad:>{widths[2]}}  {partial}".rstrip()
            for tree, data, grad, partial in rows
        )
        if stale := remark(self.picture.graph):
            text += f"\n  note   {stale}"
        return text.replace("×", "x ").replace("…", "...").replace("·", "dot") if self.ascii else text
