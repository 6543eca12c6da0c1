"""The language that lessons, verdicts, quizzes and commands are told in: English, or one that has a folder here.

English is what the sources say. `tr` gives one of these sentences in the language in use, from a catalogue:
languages/ru/slope.po has those of lesson 0. A sentence that no catalogue has stays English, as all errors of the engine do.
Code and numbers are the same in every language.

    >>> with using("ru"):
    ...     tr("there is no exercise {name}", name="slope")
    'there is no exercise slope'
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from .catalogue import Catalogue
from .paragraphs import has_words, replaced

__all__ = ["LANGUAGES", "chosen", "language", "listening", "reading", "told", "tr", "tr_prose", "use", "using", "whole"]

FOLDER = Path(__file__).parent
LANGUAGES = ("en", *sorted({path.parent.name for path in FOLDER.glob("*/*.po")}))
VARIABLE = "AUTOGRAD_LANG"  # the environment variable that chooses one

_language = "en"
_page = ""  # the lesson that is being run, whose catalogue is asked first
_listener: Callable[[str, str, bool], None] | None = None  # set by a tool that collects the texts that are looked up


def tr(english: str, /, **fields: object) -> str:
    """Return a sentence in the language in use, with its fields filled in: what they hold is not translated."""
    sentence = _in_use(english) or english
    return sentence.format(**fields) if fields else sentence


def told(text: str) -> str:
    """Return a text that was computed, such as a label with a number in it, in the language in use."""
    if not has_words(text):
        return text
    if _listener:
        _listener(_page, text, True)
    if _language == "en":
        return text
    return _catalogue(_language).matched(text, _page) or text


def _in_legend(sentence: str) -> str:
    """Return a sentence under a graph in the language in use; the commas in its numbers are English."""
    if _language == "en":
        return sentence
    said = _catalogue(_language).matched(sentence, "practice") or sentence  # the catalogue with engine.LEGENDS
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", said)


def tr_prose(text: str) -> str:
    """Return paragraphs of Markdown in the language in use; code stays as it is, and so does a formula by itself."""
    return text if _language == "en" else replaced(text, lambda paragraph: _in_use(paragraph) or paragraph)


def whole(number: int) -> str:
    """Write a whole number in prose. English separates thousands with commas; elsewhere these would be decimal commas.

    >>> whole(12345), whole(1797)
    ('12,345', '1,797')
    >>> with using("ru"):
    ...     whole(1797)
    '1797'
    """
    return f"{number:,}" if _language == "en" else str(number)


def _in_use(english: str) -> str:
    if _listener:
        _listener(_page, english, False)
    return "" if _language == "en" else _catalogue(_language).exact(english, _page)


@cache
def _catalogue(name: str) -> Catalogue:
    return Catalogue(FOLDER / name)


# --- Which one is in use -----------------------------------------------------------------------------------


def language() -> str:
    """Return the language in use, such as "ru"."""
    return _language


def use(name: str) -> None:
    """Tell everything in a language from now on. Raises ValueError if there is no such language."""
    global _language
    if name not in LANGUAGES:
        raise ValueError(f"want one of the languages {', '.join(LANGUAGES)}, got {name!r}")
    _language = name
    with suppress(ImportError):  # if the engine is missing, the command line says so in this language
        from autograd.drawing import legend
        from autograd.player import words

        words.language, words.translation, words.computed = name, tr, told
        legend.translation = _in_legend


@contextmanager
def using(name: str) -> Iterator[None]:
    """Tell everything in a language for as long as the block lasts."""
    before = _language
    use(name)
    try:
        yield
    finally:
        use(before)


@contextmanager
def reading(page: str) -> Iterator[None]:
    """While a lesson runs, its own catalogue is asked first."""
    global _page
    before, _page = _page, page
    try:
        yield
    finally:
        _page = before


@contextmanager
def listening(listener: Callable[[str, str, bool], None]) -> Iterator[None]:
    """During the block, call a function for each text that is looked up: page, text, and whether it was computed."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


def chosen(text: str) -> str:
    """Return the language that a setting names, as "ru" or "ru_RU.UTF-8" do; "" if it is not one of ours."""
    name = text.partition(".")[0].partition("_")[0].lower()
    return name if name in LANGUAGES else ""


if chosen(os.environ.get(VARIABLE, "")) not in ("", "en"):
    use(chosen(os.environ[VARIABLE]))
