"""The player in a real browser: mouse, keys, slider and address work; changed numbers agree with Python; nothing is
loaded; it is accessible.

Skipped unless there are Chromium, node, and the npm packages playwright-core and axe-core (NODE_PATH says where).
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest
import random_graphs
from test_player import HOSTILE, emblem, neuron

import nn
from autograd import Recorder, Value, atomic, ieee, logsumexp, save_player
from autograd.explain.naming import named_graph
from autograd.graph import Graph, gradients, recompute
from autograd.modes import named_scope
from autograd.player import Player
from autograd.stepper import Stepper
from demos.practice import decode, quiz

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = Path(__file__).parent / "drive.js"


def _lacks() -> str:
    if not CHROMIUM or not shutil.which("node"):
        return "there is no Chromium, or no node"
    needed = "require('playwright-core'); require.resolve('axe-core/axe.min.js')"
    found = subprocess.run(["node", "-e", needed], cwd=DRIVER.parent, capture_output=True, check=False)
    return "npm's playwright-core and axe-core are not on NODE_PATH" if found.returncode else ""


pytestmark = pytest.mark.skipif(bool(_lacks()), reason=_lacks() or "they are there")

WORDS = ["see", "document.querySelector('#words').innerText"]
WHERE = ["see", "document.querySelector('#where').textContent"]
ADDRESS = ["see", "document.querySelector('#address').textContent"]


@pytest.fixture(scope="module", autouse=True)
def browser():
    """One browser for all of these tests; each session has a profile of its own."""
    global _driver
    _driver = subprocess.Popen(
        ["node", str(DRIVER), CHROMIUM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield
    _driver.communicate(timeout=30)


_driver: subprocess.Popen[str]


def driven(session: dict) -> dict:
    """Return what the browser saw in a session."""
    print(json.dumps(session), file=_driver.stdin, flush=True)
    seen = json.loads(_driver.stdout.readline() or '{"failed": "the browser has ended"}')
    assert "failed" not in seen, seen["failed"]
    return seen


def drive(*sessions: dict) -> list[dict]:
    """Return what the browser saw in each session. Nothing may have failed, and no request may have left the page."""
    seen = list(map(driven, sessions))
    for session, one in zip(sessions, seen):
        assert one["errors"] == []
        assert one["console"] == []
        assert {url.partition("#")[0] for url in one["requests"] if not url.startswith("data:")} == {
            session["url"].partition("#")[0]
        }
    return seen


def look(root, path: Path, *steps, at: str = "", **session) -> list:
    save_player(root, path)
    return drive({"url": path.as_uri() + at, "steps": steps, **session})[0]["results"]


def network() -> Value:
    rng = random.Random(1)
    return nn.MLP(2, [5, 5, 1], seed=rng)([Value(0.5, label="x0"), Value(-0.3, label="x1")])[0].tanh()


def test_buttons_keys_and_slider_step_there_and_back(tmp_path):
    slide = "(s => { s.value = 2; s.dispatchEvent(new Event('input')); })(document.querySelector('#slider'))"
    seen = look(
        emblem(), tmp_path / "f.html",
        WHERE, ["click", "#on"], WHERE, WORDS, ["key", "ArrowRight", "ArrowRight"], WHERE, ["key", "ArrowLeft"], WHERE,
        ["key", "End"], WHERE, ["key", "Home", "ArrowLeft"], WHERE, ["see", slide], WHERE, ["key", "f"], WHERE, ["click", "#end"],
        WHERE, ["click", "#end"], WHERE, ["click", "#start"], WHERE,
    )  # fmt: skip
    places = [
        text for text in seen if isinstance(text, str) and text.startswith(("edge", "operation")) and "\n" not in text
    ]
    assert places == [
        "edge 0 of 5", "edge 1 of 5", "edge 3 of 5", "edge 2 of 5", "edge 5 of 5", "operation 2 of 3", "edge 2 of 5",
        "operation 0 of 3", "edge 0 of 5", "edge 5 of 5", "edge 0 of 5",
    ]  # fmt: skip
    said = next(text for text in seen if isinstance(text, str) and "\n" in text)
    for part in (
        "edge 1/5",
        "f -> b",
        "b.grad = 3 * 1 = 3",
        "b.grad is NOT complete: 1 more to come",
        "would give 6 or 16",
    ):
        assert part in said


def test_the_address_restores_what_was_seen(tmp_path):
    state = ["see", "document.querySelector('#address').textContent + document.querySelector('#chosen').innerText"]
    go = [
        ["key", "ArrowRight", "ArrowRight"],
        ["key", "ArrowDown", "ArrowDown"],
        ["fill", "#leaf0", "2.5"],
        ["key", "Tab"],
    ]
    first = look(emblem(), tmp_path / "f.html", *go, ADDRESS, state, WORDS)
    assert first[-3] == "#edge=2&value=v2&a=2.5"
    other = [["hash", "#edge=4"], ["wait", "document.querySelector('#where').textContent === 'edge 4 of 5'"]]
    second = look(emblem(), tmp_path / "f.html", ADDRESS, state, WORDS, *other, ADDRESS, at=first[-3])
    assert second[:3] == first[-3:]
    assert second[-1] == "#edge=4"


def test_a_value_clicked_shows_formula_partials_and_paths(tmp_path):
    seen = look(
        emblem(),
        tmp_path / "f.html",
        ["dispatch", ".box.value", "click"],
        ["see", "document.querySelector('#chosen').innerText"],
    )
    for part in (
        "b = a + a = 1 + 1 = 2",
        "grad not reached",
        "df/db is a sum over 2 paths",
        "f -> v2 -> b    2 * 1 = 2",
        "total 5",
    ):
        assert part in seen[1]


@pytest.mark.parametrize("seed", range(3))
def test_what_if_gives_pythons_numbers(tmp_path, seed):
    rng = random.Random(seed)
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(random_graphs.inputs(rng))]
    root = random_graphs.run(random_graphs.program(rng, 25), leaves)
    graph = Graph(root)
    changed = {leaf: rng.random() - 0.5 for leaf in leaves if leaf in graph}
    at = "#edge=9999&" + "&".join(f"{leaf.label}={number!r}" for leaf, number in changed.items())
    seen = look(root, tmp_path / "f.html", ["see", "[[...model.data], [...model.grad]]"], at=at)
    with ieee():
        moved = [Value(changed.get(leaf, leaf.data)) for leaf in leaves]
        twin = random_graphs.run(random_graphs.program(_after_inputs(seed), 25), moved)
    data, grads = seen[0]
    assert data == pytest.approx(
        [{**{n: n.data for n in graph.nodes}, **recompute(graph, changed)}[n] for n in graph.nodes], rel=1e-12
    )
    assert grads == pytest.approx(list(gradients(Graph(twin)).values()), rel=1e-9, abs=1e-11)


def _after_inputs(seed: int) -> random.Random:
    rng = random.Random(seed)
    random_graphs.inputs(rng)
    return rng


def test_a_slider_recomputes_at_once_and_is_put_back(tmp_path):
    a = ["see", "[model.data[model.root], document.querySelector('#reset').hidden]"]
    slide = "(s => { s.value = 0; s.dispatchEvent(new Event('input')); })(document.querySelector('.what input[type=range]'))"
    before, _, moved, _, after = look(emblem(), tmp_path / "f.html", a, ["see", slide], a, ["click", "#reset"], a)
    assert (before, moved, after) == ([6, True], [0, False], [6, True])


def test_modules_open_and_close(tmp_path):
    count = ["see", "document.querySelectorAll('.box').length"]
    closed = ["see", "view.closed"]
    names = ["see", "[...document.querySelectorAll('#views button')].map((one) => one.textContent.slice(2))"]
    toggle = ["click", "#views button >> nth=1"]
    seen = look(
        network(), tmp_path / "f.html", names, closed, count, toggle, closed, ADDRESS, ["dispatch", ".box.module", "click"],
        closed, count, at="#edge=0&closed=",
    )  # fmt: skip
    assert seen[0] == ["MLP", "layers.0", "layers.1", "layers.2"]  # the order is that of execution
    assert seen[1] == seen[7] == [] and seen[2] == seen[8]
    assert seen[4] == ["layers.0"] and seen[5] == "#edge=0&closed=layers.0"


def test_the_page_opens_on_the_whole_graph_and_explains_what_is_on_it(tmp_path):
    fits = "(({ clientWidth: w, clientHeight: h, scrollWidth, scrollHeight }) => scrollWidth <= w && scrollHeight <= h)(document.querySelector('#scroll'))"
    legend = ["see", "document.querySelector('#legend').textContent"]
    with named_scope("softmax"):
        f = logsumexp([Value(1.0, label="a"), Value(2.0, label="b")]) * Value(3.0, label="c").tanh()
    seen = look(f, tmp_path / "f.html", ["see", fits], legend)
    assert seen[0] and "lse: logsumexp" in seen[1] and "a value without a name" in seen[1]
    seen = look(network(), tmp_path / "g.html", ["see", fits], legend, at="#edge=0&closed=MLP")
    assert seen[0] and "how many are in that box" in seen[1]


def hand_written(rng: random.Random) -> Value:
    """Return a network of 116 values without modules, as in micrograd."""

    def layer(xs: list, count: int) -> list:
        return [sum((Value(rng.uniform(-1, 1)) * x for x in xs), Value(0.0)).tanh() for _ in range(count)]

    return layer(layer(layer([2.0, 3.0, -1.0], 4), 4), 1)[0]


def test_a_large_graph_opens_readable_and_one_button_draws_all_of_it(tmp_path):
    size = ["see", "[scale() * 11, document.querySelectorAll('.box').length, view.closed.join()]"]
    toggle = ["click", "#views button"]
    root = hand_written(random.Random(1))
    seen = look(root, tmp_path / "f.html", size, toggle, size, ADDRESS, toggle, size)
    (points, few, folded), (_, many, whole), (_, again, _) = seen[0], seen[2], seen[5]
    assert points > 8.5 and folded == "×n" and whole == "" and many > 80 > few == again
    assert seen[3] == "#edge=0&closed="
    assert look(root, tmp_path / "g.html", size, at="#edge=0&closed=")[0][1] == many


@pytest.mark.parametrize(("inner", "outer"), [(330, 390), (700, 1280)])
def test_in_a_page_the_text_is_large_and_the_drawing_scrolls(tmp_path, inner, outer):
    page = tmp_path / "page.html"
    html = escape(Player(hand_written(random.Random(1))).html)
    page.write_text(f'<iframe width="{inner}" height="700" srcdoc="{html}"></iframe>', encoding="utf-8")
    inside = "document.querySelector('iframe').contentDocument"
    size = f"""(() => {{
        const [drawing, scroll] = ["#drawing", "#scroll"].map((one) => {inside}.querySelector(one));
        return [10.5 * drawing.clientWidth / drawing.viewBox.baseVal.width, scroll.scrollWidth - scroll.clientWidth];
    }})()"""
    fit = f"{inside}.querySelector('#fit').click()"
    steps = [["wait", f"{inside}.querySelector('.box')"], ["see", size], ["see", fit], ["see", size]]
    (seen,) = drive({"url": page.as_uri(), "width": outer, "height": 844, "steps": steps})
    _, (pixels, more), _, (fitted, none) = seen["results"]
    assert pixels >= 11.99 and more > 100 and fitted < 12 and none == 0


def test_a_narrow_window_has_a_layout_of_its_own(tmp_path):
    """In a notebook's cell and on a phone, numbers are as large as possible, even after the phone is turned."""
    x1, x2, w1, w2 = (Value(float(k), label=name) for k, name in enumerate(("x1", "x2", "w1", "w2")))
    root = ((x1 * w1 + x2 * w2) + Value(0.5, label="b")).tanh()
    shape = [
        "see",
        "new Promise((done) => setTimeout(() => done([view.size[0] > 600, scale(), layouts(DATA.views[0]).map(whole)]), 300))",
    ]
    turned = [shape, ["size", 1280, 480], shape, ["size", 848, 640], WORDS]
    seen = look(root, tmp_path / "f.html", *turned, ["key", "ArrowRight"], WORDS, width=848, height=640)
    for wide, scale, scales in (seen[0], seen[2]):
        assert len(scales) == 2 and scale == pytest.approx(scales[0 if wide else 1]) and scale > max(scales) / 1.11
    assert seen[0][0] is False and seen[2][0] is True and seen[4] != seen[6]


