"""Recorder: a training run as a film, in two lines of the user's own loop.

    >>> from autograd import Value
    >>> w = Value(0.0, label="w")
    >>> recorder = Recorder([w])
    >>> for update in range(5):
    ...     loss = (w - 3.0) ** 2
    ...     loss.backward()
    ...     recorder.step(loss)
    ...     w.data -= 0.1 * w.grad
    ...     w.grad = 0.0
    >>> recorder
    <Recorder: 5 updates, 5 frames, loss 9 to 1.510>

A frame holds the numbers that go into the graph of one sample. The page computes the rest from them, with the rules of
the op table. So a frame costs 8 bytes per number. All frames stay within a budget: when it is used up, every second
frame is dropped, and half as many are recorded from then on.
"""

from __future__ import annotations

import base64
import io
import math
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any

from ..drawing.formats.film import write_film, write_frames
from ..drawing.output import CELL
from ..errors import ArgumentError, AutogradError, GraphError
from ..explain.naming import names_for
from ..explain.phrases import counted, name_of, short
from ..explain.staleness import changed
from ..frames import public
from ..graph import Graph, walk
from ..node import Node
from .js_rules import rule_name, rules
from .network import network_data
from .player import Page, described, numbers, packed, page, staged, write_page
from .words import said

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..drawing.digraph import Drawing
    from ..drawing.options import DrawingOptions

__all__ = ["Recorder"]

FILMS = (".svg", ".gif", ".webp")  # the endings of a film that is not a page

WHOLE = 500  # the maximum number of values in a graph to record whole; for a larger one, record one sample
SUMS = ("add", "total", "mean", "mul", "div", "neg")  # how a loss combines the losses of its samples
POINTS = 1_000  # the maximum number of points in the loss curve on the page
BOXES = 80  # the maximum number of boxes in the drawing, which is seen as a whole
CELLS = 64 * 64  # the maximum size of a picture given as rows
PAUSE = 1.0  # seconds between two updates of a notebook's output


