"""Pictures other than the graph of operations: a network as neurons, numbers as matrices, a model without numbers.

A view is a function from a graph, a look and the size of a page to a Drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError
from ...graph import Graph
from ..options import Look

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["view_named"]

View = Callable[[Graph, Look, "tuple[float, float] | None"], "Drawing"]
VIEWS = {"neurons": "draw_neurons", "matrix": "draw_matrices"}  # the file and the function of each view


def view_named(view: Any) -> View:
    """Return the view with that name. Raises ArgumentError, which lists the names."""
    if view not in VIEWS:
        raise ArgumentError(f"want view='graph', {' or '.join(map(repr, VIEWS))}, got {view!r}")
    return getattr(import_module(f".{view}", __package__), VIEWS[view])