def rnn():
    h = Value(0.0, label="h")
    for t in range(4):
        h = (Value(0.1 * t, label=f"x{t}") * 0.5 + h * Value(0.9, label="u")).tanh()
    return h


def test_a_number_is_nearer_to_its_own_arrow_than_to_any_other(tmp_path):
    nearest = """[...document.querySelectorAll('.arrow text')].map((text) => {
        const box = text.getBBox(), x = box.x + box.width / 2, y = box.y + box.height / 2;
        const far = (path) => Math.min(...Array.from({ length: 200 }, (_, i) => path.getPointAtLength(i / 199 * path.getTotalLength())).map((at) => Math.hypot(at.x - x, at.y - y)));
        const paths = [...document.querySelectorAll('.arrow > path:first-child')].sort((a, b) => far(a) - far(b));
        return paths[0] === text.parentNode.querySelector('path');
    })"""
    for root in (emblem(), neuron(), rnn()):
        (seen,) = look(root, tmp_path / "f.html", ["see", nearest])
        assert len(seen) > 2 and all(seen)


def test_sliders_are_in_the_order_of_their_names(tmp_path):
    labels = "[...document.querySelectorAll('#sliders label')].map((label) => label.textContent)"
    (seen,) = look(rnn(), tmp_path / "f.html", ["see", labels])
    assert [name for name in seen if name[0] == "x"] == ["x0", "x1", "x2", "x3"]


