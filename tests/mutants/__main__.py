"""``python -m tests.mutants --count 600 --seed 1``: draws mutants, tries each, and says which survive. It can be stopped, and resumed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from . import coverage, results
from .changes import Change, drawn
from .trial import MOST, Control, Forking, Map


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=600, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=1, help="which")
    parser.add_argument("--workers", type=int, default=1, help="how many processes try them")
    parser.add_argument("--resume", type=Path, help="a file of results: what is in it is not tried again")
    parser.add_argument(
        "--map",
        type=Path,
        default=Path("coverage_map.json"),
        help="which test runs which line; recorded if it is not there",
    )
    parser.add_argument("--most", type=float, default=MOST, help="seconds that the tests of one mutant may take")
    parser.add_argument("--again", action="store_true", help="try survivors again, by all tests that can see them")
    parser.add_argument("--only", default="", help="only mutants whose name contains this")
    parser.add_argument("--list", action="store_true", help="list them, and try none")
    given = parser.parse_args(arguments)
    changes = [change for change in drawn(given.count, given.seed) if given.only in change.name]
    if given.list:
        print("\n".join(f"{change.line:5} {change.name}" for change in changes))
        return 0
    if not given.map.exists():
        coverage.record(given.map)
    path = given.resume or Path("mutants.json")
    kept = results.read(path)
    for other in path.parent.glob(f"{path.stem}.*.json"):  # left by workers that were stopped
        kept["tried"] = {**results.read(other)["tried"], **kept["tried"]}
    kept.update(seed=given.seed, drawn=given.count)
    results.write(path, kept)
    tried = kept["tried"]
    if given.again:
        changes = [change for change in changes if tried.get(change.name, {}).get("fate", "killed") != "killed"]
    else:
        changes = [change for change in changes if change.name not in tried]
    recorded = json.loads(given.map.read_text(encoding="utf-8"))
    if "unfit" not in recorded:
        control = Control(Map(recorded))
        _run(control)
        recorded["unfit"] = control.unfit
        given.map.write_text(json.dumps(recorded), encoding="utf-8")
    seen = Map(recorded)
    most = float("inf") if given.again else given.most
    if given.workers > 1:
        for k in range(1, given.workers):
            if not os.fork():
                return _try(changes[k :: given.workers], seen, path.with_suffix(f".{k}.json"), most)
        _try(changes[:: given.workers], seen, path, most)
        for k in range(1, given.workers):
            os.wait()
            kept = results.read(path)
            kept["tried"].update(results.read(path.with_suffix(f".{k}.json"))["tried"])
            results.write(path, kept)
    else:
        _try(changes, seen, path, most)
    kept = results.read(path)
    for name, each in results.survivors(kept).items():
        print(f"{each['fate']}: {name}  (line {each['line']}) {each.get('why', '')}")
    print(results.figures(kept))
    return 0


def _try(changes: list[Change], seen: Map, path: Path, most: float) -> int:
    def tell(change: Change, fate: str, by: str, seconds: float) -> None:
        kept = results.read(path)
        before = kept["tried"].get(change.name, {})
        kept["tried"][change.name] = {"fate": fate, "line": change.line, "by": by, "seconds": round(seconds, 1)}
        if fate != "killed" and "why" in before:
            kept["tried"][change.name]["why"] = before["why"]
        results.write(path, kept)
        sys.__stderr__.write(f"{fate:9} {seconds:6.1f} s  {change.name}  [{by}]\n")

    _run(Forking(changes, seen, tell, most))
    return 0


def _run(plugin: object) -> None:
    """Collect all tests, and leave to the plugin what is done with them."""
    import pytest

    coverage.all_imported()
    pytest.main([*coverage.ARGUMENTS, "--capture=no", *coverage.test_files(), "autograd", "nn"], plugins=[plugin])


if __name__ == "__main__":
    sys.exit(main())
