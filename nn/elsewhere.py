"""Names of torch.nn that are not here, and what is written in their place: for whoever brings a program along."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

__all__ = ["names_of_torch"]

_INSTEAD = {
    "nn": {
        "Parameter": "a Value that a module's attribute holds is a parameter, self.w = Value(0.5)",
        "ParameterList": "a list of Values in a module's attribute is found as it is",
        "ModuleDict": "a dict of modules in a module's attribute is found as it is",
        "MSELoss": "call nn.functional.mse_loss(input, target)",
        "CrossEntropyLoss": "call nn.functional.cross_entropy(input, target)",
        "BCEWithLogitsLoss": "of a score z and a target y it is logsumexp([0.0, z]) - y * z",
        "MultiheadAttention": "put nn.SelfAttention(embed_dim, head_dim=..., out_proj=False) side by side, one for each head",
        "Dropout": "multiply by a mask of your own, [x * (random.random() >= p) / (1 - p) for x in xs]",
        "utils": "clip by hand, p.grad *= scale for every p in parameters()",
    },
    "nn.functional": {
        "binary_cross_entropy_with_logits": "of a score z and a target y it is logsumexp([0.0, z]) - y * z",
        "nll_loss": "cross_entropy(input, target) takes the scores themselves, without log_softmax",
        "l1_loss": "it is mean([abs(x - y) for x, y in zip(xs, ys)])",
        "dropout": "multiply by a mask of your own, [x * (random.random() >= p) / (1 - p) for x in xs]",
    },
    "nn.optim": {
        "lr_scheduler": 'set optimizer.param_groups[0]["lr"] before an update',
    },
}


def names_of_torch(module: str) -> Callable[[str], NoReturn]:
    """The `__getattr__` of a module: an AttributeError, with what to write instead of a name that torch has.

    >>> import nn
    >>> nn.MSELoss
    Traceback (most recent call last):
        ...
    AttributeError: module 'nn' has no attribute 'MSELoss': call nn.functional.mse_loss(input, target)...
    """
    instead = _INSTEAD[module]

    def missing(name: str) -> NoReturn:
        fix = f": {instead[name]}" if name in instead else ""
        error = AttributeError(f"module {module!r} has no attribute {name!r}{fix}")
        error.name, error.obj = name, sys.modules[module]  # by which Python looks for a name much like it
        raise error

    return missing
