"""iris, moons, digits and gpt: they learn, the same from the same seed, and leave pictures and a page."""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
from functools import cache
from random import Random
from xml.etree import ElementTree

import pytest
from backends import BACKENDS

import nn.functional as F
from autograd import Recorder, no_grad
from autograd.drawing import engines
from demos import cli
from demos.models import digits, gpt, iris, moons
from demos.shared import datasets, plots
from demos.shared.page import run
from demos.shared.progress import Progress
from demos.shared.report import Report
from demos.shared.training import AT_ONCE, Eager, train
from nn import Linear, optim

DEMOS = {"iris": iris, "moons": moons}


class NoReport(Report):
    """Everything but the pictures."""

    def rewrite(self):
        pass

    def plot(self, *_, **__):
        return lambda draw: None

    def training(self, *_):
        pass

    def plays(self, *_):
        pass


@pytest.fixture
def no_pictures(monkeypatch):
    for demo in (*DEMOS.values(), digits, gpt):
        monkeypatch.setattr(demo, "Report", NoReport)
    monkeypatch.setattr("demos.shared.report.Film.graph", lambda *_, **__: None)


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """What a demo has left after a short training, run once: its numbers, what it said, its folder and its last update."""

    @cache
    def ran(name):
        folder, said = tmp_path_factory.mktemp(name), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
            if name in DEMOS:
                return DEMOS[name].main(out=folder, seed=1, steps=6, quiet=True), said.getvalue(), folder, 6
            with_few_names(patch), with_few_digits(patch)
            words = ["--backend", "python", "--steps", "2", "--seed", "7", "--out", str(folder)]
            return cli.main([name, *words]), said.getvalue(), folder, 2

    return ran


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))])
def test_iris_is_learned_from_any_seed(seed, tmp_path, no_pictures):
    made = iris.main(out=tmp_path, seed=seed, steps=40, quiet=True)
    assert made["held_out_accuracy"] >= 0.93
    assert made["losses"][-1] < 0.3 * made["losses"][0]


@pytest.mark.slow
def test_moons_is_learned(tmp_path, no_pictures):
    made = moons.main(out=tmp_path, steps=60, quiet=True)
    assert made["accuracy"] >= 0.97
    assert made["losses"][-1] < 0.1 * made["losses"][0]


@pytest.mark.parametrize("name", ["iris", pytest.param("moons", marks=pytest.mark.slow)])
def test_the_same_seed_gives_the_same_numbers(name, tmp_path, no_pictures):
    first, again, other = (DEMOS[name].main(out=tmp_path, seed=s, steps=3, quiet=True)["losses"] for s in (5, 5, 6))
    assert first == again != other


@pytest.mark.parametrize("name", ["iris", pytest.param("moons", marks=pytest.mark.slow)])
def test_it_leaves_a_page_with_its_pictures(name, left):
    made, said, folder, last = left(name)
    assert said == ""
    page = (folder / "index.html").read_text(encoding="utf-8")
    graphs = [folder / f"graph-{update}.svg" for update in (0, 1, last)]
    for graph in graphs:
        assert "grad" in graph.read_text(encoding="utf-8") and f'src="{graph.name}"' in page
        assert "not reached" not in graph.read_text(encoding="utf-8")
        assert f"{name.title()}, update {graph.stem[6:]} (seed 1)" in graph.read_text(encoding="utf-8")
    assert 'src="film.html"' in page
    for plot in ("loss.svg", "regions.svg"):
        assert (folder / plot).exists() and f'src="{plot}"' in page
    assert made["report"].files and all(file.exists() for file in made["report"].files)


def test_without_a_layout_engine_it_leaves_the_graph_as_text(tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "which", lambda *_, **__: None)
    monkeypatch.setattr(engines, "_engine", None)
    made = iris.main(out=tmp_path, steps=1, quiet=True)
    assert (tmp_path / "graph-0.dot").read_text(encoding="utf-8").startswith("digraph")
    why, left_out = next(iter(made["report"].missing.items()))
    assert "graph-0.svg (but graph-0.dot is there)" in left_out and engines.advice() in why


