"""The recorder: what a frame holds, what stays when memory is short or the run ends early, and what the page gets."""

from __future__ import annotations

import json
import random
import re
import sys
import types
from base64 import b64decode
from pathlib import Path

import pytest
from drawn import needs_engine, needs_png, places, texts

import nn
import nn.functional as F
from autograd import Recorder, Value, total
from autograd.drawing.placing.text import measured
from autograd.errors import ArgumentError, GraphError, ToolError
from autograd.explain.phrases import short
from autograd.graph import Graph
from autograd.player.layout import WINDOW
from autograd.player.reel import Replay
from demos.shared.plotting import Figure


def data_of(recorder: Recorder) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', recorder.html, re.DOTALL)[1])


def train(recorder: Recorder, w: Value, updates: int) -> list[float]:
    seen = []
    for k in range(updates):
        loss = (w * (1.0 + k) - 3.0) ** 2
        loss.backward()
        seen.append(w.data)
        recorder.step(loss)
        w.data -= 0.1 * w.grad / (1 + k) ** 2
        w.grad = 0.0
    return seen


def test_a_frame_holds_the_numbers_of_its_update():
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    seen = train(recorder, w, 4)
    assert [frame.numbers[0] for frame in recorder.recorded] == seen
    assert [frame.numbers[1] for frame in recorder.recorded] == [1.0, 2.0, 3.0, 4.0], "a constant that is new each time"
    assert list(recorder.losses) == [(w * (1.0 + k) - 3.0) ** 2 for k, w in enumerate(seen)]


def test_constants_that_vary_are_blanks_in_what_is_said():
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    train(recorder, w, 3)
    said = data_of(recorder)["graph"]["phrases"]
    assert said[0][:2] == ["{0} * {1#(}", "{0#(} * {1#(}"]
    assert said[1][:2] == ["{0} - 3", "{0#} - 3"]


@pytest.mark.parametrize("updates", [1, 2, 63, 64, 1000])
def test_frames_stay_within_the_budget(updates):
    w = Value(0.5, label="w")
    recorder = Recorder([w], budget=400)
    train(recorder, w, updates)
    assert sum(frame.size for frame in recorder.recorded) <= 400
    told = [frame.update for frame in recorder.recorded]
    assert told[0] == 1
    assert len({b - a for a, b in zip(told, told[1:])}) <= 1, "evenly spread"
    assert len(recorder.losses) == updates, "the curve has every update"
    assert len(told) >= min(updates, 6)


def test_an_interrupted_run_keeps_what_it_has(tmp_path):
    w = Value(0.5, label="w")
    path = tmp_path / "film.html"
    with pytest.raises(KeyboardInterrupt), Recorder([w], path=path) as recorder:  # noqa: PT012
        train(recorder, w, 3)
        raise KeyboardInterrupt
    assert len(data_of(recorder)["film"]["frames"]) == 3
    assert path.read_text(encoding="utf-8") == recorder.html


def test_a_film_that_cannot_be_kept_hides_no_other_error(tmp_path, capsys):
    with pytest.raises(ArgumentError, match="want a path in a folder that exists"):  # before the training, not after
        Recorder(path=tmp_path / "nowhere" / "film.html")
    w = Value(0.5, label="w")
    path = tmp_path / "film.html"
    path.mkdir()
    with pytest.raises(ZeroDivisionError), Recorder([w], path=path) as recorder:  # noqa: PT012
        train(recorder, w, 3)
        raise ZeroDivisionError
    assert "the film could not be kept: cannot write" in capsys.readouterr().err
    with pytest.raises(ToolError, match="cannot write"), Recorder([w], path=path) as recorder:
        train(recorder, w, 3)


def test_of_a_large_loss_one_sample_is_recorded():
    model = nn.MLP(2, [8, 1], seed=random.Random(0))
    recorder = Recorder(model)
    xs = [[0.1 * k, 0.3] for k in range(40)]
    loss = F.hinge_loss([model(x)[0] for x in xs], [1.0] * 40)
    recorder.step(loss)
    assert len(recorder.graph) < 100
    assert "layers.0.weight[0][0]" in data_of(recorder)["graph"]["names"]


def test_a_sample_of_ones_own_is_recorded_to_the_end():
    model = nn.MLP(2, [3, 1], seed=random.Random(0))
    recorder = Recorder(model, lambda: model([0.5, 0.5])[0] ** 2, every=4)
    for _ in range(6):
        recorder.step(0.25)
    assert [frame.update for frame in recorder.recorded] == [1, 5]
    recorder.finish()
    assert [frame.update for frame in recorder.recorded] == [1, 5, 6]


