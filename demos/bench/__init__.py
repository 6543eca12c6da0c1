"""How fast is it? One run of the same workloads on every installed engine, as tables of medians and ratios.

Every number comes from fresh processes, with the engines taking turns. A time counts only if the engine's answer
(losses and gradients) equals ours.
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

from ..shared.environment import ROOT, command, program
from ..shared.flags import Parser, count
from ..shared.progress import Progress
from .works import WORKS, Work

__all__ = ["main", "measure", "tables", "tables_of"]

ONCE = 100_000  # chains of this many operations or more are measured in one round only
_TOLERANCE = 1e-9  # relative to max(1, |number|): engines may add up in a different order


class Engine(NamedTuple):
    """One line of a table: the module or object that runs the workloads, and the package that it needs.

    loads: what is imported, if the import is measured. mode: whether it is one of our compiled modes. program: whose
    program it runs on our Value, with only the import changed.
    """

    name: str
    module: str
    package: str
    loads: str = ""
    mode: bool = False
    program: str = ""


ENGINES = (
    Engine("scalar-autograd", f"{__name__}.ours", "autograd", "autograd"),
    Engine("  micrograd's program", f"{__name__}.with_micrograd:on_ours", "micrograd", program="micrograd"),
    Engine("  microgpt's program", f"{__name__}.with_microgpt_style:on_ours", "autograd", program="microgpt's style"),
    Engine("  Python, step", f"{__name__}.compiled:replay_python", "autograd", mode=True),
    Engine("  Python, train", f"{__name__}.compiled:train_python", "autograd", mode=True),
    Engine("  C, step", f"{__name__}.compiled:replay_c", "autograd", mode=True),
    Engine("  C, prepared", f"{__name__}.compiled:prepared_c", "autograd", mode=True),
    Engine("  C, train", f"{__name__}.compiled:train_c", "autograd", mode=True),
    Engine("hand-written C", f"{__name__}.with_c", "autograd"),
    Engine("micrograd", f"{__name__}.with_micrograd:own", "micrograd", "micrograd.engine"),
    Engine("microgpt's style", f"{__name__}.with_microgpt_style:own", "autograd"),
    Engine("torch", f"{__name__}.with_torch", "torch", "torch"),
    Engine("jax", f"{__name__}.with_jax", "jax", "jax"),
)
_MODES = """step: step() or step.update() of a compiled step, after which every Value is up to date; prepared: the same, with
a batch that was prepared once; train: inside step.train(). All are traced and compiled before the clock starts.
hand-written C: for this model and these shapes only, built with the flags of the C backend; it shows the lowest time possible."""


class Cell(NamedTuple):
    """What one engine did with one workload: the results of the rounds in seconds or bytes, or why there are none."""

    results: list[float]
    failed: str = ""


def main(arguments: Sequence[str] = ()) -> int:
    """Measure and print, and return the exit status."""
    parser = Parser(prog=program("bench"), allow_abbrev=False, description=__doc__)
    parser.add_argument(
        "--rounds", type=count, default=3, metavar="N", help="fresh processes per engine and workload (default: 3)"
    )
    parser.add_argument("--only", nargs="+", choices=[work.name for work in WORKS], metavar="WORK", help="only these workloads:  " + ", ".join(work.name for work in WORKS))  # fmt: skip
    parser.add_argument("--quick", action="store_true", help=f"one round, and no chain of {ONCE:,} operations or more")
    parser.add_argument("--save", metavar="FILE", help="also write the measurements as JSON")
    options = parser.parse_args(list(arguments))
    rounds = 1 if options.quick else options.rounds
    engines = [engine for engine in ENGINES if find_spec(engine.package)]
    works = [work for work in WORKS if not options.only or work.name in options.only]
    works = [work for work in works if not options.quick or work.size < ONCE]
    cells: dict[tuple[str, str], Cell] = {}
    stopped = False
    try:
        measure(cells, engines, works, rounds)
    except KeyboardInterrupt:
        print("\nbench: stopped; measured so far:", file=sys.stderr)
        stopped = True
        works = [work for work in works if all((engine.name, work.name) in cells for engine in engines)]
    notes = _notes(engines, rounds)
    print("\n" + tables(engines, works, cells, notes))
    missing = [engine for engine in ENGINES if engine not in engines]
    for engine in missing:
        print(f"not installed, so not measured: {engine.name} ({command('-m', 'pip', 'install', engine.package)})")
    if options.save:
        from autograd.drawing.output import write_whole

        write_whole(options.save, _saved(cells, notes))
        print(f"written: {Path(options.save).resolve()}")
    return 130 if stopped else int(any(cell.failed.startswith("refused") for cell in cells.values()))


# --- Measuring ---------------------------------------------------------------------------------------------


def measure(
    cells: dict[tuple[str, str], Cell],
    engines: Sequence[Engine],
    works: Sequence[Work],
    rounds: int,
    quiet: bool = False,
) -> None:
    """Fill in a Cell for every engine and workload, by their names; the engines take turns, round by round."""
    turns = {work: 1 if work.size >= ONCE else rounds for work in works}
    with Progress("bench", sum(turns.values()) * len(engines), quiet) as progress:
        done = 0
        for work in works:
            answers: dict[str, list[float]] = {}
            for _ in range(turns[work]):
                for engine in engines:
                    done += 1
                    cell = cells.get((engine.name, work.name), Cell([]))
                    if not cell.failed:
                        cells[engine.name, work.name] = _one_more(engine, work, cell, answers)
                    progress(done)


def _one_more(engine: Engine, work: Work, cell: Cell, answers: dict[str, list[float]]) -> Cell:
    if work.name == "loading":
        return Cell([*cell.results, _loading(engine)]) if engine.loads else Cell([], "-")
    line = [sys.executable, "-m", f"{__name__}.worker", engine.module, work.name]
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
    """Return whether two answers agree, number by number."""
    return len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE) for a, b in zip(ours, theirs)
    )


def _loading(engine: Engine) -> float:
    """Return how many seconds an import adds to Python's own startup time: medians of interleaved runs."""
    times: dict[str, list[float]] = {"pass": [], f"import {engine.loads}": []}
    cached = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for lap in range(8):
        for code, taken in times.items():
            started = perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=cached)
            if lap:  # the first run writes the bytecode, as installing does
                taken.append(perf_counter() - started)
    bare, loaded = (median(taken) for taken in times.values())
    return loaded - bare


