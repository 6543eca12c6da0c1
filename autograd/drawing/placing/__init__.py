"""Where everything in a picture is: a placement of our own, the same for every layout engine and on every run."""

from .place import Arrangement, Placement, Rect, Route, Sizes

__all__ = ["Arrangement", "Placement", "Rect", "Route", "Sizes"]
