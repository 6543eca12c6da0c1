"""Shapes of nested lists."""

from __future__ import annotations

import math

import pytest

import nn
from autograd import Value
from autograd.errors import ShapeError
from nn.shapes import described, flatten, has_shape, shape_of


def test_shapes():
    for xs, shape in (
        (1.0, ()), (Value(1.0), ()), ([], (0,)), ([1.0], (1,)), ((1.0, Value(2.0)), (2,)), ([[], []], (2, 0)),
        ([[1.0, 2.0, 3.0], (4.0, 5.0, 6.0)], (2, 3)), ([[[1.0]], [[2.0]]], (2, 1, 1)),
    ):  # fmt: skip
        assert shape_of(xs) == shape and has_shape(xs, shape)
        assert described(xs) == (f"shape {shape}" if shape else f"the {type(xs).__name__}")
        assert len(flatten(xs)) == math.prod(shape)
    assert not has_shape([1.0], (2,)) and not has_shape(1.0, (1,)) and not has_shape([[1.0]], (1,))


def test_ragged_lists_have_none():
    for xs, first, other in (([[1.0], [2.0, 3.0]], (1,), (2,)), ([1.0, [2.0]], (), (1,)), ([[1.0], 2.0], (1,), ())):
        with pytest.raises(ValueError, match="want rows of the same shape, got"):
            shape_of(xs)
        assert described(xs) == f"rows of different shapes: {first} in row 0 and {other} in row 1"
        assert not has_shape(xs, (2, 1)) and not has_shape(xs, (2,))


def test_rows_of_numpys_are_answered_with_the_way_out():
    np = pytest.importorskip("numpy")
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert described(rows) == "the ndarray, whose .tolist() will do"
    assert (
        described(list(rows))
        == described([[row] for row in rows])
        == "a list with ndarray in it, whose .tolist() will do"
    )
    assert described(list(rows[0])) == "shape (2,)"  # its numbers are numbers
    with pytest.raises(ShapeError, match=r"Linear: want .*, got a list with ndarray in it, whose \.tolist\(\) will do"):
        nn.Linear(3, 1)(list(np.ones((2, 3))))
