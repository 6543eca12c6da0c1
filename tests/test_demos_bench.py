"""The benchmark measures equal work, and believes no time before it has compared the answers."""

from __future__ import annotations

import math
import re
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pkgutil import resolve_name

import pytest

from autograd.errors import ToolError
from demos import bench
from demos.bench import ENGINES, Cell, Engine, main, measure, same, tables, tables_of, worker
from demos.bench.works import WORKS

ANSWERED = ("expression", "moons", "gpt", "chain_1000")
SMALL = [work for work in WORKS if work.name in ("expression", "chain_10")]
OWN = [work for work in WORKS if work.name in ("memory", "loading")]


def measured(engines, works):
    cells = {}
    measure(cells, engines, works, rounds=1, quiet=True)
    return cells


def answer_of(engine, work):
    """Return what the engine answers, or None if it cannot do this work."""
    does = getattr(resolve_name(engine.module), work.does, None)
    if does is None:
        return None
    answer = does(*([work.size] if work.size else []))()
    return answer() if callable(answer) else answer


@cache
def ours(work):
    return answer_of(ENGINES[0], work)


def cases():
    """Yield every engine with every workload; the GPT takes seconds."""
    for name in ANSWERED:
        for engine in ENGINES[1:]:
            marks = [pytest.mark.slow] * (name == "gpt")
            yield pytest.param(name, engine, id=f"{name}-{engine.name.strip()}", marks=marks)


@pytest.mark.filterwarnings("ignore:.*continues with its Python backend")  # there may be no C compiler
@pytest.mark.parametrize(("name", "engine"), list(cases()))
def test_every_engine_answers_as_ours(engine, name):
    if engine.package != "autograd":
        pytest.importorskip(engine.package)
    work = next(work for work in WORKS if work.name == name)
    try:
        answer = answer_of(engine, work)
    except RecursionError:
        assert name == "chain_1000" and engine.name in ("micrograd", "microgpt's style")
        return
    except ToolError:
        assert engine.name.strip().startswith(("C,", "hand-written C")), "the Python backend is always there"
        pytest.skip("no C compiler")
    assert answer is None or same(ours(work), answer)


def test_all_of_our_modes_do_all_models():
    for engine in (ENGINES[0], *(engine for engine in ENGINES if engine.mode)):
        assert all(hasattr(resolve_name(engine.module), name) for name in ("expression", "moons", "gpt"))


def test_the_expression_is_the_one_of_the_readme():
    answer = import_module("demos.bench.ours").expression()()
    assert [f"{number:.4f}" for number in answer] == ["24.7041", "138.8338", "645.5773"]


