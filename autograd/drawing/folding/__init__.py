"""Folding: what is alike in a graph, what is left out, and how far that has to go for a picture to be read."""

from .fold import Folded, fold
from .parts import Closes, Group, Part, calls_of, topologically_sorted

__all__ = ["Closes", "Folded", "Group", "Part", "calls_of", "fold", "topologically_sorted"]
