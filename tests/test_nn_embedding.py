"""Embedding."""

from __future__ import annotations

import pytest
from nn_torch import close, data, load_into, same_parameter_gradients

import nn
from autograd import total
from nn.shapes import flatten


def test_embedding_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    table = nn.Embedding(5, 3, seed=0)
    theirs = load_into(torch.nn.Embedding(5, 3), table)
    for indices in (2, [0, 4, 4], [[1, 2], [3, 3]]):
        table.zero_grad()
        theirs.zero_grad()
        out, out_torch = table(indices), theirs(torch.tensor(indices))
        close(data(out), out_torch.tolist())
        total([x * x for x in flatten(out)]).backward()
        (out_torch**2).sum().backward()
        same_parameter_gradients(table, theirs)


def test_a_row_is_the_parameters_in_a_list_of_its_own():
    table = nn.Embedding(3, 2)
    row = table(1)
    assert row == table.weight[1]
    row.append(0.0)
    assert len(table.weight[1]) == 2


def test_wrong_indices():
    table = nn.Embedding(3, 2)
    for index in (3, -1, [0, 7]):
        with pytest.raises(IndexError, match="want an index from 0 to 2, got"):
            table(index)
    for index in (1.0, "a", None):
        with pytest.raises(TypeError, match="want a whole number to pick one of 3, got"):
            table(index)


def test_rows_that_were_not_looked_up_are_left_alone_or_updated_as_in_torch():
    table = nn.Embedding(3, 2, seed=0)
    untouched = data(table.weight[2])
    torch = pytest.importorskip("torch")
    theirs = load_into(torch.nn.Embedding(3, 2), table)
    optimizer, theirs_optimizer = nn.optim.AdamW(table.parameters()), torch.optim.AdamW(theirs.parameters())
    total(table(0)).backward()
    optimizer.step()
    assert data(table.weight[2]) == untouched

    table.load_state_dict(theirs.state_dict())
    optimizer = nn.optim.AdamW(table.parameters())
    for indices in ([0, 1, 2], [1], [0, 0]):
        optimizer.zero_grad(set_to_none=False)
        theirs_optimizer.zero_grad(set_to_none=False)
        total([x * x for x in flatten(table(indices))]).backward()
        (theirs(torch.tensor(indices)) ** 2).sum().backward()
        optimizer.step()
        theirs_optimizer.step()
        close(table.state_dict()["weight"], theirs.weight.tolist())
