"""Lesson 53b: build your own Value. A class is tested on graphs where each usual mistake gives its own number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograd import Value
from autograd.graph import Graph
from autograd.stepper.mistakes import MISTAKES, RIGHT, Case, outcome

from ..languages import told, tr
from .exercise import exercise
from .sandbox import WrongError, called, safe_repr

Build = Callable[[Mapping[str, Any]], Any]


def _double_use(v: Mapping[str, Any]) -> Any:
    b = v["a"] + v["a"]
    return b * (b + 1)


def _shared(v: Mapping[str, Any]) -> Any:
    e = v["a"] * v["b"]
    return (e + v["a"]) * e


def _wide(v: Mapping[str, Any]) -> Any:
    left, right = v["a"] * v["b"], v["a"] + v["b"]
    return (left + right) * (left * right + left)


# Each graph has a text, the numbers of its leaves, and a function that builds it. Graphs with a single operation come
# first, so that each slope is seen alone.
_SINGLE: tuple[tuple[str, dict[str, float], Build], ...] = (
    ("a + b", {"a": 2.0, "b": -3.0}, lambda v: v["a"] + v["b"]),
    ("a * b", {"a": 2.0, "b": -3.0}, lambda v: v["a"] * v["b"]),
    ("a.tanh()", {"a": 0.5}, lambda v: v["a"].tanh()),
    ("a + 1", {"a": 2.0}, lambda v: v["a"] + 1),
    ("a * 3", {"a": 2.0}, lambda v: v["a"] * 3),
)
_GRAPHS: tuple[tuple[str, dict[str, float], Build], ...] = (
    ("(a*b + c).tanh()", {"a": 2.0, "b": -3.0, "c": 6.8813735870195432}, lambda v: (v["a"] * v["b"] + v["c"]).tanh()),
    ("(a * b) * c", {"a": 2.0, "b": -3.0, "c": 4.0}, lambda v: (v["a"] * v["b"]) * v["c"]),
    ("c + a * b", {"a": 2.0, "b": -3.0, "c": 4.0}, lambda v: v["c"] + v["a"] * v["b"]),
    ("a * a", {"a": 3.0}, lambda v: v["a"] * v["a"]),
    ("b = a + a; b * (b + 1)", {"a": 1.0}, _double_use),
    ("e = a * b; (e + a) * e", {"a": 2.0, "b": 3.0}, _shared),
    ("l = a * b; r = a + b; (l + r) * (l*r + l)", {"a": 0.5, "b": -1.5}, _wide),
)
_HINT = (
    "Each operation makes a new Value that remembers its operands and how to pass its own grad on to them, with +=. "
    "backward() sets its own grad to 1 and lets every node pass its gradient on, each after all nodes that use it."
)
_SOLUTION = """
class Value:
    def __init__(self, data, operands=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.pass_on = lambda: None

    def __repr__(self):
        return f"Value({self.data}, grad={self.grad})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def pass_on():
            self.grad += out.grad
            other.grad += out.grad
        out.pass_on = pass_on
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def pass_on():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out.pass_on = pass_on
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))
        def pass_on():
            self.grad += (1 - out.data ** 2) * out.grad
        out.pass_on = pass_on
        return out

    def backward(self):
        order, visited = [], set()
        def visit(node):
            if id(node) not in visited:
                visited.add(id(node))
                for operand in node.operands:
                    visit(operand)
                order.append(node)
        visit(self)
        for node in order[:-1]:
            if node.operands:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node.pass_on()
"""
_STARTER = """
class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    # def __add__(self, other): ...
    # def __mul__(self, other): ...
    # def tanh(self): ...
    # def backward(self): ...
