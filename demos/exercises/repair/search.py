"""The smallest edits that make a learner's own program right: a single one, or two together.

Every edit is made and the program is run on the samples. A budget limits the number of programs and of loop iterations,
so that the same program always gets the same verdict. Pairs are tried first if their edits are small and bring the
numbers closer.
"""

from __future__ import annotations

import ast
import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ..answers import Tree, leaves, like, same
from ..sandbox import WrongError, called
from .code import Program, Turns, compiled
from .edits import Edit, grouped, made
from .expressions import of_expressions
from .statements import of_statements

__all__ = ["Samples", "mended"]

_ONES = 1_500  # the largest number of programs tried with one edit
_PAIRS = 1_200  # the largest number of programs tried with two edits
_LENGTH = 300_000  # the maximum number of nodes in all programs with one edit, and with two, since each is compiled
_MEASURED = 3  # samples that show how close an edit comes
_ENOUGH = 6  # how many right pairs to look for; the best one is chosen


class Samples(NamedTuple):
    """What a program is tried on. answer: a program's answer to sample k. passes: whether it is right in every respect.

    reference: a right program.
    """

    answer: Callable[[Any, int], Tree]
    right: Sequence[Tree]
    precision: float
    passes: Callable[[Any], bool]
    reference: Program


def mended(program: Program, samples: Samples, pairs: bool = True) -> list[tuple[Edit, ...]]:
    """Return the edits, one or two, that make a program right, the most likely ones first."""
    search = _Search(program, samples)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy's warnings about programs that nobody wrote
        found = search.ones() or (search.twos() if pairs else [])
    return [edits for _, edits in sorted(found, key=lambda one: one[0])]


class _Tried(NamedTuple):
    """An edit that was tried alone. gain: how much closer its answers are; seen: these answers, abbreviated."""

    edit: Edit
    gain: float
    seen: str


class _Search:
    def __init__(self, program: Program, samples: Samples) -> None:
        self.program = program
        self.samples = samples
        self.wanted = _operations(samples.reference.tree)
        turns = Turns(1_000_000)
        self.run(samples.reference, turns, range(len(samples.right)))
        self.most = 1_000 + 10 * turns.made  # the maximum number of iterations that a program may make
        self.unlike = self.distance()
        everywhere = range(len(samples.right))
        before = self.answers(everywhere)
        self.order = sorted(everywhere, key=lambda k: self.is_right(k, before[k]))  # wrong ones first
        self.first = self.order[:_MEASURED]
        self.before = [before[k] for k in self.first]
        self.tried: list[_Tried] = []

    def is_right(self, k: int, answer: Tree | None) -> bool:
        return answer is not None and same(answer, self.samples.right[k], self.samples.precision)

    def answers(self, which: Sequence[int], until_wrong: bool = False) -> list[Tree | None]:
        """Return the answers of the program in its current state, with None for each answer that it fails to give."""
        return self.run(self.program, Turns(self.most), which, until_wrong)

    def run(self, program: Program, turns: Turns, which: Sequence[int], until_wrong: bool = False) -> list[Tree | None]:
        thing = compiled(program, turns)
        found: list[Tree | None] = []

        def run() -> None:
            for k in which:
                try:
                    found.append(self.samples.answer(thing, k))
                except Exception:
                    found.append(None)
                if until_wrong and not self.is_right(k, found[-1]):
                    return

        if thing is not None:
            with suppress(WrongError):
                called(run, count=not program.whole)
        return found + [None] * (len(which) - len(found))

    def is_solved(self) -> bool:
        """Return whether the program in its current state is right in every respect."""
        found = self.answers(self.order, until_wrong=True)
        if not all(map(self.is_right, self.order, found)):
            return False
        thing = compiled(self.program, Turns(100 * self.most))
        return thing is not None and self.samples.passes(thing)

    def ones(self) -> list[tuple[float, tuple[Edit, ...]]]:
        found: list[tuple[float, tuple[Edit, ...]]] = []
        base = self.measure(self.before)
        for edit in _edits(self.program.tree)[: self.at_most(_ONES)]:
            with made(edit.changes):
                answers = self.answers(self.first)
                if all(map(self.is_right, self.first, answers)) and self.is_solved():
                    found.append((self.rank(edit), (edit,)))
                    continue
                self.tried.append(_Tried(edit, self.measure(answers) - base, repr(answers)))
        return found

    def twos(self) -> list[tuple[float, tuple[Edit, ...]]]:
        alike = Counter({repr(self.before): 2})  # skip an edit that changes nothing, or does the same as another one
        chosen: list[_Tried] = []
        for one in self.tried:
            alike[one.seen] += 1
            if alike[one.seen] <= 2:
                chosen.append(one)
        pairs = [
            (a.edit.cost + b.edit.cost - 2 * max(a.gain, b.gain) - min(a.gain, b.gain), i, k)
            for k, b in enumerate(chosen)
            for i, a in enumerate(chosen[:k])
        ]
        found: list[tuple[float, tuple[Edit, ...]]] = []
        for _, i, k in sorted(pairs)[: self.at_most(_PAIRS)]:
            a, b = chosen[i].edit, chosen[k].edit
            with suppress(IndexError), made(a.changes), made(b.changes):
                if self.is_solved():
                    found.append((self.rank(a, b), (a, b)))
            if len(found) >= _ENOUGH:
                break
        return found

    def at_most(self, count: int) -> int:
        """Return that many programs, or fewer if this one is long."""
        return min(count, _LENGTH // sum(1 for _ in ast.walk(self.program.tree)))

    def rank(self, *edits: Edit) -> float:
        """Order the edits: small ones first, and those that bring a program closer to the reference."""
        return sum(edit.cost for edit in edits) + 0.15 * (self.distance() - self.unlike)

    def distance(self) -> int:
        """Return how many operations only the program has, plus how many only the reference has."""
        operations = _operations(self.program.tree)
        return sum(((operations - self.wanted) + (self.wanted - operations)).values())

    def measure(self, answers: Sequence[Tree | None]) -> float:
        """Return the fraction of right answers, plus how close the rest are: between 0 and 2."""
        total = 0.0
        for k, given in zip(self.first, answers):
            right = self.samples.right[k]
            if given is None:
                continue
            if not like(given, right):
                total += 0.1
                continue
            pairs = list(zip(leaves(given), leaves(right)))
            good = sum(same(x, y, self.samples.precision) for x, y in pairs)
            near = sum(_nearness(x, y) for x, y in pairs)
            total += 0.2 + (1.5 * good + 0.3 * near) / max(1, len(pairs))
        return total / len(self.first)


def _edits(tree: ast.Module) -> list[Edit]:
    every = [*of_statements(tree), *of_expressions(tree)]
    return sorted(every + grouped(every), key=lambda edit: edit.cost)


def _nearness(x: float, y: float) -> float:
    """Return 1 for equal numbers, close to 0 for numbers that are far apart."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return 0.0
    return 1 / (1 + abs(x - y) / (1e-9 + abs(y)))


def _operations(tree: ast.AST) -> Counter[str]:
    """Return the operations of a program, and how often each of them occurs."""
    return Counter(
        type(node).__name__ for node in ast.walk(tree) if isinstance(node, (ast.operator, ast.Call, ast.For))
    )
