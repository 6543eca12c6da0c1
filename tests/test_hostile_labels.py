"""Labels that try to become markup or code, through every door into a graph and out of everything that writes text.

A writer is a row of WRITERS: a function from a Value to text, and what reads that text back. Each text is compared
with that of the same graph under harmless names: it has the same structure, and the labels are in it as text.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import html
import html.parser
import io
import json
import os
import re
import subprocess
import tempfile
import tokenize
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from backends import needs_c, trace
from drawn import needs_engine

import autograd
import nn
from autograd import (
    AutogradError,
    Recorder,
    TrainingStepper,
    Value,
    detect_anomalies,
    diagnose,
    draw,
    draw_diff,
    grad,
    gradcheck,
    op,
    total,
)  # fmt: skip
from autograd.cli.command import forward_table
from autograd.compiled.export import page
from autograd.drawing import set_engine
from autograd.drawing.formats import tikz
from autograd.drawing.formats.film import animated
from autograd.explain.naming import one_line
from autograd.graph import Graph
from autograd.modes import named_scope
from autograd.native.build import compiler
from autograd.ops import OPS
from autograd.player import Player
from demos.playground.running import Session
from demos.shared.plotting import Figure

LINES = (Path(__file__).parent / "hostile_labels.txt").read_text(encoding="ascii").splitlines()
LABELS = list(dict.fromkeys(ast.literal_eval(line) for line in LINES if not line.startswith("#")))
# Harmless ones, a letter for a letter: an operation written as one letter is drawn in a circle.
PLAIN = [chr(0x4E00 + i) if len(one_line(label)) == 1 else f"n{i}" for i, label in enumerate(LABELS)]


def nameable(label):
    """Return a label as the name of a class, which Python lets hold neither a null nor half a character."""
    return label.replace("\0", "").encode("utf-8", "replace").decode() or "Nothing"


def of_values(labels):
    """Make every label that of a leaf, of an operation and its last operand, and of a named part."""
    return named(labels, of_leaves(labels))


def named(labels, leaves):
    parts = []
    for label, a in zip(labels, leaves):
        with named_scope(label):
            part = a + a
        part.label = label
        parts.append(part)
    return parts


def of_modules(labels):
    """Make every label that of a module's class, of a parameter in it, and the symbol of an operation."""
    return [operation(module(2.0)) for operation, module in map(module_of, labels)]


@cache
def module_of(label):
    kind = type(nameable(label), (nn.Module,), {"forward": lambda self, x: getattr(self, label) * x})
    module = kind()
    setattr(module, label, Value(0.5))
    return op(f"hostile_{len(OPS)}", label, "a * a", "2 * a"), module


def of_leaves(labels):
    return [Value(1.0 + i / 8, label=label) for i, label in enumerate(labels)]


DOORS = {of_values: 36, of_modules: 36, of_leaves: len(LABELS)}  # how many are written at once


@cache
def graph(door, first, hostile):
    labels = (LABELS if hostile else PLAIN)[first : first + DOORS[door]]
    f = total(door(labels))
    f.label = labels[0]
    f.backward()
    return f


@pytest.fixture(scope="module", autouse=True)
def _clean():
    before = set(OPS)
    yield
    graph.cache_clear()
    module_of.cache_clear()
    for name in set(OPS) - before:
        del OPS[name]


# --- Reading back: (what must be the same under harmless names, the texts in it) ------------------------------

IDENTIFIER = re.compile(r"-?[A-Za-z_0-9.]+")


def tokens(dot):
    """Yield the tokens of DOT text: words as they are, quoted ones as ('"', text), markup as ("<", text)."""
    at = 0
    while at < len(dot):
        letter, start = dot[at], at
        if letter.isspace():
            at += 1
        elif letter == '"':
            at = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(dot, at).end()
            yield '"', dot[start + 1 : at - 1]
        elif letter == "<":
            depth = 0
            while depth or at == start:
                depth += {"<": 1, ">": -1}.get(dot[at], 0)
                at += 1
            yield "<", dot[start + 1 : at - 1]
        elif dot.startswith("->", at) or letter in "{}[]=":
            at += 2 if letter == "-" else 1
            yield "", dot[start:at]
        else:
            at = IDENTIFIER.match(dot, at).end()
            yield "word", dot[start:at]


