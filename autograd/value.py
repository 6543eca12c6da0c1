r"""Value: a number that remembers how it was computed, and applies the chain rule in reverse.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> f = (a * b + 10).relu()
    >>> f.backward()
    >>> f.data, a.grad, b.grad
    (4.0, -3.0, 2.0)

Every operation records a node, with its operands and its partials d out/d operand as plain numbers. The method is
compiled from the operation's row in ops.py (see methods.py), and this is all it does:

    >>> import inspect
    >>> print("\n".join(inspect.getsource(Value.tanh).splitlines()[2:]))  # below its def and docstring
        try:
            a = self.data
            if type(a) is not float:
                raise TypeError  # data was set to something else
            out = tanh(a)
            node = new()
            node.da = 1.0 - out * out  # d out/d a
        except (ArithmeticError, TypeError, ValueError):
            node = carefully(tanh_op, (self,))
            if isinstance(node, Exception):
                raise node from None
            return node
        node.a = self
        node.b = node.db = None
        node.data = out
        node.grad = NOT_REACHED
        node.op = tanh_op
        node.label = ""
        node.scope = scope
        return in_mode(node) if mode else node

`Value.backward` below applies the chain rule to the recorded nodes: reverse accumulation (Linnainmaa, 1970; Griewank and
Walther, Evaluating Derivatives, 2008, chapter 3).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any

from .elsewhere import names_of_others
from .errors import ArgumentError, GraphError, SingularityError, hidden
from .explain.passes import one_at_a_time
from .graph import grad_before, walk
from .methods import compile_methods, keep_in_place
from .modes import CUT, PARAMETER, Scope
from .node import write
from .ops import OPS, Op
from .slow_path import as_label, made_by_hand, real, real_data

if TYPE_CHECKING:
    from .compiled_methods import Methods
else:
    Methods = names_of_others("Value", slots=True)

__all__ = ["NOT_REACHED", "Value"]
__tracebackhide__ = hidden

_blank: Callable[[type[Value]], Value] = object.__new__  # a subclass's __init__ may take other arguments

# The zero from which every grad starts. Tools tell it from a computed 0.0 by identity, and say "not reached".
NOT_REACHED = float("0")


class Value(Methods):
    """A scalar in a computation graph.

    data: its value, a float. grad: d(result)/d(this) after the result's `backward()`; 0.0 before.
    label: its name in drawings and errors. op: the operation that made it, None for a leaf.
    operands: what it was computed from, in order: Values, and floats for constants. partials: d data/d operand
    for each operand, fixed when it was computed; None for a constant.

    A node with one or two operands keeps them in the slots a and b, and their partials in da and db: with tuples,
    every node would be three objects. A node with more operands keeps a tuple in a and another in da.

    Raises ArgumentError (a TypeError) for anything but a real number.

    >>> a = Value(3, label="a")
    >>> b = a + a
    >>> b.data, b.op, b.operands, b.partials
    (6.0, add, (Value(3.0, grad not reached, label='a'), Value(3.0, grad not reached, label='a')), (1.0, 1.0))
    """

    __slots__ = ("__weakref__", "a", "b", "da", "data", "db", "grad", "label", "op", "scope")

    data: float
    grad: float
    label: str
    op: Op | None
    scope: Scope | None
    a: Any
    b: Any
    da: Any
    db: Any

    def __init__(self, data: float, label: str = "", _op: object = "", *, requires_grad: bool = True) -> None:
        self.grad = NOT_REACHED
        self.op = None
        self.a = self.b = self.da = self.db = None
        self.scope = None
        try:
            self.label = label if type(label) is str else as_label(label)
            if _op or not requires_grad:
                raise made_by_hand(requires_grad)
            if type(data) is float:
                self.data = data
                return
            stand_in: Any = getattr(data, "stand_in", None)  # for an argument of a function that compile() traces
            if stand_in is None:
                self.data = real(data, "a real number for a Value")
            else:
                stand_in(self)
        except ArgumentError as error:
            raise error.with_traceback(None) from None

    @one_at_a_time
    def backward(self, gradient: float = 1.0, retain_graph: bool | None = None) -> None:
        """Add d(self)/d(leaf), times `gradient`, to the grad of every leaf, and set the grad of every inner node.

        Leaves accumulate over calls, so that a batch can be summed. Inner nodes start afresh at each call, and so does
        a leaf whose grad was set to None. retain_graph changes nothing: a graph lasts as long as its result.
        Raises SingularityError where a gradient meets an infinite partial, such as sqrt's at 0, and ArgumentError if
        `gradient`, or a data or grad that was set earlier, is not a real number. Raises GraphError, before anything is
        changed, while another thread is in a backward() through the same values.

        >>> a = Value(3.0)
        >>> b = 2 * a
        >>> c = b * b
        >>> c.backward(); c.backward()
        >>> a.grad, b.grad
        (48.0, 12.0)
        """
        gradient = real(gradient, "a real number as gradient")
        real_data(self, self.data)
        if self.op is None:
            if self.scope is CUT:
                from .explain.untrained import not_recorded

                raise not_recorded(self)
            self.grad = _summand(self, self) + gradient
            return

        # The walk, depth first: in `order`, the operands of a node come before the node. Inner nodes start at 0.
        # Leaves accumulate, and are visited only if their grad was set to something other than a float, such as None.
        order: dict[Value, None] = {}
        visited: set[Value] = set()
        stack: list[Value] = [self]
        while stack:
            node = stack[-1]
            if node in visited:
                order[stack.pop()] = None
                continue
            visited.add(node)
            node.grad = 0.0 if node.op else _summand(node, self)
            if type(node.a) is tuple:  # a node with more than two operands
                for operand in reversed(node.a):
                    if type(operand) is float:  # a constant
                        continue
                    if (operand.op or type(operand.grad) is not float) and operand not in visited:
                        stack.append(operand)
            else:
                if node.db is not None and (node.b.op or type(node.b.grad) is not float) and node.b not in visited:
                    stack.append(node.b)
                if node.da is not None and (node.a.op or type(node.a.grad) is not float) and node.a not in visited:
                    stack.append(node.a)

        # The chain rule, from the result back to the leaves: each operand adds up what arrives from its consumers.
        node, self.grad = self, gradient
        try:
            for node in reversed(order):
                if type(node.a) is tuple:
                    for operand, partial in zip(node.a, node.da):
                        if partial is not None:
                            operand.grad += partial * node.grad
                else:
                    if node.da is not None:
                        node.a.grad += node.da * node.grad
                    if node.db is not None:
                        node.b.grad += node.db * node.grad
        except SingularityError:  # an infinite partial, such as sqrt's at 0: say where
            from .explain.failures import stopped

            raise stopped(self, node) from None

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What this was computed from, in order: ``a + a`` has a twice. Empty for a leaf."""
        a, b = self.a, self.b
        return a if type(a) is tuple else () if a is None else (a,) if b is None else (a, b)

    @operands.setter
    def operands(self, operands: tuple[Value | float, ...]) -> None:
        partials = self.partials
        self.a, self.b = (*operands, None, None)[:2] if len(operands) <= 2 else (operands, None)
        self.partials = partials

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The derivative d data/d operand for each operand, fixed when this was computed; None for a constant."""
        a, b, da = self.a, self.b, self.da
        return da if type(a) is tuple else () if a is None else (da,) if b is None else (da, self.db)

    @partials.setter
    def partials(self, partials: tuple[float | None, ...]) -> None:
        self.da, self.db = (partials, None) if type(self.a) is tuple else (*partials, None, None)[:2]

    # micrograd's and microgpt's names for what a node remembers, so that programs and lectures written for them run here.

    @property
    def _children(self) -> tuple[Value, ...]:
        """The Values among the operands, in order."""
        return tuple(operand for operand in self.operands if isinstance(operand, Value))

    @property
    def _local_grads(self) -> tuple[float, ...]:
        """The partials in `_children`."""
        return tuple(partial for partial in self.partials if partial is not None)

    @property
    def _prev(self) -> set[Value]:
        """The Values among the operands, as a set: micrograd uses it to draw and sort graphs."""
        return set(self._children)

    @property
    def _op(self) -> str:
        """The symbol of the operation; "" for a leaf."""
        return self.op.symbol if self.op else ""

    def _backward(self) -> None:
        """Do this node's step of the chain rule alone, for backprop by hand: `grad` must be complete.

        >>> a = Value(3.0); b = a * a
        >>> b.grad = 1.0; b._backward(); a.grad
        6.0
        """
        for operand, partial in zip(self._children, self._local_grads):
            operand.grad += partial * self.grad

    def zero_grad(self) -> None:
        """Reset the grad of every value in this graph to what it was before any backward pass: not reached.

        >>> a = Value(3.0); b = a * a; b.backward(); b.zero_grad(); a
        Value(3.0, grad not reached)
        """
        write(walk(self), "grad", repeat(NOT_REACHED))

    @property
    def reached(self) -> bool:
        """Whether a backward pass has put a gradient here: a grad of 0.0 alone does not tell."""
        return self.grad is not NOT_REACHED and self.grad is not None

    def item(self) -> float:
        """Return the plain number, as torch's item() does."""
        return self.data

    def detach(self) -> Value:
        """Return a new leaf with the same number: no gradient flows back from it to this value.

        >>> a = Value(3.0); f = a * a.detach(); f.backward(); a.grad
        3.0
        """
        leaf = Value(self.data, self.label)
        leaf.scope = CUT
        return leaf

    def clamp(self, min: Value | float | None = None, max: Value | float | None = None) -> Value:
        """Return this value, but at least `min` and at most `max`; ArgumentError without a bound. See autograd.clamp.

        >>> Value(3.0).clamp(0, 1).data, Value(-2.0).clamp(min=0).data
        (1.0, 0.0)
        """
        if min is None and max is None:
            raise ArgumentError("clamp: want a bound, min, max or both, got none: x.clamp(min=0.0)")
        above = self if min is None else self.clamp_min(min)
        return above if max is None else above.clamp_max(max)

    clip = clamp

    # torch's names for what is true of every Value here.
    @property
    def is_leaf(self) -> bool:
        """Whether it is an input, not the result of an operation."""
        return self.op is None

    @property
    def requires_grad(self) -> bool:
        """True: every Value records what is computed from it."""
        return True

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if not wanted:
            raise made_by_hand(wanted)

    def retain_grad(self) -> None:
        """Do nothing: inner values keep their grad anyway."""

    def __init_subclass__(cls) -> None:
        keep_in_place(cls)

    def __pos__(self) -> Value:
        return self

    # A Value is ordered by data, so that max(values) works, and equal only to itself, so that sets of nodes work.
    # `if loss:` and `loss == 0`, which would be misunderstood, are refused.

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)):
            from .explain.untrained import as_number

            raise as_number(self, other)
        return NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        from .explain.untrained import as_truth

        raise as_truth(self)

    def __lt__(self, other: Value | float) -> bool:
        return self.data < (other.data if isinstance(other, Value) else other)

    def __le__(self, other: Value | float) -> bool:
        return self.data <= (other.data if isinstance(other, Value) else other)

    def __gt__(self, other: Value | float) -> bool:
        return self.data > (other.data if isinstance(other, Value) else other)

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= (other.data if isinstance(other, Value) else other)

    def __float__(self, *_: object) -> Any:
        raise ArgumentError(
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
        except AttributeError:  # a debugger may show a Value that is half made
            return "Value(not computed yet)"

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in walk(self):  # operands first, so there is no recursion however deep the graph is
            if id(node) not in memo:
                twin = memo[id(node)] = node.__copy__()
                twin.operands = tuple(memo[id(o)] if isinstance(o, Value) else o for o in node.operands)
                if own := getattr(twin, "__dict__", None):  # attributes that a subclass has added
                    from copy import deepcopy

                    own.update(deepcopy(own, memo))
        return memo[id(self)]

    def __copy__(self) -> Value:
        twin = _blank(type(self))
        twin.data, twin.grad, twin.label, twin.op, twin.scope = self.data, self.grad, self.label, self.op, self.scope
        twin.a, twin.b, twin.da, twin.db = self.a, self.b, self.da, self.db
        if own := getattr(self, "__dict__", None):
            twin.__dict__.update(own)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        if self.operands:
            raise GraphError(
                f"{self!r} is computed from others, and a graph cannot be pickled: "
                "pickle a module's state_dict(), or v.item()"
            )
        numbers = self.data, self.label, self.grad if self.reached else None, self.scope is PARAMETER
        return _unpickled, (*numbers, type(self)), getattr(self, "__dict__", None)

    # Ways to look inside: see _Tool below.

    if TYPE_CHECKING:
        from .drawing import draw, show
        from .drawing.formats.mermaid import mermaid
        from .drawing.tree import tree
        from .explain.formulas import formula, latex
        from .explain.paths import why
        from .player import player
        from .stepper import step_through

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from .drawing import mimebundle

        return mimebundle(self, include, exclude)


class _Tool:
    """A method of Value that is really a tool's function: ``f.draw()`` is ``draw(f)``.

    The tool is imported when it is first used: the engine needs no tool, and every tool needs the engine. This is
    the only circular import.
    """

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self.module = module

    def __get__(self, value: Any, owner: Any = None) -> Any:
        from importlib import import_module

        setattr(Value, self.name, getattr(import_module(self.module, __package__), self.name))
        return getattr(owner if value is None else value, self.name)


_TOOLS = {
    "draw": ".drawing", "show": ".drawing", "tree": ".drawing.tree", "mermaid": ".drawing.formats.mermaid", "player": ".player",
    "formula": ".explain.formulas", "latex": ".explain.formulas", "why": ".explain.paths", "step_through": ".stepper",
}  # fmt: skip


def _summand(leaf: Value, root: Value) -> float:
    """Return a leaf's grad as a term of a sum: 0 if it was set to None. Raises ArgumentError if it is not a number."""
    grad = grad_before(leaf, root)
    if grad is None:
        return 0.0
    return real(grad, f"a real number as grad of Value({leaf.data!r}, label={leaf.label!r}): 0.0 clears it")


def _shown(number: object) -> str:
    return float.__repr__(number) if isinstance(number, float) else repr(number)  # numpy's repr is np.float64(2.0)


def _unpickled(data: float, label: str, grad: float | None, parameter: bool, kind: type[Value] | None = None) -> Value:
    value = _blank(kind or Value)
    Value.__init__(value, data, label)
    if grad is not None:
        value.grad = grad
    if parameter:
        value.scope = PARAMETER
    return value


for _name, _method in compile_methods(list(OPS.values())).items():
    setattr(Value, _name, _method)
for _name, _module in _TOOLS.items():
    setattr(Value, _name, _Tool(_name, _module))
