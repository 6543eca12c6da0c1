"""Value: a number that remembers how it was computed, and applies the chain rule in reverse.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> f = (a * b + 10).relu()
    >>> f.backward()
    >>> f.data, a.grad, b.grad
    (4.0, -3.0, 2.0)

Every operation leaves a node with its operands and its partials, the slopes d out/d operand, as plain
numbers. The backward pass walks the nodes from the result to the leaves; each node hands on
``partial * grad`` to each operand, and an operand adds up what it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial as bind_arguments
from typing import TYPE_CHECKING, Any

from .backward import hand_on, visit
from .careful import evaluate, evaluate_partial, real
from .errors import AutogradError, GraphError, NotANumberError
from .formula import PLAIN, Algebra
from .graph import Graph, walk
from .kernels import compile_kernel
from .methods import OPERATORS, compile_function, compile_methods
from .modes import PARAMETER, Scope, is_on, shared
from .ops import DOT, LOGSUMEXP, MAXIMUM, MEAN, OPS, TOTAL, Op, row

if TYPE_CHECKING:
    from .compiled_methods import Methods, dot, logsumexp, mean, total
else:
    Methods = object

__all__ = ["NOT_REACHED", "Number", "Value", "dot", "grad", "logsumexp", "maximum", "mean", "op", "softmax", "total"]

Number = float  # what `data` and `grad` hold; ints are turned into floats at the door

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

    def backward(self, gradient: float = 1.0) -> None:
        """Add d(self)/d(leaf), times `gradient`, to the grad of every leaf; set the grad of every inner node.

        Leaves accumulate over calls, so that a batch can be summed; inner nodes start afresh each time.
        Raises DivisionError where a gradient meets an infinite partial, such as sqrt's at 0, and NotANumberError
        for a `gradient`, or a grad that was set before, that is no real number.

        >>> a = Value(3.0)
        >>> b = 2 * a
        >>> c = b * b
        >>> c.backward(); c.backward()
        >>> a.grad, b.grad
        (48.0, 12.0)
        """
        gradient = real(gradient, "a real number as gradient")
        if not self.operands:
            self.grad += gradient
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
            else:
                node.grad = opened
                visit[node.kinds](node.operands, done, push)

        self.grad = gradient
        try:
            for node in reversed(order):
                hand_on[node.kinds](node.operands, node.partials, node.grad)
        except TypeError:
            for leaf in walk(self):
                real(leaf.grad, f"a real number as grad of Value({leaf.data!r}, label={leaf.label!r}): 0.0 clears it")
            raise

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

    def __float__(self) -> float:
        raise NotANumberError(
            f"float() or int() of {self!r} would cut the graph, and so would math's functions: "
            "use v.exp(), v.log(), v.sqrt() ..., which are recorded, or v.item() for the plain number"
        )

    __int__ = __float__

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        try:
            grad = "grad not reached" if self.grad is NOT_REACHED else f"grad={self.grad!r}"
            label = f", label={self.label!r}" if self.label else ""
            return f"Value({self.data!r}, {grad}{label})"
        except AttributeError:  # half made, as a debugger may meet it
            return "Value(not computed yet)"

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for node in walk(self):  # operands first, so no recursion however deep the graph is
            if id(node) not in memo:
                twin = memo[id(node)] = Value(0.0)
                twin.data, twin.grad, twin.label, twin.op = node.data, node.grad, node.label, node.op
                twin.partials, twin.kinds, twin.scope = node.partials, node.kinds, node.scope
                twin.operands = tuple(memo[id(o)] if isinstance(o, Value) else o for o in node.operands)
        return memo[id(self)]

    def __copy__(self) -> Value:
        twin = Value(self.data, self.label)
        twin.grad, twin.op, twin.scope = self.grad, self.op, self.scope
        twin.operands, twin.partials, twin.kinds = self.operands, self.partials, self.kinds
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        if self.operands:
            raise GraphError(
                f"{self!r} is computed from others, and a graph is not pickled: "
                "pickle a module's state_dict(), or v.item()"
            )
        return _unpickled, (self.data, self.label, self.grad if self.reached else None, self.scope is PARAMETER)

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


def _as_text(label: object) -> str:
    """A label as text: ``Value(x, label=i)`` is written easily, and every tool reads text."""
    return "" if label is None else str(label)


def _unpickled(data: float, label: str, grad: float | None, parameter: bool) -> Value:
    value = Value(data, label)
    if grad is not None:
        value.grad = grad
    if parameter:
        value.scope = PARAMETER
    return value


# --- Recording what compiled methods leave to us -----------------------------------------------------------


def _record(op: Op, operands: Sequence[Value | float]) -> Value:
    """A node computed step by step from the row: for mixed operands, and where arithmetic failed."""
    for operand in operands:
        if type(operand) is not Value and hasattr(operand, "record"):  # traced by compile(): no numbers yet
            return operand.record(op, operands)  # type: ignore[union-attr]
    numbers = [operand.data if isinstance(operand, Value) else operand for operand in operands]
    out = evaluate(op, operands, numbers)
    node = Value(out)
    node.op, node.operands, node.scope = op, tuple(operands), shared["scope"]
    node.kinds = "".join("v" if isinstance(operand, Value) else "c" for operand in operands)
    node.partials = tuple(
        evaluate_partial(op, operands, numbers, out, k) if isinstance(operand, Value) else None
        for k, operand in enumerate(operands)
    )
    return _in_mode(node) if shared["mode"] else node


def _carefully(op: Op, operands: Sequence[Any]) -> Any:
    """What a compiled method does with operands that are not all Values, floats or ints."""
    checked: list[Value | float] = []
    for k, operand in enumerate(operands):
        if isinstance(operand, Value):
            checked.append(operand)
            continue
        try:
            checked.append(real(operand, f"a Value or a real number as operand {k + 1} of {op.name}"))
        except NotANumberError:
            if op.name in OPERATORS:
                return NotImplemented  # so that the other side may know what to do
            raise
    return _record(op, checked)


def _in_mode(node: Value) -> Value:
    if is_on("no_grad"):
        node.op, node.operands, node.partials, node.kinds = None, (), (), ""
    elif is_on("record_source"):
        from .source import remember

        remember(node)
    return node


def _first_time(op: Op, kernels: dict[Any, Callable[..., Value]], groups: Sequence[Any]) -> Value:
    """A wide operation on operands no kernel was compiled for: check them, then compile one."""
    try:
        return _first_kernel(op, kernels, groups)
    except AutogradError as error:
        raise error from None  # the lookup that failed before is nobody's error


def _first_kernel(op: Op, kernels: dict[Any, Callable[..., Value]], groups: Sequence[Any]) -> Value:
    given = dict(zip(op.operands, groups))
    sizes: dict[str, int] = {}
    constants: set[str] = set()
    for name, group in given.items():
        if name in op.lists:
            given[name] = group = _operands(op, name, group)
            sizes[name] = len(group)
            kind = type(group[0])
        elif group is None and name in op.defaults:
            sizes[name] = 0
            continue
        else:
            given[name] = group = _operand(op, name, group)
            sizes[name] = 1
            kind = type(group)
        if kind is float:
            constants.add(name)
    counts = {name: sizes[name] for name in op.lists}
    if len(set(counts.values())) > 1:
        raise GraphError(
            f"{op.name}: want lists of the same length, got "
            + " and ".join(f"{count} in {name}" for name, count in counts.items())
        )
    flat = [
        operand for name in given if sizes[name] for operand in (given[name] if name in op.lists else [given[name]])
    ]
    if any(isinstance(operand, Value) and type(operand) is not Value for operand in flat):
        return _carefully(op, flat)
    key: list[Any] = []
    for name, group in given.items():
        key += [len(group), type(group[0])] if name in op.lists else [type(group)]
    if tuple(key) not in kernels:
        kernels[tuple(key)] = compile_kernel(op, sizes, frozenset(constants))
    return kernels[tuple(key)](*given.values())


def _operands(op: Op, name: str, group: Any) -> list[Value | float]:
    try:
        operands = list(group)
    except TypeError:
        raise NotANumberError(
            f"{op.name}: want a list of Values or numbers for {name}, got {type(group).__name__}"
        ) from None
    if not operands:
        raise GraphError(f"{op.name}: want at least one operand in {name}, got an empty list")
    return [_operand(op, f"{name}[{i}]", operand) for i, operand in enumerate(operands)]


def _operand(op: Op, name: str, operand: Any) -> Value | float:
    return operand if isinstance(operand, Value) else real(operand, f"a Value or a real number for {name} of {op.name}")


def _in_steps(op: Op, groups: Sequence[Any]) -> Value:
    """A wide operation from two-operand ones: its value formula, computed on Values."""
    names: dict[str, Any] = {}
    for name, group in zip(op.operands, groups):
        if name in op.lists:
            names[name] = _operands(op, name, group)
        elif group is not None:
            names[name] = _operand(op, name, group)
    formula = op.value
    for name in op.operands:
        if name not in names:
            formula = formula.without(name)
    result = formula.evaluate(names, _ON_VALUES)
    return result if isinstance(result, Value) else Value(result)


def _number(operand: Value | float) -> float:
    return operand.data if isinstance(operand, Value) else operand


def _on_values(name: str) -> Callable[..., Any]:
    """A function of the grammar for Values and numbers: the row of that name."""

    def apply(*operands: Value | float) -> Any:
        if any(isinstance(operand, Value) for operand in operands):
            return _record(OPS[name], operands)
        return evaluate(OPS[name], operands, [_number(operand) for operand in operands])

    return apply


def _compared(compare: Callable[[float, float], bool]) -> Callable[..., bool]:
    def by_data(a: Value | float, b: Value | float) -> bool:
        return compare(_number(a), _number(b))

    return by_data


def _larger(a: Value | float, b: Value | float) -> Value:
    return _record(MAXIMUM, (a, b))


# The grammar's meaning on Values: formulas then build graphs, of wide operations in steps and of gradients.
_ON_VALUES: Algebra = {
    **PLAIN,
    "/": _on_values("div"),
    "**": _on_values("pow"),
    "larger": _larger,
    **{name: _on_values(name) for name in PLAIN if name in OPS},
    **{head: _compared(PLAIN[head]) for head in ("<", "<=", ">", ">=", "==", "!=")},
}


# --- The operations ----------------------------------------------------------------------------------------

shared.update(
    {f"{op.name}_op": op for op in OPS.values()},
    Value=Value,
    new=bind_arguments(object.__new__, Value),
    NOT_REACHED=NOT_REACHED,
    carefully=_carefully,
    in_mode=_in_mode,
    in_steps=_in_steps,
    first_time=_first_time,
)
for _name, _method in compile_methods(list(OPS.values())).items():
    setattr(Value, _name, _method)

_WIDE_DOCS = {
    DOT: """The dot product sum(xs[i] * ws[i]), plus a bias if there is one, as one node.

    xs, ws: lists of the same length, of Values or numbers. Summed from left to right, the bias last.

    >>> dot([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)], 0.5).data
    11.5
    """,
    TOTAL: """The sum of a list of Values or numbers as one node, from left to right.

    >>> total([Value(1.0), Value(2.0), 3]).data
    6.0
    """,
    MEAN: """The mean of a list of Values or numbers as one node.

    >>> mean([Value(1.0), Value(2.0)]).data
    1.5
    """,
    LOGSUMEXP: """log(sum(exp(xs[i]))) as one node, computed after taking out the largest, so that nothing overflows.

    >>> logsumexp([Value(1000.0), Value(1000.0)]).data
    1000.6931471805599
    """,
}
_functions = {wide: compile_function(wide, doc) for wide, doc in _WIDE_DOCS.items()}
_maximum = compile_function(MAXIMUM)
if not TYPE_CHECKING:
    dot, total, mean, logsumexp = (_functions[wide] for wide in (DOT, TOTAL, MEAN, LOGSUMEXP))


def maximum(*xs: Any) -> Value:
    """The largest of some Values or numbers, given as arguments or as one list; nan if any is.

    Equal largest ones share the gradient evenly, as in torch.amax.

    >>> maximum(Value(1.0), 3.0, Value(2.0)).data
    3.0
    """
    return _maximum(xs[0] if len(xs) == 1 else xs)


def softmax(xs: Iterable[Value | float]) -> list[Value]:
    """exp(x) / sum(exp(xs)) for each x, computed as exp(x - logsumexp(xs)): positive, and their sum is 1.

    >>> [f"{p:.4f}" for p in softmax([Value(1.0), Value(2.0), Value(3.0)])]
    ['0.0900', '0.2447', '0.6652']
    """
    try:
        xs = list(xs)
    except TypeError:
        raise NotANumberError(f"softmax: want a list of Values or numbers, got {type(xs).__name__}") from None
    if not xs:
        raise GraphError("softmax: want at least one Value or number, got an empty list")
    norm = logsumexp(xs)
    return [(x - norm).exp() for x in xs]


def op(
    name: str,
    symbol: str,
    value: str,
    *partials: str,
    domain: str | None = None,
    defaults: Mapping[str, float | None] | None = None,
    **named_partials: str,
) -> Callable[..., Value]:
    """Add an operation of your own: its value and its partials as text. Returns a function of Values or numbers.

    name: a Python identifier not taken yet. symbol: what drawings write. value: a formula of a, b, c
    (see autograd/formula/formula.py), or of other names if the partials are given by name; ``xs[i]`` is one of
    a list. partials: the slope in each operand, a formula of the operands and `out`.
    Everything works with it: backward, drawing, stepping, gradcheck, compile.
    Raises FormulaError for text it cannot read.

    >>> cube = op("cube", "cube", "a * a * a", "3 * a ** 2")
    >>> x = Value(2.0)
    >>> y = cube(x); y.backward(); y.data, x.grad
    (8.0, 12.0)
    """
    return compile_function(row(name, symbol, value, *partials, domain=domain, defaults=defaults, **named_partials))


def grad(
    output: Value,
    inputs: Value | Sequence[Value],
    *,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Value, ...]:
    """d(output)/d(input) for each of `inputs`, as torch.autograd.grad: no `.grad` is touched.

    create_graph: record the gradients too, so that they can be differentiated again.
    Raises GraphError for an input that output does not depend on; with allow_unused it gets 0. Raises
    NotANumberError for an output that is no Value.

    >>> x = Value(2.0, label="x")
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> (curvature,) = grad(slope, x)
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    if not isinstance(output, Value):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
        raise NotANumberError(
            f"grad: want a Value to differentiate, got {output!r}: was it made from .data or .item()?"
        )
    wanted = [inputs] if isinstance(inputs, Value) else list(inputs)
    graph = Graph(output)
    for node in wanted:
        if node not in graph and not allow_unused:
            raise GraphError(
                f"{graph.name(output)} does not depend on {node!r}: was it made from .data? "
                "allow_unused=True gives such an input the gradient 0"
            )
    arrived: dict[Value, Any] = {output: Value(1.0) if create_graph else 1.0}
    for node in reversed(graph.nodes):
        upstream = arrived.get(node)
        if upstream is None or not node.operands:
            continue
        for k, (operand, partial) in enumerate(zip(node.operands, node.partials)):
            if partial is not None:
                slope = _partial_as_value(node, k) if create_graph else partial
                share = slope * upstream
                arrived[operand] = arrived[operand] + share if operand in arrived else share
    zero = 0.0
    return tuple(g if isinstance(g, Value) else Value(g) for g in (arrived.get(node, zero) for node in wanted))


def _partial_as_value(node: Value, k: int) -> Value | float:
    """The slope of a node in its k-th operand as a graph of its own: the row's formula, computed on Values."""
    assert node.op is not None
    formula, index = node.op.partial(k, len(node.operands))
    return formula.evaluate({**node.op.bind(node.operands), "out": node}, _ON_VALUES, index)
