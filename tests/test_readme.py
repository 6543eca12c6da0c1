"""What the READMEs say is executed (their transcripts are doctests) or made from the code; ``pytest --refresh`` writes it."""

from __future__ import annotations

import html
import json
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from fuzz import report
from judge_solutions import table_of_rates
from mutants import results

from autograd import Value
from autograd.ops import BUILTIN, OPS
from demos.bench import tables_of
from demos.exercises import exercises_of
from demos.shared.catalog import DEMOS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def operations() -> str:
    """Return the table of rows."""
    lines = ["| Operation | Drawn as | Value | Partials |", "|---|---|---|---|"]
    for op in (OPS[name] for name in BUILTIN):
        partials = ", ".join(
            f"d/d{name} `{partial.source.replace('|', chr(92) + '|')}`"
            for name, partial in zip(op.operands, op.partials)
        )
        lines.append(f"| `{op.name}` | {op.symbol.replace('*', chr(92) + '*')} | `{op.value.source}` | {partials} |")
    return "\n".join(lines)


def lessons() -> str:
    """Return the lessons in teaching order."""
    lines = ["| Lesson | Question | Exercises |", "|---|---|---|"]
    for demo in (demo for demo in DEMOS if demo.lesson):
        names = ", ".join(f"`{one.name}` ({one.level})" for one in exercises_of(demo.lesson))
        lines.append(f"| [{demo.lesson}](lessons/{demo.name}.py) | {demo.question} | {names} |")
    return "\n".join(lines)


def measured() -> str:
    """Return the tables of the run in tests/golden/measured.json, which `python -m demos bench --save` has written."""
    return f"\n{tables_of((ROOT / 'tests/golden/measured.json').read_text(encoding='utf-8'))}\n"


def looked_for() -> str:
    """Return what the fuzzer has compared and which mutants survive: tests/golden/fuzz.json and mutants.json."""
    fuzz, mutants = report.totals(), results.figures(results.read(results.RESULTS))
    planted = json.loads((ROOT / "tests/fuzz/planted.json").read_text(encoding="utf-8"))
    spent = f"{fuzz['hours']:.1f} hours" if fuzz["hours"] >= 1 else f"{60 * fuzz['hours']:.0f} minutes"
    text = f"""\
**The tests are tested, too.** `python -m tests.fuzz` writes random programs and compares every mode with PyTorch in float64 and with mpmath:
{fuzz["programs"]:,} programs so far, in {spent} on one core, with {fuzz["comparisons"]:,} comparisons. The largest
disagreement is {fuzz["largest"]:.2f} times the bound on rounding errors, in mode `{fuzz["mode"]}`. Whatever it finds is
fixed, and becomes a test; it finds each of {len(planted)} faults planted by hand within two minutes. `python -m
tests.mutants` changes one operator, constant, condition or statement in the code at a time: {mutants["run"]} such
changes were drawn at random; {mutants["equivalent"]} of them have no visible effect, and a test fails for
{mutants["share"]:.1%} of the others. `tests/golden/mutants.json` says why the rest survive."""
    text = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), " ".join(text.split()))  # code stays on one line
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False).replace("\0", " ")


PAGES = [README, *(ROOT / folder / "README.md" for folder in ("autograd", "demos", "demos/bench"))]
MADE = {
    "operations": operations,
    "measured": measured,
    "lessons": lessons,
    "rates": table_of_rates,
    "tested": looked_for,
}


def with_made_parts(text: str) -> str:
    for name in re.findall(r"<!-- /(\w+) -->", text):
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        made = MADE[name]()
        text = re.sub(pattern, lambda m, made=made: f"{m[1]}{made}\n{m[2]}", text, flags=re.S)
    return text


