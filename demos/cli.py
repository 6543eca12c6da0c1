"""The command line: `python -m demos` lists, `python -m demos NAME` runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from .shared.catalog import BACKENDS, DEMOS, Demo, find, nearest
from .shared.environment import program, what_is_wrong
from .shared.flags import BAD_USAGE, Parser, count

__all__ = ["main"]

_INTERRUPTED = 130  # the exit status, as shells have it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter shows "?", and goes on
    if arguments and arguments[0] in COMMANDS:
        return COMMANDS[arguments[0]](arguments[1:])
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    name = options.demo
    demo = find(name) if name else None
    if name is None or (options.help and not demo):
        print(_listing(), *([parser.format_help()] if options.help else []), sep="\n\n")
        return 0
    if demo is None and name != "all":
        meant = nearest(name)
        hint = f"did you mean {meant}?" if meant else "here they are listed:"
        return _complain(f"there is no demo {name!r}, {hint} {program(*([meant] if meant else []))}")
    wrong = what_is_wrong()
    if wrong:
        return _complain(wrong)
    if demo and demo.reads_flags:
        arguments.remove(name)
        return _main_of(demo)(arguments)
    if options.help:
        print(demo.question if demo else "", parser.format_help(), sep="\n\n")
        return 0
    if unknown:
        parser.error(f"unknown {'flag' if unknown[0].startswith('-') else 'argument'} {unknown[0]}")
    if options.stepper:
        return _step_through(parser, demo, options.seed or 0)
    if demo and options.backend and "backend" not in demo.takes:
        parser.error(f"{demo.name} compiles nothing, so it has no --backend")
    if demo:
        return _run(demo, options, options.out or Path("out", demo.name))
    return _run_all(options)


def _complain(sentence: str) -> int:
    print(f"demos: {sentence}", file=sys.stderr)
    return BAD_USAGE


# --- The list ----------------------------------------------------------------------------------------------


def _listing() -> str:
    lines = [f"usage: {program()} NAME [--out FOLDER] [--seed N] [--steps N] [--png] [--open]", ""]
    width = max(len(demo.name) for demo in DEMOS)
    for demo in DEMOS:
        lines.append(f"{demo.lesson:>3} {demo.name:{width}}  {demo.question}")
        if demo.russian and _can_print(demo.russian):
            lines.append(f"    {'':{width}}  {demo.russian}")
    lines.append(f"    {'all':{width}}  Every demo above but bench, one after the other")
    lines += ["", *(f"    {name:{width}}  {(run.__doc__ or '').splitlines()[0]}" for name, run in COMMANDS.items())]
    return "\n".join([*lines, "", f"A good first one: {program('iris')}"])


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


# --- Commands that are no demos --------------------------------------------------------------------------------


def _exercises(arguments: Sequence[str]) -> int:
    """exercises FOLDER: write a file with the exercises of each lesson, to be filled in"""
    from .exercises.files import write

    parser = Parser(prog=program("exercises"), description=_exercises.__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    options = parser.parse_args(arguments)
    try:
        written = write(options.folder, program("check"))
    except OSError as error:
        return _complain(f"no exercises could be written into {options.folder}: {error.strerror}")
    print(f"{len(written)} new files in {options.folder}" + (f", from {written[0].name} on" if written else ""))
    return 0


def _check(arguments: Sequence[str]) -> int:
    """check FILE: say what is right and what is not yet in a file of exercises"""
    from .exercises.files import check_file

    parser = Parser(prog=program("check"), description=_check.__doc__)
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--json", action="store_true", help="print one JSON object a file, for whoever collects marks")
    options = parser.parse_args(arguments)
    wrong = [file for file in options.files if not check_file(file, options.json)]
    return 1 if wrong else 0


def _quiz(arguments: Sequence[str]) -> int:
    """quiz [LEVEL] [--seed N]: gradients of small graphs to work out, with a reason for every wrong number"""
    from .practice.quizzes import LEVELS, play

    parser = Parser(prog=program("quiz"), description=_quiz.__doc__)
    parser.add_argument("level", metavar="LEVEL", nargs="?", default="chain", choices=LEVELS, help=", ".join(LEVELS))
    parser.add_argument("--seed", type=partial(count, least=0), default=0, help="same seed, same questions")
    options = parser.parse_args(arguments)
    return play(options.level, options.seed)


def _workshop(arguments: Sequence[str]) -> int:
    """workshop FOLDER: write all that a teacher hands out: pages, figures, handout, notebooks, exercises, notes"""
    from .workshop import workshop

    parser = Parser(prog=program("workshop"), description=_workshop.__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--wheels", action="store_true", help="also download what is to be installed, for every system")
    options = parser.parse_args(arguments)
    try:
        index = workshop(options.folder, options.wheels)
    except OSError as error:
        return _complain(f"the workshop could not be written: {error}")
    print(index.resolve().as_uri())
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "exercises": _exercises, "check": _check, "quiz": _quiz, "workshop": _workshop,
}  # fmt: skip


def command(arguments: Sequence[str] | None = None) -> int:
    """The command scalar-autograd: a lesson or demo, a command of the list, or an expression to step through."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if arguments[:1] == ["lesson"]:
            return main(arguments[1:])
        if arguments and arguments[0] in COMMANDS:
            return main(arguments)
    except BrokenPipeError:  # what reads our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    from autograd.cli.command import main as step_through

    return step_through(arguments)


