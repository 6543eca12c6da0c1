"""Pictures of a graph: what they contain, how large graphs are folded, and how SVG, PNG, DOT, Mermaid or text is made.

draw() in drawing.py reads the options, folding/fold.py sorts the graph into a few groups, build.py makes a Picture of
them, and dot.py or formats/ writes it. You can replace the layout engine: see :func:`set_engine`.
"""

from ..elsewhere import answer_calls
from .drawing import build_drawing, draw, mimebundle, show
from .engines import set_engine
from .output import open_drawing

__all__ = ["build_drawing", "draw", "mimebundle", "open_drawing", "set_engine", "show"]

answer_calls(__name__)