def read_dot(text):
    found, texts, keys, words = [], [], set(), list(tokens(text))
    for i, (kind, word) in enumerate(words):
        following = words[i + 1][1] if i + 1 < len(words) and not words[i + 1][0] else ""
        if kind == "<":
            parsed = ElementTree.fromstring(f"<label>{word}</label>")
            assert {element.tag for element in parsed.iter()} <= {"label", "TABLE", "TR", "TD", "FONT", "B", "BR"}
            assert not {key for element in parsed.iter() for key in element.attrib} & {"HREF", "SRC", "ID", "TARGET"}
            texts += [piece.replace("\\\\", "\\") for piece in parsed.itertext()]
        elif kind == '"':
            for _ in range(2 if words[i - 2] == ("word", "tooltip") else 1):  # how often Graphviz reads its escapes
                word = re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL)
            assert word.isprintable()
            texts.append(html.unescape(word))
        elif following == "=":
            keys.add(word)
        elif words[i - 1] != ("", "=") and word != "=":  # no value
            found.append(word)
    assert not keys & {
        "URL",
        "href",
        "image",
        "shapefile",
        "target",
        "edgeURL",
        "headURL",
        "tailURL",
        "labelURL",
        "imagepath",
    }
    return found, texts


SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    "svg", "g", "title", "desc", "style", "polygon", "polyline", "path", "text", "ellipse", "a", "defs", "linearGradient", "stop",
}  # fmt: skip
RULES = re.compile(
    r"@media (?:print, )?\(prefers-(color-scheme: dark|reduced-motion: reduce)\) \{|\.(fill|stroke)(-[0-9a-f]{6}){2} \{ \2: #[0-9a-f]{6} \}"
    r"|\.moment \{ animation: none !important; visibility: hidden !important \}|\.last \{ visibility: visible !important \}|@keyframes moment[-_0-9of]+ \{( [0-9.]+% \{ visibility: \w+ \})+ \}|\}|"
)


def read_svg(text):
    root, groups = ElementTree.fromstring(text), []
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in DRAWN
        assert not [name for name in element.attrib if name.lower().startswith("on") or name.endswith("href")]
        if element.tag == f"{SVG}style":
            assert all(map(RULES.fullmatch, element.text.split("\n"))), element.text
        if element.get("class") in ("node", "edge", "cluster"):
            groups.append((element.get("class"), element.find(f"{SVG}title").text))
    titles = [value for element in root.iter() for name, value in element.attrib.items() if name.endswith("}title")]
    return sorted(groups), [*(text.replace("\xa0", " ") for text in root.itertext()), *titles]


