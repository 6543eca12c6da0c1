"""One exercise: a reference solution that is right, and that makes any of the usual slips when told to.

    @exercise(lesson="53", level="easy", minutes=5, hint="...", solution="...", cases=lines)
    def gradients(slip, w, b, x, y):
        '''gradients(w, b, x, y) -> [dL/dw, dL/db] of L = (w*x + b - y)**2, by hand, with floats.'''
        error = w * x + b - y
        if slip("The error has the wrong sign: it is w*x + b - y."):
            error = -error
        ...

`slip(sentence)` is true if that slip is to be made. So each sentence is next to the code that it describes, several
slips can be made at once, and a wrong answer is recognised by the slips that reproduce it in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, NamedTuple

from ..languages import tr
from ..shared.catalog import LESSONS, nearest

__all__ = ["EXERCISES", "LESSONS", "LEVELS", "Case", "Exercise", "Slips", "did_you_mean", "exercise", "exercises_of"]

LEVELS = ("easy", "medium", "hard")

Reference = Callable[..., Any]
Solution = Callable[..., Any]
Case = Sequence[Any]  # the arguments of a call

EXERCISES: dict[str, Exercise] = {}


class Slips:
    """The slips to make. When called with a slip's sentence, it says whether to make it, and remembers the question."""

    def __init__(self, made: Iterable[str] = ()) -> None:
        self.made = frozenset(made)
        self.asked: dict[str, None] = {}

    def __call__(self, sentence: str) -> bool:
        self.asked[sentence] = None
        return sentence in self.made


class Exercise(NamedTuple):
    """What the learner has to write, how it is tested, and what helps.

    lesson: the number of its lesson. level: easy, medium or hard. names: the names of its arguments. parts: the names of what
    it returns, if it returns several things. differentiable: the arguments whose gradients are checked too, by passing Values.
    values: whether they are Values in every call, or floats at first. precision: how far numbers may be off.
    secret: whether the verdict keeps the right answer to itself. watch: a function of the arguments after a call and of
    whether its answer was right; it returns a sentence, or "". extra: a further test, which may return a remark.
    measure: for an exercise without cases, the numbers that a solution gives for the k-th sample, and the right ones.
    """

    name: str
    lesson: str
    level: str
    minutes: int
    statement: str
    reference: Reference
    cases: Callable[[Random], Iterable[Case]]
    names: tuple[str, ...]
    hint: str
    solution: str
    starter: str
    parts: tuple[str, ...]
    differentiable: tuple[str, ...]
    precision: float
    secret: bool
    values: bool
    watch: Callable[[Case, bool], str] | None
    extra: Callable[[Solution], str] | None
    examine: Callable[[Any], str | None] | None
    measure: tuple[Callable[[Any, int], Any], Sequence[Any]] | None

    def inputs(self, again: int = 0) -> list[Case]:
        """Return fresh copies of the cases: the lesson's own first, then random ones, the same every time.

        again: draw different random ones.
        """
        return list(deepcopy(tuple(self.cases(Random(1000 * again + int(self.lesson.rstrip("b") or 0))))))

    def answer(self, case: Case, made: Iterable[str] = ()) -> Any:
        """Return the right answer, or the answer that comes out if slips are made."""
        return self.reference(Slips(made), *deepcopy(case))

    def slips(self) -> list[str]:
        """Return the sentences of all the slips it knows."""
        return list(_slips_of(self))


@cache
def _slips_of(one: Exercise) -> tuple[str, ...]:
    """Find the slips by making each of them in each case, since which slips are asked for may depend on both."""
    asked: dict[str, None] = {}
    for case in one.inputs():
        for made in [(), *((sentence,) for sentence in asked)]:
            slip = Slips(made)
            one.reference(slip, *deepcopy(case))
            asked.update(slip.asked)
    return tuple(asked)


def exercise(
    lesson: str,
    level: str,
    minutes: int,
    *,
    hint: str,
    solution: str,
    cases: Callable[[Random], Iterable[Case]] = lambda rng: [()],
    starter: str = "",
    parts: Sequence[str] = (),
    differentiable: str = "",
    precision: float = 1e-6,
    secret: bool = False,
    values: bool = False,
    watch: Callable[[Case, bool], str] | None = None,
    extra: Callable[[Solution], str] | None = None,
    examine: Callable[[Any], str | None] | None = None,
    measure: tuple[Callable[[Any, int], Any], Sequence[Any]] | None = None,
) -> Callable[[Reference], Reference]:
    """Add an exercise; its docstring states it. `starter` is what its file holds to begin with, if not a blank.

    examine: judges a solution without the cases, and may return a remark on a correct one. measure: what such a solution
    gives for the k-th sample, and what is right. solution: source code that defines the exercise's name.
    """

    def add(reference: Reference) -> Reference:
        name = reference.__name__.rstrip("_")  # Value_ beside autograd's Value
        names = reference.__code__.co_varnames[1 : reference.__code__.co_argcount]
        statement = " ".join((reference.__doc__ or "").split())
        EXERCISES[name] = Exercise(
            name, lesson, level, minutes, statement, reference, cases, names, hint, solution, starter, tuple(parts),
            tuple(differentiable.split()), precision, secret, values, watch, extra, examine, measure,
        )  # fmt: skip
        return reference

    return add


def exercises_of(lesson: str) -> Iterator[Exercise]:
    """Return the exercises of a lesson, easy ones first."""
    found = [one for one in EXERCISES.values() if one.lesson == lesson]
    return iter(sorted(found, key=lambda one: LEVELS.index(one.level)))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Ask whether the known name that is most like this one was meant; empty if none is like it."""
    meant = nearest(name, known)
    return tr("did you mean {name}? ", name=meant) if meant else ""
