"""Value: a number that remembers how it was computed, and applies the chain rule in reverse.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> f = (a * b + 10).relu()
    >>> f.backward()
    >>> f.data, a.grad, b.grad
    (4.0, -3.0, 2.0)

Every operation leaves a node with its operands and its partials, the slopes d out/d operand, as plain
numbers. The backward pass walks the nodes from the result to the leaves; each node hands on
``partial * grad`` to each operand, and an operand adds up what it is handed: reverse accumulation
(Linnainmaa, 1970; Griewank and Walther, Evaluating Derivatives, 2008, chapter 3).

The operations themselves, ``__mul__``, ``tanh`` and all the others, are compiled from the rows of ops.py by
methods.py; ``print(inspect.getsource(Value.tanh))`` shows one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial as bind_arguments
from typing import TYPE_CHECKING, Any

from .backward import hand_on, visit
from .careful import real, real_data
from .elsewhere import MICROGRAD, Elsewhere
from .errors import GraphError, NotANumberError
from .graph import walk
from .methods import compile_methods
from .modes import PARAMETER, Scope, shared
from .ops import OPS, Op

if TYPE_CHECKING:
    from .compiled_methods import Methods
else:
    Methods = object

__all__ = ["NOT_REACHED", "Value"]

_blank: Callable[[type[Value]], Value] = object.__new__  # __init__ of a subclass may want other arguments

# The zero that a gradient starts as. It is told from a computed 0.0 by identity, never by value.
NOT_REACHED = float("0")


class Value(Methods):
    """A scalar in a computation graph.

    data: its value, a float. grad: d(result)/d(this) after the result's `backward()`; 0.0 before.
    label: a name for drawings and errors. op: the operation that made it, None for a leaf.
    operands: what it was computed from, in order: Values, and floats for constants. partials: the
    slope of `data` in each operand, fixed when it was computed; None for a constant. kinds: a v for each
    operand that is a Value and a c for each constant, by which backward() knows what to do with a node.

    Raises NotANumberError (a TypeError) for anything but a real number.

    >>> a = Value(3, label="a")
    >>> b = a + a
    >>> b.data, b.op, b.operands, b.partials
    (6.0, add, (Value(3.0, grad not reached, label='a'), Value(3.0, grad not reached, label='a')), (1.0, 1.0))
    """

    __slots__ = ("__weakref__", "data", "grad", "kinds", "label", "op", "operands", "partials", "scope")

    data: float
    grad: float
    label: str
    op: Op | None
    operands: tuple[Value | float, ...]
    partials: tuple[float | None, ...]
    kinds: str
    scope: Scope | None

    def __init__(self, data: float, label: str = "") -> None:
        self.grad = NOT_REACHED
        self.label = label if type(label) is str else _as_text(label)
        self.op = None
        self.operands = ()
        self.partials = ()
        self.kinds = ""
        self.scope = None
        if type(data) is float:
            self.data = data
            return
        stand_in: Any = getattr(data, "stand_in", None)  # of an argument of a function that compile() traces
        if stand_in is None:
            self.data = real(data, "a real number for a Value")
        else:
            stand_in(self)

    def backward(self, gradient: float = 1.0, retain_graph: bool | None = None) -> None:
        """Add d(self)/d(leaf), times `gradient`, to the grad of every leaf; set the grad of every inner node.

        Leaves accumulate over calls, so that a batch can be summed; inner nodes start afresh each time, and so does
        a leaf whose grad was set to None. retain_graph changes nothing: a graph lasts as long as its result.
        Raises DivisionError where a gradient meets an infinite partial, such as sqrt's at 0, and NotANumberError for a
        `gradient`, or a data or grad set before, that is no real number.

        >>> a = Value(3.0)
        >>> b = 2 * a
        >>> c = b * b
        >>> c.backward(); c.backward()
        >>> a.grad, b.grad
        (48.0, 12.0)
        """
        gradient = real(gradient, "a real number as gradient")
        real_data(self, self.data)
        if not self.operands:
            self.grad = _summand(self) + gradient
            return
        opened, done = float("0"), float("0")  # zeros of this pass's own: grad says how far a node has come
        order: list[Value] = []
        stack = [self]
        push, pop, finish = stack.append, stack.pop, order.append
        while stack:
            node = stack[-1]
            grad = node.grad
            if grad is done:
                pop()
            elif grad is opened:  # back from all it depends on
                node.grad = done
                finish(pop())
            elif node.operands:
                node.grad = opened
                visit[node.kinds](node.operands, done, push)
            else:
                node.grad = _summand(pop())

        self.grad = gradient
        # the chain rule: operand.grad += partial * node.grad, for each operand that is a Value (see backward.py)
        for node in reversed(order):
            hand_on[node.kinds](node.operands, node.partials, node.grad)

    def zero_grad(self) -> None:
        """Put back the grad of every value in this graph to what it was before any backward: not reached.

        >>> a = Value(3.0); b = a * a; b.backward(); b.zero_grad(); a
        Value(3.0, grad not reached)
        """
        for node in walk(self):
            node.grad = NOT_REACHED

    @property
    def reached(self) -> bool:
        """Whether a backward pass has put a gradient here. A grad of 0.0 alone does not say."""
        return self.grad is not NOT_REACHED and self.grad is not None  # pyright: ignore[reportUnnecessaryComparison]

    def item(self) -> float:
        """The plain number, as torch's item()."""
        return self.data

    def detach(self) -> Value:
        """A new leaf with the same number: what is computed from it hands no gradient back to here.

        >>> a = Value(3.0); f = a * a.detach(); f.backward(); a.grad
        3.0
        """
        return Value(self.data, self.label)

    def __pos__(self) -> Value:
        return self

    # Ordered by data, so that max(values) works; equal only to itself, so that a set of values is a set of nodes.

    def __lt__(self, other: Value | float) -> bool:
        return self.data < (other.data if isinstance(other, Value) else other)

    def __le__(self, other: Value | float) -> bool:
        return self.data <= (other.data if isinstance(other, Value) else other)

    def __gt__(self, other: Value | float) -> bool:
        return self.data > (other.data if isinstance(other, Value) else other)

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= (other.data if isinstance(other, Value) else other)

    def __float__(self, *_: object) -> Any:
        raise NotANumberError(
            f"float(), int() or round() of {self!r} would cut the graph, and so would math's functions: "
            "use v.exp(), v.log(), v.sqrt() ..., which are recorded, or v.item() for the plain number"
        )

    __int__ = __round__ = __trunc__ = __float__

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        try:
            grad = f"grad={_shown(self.grad)}" if self.reached else "grad not reached"
            label = f", label={self.label!r}" if self.label else ""
            return f"Value({_shown(self.data)}, {grad}{label})"
        except AttributeError:  # half made, as a debugger may meet it
            return "Value(not computed yet)"

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in walk(self):  # operands first, so no recursion however deep the graph is
            if id(node) not in memo:
                twin = memo[id(node)] = node.__copy__()
                twin.operands = tuple(memo[id(o)] if isinstance(o, Value) else o for o in node.operands)
                if own := getattr(twin, "__dict__", None):  # of a subclass
                    from copy import deepcopy

                    own.update(deepcopy(own, memo))
        return memo[id(self)]

    def __copy__(self) -> Value:
        twin = _blank(type(self))
        twin.data, twin.grad, twin.label, twin.op, twin.scope = self.data, self.grad, self.label, self.op, self.scope
        twin.operands, twin.partials, twin.kinds = self.operands, self.partials, self.kinds
        if own := getattr(self, "__dict__", None):
            twin.__dict__.update(own)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        if self.operands:
            raise GraphError(
                f"{self!r} is computed from others, and a graph is not pickled: "
                "pickle a module's state_dict(), or v.item()"
            )
        numbers = self.data, self.label, self.grad if self.reached else None, self.scope is PARAMETER
        return _unpickled, (*numbers, type(self)), getattr(self, "__dict__", None)

    # Conveniences: each imports its tool when it is called.

    def draw(self, **options: Any) -> Any:
        """The graph of this value as a graphviz.Digraph: see :func:`autograd.draw`."""
        from .drawing import draw

        return draw(self, **options)

    def show(self, **options: Any) -> str:
        """Open the graph's picture, and return its path: see :func:`autograd.drawing.show`."""
        from .drawing import show

        return show(self, **options)

    def formula(self) -> str:
        """The computation as Python, shared values on lines of their own: see autograd.notation.

        >>> a = Value(3.0, label="a"); f = (a * 2).tanh(); f.formula()
        'f = tanh(a*2)'
        """
        from .notation import formula

        return formula(self)

    def latex(self) -> str:
        """The computation in LaTeX."""
        from .notation import latex

        return latex(self)

    def tree(self, **options: Any) -> str:
        """The graph of this value as text, each value once: see :func:`autograd.drawing.terminal.tree`."""
        from .drawing.terminal import tree

        return tree(self, **options)

    def mermaid(self, **options: Any) -> str:
        """The graph of this value as a Mermaid flowchart: see :func:`autograd.drawing.flowchart.mermaid`."""
        from .drawing.flowchart import mermaid

        return mermaid(self, **options)

    def player(self, **options: Any) -> Any:
        """A page that plays backprop of this value, inline in a notebook: see :class:`autograd.player.Player`."""
        from .player import Player

        return Player(self, **options)

    def step_through(self, *, forward: bool = False, **options: Any) -> Any:
        """Backprop one edge at a time, there and back (or the forward pass): see :class:`autograd.Stepper`.

        >>> a = Value(3.0, label="a"); f = 2 * a
        >>> bp = f.step_through()
        >>> bp.step()
        [edge 1/1] f -> a
              partial   d(2 * a)/da = 2
              upstream  f.grad = 1
              a.grad = 2 * 1 = 2
              a.grad is complete
        """
        from .stepper import step_through

        return step_through(self, forward=forward, **options)

    def why(self, value: Any, **options: Any) -> Any:
        """d(self)/d(value) as a sum over paths, with numbers: see :func:`autograd.paths.why`.

        >>> a = Value(3.0, label="a"); f = a * a
        >>> f.why(a)
        df/da is a sum over 2 paths
          f -> a (operand 1)    3
          f -> a (operand 2)    3
          total 6
        """
        from .paths import why

        return why(self, value, **options)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from .drawing import mimebundle

        return mimebundle(self)


