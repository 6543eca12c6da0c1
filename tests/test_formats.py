"""What a drawing becomes: SVG with words for readers who cannot see it, and colours for dark pages, PDF, TikZ, frames and films.

Each is read back, and compared with the SVG of the same drawing.
"""

from __future__ import annotations

import argparse
import inspect
import io
import random
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest
import random_models
from drawn import HOSTILE, emblem, needs_engine, needs_png, places, texts
from drawn import neuron as fresh_neuron
from random_graphs import inputs, program, run

import nn
from autograd import Value, draw, draw_diff, mean
from autograd.cli.command import main
from autograd.cli.pictures import add_flags
from autograd.drawing import engines
from autograd.drawing.formats import pdf, raster
from autograd.drawing.formats.film import animated, write_film
from autograd.drawing.formats.letters import is_emoji, spelled
from autograd.drawing.formats.scene import Text, read_scene
from autograd.drawing.palette import DARK, LIGHT
from autograd.errors import ArgumentError, ToolError
from autograd.explain.phrases import short
from autograd.graph import Graph
from autograd.stepper.pictures import BackpropWriter, film_of

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["weight", "größe", "poids_é", "вес", "Ширина слоя", "ёжик", "łódź", "βάρος"]

pytestmark = needs_engine
needs_pdftotext = pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here: poppler-utils has it")
needs_lualatex = pytest.mark.skipif(not shutil.which("lualatex"), reason="no lualatex here: texlive-luatex has it")


def named(names):
    f = sum((Value(0.5 + i, label=name) for i, name in enumerate(names)), Value(1.0, label="start"))
    f.label = "result"
    f.backward()
    return f


def neuron():
    f = fresh_neuron()
    f.backward()
    return f


def svg_of(drawing):
    return drawing.pipe("svg", encoding="utf-8")


# --- PDF ---------------------------------------------------------------------------------------------------------


def pdf_of(drawing):
    pytest.importorskip("reportlab")
    pytest.importorskip("font_source_sans_pro")
    return drawing.pipe("pdf")


def told(made, *options):
    return subprocess.run(
        ["pdftotext", *options, "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()


@needs_pdftotext
def test_every_text_of_the_picture_is_found_in_the_pdf():
    drawing = named(NAMES).draw(title="Рисунок 1: weights & größe")
    made, wanted = pdf_of(drawing), texts(svg_of(drawing))
    found = " ".join(told(made, "-layout").split())
    for text in wanted:
        assert " ".join(text.split()) in found, text
    assert "?" not in found and made == pdf_of(named(NAMES).draw(title="Рисунок 1: weights & größe"))
    fonts = subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode()
    lines = fonts.splitlines()[2:]
    assert lines and all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in lines), (
        fonts
    )  # embedded, subset, unicode


@needs_pdftotext
def test_a_letter_that_the_font_lacks_is_spelled_out(monkeypatch):
    monkeypatch.setattr(pdf, "_fonts_here", list)
    found = told(pdf_of(named(["a 🔥", "中", "👩‍🔬"]).draw(legend=False)))
    assert "a [fire]" in found and "U+4E2D" in found and "[woman]\\u200d[microscope]" in found and "?" not in found


@needs_pdftotext
def test_letters_of_other_scripts_are_text_in_a_font_of_this_machine():
    pytest.importorskip("reportlab")
    if not pdf._fonts_here():
        pytest.skip("no font here for Chinese letters that reportlab can read")
    labels = ["学习率", "weight 重み w", "🔥 损失"]
    made = pdf_of(named(labels).draw(title="第一课: Вес"))
    found = told(made)
    for text in ("学习率", "weight 重み w", "[fire] 损失", "第一课: Вес"):
        assert text in found
    assert "U+" not in found and made == pdf_of(named(labels).draw(title="第一课: Вес"))
    fonts = subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode()
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts.splitlines()[2:])


def test_the_name_of_an_emoji_is_not_squeezed():
    pytest.importorskip("reportlab")
    font = pdf._font(True)
    text = Text(0.0, 0.0, "🎉", 13.0, True, "start", "#000000")
    runs = pdf._runs(text)
    assert runs == [(font, "[party popper]")]
    assert pdf._stretch(runs, text, font.stringWidth("[party popper]", 13.0)) > 80


