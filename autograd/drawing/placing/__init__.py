"""Decide where everything in a picture is: our own placement, the same for every layout engine and in every run."""

from .place import Arrangement, Placement, Rect, Route, Sizes

__all__ = ["Arrangement", "Placement", "Rect", "Route", "Sizes"]
