"""How our figures look, once: colours told apart by the colour-blind and in grey, axes named, the seed in the title.

matplotlib is imported here and nowhere else, and only when a figure is asked for.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .environment import need

__all__ = ["BLACK", "BLUE", "DIVERGING", "GREEN", "GREY", "MARKS", "NEGATIVE", "ORANGE", "POSITIVE", "PURPLE", "RED", "SEQUENTIAL", "SKY",
           "arrow", "curve", "figure", "heat", "regions", "saved"]  # fmt: skip

# Okabe and Ito's palette (2008); each is also told apart by its marker or its dashes.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#000000", "#8c959f"
MARKS = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (RED, "D", ":"))
SEQUENTIAL, DIVERGING = "Blues", "PuOr_r"  # low to high
POSITIVE, NEGATIVE = "#b35806", "#542788"  # the ends of DIVERGING; what is negative is also dashed

_STYLE = {
    "axes.axisbelow": True, "axes.edgecolor": GREY, "axes.grid": True, "axes.labelsize": 12, "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlesize": 12, "font.size": 11, "grid.color": "#e6e9ec", "legend.frameon": False,
    "lines.linewidth": 2.0, "svg.hashsalt": "scalar-autograd", "xtick.color": "#444c56", "ytick.color": "#444c56",
}  # fmt: skip


def figure(
    draw: Callable[..., None],
    title: str,
    note: str = "",
    x: str = "",
    y: str = "",
    each: Mapping[str, Any] | None = None,
    size: tuple[float, float] = (7.0, 4.6),
    columns: int = 4,
) -> Any:
    """A matplotlib Figure made by ``draw(ax)``; with `each`, small multiples by ``draw(ax, item)``, one an item.

    note: what stands behind the title, such as the seed. x, y: names of the axes. size: inches, of one panel.
    Raises MissingExtraError where matplotlib is not installed.
    """
    need("matplotlib")
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        count = len(each) if each else 1
        across = min(count, columns)
        down = math.ceil(count / across)
        made = Figure(figsize=(size[0] * across, size[1] * down + (0.5 if count == 1 else 0.9)), layout="compressed")
        made.suptitle(f"{title} ({note})" if note else title, fontsize=14, fontweight="bold")
        grid = made.subplots(down, across, squeeze=False, sharex=bool(each), sharey=bool(each))
        panels = [panel for row in grid for panel in row]
        for panel, (name, item) in zip(panels, each.items() if each else [("", None)]):
            panel.set(xlabel=x, ylabel=y)
            if each:
                draw(panel, item)
                panel.set_title(name)
                panel.label_outer()
            else:
                draw(panel)
        for panel in panels[count:]:
            panel.set_visible(False)
    return made


def saved(made: Any, form: str) -> bytes:
    """A figure as SVG or PNG, the same bytes from the same numbers."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context(_STYLE):
        metadata = {"Date": None} if form == "svg" else None
        made.savefig(buffer, format=form, dpi=160, bbox_inches="tight", pad_inches=0.12, metadata=metadata)
    return buffer.getvalue()


# --- What several demos draw -------------------------------------------------------------------------------


def curve(ax: Any, ys: Sequence[float], mark: int = 0, label: str = "", **options: Any) -> None:
    """A line over 0, 1, 2 ... in the colour and the dashes of the mark."""
    color, _, dashes = MARKS[mark]
    ax.plot(range(len(ys)), ys, color=color, linestyle=dashes, label=label, **options)


def regions(
    ax: Any,
    scores: Callable[[float, float], Sequence[float]],
    points: Sequence[Sequence[float]],
    classes: Sequence[int],
    names: Sequence[str],
    cells: int = 60,
) -> None:
    """Which class has the highest of the `scores` over a plane, asked at cells x cells, and the labelled points."""
    xs, ys = (_ticks([point[k] for point in points], cells) for k in (0, 1))
    said = [[scores(x, y) for x in xs] for y in ys]
    for k, name in enumerate(names):
        color, marker, _ = MARKS[k]
        lead = [[each[k] - max(each[:k] + each[k + 1 :]) for each in row] for row in said]
        ax.contourf(xs, ys, lead, levels=[0, math.inf], colors=[_tint(color)])
        ax.contour(xs, ys, lead, levels=[0], colors=BLACK, linewidths=1.2)
        mine = [point for point, label in zip(points, classes) if label == k]
        ax.scatter(*zip(*mine), s=28, color=color, marker=marker, edgecolor="white", linewidth=0.6, label=name)
    ax.legend(loc="best", frameon=True)
    ax.grid(False)


def _ticks(numbers: Sequence[float], cells: int) -> list[float]:
    low, high = min(numbers), max(numbers)
    margin = (high - low) * 0.12
    return [low - margin + (high - low + 2 * margin) * k / (cells - 1) for k in range(cells)]


def _tint(color: str) -> str:
    """The colour mixed with three parts of white."""
    return "#" + "".join(f"{(int(color[i : i + 2], 16) + 3 * 255) // 4:02x}" for i in (1, 3, 5))


def heat(ax: Any, rows: Sequence[Sequence[float]], low: float, high: float, digits: int | None = 2) -> None:
    """A matrix as a heat map with its numbers written in, unless digits=None; diverging colours where `low` is negative."""
    image = ax.imshow(rows, cmap=DIVERGING if low < 0 else SEQUENTIAL, vmin=low, vmax=high)
    for i, row in enumerate(rows if digits is not None else ()):
        for j, number in enumerate(row):
            red, green, blue, _ = image.cmap(image.norm(number))
            dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.55
            shown = f"{round(number, digits) + 0.0:.{digits}f}"  # + 0.0: no "-0"
            ax.text(j, i, shown, ha="center", va="center", color="white" if dark else BLACK)
    ax.grid(False)


def arrow(
    ax: Any,
    x: float,
    y: float,
    color: str,
    label: str = "",
    start: tuple[float, float] = (0, 0),
    dashes: str = "-",
    side: int = 0,
) -> None:
    """An arrow from `start` by (x, y), its label beyond the head; with side 1 to the left of it, with -1 to the right.

    Of axes of equal scale, since the label goes by the direction that the arrow has in numbers.
    """
    head = (start[0] + x, start[1] + y)
    look = {"arrowstyle": "-|>", "color": color, "lw": 2, "linestyle": dashes, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head, start, arrowprops=look, zorder=4)
    length = math.hypot(x, y) or 1.0
    along = 0.4 if side else 1.0
    aside = ((along * x - side * y) / length, (along * y + side * x) / length)
    place = {
        "xytext": (8 * aside[0], 8 * aside[1]),
        "ha": "left" if aside[0] > 0.15 else "right" if aside[0] < -0.15 else "center",
        "va": "bottom" if aside[1] > 0.15 else "top" if aside[1] < -0.15 else "center",
    }
    backing = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.75}
    ax.annotate(label, head, textcoords="offset points", fontweight="bold", bbox=backing, zorder=5, **place)
