"""The text of a page: English, unless a translation is set.

The text in player.html is read from there. The script's sentences are listed here, with a name in braces for each
number or name that the script fills in. They all pass through `translation`, which a translator replaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

__all__ = ["in_other_words", "language", "said", "sentences", "table", "translation"]

# If several sentences begin alike, the script takes the longest that fits. A sentence in parentheses is also looked for
# inside a line.
SENTENCES = (
    # the position
    "{low} to {high}",
    "operation {count} of {all}", "edge {count} of {all}", "operation {place}", "edge {place}", "[operation {place}] {edge}",
    "[edge {place}] {edge}", "Play", "Pause",
    "forward pass of {name}: {count} operation", "forward pass of {name}: {count} operations",
    "Each value is computed when all its operands are there.",
    "backprop of {name}: {count} edge", "backprop of {name}: {count} edges",
    "Each edge passes partial * upstream to one operand, which adds up what it receives.",
    # a step
    "partial", "upstream", "source", "(operand {k} of {all})", "(operand {k})",
    "{slope}, other operand held, = {rest}", "{slope}, other operands held, = {rest}",
    "{sum}   now {now}   (was {was})",
    "{name} is complete", "{name} is NOT complete: {count} more to come",
    "moving on to {name} now would give {wrong} or {other}, not {right}", "moving on to {name} now would give {wrong}, not {right}",
    # guesses
    "{name} = {operation}. What is its data?", "Edge {k}: {edge}. What does it add to {name}?",
    "Type a number, or something like 3 * (1 - 0.5)", "{guess} is right", "not {guess}", "not {guess}: look at the sign",
    "not {guess}: give at least two digits",
    # the quiz
    "What is {slope}?", "What is the partial {slope}?", "question {k}", "question {k} of {all}",
    "right: {slope} = {number}.", "right at attempt {k}: {slope} = {number}.", "{slope} = {number}.",
    "{right} of {asked}.", "{right} of {asked}, {streak} in a row.", "score {right} of {asked}",
    "close: {guess} is right as far as it goes, but give at least two digits.",
    "{guess} is what {mistake} gives: {why}.", "{mistake} gives ({why})", " or ", "{guess} is what {mistakes}.",
    "{guess} is not right: {why}.", "none of the usual mistakes gives it", "Try once more.",
    "Try once more; Show has the answer, and where it comes from.", "That was the last question.",
    "Your code, for your teacher: {code}", "Quiz: {level}",
    # values
    "not computed yet", "not reached", "{grad} (seed)", "{grad}, NOT complete: {count} more to come", "Close", "Chosen value",
    "Partials", "Paths", "and {count} more", "{count} more: find one by name, or click it", "{name}, slider",
    "{name} = {operation} has no finite value: {numbers}",
    "{slope} = 1: it is the result itself", "{slope} is a sum over {paths}", "{slope} is a sum over {paths}, the {count} largest of them:",
    "{count} path", "{count} paths", "about {count} paths", "  the other {paths}    together {sum}", "  total {sum}",
    # the drawing
    "{count} more", "{name}: open this module", "Open or close this module",
    "Draw everything, or only as much as can be read", "values", "inputs", "inputs and parameters", "result", "parameters", "constants",
    "{count} constants",
    "The graph of {name}, {count}. {step}. The list has all numbers.", "{count} value", "{count} values",
    "grey dashed: not computed yet. Number on an arrow: partial, the slope of that one operation",
    "number on an arrow: partial, the slope of that one operation. Orange: gradient above 0, blue: below 0; wide: a large gradient "
    "flows back; dashed: to come; …: more to come",
    "×n: n alike, the one at work is shown",
    "{name}: a value without a name, {place} in the order of execution", "{word} {count}: how many are in that box",
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "number {k}",
    "{names} changed after {name} was computed: here everything is recomputed.",
    # the network
    "through more operations", "The network of {name}: {count}. {step}. The list has all numbers.",
    "{count} dot", "{count} dots",
    "line: weight; number in a dot: its output; square at a dot: its bias. Orange: above 0, blue: below 0; point at a dot for its "
    "arithmetic, or click it",
    "line: gradient of a weight, once it is reached; colour of a dot: its gradient. Orange: above 0, blue: below 0; point at a dot "
    "for its arithmetic, or click it",
    # training
    "update {k}", "update {k}: loss {loss}", "(a different graph from this one)", "Loss over {count}; {step}",
    "{count} update", "{count} updates", "The picture of update {k}", "{rows} by {columns} numbers as colours",
    "recorder.step(loss) came after the optimizer's step, so these numbers are from after the update.",
    # titles of pages
    "backprop of {name}", "training of {name}", "training: {name}", "training film",
)  # fmt: skip

# What player.html shows: the text between two tags, and the values of some attributes.
_SHOWN = re.compile(
    r'(?<=>)([^<>{}#]*[A-Za-z]{2}[^<>{}]*)(?=<)|(?<= title=")([^"{}]+)|(?<= aria-label=")([^"]+)|(?<= placeholder=")([^"]+)'
)


def _as_it_is(sentence: str) -> str:
    return sentence


language = "en"  # HTML's name for the character
translation: Callable[[str], str] = _as_it_is
computed: Callable[[str], str] = _as_it_is  # translates a sentence with its fields filled in


def said(sentence: str, **fields: object) -> str:
    """Return a sentence of the list, translated, with its fields filled in."""
    return translation(sentence).format(**fields)


def sentences(html: str) -> list[str]:
    """List everything that may have to be translated: the text in a page's HTML, and the sentences of its script."""
    return list(dict.fromkeys([*(_bare(found[0]) for found in _SHOWN.finditer(html)), *SENTENCES]))


def _bare(text: str) -> str:
    return unescape(text).strip()


def in_other_words(html: str) -> str:
    """Translate all the text in the HTML of a page."""

    def other(found: re.Match[str]) -> str:
        sentence = _bare(found[0])
        translated = translation(sentence)
        return found[0] if translated == sentence else found[0].replace(found[0].strip(), escape(translated))

    return _SHOWN.sub(other, html).replace('<html lang="en">', f'<html lang="{language}">', 1)


def table() -> list[list[str]]:
    """Return the sentences that have a translation, each with its translation, for the script."""
    return [[one, other] for one in SENTENCES if (other := translation(one)) != one]
