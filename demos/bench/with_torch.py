"""The workloads on PyTorch, in the form that suits it best: float64 on one thread, all points of moons and all heads of the
GPT at once, and nothing read back except the result of the first update.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from ..models.gpt import HEADS, WIDTH, signs_of
from .scalar import chain as scalar_chain
from .scalar import expression_of
from .works import BETAS, DECAY, DOCUMENT, RATE, gpt_weights, moons_data, moons_weights

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def _scalar(number):
    return torch.tensor(number, requires_grad=True)


def _answer(loss, parameters):
    return lambda: [loss.item(), *(grad for p in parameters for grad in p.grad.flatten().tolist())]


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
        return _answer(loss, parameters)

    return step


def gpt():
    tensors = {name: torch.tensor(numbers) for name, numbers in gpt_weights().items()}
    heads = torch.stack([tensors.pop(f"heads.{k}.in_proj_weight") for k in range(HEADS)])
    w = {name: torch.nn.Parameter(tensor) for name, tensor in tensors.items()}
    heads = torch.nn.Parameter(heads)
    names = list(w)
    parameters = [*(w[name] for name in names[:3]), heads, *(w[name] for name in names[3:])]
    optimizer = torch.optim.AdamW(parameters, lr=0.01, betas=BETAS, weight_decay=0.0, fused=True)
    signs = torch.tensor(signs_of(DOCUMENT))
    inputs, targets = signs[:-1], signs[1:]
    length = len(inputs)

    def step():
        x = w["signs.weight"][inputs] + w["places.weight"][:length]
        normed = F.rms_norm(x, (WIDTH,), w["norm.weight"])
        projected = (normed @ heads.view(-1, WIDTH).T).view(length, HEADS, 3, WIDTH // HEADS)
        q, k, v = projected.permute(2, 1, 0, 3)
        found = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(found.transpose(0, 1).reshape(length, WIDTH), w["join.weight"])
        y = F.rms_norm(x, (WIDTH,), w["mlp_norm.weight"])
        y = F.linear(y, w["mlp.layers.0.weight"], w["mlp.layers.0.bias"]).relu()
        x = x + F.linear(y, w["mlp.layers.1.weight"], w["mlp.layers.1.bias"])
        loss = F.cross_entropy(F.linear(x, w["scores.weight"]), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return _answer(loss, parameters)

    return step


def chain(length):
    return lambda: scalar_chain(_scalar, length)
