"""What the README says is executed (its transcripts are doctests) or made from the code; ``pytest --refresh`` writes it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from autograd.ops import BUILTIN, OPS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def operations() -> str:
    """The table of rows."""
    lines = ["| Operation | Drawn as | Value | Partials |", "|---|---|---|---|"]
    for op in (OPS[name] for name in BUILTIN):
        partials = ", ".join(
            f"d/d{name} `{partial.source.replace('|', chr(92) + '|')}`"
            for name, partial in zip(op.operands, op.partials)
        )
        lines.append(f"| `{op.name}` | {op.symbol.replace('*', chr(92) + '*')} | `{op.value.source}` | {partials} |")
    return "\n".join(lines)


def file_map() -> str:
    """Each file with the first line of its docstring."""
    lines = []
    for package in ("autograd", "nn", "demos"):
        lines += [f"**{package}/**", "", "| File | What it is |", "|---|---|"]
        for path in sorted((ROOT / package).glob("*.py")):
            summary = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
            assert summary, f"{path.name} does not say what it is"
            lines.append(f"| [`{path.name}`]({package}/{path.name}) | {summary.replace('|', chr(92) + '|')} |")
        lines.append("")
    return "\n".join(lines).rstrip()


MADE = {"operations": operations, "map": file_map}


def with_made_parts(text: str) -> str:
    for name, make in MADE.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)"
        assert re.search(pattern, text, re.S), name
        made = make()
        text = re.sub(pattern, lambda m, made=made: f"{m[1]}{made}\n{m[2]}", text, flags=re.S)
    return text


def test_tables_in_the_readme_are_made_from_the_code(request):
    text = README.read_text(encoding="utf-8")
    made = with_made_parts(text)
    if request.config.getoption("--refresh"):
        README.write_text(made, encoding="utf-8", newline="\n")
        return
    assert text == made, "the README is out of date: pytest --refresh"


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


def test_every_link_in_the_readme_leads_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_the_top_level_is_bare():
    import subprocess

    try:
        tracked = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):
        return
    top = {name.split("/")[0] for name in tracked if name} - {"pyproject.toml", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= {"autograd", "nn", "demos", "tests"}
