"""A folder of pictures with an index.html that shows them, and is up to date after every addition.

Files are written whole or not at all, and the page is written again whenever something is added. So a demo that is
interrupted leaves behind everything that it has made.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from autograd import AutogradError, Value, draw
from autograd.drawing.output import write_whole
from autograd.player.player import safe_json

from ..languages import language, told, tr
from . import plots
from .catalog import find

__all__ = ["FolderError", "Report", "markdown", "question_form", "rendered"]

PAGE = 1600  # pixels of a picture that was made to be read as a whole, with text of 13 px and more
LEGIBLE = 0.4  # pictures are never scaled down further; a page that is too narrow for them scrolls

_HERE = Path(__file__).parent


class FolderError(OSError):
    """A folder that cannot be written to."""


class Report:
    """The page of one demo, which grows in the folder `out`.

    title, russian: the page's heading in both languages. note: added to every picture's title, such as the seed.
    png: save every graph as PNG too; a plot is SVG, which needs no program that draws pixels. Raises FolderError if the folder cannot be written to.
    """

    def __init__(self, out: str | Path, title: str, note: str = "", png: bool = False, russian: str = "") -> None:
        self.folder = Path(out).resolve()
        self.page = self.folder / "index.html"
        self.title = title
        self.russian = russian
        self.note = note
        self.png = png
        self.missing: dict[str, list[str]] = {}
        self.files: list[Path] = []
        self._blocks: list[str | Film] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.rewrite()
        except OSError as error:
            raise FolderError(
                tr(
                    "cannot write to {folder}: {why}. Choose another with --out",
                    folder=self.folder,
                    why=error.strerror,
                )
            ) from None

    # --- What a page is made of ---------------------------------------------------------------------------

    def prose(self, text: str) -> None:
        """Add paragraphs, lists and headings written in a little Markdown."""
        self._add(markdown(text))

    def code(self, text: str, folded: str = "") -> None:
        """Add code; with `folded`, a line to click on that opens it."""
        block = f'<pre class="code" tabindex="0"><code>{escape(text)}</code></pre>'
        self._add(f"<details><summary>{escape(folded)}</summary>{block}</details>" if folded else block)

    def question(
        self, text: str, choices: Sequence[str], answer: str, reason: str, slips: Sequence[tuple[str, str]]
    ) -> None:
        """Ask a question before its number is shown; the reply to a wrong answer names the slip that gives it."""
        self._add(question_form(text, choices, answer, reason, slips))

    def output(self, text: str) -> None:
        self._add(f'<pre class="output" tabindex="0">{escape(text)}</pre>')

    def table(self, header: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> None:
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
        body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
        title = f"<caption>{markdown_line(caption)}</caption>" if caption else ""
        table = f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        self._add(f'<div class="wide" tabindex="0">{table}</div>')

    def picture(self, name: str, drawing: Any, caption: str = "") -> None:
        """Save a drawing (a graph or a figure) as NAME.svg, and show it."""
        self.film(caption).add(name, drawing, caption)

    def film(self, caption: str = "") -> Film:
        """Show several drawings in one place on the page, with a slider to go through them."""
        film = Film(self, caption)
        self._blocks.append(film)
        return film

    def plays(self, player: Any, caption: str = "", name: str = "film", at: str = "") -> None:
        """Save an interactive page, such as a player or a Recorder's film, as NAME.html, and show it; at: how it starts."""
        self.write(f"{name}.html", player.html)
        caption = told(caption)
        address = f"{name}.html#{at}" if at else f"{name}.html"
        frame = f'<iframe src="{address}" title="{escape(caption or tr("an interactive graph"))}"></iframe>'
        link = f'<a href="{address}">{escape(tr("Open it in its own window."))}</a>'
        self._add(f"<figure>{frame}<figcaption>{markdown_line(caption)} {link}</figcaption></figure>")

    def plot(
        self, name: str, caption: str = "", *, film: bool = False, **options: Any
    ) -> Callable[[Callable[..., None]], None]:
        """Draw a figure with the decorated function of its axes and the options of plots.figure, and show it.

        film: also show the panels of `each` one by one.
        """

        def decorate(draw: Callable[..., None]) -> None:
            options["title"] = self.titled(options["title"])
            self.picture(name, plots.figure(draw, **options), caption)
            if film:
                frames = self.film(tr("The same pictures one by one: move the slider."))
                for k, (text, item) in enumerate(options.pop("each").items()):
                    options["size"] = (6.4, 5.4)
                    frames.add(f"{name}-{k}", plots.figure(draw, each={text: item}, **options), text)

        return decorate

    def lacks(self, what: str, why: str) -> None:
        """Say on the page that something was left out, and why; `missing` collects what was left out for each
        reason."""
        self.missing.setdefault(why, []).append(what)
        self._add(f'<p class="missing">{escape(tr("{what} is left out: {why}", what=what, why=why))}</p>')

    def titled(self, title: str) -> str:
        """Return the title of a picture, followed by the note."""
        return f"{told(title)} ({self.note})" if self.note else told(title)

    # --- Writing ------------------------------------------------------------------------------------------

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the report."""
        path = self.folder / name
        write_whole(path, content)
        if path not in self.files:
            self.files.append(path)

    def _add(self, block: str) -> None:
        self._blocks.append(block)
        self.rewrite()

    def rewrite(self) -> None:
        """Write index.html in its current state."""
        style, script = ((_HERE / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
        self.write(
            "index.html",
            "<!DOCTYPE html>\n"
            f'<html lang="{language()}"><head><meta charset="utf-8"><title>{escape(self.title)}</title>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<style>\n{style}</style></head>\n<body><main>\n<h1>{escape(self.title)}</h1>\n"
            + (f'<p class="russian" lang="ru">{escape(self.russian)}</p>\n' if self.russian else "")
            + "\n".join(str(block) for block in self._blocks)
            + f"\n</main><footer>{escape(self.note)}</footer>\n<script>\n{sentences(script)}{script}</script></body></html>\n",
        )


class Film:
    """One picture, or several in one place with a slider; str() gives the HTML. Without scripts the first picture is
    shown."""

    def __init__(self, report: Report, caption: str) -> None:
        self.report = report
        self.caption = told(caption)
        self.frames: list[tuple[str, str, int]] = []  # name, caption, width

    def add(self, name: str, drawing: Any, caption: str) -> None:
        """Save a drawing as NAME.svg, and show it as the next picture.

        If nothing can lay out a graph, its DOT text is saved instead, and the page says what is missing.
        """
        try:
            for form in ("svg", "png") if self.report.png and hasattr(drawing, "pipe") else ("svg",):
                self.report.write(f"{name}.{form}", rendered(drawing, form))
        except AutogradError as error:
            if not hasattr(drawing, "source"):
                raise
            self.report.write(f"{name}.dot", drawing.source)
            self.report.lacks(
                tr("{picture} (but {text} is there)", picture=f"{name}.svg", text=f"{name}.dot"), str(error)
            )
            return
        self.frames.append((name, told(caption), _width(self.report.folder / f"{name}.svg")))
        self.report.rewrite()

    def graph(self, demo: str, update: int, loss: Value, **options: Any) -> None:
        """Call backward() on a loss, and add a drawing of its graph; the gradients stay. options: those of draw."""
        loss.label = "loss"
        loss.backward()
        title = self.report.titled(tr("{demo}, update {update}", demo=demo, update=update))
        caption = tr("update {update}: loss {loss}", update=update, loss=f"{loss.data:.4f}")
        self.add(f"graph-{update}", draw(loss, title=title, **options), caption)

    def __str__(self) -> str:
        if not self.frames:
            return ""
        images = "".join(
            f'<a href="{name}.svg"{" hidden" if k else ""}><img src="{name}.svg" alt="{escape(_whole(text, self.caption))}" '
            f'data-frame="{escape(text)}" '
            f"{_kept(width)}></a>"
            for k, (name, text, width) in enumerate(self.frames)
        )
        slider = ""
        if len(self.frames) > 1:
            slider = (
                f'<label class="film"><input type="range" min="0" max="{len(self.frames) - 1}" value="0" '
                f'aria-label="{escape(tr("which picture"))}"><output>{escape(self.frames[0][1])}</output></label>'
            )
        return f"<figure>{images}{slider}<figcaption>{markdown_line(self.caption)}</figcaption></figure>"


def sentences(script: str) -> str:
    """Return what say() in a script looks up: its English sentences, with their translations into the language in use.

    >>> sentences('tell(say("Write down your answer first."))')
    'const SENTENCES = {};\\n'
    """
    said = re.findall(r'\bsay\("([^"]+)"', script)
    other = {sentence: tr(sentence) for sentence in said}
    return f"const SENTENCES = {safe_json({k: v for k, v in other.items() if k != v})};\n"


def _whole(frame: str, caption: str) -> str:
    """Return what a frame of a film shows, as a sentence for those who cannot see it."""
    return caption if frame == caption else f"{frame}. {caption}"


def _kept(width: int) -> str:
    """Return the attributes that stop a picture from being scaled down; one made for a page keeps its text at 12 px."""
    small = f' class="page" style="--width: {width}; ' if width <= PAGE else ' style="'
    return f'{small}min-width: {LEGIBLE * width:.0f}px"'.lstrip()


def _width(svg: Path) -> int:
    """Return how wide a picture is, in the pixels of a page."""
    found = re.search(r'<svg[^>]*? width="([\d.]+)pt"', svg.read_text(encoding="utf-8"))
    return round(float(found[1]) * 4 / 3) if found else 0


def rendered(drawing: Any, form: str) -> bytes:
    """Return the bytes of a graph's SVG or PNG, or of a figure's SVG."""
    return drawing.pipe(format=form) if hasattr(drawing, "pipe") else drawing.svg().encode()


def question_form(text: str, choices: Sequence[str], answer: str, reason: str, slips: Sequence[tuple[str, str]]) -> str:
    """Write a question as HTML, for report.js, with the answers encoded so that nobody reads them by accident."""
    known = b64encode(json.dumps([[answer, reason], *slips]).encode()).decode()
    words = ["", *choices]
    field = (
        "<select>" + "".join(f"<option>{escape(word)}</option>" for word in words) + "</select>"
        if choices
        else '<input inputmode="decimal" autocomplete="off" size="10">'
    )
    return (
        f'<form class="predict" data-known="{known}"><label><strong>{escape(tr("Predict."))}</strong> {markdown_line(text)} {field}</label> '
        f'<button>{escape(tr("Check"))}</button> <button type="button" class="reveal">{escape(tr("Show the answer"))}</button> '
        '<output aria-live="polite"></output></form>'
    )


# --- The little Markdown that prose is written in ----------------------------------------------------------


def markdown(text: str) -> str:
    """Write headings, paragraphs, tables, lists of lines that begin with "- ", `code`, **bold**, *emphasis*,
    [links](53b) and formulas in TeX notation, `$...$` in a line or `$$...$$` by themselves, and code between lines of
    ```, as safe HTML.

    >>> markdown("# A < b\\n\\none *line*\\nand `a < b`")
    '<h1>A &lt; b</h1>\\n<p>one <em>line</em> and <code>a &lt; b</code></p>'
    """
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n(?=(?:[^`]|`(?!``))*(?:```(?:[^`]|`(?!``))*```(?:[^`]|`(?!``))*)*$)", text.strip()):
        if block.startswith("```"):
            blocks.append(
                f'<pre class="code" tabindex="0"><code>{escape(block.strip("`").partition(chr(10))[2].rstrip())}</code></pre>'
            )
            continue
        lines = [line.strip() for line in block.splitlines()]
        heading = re.match(r"(#{1,3}) (.*)", lines[0])
        if heading:
            level = len(heading[1])
            blocks.append(f"<h{level}>{markdown_line(heading[2])}</h{level}>")
            lines = lines[1:]
        if lines and lines[0].startswith("| "):
            blocks.append(_table(lines))
        elif lines and lines[0].startswith("$$"):
            blocks.append(typeset(" ".join(lines).strip("$ "), display=True))
        elif lines and lines[0].startswith("- "):
            items = "\n".join(lines)[2:].split("\n- ")
            blocks.append("<ul>" + "".join(f"<li>{markdown_line(item)}</li>" for item in items) + "</ul>")
        elif lines:
            blocks.append(f"<p>{markdown_line(' '.join(lines))}</p>")
    return "\n".join(blocks)


