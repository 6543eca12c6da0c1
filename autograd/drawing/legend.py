"""The lines that explain a picture: uncommon symbols, names that the engine gave, and numbers that count things.

>>> from autograd import Value, logsumexp
>>> from autograd.drawing.build import build_picture
>>> from autograd.graph import Graph
>>> f = logsumexp([Value(1.0, label="a"), Value(2.0, label="b")]) * 2
>>> explained(build_picture(Graph(f)))
['lse: logsumexp; v2: a value without a name, third in the order of execution']
"""

from __future__ import annotations

from collections.abc import Callable

from .picture import FOLDED, Box, Picture, kind_of

__all__ = ["COLOURS", "explained", "symbols", "title_of", "told", "translation"]

COLOURS = "orange: gradient above 0, blue: below 0; wide arrow: a large gradient flows back"

translation: Callable[[str], str] = str  # translates each sentence of a legend; may be replaced

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
PLAIN = ("+", "-", "*", "/", "**", "sum")


def told(line: str) -> str:
    """Write a line of a legend as it is shown: its sentences, separated by semicolons, each in the language in use."""
    return "; ".join(map(translation, line.split("; ")))


def title_of(box: Box) -> str:
    """Return the name of a box, or what it holds if it has none."""
    kinds = {kind_of(node) for node in box.nodes}
    return box.name or ("inputs and parameters" if kinds == {"input", "parameter"} else f"{box.kind}s")


def explained(picture: Picture) -> list[str]:
    """Write the lines that explain everything in a picture except the user's names and common signs."""
    words = [*symbols(picture), *_unnamed(picture), *_counts(picture)]
    return ["; ".join(words)] if words else []


def symbols(picture: Picture) -> list[str]:
    """Write the names of the operations whose symbols do not say them."""
    return [*dict.fromkeys(f"{box.symbol}: {box.node.op.name}" for box in picture.boxes if _is_short(box))]


def _is_short(box: Box) -> bool:
    """Return whether the name of a box's operation does not begin with its symbol."""
    is_own = bool(box.symbol) and not box.terms and box.inner is None
    return is_own and box.symbol not in PLAIN and not box.node.op.name.startswith(box.symbol)


def _unnamed(picture: Picture) -> list[str]:
    index = picture.graph.index
    for box in picture.boxes:
        if box.node is not None and box.name == f"v{index[box.node]}":
            at = index[box.node]
            place = ORDINALS[at] if at < len(ORDINALS) else f"number {at + 1:,}"
            return [f"{box.name}: a value without a name, {place} in the order of execution"]
    return []


def _counts(picture: Picture) -> list[str]:
    """Explain the count in a folded box."""
    for box in picture.boxes:
        if box.kind in FOLDED:
            word, number = next(iter(box.facts()), ("", ""))
            if number.replace(",", "").isdecimal():
                return [f"{word} {number}: how many are in that box"]
    return []
