"""Can a network of 2,410 parameters read? 1,797 handwritten digits.

Handwritten digits: a 64-32-10 MLP learns to read 8 x 8 pixels, with cross-entropy, minibatches and AdamW.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import nn
import nn.functional as F
from autograd import Recorder, Value, no_grad
from nn import optim

from ..languages import tr, tr_prose, whole
from ..shared import plots
from ..shared.datasets import digits, shuffled
from ..shared.progress import Progress
from ..shared.report import Report
from ..shared.training import AT_ONCE, train

__all__ = ["main"]

BATCH = 32
SHOWN = 12  # wrong answers
FIVE = 15  # the image whose graph is drawn: a held-out 5

_ABOUT = """In the 1990s people wrote digits into the boxes of a form. Here are {count} of them, scanned and shrunk to 8 x 8 pixels. A network
of {parameters} parameters learns to read from {train} of them, and is tested on the other {held_out}, which it has never seen.

An update is one step of training: the mean loss of {batch} images, its gradient by backprop, and a small change to
every parameter against its gradient."""


def main(
    out: str | Path = "out/digits",
    seed: int = 0,
    steps: int = 600,
    quiet: bool = False,
    png: bool = False,
    backend: str = "auto",
) -> dict[str, Any]:
    """Train for `steps` updates, write pictures and a page into the folder `out`, and return the numbers and the report.

    Every fifth image is held out: it is never trained on, only tested on. The seed determines the first weights and the
    minibatches. backend: one of compile()'s, or "eager".
    """
    rng = Random(seed)
    table = digits()
    held_out = range(0, len(table.xs), 5)
    known = [i for i in range(len(table.xs)) if i % 5]
    model = nn.MLP(64, [32, 10], seed=rng)
    optimizer = optim.AdamW(model.parameters(), lr=0.02)
    order: list[int] = []
    while len(order) < steps * BATCH:
        order += shuffled(known, rng)
    drawn = [order[k * BATCH : (k + 1) * BATCH] for k in range(steps)]
    batches = [([table.xs[i] for i in batch], [table.ys[i] for i in batch]) for batch in drawn]
    report = Report(out, tr("Handwritten digits"), tr("seed {number}", number=seed), png)
    report.prose(tr_prose(_ABOUT).format(
        count=whole(len(table.xs)), parameters=whole(len(list(model.parameters()))), train=whole(len(known)),
        held_out=len(held_out), batch=BATCH,
    ))  # fmt: skip
    graphs = report.film(tr("The graph of one image, a 5, with its loss and all gradients. Its layers are folded."))

    def loss_of(x: list[float], y: int) -> Value:
        return F.cross_entropy(model(x), y)

    def read(i: int) -> list[float]:
        """Return how sure the model is that image i is a 0, a 1 ..."""
        with no_grad():
            return [chance.data for chance in F.softmax(model(table.xs[i]))]

    def loss_of_five() -> Value:
        x = [Value(pixel, label=name) for pixel, name in zip(table.xs[FIVE], table.features)]
        return loss_of(x, table.ys[FIVE])

    def draw_one(update: int) -> None:
        graphs.graph("Digits", update, loss_of_five())
        optimizer.zero_grad()

    def first_neuron() -> list[list[float]]:
        weights = model.state_dict()["layers.0.weight"][0]
        return [weights[row : row + 8] for row in range(0, 64, 8)]

    recorder = Recorder(model, loss_of_five, picture=first_neuron, every=2 * AT_ONCE)

    draw_one(0)
    with Progress("digits", steps, quiet) as progress:
        run = train(progress, loss_of, batches, optimizer, backend, decay=True, recorder=recorder)
    draw_one(steps)
    report.plays(
        recorder,
        tr(
            "The training as a film: move the slider through the updates. The graph is that of the same 5. Next to "
            "the loss is what the first hidden neuron looks for: orange where it wants ink, blue where it wants none."
        ),
    )
    sure = {i: read(i) for i in held_out}
    said = {i: chances.index(max(chances)) for i, chances in sure.items()}
    wrong = [i for i in held_out if said[i] != table.ys[i]]
    accuracy = 1 - len(wrong) / len(held_out)
    confusion = [[0] * 10 for _ in range(10)]
    for i in held_out:
        confusion[table.ys[i]][said[i]] += 1

    lines = [
        tr("Nothing is compiled: the updates run operation by operation.")
        if run.last_backend == "eager"
        else tr(
            "Tracing and compiling: {seconds} s, by backend {backend}.",
            seconds=f"{run.preparing:.2f}",
            backend=run.last_backend,
        ),
        tr(
            "Training: {seconds} s for {steps} updates with {batch} images each.",
            seconds=f"{run.training:.2f}",
            steps=whole(steps),
            batch=BATCH,
        ),
        tr(
            "{right} of {all} held-out images are read correctly: {share}.",
            right=len(held_out) - len(wrong),
            all=len(held_out),
            share=f"{accuracy:.1%}",
        ),
    ]
    report.prose("\n".join(f"- {line}" for line in lines))
    if not quiet:
        print(*lines, sep="\n")

    @report.plot("loss", tr("The mean loss of the {batch} images of each update, before the update.", batch=BATCH),
                 title=tr("Digits: the loss falls"), x=tr("update"), y=tr("cross-entropy"))  # fmt: skip
    def _(ax: Any) -> None:
        plots.curve(ax, run.losses, linewidth=1)
        ax.set_ylim(bottom=0)

    @report.plot("confusion", tr("The held-out images: each row is a digit that was written, each column what it was read as."),
                 title=tr("Digits: confusion"), x=tr("read as"), y=tr("written"), size=(5.6, 5.4))  # fmt: skip
    def _(ax: Any) -> None:
        plots.heat(ax, confusion, 0.0, max(map(max, confusion)), digits=0)
        ax.set(xticks=range(10), yticks=range(10))

    if wrong:

        @report.plot("wrong", tr("{shown} of the {all} wrong answers, the most confident ones first.",
                                  shown=min(SHOWN, len(wrong)), all=len(wrong)), columns=6, size=(1.9, 1.7),
                     title=tr("Digits: read wrong"), each={
                         tr("{digit} read as {answer}\n{share} sure, #{image}", digit=table.ys[i], answer=said[i],
                            share=f"{sure[i][said[i]]:.0%}", image=i): table.xs[i]
                         for i in sorted(wrong, key=lambda i: -max(sure[i]))[:SHOWN]
                     })  # fmt: skip
        def _(ax: Any, pixels: list[float]) -> None:
            _image(ax, pixels, "Greys", 0.0, 1.0)

    weight = model.state_dict()["layers.0.weight"]
    most = max(abs(w) for row in weight for w in row)

    @report.plot("weights", tr("What the first eight of the 32 hidden neurons look for: orange where they want ink, purple where they want none."),
                 title=tr("Digits: hidden neurons"), each={tr("neuron {k}", k=k): weight[k] for k in range(8)}, columns=4,
                 size=(1.9, 1.7))  # fmt: skip
    def _(ax: Any, row: list[float]) -> None:
        _image(ax, row, plots.DIVERGING, -most, most)

    return {
        "loss": run.losses[-1], "losses": run.losses, "held_out_accuracy": accuracy, "confusion": confusion,
        "preparing": run.preparing, "training": run.training, "model": model, "report": report,
    }  # fmt: skip


def _image(ax: Any, pixels: Sequence[float], colors: str, low: float, high: float) -> None:
    """A row of 64 numbers as 8 x 8 pixels."""
    ax.imshow([pixels[row : row + 8] for row in range(0, 64, 8)], cmap=colors, vmin=low, vmax=high)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
