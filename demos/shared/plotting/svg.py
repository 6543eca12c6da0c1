"""SVG as text: numbers, escaped words, the width of text, and colours that follow the reader's theme.

A colour written as an attribute follows the theme: on a dark page a style sheet mirrors its lightness. A colour written as a style stays, as it must in a heat map. A viewer that ignores style sheets shows the light theme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from html import escape
from unicodedata import combining, east_asian_width

from autograd.explain.naming import one_line

__all__ = [
    "FONT",
    "LONGEST",
    "PAPER",
    "color_of",
    "dark",
    "lines_of",
    "mean_color",
    "number",
    "path",
    "shown",
    "style_sheet",
    "text_element",
    "width_of",
]  # fmt: skip

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
PAPER = "#ffffff"
LONGEST = 200  # characters of a line
TINT = 0.7  # lighter colours are treated as paper

# Widths in Helvetica, in thousandths of the font size (Adobe's metrics); Arial and Liberation Sans have the same.
_WIDTHS = {
    letter: width
    for width, letters in {
        191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r", 334: "{}", 355: '"', 389: "*", 469: "^",
        500: "Jckvsxyz", 584: "+<=>~−×", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%",
        944: "W", 1015: "@",
    }.items()
    for letter in letters
}  # fmt: skip
_OTHER, _WIDE, _BOLD = 570, 1000, 1.07

_NAMED = {"white": "#ffffff", "black": "#000000", "none": "none"}


def number(x: float) -> str:
    """Return a coordinate with at most two decimal places.

    >>> number(1.5), number(2.0), number(-0.001)
    ('1.5', '2', '0')
    """
    text = f"{x:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path(points: Iterable[tuple[float, float]], closed: bool = False) -> str:
    """Return straight lines from point to point, as the d of a path."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z" * closed


def lines_of(text: str) -> list[str]:
    """Return the lines of some text, without what cannot be printed."""
    return [one_line(line, LONGEST) for line in str(text).split("\n")]


def shown(text: str) -> str:
    """Return text as one line of SVG, without markup or control characters."""
    return escape(one_line(str(text), LONGEST))


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line in points at a font size: exact for ASCII in Helvetica.

    >>> width_of("mm", 10)
    16.66
    """
    widths = (_WIDTHS.get(letter) or _unlisted(letter) for letter in text)
    thousandths = 0
    for width in widths:
        thousandths += width
    return thousandths * size / 1000 * (_BOLD if bold else 1.0)


def _unlisted(letter: str) -> int:
    return 0 if combining(letter) else _WIDE if east_asian_width(letter) in "WF" else _OTHER


def text_element(
    x: float, y: float, text: str, size: float, color: str, *, anchor: str = "start", bold: bool = False,
    rotation: float = 0.0, pivot: float | None = None, fixed: bool = False,
) -> str:  # fmt: skip
    """Return one line of text with its baseline at y. rotation: in degrees anticlockwise, about (x, pivot), by default
    (x, y). fixed: its colour does not follow the theme.
    """
    turned = (
        f' transform="rotate({number(-rotation)} {number(x)} {number(y if pivot is None else pivot)})"'
        if rotation
        else ""
    )
    weight = ' font-weight="bold"' if bold else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    look = f'style="fill:{color}"' if fixed else f'fill="{color}"'
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}"{weight}{place} {look}{turned}>'
        f"{shown(text)}</text>"
    )


# --- Colours -----------------------------------------------------------------------------------------------


def color_of(color: str) -> str:
    """Return a colour as "#rrggbb" or "none", from that, "white", "black", or a shade of grey such as "0.75".

    >>> color_of("0.5"), color_of("white"), color_of("#0072B2")
    ('#808080', '#ffffff', '#0072b2')
    """
    if color in _NAMED:
        return _NAMED[color]
    if re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        return color.lower()
    if re.fullmatch(r"0?\.\d+|[01](\.0*)?", color):
        return "#" + f"{round(float(color) * 255):02x}" * 3
    raise ValueError(f'want a colour as "#rrggbb", "white", "black", "none" or a shade of grey "0.75", got {color!r}')


def dark(color: str) -> str:
    """Return the colour on a dark page: the same hue with its lightness mirrored; a line or text drawn in it never gets
    darker.

    >>> dark("#ffffff"), dark("#000000"), dark("#0072b2")
    ('#1a1a1a', '#f2f2f2', '#51bfff')
    """
    hue, light, saturation = rgb_to_hls(*(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    mirrored = max(0.10 + 0.85 * (1 - light), light if light < TINT else 0.0)
    return "#" + "".join(f"{round(255 * part):02x}" for part in hls_to_rgb(hue, mirrored, saturation))


def style_sheet(body: str) -> str:
    """Return a style sheet for some SVG: the colours that follow the theme, as they are on a dark page."""
    rules = [
        f'.plot [{kind}="{color}"]{{{kind}:{dark(color)}}}'
        for kind, color in sorted(set(re.findall(r'(fill|stroke)="(#[0-9a-f]{6})"', body)))
    ]
    return f"<style>@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def mean_color(colors: Sequence[str], share: float) -> str:
    """Return a colour interpolated between some colours: the first at 0, the last at 1."""
    at = min(max(share, 0.0), 1.0) * (len(colors) - 1)
    before = min(int(at), len(colors) - 2)
    first, second = colors[before], colors[before + 1]
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * (at - before)):02x}" for a, b in pairs)
