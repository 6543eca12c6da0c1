"""RMSNorm and LayerNorm."""

from __future__ import annotations

import pytest
from nn_torch import data, numbers, same_in_torch, values

import nn
from autograd import gradcheck, total
from nn.shapes import flatten


def norms(nn):
    return [
        nn.RMSNorm(4), nn.RMSNorm(4, 0.1), nn.RMSNorm(4, elementwise_affine=False),
        nn.LayerNorm(4), nn.LayerNorm([4], 0.1), nn.LayerNorm(4, bias=False), nn.LayerNorm(4, elementwise_affine=False),
    ]  # fmt: skip


@pytest.mark.parametrize("which", range(7))
@pytest.mark.parametrize("shape", [(4,), (3, 4)])
def test_norms_agree_with_pytorch(which, shape, torchs):
    norm = norms(nn)[which]
    for parameter, number in zip(norm.parameters(), numbers(2, 8)):
        parameter.data = number
    same_in_torch(torchs, norm, lambda torch: norms(torch.nn)[which], numbers(3, *shape))


def test_the_default_eps_of_rms_norm_is_that_of_a_float(torchs):
    tiny = [[1e-9, -2e-9]]  # these are so small that only eps counts
    theirs = torchs(lambda torch: torch.nn.RMSNorm(2).double()(torch.tensor(tiny, dtype=torch.float64)))
    assert data(nn.RMSNorm(2)(tiny)) == [[pytest.approx(x, rel=1e-12) for x in row] for row in theirs]
    assert abs(nn.RMSNorm(2)(tiny)[0][0].data - 1e-9 / (2.5e-18 + 2.220446049250313e-16) ** 0.5) < 1e-15


@pytest.mark.parametrize("norm", [nn.RMSNorm(3), nn.LayerNorm(3)])
def test_gradients_against_central_differences(norm):
    xs = values(numbers(4, 2, 3))
    weights = numbers(5, 6)
    assert gradcheck(
        lambda *_: total([y * w for y, w in zip(flatten(norm(xs)), weights)]), [*flatten(xs), *norm.parameters()]
    )


def test_zeros_and_wrong_shapes():
    with pytest.raises(ValueError, match=r"want a whole number >= 1 as normalized_shape, got \(2, 3\)"):
        nn.LayerNorm((2, 3))
    assert data(nn.RMSNorm(2)([0.0, 0.0])) == data(nn.LayerNorm(2)([3.0, 3.0])) == [0.0, 0.0]
    for norm in (nn.RMSNorm(2), nn.LayerNorm(2)):
        with pytest.raises(ValueError, match=r"\(2,\) or \(N, 2\), got shape \(3,\)"):
            norm([1.0, 2.0, 3.0])
