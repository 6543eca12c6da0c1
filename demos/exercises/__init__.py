"""Exercises and their checks: `check(linear)` says whether your function is right, and if not, why.

Each exercise is a function or a class to write, and is found by its name. `check()` lists them, `hint("linear")` gives
a hint, and `solution("linear")` shows a solution. `check("lesson_53.py")` checks all exercises in a file.
"""

from __future__ import annotations

from collections import Counter
from os import PathLike
from typing import Any

from ..languages import tr
from . import attention, descent, layers, matrices, own_value, paths, slopes, training
from .exercise import EXERCISES, LESSONS, LEVELS, Exercise, did_you_mean, exercises_of
from .sandbox import safe_repr
from .verdict import verdict_on

__all__ = ["EXERCISES", "LESSONS", "LEVELS", "Exercise", "check", "exercises_of", "hint", "solution", "verdict_on"]

_misses: Counter[str] = Counter()  # counts for this session, by exercise
# Importing these files adds their exercises.
_FILES = (attention, descent, layers, matrices, own_value, paths, slopes, training)


def check(thing: Any = None, name: str = "") -> bool:
    """Test a solution, print the verdict, and return whether it is right.

    thing: a function or class named after an exercise, or the path of a file of solutions; without it, the exercises
    are listed. name: the exercise, for a function with a name of its own. Whatever a solution does, even if it loops
    forever, calls exit() or raises an error, the result is a verdict, and your session continues.

    >>> def predicted(y, slope, dx):
    ...     return slope * dx
    >>> check(predicted)
    predicted: not yet. At y=6.25, slope=-10, dx=0.1: want 5.25, got -1. That is only the change: add it to y. Line 2, `return slope * dx`: `y` is missing: add it to `slope * dx`.
    False
    """
    if isinstance(thing, (str, PathLike)):
        from .files import check_file

        return check_file(thing)
    if thing is None:
        _list_all()
        return False
    name = name or ("Value" if isinstance(thing, type) else getattr(thing, "__name__", ""))
    if name not in EXERCISES or not callable(thing):
        _say_unknown(thing, name)
        return False
    right, sentence = verdict_on(name, thing)
    print(f"{name}: {sentence}")
    if not right:
        _misses[name] += 1
        _help_on(EXERCISES[name])
    return right


def hint(name: str) -> None:
    """Print the hint of an exercise.

    >>> hint("predicted")
    A slope says how much y changes for each unit of x. How much does it change for dx?
    """
    print(tr(_called(name).hint))


def solution(name: str) -> None:
    """Print one solution of an exercise.

    >>> solution("predicted")
    def predicted(y, slope, dx):
        return y + slope * dx
    """
    print(_called(name).solution.strip())


def _called(name: str) -> Exercise:
    if name not in EXERCISES:
        raise LookupError(_unknown(name))
    return EXERCISES[name]


def _help_on(exercise: Exercise) -> None:
    """Give the hint after three misses, and offer the solution after five."""
    if _misses[exercise.name] == 3:
        print(tr("    hint: {hint}", hint=tr(exercise.hint)))
    elif _misses[exercise.name] == 5:
        print(
            tr(
                "    {command} shows one way to do it, if you have had enough",
                command=f'solution("{exercise.name}")',
            )
        )


def _say_unknown(thing: Any, name: str) -> None:
    if name in EXERCISES:
        print(tr("{name} is not a function: {found}", name=name, found=safe_repr(thing)))
    elif name == "<lambda>":
        print(tr('a lambda has no name: say which exercise it is for, as in check(my_function, "gradients")'))
    else:
        print(_unknown(name or safe_repr(thing)))


def _unknown(name: str) -> str:
    text = tr("there is no exercise {name}: ", name=repr(name)) + did_you_mean(name, EXERCISES)
    return text + tr("check() lists all {count}", count=len(EXERCISES))


def _list_all() -> None:
    for lesson in LESSONS:
        for one in exercises_of(lesson):
            print(
                f"  {lesson:>3}  {tr(one.level):6} {tr('{minutes} min', minutes=f'{one.minutes:>2}')}  {tr(one.statement)}"
            )