@public
class Recorder(Page):
    """A recorder of a training run, through which you can then scrub on a page: see the example above.

    model: a Module, or its parameters, from which values get their names. sample: a function that returns the loss of
    one sample to look at, such as ``lambda: F.mse_loss(model(xs[0]), ys[0])``; without it, the graph is that of the
    loss passed to `step`, or of its first term if the loss is large. picture: a function whose result is shown beside
    the
    graph: rows of numbers (an attention map, a grid of scores), SVG text, or a figure.
    every: record only every n-th update. budget: the maximum number of bytes for frames and pictures. path: where
    to write the page when the ``with`` block ends, even if it ends with an error or Ctrl-C.

    Call ``step(loss)`` between ``loss.backward()`` and the optimizer's step, so that the numbers are those that the
    loss was computed from. In a notebook, the curve is drawn during training.
    """

    def __init__(
        self,
        model: Any = (),
        sample: Callable[[], Node] | None = None,
        *,
        picture: Callable[[], Any] | None = None,
        every: int = 1,
        budget: int = 4_000_000,
        path: str | os.PathLike[str] | None = None,
    ) -> None:
        if type(every) is not int or every < 1:
            raise ArgumentError(f"want every=1 or more, got {every!r}")
        folder = os.path.dirname(os.fspath(path)) if path is not None else ""
        if folder and not os.path.isdir(folder):  # better to fail now than after the training
            raise ArgumentError(
                f"want a path in a folder that exists, got {os.fspath(path or '')!r}: make {folder!r} first"
            )
        if not hasattr(model, "parameters"):
            are_values = isinstance(model, Iterable) and (
                isinstance(model, Iterator) or all(hasattr(parameter, "partials") for parameter in model)
            )
            if not are_values or isinstance(model, (str, bytes)):
                raise ArgumentError(f"want a model or a list of its parameters, got {model!r:.60}")
        named: Any = getattr(model, "named_parameters", None)
        self.names: dict[Any, str] = {parameter: name for name, parameter in named()} if named else {}
        self.title = type(model).__name__ if named else ""
        self.sample = sample
        self.picture = picture
        self.every = every
        self.budget = budget
        self.path = path
        self.losses = array("d")
        self.recorded: list[_Frame] = []
        self.graph: Graph | None = None
        self._shape: tuple[Any, ...] = ()
        self._whole = True
        self._stale = False
        self._done = False
        self._handle: Any = None
        self._shown = monotonic()

    @property
    def updates(self) -> int:
        """The number of updates that step() was called for."""
        return len(self.losses)

    def step(self, loss: Node | float) -> None:
        """Record one update: its loss, and now and then the numbers from which it was computed."""
        item: Any = getattr(loss, "item", None)
        number = item() if item else loss
        if not isinstance(number, (int, float)):
            raise ArgumentError(f"want the loss, a Value or a number, got {loss!r}")
        self.losses.append(float(number))
        if (self.updates - 1) % self.every == 0:
            self._record(loss)
        self._show()

    def _record(self, loss: Node | float | None) -> None:
        root = self.sample() if self.sample else self._one_sample(loss)
        frame = _Frame(self.updates, self.losses[-1], self._numbers(root))
        if self.picture is not None:
            frame.picture = _picture(self.picture())
        self.recorded.append(frame)
        while len(self.recorded) > 2 and add_sizes(self.recorded) > self.budget:
            self.recorded = self.recorded[::2]
            self.every *= 2

    def _one_sample(self, loss: Any) -> Any:
        """Return the loss itself or, if its graph is large, its first term."""
        if not hasattr(loss, "partials"):
            return None
        if self.graph is None:
            self._whole = len(walk(loss)) <= WHOLE
        while not self._whole and loss.op in SUMS:
            operand = next((operand for operand in loss.operands if not isinstance(operand, float)), None)
            if operand is None or not operand.operands:
                break
            loss = operand
        return loss

    def _numbers(self, root: Any) -> array[float] | None:
        """Return the numbers that go into a graph; None if the graph differs from the first one."""
        if root is None:
            return None
        if not hasattr(root, "partials"):
            raise ArgumentError(f"want the loss of one sample from sample(), a Value, got {root!r}")
        nodes = walk(root)
        graph = Graph(root, self.names, nodes)
        shape = _shape(graph)
        if self.graph is None:
            names = {root: "loss", **names_for(root, nodes=nodes), **self.names}
            self.graph, self._shape = Graph(root, names, nodes), shape
            self._stale = bool(changed(graph))
        return numbers(graph) if shape == self._shape else None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        try:
            self.finish()
            if self.path is not None and self.recorded:
                self.save(self.path)
        except AutogradError as error:
            if failed is None:
                raise
            print(f"the film could not be kept: {error}", file=sys.stderr)  # the first error is the one that is raised

    def finish(self) -> None:
        """Record the final state of the training, if the last update was left out; a notebook shows the whole film."""
        if self._done:
            return
        if self.sample and self.losses and self.recorded[-1].update != self.updates:
            self._record(None)
        self._done = True
        self._show(finished=True)

    # --- The page ---

    @property
    def html(self) -> str:
        """Return the film as a page. Raises GraphError if nothing was recorded."""
        if self.graph is None:
            raise GraphError("nothing to show: call recorder.step(loss) with a Value, or give a sample")
        late = "recorder.step(loss) came after the optimizer's step, so these numbers are from after the update."
        stage, note = staged(self.graph, 3.0, late if self._stale else "", BOXES)
        seen = [frame for frame in self.recorded if frame.numbers is not None]
        data = described(self.graph, _varying(self.graph, [frame.numbers for frame in seen if frame.numbers]))
        data["numbers"] = packed(seen[-1].numbers or array("d"))
        edges = sum(1 for _ in self.graph.edges())
        film = {"graph": data, "views": stage, "note": note, "start": f"#edge={edges}", "film": self._film(),
                "network": network_data(self.graph)}  # fmt: skip
        return page(self._title(self.graph), film, rules(self.graph.nodes))

    def _film(self) -> dict[str, Any]:
        stride = -(-self.updates // POINTS)
        shown = sorted({*range(0, self.updates, stride), self.updates - 1})
        pictures = list(dict.fromkeys(frame.picture for frame in self.recorded if frame.picture is not None))
        return {
            "updates": [i + 1 for i in shown],
            "losses": [_json_number(self.losses[i]) for i in shown],
            "pictures": pictures,
            "frames": [frame.written(pictures) for frame in self.recorded],
        }

    def save(
        self,
        file: str | os.PathLike[str],
        /,
        *,
        seconds: float = 0.2,
        most: int = 60,
        **options: Unpack[DrawingOptions],
    ) -> str:
        """Write the film, and return its path: a page to scrub through or, depending on the ending, SVG, GIF or WebP.

        A film whose name ends in ``.svg``, ``.gif`` or ``.webp`` shows at most `most` updates, each for the given
        seconds; the SVG plays without a script. options: those of :func:`autograd.draw` except names, for such a film.
        Training may continue afterwards. Raises GraphError if nothing was recorded, and ToolError if the film cannot be
        drawn or written.
        """
        if os.path.splitext(os.fspath(file))[1].lower() not in FILMS:
            return write_page(file, self.html)
        title, drawings = self._film_of(most, options)
        return write_film(file, drawings, seconds, title)

    def frames(
        self, folder: str | os.PathLike[str], *, most: int = 60, format: str = "svg", **options: Unpack[DrawingOptions]
    ) -> list[str]:
        """Write a picture for each of at most `most` updates, all with one layout, from ``000.svg`` on; return the paths.

        format: the ending of their names, such as "png" or "pdf". options: those of :func:`autograd.draw` except names.
        """
        return write_frames(folder, self._film_of(most, options)[1], format)

    def _film_of(self, most: int, options: DrawingOptions) -> tuple[str, Iterator[Drawing]]:
        if type(most) is not int or most < 2:
            raise ArgumentError(f"want most=2 frames or more, got {most!r}")
        from .reel import film_of

        seen = [frame for frame in self.recorded if frame.numbers is not None]
        if self.graph is None or not seen:
            raise GraphError("nothing to show: call recorder.step(loss) with a Value, or give a sample")
        few = seen if len(seen) <= most else [seen[round(k * (len(seen) - 1) / (most - 1))] for k in range(most)]
        told = [(frame.numbers or array("d"), f"update {frame.update}: loss {short(frame.loss)}") for frame in few]
        return self._title(self.graph), film_of(self.graph, told, **options)

    def _title(self, graph: Graph) -> str:
        if self.title:
            return said("training of {name}", name=self.title)
        return said("training: {name}", name=name_of(graph, graph.root))

    def __repr__(self) -> str:
        if not self.losses:
            return "<Recorder: nothing recorded yet>"
        counts = f"{counted(self.updates, 'update')}, {counted(len(self.recorded), 'frame')}"
        return f"<Recorder: {counts}, loss {short(self.losses[0])} to {short(self.losses[-1])}>"

    # --- Notebooks ---

    def _repr_html_(self) -> str | None:
        if self._handle is not None and not self._done:  # the curve above may be a second old
            self._handle.update(import_module("IPython.display").HTML(self._curve()))
        return super()._repr_html_() if self.graph is not None else None

    def _heading(self) -> str:
        return said("training film")

    def _still(self) -> Drawing:
        """Return the last picture of the film."""
        *_, last = self._film_of(2, {"page": CELL})[1]
        return last

    def _show(self, finished: bool = False) -> None:
        """Bring a notebook's output up to date, at most once a second."""
        ipython: Any = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
        if shell is None or not hasattr(shell, "kernel") or not (finished or monotonic() - self._shown > PAUSE):
            return
        self._shown = monotonic()
        notebook: Any = import_module("IPython.display")
        # IPython warns about HTML that ends in </iframe>, and its own IFrame cannot hold a page.
        shown: Any = notebook.HTML(f"{self._repr_html_()}\n" if finished else self._curve())
        if self._handle is None:
            self._handle = notebook.display(shown, display_id=True)
        else:
            self._handle.update(shown)

    def _curve(self) -> str:
        """Draw the losses so far as a small picture."""
        finite = [(i, loss) for i, loss in enumerate(self.losses) if math.isfinite(loss)]
        finite = finite[:: -(-len(finite) // POINTS) or 1]
        most = max((loss for _, loss in finite), default=1.0) or 1.0
        least = min((loss for _, loss in finite), default=0.0)
        least = min(least, 0.0)
        last = max(self.updates - 1, 1)
        points = " ".join(
            f"{400 * i / last:.1f},{100 - 100 * (y - least) / (most - least or 1):.1f}" for i, y in finite
        )
        return (
            f"<p>update {self.updates}: loss {short(self.losses[-1])}</p>"
            '<svg width="420" height="110" viewBox="-5 -5 410 110" role="img" aria-label="loss">'
            f'<polyline points="{points}" fill="none" stroke="#3d7fd1" stroke-width="2"/></svg>'
        )


class _Frame:
    """One recorded update."""

    __slots__ = ("loss", "numbers", "picture", "update")

    def __init__(self, update: int, loss: float, numbers: array[float] | None) -> None:
        self.update = update
        self.loss = loss
        self.numbers = numbers
        self.picture: str | tuple[tuple[float, ...], ...] | None = None

    @property
    def size(self) -> int:
        picture = self.picture
        cells = (
            0 if picture is None else len(picture) if isinstance(picture, str) else 8 * len(picture) * len(picture[0])
        )
        return 8 * len(self.numbers or ()) + cells

    def written(self, pictures: list[Any]) -> dict[str, Any]:
        data: dict[str, Any] = {"update": self.update, "loss": _json_number(self.loss)}
        if self.numbers is not None:
            data["numbers"] = packed(self.numbers)
        if self.picture is not None:
            data["picture"] = pictures.index(self.picture)
        return data


def add_sizes(frames: Sequence[_Frame]) -> int:
    """Return how many bytes some frames take."""
    return sum(frame.size for frame in frames)


def _shape(graph: Graph) -> tuple[Any, ...]:
    """Return a graph's structure, which two graphs share if they differ only in their numbers."""
    return tuple(
        (rule_name(node), *(-1 if isinstance(o, float) else graph.index[o] for o in node.operands))
        if node.operands
        else ()
        for node in graph.nodes
    )


def _varying(graph: Graph, frames: Sequence[array[float]]) -> dict[Any, list[int]]:
    """Return the constants that differ between frames, as positions among the operands of a node."""
    at = sum(not node.operands for node in graph.nodes)
    varying: dict[Any, list[int]] = {}
    for node in graph.nodes:
        for k, operand in enumerate(node.operands):
            if isinstance(operand, float):
                if any(frame[at] != operand for frame in frames):
                    varying.setdefault(node, []).append(k)
                at += 1
    return varying


def _json_number(number: float) -> float | str:
    """Return the number if JSON can hold it, or else JavaScript's name for it."""
    return number if math.isfinite(number) else "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _picture(shown: Any) -> str | tuple[tuple[float, ...], ...] | None:
    """Return a picture function's result as rows of numbers, or as an image in a data URL."""
    if shown is None:
        return None
    if hasattr(shown, "savefig"):  # a figure from a plotting library
        file = io.BytesIO()
        shown.savefig(file, format="svg")
        shown = file.getvalue()
    elif hasattr(shown, "pipe"):  # a drawing
        shown = shown.pipe(format="svg")
    if isinstance(shown, str):
        shown = shown.encode()
    if isinstance(shown, bytes):
        kind = "png" if shown.startswith(b"\x89PNG") else "svg+xml"
        return f"data:image/{kind};base64,{base64.b64encode(shown).decode()}"
    try:
        rows = tuple(tuple(_cell(cell) for cell in row) for row in shown)
    except (TypeError, ValueError):
        raise ArgumentError(f"want a picture as SVG, a figure, or rows of numbers, got {shown!r:.80}") from None
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows) or len(rows) * len(rows[0]) > CELLS:
        sizes = f"{len(rows)} rows of {len(rows[0]) if rows else 0}"
        raise ArgumentError(
            f"want a picture as SVG, a figure, or rows of equal length, {CELLS:,} numbers at most; got {sizes}"
        )
    return rows


def _cell(cell: Any) -> float:
    number = float(cell.item() if hasattr(cell, "item") else cell)
    return round(number, 4) if math.isfinite(number) else 0.0
