"""Pictures of a graph: what is in one, how a large one is folded, and how it becomes SVG, PNG, DOT, Mermaid or text.

What lays pictures out can be replaced: :func:`set_engine`.
"""

from .drawing import build_drawing, draw, mimebundle, open_drawing, show
from .engines import set_engine

__all__ = ["build_drawing", "draw", "mimebundle", "open_drawing", "set_engine", "show"]