@needs_engine
def test_the_symbol_of_an_operation_stays_in_the_middle_in_a_wider_font():
    a = Value(2.0, label="a")
    drawing = (a**2 * 3.0).draw()
    shown = {shape.text: shape for shape in read_scene(svg_of(drawing)).shapes if isinstance(shape, Text)}
    middles = [float(x) for x in re.findall(r'<ellipse[^>]* cx="([-\d.]+)"', svg_of(drawing))]
    assert shown["**"].anchor == shown["*"].anchor == "middle" and shown["a"].anchor == "start"
    dx = float(re.search(r"translate\(([-\d.]+)", svg_of(drawing))[1])
    assert any(abs(shown["*"].x - x - dx) < 0.1 for x in middles)


def test_labels_in_a_pdf_do_nothing():
    for label in HOSTILE:
        made = pdf_of(named([label]).draw(title=label))
        assert made.count(b"/Type /Page\n") == 1
        assert not re.search(rb"/(JavaScript|URI|Annots|AA|OpenAction|Launch)\b", made), ascii(label)


def test_numbers_in_a_pdf_are_as_wide_as_their_boxes_expect():
    pytest.importorskip("reportlab")
    for bold in (False, True):
        font = pdf._font(bold)
        for words in ("-0.0005447", "1.234e-05", "data"):
            text = Text(0, 0, words, 11.0, bold, "start", "#000000")
            stretch = pdf._stretch(pdf._runs(text), text, font.stringWidth(words, 11.0))
            assert 95 < stretch < 120
            helvetica = pdf._library("reportlab.pdfbase.pdfmetrics").stringWidth(
                words, "Helvetica" + "-Bold" * bold, 11
            )
            assert font.stringWidth(words, 11) * stretch / 100 == pytest.approx(helvetica)


@pytest.mark.skipif(sys.platform == "emscripten", reason="the answer differs in a browser")
def test_without_the_library_a_pdf_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(pdf, "import_module", missing)
    pdf._font.cache_clear()
    with pytest.raises(ToolError, match=r"a PDF needs reportlab and a font: .* install reportlab font-source-sans-pro"):
        pdf.as_pdf(read_scene(svg_of(emblem().draw())), "f", "")
    monkeypatch.setattr(raster, "import_module", missing)
    with pytest.raises(ToolError, match=r"this format needs Pillow: .* install Pillow"):
        raster.as_pixels(b"", "gif")


# --- TikZ --------------------------------------------------------------------------------------------------------

SLIDE = r"""\documentclass[aspectratio=169]{beamer}
\usepackage{fontspec}\setsansfont{DejaVu Sans}
\usepackage{tikz}
\begin{document}
%s
\end{document}
"""


@pytest.mark.slow
@needs_lualatex
@needs_pdftotext
def test_tikz_compiles_on_a_slide_of_beamer_and_its_text_is_text(tmp_path):
    letters = ["`ticks' ``twice''", "--dashes--- 100% #1", "$x$ a_b {c} ~d^e", "<f>|g\\h & ?` !` ,,"]
    drawings = [
        named(NAMES).draw(),
        neuron().draw(theme="dark", direction="TB"),
        named([*letters, *HOSTILE[:12]]).draw(),
    ]
    for k, drawing in enumerate(drawings):
        drawing.render(tmp_path / f"f{k}.tex")
    frames = "\n".join(rf"\begin{{frame}}{{Slide {k}}}\input{{f{k}.tex}}\end{{frame}}" for k in range(len(drawings)))
    (tmp_path / "slides.tex").write_text(SLIDE % frames, encoding="utf-8")
    command = ["lualatex", "-interaction=nonstopmode", "-halt-on-error", "slides.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout
    found = " ".join(told((tmp_path / "slides.pdf").read_bytes(), "-layout").split())
    for text in texts(svg_of(drawings[0])):
        assert " ".join(text.split()) in found, text
    printed = found.replace("’", "'").replace("‘", "`")
    assert not [text for text in letters if text not in printed]


def test_tikz_pdf_and_svg_show_the_same_shapes_and_texts():
    drawing = neuron().draw()
    scene, tikz = read_scene(svg_of(drawing)), drawing.pipe("tex", encoding="utf-8")
    assert tikz.count("\\node[") == len(texts(svg_of(drawing)))
    assert tikz.count("\\path[") == sum(not isinstance(shape, Text) for shape in scene.shapes)
    assert tikz == neuron().draw().pipe("tikz", encoding="utf-8")
    _, _, width, height = map(float, ElementTree.fromstring(svg_of(drawing)).get("viewBox").split())
    for shape in scene.shapes:
        places = [(shape.x, shape.y)] if isinstance(shape, Text) else [p[-2:] for p in shape.pieces if p[0] != "Z"]
        assert all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in places)


