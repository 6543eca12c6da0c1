"""Spell out characters that a font lacks, so that no reader sees a box or a question mark instead.

>>> spelled("ice \N{SNOWFLAKE}\N{VARIATION SELECTOR-16} cream", is_emoji)
'ice [snowflake] cream'
"""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import category, combining, name

__all__ = ["has_no_font", "is_emoji", "spelled"]

JOINERS = "\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-15}\N{VARIATION SELECTOR-16}"
SCRIPTS = (  # how the names of letters begin that the fonts have
    "LATIN", "GREEK", "CYRILLIC", "HEBREW", "MICRO", "FEMININE", "MASCULINE", "MODIFIER", "SUPERSCRIPT", "DOUBLE",
)  # fmt: skip
PICTURES = ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0x1F000, 0x1FAFF))


def is_emoji(letter: str) -> bool:
    """Return whether a character is an emoji, or joins emoji: most text fonts lack these."""
    return letter in JOINERS or any(first <= ord(letter) <= last for first, last in PICTURES)


def has_no_font(letter: str) -> bool:
    """Return whether the fonts inside graphviz-pure lack a letter, such as that of a Chinese or Arabic word.

    >>> [has_no_font(letter) for letter in "aж重"]
    [False, False, True]
    """
    return not letter.isascii() and letter.isalpha() and not name(letter, "").startswith(SCRIPTS)


def spelled(text: str, missing: Callable[[str], bool]) -> str:
    """Spell out the missing characters in some text: emoji by name, others by number."""
    return text if not any(map(missing, text)) else "".join(_spelled(c) if missing(c) else c for c in text)


def _spelled(letter: str) -> str:
    if letter in JOINERS or combining(letter):
        return ""
    if category(letter) in ("So", "Sk"):
        return f"[{name(letter, f'U+{ord(letter):04X}').lower()}]"
    return f"U+{ord(letter):04X}"