# --- Printing ----------------------------------------------------------------------------------------------


def tables(
    engines: Sequence[Engine],
    works: Sequence[Work],
    cells: dict[tuple[str, str], Cell],
    notes: Sequence[str],
    markdown: bool = False,
) -> str:
    """Return tables: what workloads take on every engine, how that grows, and how our speed compares; then `notes`."""
    blocks: list[str] = []
    models, chains = [work for work in works if not work.size], [work for work in works if work.size]
    for title, some in (
        ("What it takes", models),
        ("Time per operation, in chains of 10 to 1,000,000 operations", chains),
    ):
        if some:
            able = [engine for engine in engines if any(cells[engine.name, work.name].failed != "-" for work in some)]
            rows = [["", *(work.head for work in some)]]
            rows += [[engine.name, *(_shown(cells[engine.name, work.name], work) for work in some)] for engine in able]
            legend = [f"{work.head}: {work.what}." for work in some if work.what]
            legend += [
                f"{engine.name.strip()}, {work.head}: {failed}."
                for engine in able
                for work in some
                if " " in (failed := cells[engine.name, work.name].failed)
            ]
            blocks.append(_block(title, rows, legend, markdown))
    updates = [work for work in models if work.repeats > 1]
    peers = [engine for engine in engines if engine is not engines[0] and not engine.mode and not engine.program]
    if updates and peers:
        rows = [["", *(peer.name for peer in peers)]]
        for work in updates:
            rows += _ratios(engines, work, cells, peers)
        blocks.append(_block("How many times as fast as each engine", rows, [], markdown))
    return "\n\n".join([*blocks, "\n".join(notes)])


def _ratios(
    engines: Sequence[Engine], work: Work, cells: dict[tuple[str, str], Cell], peers: Sequence[Engine]
) -> list[list[str]]:
    """Yield, for one workload, another engine's program on our Value, then the program written with nn, eager and
    compiled."""

    def row(name: str, ours: Sequence[Sequence[float]]) -> list[list[str]]:
        found = [_faster(cells[peer.name, work.name].results, mine) for peer, mine in zip(peers, ours)]
        return [[f"{work.head}, {name}", *found]] if any(ours) else []

    results = {engine.program: cells[engine.name, work.name].results for engine in engines if engine.program}
    rows = row("their program, import changed", [results.get(peer.name, []) for peer in peers])
    for engine in engines:
        if engine is engines[0] or engine.mode:
            name = engine.name.strip() if engine.mode else "rewritten on nn"
            rows += row(name, [cells[engine.name, work.name].results] * len(peers))
    return rows