class Parsed(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.scripts, self.inside = [], [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        self.tags.append((tag, sorted(name for name, _ in attributes)))

    def handle_endtag(self, tag):
        self.inside = None
        self.tags.append(tag)

    def handle_comment(self, data):
        self.tags.append("comment")

    def handle_decl(self, decl):
        self.tags.append(decl)

    def handle_data(self, data):
        (self.scripts if self.inside == "script" else self.texts).append(data)


def strings(data):
    if isinstance(data, dict):
        data = [*data, *data.values()]
    return (
        [text for item in data for text in strings(item)] if isinstance(data, list) else [data] * isinstance(data, str)
    )


def read_page(text):
    text.encode()
    parsed = Parsed(text)
    data = [script for script in parsed.scripts if script.startswith("{")]
    return parsed.tags, [*parsed.texts, *strings([json.loads(script) for script in data])]


class Shown(Parsed):
    """What a notebook shows: its pictures are kept apart, since their number depends on the length of the words."""

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "img":
            assert set(given) == {"alt", "class", "style", "src"}
            read_svg(base64.b64decode(given["src"].removeprefix("data:image/svg+xml;base64,")).decode())
            return
        super().handle_starttag(tag, attributes)
        if tag == "iframe":
            assert given["sandbox"] == "allow-scripts"
            self.tags.append(read_page(given["srcdoc"])[0])


def read_html(text):
    parsed = Shown(text)
    return parsed.tags, parsed.texts


def read_plot(text):
    """Its elements and their attributes, whose numbers depend on how long the words are; words may take several lines."""
    root = ElementTree.fromstring(text)
    texts = [f"{element.text}" for element in root.iter() if element.tag.removeprefix(SVG) in ("text", "title", "desc")]
    kept = [(element.tag, sorted(element.attrib)) for element in root.iter()]
    found = Counter(tag + str(names) for tag, names in kept if not tag.endswith("}text"))
    return (found, {str(names) for tag, names in kept if tag.endswith("}text")}), [
        text.replace("\n", r"\n") for text in texts
    ]


def read_mermaid(text):
    quoted = re.findall(r'"(.*)"', text)
    for piece in (piece for words in quoted for piece in words.split("<br/>")):
        assert re.fullmatch(r"(?:\w|[ .,\-+=/\[\]]|#\d+;)*", piece), piece
    return re.sub(r'"(.*)"', '""', text), [
        re.sub(r"#(\d+);", lambda code: chr(int(code[1])), words) for words in quoted
    ]


ESCAPES = {r"\backslash{}": "\\", r"\sim{}": "~", r"\wedge{}": "^", **{rf"\{c}": c for c in "{}$&#_%"}}


def read_latex(text):
    """Its commands, its braces and its special letters, once the escapes are undone."""
    escape = re.compile("|".join(re.escape(escape) for escape in sorted(ESCAPES, key=len, reverse=True)))
    rest = re.sub(r"\\mathrm\{\}", "", escape.sub("", text))
    assert rest.count("{") == rest.count("}") and not re.search(r"[$#~%]", rest)
    lines = rest.split("\n")
    if len(lines) > 1:
        first, *lines, last = lines
        assert (first, last) == (r"\begin{aligned}", r"\end{aligned}")
        assert all(re.fullmatch(r"  [^&]*&[^&]* \\\\", line) for line in lines)
    found = Counter(re.findall(r"\\[A-Za-z]+|\\.", "".join(line.removesuffix("\\\\") for line in lines)))
    found.pop("\\mathrm", None)  # names longer than a letter have it
    return found, [escape.sub(lambda escape: ESCAPES[escape[0]], text)]


def unescaped(text):
    """Return what LaTeX prints for a text in which nothing but escapes has a meaning, joined as in the writer."""
    back = {escape: letter for letter, escape in tikz.ESCAPES.items()}
    found = re.findall(
        "|".join(re.escape(escape) for escape in sorted(back, key=len, reverse=True)) + r"|[^\\{}$&#_%~^\"<>|]", text
    )
    assert "".join(found) == text, text
    return re.sub(r"\[([a-z -]+)\]", spelled_out, "".join(back.get(piece, piece) for piece in found))


def spelled_out(found):
    """Return the small picture that a name in brackets means, if one does."""
    with contextlib.suppress(KeyError):
        return unicodedata.lookup(found[1].upper())
    return found[0]


def read_tikz(text):
    """Its commands, and the texts of its nodes, which can be nothing else."""
    lines, texts = [], []
    for line in text.split("\n"):
        node = re.fullmatch(r"(\\node\[[^\]]*\]) at \([-\d.]+,[-\d.]+\) \{\\ag\{[\d.]+\}(\\bfseries | )?(.*)\};", line)
        if node:
            texts.append(unescaped(node[3]))
        else:
            lines.append(re.sub(r"-?\d+(\.\d+)?", "0", line))
    assert not any(line.startswith("\\node") for line in lines)
    return Counter(re.sub(r"(?: (?:--|\.\.).*)?;$", "", line) for line in lines), texts


def read_text(text):
    assert all(line.isprintable() for line in text.split("\n")), text
    return text.count("\n"), [text]


def read_formula(text):
    """Python that computes and does nothing else; labels are in strings and comments."""
    assert all(line.isprintable() for line in text.split("\n")), text
    tree, said = ast.parse(text), [text]
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.Import, ast.ImportFrom, ast.Lambda, ast.FunctionDef)), text
        if isinstance(node, ast.Call):
            assert node.func.id in {"Value", *OPS}, text
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            said.append(one_line(ast.literal_eval(re.search("['\"].*", token.string)[0]), 10**6))
    return sum(not re.match(r"\w+ = Value\(", line) for line in text.split("\n")), said


def run(text):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "page.py", "exec"), {"__name__": "__main__"})
    return [line.split()[-1] for line in printed.getvalue().splitlines()]


def read_python(text):
    assert text.isascii()
    nodes = Counter(type(node) for node in ast.walk(ast.parse(text)))  # their order depends on the parts' names
    del nodes[ast.ImportFrom], nodes[ast.alias]
    return (nodes, run(text)), None


def read_tokens(text):
    """Return what is neither a name, nor a comment, nor a string; without the brackets in which a long line is
    broken."""
    assert text.isascii() and "??/" not in text
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL))
    text = re.sub(r"[A-Za-z_$][\w$]*", "x", re.sub(r"[()\s]", " ", text)).replace(" ", "")
    return Counter(text.split(";")), None


