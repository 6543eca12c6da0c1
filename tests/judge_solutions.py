"""How well `check` judges: the rates over all solutions in tests/solutions, right and wrong ones of every exercise.

    python -m tests.judge_solutions             the rates, and what has changed since a person judged it
    python -m tests.judge_solutions --set second    those of another set, judged by the slips marked in it
    python -m tests.judge_solutions --write     count all sets, for the table in demos/README.md
    python -m tests.judge_solutions --show      every wrong solution, with its slip and its verdict
    python -m tests.judge_solutions --refresh   accept changed verdicts, as unjudged
    python -m tests.judge_solutions --judge named chain.wrong_3 order.wrong_1
                                                note a person's judgement of these verdicts

A person reads each verdict on a wrong solution, and says what it is: *named* (it names the operation that slipped, or
says why the number is what it is), *numbers only*, or *misleading*. These are the verdicts where the source of a solution is
not known, so that no change is searched for in it. tests/solutions/judged.json holds the judgements,
with the verdicts as they were read.

The sets in the folders `second`, `held_out`, `third` and `fourth` were written from the statements of the exercises, before their writers
had seen the checker. In these, each slip is marked where it is made: `# slip: sign, subtract` says that a verdict names it if it has that
line's number or one of these words (or their beginnings). *named* verdicts name every slip that is marked, *partly* one
of two, *astray* point at other lines only: a person reads those.

At first, before anything was corrected, the set `third` (80 wrong and 48 right solutions of 16 exercises) had no false
alarm, no false pass except two cases that the statements had left open, nothing misleading, and 72 verdicts (90 %) that
name every slip. Now its rates, like those of the other sets, are what this script prints; a test holds the promised
ones.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from demos.exercises import EXERCISES, verdict_on

__all__ = ["JUDGEMENTS", "counted", "exercises_in", "judged", "rates", "solutions", "table_of_rates", "verdicts"]

FOLDER = Path(__file__).parent / "solutions"
RATES = FOLDER / "rates.json"
SETS = ("first", "second", "held_out", "third", "fourth")
MARKED = ("named", "partly", "numbers only", "astray")
JUDGED = FOLDER / "judged.json"
JUDGEMENTS = ("named", "numbers only", "misleading")
UNJUDGED = "unjudged"


def solutions(exercise: str, which: str = "first") -> Iterator[tuple[str, Any]]:
    """Return right_1, ... and wrong_1, ... of an exercise, from a module that is new each time."""
    path = _folder(which) / f"{exercise}.py"
    spec = importlib.util.spec_from_file_location(f"{which}_solutions_of_{exercise}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    named = [name for name in vars(module) if name.startswith(("right_", "wrong_"))]
    yield from ((name, getattr(module, name)) for name in sorted(named, key=lambda n: (n[:5], int(n[6:]))))


def exercises_in(which: str) -> list[str]:
    """Return the exercises that a set has solutions of."""
    return [name for name in EXERCISES if (_folder(which) / f"{name}.py").exists()]


def _folder(which: str) -> Path:
    return FOLDER if which == "first" else FOLDER / which


def verdicts(exercise: str, search: bool = False) -> Iterator[tuple[str, str, bool, str]]:
    """(name, its slip, whether it passes, the verdict) of each solution."""
    for name, solution in solutions(exercise):
        passes, verdict = verdict_on(exercise, solution, search)
        yield name, (solution.__doc__ or "").strip(), passes, _stable(verdict)


def marked(exercise: str, which: str) -> Iterator[tuple[str, bool, str, str]]:
    """(name, whether it passes, the verdict, how it meets the marks) of each solution of a set with marks."""
    for name, solution in solutions(exercise, which):
        passes, verdict = verdict_on(exercise, solution)
        yield name, passes, verdict, _met(verdict, solution)


def _met(verdict: str, solution: Any) -> str:
    """Return how many of the slips that are marked in a solution's source a verdict names."""
    lines, first = inspect.getsourcelines(solution)
    slips = [(first + k, words) for k, line in enumerate(lines) for words in _slips_in(line)]
    pointed = {
        int(number) for group in re.findall(r"Lines? ([\d, and]+)", verdict) for number in re.findall(r"\d+", group)
    }
    numbers = re.search(r"want .*?, got .*?\. ", verdict)
    reason = re.sub(r"(Lines? [\d, and]+), `.*?`:", "", verdict[numbers.end() if numbers else 0 :])
    # one slip may be marked in several lines, where the words are the same
    named = {words: [] for _, words in slips}
    for line, words in slips:
        named[words].append(line in pointed or any(_said(word, reason) for word in words.split(", ")))
    count = sum(any(one) for one in named.values())
    if count == len(named):
        return "named"
    if count:
        return "partly"
    return "astray" if pointed else "numbers only"


