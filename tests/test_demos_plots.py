"""The demos' plotter: round ticks, exact outlines, nothing outside its axes, the same bytes, and familiar names."""

from __future__ import annotations

import inspect
import math
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demos.shared import plots
from demos.shared.plotting import Figure
from demos.shared.plotting.axes import COLORMAPS, INK, TICK, Axes
from demos.shared.plotting.clipping import Box, inside, pieces
from demos.shared.plotting.contours import contour_lines, contour_regions
from demos.shared.plotting.scales import Linear, Log
from demos.shared.plotting.svg import PAPER, dark

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[1]


def everything() -> str:
    """Return a figure with every kind of mark, as SVG."""
    figure = Figure("All of it", (4.0, 3.0), 2, 2)
    one, other = figure.panels
    xs = [k / 10 for k in range(-20, 21)]
    rows = [[x * x + y * y for x in xs] for y in xs]
    one.contourf(xs, xs, rows, levels=[0.0, 1.0, math.inf], colors=["#cfe2f3", "#fde9d0"])
    one.clabel(one.contour(xs, xs, rows, levels=[0.5, 1.0, 2.0], colors="0.5"))
    one.plot(xs, [math.sin(x) for x in xs], "o--", label="sine")
    one.scatter([0.0, 1.0], [1.0, 0.0], marker="D", label="points")
    one.annotate(
        "here", (1.0, 0.0), xytext=(-1.0, -1.0), arrowprops={"lw": 2}, bbox={"fc": "white", "boxstyle": "round"}
    )
    one.legend(frameon=True)
    one.set(title="left", xlabel="x", ylabel="y", aspect="equal")
    other.bar_label(other.bar([0, 1, 2], [1, 20, 300], hatch="//", label="bars"))
    other.axhline(10, linestyle=":", label="ten")
    other.fill([0, 1, 1], [1, 1, 2], alpha=0.5)
    other.text(0, 5, "turned", rotation=45)
    other.set_yscale("log")
    other.legend(loc="upper left")
    return figure.svg()


def test_the_same_bytes_on_every_run():
    script = "import sys; sys.path[:0] = ['tests', '.']; from test_demos_plots import everything; print(everything(), end='')"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "1"},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout == everything()


def test_it_is_told_to_who_does_not_see_it():
    root = ElementTree.fromstring(everything())
    assert root.get("role") == "img" and root.find(f"{SVG}title").text == "All of it"
    told = root.find(f"{SVG}desc").text
    assert told == "across: x; up: y; panels: left; shows: sine, points, bars, ten"


# --- Ticks ---------------------------------------------------------------------------------------------------


def test_ticks_are_round_within_the_axis_and_say_where_they_are():
    rng = random.Random(0)
    for _ in range(2_000):
        low = rng.uniform(-1, 1) * 10 ** rng.uniform(-6, 6)
        high = low + 10 ** rng.uniform(-5, 6)
        most = rng.randint(3, 9)
        places, words = Linear().ticks(low, high, most)
        step = (places[-1] - places[0]) / (len(places) - 1) if len(places) > 1 else high - low
        assert len(places) <= most and len(places) == len(words) == len(set(words))
        assert all(low - 1e-6 * step <= place <= high + 1e-6 * step for place in places)
        first_digits = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert len(places) == 1 or any(
            first_digits == pytest.approx(round_one, rel=1e-4) for round_one in (1, 2, 2.5, 5)
        )
        for place, word in zip(places, words):
            assert float(word.replace("−", "-")) == pytest.approx(place, abs=1e-3 * step)


def test_ticks_of_a_log_scale_are_powers():
    for low, high in ((1e-7, 0.3), (1.0, 9000.0), (0.9, 300.0), (1e-30, 1e30)):
        places, words = Log(10).ticks(low, high, 8)
        assert 2 <= len(places) <= 8 and all(low <= place <= high for place in places) and len(set(words)) == len(words)
        assert all(math.log10(place) == pytest.approx(round(math.log10(place))) for place in places)


# --- Outlines ------------------------------------------------------------------------------------------------


def area(outline: list[tuple[float, float]]) -> float:
    twice = (x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]]))
    return abs(math.fsum(twice)) / 2


