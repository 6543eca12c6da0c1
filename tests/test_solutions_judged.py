"""The verdicts by numbers on the solutions in tests/solutions: none is wrong, and none has changed since a person judged it."""

from collections import Counter

import pytest
from judge_solutions import JUDGEMENTS, judged, main, verdicts

from demos.exercises import EXERCISES


@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_ones_pass_and_wrong_ones_are_told_as_they_were_judged(exercise, request):
    pytest.importorskip("numpy")  # some solutions use it, as learners do
    if request.config.getoption("--refresh"):
        main(["--refresh", exercise])
    known = judged()[exercise]
    counts = Counter()
    for name, slip, passes, verdict in verdicts(exercise, search=False):
        counts[name[:5]] += 1
        assert passes == name.startswith("right"), f"{name} ({slip}): {verdict}"
        if not passes:
            judgement, read = known[name]
            assert verdict == read, f"{name} ({slip}) gets a different verdict from the one that was judged"
            assert judgement in JUDGEMENTS, f"nobody has judged the verdict on {name} ({slip}): {verdict}"
    assert counts == {"right": 6, "wrong": 12}


def test_the_rates():
    counts = Counter(judgement for one in judged().values() for judgement, _ in one.values())
    total = 12 * len(EXERCISES)
    assert sum(counts.values()) == total
    assert counts["misleading"] <= 0.02 * total
    assert counts["named"] >= 0.8 * total