def _table(lines: Sequence[str]) -> str:
    """Return a table whose second line separates the header."""
    head, _, *rows = [[markdown_line(cell) for cell in line.strip("| ").split(" | ")] for line in lines]
    top = "".join(f'<th scope="col" style="text-align: left">{cell}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align: left">{cell}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def markdown_line(text: str) -> str:
    pieces = re.split(r"(`[^`]+`|\$[^$]+\$)", " ".join(text.split()))
    return "".join(map(_piece, pieces))


def _piece(piece: str) -> str:
    if len(piece) > 2 and piece[0] == piece[-1] == "`":
        return f"<code>{escape(piece[1:-1])}</code>"
    if len(piece) > 2 and piece[0] == piece[-1] == "$":
        return typeset(piece[1:-1])
    text = re.sub(r"(?<!\w)\*\*(\S.*?)\*\*(?!\w)", r"<strong>\1</strong>", escape(piece))
    text = re.sub(r"(?<![\w*])\*([^\s*].*?)\*(?![\w*])", r"<em>\1</em>", text)
    return re.sub(r"\[([^]]+)\]\(([\w.:/#-]+)\)", _link, text)


def _link(found: re.Match[str]) -> str:
    text, target = found.groups()
    demo = find(target)
    return f'<a href="{f"../{demo.name}/index.html" if demo else target}">{text}</a>'


def typeset(formula: str, display: bool = False) -> str:
    """Return a formula in TeX notation as MathML, which browsers understand. If latex2mathml is not installed, the
    formula stays as it was typed."""
    try:
        from latex2mathml.converter import convert
    except ImportError:
        tag = "p" if display else "span"
        return f"<{tag}><code>{escape(formula)}</code></{tag}>"
    return convert(formula, display="block" if display else "inline")