def description() -> str:
    from address import description

    return description(README.read_text(encoding="utf-8"), (ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_description_of_the_package_is_the_readme_without_links_that_lead_nowhere(request):
    path = ROOT / ".github" / "description.md"
    if request.config.getoption("--refresh"):
        path.write_text(description(), encoding="utf-8", newline="\n")
    text = path.read_text(encoding="utf-8")
    assert text == description(), "the README has changed: pytest --refresh"
    assert re.findall(r"\]\(([^)]*)\)", text) == re.findall(r"\]\((https://[^)]*)\)", text)
    assert "<!--" not in text and len(text) > 5000


def test_the_description_is_rendered_as_an_index_renders_it():
    markdown = pytest.importorskip("readme_renderer.markdown")
    page = markdown.render((ROOT / ".github" / "description.md").read_text(encoding="utf-8"))
    assert (
        page and page.count("<h2") == README.read_text(encoding="utf-8").count("\n## ") and page.count("<table>") == 2
    )
    assert page.startswith("<h1") and "&lt;!--" not in page and "](" not in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_tables_are_made_from_the_code(page, request):
    text = page.read_text(encoding="utf-8")
    made = with_made_parts(text)
    if request.config.getoption("--refresh"):
        page.write_text(made, encoding="utf-8", newline="\n")
        return
    assert text == made, "the README is out of date: pytest --refresh"


def test_every_table_is_on_a_page_and_the_readme_ends():
    assert set(re.findall(r"<!-- /(\w+) -->", "".join(page.read_text(encoding="utf-8") for page in PAGES))) == set(MADE)
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 180


def test_the_commands_for_windows_say_the_same_as_those_for_a_shell():
    text = README.read_text(encoding="utf-8")
    shell = re.findall(r"^python3 -m venv .*$", text, re.M)
    windows = re.findall(r"^py -3 -m venv .*$", text, re.M)
    assert len(shell) == len(windows) == 2
    for a, b in zip(shell, windows):
        translated = (
            a.replace(" && ", "; ")
            .replace(".venv/bin/", ".venv\\Scripts\\")
            .replace("python3 -m venv", "py -3 -m venv")
        )
        assert translated == b
        assert "&&" not in b and '"' in a


def test_console_transcripts_are_what_is_printed():
    """Lines after ``$`` are run, what follows ``bp>`` is typed, and the rest must be printed in that order."""
    blocks = re.findall(r"^```console\n(.*?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    assert blocks
    for block in blocks:
        command, *lines = block.splitlines()
        assert command.startswith("$ .venv/bin/python -m autograd ")
        typed = "".join(f"{line.removeprefix('bp> ')}\n" for line in lines if line.startswith("bp> "))
        arguments = shlex.split(command.removeprefix("$ .venv/bin/python"))
        ran = subprocess.run([sys.executable, *arguments], cwd=ROOT, input=typed, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        printed = iter(ran.stdout.splitlines())
        for line in lines:
            if line != "...":
                assert any(line.rstrip() == other.rstrip() for other in printed), f"not printed: {line}"


def anchors(page: Path) -> set[str]:
    """Return what a link can lead to on a page: its headings, as they are written in addresses."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        name, _, heading = target.partition("#")
        found = page.parent / name if name else page
        assert found.exists() and (not heading or heading in anchors(found)), target


def test_the_top_level_is_bare():
    try:
        tracked = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        return
    top = {name.split("/")[0] for name in tracked if name} - {"pyproject.toml", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= {"autograd", "nn", "demos", "tests"}


def test_the_picture_is_drawn_by_the_code(request):
    """.github/graph.svg, a film that --refresh writes again, shows the numbers that the code computes now."""
    a, b, c = Value(2.0, "a"), Value(-3.0, "b"), Value(6.8813735870195432, "c")
    p = a * b
    n = p + c
    f = n.tanh()
    stepper = f.step_through()
    path = ROOT / ".github" / "graph.svg"
    if request.config.getoption("--refresh"):
        stepper.save(path, seconds=1.5, theme="auto")
    stepper.run()
    picture = html.unescape(path.read_text(encoding="utf-8"))
    assert picture.count("next ") == len(stepper) and "prefers-color-scheme: dark" in picture
    for node, name in ((a, "a"), (b, "b"), (c, "c"), (p, "p"), (n, "n"), (f, "f")):
        assert f">{name}</text>" in picture
        assert f">{node.data:.4g}</text>" in picture
        assert f">{node.grad:.4g}{' (seed)' * (node is f)}</text>" in picture


def test_the_rows_that_are_quoted_stand_in_the_calculus():
    quoted = re.findall(r"^[A-Z]+ *= row\(.*\)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    calculus = " ".join((ROOT / "autograd" / "ops.py").read_text(encoding="utf-8").split())
    assert quoted
    for row in quoted:
        assert " ".join(row.split()) in calculus, row
