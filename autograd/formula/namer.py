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
    """A source of identifiers: a new one for every name, which it has not used before and which is not `taken`.

    prefix: names that begin with it are reserved, too: with "d_", d_x for x.
    """

    def __init__(self, taken: Iterable[str] = (), prefix: str = "") -> None:
        self.taken = set(taken)
        self.prefix = prefix
        self._counts: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        return self.unique(identifier(wanted))

    def unique(self, base: str) -> str:
        name = base
        while {name, self.prefix + name} & self.taken:
            self._counts[base] = self._counts.get(base, 1) + 1
            name = f"{base}_{self._counts[base]}"
        self.taken |= {name, self.prefix + name}
        return name

    def names(self, wanted: Iterable[str]) -> dict[str, str]:
        return {name: self.name(name) for name in wanted}