def _block(title: str, rows: Sequence[Sequence[str]], legend: Sequence[str], markdown: bool) -> str:
    """Return a table with its title."""
    if markdown:
        head, *body = (f"| {' | '.join(row)} |" for row in rows)
        lines = [f"**{title}**", "", head, "|---" + "|---:" * (len(rows[0]) - 1) + "|", *body]
        return "\n".join([*lines, *([""] if legend else []), *(f"- {line}" for line in legend)])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    return "\n".join([title, *lines, *legend])


def _shown(cell: Cell, work: Work) -> str:
    """Return the median: bytes of memory, or a time in a suitable unit."""
    if not cell.results:
        return cell.failed.partition(":")[0]
    number = median(cell.results)
    if work.does == "memory":
        return f"{number:.0f} B"
    if work.does == "loading" and number < 1e-3:  # start-up time varies by more
        return "< 1 ms"
    scale, unit = next(
        ((s, u) for s, u in ((1e9, "ns"), (1e6, "us"), (1e3, "ms")) if abs(number) * s < 999.5), (1.0, "s")
    )
    return f"{number * scale:.3g} {unit}"


def _faster(theirs: Sequence[float], ours: Sequence[float]) -> str:
    """Return how many times as fast our engine is: the median over the rounds."""
    if not theirs or not ours:
        return "-"
    ratio = median(slow / fast for slow, fast in zip(theirs, ours))
    return f"{ratio:,.0f}x" if ratio >= 9.95 else f"{ratio:.1f}x" if ratio >= 0.95 else f"{ratio:.2g}x"


def _notes(engines: Sequence[Engine], rounds: int) -> list[str]:
    """Return the machine on which it was measured, and how."""
    each = "one round" if rounds == 1 else f"medians of {rounds} rounds"
    how = f"{each.capitalize()}, each in a fresh process, with engines taking turns and garbage collection on as usual."
    modes = [_MODES] if any(engine.mode for engine in engines) else []
    return [f"{machine()}; one thread. {how}", *modes, *_versions(engines)]


def _saved(cells: dict[tuple[str, str], Cell], notes: Sequence[str]) -> str:
    """Return the measurements as JSON: seconds or bytes by engine and workload, or why there are none."""
    measured: dict[str, dict[str, Any]] = {}
    for (engine, work), cell in cells.items():
        measured.setdefault(engine, {})[work] = [float(f"{r:.4g}") for r in cell.results] or cell.failed
    return json.dumps({"notes": list(notes), "measured": measured}, indent=1) + "\n"


def tables_of(saved: str) -> str:
    """Return the tables of a saved run, as Markdown."""
    run = json.loads(saved)
    cells = {
        (engine, work): Cell([], said) if isinstance(said, str) else Cell(said)
        for engine, row in run["measured"].items()
        for work, said in row.items()
    }
    engines = [engine for engine in ENGINES if engine.name in run["measured"]]
    works = [work for work in WORKS if (engines[0].name, work.name) in cells]
    return tables(engines, works, cells, run["notes"], markdown=True)


def _versions(engines: Sequence[Engine]) -> list[str]:
    lines: list[str] = []
    for engine in engines:
        if engine.package != engines[0].package and not engine.program:
            try:
                lines.append(f"{engine.name} {version(engine.package)}")
            except PackageNotFoundError:
                lines.append(engine.name)
    return [", ".join(lines)] if lines else []


def machine() -> str:
    """Return the processor and the width of its vectors, the system, and the Python version, in one line."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        said = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
        said = {key.strip(): text.strip() for key, text in said.items()}
        name = said.get("model name", name)
        flags = said.get("flags", "").split()
        width = next((w for flag, w in (("avx512f", 512), ("avx2", 256), ("sse2", 128)) if flag in flags), 0)
        name += f" ({width}-bit vectors)" if width else ""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, {python}"
