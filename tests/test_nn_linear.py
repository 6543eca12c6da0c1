"""Linear."""

from __future__ import annotations

import pytest
from nn_torch import numbers, same_in_torch

import nn
from autograd import Value, gradcheck, total


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3)])
def test_linear_agrees_with_pytorch(shape, bias, torchs):
    layer = nn.Linear(3, 2, bias, seed=0)
    same_in_torch(torchs, layer, lambda torch: torch.nn.Linear(3, 2, bias), numbers(1, *shape))


def test_one_node_a_neuron():
    layer = nn.Linear(16, 3)
    for y, row, bias in zip(layer([0.5] * 16), layer.weight, layer.bias):
        assert y.op == "dot" and y.operands[16:] == (*row, bias)


def test_gradients_against_central_differences():
    layer = nn.Linear(2, 2, seed=0)
    x = [Value(0.3), Value(-0.7)]
    assert gradcheck(lambda *_: total([y * y for y in layer(x)]), [*x, *layer.parameters()])


def test_shapes_wanted_and_got():
    layer = nn.Linear(2, 3)
    for wrong, got in (
        ([1.0], r"shape \(1,\)"),
        ([], r"shape \(0,\)"),
        ([[1.0, 2.0], [3.0]], r"shape \(1,\)"),
        (1.0, r"the float: one number is written \[x\]"),
        (Value(1.0), r"the Value: one number is written \[x\]"),
    ):
        with pytest.raises(ValueError, match=rf"Linear: want .* \(2,\) or \(N, 2\), got {got}"):
            layer(wrong)
    with pytest.raises(ValueError, match="whole number >= 1 as in_features, got 0"):
        nn.Linear(0, 1)


def test_an_array_is_told_how_to_become_a_list():
    numpy = pytest.importorskip("numpy")
    with pytest.raises(ValueError, match=r"got the ndarray, whose \.tolist\(\) will do"):
        nn.Linear(2, 3)(numpy.zeros(2))


def test_a_placeholder_returns_what_it_gets():
    xs = [[Value(1.0)], [2.0]]
    assert nn.Identity(54, unused=0.1)(xs) is xs and nn.Sequential(nn.Linear(1, 1, seed=0), nn.Identity())([1.0])[0].op
