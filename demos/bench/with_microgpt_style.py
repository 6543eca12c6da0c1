"""The workloads on a Value in the style of microgpt (Andrej Karpathy, 2026), rewritten: an operation's slopes are
computed together with its result, and backward multiplies them and adds them up in a recursive walk. `own` runs the program
on that class, `on_ours` the same program with only the import changed.
"""

from __future__ import annotations

import math

import autograd

from ..models.gpt import HEADS, WIDTH, signs_of
from .scalar import chain as scalar_chain
from .scalar import expression_of, many, mixed
from .works import BETAS, DECAY, DOCUMENT, RATE, gpt_weights, moons_data, moons_weights


class Value:
    __slots__ = ("data", "grad", "operands", "slopes")

    def __init__(self, data, operands=(), slopes=()):
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.slopes = slopes

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power):
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self):
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self):
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for operand in value.operands:
                    visit(operand)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for operand, slope in zip(value.operands, value.slopes):
                operand.grad += slope * value.grad


def _linear(x, weight):
    return [sum(w * number for w, number in zip(row, x)) for row in weight]


def _values(scalar, numbers):
    return [_values(scalar, row) for row in numbers] if isinstance(numbers, list) else scalar(numbers)


def _flat(values):
    return [value for row in values for value in _flat(row)] if isinstance(values, list) else [values]


def _normed(x):
    size = (sum(number * number for number in x) / len(x) + 2.0**-52) ** -0.5
    return [number * size for number in x]


def _softmax(scores):
    highest = max(score.data for score in scores)
    powers = [(score - highest).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


class Program:
    """The workloads as such a program runs them, on the scalar class that it imports."""

    def __init__(self, scalar):
        self.scalar = scalar

    def expression(self):
        return expression_of(self.scalar)

    def moons(self):
        layers = [(_values(self.scalar, weight), _values(self.scalar, bias)) for weight, bias in moons_weights()]
        parameters = [p for weight, bias in layers for p in (*_flat(weight), *bias)]
        xs, sides = moons_data()

        def score(x):
            for k, (weight, bias) in enumerate(layers):
                x = [y + b for y, b in zip(_linear(x, weight), bias)]
                if k < 2:
                    x = [y.relu() for y in x]
            return x[0]

        def step():
            losses = [(1 - side * score(x)).relu() for x, side in zip(xs, sides)]
            loss = sum(losses) * (1 / len(losses)) + DECAY * sum(p * p for p in parameters)
            loss.backward()
            answer = [loss.data, *(p.grad for p in parameters)]
            for p in parameters:
                p.data -= RATE * p.grad
                p.grad = 0.0
            return answer

        return step

    def gpt(self):
        w = {name: _values(self.scalar, numbers) for name, numbers in gpt_weights().items()}
        parameters = [p for matrix in w.values() for p in _flat(matrix)]
        first, second = [0.0] * len(parameters), [0.0] * len(parameters)
        signs = signs_of(DOCUMENT)
        size = WIDTH // HEADS
        updates = 0

        def scores(sign, place, keys, values):
            x = [a + b for a, b in zip(w["signs.weight"][sign], w["places.weight"][place])]
            normed = [a * b for a, b in zip(_normed(x), w["norm.weight"])]
            found = []
            for k in range(HEADS):
                projected = _linear(normed, w[f"heads.{k}.in_proj_weight"])
                query = projected[:size]
                keys[k].append(projected[size : 2 * size])
                values[k].append(projected[2 * size :])
                weights = _softmax([sum(a * b for a, b in zip(query, key)) * size**-0.5 for key in keys[k]])
                found += [sum(a * b for a, b in zip(weights, column)) for column in zip(*values[k])]
            x = [a + b for a, b in zip(x, _linear(found, w["join.weight"]))]
            y = [a * b for a, b in zip(_normed(x), w["mlp_norm.weight"])]
            y = [(a + b).relu() for a, b in zip(_linear(y, w["mlp.layers.0.weight"]), w["mlp.layers.0.bias"])]
            y = [a + b for a, b in zip(_linear(y, w["mlp.layers.1.weight"]), w["mlp.layers.1.bias"])]
            return _linear([a + b for a, b in zip(x, y)], w["scores.weight"])

        def step():
            nonlocal updates
            keys, values = ([[] for _ in range(HEADS)] for _ in range(2))
            losses = []
            for place, (sign, wanted) in enumerate(zip(signs, signs[1:])):
                losses.append(-_softmax(scores(sign, place, keys, values))[wanted].log())
            loss = sum(losses) * (1 / len(losses))
            loss.backward()
            answer = [loss.data, *(p.grad for p in parameters)]
            updates += 1
            for k, p in enumerate(parameters):
                first[k] = BETAS[0] * first[k] + (1 - BETAS[0]) * p.grad
                second[k] = BETAS[1] * second[k] + (1 - BETAS[1]) * p.grad**2
                mean, square = first[k] / (1 - BETAS[0] ** updates), second[k] / (1 - BETAS[1] ** updates)
                p.data -= 0.01 * mean / (square**0.5 + 1e-8)
                p.grad = 0.0
            return answer

        return step


class _Own(Program):
    def chain(self, length):
        return lambda: scalar_chain(self.scalar, length)

    def memory(self):
        return lambda: many(self.scalar, mixed)


own, on_ours = _Own(Value), Program(autograd.Value)
