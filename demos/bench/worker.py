"""One engine, one work, one fresh process: `python -m demos.bench.worker MODULE WORK` prints JSON.

Garbage collection is left as Python has it: what it costs is part of what an engine costs.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from .works import WORKS, Work


def timed(run: Any, work: Work) -> tuple[float, list[float]]:
    """The median time of a run in seconds, and the first answer. Of several times the first is not counted."""
    first = None
    times: list[float] = []
    for _ in range(work.repeats + (work.repeats > 1)):
        started = perf_counter()
        for _ in range(work.block):
            answer = run()
        times.append((perf_counter() - started) / work.block)
        first = first or answer
    return median(times[work.repeats > 1 :]), first or []


def memory(run: Any) -> float:
    """Bytes held after the run: what Python's allocator has handed out for it."""
    import gc
    import tracemalloc

    tracemalloc.start()
    kept = run()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    assert kept is not None
    return float(held)


def measure(module: str, work: Work) -> dict[str, Any]:
    """What is printed: {"result": a number in units of one, "answer": ...}, or {"failed": why}."""
    engine = import_module(module)
    if not hasattr(engine, work.name):
        return {"failed": "-"}
    try:
        run = getattr(engine, work.name)()
        if work.name == "memory":
            return {"result": memory(run) / work.count, "answer": []}
        seconds, answer = timed(run, work)
    except RecursionError:
        return {"failed": "RecursionError"}
    return {"result": seconds / work.count, "answer": answer}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], next(work for work in WORKS if work.name == sys.argv[2]))))