def filled(scene):
    """Yield every box and operation: a place in it where nothing is written, and its colour."""
    for shape in scene.shapes[1:]:  # the first one is the paper
        if not isinstance(shape, Text) and shape.fill:
            points = [piece[-2:] for piece in shape.pieces if piece[0] != "Z"]
            left, top, bottom = min(x for x, _ in points), min(y for _, y in points), max(y for _, y in points)
            if bottom - top > 20:  # skip arrowheads, and colours behind numbers
                yield (left + 2.5, (top + bottom) / 2), shape.fill


@pytest.mark.slow
@needs_png
@needs_pdftotext
@pytest.mark.parametrize(
    "make", [random_models.mlp, random_models.attention, random_models.samples, random_models.recurrent]
)
@pytest.mark.parametrize("seed", range(3))
def test_every_format_of_a_drawing_of_a_random_model_shows_the_same_boxes(make, seed):
    Image = pytest.importorskip("PIL.Image")
    f, _ = make(random.Random(seed))
    f.backward()
    drawing = f.draw()
    svg = svg_of(drawing)
    scene, wanted = read_scene(svg), texts(svg)
    tikz = drawing.pipe("tex", encoding="utf-8")
    assert tikz.count("\\node[") == len(wanted)
    assert tikz.count("\\path[") == sum(not isinstance(shape, Text) for shape in scene.shapes)
    printed = "".join(told(pdf_of(drawing), "-layout").split())
    assert not [text for text in wanted if "".join(text.split()) not in printed]
    png = Image.open(io.BytesIO(drawing.pipe("png"))).convert("RGB")
    scale = png.width / scene.width
    assert png.height / scale == pytest.approx(scene.height, abs=2)
    seen = []
    for (x, y), colour in filled(scene):
        pixel = png.getpixel((round(x * scale), round(y * scale)))
        seen.append(max(abs(part - int(colour[k : k + 2], 16)) for part, k in zip(pixel, (1, 3, 5))) < 30)
    assert len(seen) > 0.8 * len(drawing.picture.boxes) and sum(seen) > 0.9 * len(seen)


# --- SVG ---------------------------------------------------------------------------------------------------------


def test_an_svg_says_what_it_shows():
    f = neuron()
    root = ElementTree.fromstring(svg_of(f.draw()))
    assert root.get("role") == "img" and [child.tag for child in root[:2]] == [f"{SVG}title", f"{SVG}desc"]
    graph = Graph(f)
    assert root[0].text == f"{graph.name(f)}: {len(graph)} values"
    for node in graph.nodes:
        assert f"data {node.data:.4g}" in root[1].text and f"grad {node.grad:.4g}" in root[1].text
    assert ElementTree.fromstring(svg_of(f.draw(title="Figure <1>")))[0].text == "Figure <1>"


def colours(svg, dark):
    """Return the colours of every shape, as a page shows them."""
    rules = dict(re.findall(r"^\.([\w-]+) \{ \w+: (#[0-9a-f]{6}) \}$", svg, re.MULTILINE)) if dark else {}
    found = []
    for shape in re.findall(r"<(?:polygon|polyline|path|ellipse|text)\b[^>]*>", svg):
        classes = (re.search(r'class="([^"]*)"', shape) or ["", ""])[1].split()
        looks = dict(re.findall(r'\b(fill|stroke)="([^"]*)"', shape))
        looks |= {name.partition("-")[0]: rules[name] for name in classes if name in rules}
        found.append(looks)
    return found


@pytest.mark.parametrize("options", [{}, {"formulas": True, "transparent": True}, {"title": "t", "budget": 5}], ids=str)
def test_an_automatic_theme_is_the_light_one_or_the_dark_one(options):
    auto = svg_of(neuron().draw(theme="auto", **options))
    for theme in ("light", "dark"):
        assert colours(auto, theme == "dark") == colours(svg_of(neuron().draw(theme=theme, **options)), False)
    assert neuron().draw(theme="auto", **options).pipe("tex") == neuron().draw(theme="light", **options).pipe("tex")