def test_on_a_phone_the_zoom_buttons_stay_on_the_screen(tmp_path):
    model = nn.MLP(2, [2, 2, 2, 2, 1], seed=0)
    right = "document.querySelector('.zoom button:last-child').getBoundingClientRect().right"
    (seen,) = look(model([0.5, 1.0])[0], tmp_path / "f.html", ["see", right], width=390, height=844)
    assert seen <= 390


@pytest.mark.parametrize("width", [768, 390, 340])
def test_on_a_small_screen_the_step_is_beside_its_slider(tmp_path, width):
    middles = """['on', 'slider', 'where'].map((id) => {
        const { top, bottom } = document.getElementById(id).getBoundingClientRect();
        return (top + bottom) / 2;
    })"""
    ((button, slider, where),) = look(emblem(), tmp_path / "f.html", ["see", middles], width=width, height=844)
    assert button < slider - 10 and abs(slider - where) < 5


def test_on_paper_the_drawing_is_as_wide_as_the_page(tmp_path):
    share = """((drawing) => {
        drawing.setAttribute('width', 100);  // a printer does not wait until it is fitted again
        return drawing.getBoundingClientRect().width / document.body.clientWidth;
    })(document.querySelector('#drawing'))"""
    seen = look(neuron(), tmp_path / "f.html", ["media", {"media": "print"}], ["see", share])
    assert seen[-1] > 0.9


