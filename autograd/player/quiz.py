"""A page with a series of questions, each about a graph of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..drawing import build_drawing
from ..drawing.dot import DotWriter
from ..drawing.output import CELL
from ..explain.phrases import counted
from . import words
from .js_rules import rules
from .layout import views
from .player import Page, described, page, write_page
from .questions import Question, written

if TYPE_CHECKING:
    import os

    from ..drawing.digraph import Drawing

__all__ = ["QuizPage"]


class QuizPage(Page):
    """A page with a series of questions, each about a graph of its own: it needs no Python, no network, no server.

    series: the questions, each with the text above its graph. level and seed are for the code of the score.
    """

    def __init__(self, series: Sequence[tuple[Question, str]], level: str, seed: int) -> None:
        self.series = list(series)
        self.level = level
        self.seed = seed

    def __repr__(self) -> str:
        return f"<QuizPage of {counted(len(self.series), 'question')}, level {self.level}, seed {self.seed}>"

    @property
    def html(self) -> str:
        """Return the page as text."""
        rounds = [
            {"graph": described(question.graph), "views": views(question.graph), "note": note,
             "quiz": {"level": self.level, "questions": [written(question)], "tickets": [0]}}
            for question, note in self.series
        ]  # fmt: skip
        nodes = [node for question, _ in self.series for node in question.graph.nodes]
        data = {**rounds[0], "start": f"#quiz={self.seed}", "network": None, "rounds": rounds, "seed": self.seed}
        return page(self._heading(), data, rules(nodes))

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the page, and return its path. Raises ToolError if it cannot be written."""
        return write_page(path, self.html)

    def _heading(self) -> str:
        return words.said("Quiz: {level}", level=self.level)

    def _still(self) -> Drawing:
        return build_drawing(self.series[0][0].graph, DotWriter, page=CELL, deadline=3.0)
