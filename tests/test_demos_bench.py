"""The benchmark measures equal work, and believes no time before it has compared the answers."""

from __future__ import annotations

import math
from importlib import import_module

import pytest

from demos.bench import ENGINES, Cell, Engine, measure, same, table
from demos.bench.works import WORKS

ANSWERED = ("expression", "moons", "short_chain")


def measured(engines, works):
    cells = {}
    measure(cells, engines, works, rounds=1, quiet=True)
    return cells


@pytest.mark.parametrize("engine", ENGINES[1:], ids=lambda engine: engine.name)
@pytest.mark.parametrize("name", ANSWERED)
def test_peers_answer_as_we_do(engine, name):
    pytest.importorskip(engine.package)
    ours, theirs = (getattr(import_module(each.module), name)() for each in (ENGINES[0], engine))
    try:
        answer = theirs()
    except RecursionError:
        assert (engine.name, name) == ("micrograd", "short_chain")
        return
    assert same(ours(), answer)


def test_the_expression_is_the_one_of_the_readme():
    answer = import_module("demos.bench.ours").expression()()
    assert [f"{number:.4f}" for number in answer] == ["24.7041", "138.8338", "645.5773"]


def test_an_engine_with_another_answer_is_refused(tmp_path, monkeypatch):
    (tmp_path / "wrong_engine.py").write_text("def expression():\n    return lambda: [24.7, 138.8, 645.5]\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engines = [ENGINES[0], Engine("wrong", "wrong_engine", "autograd", "autograd")]
    cells = measured(engines, WORKS[:1])
    assert cells["wrong", "expression"].failed.startswith("refused: its answer is [24.7, 138.8, 645.5]")
    assert cells["scalar-autograd", "expression"].results
    assert "refused" in table(engines, WORKS[:1], cells, 1)


def test_an_engine_that_cannot_is_shown_so(tmp_path, monkeypatch):
    (tmp_path / "weak_engine.py").write_text("def expression():\n    raise RecursionError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cells = measured([Engine("weak", "weak_engine", "autograd", "autograd")], WORKS[:2])
    assert [cell.failed for cell in cells.values()] == ["RecursionError", "-"]


def test_same_tells_numbers_apart():
    assert same([1.0, 2e9], [1.0 + 1e-12, 2e9 + 1e-3])
    assert not same([1.0], [1.0 + 1e-6]) and not same([1.0], [1.0, 2.0]) and not same([math.nan], [1.0])


def test_it_measures_in_fresh_processes_and_prints_ratios():
    cells = measured(ENGINES[:1], [WORKS[0], WORKS[-1]])
    assert all(len(cell.results) == 1 and not cell.failed for cell in cells.values())
    twice = Engine("twice", "ours", "autograd", "autograd")
    for (_, work), cell in list(cells.items()):
        cells["twice", work] = Cell([2 * number for number in cell.results])
    plain, marked = (table([ENGINES[0], twice], [WORKS[0], WORKS[-1]], cells, 1, markdown=m) for m in (False, True))
    assert plain.count("(2x)") == marked.count("(2x)") == 2
    assert marked.splitlines()[1] == "|---|---|---|" and "CPython" in marked
