"""Catalogues of translations: .po files, as in gettext and the editors made for it, read by a few lines of code.

    #, python-brace-format
    msgid "want {wanted}, got {got}"
    msgstr "нужно {wanted}, получено {got}"

An entry marked python-brace-format has fields; in any other a brace is a brace. One that is marked fuzzy was translated
from another English sentence, which is written above it after `#|`; until somebody has looked at it, English is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .paragraphs import has_words

__all__ = ["Catalogue", "Entry", "fields_of", "read", "written"]

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_FIELD = re.compile(r"\{(\w+)\}")
_IN_PLAYERS = ("player", "practice")  # a lesson has players, and they say what a quiz says


class Entry(NamedTuple):
    """One sentence. named: whether it has fields. before: the English that a fuzzy translation was made from."""

    english: str
    translated: str = ""
    named: bool = False
    before: str = ""

    @property
    def ready(self) -> bool:
        return bool(self.translated) and not self.before


def read(path: Path) -> list[Entry]:
    """Return the entries of a .po file, in its order.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "one.po")
    ...     _ = path.write_text(written([Entry("a {b}", "б {b}", named=True)]), encoding="utf-8")
    ...     read(path)
    [Entry(english='a {b}', translated='б {b}', named=True, before='')]
    """
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
    entries = [_entry(block) for block in blocks if re.search(r"(?m)^msgid ", block)]
    return [entry for entry in entries if entry.english]  # the one without English is gettext's header


def _entry(block: str) -> Entry:
    said = {"msgid": "", "msgstr": "", "#| msgid": ""}
    flags, key = "", ""
    for line in block.splitlines():
        begins = re.match(r"(msgid|msgstr|#\| msgid) (?=\")", line)
        if begins:
            key = begins[1]
        elif line.startswith("#,"):
            flags += line
        quoted = re.fullmatch(r'[^"]*"(.*)"', line)
        if key and quoted and (begins or line.startswith('"')):
            said[key] += re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), quoted[1])
    return Entry(said["msgid"], said["msgstr"], "python-brace-format" in flags, said["#| msgid"])


def written(entries: Iterable[Entry]) -> str:
    """Return the text of a .po file with these entries."""
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    return "\n".join([header, *map(_block, entries)])


def _block(entry: Entry) -> str:
    flags = [flag for flag, on in (("fuzzy", entry.before), ("python-brace-format", entry.named)) if on]
    lines = [f"#, {', '.join(flags)}"] if flags else []
    lines += [f'#| msgid "{_escaped(entry.before)}"'] if entry.before else []
    lines += [f'msgid "{_escaped(entry.english)}"', f'msgstr "{_escaped(entry.translated)}"', ""]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def fields_of(template: str) -> list[str]:
    """Return the names of its fields, in order."""
    return _FIELD.findall(template)


class Catalogue:
    """What the .po files of a folder say. A page asks its own file first."""

    def __init__(self, folder: Path) -> None:
        self.pages = {path.stem: [one for one in read(path) if one.ready] for path in sorted(folder.glob("*.po"))}
        self._all: dict[str, str] = {}
        for entries in self.pages.values():
            for entry in entries:
                self._all.setdefault(entry.english, entry.translated)
        self._own = {page: {one.english: one.translated for one in entries} for page, entries in self.pages.items()}
        self._patterns: dict[str, list[tuple[re.Pattern[str], str]]] = {}

    def exact(self, english: str, page: str = "") -> str:
        """Return the translation of a sentence, or ""."""
        return self._own.get(page, {}).get(english) or self._all.get(english, "")

    def matched(self, text: str, page: str = "") -> str:
        """Return the translation of a computed text: of the sentence itself, or of its template, or "".

        If several templates match, the one with the most letters of its own is taken. Fields are translated too.
        """
        exact = self.exact(text, page)
        if exact:
            return exact
        for pattern, translated in self._templates(page):
            found = pattern.fullmatch(text)
            if found:
                held = {name: self.matched(value, page) or value for name, value in found.groupdict().items()}
                return translated.format(**held)
        within = text
        for pattern, translated in self._templates(page):
            if pattern.pattern.startswith("\\("):  # a sentence in parentheses is also looked for inside lines
                within = pattern.sub(lambda found, to=translated: to.format(**found.groupdict()), within)
        return within if within != text else ""

    def _templates(self, page: str) -> list[tuple[re.Pattern[str], str]]:
        if page not in self._patterns:
            named = [
                entry for entry in self._of(page) if entry.named and (page or has_words(_FIELD.sub("", entry.english)))
            ]
            named.sort(key=lambda entry: -len(_FIELD.sub("", entry.english)))
            self._patterns[page] = [(_pattern(entry.english), entry.translated) for entry in named]
        return self._patterns[page]

    def _of(self, page: str) -> Iterator[Entry]:
        if page in self.pages:
            yield from self.pages[page]
        for name, entries in self.pages.items():
            if not page or (page in self.pages and name in _IN_PLAYERS and name != page):
                yield from entries


def _pattern(template: str) -> re.Pattern[str]:
    pieces, seen = [], set[str]()
    for k, piece in enumerate(_FIELD.split(template)):
        if k % 2:
            some = "[^:]+?" if piece in ("name", "operand", "guess") else ".+?"  # a name has no colon in it
            pieces.append(f"(?P={piece})" if piece in seen else f"(?P<{piece}>{some})")
            seen.add(piece)
        else:
            pieces.append(re.escape(piece))
    return re.compile("".join(pieces), re.DOTALL)