def test_a_heat_map_has_a_pixel_for_each_cell(tmp_path):
    """So it has no lines between its cells: scaled to its place, some of them would be lost, and two cells look like one."""
    w = Value(0.5, label="w")
    recorder = Recorder([w], lambda: (w - 1.0) ** 2, picture=lambda: [[w.data] * 9] * 7)
    recorder.step(1.0)
    size = "(({ width, height }) => [width, height])(document.querySelector('#beside canvas'))"
    (seen,) = drive({"url": Path(recorder.save(tmp_path / "film.html")).as_uri(), "steps": [["see", size]]})
    assert seen["results"] == [[9, 7]]


def test_a_film_plays_its_updates(tmp_path):
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    for _ in range(4):
        loss = (w * 2.0 - 1.5) ** 2
        loss.backward()
        recorder.step(loss)
        w.data -= 0.1 * w.grad
        w.grad = 0.0
    url = Path(recorder.save(tmp_path / "film.html")).as_uri()
    button, at = ["see", "document.querySelector('#run').textContent"], ["see", "state.update"]
    quick = ["see", "document.querySelector('#speed').value = '4'"]
    poll = "new Promise((done) => { const look = (left) => (%s ? done(true) : left ? setTimeout(look, 10, left - 1) : done(false)); look(900); })"
    to_the_end = ["see", poll % "state.update === 3 && document.querySelector('#run').textContent === 'Play'"]
    loops = ["see", poll % "window.before === 3 && state.update === 0 || (window.before = state.update, false)"]
    (seen,) = drive({"url": url, "steps": [
        at, quick, ["click", "#run"], button, to_the_end, ["click", "#loop"], ["key", "p"], loops, button,
        ["key", "."], button, ["axe"],
    ]})  # fmt: skip
    assert seen["results"][4] and seen["results"][7]
    assert seen["results"][0] == 0 and seen["results"][3] == "Pause" and seen["results"][8] == "Pause"
    assert seen["results"][10] == "Play" and seen["results"][-1] == []


def test_a_leaf_may_be_called_as_a_word_of_the_address(tmp_path):
    leaves = [Value(i + 1.0, label=label) for i, label in enumerate(["edge", "list", "~x", "a=b&c", "100%"])]
    change = "(() => { model.leaves.forEach((leaf) => change_to(leaf, 7)); return fragment(); })()"
    (address,) = look(sum(leaves), tmp_path / "f.html", ["see", change])
    assert address.startswith("edge=0&~edge=7&~list=7&~~x=7&a%3Db%26c=7&100%25=7")
    numbers = ["see", "[state.at, ...model.leaves.map((leaf) => model.data[leaf])]"]
    assert look(sum(leaves), tmp_path / "f.html", numbers, at=f"#{address}") == [[0, 7, 7, 7, 7, 7]]


