"""Stepping through backprop: there and back, with the words, the guesses, the classical mistakes and the prompt."""

from .backprop import Moved, Predicted, Stepper, step_through

__all__ = ["Moved", "Predicted", "Stepper", "step_through"]
