"""Rewrites the catalogues of demos/languages from what the sources say, and keeps what was translated.

    python -m tests.translations              every catalogue
    python -m tests.translations slope gradient
    python -m tests.translations --left       what is left to do in each

Most sentences are read from the source: what tr() is given, slips, hints and questions, tables of sentences, prose. What a
lesson writes into its figures is known only when it runs. A translation whose English has changed is kept and marked
fuzzy, with the English that it was made from; somebody has to look at it, and take the mark away.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from autograd.player import words
from demos.languages import FOLDER, engine, listening
from demos.languages.catalogue import Entry, read, written
from demos.languages.paragraphs import has_words, paragraphs
from demos.playground.writer import words_of_html
from demos.shared.catalog import DEMOS
from demos.shared.page import read as cells_of
from demos.shared.page import run

__all__ = ["CATALOGUES", "IN_WORK", "LESSONS", "in_work", "sentences_of", "updated"]

ROOT = Path(__file__).parents[1]
LESSONS = {demo.name: demo.path for demo in DEMOS if demo.lesson}
# Which files each catalogue is for, besides those of the lessons.
CATALOGUES = {
    "exercises": ["demos/exercises/**/*.py"],
    "practice": ["demos/practice/*.py", "demos/languages/engine.py"],
    "workshop": ["demos/workshop/*"],
    "commands": [
        "demos/cli.py", "demos/shared/**/*.py", "demos/shared/*.js", "demos/models/*.py", "demos/bench/__init__.py",
    ],
    "player": ["autograd/player/player.html"],
    "playground": ["demos/playground/*.py", "demos/playground/starters/*.py", "demos/playground/page/*"],
}  # fmt: skip
# Languages, "de", and catalogues, "ru/paths", that are still being translated. Once finished, they leave the list.
IN_WORK: set[str] = set()


def in_work(language: str, name: str) -> bool:
    return not IN_WORK.isdisjoint({language, f"{language}/{name}"})


def files_of(name: str) -> list[Path]:
    if name in LESSONS:
        return [LESSONS[name]]
    return [path for pattern in CATALOGUES[name] for path in sorted(ROOT.glob(pattern))]


def sentences_of(name: str, run_it: bool = True) -> list[Entry]:
    """Return all that a catalogue has to have, untranslated, in the order of the sources.

    run_it: also run a lesson, to get what it writes into its figures; this takes seconds.
    """
    found: dict[str, Entry] = {}
    for path in files_of(name):
        for entry in _lesson(path, run_it) if name in LESSONS else _source(path):
            found.setdefault(entry.english, entry)
    return list(found.values())


# --- Lessons -----------------------------------------------------------------------------------------------


def _lesson(path: Path, run_it: bool) -> Iterator[Entry]:
    for cell in cells_of(path):
        yield from map(Entry, paragraphs(cell.prose))
    if run_it:
        yield from figure_texts(path)


def figure_texts(path: Path) -> Iterator[Entry]:
    """Yield what a lesson writes into its figures, with fields for what it computes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    templates = {template(node): pattern(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    templates = {english: one for english, one in templates.items() if re.sub(r"\{\w+\}", "", english).strip()}
    told: dict[str, None] = {}
    heard = listening(lambda page, text, computed: told.update({text: None} if page and computed else {}))
    with TemporaryDirectory() as folder, redirect_stdout(StringIO()), heard:
        run(path, out=folder, quiet=True)
    shared = {entry.english for entry in sentences_of("commands")}
    by_engine = re.compile("|".join(".+?".join(map(re.escape, re.split(r"\{\w+\}", one))) for one in engine.SENTENCES))
    for text in told:
        if text in shared or (text not in constants and by_engine.fullmatch(text)):
            continue
        fitting = [(english, found) for english, one in templates.items() if (found := one.fullmatch(text))]
        if text in constants or not fitting:
            yield Entry(text)
            continue
        english, found = max(fitting, key=lambda one: len(re.sub(r"\{\w+\}", "", one[0])))
        yield Entry(english, named=True)
        yield from (Entry(value) for value in found.groups() if value in constants and has_words(value))


def template(node: ast.JoinedStr) -> str:
    """Return an f-string with a name for each field: {error.data:g} is {data}."""
    parts, names = [], list[str]()
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value).replace("{", "{{").replace("}", "}}"))
            continue
        last = re.findall(r"[A-Za-z_]\w*", ast.unparse(value.value))[-1:] or ["number"]  # type: ignore[attr-defined]
        name = last[0].strip("_") if last[0] not in names else f"{last[0]}_{len(names) + 1}"
        names.append(name)
        parts.append(f"{{{name}}}")
    return "".join(parts)


def pattern(node: ast.JoinedStr) -> re.Pattern[str]:
    return re.compile("".join(
        re.escape(str(value.value)) if isinstance(value, ast.Constant) else "(.+?)" for value in node.values
    ), re.DOTALL)  # fmt: skip


# --- Other sources -----------------------------------------------------------------------------------------