def _summand(leaf: Value) -> float:
    """What a leaf's grad counts for in a sum: 0 if it was set to None. Raises NotANumberError for what is no number."""
    if leaf.grad is None:  # pyright: ignore[reportUnnecessaryComparison] - it may be set to anything
        return 0.0
    return real(leaf.grad, f"a real number as grad of Value({leaf.data!r}, label={leaf.label!r}): 0.0 clears it")


def _shown(number: object) -> str:
    return float.__repr__(number) if isinstance(number, float) else repr(number)  # numpy's says np.float64(2.0)


def _as_text(label: object) -> str:
    """A label as text: ``Value(x, label=i)`` is written easily, and every tool reads text."""
    return "" if label is None else str(label)


def _unpickled(data: float, label: str, grad: float | None, parameter: bool, kind: type[Value] | None = None) -> Value:
    value = _blank(kind or Value)
    Value.__init__(value, data, label)
    if grad is not None:
        value.grad = grad
    if parameter:
        value.scope = PARAMETER
    return value


shared.update(Value=Value, new=bind_arguments(object.__new__, Value), NOT_REACHED=NOT_REACHED)
for _name, _method in compile_methods(list(OPS.values())).items():
    setattr(Value, _name, _method)
for _name, _fix in MICROGRAD.items():
    setattr(Value, _name, Elsewhere(_name, _fix))
