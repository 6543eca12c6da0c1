"""Paragraphs of Markdown, as they are translated: each is a line of text, without the mark of a heading, item or cell.

A formula by itself and code do not count as words; numbers and code inside a sentence belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

__all__ = ["has_words", "paragraphs", "replaced"]

_NO_WORDS = r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|[\w.]+\([\w.()]*|[\w.]*[_\d][\w.()]*|\w+/\w+"
_CODE = "```"


def has_words(text: str) -> bool:
    """Return whether there is anything to translate in a text: a word of three English letters that is not code.

    >>> has_words("`x` is 3"), has_words("the slope"), has_words("dL/dw = y_hat"), has_words("$a$")
    (False, True, False, False)
    """
    if re.search("[А-я]", text):
        return False  # the Russian line below a lesson's title, or what is translated already
    if text.startswith("$$"):
        return r"\text{" in text
    return bool(re.search(r"(?<![^\W_])[A-Za-z]{3,}(?![^\W_])", re.sub(_NO_WORDS, " ", text)))


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs with words, each on one line.

    >>> list(paragraphs("# A slope\\n\\nIt is\\nsteep.\\n\\n- one item,\\n  as long\\n- $x$\\n\\n    code = here"))
    ['A slope', 'It is steep.', 'one item, as long']
    """
    found: list[str] = []
    replaced(text, lambda paragraph: found.append(paragraph) or paragraph)
    yield from found


def replaced(text: str, change: Callable[[str], str]) -> str:
    """Return the text with every paragraph that has words changed.

    >>> replaced("# A slope\\n\\nIt is\\nsteep.", str.upper)
    '# A SLOPE\\n\\nIT IS STEEP.'
    """
    out: list[str] = []
    for mark, paragraph in _pieces(text):
        words = " ".join(paragraph.split())
        if mark == "|":
            cells = [cell.strip() for cell in words.strip("| ").split(" | ")]
            out.append("| " + " | ".join(change(cell) if has_words(cell) else cell for cell in cells) + " |")
        elif mark == _CODE or not has_words(words):
            out.append(mark.replace(_CODE, "") + paragraph)
        else:
            out.append(mark + change(words))
    return "\n".join(out)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Return pairs of a mark and the paragraph after it, or code as it is; an empty line is an empty paragraph."""
    mark, lines, fenced = "", list[str](), False
    for line in text.split("\n"):
        fence = line.strip().startswith("```")
        heading = re.match(r"(#{1,3} )(.*)", line)
        item = re.match(r"( *(?:- |\d+\. ))(.*)", line)
        if item and lines and item[1].strip() != "-" and not mark.strip()[:1].isdigit():
            item = None  # a number that happens to begin a line of a paragraph
        code = fenced or fence or re.match(r" {4,}", line) or re.match(r"\|[-| :]+\|$", line)
        fenced ^= fence
        if lines and (not line.strip() or code or heading or item or line.startswith("| ")):
            yield mark, "\n".join(lines)
            lines = []
        if code or not line.strip():
            yield _CODE, line
        elif heading:
            yield heading[1], heading[2]
        elif line.startswith("| "):
            yield "|", line
        else:
            if not lines:
                mark = item[1] if item else ""
            lines.append(item[2] if item else line.strip())
    if lines:
        yield mark, "\n".join(lines)
