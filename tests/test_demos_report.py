"""Pages: they are up to date after every addition, complete or absent, and safe no matter what a label holds."""

from __future__ import annotations

import doctest
import io
import re
import sys
from html.parser import HTMLParser

import pytest

from demos.shared import report as report_module
from demos.shared.progress import Progress
from demos.shared.report import FolderError, Report, markdown

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\nb", "Привет", "|{}", "`<b>`", "**<b>**"]


class Drawing:
    """Looks like a graphviz graph."""

    source = "digraph {}"

    def pipe(self, format):
        return f"<{format}/>".encode()


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_reaches_a_page_only_escaped(text, tmp_path):
    report = Report(tmp_path, title=text, note=text, russian=text)
    report.prose(text)
    report.code(text, folded=text)
    report.output(text)
    report.table([text], [[text]], text)
    report.picture("p", Drawing(), text)
    report.film(text).add("q", Drawing(), text)
    report.lacks(text, text)
    page = Tags(report.page.read_text(encoding="utf-8"))
    assert [tag for tag, _ in page.seen].count("script") == 1  # ours
    assert not [attrs for _, attrs in page.seen if "onerror" in attrs]
    assert all(attrs["src"].endswith(".svg") for tag, attrs in page.seen if tag == "img")


def test_the_page_is_true_after_every_addition(tmp_path):
    report = Report(tmp_path / "new" / "folder", "Title")
    assert "<h1>Title</h1>" in report.page.read_text()
    film = report.film("several")
    for k in range(3):
        film.add(f"f-{k}", Drawing(), f"frame {k}")
        assert report.page.read_text().count("<img") == k + 1
    assert [attrs["max"] for tag, attrs in Tags(report.page.read_text()).seen if tag == "input"] == ["2"]
    assert sorted(file.name for file in report.folder.iterdir()) == ["f-0.svg", "f-1.svg", "f-2.svg", "index.html"]


def test_a_wide_picture_is_not_shrunk_until_it_cannot_be_read(tmp_path):
    class Wide(Drawing):
        def pipe(self, format):
            return b'<?xml version="1.0"?><svg xmlns="" width="3000pt" height="100pt"></svg>'

    Report(tmp_path, "t").picture("p", Wide())
    wanted = round(report_module.LEGIBLE * 4000)
    assert f"min-width: {wanted}px" in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "overflow-x: auto" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_what_is_wider_than_a_screen_scrolls_by_itself_and_by_keyboard(tmp_path):
    report = Report(tmp_path, "Wide")
    report.code("x" * 200)
    report.output("y" * 200)
    report.table(["a", "b"], [["1", "2"]])
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    for opening in ('<pre class="code"', '<pre class="output"', '<div class="wide"'):
        assert f'{opening} tabindex="0">' in page
    assert all(re.search(rule + r" \{[^}]*overflow-x: auto", page) for rule in ("pre", r"\.wide"))
    on_paper = page.partition("@media print {")[2]
    assert re.search(r"pre \{[^}]*white-space: pre-wrap", on_paper), "nothing scrolls on paper"


def test_png_is_saved_when_asked_for(tmp_path):
    Report(tmp_path, "t", png=True).picture("p", Drawing())
    assert (tmp_path / "p.png").read_bytes() == b"<png/>"


def test_a_folder_that_cannot_be_written_into_is_refused_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"cannot write to .*file.* Choose another with --out"):
        Report(tmp_path / "file", "t")


def test_markdown():
    for text, html in (
        ("# A\n\none\ntwo", "<h1>A</h1>\n<p>one two</p>"),
        ("- a *b*\n- c\n  d", "<ul><li>a <em>b</em></li><li>c d</li></ul>"),
        ("2 * x * y and w*x", "<p>2 * x * y and w*x</p>"),
        ("**bold** and `a < b *c*`", "<p><strong>bold</strong> and <code>a &lt; b *c*</code></p>"),
        ("## H\nbelow", "<h2>H</h2>\n<p>below</p>"),
    ):
        assert markdown(text) == html


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("rich", "live"), [(False, False), (False, True), (True, True)])
def test_progress(rich, live, monkeypatch):
    if rich:
        pytest.importorskip("rich")
    else:
        monkeypatch.setattr("demos.shared.progress.find_spec", lambda _: None)
    out = Terminal() if live else io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    with Progress("train", 50) as progress:
        for update in range(1, 51):
            progress(update, loss=1 / update)
    said = out.getvalue()
    assert "50/50" in said and "loss 0.02" in said
    assert said.count("\n") == 10 if not live else rich or said.count("\n") == 1
    assert said.isascii() or rich


@pytest.mark.parametrize(("total", "every"), [(600, 50), (1000, 50), (50, 1), (7, 1), (25, 1), (20, 20)])
def test_progress_prints_some_lines_and_the_last(total, every, capsys):
    with Progress("train", total) as progress:
        for update in range(every, total + 1, every):
            progress(update, loss=1.0)
    lines = capsys.readouterr().out.splitlines()
    assert min(total // every, 6) <= len(lines) <= 10 and f"{total}/{total}" in lines[-1]


def test_quiet_progress_prints_nothing(capsys):
    with Progress("train", 3, quiet=True) as progress:
        progress(3, loss=1.0)
    assert capsys.readouterr().out == ""


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(report_module).failed == 0