def test_the_paper_can_be_left_out():
    for theme, palette in (("light", LIGHT), ("dark", DARK)):
        svg = svg_of(neuron().draw(theme=theme, transparent=True))
        first = read_scene(svg).shapes[0]
        assert getattr(first, "fill", "") != palette["paper"]


# --- How a picture looks -------------------------------------------------------------------------------------------


def test_which_numbers_are_shown():
    f = neuron()
    rows = {"data": ">data<", "grad": ">grad<", "partials": "lp="}
    for shown in ("data", "grad", "partials", ["data", "partials"], ("grad",), {"data", "grad"}):
        source = draw(f, show=shown).source
        wanted = {shown} if isinstance(shown, str) else set(shown)
        assert {name for name, sign in rows.items() if sign in source} == wanted
        assert ("gradient above 0" in source) == ("grad" in wanted) and ("number on an arrow" in source) == (
            "partials" in wanted
        )
    fresh = Value(2.0, label="a") * 3
    assert "not reached" in draw(fresh).source and "not reached" not in draw(fresh, show="data").source


def test_legend_direction_size_and_digits():
    f = neuron()
    assert "orange" in draw(f).source and "orange" not in draw(f, legend=False).source
    sizes = {direction: size_of(draw(f, direction=direction)) for direction in ("LR", "TB", "RL", "BT")}
    assert all((width > height) == (direction in ("LR", "RL")) for direction, (width, height) in sizes.items())
    letters = {text.size for text in read_scene(svg_of(draw(f))).shapes if isinstance(text, Text)}
    larger = {text.size for text in read_scene(svg_of(draw(f, font_size=22))).shapes if isinstance(text, Text)}
    assert larger == {2 * size for size in letters}
    f = Value(1 / 3, label="a") * (2 / 3)
    f.backward()
    for digits in (1, 2, 7):
        assert f">{1 / 3:.{digits}g}<" in draw(f, digits=digits).source
        assert f">{2 / 3:.{digits}g}<" in draw(f, digits=digits).source


@pytest.mark.parametrize("digits", [3, 9])
def test_a_stepper_draws_gradients_with_that_many_digits(digits):
    x, y = Value(1 / 3, label="x"), Value(2 / 3, label="y")
    stepper = (x.tanh() * y.exp() + x * y).step_through()
    reached, positions = 0, set()
    for k, film in enumerate(film_of(stepper, BackpropWriter, digits=digits)):
        stepper.goto(k)
        for source in (film.source, stepper.draw(digits=digits).source):
            for node in (x, y):
                assert not node.reached or re.search(rf">{short(node.grad, digits)}( …)?<", source)
        reached += x.reached + y.reached
        positions.add(tuple(re.findall(r'pos="[^"]*"', film.source)))
    assert reached > 4 and len(positions) == 1


def size_of(drawing):
    scene = read_scene(svg_of(drawing))
    return scene.width, scene.height


@pytest.mark.parametrize(("option", "value"), [
    ("direction", "up"), ("font_size", 1), ("font_size", "11"), ("show", "slopes"), ("show", ()), ("digits", 0),
    ("digits", 2.5), ("theme", "pink"), ("title", 3),
])  # fmt: skip
def test_an_option_that_cannot_be_is_refused(option, value):
    with pytest.raises(ArgumentError, match=f"want .*{option}.*got {re.escape(repr(value))}"):
        draw(emblem(), **{option: value})


def test_a_difference_takes_how_it_looks():
    def loss(w):
        w = Value(w, label="w")
        f = (w - 3.0) ** 2
        f.backward()
        return f

    source = draw_diff(loss(0.123456), loss(0.654321), digits=6, legend=False, show="data").source
    assert "0.123456 -&gt; 0.654321" in source and "before and after" not in source and "grad" not in source


