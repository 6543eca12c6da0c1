"""Files to work in: `write` makes one for each lesson, with blanks to fill in, and `check_file` judges what a learner
has written."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from os import PathLike
from os.path import lexists
from pathlib import Path
from typing import Any

import autograd
import nn
from autograd.drawing.output import write_whole

from ..languages import language, tr
from .exercise import EXERCISES, LESSONS, Exercise, exercises_of
from .sandbox import WrongError, called
from .verdict import verdict_on

__all__ = ["check_file", "report_on", "write"]

_TOP = '''"""{said}"""

import math

import autograd
import nn
from autograd import Value
'''


def write(folder: str | PathLike[str], command: str = "", solved: bool = False) -> list[Path]:
    """Write a starter file for each lesson into a folder, which is created if need be. A file that exists is left alone.

    command: the command that checks a file; each file shows it at the top. solved: write the solutions too, for a
    teacher. Returns the paths of the new files.
    """
    folder = Path(folder)
    command = command or "scalar-autograd check" + (f" --lang {language()}" if language() != "en" else "")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for lesson in LESSONS:
        path = folder / f"lesson_{lesson}.py"
        if lexists(path):
            continue
        write_whole(path, starter(lesson, f"{command} {path.name}", solved))
        written.append(path)
    return written


def starter(lesson: str, command: str, solved: bool = False) -> str:
    """Return the text of a lesson's starter file."""
    exercises = list(exercises_of(lesson))
    said = tr("Lesson {lesson}: {count} exercises. Fill in the blanks, then check them: {command}",
              lesson=lesson, count=len(exercises), command=command)  # fmt: skip
    top = _TOP.format(said=said)
    return top + "".join(_section(one, solved) for one in exercises)


def _section(exercise: Exercise, solved: bool) -> str:
    effort = tr("{level}, {minutes} minutes", level=tr(exercise.level), minutes=exercise.minutes)
    lines = [f"\n\n# %% {exercise.name} ({effort})"]
    lines += [f"# {line}" for line in _wrapped(tr(exercise.statement))]
    lines += [f"# region {tr('hint')}", *(f"#     {line}" for line in _wrapped(tr(exercise.hint))), "# endregion"]
    if solved:
        return "\n".join(lines) + f"\n{exercise.solution.strip()}\n"
    return "\n".join(lines) + "\n" + starting(exercise)


def starting(exercise: Exercise) -> str:
    """Return the code that an exercise starts with: a blank, or a program to fix."""
    return exercise.starter.strip("\n") + "\n" if exercise.starter else _blank(exercise)


def _blank(exercise: Exercise) -> str:
    return f"def {exercise.statement.split(' -> ')[0]}:\n    ...  # {tr('your code')}\n"


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, 100)


# --- Checking --------------------------------------------------------------------------------------------------


def report_on(path: str | PathLike[str]) -> list[dict[str, str]]:
    """Return the report on a file: the name, level, status (right, wrong or blank) and verdict of each exercise.

    Raises OSError if the file cannot be read, WrongError if it cannot be run.
    """
    source = Path(path).read_text(encoding="utf-8-sig")
    found = _run(source, str(path))
    given = {
        name: thing for name, thing in found.items() if name in EXERCISES and thing is not getattr(autograd, name, None)
    }
    begun = _definitions(source)
    if "Value" not in given and (engine := _engine(found, begun)):
        given["Value"] = engine
        begun["Value"] = begun[engine.__name__]
    return [_judged(EXERCISES[name], thing, begun.get(name, "")) for name, thing in given.items()]


def _engine(found: Mapping[str, Any], begun: Mapping[str, str]) -> Any:
    """Return the last class in a file that is a Value under another name: it has backward() and addition."""
    classes = [found[name] for name in begun if isinstance(found.get(name), type)]
    return next((one for one in reversed(classes) if {"backward", "__add__"} <= set(dir(one))), None)


def _definitions(source: str) -> dict[str, str]:
    """Return the functions and classes in some source code, each as a string that is the same for the same code."""
    tree = ast.parse(source)
    return {node.name: ast.dump(node) for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def _run(source: str, path: str) -> dict[str, Any]:
    """Return the names that a learner's file defines, in order."""
    namespace: dict[str, Any] = {"__name__": "learner", "__file__": path, "math": math, "autograd": autograd, "nn": nn}
    before = set(namespace)

    def run() -> None:
        exec(compile(source, path, "exec"), namespace)

    try:
        called(run)
    except WrongError as error:
        raise WrongError(tr("{path} stops: {why}", path=path, why=error)) from error.__cause__
    return {name: thing for name, thing in namespace.items() if name not in before}


def _judged(exercise: Exercise, thing: Any, definition: str) -> dict[str, str]:
    if definition == _definitions(exercise.starter or _blank(exercise))[exercise.name]:
        status, sentence = "blank", tr("not begun")
    else:
        right, sentence = verdict_on(exercise.name, thing)
        status = "right" if right else "wrong"
    return {
        "name": exercise.name,
        "lesson": exercise.lesson,
        "level": exercise.level,
        "status": status,
        "verdict": sentence,
    }


def check_file(path: str | PathLike[str], as_json: bool = False) -> bool:
    """Print the verdict on each exercise in a file, and return whether all of them are right.

    as_json: print one JSON object in place of sentences, for a program that collects marks.
    """
    try:
        report, problem = report_on(path), ""
    except (OSError, UnicodeDecodeError) as error:
        report, problem = [], tr("{path} cannot be read: {why}", path=path, why=error)
    except WrongError as error:
        report, problem = [], str(error)
    if not report and not problem:
        problem = tr("there is no exercise in {path}: the exercises are {names}", path=path, names=", ".join(EXERCISES))
    right = sum(one["status"] == "right" for one in report)
    if as_json:
        print(
            json.dumps({"file": str(path), "right": right, "of": len(report), "problem": problem, "exercises": report})
        )
    elif problem:
        print(problem)
    else:
        for one in report:
            print(f"{one['name']}: {one['verdict']}")
        all_right = tr(", well done") if right == len(report) else ""
        print(tr("{right} of {all} right", right=right, all=len(report)) + all_right)
    return bool(report) and right == len(report)
