"""Find the layers of neurons in a graph from the operations in it: sums of inputs times weights, and activations.

A neuron is a dot product with leaves or constants as its weights, or the same written out with ``*`` and ``+``. Neurons
with the same inputs, made in the same call, are a layer. No module is needed: a network written in the user's own
classes, or without any, also has layers.

>>> from autograd import Value, dot
>>> x = [Value(1.0, label="x0"), Value(2.0, label="x1")]
>>> h = [dot(x, [Value(0.5), Value(w)]).tanh() for w in (0.1, 0.2, 0.3)]
>>> y = h[0] * 2.0 + h[1] * Value(1.0) + h[2] * Value(3.0)
>>> [len(layer.neurons) for layer in layers_of(Graph(y))]
[3, 1]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ...graph import Graph
from ...modes import PARAMETER

__all__ = ["Layer", "Neuron", "layers_of"]

DOT: str = "dot"
SUM: str = "add"
PRODUCT: str = "mul"
ARITHMETIC = ("+", "-", "*", "/", "**")  # operations that continue a neuron's sum; activations have names


class Neuron(NamedTuple):
    """A weighted sum and `out`, the output of its activation; without an activation, `out` is the sum itself."""

    sum: Any
    out: Any
    inputs: tuple[Any, ...]  # Values, or floats
    weights: tuple[Any, ...]
    bias: Any  # a Value, a float, or None


class Layer(NamedTuple):
    """Neurons with the same inputs, for the first sample. times: how many samples went through the layer."""

    neurons: list[Neuron]
    times: int

    @property
    def inputs(self) -> tuple[Any, ...]:
        return self.neurons[0].inputs


def layers_of(graph: Graph) -> list[Layer]:
    """List the layers in the order of computation, each once, however many samples went through it."""
    users = _users(graph)
    found: dict[Any, list[Neuron]] = {}
    for node, (pairs, bias) in _sums(graph, users):
        weighted = [_weight_last(graph, users, pair) for pair in pairs]
        inputs, weights = zip(*weighted)
        is_decay = all(x is weight for x, weight in weighted)  # a sum of squares
        if None not in weights and not is_decay and not all(isinstance(weight, float) for weight in weights):
            neuron = Neuron(node, _activated(node, users), inputs, weights, bias)
            found.setdefault((tuple(map(_key, inputs)), node.scope), []).append(neuron)
    layers: dict[Any, Layer] = {}
    for neurons in found.values():
        same = tuple(_key(weight) for neuron in neurons for weight in neuron.weights)
        first = layers.get(same)
        layers[same] = Layer(first.neurons, first.times + 1) if first else Layer(neurons, 1)
    return list(layers.values())


def _users(graph: Graph) -> dict[Any, list[Any]]:
    users: dict[Any, list[Any]] = {node: [] for node in graph.nodes}
    for node in graph.nodes:
        for operand in node.operands:
            if not isinstance(operand, float):
                users[operand].append(node)
    return users


def _key(operand: Any) -> Any:
    return operand if isinstance(operand, float) else id(operand)


Sum = tuple[list[tuple[Any, Any]], Any]  # the pairs that are multiplied, and the bias


def _sums(graph: Graph, users: dict[Any, list[Any]]) -> Iterator[tuple[Any, Sum]]:
    """Find every sum of products: a dot product, or additions of products that nothing else uses."""
    for node in graph.nodes:
        if node.op == DOT:
            bound = node.op.bind(node.operands)
            yield node, (list(zip(bound["xs"], bound["ws"])), bound.get("bias"))
        elif node.op == SUM and not any(user.op == SUM for user in users[node]):
            if written_out := _written_out(node, users):
                yield node, written_out
        elif node.op == PRODUCT and _owned(node) and all(user.op not in (SUM, PRODUCT) for user in users[node]):
            yield node, ([node.operands], None)


def _owned(node: Any) -> bool:
    """Return whether one of a node's operands is a parameter."""
    return any(not isinstance(operand, float) and operand.scope is PARAMETER for operand in node.operands)


def _written_out(node: Any, users: dict[Any, list[Any]]) -> Sum | None:
    """Return the terms of a chain of additions, if at most one of them is not a product."""
    pairs: list[tuple[Any, Any]] = []
    others: list[Any] = []
    pending: list[Any] = [node]
    while pending:
        term = pending.pop()
        if isinstance(term, float):
            others += [term] if term else []  # Python's sum() begins with 0
        elif term is not node and len(users[term]) > 1:
            others.append(term)
        elif term.op == SUM:
            pending += reversed(term.operands)
        elif term.op == PRODUCT:
            pairs.append(term.operands)
        else:
            others.append(term)
    leaves = all(isinstance(term, float) or not term.operands for term in others)
    return (pairs, others[0] if others else None) if pairs and len(others) <= 1 and leaves else None


def _weight_last(graph: Graph, users: dict[Any, list[Any]], pair: Sequence[Any]) -> tuple[Any, Any]:
    """Return an input and its weight, whichever was written first; None instead of a weight if both were computed."""
    leaves = [operand for operand in pair if not isinstance(operand, float) and not operand.operands]
    constants = [operand for operand in pair if isinstance(operand, float)]
    first, second = pair
    if leaves:
        # If both could be the weight, choose the last one, as in dot(xs, ws).
        weight = max(
            reversed(leaves), key=lambda one: (one.scope is PARAMETER, graph.name(one)[:1] == "w", -len(users[one]))
        )
    elif constants:
        weight = constants[0]
    else:
        return first, None
    return (second, first) if first is weight else (first, second)


def _activated(node: Any, users: dict[Any, list[Any]]) -> Any:
    """Return the output of a sum's activation, or the sum itself if none follows."""
    if len(users[node]) != 1:
        return node
    (user,) = users[node]
    variables = [operand for operand in user.operands if not isinstance(operand, float)]
    return user if len(variables) == 1 and not user.op.lists and user.op.symbol not in ARITHMETIC else node
