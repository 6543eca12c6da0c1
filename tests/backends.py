"""What the tests of compile() share: which backends there are here, and how engines are compared."""

from __future__ import annotations

import math
import os
import random

import pytest
from random_graphs import inputs, program, run

from autograd import Value, mean
from autograd.compiled.guards import Guards
from autograd.compiled.tracing import as_program, traced
from autograd.errors import ToolError
from autograd.modes import CUT
from autograd.native.build import compiler

# How many random graphs go through every backend: CI tests thousands, a learner's machine a few.
GRAPHS = int(os.environ.get("AUTOGRAD_GRAPHS", "60"))


def has_compiler() -> bool:
    try:
        compiler()
    except ToolError:
        return False
    return True


needs_c = pytest.mark.skipif(not has_compiler(), reason="no C compiler here")
BACKENDS = ["python", pytest.param("c", marks=needs_c)]


def gradients(parameters):
    """Return the gradients, None where none has arrived, and clear them."""
    found = [p.grad if p.reached else None for p in parameters]
    for p in parameters:
        p.zero_grad()
    return found


def eagerly(function, arguments, parameters):
    """Return the loss of the function itself, and the gradients of the parameters."""
    loss = function(*arguments)
    try:
        if loss.scope is not CUT:  # computed in no_grad, it gives no gradients
            loss.backward()
    finally:  # before this meets an infinite slope, some may have arrived
        found = gradients(parameters)
    return loss.data, found


def averaged(function, columns, parameters):
    """Return the same for the mean loss of a batch."""
    return eagerly(lambda: mean([function(*row) for row in zip(*columns)]), (), parameters)


def assert_same(found, wanted, exactly=False):
    """Assert that (loss, gradients) agree to 1e-12 of their size; exactly: the loss to the last bit."""
    for i, (x, y) in enumerate(zip([found[0], *found[1]], [wanted[0], *wanted[1]], strict=True)):
        assert (x is None) == (y is None), (found, wanted)
        if x is not None and not (x != x and y != y):
            assert x == y if exactly and not i else math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-12), (found, wanted)


def trace(function, arguments, parameters):
    """Return what `function` computes, as a Program whose inputs are the numbers in `arguments`, in order."""
    guards, parameters = Guards(function), dict.fromkeys(parameters)
    root, inputs = traced(function, arguments, {}, parameters, {**parameters, **guards.values})
    return as_program(root, inputs, parameters, guards)


def leaves(*numbers):
    return [Value(x) for x in numbers]


def random_losses():
    """Yield, for each random graph, its random number generator, a loss of two inputs, the numbers, and the parameters."""
    for seed in range(GRAPHS):
        rng = random.Random(seed)
        instructions, numbers = program(rng, 3 + int(rng.random() * 20)), inputs(rng)
        parameters = leaves(*numbers[2:])

        def loss(xs, instructions=instructions, parameters=parameters):
            return run(instructions, [*map(Value, xs), *parameters])

        yield rng, loss, numbers, parameters
