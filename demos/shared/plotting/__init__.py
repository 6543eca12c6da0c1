"""A small SVG plotter with matplotlib's names. It writes the same bytes on every run, even in a browser's Python."""

from .figure import Figure

__all__ = ["Figure"]