# --- Writers --------------------------------------------------------------------------------------------------


def told(f):
    stepper = f.step_through()
    said = []
    while not stepper.done:
        said += [stepper.headline(), stepper.explain(), stepper.step()]
    return "\n".join(str(text) for text in [*said, repr(stepper), stepper.check(), stepper.order()])


def asked(f):
    stepper = f.step_through()
    leaf = next(node for node in stepper.graph.nodes if not node.operands)
    wrong = diagnose(f, leaf, leaf.grad + 1.0)
    said = [stepper.what_if(leaf, 3.0), stepper.why(leaf), f.why(leaf), wrong, detect_anomalies(f)]
    return "\n".join(str(text) for text in [*said, f.step_through(forward=True).step()])


def saved(f):
    """Return a walk by modules with a breakpoint and something watched, as it is written to a file, and errors on the
    way."""
    stepper = f.step_through(fresh=True)
    leaf = next(node for node in stepper.graph.nodes if not node.operands)
    called = next((name for name in stepper.regions.names if (part := stepper.regions.find(name)) and part.calls), None)
    said = [stepper.watch(leaf), stepper.break_at(leaf), stepper.over(), stepper.out(), stepper.run()]
    if called is not None:
        asks = stepper.explain, stepper.why, stepper.until, stepper.break_at, stepper.watch
        said += [text for ask in asks for text in str(ask(called)).split("\n")[:1]]
    stepper.transcript += map(str, said)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(stepper.save(os.path.join(folder, "said.txt"))).read_text(encoding="utf-8")
    zero = Value(0.0, label=leaf.label)
    for fails in (lambda: 1 / zero, zero.log, zero.sqrt().backward):
        with pytest.raises(AutogradError) as caught:
            fails()
        text += f"\n{caught.value}".replace("\n ", "\n")
    return text


def trained(f):
    leaves = [Value(leaf.data, label=leaf.label) for leaf in Graph(f).nodes if not leaf.operands]
    training = TrainingStepper(leaves, lambda: total(leaves), 0.1)
    said = [
        training.next(),
        training.step(2),
        training.backward(),
        training.update(),
        training.undo(3),
        training.run(2),
        training,
    ]
    return "\n".join(map(str, said))


def film(f):
    leaf = next(node for node in Graph(f).nodes if not node.operands)
    recorder = Recorder([leaf])
    recorder.step(f)
    recorder.finish()
    return recorder.html


def plotted(f):
    """Return every name as a title, a tick, the label of an axis, in a legend and in the picture, where a frame is
    around it."""
    names = list(Graph(f).names.values())
    figure = Figure(names[0], (9.0, 99.0), 2, 2)
    for name, panel in zip(names, figure.panels):
        panel.set(title=name, xlabel=name, ylabel=name)
        panel.set_xticks(range(len(names)), names)
        panel.set_yticks(range(len(names)), names)
        for i, name in enumerate(names):
            panel.plot([i, i + 1], [i, i], label=name)
            panel.text(i, i, name, bbox={"fc": "white"})
        panel.legend(loc="upper left")
    return figure.svg()


def reel(f):
    """Return the beginning and the end of its film, which has as many frames as there are edges."""
    stepper, shots = f.step_through(), []
    for position in (0, len(stepper)):
        stepper.goto(position)
        shots.append(stepper.draw(**ALL).pipe(encoding="utf-8"))
    return animated(shots, 1.0, one_line(f.label))


def weighted(f):
    """Return a dot product of the leaves, so that they are neurons' inputs and weights, or the rows of a table of
    pairs."""
    leaves = [node for node in Graph(f).nodes if not node.operands]
    half = len(leaves) // 2
    y = autograd.dot(leaves[:half], leaves[half : 2 * half])
    y.label = f.label
    y.backward()
    return y


def tables(f):
    return "\n".join([str(forward_table(Graph(f))), *map(repr, Graph(f).nodes)])


def in_a_notebook(*kinds, engine=None):
    """Return a writer of what a notebook shows for things of some kinds. engine: what lays pictures out, if not
    Graphviz."""

    def write(f):
        before = set_engine(engine)
        try:
            return "".join(kind(f)._repr_mimebundle_(["text/html"])["text/html"] for kind in kinds)
        finally:
            set_engine(before)

    return write


