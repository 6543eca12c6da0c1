"""Training one phase at a time, forwards and back: forward, backward (edge by edge if you like), update, zero_grad.

    >>> from autograd import Value
    >>> w = Value(0.0, label="w")
    >>> training = TrainingStepper([w], lambda: (w - 3.0) ** 2, 0.1)
    >>> training.run()
    update 1: loss 9 -> 5.76
    >>> training.forward(), training.backward(), training.update()
    ([update 2, forward] loss = 5.76      (3 values), [update 2, backward] 2 edges, |grad| 4.8 ...
    >>> training.undo()
    [update 2, update] undone: loss 5.76 again
    >>> w
    Value(0.6000000000000001, grad=-4.8, label='w')

You can skip a phase, or run it twice, by calling the phases yourself: the stepper says what that does, and the
losses show it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ArgumentError
from ..explain.naming import one_line
from ..explain.paths import columns
from ..explain.phrases import Report, counted, short
from ..explain.regions import Regions
from ..frames import public
from ..graph import Graph, walk
from ..modes import shared
from ..node import writing
from ..stepper.backprop import Stepper
from ..stepper.moved import Moved, Pictured, whole
from ..stepper.moves import REPORTED
from ..stepper.points import said_range, tensors
from .commands import COMMANDS, COMPARED, WORDS, all_or_nothing
from .parts import Done, Losses, Memory, loss_now, losses_text, moves_text, optimizer_of, parameters_of, side_by_side
from .slips import SLIPS, check_slip, step_with

if TYPE_CHECKING:
    from ..node import Node

__all__ = ["TrainingStepper"]

PHASES = ("forward", "backward", "update", "zero_grad")
MOST = 10_000  # the maximum number of updates that until() makes
# Questions for `backprop`, which move nothing.
ASKED = ("explain", "why", "order", "predict", "what_if", "whatif", "check", "anomalies", "break_at", "watch", "numbers", "known",
         "operations", "name", "node", "part", "draw", "show", "save_picture", "edge", "over", "out")  # fmt: skip


class TrainingStepper(Pictured):
    """A training run, paused between two phases of an update.

    model: an object with `parameters()`, or the parameters themselves. loss: a function that returns the loss of a
    batch, a Value: called as ``loss(*batch)``. optimizer: an object with `step()` and `zero_grad()`; or a learning
    rate, for ``p.data -= lr * p.grad``; or a function that moves the parameters, as in a hand-written loop. batches:
    tuples of arguments, one for each update, starting over when they are used up; without them, ``loss()`` is called.

    The moves are `forward`, `backward`, `update` and `zero_grad`; `next` makes the one that comes next, `step`
    processes an edge of backprop, `run` makes whole updates. All can be undone, even updates, with what the optimizer
    remembers. `backprop` is the Stepper of the current loss, and answers any question: ``training.why(w)`` is
    ``training.backprop.why(w)``. `losses` holds the loss before and after each update. You can make mistakes on
    purpose: see `mistake` and `compare`. Raises ArgumentError for anything that is not a model, a loss or an optimizer.
    """

    what = "training"
    unit = "phase"
    lacks = "not among the commands of training: its .backprop can do more"
    quantity = "grad"
    help_words: ClassVar[Mapping[str, str]] = WORDS
    own_commands: ClassVar[Mapping[str, tuple[str, str]]] = COMMANDS

    def __init__(
        self, model: object, loss: Callable[..., Node], optimizer: object, batches: Iterable[Sequence[object]] = ()
    ) -> None:
        self.parameters, self._names = parameters_of(model)
        if not callable(loss):
            raise ArgumentError(f"want the loss as a function of a batch, such as lambda x, y: ..., got {loss!r}")
        self.title = "" if isinstance(model, (list, tuple)) else type(model).__name__
        self.optimizer: Any = optimizer_of(optimizer, self.parameters)
        self.batches = [batch if isinstance(batch, (tuple, list)) else (batch,) for batch in batches]
        self._loss, self.losses = loss, list[Losses]()
        self.phase = "forward"  # the phase that comes next
        self.root: Any = None  # the current loss
        self._backprop: Stepper | None = None
        self._mistakes, self._done = dict[str, None](), list[Done]()
        self._grads: list[float] = []  # the grads before the backward pass of this update
        self.transcript: list[str] = []

    # --- What there is ---

    @property
    def updates(self) -> int:
        """The number of updates made so far."""
        return len(self.losses)

    @property
    def backprop(self) -> Stepper:
        """The Stepper of the current loss. Raises ArgumentError if there is none.

        Only one graph is kept: when you go back to an update, its graph is computed again.
        """
        if self.root is None and self.phase in ("forward", "zero_grad"):
            raise ArgumentError(
                "there is no loss here: forward() computes it" + " and undo() goes back to one" * bool(self._done)
            )
        if self.root is None:
            self.root = self._computed()
        if self._backprop is None:
            self._backprop = self._opened(made=self.phase == "update")
        return self._backprop

    def _computed(self) -> Any:
        batch = self.batches[self.updates % len(self.batches)] if self.batches else ()
        root: Any = self._loss(*batch)
        if not hasattr(root, "partials"):
            raise ArgumentError(
                f"want a Value as the loss, got {type(root).__name__}: take loss[0] of a list, or mean(losses)"
            )
        root.label = root.label or "loss"
        return root

    def _opened(self, made: bool) -> Stepper:
        """Make a Stepper of the current loss, either at its start, or at its end with the gradients that are there."""
        if made:
            for p, grad in zip(self.parameters, self._grads):
                p.grad = grad
        else:
            self._grads = [p.grad for p in self.parameters]
        stepper = Stepper(self.root, fresh=False)
        if made:
            stepper.goto(len(stepper))
        return stepper

    @property
    def graph(self) -> Graph | None:
        """The graph of the current loss, if there is one."""
        return None if self.root is None else self.backprop.graph

    @property
    def regions(self) -> Regions | None:
        """The modules of the graph of the current loss."""
        return None if self.root is None else self.backprop.regions

    def __getattr__(self, name: str) -> Any:
        if name in ASKED:
            return lambda *asked, **options: getattr(self.backprop, name)(*asked, **options)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # --- The phases ---

    def forward(self) -> Moved:
        """Compute the loss of the batch."""
        self.root, self._backprop = self._computed(), None

        def back() -> None:
            self.backprop.close()
            self.root = self._backprop = None

        of = f" from batch {self.updates % len(self.batches) + 1} of {len(self.batches)}" if self.batches else ""
        size = f"({counted(len(walk(self.root)), 'value')}{of})"
        return self._made("forward", [f"loss = {short(self.root.data)}      {size}"], "no loss is computed", back)

    def backward(self) -> Moved:
        """Process all remaining edges of backprop, adding to any gradients that are already there."""
        backprop = self.backprop
        edges = len(backprop) - backprop.position
        if not self._waits():
            return Moved(f"backward is already done: {backprop.headline()}", moved=0)
        backprop.goto(len(backprop))
        return self._backward_made(edges)

    def _backward_made(self, edges: int) -> Moved:
        backprop, grads = self.backprop, self._grads
        found = [p for p in self.parameters if p in backprop.graph]
        lines = [f"{counted(edges, 'edge')}, {said_range('grad', [p.grad for p in found])}"]
        lines.append(f"      {'; '.join(tensors(backprop, found)) or 'no parameter is in this graph'}")
        if stale := sum(p in backprop.earlier for p in self.parameters):
            lines.append(f"  note   this added to {counted(stale, 'gradient')} from before: zero_grad was left out")

        def back() -> None:
            if self._backprop:
                self._backprop.rewind()
            for p, grad in zip(self.parameters, grads):
                p.grad = grad

        return self._made("backward", lines, "gradients are what they were before it", back)

    def update(self) -> Moved:
        """Let the optimizer move the parameters, and compute what that does to the loss of the batch."""
        backprop, before = self.backprop, [p.data for p in self.parameters]
        memory = Memory(self.parameters, self.optimizer)
        step_with(self._mistakes, self.optimizer, self.parameters)
        moved = {p: p.data - data for p, data in zip(self.parameters, before) if p.data != data}
        losses = Losses(self.root.data, loss_now(backprop.graph, self.parameters))

        def back() -> None:
            memory.put_back(grads=False)
            self.losses.pop()

        lines = [
            moves_text(moved, lambda p: one_line(self._names.get(p) or self.name(p))),
            f"      {losses.text(moved)}",
        ]
        if not backprop.done:
            left = counted(len(backprop) - backprop.position, "edge")
            lines.append(f"  note   backward was not finished: {left} left, so not every gradient was there")
        made = self._made("update", lines, f"loss {short(losses.before)} again", back)
        self.losses.append(losses)
        return made

    def zero_grad(self) -> Moved:
        """Clear the gradients, as the optimizer does."""
        if self._backprop and not self._backprop.position:  # it will be opened again, with the gradients cleared
            self._backprop.close()
            self._backprop = None
        grads = [p.grad for p in self.parameters]
        self.optimizer.zero_grad()

        def back() -> None:
            for p, grad in zip(self.parameters, grads):
                p.grad = grad

        reached = sum(grad is not shared["NOT_REACHED"] for grad in grads)
        return self._made(
            "zero_grad", [f"{counted(reached, 'gradient')} cleared"], "the gradients are there again", back
        )

    def _made(self, phase: str, lines: list[str], undone: str, back: Callable[[], None]) -> Moved:
        """Record a phase that has been run, so that it can be undone, and choose the phase that comes after it."""
        came, number = self.phase, max(self.updates, 1) if phase == "zero_grad" else self.updates + 1

        def all_back() -> None:
            back()
            self.phase = came

        self._done.append(Done(phase, f"[update {number}, {phase}] undone: {undone}", all_back))
        self.phase = PHASES[(PHASES.index(phase) + 1) % len(PHASES)]
        if phase == "zero_grad" and self._waits():  # called between forward and backward, as in many loops
            self.phase = "backward"
        if self.phase == "zero_grad" and "no_zero_grad" in self._mistakes:
            lines.append("  note   zero_grad is left out: that is the mistake")
            self.phase = "forward"
        return Moved("\n".join([f"[update {number}, {phase}] {lines[0]}", *lines[1:]]), moved=1, stepper=self)

    # --- Longer moves ---

    def next(self) -> Moved:
        """Run the whole phase that comes next."""
        return getattr(self, self.phase)()

    def step(self, n: int = 1) -> Moved:
        """Process the next edge of backprop if backward comes next, else run the next phase; or do so `n` times."""
        told: list[str] = []
        for _ in range(whole(n, "step", "undo")):
            if self.phase != "backward":
                told.append(str(self.next()))
                continue
            if not self.backprop.done:
                told.append(str(self.backprop.step()))
            if self.backprop.done:
                told.append(str(self._backward_made(len(self.backprop))))
        return Moved("\n".join(told[-REPORTED:]), moved=n, stepper=self)

    def run(self, n: int = 1) -> Moved:
        """Make the rest of this update, or `n` updates in all, and report the loss before and after each."""
        start = self.updates
        for _ in range(whole(n, "run", "undo")):
            self._one_update()
        return self._told(start)

    def _one_update(self) -> None:
        target = self.updates + (self.phase != "zero_grad")
        while self.updates < target or self.phase != "forward":
            self.next()

    def until(self, loss: float) -> Moved:
        """Make updates, at most 10,000, until the loss before one of them is below a number."""
        start = self.updates
        while self.updates - start < MOST:
            self._one_update()
            if self.losses[-1].after < loss:
                return self._told(start)
        text = f"the loss is {short(self.losses[-1].after)} after {MOST:,} updates, not below {short(loss)}"
        return Moved(text, moved=MOST)

    def _told(self, start: int) -> Moved:
        return Moved(
            losses_text(self.losses, start, REPORTED) or "the update is done", moved=self.updates - start, stepper=self
        )

    def history(self) -> Report:
        """List the loss before and after each update made so far."""
        return Report(losses_text(self.losses) or "no updates so far")

    # --- Back ---

    def undo(self, n: int = 1) -> Moved:
        """Take back the last move, an edge or a phase, or the last `n`: everything becomes what it was before."""
        told: list[str] = []
        for _ in range(whole(n, "undo", "step")):
            if self._inside():
                told.append(str(self.backprop.undo()))
            elif self._done:
                done = self._done.pop()
                done.back()
                told.append(done.text)
            else:
                break
        return Moved(
            "\n".join(told[-REPORTED:]) or "nothing to undo: no updates so far", moved=-len(told), stepper=self
        )

    def _waits(self) -> bool:
        """Return whether backward has not yet begun for the current loss."""
        last = next((done.phase for done in reversed(self._done) if done.phase in ("forward", "backward")), "")
        return last == "forward"

    def _inside(self) -> bool:
        """Return whether backward has begun and is not finished."""
        return self._waits() and self._backprop is not None and self._backprop.position > 0

    def undo_update(self) -> Moved:
        """Undo all of this update or, at its start, the one before."""
        return self.goto(self.updates - (self.phase in ("forward", "zero_grad") and self.updates > 0))

    def rewind(self) -> Moved:
        """Take back everything."""
        return self.goto(0)

    def goto(self, k: int) -> Moved:
        """Go forwards or back to the start of update k + 1, where k updates have been made."""
        if type(k) is not int or k < 0:
            return Moved(f"want a number of updates, at least 0, got {k!r}; still at {self.updates}", moved=0)
        start = self.updates
        while self._done and (self.updates > k or (self.updates == k and self.phase in ("backward", "update"))):
            self.undo()
        while self.updates < k or self.phase == "zero_grad":
            self.next()
        return Moved(self.headline(), moved=self.updates - start, stepper=self)

    # --- Mistakes ---

    def mistakes(self) -> list[str]:
        """List the mistakes that can be made on purpose."""
        return list(SLIPS)

    def mistake(self, kind: str | None = None) -> Report:
        """Make a mistake from now on, or stop making it if called again; without `kind`, list the mistakes. See SLIPS.

        Raises ArgumentError for an unknown mistake, or one that this optimizer cannot make.
        """
        if kind is None:
            rows = [(name, slip.phrase + "    <- made now" * (name in self._mistakes)) for name, slip in SLIPS.items()]
            return Report("\n".join(["the mistakes:", *columns(rows)]))
        check_slip(kind, self.optimizer)
        if kind in self._mistakes:
            del self._mistakes[kind]
            return Report(f"no longer: {SLIPS[kind].phrase}")
        self._mistakes[kind] = None
        return Report(f"from now on: {SLIPS[kind].phrase}")

    def compare(self, kind: str | None = None, updates: int = COMPARED) -> Report:
        """Show the losses of the next updates, right and with a mistake, side by side. Nothing is changed."""
        if kind is None:
            return self.mistake()
        slip = check_slip(kind, self.optimizer)
        right, wrong = self._tried({}, updates), self._tried({kind: None}, updates)
        head = f"the loss after each update, right and with a mistake: {slip.phrase} (nothing is changed)"
        return Report("\n".join([head, *side_by_side(right, wrong, self.updates)]))

    def _tried(self, mistakes: dict[str, None], updates: int) -> list[Losses]:
        put_back, start = self.keep(), self.updates
        try:
            self._mistakes = mistakes
            self.run(whole(updates, "compare", "undo"))
            return self.losses[start:]
        finally:
            put_back()

    def keep(self) -> Callable[[], None]:
        """Remember everything as it is, and return a function that restores it, wherever a command was interrupted."""
        own = {name: copy(held) if type(held) in (list, dict) else held for name, held in vars(self).items()}
        inner = self._backprop.keep() if self._backprop else None
        nodes = [] if inner or self.root is None else walk(self.root)
        grads, memory = writing(nodes, "grad", [node.grad for node in nodes]), Memory(self.parameters, self.optimizer)

        def put_back() -> None:
            vars(self).update(own)
            (inner or grads)()
            memory.put_back()

        return put_back

    # --- What it says ---

    def headline(self) -> str:
        of, inside = f" of {self.title}" * bool(self.title), f", {self.backprop.headline()}" if self._inside() else ""
        return f"training{of}: {counted(self.updates, 'update')} made, next {self.phase}{inside}"

    def where(self) -> Report:
        """Show what is done, and what comes next."""
        lines = [self.headline(), f"  optimizer  {self.optimizer!r}"]
        if self.root is not None:
            lines.append(f"  loss       {short(self.root.data)}, of {counted(len(walk(self.root)), 'value')}")
        grads = [p.grad for p in self.parameters if p.grad is not shared["NOT_REACHED"]]
        sizes = f", {said_range('grad', grads)}" if grads else ""
        lines.append(f"  gradients  {len(grads)} of {counted(len(self.parameters), 'parameter')} reached{sizes}")
        if self.losses:
            shown = [short(self.losses[0].before), *(short(after) for _, after in self.losses[-REPORTED:])]
            left_out = "... -> " * (len(self.losses) > REPORTED)
            lines.append(f"  losses     {shown[0]} -> {left_out}{' -> '.join(shown[1:])}")
        lines += [f"  mistake    {SLIPS[name].phrase}" for name in self._mistakes]
        return Report("\n".join(lines))

    def __repr__(self) -> str:
        try:
            return str(self.where())
        except Exception as error:  # a repr never raises
            return f"<training: {self.updates} updates, {error}>"

    def help(self, beginning: str = "") -> Report:
        """List what you can ask here: the prompt's commands, which are methods, or those that begin with a word."""
        from ..stepper.prompt import help_text

        return Report(help_text(self, beginning))

    def prompt(self) -> None:
        """Open a prompt for training, whose commands are words: ``next``, ``step``, ``undo``, ``mistake``, ``help``."""
        from ..stepper.prompt import prompt

        prompt(self)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the conversation at the prompt, or else the losses and the state, to a text file; return its path."""
        from ..drawing.output import write_whole, writing

        said = self.transcript or [str(self.history()), str(self.where())]
        with writing(path):
            return write_whole(path, "\n".join(said) + "\n")


for _name in (*PHASES, "next", "step", "run", "until", "undo", "undo_update", "rewind", "goto", "compare"):
    setattr(TrainingStepper, _name, all_or_nothing(getattr(TrainingStepper, _name)))
public(TrainingStepper)
