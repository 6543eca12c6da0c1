"""How training reports its progress: one live line in a terminal, a few plain lines anywhere else."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from time import perf_counter
from typing import Any

from autograd.explain.terminal import is_terminal

from ..languages import told

__all__ = ["Progress"]

_LINES = 10  # the largest number of plain lines that a run prints
_SAID = ("loss", "accuracy", "held out accuracy")  # the numbers that training runs report, listed for the catalogues
_PAUSE = 0.05  # seconds between two updates of the live line


class Progress:
    """Reports how many of `total` updates a training run called `name` has made. Use it in a `with`, and call it after
    each update.

    with Progress("iris", 200) as progress:
        progress(update, loss=0.31, held_out=0.93)
    """

    def __init__(self, name: str, total: int, quiet: bool = False) -> None:
        self.name = name
        self.total = total
        self.quiet = quiet
        self.live = not quiet and is_terminal(sys.stdout)
        self.line = ""
        self._bar: Any = _bar(name, total) if self.live and find_spec("rich") else None
        self._started = perf_counter()
        self._shown = float("-inf")
        self._printed = 0  # plain lines so far

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()
        elif self.live:
            print()

    def __call__(self, update: int, **numbers: float) -> None:
        if self.quiet:
            return
        shown = "  ".join(f"{told(name.replace('_', ' '))} {number:.4g}" for name, number in numbers.items())
        if self._bar:
            self._bar.update(0, completed=update, numbers=shown)
            return
        now = perf_counter()
        line = f"{self.name}  {update:{len(str(self.total))}}/{self.total}  {shown}  {now - self._started:.1f} s"
        if not self.live:
            if update * _LINES // self.total > self._printed:
                print(line, flush=True)
                self._printed = update * _LINES // self.total
        elif update == self.total or now - self._shown > _PAUSE:
            print("\r" + line.ljust(len(self.line)), end="", flush=True)
            self._shown, self.line = now, line


def _bar(name: str, total: int) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    numbers = TextColumn("{task.fields[numbers]}")
    bar = Progress(TextColumn(name), BarColumn(24), MofNCompleteColumn(), numbers, TimeElapsedColumn())
    bar.add_task(name, total=total, numbers="")
    return bar
