"""The command line: `python -m demos` lists the demos, and `python -m demos NAME` runs one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from .languages import LANGUAGES, VARIABLE, chosen, language, tr, use
from .shared.catalog import BACKENDS, DEMOS, Demo, find, nearest
from .shared.environment import program, what_is_wrong
from .shared.flags import BAD_USAGE, FAILED, Parser, count

__all__ = ["main"]

_INTERRUPTED = 130  # the exit status that shells use


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for, and return the exit status."""
    try:
        from autograd.cli.ending import whole
    except ImportError:  # an unknown language is reported below
        return _main(arguments)
    return whole("demos")(_main)(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console that lacks a letter shows "?" in its place
    arguments, asked = _without_language(arguments)
    try:
        _use(asked)
    except ValueError as error:
        return _complain(str(error))
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
        meant = nearest(name.lower(), [*(one.name for one in DEMOS), "all"], 0.5)
        if not meant:
            return _complain(
                tr("there is no demo {name}; to list them all: {command}", name=repr(name), command=program())
            )
        return _complain(
            tr(
                "there is no demo {name}; did you mean {meant}? {command}",
                name=repr(name),
                meant=meant,
                command=program(meant),
            )
        )
    wrong = what_is_wrong()
    if wrong:
        return _complain(wrong)
    if demo and demo.reads_flags:
        arguments.remove(name)
        return _main_of(demo)(arguments)
    if options.help:
        print(tr(demo.question) if demo else "", parser.format_help(), sep="\n\n")
        return 0
    if unknown:
        kind = tr("unknown flag {word}") if unknown[0].startswith("-") else tr("unknown argument {word}")
        parser.error(kind.format(word=unknown[0]))
    if options.stepper:
        return _step_through(parser, demo, options.seed or 0)
    if demo and options.backend and "backend" not in demo.takes:
        parser.error(tr("{demo} compiles nothing, so it has no --backend", demo=demo.name))
    if demo:
        return _run(demo, options, options.out or Path("out", demo.name))
    return _run_all(options)


def _without_language(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arguments without --lang, and the value of --lang."""
    rest, asked = list[str](), list[str]()
    words = iter(arguments)
    for word in words:
        if word == "--lang":
            asked.append(next(words, ""))
        elif word.startswith("--lang="):
            asked.append(word.partition("=")[2])
        else:
            rest.append(word)
    return rest, asked


def _use(asked: Sequence[str]) -> None:
    """Use the language that was asked for. Raises ValueError for a language that does not exist."""
    setting = asked[-1] if asked else os.environ.get(VARIABLE, "")
    if asked or setting:
        if not chosen(setting):
            raise ValueError(f"{'--lang' if asked else VARIABLE} is {setting!r}: want one of {', '.join(LANGUAGES)}")
        use(chosen(setting))


def _complain(sentence: str, status: int = BAD_USAGE) -> int:
    print(f"demos: {sentence}", file=sys.stderr)
    return status


# --- The list ----------------------------------------------------------------------------------------------


def _listing() -> str:
    lines = [
        tr(
            "usage: {command} NAME [--out FOLDER] [--seed N] [--steps N] [--png] [--open] [--lang LANGUAGE]",
            command=program(),
        ),
        "",
    ]
    width = max(len(demo.name) for demo in DEMOS)
    for demo in DEMOS:
        lines.append(f"{demo.lesson:>3} {demo.name:{width}}  {tr(demo.question)}")
        if demo.russian and language() != "ru" and _can_print(demo.russian):
            lines.append(f"    {'':{width}}  {demo.russian}")
    lines.append(f"    {'all':{width}}  {tr('Every demo above except bench, one after the other')}")
    lines += ["", *(f"    {name:{width}}  {tr(_said_of(run))}" for name, run in COMMANDS.items())]
    return "\n".join([*lines, "", tr("A good first one: {command}", command=program("iris"))])


def _said_of(run: Callable[..., Any]) -> str:
    """Return the first line of a command's docstring."""
    return (run.__doc__ or "").splitlines()[0]


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


# --- Commands that are not demos --------------------------------------------------------------------------------


def _exercises(arguments: Sequence[str]) -> int:
    """exercises FOLDER: write a file of exercises for each lesson, with blanks to fill in"""
    from .exercises.files import write

    parser = Parser(prog=program("exercises"), description=tr(_said_of(_exercises)))
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    options = parser.parse_args(arguments)
    try:
        written = write(options.folder, program("check"))
    except OSError as error:
        return _complain(
            tr("the exercises could not be written to {folder}: {why}", folder=options.folder, why=error.strerror),
            FAILED,
        )
    first = tr(", from {name} on", name=written[0].name) if written else ""
    print(tr("{count} new files in {folder}", count=len(written), folder=options.folder) + first)
    return 0


def _check(arguments: Sequence[str]) -> int:
    """check FILE: say which exercises in a file are right, and what is wrong with the others"""
    from .exercises.files import check_file

    parser = Parser(prog=program("check"), description=tr(_said_of(_check)))
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument(
        "--json", action="store_true", help=tr("print one JSON object per file, for a program that collects marks")
    )
    options = parser.parse_args(arguments)
    wrong = [file for file in options.files if not check_file(file, options.json)]
    return 1 if wrong else 0


def _quiz(arguments: Sequence[str]) -> int:
    """quiz [LEVEL] [--seed N] [--page FILE]: work out gradients of small graphs, with a reason for every wrong number"""
    from autograd.errors import ToolError

    from .practice.quizzes import LEVELS, play, quiz

    parser = Parser(prog=program("quiz"), description=tr(_said_of(_quiz)))
    parser.add_argument("level", metavar="LEVEL", nargs="?", default="chain", choices=LEVELS, help=", ".join(LEVELS))
    parser.add_argument("--seed", type=partial(count, least=0), default=0, help=tr("same seed, same questions"))
    parser.add_argument("--page", metavar="FILE", help=tr("write 20 questions as a page that needs no Python"))
    options = parser.parse_args(arguments)
    if options.page:
        try:
            print(Path(quiz(level=options.level, seed=options.seed).page().save(options.page)).resolve().as_uri())
        except ToolError as error:
            return _complain(str(error), FAILED)
        return 0
    return play(options.level, options.seed)


def _workshop(arguments: Sequence[str]) -> int:
    """workshop FOLDER: write everything that a teacher hands out: pages, figures, handout, notebooks, exercises, notes"""
    from .workshop import workshop

    parser = Parser(prog=program("workshop"), description=tr(_said_of(_workshop)))
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument(
        "--wheels", action="store_true", help=tr("also download the packages to install, for every system")
    )
    options = parser.parse_args(arguments)
    try:
        index = workshop(options.folder, options.wheels)
    except OSError as error:
        return _complain(tr("the workshop could not be written: {why}", why=error), FAILED)
    print(index.resolve().as_uri())
    return 0


def _playground(arguments: Sequence[str]) -> int:
    """playground FILE: write the whole workshop as one page with Python inside, which opens with a double click"""
    from .playground.writer import build, write_file, write_folder

    parser = Parser(prog=program("playground"), description=tr(_said_of(_playground)))
    parser.add_argument("path", metavar="FILE", type=Path)
    parser.add_argument(
        "--folder", action="store_true", help=tr("FILE is a folder, for a web server: a page and its parts")
    )
    options = parser.parse_args(arguments)
    if options.path.is_dir() and not options.folder:
        parser.error(
            tr(
                "{folder} is a folder: name a file in it, such as {file}, or add --folder",
                folder=options.path,
                file=options.path / "playground.html",
            )
        )
    try:
        page = build()
        files = write_folder(options.path, page) if options.folder else [write_file(options.path, page)]
    except OSError as error:
        return _complain(tr("the playground could not be written: {why}", why=error.strerror or error), FAILED)
    size = sum(file.stat().st_size for file in files) / 1e6
    how = tr("put it on a web server") if options.folder else tr("open it with a double click")
    print(f"{size:.1f} MB, {options.path}: {how}")
    print(next(file for file in files if file.suffix == ".html").resolve().as_uri())
    return 0


_EXPRESSION = 'scalar-autograd "b = a + a; b * (b + 1)" a=1'

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "exercises": _exercises, "check": _check, "quiz": _quiz, "workshop": _workshop,
    "playground": _playground,
}  # fmt: skip


def command(arguments: Sequence[str] | None = None) -> int:
    """The command scalar-autograd: it runs a lesson, a demo or another command of the list, or steps through an
    expression. Without arguments, it lists these."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    words, asked = _without_language(arguments)
    language = [f"--lang={name}" for name in asked]
    if words[:1] == ["lesson"]:
        return main([*words[1:], *language])
    if words and words[0] in COMMANDS:
        return main([*words, *language])
    if not words:
        status = main(language)
        print(tr("Backprop of an expression, step by step: {command}", command=_EXPRESSION))
        return status
    meant = nearest(words[0].lower(), COMMANDS, 0.75)
    if meant and len(words) > 1 and "=" not in words[1]:
        return _complain(
            tr("there is no command {name}; did you mean {meant}? {command}", name=repr(words[0]), meant=meant,
               command=f"scalar-autograd {meant} {' '.join(words[1:])}")
        )  # fmt: skip
    from autograd.cli.command import main as step_through

    return step_through(arguments)


# --- Options -----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog=program(), allow_abbrev=False, add_help=False)
    parser.add_argument("demo", nargs="?", metavar="NAME", help=tr("a demo from the list, or the number of a lesson"))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help=tr("where its files go (default: out/NAME)"))
    parser.add_argument("--seed", type=partial(count, least=0), metavar="N", help=tr("same seed, same numbers"))
    parser.add_argument("--steps", type=count, metavar="N", help=tr("how many updates to train for"))
    parser.add_argument("--png", action="store_true", help=tr("also save every graph as a PNG, beside the SVG"))
    parser.add_argument(
        "--backend", choices=BACKENDS, help=tr("how to compile digits and gpt: {names}", names=", ".join(BACKENDS))
    )
    parser.add_argument(
        "--stepper", action="store_true", help=tr("open a prompt that trains it phase by phase, instead of a page")
    )
    parser.add_argument("--open", action="store_true", help=tr("open the page when it is done"))
    parser.add_argument("-h", "--help", action="store_true", help=tr("show this"))
    return parser


def _step_through(parser: Parser, demo: Demo | None, seed: int) -> int:
    """Open a prompt for the training of a demo that has a stepper."""
    if demo is None or not demo.has_stepper:
        names = ", ".join(one.name for one in DEMOS if one.has_stepper)
        parser.error(tr("--stepper steps through the training of one of {names}", names=names))
    training = import_module(demo.module).stepper(seed)
    how = tr("Enter runs the next phase; help lists the commands, quit leaves.")
    print(f"{tr(demo.question)}\n\n{training}\n\n{how}")
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
        return _complain(str(error), FAILED)
    except KeyboardInterrupt:
        kept = tr("stopped; what was made so far is kept: {page}", page=page.as_uri())
        print(f"\n{demo.name}: {kept if page.exists() else tr('stopped; nothing was made yet')}", file=sys.stderr)
        return _INTERRUPTED
    report = made["report"]
    print()
    for why, left_out in report.missing.items():
        print(tr("left out: {what}: {why}", what=", ".join(left_out), why=why))
    after = DEMOS[(DEMOS.index(demo) + 1) % len(DEMOS)]
    files = len(report.files)
    print(tr("{count} files in {folder}, and the page that shows them:", count=files, folder=report.folder))
    print(page.as_uri(), tr("next: {command}", command=program(after.name)), sep="\n")
    if options.open:
        from autograd.drawing.output import open_file

        if not open_file(page):
            print(tr("no browser could be opened: open the address above yourself"))
    return 0


def _main_of(demo: Demo) -> Callable[..., Any]:
    """Return the function that runs a demo: its own main or, for a page, the function that runs pages."""
    from .shared.page import run

    return partial(run, demo.path) if demo.is_page else import_module(demo.module).main


def _run_all(options: argparse.Namespace) -> int:
    for demo in DEMOS:
        if not demo.reads_flags:
            print(f"\n== {demo.name}: {tr(demo.question)}")
            status = _run(demo, options, (options.out or Path("out")) / demo.name)
            if status:
                return status
    return 0
