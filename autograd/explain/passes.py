"""Allow one backward pass per graph at a time: a second one, in another thread, is refused before it changes anything.

Every pass first records its root, and then looks for other passes. So if two passes begin at the same time, at least
one sees the other, and neither has to wait.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from threading import get_ident
from typing import Any, TypeVar

from ..errors import AutogradError, GraphError, hidden
from ..frames import called, hide_our_frames
from ..graph import walk

__all__ = ["one_at_a_time"]
__tracebackhide__ = hidden

_running: dict[int, Any] = {}  # the root of the pass in each thread
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_running.clear)  # the other threads do not exist in the child

F = TypeVar("F", bound=Callable[..., None])


def one_at_a_time(backward: F) -> F:
    """Wrap `Value.backward`, so that it raises GraphError while another thread is in a pass through the same nodes."""

    @wraps(backward)
    def alone(root: Any, *args: Any, **kwargs: Any) -> None:
        me = get_ident()
        try:
            _running[me] = root
            if len(_running) > 1:
                _refuse_shared(root, [other for thread, other in [*_running.items()] if thread != me])
            backward(root, *args, **kwargs)
        except AutogradError as error:
            hide_our_frames(error)
            raise
        finally:
            _running.pop(me, None)

    return called(backward.__name__, alone)


def _refuse_shared(root: Any, others: list[Any]) -> None:
    """Raise GraphError if the graphs of other passes share results with this one. Leaves may be shared."""
    results = {node for node in walk(root) if node.op is not None}
    if any(node in results for node in walk(*others)):
        from .naming import named_graph

        graph = named_graph(root)
        raise GraphError(
            f"backward() of {graph.name(root)}: another thread is in a backward() through the same values. "
            "Nothing was changed: let one thread in at a time, with a lock: with lock: loss.backward()"
        )
