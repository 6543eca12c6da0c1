"""What the tests of `nn` share: numbers to compute with, and the same computation in ours and in PyTorch."""

from __future__ import annotations

import random

import pytest

from autograd import Value, dot
from nn.shapes import flatten


def numbers(seed, *shape):
    """Nested lists of floats between -2 and 2."""
    rng = random.Random(seed)

    def nested(shape):
        return [nested(shape[1:]) for _ in range(shape[0])] if shape else 4 * rng.random() - 2

    return nested(shape)


def values(nested):
    """The same nested lists, of Values."""
    return [values(item) for item in nested] if isinstance(nested, list) else Value(nested)


def data(nested):
    """The same nested lists, of the Values' numbers."""
    return [data(item) for item in nested] if isinstance(nested, (list, tuple)) else nested.data


def grads(nested):
    return [grads(item) for item in nested] if isinstance(nested, (list, tuple)) else nested.grad


def close(ours, theirs, tolerance=1e-12):
    """Assert that nested lists of floats agree."""
    ours, theirs = flatten(ours), flatten(theirs)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        assert abs(a - b) <= tolerance * max(1.0, abs(b)), (a, b)


def same_in_torch(ours, theirs, *inputs, tolerance=1e-12):
    """Assert that two functions of nested lists agree, and their gradients in every number.

    ours gets lists of Values, theirs float64 tensors. What they return is weighed and summed for a gradient.
    """
    torch = pytest.importorskip("torch")
    mine = [values(x) for x in inputs]
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    out, out_torch = ours(*mine), theirs(*tensors)
    close(data(out), out_torch.tolist(), tolerance)
    out = flatten(out)
    weights = [0.3 + 0.1 * i for i in range(len(out))]
    dot(out, weights).backward()
    (out_torch.reshape(-1) * torch.tensor(weights, dtype=torch.float64)).sum().backward()
    for x, tensor in zip(mine, tensors):
        close(grads(x), tensor.grad.tolist(), tolerance)


def load_into(torch_module, module):
    """Give a torch module the parameters of one of ours."""
    torch = pytest.importorskip("torch")
    state = {key: torch.tensor(x, dtype=torch.float64) for key, x in module.state_dict().items()}
    torch_module.double().load_state_dict(state)
    return torch_module


def same_parameter_gradients(module, torch_module, tolerance=1e-12):
    """Assert that the gradients of all parameters agree, under the same names."""
    tensors = dict(torch_module.named_parameters())
    assert list(tensors) == list(module.state_dict())
    for key, tensor in module._tensors():
        close(grads(tensor), tensors[key].grad.tolist(), tolerance)
