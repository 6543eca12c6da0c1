"""What became of the mutants: a JSON file with how many were drawn, run and killed, and each survivor with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "golden" / "mutants.json"


def read(path: Path) -> dict[str, Any]:
    """Return the results in a file: `tried` by the mutant's name."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"tried": {}}


def write(path: Path, results: dict[str, Any]) -> None:
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def figures(results: dict[str, Any]) -> dict[str, Any]:
    """Return how many were drawn, run, killed, survived and equivalent, and the fraction of the others that was killed.

    >>> figures({"drawn": 4, "tried": {"a": {"fate": "killed"}, "b": {"fate": "survived", "why": "equivalent: the same sum"}, "c": {"fate": "survived"}}})
    {'drawn': 4, 'run': 3, 'killed': 1, 'survived': 2, 'equivalent': 1, 'share': 0.5}
    """
    tried = results["tried"].values()
    killed = sum(each["fate"] == "killed" for each in tried)
    equivalent = sum(each["fate"] != "killed" and each.get("why", "").startswith("equivalent") for each in tried)
    real = len(tried) - equivalent
    return {
        "drawn": results.get("drawn", len(tried)), "run": len(tried), "killed": killed, "survived": len(tried) - killed, "equivalent": equivalent,
        "share": round(killed / real, 4) if real else 1.0,
    }  # fmt: skip


def survivors(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in results["tried"].items() if each["fate"] != "killed"}