def test_a_graph_is_small_enough_for_a_page(tmp_path, monkeypatch):
    boxes = []
    monkeypatch.setattr(iris, "Report", NoReport)
    monkeypatch.setattr(
        "demos.shared.report.Film.add", lambda self, name, drawing, text: boxes.append(drawing.picture.boxes)
    )
    iris.main(out=tmp_path, steps=1, quiet=True)
    assert boxes and max(map(len, boxes)) <= iris.BOXES


def test_a_heat_map_writes_no_minus_zero():
    made = plots.figure(lambda ax: plots.heat(ax, [[-0.2, 0.2], [-1.0, 1.0]], -1.0, 1.0, digits=0), "t")
    assert [mark.lines for mark in made.panels[0].marks[1:]] == [["0"], ["0"], ["-1"], ["1"]]


@pytest.mark.parametrize(("x", "y", "side", "ha", "va"), [
    (1, 0, 0, "left", "center"), (0, 1, 0, "center", "bottom"), (-1, -1, 0, "right", "top"),
    (0, 1, 1, "right", "bottom"), (0, 1, -1, "left", "bottom"), (1, 0, 1, "left", "bottom"), (0, 0, 0, "center", "center"),
])  # fmt: skip
def test_an_arrow_is_labelled_beyond_its_head_or_aside(x, y, side, ha, va):
    made = plots.figure(lambda ax: plots.arrow(ax, x, y, plots.BLUE, "name", side=side), "t")
    label = made.panels[0].marks[-1]
    assert (label.lines, label.ha, label.va) == (["name"], ha, va)


def test_colours_differ_in_grey_too():
    def grey(colour):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    blue, orange, *_ = (grey(mark[0]) for mark in plots.MARKS)
    assert abs(blue - orange) > 60
    assert len({marker for _, marker, _ in plots.MARKS}) == len({dashes for *_, dashes in plots.MARKS}) == 4


# --- Training films ----------------------------------------------------------------------------------------


def film_of(folder):
    text = (folder / "film.html").read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])


@pytest.mark.parametrize(
    "name", ["iris", *(pytest.param(name, marks=pytest.mark.slow) for name in ("moons", "digits", "gpt"))]
)
def test_a_demo_has_a_film_of_its_training_with_a_picture_beside_it(name, left):
    _, _, folder, steps = left(name)
    film = film_of(folder)
    frames, pictures = film["film"]["frames"], film["film"]["pictures"]
    assert [frame["update"] for frame in frames][:: len(frames) - 1] == [1, steps]
    assert all("numbers" in frame for frame in frames) and film["graph"]["names"][-1] == "loss"
    assert len(pictures) > 1 and pictures[0] != pictures[-1]
    if name == "digits":
        assert all(len(rows) == len(rows[0]) == 8 for rows in pictures)
    else:
        assert all(text.startswith("data:image/svg+xml") for text in pictures)
    assert all(view["boxes"] for view in film["views"])


@pytest.mark.slow
def test_a_film_of_attention_shows_its_weights(tmp_path):
    run("attention", out=tmp_path, steps=4, quiet=True)
    film = film_of(tmp_path)["film"]
    assert len(film["frames"]) == 4 and len(film["pictures"][0]) == 3
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in film["pictures"][0])


