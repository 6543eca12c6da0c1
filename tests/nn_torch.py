"""What the tests of `nn` share: numbers to compute with, and the same computation in ours and in PyTorch."""

from __future__ import annotations

import random

import nn
from autograd import Value, dot
from nn.shapes import flatten


def numbers(seed, *shape):
    """Nested lists of floats between -2 and 2."""
    rng = random.Random(seed)

    def nested(shape):
        return [nested(shape[1:]) for _ in range(shape[0])] if shape else 4 * rng.random() - 2

    return nested(shape)


def values(nested):
    """Return the same nested lists, of Values."""
    return [values(item) for item in nested] if isinstance(nested, list) else Value(nested)


def data(nested):
    """Return the same nested lists, of the Values' numbers."""
    return [data(item) for item in nested] if isinstance(nested, (list, tuple)) else nested.data


def grads(nested):
    """Return the same nested lists, with the Values' gradients in their places."""
    return [grads(item) for item in nested] if isinstance(nested, (list, tuple)) else nested.grad


def close(ours, theirs, tolerance=1e-12):
    """Assert that nested lists of floats agree."""
    ours, theirs = flatten(ours), flatten(theirs)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        assert abs(a - b) <= tolerance * max(1.0, abs(b)), (a, b)


def same_in_torch(torchs, ours, theirs, *inputs, tolerance=1e-12):
    """Assert that two functions of nested lists agree, and so do their gradients with respect to every number and every
    parameter.

    ours gets lists of Values; theirs(torch) gets float64 tensors. What they return is weighted and summed for a
    gradient. Where both are modules, PyTorch's is given the parameters of ours.
    """

    def answer(torch):
        function = theirs(torch)
        parameters = {}
        if isinstance(function, torch.nn.Module):
            parameters = dict(load_into(torch, function, ours.state_dict()).named_parameters())
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
        out = function(*tensors)
        weights = torch.tensor([0.3 + 0.1 * i for i in range(out.numel())], dtype=torch.float64)
        (out.reshape(-1) * weights).sum().backward()
        return out, [tensor.grad for tensor in tensors], {key: p.grad for key, p in parameters.items()}

    out_torch, grads_torch, parameter_grads = torchs(answer)
    mine = [values(x) for x in inputs]
    if isinstance(ours, nn.Module):
        ours.zero_grad()
    out = ours(*mine)
    close(data(out), out_torch, tolerance)
    out = flatten(out)
    dot(out, [0.3 + 0.1 * i for i in range(len(out))]).backward()
    for x, theirs_grad in zip(mine, grads_torch, strict=True):
        close(grads(x), theirs_grad, tolerance)
    if isinstance(ours, nn.Module):
        assert parameter_grads.keys() == ours.state_dict().keys()
        for key, tensor in ours._tensors():
            close(grads(tensor), parameter_grads[key], tolerance)


def load_into(torch, torch_module, state):
    """Give a torch module these parameters."""
    torch_module.double().load_state_dict({key: torch.tensor(x, dtype=torch.float64) for key, x in state.items()})
    return torch_module
