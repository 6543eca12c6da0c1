"""iris and moons: they learn, the same from the same seed, and leave pictures and a page."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from demos import iris, moons, plots
from demos.report import Report

DEMOS = {"iris": iris, "moons": moons}


class NoReport(Report):
    """Everything but the pictures."""

    def rewrite(self):
        pass

    def plot(self, *_, **__):
        return lambda draw: None


@pytest.fixture
def no_pictures(monkeypatch):
    for demo in DEMOS.values():
        monkeypatch.setattr(demo, "Report", NoReport)
    monkeypatch.setattr("demos.report.Film.add", lambda *_: None)


def test_iris_is_learned_from_any_seed(tmp_path, no_pictures):
    for seed in range(20):
        made = iris.main(out=tmp_path, seed=seed, steps=40, quiet=True)
        assert made["held_out_accuracy"] >= 0.93, seed
        assert made["losses"][-1] < 0.3 * made["losses"][0]


def test_moons_is_learned(tmp_path, no_pictures):
    made = moons.main(out=tmp_path, steps=60, quiet=True)
    assert made["accuracy"] >= 0.97
    assert made["losses"][-1] < 0.1 * made["losses"][0]


@pytest.mark.parametrize("name", DEMOS)
def test_the_same_seed_gives_the_same_numbers(name, tmp_path, no_pictures):
    first, again, other = (DEMOS[name].main(out=tmp_path, seed=s, steps=3, quiet=True)["losses"] for s in (5, 5, 6))
    assert first == again != other


@pytest.mark.parametrize("name", DEMOS)
def test_it_leaves_a_page_with_its_pictures(name, tmp_path, capsys):
    made = DEMOS[name].main(out=tmp_path, seed=1, steps=4, quiet=True)
    assert capsys.readouterr().out == ""
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    graphs = [tmp_path / f"graph-{update}.svg" for update in (0, 1, 4)]
    for graph in graphs:
        assert "grad" in graph.read_text(encoding="utf-8") and f'src="{graph.name}"' in page
        assert "not reached" not in graph.read_text(encoding="utf-8")
    for plot in ("loss.svg", "regions.svg"):
        assert (tmp_path / plot).exists() == (f'src="{plot}"' in page) == bool(find_spec("matplotlib"))
    assert made["report"].files and all(file.exists() for file in made["report"].files)


@pytest.mark.parametrize("name", DEMOS)
def test_without_matplotlib_it_trains_draws_its_graphs_and_says_what_is_missing(name, tmp_path, monkeypatch):
    monkeypatch.setattr("demos.environment.find_spec", lambda package: None)
    made = DEMOS[name].main(out=tmp_path, seed=1, steps=2, quiet=True)
    assert (tmp_path / "graph-2.svg").exists() and len(made["losses"]) == 2
    ((why, left_out),) = made["report"].missing.items()
    assert left_out == ["loss.svg", "regions.svg"]
    assert "matplotlib is not installed" in why and '-m pip install -e ".[demos]"' in why
    assert "matplotlib is not installed" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_without_a_layout_engine_it_leaves_the_graph_as_text(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.drawing.rendering.which", lambda *_, **__: None)
    made = iris.main(out=tmp_path, steps=1, quiet=True)
    assert (tmp_path / "graph-0.dot").read_text(encoding="utf-8").startswith("digraph")
    why, left_out = next(iter(made["report"].missing.items()))
    assert "graph-0.svg (but graph-0.dot is there)" in left_out and "pip install" in why


def test_colours_differ_in_grey_too():
    def grey(colour):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.3 * red + 0.59 * green + 0.11 * blue

    blue, orange, *_ = (grey(mark[0]) for mark in plots.MARKS)
    assert abs(blue - orange) > 60
    assert len({marker for _, marker, _ in plots.MARKS}) == len({dashes for *_, dashes in plots.MARKS}) == 4
