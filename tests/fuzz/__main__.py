"""``python -m tests.fuzz --minutes 5 --seed 1``: runs programs for that long, and prints those that disagree, shrunk.

Exits with 1 if something was found.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from .languages import quick_builds
from .modes import MODES, disagreements
from .programs import program
from .report import append, as_test, summary
from .shrink import shrink

SHARE = 0.25  # the fraction of the time left that may be spent on shortening one finding


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--minutes", type=float, default=1.0, help="how long to run, including the time to shorten findings"
    )
    parser.add_argument("--seed", type=int, default=1, help="which programs")
    parser.add_argument("--start", type=int, default=0, help="the first program's number")
    parser.add_argument("--count", type=int, default=0, help="the maximum number of programs")
    parser.add_argument("--modes", nargs="*", choices=MODES, help="only these")
    parser.add_argument("--findings", type=int, default=5, help="stop after this many")
    parser.add_argument(
        "--cpu", action="store_true", help="minutes of the processor's time, on a machine that others use too"
    )
    parser.add_argument("--quick", action="store_true", help="stop at the first finding, and do not shorten it")
    parser.add_argument("--json", type=Path, help="append to this file what was compared")
    given = parser.parse_args(arguments)
    run = Run(
        given.seed,
        given.minutes,
        given.modes,
        given.findings,
        not given.quick,
        cpu_seconds if given.cpu else time.monotonic,
    )
    with quick_builds():
        run.run(given.start, given.count)
    print(run.said())
    if given.json:
        append(given.json, run.summary())
    return 1 if run.findings else 0


def _kind(error: Exception) -> str:
    """Return the exception that a finding reports, if any: shortening must not turn it into another one."""
    found = re.search(r"\w+Error\b", str(error))
    return found[0] if found else ""


def cpu_seconds() -> float:
    """Return the processor time of this process and of those it has started, including children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Run:
    """A run: the programs of one seed, one after the other. findings: (mode, shrunk text)."""

    def __init__(
        self,
        seed: int,
        minutes: float,
        modes: list[str] | None = None,
        most: int = 5,
        shorten: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed, self.modes, self.most, self.shorten = seed, modes, most, shorten
        self.clock = clock
        self.end, self.cpu = clock() + 60 * minutes, cpu_seconds()
        self.seen: Counter = Counter()
        self.largest: dict[str, float] = {}
        self.findings: list[tuple[str, str]] = []
        self.programs = 0

    def run(self, start: int = 0, count: int = 0) -> None:
        number = start
        while self.clock() < self.end and len(self.findings) < self.most and (not count or self.programs < count):
            text = program(self.seed, number)
            for error in disagreements(text, self.modes, number, self.seen, self.largest):
                self.found(number, error, text)
            self.programs += 1
            number += 1

    def found(self, number: int, error: Exception, text: str) -> None:
        """Shrink a finding, and print it."""
        print(f"DISAGREEMENT in program {number} of seed {self.seed}: {error}", flush=True)
        mode, kind = error.mode, _kind(error)

        def shows(shorter: str) -> bool:
            try:
                return any(
                    other.mode == mode and _kind(other) == kind for other in disagreements(shorter, [mode], number)
                )
            except Exception:  # it is no longer a program
                return False

        until = self.clock() + max(0.0, SHARE * (self.end - self.clock()))
        shortest = shrink(text, shows, until, self.clock) if self.shorten else text
        self.findings.append((mode, shortest))
        print(as_test(self.seed, number, mode, str(error), shortest), flush=True)

    def summary(self) -> dict:
        return summary(self.seed, self.programs, cpu_seconds() - self.cpu, self.seen, self.largest, len(self.findings))

    def said(self) -> str:
        made = self.summary()
        worst = max(made["largest"].items(), key=lambda item: item[1], default=("", 0.0))
        return (
            f"{made['programs']} programs of seed {self.seed}, {sum(made['compared'].values())} comparisons, "
            f"{made['findings']} findings; the largest difference is {worst[1]:.2f} of its bound, in {worst[0]}"
        )


if __name__ == "__main__":
    sys.exit(main())
