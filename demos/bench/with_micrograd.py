"""The workloads on micrograd (Andrej Karpathy, 2020), trained as its own demo does. `own` runs them on its own Value, `on_ours`
the same program and micrograd's own nn module with only the import of Value changed.
"""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec

from micrograd.engine import Value

import autograd

from .scalar import chain as scalar_chain
from .scalar import expression_of, many, mixed
from .works import DECAY, RATE, moons_data, moons_weights


def nn_on(scalar):
    """Return micrograd's nn module, loaded again with a different class of scalars in place of the Value it imports."""
    spec = find_spec("micrograd.nn")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Value = scalar
    return module


class Program:
    """The workloads as such a program runs them, on the scalar class that it imports."""

    def __init__(self, scalar):
        self.scalar = scalar

    def expression(self):
        return expression_of(self.scalar)

    def moons(self):
        model = nn_on(self.scalar).MLP(2, [16, 16, 1])
        for layer, (weight, bias) in zip(model.layers, moons_weights()):
            for neuron, row, shift in zip(layer.neurons, weight, bias):
                neuron.b.data = shift
                for w, number in zip(neuron.w, row):
                    w.data = number
        xs, sides = moons_data()
        rows = [[self.scalar(x) for x in row] for row in xs]

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


class _Own(Program):
    def chain(self, length):
        return lambda: scalar_chain(self.scalar, length)

    def memory(self):
        return lambda: many(self.scalar, mixed)


own, on_ours = _Own(Value), Program(autograd.Value)