"""


def _examine(solution: Any) -> str:
    if not isinstance(solution, type):
        raise WrongError(
            tr("want a class with data, grad, +, *, tanh() and backward(), got {found}", found=safe_repr(solution))
        )
    for text, numbers, build in (*_SINGLE, *_GRAPHS):
        _judge_value(solution, text, numbers, build)
    for text, numbers, build in _SINGLE:
        _judge_slopes(solution, text, numbers, build)
    found = {text: _gradients(solution, text, numbers, build) for text, numbers, build in _GRAPHS}
    if not all(_same(ours, right) for ours, right in found.values()):
        sentence, named = _why(found)
        raise WrongError(sentence, named=named)
    return _remark(solution)


def _built(solution: Any, text: str, numbers: Mapping[str, float], build: Build) -> tuple[dict[str, Any], Any]:
    leaves = {name: _attempt(text, lambda x=x: solution(x)) for name, x in numbers.items()}
    out = _attempt(text, lambda: build(leaves))
    if not isinstance(out, solution):
        raise WrongError(
            tr("{text} should be a {kind}, but is {found}", text=text, kind=solution.__name__, found=safe_repr(out))
        )
    return leaves, out


def _attempt(text: str, action: Callable[[], Any]) -> Any:
    try:
        return called(action)
    except WrongError as error:
        extra = ""
        if isinstance(error.__cause__, (TypeError, AttributeError)) and ("+" in text or "*" in text):
            extra = tr(". Turn a plain number among the operands into a Value") if text in ("a + 1", "a * 3") else ""
        if "'NoneType' object is not callable" in str(error):
            extra = tr(". Is a function called where it should be kept for later? out.pass_on = pass_on, without ()")
        raise WrongError(f"{text}: {error}{extra}") from error.__cause__


def _number(thing: Any, what: str) -> float:
    try:
        return float(thing)
    except Exception:
        raise WrongError(tr("{what} should be a number, but is {found}", what=what, found=safe_repr(thing))) from None


def _judge_value(solution: Any, text: str, numbers: Mapping[str, float], build: Build) -> None:
    leaves, out = _built(solution, text, numbers, build)
    right = build({name: Value(x) for name, x in numbers.items()}).data
    data = _number(getattr(out, "data", None), f"({text}).data")
    at = ", ".join(f"{name}={x:g}" for name, x in numbers.items())
    if not math.isclose(data, right, rel_tol=1e-9, abs_tol=1e-12):
        raise WrongError(
            tr(
                "at {at}, {text} should be {wanted}, but is {got}",
                at=at,
                text=text,
                wanted=f"{right:.6g}",
                got=f"{data:.6g}",
            )
        )
    for name, x in numbers.items():
        if _number(leaves[name].data, f"{name}.data") != x:
            raise WrongError(
                tr(
                    "computing {text} changes {name} from {before} to {after}",
                    text=text,
                    name=f"{name}.data",
                    before=f"{x:g}",
                    after=leaves[name].data,
                )
            )


def _gradients(solution: Any, text: str, numbers: Mapping[str, float], build: Build) -> tuple[Any, Any]:
    """Return the gradients of the leaves, and our own graph, which says what is right."""
    leaves, out = _built(solution, text, numbers, build)
    _attempt(tr("backward() of {text}", text=text), lambda: out.backward())
    ours = {name: _number(getattr(leaf, "grad", None), f"{name}.grad") for name, leaf in leaves.items()}
    mirror = {name: Value(x, name) for name, x in numbers.items()}
    return ours, (Graph(build(mirror)), mirror)


def _right(graph: Graph, mirror: Mapping[str, Value], mistake: Any) -> dict[str, float]:
    grads = outcome(mistake, graph)
    return {name: grads[leaf] for name, leaf in mirror.items()}


def _same(ours: Mapping[str, float], right: tuple[Graph, Mapping[str, Value]]) -> bool:
    return _close(ours, _right(*right, RIGHT))


def _close(ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool:
    return all(math.isclose(ours[name], theirs[name], rel_tol=1e-9, abs_tol=1e-12) for name in theirs)


def _judge_slopes(solution: Any, text: str, numbers: Mapping[str, float], build: Build) -> None:
    """Raise WrongError with what is wrong with the slope of a single operation."""
    ours, (graph, mirror) = _gradients(solution, text, numbers, build)
    if _same(ours, (graph, mirror)):
        return
    at = ", ".join(f"{name}={x:g}" for name, x in numbers.items())
    for reason in _slope_reasons(text, numbers, ours):
        raise WrongError(tr("at {at}, after backward() of {text}: {reason}", at=at, text=text, reason=reason))
    if _close(ours, _right(graph, mirror, MISTAKES["no_seed"])):
        raise WrongError(
            tr("after backward() of {text} no gradient arrives. Is the root's own grad set to 1, the seed?", text=text)
        )
    wanted = _right(graph, mirror, RIGHT)
    name = next(name for name in ours if not math.isclose(ours[name], wanted[name], rel_tol=1e-9, abs_tol=1e-12))
    raise WrongError(
        tr(
            "at {at}, after backward() of {text}, {name}.grad should be {wanted}, but is {got}",
            at=at,
            text=text,
            name=name,
            wanted=f"{wanted[name]:.6g}",
            got=f"{ours[name]:.6g}",
        )
    )


def _slope_reasons(text: str, numbers: Mapping[str, float], ours: Mapping[str, float]) -> Iterator[str]:
    a, b = numbers["a"], numbers.get("b", 3.0)
    if text == "a * b":
        if _close(ours, {"a": a, "b": b}):
            yield tr("each operand gets its own data; the slope of a product is the *other* operand's data")
        if _close(ours, {"a": 1.0, "b": 1.0}):
            yield tr("both get 1, as in a sum; the slope of a product is the other operand's data")
        if _close(ours, {"a": b, "b": 0.0}):
            yield tr("b gets nothing: both operands have a slope")
        if _close(ours, {"a": a * b, "b": a * b}):
            yield tr("each gets the product itself; the slope is the other operand's data")
    if text == "a + b":
        if _close(ours, {"a": a, "b": b}) or _close(ours, {"a": b, "b": a}):
            yield tr("the operands' data is multiplied in; the slope of a sum is 1")
        if ours["a"] == 1.0:
            yield tr("b gets nothing: both operands have a slope")
        if ours["b"] == 1.0:
            yield tr("a gets nothing: both operands have a slope")
    if text == "a.tanh()":
        t = math.tanh(a)
        for slope, why in (
            (1 - a * a, tr("1 - a**2 is computed from the input; the slope is 1 - out**2, from the output")),
            (1 - t, tr("the slope is 1 - out**2: the square is missing")),
            (t, tr("the slope is 1 - out**2, and not out itself")),
            (t * t, tr("the slope is 1 - out**2: the 1 - is missing")),
            (1 + t * t, tr("the slope is 1 - out**2, with a minus")),
            (1.0, tr("the slope is 1 - out**2, and not 1")),
        ):
            if math.isclose(ours["a"], slope, rel_tol=1e-9):
                yield why
    if text in ("a + 1", "a * 3") and ours["a"] == 0.0:
        yield tr(
            "nothing arrives at a: is the operand that is a Value still remembered when the other is a plain number?"
        )


def _why(found: Mapping[str, tuple[dict[str, float], tuple[Graph, Mapping[str, Value]]]]) -> tuple[str, bool]:
    """Return what is wrong, and whether a mistake explains the numbers of all graphs, including the right ones."""
    text, (ours, (graph, mirror)) = next((text, one) for text, one in found.items() if not _same(*one))
    wanted = _right(graph, mirror, RIGHT)
    name = next(name for name in ours if not math.isclose(ours[name], wanted[name], rel_tol=1e-9, abs_tol=1e-12))
    numbers = tr("after backward() of {text}, {name}.grad should be {wanted}, but is {got}", text=text, name=name,
                 wanted=f"{wanted[name]:.6g}", got=f"{ours[name]:.6g}")  # fmt: skip
    fitting = [
        mistake
        for mistake in MISTAKES.values()
        if all(_close(ours, _right(*right, mistake)) for ours, right in found.values())
    ]
    if fitting:
        why = told(fitting[0].where(fitting[0], Case(graph, mirror[name]))[1])
        mistake = told(fitting[0].phrase)
        return tr("{numbers}. That is what {mistake} gives: {why}", numbers=numbers, mistake=mistake, why=why), True
    for sentence, where, make in _faults():
        if all(_close(ours, _faulty(*right, make)) for ours, right in found.values()):
            return f"{numbers}. {tr(sentence, where=where)}", True
    return numbers, False


Grads = dict[Any, float]
Fault = Callable[[Graph, Grads], None]


def _faulty(graph: Graph, mirror: Mapping[str, Value], make: Fault) -> dict[str, float]:
    """Return the gradients of the leaves after a faulty backward pass."""
    grads = dict.fromkeys(graph.nodes, 0.0)
    grads[graph.root] = 1.0
    make(graph, grads)
    return {name: grads[leaf] for name, leaf in mirror.items()}


def _without_upstream(ops: Sequence[str]) -> Fault:
    """Return operations that pass on only their slope."""

    def make(graph: Graph, grads: Grads) -> None:
        for edge in graph.edges():
            above = 1.0 if edge.node.op.name in ops else grads[edge.node]
            grads[edge.node.operands[edge.k]] += edge.node.partials[edge.k] * above

    return make


def _overwriting(ops: Sequence[str]) -> Fault:
    """Return operations that write `=` for `+=`."""

    def make(graph: Graph, grads: Grads) -> None:
        for edge in graph.edges():
            operand = edge.node.operands[edge.k]
            kept = 0.0 if edge.node.op.name in ops else grads[operand]
            grads[operand] = kept + edge.node.partials[edge.k] * grads[edge.node]

    return make


def _forgetting(ops: Sequence[str]) -> Fault:
    """Return operations that do not remember their operands, so the pass ends there."""

    def make(graph: Graph, grads: Grads) -> None:
        reached = {graph.root}
        for edge in graph.edges():
            operand = edge.node.operands[edge.k]
            if edge.node in reached:
                grads[operand] += edge.node.partials[edge.k] * grads[edge.node]
                reached |= set() if edge.node.op.name in ops else {operand}

    return make


def _leaves_first(graph: Graph, grads: Grads) -> None:
    for node in reversed(list(dict.fromkeys(edge.node for edge in graph.edges()))):
        _pass_on(node, grads)


def _no_order(graph: Graph, grads: Grads) -> None:
    def go(node: Value) -> None:
        _pass_on(node, grads)
        for operand in node.operands:
            if operand in grads:  # a plain number has no gradient
                go(operand)

    go(graph.root)


def _queued(last: bool, once: bool) -> Fault:
    """Take nodes from one end of a list, and let each pass on what it has by then."""

    def make(graph: Graph, grads: Grads) -> None:
        waiting, seen = [graph.root], {graph.root}
        while waiting:
            node = waiting.pop(-1 if last else 0)
            _pass_on(node, grads)
            for operand in node.operands:
                if operand in grads and not (once and operand in seen):
                    seen.add(operand)
                    waiting.append(operand)

    return make


def _pass_on(node: Value, grads: Grads) -> None:
    for operand, partial in zip(node.operands, node.partials):
        if operand in grads:
            grads[operand] += partial * grads[node]


_FAULTS: dict[str, Sequence[Fault]] = {
    "Only the root's own operands get a gradient. Does backward() go no further, or do leaves come first? Reverse the list, so "
    "that the root comes first": [_leaves_first],
    "A shared node passes its gradient on each time it is reached, before that gradient is complete. Sort the nodes, each "
    "after all nodes that use it, and let each pass its gradient on once": [_no_order],
    "A node passes its gradient on as soon as it is reached, before that gradient is complete. Sort the nodes, each "
    "after all nodes that use it, before any of them passes something on": [
        _queued(last, once) for last in (False, True) for once in (False, True)
    ],
}
_FAULTS_OF_OPERATIONS: dict[str, Callable[[Sequence[str]], Fault]] = {
    "The share {where} is not multiplied by out.grad, the gradient that comes from above": _without_upstream,
    "Gradients {where} are written with `=`; a node that is used twice gets two shares, so `+=`": _overwriting,
    "The result {where} does not remember its operands, so the backward pass ends there": _forgetting,
}


def _faults() -> Iterator[tuple[str, str, Fault]]:
    """Yield each fault that a class may have: a sentence about it, where it is, and what it does."""
    yield from ((sentence, "", make) for sentence, several in _FAULTS.items() for make in several)
    for ops in (("mul",), ("add",), ("tanh",), ("add", "mul"), ("add", "mul", "tanh")):
        where = tr("in {operation}", operation=ops[0]) if len(ops) == 1 else tr("in every operation")
        yield from ((sentence, where, fault(ops)) for sentence, fault in _FAULTS_OF_OPERATIONS.items())


def _remark(solution: Any) -> str:
    """Return a remark on a second backward(). micrograd's own class gives 34, which breaks none of its promises."""
    text, numbers, build = next(one for one in _GRAPHS if one[0].startswith("b = a + a"))
    leaves, out = _built(solution, text, numbers, build)
    for _ in "12":
        _attempt(tr("the second backward() of {text}", text=text), lambda: out.backward())
    if _number(leaves["a"].grad, "a.grad") != 34.0:
        return ""
    return tr(
        "A second backward() of {text} takes a.grad from 10 to 34, not to 20: inner nodes pass the first pass's gradients on again. "
        "As long as each graph is used once, that does no harm", text=text)  # fmt: skip


def _measured(solution: Any, k: int) -> list[float]:
    """Return the result and the gradients of the k-th graph."""
    _, numbers, build = (*_SINGLE, *_GRAPHS)[k]
    leaves = {name: solution(x) for name, x in numbers.items()}
    out = build(leaves)
    data = float(out.data)
    out.backward()
    return [data, *(float(leaf.grad) for leaf in leaves.values())]


_MEASURE = _measured, [_measured(Value, k) for k in range(len(_SINGLE) + len(_GRAPHS))]


@exercise("53b", "hard", 40, hint=_HINT, solution=_SOLUTION, starter=_STARTER, examine=_examine, measure=_MEASURE)
def Value_(slip: Any) -> None:  # noqa: N802
    """Value: a class of your own, with data, grad, +, *, tanh() and backward(); the right operand may be a plain number. Any name will do: check(MyValue)."""