def test_the_sample_of_a_film_teaches():
    """It is hard at first: a line through the middle of both moons has it on the wrong side."""
    table = datasets.moons(100, noise=0.1, rng=Random(0))
    hard = datasets.deepest_in_another(table.xs, table.ys)
    middles = [[sum(x[k] for x, y in zip(table.xs, table.ys) if y == side) / 50 for k in (0, 1)] for side in (0, 1)]
    own, other = (math.dist(table.xs[hard], middles[side]) for side in (table.ys[hard], 1 - table.ys[hard]))
    assert other < own
    assert datasets.deepest_in_another([[0.0], [1.0], [4.0], [2.1]], [0, 0, 1, 1]) == 3
    assert datasets.deepest_in_another([[0.0], [1.0], [4.0], [2.1]], [0, 0, 1, 1], among=[0, 2]) == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_film_of_compiled_training_has_the_numbers_before_each_update(backend):
    layer = Linear(2, 2, seed=1)
    told = []

    class Told(Recorder):
        def _record(self, loss):
            told.append((self.updates, [p.data for p in layer.parameters()]))
            super()._record(loss)

    batches = [tuple(zip(*ROWS))] * 120
    recorder = Told(layer, lambda: F.cross_entropy(layer(ROWS[0][0]), ROWS[0][1]), every=AT_ONCE)
    with Progress("", 120, quiet=True) as progress:
        losses = train(
            progress, lambda x, y: F.cross_entropy(layer(x), y), batches,
            optim.AdamW(layer.parameters(), lr=0.05), backend, recorder=recorder,
        ).losses  # fmt: skip
    assert [update for update, _ in told] == [1, 51, 101, 120]
    assert list(recorder.losses) == pytest.approx(losses, rel=1e-12) and losses == pytest.approx(trained_on(batches))
    for update, numbers in told[:3]:
        again = Linear(2, 2, seed=1)
        for p, number in zip(again.parameters(), numbers):
            p.data = number
        with no_grad():
            mean = sum(F.cross_entropy(again(x), y).data for x, y in ROWS) / 5
        assert mean == pytest.approx(losses[update - 1], rel=1e-9)


def trained_on(batches):
    """Return the losses without a recorder."""
    layer = Linear(2, 2, seed=1)
    with Progress("", len(batches), quiet=True) as progress:
        optimizer = optim.AdamW(layer.parameters(), lr=0.05)
        return train(progress, lambda x, y: F.cross_entropy(layer(x), y), batches, optimizer, "eager").losses