def test_predict_asks_before_it_shows(tmp_path):
    asked = ["see", "[!document.querySelector('#asking').hidden, document.querySelector('#question').textContent]"]
    verdict = ["see", "document.querySelector('#verdict').textContent"]
    seen = look(
        emblem(), tmp_path / "f.html", ["key", "g", "ArrowRight"], asked, WORDS, ["fill", "#guess", "4"], ["key", "Enter"], verdict, WHERE,
        ["fill", "#guess", "1+2"], ["key", "Enter"], WHERE, WORDS, ["key", "ArrowRight"], ["click", "#reveal"], WHERE,
    )  # fmt: skip
    assert seen[1] == [True, "Edge 1: f -> b. What does it add to b.grad?"]
    assert "b.grad = 3" not in seen[2]
    assert seen[5:7] == ["not 4", "edge 0 of 5"]
    assert seen[9] == "edge 1 of 5" and "1+2 is right" in seen[10]
    assert seen[13] == "edge 2 of 5"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessible(tmp_path, dark):
    path = save_player(network(), tmp_path / "f.html")
    url = Path(path).as_uri()
    small = save_player(neuron(), tmp_path / "g.html")
    shown = [["axe"], ["key", "l", "g", "?", "ArrowRight"], ["axe"]]
    seen = drive(
        {"url": f"{url}#edge=3&value=x0&x1=2", "steps": shown, "dark": dark},
        {"url": f"{url}#forward=2", "steps": [["axe"]], "dark": dark, "width": 390, "height": 844},
        {"url": Path(small).as_uri() + "#edge=2&value=v2&text=2", "steps": [["axe"]], "dark": dark},
    )
    for one in seen:
        assert [result for result in one["results"] if isinstance(result, list)] == [[]] * (
            2 if len(one["results"]) > 1 else 1
        )


def test_hostile_labels_do_nothing(tmp_path):
    leaves = [Value(i + 1.0, label=label) for i, label in enumerate(HOSTILE)]
    with named_scope(HOSTILE[0]):
        f = sum(leaves) * 0.5
    f.label = HOSTILE[3]
    seen = look(
        f, tmp_path / "f.html", ["see", "model.leaves.map((leaf) => { choose(leaf); return fragment(); })"], ["key", "End", "l"],
        ["see", "model.names.length"], ["see", "[document.images.length, document.scripts.length, document.title]"],
    )  # fmt: skip
    assert seen[2] == len(Graph(f))
    assert seen[3][:2] == [0, 2] and seen[3][2].startswith("backprop of")
    restored = drive(
        *(
            {"url": (tmp_path / "f.html").as_uri() + f"#{hash}", "steps": [["see", "fragment()"]]}
            for hash in seen[0][:8]
        )
    )
    assert [one["results"][0] for one in restored] == seen[0][:8]


def test_nothing_from_outside_would_run(tmp_path):
    script = """new Promise((done) => {
        const tag = document.createElement("script");
        tag.textContent = "window.ran = true";
        document.body.append(tag);
        const image = new Image();
        image.onerror = () => done([window.ran === undefined, "blocked"]);
        image.src = "file:///nowhere.png";
    })"""
    path = Path(save_player(emblem(), tmp_path / "f.html"))
    seen = driven({"url": path.as_uri(), "steps": [["see", script]]})
    assert seen["results"] == [[True, "blocked"]]
    assert any("Content Security Policy" in line for line in seen["console"])


def test_5000_values_stay_listed_in_part_and_step_quickly(tmp_path):
    with atomic():
        root = nn.MLP(4, [24, 24, 24, 24, 1], seed=random.Random(0))([Value(0.1)] * 4)[0]
    assert len(Graph(root)) > 5000
    steps = "performance.now() - (() => { const start = performance.now(); for (let i = 0; i < 20; i++) goTo(100 + i); return start; })()"
    seen = look(
        root,
        tmp_path / "f.html",
        ["key", "l"],
        ["see", "document.querySelectorAll('#values tr').length"],
        ["see", steps],
    )
    assert seen[1] < 120
    assert seen[2] < 20 * 200  # a loose bound: the machine is shared


def test_a_page_needs_no_layout_engine(tmp_path, monkeypatch):
    from autograd.errors import ToolError

    def none(*_, **__):
        raise ToolError("there is no layout engine")

    monkeypatch.setattr("autograd.drawing.engines.lay_out", none)
    seen = look(
        emblem(),
        tmp_path / "f.html",
        ["see", "[...document.querySelectorAll('svg text')].map((text) => text.textContent)"],
        ["key", "ArrowRight"],
        WORDS,
        ["axe"],
    )
    assert {"a", "b", "f"} <= set(seen[0]) and "b.grad = 3 * 1 = 3" in seen[2] and seen[3] == []


