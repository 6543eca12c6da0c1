"""SelfAttention: against torch's MultiheadAttention, and from the inside."""

from __future__ import annotations

import pytest
from nn_torch import close, data, grads, load_into, numbers, values

import nn
from autograd import gradcheck, total
from autograd.graph import walk
from nn.shapes import flatten


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize(("length", "embed_dim"), [(4, 3), (1, 2), (3, 1)])
def test_attention_agrees_with_pytorch(length, embed_dim, is_causal, bias, torchs):
    attention = nn.SelfAttention(embed_dim, bias, seed=0)
    for parameter, number in zip(attention.parameters(), numbers(1, 1000)):
        parameter.data = number
    state, xs = attention.state_dict(), numbers(2, length, embed_dim)

    def theirs(torch):
        module = load_into(torch, torch.nn.MultiheadAttention(embed_dim, 1, bias=bias), state)
        x = torch.tensor(xs, dtype=torch.float64, requires_grad=True)
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1) if is_causal else None
        out, weights = module(x, x, x, attn_mask=mask, is_causal=is_causal)
        (out**2).sum().backward()
        return out, weights, x.grad, module.state_dict(), {key: p.grad for key, p in module.named_parameters()}

    out_torch, weights_torch, grad_torch, state_torch, parameter_grads = torchs(theirs)
    assert list(state) == list(state_torch) and state == state_torch
    mine = values(xs)
    out, weights = attention(mine, is_causal=is_causal, need_weights=True)
    close(data(out), out_torch)
    close(data(weights), weights_torch)
    total([y * y for y in flatten(out)]).backward()
    close(grads(mine), grad_torch)
    for key, tensor in attention._tensors():
        close(grads(tensor), parameter_grads[key])

    attention.load_state_dict(state_torch)
    assert attention.state_dict() == state
    assert data(attention(xs, is_causal=is_causal)) == data(out)  # without weights, when they are not asked for


def test_gradients_against_central_differences():
    attention, xs = nn.SelfAttention(2, seed=0), values(numbers(3, 3, 2))
    assert gradcheck(lambda *_: flatten(attention(xs, is_causal=True)), [*flatten(xs), *attention.parameters()])


def test_a_causal_row_depends_on_no_later_one():
    attention, xs = nn.SelfAttention(2, seed=0), values(numbers(4, 3, 2))
    out, weights = attention(xs, is_causal=True, need_weights=True)
    for i, row in enumerate(out):
        assert set(flatten(xs)) & set(walk(*row)) == set(flatten(xs[: i + 1]))
        assert [w.data > 0 for w in weights[i]] == [j <= i for j in range(3)]


def test_every_piece_can_be_found():
    attention = nn.SelfAttention(2, seed=0)
    out = attention(numbers(5, 3, 2))
    pieces = {}
    for node in walk(*flatten(out)):
        if node.op is not None:
            assert attention in (node.scope.module, node.scope.parent.module)
            name = node.scope.module if isinstance(node.scope.module, str) else type(node.scope.module).__name__
            pieces.setdefault(name, []).append(node.label)
    assert list(pieces) == ["queries", "keys", "scores", "scaling", "softmax", "values", "mix", "Linear"]
    for piece, name, columns in (
        ("queries", "q", 2), ("keys", "k", 2), ("values", "v", 2), ("scores", "scores", 3), ("scaling", "scaled", 3),
        ("softmax", "weights", 3), ("mix", "mix", 2),
    ):  # fmt: skip
        labels = {label for label in pieces[piece] if label}
        assert labels == {f"{name}[{i}][{j}]" for i in range(3) for j in range(columns)}


def test_heads_side_by_side_are_torchs_several_heads(torchs):
    heads = [nn.SelfAttention(4, bias=False, head_dim=2, out_proj=False, seed=i) for i in range(2)]
    mixed = nn.Linear(4, 4, bias=False, seed=2)
    xs = numbers(6, 3, 4)
    side_by_side = [[*a, *b] for a, b in zip(*(head(xs, is_causal=True) for head in heads))]
    out = mixed(side_by_side)

    rows = [head.state_dict()["in_proj_weight"] for head in heads]
    in_proj = [row for part in range(3) for head in rows for row in head[2 * part : 2 * part + 2]]
    state = {"in_proj_weight": in_proj, "out_proj.weight": mixed.state_dict()["weight"]}

    def theirs(torch):
        module = load_into(torch, torch.nn.MultiheadAttention(4, 2, bias=False), state)
        x = torch.tensor(xs, dtype=torch.float64)
        mask = torch.triu(torch.ones(3, 3, dtype=torch.bool), diagonal=1)
        return module(x, x, x, attn_mask=mask, is_causal=True)[0]

    close(data(out), torchs(theirs))


def test_head_dim_with_a_projection_of_its_own():
    head = nn.SelfAttention(4, head_dim=2)
    assert nn.shapes.shape_of(head.state_dict()["in_proj_weight"]) == (6, 4)
    assert nn.shapes.shape_of(head.state_dict()["out_proj.weight"]) == (4, 2)
    assert nn.shapes.shape_of(head(numbers(7, 3, 4))) == (3, 4)
    assert "embed_dim=4, head_dim=2, bias=True" in repr(head)


def test_shapes_wanted_and_got():
    attention = nn.SelfAttention(2)
    for wrong, got in (
        ([1.0, 2.0], r"shape \(2,\): one row is written \[row\]"),
        ([[1.0]], r"shape \(1, 1\)"),
        ([[1.0, 2.0], [1.0]], "rows of different shapes"),
        ([[[1.0, 2.0]]], r"shape \(1, 1, 2\): give one sequence at a time"),
        ([], r"shape \(0,\)"),
        (1.0, "the float"),
    ):
        with pytest.raises(ValueError, match=rf"SelfAttention: want a list of rows, \(T, 2\), got {got}"):
            attention(wrong)
    with pytest.raises(TypeError):
        attention([[1.0, 2.0]], True)  # is_causal is keyword-only
