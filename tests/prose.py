"""The text that people read in this repository: docstrings, comments, messages, lessons, Markdown, scripts.

python -m tests.prose FOLDER ... [--sample N] [--seed N]     print it, or sentences drawn from it
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

__all__ = ["ROOT", "Text", "files", "sentences", "texts"]

ROOT = Path(__file__).parents[1]
KINDS = {".py", ".pyi", ".md", ".js", ".mjs", ".html", ".css", ".c", ".in", ".toml", ".yml", ".yaml", ".txt"}
_ELSEWHERE = (
    "tests/golden/", "tests/solutions/", "demos/languages/", "demos/shared/data/", "tests/hostile_labels.txt",
    "tests/test_english.py",  # its specimens are wrong on purpose
)  # fmt: skip


_CODE = re.compile(
    r"^(?:def|class|from|import|for|while|return|with) .*[:=(]|</?\w+[^<>]*>|^\w+ = |\bdocument\.\w+[.(]|\) => "
)  # in strings


class Text(NamedTuple):
    """A piece of text, and where it is. Line breaks inside a paragraph are spaces."""

    path: str
    line: int
    text: str


def files(*folders: str) -> list[Path]:
    """Return the tracked files that hold text, all or those in some folders. Data and other languages are left out."""
    listed = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in listed.stdout.split("\0") if name]
    if listed.returncode:  # this is not a checkout, but an unpacked sdist
        found = [p for folder in folders or (".",) for p in [ROOT / folder, *(ROOT / folder).rglob("*")] if p.is_file()]
        names = [path.relative_to(ROOT).as_posix() for path in found]
    hidden = re.compile(r"(^|/)\.(?!github|ci)|egg-info|__pycache__")
    return [
        ROOT / name
        for name in sorted(names)
        if Path(name).suffix in KINDS and not name.startswith(_ELSEWHERE) and not hidden.search(name)
    ]


def texts(path: Path) -> Iterator[Text]:
    """Yield the texts of a file, paragraph by paragraph."""
    source = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    if path.suffix in (".py", ".pyi"):
        found = _of_python(source)
    elif path.suffix == ".md":
        found = _paragraphs(1, source)
    elif path.suffix in (".toml", ".yml", ".yaml", ".txt"):
        found = _blocks(
            [(n, m[1]) for n, line in enumerate(source.splitlines(), 1) if (m := re.match(r"\s*# ?(.*)", line))]
        )
    else:
        found = _of_script(source)
    for line, text in found:
        if re.search(r"[A-Za-z]{2}", text) and not _CODE.search(text):
            yield Text(name, line, text)


def _of_python(source: str) -> Iterator[tuple[int, str]]:
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    comments = [(t.start[0], t.string[1:].removeprefix(" ")) for t in tokens if t.type == tokenize.COMMENT]
    alone = {t.start[0] for t in tokens if t.type == tokenize.COMMENT and not t.line[: t.start[1]].strip()}
    whole = [(line, "" if text.startswith((">", "%%", "```")) else text) for line, text in comments if line in alone]
    yield from _blocks(whole)
    yield from (
        (line, text) for line, text in comments if line not in alone and not text.startswith(("type:", "noqa", "fmt:"))
    )
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield from _paragraphs(node.lineno, text)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield from _paragraphs(node.lineno, node.value)


def _of_script(source: str) -> Iterator[tuple[int, str]]:
    """JavaScript, C, HTML and CSS: comments, strings on one line, and what is between tags."""

    def blank(found: re.Match[str]) -> str:
        comments.append((source.count("\n", 0, found.start()) + 1, found.group().strip("/*<!-> ")))
        return re.sub(r"[^\n]", " ", found.group())

    comments: list[tuple[int, str]] = []
    code = re.sub(r"/\*.*?\*/|<!--.*?-->|(?<![:\"'\\])//[^\n]*", blank, source, flags=re.DOTALL)
    for line, text in comments:
        yield from _paragraphs(line, re.sub(r"(?m)^\s*(?:\*|//) ?", "", text))
    for found in re.finditer(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`|>([^<>{}();=]+)<", code):
        text = next(group for group in found.groups() if group is not None)
        yield from _paragraphs(code.count("\n", 0, found.start()) + 1, re.sub(r"\$\{[^}]*\}", "{}", text))


def _blocks(lines: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Comments on lines that follow each other are paragraphs."""
    block: list[tuple[int, str]] = []
    for line, text in [*lines, (0, "")]:
        if block and line != block[-1][0] + 1:
            yield from _paragraphs(block[0][0], "\n".join(text for _, text in block))
            block = []
        block.append((line, text))


def _paragraphs(line: int, text: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs without code: neither fences nor doctests."""
    lines, begun, fenced = list[str](), line, False
    for number, raw in enumerate([*text.split("\n"), ""], line):
        words = raw.strip()
        fence = words.startswith("```")
        code = fence or fenced or words.startswith((">>>", "...")) or re.match(r"\|[-|: ]+$", words)
        fenced ^= fence
        item = re.match(r"(- |\d+\. |#+ |\| )", words)
        if lines and (not words or code or item):
            yield begun, " ".join(lines)
            lines = []
        if words and not code:
            begun = begun if lines else number
            lines.append(words)


def sentences(path: Path) -> Iterator[Text]:
    """Yield the sentences of a file: texts of at least four words, cut where one ends."""
    for name, line, text in texts(path):
        for sentence in re.split(r"(?<=[.?!:]) +(?=[A-Z`*\[])", text):
            if len(re.findall(r"(?<![\w`$])[A-Za-z]{2,}", re.sub(r"`[^`]*`", "", sentence))) >= 4:
                yield Text(name, line, sentence)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    found = [sentence for path in files(*options.folders) for sentence in sentences(path)]
    if options.sample:
        found = Random(options.seed).sample(found, options.sample)
    for number, (name, line, text) in enumerate(found, 1):
        print(f"{number:3} {name}:{line}: {text}")


if __name__ == "__main__":
    sys.exit(main())