def test_a_film_scrubs_through_training(tmp_path):
    model = nn.MLP(2, [3, 1], seed=random.Random(2))
    recorder = Recorder(model, picture=lambda: [[p.data for p in list(model.parameters())[:4]]] * 3)
    told = []
    for k in range(6):
        loss = (model([0.1 * k, -0.4])[0] - 1.0) ** 2
        loss.label = "loss"
        loss.zero_grad()
        loss.backward()
        recorder.step(loss)
        told.append((loss.data, [p.grad for p in model.parameters()]))
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    path = Path(recorder.save(tmp_path / "film.html"))
    names = [name for name, _ in model.named_parameters()]
    grads = f"[model.data[model.root], {json.dumps(names)}.map((name) => model.grad[model.names.indexOf(name)])]"
    steps = [["see", grads]]
    for _ in range(5):
        steps += [["key", "."], ["see", grads]]
    (seen,) = drive(
        {
            "url": path.as_uri(),
            "steps": [*steps, ADDRESS, ["see", "document.querySelector('#updated').textContent"], ["axe"]],
        }
    )
    found = [
        result for result in seen["results"] if isinstance(result, list) and result and isinstance(result[0], float)
    ]
    for (loss, grads), (data, slopes) in zip(told, found):
        assert data == pytest.approx(loss, rel=1e-12)
        assert slopes == pytest.approx(grads, rel=1e-9, abs=1e-12)
    assert len(found) == len(told)
    assert "update=6" in seen["results"][-3] and seen["results"][-2].startswith("update 6: loss ")
    assert seen["results"][-1] == []


def test_a_film_starts_fitted_to_the_window_and_zooms_from_there(tmp_path):
    model = nn.MLP(2, [8, 8, 8, 1], seed=random.Random(2))
    recorder = Recorder(model, lambda: (model([0.1, -0.4])[0] - 1.0) ** 2)
    recorder.step(1.0)
    url = Path(recorder.save(tmp_path / "film.html")).as_uri()
    fits = [
        "see",
        "(({ clientWidth: w, clientHeight: h, scrollWidth, scrollHeight }) => scrollWidth <= w && scrollHeight <= h)(document.querySelector('#scroll'))",
    ]
    width = ["see", "Number(document.querySelector('#drawing').getAttribute('width'))"]
    steps = [fits, width, ["click", "#in"], width, ["click", "#out"], width, ["click", "#views button"], fits]
    for wide in (1280, 400):
        (seen,) = drive({"url": url, "width": wide, "steps": steps})
        fitted, first, _, larger, _, again, _, still = seen["results"]
        assert fitted and still and larger == pytest.approx(1.25 * first) and again == pytest.approx(first)


def test_opening_a_module_opens_one_level_and_leaves_the_others(tmp_path):
    model = nn.MLP(2, [3, 3, 1], seed=random.Random(2))
    recorder = Recorder(model, lambda: (model([0.1, -0.4])[0] - 1.0) ** 2)
    recorder.step(1.0)
    path = Path(recorder.save(tmp_path / "film.html"))
    closed = ["see", "view.closed.join(' ')"]
    steps = [["see", "toggle('MLP')"], closed, ["see", "toggle('MLP')"], closed]
    for name in ("layers.0", "layers.2", "layers.0"):
        steps += [["see", f"toggle('{name}')"], closed]
    (seen,) = drive({"url": f"{path.as_uri()}#edge=0&closed=layers.0+layers.1+layers.2", "steps": steps})
    assert seen["results"][1::2] == [
        "MLP", "layers.0 layers.1 layers.2", "layers.1 layers.2", "layers.1", "layers.0 layers.1",
    ]  # fmt: skip


def test_a_folded_module_of_one_value_is_a_module_too(tmp_path):
    """Its call made a single value, and it has no parameters of its own."""
    model = nn.Sequential(nn.Linear(2, 1, seed=random.Random(0)), nn.Tanh())
    recorder = Recorder(model, lambda: model([0.5, -1.0])[0] ** 2)
    recorder.step(1.0)
    path = Path(recorder.save(tmp_path / "film.html"))
    views = "DATA.views.map(({ boxes }) => boxes.filter(({ kind, node, nodes }) => kind === 'module' && !nodes && node === undefined).length)"
    (seen,) = drive({"url": path.as_uri(), "steps": [["see", views], WHERE]})
    assert set(seen["results"][0]) == {0} and seen["results"][1].startswith("edge ")


def test_the_colours_of_a_film_are_of_one_scale_for_all_frames(tmp_path):
    w = Value(0.5, label="w")
    recorder = Recorder([w], lambda: (w - 1.0) ** 2, picture=lambda: [[w.data, 0.0], [0.0, w.data]])
    recorder.step(1.0)
    w.data = 1.0
    recorder.step(0.5)
    corner = "document.querySelector('#beside canvas').getContext('2d').getImageData(0, 0, 1, 1).data[3]"
    url = Path(recorder.save(tmp_path / "film.html")).as_uri()
    (seen,) = drive({"url": url, "steps": [["see", corner], ["key", "."], ["see", corner]]})
    assert seen["results"][0] == pytest.approx(128, abs=2) and seen["results"][2] == 255


