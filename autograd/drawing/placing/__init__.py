"""Where everything in a picture is: a placement of our own, the same for every layout engine and on every run."""

from .place import Placement, Rect, Route, Sizes, place

__all__ = ["Placement", "Rect", "Route", "Sizes", "place"]