@needs_engine
def test_frames_of_a_gif_share_their_colours(tmp_path):
    """Paper stays white, and what does not change has the same pixels in all frames."""
    image = pytest.importorskip("PIL.Image")
    a = Value(2.0, label="a")
    path = (a * a + 1).step_through().save(str(tmp_path / "f.gif"))
    with image.open(path) as film:
        frames = []
        for k in range(film.n_frames):
            film.seek(k)
            frames.append(film.convert("RGB"))
    assert len(frames) > 3 and {frame.getpixel((0, 0)) for frame in frames} == {(255, 255, 255)}
    first, last = (frame.crop((0, 0, 50, 40)).tobytes() for frame in (frames[0], frames[-1]))
    assert first == last


def test_a_film_shows_its_last_frame_in_print():
    drawn = animated([frame(text) for text in ("one", "two")], 1.0, "a film")
    assert drawn.count('class="moment last"') == 1 and "@media print, (prefers-reduced-motion: reduce)" in drawn
    assert drawn.index('class="moment last"') < drawn.index("two")


def frame(text):
    return f'<svg width="9pt" height="9pt" viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg"><g class="graph"><g id="n"><text>{text}</text></g></g></svg>'


# --- Letters -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "emscripten", reason="the answer differs in a browser")
def test_small_pictures_are_spelled_out_where_an_engine_draws_letters(monkeypatch):
    given = []
    monkeypatch.setattr(engines, "find_engine", lambda: f"/bin/{engines.PURE}")
    monkeypatch.setattr(engines, "_run", lambda command, text, deadline: given.append(text) or FakeRun())
    for format in ("png", "svg"):
        named(["ice 🔥 ❄️"]).draw().pipe(format)
    png, svg = given
    assert "ice [fire] [snowflake]<" in png and not any(map(is_emoji, png))
    assert "ice 🔥 ❄" in svg


@pytest.mark.skipif(sys.platform == "emscripten", reason="a browser has another answer")
def test_letters_without_a_font_are_told_once_with_what_to_do(monkeypatch):
    monkeypatch.setattr(engines, "find_engine", lambda: f"/bin/{engines.PURE}")
    monkeypatch.setattr(engines, "_run", lambda command, text, deadline: FakeRun())
    monkeypatch.setattr("autograd.explain.source._said", set())
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        named(["größe вес θ"]).draw().pipe("png")
        named(["重み"]).draw().pipe("svg")
        assert not found
        named(["重み"]).draw().pipe("png")
        named(["損失"]).draw().pipe("png")
    (one,) = found
    assert str(one.message).startswith("graphviz-pure has no font for '重'") and one.filename == __file__


class FakeRun:
    returncode, stdout, stderr = 0, b"<svg width='1' height='1'/>", b""


def test_spelling_leaves_what_is_there():
    assert spelled("größe вес", is_emoji) == "größe вес"
    assert spelled("é中", lambda letter: ord(letter) > 255) == "éU+4E2D"


# --- Frames and films ----------------------------------------------------------------------------------------------


def shown_at(film, k):
    """Return the texts that an animated SVG shows in frame k of a film, by its own rules."""
    rules = {}
    for name, steps in re.findall(r"@keyframes (\S+) \{(.*)\}\n", film):
        rules[name] = [(float(at), is_) for at, is_ in re.findall(r"([\d.]+)% \{ visibility: (\w+) \}", steps)]
    count = int(re.search(r"-of-(\d+)", film)[1])
    at = 100 * (k + 0.5) / (count + 2)
    found = []

    def look(element):
        rule = re.search(r"animation: (\S+) ", element.get("style", ""))
        if rule and [is_ for start, is_ in rules[rule[1]] if start <= at][-1] == "hidden":
            return
        if element.tag == f"{SVG}text":
            found.append(element.text.replace("\xa0", " "))
        for inner in element:
            look(inner)

    look(ElementTree.fromstring(film))
    return sorted(found)


def folded():
    w = Value(0.5, label="w")
    return mean([(w * x - 1.0) ** 2 for x in range(6)])


def random_one():
    rng = random.Random(5)
    return run(program(rng, 5), [Value(number) for number in inputs(rng)])


def network():
    nn.manual_seed(1)
    return (nn.MLP(2, [2, 1])([0.5, -1.0])[0] - 1.0) ** 2


