"""Code written for micrograd or microgpt runs unchanged, and gives the numbers those give.

NUMBERS were printed by the script below run on micrograd 0.1.0; where micrograd is installed, it is run again.
"""

from __future__ import annotations

import random

import pytest

import autograd


def expression(Value):
    """Return every operator, in the usual style."""
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return [g.data, a.grad, b.grad]


def training(Value):
    """Return a tiny net trained as in micrograd's demo: sum(losses), p.grad = 0, p.data -= lr * p.grad."""
    rng = random.Random(1337)

    class Neuron:
        def __init__(self, nin, nonlin=True):
            self.w = [Value(2 * rng.random() - 1) for _ in range(nin)]
            self.b = Value(0)
            self.nonlin = nonlin

        def __call__(self, x):
            act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
            return act.relu() if self.nonlin else act

        def parameters(self):
            return [*self.w, self.b]

    hidden, last = [Neuron(2) for _ in range(4)], Neuron(4, nonlin=False)
    parameters = [p for n in (*hidden, last) for p in n.parameters()]
    points = [[rng.random() * 2 - 1, rng.random() * 2 - 1] for _ in range(8)]
    signs = [1 if x * y > 0 else -1 for x, y in points]
    history = []
    for k in range(5):
        scores = [last([n(list(map(Value, x))) for n in hidden]) for x in points]
        losses = [(1 + -yi * score).relu() for yi, score in zip(signs, scores)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)
        for p in parameters:
            p.grad = 0
        loss.backward()
        for p in parameters:
            p.data -= (1.0 - 0.9 * k / 100) * p.grad
        history.append(loss.data)
    return history


NUMBERS = {
    "expression": [24.70408163265306, 138.83381924198252, 645.5772594752186],
    "training": [1.077512123460669, 0.8307966704203082, 0.6355250827421454, 0.5288666345437313, 0.44855595562260914],
}


@pytest.mark.parametrize("program", [expression, training])
def test_the_numbers_of_micrograd(program):
    assert program(autograd.Value) == pytest.approx(NUMBERS[program.__name__], rel=1e-12)


@pytest.mark.parametrize("program", [expression, training])
def test_the_numbers_of_micrograd_run_beside_it(program):
    engine = pytest.importorskip("micrograd.engine")
    theirs = program(engine.Value)
    assert program(autograd.Value) == pytest.approx(theirs, rel=1e-12)
    assert theirs == pytest.approx(NUMBERS[program.__name__], rel=1e-12)


def test_the_style_of_microgpt():
    """It has lists of lists, softmax by max and exp, -log of the target, squared relu, and an Adam written out."""
    Value = autograd.Value
    rng = random.Random(7)

    def matrix(rows, columns):
        return [[Value(0.5 * (2 * rng.random() - 1)) for _ in range(columns)] for _ in range(rows)]

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x)) for row in w]

    def softmax(logits):
        largest = max(v.data for v in logits)
        exps = [(v - largest).exp() for v in logits]
        whole = sum(exps)
        return [e / whole for e in exps]

    def norm(x):
        scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
        return [v * scale for v in x]

    table, hidden, head = matrix(5, 4), matrix(8, 4), matrix(5, 8)
    parameters = [p for m in (table, hidden, head) for row in m for p in row]
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)
    text, history = [0, 1, 2, 3, 4, 0], []
    for t in range(80):
        losses = []
        for token, target in zip(text, text[1:]):
            probs = softmax(linear([h.relu() ** 2 for h in linear(norm(table[token]), hidden)], head))
            losses.append(-probs[target].log())
        loss = (1 / len(losses)) * sum(losses)
        loss.backward()
        for i, p in enumerate(parameters):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.95 * v[i] + 0.05 * p.grad**2
            p.data -= 0.1 * (m[i] / (1 - 0.9 ** (t + 1))) / ((v[i] / (1 - 0.95 ** (t + 1))) ** 0.5 + 1e-8)
            p.grad = 0
        history.append(loss.data)
    assert abs(history[0] - 1.609) < 0.2
    assert history[-1] < 0.05
