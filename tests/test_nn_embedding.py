"""Embedding."""

from __future__ import annotations

import pytest
from nn_torch import close, data, grads, load_into

import nn
from autograd import total
from nn.shapes import flatten


def test_embedding_agrees_with_pytorch(torchs):
    table = nn.Embedding(5, 3, seed=0)
    for indices in (2, [0, 4, 4], [[1, 2], [3, 3]]):

        def theirs(torch, indices=indices):
            module = load_into(torch, torch.nn.Embedding(5, 3), table.state_dict())
            out = module(torch.tensor(indices))
            (out**2).sum().backward()
            return out, module.weight.grad

        out_torch, grad_torch = torchs(theirs)
        table.zero_grad()
        out = table(indices)
        close(data(out), out_torch)
        total([x * x for x in flatten(out)]).backward()
        close(grads(table.weight), grad_torch)


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


def test_rows_that_were_not_looked_up_are_left_alone_or_updated_as_in_torch(torchs):
    table = nn.Embedding(3, 2, seed=0)
    untouched = data(table.weight[2])
    state, lookups = table.state_dict(), ([0, 1, 2], [1], [0, 0])

    def theirs(torch):
        module = load_into(torch, torch.nn.Embedding(3, 2), state)
        optimizer, seen = torch.optim.AdamW(module.parameters()), []
        for indices in lookups:
            optimizer.zero_grad(set_to_none=False)
            (module(torch.tensor(indices)) ** 2).sum().backward()
            optimizer.step()
            seen.append(module.weight.tolist())
        return seen

    optimizer = nn.optim.AdamW(table.parameters())
    total(table(0)).backward()
    optimizer.step()
    assert data(table.weight[2]) == untouched

    table.load_state_dict(state)
    optimizer = nn.optim.AdamW(table.parameters())
    for indices, weight in zip(lookups, torchs(theirs)):
        optimizer.zero_grad(set_to_none=False)
        total([x * x for x in flatten(table(indices))]).backward()
        optimizer.step()
        close(table.state_dict()["weight"], weight)
