"""Activations as modules: each is its function, and agrees with torch's module of the same name."""

from __future__ import annotations

import pytest
from nn_torch import data, numbers, same_in_torch, values

import nn
from nn import functional as F
from nn.modules.activation import ACTIVATIONS

MODULES = [
    *((kind(), getattr(F, name)) for name, kind in ACTIVATIONS.items()),
    (nn.LeakyReLU(0.3), lambda xs: F.leaky_relu(xs, 0.3)),
    (nn.Softmax(-1), F.softmax),
]


@pytest.mark.parametrize(("module", "function"), MODULES, ids=lambda x: type(x).__name__)
def test_a_module_is_its_function(module, function):
    xs = numbers(0, 3, 4)
    out = module(values(xs))
    assert data(out) == data(function(values(xs)))
    assert all(y.scope.module is module for row in out for y in row)
    assert list(module.parameters()) == []


@pytest.mark.parametrize("module", [module for module, _ in MODULES], ids=lambda x: type(x).__name__)
def test_a_module_agrees_with_pytorch(module, torchs):
    options = vars(module)  # both have the same names
    same_in_torch(torchs, module, lambda torch: getattr(torch.nn, type(module).__name__)(**options), numbers(0, 3, 4))


def test_a_class_made_from_an_activation_keeps_its_function():
    class Gate(nn.Sigmoid):
        """A name of one's own in a drawing."""

    xs = numbers(0, 4)
    assert data(Gate()(values(xs))) == data(F.sigmoid(values(xs)))
    assert repr(nn.Sequential(Gate())) == "Sequential(\n  (0): Gate()\n)"
    assert type(nn.MLP(1, [1, 1], activation="sigmoid").layers[0].sigmoid) is nn.Sigmoid