@pytest.mark.needs_process
@pytest.mark.slow
def test_an_engine_with_another_answer_is_refused(tmp_path, monkeypatch):
    (tmp_path / "wrong_engine.py").write_text("def expression():\n    return lambda: [24.7, 138.8, 645.5]\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engines = [ENGINES[0], Engine("wrong", "wrong_engine", "autograd", "autograd")]
    cells = measured(engines, WORKS[:1])
    assert cells["wrong", "expression"].failed.startswith("refused: its answer is [24.7, 138.8, 645.5]")
    assert cells["scalar-autograd", "expression"].results
    assert "refused" in tables(engines, WORKS[:1], cells, [])


@pytest.mark.needs_process
def test_an_engine_that_cannot_is_shown_so_and_not_asked_again(tmp_path, monkeypatch):
    code = "open('asked.txt', 'a').write('once ')\ndef expression():\n    raise RecursionError\n"
    (tmp_path / "weak_engine.py").write_text(code.replace("asked.txt", (tmp_path / "asked.txt").as_posix()))
    (tmp_path / "torn_engine.py").write_text("import a_package_of_nobodys\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    engines, cells = [Engine("weak", "weak_engine", "autograd"), Engine("torn", "torn_engine", "autograd")], {}
    measure(cells, engines, WORKS[:1], rounds=2, quiet=True)
    assert cells["weak", "expression"] == Cell([], "RecursionError")
    assert cells["torn", "expression"].failed == "ModuleNotFoundError: No module named 'a_package_of_nobodys'"
    assert (tmp_path / "asked.txt").read_text() == "once "
    shown = tables(engines, WORKS[:1], cells, [])
    assert "torn, expression: ModuleNotFoundError" in shown and "RecursionError" in shown
    assert measured(engines[:1], WORKS[1:2])["weak", "moons"] == Cell([], "-")


def test_same_tells_numbers_apart():
    assert same([1.0, 2e9], [1.0 + 1e-12, 2e9 + 1e-3])
    assert not same([1.0], [1.0 + 1e-6]) and not same([1.0], [1.0, 2.0]) and not same([math.nan], [1.0])


@pytest.mark.needs_process
@pytest.mark.slow
def test_it_measures_in_fresh_processes_and_prints_ratios():
    cells = measured(ENGINES[:1], [*SMALL, *OWN])
    assert 100 < cells.pop(("scalar-autograd", "memory")).results[0] < 2000  # bytes for each operation
    assert 0.0 < cells.pop(("scalar-autograd", "loading")).results[0] < 60.0
    assert all(len(cell.results) == 1 and not cell.failed for cell in cells.values())
    slow = Engine("slow", "ours", "autograd")
    for (_, work), cell in list(cells.items()):
        cells["slow", work] = Cell([20 * number for number in cell.results])
    plain, marked = (tables([ENGINES[0], slow], SMALL, cells, ["on a machine"], markdown=m) for m in (False, True))
    assert "20x" in plain.split("How many times as fast as")[1]
    assert "| expression, rewritten on nn | 20x |" in marked.splitlines() and "|---|---:|" in marked.splitlines()
    assert marked.endswith("\n\non a machine")


def test_their_own_program_stands_beside_the_one_rewritten_on_nn():
    engines = [ENGINES[0], *(engine for engine in ENGINES if "micro" in engine.name)]
    moons = [work for work in WORKS if work.name == "moons"]
    seconds = {"scalar-autograd": 1.0, "  micrograd's program": 2.0, "  microgpt's program": 4.0}
    cells = {(engine.name, "moons"): Cell([seconds.get(engine.name, 40.0)]) for engine in engines}
    *_, changed, rewritten = tables(engines, moons, cells, [], markdown=True).strip().splitlines()
    assert changed == "| moons, their program, import changed | 20x | 10x |"
    assert rewritten == "| moons, rewritten on nn | 40x | 40x |"


def test_numbers_have_units_that_suit_them():
    for name, result, shown in (
        ("memory", 263.4, "263 B"), ("loading", 0.0004, "< 1 ms"), ("loading", 0.0234, "23.4 ms"), ("gpt", 9.994e-8, "99.9 ns"),
        ("gpt", 9.994e-4, "999 us"), ("gpt", 9.996e-4, "1 ms"), ("chain_10", 3.21, "3.21 s"),
    ):  # fmt: skip
        works = [work for work in WORKS if work.name == name]
        line = tables(ENGINES[:1], works, {("scalar-autograd", name): Cell([result])}, []).splitlines()[2]
        assert line.removeprefix("scalar-autograd").strip() == shown


def test_the_first_run_counts_only_if_it_is_the_only_one(monkeypatch):
    """It may trace and compile."""
    now, lasts = [0.0], iter([9.0, 0.2, 0.1, 0.2])
    monkeypatch.setattr(worker, "perf_counter", lambda: now[0])

    def run():
        now[0] += next(lasts)
        return [now[0]]

    assert worker.timed(run, WORKS[0]._replace(repeats=3, block=1)) == (pytest.approx(0.2), [9.0])
    lasts = iter([9.0])
    assert worker.timed(run, WORKS[0]._replace(repeats=1, block=1))[0] == pytest.approx(9.0)


def test_interrupted_it_shows_what_was_measured_so_far(monkeypatch, capsys):
    def one_more(engine, work, cell, answers):
        if work.name == "moons":
            raise KeyboardInterrupt
        return Cell([*cell.results, 0.25])

    monkeypatch.setattr(bench, "ENGINES", ENGINES[:1])
    monkeypatch.setattr(bench, "_one_more", one_more)
    assert main(["--only", "expression", "moons", "--rounds", "1"]) == 130
    said = capsys.readouterr()
    assert said.err == "\nbench: stopped; measured so far:\n"
    assert "250 ms" in said.out and "moons" not in said.out  # which was not finished


@pytest.mark.needs_process
def test_what_is_saved_can_be_shown_again(tmp_path, capsys, monkeypatch):
    engines = [
        Engine("drawn", "other_engine", "graphviz"), Engine("own", "other_engine", "other_engine"),
        Engine("absent", "absent_engine", "absent_engine"),
    ]  # fmt: skip
    (tmp_path / "other_engine.py").write_text("from demos.bench.ours import expression\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(bench, "ENGINES", (ENGINES[0], *engines))
    assert main(["--quick", "--only", "expression", "--save", str(tmp_path / "run.json")]) == 0
    printed = capsys.readouterr().out
    assert f"\ndrawn {version('graphviz')}, own\n" in printed  # the other one has no version
    assert re.search(r"\nnot installed, so not measured: absent \(.* -m pip install absent_engine\)\n", printed)
    shown = tables_of((tmp_path / "run.json").read_text())
    assert "**What it takes**" in shown and "scalar-autograd" in shown
    assert all(line in printed for line in shown.splitlines()[-2:])


def test_chains_of_every_size_are_there():
    assert [work.size for work in WORKS if work.size] == [10**k for k in range(1, 7)]


@pytest.mark.parametrize("name", ["moons", pytest.param("gpt", marks=pytest.mark.slow)])
def test_the_floor_in_c_learns_as_ours(name):
    """It makes many updates, so the optimiser is compared too."""
    with_c, compiled = import_module("demos.bench.with_c"), import_module("demos.bench.compiled")
    try:
        floor = getattr(with_c, name)()
        first = floor()
    except ToolError:
        pytest.skip("no C compiler")
    step, parameters, optimizer, columns = getattr(compiled.train_c, f"_{name}")()
    losses = step.train([columns], optimizer, 1)
    assert [losses[0], *(p.grad for p in parameters)] == pytest.approx(first, rel=1e-12, abs=1e-12)
    assert floor.losses(40) == pytest.approx(step.train([columns], optimizer, 40), rel=1e-12, abs=1e-12)
