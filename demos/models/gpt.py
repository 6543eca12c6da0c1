"""How does a GPT invent names? One layer of attention, letter by letter.

A GPT for names: one layer of attention learns, letter by letter, how first names continue, and then invents some.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import nn
import nn.functional as F
from autograd import Recorder, Value, no_grad
from autograd.formula import add_up
from nn import optim

from ..languages import tr, tr_prose, whole
from ..shared import plots
from ..shared.datasets import names, shuffled
from ..shared.progress import Progress
from ..shared.report import Report
from ..shared.training import AT_ONCE, train

__all__ = ["GPT", "main"]

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # a dot begins and ends every name
BLOCK, WIDTH, HEADS = 16, 16, 4
CHECKED, HELD_OUT, INVENTED = 20, 100, 20

_ABOUT = """A GPT guesses how a text continues. This one has {parameters} parameters and one layer, and it reads letters. It
learns from {count} first names in the US Census of 1990, one name per update, and then invents names of its own.

Each letter becomes {width} numbers, and so does its position in the name; {heads} heads of attention let every
letter look at the ones before it; an MLP works on what they found; and a last layer scores the 27 symbols that may come
next. The loss says how surprised the model is by the right symbol: for a model that knows nothing it is log 27 =
{ln}.

An update is one step of training: the loss of one name, its gradient by backprop, and a small change to every
parameter against its gradient."""


class GPT(nn.Module):
    """Scores for the next symbol after each symbol: (T,) indices, T up to BLOCK, to (T, 27)."""

    def __init__(self, seed: Random) -> None:
        self.signs = nn.Embedding(len(LETTERS), WIDTH, seed=seed)
        self.places = nn.Embedding(BLOCK, WIDTH, seed=seed)
        self.norm = nn.RMSNorm(WIDTH)
        self.heads = nn.ModuleList(
            nn.SelfAttention(WIDTH, bias=False, head_dim=WIDTH // HEADS, out_proj=False, seed=seed)
            for _ in range(HEADS)
        )
        self.join = nn.Linear(WIDTH, WIDTH, bias=False, seed=seed)
        self.mlp_norm = nn.RMSNorm(WIDTH)
        self.mlp = nn.MLP(WIDTH, [4 * WIDTH, WIDTH], seed=seed)
        self.scores = nn.Linear(WIDTH, len(LETTERS), bias=False, seed=seed)

    def embed(self, signs: Sequence[int]) -> list[list[Value]]:
        return _added(self.signs(signs), self.places(list(range(len(signs)))))

    def forward(self, signs: Sequence[int]) -> list[list[Value]]:
        x = self.embed(signs)
        normed = self.norm(x)
        found = [head(normed, is_causal=True) for head in self.heads]
        side_by_side = [[number for part in parts for number in part] for parts in zip(*found)]
        x = _added(x, self.join(side_by_side))
        x = _added(x, self.mlp(self.mlp_norm(x)))
        return self.scores(x)

    def attention(self, signs: Sequence[int]) -> list[list[list[float]]]:
        """Return how much each symbol attends to each other symbol, (HEADS, T, T)."""
        normed = self.norm(self.embed(signs))
        return [
            [[weight.data for weight in row] for row in head(normed, is_causal=True, need_weights=True)[1]]
            for head in self.heads
        ]


def _added(xs: list[list[Value]], ys: list[list[Value]]) -> list[list[Value]]:
    return [[x + y for x, y in zip(*rows)] for rows in zip(xs, ys)]


def signs_of(name: str) -> list[int]:
    """Return the indices of a name's letters, with a dot before and after."""
    return [LETTERS.index(letter) for letter in f".{name}."]


def invent(model: GPT, rng: Random, temperature: float = 0.7) -> str:
    """Return a name, drawn symbol by symbol; the lower the temperature, the more often the likeliest one is drawn."""
    signs = [0]
    while len(signs) < BLOCK:
        with no_grad():
            chances = F.softmax([score / temperature for score in model(signs)[-1]])
        sign = _drawn([chance.data for chance in chances], rng)
        if sign == 0 and len(signs) > 1:  # a dot ends the name, but a name needs at least one letter
            break
        if sign:
            signs.append(sign)
    return "".join(LETTERS[sign] for sign in signs[1:])


def _drawn(chances: Sequence[float], rng: Random) -> int:
    """Return an index into the list, drawn with the probabilities that the list holds."""
    return min(bisect(list(accumulate(chances)), rng.random()), len(chances) - 1)