def test_an_address_beyond_the_end_is_the_end_also_in_a_film(tmp_path):
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    for _ in range(3):
        loss = (w * 2.0 - 1.5) ** 2
        loss.backward()
        recorder.step(loss)
        w.data -= 0.1 * w.grad
        w.grad = 0.0
    url = Path(recorder.save(tmp_path / "film.html")).as_uri()
    (seen,) = drive({"url": f"{url}#edge=9999&update=99", "steps": [WHERE, ADDRESS]})
    assert seen["results"][0] == "edge 3 of 3"


def test_a_film_may_end_on_an_edge_that_adds_to_what_arrived_before(tmp_path):
    w = Value(3.0, label="w")
    recorder = Recorder([w])
    for k in range(3):  # the second graph is a different one, the third is the first again
        loss = w * w * 1.0 if k == 1 else w * w
        w.zero_grad()
        loss.backward()
        recorder.step(loss)
        w.data -= 1.0
    url = Path(recorder.save(tmp_path / "film.html")).as_uri()
    words = ["see", "document.querySelector('#words').textContent"]
    for address, said in (
        ("", "now 6   (was 3)"),
        ("#edge=2&update=2", "was"),
        ("#edge=2&update=3", "now 2   (was 1)"),
    ):
        (seen,) = drive({"url": url + address, "steps": [WHERE, words]})
        assert seen["results"][0] == "edge 2 of 2" and said in seen["results"][1]
        assert not seen["errors"]


def test_nothing_runs_over_the_side_of_a_phone(tmp_path):
    wide = ["see", "document.documentElement.scrollWidth"]
    root = network()
    for at in ("#edge=3", "#edge=20&value=layers.0.weight[0][0]&text=3", "#edge=5&predict&list"):
        assert look(root, tmp_path / "f.html", wide, at=at, width=375, height=812) == [375]


def test_the_question_is_not_hidden_below_the_buttons_of_a_phone(tmp_path):
    free = """(() => {
        const { bottom } = document.querySelector('#guess').getBoundingClientRect();
        return bottom < document.querySelector('nav').getBoundingClientRect().top;
    })()"""
    seen = look(
        neuron(), tmp_path / "f.html", ["key", "ArrowRight"], ["see", free], at="#edge=2&predict", width=375, height=667
    )
    assert seen[1] is True


def test_the_steppers_words_are_on_the_page(tmp_path):
    root = neuron()
    seen = look(
        root,
        tmp_path / "f.html",
        *[step for _ in range(5) for step in (["key", "ArrowRight"], ["see", "said().join(INDENT)"])],
    )
    with Stepper(root) as stepper:
        assert seen[1::2] == [str(stepper.step()) for _ in range(5)]


def test_the_network_shows_weights_then_gradients_and_each_neurons_arithmetic(tmp_path):
    root = network()
    root.label = "y"
    root.backward()
    weights = {name: w for name, w in named_graph(root).names.items() if "weight" in w}
    lines = ["see", "[...document.querySelectorAll('#drawing .line')].map(l => [l.querySelector('title').textContent, "
             "+l.querySelector('.weight').style.strokeWidth, l.querySelector('.weight').style.stroke])"]  # fmt: skip
    dots = ["see", "[...document.querySelectorAll('#drawing .dot')].map(d => d.querySelector('title').textContent)"]
    count = ["see", "document.querySelectorAll('#drawing .dot').length"]
    seen = look(
        root, tmp_path / "n.html", ["key", "n"], lines, dots, ["axe"], ["key", "End"], lines, ADDRESS,
        ["dispatch", "#drawing .neuron >> nth=0", "click"], ["see", "document.querySelector('#chosen').innerText"],
        ["fill", "#leaf0", "2"], ["key", "Tab"], dots, ["key", "n"], count,
    )  # fmt: skip
    for shown, number in ((seen[1], lambda w: w.data), (seen[5], lambda w: w.grad)):
        said = {text.split(" = ")[0]: (width, stroke) for text, width, stroke in shown if " = " in text}
        assert set(said) == set(weights.values())
        ordered = sorted((abs(number(w)), said[name][0]) for w, name in weights.items())
        assert [width for _, width in ordered] == sorted(width for _, width in ordered)
        for w, name in weights.items():
            assert number(w) == 0 or said[name][1] == f"var(--{'positive' if number(w) > 0 else 'negative'})"
    assert seen[3] == [] and seen[6].endswith("&network")
    for told in seen[2][2:12]:
        formula, _, rest = told.partition(" = ")
        assert eval(formula, {"relu": lambda x: max(x, 0.0)}) == pytest.approx(float(rest.split(",")[0]), abs=2e-3)
    assert "Chosen value" in seen[8].title() or "CHOSEN VALUE" in seen[8]
    assert seen[11][0].startswith("x0 = 2,") and seen[11] != seen[2] and seen[13] == 0


