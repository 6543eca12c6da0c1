"""What the tests of pictures share: small graphs, labels that try to break out, and reading DOT back."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import small_graphs
from small_graphs import without_labels

from autograd.drawing.engines import lay_out
from autograd.drawing.formats.scene import SVG, Text, read_scene
from autograd.errors import ToolError
from autograd.modes import PARAMETER, Scope, here, shared


def draws(format: str) -> bool:
    """Return whether there is a layout engine that writes such pictures."""
    try:
        return bool(lay_out("digraph { a }", format))
    except ToolError:
        return False


needs_engine = pytest.mark.skipif(not draws("svg"), reason="no layout engine is installed")
needs_png = pytest.mark.skipif(not draws("png"), reason="no layout engine that writes PNG is installed")

HOSTILE = [
    '"quoted"', "<script>alert(1)</script>", "two\nlines\r\n\ttabbed", "Привет, мир", "日本語", "😀", "|{}<>",
    "\\N \\G \\E back\\slash\\", "x" * 500, "<b>bold</b>", "&amp; &#39; &", "\x00\x07\x1b[31mred\x7f", "end",
    "${x} {{y}} %s", "--> A", 'a"]; B["x', "\ud800", "</svg></script>", "]]>", "<!-- x -->", "'; DROP TABLE", " ",
    "<I>", "`backtick`", "#quot;", "\u202egnp.exe", "\u2028",
]  # fmt: skip


def emblem():
    return without_labels(small_graphs.emblem()[0], "c")


def neuron():
    return without_labels(small_graphs.neuron(), "pn")


class Part:
    """The minimum that a drawing needs from a module: parameters and modules with names, and calls with a scope."""

    def __init__(self, **held):
        self.held = held
        for thing in held.values():
            for leaf in thing if isinstance(thing, list) else []:
                leaf.scope = PARAMETER

    def named_parameters(self):
        for name, thing in self.held.items():
            if isinstance(thing, Part):
                yield from ((f"{name}.{inner}", leaf) for inner, leaf in thing.named_parameters())
            elif isinstance(thing, list):
                yield from ((f"{name}[{i}]", leaf) for i, leaf in enumerate(thing))

    def parameters(self):
        return (leaf for _, leaf in self.named_parameters())

    def named_modules(self):
        yield "", self
        for name, thing in self.held.items():
            if isinstance(thing, Part):
                yield from ((f"{name}.{inner}".rstrip("."), part) for inner, part in thing.named_modules())

    def call(self, function, *args):
        outer = here.scope
        shared["scope"] = here.scope = Scope(self, outer)
        try:
            return function(*args)
        finally:
            shared["scope"] = here.scope = outer


def shapes(source: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the nodes and arrows of DOT text, as a Drawing writes it."""
    source = re.sub(r"<<TABLE.*?</TABLE>>", "table", source, flags=re.DOTALL)
    arrows = re.findall(r"^\s*(\w+) -> (\w+)", source, flags=re.MULTILINE)
    nodes = re.findall(r"^\s*(o?[vgcm]\d\w*) \[", source, flags=re.MULTILINE)
    return nodes, arrows


def texts(svg):
    """Return what is written in an SVG, from its first shape to its last."""
    return [text.text for text in read_scene(svg).shapes if isinstance(text, Text)]


def places(svg):
    """Return where every box and frame of a picture is, and how large it is."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class") in ("node", "cluster"):
            outline = next(e for e in group.iter() if e.get("points") or e.get("d") or e.get("cx"))
            found.append((group.find(f"{SVG}title").text, *(outline.get(name) for name in ("points", "d", "cx", "cy"))))
    return ElementTree.fromstring(svg).get("viewBox"), found