def test_the_result_is_called_the_loss_unless_it_has_a_name():
    for label, name in (("", "loss"), ("L", "L")):
        w = Value(0.5, label="w")
        recorder = Recorder([w], lambda: loss_of(w, label))  # noqa: B023
        recorder.step(1.0)
        assert data_of(recorder)["graph"]["names"][-1] == name


def loss_of(w: Value, label: str) -> Value:
    out = (w - 1.0) ** 2
    out.label = label
    return out


@needs_engine
def test_the_view_shown_first_is_one_to_be_read_as_a_whole():
    model = nn.MLP(6, [6, 6, 1], seed=0)
    recorder = Recorder(model, lambda: (model([0.1 * i for i in range(6)])[0] - 1.0) ** 2)
    recorder.step(1.0)
    first, *others = data_of(recorder)["views"]
    assert first["size"][0] <= WINDOW[0] and first["size"][1] <= WINDOW[1]
    assert any(other["size"][0] > WINDOW[0] or other["size"][1] > WINDOW[1] for other in others)


def test_another_graph_than_the_first_is_said_to_be_one():
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    recorder.step(w * w)
    recorder.step((w * w).tanh())
    recorder.step(w * w)
    assert ["numbers" in frame for frame in data_of(recorder)["film"]["frames"]] == [True, False, True]


def test_a_step_taken_too_late_is_said():
    w = Value(0.5, label="w")
    recorder = Recorder([w])
    loss = w * w
    w.data = 0.1
    recorder.step(loss)
    assert "came after the optimizer's step" in data_of(recorder)["note"]


def test_losses_without_a_value_reach_the_page():
    w = Value(0.5, label="w")
    recorder = Recorder([w], lambda: w * w)
    for loss in (1.0, float("nan"), float("inf")):
        recorder.step(loss)
    assert data_of(recorder)["film"]["losses"] == [1.0, "NaN", "Infinity"]


def test_pictures_are_rows_of_numbers_or_images():
    w = Value(0.5, label="w")
    shown = iter(
        [[[Value(1.0), 2], [3.0, float("nan")]], '<svg xmlns="http://www.w3.org/2000/svg"/>', b"\x89PNG", None]
    )
    recorder = Recorder([w], picture=lambda: next(shown))
    train(recorder, w, 4)
    film = data_of(recorder)["film"]
    assert film["pictures"][0] == [[1.0, 2.0], [3.0, 0.0]]
    assert [picture[:19] for picture in film["pictures"][1:]] == ["data:image/svg+xml;", "data:image/png;base"]
    assert [frame.get("picture") for frame in film["frames"]] == [0, 1, 2, None]
    with pytest.raises(ArgumentError, match="rows of equal length"):
        Recorder([w], picture=lambda: [[1.0], [1.0, 2.0]]).step(w * w)


def test_a_figure_is_shown():
    figure = Figure("weights", (2.0, 2.0))
    w = Value(0.5, label="w")
    recorder = Recorder([w], picture=lambda: figure)
    recorder.step(w * w)
    kind, _, shown = recorder.recorded[0].picture.partition(";base64,")
    assert kind == "data:image/svg+xml" and b64decode(shown) == figure.svg().encode()


def test_what_cannot_be_shown_is_said():
    with pytest.raises(GraphError, match="nothing to show"):
        Recorder().html  # noqa: B018
    with pytest.raises(ArgumentError, match="every=1 or more, got 0"):
        Recorder(every=0)
    with pytest.raises(ArgumentError, match="want the loss, a Value or a number, got 'high'"):
        Recorder().step("high")
    with pytest.raises(ArgumentError, match="or rows of numbers, got 5"):
        Recorder(picture=lambda: 5).step(1.0)
    with pytest.raises(ArgumentError, match="want the loss of one sample"):
        Recorder(sample=lambda: 3).step(1.0)
    assert repr(Recorder()) == "<Recorder: nothing recorded yet>"


