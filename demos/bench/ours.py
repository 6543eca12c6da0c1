"""The works on scalar-autograd, written as a user would."""

from __future__ import annotations

import nn
import nn.functional as F
from autograd import Value, dot
from nn.optim import SGD

from .scalar import chain, expression_of, many, mixed
from .works import DECAY, LONG, RATE, SHORT, moons_data, moons_weights


def expression():
    return expression_of(Value)


def moons():
    model = nn.MLP(2, [16, 16, 1])
    for k, (weight, bias) in enumerate(moons_weights()):
        model.layers[k].load_state_dict({"weight": weight, "bias": bias})
    xs, sides = moons_data()
    parameters = list(model.parameters())
    optimizer = SGD(parameters, lr=RATE)

    def step():
        scores = [model(x)[0] for x in xs]
        loss = F.hinge_loss(scores, sides) + DECAY * dot(parameters, parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.data, *(p.grad for p in parameters)]

    return step


def short_chain():
    return lambda: chain(Value, SHORT)


def long_chain():
    return lambda: chain(Value, LONG)


class _Mixed(nn.Module):
    def forward(self, x):
        return mixed(x)


def memory():
    return lambda: many(Value, _Mixed())  # in a module, so that every node also knows where it was made
