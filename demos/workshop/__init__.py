"""What a teacher hands out, in one folder: pages, figures for a projector, a handout, notebooks, exercises, notes and
wheels.

Nothing in it needs a server or a network; every link works from a USB stick.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from html import escape
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from autograd.drawing.output import write_whole

from ..exercises import exercises_of
from ..exercises import files as exercise_files
from ..languages import language, reading, told, tr, tr_prose
from ..practice import questions_of
from ..practice.quizzes import LEVELS, quiz
from ..shared.catalog import DEMOS, Demo, find
from ..shared.page import read, run
from ..shared.report import markdown, markdown_line, sentences
from .handout import figures, handout
from .notebook import with_answers, write_notebook

__all__ = ["PLATFORMS", "PYTHONS", "workshop"]

_HERE = Path(__file__).parent
PLATFORMS = ("win_amd64", "macosx_11_0_arm64", "macosx_11_0_x86_64", "manylinux2014_x86_64")
_ROOT = _HERE.parents[1]
_WANTED = "scalar-autograd[dot,demos]"
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_BEFORE = """Please try this before the workshop; it takes two minutes.

1. Do you have Python 3.10 or newer? Type  python3 --version  (on Windows  py --version). If not, get it from https://www.python.org/downloads
2. In the folder you were given:

       python3 -m venv .venv
       .venv/bin/python -m pip install --no-index --find-links wheels "scalar-autograd[dot,demos]"
       .venv/bin/python -m autograd doctor

   On Windows:  py -3 -m venv .venv  and  .venv\\Scripts\\python  in place of  .venv/bin/python.

3. The doctor's last line should be: everything needed is there. If it is not, send me what it printed.
4. In each new terminal, type  source .venv/bin/activate  first (on Windows  .venv\\Scripts\\activate). After that, the command  scalar-autograd  works.

No Python at all? Come anyway: every lesson is a page that opens with a double click.
"""


_MODELS = ("iris", "gpt")  # a lecture begins with one, and ends with the other

_ABOVE = """# Backpropagation

Nine lessons, best taken in this order. Each one opens with a double click, and you need not install anything to read
it.
"""
_BELOW = """Two networks while they learn: [flowers told apart](models/iris/index.html), and
[names invented](models/gpt/index.html).

