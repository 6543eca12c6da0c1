"""Write a Drawing in any format: formats that the layout engine lacks are made from its SVG or PNG."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .. import engines
from .pdf import as_pdf
from .raster import as_pixels
from .scene import read_scene
from .svg import complete, with_dark_colours
from .tikz import as_tikz

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["FORMATS", "export"]

TEX = ("tex", "tikz")
PIXELS = ("gif", "webp")
FORMATS = ("svg", "png", "jpg", "jpeg", "pdf", "ps", "eps", *TEX, *PIXELS)  # the endings of a picture's name


def export(drawing: Drawing, format: str, lay_out: Callable[[Drawing, str], bytes]) -> bytes:
    """Return a drawing as the bytes of a file. lay_out: lays out a drawing in a format that the engine writes.

    Raises ToolError for a format whose library is not installed.
    """
    if format in PIXELS:
        return as_pixels(lay_out(drawing, "png"), format)
    if format not in ("svg", "pdf", *TEX) or (
        format == "pdf" and not find_spec("reportlab") and engines.writes(format)
    ):
        return lay_out(drawing, format)
    svg = lay_out(drawing, "svg").decode()
    if format in TEX:
        return as_tikz(read_scene(svg)).encode()
    title, description = drawing.title or drawing.subject, drawing.description
    if format == "pdf":
        return as_pdf(read_scene(svg), title, description)
    if drawing.in_the_dark is not None:
        svg = with_dark_colours(svg, lay_out(drawing.in_the_dark, "svg").decode())
    return complete(svg, title, description).encode()
