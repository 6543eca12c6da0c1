"""The mutation tool: what it draws, that its changes are changes, that a known one is noticed, and what its results say."""

from __future__ import annotations

import ast
import hashlib
import os
import sys

import pytest
from mutants import changes, known, results, trial
from mutants.changes import ROOT, SOURCES, drawn

SOURCE = """\
def f(a, b, *c):
    "what it does"
    x: int = a + 1
    if a < b and not c:
        raise ValueError("no")
    while True:
        x -= g(a, b)
        break
    return [y for y in c if y] or x
"""
SOURCES["f.py"] = SOURCE


def test_every_kind_of_change_is_drawn():
    found = {change.said for change in changes.changes("f.py")}
    assert {"left out", "return None", "if not (a < b and (not c))", "a <= b", "a > b", "a < b or not c", "c", "while not (True)", "False",
            "x += g(a, b)", "g(b, a)", "a - 1", "2"} <= found  # fmt: skip
    assert any(
        change.before.startswith("for y in c if y") or " for y in c" in change.said
        for change in changes.changes("f.py")
    )


def test_each_change_compiles_to_another_function_on_the_same_lines():
    wanted = ast.dump(ast.parse(SOURCE))
    found = changes.changes("f.py")
    assert len({change.name + str(change.line) for change in found}) > 15
    for change in found:
        tree = change.tree()
        assert ast.dump(tree) != wanted, change.name
        compile(tree, "f.py", "exec")
        assert tree.body[0].lineno == 1


@pytest.mark.slow
def test_a_seed_draws_from_every_group_as_many():
    first, longer = drawn(130, 7), drawn(260, 7)
    assert [change.name for change in first] == [change.name for change in longer[:130]]
    assert [change.name for change in first] != [change.name for change in drawn(130, 8)]
    for patterns in changes.GROUPS.values():
        files = {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}
        assert sum(change.file in files for change in first) == 10


def test_what_no_test_could_see_is_left_alone():
    SOURCES["hidden.py"] = """\
\"what it is\"
__all__ = ["f", 1 + 2]
if TYPE_CHECKING:
    x = 1 + 2
@overload
def f(a: int) -> int: return a + 1
def f(a: "1 + 1", b: L[-1] = None) -> D[2]:
    "what it does"
"""
    assert not changes.changes("hidden.py")


@pytest.mark.filterwarnings("ignore::FutureWarning")  # PyTorch's, as its modules are looked through
def test_a_function_is_exchanged_and_nothing_is_written():
    """This happens in this process, and is undone."""
    from autograd import graph

    def state() -> str:
        return hashlib.sha256(
            b"".join(path.read_bytes() for path in sorted((ROOT / "autograd").rglob("*.py")))
        ).hexdigest()

    before, code = state(), graph.numbers.__code__
    found = changes.changes("autograd/graph.py")
    change = next(change for change in found if change.function == "numbers" and change.said == "return None")
    try:
        if sys.version_info >= (3, 11):
            assert trial.exchange(change)
            assert graph.numbers(None) is None
    finally:
        graph.numbers.__code__ = code
    assert state() == before


@pytest.mark.parametrize("change", known.KNOWN, ids=lambda change: change[0])
def test_a_change_that_once_went_unnoticed_has_its_place_and_its_test(change):
    _, file, old, new, test = change
    assert old != new and old in (ROOT / file).read_text(encoding="utf-8")
    path, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("change", known.KNOWN, ids=lambda change: change[0])
def test_a_change_that_once_went_unnoticed_is_noticed(change):
    assert known.noticed(*change[1:])


def test_figures_count_what_was_run():
    tried = {
        "a": {"fate": "killed"},
        "b": {"fate": "survived", "why": "equivalent: x"},
        "c": {"fate": "no test runs it"},
        "d": {"fate": "killed"},
    }
    assert results.figures({"drawn": 600, "tried": tried}) == {
        "drawn": 600, "run": 4, "killed": 2, "survived": 2, "equivalent": 1, "share": 0.6667,
    }  # fmt: skip
    assert [*results.survivors({"tried": tried})] == ["b", "c"]


def test_what_was_drawn_was_run_and_every_survivor_says_why():
    kept = results.read(results.RESULTS)
    figures = results.figures(kept)
    assert figures["run"] == figures["drawn"] == len(kept["tried"]) >= 600 and figures["share"] >= 0.95
    assert all(len(each["why"]) > 20 for each in results.survivors(kept).values())
    assert {each["fate"] for each in kept["tried"].values()} <= {"killed", "survived", "no test runs it"}
    assert all(each["by"] for each in kept["tried"].values() if each["fate"] == "killed")
