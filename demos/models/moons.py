"""How does a network bend a line? Two half moons, told apart by 337 parameters.

Two half moons: a 2-16-16-1 MLP learns to bend a line between them, with the hinge loss and SGD with momentum.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import nn
import nn.functional as F
from autograd import Recorder, TrainingStepper, Value, no_grad
from nn import optim

from ..languages import tr, tr_prose
from ..shared import datasets, plots
from ..shared.datasets import deepest_in_another
from ..shared.progress import Progress
from ..shared.report import Report
from ..shared.training import FRAMES

__all__ = ["main", "stepper"]

_ABOUT = """Two half circles of {count} points interlock, so no straight line can separate them. A network of
{parameters} parameters gives each point a score, and learns to give the upper moon scores below -1 and the lower
one scores above 1: the hinge loss says how far the scores fall short of that. The line between the moons is where the
score is 0.

An update is one step of training: the loss of all points, its gradient by backprop, and a small change to every
parameter against its gradient."""


def _made(seed: int) -> tuple[datasets.Table, list[int], nn.MLP, optim.SGD]:
    """Return the points, their sides (-1 and 1), a network that knows nothing yet, and the optimiser to train it."""
    rng = Random(seed)
    table = datasets.moons(100, noise=0.1, rng=rng)
    model = nn.MLP(2, [16, 16, 1], seed=rng)
    optimizer = optim.SGD(model.parameters(), lr=0.2, momentum=0.8, weight_decay=2e-3)
    return table, [2 * y - 1 for y in table.ys], model, optimizer


def stepper(seed: int = 0) -> TrainingStepper:
    """Return the same training, ready to be stepped through phase by phase."""
    table, sides, model, optimizer = _made(seed)
    return TrainingStepper(model, lambda: F.hinge_loss([model(x)[0] for x in table.xs], sides), optimizer)


def main(
    out: str | Path = "out/moons", seed: int = 0, steps: int = 100, quiet: bool = False, png: bool = False
) -> dict[str, Any]:
    """Train for `steps` updates, write pictures and a page into the folder `out`, and return the numbers and the report.

    The seed determines the points and the first weights.
    """
    table, sides, model, optimizer = _made(seed)
    xs = table.xs
    report = Report(out, tr("Two moons, and a line that bends"), tr("seed {number}", number=seed), png)
    report.prose(tr_prose(_ABOUT).format(count=len(xs), parameters=len(list(model.parameters()))))
    graphs = report.film(
        tr("The loss of one point, with all gradients: the point with the worst score at that update.")
    )
    losses: list[float] = []
    shares: list[float] = []

    def score(x: float, y: float) -> float:
        with no_grad():
            return model([x, y])[0].data

    def both_scores(x: float, y: float) -> list[float]:
        """Return the scores of the upper moon, and those of the lower one."""
        return [-score(x, y), score(x, y)]

    def loss_of(i: int) -> Value:
        point = [Value(cell, label=name) for cell, name in zip(xs[i], table.features)]
        return F.hinge_loss(model(point), [sides[i]])

    def draw_one(update: int) -> None:
        graphs.graph("Moons", update, loss_of(min(range(len(xs)), key=lambda i: sides[i] * score(*xs[i]))))
        optimizer.zero_grad()

    hard = deepest_in_another(xs, table.ys)
    recorder = Recorder(
        model,
        lambda: loss_of(hard),
        picture=lambda: plots.small_regions(both_scores, xs, table.ys, hard),
        every=max(1, steps // FRAMES),
    )
    draw_one(0)
    with Progress("moons", steps, quiet) as progress:
        for update in range(1, steps + 1):
            scores = [model(x)[0] for x in xs]
            loss = F.hinge_loss(scores, sides)
            optimizer.zero_grad()
            loss.backward()
            recorder.step(loss)
            optimizer.step()
            right = [(score.data > 0) == (side > 0) for score, side in zip(scores, sides)]
            losses.append(loss.data)
            shares.append(right.count(True) / len(right))
            progress(update, loss=losses[-1], accuracy=shares[-1])
            if update == max(1, steps // 10) < steps:
                draw_one(update)
    draw_one(steps)
    recorder.finish()
    report.plays(
        recorder,
        tr(
            "The training as a film: move the slider through the updates. The graph is that of the point nearest to "
            "the middle of the other moon. It has a ring around it in the picture next to the loss. That picture "
            "shows on which side of the line each point is."
        ),
    )

    @report.plot("loss", tr("The loss before each update, and the fraction of points on the right side of the line."),
                 title=tr("Moons: the loss falls"), x=tr("update"), y=tr("loss, and fraction correct"))  # fmt: skip
    def _(ax: Any) -> None:
        plots.curve(ax, losses, 0, tr("hinge loss"))
        plots.curve(ax, shares, 1, tr("fraction right"))
        ax.set_ylim(bottom=0)
        ax.legend(loc="center right")

    @report.plot("regions", tr("The score over the plane. The line is where the score is 0."),
                 title=tr("Moons: what was learned"), x="x", y="y")  # fmt: skip
    def _(ax: Any) -> None:
        plots.regions(ax, both_scores, xs, table.ys, table.classes)

    return {"loss": losses[-1], "losses": losses, "accuracy": shares[-1], "model": model, "report": report}
