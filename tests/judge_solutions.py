"""How well `check` judges: the rates over all solutions in tests/solutions, right and wrong ones of every exercise.

    python -m tests.judge_solutions             the rates, and what has changed since a person judged it
    python -m tests.judge_solutions --show      every wrong solution, with its slip and its verdict
    python -m tests.judge_solutions --refresh   take over changed verdicts, as unjudged
    python -m tests.judge_solutions --judge named chain.wrong_3 order.wrong_1
                                                note a person's judgement of these verdicts

A person reads each verdict on a wrong solution, and says what it is: *named* (it names the operation that slipped, or
says why the number is what it is), *numbers only*, or *misleading*. tests/solutions/judged.json holds the judgements,
with the verdicts as they were read.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from demos.exercises import EXERCISES, verdict_on

__all__ = ["JUDGEMENTS", "judged", "solutions", "verdicts"]

FOLDER = Path(__file__).parent / "solutions"
JUDGED = FOLDER / "judged.json"
JUDGEMENTS = ("named", "numbers only", "misleading")
UNJUDGED = "unjudged"


def solutions(exercise: str) -> Iterator[tuple[str, Any]]:
    """right_1, ... and wrong_1, ... of an exercise, from a module that is new each time."""
    spec = importlib.util.spec_from_file_location(f"solutions_of_{exercise}", FOLDER / f"{exercise}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    named = [name for name in vars(module) if name.startswith(("right_", "wrong_"))]
    yield from ((name, getattr(module, name)) for name in sorted(named, key=lambda n: (n[:5], int(n[6:]))))


def verdicts(exercise: str) -> Iterator[tuple[str, str, bool, str]]:
    """(name, its slip, whether it passes, the verdict) of each solution."""
    for name, solution in solutions(exercise):
        passes, verdict = verdict_on(exercise, solution)
        yield name, (solution.__doc__ or "").strip(), passes, _stable(verdict)


def _stable(verdict: str) -> str:
    """Without what depends on where a solution is written, and on how a Python adds floats up."""
    return re.sub(r"\bline \d+", "line N", re.sub(r"-?\d(\.\d+)?e-1\d\b", "0", verdict))


def judged() -> dict[str, dict[str, list[str]]]:
    """[judgement, verdict] by exercise and name."""
    return json.loads(JUDGED.read_text(encoding="utf-8")) if JUDGED.exists() else {}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="The rates at which check() judges the solutions in tests/solutions.")
    parser.add_argument("--show", action="store_true", help="print each wrong solution's slip and verdict")
    parser.add_argument("--refresh", action="store_true", help="take over changed verdicts, as unjudged")
    parser.add_argument("--judge", nargs=argparse.ONE_OR_MORE, metavar="WORD", help="JUDGEMENT exercise.name ...")
    parser.add_argument("exercises", nargs="*", help="only these")
    options = parser.parse_args(argv)
    if options.judge:
        _judge(*options.judge)
    else:
        _report(options.exercises or list(EXERCISES), options.show, options.refresh)


def _judge(judgement: str, *names: str) -> None:
    if judgement not in JUDGEMENTS:
        sys.exit(f"a judgement is one of {', '.join(JUDGEMENTS)}, not {judgement!r}")
    table = judged()
    for name in names:
        exercise, solution = name.split(".")
        table[exercise][solution][0] = judgement
    _write(table)


def _report(exercises: Sequence[str], show: bool, refresh: bool) -> None:
    table, total = judged(), Counter[str]()
    for exercise in exercises:
        counts = _count(exercise, table.setdefault(exercise, {}), show)
        print(f"{exercise:18}", _line(counts))
        total += counts
    print(f"{'all':18}", _line(total))
    if refresh:
        _write(table)


def _count(exercise: str, known: dict[str, list[str]], show: bool) -> Counter[str]:
    """Judge an exercise's solutions. `known` is brought up to date."""
    counts: Counter[str] = Counter()
    for name, slip, passes, verdict in verdicts(exercise):
        kind = name[:5]
        counts[kind] += 1
        if passes != (kind == "right"):
            counts["false pass" if passes else "false alarm"] += 1
            print(f"  {'FALSE PASS' if passes else 'FALSE ALARM'} {exercise}.{name}: {slip} {verdict}")
        if kind == "wrong":
            if known.get(name, ["", ""])[1] != verdict:
                known[name] = [UNJUDGED, verdict]
            counts[known[name][0]] += 1
            if show or known[name][0] == UNJUDGED:
                print(f"  {exercise}.{name} [{known[name][0]}] {slip}\n      {verdict}")
    return counts


def _line(counts: Counter[str]) -> str:
    wrong = counts["wrong"] or 1
    rates = [f"{kind} {counts[kind]} ({100 * counts[kind] / wrong:.0f} %)" for kind in JUDGEMENTS]
    parts = [f"{counts['right']} right, false alarms {counts['false alarm']}", *rates]
    parts.insert(1, f"{counts['wrong']} wrong, false passes {counts['false pass']}")
    return "; ".join(parts) + (f"; unjudged {counts[UNJUDGED]}" if counts[UNJUDGED] else "")


def _write(table: dict[str, dict[str, list[str]]]) -> None:
    JUDGED.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
