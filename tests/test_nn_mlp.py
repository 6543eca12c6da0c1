"""MLP."""

from __future__ import annotations

import pytest

import nn
from nn import functional as F


def test_layers_with_an_activation_between_them():
    model = nn.MLP(2, [4, 3, 1], activation="tanh", seed=0)
    first, second, last = model.layers
    x = [0.3, -0.8]
    by_hand = F.linear(x, first.weight, first.bias)
    by_hand = F.linear(F.tanh(by_hand), second.weight, second.bias)
    by_hand = F.linear(F.tanh(by_hand), last.weight, last.bias)
    assert [y.data for y in model(x)] == [y.data for y in by_hand]
    assert [[y.data for y in row] for row in model([x, x])] == [[y.data for y in by_hand]] * 2
    assert list(model.state_dict()) == [f"layers.{i}.{name}" for i in range(3) for name in ("weight", "bias")]
    assert "layers.0.weight[3][1]" in dict(model.named_parameters())


def test_the_default_is_relu_and_the_last_layer_is_linear():
    model = nn.MLP(2, [16, 16, 1])
    assert len(list(model.parameters())) == 337
    (out,) = model([1.0, 1.0])
    assert out.op == "dot" and {operand.op for operand in out.operands[:16]} == {"relu"}
    (alone,) = nn.MLP(2, [1])([1.0, 1.0])
    assert alone.op == "dot"


@pytest.mark.parametrize("name", nn.modules.activation.ACTIVATIONS)
def test_every_activation_by_name(name):
    model = nn.MLP(1, [2, 1], activation=name)
    assert dict(model.named_modules())[f"layers.0.{name}"] is getattr(model.layers[0], name)
    assert model([1.0])[0].operands[0].op == name


def test_one_seed_same_numbers():
    states = [nn.MLP(2, [3, 1], seed=seed).state_dict() for seed in (1, 1, 2)]
    assert states[0] == states[1] != states[2]
    assert states[0]["layers.0.weight"][0][0] != states[0]["layers.1.weight"][0][0]


def test_wrong_options():
    with pytest.raises(ValueError, match=r"want the layers' sizes as a list, such as \[16, 16, 1\], got 16"):
        nn.MLP(2, 16)
    with pytest.raises(ValueError, match=r"want one of 'relu', .* as activation, got 'swish'"):
        nn.MLP(2, [3, 1], activation="swish")
