"""Stepping through training: the phases of an update, forwards and back, and the mistakes that can be made in it."""

from ..elsewhere import answer_calls
from .phases import Losses, TrainingStepper
from .slips import SLIPS

__all__ = ["SLIPS", "Losses", "TrainingStepper"]

answer_calls(__name__)
