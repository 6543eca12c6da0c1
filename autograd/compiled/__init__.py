"""compile(): trace a function of Values once, then run it at machine speed, as Python or by an interpreter in C."""

from .batches import Prepared
from .step import Step, compile

__all__ = ["Prepared", "Step", "compile"]
