"""Names for generated code: identifiers that are valid in every language, and unique where they are used.

>>> namer = Namer({"out"})
>>> namer.name("out"), namer.name("xs"), namer.name("xs"), namer.name("größe")
('out_2', 'xs', 'xs_2', 'gr_e')
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Namer", "identifier", "words"]


def identifier(text: str) -> str:
    """Turn a text into an identifier of ASCII letters, digits and single underscores."""
    name = re.sub(r"[\W_]+", "_", text, flags=re.ASCII).strip("_") or "value"
    return f"n{name}" if name[0].isdigit() else name


def words(*templates: str) -> set[str]:
    """Return the identifiers in templates, without their placeholders and comments."""
    return {word for text in templates for word in re.findall(r"[^\W\d]\w*", re.sub(r"\{\w*\}|#.*", " ", text))}


class Namer:
    """A source of identifiers: a new one for every name, which it has not used before and which is not `taken`."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def name(self, wanted: str) -> str:
        base = identifier(wanted)
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        return name

    def names(self, wanted: Iterable[str]) -> dict[str, str]:
        return {name: self.name(name) for name in wanted}
