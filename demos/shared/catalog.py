"""The demos, and what they say about themselves. A demo is a page of cells in a folder of demos/, or a file that
defines `main`.

The first line of a docstring, or of a page's first cell, is the question that a demo answers. Nothing is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

__all__ = ["BACKENDS", "DEMOS", "LESSONS", "Demo", "demo_of", "demos_in", "find", "nearest"]

_FOLDER = Path(__file__).parents[1]
_PACKAGE = __name__.partition(".")[0]  # demos in a checkout, scalar_autograd where it is installed
LESSONS = ("0", "53", "53b", "55", "54", "52", "56", "51", "7")  # the lessons, in teaching order
BACKENDS = ("auto", "python", "c", "eager")  # those of compile(), and "eager"


class Demo(NamedTuple):
    """A file to run. lesson: its number in the list of questions the project grew from, "" if it is not a lesson.

    takes: the parameters of its main; a page of cells takes what its cells ask for, so here it has none.
    has_stepper: whether you can step through its training, phase by phase.
    """

    path: Path
    question: str
    lesson: str
    russian: str
    takes: tuple[str, ...]
    has_stepper: bool = False

    @property
    def name(self) -> str:
        return (self.path.parent if self.path.stem == "__init__" else self.path).stem

    @property
    def reads_flags(self) -> bool:
        """Whether it reads the command line itself: main(arguments)."""
        return self.takes == ("arguments",)

    @property
    def is_page(self) -> bool:
        """Whether it is a page of cells."""
        return not self.takes

    @property
    def module(self) -> str:
        """What is imported to run it, unless it is a page."""
        return ".".join((_PACKAGE, *self.path.relative_to(_FOLDER).with_suffix("").parts)).removesuffix(".__init__")


def demos_in(folder: Path) -> tuple[Demo, ...]:
    """List the demos in a folder's folders: models, lessons in teaching order, then those that read their own flags."""
    found = filter(None, map(demo_of, folder.glob("*/*.py")))
    return tuple(sorted(found, key=lambda demo: (demo.reads_flags, _place(demo.lesson), demo.name)))


def _place(lesson: str) -> int:
    return 0 if not lesson else LESSONS.index(lesson) + 1 if lesson in LESSONS else len(LESSONS) + 1


def demo_of(path: Path) -> Demo | None:
    """Return what a file says about itself, or None if it is not a page of cells and defines no main."""
    source = path.read_text(encoding="utf-8")
    if source.startswith("# %%"):
        prose = re.sub(r"(?m)^# ?", "", source.split("\n# %%")[0])
        title, number = re.search(r"(?m)^# (.+)", prose), re.search(r"Lesson (\w+)[.,]", prose)
        russian = re.search(r"(?m)^\*(.+)\*$", prose)
        return Demo(path, title[1] if title else "", number[1] if number else "", russian[1] if russian else "", ())
    signature = re.search(r"^def main\((.*?)\) ->", source, re.MULTILINE | re.DOTALL)
    if signature is None:
        return None
    first = re.match(r'"""(.+)', source)
    takes = tuple(re.findall(r"(\w+): ", signature[1]))
    return Demo(path, first[1].rstrip('."') if first else "", "", "", takes, "\ndef stepper(" in source)


DEMOS = demos_in(_FOLDER)


def find(text: str) -> Demo | None:
    """Return the demo with that name, or with that lesson's number."""
    return next((demo for demo in DEMOS if text in (demo.name, demo.lesson or demo.name)), None)


def nearest(text: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """Return the name that was probably meant, for an unknown one; empty if none is at least so much like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, [*names], 1, likeness)), "")
