"""A scene as a one-page PDF: text remains text, in embedded fonts, so that it can be searched and copied.

reportlab writes it, in the font Source Sans, which has Latin, Greek and Cyrillic letters. The extra ``export`` installs
both. Other letters, such as those of a Chinese, Japanese or Korean word, are drawn in a font of this machine; where it
has none that reportlab can read, they are spelled out as numbers.
"""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false
from __future__ import annotations

import io
import os
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any

from ...errors import ToolError, install
from ..placing.text import text_width
from .letters import is_emoji, spelled
from .scene import Outline, Scene, Text

__all__ = ["as_pdf"]

FONTS = {False: "SourceSansPro-Regular", True: "SourceSansPro-Bold"}
WIDER = 107.0  # per cent: the width of Source Sans relative to Helvetica, for which the boxes were made
FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/Library/Fonts", "/System/Library/Fonts", "~/Library/Fonts", "C:/Windows/Fonts",
)  # fmt: skip
OTHERS = (  # fonts with other scripts: many letters first
    "arial unicode.ttf", "droidsansfallbackfull.ttf", "droidsansfallback.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "msyh.ttc", "simsun.ttc", "msgothic.ttc", "malgun.ttf", "nanumgothic.ttf", "applegothic.ttf", "unifont.ttf",
)  # fmt: skip


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
    runs = _runs(text)
    own = sum(font.stringWidth(words, text.size) for font, words in runs)
    stretch = _stretch(runs, text, own)
    wide = own * stretch / 100
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    line = canvas.beginText(left, height - text.y)
    line.setFillColor(_colour(text.fill))
    line.setHorizScale(stretch)
    for font, words in runs:
        line.setFont(font.fontName, text.size)
        line.textOut(words)
    canvas.drawText(line)


def _runs(text: Text) -> list[tuple[Any, str]]:
    """Divide a text into pieces, each with a font that has its letters; those that no font has are spelled out."""
    first = _font(text.bold)
    runs: list[tuple[Any, str]] = []
    for letter in text.text:
        fonts = [first] if _has(first, letter) or is_emoji(letter) else [first, *_fonts_here()]
        font = next((font for font in fonts if _has(font, letter)), first)
        words = spelled(letter, lambda letter, font=font: not _has(font, letter))
        if runs and runs[-1][0] is font:
            runs[-1] = font, runs[-1][1] + words
        else:
            runs.append((font, words))
    return runs


def _has(font: Any, letter: str) -> bool:
    return ord(letter) in font.face.charToGlyph


def _stretch(runs: list[tuple[Any, str]], text: Text, own: float) -> float:
    """Return the percentage by which to scale a text's width, so that it is as wide as its box expects."""
    words = "".join(words for _, words in runs)
    if not own or (len(runs) == 1 and words == text.text and not words.isascii()):
        return WIDER if runs and runs[0][0] is _font(text.bold) else 100.0
    if len(runs) > 1 or words != text.text:
        return min(WIDER, 100.0 * text_width(text.text, text.size, text.bold) / own)
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


@cache
def _fonts_here() -> list[Any]:
    """Return the fonts of this machine for letters of other scripts, registered with reportlab."""
    found = {
        name.lower(): os.path.join(folder, name)
        for top in FOLDERS
        for folder, _, names in os.walk(os.path.expanduser(top))
        for name in names
    }
    fonts: list[Any] = []
    for name in OTHERS:
        with suppress(KeyError, OSError, _library("reportlab.pdfbase.ttfonts").TTFError):
            fonts.append(_library("reportlab.pdfbase.ttfonts").TTFont(name.partition(".")[0], found[name]))
            _library("reportlab.pdfbase.pdfmetrics").registerFont(fonts[-1])
    return fonts
