"""Random graphs: the same one for any engine, as a list of instructions that each engine follows.

A program is a list of ``(name, places)``: which operation, on which of the numbers made so far. It keeps
every number in a range where every operation is defined and no difference quotient is spoilt.
"""

from __future__ import annotations

import math
import random

from autograd import Value, dot, logsumexp, maximum, mean, total

BINARY = ("add", "sub", "mul", "div", "pow")
UNARY = (
    "neg", "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "leaky_relu", "softplus", "gelu",
    "expm1", "log1p", "erf", "atan", "square",
)  # fmt: skip
WIDE = ("dot", "total", "mean", "logsumexp", "maximum")


def program(rng: random.Random, size: int, leaves: int = 4) -> list[tuple[str, list[int]]]:
    """A random list of `size` instructions over `leaves` inputs; every earlier number may be used again."""
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


def tame(x, tanh):
    """Squeeze a number into (-2, 2), so that graphs of any depth stay finite."""
    return 2 * tanh(x / 2)


def run(instructions, numbers):
    """The program on Values; its result is the mean of the last few numbers made, so that most of it counts."""
    xs = list(numbers)
    for name, places in instructions:
        xs.append(_step(name, [xs[i] for i in places]))
    return mean(xs[-3:])


def _step(name, args):
    a = args[0]
    match name:
        case "add":
            out = a + args[1]
        case "sub":
            out = a - args[1]
        case "mul":
            out = a * args[1]
        case "div":
            out = a / (args[1] * args[1] + 0.5)
        case "pow":
            out = (a * a + 0.5) ** args[1]
        case "log":
            out = (a * a + 0.5).log()
        case "sqrt":
            out = (a * a + 0.5).sqrt()
        case "log1p":
            out = (a * a).log1p()
        case "square":
            out = a**2
        case "dot":
            half = len(args) // 2
            out = dot(args[:half], args[half : 2 * half], *args[2 * half :])
        case "total":
            out = total(args)
        case "mean":
            out = mean(args)
        case "logsumexp":
            out = logsumexp(args)
        case "maximum":
            out = maximum(args)
        case "neg":
            out = -a
        case "abs":
            out = abs(a)
        case _:
            out = getattr(a, name)()
    return tame(out, Value.tanh)


def run_torch(instructions, numbers, torch):
    """The same program on torch scalars."""
    xs = list(numbers)
    unary = {
        "leaky_relu": torch.nn.functional.leaky_relu, "softplus": torch.nn.functional.softplus,
        "gelu": torch.nn.functional.gelu, "log": lambda a: torch.log(a * a + 0.5),
        "sqrt": lambda a: torch.sqrt(a * a + 0.5), "log1p": lambda a: torch.log1p(a * a), "square": lambda a: a**2,
    }  # fmt: skip
    for name, places in instructions:
        args = [xs[i] for i in places]
        a = args[0]
        match name:
            case "add":
                out = a + args[1]
            case "sub":
                out = a - args[1]
            case "mul":
                out = a * args[1]
            case "div":
                out = a / (args[1] * args[1] + 0.5)
            case "pow":
                out = (a * a + 0.5) ** args[1]
            case "dot":
                half = len(args) // 2
                out = torch.stack(args[:half]) @ torch.stack(args[half : 2 * half])
                out = out + args[-1] if len(args) % 2 else out
            case "total":
                out = torch.stack(args).sum()
            case "mean":
                out = torch.stack(args).mean()
            case "logsumexp":
                out = torch.logsumexp(torch.stack(args), 0)
            case "maximum":
                out = torch.amax(torch.stack(args), 0)
            case _:
                out = unary.get(name, getattr(torch, name, None))(a)
        xs.append(tame(out, torch.tanh))
    return torch.stack(xs[-3:]).mean()