# --- Options -----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog=program(), allow_abbrev=False, add_help=False)
    parser.add_argument("demo", nargs="?", metavar="NAME", help="a demo of the list, or the number of its question")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where its files go (default: out/NAME)")
    parser.add_argument("--seed", type=partial(count, least=0), metavar="N", help="same seed, same numbers")
    parser.add_argument("--steps", type=count, metavar="N", help="how many updates to train for")
    parser.add_argument("--png", action="store_true", help="save every graph as PNG too, beside the SVG")
    parser.add_argument("--backend", choices=BACKENDS, help="how to compile, of digits and gpt: " + ", ".join(BACKENDS))
    parser.add_argument("--stepper", action="store_true", help="no page: a prompt that trains it phase by phase")
    parser.add_argument("--open", action="store_true", help="open the page when it is done")
    parser.add_argument("-h", "--help", action="store_true", help="show this")
    return parser


def _step_through(parser: Parser, demo: Demo | None, seed: int) -> int:
    """A prompt over a demo's training, of those that have one."""
    if demo is None or not demo.has_stepper:
        parser.error(f"--stepper goes through a training: of {', '.join(one.name for one in DEMOS if one.has_stepper)}")
    training = import_module(demo.module).stepper(seed)
    print(f"{demo.question}\n\n{training}\n\nEnter makes the next phase; help lists the commands, quit leaves.")
    training.prompt()
    return 0


# --- Running -----------------------------------------------------------------------------------------------


def _run(demo: Demo, options: argparse.Namespace, out: Path) -> int:
    from .shared.report import FolderError

    page = (out / "index.html").resolve()
    try:
        given = {
            flag: number for flag, number in (("seed", options.seed), ("steps", options.steps)) if number is not None
        }
        if options.backend and "backend" in demo.takes:
            given["backend"] = options.backend
        made = _main_of(demo)(out=out, png=options.png, **given)
    except FolderError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        kept = f"what was made until then is kept: {page.as_uri()}" if page.exists() else "nothing was made yet"
        print(f"\n{demo.name}: stopped; {kept}", file=sys.stderr)
        return _INTERRUPTED
    report = made["report"]
    print()
    for why, left_out in report.missing.items():
        print(f"left out: {', '.join(left_out)}: {why}")
    after = DEMOS[(DEMOS.index(demo) + 1) % len(DEMOS)]
    print(f"{len(report.files)} files in {report.folder}, and the page that shows them:\n{page.as_uri()}")
    print(f"next: {program(after.name)}")
    if options.open:
        from autograd.drawing.output import open_file

        if not open_file(page):
            print("no browser could be opened: open the address above yourself")
    return 0


def _main_of(demo: Demo) -> Callable[..., Any]:
    """What runs a demo: its own main, or, for a page, the runner of pages."""
    from .shared.page import run

    return partial(run, demo.path) if demo.is_page else import_module(demo.module).main


def _run_all(options: argparse.Namespace) -> int:
    for demo in DEMOS:
        if not demo.reads_flags:
            print(f"\n== {demo.name}: {demo.question}")
            status = _run(demo, options, (options.out or Path("out")) / demo.name)
            if status:
                return status
    return 0
