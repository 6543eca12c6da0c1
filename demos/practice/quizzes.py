"""Endless practice: small graphs, each with a gradient to work out, and a reason for every wrong answer.

>>> game = quiz(level="order", seed=1)
>>> game
question 1  (order, score 0 of 0)
  b = a + a; f = b * (b + 1)  at a = -3
  What is df/da?
  Answer with q.answer(number), where q = quiz(...); q.skip() shows the answer and moves on.
>>> game.answer("-22")
right: df/da = -22. 1 of 1. The next one:
...
>>> game.page(questions=5)
<QuizPage of 5 questions, level order, seed 1>
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from autograd import AutogradError, Value
from autograd.cli.command import graph_of
from autograd.explain.naming import names_for
from autograd.explain.phrases import Report, short, slope
from autograd.graph import Graph
from autograd.player.player import Page, Player
from autograd.player.questions import Question, drawn, picks, questions_about, tickets
from autograd.player.quiz import QuizPage
from autograd.stepper.guesses import Guess

from ..languages import told, tr
from ..languages.engine import told_lines
from .code import encode

__all__ = ["LEVELS", "Quiz", "play", "quiz"]

Made = tuple[str, list[str]]  # an expression, and the numbers for its names


def _pick(rng: Random, *choices: Any) -> Any:
    return choices[int(rng.random() * len(choices))]


def _small(rng: Random) -> int:
    """Return a whole number that is easy to compute with, and not 0."""
    return _pick(rng, -3, -2, -1, 1, 2, 3)


def _chain(rng: Random) -> Made:
    k, m = _pick(rng, 2, 3, -2), _small(rng)
    text = _pick(
        rng,
        f"({k}*a + {m})**2",
        f"b = {k}*a; c = b + {m}; c*c",
        f"b = a**2; c = {k}*b; c + {m}",
        f"(a + {m}) * {k} * {k}",
    )
    return text.replace("+ -", "- "), [f"a={_small(rng)}"]


def _reuse(rng: Random) -> Made:
    k = _small(rng)
    text = _pick(
        rng, f"a * a + {k}*a", "b = a * a; b * a", f"b = {k}*a; b*b + a", "(a + b) * a", "c = a * b; c + c * a"
    )
    names = ["a", "b"] if "b" in text and "b =" not in text else ["a"]
    return text.replace("+ -", "- "), [f"{name}={_small(rng)}" for name in names]


def _order(rng: Random) -> Made:
    k = _small(rng)
    text = _pick(
        rng,
        f"b = a + a; b * (b + {k})",
        f"b = a * a; (b + {k}) * b",
        f"b = a + {k}; c = b * b; c + b * c",
        "b = a + a; c = b + a; b * c",
    )
    return text.replace("+ -", "- "), [f"a={_small(rng)}"]


def _products(rng: Random) -> Made:
    text = _pick(rng, "a * b * c", "a * b + c * a", "(a + b) * (a + c)", "a * b - b * c", "(a - b) * c * a")
    return text, [f"{name}={_small(rng)}" for name in "abc"]


def _activation(rng: Random) -> Made:
    text = _pick(
        rng, "relu(a*b + c)", "relu(a) * b + relu(c)", "tanh(a*b + c)", "sigmoid(a*b) * c", "b = relu(a); c * b * b"
    )
    return text, [f"{name}={_small(rng)}" for name in "abc"]


def _softmax(rng: Random) -> Made:
    text = _pick(rng, "e = exp(a); e / (e + exp(b))", "-log(exp(a) / (exp(a) + exp(b)))", "log(exp(a) + exp(b)) - a")
    return text, [f"{name}={_pick(rng, 0, 1, 2, -1)}" for name in "ab"]


LEVELS: dict[str, Callable[[Random], Made]] = {
    "chain": _chain, "reuse": _reuse, "order": _order, "products": _products, "activation": _activation, "softmax": _softmax,
}  # fmt: skip


class Quiz:
    """A series of questions about graphs. Its methods return text to read; `code` is the score as a code for a
    teacher.

    place: where it is asked: in "code", at a "prompt", or on a "page", which has a field and a button.
    """

    place = "code"

    def __init__(self, f: Value | None, level: str, seed: int) -> None:
        self._f = f
        self.level = level
        self.seed = seed
        self.right = 0
        self.asked = 0
        self._streak = 0
        self._picks = picks(seed)
        self._graphs = _forever(f) if f is not None else _random(level, seed)
        self._last = -1
        self._next()

    def _next(self) -> None:
        self.root, self.text = next(self._graphs)
        self.graph: Graph = Graph(self.root, {self.root: "f", **names_for(self.root)})
        asked = questions_about(self.graph)
        self._last = drawn(tickets(asked), next(self._picks), self._last if self._f is not None else -1)
        self.question: Question = asked[self._last]
        self._attempts = 0

    def __repr__(self) -> str:
        lines = [
            tr("question {k}  ({level}, score {right} of {asked})", k=self.asked + 1, level=self.level, right=self.right,
               asked=self.asked),
            f"  {self._shown()}",
            f"  {told(self.question.text)}",
        ]  # fmt: skip
        if self.place == "code":
            lines.append(
                tr("  Answer with q.answer(number), where q = quiz(...); q.skip() shows the answer and moves on.")
            )
        if self.place == "prompt":
            lines.append(tr("  Type a number. skip shows the answer and moves on, quit leaves."))
        return "\n".join(lines)

    def _shown(self) -> str:
        leaves = [
            node for i, node in enumerate(self.graph.nodes) if not node.operands and self.graph.name(node) != f"v{i}"
        ]
        at = ", ".join(f"{self.graph.name(leaf)} = {short(leaf.data)}" for leaf in leaves)
        return tr("{formula}  at {numbers}", formula=self.text, numbers=at)

    def answer(self, guess: float | str) -> Report:
        """Say whether a number is right, to at least two digits, and if not, which mistake gives it."""
        slope, truth = self.question.slope, self.question.truth
        try:
            read = Guess(guess, self.graph)
        except AutogradError as error:
            return Report(told_lines(str(error)))
        if read.agrees(truth):
            self._attempts += 1
            first = self._attempts == 1
            self.asked += 1
            self.right += first
            self._streak = self._streak + 1 if first else 0
            at_first = tr("right: {slope} = {number}.", slope=slope, number=short(truth))
            later = tr("right at attempt {k}: {slope} = {number}.", k=self._attempts, slope=slope, number=short(truth))
            return self._on_from(f"{at_first if first else later} {self._score()}")
        if read.too_few_digits(truth):
            why = "close: {guess} is right as far as it goes, but give at least two digits."
            return Report(tr(why, guess=read.text))
        self._attempts += 1
        word = {"code": "q.skip()", "prompt": "skip"}.get(self.place)
        again = (
            tr("Try once more; {word} shows it.", word=word) if word and self._attempts > 2 else tr("Try once more.")
        )
        return Report(f"{self._reason(read)} {again}")

    def _reason(self, read: Guess) -> str:
        """Return which mistake gives a wrong number, in one line: quiz.js says the same on a page."""
        fitting = [(told(mistake), told(why)) for _, mistake, why in self.question.mistakes(read)]
        if len(fitting) == 1:
            ((mistake, why),) = fitting
            return tr("{guess} is what {mistake} gives: {why}.", guess=read.text, mistake=mistake, why=why)
        if fitting:
            each = [tr("{mistake} gives ({why})", mistake=mistake, why=why) for mistake, why in fitting]
            return tr("{guess} is what {mistakes}.", guess=read.text, mistakes=tr(" or ").join(each))
        slip = next((why for _, number, why in self.question.slips() if read.agrees(number)), "")
        return tr(
            "{guess} is not right: {why}.", guess=read.text, why=told(slip or "none of the usual mistakes gives it")
        )

    def skip(self) -> Report:
        """Show the answer and where it comes from, and move on. The question does not count as answered right."""
        self.asked += 1
        self._streak = 0
        asked = self.question
        text = told_lines(slope(asked.edge) if asked.edge else str(self.root.why(asked.node)))
        return self._on_from(f"{text}\n{self._score()}")

    def _on_from(self, text: str) -> Report:
        self._next()
        return Report(f"{text} {tr('The next one:')}\n{self!r}")

    def _score(self) -> str:
        if self._streak > 1:
            score = "{right} of {asked}, {streak} in a row."
            return tr(score, right=self.right, asked=self.asked, streak=self._streak)
        return tr("{right} of {asked}.", right=self.right, asked=self.asked)

    @property
    def code(self) -> str:
        """Level, seed and score as a short code that a teacher can read with `decode`."""
        return encode(self.level, self.seed, self.right, self.asked)

    def page(self, questions: int = 20) -> Page:
        """Return the same questions as a page that opens offline and needs no Python: `.save("quiz.html")` writes it.

        questions: how many it has; a page about a graph of your own goes on for ever.
        """
        if self._f is not None:
            return Player(self._f, start=f"#quiz={self.seed}", graph=self.graph)
        series = list[tuple[Question, str]]()
        again = Quiz(None, self.level, self.seed)
        for _ in range(questions):
            series.append((again.question, again._shown()))
            again._next()
        return QuizPage(series, self.level, self.seed)


def quiz(f: Value | None = None, *, level: str = "chain", seed: int = 0) -> Quiz:
    """Return questions about a graph of your own, or about random graphs of some level.

    f: the result of a graph; the questions are about its nodes. level: chain, reuse, order, products, activation or softmax.
    seed: everybody with the same seed gets the same questions. Raises ValueError for a level that does not exist.
    """
    if f is not None:
        return Quiz(f, "own", seed)
    if level not in LEVELS:
        raise ValueError(
            tr("there is no level {name}; the levels are {names}", name=repr(level), names=", ".join(LEVELS))
        )
    return Quiz(None, level, seed)


def _forever(f: Value) -> Iterator[tuple[Value, str]]:
    *before, last = (line for line in f.formula().splitlines() if not line.startswith("#"))
    text = "; ".join([*before, last if " = " in last else f"f = {last}"])
    while True:
        yield f, text


def _random(level: str, seed: int) -> Iterator[tuple[Value, str]]:
    rng = Random(f"{level} {seed}")
    while True:
        text, numbers = LEVELS[level](rng)
        *before, last = text.split("; ")
        try:
            root = graph_of(text, numbers)
        except AutogradError:  # the expression has no value at these numbers
            continue
        if level in ("activation", "softmax") or all(node.data for node in Graph(root).nodes):
            yield root, "; ".join([*before, f"f = {last}"])  # a 0 would make most slips right


def play(level: str, seed: int, read: Callable[[str], str] = input) -> int:
    """Ask questions in a terminal until the input ends or two lines in a row are empty; print the code at the end."""
    game = quiz(level=level, seed=seed)
    game.place = "prompt"
    print(game)
    empty = 0
    while empty < 2:
        try:
            text = read(tr("answer> ")).strip()
        except (EOFError, KeyboardInterrupt):
            print()
            break
        empty = 0 if text else empty + 1
        if text in ("quit", "exit"):
            break
        if text:
            print(game.skip() if text == "skip" else game.answer(text))
    print(tr("{right} of {asked}: your code is {code}", right=game.right, asked=game.asked, code=game.code))
    return 0
