"""Drawing: a graphviz.Digraph that renders, displays itself and opens, even where the system has no `dot`.

>>> Drawing("name").format
'svg'
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# graphviz is only partly typed.
from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import graphviz

from ..errors import ToolError
from . import engines
from .engines import DEADLINE
from .formats.export import FORMATS, export
from .output import CELL, block, open_drawing, open_file, shows_pictures, write_whole, writing
from .placing.page import SLIDE
from .tree import tree

if TYPE_CHECKING:
    from .picture import Picture

__all__ = ["Drawing"]

SHOWN = ("text/html", "image/png")  # the formats that a notebook shows
PIXELS = {"image/png": "png", "image/jpeg": "jpeg"}


class Drawing(graphviz.Digraph):
    """A graphviz.Digraph that renders even without a system `dot`, as SVG unless you ask for another format.

    ``.source`` is its DOT text, ``.render(path)`` and ``.pipe(format=...)`` lay it out, and ``.show()`` opens it. Its
    text fixes where everything is; with another `engine`, that engine computes the positions. deadline: seconds that
    the engine may take.
    """

    deadline: float | None = DEADLINE
    picture: Picture  # the Picture that the text was written from
    title: str = ""
    subject: str = "graph"  # what the picture shows
    description: str = ""  # the picture described in words
    in_the_dark: Drawing | None = None  # the drawing in colours for dark paper, if the page decides
    again: Callable[..., Drawing] | None = None  # draws it for a different page, if the user has not set one

    def __init__(self, *args: Any, **options: Any) -> None:
        options["format"] = options.get("format") or "svg"
        super().__init__(*args, **options)

    def copy(self) -> Drawing:
        twin: Drawing = super().copy()
        twin.deadline, twin.picture, twin.title = self.deadline, self.picture, self.title
        twin.in_the_dark, twin.subject, twin.description = self.in_the_dark, self.subject, self.description
        twin.again = self.again
        return twin

    def pipe(  # type: ignore[override]
        self,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        *,
        engine: str | None = None,
        encoding: str | None = None,
    ) -> bytes | str:
        """Return the picture as bytes, or as text if an encoding is given. Raises ToolError."""
        kind = ":".join(part for part in (format or self.format, renderer, formatter) if part)
        picture = export(self, kind, lambda drawing, format: drawing._laid_out(format, engine))
        return picture.decode(encoding) if encoding else picture

    def _laid_out(self, format: str, engine: str | None) -> bytes:
        layout = engine or (self.engine if self.engine != "dot" else "")
        return engines.lay_out(self._text(layout), format, deadline=self.deadline)

    def _text(self, layout: str) -> str:
        """Return the DOT text; if the user asked for an algorithm, the text names it for the layout engine."""
        if not layout:
            return self.source
        twin = self.copy()
        twin.graph_attr["layout"] = layout
        return twin.source

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the DOT text to a file and return its path; if the name is a picture's, ``f.png``, write the picture.

        Raises ToolError if it cannot be written.
        """
        if _is_picture(filename):
            return self.render(filename, directory)
        if filename is not None:
            self.filename = str(filename)
        if directory is not None:
            self.directory = str(directory)
        if not (skip_existing and os.path.exists(self.filepath)):
            with writing(self.filepath):
                os.makedirs(os.path.dirname(self.filepath) or ".", exist_ok=True)
                write_whole(self.filepath, self.source)
        return self.filepath

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        renderer: str | None = None,
        formatter: str | None = None,
        neato_no_op: bool | int | None = None,
        quiet: bool = False,
        quiet_view: bool = False,
        *,
        outfile: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        raise_if_result_exists: bool = False,
        overwrite_source: bool = False,
    ) -> str:
        """Lay the graph out into a file, and return its path.

        As in graphviz, ``render("f")`` writes the DOT text to ``f`` and the picture to ``f.svg``.
        A name with a picture's ending is the name of the picture: ``render("f.png")`` writes ``f.png``, and no DOT
        text. Raises ToolError; an existing file is replaced only by a complete one.
        """
        only_picture = outfile is None and format is None and _is_picture(filename)
        if only_picture:
            outfile, filename = filename, None
        if outfile is not None:
            path = os.path.join(str(directory or self.directory or ""), str(outfile))
            format = format or os.path.splitext(path)[1][1:].lower() or None
            source_file = os.path.splitext(path)[0] + ".gv"
        else:
            self.filename = self.filename if filename is None else str(filename)
            self.directory = self.directory if directory is None else str(directory)
            source_file = str(self.filepath)
            path = ".".join([source_file, *(x for x in (formatter, renderer, format or self.format) if x)])
        if raise_if_result_exists and os.path.exists(path):
            raise FileExistsError(f"{path} already exists")
        picture = self.pipe(format, renderer, formatter, engine=engine)
        with writing(path):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            if not (cleanup or only_picture):
                write_whole(source_file, self.source)
            write_whole(path, picture)
        if view or quiet_view:
            open_file(path)
        return path

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, bytes | str]:
        """Return the picture for notebooks, or the sentence that says why there is none."""
        if include is None and not shows_pictures():
            return {"text/plain": repr(self)}
        try:
            return {"text/plain": repr(self), **self.bundle(repr(self), include, exclude)}
        except ToolError as error:
            return {"text/plain": str(error)}

    def bundle(
        self,
        text: str,
        include: Iterable[str] | None = None,
        exclude: Iterable[str] | None = None,
        is_new: bool = False,
    ) -> dict[str, bytes | str]:
        """Return what a notebook shows: HTML with some text and the picture below it, and a PNG for printing.

        Only the formats asked for are laid out. There is no SVG beside the HTML unless it is asked for, since nbconvert
        needs Inkscape to put an SVG into a PDF. is_new: whether it was drawn just now, so that no number can have
        changed since. Raises ToolError if nothing can be laid out.
        """
        wanted = (set(SHOWN) if include is None else set(include)) - set(exclude or ())
        here = self.for_cell(is_new)
        bundle: dict[str, bytes | str] = {}
        if wanted & {"text/html", "image/svg+xml"}:
            svg = str(here.pipe("svg", encoding="utf-8"))
            if "text/html" in wanted:
                bundle["text/html"] = block(text, svg, "" if here is self else str(self.pipe("svg", encoding="utf-8")))
            if "image/svg+xml" in wanted:
                bundle["image/svg+xml"] = svg
        for kind in wanted & PIXELS.keys():
            with suppress(ToolError) if bundle else nullcontext():  # an engine may be able to write only SVG
                bundle[kind] = here.pipe(PIXELS[kind])
        return bundle

    def for_cell(self, is_new: bool = False) -> Drawing:
        """Return the drawing folded until it is readable in a notebook's cell, or itself if the user fixed its size."""
        again = self.again
        if again is None:
            return self
        if not is_new and again(page=SLIDE).source != self.source:  # the numbers or the text have changed since
            return self
        small = again(page=CELL)
        return self if small.source == self.source else small

    def show(self) -> str:
        """Open the picture, print its path, and return that path. Without an engine, print the graph as text instead."""
        graph = self.picture.graph
        return open_drawing(self, graph.name(graph.root), lambda: tree(graph.root))

    def mermaid(self) -> str:
        """Return the same boxes and arrows as Mermaid text, which many Markdown pages draw."""
        from .formats.mermaid import as_mermaid

        return as_mermaid(self.picture, self.title)

    def __repr__(self) -> str:
        return f"<Drawing of {self.name or 'a graph'}; .show() opens it, .render('f.svg') writes it>"


def _is_picture(filename: str | os.PathLike[str] | None) -> bool:
    return os.path.splitext(str(filename or ""))[1][1:].lower() in FORMATS
