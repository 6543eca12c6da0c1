"""The works on micrograd (Andrej Karpathy, 2020), as its own demo trains."""

from __future__ import annotations

from micrograd.engine import Value
from micrograd.nn import MLP

from .scalar import chain as scalar_chain
from .scalar import expression_of, many, mixed
from .works import DECAY, RATE, moons_data, moons_weights


def expression():
    return expression_of(Value)


def moons():
    model = MLP(2, [16, 16, 1])
    for layer, (weight, bias) in zip(model.layers, moons_weights()):
        for neuron, row, shift in zip(layer.neurons, weight, bias):
            neuron.b.data = shift
            for w, number in zip(neuron.w, row):
                w.data = number
    xs, sides = moons_data()
    rows = [[Value(x) for x in row] for row in xs]

    def step():
        losses = [(1 - side * model(row)).relu() for row, side in zip(rows, sides)]
        loss = sum(losses) * (1 / len(losses)) + DECAY * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        grads = [loss.data]
        for layer in model.layers:  # the others list a layer's weights, then its biases
            grads += [w.grad for neuron in layer.neurons for w in neuron.w]
            grads += [neuron.b.grad for neuron in layer.neurons]
        return grads

    return step


def chain(length):
    return lambda: scalar_chain(Value, length)


def memory():
    return lambda: many(Value, mixed)
