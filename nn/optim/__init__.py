"""Optimisers, and schedules for their learning rates: ``import nn.optim as optim``."""

from __future__ import annotations

from ..elsewhere import names_of_torch
from . import lr_scheduler
from .adaptive_moments import Adam, AdamW
from .gradient_descent import SGD
from .optimizer import Optimizer
from .root_mean_square import RMSprop

__all__ = [
    "SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler",
]  # fmt: skip

names_of_torch(__name__)
