"""Runs a page: a .py file of `# %%` cells that reads from top to bottom, with prose in its markdown cells.

The functions that a page uses work in three places: under `python -m demos NAME` and `run(NAME)`, where
prose, code, what is printed and every picture become one index.html; cell by cell in an editor or a
notebook, where pictures appear below the cell; and as a plain script.
What a line prints is written below it in the file, after `# >`; a test compares the two.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from ..languages import language, reading, told, tr, tr_prose
from . import plots
from .catalog import Demo, demo_of, find
from .report import Report, rendered

__all__ = ["Statement", "asked", "option", "plot", "read", "run", "show", "told_prose"]


# --- What a page uses --------------------------------------------------------------------------------------


def option(name: str, default: int) -> int:
    """Return the number given as --NAME on the command line (seed or steps), or `default` if there is none."""
    if _running is None:
        return default
    _running.asked[name] = given = _running.given.get(name)
    chosen = default if given is None else given
    if name == "seed":
        _running.report.note = tr("seed {number}", number=chosen)
    return chosen


def show(drawing: Any, name: str, caption: str = "", at: str = "") -> None:
    """Show a graph: on the page as NAME.svg, in a notebook below the cell. A player or film is shown as NAME.html.

    at: how a player starts, as in its address: "predict" asks for each number before it is shown.
    """
    if _running is not None:
        _running.print_out()
        _put(_running.report, name, drawing, caption, at)
    elif "IPython" in sys.modules:
        from IPython.display import SVG, display

        display(drawing if hasattr(drawing, "html") else SVG(rendered(drawing, "svg")))
    else:
        report = Report(f"out/{Path(sys.argv[0]).stem}", name)
        print(f"[{_put(report, name, drawing, caption)}]")


def asked(text: str, choices: Sequence[str], answer: str, reason: str, slips: Sequence[tuple[str, str]]) -> bool:
    """Put a question with a field for the answer on the running page; False if no page is running."""
    if _running is None:
        return False
    _running.print_out()
    _running.report.question(text, choices, answer, reason, slips)
    if not _running.quiet:
        print(tr("Predict: {question}", question=text), file=_running.terminal)
    return True


def _put(report: Report, name: str, drawing: Any, caption: str, at: str = "") -> Path:
    """Put a picture or a player on a page, and return the file that it is in."""
    if hasattr(drawing, "html"):
        report.plays(drawing, caption, name, at)
        return report.folder / f"{name}.html"
    report.picture(name, drawing, caption)
    return report.folder / f"{name}.svg"


def plot(name: str, caption: str = "", *, film: bool = False, **options: Any) -> Callable[[Callable[..., None]], None]:
    """Draw a figure with the decorated function of its axes, and show it; for the options see plots.figure.

    film: also show the panels of `each` one by one on the page.
    """
    if _running is not None:
        _running.print_out()
        return _running.report.plot(name, caption, film=film, **options)

    def decorate(draw: Callable[..., None]) -> None:
        show(plots.figure(draw, **{**options, "title": told(options["title"])}), name, caption)

    return decorate


# --- Reading and running a page ----------------------------------------------------------------------------


class Statement(NamedTuple):
    """One top-level statement of a page and what the file says it prints: the `# >` lines below it."""

    node: ast.stmt
    expected: str


class Cell(NamedTuple):
    """One cell: prose, or the code of some statements."""

    prose: str
    code: str
    statements: list[Statement]

    def only_calls(self, name: str) -> bool:
        """Return whether the cell holds only calls to that function."""
        return all(_calls(node, name) for node, _ in self.statements)

    @property
    def prepares(self) -> bool:
        """Whether the cell only imports, and reads options."""
        return all(
            isinstance(node, (ast.Import, ast.ImportFrom))
            or (isinstance(node, ast.Assign) and _calls(ast.Expr(node.value), "option"))
            for node, _ in self.statements
        )

    @property
    def draws(self) -> bool:
        """Whether the cell only draws: it begins with a plot, or with a function of the axes."""
        return self.code.startswith("@plot") or bool(re.match(r"def \w+\(ax\b", self.code)) or self.only_calls("show")


def _calls(node: ast.stmt, name: str) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name


def read(path: Path) -> Iterator[Cell]:
    """Yield the cells of a page. What a cell shows at its end becomes its own cell."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("# %%")]
    tree = ast.parse(source, str(path))
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        inside = lines[start + 1 : end]
        if "[markdown]" in lines[start]:
            yield Cell("\n".join(re.sub(r"^# ?", "", line) for line in inside), "", [])
            continue
        nodes = [node for node in tree.body if start < node.lineno <= end]
        last = nodes[-1].lineno - 1 if len(nodes) > 1 and _calls(nodes[-1], "show") else end
        for begin, stop in ((start + 1, last), (last, end)):
            code = "\n".join(line for line in lines[begin:stop] if not line.startswith("# >")).strip()
            held = [node for node in nodes if begin < node.lineno <= stop]
            if held:
                yield Cell("", code, [Statement(node, _expected(lines, node.end_lineno or 0)) for node in held])


