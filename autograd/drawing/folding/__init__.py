"""Folding: find what is alike in a graph, choose what to leave out, and stop when the picture is readable."""

from .fold import Folded, fold
from .parts import Closes, Group, Part, calls_of, topologically_sorted

__all__ = ["Closes", "Folded", "Group", "Part", "calls_of", "fold", "topologically_sorted"]
