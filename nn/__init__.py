"""Networks of scalar Values, with the structure and the names of torch.nn.

Vectors are lists of numbers, and matrices are lists of rows; a layer accepts the shapes (features,) and (N, features).
A new layer is a file in nn/modules that defines a Module, such as linear.py; `pytest --refresh`
then adds its name below.

>>> import nn
>>> model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
>>> model
MLP(
  (layers): ModuleList(
    (0): Hidden(
      in_features=2, out_features=3, bias=True
      (tanh): Tanh()
    )
    (1): Linear(in_features=3, out_features=1, bias=True)
  )
)
>>> loss = nn.functional.mse_loss(model([1.0, -1.0]), [0.5])
>>> loss.backward()
>>> nn.optim.SGD(model.parameters(), lr=0.1).step()
"""

from __future__ import annotations

import autograd as _engine

if not hasattr(_engine, "Value"):
    raise ImportError(
        "nn needs scalar-autograd, but the `autograd` that Python finds is another package (HIPS), which imports under "
        "the same name, or what was left of ours when that one was uninstalled. Repair it with: "
        "python -m pip uninstall -y autograd scalar-autograd; python -m pip install --force-reinstall scalar-autograd"
    )

from autograd.elsewhere import answer_calls
from autograd.frames import ours

from . import functional, init, optim, utils
from .elsewhere import names_of_torch
from .init import manual_seed
from .modules.activation import ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh
from .modules.attention import MultiheadAttention, SelfAttention
from .modules.container import ModuleList, Sequential
from .modules.embedding import Embedding
from .modules.linear import Identity, Linear
from .modules.loss import BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss
from .modules.mlp import MLP, Layer, Neuron
from .modules.module import Module
from .modules.norm import LayerNorm, RMSNorm
from .modules.softmax import Softmax

__all__ = [
    "ELU", "GELU", "MLP", "BCEWithLogitsLoss", "CrossEntropyLoss", "Embedding", "Identity", "L1Loss", "Layer",
    "LayerNorm", "LeakyReLU", "Linear", "MSELoss", "Module", "ModuleList", "MultiheadAttention", "Neuron", "RMSNorm",
    "ReLU", "SelfAttention", "Sequential", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh", "functional", "init",
    "manual_seed", "optim", "utils",
]  # fmt: skip

ours()
answer_calls(__name__)
names_of_torch(__name__)
