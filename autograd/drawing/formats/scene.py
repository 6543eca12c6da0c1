"""A layout engine's SVG as a list of shapes and texts, in points from the top left.

>>> scene = read_scene('<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt"><g transform="translate(4 8)">'
...     '<polygon fill="#ffffff" stroke="none" points="0,0 1,-1"/><text x="1" y="-2" font-size="11">a</text></g></svg>')
>>> scene.shapes[0].pieces
(('M', 4.0, 8.0), ('L', 5.0, 7.0), ('Z',))
>>> scene.shapes[1].text
'a'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree

__all__ = ["Outline", "Scene", "Text", "read_scene"]

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"white": "#ffffff", "black": "#000000", "none": "", "transparent": ""}  # an engine's names for our colours
ROUND = 0.5523  # the distance of a quarter circle's control points from its ends, as a fraction of the radius
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


class Outline(NamedTuple):
    """A line or a filled area. pieces: ("M", x, y), ("L", x, y), ("C", six numbers), ("Z",). A colour is "#rrggbb" or ""."""

    pieces: tuple[tuple[Any, ...], ...]
    fill: str
    stroke: str
    width: float
    dashes: tuple[float, ...]


class Text(NamedTuple):
    """A line of text on its baseline. anchor: "start", "middle" or "end"."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    anchor: str
    fill: str


Shape = Outline | Text


class Scene(NamedTuple):
    """Pieces to draw in order, and the size of their page."""

    width: float
    height: float
    shapes: list[Shape]


def read_scene(svg: str) -> Scene:
    """Read the scene from an engine's SVG."""
    root = ElementTree.fromstring(svg)
    width, height = (float(NUMBER.match(root.get(side, "0"))[0]) for side in ("width", "height"))  # type: ignore[index]
    _, _, across, down = map(float, root.get("viewBox", f"0 0 {width} {height}").split())
    shapes = [shape for group in root.iter(f"{SVG}g") if group.get("transform") for shape in _shapes(group)]
    return Scene(across, down, shapes)


def _shapes(group: ElementTree.Element) -> Iterator[Shape]:
    found = re.search(r"translate\((\S+?)[ ,]+(\S+?)\)", group.get("transform", ""))
    dx, dy = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    middles = _middles(group)
    for element in group.iter():
        tag = element.tag.removeprefix(SVG)
        if tag == "text":
            text = _text(element, dx, dy)
            yield text._replace(x=middles[element] + dx, anchor="middle") if element in middles else text
        elif tag in PIECES:
            pieces = tuple((letter, *_moved(numbers, dx, dy)) for letter, *numbers in PIECES[tag](element))
            dashes = tuple(map(float, NUMBER.findall(element.get("stroke-dasharray", ""))))
            stroke = _colour(element.get("stroke", "none"))
            yield Outline(pieces, _colour(element.get("fill", "none")), stroke, _width(element), dashes)


def _middles(group: ElementTree.Element) -> dict[ElementTree.Element, float]:
    """Return where the middle of each operation's symbol is, since it may be wider in another font."""
    middles: dict[ElementTree.Element, float] = {}
    for node in group.iter(f"{SVG}g"):
        if node.get("class") == "node" and node.findtext(f"{SVG}title", "").startswith("o"):
            tags = [(element.tag.removeprefix(SVG), element) for element in node.iter()]
            pieces = [piece for tag, element in tags if tag in PIECES for piece in PIECES[tag](element)]
            across = [x for _, *numbers in pieces for x in numbers[::2]]
            middles |= {element: (min(across) + max(across)) / 2 for tag, element in tags if tag == "text" and across}
    return middles


def _moved(numbers: list[float], dx: float, dy: float) -> list[float]:
    return [round(number + (dy if i % 2 else dx), 2) for i, number in enumerate(numbers)]


def _width(element: ElementTree.Element) -> float:
    return float(element.get("stroke-width", "1"))


def _colour(text: str) -> str:
    return NAMES.get(text, text)


def _text(element: ElementTree.Element, dx: float, dy: float) -> Text:
    x, y = _moved([float(element.get("x", "0")), float(element.get("y", "0"))], dx, dy)
    anchor, bold = element.get("text-anchor", "start"), element.get("font-weight") == "bold"
    words = "".join(element.itertext()).replace("\xa0", " ")
    return Text(
        x, y, words, float(element.get("font-size", "11")), bold, anchor, _colour(element.get("fill", "#000000"))
    )


# --- Elements as pieces ------------------------------------------------------------------------------------


def _points(element: ElementTree.Element) -> list[tuple[float, float]]:
    numbers = list(map(float, NUMBER.findall(element.get("points", ""))))
    return list(zip(numbers[::2], numbers[1::2]))


def _polyline(element: ElementTree.Element) -> Iterator[tuple[Any, ...]]:
    for i, point in enumerate(_points(element)):
        yield ("L" if i else "M", *point)


def _polygon(element: ElementTree.Element) -> Iterator[tuple[Any, ...]]:
    yield from _polyline(element)
    yield ("Z",)


def _path(element: ElementTree.Element) -> Iterator[tuple[Any, ...]]:
    for letter, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", element.get("d", "")):
        numbers = list(map(float, NUMBER.findall(text)))
        length = {"C": 6, "Z": 1}.get(letter.upper(), 2)
        for i in range(0, len(numbers) or 1, length):
            yield (letter.upper(), *numbers[i : i + length])


def _ellipse(element: ElementTree.Element) -> Iterator[tuple[Any, ...]]:
    x, y, across, down = (float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
    yield ("M", x + across, y)
    for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1)):  # a quarter turn further, from (a, b) to (-b, a)
        first = x + across * (a - ROUND * b), y + down * (b + ROUND * a)
        second = x + across * (-b + ROUND * a), y + down * (a + ROUND * b)
        yield ("C", *first, *second, x - across * b, y + down * a)
    yield ("Z",)


PIECES = {"polygon": _polygon, "polyline": _polyline, "path": _path, "ellipse": _ellipse}