def in_the_playground(f):
    """Return what its page is told to show after a cell, and after Step: the HTML of both."""
    told = []
    before = set_engine(blank)
    try:
        session = Session(lambda message: told.append(json.loads(message)))
        session.names["f"] = f
        session.do(json.dumps({"do": "run", "code": "f", "cell": 1}))
        session.do(json.dumps({"do": "step", "name": "f"}))
    finally:
        set_engine(before)
    assert not any(message.get("error") for message in told), told
    shown = [message["show"]["text/html"] for message in told if "show" in message]
    assert len(shown) == 2
    return "".join(shown)


def recorded(f):
    recorder = Recorder([leaf for leaf in Graph(f).nodes if not leaf.operands])
    recorder.step(f)
    return recorder


def blank(_, kind):
    return '<svg xmlns="http://www.w3.org/2000/svg"/>'


def stepping(f):
    return f.step_through(fresh=True)


def in_training(f):
    leaves = [Value(leaf.data, label=leaf.label) for leaf in Graph(f).nodes if not leaf.operands]
    training = TrainingStepper(leaves, lambda: total(leaves), 0.1)
    training.forward()
    return training


ALL = {"budget": None, "fold": False}
NOTEBOOK = (lambda f: f), draw, stepping, lambda f: stepping(f).step(), in_training, lambda f: in_training(f).step()
PICTURES = of_values, of_modules
SHOWN = 15  # letters of a name, however it is shortened
WRITERS = {  # name: what writes text about a Value, what reads it, whether it shows every name, the doors
    "DOT": (lambda f: draw(f, **ALL).source, read_dot, True, PICTURES),
    "DOT, formulas": (lambda f: draw(f, formulas=True, theme="dark", **ALL).source, read_dot, True, PICTURES),
    "DOT, folded": (lambda f: draw(f, budget=5).source, read_dot, False, PICTURES),
    "DOT, difference": (lambda f: draw_diff(f, f, **ALL).source, read_dot, True, PICTURES),
    "DOT, stepper": (lambda f: f.step_through().draw(**ALL).source, read_dot, True, PICTURES),
    "neurons": (lambda f: draw(weighted(f), view="neurons").source, read_dot, False, PICTURES),
    "matrix": (lambda f: draw(f, view="matrix").source, read_dot, False, (of_modules,)),  # an index is a place
    "pairs": (lambda f: draw(weighted(f)).source, read_dot, False, PICTURES),
    "model": (lambda f: draw(lambda _: [f], input=(1,), page=None).source, read_dot, False, (of_modules,)),
    "Mermaid": (lambda f: f.mermaid(**ALL), read_mermaid, True, PICTURES),
    "LaTeX": (lambda f: f.latex(), read_latex, True, PICTURES),
    "formula": (lambda f: f.formula(), read_formula, True, PICTURES),
    "tree": (lambda f: str(f.tree()), read_text, False, PICTURES),
    "tables": (tables, read_text, False, PICTURES),
    "stepper": (told, read_text, False, PICTURES),
    "questions": (asked, read_text, False, PICTURES),
    "prompt": (saved, read_text, False, PICTURES),
    "training": (trained, read_text, False, (of_leaves,)),
    "SVG": (lambda f: draw(f, deadline=None, **ALL).pipe(encoding="utf-8"), read_svg, True, PICTURES),
    "plot": (plotted, read_plot, True, PICTURES),
    "page": (lambda f: Player(f).html, read_page, True, (of_leaves, of_modules)),
    "film": (film, read_page, True, (of_leaves,)),
    "SVG, two themes": (lambda f: draw(f, theme="auto", **ALL).pipe(encoding="utf-8"), read_svg, True, PICTURES),
    "SVG, film": (reel, read_svg, True, PICTURES),
    "notebook": (in_a_notebook(*NOTEBOOK), read_html, False, PICTURES),
    "notebook, texts": (in_a_notebook(*NOTEBOOK, engine=blank), read_html, False, (of_leaves,)),
    "notebook, pages": (in_a_notebook(Player, recorded), read_html, False, (of_leaves,)),
    "playground": (in_the_playground, read_html, False, (of_leaves,)),
    "TikZ": (lambda f: draw(f, **ALL).pipe("tex", encoding="utf-8"), read_tikz, True, PICTURES),
}
NEED_ENGINE = {"SVG", "notebook", "notebook, pages", "page", "film", "SVG, two themes", "SVG, film", "TikZ"}
QUICK = {
    *((name, of_values) for name in ("DOT", "Mermaid", "LaTeX", "formula", "tree")), ("Mermaid", of_modules),
    ("prompt", of_values), ("training", of_leaves), ("notebook, texts", of_leaves), ("plot", of_values), ("page", of_leaves),
    ("neurons", of_values), ("pairs", of_values),
}  # fmt: skip


