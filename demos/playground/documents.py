"""The documents of the page, as data: a workbench to start on, the lessons with their questions and exercises, a quiz,
and two moons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograd import Value
from autograd.player import Player

from ..exercises import exercises_of
from ..exercises.files import starting
from ..languages import reading, tr, tr_prose
from ..practice import QUESTIONS
from ..shared.catalog import DEMOS, Demo
from ..shared.page import Cell, read
from ..shared.report import markdown, markdown_line, question_form

__all__ = ["documents", "emblem"]

_STARTERS = Path(__file__).parent / "starters"
_LONG = 32  # a cell with more lines of code is closed at first


def emblem() -> str:
    """Return a page that plays backprop on the graph in which every classic mistake shows."""
    a = Value(1.0, label="a")
    b = a + a
    b.label = "b"
    f = b * (b + 1)
    f.label = "f"
    return str(Player(f).html)


def documents() -> list[dict[str, Any]]:
    """Return all documents. Each has a name, a title, perhaps a lesson's number, cells, and a list of things to do."""
    lessons = [_lesson(demo) for demo in DEMOS if demo.lesson]
    return [_starter("bench", tr("Bench")), *lessons, _starter("moons", tr("Training, live: two moons")), _quiz()]


def _starter(name: str, title: str) -> dict[str, Any]:
    cells = [_code(cell) if cell.code else _prose(cell.prose) for cell in read(_STARTERS / f"{name}.py")]
    return {"name": name, "title": title, "lesson": "", "cells": cells, "todo": []}


def _quiz() -> dict[str, Any]:
    text = tr(
        "An endless series of questions. Everybody with the same level and seed gets the same questions; the code "
        "is for the teacher."
    )
    return {"name": "quiz", "title": tr("Quiz"), "lesson": "", "cells": [_prose(text), {"quiz": True}], "todo": []}


def _lesson(demo: Demo) -> dict[str, Any]:
    with reading(demo.name):
        cells = [part for cell in read(demo.path) for part in _parts(cell, demo)]
        title = tr(demo.question)
    cells += [{"code": starting(one), "exercise": _exercise(one)} for one in exercises_of(demo.lesson)]
    todo = [cell["name"] for cell in cells if "name" in cell] + [one.name for one in exercises_of(demo.lesson)]
    return {"name": demo.name, "title": title, "lesson": demo.lesson, "cells": cells, "todo": todo}


def _parts(cell: Cell, demo: Demo) -> Iterator[dict[str, Any]]:
    if cell.prose:
        head = (f"# {demo.question}", f"*{demo.russian}*")  # the page itself shows these
        yield _prose("\n".join(line for line in cell.prose.split("\n") if line not in head))
    elif cell.only_calls("predict"):
        for name in re.findall(r'predict\("(\w+)"', cell.code):
            yield {"name": name, "html": question_form(*QUESTIONS[name].asked())}
    else:
        yield _code(cell)


def _prose(text: str) -> dict[str, Any]:
    told = tr_prose(text.strip())
    return {"text": told, "html": _linked(markdown(told))}


def _code(cell: Cell) -> dict[str, Any]:
    prepares = cell.prepares or cell.code.count("\n") > _LONG
    folded = tr("How the next picture is made") if cell.draws else tr("What is prepared first") if prepares else ""
    return {"code": cell.code, **({"folded": folded} if folded else {})}


def _exercise(one: Any) -> dict[str, Any]:
    return {
        "name": one.name,
        "level": tr(one.level),
        "minutes": one.minutes,
        "html": _linked(markdown_line(tr(one.statement))),
    }


def _linked(html: str) -> str:
    """Turn links between the lessons' pages into addresses of this page."""
    return re.sub(r'href="\.\./(\w+)/index\.html"', r'href="#lesson=\1"', html)