def test_contours_of_random_waves_are_where_they_say():
    rng = random.Random(1)
    xs, ys = [k / 30 for k in range(61)], [k / 20 for k in range(31)]
    for _ in range(10):
        a, b, c, d = (rng.uniform(1, 6) for _ in range(4))
        level = rng.uniform(-0.7, 0.7)

        def height(x: float, y: float, a=a, b=b, c=c, d=d) -> float:
            return math.sin(a * x + b) * math.cos(c * y + d)

        heights = [[height(x, y) for x in xs] for y in ys]
        lines = contour_lines(xs, ys, heights, level)
        assert all(abs(height(x, y) - level) < 0.02 for line in lines for x, y in line)
        for line in lines:  # closed, or from border to border
            ends = [0 in (x, y) or x == xs[-1] or y == ys[-1] for x, y in (line[0], line[-1])]
            assert line[0] == line[-1] or all(ends)
        above = [heights[i][j] > level for i in range(len(ys)) for j in range(len(xs))].count(True)
        share = even_odd_share(contour_regions(xs, ys, heights, level), xs, ys)
        assert share == above / (len(xs) * len(ys))


@pytest.mark.parametrize("level", [0.1, -0.1])
def test_at_a_saddle_lines_do_not_cross(level):
    """Two corners are high, two low; those that the middle is unlike are cut off."""
    lines = contour_lines([-1.0, 1.0], [-1.0, 1.0], [[1.0, -1.0], [-1.0, 1.0]], level)
    assert len(lines) == 2
    for (x0, y0), (x1, y1) in lines:
        assert ((x0 + x1) * (y0 + y1) > 0) is (level > 0)


def test_a_long_title_is_told_on_several_lines():
    title = "How far does a step go downhill if the slope is measured at one of its ends only?"
    for width, lines in ((9.0, 1), (3.0, 3)):
        root = ElementTree.fromstring(Figure(title, (width, 2.0)).svg())
        told = [element.text for element in root.iter(f"{SVG}text") if element.text and element.text in title]
        assert " ".join(told) == title and len(told) == lines


def test_a_legend_of_nothing_and_an_arrow_to_where_it_starts_leave_no_mark():
    def drawn(*more):
        figure = Figure("", (3.0, 2.0))
        (ax,) = figure.panels
        ax.plot([0, 1], [0, 1])
        for draw in more:
            draw(ax)
        return figure.svg()

    assert drawn(lambda ax: ax.legend()) == drawn()
    assert drawn(lambda ax: plots.arrow(ax, 0.0, 0.0, "#cc0000", start=(0.5, 0.5))) == drawn()


def even_odd_share(outlines, xs, ys) -> float:
    """Return how many points of a grid are in an odd number of outlines, looked at a little inside the border."""
    held = 0
    for x in xs:
        for y in ys:
            x_in, y_in = min(max(x, 1e-9), xs[-1] - 1e-9), min(max(y, 1e-9), ys[-1] - 1e-9)
            crossings = 0
            for outline in outlines:
                for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]]):
                    if (y0 > y_in) != (y1 > y_in) and x_in < x0 + (y_in - y0) / (y1 - y0) * (x1 - x0):
                        crossings += 1
            held += crossings % 2
    return held / (len(xs) * len(ys))


def test_what_is_cut_at_a_box_is_what_lies_in_it():
    rng, box = random.Random(2), Box(-1.0, -1.0, 1.0, 1.0)
    for _ in range(80):
        corners = [(rng.uniform(-2, 2), rng.uniform(-2, 2)) for _ in range(3)]
        cut = inside(corners, box)
        samples = [(-1 + (k + 0.5) / 20, -1 + (m + 0.5) / 20) for k in range(40) for m in range(40)]
        held = [in_triangle(point, corners) for point in samples].count(True) / 400
        assert area(cut or [(0.0, 0.0)]) == pytest.approx(held, abs=0.12)
        kept = [point for piece in pieces([*corners, corners[0]], box) for point in piece]
        assert all(box.holds(point, 1e-9) for point in [*cut, *kept])
        length = math.fsum(
            math.dist(*ends) for piece in pieces([*corners, corners[0]], box) for ends in zip(piece, piece[1:])
        )
        assert length == pytest.approx(sampled_length([*corners, corners[0]], box), abs=0.05)
    assert pieces([(0.0, 0.0), (math.nan, 0.0), (0.5, 0.0), (0.6, math.inf)], box) == []


def in_triangle(point, corners) -> bool:
    turns = [
        (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0) > 0
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]])
    ]
    return len(set(turns)) == 1


def sampled_length(line, box: Box) -> float:
    total = 0.0
    for (x0, y0), (x1, y1) in zip(line, line[1:]):
        held = [box.holds((x0 + (x1 - x0) * k / 500, y0 + (y1 - y0) * k / 500)) for k in range(501)].count(True)
        total += held / 501 * math.dist((x0, y0), (x1, y1))
    return total


