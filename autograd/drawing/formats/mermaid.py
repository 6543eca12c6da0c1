"""A graph as Mermaid text: Markdown pages draw it, and it needs no layout engine.

>>> from autograd import Value
>>> a = Value(3.0, label="a"); f = a * a; f.label = "f"
>>> print(mermaid(f))
flowchart LR
    v0["a<br/>data 3<br/>grad not reached"]
    v1("f<br/>data 9<br/>grad not reached")
    ov1(("#42;")) --- v1
    v0 -- "3" --> ov1
    v0 -- "3" --> ov1
    classDef input fill:#e2f3ee,stroke:#1b7f65,color:#1f2933
    class v0 input
    classDef result fill:#ffffff,stroke:#1f2933,color:#1f2933
    class v1 result
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...explain.naming import named_graph, one_line
from ...explain.phrases import Report, typed
from ...explain.staleness import remark
from ..build import build_picture
from ..legend import title_of
from ..options import options_of
from ..palette import LIGHT
from ..picture import TITLE, Arrow, Box, Cluster, Picture

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...node import Node
    from ..options import PictureOptions

__all__ = ["as_mermaid", "mermaid"]

# The frame of each kind of box: rounded for computed values, a rectangle for inputs, a double frame for parameters.
FRAMES = {
    "result": '("{}")', "value": '("{}")', "input": '["{}"]', "parameter": '[["{}"]]', "constant": '(["{}"])',
    "module": '{{{{"{}"}}}}', "more": '>"{}"]',
}  # fmt: skip
LINES = {"input": "input line", "parameter": "parameter line", "result": "ink"}


@options_of(build_picture)
def mermaid(value: Node, **options: Unpack[PictureOptions]) -> str:
    """Write the boxes and arrows of a value's graph as the text of a Mermaid flowchart.

    options: what to show of the graph, as for :func:`autograd.draw`.
    """
    return as_mermaid(build_picture(named_graph(value), **options))


class Mermaid(Report):
    """Mermaid text, which JupyterLab draws."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/vnd.mermaid": str(self)}


def as_mermaid(picture: Picture, title: str = "") -> Mermaid:
    """Write a picture as Mermaid text, headed by the title, and by a note about leaves that have changed since."""
    title = ": ".join(part for part in (one_line(title, TITLE), remark(picture.graph)) if part)
    lines = ["flowchart LR"]
    for cluster in picture.clusters:
        lines += _cluster(cluster)
    for box in picture.boxes:
        if box.cluster is None:
            lines += _box(box)
    lines += [_arrow(arrow) for arrow in picture.arrows]
    for kind in dict.fromkeys(box.kind for box in picture.boxes):
        stroke = LIGHT[LINES.get(kind, "line")]
        lines.append(f"classDef {kind} fill:{LIGHT[kind]},stroke:{stroke},color:{LIGHT['ink']}")
        lines.append(f"class {','.join(box.id for box in picture.boxes if box.kind == kind)} {kind}")
    head = f'---\ntitle: "{_escape(title, 2 * TITLE)}"\n---\n' if title else ""
    return Mermaid(head + "\n    ".join(lines))


def _cluster(cluster: Cluster) -> Iterator[str]:
    times = f" x {cluster.times:,}" if cluster.times > 1 else ""
    yield f'subgraph {cluster.id}["{_escape(cluster.title)}{times}"]'
    for inner in cluster.clusters:
        yield from (f"    {line}" for line in _cluster(inner))
    for box in cluster.boxes:
        yield from (f"    {line}" for line in _box(box))
    yield "end"


def _box(box: Box) -> Iterator[str]:
    name = ", ".join(map(typed, box.numbers)) or title_of(box)
    lines = [name + (f" x {box.times:,}" if box.times > 1 else ""), *(" ".join(fact) for fact in box.facts())]
    yield box.id + FRAMES[box.kind].format("<br/>".join(_escape(line) for line in lines))
    if box.symbol:
        yield f'o{box.id}(("{_escape(box.symbol)}")) --- {box.id}'


def _arrow(arrow: Arrow) -> str:
    head = f"o{arrow.head.id}" if arrow.head.symbol else arrow.head.id
    words = _escape(arrow.words.replace("×", "x "))
    return f'{arrow.tail.id} -- "{words}" --> {head}' if words else f"{arrow.tail.id} --> {head}"


def _escape(text: str, limit: int = 60) -> str:
    """Escape every character that could mean something to Mermaid, Markdown or HTML, by its number."""
    return "".join(c if c.isalnum() or c in " _.,-+=/[]" else f"#{ord(c)};" for c in one_line(text, limit))
