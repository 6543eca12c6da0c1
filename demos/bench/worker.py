"""Runs one workload on one engine in a fresh process: `python -m demos.bench.worker ENGINE WORK` prints JSON.

Garbage collection stays on, because its cost is part of an engine's cost.
"""

from __future__ import annotations

import json
import sys
from pkgutil import resolve_name
from statistics import median
from time import perf_counter
from typing import Any

from autograd.errors import ToolError

from .works import WORKS, Work

LONG_ENOUGH = 0.3  # seconds after which a repeatable workload has been measured for long enough


def timed(run: Any, work: Work) -> tuple[float, list[float]]:
    """Return the median time of a workload in seconds, and the first answer. If there are several runs, the first one,
    which may trace and compile, does not count, and the clock that ends the series starts after it.
    """
    first: list[float] = []
    times: list[float] = []
    began = perf_counter()
    while len(times) <= work.repeats or perf_counter() - began < LONG_ENOUGH:
        started = perf_counter()
        for _ in range(work.block):
            answer = run()
        times.append((perf_counter() - started) / work.block / getattr(run, "count", 1))
        began = perf_counter() if len(times) == 1 else began
        first = first or (answer() if callable(answer) else answer)
        if work.repeats == 1:
            return times[0], first
    return median(times[1:]), first


def memory(run: Any) -> float:
    """Return the number of bytes held after the run, as Python's allocator counts them."""
    import gc
    import tracemalloc

    tracemalloc.start()
    kept = run()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    assert kept is not None
    return float(held)


def measure(module: str, work: Work) -> dict[str, Any]:
    """Return what is printed: {"result": a number of seconds or bytes, "answer": ...}, or {"failed": why}."""
    engine = resolve_name(module)
    if not hasattr(engine, work.does):
        return {"failed": "-"}
    try:
        run = getattr(engine, work.does)(*([work.size] if work.size else []))
        if work.name == "memory":
            return {"result": memory(run) / work.count, "answer": []}
        seconds, answer = timed(run, work)
    except (RecursionError, ToolError) as error:
        return {"failed": type(error).__name__}
    return {"result": seconds / work.count, "answer": answer}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], next(work for work in WORKS if work.name == sys.argv[2]))))
