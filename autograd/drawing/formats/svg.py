"""Complete a layout engine's SVG: add a description for those who cannot see it, and colours for dark pages.

>>> svg = '<svg width="9pt" viewBox="0 0 9 9"><g><text fill="#1f2933">a</text></g></svg>'
>>> print(complete(svg, "f", "a = 1."))
<svg role="img" width="9pt" viewBox="0 0 9 9"><title>f</title><desc>a = 1.</desc><g><text fill="#1f2933">a</text></g></svg>
>>> print(with_dark_colours(svg, svg.replace("1f2933", "eef2f6")))
<svg width="9pt" viewBox="0 0 9 9"><style>@media (prefers-color-scheme: dark) {
.fill-1f2933-eef2f6 { fill: #eef2f6 }
}</style><g><text class="fill-1f2933-eef2f6" fill="#1f2933">a</text></g></svg>
"""

from __future__ import annotations

import re
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

from ...errors import ToolError
from ...explain.naming import one_line
from ...explain.phrases import operation
from ..legend import title_of

if TYPE_CHECKING:
    from ..dot import DotWriter
    from ..picture import Box

__all__ = ["complete", "described", "with_dark_colours"]

SHAPE = re.compile(r"<(?:polygon|polyline|path|ellipse|text)\b[^>]*>")
COLOUR = re.compile(r'\b(fill|stroke)="(#[0-9a-f]{6})"')
TOLD = 40  # the maximum number of boxes in a description
LONGEST = 60  # the maximum number of characters in each description


def complete(svg: str, title: str, description: str) -> str:
    """Add a role, a title and a description to an SVG, for screen readers."""
    told = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    return re.sub(r"<svg\b((?:[^>]*[^/>])?)>", lambda found: f'<svg role="img"{found[1]}>{told}', svg, count=1)


def described(writer: DotWriter) -> str:
    """Describe a picture in words: each box with the numbers written in it, the result first."""
    boxes = [box for box in writer.picture.boxes if box.kind != "constant"][::-1]
    said = [_said(writer, box) for box in boxes[:TOLD]]
    return " ".join([*said, *([f"And {len(boxes) - TOLD} more boxes."] if len(boxes) > TOLD else [])])


def _said(writer: DotWriter, box: Box) -> str:
    formula = operation(writer.graph, box.node) if box.node is not None else ""
    name = " = ".join(filter(None, [title_of(box), formula if len(formula) <= LONGEST else box.symbol]))
    times = f", {box.times} times" if box.times > 1 else ""
    facts = ", ".join(f"{word} {number}" for word, number, _ in writer.facts(box))
    return one_line(f"{name}{times}{facts and f': {facts}'}.", 4 * LONGEST)


def with_dark_colours(light: str, dark: str) -> str:
    """Give an SVG the colours of another one for dark pages. The two differ only in colours.

    Each rule names its colours, so that several pictures on one page cannot interfere.
    """
    pairs = list(zip_longest(SHAPE.findall(light), SHAPE.findall(dark), fillvalue=""))
    if any(COLOUR.sub("", one) != COLOUR.sub("", other) for one, other in pairs):
        raise ToolError("the layout in dark colours differs from the layout in light colours")
    rules: dict[str, str] = {}
    shapes = iter([_classed(one, other, rules) for one, other in pairs])
    text = SHAPE.sub(lambda _: next(shapes), light)
    sheet = "\n".join(["<style>@media (prefers-color-scheme: dark) {", *sorted(rules.values()), "}</style>"])
    return re.sub(r"(<svg\b[^>]*>)", lambda found: found[1] + sheet, text, count=1)


def _classed(light: str, dark: str, rules: dict[str, str]) -> str:
    """Give a shape a class for each colour that differs on dark paper."""
    classes: list[str] = []
    for (what, here), (_, there) in zip(COLOUR.findall(light), COLOUR.findall(dark)):
        if here != there:
            name = f"{what}-{here[1:]}-{there[1:]}"
            rules[name] = f".{name} {{ {what}: {there} }}"
            classes.append(name)
    return re.sub(r"^<\w+", lambda tag: f'{tag[0]} class="{" ".join(classes)}"', light) if classes else light
