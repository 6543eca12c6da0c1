"""The works on PyTorch, in the form kindest to it: float64 on one thread, all points of moons as one batch."""

from __future__ import annotations

import torch

from .scalar import chain, expression_of
from .works import DECAY, LONG, RATE, SHORT, moons_data, moons_weights

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def _scalar(number):
    return torch.tensor(number, requires_grad=True)


def expression():
    return expression_of(_scalar)


def moons():
    linears = [torch.nn.Linear(len(weight[0]), len(weight)) for weight, _ in moons_weights()]
    for linear, (weight, bias) in zip(linears, moons_weights()):
        linear.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    model = torch.nn.Sequential(linears[0], torch.nn.ReLU(), linears[1], torch.nn.ReLU(), linears[2])
    xs, sides = (torch.tensor(numbers) for numbers in moons_data())
    parameters = list(model.parameters())
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step():
        scores = model(xs)[:, 0]
        loss = (1 - scores * sides).relu().mean() + DECAY * sum((p * p).sum() for p in parameters)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.item(), *(grad for p in parameters for grad in p.grad.flatten().tolist())]

    return step


def short_chain():
    return lambda: chain(_scalar, SHORT)


def long_chain():
    return lambda: chain(_scalar, LONG)
