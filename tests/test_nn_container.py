"""Sequential and ModuleList."""

from __future__ import annotations

import pytest

import nn
from nn import functional as F


def test_sequential_calls_one_after_the_other():
    first, second = nn.Linear(2, 3, seed=0), nn.Linear(3, 1, seed=1)
    model = nn.Sequential(first, nn.Tanh(), second)
    by_hand = second(F.tanh(first([0.5, -1.0])))
    assert model([0.5, -1.0])[0].data == by_hand[0].data
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert (len(model), model[0], model[-1]) == (3, first, second)
    assert list(model) == [first, model[1], second]
    part = model[1:]
    assert type(part) is nn.Sequential and list(part) == [model[1], second]
    assert list(part.state_dict()) == ["1.weight", "1.bias"]  # numbered again, as in torch


def test_module_list_holds_and_appends():
    modules = nn.ModuleList(nn.Linear(1, 1) for _ in range(2))
    assert modules.append(nn.ReLU()) is modules
    assert [name for name, _ in modules.named_children()] == ["0", "1", "2"]
    assert len(list(modules.parameters())) == 4
    with pytest.raises(NotImplementedError, match="ModuleList has no forward"):
        modules([1.0])


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match=r"Sequential: want a module, such as nn.ReLU\(\), got <function relu"):
        nn.Sequential(nn.Linear(1, 1), F.relu)