@pytest.mark.parametrize("forward", [False, True], ids=["backprop", "forward"])
@pytest.mark.parametrize(
    "make", [emblem, *(pytest.param(f, marks=pytest.mark.slow) for f in (folded, random_one, network))]
)
def test_all_frames_have_one_layout_and_the_film_shows_each(tmp_path, make, forward):
    stepper = make().step_through(forward=forward)
    stepper.goto(1)
    paths = stepper.frames(str(tmp_path / "frames"), budget=8 if make is folded else 200)
    assert len(paths) == len(stepper) + 1 and stepper.position == 1
    svgs = [Path(path).read_text(encoding="utf-8") for path in paths]
    assert len(set(svgs)) == len(svgs) and len({str(places(svg)) for svg in svgs}) == 1
    film = animated(svgs, 1.0, "f")
    for k, svg in enumerate(svgs):
        assert shown_at(film, k) == sorted(texts(svg))
    assert not re.search(r"<script|<animate|\bid=", film)


def test_the_frames_of_a_network_do_not_move():
    """The longest number is one to which more is to come, and a range in a corner is longest before it is complete."""
    model = nn.MLP(2, [4, 4, 1], seed=0)
    loss = (model([Value(0.5, label="x0"), Value(-1.0, label="x1")])[0] - 1) ** 2
    drawings = [*film_of(loss.step_through(), BackpropWriter)]
    assert any("-0.005552 …" in one.source for one in drawings) and len(drawings[0].picture.boxes) > 15
    assert (
        len({str(re.findall(r'^\t+"?(\w+)"? \[.*?pos="([^"e]*)"', one.source, re.MULTILINE)) for one in drawings}) == 1
    )


@needs_png
def test_a_gif_has_a_frame_for_every_position(tmp_path):
    images = pytest.importorskip("PIL.Image")
    stepper = emblem().step_through()
    with images.open(stepper.save(tmp_path / "f.gif", seconds=0.5)) as gif:
        assert gif.n_frames == len(stepper) + 1 and gif.info["loop"] == 0
        durations = []
        for k in range(gif.n_frames):
            gif.seek(k)
            durations.append(gif.info["duration"])
        assert durations == [500] * len(stepper) + [1500]
    with images.open(io.BytesIO(emblem().draw().pipe("webp"))) as picture:
        assert picture.format == "WEBP"


def test_frames_in_any_format(tmp_path):
    stepper = emblem().step_through()
    paths = stepper.frames(str(tmp_path / "new"), format="tex", legend=False)
    assert [Path(path).name for path in paths] == [f"{k:03}.tex" for k in range(len(stepper) + 1)]
    assert "to come" not in Path(paths[0]).read_text(encoding="utf-8")


def test_what_is_no_film_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"want a film whose name ends in .*, got 'f.mov'"):
        write_film("f.mov", [], 1.0, "f")
    with pytest.raises(ArgumentError, match=r"want seconds for each frame, .*got 0"):
        emblem().step_through().save(tmp_path / "f.svg", seconds=0)
    x = Value(1.0)
    for _ in range(1000):
        x = x * 1.0
    with pytest.raises(ArgumentError, match="a film of 1001 pictures is longer than 1000"):
        x.step_through().frames(str(tmp_path))


# --- The command line ----------------------------------------------------------------------------------------------


def test_the_command_line_takes_the_options_of_draw(tmp_path, capsys):
    flags = [
        "--direction",
        "TB",
        "--numbers",
        "data,grad",
        "--digits",
        "2",
        "--no-legend",
        "--page",
        "none",
        "--depth",
        "none",
    ]
    svg, film = tmp_path / "f.svg", tmp_path / "film.svg"
    assert main(["tanh(a*b)", "a=0.123456", "b=2", "--svg", str(svg), "--film", str(film), *flags]) == 0
    assert "0.12" in texts(svg.read_text(encoding="utf-8")) and "0.1235" not in svg.read_text(encoding="utf-8")
    assert read_scene(svg.read_text(encoding="utf-8")).height > 300
    assert "@keyframes" in film.read_text(encoding="utf-8") and "to come" not in film.read_text(encoding="utf-8")
    assert main(["a*a", "a=1", "--svg", str(svg), "--theme", "pink"]) == 2
    assert "want theme=" in capsys.readouterr().err


def test_every_option_of_draw_is_a_flag():
    parser = argparse.ArgumentParser()
    add_flags(parser)
    options = {one.name for one in inspect.signature(draw).parameters.values() if one.kind is one.KEYWORD_ONLY}
    assert {action.dest for action in parser._actions} - {"help"} == options - {"names", "input", "show"} | {"numbers"}
