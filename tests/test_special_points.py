"""Special points: beside PyTorch's numbers there, and what follows for gradients, ties, and data of any kind."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import special_points
from special_points import apart, points, torchs

import nn
from autograd import Value, atomic, dot, grad, ieee, logsumexp, maximum, mean, softmax, surprisal, total
from autograd.errors import AutogradError
from autograd.ops import BUILTIN, OPS


def test_all_that_differs_from_pytorch_is_in_the_table(golden):
    golden("special_points.md", special_points.table())


def test_a_difference_without_a_reason_is_found(monkeypatch):
    """The table is made by a check that can fail: on a wrong slope, and on a reason that is none any more."""
    wrong = special_points.Difference("relu", "first", (0.0,), 1.0, 0.0)
    monkeypatch.setattr(special_points, "differences", lambda: iter([wrong]))
    with pytest.raises(AssertionError, match="no reason is known"):
        special_points.table()
    monkeypatch.setattr(special_points, "differences", lambda: iter([]))
    with pytest.raises(AssertionError, match="nothing differs"):
        special_points.table()


@pytest.mark.slow
def test_the_numbers_of_pytorch_are_those_of_today():
    pytest.importorskip("torch")
    stored = special_points.stored()
    assert list(stored) == BUILTIN
    for name, rows in stored.items():
        assert [tuple(map(repr, at)) for at, _ in rows] == [tuple(map(repr, at)) for at in points(OPS[name])]
        for at, (value, first, second) in rows:
            today = torchs(OPS[name], at)
            for a, b in zip([value, *first, *second], [today.value, *today.first, *today.second], strict=True):
                assert apart(a, b) <= 4 or math.isclose(a, b, rel_tol=2e-14), (name, at, a, b)
