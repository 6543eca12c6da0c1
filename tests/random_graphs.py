"""Random graphs: the same one for any engine, as a list of instructions that each engine follows.

A program is a list of ``(name, places)``: which operation, on which of the numbers made so far. It keeps
every number in a range where every operation is defined and no difference quotient is spoilt.
"""

from __future__ import annotations

import math
import random

from autograd import dot, logsumexp, maximum, mean, total

BINARY = ("add", "sub", "mul", "div", "pow")
UNARY = (
    "neg", "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "leaky_relu", "softplus", "gelu",
    "expm1", "log1p", "erf", "atan", "square",
)  # fmt: skip
WIDE = ("dot", "total", "mean", "logsumexp", "maximum")


def program(rng: random.Random, size: int, leaves: int = 4) -> list[tuple[str, list[int]]]:
    """Return a random list of `size` instructions over `leaves` inputs; every earlier number may be used again."""
    instructions = []
    for made in range(leaves, leaves + size):
        pick = rng.random()
        if pick < 0.45:
            name, count = BINARY[int(rng.random() * len(BINARY))], 2
        elif pick < 0.85:
            name, count = UNARY[int(rng.random() * len(UNARY))], 1
        else:
            name = WIDE[int(rng.random() * len(WIDE))]
            count = 2 * (1 + int(rng.random() * 4)) + (name == "dot" and rng.random() < 0.5)
        instructions.append((name, [int(rng.random() * made) for _ in range(count)]))
    return instructions


def inputs(rng: random.Random, leaves: int = 4) -> list[float]:
    """Numbers in (-2, 2) that stay clear of 0."""
    return [math.copysign(0.2 + 1.8 * rng.random(), rng.random() - 0.5) for _ in range(leaves)]


class Ours:
    """The functions among the operations that a program is computed with."""

    dot, total, mean, logsumexp, maximum = map(staticmethod, (dot, total, mean, logsumexp, maximum))

    @staticmethod
    def method(name, a):
        return getattr(a, name)()


class Torch:
    """The same in PyTorch, for scalar tensors."""

    def __init__(self, torch):
        self.torch = torch

    def dot(self, xs, ws, bias=0.0):
        return self.torch.stack(xs) @ self.torch.stack(ws) + bias

    def total(self, xs):
        return self.torch.stack(xs).sum()

    def mean(self, xs):
        return self.torch.stack(xs).mean()

    def logsumexp(self, xs):
        return self.torch.logsumexp(self.torch.stack(xs), 0)

    def maximum(self, xs):
        return self.torch.amax(self.torch.stack(xs), 0)

    def method(self, name, a):
        return getattr(a, name)() if hasattr(a, name) else getattr(self.torch.nn.functional, name)(a)


def run(instructions, numbers, by=Ours):
    """Return the program on numbers; its result is the mean of the last few numbers made, so that most of it counts."""
    xs = list(numbers)
    for name, places in instructions:
        xs.append(2 * (_step(name, [xs[i] for i in places], by) / 2).tanh())  # in (-2, 2): any depth stays finite
    return by.mean(xs[-3:])


def run_torch(instructions, numbers, torch):
    """Return the same program on torch scalars."""
    return run(instructions, numbers, Torch(torch))


def _step(name, args, by):
    a = args[0]
    match name:
        case "add":
            return a + args[1]
        case "sub":
            return a - args[1]
        case "mul":
            return a * args[1]
        case "div":
            return a / (args[1] * args[1] + 0.5)
        case "pow":
            return (a * a + 0.5) ** args[1]
        case "log":
            return (a * a + 0.5).log()
        case "sqrt":
            return (a * a + 0.5).sqrt()
        case "log1p":
            return (a * a).log1p()
        case "square":
            return a**2
        case "dot":
            half = len(args) // 2
            return by.dot(args[:half], args[half : 2 * half], *args[2 * half :])
        case "total":
            return by.total(args)
        case "mean":
            return by.mean(args)
        case "logsumexp":
            return by.logsumexp(args)
        case "maximum":
            return by.maximum(args)
        case "neg":
            return -a
        case "abs":
            return abs(a)
        case _:
            return by.method(name, a)
