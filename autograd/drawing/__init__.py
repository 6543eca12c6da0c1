"""Pictures of a graph: what is in one, how a large one is folded, and how it becomes SVG, PNG, DOT, Mermaid or text.

draw() in drawing.py reads options, build.py makes a Picture of the graph, which folding/fold.py has brought into few
groups, and dot.py or formats/ write it. What lays pictures out can be replaced: :func:`set_engine`.
"""

from .drawing import build_drawing, draw, mimebundle, open_drawing, show
from .engines import set_engine

__all__ = ["build_drawing", "draw", "mimebundle", "open_drawing", "set_engine", "show"]