def _expected(lines: list[str], below: int) -> str:
    end = below
    while end < len(lines) and lines[end].startswith("# >"):
        end += 1
    return "".join(f"{line[4:]}\n" for line in lines[below:end])


def _told(prose: str) -> str:
    """Return what a terminal shows of a prose cell: its headings, and everything that the reader is asked to do."""
    if prose.strip().startswith(("## Yours", "## Make")):
        asked = prose.strip().partition("\n## Summary")[0]  # the summary is on the page, with its formulas
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)|\*\*", r"\1", tr_prose(asked.strip()))
        return f"\n{plain.lstrip('# ')}\n"
    return "".join(f"\n{tr_prose(line).lstrip('# ')}\n" for line in prose.splitlines() if line[:1] == "#")


def told_prose(cell: Cell, demo: Demo) -> str:
    """Return the prose of a cell in the language in use; in Russian, the title needs no Russian line below it."""
    return tr_prose(_without(cell.prose, f"*{demo.russian}*") if language() == "ru" else cell.prose)


def _without(prose: str, *shown: str) -> str:
    """Return a cell's prose, without the lines that the top of the page already shows."""
    return "\n".join(line for line in prose.split("\n") if line not in shown)


class _Run:
    """A running page: its report, the options it was given, the options it asked for, and what it printed."""

    def __init__(self, name: str, report: Report, given: Mapping[str, int | None], quiet: bool) -> None:
        self.name = name
        self.report = report
        self.given = given
        self.asked: dict[str, int | None] = {}
        self.quiet = quiet
        self.printed = io.StringIO()
        self.terminal = sys.stdout  # what a statement prints is caught, and then passed on

    def print_out(self) -> None:
        """Put on the page what has been printed since the last time."""
        text = self.printed.getvalue()
        if text:
            self.report.output(text.rstrip("\n"))
            self.printed = io.StringIO()

    def execute(self, node: ast.stmt, path: Path, names: dict[str, Any]) -> str:
        """Run one statement, and return what it printed."""
        printed = _Tee(None if self.quiet else sys.stdout)
        with redirect_stdout(printed):
            exec(compile(ast.Module([_Titles().visit(deepcopy(node))], []), str(path), "exec"), names)
        self.printed.write(printed.getvalue())
        return printed.getvalue()


class _Titles(ast.NodeTransformer):
    """Translates the titles of graphs into the language in use; figures translate their own titles."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for word in node.keywords:
            if word.arg == "title":
                told_title = ast.Call(ast.Name("__told__", ast.Load()), [word.value], [])
                word.value = ast.fix_missing_locations(ast.copy_location(told_title, word.value))
        return node


class _Tee(io.StringIO):
    """A stream that keeps what is written, and passes it on."""

    def __init__(self, also: Any) -> None:
        super().__init__()
        self.also = also

    def write(self, text: str, /) -> int:
        if self.also:
            self.also.write(text)
        return super().write(text)


_running: _Run | None = None


def run(
    page: str | Path,
    out: str | Path | None = None,
    seed: int | None = None,
    steps: int | None = None,
    quiet: bool = False,
    png: bool = False,
    watch: Callable[[Statement, str], None] | None = None,
) -> dict[str, Any]:
    """Run a page, found by its name or its file, into the folder `out` (out/NAME by default), and return its variables by name.

    seed, steps: used in place of the page's own, if it has any. quiet: print nothing.
    watch: called with every statement and what it printed.
    """
    global _running
    demo = demo_of(page) if isinstance(page, Path) else find(page)
    if demo is None:
        raise ValueError(f"want the name or the file of a page of cells, got {page}")
    path = demo.path
    cells = list(read(path))
    report = Report(
        out or Path("out", demo.name), tr(demo.question), "", png, demo.russian if language() != "ru" else ""
    )
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path), "__told__": told}
    before, _running = _running, _Run(demo.name, report, {"seed": seed, "steps": steps}, quiet)
    try:
        with reading(demo.name):
            for cell in cells:
                if cell.prose:
                    report.prose(tr_prose(_without(cell.prose, f"# {demo.question}", f"*{demo.russian}*")))
                    if not quiet:
                        print(_told(cell.prose))
                    continue
                if not cell.only_calls("predict"):
                    drawn = tr("How the next picture is drawn") if cell.draws else ""
                    report.code(cell.code, folded=drawn or (tr("What is imported") if cell.prepares else ""))
                for statement in cell.statements:
                    printed = _running.execute(statement.node, path, names)
                    if watch:
                        watch(statement, printed)
                _running.print_out()
        for flag, given in _running.given.items():
            if given is not None and flag not in _running.asked:
                report.lacks(f"--{flag} {given}", tr("this demo has no {flag}, so the flag changes nothing", flag=flag))
    finally:
        _running = before
    return {**names, "report": report}