def test_nothing_is_drawn_outside_of_its_axes():
    rng, figure = random.Random(3), Figure("", (3.0, 3.0))
    (ax,) = figure.panels
    far = [[rng.uniform(-9, 9) for _ in range(50)] for _ in range(2)]
    ax.plot(*far)
    ax.fill(*far)
    ax.scatter(*far, s=4.0)
    ax.bar([0, 1], [50, -50])
    ax.axhline(77)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
    root = ElementTree.fromstring(figure.svg())
    width, height = (float(root.get(side).removesuffix("pt")) for side in ("width", "height"))
    for element in root.iter(f"{SVG}path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", element.get("d")):
            assert 8 <= float(x) <= width - 8 and 8 <= float(y) <= height - 8


# --- Looks ---------------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 measures it."""

    def light(color: str) -> float:
        parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("follow", [str.lower, lambda color: dark(color.lower())], ids=["light", "dark"])
def test_words_and_lines_stand_out_in_both_themes(follow):
    assert all(contrast(follow(color), follow(PAPER)) > 4.5 for color in (INK, TICK))
    lines = (plots.BLUE, plots.GREEN, plots.RED, plots.PURPLE, plots.POSITIVE, plots.NEGATIVE, plots.GREY)
    assert all(contrast(follow(color), follow(PAPER)) > 2.9 for color in lines)


@pytest.mark.parametrize("cmap", COLORMAPS)
def test_the_number_in_a_cell_can_be_read_in_every_colour(cmap):
    low = -1.0 if cmap == plots.DIVERGING else 0.0
    if cmap in (plots.SEQUENTIAL, plots.DIVERGING):
        figure = Figure("", (9.0, 1.0))
        numbers = [low + (1 - low) * k / 60 for k in range(61)]
        plots.heat(figure.panels[0], [numbers], low, 1.0)
        cells, *words = figure.panels[0].marks
        assert all(word.fixed and contrast(word.color, cell) > 4.0 for word, cell in zip(words, cells.rows[0]))


def test_a_colour_follows_the_theme_unless_it_is_that_of_a_cell():
    figure = Figure("", (2.0, 2.0))
    plots.heat(figure.panels[0], [[0.0, 1.0]], 0.0, 1.0)
    figure.panels[0].plot([0, 1], [0, 0], color="#0072B2")
    text = figure.svg()
    assert f'.plot [stroke="#0072b2"]{{stroke:{dark("#0072b2")}}}' in text
    assert COLORMAPS["Blues"][-1] not in re.search(r"<style>.*</style>", text)[0]
    assert f'style="fill:{COLORMAPS["Blues"][-1]}"' in text and 'style="fill:#ffffff"' in text


def test_ids_and_links_are_not_used_so_two_plots_in_one_page_do_not_meet():
    assert not re.search(r"\bid=|url\(|href|clip", everything())


# --- Names ---------------------------------------------------------------------------------------------------


def test_its_methods_are_matplotlibs():
    matplotlib = pytest.importorskip("matplotlib.axes").Axes
    ours = {
        name: method
        for name, method in vars(Axes).items()
        if inspect.isfunction(method) and name[0] != "_" and name != "extent"
    }
    assert {name for name in ours if not hasattr(matplotlib, name)} == set()
    for name in ("text", "annotate", "scatter", "bar", "imshow", "fill", "axhline"):
        theirs = inspect.signature(getattr(matplotlib, name)).parameters
        required = [
            p.name
            for p in inspect.signature(ours[name]).parameters.values()
            if p.default is p.empty and p.name != "self"
        ]
        positional = [p for p in theirs if p not in ("self", "args")][: len(required)]
        assert name in ("fill", "imshow") or required == positional


def test_what_it_has_not_is_refused():
    (ax,) = Figure("", (2.0, 2.0)).panels
    with pytest.raises(TypeError, match="linestlye"):
        ax.plot([0, 1], [0, 1], linestlye="--")
    with pytest.raises(AttributeError, match="set_zlim"):
        ax.set(zlim=(0, 1))
    with pytest.raises(ValueError, match=r"want a colour as .* got 'sky-blue'"):
        ax.plot([0, 1], [0, 1], color="sky-blue")
    with pytest.raises(ValueError, match="want format='svg'"):
        Figure("", (2.0, 2.0)).savefig(None, "png")


@pytest.mark.parametrize(
    "numbers", [[], [5.0], [2.0, 2.0], [math.nan, 1.0, math.inf, 3.0], [1e-300, 1e300], [-1e-9, 1e-9]]
)
def test_any_numbers_make_a_plot(numbers):
    for scale in ("linear", "log"):
        figure = Figure("any", (3.0, 2.0))
        figure.panels[0].plot(range(len(numbers)), numbers, "o-", label="it")
        figure.panels[0].legend()
        figure.panels[0].set_yscale(scale)
        root = ElementTree.fromstring(figure.svg())
        places = " ".join(value for element in root.iter() for value in element.attrib.values())
        assert not re.search(r"\b(nan|inf)\b", places)
