"""A scene as a one-page PDF: text remains text, in embedded fonts, so that it can be searched and copied.

reportlab writes it, in the font Source Sans, which has Latin, Greek and Cyrillic letters. The extra ``export`` installs
both.
"""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false
from __future__ import annotations

import io
import os
from functools import cache
from importlib import import_module
from typing import Any
from unicodedata import east_asian_width

from ...errors import ToolError, install
from .letters import spelled
from .scene import Outline, Scene, Text

__all__ = ["as_pdf"]

FONTS = {False: "SourceSansPro-Regular", True: "SourceSansPro-Bold"}
WIDER = 107.0  # per cent: the width of Source Sans relative to Helvetica, for which the boxes were made
LETTER = 0.6  # the width of a character whose width is unknown, as a fraction of the font size


def as_pdf(scene: Scene, title: str, description: str) -> bytes:
    """Return the scene as the bytes of a PDF, the same in every run. Raises ToolError if a library is missing."""
    file = io.BytesIO()
    canvas: Any = _library("reportlab.pdfgen.canvas").Canvas(
        file, pagesize=(scene.width, scene.height), invariant=1, lang="en", initialFontName=_font(False).fontName
    )
    canvas.setTitle(title)
    canvas.setSubject(description)
    canvas.setCreator("scalar-autograd")
    canvas.setLineCap(0)
    for shape in scene.shapes:
        if isinstance(shape, Text):
            _write(canvas, shape, scene.height)
        else:
            _draw(canvas, shape, scene.height)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        wanted = install("reportlab", "font-source-sans-pro")
        raise ToolError(f"a PDF needs reportlab and a font: {wanted}; or use format='svg'") from None


def _draw(canvas: Any, outline: Outline, height: float) -> None:
    path = canvas.beginPath()
    for letter, *numbers in outline.pieces:
        flipped = [height - number if i % 2 else number for i, number in enumerate(numbers)]
        {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo, "Z": path.close}[letter](*flipped)
    filled, stroked = bool(outline.fill), bool(outline.stroke and outline.width)
    if filled:
        canvas.setFillColor(_colour(outline.fill))
    if stroked:
        canvas.setStrokeColor(_colour(outline.stroke))
        canvas.setLineWidth(outline.width)
        canvas.setDash(*((list(outline.dashes),) if outline.dashes else ()))
    canvas.drawPath(path, stroke=int(stroked), fill=int(filled))


def _write(canvas: Any, text: Text, height: float) -> None:
    font = _font(text.bold)
    words = spelled(text.text, lambda letter: ord(letter) not in font.face.charToGlyph)
    stretch = _stretch(words, text, font)
    wide = font.stringWidth(words, text.size) * stretch / 100
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    line = canvas.beginText(left, height - text.y)
    line.setFont(font.fontName, text.size)
    line.setFillColor(_colour(text.fill))
    line.setHorizScale(stretch)
    line.textOut(words)
    canvas.drawText(line)


def _stretch(words: str, text: Text, font: Any) -> float:
    """Return the percentage by which to scale a text's width, so that it is as wide as its box expects."""
    own = font.stringWidth(words, text.size)
    if not own or (words == text.text and not words.isascii()):
        return WIDER
    if words != text.text:
        return min(WIDER, 100.0 * text.size * LETTER * sum(1 + (east_asian_width(c) in "WF") for c in text.text) / own)
    helvetica: Any = _library("reportlab.pdfbase.pdfmetrics").getFont("Helvetica" + "-Bold" * text.bold)
    return 100.0 * helvetica.stringWidth(words, text.size) / own


def _colour(text: str) -> Any:
    return _library("reportlab.lib.colors").HexColor(text)


@cache
def _font(bold: bool) -> Any:
    """Return a font for the text, registered with reportlab."""
    folder = os.path.dirname(_library("font_source_sans_pro").__file__)
    font: Any = _library("reportlab.pdfbase.ttfonts").TTFont(
        FONTS[bold], os.path.join(folder, "files", f"{FONTS[bold]}.ttf")
    )
    _library("reportlab.pdfbase.pdfmetrics").registerFont(font)
    return font