# --- The quiz ----------------------------------------------------------------------------------------------

SHOWN = "document.querySelector('{}').textContent"
ASKED, JUDGED, COUNT, CODE = (["see", SHOWN.format(f"#{name}")] for name in ("asked", "judged", "count", "code"))
HIDDEN = ["see", "['questions', 'report', 'inputs', 'chosen'].filter((id) => document.getElementById(id).hidden)"]
FOCUS = ["see", "document.activeElement.id"]


def typed(text: object) -> list:
    return ["key", *str(text), "Enter"]


def test_a_quiz_with_the_keyboard_alone_asks_and_answers_as_the_prompt_does(tmp_path):
    """The address starts a quiz; all gradients are hidden until the quiz ends."""
    numbers = ["see", "[...document.querySelectorAll('#drawing .number')].map((text) => text.textContent)"]
    game = quiz(emblem(), seed=7)
    first = game.question
    said = [str(game.answer(guess)).splitlines()[0].replace(" The next one:", "") for guess in ("16", first.truth)]
    seen = look(
        emblem(), tmp_path / "f.html", ASKED, FOCUS, HIDDEN, numbers, ["axe"], typed("16"), JUDGED, FOCUS, typed(first.truth), JUDGED,
        COUNT, ADDRESS, CODE, ["axe"], ["key", "Escape", "ArrowRight"], WHERE, FOCUS, ["key", "q"], HIDDEN, ["key", "ArrowRight"], WHERE,
        at="#edge=3&quiz=7",
    )  # fmt: skip
    assert seen[:3] == [first.text, "answer", ["report", "inputs", "chosen"]]
    assert sum(text == "not reached" for text in seen[3]) == 3, "of all values but the result"
    assert seen[4] == seen[13] == []
    assert (seen[6], seen[7], seen[9]) == (said[0], "answer", said[1])
    assert seen[10] == "question 2 (score 0 of 1)" and seen[11].endswith("&quiz=7")
    assert decode(seen[12].rpartition(" ")[2]) == ("own", 7, 0, 1)
    assert (
        seen[15:17] == ["edge 0 of 5", "quizzed"] and seen[18] == ["questions", "chosen"] and seen[20] == "edge 1 of 5"
    )


def test_the_answer_that_is_shown_comes_with_its_paths_and_a_wrong_one_stays(tmp_path):
    because = ["see", "document.querySelector('#because').innerText"]
    seen = look(
        emblem(), tmp_path / "f.html", ["key", "q"], ["fill", "#seed", "3"], ["key", "Tab"], ASKED, *[typed("123.25"), JUDGED] * 3,
        FOCUS, ["key", "Tab", "Tab", "Enter"], JUDGED, because, FOCUS, ["axe"],
    )  # fmt: skip
    game = quiz(emblem(), seed=3)
    assert seen[3] == game.question.text
    assert "none of the usual mistakes gives it. Try once more." in seen[5] and "Show has the answer" in seen[9]
    assert seen[10] == "answer" and seen[12] == f"{game.question.slope} = {game.question.truth:g}. 0 of 1."
    assert seen[13].strip() == str(emblem().why("a" if "da" in seen[3] else "b")) and seen[14:] == ["answer", []]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_series_of_questions_is_played_to_its_end_on_a_phone(tmp_path, dark):
    game = quiz(level="activation", seed=2)
    url = Path(game.page(questions=4).save(tmp_path / "quiz.html")).as_uri()
    partials = ["see", "[...document.querySelectorAll('.arrow text')].map((text) => text.textContent).join('')"]
    note, wide = ["see", SHOWN.format("#note")], ["see", "document.documentElement.scrollWidth"]
    steps, asked = [], []
    for _ in range(4):
        asked.append((game.question, game._shown()))
        steps += [ASKED, note, partials, typed(game.question.truth)]
        game.answer(game.question.truth)
    (seen,) = drive({"url": url, "steps": [["axe"], *steps, JUDGED, COUNT, CODE, wide, FOCUS, ["axe"]],
                     "dark": dark, "width": 390, "height": 844})  # fmt: skip
    first, *results = seen["results"]
    for (question, shown), text, above, numbers in zip(asked, results[0::4], results[1::4], results[2::4]):
        assert (text, above) == (question.text, shown)
        assert (numbers == "") == (question.edge is not None)
    assert results[16].endswith("4 of 4, 4 in a row.") and results[17] == "That was the last question. (score 4 of 4)"
    assert decode(results[18].rpartition(" ")[2]) == ("activation", 2, 4, 4)
    assert results[19] == 390 and results[20] == "count" and first == results[21] == []
