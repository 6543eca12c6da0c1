"""Can a network of 67 parameters tell three flowers apart? Fisher's 150 irises.

Fisher's irises: a 4-8-3 MLP learns to name the species from four lengths, with cross-entropy and AdamW.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nn
import nn.functional as F
from autograd import Recorder, Value, no_grad
from autograd.formula import add_up
from nn import optim

from ..languages import tr, tr_prose
from ..shared import plots
from ..shared.datasets import deepest_in_another, iris, standardizer
from ..shared.progress import Progress
from ..shared.report import Report
from ..shared.training import FRAMES

__all__ = ["main"]

BOXES = 16  # similar neurons share a box: otherwise the graph would fill a wall

_ABOUT = """In the 1930s Edgar Anderson measured 150 irises of three species, and Ronald Fisher asked whether four
lengths are enough to tell the species apart. Here a network of {parameters} parameters learns to do so from {train} of
the flowers, and is tested on the other {held_out}, which it has never seen.

An update is one step of training: the loss of all {train} flowers, its gradient by backprop, and a small change to
every parameter against its gradient."""


def main(
    out: str | Path = "out/iris", seed: int = 0, steps: int = 100, quiet: bool = False, png: bool = False
) -> dict[str, Any]:
    """Train for `steps` updates, write pictures and a page into the folder `out`, and return the numbers and the report.

    Every fifth flower is held out: it is never trained on, only tested on. The seed determines the first weights.
    """
    table = iris()
    held_out = range(0, 150, 5)
    train = [i for i in range(150) if i not in held_out]
    scale = standardizer([table.xs[i] for i in train])
    xs, ys = [scale(x) for x in table.xs], table.ys
    sepals = [add_up([x[k] for x in table.xs]) / len(xs) for k in (0, 1)]  # the sepals of the average flower
    petals = [x[2:] for x in table.xs]
    hard = deepest_in_another(xs, ys, train)

    model = nn.MLP(4, [8, 3], seed=seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.05)
    report = Report(
        out, tr("Fisher's irises: three species, told apart by four lengths"), tr("seed {number}", number=seed), png
    )
    report.prose(
        tr_prose(_ABOUT).format(train=len(train), held_out=len(held_out), parameters=len(list(model.parameters())))
    )
    graphs = report.film(
        tr(
            "The graph of one flower, the {species} nearest to the middle of another species, with its loss and all gradients.",
            species=table.classes[ys[hard]],
        )
    )
    losses: list[float] = []
    shares: list[float] = []

    def scores(x: list[float]) -> list[float]:
        with no_grad():
            return [score.data for score in model(x)]

    def species(x: list[float]) -> int:
        said = scores(x)
        return said.index(max(said))

    def scores_of_petal(length: float, width: float) -> list[float]:
        return scores(scale([*sepals, length, width]))

    def loss_of(i: int) -> Value:
        x = [Value(cell, label=name) for cell, name in zip(xs[i], table.features)]
        return F.cross_entropy(model(x), ys[i])

    def draw_one(update: int) -> None:
        graphs.graph("Iris", update, loss_of(hard), budget=BOXES)
        optimizer.zero_grad()

    recorder = Recorder(
        model,
        lambda: loss_of(hard),
        picture=lambda: plots.small_regions(scores_of_petal, petals, ys, hard),
        every=max(1, steps // FRAMES),
    )
    draw_one(0)
    with Progress("iris", steps, quiet) as progress:
        for update in range(1, steps + 1):
            loss = F.cross_entropy(model([xs[i] for i in train]), [ys[i] for i in train])
            optimizer.zero_grad()
            loss.backward()
            recorder.step(loss)
            optimizer.step()
            losses.append(loss.data)
            shares.append([species(xs[i]) == ys[i] for i in held_out].count(True) / len(held_out))
            progress(update, loss=losses[-1], held_out_accuracy=shares[-1])
            if update == max(1, steps // 10) < steps:
                draw_one(update)
    draw_one(steps)
    recorder.finish()
    report.plays(
        recorder,
        tr(
            "The training as a film: move the slider through the updates. The graph is that of the same flower, which "
            "has a ring around it in the picture next to the loss. That picture shows what the network says about any "
            "petal."
        ),
    )

    @report.plot("loss", tr("The mean loss of the {count} training flowers, before each update.", count=len(train)),
                 title=tr("Iris: the loss falls"), x=tr("update"), y=tr("cross-entropy"))  # fmt: skip
    def _(ax: Any) -> None:
        plots.curve(ax, losses)
        ax.set_ylim(bottom=0)

    @report.plot("regions", tr("What the network says about any petal, for a flower with average sepals."),
                 title=tr("Iris: what was learned"), x=tr("petal length, cm"), y=tr("petal width, cm"))  # fmt: skip
    def _(ax: Any) -> None:
        plots.regions(ax, scores_of_petal, petals, ys, table.classes)

    confusion = [[0] * 3 for _ in range(3)]
    for i in held_out:
        confusion[ys[i]][species(xs[i])] += 1
    report.table(
        [tr("is \\ called"), *table.classes],
        [[name, *row] for name, row in zip(table.classes, confusion)],
        tr("The held-out flowers: {share} right.", share=f"{shares[-1]:.1%}"),
    )
    return {"loss": losses[-1], "losses": losses, "held_out_accuracy": shares[-1], "model": model, "report": report}
