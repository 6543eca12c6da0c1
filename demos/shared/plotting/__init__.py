"""A small SVG plotter under matplotlib's names: the same bytes on every run, in a browser's Python too."""

from .figure import Figure

__all__ = ["Figure"]
