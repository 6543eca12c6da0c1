"""The sheet that DOT is written on: in attributes and markup, Graphviz reads the user's text as nothing but text."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from ..explain.naming import one_line

__all__ = [
    "GAP", "PADDING", "Markup", "Sheet", "attributes", "escape", "gaps", "html", "plain", "row", "table", "tooltip",
]  # fmt: skip

PADDING = 2  # of a table's cells, in points
GAP = '<TD WIDTH="4"></TD>'  # the gap between two cells
BACKSLASH = {"tooltip": "&#92;"}  # Graphviz reads the escapes of a tooltip twice


def escape(text: str) -> str:
    """Escape text for an HTML-like label, where Graphviz also reads escapes such as \\N."""
    for special, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\\", "\\\\")):
        text = text.replace(special, safe)
    return text if text.strip("]") else "&#93;" * len(text)  # a label of these alone is a syntax error in Graphviz 2.43


class Markup(str):
    """A label in Graphviz's own markup: our tags around text that was escaped."""


def attributes(look: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes written so that Graphviz reads markup as markup, and every other value as plain text."""
    return {
        key: value if isinstance(value, Markup) else plain(value, BACKSLASH.get(key, "\\\\"))
        for key, value in look.items()
    }


def plain(text: str, backslash: str = "\\\\") -> str:
    """Return text in which Graphviz finds no entity, no escape and no "<...>" markup."""
    from graphviz import nohtml  # pyright: ignore[reportMissingTypeStubs]

    return nohtml(text.replace("&", "&amp;").replace("\\", backslash))


class Sheet:
    """The sheet that a DotWriter draws on, a graphviz.Digraph or a part of one. Text enters the DOT only through it."""

    def __init__(self, drawing: Any) -> None:
        self._drawing = drawing

    def node(self, name: str, **look: str) -> None:
        self._drawing.node(plain(name), **attributes(look))

    def edge(self, tail: str, head: str, **look: str) -> None:
        self._drawing.edge(tail, head, **attributes(look))

    @contextmanager
    def frame(self, name: str, **look: str) -> Generator[Sheet]:
        with self._drawing.subgraph(name=plain(name)) as inner:
            inner.attr(**attributes(look))
            yield Sheet(inner)


def row(cells: Iterable[str]) -> str:
    return f"<TR>{''.join(cells)}</TR>"


def gaps(cells: list[str]) -> list[str]:
    return [piece for cell in cells for piece in (GAP, cell)][1:]


def table(rows: list[str]) -> Markup:
    return html(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{PADDING}">{"".join(rows)}</TABLE>')


def tooltip(text: str, kind: str = "") -> str:
    return one_line(text, 200) + (f" ({kind})" if kind else "")


def html(markup: str) -> Markup:
    return Markup(f"<{markup}>")
