"""The part of a Value that tools see: a node of the graph, with its numbers, its operation and its operands.

Drawings, steppers, players and reports take nodes and never import Value, so anything with these attributes can be
drawn and stepped through.

>>> from autograd import Value
>>> node: Node = Value(2.0) * 3.0
>>> node.op, node.operands, node.partials, node.reached
(mul, (Value(2.0, grad not reached), 3.0), (3.0, None), False)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from itertools import repeat
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .modes import Scope
    from .ops import Op

__all__ = ["Node", "at_once", "exhaust", "setter", "write", "write_and", "writing"]


class Node(Protocol):
    """A value of a recorded graph.

    data: its number. grad: d(result)/d(node) after backward(), valid only if `reached`. label: the name its user gave
    it, or "". op: the operation that computed it, None for a leaf. scope: the call to a module that it was computed in,
    or the mark of a parameter.
    """

    data: float
    grad: float
    label: str
    op: Op | None
    scope: Scope | None

    @property
    def operands(self) -> tuple[Node | float, ...]:
        """What the node was computed from, in order; a constant is a float. Empty for a leaf."""
        ...

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The derivative d data/d operand for each operand; None for a constant."""
        ...

    @property
    def reached(self) -> bool:
        """Whether a backward pass has put a gradient here."""
        ...


def writing(
    nodes: Iterable[Any], name: str, numbers: Iterable[Any], put: Callable[..., None] = setattr
) -> partial[Any]:
    """Return a function to be called once, which sets an attribute of many nodes, each to its number.

    put: operator.setitem for the items of many dicts.
    """
    kept = numbers if isinstance(numbers, repeat) else [*numbers]  # no Python code may run later
    return partial(any, map(put, [*nodes], repeat(name), kept))


def at_once(*changes: partial[Any]) -> None:
    """Make changes that are written in C, such as those from `writing`: all of them or none.

    It is one call into C, so neither an interrupt nor another thread can come between two of them.

    >>> from autograd import Value
    >>> a, b, losses = Value(1.0), Value(2.0), []
    >>> at_once(writing([a, b], "data", [3.0, 4.0]), partial(losses.append, 0.5)); a.data, b.data, losses
    (3.0, 4.0, [0.5])
    """
    exhaust(map(partial.__call__, changes))


exhaust = partial(deque[Any], maxlen=0)  # goes through an iterator, in C
MANY = 10_000  # with more nodes than this, it takes long to compile code for each


def write(nodes: Iterable[Any], name: str, numbers: Iterable[Any]) -> None:
    """Set an attribute of many nodes, each to its number: all of them or none.

    >>> from autograd import Value
    >>> a, b = Value(1.0), Value(2.0)
    >>> write([a, b], "data", [3.0, 4.0]); a.data, b.data
    (3.0, 4.0)
    """
    writing(nodes, name, numbers)()


def write_and(
    nodes: Iterable[Any], name: str, numbers: Iterable[Any], also: Callable[[Any], Any] = bool, argument: Any = None
) -> None:
    """Do what `write` does, and call a function written in C: both or neither."""
    at_once(writing(nodes, name, numbers), partial(also, argument))


def setter(nodes: Sequence[Any], name: str) -> Callable[..., None]:
    """Make a function that does what `write_and` does for these nodes, four times as fast, to be called many times.

    Its code goes straight to that last call, so neither an interrupt nor another thread can come in between.

    >>> from autograd import Value
    >>> a, b, losses = Value(1.0), Value(2.0), []
    >>> set_data = setter([a, b], "data")
    >>> set_data([3.0, 4.0], losses.append, 0.5); a.data, b.data, losses
    (3.0, 4.0, [0.5])
    """
    if len(nodes) > MANY:
        return partial(write_and, nodes, name)
    code = _storing(len(nodes))
    names = tuple(name if each == "attribute" else each for each in code.co_names)
    namespace = {f"node_{i}": node for i, node in enumerate(nodes)}
    return FunctionType(code.replace(co_names=names), namespace, "set_all", (bool, None))


@lru_cache(8)
def _storing(count: int) -> CodeType:
    """Return the code of a setter, in one line: a debugger may interrupt it between two."""
    places = ", ".join(f"node_{i}.attribute" for i in range(count))
    line = f"def set_all(numbers, also, argument): [{places}] = numbers; also(argument)"
    namespace: dict[str, Any] = {}
    exec(compile(line, "<autograd setter>", "exec"), namespace)
    return namespace["set_all"].__code__