def test_a_notebook_is_brought_up_to_date_while_training_goes_on(monkeypatch):
    shown = []
    handle = types.SimpleNamespace(update=shown.append)
    display = types.ModuleType("IPython.display")
    display.HTML = str
    display.display = lambda thing, display_id: shown.append(thing) or handle
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    ipython.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr("autograd.player.recorder.PAUSE", -1.0)
    w = Value(0.5, label="w")
    with Recorder([w]) as recorder:
        train(recorder, w, 3)
        assert len(shown) == 3 and "<polyline" in shown[-1] and "update 3: loss" in shown[-1]
    assert len(shown) == 4 and "<iframe" in shown[-1]
    assert not shown[-1].endswith("</iframe>")  # IPython would warn of it
    recorder = Recorder([w])  # without `with`: when it is displayed, the curve shows the last update too
    train(recorder, w, 2)
    shown.clear()
    assert "<iframe" in recorder._repr_html_() and "update 2: loss" in shown.pop()
    monkeypatch.setattr("autograd.player.recorder.PAUSE", 1e9)
    train(Recorder([w]), w, 3)
    assert not shown  # it is over before anybody can look


# --- Films that play by themselves ---------------------------------------------------------------------------------


def trained(updates=5):
    """Return a recorder of some updates, in which a constant is another one each time, and what it saw."""
    model = nn.MLP(2, [2, 1], seed=3)
    recorder, seen = Recorder(model), []
    for k in range(updates):
        loss = (model([0.1 * 3**k, -1.0])[0] - 1.0) ** 2
        loss.zero_grad()
        loss.backward()
        recorder.step(loss)
        seen.append([(node.data, node.grad, node.partials) for node in Graph(loss).nodes])
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    return recorder, seen


def test_a_replay_computes_what_the_training_computed():
    recorder, seen = trained()
    replay = Replay(recorder.graph)
    for frame, nodes in zip(recorder.recorded, seen):
        replay.show(frame.numbers)
        for node, (data, grad, partials) in zip(replay.graph.nodes, nodes):
            assert (node.data, node.partials) == (data, partials) and node.grad == pytest.approx(grad, rel=1e-12)


@needs_engine
@pytest.mark.slow
def test_the_frames_of_a_training_have_one_layout(tmp_path):
    recorder, seen = trained()
    paths = recorder.frames(tmp_path / "frames", most=4)
    svgs = [Path(path).read_text(encoding="utf-8") for path in paths]
    assert len(svgs) == 4 and len({str(places(svg)) for svg in svgs}) == 1 and len(set(svgs)) == 4
    for svg, update in zip(svgs, (1, 2, 4, 5)):
        assert any(text.startswith(f"update {update}: loss {short(seen[update - 1][-1][0])}") for text in texts(svg))
        assert short(0.1 * 3 ** (update - 1)) in texts(svg)  # a constant of then
    film = Path(recorder.save(tmp_path / "film.svg", theme="auto")).read_text(encoding="utf-8")
    assert film.count("update ") == 5 and "prefers-color-scheme" in film and "-of-5" in film


@needs_png
@pytest.mark.slow
def test_a_training_as_gif(tmp_path):
    images = pytest.importorskip("PIL.Image")
    recorder, _ = trained(3)
    with images.open(recorder.save(tmp_path / "film.gif", seconds=0.1)) as gif:
        assert gif.n_frames == 3


def test_what_cannot_be_a_film_is_refused(tmp_path):
    with pytest.raises(GraphError, match="nothing to show"):
        Recorder().save(tmp_path / "film.svg")
    with pytest.raises(ArgumentError, match="want most=2 frames or more, got 1"):
        trained(2)[0].frames(tmp_path, most=1)


def test_in_every_frame_of_a_film_each_box_has_room_for_its_text():
    """A heat map of the samples is in all frames, with room for it, or in none."""
    rng = random.Random(0)
    model, xs = nn.MLP(2, [3, 1], "tanh", seed=0), [[rng.uniform(-1, 1) for _ in "xy"] for _ in range(8)]
    recorder = Recorder()
    for _ in range(12):
        loss = total([(model(x)[0] - x[0] * x[1]) ** 2 for x in xs])
        model.zero_grad()
        loss.backward()
        recorder.step(loss)
        for parameter in model.parameters():
            parameter.data -= 0.05 * parameter.grad
    for page in ((960, 540), (1600, 900)):
        maps = set()
        for drawing in recorder._film_of(12, {"page": page})[1]:
            boxes = [line for line in drawing.source.splitlines() if re.match(r"\t+v\d+ \[", line)]
            maps.add(sum('<TABLE BORDER="1"' in box for box in boxes))
            for box in boxes:
                height = float(re.search(r"height=([\d.]+)", box)[1]) * 72
                assert height >= measured(re.search(r"label=(<.*>)", box)[1], 11)[1], box
        assert len(maps) == 1
    assert maps != {0}
