"""The handout: all lessons on paper. It has no sliders or players, cuts off no line of code, and gives the answers at
the end."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from html import escape

from ..languages import language, reading, told, tr
from ..practice import QUESTIONS
from ..shared.catalog import Demo
from ..shared.page import Cell, read, told_prose
from ..shared.report import markdown, markdown_line

__all__ = ["figures", "handout"]

_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 10pt/1.35 Georgia, "Times New Roman", serif; color: #000; max-width: 178mm; margin: 1rem auto; padding: 0 1rem; }
h1 { break-before: page; font-size: 20pt; line-height: 1.2; } h1:first-of-type { break-before: auto; }
h2 { font-size: 14pt; margin: 1.2em 0 .3em; break-after: avoid; }
pre { font: 8pt/1.3 ui-monospace, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5em 0;
  padding: .4em .6em; border: .3pt solid #888; break-inside: avoid; }
pre.output { border-width: 0 0 0 2pt; }
figure { margin: .8em 0; break-inside: avoid; } img { max-width: 100%; max-height: 68mm; } figcaption { font-size: 9.5pt; }
.predict { border: .6pt solid #000; padding: .5em .7em; margin: .8em 0; break-inside: avoid; }
.answer { border-bottom: .5pt solid #000; display: inline-block; width: 45mm; }
code { font-size: .9em; } .answers { font-size: 9pt; line-height: 1.25; }
"""


def handout(demos: Sequence[Demo]) -> str:
    """Return the handout for lessons whose pages are in lessons/NAME beside it."""
    parts: list[str] = []
    for demo in demos:
        with reading(demo.name):
            parts += _lesson(demo)
    parts += [
        f"<h1>{tr('Answers')}</h1>",
        '<ul class="answers">',
        *(line for demo in demos for line in _answers(demo)),
        "</ul>",
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8"><title>{tr("Backpropagation: the handout")}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _lesson(demo: Demo) -> Iterator[str]:
    for cell in read(demo.path):
        if cell.prose:
            yield markdown(told_prose(cell, demo)).replace('href="../', 'href="lessons/')
        elif cell.only_calls("predict"):
            yield from map(_question, _names(cell, "predict"))
        else:
            yield from _code(demo, cell)


def _code(demo: Demo, cell: Cell) -> Iterator[str]:
    if not cell.draws:
        yield f"<pre>{escape(cell.code)}</pre>"
    printed = "".join(statement.expected for statement in cell.statements).rstrip()
    if printed:
        yield f'<pre class="output">{escape(printed)}</pre>'
    if any(_plays(node) for node, _ in cell.statements):
        yield f"<p>{tr('(On paper there is no player. It is on the page {page}.)', page=f'lessons/{demo.name}/index.html')}</p>"
    for name, caption in figures(cell):
        caption = told(caption)
        yield (
            f'<figure><img src="lessons/{demo.name}/{name}.svg" alt="{escape(caption)}">'
            f"<figcaption>{markdown_line(caption)}</figcaption></figure>"
        )


def figures(cell: Cell) -> list[tuple[str, str]]:
    """Return the pictures that a cell makes, with name and caption. A player or a film is not a picture."""
    found: list[tuple[str, str]] = []
    for node, _ in cell.statements:
        calls = [node.value] if isinstance(node, ast.Expr) else getattr(node, "decorator_list", [])
        for call in calls:
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            texts = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            if call.func.id in ("show", "plot") and texts and not _plays(node):
                found.append((texts[0], texts[1] if len(texts) > 1 else ""))
    return found


def _plays(node: ast.stmt) -> bool:
    """Return whether a statement shows something that moves: a player or a film."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or _name(call) != "show":
        return False
    return not (isinstance(call.args[0], ast.Call) and _name(call.args[0]) == "draw")


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _names(cell: Cell, function: str) -> list[str]:
    """Return the first argument of each call to a function in a cell."""
    return [
        node.value.args[0].value  # type: ignore[attr-defined]
        for node, _ in cell.statements
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _name(node.value) == function
    ]


def _question(name: str) -> str:
    one = QUESTIONS[name]
    choices = f" ({escape(tr(' or ').join(map(tr, one.choices)))})" if one.choices else ""
    return f'<div class="predict"><strong>{tr("Predict.")}</strong> {markdown_line(tr(one.text))}{choices} <span class="answer">&nbsp;</span></div>'


def _answers(demo: Demo) -> Iterator[str]:
    for cell in read(demo.path):
        for name in _names(cell, "predict"):
            one = QUESTIONS[name]
            answer = tr(one.answer) if isinstance(one.answer, str) else f"{one.answer:.4g}"
            asked = tr("Lesson {number}: {question}", number=demo.lesson, question=tr(one.text))
            yield f"<li>{markdown_line(asked)} <strong>{escape(answer)}</strong>. {escape(tr(one.reason))}.</li>"
