r"""A scene as TikZ, for a Beamer slide or a paper: ``\input{f.tex}`` draws it, with text in the document's fonts.

>>> from .scene import Scene, Text
>>> print(as_tikz(Scene(20.0, 10.0, [Text(1.0, 8.0, "50% of a_1", 11.0, True, "start", "#1f2933")])))
% \input this where \usepackage{tikz} is; it is never wider than the line nor higher than the page.
% Letters other than Latin ones need LuaLaTeX and a font that has them: \usepackage{fontspec} \setsansfont{DejaVu Sans}
\begingroup
\def\ag#1{\fontsize{#1bp}{#1bp}\selectfont\sffamily}%
\definecolor{ag1f2933}{HTML}{1F2933}%
\setbox0\hbox{\begin{tikzpicture}[x=1bp, y=-1bp, every node/.style={inner sep=0pt, outer sep=0pt}]
\useasboundingbox (0,0) rectangle (20,10);
\node[anchor=base west, text=ag1f2933] at (1,8) {\ag{11}\bfseries 50\% of a\_1};
\end{tikzpicture}}%
\dimen0=1.7\textheight \ifdim\dimen0>\linewidth \dimen0=\linewidth \fi
\ifdim\wd0>\dimen0 \edef\agwidth{\the\dimen0}\resizebox{\agwidth}{!}{\box0}\else \box0 \fi
\endgroup
"""

from __future__ import annotations

from typing import Any

from .letters import is_emoji, spelled
from .scene import Outline, Scene, Text

__all__ = ["as_tikz"]

HEAD = r"""% \input this where \usepackage{tikz} is; it is never wider than the line nor higher than the page.
% Letters other than Latin ones need LuaLaTeX and a font that has them: \usepackage{fontspec} \setsansfont{DejaVu Sans}
\begingroup
\def\ag#1{\fontsize{#1bp}{#1bp}\selectfont\sffamily}%"""
PICTURE = r"\setbox0\hbox{\begin{tikzpicture}[x=1bp, y=-1bp, every node/.style={inner sep=0pt, outer sep=0pt}]"
ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
HIGH = 0.85  # the greatest height of a picture, as a fraction of the text height
ESCAPES = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': r"\char34{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "·": r"\ensuremath{\cdot}",
    "×": r"\ensuremath{\times}", "…": r"\ldots{}", "σ": r"\ensuremath{\sigma}", "∂": r"\ensuremath{\partial}",
    **{letter: f"\\{letter}" for letter in "{}$&#_%"},
    **{letter: rf"{letter}\kern0pt{{}}" for letter in "-`'!?,"},  # two of these would become one character
}  # fmt: skip


def as_tikz(scene: Scene) -> str:
    """Return the scene as the text of a file to \\input."""
    colours = dict.fromkeys(colour for shape in scene.shapes for colour in _colours(shape) if colour)
    lines = [HEAD, *(rf"\definecolor{{{_name(c)}}}{{HTML}}{{{c[1:].upper()}}}%" for c in colours), PICTURE]
    lines.append(rf"\useasboundingbox (0,0) rectangle {_at(scene.width, scene.height)};")
    lines += [_node(shape) if isinstance(shape, Text) else _path(shape) for shape in scene.shapes]
    lines.append(r"\end{tikzpicture}}%")
    lines.append(
        rf"\dimen0={_number(HIGH * scene.width / scene.height)}\textheight "
        r"\ifdim\dimen0>\linewidth \dimen0=\linewidth \fi"
    )
    lines.append(r"\ifdim\wd0>\dimen0 \edef\agwidth{\the\dimen0}\resizebox{\agwidth}{!}{\box0}\else \box0 \fi")
    return "\n".join([*lines, r"\endgroup"])


def _colours(shape: Any) -> tuple[str, ...]:
    return (shape.fill,) if isinstance(shape, Text) else (shape.fill, shape.stroke)


def _name(colour: str) -> str:
    return f"ag{colour[1:]}"


def _number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _at(x: float, y: float) -> str:
    return f"({_number(x)},{_number(y)})"


def _node(text: Text) -> str:
    bold = r"\bfseries " if text.bold else ""
    look = f"anchor={ANCHORS[text.anchor]}, text={_name(text.fill)}"
    return rf"\node[{look}] at {_at(text.x, text.y)} {{\ag{{{_number(text.size)}}}{bold}{escaped(text.text)}}};"


def _path(outline: Outline) -> str:
    look = [f"fill={_name(outline.fill)}"] if outline.fill else []
    if outline.stroke and outline.width:
        look += [f"draw={_name(outline.stroke)}", f"line width={_number(outline.width)}bp"]
        if outline.dashes:
            on, off = (outline.dashes * 2)[:2]
            look.append(f"dash pattern=on {_number(on)}bp off {_number(off)}bp")
    return rf"\path[{', '.join(look)}] {' '.join(map(_piece, outline.pieces))};"


def _piece(piece: tuple[Any, ...]) -> str:
    letter, *numbers = piece
    if letter == "Z":
        return "-- cycle"
    if letter == "C":
        first, second, end = (_at(*numbers[i : i + 2]) for i in (0, 2, 4))
        return f".. controls {first} and {second} .. {end}"
    return f"-- {_at(*numbers)}" if letter == "L" else _at(*numbers)


def escaped(text: str) -> str:
    """Escape any text so that LaTeX prints it, whatever its characters mean to LaTeX."""
    return "".join(ESCAPES.get(letter, letter) for letter in spelled(text, is_emoji))
