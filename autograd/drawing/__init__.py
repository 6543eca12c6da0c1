"""Pictures of a graph: what is in one, how a large one is folded, and how it becomes SVG, PNG, DOT, Mermaid or text.

draw() in drawing.py reads the options, folding/fold.py sorts the graph into few groups, build.py makes a Picture of
them, and dot.py or formats/ write it. You can replace the layout engine: see :func:`set_engine`.
"""

from .drawing import build_drawing, draw, mimebundle, open_drawing, show
from .engines import set_engine

__all__ = ["build_drawing", "draw", "mimebundle", "open_drawing", "set_engine", "show"]