def _source(path: Path) -> Iterator[Entry]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield from map(Entry, paragraphs(text))
    elif path.name == "player.html":
        yield from map(_entry, words.sentences(text))
    elif path.parent.name == "starters":
        yield from (Entry(one) for cell in cells_of(path) for one in paragraphs(cell.prose))
    elif path.name == "index.html":
        yield from map(_entry, words_of_html(text))
    elif path.suffix in (".js", ".html"):
        yield from map(_entry, re.findall(r'\bsay\("([^"]+)"', text.replace("{{", "{").replace("}}", "}")))
    elif path.suffix == ".py":
        if demo := next((demo for demo in DEMOS if demo.path == path), None):
            yield Entry(demo.question)
        yield from _python(ast.parse(text))


def _entry(english: str) -> Entry:
    return Entry(english, named=bool(re.search(r"\{\w+\}", english)))


def _python(tree: ast.Module) -> Iterator[Entry]:
    """Yield what tr() and slip() are given; hints, questions and statements; tables in capitals; docstrings of
    commands."""
    constants = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and getattr(node, "value", None):
                constants[target.id] = node.value  # type: ignore[attr-defined]
    for name, value in constants.items():
        if re.fullmatch(r"_?[A-Z_]+", name) and not isinstance(value, ast.Constant):
            yield from (
                _entry(text)
                for text in _literals(value)
                if _is_sentence(text) or name in ("SENTENCES", "LEGENDS", "_SAID")
            )
        if name == "LEVELS" and isinstance(value, ast.Tuple):
            yield from map(_entry, _literals(value))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _statement(node)
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [constants.get(getattr(value, "id", ""), value) for value in node.args]
        if name == "tr":
            yield from (_entry(text) for text in _strings(given[:1]))
        elif name == "tr_prose":
            yield from (Entry(one) for text in _strings(given[:1]) for one in paragraphs(text))
        elif name == "slip":
            yield from map(Entry, filter(has_words, _strings(given[:1])))
        elif name == "question":
            yield from map(Entry, filter(has_words, _strings(given[1:2])))
        for word in node.keywords:
            if word.arg in ("hint", "reason", "choices") and name in ("exercise", "question"):
                said = _strings([constants.get(getattr(word.value, "id", ""), word.value)])
                yield from (Entry(text) for text in said if has_words(text) or text in ("yes", "no"))


def _statement(node: ast.FunctionDef) -> Iterator[Entry]:
    """Yield what an exercise asks for, or a command of the list does: a docstring."""
    decorators = [getattr(getattr(one, "func", one), "id", "") for one in node.decorator_list]
    said = ast.get_docstring(node, clean=False) or ""
    if "exercise" in decorators or re.match(rf"{node.name}\([\w, ]*\) -> ", said):
        yield Entry(" ".join(said.split()))
    elif re.match(r"\w+ (\[?[A-Z]+\]?).*: ", said):
        yield Entry(said.splitlines()[0])


def _strings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the literal texts of some expressions; each way of an `a if b else c` is one."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _strings([node.body, node.orelse])
        elif isinstance(node, (ast.Tuple, ast.List)):
            yield from _strings(node.elts)


def _literals(node: ast.AST) -> Iterator[str]:
    """Return the texts in a table; for a dictionary whose values are texts, those and not its keys."""
    if isinstance(node, ast.Dict) and all(isinstance(value, ast.Constant) for value in node.values):
        node = ast.List(node.values)
    return (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _is_sentence(text: str) -> bool:
    """Return whether a text in a table is shown: it has a field, or four words, or ends like a sentence."""
    told = r"\{\w+\}|\w[.?!:]$|[A-Za-z]+( [A-Za-z]+){3}"
    return has_words(text) and bool(re.search(told, text)) and not set(text) & set("\\\n")


# --- Writing -----------------------------------------------------------------------------------------------


def updated(wanted: Iterable[Entry], kept: Iterable[Entry]) -> list[Entry]:
    """Return the wanted entries with the translations that there are; where the English has changed a little, marked
    fuzzy."""
    wanted, kept = list(wanted), list(kept)
    known, old = {entry.english: entry for entry in kept if entry.translated}, {entry.english for entry in kept}
    left = {english: one for english, one in known.items() if english not in {entry.english for entry in wanted}}
    entries: list[Entry] = []
    for entry in wanted:
        before = known.get(entry.english)
        if entry.english not in old and (close := get_close_matches(entry.english, left, 1, 0.6)):
            was = left.pop(close[0])
            entries.append(entry._replace(translated=was.translated, before=was.before or was.english))
        else:
            entries.append(entry._replace(translated=before.translated, before=before.before) if before else entry)
    return entries


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="CATALOGUE", help=f"of {', '.join([*LESSONS, *CATALOGUES])}")
    parser.add_argument("--left", action="store_true", help="only say what is left to do")
    options = parser.parse_args()
    for name in options.names or [*LESSONS, *CATALOGUES]:
        for folder in sorted(path for path in FOLDER.iterdir() if (path / "glossary.md").exists()):
            file = folder / f"{name}.po"
            kept = read(file) if file.exists() else []
            if not options.left:
                kept = updated(sentences_of(name), kept)
                file.write_text(written(kept), encoding="utf-8", newline="\n")
            empty, fuzzy = sum(not one.translated for one in kept), sum(bool(one.before) for one in kept)
            print(f"{folder.name} {name:12} {len(kept):4} sentences, {empty} without a translation, {fuzzy} to look at")


if __name__ == "__main__":
    sys.exit(main())