def rows():
    for name, (write, read, shows, doors) in WRITERS.items():
        for door in doors:
            marks = [needs_engine] * (name in NEED_ENGINE) + [pytest.mark.slow] * ((name, door) not in QUICK)
            yield pytest.param(write, read, shows, door, id=f"{name}-{door.__name__}", marks=marks)


@pytest.mark.parametrize(("write", "read", "shows", "door"), list(rows()))
def test_a_label_is_text_wherever_it_is_written(write, read, shows, door):
    for first in range(0, len(LABELS), DOORS[door]):
        found, texts = read(write(graph(door, first, True)))
        assert found == read(write(graph(door, first, False)))[0]
        texts, raw = [re.sub(r"\s+", " ", text) for text in texts], texts
        if door is of_values and read is read_dot and shows:
            tooltips = {one_line(label, 10**6) + " (input)" for label in LABELS[first : first + DOORS[door]]}
            assert {text for text in tooltips if len(text) < 100} <= {*texts, *raw}
        for label in LABELS[first : first + DOORS[door]] if shows and door is not of_modules else ():
            shown = re.sub(r"\s+", " ", one_line(label, 10**6)[:SHOWN]).strip()
            assert any(shown in text for text in texts), label


# --- Emitted programs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def emitted():
    """The source in a language of one program under hostile names, and of the same under harmless ones."""

    def program(labels):
        parameters = of_leaves(labels)
        return trace(lambda: total([*named(labels, parameters), *of_modules(labels)]), (), parameters)

    hostile, harmless = program(LABELS), program(PLAIN)
    return lambda language: (page(hostile, language, LABELS[0], []), page(harmless, language, "plain", []))


def test_emitted_python_computes_the_same(emitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, wanted = map(read_python, emitted("python"))
    assert found == wanted and not list(tmp_path.iterdir())


@needs_c
def test_emitted_c_compiles(emitted):
    hostile, harmless = emitted("c")
    assert read_tokens(hostile) == read_tokens(harmless)
    command = [*compiler(), "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused", "-x", "c", "-"]
    assert subprocess.run(command, input=hostile.encode(), check=False).returncode == 0


def test_a_title_is_text():
    """So is the name of the function that is emitted: each is on a line of its own."""
    a = Value(2.0, label="a")
    f = a * a
    program = trace(lambda: a * a, (), [a])
    wanted = read_dot(draw(f, title="plain").source)[0], f.mermaid().count("\n")
    languages = {"python": read_python, "c": read_tokens}
    pages = {language: read(page(program, language, "plain", []))[0] for language, read in languages.items()}
    for label in LABELS:
        drawing = draw(f, title=label)
        found, texts = read_dot(drawing.source)
        if one_line(label).strip():
            assert found == wanted[0] and any(one_line(label, 160) in text for text in texts), label
        read_mermaid(drawing.mermaid())
        for language, read in languages.items():
            assert read(page(program, language, label, []))[0] == pages[language], (language, label)


def refusals(label):
    """Errors of every part that names a Value."""
    a, other = Value(2.0, label=label), Value(1.0, label=label)
    zero = Value(0.0, label=label)
    yield lambda: a / zero
    yield lambda: zero.log()
    yield lambda: autograd.compile(lambda: a if a > 0 else a * 2, [a])()
    yield lambda: gradcheck(lambda x: x * x.data, a)
    yield lambda: grad(a * 1, [other])
    yield lambda: (a * a).step_through().until(label + "?")


@pytest.mark.parametrize("start", range(0, len(LABELS), 40))
def test_an_error_that_names_a_value_can_be_printed(start):
    for label in LABELS[start : start + 40]:
        for refused in refusals(label):
            with pytest.raises(AutogradError) as error:
                refused()
            text = str(error.value)
            assert is_printable(text), ascii(text)
        f, other = Value(2.0, label=label) ** 2, Value(1.0, label=label)
        assert is_printable(str(f.why(other))) and is_printable(str(diagnose(f, other, 1.0))), ascii(label)


def is_printable(text):
    return bool(text.encode()) and all(c.isprintable() or c == "\n" for c in text)
