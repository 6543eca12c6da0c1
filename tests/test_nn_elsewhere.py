"""What torch.nn has and nn has not is answered with what to write; any other name as Python answers it."""

from __future__ import annotations

from operator import attrgetter

import pytest

import nn
from autograd import Value, grad, logsumexp
from nn.elsewhere import _INSTEAD


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in _INSTEAD for name in _INSTEAD[module]])
def test_a_name_of_torch_is_answered_with_what_to_write(module, name, torchs):
    with pytest.raises(AttributeError, match=f"module '{module}' has no attribute '{name}': "):
        getattr({"nn": nn, "nn.functional": nn.functional, "nn.optim": nn.optim}[module], name)
    assert torchs(lambda torch: hasattr(attrgetter(module.replace("nn.optim", "optim"))(torch), name))


def test_any_other_name_is_not_there_and_python_may_suggest_one():
    with pytest.raises(AttributeError, match=r"module 'nn' has no attribute 'Liner'$") as caught:
        _ = nn.Liner
    assert caught.value.name == "Liner" and caught.value.obj is nn
    assert not hasattr(nn.optim, "__path__") and hasattr(nn, "Linear")


def test_what_stands_in_for_a_name_does_what_it_says():
    class Model(nn.Module):
        def __init__(self):
            self.w, self.parts = nn.init.vector(2, nn.init.constant(0.5)), {"a": nn.Linear(1, 1), "b": nn.ReLU()}

    assert list(Model().state_dict()) == ["w", "parts.a.weight", "parts.a.bias"]


@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("score", [-40.0, -1.0, 0.0, 2.0, 30.0])
def test_cross_entropy_of_one_score_is_torchs(score, target, torchs):
    def theirs(torch):
        z = torch.tensor(score, dtype=torch.float64, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(target, dtype=torch.float64))
        loss.backward()
        return loss, z.grad

    loss_torch, grad_torch = torchs(theirs)
    z = Value(score)
    loss = logsumexp([0.0, z]) - target * z
    assert loss.data == pytest.approx(loss_torch, rel=1e-12, abs=1e-14)
    assert grad(loss, z)[0].data == pytest.approx(grad_torch, rel=1e-12, abs=1e-14)
