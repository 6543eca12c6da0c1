"""The places where a stepper stops, the things it watches, and the numbers that both may use.

>>> from autograd import Value
>>> a = Value(3.0, label="a"); b = a * a; f = b * b
>>> bp = f.step_through()
>>> bp.break_at("if abs(grad) > 10")
stops at every edge with abs(grad) > 10
>>> print(bp.run().splitlines()[-1])
  note   stopped at b: abs(grad) > 10
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import AutogradError, FormulaError, GraphError
from ..explain.naming import common_name, one_line
from ..explain.phrases import counted, short
from ..explain.regions import Region
from ..graph import nearest
from .expression import Expression

if TYPE_CHECKING:
    from ..node import Node
    from ..ops import Op
    from .moves import Moves

__all__ = ["Known", "Point", "operations", "point_at", "said_range", "tensors", "watch_text"]

LISTED = 4  # the maximum number of tensors in a line


class Known(Mapping[str, float]):
    """The numbers known at a stepper's position: ``a``, ``a.data`` and ``a.grad``, each looked up when needed."""

    def __init__(self, stepper: Moves) -> None:
        self.stepper = stepper

    def _find(self, name: str) -> float | None:
        nodes = self.stepper.graph.by_name
        if name in nodes:
            return self.stepper.known(nodes[name], "data")
        base, _, quantity = name.rpartition(".")
        return self.stepper.known(nodes[base], quantity) if base in nodes and quantity in ("data", "grad") else None

    def __getitem__(self, name: str) -> float:
        number = self._find(name)
        if number is None:
            raise KeyError(name)
        return number

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not None

    def __iter__(self) -> Iterator[str]:
        for name in self.stepper.graph.by_name:
            yield from (text for text in (name, f"{name}.data", f"{name}.grad") if text in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Point:
    """A place to stop at. text: its name; met: says after each move what stopped there, if anything did."""

    def __init__(self, text: str, met: Callable[[], str]) -> None:
        self.text = text
        self.met = met


def operations(stepper: Moves) -> dict[str, Op]:
    """Return the operations of a stepper's graph, by name."""
    return {node.op.name: node.op for node in stepper.graph.nodes if node.op is not None}


def point_at(stepper: Moves, x: object) -> Point:
    """Return the breakpoint for x: see :meth:`Moves.break_at`. Raises GraphError if x is not in the graph."""
    if isinstance(x, str) and x not in stepper.graph.by_name:
        if x in ("nan", "inf"):
            return _where(stepper, "nan or inf", lambda node, number: not math.isfinite(number))
        if x.startswith("if "):
            return _on_condition(stepper, x.removeprefix("if ").strip())
        if operation := _operation(stepper, x):
            return Point(f"every {operation}", lambda: _entered(stepper, lambda node: node.op is operation))
        if stepper.regions.find(x) is None:
            words = [*stepper.graph.by_name, *stepper.regions.names, *operations(stepper)]
            there = nearest(x, words) or f"the operations are {', '.join(operations(stepper))}"
            raise GraphError(f"no value or operation here is called {x!r}: {there}")
    elif callable(x) and not hasattr(x, "parameters"):
        return _where(stepper, getattr(x, "__name__", "a function").strip("<>"), lambda node, _: bool(x(node)))
    part = stepper.part(x)
    if isinstance(part, Region):
        inside = part.members.__contains__
        return Point(
            one_line(part.name),
            lambda: one_line(part.name) if not inside(stepper.before) and _entered(stepper, inside) else "",
        )
    return Point(stepper.name(part), lambda: stepper.met(part))


def _operation(stepper: Moves, x: str) -> Any:
    """Find an operation of this graph, by its name or its symbol."""
    by_name = operations(stepper)
    by_symbol = {op.symbol: op for op in by_name.values()}
    return by_name.get(x) or by_symbol.get(x)


def _entered(stepper: Moves, wanted: Callable[[Any], bool]) -> str:
    """Return the name of the next node if it is wanted and the previous move was at another node."""
    node, before = stepper.next_node, stepper.before
    if node is None or node is before or not wanted(node):
        return ""
    return stepper.name(node)


def _where(stepper: Moves, text: str, wanted: Callable[[Any, float], bool]) -> Point:
    def met() -> str:
        node = stepper.latest
        return f"{stepper.name(node)}: {text}" if wanted(node, getattr(node, stepper.quantity)) else ""

    return Point(f"every {stepper.unit} with {text}", met)


def _on_condition(stepper: Moves, text: str) -> Point:
    nodes = stepper.graph.by_name
    condition = Expression(text, attributes=True, conditions=True, known=nodes)
    own = [name for name in ("grad", "data") if name not in nodes]
    for name in condition.names:
        if name not in own:
            stepper.graph.find(name)

    def holds(node: Any, _: float) -> bool:
        try:
            return bool(condition.evaluate(ChainMap({name: getattr(node, name) for name in own}, stepper.numbers())))  # type: ignore[arg-type]
        except AutogradError:  # a gradient that is not reached yet
            return False

    return _where(stepper, text, holds)


def watch_text(stepper: Moves, x: object) -> tuple[str, Callable[[], str]]:
    """Return the name of what is watched, and a function that describes it. Raises GraphError or FormulaError."""
    is_text = isinstance(x, str)
    if not is_text or x in stepper.graph.by_name or stepper.regions.find(x):
        part = stepper.part(x)
        if isinstance(part, Region):
            return one_line(part.name), lambda: _region_now(stepper, part)
        name = f"{stepper.name(part)}.{stepper.quantity}"
        return name, lambda: _now(name, stepper.known(part, stepper.quantity))
    expression = Expression(x, attributes=True, known=stepper.graph.by_name)
    for name in expression.names:
        stepper.graph.find(name)

    def now() -> str:
        try:
            return _now(x, float(expression.evaluate(stepper.numbers())))
        except FormulaError as error:
            return f"{x}: {str(error).partition(chr(10))[0]}"

    return x, now


def _now(name: str, number: float | None) -> str:
    return f"{name} is not reached yet" if number is None else f"{name} = {short(number)}"


def _region_now(stepper: Moves, part: Region) -> str:
    numbers = [number for node in part.nodes if (number := stepper.known(node, stepper.quantity)) is not None]
    reached = f"{len(numbers)} of {counted(len(part.nodes), 'value')} reached"
    return f"{one_line(part.name)}: {reached}" + (f", {said_range(stepper.quantity, numbers)}" if numbers else "")


def said_range(quantity: str, numbers: Iterable[float]) -> str:
    """Write a range: ``|grad| from 0.02 to 0.9``, or of data, with their signs.

    >>> said_range("grad", [0.5, -2.0]), said_range("data", [0.5, -2.0]), said_range("grad", [1.0, float("nan")])
    ('|grad| from 0.5 to 2', 'data from -2 to 0.5', '|grad| 1, and 1 nan or inf')
    >>> said_range("grad", []), said_range("data", [float("inf")])
    ('no grad', 'no data, and 1 nan or inf')
    """
    numbers = list(numbers)
    name = "|grad|" if quantity == "grad" else quantity
    sizes = [abs(number) if quantity == "grad" else number for number in numbers if math.isfinite(number)]
    bad = len(numbers) - len(sizes)
    said = f"no {quantity}"
    if sizes:
        low, high = short(min(sizes)), short(max(sizes))
        said = f"{name} {low}" if low == high else f"{name} from {low} to {high}"
    return said + (f", and {bad} nan or inf" if bad else "")


def tensors(stepper: Moves, leaves: Iterable[Node]) -> list[str]:
    """Summarise the parameters among some leaves, tensor by tensor: ``layers.0.weight: 6, |grad| from 0.1 to 0.3``."""
    lists: dict[str, list[Any]] = {}
    for leaf in leaves:
        lists.setdefault(stepper.name(leaf).partition("[")[0], []).append(leaf)
    said = [
        f"{common_name(map(stepper.name, held)) if len(held) == 1 else name}: "
        + (f"{len(held)}, " if len(held) > 1 else "")
        + said_range(stepper.quantity, [getattr(leaf, stepper.quantity) for leaf in held])
        for name, held in lists.items()
    ]
    return said[:LISTED] + [f"{len(said) - LISTED} more"] * (len(said) > LISTED)