[The handout](handout.html), for printing. [What to try before the workshop](before.txt). For teachers:
[speaker notes](teacher/notes.html), solutions in `teacher/solutions`, and the lessons with everything they print in `teacher/lessons`.
"""
_QUIZ = "Practise: work out the gradients of small graphs, in a page that explains each wrong number: {levels}."


def workshop(folder: str | Path, wheels: bool = False, tell: Callable[[str], None] = print) -> Path:
    """Write everything into a folder, which is created if need be, and return its index page.

    wheels: also download the packages to install. A file of exercises that exists is left alone. Raises OSError if the
    folder cannot be written to.
    """
    folder = Path(folder)
    if wheels and not (_ROOT / "pyproject.toml").exists():
        raise OSError(tr("--wheels builds the package, so it works only in a checkout of the project"))
    lessons = [demo for demo in DEMOS if demo.lesson]
    for demo in lessons:
        tell(tr("lesson {number}: {question}", number=demo.lesson, question=tr(demo.question)))
        run(demo.path, out=folder / "lessons" / demo.name, quiet=True)
    for demo in filter(None, map(find, _MODELS)):
        tell(tr("model {name}", name=demo.name))
        import_module(demo.module).main(out=folder / "models" / demo.name, quiet=True)
    for name in ("figures", "notebooks", "quiz", "teacher/lessons"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for demo in lessons:
        write_whole(folder / "figures" / f"{demo.name}.html", _figures_page(demo))
        write_notebook(demo, folder / "notebooks" / f"lesson_{demo.lesson}.ipynb")
    for level in LEVELS:
        quiz(level=level).page().save(folder / "quiz" / f"{level}.html")
    exercise_files.write(folder / "exercises")
    exercise_files.write(folder / "teacher" / "solutions", solved=True)
    for demo in lessons:
        write_whole(folder / "teacher" / "lessons" / f"lesson_{demo.lesson}.py", with_answers(demo))
    write_whole(folder / "handout.html", handout(lessons))
    write_whole(folder / "teacher" / "notes.html", _notes(lessons))
    write_whole(folder / "before.txt", tr_prose(_BEFORE))
    if wheels:
        _download(folder / "wheels", tell)
    elif not (folder / "wheels").exists():
        tell(tr("before.txt installs from a folder named wheels, which is missing: --wheels makes it"))
    index = folder / "index.html"
    write_whole(index, _index(lessons))
    return index


def _page(title: str, body: str) -> str:
    style = (_HERE.parent / "shared" / "report.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{style}</style></head>\n'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _index(lessons: Sequence[Demo]) -> str:
    rows = "".join(
        f'<tr><td>{demo.lesson}</td><td style="text-align: left"><a href="lessons/{demo.name}/index.html">{escape(tr(demo.question))}</a></td>'
        f'<td style="text-align: left"><a href="figures/{demo.name}.html">{tr("figures")}</a></td><td><a href="notebooks/lesson_{demo.lesson}.ipynb">{tr("notebook")}</a></td>'
        f'<td><a href="exercises/lesson_{demo.lesson}.py">{tr("{count} exercises", count=len(list(exercises_of(demo.lesson))))}</a></td></tr>'
        for demo in lessons
    )
    columns = (tr("Lesson"), tr("Question"), tr("Projector"), "Jupyter", tr("To do"))
    head = "".join(f'<th scope="col" style="text-align: left">{column}</th>' for column in columns)
    return _page(
        tr("Backpropagation: the workshop"),
        markdown(tr_prose(_ABOVE))
        + f'\n<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>\n'
        + markdown(tr(_QUIZ, levels=", ".join(f"[{level}](quiz/{level}.html)" for level in LEVELS)))
        + markdown(tr_prose(_BELOW)),
    )


def _figures_page(demo: Demo) -> str:
    with reading(demo.name):
        shown = [(name, told(caption)) for cell in read(demo.path) for name, caption in figures(cell)]
    sections = [f"<section><h1>{escape(tr(demo.question))}</h1></section>"]
    sections += [
        f'<section><img src="../lessons/{demo.name}/{name}.svg" alt="{escape(caption)}"><p>{markdown_line(caption)}</p></section>'
        for name, caption in shown
    ]
    text = (_HERE / "figures.html").read_text(encoding="utf-8")
    return text.format(
        language=language(), title=escape(tr(demo.question)), sections="\n".join(sections),
        sentences=sentences(text.replace("{{", "{").replace("}}", "}")))  # fmt: skip


def _notes(lessons: Sequence[Demo]) -> str:
    text = (_HERE / "notes.md").read_text(encoding="utf-8")
    return _page(
        tr("Speaker notes"), markdown(tr_prose(text)) + "\n".join(line for demo in lessons for line in _slips(demo))
    )


def _slips(demo: Demo) -> Iterator[str]:
    """Yield the wrong answers to a lesson's questions, and the usual slips in its exercises."""
    said = tr("Lesson {number}: {question}", number=demo.lesson, question=tr(demo.question))
    yield f"<h3>{escape(said)}</h3><ul>"
    for one in questions_of(demo.lesson):
        slips = "; ".join(f"<strong>{escape(f'{wrong:.4g}' if isinstance(wrong, float) else tr(str(wrong)))}</strong>: {markdown_line(why)}"
                         for wrong, why in one.slips()[:4])  # fmt: skip
        yield f"<li>{markdown_line(tr(one.text))} {slips}</li>"
    for one in exercises_of(demo.lesson):
        if not one.examine:
            yield f"<li><code>{one.name}</code>: {' '.join(markdown_line(tr(slip)) for slip in one.slips()[:3])}</li>"
    yield "</ul>"


def _download(folder: Path, tell: Callable[[str], None]) -> None:
    """Collect the wheels for every platform and Python version on this one machine, and check that each finds all it needs.

    Raises OSError if pip fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:  # a build leaves files behind
        for part in ("autograd", "nn", "demos", ".github"):
            shutil.copytree(_ROOT / part, Path(work, part), ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "LICENSE"):
            shutil.copy(_ROOT / file, work)
        _pip("wheel", "-q", "--no-deps", "-w", str(folder), work)
    for platform in PLATFORMS:
        for python in PYTHONS:
            tell(tr("wheels for Python {python} on {platform}", python=python, platform=platform))
            target = [
                "--only-binary=:all:",
                "--platform",
                platform,
                "--python-version",
                python,
                "--find-links",
                str(folder),
                _WANTED,
            ]
            _pip("download", "-q", "-d", str(folder), *target)
            _pip("install", "-q", "--dry-run", "--ignore-installed", "--target", str(folder), "--no-index", *target)


def _pip(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(
            f"pip {words[0]} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no message'}"
        )