def test_small_regions_are_those_of_the_scores():
    points, classes = [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [0, 1, 2]
    text = plots.small_regions(lambda x, y: [0.5 - y, x - 0.5, 0.3], points, classes, ringed=1)
    svg = ElementTree.fromstring(text)
    _, _, width, height = map(float, svg.get("viewBox").split())
    space = "{http://www.w3.org/2000/svg}"
    rings = {(float(ring.get("cx")), float(ring.get("cy"))) for ring in svg.iter(f"{space}circle")}
    ((x, y),) = rings
    assert x > 0.8 * width and y < 0.2 * height  # it is in the upper right corner
    areas = [sum(map(int, re.findall(r"h(\d+)", path.get("d")))) for path in svg.findall(f"{space}path[@stroke]")]
    # Where x > 0.8 and x + y > 1, and where x < 0.8 and y > 0.2, of the square from -0.12 to 1.12.
    assert [area / (width * height) for area in areas] == pytest.approx([0.3456 / 1.24**2, 0.92**2 / 1.24**2], abs=0.02)
    assert text == plots.small_regions(lambda x, y: [0.5 - y, x - 0.5, 0.3], points, classes, ringed=1)


def test_small_heats_are_named_and_safe():
    text = plots.small_heats([[[1.0, 0.0], [0.25, 0.75]]] * 3, "<&")
    svg = ElementTree.fromstring(text)
    cells = [cell.get("fill-opacity") for cell in svg.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert cells == ["1.00", "0.00", "0.25", "0.75"] * 3
    assert [name.text for name in svg.iter("{http://www.w3.org/2000/svg}text")] == ["<", "<", "&", "&"] * 3


# --- Compiled training -------------------------------------------------------------------------------------

ROWS = [([1.0, 2.0], 0), ([-1.0, 0.5], 1), ([0.3, -2.0], 1), ([2.0, 1.0], 0), ([0.0, 1.0], 0)]


def trained(backend, updates=60, decay=False):
    """Return a small layer after some updates: how it went, and its weights."""
    layer = Linear(2, 2, seed=1)
    optimizer = optim.AdamW(layer.parameters(), lr=0.05)
    batches = [tuple(zip(*[ROWS[(k + i) % 5] for i in range(2 + k % 2)])) for k in range(updates)]
    with Progress("", updates, quiet=True) as progress:
        run = train(progress, lambda x, y: F.cross_entropy(layer(x), y), batches, optimizer, backend, decay)
    return run, layer.state_dict()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("decay", [False, True])
def test_compiled_training_is_eager_training(backend, decay):
    run, weights = trained(backend, decay=decay)
    wanted, eager = trained("eager", decay=decay)
    assert run.losses == pytest.approx(wanted.losses, rel=1e-9) and len(run.losses) == 60
    for row, other in zip(weights["weight"], eager["weight"]):
        assert row == pytest.approx(other, rel=1e-9)
    assert run.programs == 2  # batches of two rows, and of three
    assert (run.last_backend, wanted.last_backend) == (backend, "eager")
    assert run.losses[-1] < 0.5 * run.losses[0]


def test_decay_lowers_the_learning_rate_and_the_first_updates_are_the_same():
    with_decay, without = trained("eager", 60, decay=True)[0], trained("eager", 60)[0]
    assert with_decay.losses[:51] == without.losses[:51] and with_decay.losses[59] != without.losses[59]


def test_eager_training_moves_by_the_mean_loss_of_a_batch():
    layer = Linear(2, 2, seed=1)
    (loss,) = Eager(lambda x, y: F.cross_entropy(layer(x), y)).train(
        [tuple(zip(*ROWS))], optim.SGD(layer.parameters(), lr=0.0), 1
    )
    with no_grad():
        assert loss == F.cross_entropy(layer([x for x, _ in ROWS]), [y for _, y in ROWS]).data


# --- digits ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_digits_are_read(tmp_path, no_pictures):
    made = digits.main(out=tmp_path, quiet=True)
    assert made["held_out_accuracy"] >= 0.95
    assert len(made["losses"]) == 600 and made["losses"][0] == pytest.approx(math.log(10), rel=0.2)
    right = [made["confusion"][k][k] for k in range(10)]
    assert sum(map(sum, made["confusion"])) == 360 and sum(right) == round(made["held_out_accuracy"] * 360)
    table = datasets.digits()
    with no_grad():
        shown = F.cross_entropy(made["model"](table.xs[digits.FIVE]), table.ys[digits.FIVE]).data
    assert digits.FIVE % 5 == 0 and table.ys[digits.FIVE] == 5 and shown < 0.1  # a good example: it is learned


@pytest.fixture
def few_digits(monkeypatch):
    with_few_digits(monkeypatch)


def with_few_digits(patch):
    table = datasets.digits()
    patch.setattr(digits, "digits", lambda: table._replace(xs=table.xs[:60], ys=table.ys[:60]))


@pytest.mark.slow
def test_digits_learn_alike_eager_and_compiled(tmp_path, no_pictures, few_digits):
    eager, compiled, other = (
        digits.main(out=tmp_path, seed=s, steps=2, quiet=True, backend=b)["losses"]
        for s, b in ((3, "eager"), (3, "python"), (4, "eager"))
    )
    assert eager == pytest.approx(compiled, rel=1e-9) and eager != other


# --- gpt ---------------------------------------------------------------------------------------------------


@pytest.fixture
def few_names(monkeypatch):
    with_few_names(monkeypatch)


def with_few_names(patch):
    """Only names of three letters, so that one program is compiled."""
    patch.setattr(gpt, "names", lambda: [name for name in datasets.names() if len(name) == 3])
    patch.setattr(gpt, "HELD_OUT", 5)
    patch.setattr(gpt, "INVENTED", 4)


@pytest.mark.slow
def test_gpt_learns_alike_on_every_backend_and_invents_names(tmp_path, no_pictures, few_names):
    made = {b: gpt.main(out=tmp_path, steps=3, quiet=True, backend=b) for b in ("eager", "auto")}
    for one in made.values():
        assert one["losses"] == pytest.approx(made["eager"]["losses"], rel=1e-9)
        assert one["apart"] < 1e-12
        assert one["names"] == made["eager"]["names"]
    names = made["eager"]["names"]
    assert len(set(names)) == len(names) == gpt.INVENTED
    assert all(re.fullmatch("[a-z]{1,15}", name) for name in names)
    assert made["eager"]["losses"][0] == pytest.approx(math.log(27), rel=0.5)


@pytest.mark.slow
def test_gpt_learns(tmp_path, no_pictures, few_names):
    before, after = (gpt.main(out=tmp_path, steps=s, quiet=True, seed=1)["held_out_loss"] for s in (1, 60))
    assert after < 0.85 * before


@pytest.mark.slow
def test_a_wrong_compiled_loss_stops_the_gpt(tmp_path, no_pictures, few_names, monkeypatch):
    def wrong(*args, **kwargs):
        run = train(*args, **kwargs)
        return run if args[4] == "eager" else run._replace(losses=[loss * 1.001 for loss in run.losses])

    monkeypatch.setattr(gpt, "train", wrong)
    with pytest.raises(AssertionError, match=r"differ by 0\.001"):
        gpt.main(out=tmp_path, steps=1, quiet=True, backend="python")


def test_a_letter_is_drawn_as_often_as_it_is_likely(monkeypatch):
    rng = Random(0)
    drawn = [gpt._drawn([0.0, 0.25, 0.75, 0.0], rng) for _ in range(2000)]
    assert {*drawn} == {1, 2} and drawn.count(1) == pytest.approx(500, rel=0.1)
    monkeypatch.setattr(rng, "random", lambda: 1 - 2**-53)
    assert gpt._drawn([0.1] * 10, rng) == 9  # although these add up to less than that


def test_a_name_has_at_least_one_letter_and_ends_in_time(monkeypatch):
    for drawn, name in (([0, 0, 1, 14, 0], "an"), ([26] * 30, "z" * 15)):
        left = iter(drawn)
        monkeypatch.setattr(gpt, "_drawn", lambda chances, rng, left=left: next(left))
        assert gpt.invent(lambda signs: [[0.0] * 27], Random(0)) == name


def test_a_sign_looks_only_back():
    model = gpt.GPT(Random(0))
    signs = gpt.signs_of("ann")
    assert signs == [0, 1, 14, 14, 0]
    for head in model.attention(signs):
        for i, weights in enumerate(head):
            assert sum(weights) == pytest.approx(1) and weights[i + 1 :] == [0.0] * (4 - i)
    whole, part = model(signs), model(signs[:3])
    assert [[x.data for x in row] for row in whole[:3]] == [[x.data for x in row] for row in part]


# --- What they leave, and the flag -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("demo", [digits, gpt])
def test_what_is_not_compiled_is_not_said_to_be(demo, tmp_path, capsys, no_pictures, few_names, few_digits):
    demo.main(out=tmp_path, steps=1, backend="eager")
    said = capsys.readouterr().out
    assert "Nothing is compiled" in said and "backend" not in said


@pytest.mark.slow
@pytest.mark.parametrize("name", ["digits", "gpt"])
def test_backend_is_a_flag_and_the_page_says_what_was_measured(name, left):
    status, said, folder, last = left(name)
    assert status == 0
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "by backend python" in said and "by backend python" in page
    assert "seed 7" in page and len(list(folder.glob("graph-*.svg"))) == 2
    assert "grad" in (folder / f"graph-{last}.svg").read_text(encoding="utf-8")
    assert "left out" not in said


def test_other_demos_have_no_backend(capsys):
    with pytest.raises(SystemExit):
        cli.main(["iris", "--backend", "python"])
    assert "iris compiles nothing" in capsys.readouterr().err
