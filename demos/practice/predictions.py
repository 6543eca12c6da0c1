"""Predictions: `predict("dL_dw", -5)` says whether a guess is right, and if not, which slip gives that number.

    @question("53", "How fast does L grow with w: dL/dw = ?")
    def dL_dw(slip):
        error = 1 * 2 + 0.5 - 5
        if slip("the last factor, x = 2, is missing"):
            return 2 * error
        return 2 * error * 2

Like an exercise, a question is a reference solution with slips: the right answer is computed, and so is each wrong one
that has a name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from ..exercises.exercise import LESSONS, Slips, did_you_mean
from ..languages import tr
from ..shared.page import asked

__all__ = ["QUESTIONS", "Question", "predict", "question", "questions_of"]

Answer = float | str
QUESTIONS: dict[str, Question] = {}
_CLOSE = 0.005  # a guess may be off by half a percent


class Question(NamedTuple):
    """One question. choices: the words to choose from, if the answer is not a number. reason: shown with a right answer."""

    name: str
    lesson: str
    text: str
    reference: Callable[[Slips], Answer]
    choices: tuple[str, ...]
    reason: str

    @property
    def answer(self) -> Answer:
        return self.reference(Slips())

    def slips(self) -> list[tuple[Answer, str]]:
        """Return the wrong answers that have a name, each with its sentence: first those from a single slip, then those
        from two at once."""
        asking = Slips()
        self.reference(asking)
        found: list[tuple[Answer, str]] = []
        for count in (1, 2):
            known = list(found)
            for made in combinations(asking.asked, count):
                wrong, why = self.reference(Slips(made)), tr("; and ").join(map(tr, made))
                if _same(wrong, self.answer) or any(_same(wrong, other) for other, _ in known):
                    continue
                at = next((k for k, (other, _) in enumerate(found) if _same(wrong, other)), None)
                if at is None:
                    found.append((wrong, why))
                elif count == 1 and why not in found[at][1]:
                    found[at] = found[at][0], tr("{why}; or {other}", why=found[at][1], other=why)
        return found

    def asked(self) -> tuple[str, list[str], str, str, list[tuple[str, str]]]:
        """Return what a page needs to ask the question: text, choices, answer, reason, and the wrong answers that have
        a name."""
        slips = [(_shown(wrong), why) for wrong, why in self.slips()]
        reason = tr(self.reason) if self.reason else ""
        return tr(self.text), [tr(word) for word in self.choices], _shown(self.answer), reason, slips

    def verdict(self, guess: Any) -> tuple[bool, str]:
        """Return whether a guess is right, and a sentence about it."""
        read = self._read(guess)
        if read is None:
            wanted = tr("one of {words}", words=", ".join(map(tr, self.choices))) if self.choices else tr("a number")
            return False, tr("want {wanted}, got {got}", wanted=wanted, got=repr(guess))
        if _same(read, self.answer):
            return True, tr(
                "right: {answer}. {reason}", answer=_shown(read), reason=tr(self.reason) if self.reason else ""
            ).strip()
        why = next((why for wrong, why in self.slips() if _same(read, wrong)), "")
        if why:
            return False, tr("not {guess}: {why}", guess=_shown(read), why=why)
        return False, tr("not {guess}; none of the usual slips gives that number. Try once more", guess=_shown(read))

    def _read(self, guess: Any) -> Answer | None:
        if self.choices:
            word = str(guess).strip().lower()
            return next((choice for choice in self.choices if word in (choice.lower(), tr(choice).lower())), None)
        try:
            number = float(guess)
        except (TypeError, ValueError):
            return None
        return number if math.isfinite(number) else None


def _same(one: Answer, other: Answer) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=1e-9)


def _shown(answer: Answer) -> str:
    return tr(answer) if isinstance(answer, str) else f"{answer:.6g}"


def question(
    lesson: str, text: str, choices: Sequence[str] = (), reason: str = ""
) -> Callable[[Callable[[Slips], Answer]], Callable[[Slips], Answer]]:
    """Add a question to a lesson; it is found by the decorated function's name."""

    def add(reference: Callable[[Slips], Answer]) -> Callable[[Slips], Answer]:
        name = reference.__name__
        QUESTIONS[name] = Question(name, lesson, text, reference, tuple(choices), reason)
        return reference

    return add


def questions_of(lesson: str) -> list[Question]:
    assert lesson in LESSONS
    return [one for one in QUESTIONS.values() if one.lesson == lesson]


def predict(name: str = "", guess: Any = None) -> None:
    """Ask a question, or say whether a guess at the answer is right.

    name: the question's name; without it, the questions are listed. guess: a number, to at least two digits, or one of
    the words that the question offers. On a lesson's page this is a field to type into. Raises LookupError for a name
    that does not exist.

    >>> predict("dL_dw")
    Predict: at x = 2 the line predicts 2.5, and y = 5. How fast does L grow with w: dL/dw = ?
        Then: predict("dL_dw", your answer)
    >>> predict("dL_dw", -5)
    not -5: the 2 of the square is missing; or the last factor is missing: w is multiplied by x = 2
    """
    if not name:
        for lesson in LESSONS:
            for each in questions_of(lesson):
                print(f"  {lesson:>3}  {each.name:23} {each.asked()[0]}")
        return
    if name not in QUESTIONS:
        text = tr("there is no question {name}: ", name=repr(name)) + did_you_mean(str(name), QUESTIONS)
        raise LookupError(text + tr("predict() lists all {count}", count=len(QUESTIONS)))
    one = QUESTIONS[name]
    text, choices, *_ = one.asked()
    if guess is not None and guess is not ...:
        print(one.verdict(guess)[1])
    elif not asked(*one.asked()):
        words = f" ({tr(' or ').join(choices)})" if choices else ""
        if re.match("[A-ZА-Я][a-zа-я]", text):  # a word, not the name of a matrix
            text = text[0].lower() + text[1:]
        print(tr("Predict: {question}", question=text + words))
        print(tr('    Then: predict("{name}", your answer)', name=name))