def _slips_in(line: str) -> list[str]:
    return [words.strip() for words in line.partition("# slip:")[2].split(" ; ") if words.strip()]


def _said(word: str, text: str) -> bool:
    end = r"(?!\w)" if len(word) < 3 else ""
    return bool(re.search(rf"(?<![\w.]){re.escape(word)}{end}", text, re.IGNORECASE))


def _stable(verdict: str) -> str:
    """Return a verdict without what depends on where a solution is written, and on how a Python adds up floats."""
    return re.sub(r"\bline \d+", "line N", re.sub(r"-?\d(\.\d+)?e-1\d\b", "0", verdict))


def judged() -> dict[str, dict[str, list[str]]]:
    """[judgement, verdict] by exercise and name."""
    return json.loads(JUDGED.read_text(encoding="utf-8")) if JUDGED.exists() else {}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="The rates at which check() judges the solutions in tests/solutions.")
    parser.add_argument("--show", action="store_true", help="print each wrong solution's slip and verdict")
    parser.add_argument("--refresh", action="store_true", help="accept changed verdicts, as unjudged")
    parser.add_argument("--write", action="store_true", help="count all sets again, for the table in demos/README.md")
    parser.add_argument("--set", choices=SETS, default="first", help="which solutions")
    parser.add_argument("--judge", nargs=argparse.ONE_OR_MORE, metavar="WORD", help="JUDGEMENT exercise.name ...")
    parser.add_argument("exercises", nargs="*", help="only these")
    options = parser.parse_args(argv)
    if options.write:
        found = {which: {exercise: counted(which, exercise) for exercise in exercises_in(which)} for which in SETS}
        RATES.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    elif options.judge:
        _judge(*options.judge)
    elif options.set != "first":
        _report_marked(options.set, options.exercises or exercises_in(options.set), options.show)
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


def rates() -> dict[str, dict[str, dict[str, int]]]:
    """Return what `--write` has counted: in each set, for each exercise, its solutions and the verdicts on them by
    kind."""
    return json.loads(RATES.read_text(encoding="utf-8"))


def counted(which: str, exercise: str) -> dict[str, int]:
    """Return the solutions of an exercise in a set, and the verdicts on them by kind."""
    if which != "first":
        return dict(sorted(_report_marked_one(exercise, which, show=False, quiet=True).items()))
    counts = Counter(judgement for judgement, _ in judged()[exercise].values())
    counts.update(name[:5] for name, _ in solutions(exercise))
    return dict(sorted(counts.items()))


def table_of_rates() -> str:
    """Return the rates of each set, as demos/README.md shows them."""
    lines = ["| Set | Right | False alarms | Wrong | False passes | Names all | Names one of two | Numbers only | Points elsewhere |",
             "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for number, each in enumerate(rates().values(), 1):
        counts = sum(map(Counter, each.values()), Counter[str]())
        named = f"{counts['named']} ({100 * counts['named'] / counts['wrong']:.0f} %)"
        astray = counts["misleading"] + counts["astray"]
        cells = [number, counts["right"], counts["false alarm"], counts["wrong"], counts["false pass"], named,
                 counts["partly"], counts["numbers only"], astray]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def _report_marked(which: str, exercises: Sequence[str], show: bool) -> None:
    total = Counter[str]()
    for exercise in exercises:
        counts = _report_marked_one(exercise, which, show)
        print(f"{exercise:18}", _line(counts, MARKED), flush=True)
        total += counts
    print(f"{'all':18}", _line(total, MARKED))


def _report_marked_one(exercise: str, which: str, show: bool, quiet: bool = False) -> Counter[str]:
    counts = Counter[str]()
    for name, passes, verdict, met in marked(exercise, which):
        kind = name[:5]
        counts[kind] += 1
        if passes != (kind == "right"):
            counts["false pass" if passes else "false alarm"] += 1
            if not quiet:
                print(f"  {'FALSE PASS' if passes else 'FALSE ALARM'} {exercise}.{name}: {verdict}")
        elif kind == "wrong":
            counts[met] += 1
        if kind == "wrong" and not quiet and (show or met != "named"):
            print(f"  {exercise}.{name} [{met}]\n      {verdict}")
    return counts


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


def _line(counts: Counter[str], kinds: Sequence[str] = JUDGEMENTS) -> str:
    wrong = counts["wrong"] or 1
    rates = [f"{kind} {counts[kind]} ({100 * counts[kind] / wrong:.0f} %)" for kind in kinds]
    parts = [f"{counts['right']} right, false alarms {counts['false alarm']}", *rates]
    parts.insert(1, f"{counts['wrong']} wrong, false passes {counts['false pass']}")
    return "; ".join(parts) + (f"; unjudged {counts[UNJUDGED]}" if counts[UNJUDGED] else "")


def _write(table: dict[str, dict[str, list[str]]]) -> None:
    JUDGED.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
