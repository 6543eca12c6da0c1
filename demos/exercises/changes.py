"""Changes that can be made to the numbers in any exercise: a wrong sign, factor, order, rounding or shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from ..languages import tr
from .answers import Tree, leaves, like, same, shape
from .exercise import Case, Exercise

__all__ = ["agree", "changes"]


def agree(given: Sequence[Tree], wanted: Sequence[Tree], precision: float) -> bool:
    return all(same(one, other, precision) for one, other in zip(given, wanted))


Numbers = Sequence[Sequence[float]]


def changes(exercise: Exercise, cases: Sequence[Case], given: Sequence[Tree], base: Sequence[Tree]) -> Iterator[str]:
    """Yield sentences for the changes that turn `base` into the given answer in every case."""
    for place, name in enumerate(exercise.names):
        taken = [case[place] for case in cases]
        if all(isinstance(x, (int, float, list)) and _numeric(x) for x in taken) and agree(
            given, taken, exercise.precision
        ):
            yield tr("These are the numbers in {name}, unchanged.", name=name)
    if len(given) > 2 and agree(given, [given[0]] * len(given), 0.0) and not agree(base, [base[0]] * len(base), 1e-3):
        yield tr("The answer is the same for all inputs: is it typed in rather than computed?")
    if not all(map(like, given, base)):
        yield from _reshaped(exercise, given, base)
        return
    ours: Numbers = [leaves(one) for one in given]
    theirs: Numbers = [leaves(one) for one in base]
    for sentence, change in _CHANGES.items():
        try:
            changed = [change(numbers) for numbers in theirs]
        except (ValueError, OverflowError, IndexError):
            continue
        if _close(ours, changed, exercise.precision) and not _close(theirs, changed, exercise.precision):
            yield tr(sentence)
    for digits in range(7):
        changed = [[round(x, digits) for x in xs] for xs in theirs]
        if _close(ours, changed, exercise.precision) and not _close(theirs, changed, exercise.precision):
            yield tr(
                "The numbers are rounded to {digits} decimal place: return them as they are." if digits == 1 else
                "The numbers are rounded to {digits} decimal places: return them as they are.", digits=digits)  # fmt: skip
    if max(map(len, theirs)) > 2 and _close(ours, [list(accumulate(xs)) for xs in theirs], exercise.precision):
        yield tr("Each number includes the ones before it: is the sum reset to 0 each time?")
    yield from _in_places(exercise, ours, theirs)
    yield from _by_arguments(exercise, cases, ours, theirs)
    if _close(*([[abs(x) for x in xs] for xs in side] for side in (ours, theirs)), exercise.precision):
        yield tr(
            "All sizes are right, but some signs are wrong: is there a stray abs(), or a minus sign in the wrong place?"
        )


def _numeric(argument: Any) -> bool:
    return all(map(_numeric, argument)) if isinstance(argument, list) else isinstance(argument, (int, float))


def _by_arguments(exercise: Exercise, cases: Sequence[Case], ours: Numbers, theirs: Numbers) -> Iterator[str]:
    """Yield sentences if one number is off by an argument, as a factor or a term, and the rest is right."""
    width = {len(one) for one in theirs}
    if len(width) != 1 or len(cases) < 3:
        return
    wrong = [
        k for k in range(len(theirs[0])) if not _close(*([[one[k]] for one in side] for side in (ours, theirs)), 1e-6)
    ]
    for name, sizes in _sizes(exercise, cases):
        told = [_off_by(name, sizes, [one[k] for one in ours], [one[k] for one in theirs]) for k in wrong]
        if told and all(told) and len(set(told)) == 1:
            which = "" if len(wrong) == len(theirs[0]) else _place(exercise, wrong[0]) + ": "
            yield f"{which}{told[0]}."


def _place(exercise: Exercise, place: int) -> str:
    return exercise.parts[place] if place < len(exercise.parts) else tr("number {place}", place=place + 1)


def _sizes(exercise: Exercise, cases: Sequence[Case]) -> Iterator[tuple[str, list[float]]]:
    """Yield the numbers among the arguments, and the lengths of the lists."""
    for place, name in enumerate(exercise.names):
        taken = [case[place] for case in cases]
        if all(isinstance(x, (int, float)) for x in taken):
            yield name, [float(x) for x in taken]
        elif all(isinstance(x, list) for x in taken):
            yield f"len({name})", [float(len(x)) for x in taken]


def _off_by(name: str, sizes: Sequence[float], ours: Sequence[float], theirs: Sequence[float]) -> str:
    made = ((sentence, [change(y, s) for y, s in zip(theirs, sizes)]) for sentence, change in _BY_AN_ARGUMENT.items())
    return next((tr(sentence, name=name) for sentence, numbers in made if _close([ours], [numbers], 1e-6)), "")


_BY_AN_ARGUMENT: dict[str, Callable[[float, float], float]] = {
    "{name} is multiplied in once too often": lambda y, s: y * s,
    "the factor {name} is missing, or the result is divided by {name}": lambda y, s: y / s if s else math.nan,
    "{name} is added once too often, or never subtracted": lambda y, s: y + s,
    "{name} is missing, or subtracted once too often": lambda y, s: y - s,
    "{name} is subtracted where it should be added": lambda y, s: y - 2 * s,
    "{name} is added where it should be subtracted": lambda y, s: y + 2 * s,
}
_CHANGES: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "Every number has the wrong sign.": lambda xs: [-x for x in xs],
    "Every number is 0: is anything ever added up?": lambda xs: [0.0 for _ in xs],
    "The signs are lost: these are the absolute values. Is there one abs() too many?": lambda xs: [abs(x) for x in xs],
    "The numbers are right, but in reverse order.": lambda xs: list(xs[::-1]),
    "Negative numbers have become 0: a relu or max(0, ...) does not belong here.": lambda xs: [max(0.0, x) for x in xs],
    "The numbers are truncated to whole numbers: is there an int(), or // in place of /?": lambda xs: [
        float(int(x)) for x in xs
    ],
    "The numbers are sorted; they belong in the order of the inputs.": lambda xs: sorted(xs),
    "These are the square roots of the numbers.": lambda xs: [math.sqrt(x) if x >= 0 else math.nan for x in xs],
    "These are the squares of the numbers.": lambda xs: [x * x for x in xs],
    "Each number is the reciprocal of the right one: 1/x in place of x. What is divided by what?": lambda xs: [
        1 / x if x else math.inf for x in xs
    ],
    "Only the first number is ever computed: the others repeat it. Is an index fixed?": lambda xs: [xs[0]] * len(xs),
    "Only the last number is ever there: the others repeat it. Is it the same object many times over?": lambda xs: (
        [xs[-1]] * len(xs)
    ),
    "tanh() is applied to the answer, but the exercise does not ask for it.": lambda xs: [math.tanh(x) for x in xs],
}


def _close(ours: Numbers, theirs: Numbers, precision: float) -> bool:
    return all(same(list(x), list(y), precision) for x, y in zip(ours, theirs))


def _in_places(exercise: Exercise, ours: Numbers, theirs: Numbers) -> Iterator[str]:
    """Yield sentences if each number is off by a factor or a difference that is the same in every case."""
    lengths = {len(numbers) for numbers in ours}
    factor = _constant([x / y for xs, ys in zip(ours, theirs) for x, y in zip(xs, ys) if y], exercise.precision)
    if factor not in (None, 0.0, 1.0) and _close(ours, [[factor * y for y in ys] for ys in theirs], exercise.precision):
        yield tr("Every number is {times} what it should be.", times=_times(factor))
    shift = _constant([x - y for xs, ys in zip(ours, theirs) for x, y in zip(xs, ys)], exercise.precision)
    if shift:
        yield tr("Every number is {difference} too large." if shift > 0 else "Every number is {difference} too small.",
                 difference=f"{abs(shift):g}")  # fmt: skip
    if len(lengths) != 1 or len(ours[0]) < 2 or len(ours) < 3:
        return
    told: list[str] = []
    for place in range(len(ours[0])):
        xs, ys = [one[place] for one in ours], [one[place] for one in theirs]
        name = exercise.parts[place] if place < len(exercise.parts) else tr("number {place}", place=place + 1)
        factor = _constant([x / y for x, y in zip(xs, ys) if y], exercise.precision)
        if factor == 1.0:
            continue
        if factor is None:
            return
        told.append(
            tr("{name} is {times} what it should be", name=name, times=_times(factor))
            if factor
            else tr("{name} is always 0", name=name)
        )
    if told:
        told.append(tr("the rest is right")) if len(told) < len(ours[0]) else None
        yield f"{', '.join(told)}."


def _constant(numbers: Sequence[float], precision: float) -> float | None:
    """Return the number that they all equal, rounded to what a person would have typed."""
    if not numbers or not all(math.isclose(x, numbers[0], rel_tol=precision, abs_tol=precision) for x in numbers):
        return None
    rounded = float(f"{numbers[0]:.6g}")
    return rounded if math.isclose(rounded, numbers[0], rel_tol=1e-6) else numbers[0]


def _times(factor: float) -> str:
    if factor == -1.0:
        return tr("minus")
    return tr("minus {factor} times" if factor < 0 else "{factor} times", factor=f"{abs(factor):g}")


# --- The right numbers in a different shape ----------------------------------------------------------------------


def _reshaped(exercise: Exercise, given: Sequence[Tree], base: Sequence[Tree]) -> Iterator[str]:
    for place, part in enumerate(exercise.parts if all(isinstance(one, list) for one in base) else ()):
        if agree(given, [one[place] for one in base], exercise.precision):
            yield tr("Only {part} is returned: return {all}.", part=part, all=tr(" and ").join(exercise.parts))
    for sentence, change in _SHAPES.items():
        changed = [change(one) for one in base]
        if agree(given, changed, exercise.precision) and not all(map(like, changed, base)):
            yield tr(sentence)
    more = _with_more(exercise, given, base)
    if more:
        yield more
    if all(isinstance(one, list) and isinstance(other, list) for one, other in zip(given, base)):
        yield from _part_of(exercise, given, base)
    if all(isinstance(one, list) for one in given) and not any(isinstance(one, list) for one in base):  # noqa: SIM102
        if agree([math.fsum(leaves(one)) for one in given], base, exercise.precision):
            yield tr("Added up, these numbers would be the answer: return their sum.")
    if agree([_sums(one) for one in given], base, exercise.precision):
        yield tr("Added up column by column, these would be the answer: the sum over the rows is missing.")


def _part_of(exercise: Exercise, given: Sequence[Any], base: Sequence[Any]) -> Iterator[str]:
    """Yield sentences if only the first or only the last items are there, and these are right."""
    if not all(len(one) < len(other) or like(one, other) for one, other in zip(given, base)):
        return
    firsts = agree(given, [other[: len(one)] for one, other in zip(given, base)], exercise.precision)
    lasts = agree(given, [other[len(other) - len(one) :] for one, other in zip(given, base)], exercise.precision)
    lengths = {len(one) for one in given}
    short = {len(other) - len(one) for one, other in zip(given, base)}
    if firsts and short == {1}:
        yield tr("The last one is missing: does the loop or the list end one step too early?")
    elif firsts and max(lengths) < 3:
        yield tr("It ends after the first one: is there a return inside the loop?")
    elif lasts and short == {1}:
        yield tr("The first one is missing.")
    elif lasts:
        yield tr("Only the last one is there: is a new list created inside the loop?")


def _with_more(exercise: Exercise, given: Sequence[Any], base: Sequence[Any]) -> str:
    """Return a sentence if the right numbers are there, with others among them."""
    if all(isinstance(x, list) and isinstance(y, list) and len(x) > len(y) for x, y in zip(given, base)):
        if agree([x[: len(y)] for x, y in zip(given, base)], base, exercise.precision):
            return tr("The right numbers are there, but more follow: does the loop or the list end too late?")
        if agree([x[len(x) - len(y) :] for x, y in zip(given, base)], base, exercise.precision):
            return tr("The right numbers are there, but others that nobody asked for come before them.")
    return ""


def _sums(tree: Tree) -> Tree:
    """Return the sum of each column."""
    return [math.fsum(column) for column in zip(*tree)] if len(shape(tree) or ()) == 2 else tree


_SHAPES: dict[str, Callable[[Tree], Tree]] = {
    "Rows and columns are swapped.": lambda tree: (
        [list(row) for row in zip(*tree)] if len(shape(tree) or ()) == 2 else tree
    ),
    "The numbers are right, but in one flat list: keep a list for each row.": lambda tree: leaves(tree),
    "The numbers are right, but wrapped in one list too many.": lambda tree: [tree],
    "Only the first is returned, not the whole list.": lambda tree: tree[0] if isinstance(tree, list) else tree,
    "Only the last is returned, not the whole list.": lambda tree: tree[-1] if isinstance(tree, list) else tree,
    "The numbers are added up into one: return each of them.": lambda tree: math.fsum(leaves(tree)),
    "The rows are added up: keep them separate.": _sums,
}