def main(
    out: str | Path = "out/gpt",
    seed: int = 0,
    steps: int = 1000,
    quiet: bool = False,
    png: bool = False,
    backend: str = "auto",
) -> dict[str, Any]:
    """Train for `steps` updates, write pictures and a page into the folder `out`, and return the numbers and the report.

    The seed determines the first weights, the order of the names, and the invented names. backend: one of compile()'s,
    or "eager".
    """
    rng = Random(seed)
    documents = shuffled(names(), rng)
    held_out, documents = documents[:HELD_OUT], documents[HELD_OUT:]
    model = GPT(rng)
    parameters = list(model.parameters())
    batches = [([signs_of(documents[i % len(documents)])],) for i in range(steps)]
    report = Report(out, tr("A GPT that invents names"), tr("seed {number}", number=seed), png)
    report.prose(tr_prose(_ABOUT).format(
        parameters=whole(len(parameters)), count=whole(len(documents)), width=WIDTH, heads=HEADS, ln=f"{math.log(27):.4f}"
    ))  # fmt: skip
    graphs = report.film(
        tr("The graph of one update: the loss for the name ann, with all gradients. Its layers are folded.")
    )

    ann = signs_of("ann")

    def loss_of(signs: Sequence[int]) -> Value:
        return F.cross_entropy(model(signs[:-1]), signs[1:])

    def optimizer() -> optim.Optimizer:
        return optim.AdamW(parameters, lr=0.01, betas=(0.85, 0.99), weight_decay=0.0)

    def mean_loss(some: Sequence[str]) -> float:
        with no_grad():
            return add_up([loss_of(signs_of(name)).data for name in some]) / len(some)

    def draw_one(update: int) -> None:
        graphs.graph("GPT", update, loss_of(ann), depth=0)
        model.zero_grad()

    recorder = Recorder(
        model,
        lambda: loss_of(ann),
        picture=lambda: plots.small_heats(model.attention(ann[:-1]), ".ann"),
        every=2 * AT_ONCE,
    )

    draw_one(0)
    start = model.state_dict()
    checked = min(steps, CHECKED)
    eager = train(Progress("", checked, quiet=True), loss_of, batches[:checked], optimizer(), "eager")
    model.load_state_dict(start)
    with Progress("gpt", steps, quiet) as progress:
        run = train(progress, loss_of, batches, optimizer(), backend, decay=True, recorder=recorder)
    apart = max(abs(a - b) / abs(b) for a, b in zip(run.losses, eager.losses))
    if apart > 1e-9:
        raise AssertionError(f"compiled and eager losses differ by {apart:.1g}")
    unseen = mean_loss(held_out)
    invented: dict[str, None] = {}
    while len(invented) < INVENTED:
        invented[invent(model, rng)] = None
    real = {*documents, *held_out}
    marked = [tr("{name} (real)", name=name) if name in real else name for name in invented]
    draw_one(steps)
    report.plays(
        recorder,
        tr(
            "The training as a film: move the slider through the updates. The graph is that of the name ann, and a "
            "click opens the GPT in it. Next to the loss you see how the four symbols attend to each other, head by "
            "head: each row is a symbol that asks, each column one that it looks at."
        ),
    )

    compiled = [
        tr(
            "The first {count} losses, operation by operation and by backend {backend}, differ by at most {apart}.",
            count=checked,
            backend=run.last_backend,
            apart=f"{apart:.1g}",
        ),
        tr(
            "Tracing and compiling for {count} different lengths of names: {seconds} s.",
            count=run.programs,
            seconds=f"{run.preparing:.2f}",
        ),
    ]
    said = [
        *(
            compiled
            if run.last_backend != "eager"
            else [tr("Nothing is compiled: the updates run operation by operation.")]
        ),
        tr(
            "Training: {seconds} s for {steps} updates, {each} ms each; operation by operation {eager} ms.",
            seconds=f"{run.training:.2f}",
            steps=whole(steps),
            each=f"{run.training / steps * 1e3:.3g}",
            eager=f"{eager.training / checked * 1e3:.3g}",
        ),
        tr("Mean loss on {count} held-out names: {loss}.", count=HELD_OUT, loss=f"{unseen:.4f}"),
    ]
    report.prose("\n".join(f"- {line}" for line in said))
    report.prose(f"## {tr('Invented')}\n\n" + ", ".join(marked))
    if not quiet:
        print(*said, f"{tr('Invented')}: {', '.join(marked)}", sep="\n")

    @report.plot("loss", tr("The loss of each name before its update, and the mean of the last 50."),
                 title=tr("GPT: the loss falls"), x=tr("update"), y=tr("cross-entropy"))  # fmt: skip
    def _(ax: Any) -> None:
        plots.curve(ax, run.losses, 1, tr("one name"), linewidth=0.8, alpha=0.8)
        plots.curve(ax, _running_means(run.losses, 50), 0, tr("mean of 50"))
        ax.axhline(math.log(27), color=plots.GREY, linestyle=":", label=tr("knowing nothing"))
        ax.set_ylim(bottom=0)
        ax.legend()

    seen = signs_of(next(iter(invented)))[:-1]

    @report.plot("attention", tr("Who attends to whom: each row is a symbol that asks what comes next, each column one that it may look at."),
                 title=tr("Attention"), each={tr("head {k}", k=k): head for k, head in enumerate(model.attention(seen), 1)},
                 x=tr("looks at"), y=tr("symbol"), size=(2.9, 2.9))  # fmt: skip
    def _(ax: Any, weights: list[list[float]]) -> None:
        plots.heat(ax, weights, 0.0, 1.0, digits=None)
        for ticks in (ax.set_xticks, ax.set_yticks):
            ticks(range(len(seen)), [LETTERS[sign] for sign in seen])

    return {
        "loss": run.losses[-1], "losses": run.losses, "held_out_loss": unseen, "names": list(invented), "apart": apart,
        "preparing": run.preparing, "training": run.training, "model": model, "report": report,
    }  # fmt: skip


def _running_means(numbers: Sequence[float], count: int) -> list[float]:
    """Return the mean of each number and up to count - 1 numbers before it."""
    parts = [numbers[max(0, k + 1 - count) : k + 1] for k in range(len(numbers))]
    return [add_up(part) / len(part) for part in parts]
