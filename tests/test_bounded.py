"""What is kept for each combination of operands has a limit: a program may use new lengths for as long as it likes."""

from __future__ import annotations

import inspect
import linecache
import random
import sys

import autograd
import nn
from autograd import Value, kernels, updates
from autograd.modes import shared

OURS = ("autograd", "nn")
LISTS = [autograd.total, autograd.mean, autograd.maximum, autograd.logsumexp]


def kept():
    """Return the length of every container at the top of a module of ours, of what its objects hold, and of every
    lru_cache."""
    found = {"linecache": len(linecache.cache)}
    for name, module in [*sys.modules.items()]:
        if name.partition(".")[0] not in OURS:
            continue
        for key, thing in [*vars(module).items()]:
            held = {"": thing}
            if type(thing).__module__.partition(".")[0] in OURS and not isinstance(thing, type):
                held |= {f".{part}": x for part, x in getattr(thing, "__dict__", {}).items()}
            for part, x in held.items():
                if hasattr(x, "cache_info"):
                    found[f"{name}.{key}{part}"] = x.cache_info().currsize
                elif isinstance(x, (dict, list, set)):
                    found[f"{name}.{key}{part}"] = len(x)
    return found


def mix(rng):
    """Make a call on a list of some length, of Values or of numbers, with or without other operands."""
    n, values = rng.randrange(1, 40_000), rng.random() < 0.7
    n = n if rng.random() < 0.005 else 1 + n % 400
    xs = [Value(1.0)] * n if values else [1.0] * n
    which = rng.randrange(6)
    if which < 4:
        LISTS[which](xs)
    else:
        autograd.dot(xs, [Value(2.0)] * n, *[Value(1.0), 1.0][: which - 4])


def test_ever_new_mixes_of_operands(monkeypatch):
    """Fewer are kept here, so that a few calls are enough to reach the limit; the last line tests the real limit."""
    monkeypatch.setattr(kernels, "KERNELS", 20)
    monkeypatch.setattr(updates, "RULES", 20)
    rng = random.Random(0)
    w = Value(1.0)
    for _ in range(200):
        mix(rng)
    before = kept()
    for k in range(600):
        mix(rng)
        if k % 10 == 0:
            rule = {"lr": 0.1, "data": f"data - {k} * lr * grad"}
            updates.read(rule, rule, [])
            assert len(updates._read) <= 20
    after = kept()
    grown = {name: (before.get(name, 0), n) for name, n in after.items() if n > before.get(name, 0) + 60}
    assert not grown
    assert any(name.endswith("_kernels") for name in after) and len(updates._read) <= 20
    assert all(len(x) <= 20 for name, x in shared.items() if name.endswith("_kernels"))
    assert w.data == 1.0 and nn


def test_the_limit_is_a_few_hundred():
    assert 64 <= kernels.KERNELS <= 1024 and 64 <= updates.RULES <= 1024


def test_a_kernel_that_is_kept_can_be_read_and_one_that_was_forgotten_comes_again(monkeypatch):
    monkeypatch.setattr(kernels, "KERNELS", 2)
    for n in (3, 4, 5, 6, 3):
        assert autograd.total([Value(1.0)] * n).data == n
    held = shared["total_kernels"]
    assert len(held) == 2
    assert all(inspect.getsource(kernel).startswith("def total_") for kernel in held.values())


def test_a_kernel_does_the_work_from_the_second_call_on():
    """What a kernel was not compiled for goes to record(), which is also right, but slow."""
    v, w = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    calls = [lambda f=f: f(v) for f in LISTS]
    calls += [lambda: autograd.dot(v, w), lambda: autograd.dot(v, w, v[0]), lambda: autograd.dot(v, [1.0, 2.0], 3.0)]
    calls += [lambda: autograd.dot([1.0, 2.0], w), lambda: autograd.dot([1.0, 2.0], w, v[0])]
    for call in calls:
        called = set()
        call()
        sys.setprofile(lambda frame, event, _, called=called: called.add(frame.f_code.co_name))
        try:
            call()
        finally:
            sys.setprofile(None)
        assert not called & {"record", "_first_time", "evaluate"}, called


def test_a_rule_is_read_once():
    rules = [{"lr": 0.1, "data": f"data - {k} * lr * grad"} for k in (2, 3)]
    first = [updates.read(rule, rule, [])[0] for rule in rules]
    assert [updates.read(rule, rule, [])[0] for rule in rules] == first and first[0] is not first[1]
