"""The workloads on scalar-autograd, written as a user would write them: every update records every operation again."""

from __future__ import annotations

from random import Random

import nn
import nn.functional as F
from autograd import Value, dot
from nn.optim import SGD, AdamW

from ..models.gpt import GPT, signs_of
from .scalar import chain as scalar_chain
from .scalar import expression_of, many, mixed
from .works import BETAS, DECAY, DOCUMENT, RATE, moons_data, moons_weights

__all__ = ["chain", "expression", "gpt", "gpt_model", "memory", "moons", "moons_model"]


def expression():
    return expression_of(Value)


def moons_model():
    model = nn.MLP(2, [16, 16, 1])
    for k, (weight, bias) in enumerate(moons_weights()):
        model.layers[k].load_state_dict({"weight": weight, "bias": bias})
    parameters = list(model.parameters())
    return model, parameters, SGD(parameters, lr=RATE)


def moons():
    model, parameters, optimizer = moons_model()
    xs, sides = moons_data()

    def step():
        scores = [model(x)[0] for x in xs]
        loss = F.hinge_loss(scores, sides) + DECAY * dot(parameters, parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return lambda: [loss.data, *(p.grad for p in parameters)]

    return step


def gpt_model():
    model = GPT(Random(0))
    parameters = list(model.parameters())
    return model, parameters, AdamW(parameters, lr=0.01, betas=BETAS, weight_decay=0.0)


def gpt():
    model, parameters, optimizer = gpt_model()
    signs = signs_of(DOCUMENT)

    def step():
        loss = F.cross_entropy(model(signs[:-1]), signs[1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return lambda: [loss.data, *(p.grad for p in parameters)]

    return step


def chain(length):
    return lambda: scalar_chain(Value, length)


class _Mixed(nn.Module):
    def forward(self, x):
        return mixed(x)


def memory():
    return lambda: many(Value, _Mixed())  # in a module, so every node also knows where it was created
