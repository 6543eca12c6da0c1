"""What is written down: a finding as a test that can be pasted, and what a run has compared."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

RESULTS = Path(__file__).parent.parent / "golden" / "fuzz.json"

TEST = '''\
def test_found_with_seed_{seed}_program_{number}():  # {what}
    assert disagreements("""
{text}""", ["{mode}"], seed={number}) == []  # from tests.fuzz.modes import disagreements
'''


def as_test(seed: int, number: int, mode: str, what: str, text: str) -> str:
    """Return a finding as a test of a few lines.

    >>> print(as_test(1, 7, "eager", "the loss is 2.0, want 3.0", "x = Value(1.0)\\ndef loss():\\n    return x + 1\\n"))
    def test_found_with_seed_1_program_7():  # the loss is 2.0, want 3.0
        assert disagreements(\"\"\"
    x = Value(1.0)
    def loss():
        return x + 1
    \"\"\", ["eager"], seed=7) == []  # from tests.fuzz.modes import disagreements
    <BLANKLINE>
    """
    return TEST.format(
        seed=seed, number=number, mode=mode, what=" ".join(what.split())[:160], text=text.strip("\n") + "\n"
    )


def summary(seed: int, programs: int, seconds: float, seen: Counter, largest: dict, findings: int) -> dict:
    """Return a run as it is stored: seed, programs, comparisons in each mode, what was left out, the largest difference
    in units of its bound."""
    compared = {
        name: count for name, count in sorted(seen.items()) if "left out" not in name and " ran on " not in name
    }
    left_out = {name: count for name, count in sorted(seen.items()) if "left out" in name}
    worst = {mode: round(units, 4) for mode, units in sorted(largest.items())}
    return {
        "seed": seed, "programs": programs, "cpu_seconds": round(seconds), "findings": findings, "compared": compared, "left_out": left_out,
        "largest": worst,
    }  # fmt: skip


def append(path: Path, run: dict) -> None:
    """Add a run to those in a file."""
    runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    path.write_text(json.dumps([*runs, run], indent=1) + "\n", encoding="utf-8")


def totals(path: Path = RESULTS) -> dict:
    """Return all runs of a file as one: programs, CPU hours, comparisons, the largest difference with its mode."""
    runs = json.loads(path.read_text(encoding="utf-8"))
    worst = max((units, mode) for run in runs for mode, units in run["largest"].items())
    return {
        "programs": sum(run["programs"] for run in runs), "hours": sum(run["cpu_seconds"] for run in runs) / 3600,
        "comparisons": sum(sum(run["compared"].values()) for run in runs), "largest": worst[0], "mode": worst[1],
        "findings": sum(run["findings"] for run in runs),
    }  # fmt: skip
