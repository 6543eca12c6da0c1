"""Pictures of a graph: what is in one, how a large one is folded, and how it becomes SVG, PNG, DOT, Mermaid or text."""

from .drawing import draw, drawn, mimebundle, open_drawing, show

__all__ = ["draw", "drawn", "mimebundle", "open_drawing", "show"]
