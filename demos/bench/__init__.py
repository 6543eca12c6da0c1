"""How fast is it? The same works on every engine installed, in one run, as a table of medians and ratios.

Every number comes from fresh processes, the engines taking turns; before a time is believed, the engine's
answer (losses and gradients) must equal ours.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from ..cli import Parser, count
from ..environment import ROOT, command
from ..progress import Progress
from .works import WORKS, Work

__all__ = ["main", "measure", "table"]

_SCALE = {"us": 1e6, "ms": 1e3, "ns": 1e9, "B": 1.0}
_TOLERANCE = 1e-9  # of max(1, |number|): engines may add up in another order


class Engine(NamedTuple):
    """One column: the module that does the works, and the package that must be there for it."""

    name: str
    module: str
    package: str
    loads: str


ENGINES = (
    Engine("scalar-autograd", "demos.bench.ours", "autograd", "autograd"),
    Engine("micrograd", "demos.bench.with_micrograd", "micrograd", "micrograd.engine"),
    Engine("torch", "demos.bench.with_torch", "torch", "torch"),
)


class Cell(NamedTuple):
    """What one engine did in one work: results of the rounds in seconds or bytes, or why there are none."""

    results: list[float]
    failed: str = ""


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print; the exit status."""
    parser = Parser(prog=command("-m", "demos", "bench"), allow_abbrev=False, description=__doc__)
    parser.add_argument(
        "--rounds", type=count, default=5, metavar="N", help="fresh processes per engine and work (default: 5)"
    )
    parser.add_argument("--only", nargs="+", choices=[work.name for work in WORKS], metavar="WORK", help="some works only: " + ", ".join(work.name for work in WORKS))  # fmt: skip
    parser.add_argument("--markdown", metavar="FILE", help="write the table as Markdown too")
    options = parser.parse_args(list(arguments))
    engines = [engine for engine in ENGINES if find_spec(engine.package)]
    works = [work for work in WORKS if not options.only or work.name in options.only]
    cells: dict[tuple[str, str], Cell] = {}
    stopped = False
    try:
        measure(cells, engines, works, options.rounds)
    except KeyboardInterrupt:
        print("\nbench: stopped; what was measured until then:", file=sys.stderr)
        stopped = True
        works = [work for work in works if all((engine.name, work.name) in cells for engine in engines)]
    print("\n" + table(engines, works, cells, options.rounds))
    for engine in ENGINES:
        if engine not in engines:
            print(f"not installed, so not measured: {engine.name} ({command('-m', 'pip', 'install', engine.name)})")
    if options.markdown:
        from autograd.rendering import write_whole

        write_whole(options.markdown, table(engines, works, cells, options.rounds, markdown=True) + "\n")
        print(f"written: {Path(options.markdown).resolve()}")
    return 130 if stopped else int(any(cell.failed.startswith("refused") for cell in cells.values()))


# --- Measuring ---------------------------------------------------------------------------------------------


def measure(
    cells: dict[tuple[str, str], Cell],
    engines: Sequence[Engine],
    works: Sequence[Work],
    rounds: int,
    quiet: bool = False,
) -> None:
    """Fill in a Cell for every engine and work, by their names; the engines take turns, round by round."""
    with Progress("bench", rounds * len(works) * len(engines), quiet) as progress:
        done = 0
        for work in works:
            answers: dict[str, list[float]] = {}
            for _ in range(rounds):
                for engine in engines:
                    done += 1
                    cell = cells.setdefault((engine.name, work.name), Cell([]))
                    if not cell.failed:
                        cells[engine.name, work.name] = _one_more(engine, work, cell, answers)
                    progress(done)


def _one_more(engine: Engine, work: Work, cell: Cell, answers: dict[str, list[float]]) -> Cell:
    if work.name == "loading":
        return Cell([*cell.results, _loading(engine)])
    line = [sys.executable, "-m", "demos.bench.worker", engine.module, work.name]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        return Cell([], done.stderr.strip().splitlines()[-1])
    said: dict[str, Any] = json.loads(done.stdout)
    if "failed" in said:
        return Cell([], said["failed"])
    answers.setdefault(engine.name, said["answer"])
    ours = next(iter(answers.values()))
    if not same(ours, said["answer"]):
        return Cell([], f"refused: its answer is {said['answer'][:3]}..., ours {ours[:3]}...")
    return Cell([*cell.results, said["result"]])


def same(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether two answers agree, number by number."""
    return len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE) for a, b in zip(ours, theirs)
    )


def _loading(engine: Engine) -> float:
    """Seconds that an import takes beyond what Python itself takes to start: medians of runs in turns."""
    times: dict[str, list[float]] = {"pass": [], f"import {engine.loads}": []}
    cached = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for lap in range(8):
        for code, taken in times.items():
            started = perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=cached)
            if lap:  # the first one writes the bytecode, as installing does
                taken.append(perf_counter() - started)
    bare, loaded = (median(taken) for taken in times.values())
    return loaded - bare


# --- Printing ----------------------------------------------------------------------------------------------


def table(
    engines: Sequence[Engine],
    works: Sequence[Work],
    cells: dict[tuple[str, str], Cell],
    rounds: int,
    markdown: bool = False,
) -> str:
    """The medians, with how many times as much as ours in brackets."""
    rows = [["", *(engine.name for engine in engines)]]
    for work in works:
        ours = cells[engines[0].name, work.name].results
        rows.append([work.what, *(_shown(cells[engine.name, work.name], work, ours) for engine in engines)])
    note = f"{machine()}. {rounds} rounds, a fresh process each, engines in turns; medians, and how many times ours."
    if markdown:
        head, *body = (f"| {' | '.join(row)} |" for row in rows)
        return "\n".join([head, "|---" * len(rows[0]) + "|", *body, "", note])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return "\n".join([*lines, "", note, *_versions(engines)])


def _shown(cell: Cell, work: Work, ours: Sequence[float]) -> str:
    if not cell.results:
        return cell.failed
    number = median(cell.results) * _SCALE[work.unit]
    shown = f"{number:.3g}" if number < 1000 else f"{number:,.0f}"
    if cell.results is ours or not ours:
        return f"{shown} {work.unit}"
    ratio = median(theirs / mine for theirs, mine in zip(cell.results, ours))
    return f"{shown} {work.unit} ({ratio:.2g}x)" if ratio < 100 else f"{shown} {work.unit} ({ratio:.0f}x)"


def _versions(engines: Sequence[Engine]) -> list[str]:
    lines: list[str] = []
    for engine in engines[1:]:
        try:
            lines.append(f"{engine.name} {version(engine.package)}")
        except PackageNotFoundError:
            lines.append(engine.name)
    return [", ".join(lines)] if lines else []


def machine() -> str:
    """The processor, the system and the Python, in one line."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        name = models[0].partition(":")[2].strip() if models else name
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, {python}"
